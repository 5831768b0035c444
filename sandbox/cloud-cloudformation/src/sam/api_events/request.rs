//! What an event says of the requests to its route: the model of their body, and parameters that must be there or by
//! which answers are kept.

use serde_json::{Value, json};

use super::Target;
use crate::sam::editor::{self, INTEGRATION};
use crate::sam::resource::{is_intrinsic, is_set};
use crate::sam::{Outcome, expect, python};

/// `RequestModel`: the model, and whether requests are checked by it.
pub(super) fn add_model(target: &Target<'_>, api: &Value, definition: &mut Value) -> Outcome<()> {
    let Some(given) = target.properties.set("RequestModel") else { return Ok(()) };
    if !given.is_object() {
        return Err(target.wrong(expect::should_be("RequestModel", "map")));
    }
    let Some(model) = given.get("Model").filter(|model| is_set(model)) else { return Ok(()) };
    let unable = target.unable(&format!("RequestModel [{}]", python::shown(model)));
    let name = model_name(model, api).map_err(|reason| target.wrong(format!("{unable} {reason}")))?;
    write_model(target, definition, &name.to_lowercase(), given.get("Required"))?;
    let given = |name: &str| given.get(name).filter(|value| !value.is_null());
    let checks = (given("ValidateBody"), given("ValidateParameters"));
    if checks == (None, None) {
        return Ok(());
    }
    let truth = |value: Option<&Value>| value.map_or(Some(false), Value::as_bool);
    let (Some(body), Some(parameters)) = (truth(checks.0), truth(checks.1)) else {
        let unable = target.unable(&format!("Validator to RequestModel [{name}]"));
        let reason = "ValidateBody and ValidateParameters must be a boolean type, strings or intrinsics are not supported.";
        return Err(target.wrong(format!("{unable} {reason}")));
    };
    write_validator(target, definition, body, parameters)
}

/// The model's name, which is one of the API's.
fn model_name<'a>(model: &'a Value, api: &Value) -> Result<&'a str, &'static str> {
    let models = api.get("Models").filter(|models| is_set(models));
    let models = models.ok_or("because the related API does not define any Models.")?;
    if !is_intrinsic(models) && !models.is_object() {
        return Err("because the related API Models defined is of invalid type.");
    }
    let name = model.as_str().ok_or("because the related API does not contain valid Models.")?;
    if models.get(name).is_some_and(is_set) {
        Ok(name)
    } else {
        Err("because it wasn't defined in the API's Models.")
    }
}

fn write_model(
    target: &Target<'_>,
    definition: &mut Value,
    name: &str,
    required: Option<&Value>,
) -> Outcome<()> {
    let swagger = definition.get("swagger").is_some_and(|version| !version.is_null());
    let required = required.filter(|required| !required.is_null());
    for method in editor::method_mut(definition, target.path, &target.method_name())? {
        if swagger {
            let mut parameter = json!({
                "in": "body",
                "name": name,
                "schema": { "$ref": format!("#/definitions/{name}") },
            });
            if let Some(required) = required {
                parameter["required"] = required.clone();
            }
            push_parameter(method, parameter);
        } else {
            let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
            method["requestBody"] = json!({ "content": { "application/json": { "schema": schema } } });
            if let Some(required) = required {
                method["requestBody"]["required"] = required.clone();
            }
        }
    }
    Ok(())
}

fn push_parameter(method: &mut Value, parameter: Value) {
    if !method.get("parameters").is_some_and(Value::is_array) {
        method["parameters"] = json!([]);
    }
    if let Some(parameters) = method["parameters"].as_array_mut() {
        parameters.push(parameter);
    }
}

fn write_validator(target: &Target<'_>, definition: &mut Value, body: bool, parameters: bool) -> Outcome<()> {
    const EXTENSION: &str = "x-amazon-apigateway-request-validators";
    let name = match (body, parameters) {
        (true, true) => "body-and-params",
        (true, false) => "body-only",
        (false, true) => "params-only",
        (false, false) => "no-validation",
    };
    if !definition.get(EXTENSION).is_some_and(is_set) {
        definition[EXTENSION] = json!({});
    }
    if !definition[EXTENSION].get(name).is_some_and(is_set) {
        definition[EXTENSION][name] =
            json!({ "validateRequestBody": body, "validateRequestParameters": parameters });
    }
    for method in editor::method_mut(definition, target.path, &target.method_name())? {
        method["x-amazon-apigateway-request-validator"] = json!(name);
    }
    Ok(())
}

/// One of `RequestParameters`.
struct Parameter {
    /// `method.request.header.Accept`.
    name: String,
    required: Value,
    caching: bool,
}

/// `RequestParameters`: what requests carry.
pub(super) fn add_parameters(target: &Target<'_>, definition: &mut Value) -> Outcome<()> {
    let given = target.properties.set("RequestParameters").and_then(Value::as_array);
    let given = given.map(Vec::as_slice).unwrap_or_default();
    let parameters: Result<Vec<Parameter>, &str> = given.iter().map(parameter).collect();
    let parameters = parameters.map_err(|reason| {
        target.wrong(format!("Invalid value for 'RequestParameters' property. {reason}"))
    })?;
    if parameters.is_empty() {
        return Ok(());
    }
    for method in editor::method_mut(definition, target.path, &target.method_name())? {
        for parameter in &parameters {
            write_parameter(method, parameter);
        }
    }
    Ok(())
}

fn parameter(given: &Value) -> Result<Parameter, &'static str> {
    const NAMES: &str = "Keys must be in the format 'method.request.[querystring|path|header].{value}', e.g 'method.request.header.Authorization'.";
    const VALUES: &str = "Values must be an object, e.g { Required: true, Caching: false }";
    let (name, settings) = match given {
        Value::String(name) => (name, None),
        Value::Object(members) => match members.iter().next() {
            Some((name, settings)) => (name, Some(settings)),
            None => return Err("Property must be either a string or an object"),
        },
        _ => return Err("Property must be either a string or an object"),
    };
    if place(name).is_none() {
        return Err(NAMES);
    }
    let known = |settings: &Value| {
        settings.as_object().is_some_and(|all| all.keys().all(|key| key == "Required" || key == "Caching"))
    };
    if settings.is_some_and(|settings| !known(settings)) {
        return Err(VALUES);
    }
    let get = |name: &str| settings.and_then(|settings| settings.get(name));
    Ok(Parameter {
        name: name.clone(),
        required: get("Required").cloned().unwrap_or(Value::Bool(false)),
        caching: get("Caching").is_some_and(is_set),
    })
}

/// Where the parameter stands, and its name there.
fn place(name: &str) -> Option<(&'static str, &str)> {
    let (place, name) = name.strip_prefix("method.request.")?.split_once('.')?;
    let place = match place {
        "querystring" => "query",
        "path" => "path",
        "header" => "header",
        _ => return None,
    };
    Some((place, name))
}

fn write_parameter(method: &mut Value, parameter: &Parameter) {
    let Some((place, name)) = place(&parameter.name) else { return };
    let required = &parameter.required;
    push_parameter(method, json!({ "in": place, "name": name, "required": required, "type": "string" }));
    if parameter.caching {
        let keys = &mut method[INTEGRATION]["cacheKeyParameters"];
        if !keys.is_array() {
            *keys = json!([]);
        }
        if let Some(keys) = keys.as_array_mut() {
            keys.push(json!(parameter.name));
        }
    }
}
