//! `OpenApiVersion`: the definition that the transform writes follows it, and what Swagger 2 says otherwise than
//! OpenAPI 3 is said in the latter's way. A definition that says `swagger` is left as it is.

use serde_json::{Map, Value, json};

use crate::sam::properties::MANAGED;
use crate::sam::resource::is_set;
use crate::sam::{Cause, Outcome, editor, python};

/// Whether that is a version of a definition: `2.0`, `3.0.1`.
pub(super) fn is_version(version: &Value) -> bool {
    let text = python::shown(version);
    editor::is_version_3(version)
        || text.strip_prefix('2').is_some_and(|rest| editor::is_version_3(&json!(format!("3{rest}"))))
}

/// The definitions that the transform writes declare the version which their API asks for.
pub(in crate::sam) fn declare_versions(template: &mut Value) {
    let resources = template.get_mut("Resources").and_then(Value::as_object_mut);
    for (_, resource) in resources.into_iter().flatten() {
        if resource.get("Type").is_none_or(|kind| kind != "AWS::Serverless::Api") {
            continue;
        }
        let Some(properties) = resource.get_mut("Properties").and_then(Value::as_object_mut) else {
            continue;
        };
        let version = properties.get("OpenApiVersion").filter(|version| editor::is_version_3(version));
        let Some(version) = version.filter(|_| properties.contains_key(MANAGED)) else { continue };
        let version = Value::from(python::shown(version));
        properties.insert("OpenApiVersion".to_owned(), version.clone());
        if let Some(definition) = properties.get_mut("DefinitionBody").and_then(Value::as_object_mut) {
            definition.shift_remove("swagger");
            definition.insert("openapi".to_owned(), version);
        }
    }
}

/// Says in the way of OpenAPI 3 what was added in the way of Swagger 2.
pub(super) fn rewrite(definition: &mut Value, version: Option<&Value>) -> Outcome<()> {
    if definition.get("swagger").is_some_and(|version| !version.is_null()) {
        return Ok(());
    }
    let own = definition.get("openapi").filter(|version| !version.is_null());
    if !version.or(own).is_some_and(editor::is_version_3) {
        return Ok(());
    }
    let Some(members) = definition.as_object_mut() else { return Ok(()) };
    for (from, to) in [("securityDefinitions", "securitySchemes"), ("definitions", "schemas")] {
        if !members.get(from).is_some_and(is_set) {
            continue;
        }
        let moved = members.shift_remove(from).unwrap_or_default();
        let components = members.entry("components").or_insert_with(|| json!({}));
        if !is_set(components) {
            *components = json!({});
        }
        components[to] = moved;
    }
    match members.get_mut("paths").filter(|paths| is_set(paths)) {
        None => Ok(()),
        Some(Value::Object(paths)) => paths.iter_mut().try_for_each(|(path, item)| rewrite_path(path, item)),
        Some(_) => Err(Cause::definition("Value of paths must be a dictionary according to Swagger spec.")),
    }
}

fn rewrite_path(path: &str, item: &mut Value) -> Outcome<()> {
    let Some(members) = item.as_object_mut() else {
        return Err(Cause::definition(format!(
            "Value of '{path}' path must be a dictionary according to Swagger spec."
        )));
    };
    match members.get_mut("options").filter(|options| is_set(options)) {
        None => Ok(()),
        Some(Value::Object(options)) => rewrite_options(path, options),
        Some(_) => Err(Cause::definition(format!(
            "Value of options method for path {path} must be a dictionary according to Swagger spec."
        ))),
    }
}

/// AWS: media types have another place in OpenAPI 3, and a header's type stands in its schema.
fn rewrite_options(path: &str, options: &mut Map<String, Value>) -> Outcome<()> {
    options.shift_remove("consumes");
    options.shift_remove("produces");
    let wrong = |reason: &str| {
        Cause::definition(format!("Invalid responses in options method for path {path}: {reason}."))
    };
    let Some(responses) = options.get_mut("responses").filter(|responses| !responses.is_null()) else {
        return Ok(());
    };
    let responses = responses.as_object_mut().ok_or_else(|| wrong("It should be a map"))?;
    let Some(response) = responses.get_mut("200").filter(|response| !response.is_null()) else {
        return Ok(());
    };
    let response = response.as_object_mut().ok_or_else(|| wrong("The value of '200' should be a map"))?;
    match response.get_mut("headers").filter(|headers| is_set(headers)) {
        None => Ok(()),
        Some(Value::Object(headers)) => {
            for (_, header) in headers {
                let described = std::mem::take(header);
                *header = json!({ "schema": described });
            }
            Ok(())
        }
        Some(_) => Err(Cause::definition(format!(
            "Value of response's headers in options method for path {path} must be a dictionary according to Swagger spec."
        ))),
    }
}
