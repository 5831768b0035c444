//! `AWS::Serverless::Function`: a function, its role, perhaps a version with an alias and a URL, and its events.

use serde_json::{Map, Value, json};

use super::events::{self, Callee};
use super::policies::{role, traces};
use super::resource::{Made, Plain, Properties, is_set, reference, tag_list};
use super::{Cause, Outcome, Work, code, ids};

/// What is refused, because what it would make is not there.
// LIMIT: queues, topics, gradual deployments and capacity providers.
const REFUSED: &[&str] = &[
    "CapacityProviderConfig",
    "DeadLetterQueue",
    "DeploymentPreference",
    "DurableConfig",
    "EventInvokeConfig",
    "FunctionScalingConfig",
    "TenancyConfig",
];

/// Properties that pass on under their own names.
const SAME: &[&str] = &[
    "FunctionName",
    "Handler",
    "Runtime",
    "Description",
    "MemorySize",
    "Timeout",
    "VpcConfig",
    "Environment",
    "KmsKeyArn",
    "ReservedConcurrentExecutions",
    "Layers",
    "FileSystemConfigs",
    "ImageConfig",
    "PackageType",
    "Architectures",
    "SnapStart",
    "EphemeralStorage",
    "CodeSigningConfigArn",
    "RuntimeManagementConfig",
    "LoggingConfig",
    "RecursiveLoop",
    "PublishToLatestPublished",
];

/// What the function stands for.
pub(super) fn transform(work: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let properties = Properties::of(id, source);
    properties.refuse(REFUSED)?;
    let tags = tags(&properties);
    let mut function = function(source, &properties, &tags)?;
    let mut callee = Callee { function: id, id: id.to_owned(), arn_text: format!("{id}.Arn"), source };
    let mut made = Vec::new();
    if let Some(alias) = properties.set("AutoPublishAlias") {
        let alias = alias_name(work, &properties, alias)?;
        made = publish(work, &properties, source, &mut function, &alias);
        let alias_id = format!("{id}Alias{}", alias.replace('-', "D").replace('_', "U"));
        callee.id.clone_from(&alias_id);
        callee.arn_text.clone_from(&alias_id);
        work.references.insert(format!("{id}.Alias"), alias_id);
    }
    if let Some(config) = properties.set("FunctionUrlConfig") {
        made.extend(url(&properties, source, config, &callee)?);
    }
    if properties.set("Role").is_none() {
        let role_id = format!("{id}Role");
        function["Properties"]["Role"] = json!({ "Fn::GetAtt": [role_id, "Arn"] });
        made.push((role_id, role(source, &properties, &tags, &work.room)?));
    }
    made.extend(events::transform(work, &callee)?);
    made.insert(0, (id.to_owned(), function));
    Ok(made)
}

/// AWS: every function made by the transform carries this tag first.
fn tags(properties: &Properties<'_>) -> Map<String, Value> {
    let mut tags = Map::from_iter([("lambda:createdBy".to_owned(), json!("SAM"))]);
    tags.extend(properties.get("Tags").and_then(Value::as_object).cloned().unwrap_or_default());
    tags
}

fn function(source: &Value, properties: &Properties<'_>, tags: &Map<String, Value>) -> Outcome<Value> {
    let code = code::code(properties)?;
    if properties.set("Runtime").is_none() || properties.set("Handler").is_none() {
        let reason = "Runtime and Handler needs to be present when PackageType is of type `Zip`";
        return Err(Cause::resource(properties.id, reason));
    }
    let tracing = properties.set("Tracing").filter(|_| traces(properties));
    Ok(Plain::replacing("AWS::Lambda::Function", source)
        .with("Code", code)
        .copy(properties, SAME)
        .copy(properties, &["Role"])
        .with("Tags", tag_list(tags))
        .maybe("TracingConfig", tracing.map(|mode| json!({ "Mode": mode })))
        .build())
}

/// The alias's name: text, or a parameter that is text.
fn alias_name(work: &Work<'_>, properties: &Properties<'_>, alias: &Value) -> Outcome<String> {
    let name = resolve(work, alias);
    let name = name.as_str().ok_or_else(|| {
        Cause::resource(properties.id, "'AutoPublishAlias' must be a string or a Ref to a template parameter")
    })?;
    // AWS: "CreateAlias": up to 128 characters.
    if name.len() > 128 {
        let reason = "AutoPublishAlias must not be longer than 128 characters.";
        return Err(Cause::resource(properties.id, reason));
    }
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.chars().all(|c| c.is_ascii_digit()) || !name.chars().all(good) {
        let reason = format!(
            "AutoPublishAlias name ('{name}') must contain only alphanumeric characters, hyphens, or underscores matching (?!^[0-9]+$)([a-zA-Z0-9-_]+) pattern."
        );
        return Err(Cause::resource(properties.id, reason));
    }
    Ok(name.to_owned())
}

