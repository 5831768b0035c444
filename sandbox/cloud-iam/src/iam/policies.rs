//! Customer-managed policies, one version each.
// LIMIT: a managed policy has only its version v1.

use std::sync::Arc;

use cloud_core::{AwsError, Caller, Context, Maker};
use cloud_store::{Key, Transaction};

use super::shapes::{
    Code, CreatePolicyRequest, CreatePolicyResponse, DeletePolicyRequest, GetPolicyRequest,
    GetPolicyResponse, GetPolicyVersionRequest, GetPolicyVersionResponse, ListPoliciesRequest,
    ListPoliciesResponse, Policy, PolicyScopeType, PolicyVersion,
};
use super::{encoded, listed};
use crate::open::Iam;
use crate::role::{ATTACHED, PolicyRecord};
use crate::{document, names};

/// Makes a policy's record.
pub(crate) fn new_policy(
    context: &Context,
    input: CreatePolicyRequest,
    made_by: Maker,
) -> Result<PolicyRecord, AwsError> {
    document::check(&input.policy_document, document::Kind::Identity)?;
    if document::size(&input.policy_document) > document::MAX_MANAGED {
        let message = format!("Cannot exceed quota for PolicySize: {}", document::MAX_MANAGED);
        return Err(Code::LimitExceededException.error(message));
    }
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
    let mut policy = find(iam, &input.policy_arn).await?.policy.clone();
    policy.attachment_count = i32::try_from(attachments(iam, &input.policy_arn).await?).ok();
    Ok(GetPolicyResponse { policy: Some(policy) })
}

/// How many roles have the policy.
async fn attachments(iam: &Iam, arn: &str) -> Result<usize, AwsError> {
    Ok(iam.roles.find(ATTACHED, Key::text(arn), None, usize::MAX).await?.len())
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
        if !roles.within(transaction).find(&ATTACHED, &Key::text(&arn), None, 1)?.is_empty() {
            let message = "Cannot delete a policy attached to entities.";
            return Err(Code::DeleteConflictException.error(message));
        }
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
    let show = |record: PolicyRecord| is_ours.then_some(Policy { tags: None, ..record.policy });
    let (policies, marker) = listed(&iam.policies, show, input.marker.as_deref(), input.max_items).await?;
    Ok(ListPoliciesResponse { policies: Some(policies), is_truncated: Some(marker.is_some()), marker })
}
