//! Cross-origin rules: an OPTIONS method for every path of a REST API, one extension for an HTTP API.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value, json};

use super::editor::{self, ANY_METHOD};
use super::resource::{is_intrinsic, is_set};
use super::room::Room;
use super::{Cause, Outcome};

const REST_KEYS: &[&str] = &["AllowMethods", "AllowHeaders", "AllowOrigin", "MaxAge", "AllowCredentials"];
/// The keys of an HTTP API's rules, and their names in a definition.
const HTTP_KEYS: &[(&str, &str)] = &[
    ("AllowOrigins", "allowOrigins"),
    ("AllowHeaders", "allowHeaders"),
    ("AllowMethods", "allowMethods"),
    ("ExposeHeaders", "exposeHeaders"),
    ("MaxAge", "maxAge"),
    ("AllowCredentials", "allowCredentials"),
];
const ALL_METHODS: &[&str] = &["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

fn refuse_unknown(id: &str, rules: &Map<String, Value>, known: &[&str]) -> Outcome<()> {
    match rules.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(Cause::resource(id, format!("Invalid key '{key}' for 'Cors' property."))),
    }
}

/// Adds `Cors` to the definition of a REST API.
pub(super) fn add_to_rest(id: &str, definition: &mut Value, cors: &Value, room: &Room) -> Outcome<()> {
    let rules = match cors {
        Value::Object(rules) if !is_intrinsic(cors) => {
            refuse_unknown(id, rules, REST_KEYS)?;
            rules.clone()
        }
        Value::String(_) | Value::Object(_) => Map::from_iter([("AllowOrigin".to_owned(), cors.clone())]),
        _ => return Err(Cause::resource(id, "Invalid value for 'Cors' property")),
    };
    if !editor::is_valid_rest(definition) {
        let reason = "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid Swagger definition.";
        return Err(Cause::resource(id, reason));
    }
    let star = rules.get("AllowOrigin").is_none_or(|origin| origin == "'*'");
    if star && rules.get("AllowCredentials") == Some(&json!(true)) {
        let reason = "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set";
        return Err(Cause::resource(id, reason));
    }
    editor::check_rest(definition)?;
    let mut seen = HashSet::new();
    for path in editor::paths(definition) {
        let plain = if path == "/" { &path } else { path.trim_end_matches('/') };
        if seen.insert(plain.to_owned()) {
            add_options(id, &mut definition["paths"][&path], &rules, room)?;
        }
    }
    Ok(())
}

/// Gives a path an OPTIONS method, on each side of its condition that has none.
fn add_options(id: &str, item: &mut Value, rules: &Map<String, Value>, room: &Room) -> Outcome<()> {
    let mut allowed = rules.get("AllowMethods").filter(|methods| is_set(methods)).cloned();
    for side in editor::contents_mut(item)? {
        let Some(members) = side.as_object_mut() else { continue };
        if members.contains_key("options") {
            continue;
        }
        if rules.get("AllowOrigin").is_some_and(|origin| !is_set(origin)) {
            let cause = Cause::structure("Invalid input. Value for AllowedOrigins is required");
            return Err(Cause::resource(id, cause.message));
        }
        // AWS: what the first side allows holds for the second too.
        let allowed =
            allowed.get_or_insert_with(|| allowed_methods(&members.keys().cloned().collect::<Vec<_>>()));
        let options = options_method(rules, allowed);
        room.take(id, &options)?;
        members.insert("options".to_owned(), options);
    }
    Ok(())
}

/// The methods of a path as the header wants them.
fn allowed_methods(methods: &[String]) -> Value {
    let names: BTreeSet<String> = if methods.iter().any(|method| method == ANY_METHOD) {
        ALL_METHODS.iter().map(|&name| name.to_owned()).collect()
    } else {
        methods.iter().map(|name| name.to_uppercase()).chain(["OPTIONS".to_owned()]).collect()
    };
    json!(format!("'{}'", names.into_iter().collect::<Vec<_>>().join(",")))
}

