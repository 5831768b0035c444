//! `AWS::Serverless::Api`: a REST API, a deployment whose id changes with its definition, a stage.

use serde_json::{Map, Value, json};

use super::properties::MANAGED;
use super::resource::{Made, Plain, Properties, is_set, reference, tag_list};
use super::room::Room;
use super::{Cause, Outcome, Work, code, cors, ids};

/// What is refused, because what it would make is not there.
// LIMIT: authorizers and API keys, custom domains, gateway responses, models, merged definitions.
const REFUSED: &[&str] =
    &["Auth", "Domain", "GatewayResponses", "Models", "MergeDefinitions", "PropagateTags", "Policy"];

// AWS: "CreateStage": up to 128 characters.
const MAX_STAGE_NAME: usize = 128;

/// Properties of the stage that pass on under their own names.
const STAGE_SAME: &[&str] = &[
    "CacheClusterEnabled",
    "CacheClusterSize",
    "Variables",
    "MethodSettings",
    "AccessLogSetting",
    "CanarySetting",
    "TracingEnabled",
];

/// What the API stands for.
pub(super) fn transform(work: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let properties = Properties::of(id, source);
    let stage_name = properties
        .get("StageName")
        .ok_or_else(|| Cause::resource(id, "Missing required property 'StageName'."))?;
    if stage_name.as_str().is_some_and(|name| name.len() > MAX_STAGE_NAME) {
        let reason = format!("'StageName' must not be longer than {MAX_STAGE_NAME} characters.");
        return Err(Cause::resource(id, reason));
    }
    properties.refuse(REFUSED)?;
    let managed = properties.get(MANAGED).is_some();
    if !managed && properties.set("DefinitionUri").is_some() && properties.set("DefinitionBody").is_some() {
        return Err(Cause::resource(
            id,
            "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.",
        ));
    }
    let (content, content_name) = content(&properties, &work.room)?;
    let api = rest_api(source, &properties, content_name, &content);
    let deployment = deployment(source, &properties, &content);
    let stage_id = stage_id(id, stage_name);
    let stage = Plain::passing("AWS::ApiGateway::Stage", source)
        .with("DeploymentId", reference(&deployment.0))
        .with("RestApiId", reference(id))
        .with("StageName", stage_name.clone())
        .copy(&properties, STAGE_SAME)
        .maybe("Tags", properties.get("Tags").and_then(Value::as_object).map(tag_list))
        .build();
    work.references.insert(format!("{id}.Stage"), stage_id.clone());
    work.references.insert(format!("{id}.Deployment"), deployment.0.clone());
    Ok(vec![(id.to_owned(), api), deployment, (stage_id, stage)])
}

/// The definition, or where it is, and the property that takes it.
fn content(properties: &Properties<'_>, room: &Room) -> Outcome<(Value, &'static str)> {
    let Some(definition) = properties.set("DefinitionBody") else {
        let uri = properties.set("DefinitionUri").cloned().unwrap_or_default();
        return Ok((code::definition(properties.id, &uri)?, "BodyS3Location"));
    };
    let mut definition = definition.clone();
    if let Some(rules) = properties.set("Cors") {
        cors::add_to_rest(properties.id, &mut definition, rules, room)?;
    }
    if let Some(types) = properties.set("BinaryMediaTypes").and_then(Value::as_array) {
        let types: Vec<Value> = types.iter().map(slashes).collect();
        definition["x-amazon-apigateway-binary-media-types"] = json!(types);
    }
    if let Some(disabled) = properties.get("DisableExecuteApiEndpoint") {
        let version = if definition.get("openapi").is_some() { "servers" } else { "swagger" };
        if version == "swagger" {
            definition["x-amazon-apigateway-endpoint-configuration"] =
                json!({ "disableExecuteApiEndpoint": disabled });
        } else {
            definition["servers"] = json!([{ "x-amazon-apigateway-endpoint-configuration": { "disableExecuteApiEndpoint": disabled } }]);
        }
    }
    if let Some(version) = properties.set("OpenApiVersion").and_then(Value::as_str) {
        openapi(properties, &mut definition, version)?;
    }
    Ok((definition, "Body"))
}

/// `image~1png` means `image/png`.
fn slashes(media_type: &Value) -> Value {
    media_type.as_str().map_or_else(|| media_type.clone(), |text| json!(text.replace("~1", "/")))
}

