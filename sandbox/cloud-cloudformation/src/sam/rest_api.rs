//! `AWS::Serverless::Api`: a REST API, a deployment whose id changes with its definition, a stage; and what its
//! properties add: to the definition, or as resources beside it.

mod auth;
mod authorizer;
mod deployment;
mod domain;
mod gateway_responses;
mod openapi;
mod usage_plan;

use serde_json::{Value, json};

pub(super) use authorizer::{IAM, authorizer_uri, iam_definition};
pub(super) use openapi::declare_versions;
pub(super) use usage_plan::Shared as SharedUsagePlan;

use super::resolve::resolve;
use super::resource::{Made, Plain, Properties, is_set, reference, tag_list, type_name};
use super::{Cause, Outcome, Work, code, cors, editor, ids, tags};

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

/// What an API's parts are referred to by.
const REFERABLE: &[(&str, &str)] = &[
    ("Stage", "AWS::ApiGateway::Stage"),
    ("Deployment", "AWS::ApiGateway::Deployment"),
    ("DomainName", "AWS::ApiGateway::DomainName"),
    ("DomainNameV2", "AWS::ApiGateway::DomainNameV2"),
    ("UsagePlan", "AWS::ApiGateway::UsagePlan"),
    ("UsagePlanKey", "AWS::ApiGateway::UsagePlanKey"),
    ("ApiKey", "AWS::ApiGateway::ApiKey"),
];

/// The API as the template has it, references to parameters resolved where that is done.
struct Given<'a> {
    id: &'a str,
    source: &'a Value,
    properties: Properties<'a>,
    auth: Option<Value>,
    domain: Option<Value>,
    media_types: Option<Value>,
}

/// What the API stands for.
pub(super) fn transform(work: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let properties = Properties::of(id, source);
    let resolved = |value: Option<&Value>| value.map(|value| resolve(work, id, value)).transpose();
    let given = Given {
        id,
        source,
        media_types: resolved(properties.get("BinaryMediaTypes"))?,
        domain: resolved(properties.get("Domain"))?,
        auth: resolved(properties.set("Auth"))?,
        properties,
    };
    let (content, content_name) = content(work, &given)?;
    let mut made = vec![(id.to_owned(), rest_api(&given, content_name, &content)?)];
    let (domain, domain_hash) = match &given.domain {
        Some(domain) => domain::make(work, &given, domain)?,
        None => (Vec::new(), None),
    };
    let deployment = deployment::make(&given, &content, domain_hash.as_ref());
    let stage = stage(&given, &deployment.0)?;
    let stage_id = stage.0.clone();
    made.extend([deployment, stage]);
    if let Some(auth) = &given.auth {
        made.extend(auth::permissions(&given, auth)?);
    }
    made.extend(domain);
    if let Some(auth) = &given.auth {
        made.extend(usage_plan::make(work, &given, auth, &stage_id)?);
    }
    tags::propagate(&given.properties, &mut made);
    for (name, kind) in REFERABLE {
        if let Some((made_id, _)) = made.iter().rfind(|(_, resource)| type_name(resource) == *kind) {
            work.references.insert(format!("{id}.{name}"), made_id.clone());
        }
    }
    Ok(made)
}

/// The definition, or where it is, and the property that takes it.
fn content(work: &Work<'_>, given: &Given<'_>) -> Outcome<(Value, &'static str)> {
    check_sources(given)?;
    let properties = &given.properties;
    let mut definition = properties.set("DefinitionBody").cloned();
    if let Some(rules) = properties.set("Cors") {
        cors::add_to_rest(given.id, inline(given, definition.as_mut(), "Cors")?, rules, &work.room)?;
    }
    if let Some(auth) = &given.auth {
        auth::add(work, given, inline(given, definition.as_mut(), "Auth")?, auth)?;
    }
    if let Some(responses) = properties.set("GatewayResponses") {
        let definition = inline(given, definition.as_mut(), "GatewayResponses");
        gateway_responses::add(given.id, definition?, responses)?;
    }
    if let (Some(definition), Some(types)) =
        (&mut definition, given.media_types.as_ref().filter(|v| is_set(v)))
    {
        editor::check_rest(definition)?;
        definition["x-amazon-apigateway-binary-media-types"] = slashes(types);
    }
    if let Some(models) = properties.set("Models") {
        add_models(given, inline(given, definition.as_mut(), "Models")?, models)?;
    }
    if let Some(disabled) = properties.get("DisableExecuteApiEndpoint") {
        let Some(definition) = &mut definition else {
            let reason = "DisableExecuteApiEndpoint works only within 'DefinitionBody' property.";
            return Err(Cause::resource(given.id, reason));
        };
        disable_endpoint(definition, disabled)?;
    }
    if let Some(uri) = properties.set("DefinitionUri") {
        return Ok((code::definition(given.id, uri)?, "BodyS3Location"));
    }
    let mut definition = definition.unwrap_or_default();
    openapi::rewrite(&mut definition, properties.get("OpenApiVersion"))?;
    Ok((definition, "Body"))
}

fn check_sources(given: &Given<'_>) -> Outcome<()> {
    let properties = &given.properties;
    let wrong = |reason: &str| Err(Cause::resource(given.id, reason));
    let uri = properties.set("DefinitionUri").is_some();
    if uri && properties.set("DefinitionBody").is_some() {
        return wrong("Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.");
    }
    if uri && properties.set("MergeDefinitions").is_some() {
        return wrong("Cannot set 'MergeDefinitions' to True when using `DefinitionUri`.");
    }
    if properties.set("OpenApiVersion").is_some_and(|version| !openapi::is_version(version)) {
        return wrong("The OpenApiVersion value must be of the format '3.0.0'.");
    }
    Ok(())
}

