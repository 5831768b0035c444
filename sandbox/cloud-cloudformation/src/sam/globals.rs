//! The section `Globals`: properties that all functions, or all APIs, have in common.

use serde_json::{Map, Value};

use super::resource::{is_intrinsic, is_set, type_name};
use super::room::Room;
use super::{Cause, SamError};

/// What may be global, by section.
// AWS: "Globals section of the AWS SAM template".
const SUPPORTED: &[(&str, &[&str])] = &[
    (
        "Api",
        &[
            "Auth",
            "Name",
            "DefinitionUri",
            "CacheClusterEnabled",
            "CacheClusterSize",
            "MergeDefinitions",
            "Variables",
            "EndpointConfiguration",
            "MethodSettings",
            "BinaryMediaTypes",
            "MinimumCompressionSize",
            "Cors",
            "GatewayResponses",
            "AccessLogSetting",
            "CanarySetting",
            "TracingEnabled",
            "OpenApiVersion",
            "Domain",
            "AlwaysDeploy",
            "PropagateTags",
            "SecurityPolicy",
            "EndpointAccessMode",
        ],
    ),
    (
        "CapacityProvider",
        &[
            "VpcConfig",
            "OperatorRole",
            "Tags",
            "InstanceRequirements",
            "ScalingConfig",
            "KmsKeyArn",
            "PropagateTags",
            "LoggingConfig",
            "ManagedResourceTags",
        ],
    ),
    (
        "Function",
        &[
            "Handler",
            "Runtime",
            "CodeUri",
            "DeadLetterQueue",
            "Description",
            "MemorySize",
            "Timeout",
            "VpcConfig",
            "Environment",
            "Tags",
            "PropagateTags",
            "Tracing",
            "KmsKeyArn",
            "AutoPublishAlias",
            "AutoPublishAliasAllProperties",
            "Layers",
            "DeploymentPreference",
            "RolePath",
            "PermissionsBoundary",
            "ReservedConcurrentExecutions",
            "ProvisionedConcurrencyConfig",
            "AssumeRolePolicyDocument",
            "EventInvokeConfig",
            "FileSystemConfigs",
            "CodeSigningConfigArn",
            "Architectures",
            "SnapStart",
            "EphemeralStorage",
            "FunctionUrlConfig",
            "RuntimeManagementConfig",
            "LoggingConfig",
            "RecursiveLoop",
            "SourceKMSKeyArn",
            "TenancyConfig",
            "DurableConfig",
            "CapacityProviderConfig",
            "FunctionScalingConfig",
            "PublishToLatestPublished",
            "VersionDeletionPolicy",
        ],
    ),
    (
        "HttpApi",
        &[
            "Auth",
            "AccessLogSettings",
            "StageVariables",
            "Tags",
            "CorsConfiguration",
            "DefaultRouteSettings",
            "Domain",
            "RouteSettings",
            "FailOnWarnings",
            "PropagateTags",
        ],
    ),
    ("LayerVersion", &["PublishLambdaVersion"]),
    ("SimpleTable", &["SSESpecification"]),
    ("StateMachine", &["PropagateTags"]),
    (
        "WebSocketApi",
        &[
            "AccessLogSettings",
            "ApiKeySelectionExpression",
            "DefaultRouteSettings",
            "DisableExecuteApiEndpoint",
            "DisableSchemaValidation",
            "Domain",
            "FailOnWarnings",
            "IpAddressType",
            "PropagateTags",
            "RouteSelectionExpression",
            "RouteSettings",
            "StageVariables",
            "Tags",
        ],
    ),
];

/// Takes the section out of a template, checked.
pub(super) fn take(template: &mut Value) -> Result<Map<String, Value>, SamError> {
    let globals = template.as_object_mut().and_then(|members| members.shift_remove("Globals"));
    let Some(globals) = globals else { return Ok(Map::new()) };
    let Value::Object(sections) = globals else { return Err(invalid("It must be a non-empty dictionary")) };
    for (section, properties) in &sections {
        check_section(section, properties)?;
    }
    Ok(sections)
}

fn check_section(section: &str, properties: &Value) -> Result<(), SamError> {
    let Some((_, supported)) = SUPPORTED.iter().find(|(name, _)| *name == section) else {
        let names: Vec<&str> = SUPPORTED.iter().map(|(name, _)| *name).collect();
        return Err(invalid(&format!("'{section}' is not supported. {}", one_of(&names))));
    };
    let Value::Object(properties) = properties else {
        return Err(invalid("Value of ${section} must be a dictionary"));
    };
    match properties.keys().find(|name| !supported.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(invalid(&format!(
            "'{name}' is not a supported property of '{section}'. {}",
            one_of(supported)
        ))),
    }
}

fn invalid(reason: &str) -> SamError {
    Cause::template(format!("'Globals' section is invalid. {reason}")).into()
}

fn one_of(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    format!("Must be one of the following values - [{}]", names.join(", "))
}

/// How large the global properties may become when they are merged into every resource.
const MAX_MERGED_BYTES: usize = Room::BYTES;

