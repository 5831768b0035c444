//! An event as patterns see it and targets get it.
// AWS: "AWS service event metadata", members in this order.

use cloud_core::{AwsError, Context};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::invalid;

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub id: String,
    pub detail_type: String,
    pub source: String,
    pub account: String,
    pub time: Timestamp,
    pub region: String,
    pub resources: Vec<String>,
    /// An object as JSON, without space between its parts.
    pub detail: Box<RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Written<'a> {
    version: &'a str,
    id: &'a str,
    detail_type: &'a str,
    source: &'a str,
    account: &'a str,
    time: String,
    region: &'a str,
    resources: &'a [String],
    detail: &'a RawValue,
}

/// What another service, or another bus, delivers to a bus.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Delivered {
    id: Option<String>,
    detail_type: String,
    source: String,
    account: Option<String>,
    time: Option<Timestamp>,
    region: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
    detail: Box<RawValue>,
}

impl Event {
    /// The whole of it as JSON.
    pub(crate) fn json(&self) -> String {
        let written = Written {
            version: "0",
            id: &self.id,
            detail_type: &self.detail_type,
            source: &self.source,
            account: &self.account,
            time: moment(self.time),
            region: &self.region,
            resources: &self.resources,
            detail: &self.detail,
        };
        // Texts are always written.
        serde_json::to_string(&written).unwrap_or_default()
    }

    /// What was delivered to a bus of that context; of the bus's own account, region and time where it does not say.
    pub(crate) fn delivered(context: &Context, payload: &[u8]) -> Result<Self, AwsError> {
        let wrong = |_| invalid("Parameter Event is not valid.");
        let event: Delivered = serde_json::from_slice(payload).map_err(wrong)?;
        let detail = detail(event.detail.get()).ok_or_else(|| invalid("Detail is malformed."))?;
        let own = context.region().as_str();
        let region = event.region.unwrap_or_else(|| own.to_owned());
        let new_id = || context.entropy().uuid().to_string();
        // AWS: in another region an event has another id.
        let id = event.id.filter(|_| region == own).unwrap_or_else(new_id);
        Ok(Self {
            id,
            detail_type: event.detail_type,
            source: event.source,
            account: event.account.unwrap_or_else(|| context.account().to_string()),
            time: event.time.unwrap_or_else(|| context.now()),
            region,
            resources: event.resources,
            detail,
        })
    }
}

/// A moment as events have it.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A detail, without space between its parts; none of what is no object.
pub(crate) fn detail(text: &str) -> Option<Box<RawValue>> {
    let read: Box<RawValue> = serde_json::from_str(text).ok()?;
    let is_object = read.get().starts_with('{');
    is_object.then(|| RawValue::from_string(compact(read.get())).ok()).flatten()
}

/// JSON without space between its parts; numbers and texts stay as they are written.
fn compact(json: &str) -> String {
    let (mut text, mut is_quoted, mut is_escaped) = (String::with_capacity(json.len()), false, false);
    for letter in json.chars() {
        if !is_quoted && letter.is_ascii_whitespace() {
            continue;
        }
        if letter == '"' && !is_escaped {
            is_quoted = !is_quoted;
        }
        is_escaped = is_quoted && letter == '\\' && !is_escaped;
        text.push(letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_written_in_its_order() {
        let event = Event {
            id: "i".into(),
            detail_type: "t".into(),
            source: "s".into(),
            account: "000000000000".into(),
            time: "2026-01-01T00:00:00.9Z".parse().unwrap(),
            region: "us-east-1".into(),
            resources: vec!["r".into()],
            detail: detail(" { \"a b\" : [ 1.0 , \"c \\\" d\" ] } ").unwrap(),
        };
        let expected = r#"{"version":"0","id":"i","detail-type":"t","source":"s","account":"000000000000","time":"2026-01-01T00:00:00Z","region":"us-east-1","resources":["r"],"detail":{"a b":[1.0,"c \" d"]}}"#;
        assert_eq!(event.json(), expected);
        let context = Context::for_test("/nowhere").0;
        let again = Event::delivered(&context, expected.as_bytes()).unwrap();
        assert_eq!(again.json(), expected, "it is passed on as it is");
        let elsewhere = expected.replace("us-east-1", "eu-west-1");
        let passed = Event::delivered(&context, elsewhere.as_bytes()).unwrap();
        assert_eq!((passed.region.as_str(), passed.id == "i"), ("eu-west-1", false));
        let least = br#"{"source":"s","detail-type":"t","detail":{}}"#;
        let made = Event::delivered(&context, least).unwrap();
        assert_eq!((made.account.as_str(), made.region.as_str()), ("000000000000", "us-east-1"));
        assert!(Event::delivered(&context, b"text").is_err());
    }

    #[test]
    fn a_detail_is_an_object() {
        for text in ["", "x", "[]", "1", "\"{}\"", "{", "{} {}", "null"] {
            assert!(detail(text).is_none(), "{text}");
        }
        assert_eq!(detail("{ }").unwrap().get(), "{}");
        assert_eq!(detail("{\"a\": \"\\\\\", \"b\": 1e3}").unwrap().get(), "{\"a\":\"\\\\\",\"b\":1e3}");
    }
}
