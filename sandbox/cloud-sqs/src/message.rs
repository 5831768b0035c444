//! A message as it is sent: what it may be, how large it is, and its MD5s as SDKs check them.

use std::collections::BTreeMap;

use bytes::Bytes;
use cloud_core::{Attribute, AttributeValue, AwsError};
use md5::{Digest, Md5};

use crate::error::{invalid, missing, wrong};
use crate::shapes::{Code, MessageAttributeValue, MessageSystemAttributeValue};

/// AWS: message attributes of one message.
const MOST_ATTRIBUTES: usize = 10;
/// AWS: the longest name of an attribute, and the longest of its types.
const LONGEST_NAME: usize = 256;
/// AWS: the longest id of a group, of a deduplication, of an attempt to receive.
const LONGEST_ID: usize = 128;
/// The one system attribute that is sent.
pub(crate) const TRACE: &str = "AWSTraceHeader";

/// Message attributes by name.
pub(crate) type Attributes = BTreeMap<String, Attribute>;

/// The text of a message.
pub(crate) fn check_body(body: &str) -> Result<(), AwsError> {
    if body.is_empty() {
        return Err(missing("MessageBody"));
    }
    check_characters(body)
}

// AWS: what XML 1.0 can have.
fn check_characters(text: &str) -> Result<(), AwsError> {
    let may_be = |letter: char| matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(may_be) {
        return Ok(());
    }
    Err(Code::InvalidMessageContents.error(
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
    ))
}

/// The size of a message that counts against limits.
// AWS: "the name, type, value, and the message body must not be empty or null" and count.
pub(crate) fn size(body: &str, attributes: &Attributes) -> usize {
    let of = |(name, attribute): (&String, &Attribute)| {
        let value = match &attribute.value {
            AttributeValue::Text(text) => text.len(),
            AttributeValue::Binary(bytes) => bytes.len(),
        };
        name.len() + attribute.data_type.len() + value
    };
    body.len() + attributes.iter().map(of).sum::<usize>()
}

/// How many attributes a message has.
pub(crate) fn check_count(count: usize) -> Result<(), AwsError> {
    if count <= MOST_ATTRIBUTES {
        return Ok(());
    }
    let most = MOST_ATTRIBUTES;
    Err(wrong(format!("Number of message attributes [{count}] exceeds the allowed maximum [{most}].")))
}

/// The attributes of a message.
pub(crate) fn attributes(given: BTreeMap<String, MessageAttributeValue>) -> Result<Attributes, AwsError> {
    check_count(given.len())?;
    let one = |(name, value): (String, MessageAttributeValue)| {
        check_name(&name)?;
        if value.string_list_values.is_some_and(|list| !list.is_empty())
            || value.binary_list_values.is_some_and(|list| !list.is_empty())
        {
            return Err(Code::UnsupportedOperation
                .error("Message attribute list values in SendMessage operation are not supported."));
        }
        let value = attribute(&name, value.data_type, value.string_value, value.binary_value)?;
        Ok((name, value))
    };
    given.into_iter().map(one).collect()
}

/// The trace that a message's system attributes say.
pub(crate) fn trace(
    given: BTreeMap<String, MessageSystemAttributeValue>,
) -> Result<Option<(String, Attributes)>, AwsError> {
    let mut trace = None;
    for (name, value) in given {
        if name != TRACE {
            return Err(wrong(format!(
                "Message system attribute name '{}' is invalid. The only one that may be sent is {TRACE}.",
                shortened(&name)
            )));
        }
        if value.data_type != "String" {
            return Err(wrong(format!("The message system attribute '{TRACE}' must be of type String.")));
        }
        let kept = attribute(&name, value.data_type, value.string_value, None)?;
        let text = kept.as_text().unwrap_or_default().to_owned();
        trace = Some((text, Attributes::from([(name, kept)])));
    }
    Ok(trace)
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_NAME).collect()
}

