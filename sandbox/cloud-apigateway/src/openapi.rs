//! API definitions: Swagger 2.0 and OpenAPI 3 with API Gateway's extensions, read to routes.

use cloud_core::AwsError;
use serde_json::Value;

use crate::{shapes_v1::Integration, shapes_v2::Cors};

const ANY: &str = "x-amazon-apigateway-any-method";
const INTEGRATION: &str = "x-amazon-apigateway-integration";
const ENDPOINT: &str = "x-amazon-apigateway-endpoint-configuration";
const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

/// What a definition says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Definition {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) routes: Vec<DefinedRoute>,
    pub(crate) cors: Option<Cors>,
    pub(crate) binary_media_types: Vec<String>,
    /// Whether the API's own address answers nobody, where the definition says.
    pub(crate) endpoint_disabled: Option<bool>,
    /// From which size on answers are compressed.
    pub(crate) minimum_compression_size: Option<i32>,
}

/// A method of a path, and where it leads.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DefinedRoute {
    /// Upper case; `ANY`.
    pub(crate) method: String,
    /// `/users/{id}`, or `$default`.
    pub(crate) path: String,
    pub(crate) integration: DefinedIntegration,
}

/// What answers a method.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum DefinedIntegration {
    /// A function.
    Function(DefinedFunction),
    /// The API itself.
    Mock(Box<Integration>),
}

/// A Lambda proxy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DefinedFunction {
    pub(crate) uri: String,
    pub(crate) payload_format_version: Option<String>,
    pub(crate) timeout_ms: Option<i32>,
}

impl DefinedRoute {
    /// As HTTP APIs name routes.
    pub(crate) fn route_key(&self) -> String {
        if self.path == "$default" || self.path == "/$default" {
            return "$default".to_owned();
        }
        format!("{} {}", self.method, self.path)
    }
}

/// Reads a definition. Every method must have an integration: a Lambda proxy, or a mock.
pub(crate) fn read(body: &Value) -> Result<Definition, AwsError> {
    if body.get("openapi").or_else(|| body.get("swagger")).is_none() {
        // AWS: what an import without either answers.
        return Err(bad("Invalid OpenAPI input."));
    }
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let mut routes = Vec::new();
    for (path, item) in body.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if let Some(method) = method_name(method) {
                expect_open(body, operation, &method, path)?;
                routes.push(route(method, path, operation)?);
            }
        }
    }
    let cors = body.get("x-amazon-apigateway-cors").map(cors);
    let binary = body.get("x-amazon-apigateway-binary-media-types").and_then(Value::as_array);
    Ok(Definition {
        title: text("/info/title"),
        description: text("/info/description"),
        version: text("/info/version"),
        routes,
        cors,
        binary_media_types: binary
            .into_iter()
            .flatten()
            .filter_map(|t| Some(t.as_str()?.to_owned()))
            .collect(),
        endpoint_disabled: endpoint_disabled(body),
        minimum_compression_size: compression_size(body)?,
    })
}

fn compression_size(body: &Value) -> Result<Option<i32>, AwsError> {
    let size = body.get("x-amazon-apigateway-minimum-compression-size").filter(|size| !size.is_null());
    let number = |size: &Value| size.as_i64().and_then(|size| i32::try_from(size).ok()).unwrap_or(-1);
    size.map(|size| crate::ops_v1::compression(number(size))).transpose()
}