// AWS: "Enable CORS on a resource using the API Gateway import API".
fn options_method(rules: &Map<String, Value>, allowed: &Value) -> Value {
    let set = |name: &str| rules.get(name).filter(|value| is_set(value)).cloned();
    let headers = [
        ("Access-Control-Allow-Origin", Some(set("AllowOrigin").unwrap_or_else(|| json!("'*'"))), "string"),
        ("Access-Control-Allow-Headers", set("AllowHeaders"), "string"),
        ("Access-Control-Allow-Methods", Some(allowed.clone()), "string"),
        ("Access-Control-Max-Age", rules.get("MaxAge").filter(|age| !age.is_null()).cloned(), "integer"),
        (
            "Access-Control-Allow-Credentials",
            (rules.get("AllowCredentials") == Some(&json!(true))).then(|| json!("'true'")),
            "string",
        ),
    ];
    let mut parameters = Map::new();
    let mut declared = Map::new();
    for (name, value, kind) in headers {
        if let Some(value) = value {
            parameters.insert(format!("method.response.header.{name}"), value);
            declared.insert(name.to_owned(), json!({ "type": kind }));
        }
    }
    json!({
        "summary": "CORS support",
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": { "application/json": "{\n  \"statusCode\" : 200\n}\n" },
            "responses": { "default": {
                "statusCode": "200",
                "responseParameters": parameters,
                "responseTemplates": { "application/json": "{}\n" },
            } },
        },
        "responses": { "200": { "description": "Default response for CORS method", "headers": declared } },
    })
}

/// Adds `CorsConfiguration` to the definition of an HTTP API.
pub(super) fn add_to_http(id: &str, definition: &mut Value, cors: &Value) -> Outcome<()> {
    let rules = match cors {
        Value::Bool(_) => Map::from_iter([("AllowOrigins".to_owned(), json!(["*"]))]),
        Value::Object(_) if is_intrinsic(cors) => Map::from_iter([("AllowOrigins".to_owned(), cors.clone())]),
        Value::Object(rules) => {
            let known: Vec<&str> = HTTP_KEYS.iter().map(|(key, _)| *key).collect();
            refuse_unknown(id, rules, &known)?;
            rules.clone()
        }
        _ => return Err(Cause::resource(id, "Invalid value for 'Cors' property.")),
    };
    if !editor::is_valid_http(definition) {
        let reason = "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid OpenApi definition.";
        return Err(Cause::resource(id, reason));
    }
    let credentials = rules.get("AllowCredentials") == Some(&json!(true));
    if credentials && rules.get("AllowOrigins") == Some(&json!(["*"])) {
        let reason = "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set.";
        return Err(Cause::resource(id, reason));
    }
    editor::check_http(definition)?;
    write_extension(definition, &rules)
}

fn write_extension(definition: &mut Value, rules: &Map<String, Value>) -> Outcome<()> {
    const EXTENSION: &str = "x-amazon-apigateway-cors";
    if definition.get(EXTENSION).is_none() {
        definition[EXTENSION] = json!({});
    }
    let Some(extension) = definition[EXTENSION].as_object_mut() else {
        return Err(Cause::definition(format!(
            "Value of '{EXTENSION}' must be a dictionary according to Swagger spec."
        )));
    };
    // AWS: a function in the place of the origins stands for all rules.
    if let Some(Value::Object(function)) = rules.get("AllowOrigins").filter(|origins| is_intrinsic(origins)) {
        extension.extend(function.iter().map(|(name, value)| (name.clone(), renamed(value))));
        return Ok(());
    }
    for (key, name) in HTTP_KEYS {
        let counts = |value: &&Value| match *key {
            "MaxAge" => !value.is_null(),
            "AllowCredentials" => **value == json!(true),
            _ => is_set(value),
        };
        if let Some(value) = rules.get(*key).filter(counts) {
            extension.insert((*name).to_owned(), value.clone());
        }
    }
    Ok(())
}

/// The rules inside of a function, under the names that a definition has for them.
fn renamed(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| {
                let name =
                    HTTP_KEYS.iter().find(|(known, _)| known == key).map_or(key.as_str(), |(_, name)| name);
                (name.to_owned(), renamed(value))
            })
            .collect(),
        Value::Array(items) => items.iter().map(renamed).collect(),
        other => other.clone(),
    }
}
