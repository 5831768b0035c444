//! `Auth` of an event: who may call this route, where that differs from what its API says.

use serde_json::{Map, Value, json};

use super::Target;
use crate::sam::resolve::resolve;
use crate::sam::resource::is_set;
use crate::sam::{Cause, Outcome, Work, expect, python, resource_policy, security};

const IAM: &str = "AWS_IAM";
const NONE: &str = "NONE";

/// As whom the API calls the function where callers sign: as the caller, unless a role is named or none is wanted.
pub(super) fn credentials(own: Option<&Value>, common: Option<&Value>) -> Option<Value> {
    let by_signature = match own {
        Some(own) => own.get("Authorizer").is_some_and(|name| name == IAM),
        None => common.and_then(|common| common.get("DefaultAuthorizer")).is_some_and(|name| name == IAM),
    };
    if !by_signature {
        return None;
    }
    // A role that is there and empty counts as none wanted.
    let role = |auth: Option<&Value>| {
        let role = auth?.get("InvokeRole")?;
        Some(if is_set(role) { role.clone() } else { json!(NONE) })
    };
    match role(own).or_else(|| role(common)) {
        Some(role) if role == NONE => None,
        Some(role) if role != "CALLER_CREDENTIALS" => Some(role),
        _ => Some(json!("arn:aws:iam::*:user/*")),
    }
}

/// Adds what the event says to its route in the definition of a REST API.
pub(super) fn add(
    work: &Work<'_>,
    target: &Target<'_>,
    api: &Value,
    definition: &mut Value,
    own: &Value,
    stage: &Value,
) -> Outcome<()> {
    let common = resolve(work, &target.api, api.get("Auth").unwrap_or(&Value::Null))?;
    let set = |name: &str| own.get(name).filter(|value| is_set(value));
    let authorizer = set("Authorizer");
    if let Some(name) = authorizer {
        check_authorizer(target, name, &common)?;
    }
    if let Some(scopes) = set("AuthorizationScopes") {
        if !scopes.is_array() {
            return Err(target.wrong(expect::should_be("Auth.AuthorizationScopes", "list")));
        }
        if authorizer.is_none() {
            return Err(target.wrong("AuthorizationScopes works only when Authorizer is set"));
        }
    }
    let key = own.get("ApiKeyRequired").filter(|key| !key.is_null());
    if key.is_some_and(|key| !is_set(key)) && !common.get("ApiKeyRequired").is_some_and(is_set) {
        let reason = format!(
            "{} because the related API does not specify any ApiKeyRequired.",
            target.unable("ApiKeyRequired [False]")
        );
        return Err(target.wrong(reason));
    }
    let method = target.method_name();
    if let Some(name) = authorizer {
        let part = asked(name, common.get("Authorizers"), own.get("AuthorizationScopes"))?;
        security::ask(definition, target.path, &method, &part)?;
    }
    if let Some(key) = key {
        let name = if is_set(key) { security::API_KEY } else { security::NO_API_KEY };
        if is_set(key) {
            security::define_api_key(definition)?;
        }
        security::ask(definition, target.path, &method, &json!({ name: [] }))?;
    }
    if let Some(policy) = set("ResourcePolicy") {
        let policy = expect::map(target.event, "Auth.ResourcePolicy", policy)?;
        resource_policy::add(definition, policy, target.path, stage, |made| {
            work.room.take(&target.api, made)
        })?;
        resource_policy::add_custom(definition, policy);
    }
    Ok(())
}

/// The authorizer is one of the API's, or AWS's signature; or none where the API has a default.
fn check_authorizer(target: &Target<'_>, name: &Value, common: &Value) -> Outcome<()> {
    let authorizers = common.get("Authorizers").filter(|authorizers| is_set(authorizers));
    if let Some(authorizers) = authorizers {
        expect::map(&target.api, "Auth.Authorizers", authorizers)?;
    }
    if *name == IAM {
        return Ok(());
    }
    if *name == NONE {
        return check_none(target, common);
    }
    check_named(target, name, authorizers)
}

/// That there is no authorizer can be said where there would be one.
pub(super) fn check_none(target: &Target<'_>, common: &Value) -> Outcome<()> {
    if common.get("DefaultAuthorizer").is_some_and(is_set) {
        return Ok(());
    }
    let reason = format!(
        "{} because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified.",
        target.unable("Authorizer")
    );
    Err(target.wrong(reason))
}

/// The API has an authorizer of that name.
pub(super) fn check_named(target: &Target<'_>, name: &Value, authorizers: Option<&Value>) -> Outcome<()> {
    let unable = target.unable(&format!("Authorizer [{}]", python::shown(name)));
    let Some(authorizers) = authorizers else {
        let reason = "because the related API does not define any Authorizers.";
        return Err(target.wrong(format!("{unable} {reason}")));
    };
    check_kinds(target, name, Some(authorizers))?;
    if name.as_str().and_then(|name| authorizers.get(name)).is_some_and(is_set) {
        return Ok(());
    }
    Err(target.wrong(format!("{unable} because it wasn't defined in the API's Authorizers.")))
}

/// Authorizers are a map, in which a name leads to one.
pub(super) fn check_kinds(target: &Target<'_>, name: &Value, authorizers: Option<&Value>) -> Outcome<()> {
    if name.is_string() && authorizers.is_some_and(Value::is_object) {
        return Ok(());
    }
    let unable = target.unable(&format!("Authorizer [{}]", python::shown(name)));
    let reason =
        "The method authorizer must be a string with a corresponding dict entry in the api authorizer.";
    Err(target.wrong(format!("{unable}. {reason}")))
}

/// What a method with that authorizer asks for: the scopes of the event, or those of the authorizer.
fn asked(name: &Value, authorizers: Option<&Value>, own: Option<&Value>) -> Outcome<Value> {
    let name = name.as_str().unwrap_or_default();
    let mut scopes = json!([]);
    if let Some(known) = authorizers.and_then(|authorizers| authorizers.get(name)).filter(|_| name != NONE) {
        let known = known
            .as_object()
            .ok_or_else(|| Cause::definition(format!("Type of authorizer '{name}' must be a dictionary")))?;
        let given = |value: Option<&Value>| value.filter(|value| !value.is_null()).cloned();
        if let Some(given) = given(own).or_else(|| given(known.get("AuthorizationScopes"))) {
            scopes = given;
        }
    }
    Ok(Value::Object(Map::from_iter([(name.to_owned(), scopes)])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_whom_a_function_is_called() {
        let caller = Some(json!("arn:aws:iam::*:user/*"));
        for (own, common, expected) in [
            (None, None, None),
            (None, Some(json!({"DefaultAuthorizer": "AWS_IAM"})), caller.clone()),
            (None, Some(json!({"DefaultAuthorizer": "AWS_IAM", "InvokeRole": "NONE"})), None),
            (None, Some(json!({"DefaultAuthorizer": "AWS_IAM", "InvokeRole": null})), None),
            (Some(json!({"Authorizer": "AWS_IAM", "InvokeRole": "r"})), None, Some(json!("r"))),
            (Some(json!({"Authorizer": "AWS_IAM"})), Some(json!({"InvokeRole": "r"})), Some(json!("r"))),
            (Some(json!({"Authorizer": "AWS_IAM", "InvokeRole": "CALLER_CREDENTIALS"})), None, caller),
            (Some(json!({"Authorizer": "A"})), Some(json!({"DefaultAuthorizer": "AWS_IAM"})), None),
        ] {
            assert_eq!(credentials(own.as_ref(), common.as_ref()), expected, "{own:?} {common:?}");
        }
    }
}
