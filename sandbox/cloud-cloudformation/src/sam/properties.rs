//! Which properties serverless types have, and what kind each must be.

use serde_json::Value;

use super::resource::{Properties, is_intrinsic};
use super::{Cause, Outcome};

/// What a property must be. A function stands for anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whatever it is, it is passed on.
    Any,
    /// Text.
    Text,
    /// A map.
    Map,
    /// A list.
    List,
    /// A whole number.
    Integer,
    /// True or false.
    Truth,
    /// Text or a map.
    TextOrMap,
    /// True, false or a map.
    TruthOrMap,
    /// A policy or a list of policies.
    Policies,
    /// A list of texts and maps.
    Texts,
}

use Kind::{Any, Integer, List, Map, Policies, Text, TextOrMap, Texts, Truth, TruthOrMap};

/// The properties of `AWS::Serverless::Function`.
pub(super) const FUNCTION: &[(&str, Kind)] = &[
    ("Architectures", Any),
    ("AssumeRolePolicyDocument", Map),
    ("AutoPublishAlias", Text),
    ("AutoPublishAliasAllProperties", Truth),
    ("AutoPublishCodeSha256", Text),
    ("CapacityProviderConfig", Map),
    ("CodeSigningConfigArn", Any),
    ("CodeUri", Any),
    ("DeadLetterQueue", Map),
    ("DeploymentPreference", Map),
    ("Description", Any),
    ("DurableConfig", Map),
    ("Environment", Map),
    ("EphemeralStorage", Any),
    ("EventInvokeConfig", Map),
    ("Events", Map),
    ("FileSystemConfigs", Any),
    ("FunctionName", TextOrMap),
    ("FunctionScalingConfig", Map),
    ("FunctionUrlConfig", Map),
    ("Handler", Any),
    ("ImageConfig", Any),
    ("ImageUri", Any),
    ("InlineCode", Any),
    ("KmsKeyArn", Any),
    ("Layers", Texts),
    ("LoggingConfig", Any),
    ("MemorySize", Any),
    ("PackageType", Any),
    ("PermissionsBoundary", Text),
    ("Policies", Policies),
    ("PropagateTags", Truth),
    ("ProvisionedConcurrencyConfig", Any),
    ("PublishToLatestPublished", Any),
    ("RecursiveLoop", Any),
    ("ReservedConcurrentExecutions", Any),
    ("Role", Text),
    ("RolePath", Any),
    ("Runtime", Any),
    ("RuntimeManagementConfig", Any),
    ("SnapStart", Map),
    ("SourceKMSKeyArn", Any),
    ("Tags", Map),
    ("TenancyConfig", Any),
    ("Timeout", Any),
    ("Tracing", TextOrMap),
    ("VersionDeletionPolicy", Text),
    ("VersionDescription", Any),
    ("VpcConfig", Any),
];

/// The properties of `AWS::Serverless::Api`.
pub(super) const REST_API: &[(&str, Kind)] = &[
    ("AccessLogSetting", Map),
    ("AlwaysDeploy", Truth),
    ("ApiKeySourceType", Text),
    ("Auth", Map),
    ("BinaryMediaTypes", List),
    ("CacheClusterEnabled", Truth),
    ("CacheClusterSize", Text),
    ("CanarySetting", Map),
    ("Cors", TextOrMap),
    ("DefinitionBody", Map),
    ("DefinitionUri", TextOrMap),
    ("Description", Text),
    ("DisableExecuteApiEndpoint", Truth),
    ("Domain", Map),
    ("EndpointAccessMode", Text),
    ("EndpointConfiguration", TextOrMap),
    ("FailOnWarnings", Truth),
    ("GatewayResponses", Map),
    ("MergeDefinitions", Truth),
    ("MethodSettings", List),
    ("MinimumCompressionSize", Integer),
    ("Mode", Text),
    ("Models", Map),
    ("Name", TextOrMap),
    ("OpenApiVersion", Text),
    ("Policy", TextOrMap),
    ("PropagateTags", Truth),
    ("SecurityPolicy", Text),
    ("StageName", TextOrMap),
    ("Tags", Map),
    ("TracingEnabled", Truth),
    ("Variables", Map),
];

/// The properties of `AWS::Serverless::HttpApi`.
pub(super) const HTTP_API: &[(&str, Kind)] = &[
    ("AccessLogSettings", Map),
    ("Auth", Map),
    ("CorsConfiguration", TruthOrMap),
    ("DefaultRouteSettings", Map),
    ("DefinitionBody", Map),
    ("DefinitionUri", TextOrMap),
    ("Description", Text),
    ("DisableExecuteApiEndpoint", Truth),
    ("Domain", Map),
    ("FailOnWarnings", Truth),
    ("Name", Any),
    ("PropagateTags", Truth),
    ("RouteSettings", Map),
    ("StageName", TextOrMap),
    ("StageVariables", Map),
    ("Tags", Map),
];

/// Mark of APIs whose definition this transform writes, between its own steps.
pub(super) const MANAGED: &str = "__MANAGE_SWAGGER";

/// Checks that all properties are known and of their kind.
pub(super) fn check(properties: &Properties<'_>, type_name: &str, known: &[(&str, Kind)]) -> Outcome<()> {
    for name in properties.names().filter(|name| *name != MANAGED) {
        let Some((_, kind)) = known.iter().find(|(known, _)| known == name) else {
            let reason = format!("property {name} not defined for resource of type {type_name}");
            return Err(Cause::resource(properties.id, reason));
        };
        let Some(value) = properties.get(name) else { continue };
        if !is_intrinsic(value) && !fits(value, *kind) {
            return Err(Cause::resource(properties.id, complaint(name, *kind)));
        }
    }
    Ok(())
}

fn fits(value: &Value, kind: Kind) -> bool {
    match kind {
        Any => true,
        Text => value.is_string(),
        Map => value.is_object(),
        List => value.is_array(),
        Integer => value.is_i64() || value.is_u64(),
        Truth => value.is_boolean(),
        TextOrMap => value.is_string() || value.is_object(),
        TruthOrMap => value.is_boolean() || value.is_object(),
        Texts => value.as_array().is_some_and(|items| items.iter().all(|item| fits(item, TextOrMap))),
        Policies => fits(value, TextOrMap) || fits(value, Texts),
    }
}

// AWS: "Property 'Role' should be a string." for text, "Type of property 'Events' is invalid." for all else.
fn complaint(name: &str, kind: Kind) -> String {
    match kind {
        Text => format!("Property '{name}' should be a string."),
        _ => format!("Type of property '{name}' is invalid."),
    }
}
