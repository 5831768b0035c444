//! What is published: its attributes, size and texts by protocol, with AWS's words for what may not be.

use std::collections::BTreeMap;

use cloud_core::{Attribute, AttributeValue, AwsError};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::{because, invalid, wrong_attribute};
use crate::record::Protocol;
use crate::shapes::MessageAttributeValue;

/// AWS: 256 KiB, of text and attributes together.
pub(crate) const LARGEST: usize = 256 << 10;
/// AWS: "Subjects … must be less than 100 characters long".
const LONGEST_SUBJECT: usize = 100;
/// AWS: ids of groups and of duplicates.
const LONGEST_ID: usize = 128;

/// A message on its way to a topic.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    pub id: String,
    pub text: String,
    /// What some protocols are told otherwise.
    pub texts: BTreeMap<String, String>,
    pub subject: Option<String>,
    pub attributes: BTreeMap<String, Attribute>,
    pub group: Option<String>,
    pub duplicate: Option<String>,
    pub trace: cloud_core::Trace,
}

impl Message {
    /// What a protocol is told.
    pub(crate) fn text(&self, protocol: Protocol) -> &str {
        self.texts.get(protocol.as_str()).unwrap_or(&self.text)
    }

    pub(crate) fn size(&self) -> usize {
        let attribute = |(name, attribute): (&String, &Attribute)| {
            let value = match &attribute.value {
                AttributeValue::Text(text) => text.len(),
                AttributeValue::Binary(bytes) => bytes.len(),
            };
            name.len() + attribute.data_type.len() + value
        };
        let texts: usize = self.texts.iter().map(|(name, text)| name.len() + text.len()).sum();
        self.text.len() + texts + self.attributes.iter().map(attribute).sum::<usize>()
    }

    /// What tells a message by its content.
    pub(crate) fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.text.as_bytes()))
    }

    /// Looks at text and subject, and takes a structure apart.
    pub(crate) fn check(mut self, structure: Option<&str>) -> Result<Self, AwsError> {
        if self.text.is_empty() {
            return Err(invalid("Empty message"));
        }
        if self.size() > LARGEST {
            return Err(invalid("Message too long"));
        }
        if let Some(subject) = &self.subject {
            check_subject(subject)?;
        }
        match structure {
            None | Some("") => {}
            Some("json") => self.take_apart()?,
            Some(other) => {
                let shown: String = other.chars().take(200).collect();
                return Err(because("MessageStructure", format!("{shown} is not json")));
            }
        }
        Ok(self)
    }

    // AWS: values that are no texts are passed over, also that of "default".
    fn take_apart(&mut self) -> Result<(), AwsError> {
        let parsed: Value = serde_json::from_str(&self.text)
            .map_err(|_| invalid("Message Structure - JSON message body failed to parse"))?;
        let Value::Object(members) = parsed else {
            return Err(invalid("Message Structure - JSON message body failed to parse"));
        };
        let texts = members.into_iter().filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            _ => None,
        });
        self.texts = texts.collect();
        let default = self.texts.remove("default");
        self.text =
            default.ok_or_else(|| invalid("Message Structure - No default entry in JSON message body"))?;
        Ok(())
    }

    /// Looks at the ids by the kind of the topic.
    pub(crate) fn check_ids(&self, is_fifo: bool, by_content: bool) -> Result<(), AwsError> {
        if is_fifo && self.group.is_none() {
            return Err(invalid("The MessageGroupId parameter is required for FIFO topics"));
        }
        for (name, id) in [("MessageGroupId", &self.group), ("MessageDeduplicationId", &self.duplicate)] {
            if id.as_ref().is_some_and(|id| !is_id(id)) {
                return Err(because(name, "must be 1 to 128 alphanumeric or punctuation characters"));
            }
        }
        if !is_fifo && self.duplicate.is_some() {
            return Err(because(
                "MessageDeduplicationId",
                "The request includes MessageDeduplicationId parameter that is not valid for this topic type",
            ));
        }
        if is_fifo && self.duplicate.is_none() && !by_content {
            return Err(invalid(
                "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
            ));
        }
        Ok(())
    }
}

fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

fn check_subject(subject: &str) -> Result<(), AwsError> {
    let is_right = (1..=LONGEST_SUBJECT).contains(&subject.chars().count())
        && !subject.chars().any(char::is_control)
        && !subject.starts_with(' ');
    if is_right { Ok(()) } else { Err(invalid("Subject")) }
}

/// Attributes as a request gives them, checked. `place` is what comes before the member's name in AWS's words.
pub(crate) fn attributes(
    given: BTreeMap<String, MessageAttributeValue>,
) -> Result<BTreeMap<String, Attribute>, AwsError> {
    given.into_iter().map(|(name, value)| attribute(&name, value).map(|value| (name, value))).collect()
}