/// The definition that a property adds to, which has to stand in the template.
fn inline<'a>(
    given: &Given<'_>,
    definition: Option<&'a mut Value>,
    property: &str,
) -> Outcome<&'a mut Value> {
    definition.ok_or_else(|| {
        let reason =
            format!("{property} works only with inline Swagger specified in 'DefinitionBody' property.");
        Cause::resource(given.id, reason)
    })
}

/// `image~1png` means `image/png`.
fn slashes(media_types: &Value) -> Value {
    match media_types {
        Value::String(text) => json!(text.replace("~1", "/")),
        Value::Array(items) => items.iter().map(slashes).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.replace("~1", "/"), slashes(value))).collect()
        }
        other => other.clone(),
    }
}

fn add_models(given: &Given<'_>, definition: &mut Value, models: &Value) -> Outcome<()> {
    if !editor::is_valid_rest(definition) {
        let reason = "Unable to add Models definitions because 'DefinitionBody' does not contain a valid Swagger definition.";
        return Err(Cause::resource(given.id, reason));
    }
    let models = models.as_object().filter(|models| models.values().all(Value::is_object));
    let models = models.ok_or_else(|| Cause::resource(given.id, "Invalid value for 'Models' property"))?;
    editor::check_rest(definition)?;
    for (name, schema) in models {
        if !schema.get("type").is_some_and(is_set) {
            return Err(Cause::definition("'Models' schema is missing 'type'."));
        }
        if !definition.get("definitions").is_some_and(is_set) {
            definition["definitions"] = json!({});
        }
        definition["definitions"][name.to_lowercase()] = schema.clone();
    }
    openapi::rewrite(definition, given.properties.get("OpenApiVersion"))
}

/// Where the definition says that only custom domains lead to the API.
fn disable_endpoint(definition: &mut Value, disabled: &Value) -> Outcome<()> {
    editor::check_rest(definition)?;
    if !definition.get("openapi").is_some_and(editor::is_version_3) {
        return editor::disable_endpoint(definition, disabled)
            .map_err(|reason| Cause::definition(format!("Invalid OpenAPI definition: {reason}.")));
    }
    if definition.get("servers").is_none() {
        definition["servers"] = json!([{}]);
    }
    for (index, server) in definition["servers"].as_array_mut().into_iter().flatten().enumerate() {
        editor::disable_endpoint(server, disabled).map_err(|reason| {
            Cause::definition(format!("Invalid OpenAPI definition of 'servers[{index}]': {reason}."))
        })?;
    }
    Ok(())
}

fn rest_api(given: &Given<'_>, content_name: &str, content: &Value) -> Outcome<Value> {
    let properties = &given.properties;
    let endpoint =
        properties.set("EndpointConfiguration").map(|value| endpoint(given.id, value)).transpose()?;
    let mut api = Plain::replacing("AWS::ApiGateway::RestApi", given.source)
        .with(content_name, content.clone())
        .copy_as("BinaryMediaTypes", given.media_types.as_ref())
        .copy(properties, &["MinimumCompressionSize"])
        .maybe("Parameters", endpoint.as_ref().map(|(parameters, _)| parameters.clone()))
        .maybe("EndpointConfiguration", endpoint.map(|(_, configuration)| configuration));
    for name in [
        "Name",
        "Description",
        "Mode",
        "ApiKeySourceType",
        "Policy",
        "SecurityPolicy",
        "EndpointAccessMode",
        "FailOnWarnings",
    ] {
        api = api.copy_as(name, properties.set(name));
    }
    Ok(api.build())
}

fn endpoint(id: &str, value: &Value) -> Outcome<(Value, Value)> {
    let Some(kind) = value.get("Type").filter(|kind| is_set(kind)) else {
        return Ok((json!({ "endpointConfigurationTypes": value }), json!({ "Types": [value] })));
    };
    let mut configuration = json!({ "Types": [kind] });
    let (ours, theirs) = (value.get("VPCEndpointIds"), value.get("VpcEndpointIds"));
    if ours.is_some() && theirs.is_some() {
        let reason =
            "'VPCEndpointIds' and 'VpcEndpointIds' cannot be used together in EndpointConfiguration.";
        return Err(Cause::resource(id, reason));
    }
    if let Some(endpoints) = ours.or(theirs) {
        configuration["VpcEndpointIds"] = endpoints.clone();
    }
    if let Some(kind) = value.get("IpAddressType") {
        configuration["IpAddressType"] = kind.clone();
    }
    Ok((json!({ "endpointConfigurationTypes": kind }), configuration))
}

fn stage(given: &Given<'_>, deployment: &str) -> Outcome<Made> {
    let properties = &given.properties;
    let name = properties.get("StageName").unwrap_or(&Value::Null);
    if name.as_str().is_some_and(|name| name.len() > MAX_STAGE_NAME) {
        let reason = format!("'StageName' must not be longer than {MAX_STAGE_NAME} characters.");
        return Err(Cause::resource(given.id, reason));
    }
    let stage = Plain::passing("AWS::ApiGateway::Stage", given.source)
        .with("DeploymentId", reference(deployment))
        .with("RestApiId", reference(given.id))
        .with("StageName", name.clone())
        .copy(properties, STAGE_SAME)
        .maybe("Tags", properties.get("Tags").and_then(Value::as_object).map(tag_list))
        .build();
    Ok((stage_id(given.id, name), stage))
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
