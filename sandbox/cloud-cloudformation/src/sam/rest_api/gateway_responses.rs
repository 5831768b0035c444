//! `GatewayResponses`: what a REST API answers where it does not call anything.

use serde_json::{Map, Value, json};

use crate::sam::resource::{is_intrinsic, is_set};
use crate::sam::{Cause, Outcome, editor, expect, python};

const EXTENSION: &str = "x-amazon-apigateway-gateway-responses";
const KEYS: &[&str] = &["ResponseParameters", "ResponseTemplates", "StatusCode"];
/// Where a response's parameters may go, and what a definition calls that.
const PARAMETERS: &[(&str, &str)] =
    &[("Headers", "header"), ("Paths", "path"), ("QueryStrings", "querystring")];

/// Adds the responses to the definition.
pub(super) fn add(id: &str, definition: &mut Value, responses: &Value) -> Outcome<()> {
    let responses = expect::map(id, "GatewayResponses", responses)?;
    responses.iter().try_for_each(|(name, response)| check(id, name, response))?;
    if !editor::is_valid_rest(definition) {
        let reason = "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid Swagger definition.";
        return Err(Cause::resource(id, reason));
    }
    editor::check_rest(definition)?;
    let mut described = Map::new();
    for (name, response) in responses {
        described.insert(name.clone(), describe(id, name, response)?);
    }
    if !definition.get(EXTENSION).is_some_and(is_set) {
        definition[EXTENSION] = json!({});
    }
    if let Some(known) = definition[EXTENSION].as_object_mut() {
        known.extend(described);
    }
    Ok(())
}

fn check(id: &str, name: &str, response: &Value) -> Outcome<()> {
    if is_intrinsic(response) {
        let reason = "Unable to set GatewayResponses attribute because intrinsic functions are not supported for this field.";
        return Err(Cause::resource(id, reason));
    }
    let Some(members) = response.as_object() else {
        let reason = format!(
            "Invalid property type '{}' for GatewayResponses. Expected an object of type 'GatewayResponse'.",
            python::type_name(response)
        );
        return Err(Cause::resource(id, reason));
    };
    match members.keys().find(|key| !KEYS.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let reason = format!("Invalid property '{key}' in 'GatewayResponses' property '{name}'.");
            Err(Cause::resource(id, reason))
        }
    }
}

fn describe(id: &str, name: &str, response: &Value) -> Outcome<Value> {
    let parameters = match response.get("ResponseParameters").filter(|parameters| is_set(parameters)) {
        Some(parameters) => {
            expect::map(id, &format!("GatewayResponses.{name}.ResponseParameters"), parameters)?.clone()
        }
        None => Map::new(),
    };
    if let Some(unknown) = parameters.keys().find(|key| !PARAMETERS.iter().any(|(known, _)| known == key)) {
        return Err(Cause::resource(id, format!("Invalid gateway response parameter '{unknown}'")));
    }
    let templates = response.get("ResponseTemplates").filter(|templates| is_set(templates));
    let mut described = json!({
        "responseParameters": prefixed(id, &parameters)?,
        "responseTemplates": templates.cloned().unwrap_or_else(|| json!({})),
    });
    if let Some(status) = response.get("StatusCode").filter(|status| !status.is_null()) {
        let text = python::shown(status);
        let numeric = (1..=3).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit());
        if is_set(status) && !numeric {
            return Err(Cause::resource(id, "Property 'StatusCode' must be numeric"));
        }
        if !text.is_empty() {
            described["statusCode"] = json!(text);
        }
    }
    Ok(described)
}

fn prefixed(id: &str, parameters: &Map<String, Value>) -> Outcome<Map<String, Value>> {
    let mut prefixed = Map::new();
    for (kind, place) in PARAMETERS {
        let Some(values) = parameters.get(*kind) else { continue };
        for (name, value) in expect::map(id, &format!("ResponseParameters.{kind}"), values)? {
            prefixed.insert(format!("gatewayresponse.{place}.{name}"), value.clone());
        }
    }
    Ok(prefixed)
}
