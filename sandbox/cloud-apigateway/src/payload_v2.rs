//! Payload format 2.0: the event of an HTTP API.
// AWS: "Create AWS Lambda proxy integrations for HTTP APIs", payload format version 2.0.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::{
    request::{Incoming, Place, is_text},
    routing::Taken,
};

/// The event for a request.
pub(crate) fn event(request: &Incoming, place: &Place<'_>, taken: &Taken) -> Bytes {
    let mut event = json!({
        "version": "2.0",
        "routeKey": taken.route.key(),
        "rawPath": request.raw_path,
        "rawQueryString": request.query,
    });
    let Value::Object(members) = &mut event else { return Bytes::new() };
    let cookies = cookies(request);
    if !cookies.is_empty() {
        members.insert("cookies".into(), cookies.into());
    }
    members.insert("headers".into(), headers(request).into());
    insert_unless_empty(members, "queryStringParameters", joined(request.query_pairs()));
    members.insert("requestContext".into(), context(request, place, taken));
    insert_unless_empty(members, "pathParameters", joined(taken.parameters.clone()));
    insert_unless_empty(members, "stageVariables", joined(place.stage_variables.to_vec()));
    let body = request.body_text(!is_text(request.header("content-type")));
    let is_base64 = body.as_ref().is_some_and(|(_, is_base64)| *is_base64);
    if let Some((body, _)) = body {
        members.insert("body".into(), body.into());
    }
    members.insert("isBase64Encoded".into(), is_base64.into());
    event.to_string().into()
}

fn context(request: &Incoming, place: &Place<'_>, taken: &Taken) -> Value {
    json!({
        "accountId": place.account,
        "apiId": place.api_id,
        "domainName": request.domain,
        "domainPrefix": place.api_id,
        "http": {
            "method": request.method.as_str(),
            "path": request.raw_path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.source_ip.to_string(),
            "userAgent": request.user_agent(),
        },
        "requestId": request.request_id,
        "routeKey": taken.route.key(),
        "stage": place.stage,
        "time": request.log_time(),
        "timeEpoch": request.now.as_millisecond(),
    })
}

fn cookies(request: &Incoming) -> Vec<String> {
    let values = request.headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(';'))
        .map(|cookie| cookie.trim().to_owned())
        .filter(|c| !c.is_empty())
        .collect()
}

/// Names in lower case, several values joined by commas, without the cookies.
fn headers(request: &Incoming) -> Map<String, Value> {
    let lists = request.header_lists().into_iter().filter(|(name, _)| *name != "cookie");
    lists.map(|(name, values)| (name.to_owned(), values.join(",").into())).collect()
}

/// Several values of a name are joined by commas.
fn joined(pairs: Vec<(String, String)>) -> Map<String, Value> {
    let mut map: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        match map.get_mut(&name) {
            Some(Value::String(values)) => *values = format!("{values},{value}"),
            _ => drop(map.insert(name, value.into())),
        }
    }
    map
}

fn insert_unless_empty(members: &mut Map<String, Value>, name: &str, map: Map<String, Value>) {
    if !map.is_empty() {
        members.insert(name.to_owned(), map.into());
    }
}
