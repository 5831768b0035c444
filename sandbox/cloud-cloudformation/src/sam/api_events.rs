//! Events of the types `Api` and `HttpApi`: the permission to invoke the function, and its place in the API.

use serde_json::{Map, Value, json};

use super::editor::{self, ANY_METHOD, DEFAULT_PATH, Route};
use super::events::Callee;
use super::implicit::{self, HTTP, Kind, REST};
use super::properties::MANAGED;
use super::resource::{Made, Plain, Properties, is_set, reference};
use super::{Cause, Outcome, Work};

/// What of REST events is refused, because what it would need is not there.
// LIMIT: authorizers, models, request parameters and response streaming.
const REST_REFUSED: &[&str] = &["Auth", "RequestModel", "RequestParameters", "ResponseTransferMode"];

/// The event's properties of checked names, its API's logical id, its path and its method.
struct Target<'a> {
    properties: Properties<'a>,
    api: String,
    path: &'a str,
    method: String,
}

fn target<'a>(
    callee: &Callee<'_>,
    id: &'a str,
    event: &'a Value,
    kind: &Kind,
    known: &[&str],
) -> Outcome<Target<'a>> {
    // AWS: here the event is named by the id that its resources begin with.
    let wrong = |reason: String| Cause::resource(&format!("{}{id}", callee.function), reason);
    let properties = Properties::of(id, event);
    if let Some(unknown) = properties.names().find(|name| !known.contains(&name.as_str())) {
        return Err(wrong(format!("property {unknown} not defined for resource of type {}", kind.event)));
    }
    let text = |name: &str| {
        let text = properties.get(name).and_then(Value::as_str);
        text.ok_or_else(|| wrong(format!("Missing required property '{name}'.")))
    };
    let (path, method) = (text("Path")?, text("Method")?.to_lowercase());
    let members = event.get("Properties").and_then(Value::as_object);
    let api = members.and_then(|members| implicit::api_id(members, kind)).unwrap_or_default();
    Ok(Target { properties, api, path, method })
}

/// An event of the type `Api`.
pub(super) fn rest_event(
    work: &mut Work<'_>,
    callee: &Callee<'_>,
    id: &str,
    event: &Value,
) -> Outcome<Vec<Made>> {
    let known = [
        "Path",
        "Method",
        "RestApiId",
        "Stage",
        "TimeoutInMillis",
        "Auth",
        "RequestModel",
        "RequestParameters",
        "ResponseTransferMode",
    ];
    let target = target(callee, id, event, &REST, &known)?;
    refuse(callee, &target, REST_REFUSED)?;
    let suffix = stage_suffix(&work.template["Resources"][&target.api]["Properties"]["StageName"]);
    let permission = permission(callee, &target, "RestApiId", "arn:aws:");
    let method = editor::method_name(&target.method);
    let api = &mut work.template["Resources"][&target.api]["Properties"];
    if api.get(MANAGED).is_some_and(is_set) {
        if editor::integration(&api["DefinitionBody"], target.path, &method).is_some() {
            let reason = format!(
                "API method \"{}\" defined multiple times for path \"{}\".",
                target.method, target.path
            );
            return Err(Cause::event(callee.function, id, reason));
        }
        let more = timeout(&target.properties);
        integrate(&mut api["DefinitionBody"], callee, &target, &method, "arn:aws:", &more);
    }
    Ok(vec![(format!("{}{id}Permission{suffix}", callee.function), permission)])
}

/// AWS: the permission's id carries the stage's name, or the word Stage where that is known only at deployment.
fn stage_suffix(stage: &Value) -> String {
    stage.as_str().unwrap_or("Stage").to_owned()
}

/// An event of the type `HttpApi`.
pub(super) fn http_event(
    work: &mut Work<'_>,
    callee: &Callee<'_>,
    id: &str,
    event: &Value,
) -> Outcome<Vec<Made>> {
    let known = [
        "Path",
        "Method",
        "ApiId",
        "Stage",
        "Auth",
        "TimeoutInMillis",
        "RouteSettings",
        "PayloadFormatVersion",
    ];
    let target = target(callee, id, event, &HTTP, &known)?;
    refuse(callee, &target, &["Auth"])?;
    let method = editor::method_name(&target.method);
    let definition = &work.template["Resources"][&target.api]["Properties"]["DefinitionBody"];
    let permission = (target.path == DEFAULT_PATH || !has_default(definition, &callee.id))
        .then(|| permission(callee, &target, "ApiId", "arn:${AWS::Partition}:"));
    let known = editor::integration(definition, target.path, &method).is_some();
    let api = &mut work.template["Resources"][&target.api]["Properties"];
    let managed = api.get(MANAGED).is_some_and(is_set);
    if managed && known {
        let reason =
            format!("API method '{}' defined multiple times for path '{}'.", target.method, target.path);
        return Err(Cause::event(callee.function, id, reason));
    }
    if editor::is_valid(&api["DefinitionBody"]) && !known {
        let version = target.properties.set("PayloadFormatVersion").cloned();
        let mut more = timeout(&target.properties);
        more.insert("payloadFormatVersion".to_owned(), version.unwrap_or_else(|| json!("2.0")));
        integrate(&mut api["DefinitionBody"], callee, &target, &method, "arn:${AWS::Partition}:", &more);
        describe_route(&mut api["DefinitionBody"], callee, &target, &method);
    }
    Ok(permission
        .map(|permission| (format!("{}{id}Permission", callee.function), permission))
        .into_iter()
        .collect())
}

