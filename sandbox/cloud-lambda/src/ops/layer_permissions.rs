//! AddLayerVersionPermission, GetLayerVersionPolicy, RemoveLayerVersionPermission.

use cloud_core::{AwsError, Caller};

use crate::Lambda;
use crate::layers::policy_of;
use crate::names::{LayerName, LayerVersionName};
use crate::quotas;
use crate::shapes::{
    AddLayerVersionPermissionRequest, AddLayerVersionPermissionResponse, Code, GetLayerVersionPolicyRequest,
    GetLayerVersionPolicyResponse, RemoveLayerVersionPermissionRequest,
};
use crate::state::{LayerVersion, Statement, document};

/// What is said of `OrganizationId`.
// LIMIT: the accounts of this cloud are in no organization that has an id, so nobody is let in by one.
const NO_ORGANIZATION: &str =
    "OrganizationId (no account here is in an organization: the statement lets nobody in)";

pub(crate) async fn add_layer_version_permission(
    service: &Lambda,
    _caller: &Caller,
    input: AddLayerVersionPermissionRequest,
) -> Result<AddLayerVersionPermissionResponse, AwsError> {
    let of_organization = input.organization_id.is_some();
    let answer = permit_layer(service, input).await?;
    if of_organization {
        cloud_wire::response_headers::without_effect(&[NO_ORGANIZATION]);
    }
    Ok(answer)
}

/// Adds a statement to the policy of a version.
pub(crate) async fn permit_layer(
    service: &Lambda,
    input: AddLayerVersionPermissionRequest,
) -> Result<AddLayerVersionPermissionResponse, AwsError> {
    let named = named(service, &input.layer_name, input.version_number)?;
    let (arn, revision) = (named.arn(), service.revision());
    let organization =
        input.organization_id.map(|id| ("StringEquals".to_owned(), "aws:PrincipalOrgID".to_owned(), id));
    let statement = Statement {
        id: input.statement_id,
        action: input.action,
        principal: input.principal,
        source_arn: None,
        source_account: None,
        other: organization.into_iter().collect(),
    };
    let json = statement.to_json(&arn).to_string();
    let answer =
        AddLayerVersionPermissionResponse { statement: Some(json), revision_id: Some(revision.clone()) };
    change(service, &named, input.revision_id, revision, move |version| {
        if version.policy.iter().any(|other| other.id == statement.id) {
            return Err(Code::ResourceConflictException.error(format!(
                "The statement id ({}) provided already exists. Please provide a new statement id, or remove the \
                 existing statement.",
                statement.id
            )));
        }
        version.policy.push(statement);
        quotas::check(&quotas::POLICY, document(&version.policy, &arn).len())
    })
    .await?;
    Ok(answer)
}

pub(crate) async fn remove_layer_version_permission(
    service: &Lambda,
    _caller: &Caller,
    input: RemoveLayerVersionPermissionRequest,
) -> Result<(), AwsError> {
    let named = named(service, &input.layer_name, input.version_number)?;
    let (id, revision) = (input.statement_id, service.revision());
    change(service, &named, input.revision_id, revision, move |version| {
        let before = version.policy.len();
        version.policy.retain(|statement| statement.id != id);
        if version.policy.len() == before {
            let message = format!("Statement {id} is not found in resource policy.");
            return Err(Code::ResourceNotFoundException.error(message));
        }
        Ok(())
    })
    .await
}

pub(crate) async fn get_layer_version_policy(
    service: &Lambda,
    _caller: &Caller,
    input: GetLayerVersionPolicyRequest,
) -> Result<GetLayerVersionPolicyResponse, AwsError> {
    let named = named(service, &input.layer_name, input.version_number)?;
    let version = service.layer_version(&named).ok_or_else(|| missing(&named))?;
    let policy = policy_of(&version, &named.arn()).ok_or_else(|| {
        Code::ResourceNotFoundException.error("No policy is associated with the given resource.")
    })?;
    Ok(GetLayerVersionPolicyResponse { policy: Some(policy), revision_id: Some(version.revision.clone()) })
}

/// The version of a layer of this account whose policy is meant.
fn named(service: &Lambda, layer: &str, number: i64) -> Result<LayerVersionName, AwsError> {
    LayerName::own(service.context(), layer)?.version(number)
}

fn missing(named: &LayerVersionName) -> AwsError {
    Code::ResourceNotFoundException.error(named.does_not_exist())
}

/// Changes the policy of a version, and with it the revision.
async fn change(
    service: &Lambda,
    named: &LayerVersionName,
    seen: Option<String>,
    revision: String,
    change: impl FnOnce(&mut LayerVersion) -> Result<(), AwsError> + Send + 'static,
) -> Result<(), AwsError> {
    service.layer_version(named).ok_or_else(|| missing(named))?;
    let change = move |version: &mut LayerVersion| {
        if seen.is_some_and(|seen| seen != version.revision) {
            return Err(Code::PreconditionFailedException.error(
                "The Revision Id provided does not match the latest Revision Id. Call the GetLayerVersionPolicy API to \
                 retrieve the latest Revision Id",
            ));
        }
        change(version)?;
        version.revision = revision;
        Ok(())
    };
    service.records().change_layer(&named.layer.name, named.number, change).await
}
