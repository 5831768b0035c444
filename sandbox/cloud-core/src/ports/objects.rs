//! Reading objects out of buckets.

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use crate::caller::Caller;
use crate::error::AwsError;

/// What is known about an object without its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectHead {
    /// Bytes.
    pub size: u64,
    /// The entity tag, without quotes.
    pub etag: String,
    /// Of the last change.
    pub last_modified: Timestamp,
    /// The version, in a bucket that keeps versions.
    pub version: Option<String>,
    /// The region of its bucket.
    pub region: String,
}

/// Who reads: somebody, by a service that he asked for something.
#[derive(Clone, Copy, Debug)]
pub struct OnBehalf<'a> {
    /// He.
    pub caller: &'a Caller,
    /// The service, `lambda.amazonaws.com`.
    pub service: &'static str,
}

/// Where objects are kept. Whoever has one read must be let to it, as if he asked himself: `AccessDenied`.
#[async_trait]
pub trait ObjectReader: Send + Sync {
    /// The whole object; `NoSuchBucket`, `NoSuchKey` or `NoSuchVersion` when it is not there.
    async fn get(
        &self,
        reader: OnBehalf<'_>,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<Bytes, AwsError>;

    /// What is known about it.
    async fn head(
        &self,
        reader: OnBehalf<'_>,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<ObjectHead, AwsError>;
}
