//! `Auth` of a REST API: its authorizers, which of them is the default, whether keys are asked for, its resource policy.

use serde_json::Value;

use super::authorizer::Authorizer;
use super::{Given, openapi};
use crate::sam::authorizers::listed;
use crate::sam::resource::{Made, is_set};
use crate::sam::{Cause, Outcome, Work, editor, permissions, resource_policy, security};

const KEYS: &[&str] = &[
    "Authorizers",
    "DefaultAuthorizer",
    "InvokeRole",
    "AddDefaultAuthorizerToCorsPreflight",
    "AddApiKeyRequiredToCorsPreflight",
    "ApiKeyRequired",
    "ResourcePolicy",
    "UsagePlan",
];

/// Adds all that `Auth` says to the definition.
pub(super) fn add(work: &Work<'_>, given: &Given<'_>, definition: &mut Value, auth: &Value) -> Outcome<()> {
    let members = auth.as_object().filter(|members| members.keys().all(|key| KEYS.contains(&key.as_str())));
    if members.is_none() {
        return Err(Cause::resource(given.id, "Invalid value for 'Auth' property"));
    }
    if !editor::is_valid_rest(definition) {
        let reason = "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid Swagger definition.";
        return Err(Cause::resource(given.id, reason));
    }
    editor::check_rest(definition)?;
    let set = |name: &str| auth.get(name).filter(|value| is_set(value));
    let default = set("DefaultAuthorizer");
    let authorizers = authorizers(given.id, auth, default)?;
    if !authorizers.is_empty() {
        for authorizer in &authorizers {
            security::define(definition, authorizer.given.name, || authorizer.definition(), true)?;
        }
        if let Some(default) = default {
            let preflight = auth.get("AddDefaultAuthorizerToCorsPreflight").is_none_or(is_set);
            set_default(work, given, definition, &authorizers, default, preflight)?;
        }
    }
    if set("ApiKeyRequired").is_some() {
        security::define_api_key(definition)?;
        let preflight = auth.get("AddApiKeyRequiredToCorsPreflight").is_none_or(is_set);
        for path in editor::paths(definition) {
            security::require_api_key(definition, &path, preflight, |made| work.room.take(given.id, made))?;
        }
    }
    if let Some(policy) = set("ResourcePolicy") {
        add_policy(work, given, definition, policy)?;
    }
    openapi::rewrite(definition, given.properties.get("OpenApiVersion"))
}

/// The API's authorizers, checked; that of AWS's signature among them if it is the default.
fn authorizers<'a>(id: &'a str, auth: &'a Value, default: Option<&Value>) -> Outcome<Vec<Authorizer<'a>>> {
    let mut authorizers = Vec::new();
    if default.is_some_and(|name| name == super::authorizer::IAM) {
        authorizers.push(Authorizer::iam(id));
    }
    listed(id, auth, authorizers, Authorizer::of, |authorizer| authorizer.given.name)
}

fn set_default(
    work: &Work<'_>,
    given: &Given<'_>,
    definition: &mut Value,
    authorizers: &[Authorizer<'_>],
    default: &Value,
    preflight: bool,
) -> Outcome<()> {
    let name =
        default.as_str().ok_or_else(|| Cause::resource(given.id, "DefaultAuthorizer is not a string."))?;
    let known = authorizers.iter().find(|authorizer| authorizer.given.name == name);
    let known = known.ok_or_else(|| {
        let reason =
            format!("Unable to set DefaultAuthorizer because '{name}' was not defined in 'Authorizers'.");
        Cause::resource(given.id, reason)
    })?;
    let default = security::Default {
        name,
        scopes: known.given.scopes(),
        authorizers: authorizers.iter().map(|authorizer| authorizer.given.name).collect(),
        preflight,
    };
    for path in editor::paths(definition) {
        security::set_default(definition, &path, &default, |made| work.room.take(given.id, made))?;
    }
    Ok(())
}

fn add_policy(work: &Work<'_>, given: &Given<'_>, definition: &mut Value, policy: &Value) -> Outcome<()> {
    let Some(policy) = policy.as_object() else {
        return Err(Cause::definition("ResourcePolicy must be a map (ResourcePolicyStatement)."));
    };
    let stage = given.properties.get("StageName").cloned().unwrap_or_default();
    for path in editor::paths(definition) {
        resource_policy::add(definition, policy, &path, &stage, |made| work.room.take(given.id, made))?;
    }
    resource_policy::add_custom(definition, policy);
    Ok(())
}

/// The permissions for the API to call the functions that authorize.
pub(super) fn permissions(given: &Given<'_>, auth: &Value) -> Outcome<Vec<Made>> {
    let authorizers = authorizers(given.id, auth, None)?;
    let permissions = authorizers.iter().filter_map(|authorizer| {
        let id = format!("{}{}AuthorizerPermission", given.id, authorizer.given.name);
        let function = authorizer.permitted_function()?;
        Some((id, permissions::to_authorize(given.source, given.id, "arn:aws:", function)))
    });
    Ok(permissions.collect())
}

/// The property `UsagePlan`, if it is there.
pub(super) fn usage_plan(auth: &Value) -> Option<&Value> {
    auth.get("UsagePlan").filter(|plan| !plan.is_null())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn signatures_are_checked_where_they_are_the_default() {
        let auth = json!({"Authorizers": {"A": {"FunctionArn": "f"}}});
        let names = |default: Option<&Value>| -> Vec<String> {
            let authorizers = authorizers("Api", &auth, default).expect("good");
            authorizers.iter().map(|authorizer| authorizer.given.name.to_owned()).collect()
        };
        assert_eq!(names(None), ["A"]);
        assert_eq!(names(Some(&json!("AWS_IAM"))), ["AWS_IAM", "A"]);
    }
}
