//! What an API answers of what a function does: none of the headers that frame a message, a status that ends a request, the
//! body that was meant, and each header that was said.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use bytes::Bytes;
use cloud_apigateway::{ApiKind, Format, answered};
use http::{HeaderMap, HeaderName, Response, header};
use serde_json::{Map, Value};

/// Headers of one message or one connection.
const FRAMING: [&str; 10] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A byte that says how the answer is read, and what a function answered.
pub(crate) fn run(data: &[u8]) -> bool {
    let Some((how, payload)) = data.split_first() else { return false };
    let kind = if how & 1 == 0 { ApiKind::Http } else { ApiKind::Rest };
    let format = if how & 2 == 0 { Format::V2 } else { Format::V1 };
    let takes_binary = how & 4 == 0;
    let Some(answer) = answered(kind, format, takes_binary, payload) else {
        assert!(format == Format::V1 || !is_json_without_status(payload), "{}", payload.escape_ascii());
        return false;
    };
    let text = || payload.escape_ascii().to_string();
    assert!((200..600).contains(&answer.status().as_u16()), "{}", text());
    for name in FRAMING {
        assert!(!answer.headers().contains_key(name), "{name} of {}", text());
    }
    assert!(answer.headers().contains_key(header::CONTENT_TYPE), "{}", text());
    let value: Value = serde_json::from_slice(payload).expect("what is no JSON is no answer");
    match (format, &value) {
        (Format::V2, Value::String(said)) => assert_eq!(answer.body(), said.as_bytes(), "{}", text()),
        (_, Value::Object(members)) if format == Format::V1 || members.contains_key("statusCode") => {
            let decodes = is_encoded(members) && (kind == ApiKind::Http || takes_binary);
            body(members, decodes, &answer);
            headers(kind, format, members, answer.headers());
        }
        (Format::V2, _) => assert_eq!(answer.body(), payload, "{}", text()),
        (Format::V1, _) => std::panic::panic_any(format!("no object is an answer: {}", text())),
    }
    true
}

/// Whether it is JSON that format 2.0 takes for a body.
fn is_json_without_status(payload: &[u8]) -> bool {
    let value = serde_json::from_slice::<Value>(payload);
    value.is_ok_and(|value| value.get("statusCode").is_none())
}

fn is_encoded(members: &Map<String, Value>) -> bool {
    match members.get("isBase64Encoded") {
        Some(Value::Bool(encoded)) => *encoded,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

fn body(members: &Map<String, Value>, decodes: bool, answer: &Response<Bytes>) {
    let said = members.get("body").and_then(Value::as_str).unwrap_or_default();
    let binary = decodes.then(|| BASE64.decode(said.trim_end_matches('=')).ok());
    let status = answer.status().as_u16();
    match binary {
        // What cannot be decoded is an error of the API, which has a body of its own.
        Some(None) => assert_eq!(status, 500, "{members:?}"),
        // Padding that is none, which one decoder sees and this one was not shown.
        Some(Some(_)) if status == 500 => {}
        _ if matches!(status, 204 | 304) => assert!(answer.body().is_empty(), "{members:?}"),
        Some(Some(bytes)) => assert_eq!(answer.body(), &bytes, "{members:?}"),
        None => assert_eq!(answer.body(), said.as_bytes(), "{members:?}"),
    }
}

/// Every header that was said and frames nothing is there, and no other; of a REST API some are renamed or left out.
fn headers(kind: ApiKind, format: Format, members: &Map<String, Value>, seen: &HeaderMap) {
    // An error of the API's own.
    if is_encoded(members) && seen.contains_key("x-amzn-errortype") {
        return;
    }
    let named = named_by_connection(format, members);
    let passes = |name: &str| {
        let remapped = seen.contains_key(format!("x-amzn-remapped-{name}"));
        !FRAMING.contains(&name)
            && !name.starts_with("proxy-")
            && name != "trailers"
            && !named.iter().any(|other| other == name)
            && !(kind == ApiKind::Rest
                && (remapped || matches!(name, "expect" | "host" | "via" | "www-authenticate")))
    };
    let list = |member: &str| members.get(member).and_then(Value::as_object).into_iter().flatten();
    for (name, values) in list("multiValueHeaders").filter(|_| format == Format::V1) {
        let name = small(name);
        let wanted = values.as_array().into_iter().flatten().filter_map(text);
        for value in wanted.filter(|_| passes(&name)) {
            assert!(has(seen, &name, &value), "{name}: {value} of {members:?}");
        }
    }
    let singles: Vec<(String, String)> =
        list("headers").filter_map(|(name, value)| Some((small(name), text(value)?))).collect();
    for (name, value) in singles.iter().filter(|(name, _)| passes(name)) {
        // The last of those whose names differ in their case alone is the one that counts.
        let is_last =
            singles.iter().rev().find(|(other, _)| other == name).is_some_and(|(_, last)| last == value);
        assert!(!is_last || has(seen, name, value), "{name}: {value} of {members:?}");
    }
    let said: Vec<String> =
        list("headers").chain(list("multiValueHeaders")).map(|(name, _)| small(name)).collect();
    for name in seen.keys().map(HeaderName::as_str) {
        let plain = name.strip_prefix("x-amzn-remapped-").unwrap_or(name);
        let ours = matches!(name, "content-type" | "set-cookie" | "x-amzn-errortype");
        assert!(ours || said.iter().any(|said| said == name || said == plain), "{name} of {members:?}");
    }
}

fn has(seen: &HeaderMap, name: &str, value: &str) -> bool {
    seen.get_all(name).iter().any(|there| there.as_bytes() == value.as_bytes())
}

/// What a `Connection` among the headers names.
fn named_by_connection(format: Format, members: &Map<String, Value>) -> Vec<String> {
    let list = |member: &str| members.get(member).and_then(Value::as_object).into_iter().flatten();
    let listed = list("multiValueHeaders").filter(|_| format == Format::V1);
    let listed = listed
        .flat_map(|(name, values)| values.as_array().into_iter().flatten().map(move |value| (name, value)));
    let all = list("headers").chain(listed).filter(|(name, _)| small(name) == "connection");
    let values = all.filter_map(|(_, value)| text(value));
    values.flat_map(|value| value.split(',').map(|name| small(name.trim())).collect::<Vec<_>>()).collect()
}

fn small(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// A header's value; a null sets none.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}
