//! `AWS::Serverless::HttpApi`: an HTTP API and a stage that deploys itself; and what its properties add: to the
//! definition, or as resources beside it.

mod auth;
mod authorizer;
pub(super) mod domain;

use serde_json::{Map, Value, json};

use super::resolve::resolve;
use super::resource::{Made, Plain, Properties, is_set, reference, type_name};
use super::{Cause, Outcome, Work, code, cors, editor, ids};

/// The tag of all that is made of HTTP APIs.
const TAG: &str = "httpapi:createdBy";

/// What the API stands for.
pub(super) fn transform(work: &mut Work<'_>, id: &str, source: &Value) -> Outcome<Vec<Made>> {
    let properties = Properties::of(id, source);
    let domain = properties.get("Domain").map(|domain| resolve(work, id, domain)).transpose()?;
    let uri = properties.set("DefinitionUri").is_some();
    if uri && properties.set("DefinitionBody").is_some() {
        let reason = "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.";
        return Err(Cause::resource(id, reason));
    }
    let (content, content_name, tags) = content(work, &properties)?;
    let api = Plain::replacing("AWS::ApiGatewayV2::Api", source)
        .with(content_name, content)
        .copy_as("FailOnWarnings", properties.set("FailOnWarnings"))
        .build();
    let mut made = vec![(id.to_owned(), api)];
    if let Some(domain) = &domain {
        let of = domain::Owner { api: id, source, tag: TAG };
        let mut parts = domain::make(work, &of, domain, domain::Zones::Shared)?;
        if let (Some(tags), true) = (properties.set("Tags").and(tags.as_ref()), content_name == "Body") {
            tag(&mut parts, tags);
        }
        work.references.extend(domain::reference_to(id, &parts));
        made.extend(parts);
    }
    if let Some(auth) = properties.set("Auth") {
        made.extend(auth::permissions(id, source, auth)?);
    }
    let stage = stage(&properties, source, tags);
    work.references.insert(format!("{id}.Stage"), stage.0.clone());
    made.push(stage);
    Ok(made)
}

/// AWS: an API's own tags take the place of those that its domain has.
fn tag(parts: &mut [Made], tags: &Map<String, Value>) {
    for (_, part) in parts {
        if type_name(part) == "AWS::ApiGatewayV2::DomainName" {
            part["Properties"]["Tags"] = json!(tags);
        }
    }
}

fn stage(properties: &Properties<'_>, source: &Value, tags: Option<Map<String, Value>>) -> Made {
    let name = properties.set("StageName").cloned().unwrap_or_else(|| json!("$default"));
    let id = stage_id(properties.id, &name);
    let stage = Plain::passing("AWS::ApiGatewayV2::Stage", source)
        .with("ApiId", reference(properties.id))
        .with("StageName", name)
        .copy(properties, &["StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings"])
        .maybe("Tags", tags)
        .with("AutoDeploy", true)
        .build();
    (id, stage)
}

fn stage_id(id: &str, name: &Value) -> String {
    match name.as_str().unwrap_or_default() {
        "$default" => format!("{id}ApiGatewayDefaultStage"),
        plain if !plain.is_empty() && plain.chars().all(char::is_alphanumeric) => format!("{id}{plain}Stage"),
        other => ids::hashed(&format!("{id}Stage"), &json!(other)),
    }
}

