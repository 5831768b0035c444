//! The policies of a role: inline ones, and attached ones by ARN.

use cloud_core::{AwsError, Caller};
use cloud_store::Transaction;

use super::shapes::{
    AttachRolePolicyRequest, AttachedPolicy, Code, DeleteRolePolicyRequest, DetachRolePolicyRequest,
    GetRolePolicyRequest, GetRolePolicyResponse, ListAttachedRolePoliciesRequest,
    ListAttachedRolePoliciesResponse, ListRolePoliciesRequest, ListRolePoliciesResponse,
    PutRolePolicyRequest,
};
use super::{encoded, paged};
use crate::names;
use crate::open::Iam;
use crate::role;

fn no_such_policy(name: &str) -> AwsError {
    Code::NoSuchEntityException.error(format!("The role policy with name {name} cannot be found."))
}

pub(super) async fn put_role_policy(
    iam: &Iam,
    _caller: &Caller,
    input: PutRolePolicyRequest,
) -> Result<(), AwsError> {
    let put = role::change(&iam.roles, &input.role_name, move |record| {
        record.put_inline(input.policy_name, input.policy_document)
    });
    put.await
}

pub(super) async fn get_role_policy(
    iam: &Iam,
    _caller: &Caller,
    input: GetRolePolicyRequest,
) -> Result<GetRolePolicyResponse, AwsError> {
    let record = role::get(&iam.roles, &input.role_name).await?;
    let document = record.inline.get(&input.policy_name).ok_or_else(|| no_such_policy(&input.policy_name))?;
    Ok(GetRolePolicyResponse {
        policy_document: encoded(document),
        role_name: input.role_name,
        policy_name: input.policy_name,
    })
}

pub(super) async fn delete_role_policy(
    iam: &Iam,
    _caller: &Caller,
    input: DeleteRolePolicyRequest,
) -> Result<(), AwsError> {
    role::change(&iam.roles, &input.role_name, move |record| {
        record.inline.remove(&input.policy_name).map(drop).ok_or_else(|| no_such_policy(&input.policy_name))
    })
    .await
}

pub(super) async fn list_role_policies(
    iam: &Iam,
    _caller: &Caller,
    input: ListRolePoliciesRequest,
) -> Result<ListRolePoliciesResponse, AwsError> {
    let record = role::get(&iam.roles, &input.role_name).await?;
    let names = record.inline.into_keys().collect();
    let (policy_names, marker) = paged(names, String::clone, input.marker.as_deref(), input.max_items);
    Ok(ListRolePoliciesResponse { policy_names, is_truncated: Some(marker.is_some()), marker })
}

pub(super) async fn attach_role_policy(
    iam: &Iam,
    _caller: &Caller,
    input: AttachRolePolicyRequest,
) -> Result<(), AwsError> {
    names::check_policy_arn(&input.policy_arn)?;
    let (roles, policies) = (iam.roles.clone(), iam.policies.clone());
    let attach = move |transaction: &mut Transaction<'_>| {
        let (name, arn) = (input.role_name, input.policy_arn);
        let record = roles.within(transaction).get(&name)?;
        let mut record = record.ok_or_else(|| role::no_such_role(&name))?;
        role::check_attachable(&policies, transaction, &arn)?;
        record.attach(arn)?;
        Ok(roles.within(transaction).put(name, record)?)
    };
    iam.roles.store().transact(attach).await
}

pub(super) async fn detach_role_policy(
    iam: &Iam,
    _caller: &Caller,
    input: DetachRolePolicyRequest,
) -> Result<(), AwsError> {
    names::check_policy_arn(&input.policy_arn)?;
    role::change(&iam.roles, &input.role_name, move |record| {
        if record.attached.remove(&input.policy_arn) {
            return Ok(());
        }
        Err(Code::NoSuchEntityException.error(format!("Policy {} was not found.", input.policy_arn)))
    })
    .await
}

pub(super) async fn list_attached_role_policies(
    iam: &Iam,
    _caller: &Caller,
    input: ListAttachedRolePoliciesRequest,
) -> Result<ListAttachedRolePoliciesResponse, AwsError> {
    let record = role::get(&iam.roles, &input.role_name).await?;
    let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
    let arns = record.attached.into_iter().filter(|arn| names::path_of(arn).starts_with(&prefix)).collect();
    let (arns, marker) = paged(arns, String::clone, input.marker.as_deref(), input.max_items);
    let attached = arns.into_iter().map(|arn| AttachedPolicy {
        policy_name: arn.rsplit('/').next().map(str::to_owned),
        policy_arn: Some(arn),
    });
    Ok(ListAttachedRolePoliciesResponse {
        attached_policies: Some(attached.collect()),
        is_truncated: Some(marker.is_some()),
        marker,
    })
}
