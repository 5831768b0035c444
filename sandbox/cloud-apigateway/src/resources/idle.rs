//! Properties of templates that are taken and change nothing here, and those that are refused because an API without them
//! would be another than was asked for. A line a property.

use cloud_core::AwsError;
use cloud_wire::shape::Described;
use cloud_wire::{self as wire, Member};
use serde_json::Value;

/// Which properties change nothing, and why.
pub(crate) type Idle = &'static [(&'static str, &'static str)];

// LIMIT: the lists of what API Gateway's resources may have and this cloud does not do.
pub(crate) const REST_API: Idle = &[
    ("ApiKeySource", "there are no authorizers"),
    ("ApiKeySourceType", "there are no API keys"),
    ("EndpointAccessMode", "APIs are reached on this machine"),
    ("FailOnWarnings", "a definition is taken or refused"),
    ("Parameters", "a definition is taken as it is"),
    ("Policy", "whoever reaches this machine may call"),
    ("SecurityPolicy", "there is no TLS"),
    ("EndpointConfiguration.IpAddressType", "APIs are reached on this machine"),
    ("EndpointConfiguration.VpcEndpointIds", "there are no networks"),
];

/// What of a REST API's definition changes nothing.
const DEFINITION: Idle = &[
    ("x-amazon-apigateway-api-key-source", "there are no API keys"),
    ("x-amazon-apigateway-gateway-responses", "errors are answered as usual"),
    ("x-amazon-apigateway-policy", "whoever reaches this machine may call"),
    ("x-amazon-apigateway-request-validator", "requests are not validated"),
];

pub(crate) const REST_STAGE: Idle = &[
    ("AccessLogSetting", "calls are not logged"),
    ("CacheClusterEnabled", "answers are not kept"),
    ("CacheClusterSize", "answers are not kept"),
    ("ClientCertificateId", "there is no TLS"),
    ("DocumentationVersion", "there is no documentation"),
    ("MethodSettings", "no throttling, caching and logging"),
    ("TracingEnabled", "nothing is traced"),
];
pub(super) const REST_DEPLOYMENT: Idle = &[
    ("StageDescription.AccessLogSetting", "calls are not logged"),
    ("StageDescription.CacheClusterEnabled", "answers are not kept"),
    ("StageDescription.CacheClusterSize", "answers are not kept"),
    ("StageDescription.CacheDataEncrypted", "answers are not kept"),
    ("StageDescription.CacheTtlInSeconds", "answers are not kept"),
    ("StageDescription.CachingEnabled", "answers are not kept"),
    ("StageDescription.ClientCertificateId", "there is no TLS"),
    ("StageDescription.DataTraceEnabled", "calls are not logged"),
    ("StageDescription.DocumentationVersion", "there is no documentation"),
    ("StageDescription.LoggingLevel", "calls are not logged"),
    ("StageDescription.MethodSettings", "no throttling, caching and logging"),
    ("StageDescription.MetricsEnabled", "nothing is measured"),
    ("StageDescription.ThrottlingBurstLimit", "calls are not throttled"),
    ("StageDescription.ThrottlingRateLimit", "calls are not throttled"),
    ("StageDescription.TracingEnabled", "nothing is traced"),
];
pub(super) const REST_METHOD: Idle = &[
    ("AuthorizationScopes", "there are no authorizers"),
    ("AuthorizerId", "there are no authorizers"),
    ("RequestModels", "requests are not validated"),
    ("RequestValidatorId", "requests are not validated"),
    ("Integration.CacheKeyParameters", "answers are not kept"),
    ("Integration.CacheNamespace", "answers are not kept"),
    ("Integration.ConnectionId", "there are no networks"),
    ("Integration.ConnectionType", "there are no networks"),
    ("Integration.ContentHandling", "a function gets the request as it is"),
    ("Integration.Credentials", "a function's policy decides"),
    ("Integration.IntegrationTarget", "there are no networks"),
    ("Integration.RequestParameters", "a function gets the request as it is"),
    ("Integration.ResponseTransferMode", "answers are sent when they are whole"),
];
pub(crate) const HTTP_API: Idle = &[
    ("ApiKeySelectionExpression", "there are no API keys"),
    ("BasePath", "a definition is taken as it is"),
    ("CredentialsArn", "a function's policy decides"),
    ("DisableSchemaValidation", "requests are not validated"),
    ("FailOnWarnings", "a definition is taken or refused"),
    ("RouteSelectionExpression", "routes are chosen by method and path"),
    ("IpAddressType", "APIs are reached on this machine"),
];
pub(super) const HTTP_STAGE: Idle = &[
    ("AccessLogSettings", "calls are not logged"),
    ("ClientCertificateId", "there is no TLS"),
    ("DefaultRouteSettings", "no throttling, metrics and logging"),
    ("DeploymentId", "a stage serves what was deployed to it by name"),
    ("RouteSettings", "no throttling, metrics and logging"),
];
pub(crate) const HTTP_ROUTE: Idle = &[
    ("ApiKeyRequired", "HTTP APIs have no API keys"),
    ("AuthorizationScopes", "there are no authorizers"),
    ("AuthorizerId", "there are no authorizers"),
    ("ModelSelectionExpression", "requests are not validated"),
    ("RequestModels", "requests are not validated"),
    ("RequestParameters", "requests are not validated"),
    ("RouteResponseSelectionExpression", "HTTP APIs have no route responses"),
];
pub(crate) const HTTP_INTEGRATION: Idle = &[
    ("ConnectionType", "there are no networks"),
    ("ContentHandlingStrategy", "HTTP APIs convert nothing"),
    ("CredentialsArn", "a function's policy decides"),
    ("IntegrationMethod", "functions are invoked by POST"),
    ("PassthroughBehavior", "HTTP APIs have no templates"),
    ("RequestTemplates", "HTTP APIs have no templates"),
    ("TemplateSelectionExpression", "HTTP APIs have no templates"),
    ("TlsConfig", "there is no TLS"),
];