// AWS: "x-amazon-apigateway-endpoint-configuration": of the document in Swagger 2.0, of a server in OpenAPI 3.
fn endpoint_disabled(body: &Value) -> Option<bool> {
    let servers = body.get("servers").and_then(Value::as_array).into_iter().flatten();
    let mut places = std::iter::once(body).chain(servers);
    places.find_map(|place| match place.get(ENDPOINT)?.get("disableExecuteApiEndpoint")? {
        Value::Bool(disabled) => Some(*disabled),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// Fails if callers of a method are to be asked who they are.
// LIMIT: a method that asks for an authorizer or a key must not be served without one.
fn expect_open(body: &Value, operation: &Value, method: &str, path: &str) -> Result<(), AwsError> {
    let own = operation.get("x-amazon-apigateway-auth").and_then(|auth| auth.get("type"));
    let by_type = own.and_then(Value::as_str).filter(|kind| !kind.eq_ignore_ascii_case("none"));
    let schemes = body.pointer("/components/securitySchemes").or_else(|| body.get("securityDefinitions"));
    let security = operation.get("security").or_else(|| body.get("security")).and_then(Value::as_array);
    let names = security.into_iter().flatten().filter_map(Value::as_object).flat_map(|one| one.keys());
    let by_scheme = names
        .map(String::as_str)
        .find(|name| schemes.and_then(|schemes| schemes.get(name)).is_some_and(asks));
    match by_type.or(by_scheme) {
        None => Ok(()),
        Some(asked) => Err(bad(format!(
            "{method} {path} asks its callers for '{asked}'; authorizers and API keys are not supported here"
        ))),
    }
}

/// Whether a security scheme is one that API Gateway itself checks.
// AWS: schemes without its extensions are documentation, but for the key of usage plans.
fn asks(scheme: &Value) -> bool {
    let text = |name: &str| scheme.get(name).and_then(Value::as_str).unwrap_or_default();
    let extended = ["x-amazon-apigateway-authorizer", "x-amazon-apigateway-authtype"];
    extended.iter().any(|name| scheme.get(*name).is_some())
        || (text("type") == "apiKey"
            && text("in") == "header"
            && text("name").eq_ignore_ascii_case("x-api-key"))
}

fn method_name(member: &str) -> Option<String> {
    if member == ANY {
        return Some("ANY".to_owned());
    }
    METHODS.contains(&member).then(|| member.to_uppercase())
}

fn route(method: String, path: &str, operation: &Value) -> Result<DefinedRoute, AwsError> {
    let Some(integration) = operation.get(INTEGRATION) else {
        return Err(bad(format!(
            "Unable to create resource at path '{path}': no integration for method: {method}"
        )));
    };
    let kind = integration.get("type").and_then(Value::as_str).unwrap_or_default();
    let integration = match kind.to_ascii_lowercase().as_str() {
        "aws_proxy" => DefinedIntegration::Function(function(&method, path, integration)?),
        "mock" => DefinedIntegration::Mock(Box::new(crate::mock::read(integration))),
        // LIMIT: only Lambda proxies and mocks are integrated.
        _ => {
            return Err(bad(format!(
                "Integration type '{kind}' for {method} {path} is not supported here; use aws_proxy or mock"
            )));
        }
    };
    Ok(DefinedRoute { method, path: path.to_owned(), integration })
}

fn function(method: &str, path: &str, integration: &Value) -> Result<DefinedFunction, AwsError> {
    let text = |name: &str| integration.get(name).and_then(Value::as_str);
    let uri = text("uri").filter(|uri| function_arn(uri).is_some());
    let uri =
        uri.ok_or_else(|| bad(format!("Invalid Lambda function in the integration of {method} {path}")))?;
    let timeout = integration.get("timeoutInMillis").and_then(Value::as_i64);
    Ok(DefinedFunction {
        uri: uri.to_owned(),
        payload_format_version: text("payloadFormatVersion").map(str::to_owned),
        timeout_ms: timeout.and_then(|timeout| i32::try_from(timeout).ok()),
    })
}

fn cors(value: &Value) -> Cors {
    let list = |name: &str| match value.get(name) {
        Some(Value::Array(items)) => {
            Some(items.iter().filter_map(|item| Some(item.as_str()?.to_owned())).collect())
        }
        Some(Value::String(item)) => Some(vec![item.clone()]),
        _ => None,
    };
    Cors {
        allow_credentials: value.get("allowCredentials").and_then(Value::as_bool),
        allow_headers: list("allowHeaders"),
        allow_methods: list("allowMethods"),
        allow_origins: list("allowOrigins"),
        expose_headers: list("exposeHeaders"),
        max_age: value.get("maxAge").and_then(Value::as_i64).and_then(|age| i32::try_from(age).ok()),
    }
}

/// The function's ARN in an integration's URI: the ARN itself, or inside of API Gateway's own form
/// `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`.
pub(crate) fn function_arn(uri: &str) -> Option<String> {
    let inner = uri.split_once(":lambda:path/2015-03-31/functions/").map(|(_, rest)| rest);
    let arn = match inner {
        Some(rest) => rest.strip_suffix("/invocations")?,
        None => uri,
    };
    (arn.starts_with("arn:") && arn.contains(":lambda:") && arn.contains(":function:"))
        .then(|| arn.to_owned())
}

fn bad(message: impl Into<String>) -> AwsError {
    AwsError::new("BadRequestException", message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:hello";

    fn uri() -> String {
        format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{ARN}/invocations")
    }

    #[test]
    fn functions_are_found_in_both_forms() {
        assert_eq!(function_arn(&uri()).as_deref(), Some(ARN));
        assert_eq!(function_arn(ARN).as_deref(), Some(ARN));
        for other in
            ["https://example.com", "arn:aws:sqs:us-east-1:0:q", "arn:aws:lambda:us-east-1:0:layer:x"]
        {
            assert_eq!(function_arn(other), None);
        }
    }

    #[test]
    fn reads_what_the_serverless_transform_writes() {
        let integration = json!({
            "httpMethod": "POST", "type": "aws_proxy", "uri": uri(), "payloadFormatVersion": "2.0"
        });
        let body = json!({
            "openapi": "3.0.1",
            "info": { "version": "1.0", "title": "hello" },
            "paths": {
                "/hello/{name}": { "get": { INTEGRATION: integration, "responses": {} } },
                "/any": { ANY: { INTEGRATION: integration } },
                "$default": { ANY: { INTEGRATION: integration, "isDefaultRoute": true } }
            },
            "x-amazon-apigateway-cors": { "allowOrigins": ["https://a.example"], "maxAge": 5 }
        });
        let definition = read(&body).unwrap();
        let keys: Vec<String> = definition.routes.iter().map(DefinedRoute::route_key).collect();
        assert_eq!(keys, ["GET /hello/{name}", "ANY /any", "$default"]);
        assert_eq!(definition.title.as_deref(), Some("hello"));
        assert_eq!(definition.cors.unwrap().max_age, Some(5));
    }

    #[test]
    fn an_endpoint_is_disabled_in_either_version() {
        let disabled = json!({"disableExecuteApiEndpoint": true});
        for (body, expected) in [
            (json!({"swagger": "2.0", ENDPOINT: disabled}), Some(true)),
            (json!({"openapi": "3.0.1", "servers": [{}, {ENDPOINT: disabled}]}), Some(true)),
            (json!({"openapi": "3.0.1", ENDPOINT: {"disableExecuteApiEndpoint": "false"}}), Some(false)),
            (json!({"openapi": "3.0.1", "servers": [{"url": "/"}]}), None),
        ] {
            assert_eq!(read(&body).unwrap().endpoint_disabled, expected, "{body}");
        }
    }

    #[test]
    fn a_method_that_asks_who_calls_is_not_served_to_everybody() {
        let schemes = json!({
            "Own": { "type": "apiKey", "x-amazon-apigateway-authorizer": { "type": "token" } },
            "Signed": { "type": "apiKey", "x-amazon-apigateway-authtype": "awsSigv4" },
            "Key": { "type": "apiKey", "name": "x-api-key", "in": "header" },
            "Words": { "type": "oauth2" },
        });
        let body = |whole: Value, operation: Value| {
            let mut method = json!({ INTEGRATION: { "type": "aws_proxy", "uri": uri() } });
            method.as_object_mut().unwrap().extend(operation.as_object().unwrap().clone());
            let mut body = json!({
                "openapi": "3.0.1", "components": { "securitySchemes": schemes }, "paths": { "/x": { "get": method } }
            });
            body.as_object_mut().unwrap().extend(whole.as_object().unwrap().clone());
            body
        };
        let security = |name: &str| {
            let mut one = json!({});
            one[name] = json!([]);
            json!({ "security": [one] })
        };
        for (whole, operation, served) in [
            (json!({}), json!({}), true),
            (json!({}), security("Own"), false),
            (json!({}), security("Signed"), false),
            (json!({}), security("Key"), false),
            (json!({}), security("Words"), true),
            (security("Own"), json!({}), false),
            (security("Own"), json!({ "security": [] }), true),
            (json!({}), json!({ "x-amazon-apigateway-auth": { "type": "AWS_IAM" } }), false),
            (json!({}), json!({ "x-amazon-apigateway-auth": { "type": "NONE" } }), true),
        ] {
            assert_eq!(read(&body(whole.clone(), operation.clone())).is_ok(), served, "{whole} {operation}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_serve() {
        let with = |integration: Value| json!({"swagger": "2.0", "paths": {"/x": {"get": {INTEGRATION: integration}}}});
        for body in [
            json!({}),
            json!({"openapi": "3.0.1", "paths": {"/x": {"get": {}}}}),
            with(json!({"type": "http", "uri": "http://169.254.169.254/"})),
            with(json!({"type": "aws_proxy", "uri": "arn:aws:s3:::x"})),
        ] {
            assert_eq!(read(&body).unwrap_err().code(), "BadRequestException", "{body}");
        }
    }
}
