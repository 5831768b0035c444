//! Buckets, objects and uploads as they are remembered: pure.

use std::collections::BTreeMap;

use cloud_core::{AccountId, Arn, Maker};
use cloud_wire::checksum::Algorithm;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::shapes::{CORSRule, NotificationConfiguration, PublicAccessBlockConfiguration, Tag};

/// A bucket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bucket {
    pub(crate) created: Timestamp,
    pub(crate) region: String,
    /// Whose it is; none of buckets from before there were several accounts.
    #[serde(default)]
    pub(crate) account: Option<AccountId>,
    /// What was asked for as its region where that is another name, `EU`.
    #[serde(default)]
    pub(crate) location: Option<String>,
    /// A policy document, kept as it came.
    pub(crate) policy: Option<serde_json::Value>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
    /// AWS: a new bucket blocks all public access until somebody says otherwise.
    #[serde(default = "Bucket::closed")]
    pub(crate) public_access_block: Option<PublicAccessBlockConfiguration>,
    /// Whether its encryption asks for a key of the bucket; S3's own keys are the same either way.
    #[serde(default)]
    pub(crate) has_own_key: bool,
    /// What pages of other origins may do.
    #[serde(default)]
    pub(crate) cors: Option<Vec<CORSRule>>,
    /// Who is told of what is done to its objects.
    #[serde(default)]
    pub(crate) notifications: NotificationConfiguration,
    /// Which step of a template made it.
    #[serde(default)]
    pub(crate) made_by: Maker,
    /// The same of its policy.
    #[serde(default)]
    pub(crate) policy_made_by: Maker,
}

/// What tells a bucket from another one that had its name: when it was made, and whose it is.
pub(crate) type Identity = (Timestamp, Option<AccountId>);

impl Bucket {
    /// Which bucket of its name this is.
    pub(crate) fn identity(&self) -> Identity {
        (self.created, self.account.clone())
    }

    /// A bucket as it begins.
    pub(crate) fn new(created: Timestamp, region: &str, account: Option<AccountId>) -> Self {
        let region = region.to_owned();
        Self {
            created,
            region,
            account,
            location: None,
            policy: None,
            tags: Vec::new(),
            public_access_block: Self::closed(),
            has_own_key: false,
            cors: None,
            notifications: NotificationConfiguration::default(),
            made_by: Maker::NOBODY,
            policy_made_by: Maker::NOBODY,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "the field's default, which is an option")]
    fn closed() -> Option<PublicAccessBlockConfiguration> {
        Some(PublicAccessBlockConfiguration {
            block_public_acls: Some(true),
            ignore_public_acls: Some(true),
            block_public_policy: Some(true),
            restrict_public_buckets: Some(true),
        })
    }
}

/// An object without its contents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Object {
    /// The files that hold the contents, one after the other; a multipart object has one for each part.
    pub(crate) blobs: Vec<Blob>,
    /// Without quotes.
    pub(crate) etag: String,
    pub(crate) modified: Timestamp,
    pub(crate) headers: Headers,
    /// The checksum of the whole; none of objects from before every object had one.
    #[serde(default)]
    pub(crate) checksum: Option<ObjectSum>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
}

/// A file with contents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Blob {
    pub(crate) id: String,
    pub(crate) size: u64,
    /// A CRC of each block of the file, to tell damage when it is read; none of files from before there were any.
    #[serde(default, with = "hexadecimal")]
    pub(crate) blocks: Vec<u64>,
    /// The part's own checksum, where those of the parts make up the object's.
    #[serde(default)]
    pub(crate) checksum: Option<Sum>,
}

/// A checksum with its algorithm's name, `CRC32`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sum {
    algorithm: String,
    /// In base64.
    pub(crate) value: String,
}

impl Sum {
    pub(crate) fn new(algorithm: Algorithm, value: impl Into<String>) -> Self {
        Self { algorithm: algorithm.name().to_owned(), value: value.into() }
    }

    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        Algorithm::of_name(&self.algorithm)
    }
}

/// The checksum of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ObjectSum {
    pub(crate) sum: Sum,
    pub(crate) kind: SumKind,
}

/// What a checksum is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SumKind {
    /// The bytes.
    FullObject,
    /// The checksums of the parts.
    Composite,
}

/// What comes back with an object as it was given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Headers {
    pub(crate) content_type: Option<String>,
    pub(crate) cache_control: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_language: Option<String>,
    #[serde(default)]
    pub(crate) expires: Option<Timestamp>,
    #[serde(default)]
    pub(crate) website_redirect_location: Option<String>,
    /// None is `STANDARD`.
    #[serde(default)]
    pub(crate) storage_class: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
}