/// Values that ask for what is so anyway.
const SO_ANYWAY: &[(&str, &str)] = &[
    ("ApiKeySource", "HEADER"),
    ("ConnectionType", "INTERNET"),
    ("EndpointConfiguration.IpAddressType", "ipv4"),
    ("Integration.ConnectionType", "INTERNET"),
    ("Integration.ResponseTransferMode", "BUFFERED"),
    ("IntegrationMethod", "POST"),
    ("IpAddressType", "ipv4"),
    ("RouteSelectionExpression", "$request.method $request.path"),
    ("RouteSelectionExpression", "${request.method} ${request.path}"),
];

/// Why a property changes nothing, unless it asks for what is so anyway.
pub(super) fn why(idle: Idle, property: &str, value: &Value) -> Option<&'static str> {
    let is_so = |(name, usual): &(&str, &str)| *name == property && value == usual;
    let why = || idle.iter().find(|(name, _)| *name == property).map_or("", |(_, why)| *why);
    (!SO_ANYWAY.iter().any(is_so)).then(why)
}

/// Which members of a request change nothing, as the properties of the same names, but for the case of these.
pub(crate) fn members<T: Described>(idle: Idle, input: &T) -> Vec<&'static str> {
    let given = T::schema().members().iter().zip(input.value().members()).filter(|(_, value)| asks(*value));
    let is_idle = |(member, value): &(&Member, wire::Value<'_>)| {
        let value = value.as_str().map_or(Value::Null, Value::from);
        let property = idle.iter().find(|(name, _)| name.eq_ignore_ascii_case(member.name));
        property.is_some_and(|(name, _)| why(idle, name, &value).is_some())
    };
    given.filter(is_idle).map(|(member, _)| member.name).collect()
}

/// Whether a member asks for anything.
fn asks(value: wire::Value<'_>) -> bool {
    match value {
        wire::Value::Null | wire::Value::Boolean(false) => false,
        wire::Value::List(list) => list.count() > 0,
        wire::Value::Map(map) => map.count() > 0,
        _ => true,
    }
}

/// What of a definition in a template changes nothing, as a person reads it.
pub(super) fn of_definition(body: Option<&Value>) -> Vec<String> {
    let given =
        DEFINITION.iter().filter(|(name, _)| body.and_then(|body| body.get(*name)).is_some_and(is_given));
    given.map(|(name, why)| format!("Body.{name} ({why})")).collect()
}

/// What of a REST API's definition changes nothing, by its names.
pub(crate) fn members_of_definition(body: &Value) -> impl Iterator<Item = &'static str> {
    let given = DEFINITION.iter().map(|(name, _)| *name);
    given.filter(|name| body.get(*name).is_some_and(is_given))
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

    #[test]
    fn what_changes_nothing_of_a_definition_is_said() {
        let body = json!({ "x-amazon-apigateway-gateway-responses": { "DEFAULT_4XX": {} }, "paths": {} });
        let said = ["Body.x-amazon-apigateway-gateway-responses (errors are answered as usual)"];
        assert_eq!(of_definition(Some(&body)), said);
        assert!(of_definition(Some(&json!({ "x-amazon-apigateway-policy": {} }))).is_empty());
        assert!(of_definition(None).is_empty());
    }

    #[test]
    fn what_changes_nothing_has_its_reason() {
        let check =
            |idle, property, value: &Value, expected| assert_eq!(why(idle, property, value), expected);
        check(REST_API, "Policy", &json!({}), Some("whoever reaches this machine may call"));
        check(REST_DEPLOYMENT, "StageDescription.LoggingLevel", &json!("INFO"), Some("calls are not logged"));
        check(HTTP_STAGE, "Other", &json!(1), Some(""));
        check(HTTP_INTEGRATION, "IntegrationMethod", &json!("POST"), None);
        check(HTTP_INTEGRATION, "IntegrationMethod", &json!("GET"), Some("functions are invoked by POST"));
    }

    #[test]
    fn what_would_make_another_api_is_refused_by_its_name() {
        let properties = json!({ "ApiKeyRequired": true, "Integration": { "ConnectionId": "" } });
        assert!(refuse(&properties, &["/Integration/ConnectionId"]).is_ok());
        let error = refuse(&properties, &["/Integration/ConnectionId", "/ApiKeyRequired"]).unwrap_err();
        assert_eq!(error.message(), "ApiKeyRequired is not supported here. Leave it out.");
    }
}
