//! A message as it is kept: a header and its text, written once. What becomes of it is beside it (`state.rs`).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cloud_core::{Attribute, AttributeValue};
use serde::{Deserialize, Serialize};

use crate::message::Attributes;

/// A message.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Parcel {
    pub header: Header,
    pub text: String,
}

/// All but its text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub id: String,
    pub sender: String,
    #[serde(with = "attributes", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: Attributes,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<String>,
    /// The ARN of the queue whose dead letter it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Parcel {
    /// Its bytes: the header's length, the header, the text.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let header = serde_json::to_vec(&self.header)?;
        let mut bytes = Vec::with_capacity(4 + header.len() + self.text.len());
        bytes.extend(u32::try_from(header.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(header);
        bytes.extend(self.text.as_bytes());
        Ok(bytes)
    }

    /// From its bytes; none of what is no parcel.
    pub(crate) fn decode(bytes: &Bytes) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (header, text) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let header = serde_json::from_slice(header).ok()?;
        Some(Self { header, text: std::str::from_utf8(text).ok()?.to_owned() })
    }
}

/// Attributes with bytes as base64.
mod attributes {
    use serde::{Deserializer, Serializer};

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Kept {
        t: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        s: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        b: Option<String>,
    }

    pub(super) fn serialize<S: Serializer>(
        attributes: &Attributes,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(attributes.iter().map(|(name, attribute)| {
            let (s, b) = match &attribute.value {
                AttributeValue::Text(text) => (Some(text.clone()), None),
                AttributeValue::Binary(bytes) => (None, Some(STANDARD.encode(bytes))),
            };
            (name, Kept { t: attribute.data_type.clone(), s, b })
        }))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Attributes, D::Error> {
        let kept = BTreeMap::<String, Kept>::deserialize(deserializer)?;
        let one = |(name, kept): (String, Kept)| {
            let value = match (kept.s, kept.b) {
                (Some(text), _) => AttributeValue::Text(text),
                (None, bytes) => {
                    let bytes = STANDARD.decode(bytes.unwrap_or_default());
                    AttributeValue::Binary(bytes.map_err(serde::de::Error::custom)?)
                }
            };
            Ok((name, Attribute { data_type: kept.t, value }))
        };
        kept.into_iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let binary = Attribute { data_type: "Binary".into(), value: AttributeValue::Binary(vec![0, 255]) };
        let header = Header {
            id: "i".into(),
            sender: "s".into(),
            attributes: BTreeMap::from([("a".into(), Attribute::text("x")), ("b".into(), binary)]),
            trace: Some("Root=1".into()),
            group: Some("g".into()),
            ..Header::default()
        };
        for parcel in [Parcel { header, text: "é\0x".repeat(1000) }, Parcel::default()] {
            let bytes = Bytes::from(parcel.encode().unwrap());
            assert_eq!(Parcel::decode(&bytes), Some(parcel));
        }
        for bytes in [&b""[..], b"\0\0\0\x09{}", b"\0\0\0\x02[]", b"\0\0\0\x02{}"] {
            assert_eq!(Parcel::decode(&Bytes::copy_from_slice(bytes)), None);
        }
    }
}