// AWS: "A–Z, a–z, 0–9, underscore, hyphen and period"; not `AWS.` or `Amazon.` before, no period at an end, none twice.
fn check_name(name: &str) -> Result<(), AwsError> {
    let lower = name.to_ascii_lowercase();
    let is_one = (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..");
    if !is_one {
        return Err(wrong(format!("Message (user) attribute name '{}' is invalid.", shortened(name))));
    }
    if lower.starts_with("aws.") || lower.starts_with("amazon.") {
        return Err(wrong(format!(
            "Message attribute name '{name}' is invalid. It starts with AWS. or Amazon., which are reserved."
        )));
    }
    Ok(())
}

fn attribute(
    name: &str,
    data_type: String,
    text: Option<String>,
    bytes: Option<Bytes>,
) -> Result<Attribute, AwsError> {
    if data_type.is_empty() {
        return Err(wrong(format!(
            "The message attribute '{name}' must contain non-empty message attribute type."
        )));
    }
    if data_type.len() > LONGEST_NAME {
        return Err(wrong(format!(
            "Length of the message attribute '{name}' type must be less than {LONGEST_NAME} bytes."
        )));
    }
    let kind = data_type.split('.').next().unwrap_or_default();
    let empty = || {
        wrong(format!(
            "The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{kind}'."
        ))
    };
    let value = match kind {
        "String" | "Number" => {
            let text = text.filter(|text| !text.is_empty()).ok_or_else(empty)?;
            check_characters(&text)?;
            if kind == "Number" && !is_number(&text) {
                return Err(wrong(format!(
                    "Can't cast the value of message (user) attribute '{name}' to a number."
                )));
            }
            AttributeValue::Text(text)
        }
        "Binary" => {
            AttributeValue::Binary(bytes.filter(|bytes| !bytes.is_empty()).ok_or_else(empty)?.to_vec())
        }
        _ => {
            return Err(wrong(format!(
                "The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String."
            )));
        }
    };
    Ok(Attribute { data_type, value })
}

// AWS: "positive or negative integers or floating-point numbers", up to 38 digits.
fn is_number(text: &str) -> bool {
    text.len() <= 140 && text.parse::<f64>().is_ok_and(f64::is_finite) && !text.contains(['n', 'N'])
}

/// The id of a group or a deduplication.
pub(crate) fn check_id(parameter: &str, id: &str) -> Result<(), AwsError> {
    let is_one = (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if is_one {
        return Ok(());
    }
    let reason =
        format!("{parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.");
    Err(invalid(parameter, id, &reason))
}

/// The MD5 of a text, in hexadecimal.
pub(crate) fn md5_of(text: &str) -> String {
    hex::encode(Md5::digest(text))
}

/// The MD5 of attributes; none of none.
// AWS: "Calculating the MD5 message digest for message attributes".
pub(crate) fn md5_of_attributes<'a>(
    attributes: impl IntoIterator<Item = (&'a String, &'a Attribute)>,
) -> Option<String> {
    let mut hash = Md5::new();
    let mut some = false;
    let mut add = |bytes: &[u8], hash: &mut Md5| {
        hash.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(bytes);
        some = true;
    };
    // By name: as they are in a sorted map.
    for (name, attribute) in attributes {
        add(name.as_bytes(), &mut hash);
        add(attribute.data_type.as_bytes(), &mut hash);
        match &attribute.value {
            AttributeValue::Text(text) => {
                hash.update([1_u8]);
                add(text.as_bytes(), &mut hash);
            }
            AttributeValue::Binary(bytes) => {
                hash.update([2_u8]);
                add(bytes, &mut hash);
            }
        }
    }
    some.then(|| hex::encode(hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(data_type: &str, text: Option<&str>, bytes: Option<&'static [u8]>) -> MessageAttributeValue {
        MessageAttributeValue {
            data_type: data_type.into(),
            string_value: text.map(str::to_owned),
            binary_value: bytes.map(Bytes::from_static),
            ..MessageAttributeValue::default()
        }
    }

    fn all(list: &[(&str, MessageAttributeValue)]) -> Result<Attributes, AwsError> {
        attributes(list.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    /// AWS: as it answered for these.
    #[test]
    fn digests_are_those_of_aws() {
        assert_eq!(md5_of("test"), "098f6bcd4621d373cade4e832627b4f6");
        for (list, expected) in [
            (vec![("Foo", given("String", Some("Bar"), None))], "ae7155c6026991b6d54b11589678bf9c"),
            (
                vec![("MyAttribute", given("String", Some("foobar"), None))],
                "adb59cd4678ea5a855436b949cd07ab6",
            ),
            (
                vec![
                    ("Hello", given("String", Some("There"), None)),
                    ("General", given("String", Some("Kenobi"), None)),
                ],
                "fca026605781cb4126a1e9044df24232",
            ),
            (
                vec![(
                    "attr1",
                    given(
                        "Binary",
                        None,
                        Some(b"traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01"),
                    ),
                )],
                "8cbe4db156db8a94db8b801b7addb984",
            ),
        ] {
            assert_eq!(md5_of_attributes(&all(&list).unwrap()).as_deref(), Some(expected), "{list:?}");
        }
        assert_eq!(md5_of_attributes(&Attributes::new()), None);
    }

    #[track_caller]
    fn check(name: &str, value: MessageAttributeValue, expected: Result<usize, &str>) {
        let size = all(&[(name, value)]).map(|all| size("", &all));
        assert_eq!(size.as_ref().map_err(AwsError::message).copied(), expected, "{name}");
    }

    #[test]
    fn attributes_have_a_name_a_type_and_a_value() {
        check("a", given("String", Some("xyz"), None), Ok(1 + 6 + 3));
        check("a", given("Number.int", Some("-1.5e3"), None), Ok(1 + 10 + 6));
        check("a", given("Binary.png", None, Some(b"\0\x01")), Ok(1 + 10 + 2));
        let name = |name: &str| format!("Message (user) attribute name '{name}' is invalid.");
        for wrong in ["", "a b", ".a", "a.", "a..b", "é"] {
            check(wrong, given("String", Some("x"), None), Err(&name(wrong)));
        }
        check(
            "AWS.x",
            given("String", Some("x"), None),
            Err(
                "Message attribute name 'AWS.x' is invalid. It starts with AWS. or Amazon., which are reserved.",
            ),
        );
        let empty = |kind: &str| {
            format!(
                "The message attribute 'a' must contain non-empty message attribute value for message attribute type '{kind}'."
            )
        };
        check("a", given("String", None, None), Err(&empty("String")));
        check("a", given("String", Some(""), None), Err(&empty("String")));
        check("a", given("Binary", Some("x"), None), Err(&empty("Binary")));
        check(
            "a",
            given("", Some("x"), None),
            Err("The message attribute 'a' must contain non-empty message attribute type."),
        );
        let kinds = "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.";
        check("a", given("Text", Some("x"), None), Err(kinds));
        for text in ["x", "nan", "inf", ""] {
            assert!(all(&[("a", given("Number", Some(text), None))]).is_err(), "{text}");
        }
        let many: Vec<_> = (0..11).map(|n| (n.to_string(), given("String", Some("x"), None))).collect();
        let error = attributes(many.into_iter().collect()).unwrap_err();
        assert_eq!(error.message(), "Number of message attributes [11] exceeds the allowed maximum [10].");
    }

    #[test]
    fn texts_are_those_of_xml() {
        for (text, code) in [
            ("a\t\n\r é 𝄞 \u{fffd}", None),
            ("", Some("MissingRequiredParameterException")),
            ("a\0", Some("InvalidMessageContents")),
            ("\u{b}", Some("InvalidMessageContents")),
            ("\u{fffe}", Some("InvalidMessageContents")),
        ] {
            assert_eq!(
                check_body(text).err().map(|error| error.code().to_owned()).as_deref(),
                code,
                "{text:?}"
            );
        }
    }

    #[test]
    fn ids_are_printable() {
        for (id, is_one) in
            [("a-1!", true), ("", false), ("a b", false), ("é", false), (&"a".repeat(129), false)]
        {
            assert_eq!(check_id("MessageGroupId", id).is_ok(), is_one, "{id}");
        }
        assert_eq!(
            check_id("MessageGroupId", "a b").unwrap_err().message(),
            "Value a b for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length."
        );
    }
}
