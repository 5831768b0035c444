//! Cross-origin rules: an OPTIONS method for every path of a REST API, one extension for an HTTP API.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value, json};

use super::editor::{self, ANY_METHOD};
use super::resource::is_intrinsic;
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
    if !editor::is_valid(definition) {
        let reason = "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid Swagger definition.";
        return Err(Cause::resource(id, reason));
    }
    let star = rules.get("AllowOrigin").is_none_or(|origin| origin == "'*'");
    if star && rules.get("AllowCredentials") == Some(&json!(true)) {
        let reason = "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set";
        return Err(Cause::resource(id, reason));
    }
    let mut seen = HashSet::new();
    for path in editor::paths(definition) {
        let plain = if path == "/" { &path } else { path.trim_end_matches('/') };
        let methods = editor::methods(definition, &path);
        if seen.insert(plain.to_owned()) && !methods.iter().any(|method| method == "options") {
            let options = options_method(&rules, &methods);
            room.take(id, &options)?;
            editor::set_method(definition, &path, "options", options);
        }
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
fn options_method(rules: &Map<String, Value>, methods: &[String]) -> Value {
    let set = |name: &str| rules.get(name).filter(|value| super::resource::is_set(value)).cloned();
    let headers = [
        ("Access-Control-Allow-Origin", Some(set("AllowOrigin").unwrap_or_else(|| json!("'*'"))), "string"),
        ("Access-Control-Allow-Headers", set("AllowHeaders"), "string"),
        (
            "Access-Control-Allow-Methods",
            Some(set("AllowMethods").unwrap_or_else(|| allowed_methods(methods))),
            "string",
        ),
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
        Value::Object(rules) if !is_intrinsic(cors) => {
            let known: Vec<&str> = HTTP_KEYS.iter().map(|(key, _)| *key).collect();
            refuse_unknown(id, rules, &known)?;
            rules.clone()
        }
        _ => return Err(Cause::resource(id, "Invalid value for 'Cors' property.")),
    };
    if !editor::is_valid(definition) {
        let reason = "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid OpenApi definition.";
        return Err(Cause::resource(id, reason));
    }
    let credentials = rules.get("AllowCredentials") == Some(&json!(true));
    if credentials && rules.get("AllowOrigins") == Some(&json!(["*"])) {
        let reason = "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set.";
        return Err(Cause::resource(id, reason));
    }
    let extension = &mut definition["x-amazon-apigateway-cors"];
    if !extension.is_object() {
        *extension = json!({});
    }
    for (key, name) in HTTP_KEYS {
        let given = rules.get(*key).filter(|value| super::resource::is_set(value) || *key == "MaxAge");
        if let Some(value) = given {
            extension[*name] = value.clone();
        }
    }
    Ok(())
}
