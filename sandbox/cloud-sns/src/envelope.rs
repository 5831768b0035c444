//! What endpoints are told of a message: the notification that AWS documents, and a function's event.
// AWS: "Parsing Amazon SNS message formats", members in this order.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_core::{Attribute, AttributeValue};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::signing::{Signature, signed_text};

/// A notification before it is written.
#[derive(Clone, Debug)]
pub(crate) struct Notification<'a> {
    pub id: &'a str,
    pub topic: &'a str,
    pub subscription: &'a str,
    pub subject: Option<&'a str>,
    pub text: &'a str,
    pub attributes: &'a BTreeMap<String, Attribute>,
    pub sequence: Option<&'a str>,
    pub at: Timestamp,
    pub signature: &'a Signature,
    /// Where a subscription is ended.
    pub unsubscribe: &'a str,
}

/// What of a notification is signed.
// AWS: the subject where there is one, and nothing of attributes and numbers.
pub(crate) fn signed_notification(
    id: &str,
    topic: &str,
    subject: Option<&str>,
    text: &str,
    at: Timestamp,
) -> String {
    let at = moment(at);
    signed_text([
        ("Message", Some(text)),
        ("MessageId", Some(id)),
        ("Subject", subject),
        ("Timestamp", Some(&*at)),
        ("TopicArn", Some(topic)),
        ("Type", Some("Notification")),
    ])
}

fn sign(members: &mut Map<String, Value>, signature: &Signature) {
    let own = [
        ("SignatureVersion", signature.version.as_str()),
        ("Signature", &signature.value),
        ("SigningCertURL", &signature.certificate),
    ];
    members.extend(own.map(|(name, value)| (name.to_owned(), json!(value))));
}

/// How members of a notification are called in a function's event.
const IN_EVENTS: [(&str, &str); 2] =
    [("SigningCertURL", "SigningCertUrl"), ("UnsubscribeURL", "UnsubscribeUrl")];

/// A moment as envelopes have it.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn attributes(all: &BTreeMap<String, Attribute>) -> Value {
    let value = |attribute: &Attribute| match &attribute.value {
        AttributeValue::Text(text) => json!({ "Type": attribute.data_type, "Value": text }),
        AttributeValue::Binary(bytes) => {
            json!({ "Type": attribute.data_type, "Value": STANDARD.encode(bytes) })
        }
    };
    all.iter().map(|(name, attribute)| (name.clone(), value(attribute))).collect::<Map<_, _>>().into()
}

impl Notification<'_> {
    fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
        set("Type", json!("Notification"));
        set("MessageId", json!(self.id));
        if let Some(sequence) = self.sequence {
            set("SequenceNumber", json!(sequence));
        }
        set("TopicArn", json!(self.topic));
        if let Some(subject) = self.subject {
            set("Subject", json!(subject));
        }
        set("Message", json!(self.text));
        set("Timestamp", json!(moment(self.at)));
        sign(&mut members, self.signature);
        members.insert("UnsubscribeURL".to_owned(), json!(self.unsubscribe));
        if !self.attributes.is_empty() {
            members.insert("MessageAttributes".to_owned(), attributes(self.attributes));
        }
        members
    }

    /// What queues and HTTP endpoints get.
    pub(crate) fn json(&self) -> String {
        let text = serde_json::to_string_pretty(&Value::Object(self.members()));
        text.unwrap_or_default()
    }

    /// What functions get.
    pub(crate) fn event(&self) -> String {
        let mut sns = Map::new();
        for (name, value) in self.members() {
            let other = IN_EVENTS.iter().find(|(here, _)| *here == name);
            sns.insert(other.map_or(name, |(_, there)| (*there).to_owned()), value);
        }
        // AWS: here these are always there.
        sns.entry("Subject").or_insert(Value::Null);
        sns.entry("MessageAttributes").or_insert_with(|| json!({}));
        json!({ "Records": [{
            "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": self.subscription, "Sns": sns,
        }] })
        .to_string()
    }
}

