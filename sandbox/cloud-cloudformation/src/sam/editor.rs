//! An API's definition, Swagger 2 or OpenAPI 3, and what events add to it.

use serde_json::{Map, Value, json};

use super::resource::reference;

/// The method that stands for all.
pub(super) const ANY_METHOD: &str = "x-amazon-apigateway-any-method";
/// The path of an HTTP API that takes what no other takes.
pub(super) const DEFAULT_PATH: &str = "$default";
const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// The definition of an API that has none.
pub(super) fn skeleton(version_member: &str, version: &str) -> Value {
    json!({
        version_member: version,
        "info": { "version": "1.0", "title": reference("AWS::StackName") },
        "paths": {},
    })
}

/// A definition that events can be added to: one with a version and a map of paths.
pub(super) fn is_valid(definition: &Value) -> bool {
    let text = |name: &str| definition.get(name).is_some();
    (text("swagger") || text("openapi")) && definition.get("paths").is_some_and(Value::is_object)
}

/// The method's name inside of a definition.
pub(super) fn method_name(method: &str) -> String {
    let lower = method.to_lowercase();
    if lower == "any" { ANY_METHOD.to_owned() } else { lower }
}

/// One route of an API.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route<'a> {
    /// `/items/{id}`.
    pub(super) path: &'a str,
    /// As in the definition.
    pub(super) method: &'a str,
    /// The condition of the function behind it.
    pub(super) condition: Option<&'a str>,
}

/// `{"Fn::If": [condition, value, nothing]}` where there is a condition.
pub(super) fn conditional(condition: Option<&str>, value: Value) -> Value {
    match condition {
        Some(name) => json!({ "Fn::If": [name, value, reference("AWS::NoValue")] }),
        None => value,
    }
}

/// What a condition holds, or the thing itself.
fn inner_mut(value: &mut Value) -> &mut Value {
    if value.get("Fn::If").and_then(|choice| choice.get(1)).is_some_and(Value::is_object) {
        &mut value["Fn::If"][1]
    } else {
        value
    }
}

fn inner(value: &Value) -> &Value {
    value.get("Fn::If").and_then(|choice| choice.get(1)).filter(|value| value.is_object()).unwrap_or(value)
}

/// Makes sure that the path and the method are there, empty.
pub(super) fn add_path(definition: &mut Value, path: &str, method: &str) {
    let item = path_item(definition, path);
    item.entry(method).or_insert_with(|| json!({}));
}

fn path_item<'a>(definition: &'a mut Value, path: &str) -> &'a mut Map<String, Value> {
    let paths = &mut definition["paths"];
    if paths.get(path).is_none_or(Value::is_null) {
        paths[path] = json!({});
    }
    let item = inner_mut(&mut paths[path]);
    if !item.is_object() {
        *item = json!({});
    }
    item.as_object_mut().expect("made a map one line above")
}

/// The method's definition, if it has an integration.
pub(super) fn integration<'a>(definition: &'a Value, path: &str, method: &str) -> Option<&'a Value> {
    let item = inner(definition.get("paths")?.get(path)?);
    inner(item.get(method)?).get(INTEGRATION).filter(|integration| super::resource::is_set(integration))
}

/// Adds an integration with a Lambda function to the route.
pub(super) fn add_integration(
    definition: &mut Value,
    route: &Route<'_>,
    uri: &Value,
    more: &Map<String, Value>,
) {
    let mut integration = json!({
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": conditional(route.condition, uri.clone()),
    });
    if let Some(members) = integration.as_object_mut() {
        members.extend(more.clone());
    }
    let item = path_item(definition, route.path);
    let mut method =
        item.get(route.method).map(inner).cloned().filter(Value::is_object).unwrap_or_else(|| json!({}));
    method[INTEGRATION] = integration;
    if method.get("responses").is_none() {
        method["responses"] = json!({});
    }
    item.insert(route.method.to_owned(), conditional(route.condition, method));
}

/// The method's definition, to add to it.
pub(super) fn method_mut<'a>(definition: &'a mut Value, route: &Route<'_>) -> &'a mut Value {
    let item = path_item(definition, route.path);
    inner_mut(item.entry(route.method).or_insert_with(|| json!({})))
}

/// Puts a whole path under a condition.
pub(super) fn make_path_conditional(definition: &mut Value, path: &str, condition: &str) {
    if let Some(item) = definition["paths"].get_mut(path) {
        let whole = std::mem::take(item);
        *item = conditional(Some(condition), whole);
    }
}

/// The names of the paths.
pub(super) fn paths(definition: &Value) -> Vec<String> {
    definition
        .get("paths")
        .and_then(Value::as_object)
        .map_or_else(Vec::new, |paths| paths.keys().cloned().collect())
}

/// A path's methods, whether or not it is conditional.
pub(super) fn methods(definition: &Value, path: &str) -> Vec<String> {
    let item = definition.get("paths").and_then(|paths| paths.get(path)).map(inner);
    item.and_then(Value::as_object).map_or_else(Vec::new, |item| item.keys().cloned().collect())
}

/// Adds a method to a path that events have made.
pub(super) fn set_method(definition: &mut Value, path: &str, method: &str, value: Value) {
    path_item(definition, path).insert(method.to_owned(), value);
}
