//! From an integration's answer to the caller's. `cases/answers.json` is the table of what becomes what.

use base64::{
    Engine,
    alphabet::STANDARD as ALPHABET,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value};

pub(crate) use crate::answer::{Answer, Kind};
use crate::{
    framing::{self, Writer},
    quotas,
    routing::{ApiKind, Mock},
};

/// Base64 as functions write it: with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Which answer a function is expected to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Payload format 1.0.
    V1,
    /// Payload format 2.0: what is not said is inferred.
    V2,
}

/// What a caller gets of a function's answer; none where that is malformed. Whether a caller takes binary bodies is asked of
/// REST APIs only.
pub fn answered(
    kind: ApiKind,
    format: Format,
    takes_binary: bool,
    payload: &[u8],
) -> Option<Response<Bytes>> {
    let kind = if kind == ApiKind::Rest { Kind::Rest } else { Kind::Http };
    let answer = Reading { kind, format, takes_binary }.read(payload)?;
    let mut response = Response::new(answer.body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    Some(response)
}

/// How an answer is to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) kind: Kind,
    pub(crate) format: Format,
    /// Whether the caller takes binary bodies; asked of REST APIs only.
    pub(crate) takes_binary: bool,
}

impl Reading {
    /// Reads a function's answer; none where it is malformed.
    pub(crate) fn read(self, payload: &[u8]) -> Option<Answer> {
        let answer = match self.format {
            Format::V1 => self.read_v1(payload),
            Format::V2 => self.read_v2(payload),
        }?;
        finish(self.kind, Writer::Function, answer)
    }

    // AWS: an answer without `statusCode` is the body of a 200 with `application/json`.
    fn read_v2(self, payload: &[u8]) -> Option<Answer> {
        match serde_json::from_slice::<Value>(payload).ok()? {
            Value::Object(members) if members.contains_key("statusCode") => {
                let mut answer = self.read_members(&members, single_headers(&members)?)?;
                for cookie in members.get("cookies").and_then(Value::as_array).into_iter().flatten() {
                    answer.headers.append(header::SET_COOKIE, header_value(cookie).ok()??);
                }
                Some(answer)
            }
            Value::String(text) => Some(Answer::json(StatusCode::OK, text.into())),
            _ => Some(Answer::json(StatusCode::OK, Bytes::copy_from_slice(payload))),
        }
    }

    fn read_v1(self, payload: &[u8]) -> Option<Answer> {
        const MEMBERS: [&str; 5] = ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"];
        let members = serde_json::from_slice::<Map<String, Value>>(payload).ok()?;
        if !MEMBERS.iter().any(|member| members.contains_key(*member)) {
            return None;
        }
        // AWS: "merges them into a single list. If the same key-value pair is specified in both, only the values from
        // multiValueHeaders will appear": those come first.
        let mut headers = listed_headers(&members)?;
        for (name, value) in &single_headers(&members)? {
            if !headers.get_all(name).iter().any(|listed| listed == value) {
                headers.append(name, value.clone());
            }
        }
        self.read_members(&members, headers)
    }

    fn read_members(self, members: &Map<String, Value>, mut headers: HeaderMap) -> Option<Answer> {
        let status = self.status(members.get("statusCode"))?;
        headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static(match self.kind {
            // AWS: "API Gateway includes a Content-Type header for all integration responses. By default, the content
            // type is application/json"; HTTP APIs say that it is text.
            Kind::Rest => "application/json",
            Kind::Http => "text/plain; charset=utf-8",
        }));
        let body = match members.get("body") {
            None | Some(Value::Null) => Bytes::new(),
            Some(Value::String(text)) if self.decodes(members) => match BASE64.decode(text) {
                Ok(body) => body.into(),
                // AWS: "If the conversion fails, it returns a 500 response indicating an API configuration error."
                Err(_) => return Some(self.kind.unreachable()),
            },
            Some(Value::String(text)) => text.clone().into(),
            Some(_) => return None,
        };
        Some(Answer { status, headers, body })
    }

    /// The status in its member, as a number or as text.
    fn status(self, member: Option<&Value>) -> Option<StatusCode> {
        let status = match member {
            Some(Value::Number(number)) => number.as_u64().and_then(|status| u16::try_from(status).ok())?,
            Some(Value::String(text)) => text.parse().ok()?,
            // AWS: a REST API takes an answer that only says something else for a 200.
            None if self.kind == Kind::Rest => 200,
            _ => return None,
        };
        // An interim status is no answer, and 101 would make the connection the function's.
        StatusCode::from_u16(status).ok().filter(|status| (200..600).contains(&status.as_u16()))
    }

    /// Whether the body is base64 that is to be undone. A REST API does so only for callers who take binary bodies.
    fn decodes(self, members: &Map<String, Value>) -> bool {
        let encoded = match members.get("isBase64Encoded") {
            Some(Value::Bool(encoded)) => *encoded,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            _ => false,
        };
        encoded && (self.kind == Kind::Http || self.takes_binary)
    }
}

/// The answer of a mock integration; none where it is not HTTP.
pub(crate) fn of_mock(mock: &Mock) -> Option<Answer> {
    let status =
        StatusCode::from_u16(mock.status).ok().filter(|status| (200..600).contains(&status.as_u16()))?;
    let mut answer = Answer::json(status, mock.body.clone().into());
    for (name, value) in &mock.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        answer.headers.insert(name, HeaderValue::from_str(value).ok()?);
    }
    finish(Kind::Rest, Writer::Mapping, answer)
}