/// A function's event as the notification that a queue gets of it.
pub(crate) fn notification_of(event: &[u8]) -> Option<String> {
    let event: Value = serde_json::from_slice(event).ok()?;
    let members = event["Records"][0]["Sns"].as_object()?;
    let kept = members
        .iter()
        .filter(|(name, value)| !(value.is_null() || *name == "MessageAttributes" && **value == json!({})));
    let named = kept.map(|(name, value)| {
        let other = IN_EVENTS.iter().find(|(_, there)| there == name);
        (other.map_or(name.as_str(), |(here, _)| here).to_owned(), value.clone())
    });
    serde_json::to_string_pretty(&named.collect::<Map<_, _>>()).ok()
}

/// What an endpoint is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Whether it wants to be subscribed.
    ToBegin,
    /// Whether it wanted to be no more.
    ToEnd,
}

impl Asked {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::ToBegin => "SubscriptionConfirmation",
            Self::ToEnd => "UnsubscribeConfirmation",
        }
    }
}

/// The question before it is written.
#[derive(Clone, Debug)]
pub(crate) struct Question<'a> {
    pub asked: Asked,
    pub id: &'a str,
    pub topic: &'a str,
    pub subscription: &'a str,
    pub token: &'a str,
    /// Where it is answered.
    pub subscribe: &'a str,
    pub at: Timestamp,
}

impl Question<'_> {
    fn text(&self) -> String {
        match self.asked {
            Asked::ToBegin => format!(
                "You have chosen to subscribe to the topic {}.\nTo confirm the subscription, visit the SubscribeURL included in this message.",
                self.topic
            ),
            Asked::ToEnd => format!(
                "You have chosen to deactivate subscription {}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.",
                self.subscription
            ),
        }
    }

    /// What of it is signed.
    pub(crate) fn signed(&self) -> String {
        signed_text([
            ("Message", Some(&*self.text())),
            ("MessageId", Some(self.id)),
            ("SubscribeURL", Some(self.subscribe)),
            ("Timestamp", Some(&*moment(self.at))),
            ("Token", Some(self.token)),
            ("TopicArn", Some(self.topic)),
            ("Type", Some(self.asked.as_str())),
        ])
    }

    pub(crate) fn json(&self, signature: &Signature) -> String {
        let mut members = Map::new();
        let own = [
            ("Type", self.asked.as_str()),
            ("MessageId", self.id),
            ("Token", self.token),
            ("TopicArn", self.topic),
            ("Message", &self.text()),
            ("SubscribeURL", self.subscribe),
            ("Timestamp", &moment(self.at)),
        ];
        members.extend(own.map(|(name, value)| (name.to_owned(), json!(value))));
        sign(&mut members, signature);
        serde_json::to_string_pretty(&members).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::Version;

    #[test]
    fn notifications_are_as_documented() {
        let mut all = BTreeMap::new();
        let binary = Attribute { data_type: "Binary".into(), value: AttributeValue::Binary(vec![2, 3, 4]) };
        all.insert("b".to_owned(), binary);
        let mut notification = Notification {
            id: "i",
            topic: "t",
            subscription: "s",
            subject: None,
            text: "m",
            attributes: &all,
            sequence: None,
            at: Timestamp::from_millisecond(1_767_225_600_012).unwrap(),
            signature: &Signature { version: Version::Sha256, value: "v".into(), certificate: "c".into() },
            unsubscribe: "u",
        };
        let written: Value = serde_json::from_str(&notification.json()).unwrap();
        let expected = json!({
            "Type": "Notification", "MessageId": "i", "TopicArn": "t", "Message": "m",
            "Timestamp": "2026-01-01T00:00:00.012Z", "SignatureVersion": "2", "Signature": "v",
            "SigningCertURL": "c", "UnsubscribeURL": "u",
            "MessageAttributes": { "b": { "Type": "Binary", "Value": "AgME" } },
        });
        assert_eq!(written.to_string(), expected.to_string());
        let none = BTreeMap::new();
        notification.attributes = &none;
        let event: Value = serde_json::from_str(&notification.event()).unwrap();
        assert_eq!(event["Records"][0]["Sns"]["Subject"], Value::Null);
        assert_eq!(event["Records"][0]["Sns"]["UnsubscribeUrl"], "u");
        assert_eq!(event["Records"][0]["Sns"]["SigningCertUrl"], "c");
        assert_eq!(event["Records"][0]["EventSubscriptionArn"], "s");
        let back = notification_of(notification.event().as_bytes()).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&back).unwrap(),
            serde_json::from_str::<Value>(&notification.json()).unwrap()
        );
    }
}
