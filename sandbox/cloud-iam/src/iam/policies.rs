//! Customer-managed policies, one version each.
// LIMIT: a managed policy has only its version v1.

use std::collections::HashMap;
use std::sync::Arc;

use cloud_core::{AwsError, Caller, Context, Maker};
use cloud_store::{Key, Scan, Transaction};

use super::shapes::{
    Code, CreatePolicyRequest, CreatePolicyResponse, DeletePolicyRequest, GetPolicyRequest,
    GetPolicyResponse, GetPolicyVersionRequest, GetPolicyVersionResponse, ListPoliciesRequest,
    ListPoliciesResponse, Policy, PolicyScopeType, PolicyUsageType, PolicyVersion,
};
use super::{encoded, listed};
use crate::open::Iam;
use crate::role::{self, ATTACHED, BOUNDED, PolicyRecord};
use crate::{document, names, quotas};

/// Makes a policy's record.
pub(crate) fn new_policy(
    context: &Context,
    input: CreatePolicyRequest,
    made_by: Maker,
) -> Result<PolicyRecord, AwsError> {
    document::check(&input.policy_document, document::Kind::Identity)?;
    quotas::MANAGED_POLICY.check(document::size(&input.policy_document))?;
    names::check_name(&input.policy_name, "policyName", 128)?;
    names::check_tags(input.tags.as_deref().unwrap_or_default())?;
    let path = input.path.unwrap_or_else(|| "/".into());
    names::check_path(&path)?;
    let arn = context.global_arn("iam", format!("policy{path}{}", input.policy_name));
    let policy = Policy {
        policy_name: Some(input.policy_name),
        policy_id: Some(format!("ANPA{}", context.entropy().upper(17))),
        arn: Some(arn.to_string()),
        path: Some(path),
        default_version_id: Some("v1".into()),
        attachment_count: Some(0),
        permissions_boundary_usage_count: Some(0),
        is_attachable: Some(true),
        description: input.description,
        create_date: Some(context.now()),
        update_date: Some(context.now()),
        tags: input.tags,
    };
    Ok(PolicyRecord { policy, document: input.policy_document, made_by })
}

fn no_such_policy(arn: &str) -> AwsError {
    Code::NoSuchEntityException.error(format!("Policy {arn} was not found."))
}

async fn find(iam: &Iam, arn: &str) -> Result<Arc<PolicyRecord>, AwsError> {
    iam.policies.get(&arn.to_owned()).await?.ok_or_else(|| no_such_policy(arn))
}

pub(super) async fn create_policy(
    iam: &Iam,
    _caller: &Caller,
    input: CreatePolicyRequest,
) -> Result<CreatePolicyResponse, AwsError> {
    let record = new_policy(&iam.context, input, Maker::NOBODY)?;
    let policy = record.policy.clone();
    let arn = record.policy.arn.clone().unwrap_or_default();
    let add = move |old: Option<&PolicyRecord>| {
        if old.is_some() {
            let name = record.policy.policy_name.unwrap_or_default();
            let message = format!("A policy called {name} already exists. Duplicate names are not allowed.");
            return Err(Code::EntityAlreadyExistsException.error(message));
        }
        Ok((Some(record), ()))
    };
    iam.policies.change(arn, add).await?;
    Ok(CreatePolicyResponse { policy: Some(policy) })
}

pub(super) async fn get_policy(
    iam: &Iam,
    _caller: &Caller,
    input: GetPolicyRequest,
) -> Result<GetPolicyResponse, AwsError> {
    let policy = find(iam, &input.policy_arn).await?.policy.clone();
    let by = || Key::text(&input.policy_arn);
    let usage = Usage {
        attached: iam.roles.find(ATTACHED, by(), None, usize::MAX).await?.len(),
        bounding: iam.roles.find(BOUNDED, by(), None, usize::MAX).await?.len(),
    };
    Ok(GetPolicyResponse { policy: Some(usage.told_of(policy)) })
}

/// How many roles have a policy.
#[derive(Clone, Copy, Debug, Default)]
struct Usage {
    attached: usize,
    bounding: usize,
}