/// An answer as it goes out: framed by us, within its limits. None where it is over them.
fn finish(kind: Kind, writer: Writer, answer: Answer) -> Option<Answer> {
    let headers = framing::pass(kind, writer, answer.headers);
    if headers.values().map(HeaderValue::len).sum::<usize>() > quotas::HEAD {
        return None;
    }
    let bodiless = matches!(answer.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let body = if bodiless { Bytes::new() } else { answer.body };
    Some(Answer { status: answer.status, headers, body })
}

/// `headers`: one value a name.
fn single_headers(members: &Map<String, Value>) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in object(members, "headers").ok()?.into_iter().flatten() {
        if let Some(value) = header_value(value).ok()? {
            headers.insert(HeaderName::from_bytes(name.as_bytes()).ok()?, value);
        }
    }
    Some(headers)
}

/// `multiValueHeaders`: a list a name.
fn listed_headers(members: &Map<String, Value>) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, values) in object(members, "multiValueHeaders").ok()?.into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        for value in values.as_array()? {
            if let Some(value) = header_value(value).ok()? {
                headers.append(&name, value);
            }
        }
    }
    Some(headers)
}

/// That a member is not what the format says.
struct Malformed;

/// A member that is an object, or missing.
fn object<'a>(
    members: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a Map<String, Value>>, Malformed> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_object().map(Some).ok_or(Malformed),
    }
}

/// A header's value; none for null, which sets nothing.
fn header_value(value: &Value) -> Result<Option<HeaderValue>, Malformed> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return Err(Malformed),
    };
    HeaderValue::from_str(&text).map(Some).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    /// One row of the table.
    #[derive(Deserialize)]
    struct Case {
        name: String,
        /// What the function answers, as JSON.
        #[serde(default)]
        answer: Value,
        /// The same as text, where it is no JSON.
        raw: Option<String>,
        #[serde(default)]
        takes_binary: bool,
        rest: Expected,
        http_1: Expected,
        http_2: Expected,
    }

    /// What the caller gets: `"malformed"`, or an answer whose content type may be left to its default.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Expected {
        Malformed(String),
        Answer {
            status: u16,
            #[serde(default)]
            body: String,
            #[serde(default)]
            headers: BTreeMap<String, Vec<String>>,
        },
    }

    fn check(case: &Case, kind: Kind, format: Format, expected: &Expected) {
        let payload = case.raw.clone().unwrap_or_else(|| case.answer.to_string());
        let seen = Reading { kind, format, takes_binary: case.takes_binary }.read(payload.as_bytes());
        let place = format!("{}: {kind:?} {format:?}", case.name);
        let (status, body, headers) = match expected {
            Expected::Malformed(word) => {
                assert_eq!((seen, word.as_str()), (None, "malformed"), "{place}");
                return;
            }
            Expected::Answer { status, body, headers } => (*status, body, headers),
        };
        let seen = seen.unwrap_or_else(|| panic!("{place}: malformed"));
        assert_eq!((seen.status.as_u16(), &seen.body[..]), (status, body.as_bytes()), "{place}");
        let mut wanted = headers.clone();
        let usual = if kind == Kind::Rest { "application/json" } else { "text/plain; charset=utf-8" };
        wanted.entry("content-type".into()).or_insert_with(|| vec![usual.into()]);
        let list = |name: &HeaderName| {
            seen.headers.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
        };
        let all: BTreeMap<String, Vec<String>> =
            seen.headers.keys().map(|name| (name.to_string(), list(name))).collect();
        assert_eq!(all, wanted, "{place}");
    }

    #[test]
    fn answers_become_what_the_table_says() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("../cases/answers.json")).unwrap();
        for case in &cases {
            check(case, Kind::Rest, Format::V1, &case.rest);
            check(case, Kind::Http, Format::V1, &case.http_1);
            check(case, Kind::Http, Format::V2, &case.http_2);
        }
    }

    #[test]
    fn headers_have_a_size() {
        let read = |length: usize| {
            let answer = serde_json::json!({"statusCode": 200, "headers": {"x": "v".repeat(length)}});
            let reading = Reading { kind: Kind::Rest, format: Format::V1, takes_binary: false };
            reading.read(answer.to_string().as_bytes())
        };
        assert!(read(quotas::HEAD - "application/json".len()).is_some());
        assert_eq!(read(quotas::HEAD), None);
    }

    #[test]
    fn a_mock_s_headers_are_framed_by_us_too() {
        let mock = |status, name: &str, value: &str| Mock {
            status,
            headers: vec![(name.to_owned(), value.to_owned())],
            body: "hello".to_owned(),
        };
        let answer = of_mock(&mock(200, "Content-Length", "2")).unwrap();
        assert_eq!(answer.headers.get("x-amzn-remapped-content-length").unwrap(), "2");
        assert!(!answer.headers.contains_key("content-length"));
        assert_eq!(of_mock(&mock(204, "x", "1")).unwrap().body, "");
        for (status, name, value) in
            [(101, "x", "1"), (99, "x", "1"), (200, "x", "a\r\nb: c"), (200, "a b", "1")]
        {
            assert_eq!(of_mock(&mock(status, name, value)), None, "{status} {name}");
        }
    }
}
