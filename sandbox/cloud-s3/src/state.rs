//! Buckets, objects and uploads as they are remembered: pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::shapes::{PublicAccessBlockConfiguration, Tag};

/// A bucket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bucket {
    pub(crate) created: Timestamp,
    pub(crate) region: String,
    /// A policy document, kept as it came.
    pub(crate) policy: Option<serde_json::Value>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
    /// AWS: a new bucket blocks all public access until somebody says otherwise.
    #[serde(default = "Bucket::closed")]
    pub(crate) public_access_block: Option<PublicAccessBlockConfiguration>,
}

impl Bucket {
    /// A bucket as it begins.
    pub(crate) fn new(created: Timestamp, region: &str) -> Self {
        let region = region.to_owned();
        Self { created, region, policy: None, tags: Vec::new(), public_access_block: Self::closed() }
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
    /// The files that hold the contents, one after the other.
    pub(crate) blobs: Vec<Blob>,
    /// Without quotes.
    pub(crate) etag: String,
    pub(crate) modified: Timestamp,
    pub(crate) headers: Headers,
    /// Checksums that the client sent and that were verified, by their name in `x-amz-checksum-…`.
    pub(crate) checksums: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
}

/// A file with contents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Blob {
    pub(crate) id: String,
    pub(crate) size: u64,
}

/// What comes back with an object as it was given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Headers {
    pub(crate) content_type: Option<String>,
    pub(crate) cache_control: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_language: Option<String>,
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
    pub(crate) parts: BTreeMap<u32, Part>,
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

    /// Whether an `If-Match` or `If-None-Match` names it.
    pub(crate) fn is_named_by(&self, condition: &str) -> bool {
        condition
            .split(',')
            .map(|etag| etag.trim().trim_matches('"'))
            .any(|etag| etag == "*" || etag == self.etag)
    }
}
