//! What the methods of a REST API's definition ask of their callers: an authorizer, a key.

use serde_json::{Value, json};

use super::resource::is_set;
use super::rest_api::{IAM, iam_definition};
use super::{Cause, Outcome, editor, python};

const DEFINITIONS: &str = "securityDefinitions";
/// Asks for a key.
pub(super) const API_KEY: &str = "api_key";
/// Between the steps: asks for none, whatever the API says.
pub(super) const NO_API_KEY: &str = "api_key_false";
/// Between the steps: asks for no authorizer, whatever the API says.
const NONE: &str = "NONE";

/// Describes one kind of security, again if it is there.
pub(super) fn define(
    definition: &mut Value,
    name: &str,
    described: impl FnOnce() -> Outcome<Value>,
    again: bool,
) -> Outcome<()> {
    if !definition.get(DEFINITIONS).is_some_and(is_set) {
        definition[DEFINITIONS] = json!({});
    }
    let Some(known) = definition[DEFINITIONS].as_object_mut() else {
        return Err(Cause::structure("securityDefinitions must be a dictionary."));
    };
    if again || !known.contains_key(name) {
        known.insert(name.to_owned(), described()?);
    }
    Ok(())
}

/// Describes keys.
pub(super) fn define_api_key(definition: &mut Value) -> Outcome<()> {
    let described = json!({ "type": "apiKey", "name": "x-api-key", "in": "header" });
    define(definition, API_KEY, || Ok(described), false)
}

/// Describes AWS's signature.
pub(super) fn define_iam(definition: &mut Value) -> Outcome<()> {
    define(definition, IAM, || Ok(iam_definition()), false)
}

/// The authorizer of methods that do not say one.
pub(super) struct Default<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// The scopes that it asks for.
    pub(super) scopes: Value,
    /// The names of all the API's authorizers.
    pub(super) authorizers: Vec<&'a str>,
    /// Whether browsers' questions before a request are authorized too.
    pub(super) preflight: bool,
}

fn has(security: &Value, names: &[&str]) -> bool {
    names.iter().any(|name| security.get(*name).is_some())
}

fn parts(method: &Value, path: &str, name: &str) -> Outcome<Vec<Value>> {
    let security = editor::security(method, path, name)?;
    match security.iter().find(|part| !part.is_object()) {
        None => Ok(security),
        Some(part) => {
            let shown = python::shown(part);
            let reason =
                format!("{shown} in Security for path {path} method {name} is not a valid dictionary.");
            Err(Cause::definition(reason))
        }
    }
}

/// Gives the path's methods the default authorizer, unless they have one of their own or want none.
pub(super) fn set_default(
    definition: &mut Value,
    path: &str,
    default: &Default<'_>,
    take: impl Fn(&Value) -> Outcome<()>,
) -> Outcome<()> {
    let mut names = vec![IAM];
    names.extend(&default.authorizers);
    let mut by_signature = false;
    for (name, method) in editor::methods_mut(definition, path, editor::NOT_METHODS)? {
        if name == "options" && !default.preflight {
            continue;
        }
        let (own, mut others): (Vec<Value>, Vec<Value>) =
            parts(method, path, &name)?.into_iter().partition(|part| has(part, &names));
        if let Some(none) = others.iter().position(|part| has(part, &[NONE])) {
            others.remove(none);
        } else if own.is_empty() {
            let part = json!({ default.name: default.scopes });
            take(&part)?;
            others.push(part);
        } else {
            others.extend(own);
        }
        if let Some(first) = others.first() {
            by_signature |= has(first, &[IAM]);
            method["security"] = Value::Array(others);
        }
    }
    if by_signature { define_iam(definition) } else { Ok(()) }
}

/// Makes the path's methods ask for a key, unless they say that they do not.
pub(super) fn require_api_key(
    definition: &mut Value,
    path: &str,
    preflight: bool,
    take: impl Fn(&Value) -> Outcome<()>,
) -> Outcome<()> {
    for (name, method) in editor::methods_mut(definition, path, editor::NOT_METHODS)? {
        let before = parts(method, path, &name)?;
        let (mut keys, mut others): (Vec<Value>, Vec<Value>) =
            before.iter().cloned().partition(|part| has(part, &[API_KEY, NO_API_KEY]));
        let refused = keys.iter().position(|part| has(part, &[NO_API_KEY]));
        let asks = refused.is_none() && (name != "options" || preflight);
        if let Some(refused) = refused {
            keys.remove(refused);
        }
        if asks {
            let part = json!({ API_KEY: [] });
            take(&part)?;
            others.push(part);
        }
        if others != before {
            method["security"] = Value::Array(others);
        }
    }
    Ok(())
}

/// Adds one more thing that a method asks for, on both sides of its conditions.
pub(super) fn ask(definition: &mut Value, path: &str, method: &str, part: &Value) -> Outcome<()> {
    let mut by_signature = false;
    for described in editor::method_mut(definition, path, method)? {
        let mut security = editor::security(described, path, method)?;
        security.push(part.clone());
        by_signature |= security.first().is_some_and(|first| has(first, &[IAM]));
        described["security"] = Value::Array(security);
    }
    if by_signature { define_iam(definition) } else { Ok(()) }
}
