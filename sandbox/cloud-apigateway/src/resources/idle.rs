//! Properties of templates that are taken and change nothing here, and those that are refused because an API without them
//! would be another than was asked for. A line a property.

use cloud_core::AwsError;
use serde_json::Value;

/// Where a property is, and why it changes nothing.
type Idle = &'static [(&'static str, &'static str)];

// LIMIT: the lists of what API Gateway's resources may have and this cloud does not do.
pub(super) const REST_API: Idle = &[
    ("/ApiKeySourceType", "there are no API keys"),
    ("/EndpointAccessMode", "APIs are reached on this machine"),
    ("/MinimumCompressionSize", "answers are not compressed"),
    ("/Parameters", "a definition is taken as it is"),
    ("/Policy", "whoever reaches this machine may call"),
    ("/SecurityPolicy", "there is no TLS"),
    ("/EndpointConfiguration/VpcEndpointIds", "there are no networks"),
    ("/Body/x-amazon-apigateway-api-key-source", "there are no API keys"),
    ("/Body/x-amazon-apigateway-gateway-responses", "errors are answered as usual"),
    ("/Body/x-amazon-apigateway-minimum-compression-size", "answers are not compressed"),
    ("/Body/x-amazon-apigateway-policy", "whoever reaches this machine may call"),
    ("/Body/x-amazon-apigateway-request-validator", "requests are not validated"),
];
pub(super) const REST_STAGE: Idle = &[
    ("/AccessLogSetting", "calls are not logged"),
    ("/CacheClusterEnabled", "answers are not kept"),
    ("/CacheClusterSize", "answers are not kept"),
    ("/ClientCertificateId", "there is no TLS"),
    ("/DocumentationVersion", "there is no documentation"),
    ("/MethodSettings", "no throttling, caching and logging"),
    ("/TracingEnabled", "nothing is traced"),
];
pub(super) const REST_DEPLOYMENT: Idle = &[
    ("/StageDescription/AccessLogSetting", "calls are not logged"),
    ("/StageDescription/CacheClusterEnabled", "answers are not kept"),
    ("/StageDescription/CacheClusterSize", "answers are not kept"),
    ("/StageDescription/CacheDataEncrypted", "answers are not kept"),
    ("/StageDescription/CacheTtlInSeconds", "answers are not kept"),
    ("/StageDescription/CachingEnabled", "answers are not kept"),
    ("/StageDescription/ClientCertificateId", "there is no TLS"),
    ("/StageDescription/DataTraceEnabled", "calls are not logged"),
    ("/StageDescription/DocumentationVersion", "there is no documentation"),
    ("/StageDescription/LoggingLevel", "calls are not logged"),
    ("/StageDescription/MethodSettings", "no throttling, caching and logging"),
    ("/StageDescription/MetricsEnabled", "nothing is measured"),
    ("/StageDescription/ThrottlingBurstLimit", "calls are not throttled"),
    ("/StageDescription/ThrottlingRateLimit", "calls are not throttled"),
    ("/StageDescription/TracingEnabled", "nothing is traced"),
];
pub(super) const REST_METHOD: Idle = &[
    ("/AuthorizationScopes", "there are no authorizers"),
    ("/RequestModels", "requests are not validated"),
    ("/RequestValidatorId", "requests are not validated"),
    ("/Integration/CacheKeyParameters", "answers are not kept"),
    ("/Integration/Credentials", "a function's policy decides"),
];
pub(super) const HTTP_API: Idle = &[
    ("/ApiKeySelectionExpression", "there are no API keys"),
    ("/BasePath", "a definition is taken as it is"),
    ("/CredentialsArn", "a function's policy decides"),
    ("/DisableSchemaValidation", "requests are not validated"),
    ("/IpAddressType", "APIs are reached on this machine"),
];
pub(super) const HTTP_STAGE: Idle = &[
    ("/AccessLogSettings", "calls are not logged"),
    ("/ClientCertificateId", "there is no TLS"),
    ("/DefaultRouteSettings", "no throttling, metrics and logging"),
    ("/DeploymentId", "a stage serves what was deployed to it by name"),
    ("/RouteSettings", "no throttling, metrics and logging"),
];
pub(super) const HTTP_ROUTE: Idle = &[
    ("/ApiKeyRequired", "HTTP APIs have no API keys"),
    ("/AuthorizationScopes", "there are no authorizers"),
    ("/ModelSelectionExpression", "requests are not validated"),
    ("/RequestModels", "requests are not validated"),
    ("/RequestParameters", "requests are not validated"),
    ("/RouteResponseSelectionExpression", "HTTP APIs have no route responses"),
];
pub(super) const HTTP_INTEGRATION: Idle = &[
    ("/ContentHandlingStrategy", "HTTP APIs convert nothing"),
    ("/CredentialsArn", "a function's policy decides"),
    ("/PassthroughBehavior", "HTTP APIs have no templates"),
    ("/RequestTemplates", "HTTP APIs have no templates"),
    ("/TemplateSelectionExpression", "HTTP APIs have no templates"),
    ("/TlsConfig", "there is no TLS"),
];