impl Usage {
    /// Of all policies that any role has, by ARN.
    async fn of_all(iam: &Iam) -> Result<HashMap<String, Self>, AwsError> {
        let show = |record: role::RoleRecord| Some((record.boundary().map(str::to_owned), record.attached));
        let (roles, _) = iam.roles.list(Scan::all(), usize::MAX, show).await?;
        let mut all = HashMap::<String, Self>::new();
        for (boundary, attached) in roles {
            for arn in attached {
                all.entry(arn).or_default().attached += 1;
            }
            if let Some(arn) = boundary {
                all.entry(arn).or_default().bounding += 1;
            }
        }
        Ok(all)
    }

    fn told_of(self, policy: Policy) -> Policy {
        Policy {
            attachment_count: i32::try_from(self.attached).ok(),
            permissions_boundary_usage_count: i32::try_from(self.bounding).ok(),
            ..policy
        }
    }

    /// Whether a policy that is used so is among those that are asked for.
    fn is_asked_for(self, attached_only: bool, filter: Option<&PolicyUsageType>) -> bool {
        let Self { attached, bounding } = self;
        match filter {
            Some(PolicyUsageType::PermissionsBoundary) => bounding > 0,
            // What bounds roles and is attached to none is no permissions policy; one that nobody uses is.
            Some(_) => attached > 0 || bounding == 0 && !attached_only,
            None => attached + bounding > 0 || !attached_only,
        }
    }
}

pub(super) async fn get_policy_version(
    iam: &Iam,
    _caller: &Caller,
    input: GetPolicyVersionRequest,
) -> Result<GetPolicyVersionResponse, AwsError> {
    let record = find(iam, &input.policy_arn).await?;
    if input.version_id != "v1" {
        let message = format!(
            "Policy {} version {} does not exist or is not attachable.",
            input.policy_arn, input.version_id
        );
        return Err(Code::NoSuchEntityException.error(message));
    }
    let version = PolicyVersion {
        document: Some(encoded(&record.document)),
        version_id: Some(input.version_id),
        is_default_version: Some(true),
        create_date: record.policy.create_date,
    };
    Ok(GetPolicyVersionResponse { policy_version: Some(version) })
}

pub(super) async fn delete_policy(
    iam: &Iam,
    _caller: &Caller,
    input: DeletePolicyRequest,
) -> Result<(), AwsError> {
    let (roles, policies) = (iam.roles.clone(), iam.policies.clone());
    let delete = move |transaction: &mut Transaction<'_>| {
        let arn = input.policy_arn;
        role::check_unused(&roles, transaction, &arn)?;
        if policies.within(transaction).remove(&arn)? { Ok(()) } else { Err(no_such_policy(&arn)) }
    };
    iam.policies.store().free(delete).await
}

pub(super) async fn list_policies(
    iam: &Iam,
    _caller: &Caller,
    input: ListPoliciesRequest,
) -> Result<ListPoliciesResponse, AwsError> {
    // LIMIT: AWS's own policies are not listed.
    let is_ours = input.scope != Some(PolicyScopeType::Aws);
    let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
    let (attached_only, filter) = (input.only_attached == Some(true), input.policy_usage_filter);
    let usage = Usage::of_all(iam).await?;
    let show = |record: PolicyRecord| {
        // AWS: lists leave out tags and descriptions.
        let policy = Policy { tags: None, description: None, ..record.policy };
        let is_below = policy.path.as_ref().is_some_and(|path| path.starts_with(&prefix));
        let usage = usage.get(policy.arn.as_deref().unwrap_or_default()).copied().unwrap_or_default();
        let is_shown = is_ours && is_below && usage.is_asked_for(attached_only, filter.as_ref());
        is_shown.then(|| usage.told_of(policy))
    };
    let (policies, marker) = listed(&iam.policies, show, input.marker.as_deref(), input.max_items).await?;
    Ok(ListPoliciesResponse { policies: Some(policies), is_truncated: Some(marker.is_some()), marker })
}