/// The value with references to parameters replaced by what the parameters are.
fn resolve(work: &Work<'_>, value: &Value) -> Value {
    match value {
        Value::Object(members) => match members.get("Ref").and_then(Value::as_str) {
            Some(name) if members.len() == 1 => work.parameters.get(name).unwrap_or(value).clone(),
            _ => Value::Object(
                members.iter().map(|(name, value)| (name.clone(), resolve(work, value))).collect(),
            ),
        },
        Value::Array(items) => items.iter().map(|item| resolve(work, item)).collect(),
        other => other.clone(),
    }
}

/// A version whose id changes with the code, its environment and its memory, and the alias that points to it.
fn publish(
    work: &mut Work<'_>,
    properties: &Properties<'_>,
    source: &Value,
    function: &mut Value,
    alias: &str,
) -> Vec<Made> {
    let id = properties.id;
    function["Properties"]["Code"] = resolve(work, &function["Properties"]["Code"]);
    let prefix = format!("{id}Version");
    let sha = properties.set("AutoPublishCodeSha256").map(|sha| resolve(work, sha));
    let version_id = match sha.as_ref().and_then(Value::as_str) {
        Some(sha) => {
            function["Properties"]["Description"] = described(properties.get("Description"), sha);
            ids::suffixed(&prefix, sha)
        }
        None => ids::hashed(&prefix, &version_data(properties, function)),
    };
    let retention = properties.get("VersionDeletionPolicy").and_then(Value::as_str).unwrap_or("Retain");
    let version = Plain::passing("AWS::Lambda::Version", source)
        .default_attribute("DeletionPolicy", retention)
        .with("FunctionName", reference(id))
        .copy_as("Description", properties.get("VersionDescription"))
        .build();
    let alias_id = format!("{id}Alias{}", alias.replace('-', "D").replace('_', "U"));
    let alias = Plain::passing("AWS::Lambda::Alias", source)
        .with("Name", alias)
        .with("FunctionName", reference(id))
        .with("FunctionVersion", json!({ "Fn::GetAtt": [version_id, "Version"] }))
        .copy(properties, &["ProvisionedConcurrencyConfig"])
        .build();
    work.references.insert(format!("{id}.Version"), version_id.clone());
    vec![(version_id, version), (alias_id, alias)]
}

/// AWS: Lambda publishes nothing where nothing changed, so the hash is made a change of the description.
fn described(description: Option<&Value>, sha: &str) -> Value {
    match description {
        Some(Value::String(text)) if !text.is_empty() => json!(format!("{text} {sha}")),
        Some(other) if is_set(other) => json!({ "Fn::Join": [" ", [other, sha]] }),
        _ => json!(sha),
    }
}

/// What a new version is published for.
fn version_data(properties: &Properties<'_>, function: &Value) -> Value {
    let made = &function["Properties"];
    if properties.set("AutoPublishAliasAllProperties").is_some() {
        return made.clone();
    }
    let mut data = made["Code"].as_object().cloned().unwrap_or_default();
    data.extend(made.get("Environment").and_then(Value::as_object).cloned().unwrap_or_default());
    for name in ["MemorySize", "SnapStart"] {
        let off = |value: &Value| name == "SnapStart" && value.get("ApplyOn").is_none_or(|on| on == "None");
        if let Some(value) = properties.set(name).filter(|value| !off(value)) {
            data.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(data)
}

/// A function URL, and the permissions that make it public where nobody has to sign.
fn url(
    properties: &Properties<'_>,
    source: &Value,
    config: &Value,
    callee: &Callee<'_>,
) -> Outcome<Vec<Made>> {
    let auth = config.get("AuthType").filter(|auth| is_set(auth));
    if !auth.is_some_and(|auth| auth.is_object() || auth == "AWS_IAM" || auth == "NONE") {
        let reason = "AuthType is required to configure function property `FunctionUrlConfig`. Please provide either AWS_IAM or NONE.";
        return Err(Cause::resource(properties.id, reason));
    }
    let url = Plain::passing("AWS::Lambda::Url", source)
        .with("TargetFunctionArn", reference(&callee.id))
        .copy_as("AuthType", auth)
        .copy_as("Cors", config.get("Cors").filter(|cors| is_set(cors)))
        .copy_as("InvokeMode", config.get("InvokeMode"))
        .build();
    let mut made = vec![(format!("{}Url", properties.id), url)];
    if auth.is_some_and(|auth| auth == "NONE") {
        let public = |action: &str| {
            Plain::passing("AWS::Lambda::Permission", source)
                .with("Action", action)
                .with("FunctionName", reference(&callee.id))
                .with("Principal", "*")
        };
        let call = public("lambda:InvokeFunctionUrl").with("FunctionUrlAuthType", "NONE").build();
        let invoke = public("lambda:InvokeFunction").with("InvokedViaFunctionUrl", true).build();
        made.push((format!("{}UrlPublicPermissions", properties.id), call));
        made.push((format!("{}URLInvokeAllowPublicAccess", properties.id), invoke));
    }
    Ok(made)
}
