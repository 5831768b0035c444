//! `AWS::Serverless::HttpApi`: an HTTP API and a stage that deploys itself.

use serde_json::{Map, Value, json};

use super::editor;
use super::properties::MANAGED;
use super::resource::{Made, Plain, Properties, is_set, reference};
use super::{Cause, Outcome, Work, code, cors, ids};

/// What is refused, because what it would make is not there.
// LIMIT: authorizers and custom domains.
const REFUSED: &[&str] = &["Auth", "Domain"];

/// What the API stands for.
pub(super) fn transform(work: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let properties = Properties::of(id, source);
    properties.refuse(REFUSED)?;
    let managed = properties.get(MANAGED).is_some();
    if !managed && properties.set("DefinitionUri").is_some() && properties.set("DefinitionBody").is_some() {
        return Err(Cause::resource(
            id,
            "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.",
        ));
    }
    let mut tags = properties.get("Tags").and_then(Value::as_object).cloned().unwrap_or_default();
    let has_body = properties.set("DefinitionBody").is_some();
    if has_body {
        tags.insert("httpapi:createdBy".to_owned(), json!("SAM"));
    }
    let (content, content_name) = content(&properties, &tags)?;
    let api = Plain::replacing("AWS::ApiGatewayV2::Api", source)
        .with(content_name, content)
        .copy_as("FailOnWarnings", properties.set("FailOnWarnings"))
        .build();
    let stage_name = properties.set("StageName").cloned().unwrap_or_else(|| json!("$default"));
    let stage_id = stage_id(id, &stage_name);
    let stage = Plain::passing("AWS::ApiGatewayV2::Stage", source)
        .with("ApiId", reference(id))
        .with("StageName", stage_name)
        .copy(&properties, &["StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings"])
        .maybe("Tags", (!tags.is_empty()).then_some(tags))
        .with("AutoDeploy", true)
        .build();
    work.references.insert(format!("{id}.Stage"), stage_id.clone());
    Ok(vec![(id.to_owned(), api), (stage_id, stage)])
}

fn content(properties: &Properties<'_>, tags: &Map<String, Value>) -> Outcome<(Value, &'static str)> {
    let Some(definition) = properties.set("DefinitionBody") else {
        let uri = properties.set("DefinitionUri").cloned().unwrap_or_default();
        return Ok((code::definition(properties.id, &uri)?, "BodyS3Location"));
    };
    let mut definition = definition.clone();
    if let Some(rules) = properties.set("CorsConfiguration") {
        cors::add_to_http(properties.id, &mut definition, rules)?;
    }
    if editor::is_valid(&definition) {
        add_tags(&mut definition, tags);
    }
    if let Some(disabled) = properties.get("DisableExecuteApiEndpoint") {
        let extension = json!({ "x-amazon-apigateway-endpoint-configuration": { "disableExecuteApiEndpoint": disabled } });
        definition["servers"] = json!([extension]);
    }
    title(properties, &mut definition)?;
    if properties.set("FailOnWarnings").is_some() {
        rename_default(&mut definition);
    }
    Ok((definition, "Body"))
}

fn add_tags(definition: &mut Value, tags: &Map<String, Value>) {
    let list = &mut definition["tags"];
    if !list.is_array() {
        *list = json!([]);
    }
    let Some(list) = list.as_array_mut() else { return };
    for (name, value) in tags {
        match list.iter_mut().find(|tag| tag.get("name").and_then(Value::as_str) == Some(name)) {
            Some(tag) => tag["x-amazon-apigateway-tag-value"] = value.clone(),
            None => list.push(json!({ "name": name, "x-amazon-apigateway-tag-value": value })),
        }
    }
}

/// `Name` and `Description` become the definition's title and description, unless it has its own.
fn title(properties: &Properties<'_>, definition: &mut Value) -> Outcome<()> {
    let taken = |what: &str| {
        let reason = format!(
            "Unable to set {what} because it is already defined within inline OpenAPI specified in the 'DefinitionBody' property."
        );
        Cause::resource(properties.id, reason)
    };
    if let Some(name) = properties.set("Name") {
        if definition["info"]["title"] != reference("AWS::StackName") {
            return Err(taken("Name"));
        }
        definition["info"]["title"] = name.clone();
    }
    if let Some(description) = properties.set("Description") {
        if is_set(&definition["info"]["description"]) {
            return Err(taken("Description"));
        }
        if let Some(info) = definition.get_mut("info").and_then(Value::as_object_mut) {
            info.insert("description".to_owned(), description.clone());
        }
    }
    Ok(())
}

/// AWS: the name `$default` makes a warning, so it is written with a slash where warnings fail.
fn rename_default(definition: &mut Value) {
    let paths = definition.get_mut("paths").and_then(Value::as_object_mut);
    if let Some(paths) = paths
        && let Some(default) = paths.shift_remove(editor::DEFAULT_PATH)
    {
        paths.insert(format!("/{}", editor::DEFAULT_PATH), default);
    }
}

fn stage_id(id: &str, name: &Value) -> String {
    match name.as_str().unwrap_or_default() {
        "$default" => format!("{id}ApiGatewayDefaultStage"),
        plain if !plain.is_empty() && plain.chars().all(char::is_alphanumeric) => format!("{id}{plain}Stage"),
        other => ids::hashed(&format!("{id}Stage"), &json!(other)),
    }
}