/// A multipart upload that is under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) initiated: Timestamp,
    pub(crate) headers: Headers,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
    /// The algorithm that was asked for, `CRC32`, and what the object's checksum is to be over.
    #[serde(default)]
    pub(crate) checksum: Option<(String, SumKind)>,
    /// Whether the key was written or deleted since: then a condition on it cannot be met any more.
    #[serde(default)]
    pub(crate) disturbed: bool,
    /// Who began it; none of uploads from before that was kept.
    #[serde(default)]
    pub(crate) initiator: Option<Arn>,
    /// How often a part was put. The parts are kept beside it, for they are many.
    #[serde(default)]
    pub(crate) revision: u64,
}

impl Upload {
    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        self.checksum.as_ref().and_then(|(name, _)| Algorithm::of_name(name))
    }
}

/// A part of an upload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) blob: Blob,
    /// Without quotes.
    pub(crate) etag: String,
    pub(crate) modified: Timestamp,
}

impl Part {
    /// As it travels.
    pub(crate) fn quoted_etag(&self) -> String {
        format!("\"{}\"", self.etag)
    }
}

impl Object {
    pub(crate) fn size(&self) -> u64 {
        self.blobs.iter().map(|blob| blob.size).sum()
    }

    /// As it travels.
    pub(crate) fn quoted_etag(&self) -> String {
        format!("\"{}\"", self.etag)
    }

    /// How many parts it was made of; none if it was put at once.
    pub(crate) fn parts(&self) -> Option<usize> {
        self.etag.contains('-').then_some(self.blobs.len())
    }

    /// Where a part begins and how long it is; an object that was put at once is its own first part.
    pub(crate) fn part(&self, number: usize) -> Option<(u64, u64)> {
        let index = number.checked_sub(1)?;
        if self.parts().is_none() {
            return (index == 0).then(|| (0, self.size()));
        }
        let before = self.blobs.get(..index)?.iter().map(|blob| blob.size).sum();
        Some((before, self.blobs.get(index)?.size))
    }
}

/// Numbers as one text of hexadecimal digits, sixteen each.
mod hexadecimal {
    use std::fmt::Write;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(numbers: &[u64], serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(numbers.len() * 16);
        for number in numbers {
            // Writing to a text cannot fail.
            let _ = write!(text, "{number:016x}");
        }
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = |start: usize| text.get(start..start + 16);
        let numbers = (0..text.len()).step_by(16).map(|start| {
            digits(start)
                .and_then(|digits| u64::from_str_radix(digits, 16).ok())
                .ok_or_else(|| D::Error::custom("not a list of checksums"))
        });
        numbers.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(size: u64) -> Blob {
        Blob { id: "b".into(), size, blocks: vec![0, u64::MAX, 7], checksum: None }
    }

    #[test]
    fn records_are_read_as_they_were_written_and_older_ones_too() {
        let text = serde_json::to_string(&blob(3)).unwrap();
        assert_eq!(serde_json::from_str::<Blob>(&text).unwrap(), blob(3));
        let old: Blob = serde_json::from_str(r#"{"id":"b","size":3}"#).unwrap();
        assert_eq!(old, Blob { blocks: Vec::new(), ..blob(3) });
        assert!(serde_json::from_str::<Blob>(r#"{"id":"b","size":3,"blocks":"012"}"#).is_err());
        let old = r#"{"blobs":[],"etag":"e","modified":"2026-01-01T00:00:00Z","checksums":{"CRC32":"x"},
            "headers":{"content_type":null,"cache_control":null,"content_disposition":null,"content_encoding":null,
            "content_language":null,"metadata":{}}}"#;
        assert_eq!(serde_json::from_str::<Object>(old).unwrap().checksum, None);
    }

    #[test]
    fn parts_lie_one_after_the_other() {
        let object = |etag: &str| Object {
            blobs: vec![blob(5), blob(3)],
            etag: etag.into(),
            modified: Timestamp::UNIX_EPOCH,
            headers: Headers::default(),
            checksum: None,
            tags: Vec::new(),
        };
        let parts = |etag: &str| [0, 1, 2, 3].map(|number| object(etag).part(number));
        assert_eq!(parts("e-2"), [None, Some((0, 5)), Some((5, 3)), None]);
        assert_eq!(parts("e"), [None, Some((0, 8)), None, None]);
    }
}
