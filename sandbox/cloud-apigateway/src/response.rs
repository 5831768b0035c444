//! From a function's answer to the caller's.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Map, Value};

use crate::routing::Mock;

/// An answer to a caller.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The two kinds of API word their own errors differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An HTTP API.
    Http,
    /// A REST API.
    Rest,
}

impl Kind {
    /// What a function's failure or nonsense becomes.
    pub(crate) fn bad_integration(self) -> Answer {
        match self {
            Self::Http => Answer::message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
            Self::Rest => Answer::message(StatusCode::BAD_GATEWAY, "Internal server error"),
        }
    }

    /// What a function that may not be invoked, or is not there, becomes.
    pub(crate) fn unreachable(self) -> Answer {
        let message = if self == Self::Http { "Internal Server Error" } else { "Internal server error" };
        Answer::message(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    /// What a function that takes too long becomes.
    pub(crate) fn timeout(self) -> Answer {
        match self {
            Self::Http => Answer::message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
            Self::Rest => Answer::message(StatusCode::GATEWAY_TIMEOUT, "Endpoint request timed out"),
        }
    }

    /// What a request that no route takes becomes.
    pub(crate) fn no_route(self) -> Answer {
        match self {
            Self::Http => Answer::message(StatusCode::NOT_FOUND, "Not Found"),
            Self::Rest => Answer::message(StatusCode::FORBIDDEN, "Missing Authentication Token"),
        }
    }
}

impl Answer {
    /// `{"message":…}`.
    pub(crate) fn message(status: StatusCode, message: &str) -> Self {
        Self::json(status, serde_json::json!({ "message": message }).to_string().into())
    }

    fn json(status: StatusCode, body: Bytes) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self { status, headers, body }
    }
}

/// The answer of a mock integration; none where it is not HTTP.
pub(crate) fn of_mock(mock: &Mock) -> Option<Answer> {
    let mut answer = Answer::json(StatusCode::from_u16(mock.status).ok()?, mock.body.clone().into());
    for (name, value) in &mock.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        answer.headers.insert(name, HeaderValue::from_str(value).ok()?);
    }
    Some(answer)
}

/// Reads a function's answer in payload format 2.0.
// AWS: an answer without `statusCode` is the body of a 200 with `application/json`.
pub(crate) fn read_v2(payload: &[u8]) -> Option<Answer> {
    match serde_json::from_slice::<Value>(payload).ok()? {
        Value::Object(members) if members.contains_key("statusCode") => {
            let mut answer = read_members(&members)?;
            for cookie in members.get("cookies").and_then(Value::as_array).into_iter().flatten() {
                let cookie = HeaderValue::from_str(cookie.as_str()?).ok()?;
                answer.headers.append(header::SET_COOKIE, cookie);
            }
            Some(answer)
        }
        Value::String(text) => Some(Answer::json(StatusCode::OK, text.into())),
        _ => Some(Answer::json(StatusCode::OK, Bytes::copy_from_slice(payload))),
    }
}

/// Reads a function's answer in payload format 1.0.
pub(crate) fn read_v1(payload: &[u8]) -> Option<Answer> {
    let members = serde_json::from_slice::<Map<String, Value>>(payload).ok()?;
    let mut answer = read_members(&members)?;
    // AWS: multiValueHeaders win over headers of the same name.
    let lists = members.get("multiValueHeaders").filter(|lists| !lists.is_null());
    for (name, values) in lists.map(Value::as_object).into_iter().flatten().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        answer.headers.remove(&name);
        for value in values.as_array()? {
            answer.headers.append(&name, header_value(value)?);
        }
    }
    Some(answer)
}

fn read_members(members: &Map<String, Value>) -> Option<Answer> {
    let status = match members.get("statusCode")? {
        Value::Number(number) => number.as_u64().and_then(|status| u16::try_from(status).ok())?,
        // AWS: a status in quotes is taken too.
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    let status = StatusCode::from_u16(status).ok()?;
    let mut headers = HeaderMap::new();
    let given = members.get("headers").filter(|headers| !headers.is_null());
    if given.is_some_and(|headers| !headers.is_object()) {
        return None;
    }
    for (name, value) in given.and_then(Value::as_object).into_iter().flatten() {
        headers.insert(HeaderName::from_bytes(name.as_bytes()).ok()?, header_value(value)?);
    }
    headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    let body = match members.get("body") {
        None | Some(Value::Null) => Bytes::new(),
        Some(Value::String(text)) if members.get("isBase64Encoded") == Some(&Value::Bool(true)) => {
            BASE64.decode(text).ok()?.into()
        }
        Some(Value::String(text)) => text.clone().into(),
        Some(_) => return None,
    };
    Some(Answer { status, headers, body })
}

fn header_value(value: &Value) -> Option<HeaderValue> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return None,
    };
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answer: Option<Answer>, status: u16, body: &str) -> Answer {
        let answer = answer.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (status, body.as_bytes()));
        answer
    }

    #[test]
    fn format_2_infers_what_is_not_said() {
        check(read_v2(br#""Hello""#), 200, "Hello");
        check(read_v2(br#"{"message": "Hello"}"#), 200, r#"{"message": "Hello"}"#);
        check(read_v2(b"[1]"), 200, "[1]");
        let answer = check(read_v2(br#"{"statusCode":201,"body":"x","cookies":["a=1","b=2"]}"#), 201, "x");
        assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 2);
        assert_eq!(answer.headers["content-type"], "application/json");
    }

    #[test]
    fn both_formats_take_headers_and_base64() {
        let payload = br#"{"statusCode":"200","headers":{"X-A":1},"body":"aGk=","isBase64Encoded":true,
                           "multiValueHeaders":{"x-b":["1","2"]}}"#;
        let answer = check(read_v1(payload), 200, "hi");
        assert_eq!(answer.headers["x-a"], "1");
        assert_eq!(answer.headers.get_all("x-b").iter().count(), 2);
        check(read_v2(payload), 200, "hi");
    }

    #[test]
    fn malformed_answers_are_none() {
        for payload in [
            r#"{"statusCode":"200x"}"#,
            r#"{"statusCode":99999}"#,
            r#"{"statusCode":200,"body":{"a":1}}"#,
            r#"{"statusCode":200,"headers":["x"]}"#,
            r#"{"statusCode":200,"headers":{"x":"a\r\nSet-Cookie: b"}}"#,
            r#"{"statusCode":200,"body":"!","isBase64Encoded":true}"#,
            "not json",
        ] {
            assert_eq!(read_v1(payload.as_bytes()), None, "{payload}");
            assert_eq!(read_v2(payload.as_bytes()), None, "{payload}");
        }
        assert_eq!(read_v1(b"{}"), None);
    }
}