/// The definition that this transform writes follows `OpenApiVersion`; others say it themselves.
fn openapi(properties: &Properties<'_>, definition: &mut Value, version: &str) -> Outcome<()> {
    let parts: Vec<&str> = version.split('.').collect();
    let digit = |part: &&str| part.len() == 1 && part.chars().all(|c| c.is_ascii_digit());
    let good = match parts.as_slice() {
        ["2", "0"] => true,
        ["3", minor] => digit(minor),
        ["3", minor, patch] => digit(minor) && digit(patch),
        _ => false,
    };
    if !good {
        return Err(Cause::resource(
            properties.id,
            "The OpenApiVersion value must be of the format '3.0.0'.",
        ));
    }
    if version.starts_with('3')
        && properties.get(MANAGED).is_some_and(is_set)
        && let Some(members) = definition.as_object_mut()
    {
        members.shift_remove("swagger");
        members.insert("openapi".to_owned(), json!(version));
        for_openapi(members);
    }
    Ok(())
}

/// AWS: OPTIONS methods lose what only Swagger 2 has, and headers get a schema.
fn for_openapi(members: &mut Map<String, Value>) {
    let paths = members.get_mut("paths").and_then(Value::as_object_mut);
    for (_, path) in paths.into_iter().flatten() {
        let Some(options) = path.get_mut("options").and_then(Value::as_object_mut) else { continue };
        options.shift_remove("consumes");
        options.shift_remove("produces");
        let response = options.get_mut("responses").and_then(|responses| responses.get_mut("200"));
        let headers =
            response.and_then(|response| response.get_mut("headers")).and_then(Value::as_object_mut);
        for (_, header) in headers.into_iter().flatten() {
            *header = json!({ "schema": header.clone() });
        }
    }
}

fn rest_api(source: &Value, properties: &Properties<'_>, content_name: &str, content: &Value) -> Value {
    let endpoint = properties.set("EndpointConfiguration").map(endpoint);
    Plain::replacing("AWS::ApiGateway::RestApi", source)
        .with(content_name, content.clone())
        .copy(
            properties,
            &["Name", "Description", "Mode", "ApiKeySourceType", "SecurityPolicy", "EndpointAccessMode"],
        )
        .copy(properties, &["BinaryMediaTypes", "MinimumCompressionSize"])
        .copy_as("FailOnWarnings", properties.set("FailOnWarnings"))
        .maybe("Parameters", endpoint.as_ref().map(|(parameters, _)| parameters.clone()))
        .maybe("EndpointConfiguration", endpoint.map(|(_, configuration)| configuration))
        .build()
}

fn endpoint(value: &Value) -> (Value, Value) {
    let kind = value.get("Type").unwrap_or(value);
    let mut configuration = json!({ "Types": [kind] });
    for (from, to) in [
        ("VPCEndpointIds", "VpcEndpointIds"),
        ("VpcEndpointIds", "VpcEndpointIds"),
        ("IpAddressType", "IpAddressType"),
    ] {
        if let Some(value) = value.get(from) {
            configuration[to] = value.clone();
        }
    }
    (json!({ "endpointConfigurationTypes": kind }), configuration)
}

// LIMIT: the ten digits differ from AWS's, which hashes the text that Python 2 printed; they change when AWS's do.
fn deployment(source: &Value, properties: &Properties<'_>, content: &Value) -> Made {
    let hash = ids::hash(&json!([content, properties.get("OpenApiVersion")]));
    let stage = properties.set("OpenApiVersion").is_none().then_some("Stage");
    let deployment = Plain::passing("AWS::ApiGateway::Deployment", source)
        .with("Description", format!("RestApi deployment id: {hash}"))
        .with("RestApiId", reference(properties.id))
        .maybe("StageName", stage)
        .build();
    (ids::suffixed(&format!("{}Deployment", properties.id), &hash), deployment)
}

/// The stage's logical id carries its name where that is plain, a hash of it where it is not.
fn stage_id(id: &str, name: &Value) -> String {
    let name = name.as_str().unwrap_or_default();
    if !name.is_empty() && name.chars().all(char::is_alphanumeric) {
        format!("{id}{name}Stage")
    } else {
        ids::hashed(&format!("{id}Stage"), &json!(name))
    }
}
