//! An API's definition, Swagger 2 or OpenAPI 3: its paths and methods, each of which may stand under a condition.

use serde_json::{Map, Value, json};

use super::resource::{is_set, reference};
use super::{Cause, Outcome};

/// The method that stands for all.
pub(super) const ANY_METHOD: &str = "x-amazon-apigateway-any-method";
/// The path of an HTTP API that takes what no other takes.
pub(super) const DEFAULT_PATH: &str = "$default";
/// The member of a method that says what it calls.
pub(super) const INTEGRATION: &str = "x-amazon-apigateway-integration";
/// Members of a REST API's path that are not methods.
pub(super) const NOT_METHODS: &[&str] = &["summary", "description", "parameters"];

/// The definition of an API that has none.
pub(super) fn skeleton(version_member: &str, version: &str) -> Value {
    json!({
        version_member: version,
        "info": { "version": "1.0", "title": reference("AWS::StackName") },
        "paths": {},
    })
}

/// Whether that is a version of OpenAPI 3: `3.0` or `3.0.1`, with digits that stand alone.
pub(super) fn is_version_3(version: &Value) -> bool {
    let text = super::python::shown(version);
    let mut parts = text.split('.');
    let digit = |part: &str| part.len() == 1 && part.chars().all(|c| c.is_ascii_digit());
    parts.next() == Some("3") && (1..=2).contains(&parts.clone().count()) && parts.all(digit)
}

/// Whether the definition of a REST API can be added to.
pub(super) fn is_valid_rest(definition: &Value) -> bool {
    definition.get("paths").is_some_and(Value::is_object)
        && (definition.get("swagger").is_some_and(is_set)
            || definition.get("openapi").is_some_and(is_version_3))
}

/// Whether the definition of an HTTP API can be added to.
pub(super) fn is_valid_http(definition: &Value) -> bool {
    definition.get("paths").is_some_and(Value::is_object)
        && definition.get("openapi").is_some_and(is_version_3)
}

/// Checks the definition of a REST API before something is added to it.
pub(super) fn check_rest(definition: &Value) -> Outcome<()> {
    if !is_valid_rest(definition) {
        return Err(Cause::definition(
            "Invalid Swagger document or the Swagger document is not explicitly defined in 'DefinitionBody'.",
        ));
    }
    for (path, item) in definition.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for content in contents(item)? {
            check_path(content, path)?;
        }
    }
    Ok(())
}

/// Checks the definition of an HTTP API before something is added to it.
pub(super) fn check_http(definition: &Value) -> Outcome<()> {
    if !is_valid_http(definition) {
        return Err(Cause::definition(
            "Invalid OpenApi document. Invalid values or missing keys for 'openapi' or 'paths' in 'DefinitionBody'.",
        ));
    }
    match definition.get("components") {
        None | Some(Value::Null | Value::Object(_)) => Ok(()),
        Some(_) => {
            Err(Cause::definition("Invalid OpenApi document: The value of 'components' should be a map"))
        }
    }
}

fn check_path(item: &Value, path: &str) -> Outcome<()> {
    if item.is_object() {
        return Ok(());
    }
    Err(Cause::definition(format!("Value of '{path}' path must be a dictionary according to Swagger spec.")))
}

fn check_method(method: &Value, path: &str, name: &str) -> Outcome<()> {
    if method.is_object() {
        return Ok(());
    }
    Err(Cause::definition(format!("Definition of method '{name}' for path '{path}' should be a map.")))
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
    /// The condition of what is behind it.
    pub(super) condition: Option<&'a str>,
}

/// `{"Fn::If": [condition, value, nothing]}` where there is a condition.
pub(super) fn conditional(condition: Option<&str>, value: Value) -> Value {
    match condition {
        Some(name) => json!({ "Fn::If": [name, value, reference("AWS::NoValue")] }),
        None => value,
    }
}

fn is_nothing(value: &Value) -> bool {
    *value == reference("AWS::NoValue")
}

fn no_list() -> Cause {
    Cause::definition("Value of Fn::If must be a list.")
}

/// What may stand there: the thing itself, or both sides of its condition.
pub(super) fn contents(item: &Value) -> Outcome<Vec<&Value>> {
    match item.get("Fn::If") {
        None => Ok(vec![item]),
        Some(Value::Array(parts)) => Ok(parts.iter().skip(1).filter(|part| !is_nothing(part)).collect()),
        Some(_) => Err(no_list()),
    }
}

/// The same, to change it.
pub(super) fn contents_mut(item: &mut Value) -> Outcome<Vec<&mut Value>> {
    if item.get("Fn::If").is_none() {
        return Ok(vec![item]);
    }
    match item.get_mut("Fn::If") {
        Some(Value::Array(parts)) => Ok(parts.iter_mut().skip(1).filter(|part| !is_nothing(part)).collect()),
        _ => Err(no_list()),
    }
}

fn members_mut<'a>(item: &'a mut Value, path: &str) -> Outcome<&'a mut Map<String, Value>> {
    check_path(item, path)?;
    item.as_object_mut().ok_or_else(no_list)
}

/// Makes sure that the path and the method are there, empty.
pub(super) fn add_path(definition: &mut Value, path: &str, method: &str) -> Outcome<()> {
    let paths = &mut definition["paths"];
    if paths.get(path).is_none() {
        paths[path] = json!({});
    }
    check_path(&paths[path], path)?;
    for item in contents_mut(&mut paths[path])? {
        members_mut(item, path)?.entry(method).or_insert_with(|| json!({}));
    }
    Ok(())
}

