//! AddPermission, GetPolicy, RemovePermission.

use std::sync::Arc;

use cloud_core::{AccountId, AwsError, Caller};

use super::gone;
use crate::Lambda;
use crate::names::{FunctionName, LATEST};
use crate::quotas;
use crate::shapes::{
    AddPermissionRequest, AddPermissionResponse, Code, GetPolicyRequest, GetPolicyResponse,
    RemovePermissionRequest,
};
use crate::state::{Function, Statement, document, same_revision};
use crate::urls::leave;

pub(crate) async fn add_permission(
    service: &Lambda,
    _caller: &Caller,
    input: AddPermissionRequest,
) -> Result<AddPermissionResponse, AwsError> {
    let (name, _) = look_up(service, &input.function_name, input.qualifier.as_deref())?;
    let arn = name.arn(service.context());
    let seen = input.revision_id.clone();
    check_principal(&input.principal)?;
    check_url(&input)?;
    let statement = statement(input);
    let json = statement.to_json(&arn).to_string();
    change(service, &name, seen.as_deref(), |statements| {
        if statements.iter().any(|other| other.id == statement.id) {
            return Err(Code::ResourceConflictException.error(format!(
                "The statement id ({}) provided already exists. Please provide a new statement id, or remove \
                     the existing statement.",
                statement.id
            )));
        }
        statements.push(statement);
        quotas::check(&quotas::POLICY, document(statements, &arn).len())
    })
    .await?;
    Ok(AddPermissionResponse { statement: Some(json) })
}

pub(crate) async fn remove_permission(
    service: &Lambda,
    _caller: &Caller,
    input: RemovePermissionRequest,
) -> Result<(), AwsError> {
    let (name, _) = look_up(service, &input.function_name, input.qualifier.as_deref())?;
    change(service, &name, input.revision_id.as_deref(), |statements| {
        let before = statements.len();
        statements.retain(|statement| statement.id != input.statement_id);
        if statements.len() == before {
            return Err(Code::ResourceNotFoundException
                .error(format!("Statement {} is not found in resource policy.", input.statement_id)));
        }
        Ok(())
    })
    .await
}

pub(crate) async fn get_policy(
    service: &Lambda,
    _caller: &Caller,
    input: GetPolicyRequest,
) -> Result<GetPolicyResponse, AwsError> {
    let (name, function) = look_up(service, &input.function_name, input.qualifier.as_deref())?;
    let revision = function.revision_of(name.qualifier.as_deref());
    let revision = revision.ok_or_else(|| name.not_found(service.context()))?;
    let statements = function.policies.get(qualifier(&name));
    let statements = statements
        .ok_or_else(|| Code::ResourceNotFoundException.error("The resource you requested does not exist."))?;
    Ok(GetPolicyResponse {
        policy: Some(document(statements, &name.arn(service.context()))),
        revision_id: Some(revision.to_owned()),
    })
}

/// The function, version or alias whose policy is meant.
fn look_up(
    service: &Lambda,
    text: &str,
    qualifier: Option<&str>,
) -> Result<(FunctionName, Arc<Function>), AwsError> {
    let (name, function) = service.find(text, qualifier)?;
    if name.qualifier.as_deref() == Some(LATEST) {
        // AWS: the function's own policy is the one without a qualifier.
        let message = "We currently do not support adding policies for $LATEST.";
        return Err(Code::InvalidParameterValueException.error(message));
    }
    Ok((name, function))
}

/// Under which the statements of a function's own policy, or of a version's or alias's, are kept.
fn qualifier(name: &FunctionName) -> &str {
    name.qualifier.as_deref().unwrap_or_default()
}

/// Changes the policy of a function, version or alias, and with it the revision.
async fn change(
    service: &Lambda,
    name: &FunctionName,
    seen: Option<&str>,
    change: impl FnOnce(&mut Vec<Statement>) -> Result<(), AwsError>,
) -> Result<(), AwsError> {
    let revision = service.revision();
    service
        .records()
        .change(&name.name, |function| {
            let mut function: Function = function.cloned().ok_or_else(|| gone(service, &name.name))?;
            let current = function.revision_of(name.qualifier.as_deref());
            same_revision(current.ok_or_else(|| name.not_found(service.context()))?, seen)?;
            let statements = function.policies.entry(qualifier(name).to_owned()).or_default();
            change(Arc::make_mut(statements))?;
            if statements.is_empty() {
                function.policies.remove(qualifier(name));
            }
            function.revise(name.qualifier.as_deref(), revision);
            Ok((Some(function), ()))
        })
        .await?;
    Ok(())
}

/// AWS: everybody, an account, an identity's ARN, or a service's domain.
fn check_principal(principal: &str) -> Result<(), AwsError> {
    let is_account = AccountId::is_one(principal);
    if principal == "*" || is_account || principal.starts_with("arn:") || principal.contains('.') {
        return Ok(());
    }
    let message = "The provided principal was invalid. Please check the principal and try again.";
    Err(Code::InvalidParameterValueException.error(message))
}

/// What is said of function URLs is said of the right that it is about.
// LIMIT: AWS's words for the second are not known; they are those of the first.
fn check_url(input: &AddPermissionRequest) -> Result<(), AwsError> {
    for (member, given, action) in [
        ("FunctionUrlAuthType", input.function_url_auth_type.is_some(), "lambda:InvokeFunctionUrl"),
        ("InvokedViaFunctionUrl", input.invoked_via_function_url.is_some(), "lambda:InvokeFunction"),
    ] {
        if given && input.action != action {
            let message = format!("{member} is only supported for {action} action");
            return Err(Code::InvalidParameterValueException.error(message));
        }
    }
    Ok(())
}

fn statement(input: AddPermissionRequest) -> Statement {
    let mut other = Vec::new();
    let mut condition = |operator: &str, key: &str, value: Option<String>| {
        other.extend(value.map(|value| (operator.to_owned(), key.to_owned(), value)));
    };
    condition("StringEquals", "lambda:EventSourceToken", input.event_source_token);
    condition("StringEquals", "aws:PrincipalOrgID", input.principal_org_id);
    condition("StringEquals", leave::AUTH_TYPE, input.function_url_auth_type.map(|t| t.to_string()));
    condition("Bool", leave::VIA_URL, input.invoked_via_function_url.map(|v| v.to_string()));
    Statement {
        id: input.statement_id,
        action: input.action,
        principal: input.principal,
        source_arn: input.source_arn,
        source_account: input.source_account,
        other,
    }
}
