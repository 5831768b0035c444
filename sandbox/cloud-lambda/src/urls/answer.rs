//! From what a function answers to the answer at its URL.
// AWS: "Response payload format": "Lambda infers the response format for you."

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use cloud_core::AwsError;
use cloud_wire::{Body, framing};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::quotas;
use crate::shapes::MODEL;

/// Base64 as functions write it: with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) const JSON: &str = "application/json";

/// What comes before an answer's body.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AnswerHead {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
}

impl AnswerHead {
    /// A good answer of that media type.
    pub(super) fn ok(media_type: &str) -> Self {
        let media_type = HeaderValue::from_str(media_type).unwrap_or(HeaderValue::from_static(JSON));
        Self { status: StatusCode::OK, headers: HeaderMap::from_iter([(header::CONTENT_TYPE, media_type)]) }
    }

    /// What an object says of status, headers and cookies; none where that is malformed. `media_type` is that of an answer
    /// which does not say its own.
    pub(super) fn of(members: &Map<String, Value>, media_type: &str) -> Option<Self> {
        let mut headers = HeaderMap::new();
        for (name, value) in object(members, "headers")?.into_iter().flatten() {
            if let Some(value) = header_value(value)? {
                headers.insert(HeaderName::from_bytes(name.as_bytes()).ok()?, value);
            }
        }
        framing::remove(&mut headers);
        for cookie in list(members, "cookies")?.into_iter().flatten() {
            headers.append(header::SET_COOKIE, header_value(cookie)??);
        }
        let media_type = HeaderValue::from_str(media_type).unwrap_or(HeaderValue::from_static(JSON));
        headers.entry(header::CONTENT_TYPE).or_insert(media_type);
        let size: usize = headers.values().map(HeaderValue::len).sum();
        let status = status(members.get("statusCode"))?;
        (size <= quotas::URL_HEAD).then_some(Self { status, headers })
    }

    /// Whether an answer of that status has no body.
    pub(super) fn is_bodiless(&self) -> bool {
        matches!(self.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
    }

    /// The answer with its body.
    pub(super) fn with(self, body: Body) -> Response<Body> {
        let mut response = Response::new(if self.is_bodiless() { Body::default() } else { body });
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// Reads a function's whole answer; none where it is malformed.
pub(super) fn read(payload: Bytes) -> Option<Response<Body>> {
    match serde_json::from_slice::<Value>(&payload).ok()? {
        Value::Object(members) if members.contains_key("statusCode") => {
            let head = AnswerHead::of(&members, JSON)?;
            Some(head.with(body(&members)?.into()))
        }
        _ => Some(AnswerHead::ok(JSON).with(payload.into())),
    }
}

fn body(members: &Map<String, Value>) -> Option<Bytes> {
    let is_base64 = matches!(members.get("isBase64Encoded"), Some(Value::Bool(true)));
    match members.get("body") {
        None | Some(Value::Null) => Some(Bytes::new()),
        Some(Value::String(text)) if is_base64 => BASE64.decode(text).ok().map(Bytes::from),
        Some(Value::String(text)) => Some(text.clone().into()),
        Some(_) => None,
    }
}

/// The status in its member, as a number or as text; 200 where nothing is said.
fn status(member: Option<&Value>) -> Option<StatusCode> {
    let status = match member {
        None | Some(Value::Null) => 200,
        Some(Value::Number(number)) => number.as_u64().and_then(|status| u16::try_from(status).ok())?,
        Some(Value::String(text)) => text.parse().ok()?,
        Some(_) => return None,
    };
    // An interim status is no answer, and 101 would make the connection the function's.
    StatusCode::from_u16(status).ok().filter(|status| (200..600).contains(&status.as_u16()))
}

/// A member that is an object, or missing; none where it is anything else.
#[allow(clippy::option_option, reason = "what is missing is told from what is wrong")]
fn object<'a>(members: &'a Map<String, Value>, name: &str) -> Option<Option<&'a Map<String, Value>>> {
    match members.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(value) => value.as_object().map(Some),
    }
}

/// The same of a list.
#[allow(clippy::option_option, reason = "what is missing is told from what is wrong")]
fn list<'a>(members: &'a Map<String, Value>, name: &str) -> Option<Option<&'a Vec<Value>>> {
    match members.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(value) => value.as_array().map(Some),
    }
}

/// A header's value, which null does not set; none where it cannot be one.
#[allow(clippy::option_option, reason = "what is missing is told from what is wrong")]
fn header_value(value: &Value) -> Option<Option<HeaderValue>> {
    let text = match value {
        Value::Null => return Some(None),
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return None,
    };
    HeaderValue::from_str(&text).map(Some).ok()
}

/// What is answered in a function's place.
pub(super) type Refused = Box<Response<Body>>;

/// What a function's failure or nonsense becomes.
pub(super) fn bad_gateway() -> Refused {
    let head = AnswerHead { status: StatusCode::BAD_GATEWAY, ..AnswerHead::ok(JSON) };
    Box::new(head.with(Bytes::from_static(b"Internal Server Error").into()))
}