/// Whether a method's definition, wherever it stands, calls something.
pub(super) fn calls(method: &Value) -> bool {
    method.get(INTEGRATION).is_some_and(is_set)
}

/// Whether the route calls something on both sides of its path's condition.
pub(super) fn has_integration(definition: &Value, path: &str, method: &str) -> Outcome<bool> {
    let Some(item) = definition.get("paths").and_then(|paths| paths.get(path)) else { return Ok(false) };
    let items = contents(item)?;
    if items.iter().any(|item| item.get(method).is_none()) {
        return Ok(false);
    }
    for item in items {
        let method_item = &item[method];
        if !method_item.is_object() {
            return Ok(false);
        }
        let mut any = false;
        for content in contents(method_item)? {
            check_method(content, path, method)?;
            any = any || calls(content);
        }
        if !any {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Makes the route call what the integration says; `responses` are what it answers unless it says so itself.
pub(super) fn integrate(
    definition: &mut Value,
    route: &Route<'_>,
    integration: &Value,
    responses: &Value,
) -> Outcome<()> {
    add_path(definition, route.path, route.method)?;
    for item in contents_mut(&mut definition["paths"][route.path])? {
        let members = members_mut(item, route.path)?;
        let method = members.entry(route.method).or_insert_with(|| json!({}));
        if method.is_null() {
            *method = json!({});
        }
        check_method(method, route.path, route.method)?;
        method[INTEGRATION] = integration.clone();
        if method.get("responses").is_none() {
            method["responses"] = responses.clone();
        }
        let whole = std::mem::take(method);
        *method = conditional(route.condition, whole);
    }
    Ok(())
}

/// The definitions of one method that call something, to add to them.
pub(super) fn method_mut<'a>(
    definition: &'a mut Value,
    path: &str,
    method: &str,
) -> Outcome<Vec<&'a mut Value>> {
    let mut found = Vec::new();
    for item in contents_mut(&mut definition["paths"][path])? {
        let members = members_mut(item, path)?;
        let Some(method_item) = members.get_mut(method) else {
            check_method(&Value::Null, path, method)?;
            continue;
        };
        for content in contents_mut(method_item)? {
            check_method(content, path, method)?;
            if calls(content) {
                found.push(content);
            }
        }
    }
    Ok(found)
}

/// All methods of a path that call something, with their names, to add to them; not the members of those names.
pub(super) fn methods_mut<'a>(
    definition: &'a mut Value,
    path: &str,
    without: &[&str],
) -> Outcome<Vec<(String, &'a mut Value)>> {
    let mut found = Vec::new();
    for item in contents_mut(&mut definition["paths"][path])? {
        for (name, method) in members_mut(item, path)? {
            if without.contains(&name.as_str()) {
                continue;
            }
            for content in contents_mut(method)? {
                check_method(content, path, name)?;
                if calls(content) {
                    found.push((method_name(name), content));
                }
            }
        }
    }
    Ok(found)
}

/// What a method asks of its caller, as a list of maps.
pub(super) fn security(method: &Value, path: &str, name: &str) -> Outcome<Vec<Value>> {
    match method.get("security") {
        None => Ok(Vec::new()),
        Some(Value::Array(security)) => Ok(security.clone()),
        Some(_) => {
            Err(Cause::definition(format!("Type of security for path {path} method {name} must be a list")))
        }
    }
}

/// Puts a whole path under a condition.
pub(super) fn make_path_conditional(definition: &mut Value, path: &str, condition: &str) {
    if let Some(item) = definition["paths"].get_mut(path) {
        let whole = std::mem::take(item);
        *item = conditional(Some(condition), whole);
    }
}

/// Says in a definition, or in one of its servers, that only custom domains lead to the API.
pub(super) fn disable_endpoint(place: &mut Value, disabled: &Value) -> Result<(), String> {
    const EXTENSION: &str = "x-amazon-apigateway-endpoint-configuration";
    let Some(members) = place.as_object_mut() else { return Err("It should be a map".to_owned()) };
    let extension = members.entry(EXTENSION).or_insert_with(|| json!({}));
    let Some(extension) = extension.as_object_mut() else {
        return Err(format!("The value of '{EXTENSION}' should be a map"));
    };
    extension.insert("disableExecuteApiEndpoint".to_owned(), disabled.clone());
    Ok(())
}

/// The names of the paths.
pub(super) fn paths(definition: &Value) -> Vec<String> {
    definition
        .get("paths")
        .and_then(Value::as_object)
        .map_or_else(Vec::new, |paths| paths.keys().cloned().collect())
}

/// The names of the path's members, on both sides of its condition.
pub(super) fn path_members(definition: &Value, path: &str) -> Outcome<Vec<String>> {
    let mut names = Vec::new();
    for item in contents(&definition["paths"][path])? {
        check_path(item, path)?;
        names.extend(item.as_object().into_iter().flatten().map(|(name, _)| name.clone()));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (version, expected) in [
            (json!("3.0.1"), true),
            (json!("3.0"), true),
            (json!(3.1), true),
            (json!("3"), false),
            (json!("2.0"), false),
            (json!("3.0.10"), false),
            (json!("3.0.1.1"), false),
        ] {
            assert_eq!(is_version_3(&version), expected, "{version}");
        }
    }

    #[test]
    fn both_sides_of_a_condition() {
        let item = json!({"Fn::If": ["C", {"get": {}}, {"Ref": "AWS::NoValue"}]});
        assert_eq!(contents(&item), Ok(vec![&json!({"get": {}})]));
        assert!(contents(&json!({"Fn::If": "C"})).is_err());
    }
}
