//! JSON-RPC messages, looked at no deeper than their envelope: parameters and results pass as they are.

use bytes::Bytes;
use protocol::Said;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};

/// `MethodNotFound` of JSON-RPC.
pub(crate) const METHOD_NOT_FOUND: i32 = -32601;
/// `InvalidRequest` of JSON-RPC.
pub(crate) const INVALID_REQUEST: i32 = -32600;
/// `RequestFailed` of the Language Server Protocol.
pub(crate) const REQUEST_FAILED: i32 = -32803;
/// `ServerCancelled`: ask again.
pub(crate) const SERVER_CANCELLED: i32 = -32802;
/// `ContentModified`: ask again.
pub(crate) const CONTENT_MODIFIED: i32 = -32801;

/// A message of either side.
#[derive(Debug)]
pub(crate) enum Message {
    Request { id: Box<RawValue>, method: String, params: Option<Box<RawValue>> },
    Notification { method: String, params: Option<Box<RawValue>> },
    Response { id: Box<RawValue>, answer: Answer },
}

/// How a request ended: its result, or its error object.
pub(crate) type Answer = Result<Box<RawValue>, Box<RawValue>>;

/// A body that is no message.
#[derive(Debug, thiserror::Error)]
#[error("not a JSON-RPC message: {0}")]
pub(crate) struct Malformed(String);

impl Malformed {
    /// As people are told.
    pub(crate) fn said(&self) -> Said {
        Said::new(self.to_string()).because("server-malformed", &[("reason", &self.0)])
    }
}

#[derive(Deserialize)]
struct Envelope {
    id: Option<Box<RawValue>>,
    method: Option<String>,
    params: Option<Box<RawValue>>,
    result: Option<Box<RawValue>>,
    error: Option<Box<RawValue>>,
}

/// Reads a message.
pub(crate) fn parse(body: &[u8]) -> Result<Message, Malformed> {
    let envelope: Envelope = serde_json::from_slice(body).map_err(|error| Malformed(error.to_string()))?;
    match (envelope.method, envelope.id) {
        (Some(method), Some(id)) => Ok(Message::Request { id, method, params: envelope.params }),
        (Some(method), None) => Ok(Message::Notification { method, params: envelope.params }),
        (None, Some(id)) => {
            let answer = match envelope.error {
                Some(error) => Err(error),
                None => Ok(envelope.result.unwrap_or_else(|| raw(&Value::Null))),
            };
            Ok(Message::Response { id, answer })
        }
        (None, None) => Err(Malformed("neither method nor id".into())),
    }
}

/// What a value of a server's message may take when it is decoded.
const MAX_DECODED: u64 = 256 * 1024 * 1024;

/// A value of a server's message; none where it is another kind of thing, or too large to be decoded here.
pub(crate) fn decode<T: DeserializeOwned>(raw: &RawValue) -> Option<T> {
    let weight = ide_core::weight::decoded(raw.get());
    if weight > MAX_DECODED {
        tracing::warn!(bytes = raw.get().len(), "a language server says too much at once; it is passed over");
        return None;
    }
    serde_json::from_str(raw.get()).ok()
}

/// A request of ours.
pub(crate) fn request(id: i64, method: &str, params: impl Serialize) -> Bytes {
    encode(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": value(params) }))
}

/// A request passed on, its parameters untouched.
pub(crate) fn pass_request(id: i64, method: &str, params: Option<&RawValue>) -> Bytes {
    #[derive(Serialize)]
    struct Passed<'a> {
        jsonrpc: &'static str,
        id: i64,
        method: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        params: Option<&'a RawValue>,
    }
    encode(&Passed { jsonrpc: "2.0", id, method, params })
}

/// A notification.
pub(crate) fn notification(method: &str, params: impl Serialize) -> Bytes {
    encode(&json!({ "jsonrpc": "2.0", "method": method, "params": value(params) }))
}

/// The answer to a request whose id was `id`.
pub(crate) fn response(id: &RawValue, answer: &Answer) -> Bytes {
    #[derive(Serialize)]
    struct Reply<'a> {
        jsonrpc: &'static str,
        id: &'a RawValue,
        #[serde(skip_serializing_if = "Option::is_none")]
        result: Option<&'a RawValue>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'a RawValue>,
    }
    let (result, error) = match answer {
        Ok(result) => (Some(&**result), None),
        Err(error) => (None, Some(&**error)),
    };
    encode(&Reply { jsonrpc: "2.0", id, result, error })
}

/// An error object.
pub(crate) fn failure(code: i32, Said { message, reason }: &Said) -> Box<RawValue> {
    raw(&match reason {
        None => json!({ "code": code, "message": message }),
        Some(reason) => json!({ "code": code, "message": message, "data": { "reason": reason } }),
    })
}

/// The code of an error object.
pub(crate) fn code_of(error: &RawValue) -> Option<i32> {
    #[derive(Deserialize)]
    struct Code {
        code: i32,
    }
    serde_json::from_str::<Code>(error.get()).ok().map(|error| error.code)
}

/// Any value as it is written.
pub(crate) fn raw(value: &Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).expect("a Value is always JSON")
}

fn value(params: impl Serialize) -> Value {
    serde_json::to_value(params).expect("our own parameters are always JSON")
}

fn encode(message: &impl Serialize) -> Bytes {
    serde_json::to_vec(message).expect("our own messages are always JSON").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, wanted: &str) {
        let seen = match parse(body.as_bytes()) {
            Ok(Message::Request { id, method, .. }) => format!("request {id} {method}"),
            Ok(Message::Notification { method, .. }) => format!("notification {method}"),
            Ok(Message::Response { id, answer: Ok(result) }) => format!("result {id} {result}"),
            Ok(Message::Response { id, answer: Err(error) }) => format!("error {id} {error}"),
            Err(_) => "malformed".into(),
        };
        assert_eq!(seen, wanted, "{body}");
    }

    #[test]
    fn envelopes_are_told_apart() {
        check(r#"{"jsonrpc":"2.0","id":"a","method":"m","params":{"x":1e999}}"#, r#"request "a" m"#);
        check(r#"{"method":"m"}"#, "notification m");
        check(r#"{"id":1,"result":null}"#, "result 1 null");
        check(r#"{"id":1,"result":[ 1]}"#, "result 1 [ 1]");
        check(r#"{"id":1,"error":{"code":-1}}"#, r#"error 1 {"code":-1}"#);
        for body in
            ["", "[]", "null", "{}", r#"{"id":null}"#, r#"{"method":1}"#, "{\"id\":1,\"result\":", "\u{0}"]
        {
            check(body, "malformed");
        }
        let deep = format!(r#"{{"id":1,"result":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert!(
            parse(deep.as_bytes()).is_ok() || parse(deep.as_bytes()).is_err(),
            "no overflow of the stack"
        );
    }

    #[test]
    fn passed_values_keep_their_spelling() {
        let params = RawValue::from_string(r#"{"a" : 1.0}"#.into()).unwrap();
        assert_eq!(
            pass_request(7, "m", Some(&params)),
            r#"{"jsonrpc":"2.0","id":7,"method":"m","params":{"a" : 1.0}}"#
        );
        let id = RawValue::from_string("\"x\"".into()).unwrap();
        assert_eq!(response(&id, &Ok(params)), r#"{"jsonrpc":"2.0","id":"x","result":{"a" : 1.0}}"#);
    }
}