/// Merges the global properties into every resource of their type.
pub(super) fn apply(globals: &Map<String, Value>, template: &mut Value) -> Result<(), SamError> {
    let all = template.get("Resources").and_then(Value::as_object).into_iter().flat_map(Map::values);
    let count = |section: &String| {
        let of_type = |resource: &&Value| {
            type_name(resource).strip_prefix("AWS::Serverless::").is_some_and(|name| name == section)
        };
        all.clone().filter(of_type).count()
    };
    let merged =
        globals.iter().map(|(section, global)| global.to_string().len().saturating_mul(count(section)));
    if merged.fold(0, usize::saturating_add) > MAX_MERGED_BYTES {
        return Err(invalid(&format!(
            "Merged into every resource it would be larger than {MAX_MERGED_BYTES} bytes"
        )));
    }
    let resources = template.get_mut("Resources").and_then(Value::as_object_mut);
    for (id, resource) in resources.into_iter().flatten() {
        let Some(section) = type_name(resource).strip_prefix("AWS::Serverless::").map(str::to_owned) else {
            continue;
        };
        let Some(global) = globals.get(&section) else { continue };
        let global = without(id, global, resource.get("IgnoreGlobals"))?;
        let local = resource.get("Properties").cloned().unwrap_or_else(|| Value::Object(Map::new()));
        if let Some(members) = resource.as_object_mut() {
            members.insert("Properties".to_owned(), merge(&section, &global, &local));
        }
    }
    Ok(())
}

/// The global properties that a resource does not ignore: `"*"` ignores all, a list those it names.
fn without(id: &str, global: &Value, ignored: Option<&Value>) -> Result<Value, Cause> {
    let wrong = |what: &str| {
        let reason = format!("Resource {id} has invalid resource attribute 'IgnoreGlobals'{what}.");
        Err(Cause::resource(id, reason))
    };
    match ignored.filter(|ignored| is_set(ignored)) {
        None => Ok(global.clone()),
        Some(Value::String(all)) if all == "*" => Ok(Value::Object(Map::new())),
        Some(Value::Array(names)) => {
            let mut kept = global.as_object().cloned().unwrap_or_default();
            for name in names {
                if name.as_str().and_then(|name| kept.shift_remove(name)).is_none() {
                    return wrong(&format!(" on item '{}'", super::python::shown(name)));
                }
            }
            Ok(Value::Object(kept))
        }
        Some(_) => wrong(""),
    }
}

/// Maps are merged member by member, lists are joined (global first), of all else the local one wins.
// AWS: "Overridable globals": lists are additive, maps are merged, primitives are replaced. Functions are primitives.
fn merge(place: &str, global: &Value, local: &Value) -> Value {
    match (global, local) {
        (Value::Object(global_members), Value::Object(local_members))
            if !is_intrinsic(global) && !is_intrinsic(local) =>
        {
            // AWS: these tags are only those that the resource names; of theirs the global ones are the usual values.
            let pruned = place == "CapacityProvider.ManagedResourceTags" && !local_members.is_empty();
            let mut merged = if pruned { Map::new() } else { global_members.clone() };
            for (name, value) in local_members {
                let place = format!("{place}.{name}");
                let known = global_members.get(name);
                let value = known.map_or_else(|| value.clone(), |global| merge(&place, global, value));
                merged.insert(name.clone(), value);
            }
            Value::Object(merged)
        }
        (Value::Array(global), Value::Array(local)) if !REPLACED.contains(&place) => {
            global.iter().chain(local).cloned().collect()
        }
        _ => local.clone(),
    }
}

/// Lists that are not joined.
const REPLACED: &[&str] = &["Function.Architectures", "CapacityProvider.InstanceRequirements.Architectures"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn merging() {
        let merged = merge(
            "Function",
            &json!({"A": 1, "L": [1], "M": {"x": 1, "y": 1}, "R": {"Ref": "P"}, "T": [1]}),
            &json!({"A": 2, "L": [2], "M": {"y": 2}, "R": {"Ref": "Q"}, "T": "text"}),
        );
        assert_eq!(
            merged,
            json!({"A": 2, "L": [1, 2], "M": {"x": 1, "y": 2}, "R": {"Ref": "Q"}, "T": "text"})
        );
    }

    #[test]
    fn ignoring() {
        let global = json!({"A": 1, "B": 2});
        assert_eq!(without("X", &global, Some(&json!("*"))), Ok(json!({})));
        assert_eq!(without("X", &global, Some(&json!(["A"]))), Ok(json!({"B": 2})));
        assert_eq!(without("X", &global, None), Ok(global.clone()));
        assert!(without("X", &global, Some(&json!(["C"]))).is_err());
        assert!(without("X", &global, Some(&json!("A"))).is_err());
    }

    #[test]
    fn lists_that_are_replaced() {
        let merged =
            merge("Function", &json!({"Architectures": ["x86_64"]}), &json!({"Architectures": ["arm64"]}));
        assert_eq!(merged, json!({"Architectures": ["arm64"]}));
    }
}
