//! Events of the types `Api` and `HttpApi`: the permission to invoke the function, and its place in the API.

mod auth;
mod http;
mod machine;
mod request;
mod rest;

use serde_json::{Value, json};

pub(super) use http::http_event;
pub(super) use machine::machine_event;
pub(super) use rest::rest_event;

use super::editor::{self, ANY_METHOD, Route};
use super::events::Callee;
use super::implicit::{self, Kind};
use super::resource::{Plain, Properties, reference};
use super::{Cause, Outcome, Work};

/// Where an event is, and where it leads from.
struct Target<'a> {
    properties: &'a Properties<'a>,
    /// The logical id of the function or state machine.
    owner: &'a str,
    /// The event's id.
    event: &'a str,
    /// The API's logical id.
    api: String,
    path: &'a str,
    /// In small letters.
    method: String,
    /// The condition of what is behind it.
    condition: Option<&'a str>,
    /// Whether a state machine is behind it.
    by_machine: bool,
}

impl<'a> Target<'a> {
    fn of(
        properties: &'a Properties<'a>,
        owner: &'a str,
        event: &'a str,
        source: &'a Value,
        kind: &Kind,
    ) -> Self {
        let text = |name: &str| properties.get(name).and_then(Value::as_str).unwrap_or_default();
        Self {
            properties,
            owner,
            event,
            api: properties.get(kind.id_property).and_then(implicit::api_id).unwrap_or_default(),
            path: text("Path"),
            method: text("Method").to_lowercase(),
            condition: source.get("Condition").and_then(Value::as_str),
            by_machine: false,
        }
    }

    /// A mistake of the event.
    fn wrong(&self, reason: impl std::fmt::Display) -> Cause {
        if self.by_machine {
            return Cause::machine_event(self.event, reason);
        }
        Cause::event(self.owner, self.event, reason)
    }

    /// The method's name inside of a definition.
    fn method_name(&self) -> String {
        editor::method_name(&self.method)
    }

    fn route<'r>(&'r self, method: &'r str) -> Route<'r> {
        Route { path: self.path, method, condition: self.condition }
    }

    /// What refusals of its authorization begin with.
    fn unable(&self, what: &str) -> String {
        format!("Unable to set {what} on API method [{}] for path [{}]", self.method, self.path)
    }
}

/// Changes the definition of the event's API, whose other properties and the rest of the work are there to read.
fn edit<T>(
    work: &mut Work<'_>,
    api: &str,
    change: impl FnOnce(&Work<'_>, &Value, &mut Value) -> Outcome<T>,
) -> Outcome<T> {
    let nothing = json!({});
    let members = work.template["Resources"][api]["Properties"].as_object_mut();
    let held = members.and_then(|members| members.get_mut("DefinitionBody")).map(std::mem::take);
    let there = held.is_some();
    let mut definition = held.unwrap_or_default();
    let properties = &work.template["Resources"][api]["Properties"];
    let properties = if properties.is_object() { properties } else { &nothing };
    let result = change(work, properties, &mut definition);
    if there {
        work.template["Resources"][api]["Properties"]["DefinitionBody"] = definition;
    }
    result
}

/// Where an API calls a function; the ARN's beginning says how the partition is named.
fn function_uri(callee: &Callee<'_>, arn: &str, streams: bool) -> Value {
    let (version, verb) = if streams {
        ("2021-11-15", "response-streaming-invocations")
    } else {
        ("2015-03-31", "invocations")
    };
    json!({ "Fn::Sub": format!(
        "{arn}apigateway:${{AWS::Region}}:lambda:path/{version}/functions/${{{}}}/{verb}", callee.arn_text
    ) })
}

/// The permission for the API to call the function by that route.
fn permission(callee: &Callee<'_>, api: Option<&Value>, arn: &str, route: &str) -> Value {
    let source = format!(
        "{arn}execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/${{__Stage__}}/{route}"
    );
    Plain::passing("AWS::Lambda::Permission", callee.source)
        .with("Action", "lambda:InvokeFunction")
        .with("FunctionName", reference(&callee.id))
        .with("Principal", "apigateway.amazonaws.com")
        .with("SourceArn", json!({ "Fn::Sub": [source, { "__ApiId__": api, "__Stage__": "*" }] }))
        .build()
}

/// The path without the slash at its end.
fn trimmed(path: &str) -> &str {
    path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path)
}

/// The path with a star for each parameter.
// AWS: of the parameters that take the rest of a path, those of HTTP APIs become a star only as `{proxy+}`.
pub(super) fn starred_path(path: &str, rest: bool) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_name = |name: &str| !name.is_empty() && name.chars().all(plain);
    let mut starred = String::new();
    let mut left = path;
    while let Some((before, after)) = left.split_once('{') {
        starred.push_str(before);
        let found = after.split_once('}').filter(|(name, _)| {
            let greedy =
                name.strip_suffix('+').is_some_and(|name| (rest && is_name(name)) || name == "proxy");
            is_name(name) || greedy
        });
        if let Some((_, tail)) = found {
            starred.push('*');
            left = tail;
        } else {
            starred.push('{');
            left = after;
        }
    }
    starred + left
}

/// Whether the method stands for all, in either way of writing it.
fn is_any(method: &str) -> bool {
    method == "any" || method == ANY_METHOD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permitted_paths() {
        for (path, of_rest, of_http) in [
            ("/", "/", "/"),
            ("/a/", "/a", "/a"),
            ("/{proxy+}", "/*", "/*"),
            ("/a/{b}/c/{d}/", "/a/*/c/*", "/a/*/c/*"),
            ("/{d+}", "/*", "/{d+}"),
            ("/a{", "/a{", "/a{"),
            ("/{a{b}", "/{a*", "/{a*"),
        ] {
            assert_eq!(starred_path(trimmed(path), true), of_rest);
            assert_eq!(starred_path(trimmed(path), false), of_http);
        }
    }
}