fn attribute(name: &str, given: MessageAttributeValue) -> Result<Attribute, AwsError> {
    check_name(name)?;
    let kind = given.data_type.unwrap_or_default();
    let prefix = kind.split('.').next().unwrap_or_default();
    if !matches!(prefix, "String" | "Number" | "Binary") || kind.len() > 256 {
        return Err(wrong_attribute(format!(
            "The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String."
        )));
    }
    let empty = || {
        wrong_attribute(format!(
            "The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{kind}'."
        ))
    };
    let other = |field: &str| {
        wrong_attribute(format!(
            "The message attribute '{name}' with type '{kind}' must use field '{field}'."
        ))
    };
    let text = given.string_value.filter(|text| !text.is_empty());
    let bytes = given.binary_value.filter(|bytes| !bytes.is_empty());
    let value = match (prefix, text, bytes) {
        ("Binary", _, Some(bytes)) => AttributeValue::Binary(bytes.to_vec()),
        ("Binary", Some(_), None) => return Err(other("Binary")),
        ("Number", Some(text), _) if text.trim().parse::<f64>().is_err() => {
            return Err(wrong_attribute(format!(
                "Could not cast message attribute '{name}' value to number."
            )));
        }
        ("String" | "Number", Some(text), _) => AttributeValue::Text(text),
        ("String" | "Number", None, Some(_)) => return Err(other("String")),
        _ => return Err(empty()),
    };
    Ok(Attribute { data_type: kind, value })
}

fn check_name(name: &str) -> Result<(), AwsError> {
    if name.len() >= 256 {
        return Err(wrong_attribute("Length of message attribute name must be less than 256 bytes."));
    }
    if let Some(found) = name.chars().find(|next| !next.is_ascii_alphanumeric() && !"-_.".contains(*next)) {
        return Err(wrong_attribute(format!(
            "Invalid non-alphanumeric character '#x{:X}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
            u32::from(found)
        )));
    }
    if name.starts_with('.') {
        return Err(wrong_attribute("Invalid message attribute name starting with character '.' was found."));
    }
    if name.ends_with('.') {
        return Err(wrong_attribute("Invalid message attribute name ending with character '.' was found."));
    }
    if name.contains("..") {
        return Err(wrong_attribute("Message attribute name can not have successive '.' character."));
    }
    if name.is_empty() {
        return Err(wrong_attribute("Message attribute name can not be empty."));
    }
    Ok(())
}

/// What is missing of attributes that must be there.
// AWS: it says so in other words than of all else, with the place.
pub(crate) fn check_types<'a>(
    attributes: impl IntoIterator<Item = (&'a String, &'a MessageAttributeValue)>,
    place: &str,
) -> Result<(), AwsError> {
    for (name, value) in attributes {
        if value.data_type.as_ref().is_none_or(String::is_empty) {
            return Err(AwsError::new(
                "ValidationError",
                format!(
                    "1 validation error detected: Value null at '{place}.{name}.member.dataType' failed to satisfy constraint: Member must not be null"
                ),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, structure: Option<&str>, expected: Result<&str, &str>) {
        let message = Message { text: text.into(), ..Message::default() }.check(structure);
        let shown = message.map(|message| message.text).map_err(|error| error.message().to_owned());
        assert_eq!(shown.as_deref().map_err(String::as_str), expected, "{text}");
    }

    #[test]
    fn structures_are_taken_apart() {
        let no_default = "Invalid parameter: Message Structure - No default entry in JSON message body";
        let no_json = "Invalid parameter: Message Structure - JSON message body failed to parse";
        check("x", None, Ok("x"));
        check("", None, Err("Invalid parameter: Empty message"));
        check(r#"{"default":"d","sqs":"s"}"#, Some("json"), Ok("d"));
        check(r#"{"default":"a","default":"b"}"#, Some("json"), Ok("b"));
        check(r#"{"sqs":"s"}"#, Some("json"), Err(no_default));
        check(r#"{"default":1}"#, Some("json"), Err(no_default));
        check("x", Some("json"), Err(no_json));
        check(&"x".repeat(LARGEST), None, Ok(&"x".repeat(LARGEST)));
        check(&"x".repeat(LARGEST + 1), None, Err("Invalid parameter: Message too long"));
    }

    #[test]
    fn names_of_attributes_are_looked_at() {
        for (name, expected) in [
            ("a.b-c_9", None),
            (
                "a^",
                Some(
                    "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
                ),
            ),
            (".a", Some("Invalid message attribute name starting with character '.' was found.")),
            ("a.", Some("Invalid message attribute name ending with character '.' was found.")),
            ("a..b", Some("Message attribute name can not have successive '.' character.")),
            (&*"a".repeat(256), Some("Length of message attribute name must be less than 256 bytes.")),
        ] {
            assert_eq!(check_name(name).err().as_ref().map(AwsError::message), expected, "{name}");
        }
    }

    #[test]
    fn ids_are_of_the_topics_kind() {
        let some = |id: &str| Some(id.to_owned());
        for (group, duplicate, is_fifo, by_content, is_right) in [
            (None, None, false, false, true),
            (some("g"), None, false, false, true),
            (None, some("d"), false, false, false),
            (None, some("d"), true, false, false),
            (some("g"), None, true, false, false),
            (some("g"), None, true, true, true),
            (some("g"), some("d"), true, false, true),
            (some("a b"), some("d"), true, false, false),
            (some(&"g".repeat(129)), some("d"), true, false, false),
        ] {
            let message = Message { group, duplicate, ..Message::default() };
            assert_eq!(message.check_ids(is_fifo, by_content).is_ok(), is_right, "{message:?}");
        }
    }
}