/// What who may not call is told.
// AWS: the same, whatever is missing.
pub(super) fn forbidden() -> Refused {
    let message = "Forbidden. For troubleshooting Function URL authorization issues, see: \
                   https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";
    error(StatusCode::FORBIDDEN, "AccessDeniedException", &json!({ "Message": message }))
}

/// What stands where there is no such URL.
pub(super) fn no_url() -> Refused {
    error(StatusCode::NOT_FOUND, "ResourceNotFoundException", &json!({ "Message": null }))
}

/// A refusal of Lambda's own, in the members that its model has for it.
pub(super) fn refusal(refused: &AwsError) -> Refused {
    let status = StatusCode::from_u16(refused.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut document = refused.members().clone();
    let member = MODEL.error(refused.code()).map_or("message", |fact| fact.message);
    document.insert(member.to_owned(), refused.message().into());
    error(status, refused.code(), &document.into())
}

fn error(status: StatusCode, code: &str, document: &Value) -> Refused {
    let mut head = AnswerHead { status, ..AnswerHead::ok(JSON) };
    if let Ok(code) = HeaderValue::from_str(code) {
        head.headers.insert("x-amzn-errortype", code);
    }
    Box::new(head.with(Bytes::from(document.to_string()).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Expected<'a> = Option<(u16, &'a str, &'a [(&'a str, &'a str)])>;

    async fn check(payload: &str, expected: Expected<'_>) {
        let seen = read(Bytes::from(payload.to_owned()));
        let Some((status, body, more)) = expected else {
            assert!(seen.is_none(), "{payload}");
            return;
        };
        let seen = seen.unwrap_or_else(|| panic!("malformed: {payload}"));
        let mut headers: Vec<(&str, &str)> =
            seen.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        headers.sort_unstable();
        let mut wanted = more.to_vec();
        if !more.iter().any(|(name, _)| *name == "content-type") {
            wanted.push(("content-type", JSON));
        }
        wanted.sort_unstable();
        assert_eq!((seen.status().as_u16(), headers), (status, wanted), "{payload}");
        assert_eq!(seen.into_body().collect(1 << 20).await.unwrap(), body, "{payload}");
    }

    #[tokio::test]
    async fn what_has_no_status_is_the_body() {
        for payload in [r#""Hello, world!""#, r#"{"message":"Hello"}"#, "null", "[1, 2]", r#"{"body":"x"}"#] {
            check(payload, Some((200, payload, &[]))).await;
        }
        for payload in ["", "hello", "{", "\u{0}"] {
            check(payload, None).await;
        }
    }

    #[tokio::test]
    async fn what_has_a_status_is_an_answer() {
        check(
            r#"{"statusCode":201,"headers":{"Content-Type":"text/x","My-Header":"v","n":1,"none":null},
                "body":"hi","cookies":["a=1; Max-Age=1","b=2"]}"#,
            Some((
                201,
                "hi",
                &[
                    ("content-type", "text/x"),
                    ("my-header", "v"),
                    ("n", "1"),
                    ("set-cookie", "a=1; Max-Age=1"),
                    ("set-cookie", "b=2"),
                ],
            )),
        )
        .await;
        check(r#"{"statusCode":"404"}"#, Some((404, "", &[]))).await;
        check(r#"{"statusCode":200,"body":"aGk","isBase64Encoded":true}"#, Some((200, "hi", &[]))).await;
        check(r#"{"statusCode":200,"headers":{"Content-Length":"9"},"body":"hi"}"#, Some((200, "hi", &[])))
            .await;
        check(r#"{"statusCode":204,"body":"hi"}"#, Some((204, "", &[]))).await;
    }

    #[tokio::test]
    async fn what_is_malformed_is_told_from_what_is_not() {
        for payload in [
            r#"{"statusCode":101}"#,
            r#"{"statusCode":1000}"#,
            r#"{"statusCode":[200]}"#,
            r#"{"statusCode":200,"body":{}}"#,
            r#"{"statusCode":200,"body":"!","isBase64Encoded":true}"#,
            r#"{"statusCode":200,"headers":[]}"#,
            r#"{"statusCode":200,"headers":{"a b":"1"}}"#,
            r#"{"statusCode":200,"headers":{"a":"1\r\nb: 2"}}"#,
            r#"{"statusCode":200,"headers":{"a":["1"]}}"#,
            r#"{"statusCode":200,"cookies":"a=1"}"#,
        ] {
            check(payload, None).await;
        }
        let large = |length: usize| json!({ "statusCode": 200, "headers": { "x": "v".repeat(length) } });
        let fits = quotas::URL_HEAD - JSON.len();
        assert!(read(large(fits).to_string().into()).is_some());
        assert!(read(large(fits + 1).to_string().into()).is_none());
    }
}
