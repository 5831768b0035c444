//! Writing log events.

use async_trait::async_trait;
use bytes::Bytes;

use crate::error::AwsError;

/// One event of a log stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Milliseconds since 1970.
    pub timestamp_ms: i64,
    /// The text, without the line's end. Lines of one writer may share their bytes: it is what he wrote, in one piece.
    pub message: Bytes,
}

/// Where logs are kept.
#[async_trait]
pub trait LogSink: Send + Sync {
    /// Makes the group if there is none of that name.
    async fn ensure_group(&self, group: &str) -> Result<(), AwsError>;

    /// Adds events in their order; group and stream are made if they are missing. Returns when they are durable.
    async fn put(&self, group: &str, stream: &str, lines: Vec<LogLine>) -> Result<(), AwsError>;
}