fn refuse(callee: &Callee<'_>, target: &Target<'_>, names: &[&str]) -> Outcome<()> {
    match names.iter().find(|name| target.properties.set(name).is_some()) {
        None => Ok(()),
        Some(name) => {
            let reason = format!("Property '{name}' is not supported by this cloud.");
            Err(Cause::event(callee.function, target.properties.id, reason))
        }
    }
}

/// Whether the API's `$default` route goes to that function, whose permission then covers all routes.
fn has_default(definition: &Value, function: &str) -> bool {
    let uri = editor::integration(definition, DEFAULT_PATH, ANY_METHOD)
        .and_then(|integration| integration.get("uri"));
    let text = uri.and_then(|uri| uri.get("Fn::Sub")).and_then(Value::as_str);
    text.is_some_and(|text| text.contains(&format!("functions/${{{function}.Arn}}/")))
}

fn timeout(properties: &Properties<'_>) -> Map<String, Value> {
    let timeout = properties.set("TimeoutInMillis").cloned();
    timeout.map(|value| ("timeoutInMillis".to_owned(), value)).into_iter().collect()
}

fn integrate(
    definition: &mut Value,
    callee: &Callee<'_>,
    target: &Target<'_>,
    method: &str,
    arn: &str,
    more: &Map<String, Value>,
) {
    let uri = json!({ "Fn::Sub": format!(
        "{arn}apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{}}}/invocations", callee.arn_text
    ) });
    editor::add_integration(definition, &route(callee, target, method), &uri, more);
}

fn route<'a>(callee: &'a Callee<'_>, target: &'a Target<'_>, method: &'a str) -> Route<'a> {
    Route { path: target.path, method, condition: callee.source.get("Condition").and_then(Value::as_str) }
}

/// What OpenAPI says of a route besides its integration: its path parameters, and whether it is the default.
fn describe_route(definition: &mut Value, callee: &Callee<'_>, target: &Target<'_>, method: &str) {
    let described = editor::method_mut(definition, &route(callee, target, method));
    if target.path == DEFAULT_PATH {
        described["isDefaultRoute"] = json!(true);
    }
    let parameters: Vec<Value> = path_parameters(target.path)
        .map(|name| json!({ "name": name, "in": "path", "required": true }))
        .collect();
    if !parameters.is_empty() {
        described["parameters"] = json!(parameters);
    }
}

fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

fn permission(callee: &Callee<'_>, target: &Target<'_>, id_property: &str, arn: &str) -> Value {
    let method = if target.method == "any" || target.method == ANY_METHOD {
        "*".to_owned()
    } else {
        target.method.to_uppercase()
    };
    let path = if target.path == DEFAULT_PATH { String::new() } else { permitted_path(target.path) };
    let source = format!(
        "{arn}execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/${{__Stage__}}/{method}{path}"
    );
    let api = target.properties.get(id_property).cloned().unwrap_or_default();
    Plain::passing("AWS::Lambda::Permission", callee.source)
        .with("Action", "lambda:InvokeFunction")
        .with("FunctionName", reference(&callee.id))
        .with("Principal", "apigateway.amazonaws.com")
        .with("SourceArn", json!({ "Fn::Sub": [source, { "__ApiId__": api, "__Stage__": "*" }] }))
        .build()
}

/// The path with a star for each parameter and without the slash at its end.
fn permitted_path(path: &str) -> String {
    let path = path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path);
    let mut permitted = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else { break };
        permitted.push_str(before);
        if is_starred(name) {
            permitted.push('*');
        } else {
            permitted.extend(["{", name, "}"]);
        }
        rest = tail;
    }
    permitted + rest
}

/// AWS: of the parameters that take the rest of a path only `{proxy+}` becomes a star.
fn is_starred(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    name == "proxy+" || (!name.is_empty() && name.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permitted_paths() {
        for (path, expected) in [
            ("/", "/"),
            ("/a/", "/a"),
            ("/{proxy+}", "/*"),
            ("/a/{b}/c/{d}/", "/a/*/c/*"),
            ("/{d+}", "/{d+}"),
            ("/a{", "/a{"),
        ] {
            assert_eq!(permitted_path(path), expected);
        }
    }
}