/// What of the properties changes nothing, as a person reads it.
pub(super) fn said(properties: &Value, idle: Idle) -> Vec<String> {
    let idle = idle.iter().filter(|(pointer, _)| given(properties, pointer));
    idle.map(|(pointer, why)| format!("{} ({why})", named(pointer))).collect()
}

/// Notes on the answer what of a REST API's definition changes nothing.
pub(crate) fn note_definition(body: &Value) {
    let inner =
        |pointer: &&'static str| pointer.strip_prefix("/Body").is_some_and(|inner| given(body, inner));
    let idle: Vec<String> = REST_API.iter().map(|(pointer, _)| *pointer).filter(inner).map(named).collect();
    cloud_wire::note::without_effect(&idle.iter().map(String::as_str).collect::<Vec<_>>());
}

/// Fails if one of the properties is given.
pub(super) fn refuse(properties: &Value, pointers: &[&str]) -> Result<(), AwsError> {
    match pointers.iter().find(|pointer| given(properties, pointer)) {
        None => Ok(()),
        Some(pointer) => {
            let message = format!("{} is not supported here. Leave it out.", named(pointer));
            Err(AwsError::new("BadRequestException", message))
        }
    }
}

/// Whether there is a property at that place, and it asks for anything.
fn given(properties: &Value, pointer: &str) -> bool {
    properties.pointer(pointer).is_some_and(is_given)
}

/// Whether a property asks for anything.
fn is_given(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty() && text != "false",
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

fn named(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(idle: Idle, properties: &Value, expected: &[&str]) {
        let said = said(properties, idle);
        let names: Vec<&str> = said.iter().filter_map(|said| said.split(" (").next()).collect();
        assert_eq!(names, expected, "{properties}");
    }

    #[test]
    fn what_changes_nothing_is_said_where_it_is_given() {
        check(REST_API, &json!({ "Name": "a", "Policy": {}, "MinimumCompressionSize": null }), &[]);
        check(
            REST_API,
            &json!({ "MinimumCompressionSize": 0, "Policy": { "Statement": [] }, "Body": {
                "x-amazon-apigateway-gateway-responses": { "DEFAULT_4XX": {} }, "paths": {},
            } }),
            &["MinimumCompressionSize", "Policy", "Body.x-amazon-apigateway-gateway-responses"],
        );
        check(REST_STAGE, &json!({ "TracingEnabled": false, "CacheClusterEnabled": "false" }), &[]);
        check(
            REST_STAGE,
            &json!({ "TracingEnabled": true, "MethodSettings": [{ "ThrottlingRateLimit": 1 }] }),
            &["MethodSettings", "TracingEnabled"],
        );
        check(
            REST_DEPLOYMENT,
            &json!({ "StageDescription": { "LoggingLevel": "INFO", "Variables": { "a": "b" } } }),
            &["StageDescription.LoggingLevel"],
        );
        check(
            HTTP_STAGE,
            &json!({ "DefaultRouteSettings": { "ThrottlingBurstLimit": 5 } }),
            &["DefaultRouteSettings"],
        );
    }

    #[test]
    fn what_would_make_another_api_is_refused_by_its_name() {
        let properties = json!({ "ApiKeyRequired": true, "Integration": { "ConnectionId": "" } });
        assert!(refuse(&properties, &["/Integration/ConnectionId"]).is_ok());
        let error = refuse(&properties, &["/Integration/ConnectionId", "/ApiKeyRequired"]).unwrap_err();
        assert_eq!(error.message(), "ApiKeyRequired is not supported here. Leave it out.");
    }
}