/// The definition, or where it is, the property that takes it, and the tags of API and stage.
type Content = (Value, &'static str, Option<Map<String, Value>>);

fn content(work: &Work<'_>, properties: &Properties<'_>) -> Outcome<Content> {
    let Some(definition) = properties.set("DefinitionBody") else {
        check_without_definition(properties)?;
        let uri = properties.set("DefinitionUri").ok_or_else(|| {
            let reason = "'DefinitionUri' or 'DefinitionBody' are required properties of an 'AWS::Serverless::HttpApi'. Add a value for one of these properties or add a 'HttpApi' event to an 'AWS::Serverless::Function'.";
            Cause::resource(properties.id, reason)
        })?;
        return Ok((code::definition(properties.id, uri)?, "BodyS3Location", None));
    };
    let mut definition = definition.clone();
    if let Some(rules) = properties.set("CorsConfiguration") {
        let rules = resolve(work, properties.id, rules)?;
        if is_set(&rules) {
            cors::add_to_http(properties.id, &mut definition, &rules)?;
        }
    }
    if let Some(given) = properties.set("Auth") {
        auth::add(work, properties, &mut definition, given)?;
    }
    let tags = add_tags(properties, &mut definition)?;
    if let Some(disabled) = properties.get("DisableExecuteApiEndpoint") {
        disable_endpoint(&mut definition, disabled)?;
    }
    title(properties, &mut definition)?;
    if properties.set("FailOnWarnings").is_some() {
        rename_default(&mut definition);
    }
    Ok((definition, "Body", tags))
}

/// What adds to a definition needs one in the template.
fn check_without_definition(properties: &Properties<'_>) -> Outcome<()> {
    for (property, reason) in [
        ("CorsConfiguration", "Cors works only with inline OpenApi specified in 'DefinitionBody' property."),
        ("Auth", "Auth works only with inline OpenApi specified in the 'DefinitionBody' property."),
        ("Tags", "Tags works only with inline OpenApi specified in the 'DefinitionBody' property."),
        (
            "DisableExecuteApiEndpoint",
            "DisableExecuteApiEndpoint works only within 'DefinitionBody' property.",
        ),
        ("Name", "Name works only with inline OpenApi specified in the 'DefinitionBody' property."),
        (
            "Description",
            "Description works only with inline OpenApi specified in the 'DefinitionBody' property.",
        ),
    ] {
        let counts = |value: &Value| property == "DisableExecuteApiEndpoint" || is_set(value);
        if properties.get(property).is_some_and(counts) {
            return Err(Cause::resource(properties.id, reason));
        }
    }
    Ok(())
}

/// Adds the API's tags, and one that says by what it was made, to the definition.
fn add_tags(properties: &Properties<'_>, definition: &mut Value) -> Outcome<Option<Map<String, Value>>> {
    let given = properties.set("Tags").and_then(Value::as_object);
    if !editor::is_valid_http(definition) {
        if given.is_none() {
            return Ok(None);
        }
        let reason =
            "Unable to add `Tags` because 'DefinitionBody' does not contain a valid OpenApi definition.";
        return Err(Cause::resource(properties.id, reason));
    }
    editor::check_http(definition)?;
    let mut tags = given.cloned().unwrap_or_default();
    tags.insert(TAG.to_owned(), json!("SAM"));
    if !definition.get("tags").is_some_and(is_set) {
        definition["tags"] = json!([]);
    }
    let Some(list) = definition["tags"].as_array_mut() else {
        let (shown, kind) =
            (super::python::shown(&definition["tags"]), super::python::type_name(&definition["tags"]));
        return Err(Cause::definition(format!(
            "Tags in OpenApi DefinitionBody needs to be a list. {shown} is a {kind} not a list."
        )));
    };
    for (name, value) in &tags {
        match list.iter_mut().find(|tag| tag.get("name").and_then(Value::as_str) == Some(name)) {
            Some(tag) => tag["x-amazon-apigateway-tag-value"] = value.clone(),
            None => list.push(json!({ "name": name, "x-amazon-apigateway-tag-value": value })),
        }
    }
    Ok(Some(tags))
}

/// Says in each of the definition's servers that only custom domains lead to the API.
fn disable_endpoint(definition: &mut Value, disabled: &Value) -> Outcome<()> {
    editor::check_http(definition)?;
    if definition.get("servers").is_none() {
        definition["servers"] = json!([{}]);
    }
    for server in definition["servers"].as_array_mut().into_iter().flatten() {
        editor::disable_endpoint(server, disabled).map_err(|_| {
            Cause::definition("Value of 'servers' item must be a dictionary according to Swagger spec.")
        })?;
    }
    Ok(())
}

/// `Name` and `Description` become the definition's title and description, unless it has its own.
fn title(properties: &Properties<'_>, definition: &mut Value) -> Outcome<()> {
    let wrong = |reason: String| Cause::resource(properties.id, reason);
    let taken = |what: &str| {
        wrong(format!(
            "Unable to set {what} because it is already defined within inline OpenAPI specified in the 'DefinitionBody' property."
        ))
    };
    for (property, member, ending) in [("Name", "title", "."), ("Description", "description", "'.")] {
        let Some(value) = properties.set(property) else { continue };
        let info = definition.get("info").filter(|info| !info.is_null());
        if info.is_some_and(|info| !info.is_object()) {
            return Err(wrong(format!(
                "Invalid 'DefinitionBody': The value of 'info' should be a map{ending}"
            )));
        }
        let own = info.and_then(|info| info.get(member)).cloned().unwrap_or_default();
        let free = match member {
            "title" => own == reference("AWS::StackName"),
            _ => !is_set(&own),
        };
        if !free {
            return Err(taken(property));
        }
        editor::check_http(definition)?;
        if !definition.get("info").is_some_and(Value::is_object) {
            definition["info"] = json!({});
        }
        definition["info"][member] = value.clone();
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
