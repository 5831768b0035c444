//! Reading records from an ARN: queues, which hide what they gave until it is acknowledged, and streams, which remember
//! how far each reader has come.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use super::{Attribute, PortError, Trace};
use crate::arn::Arn;

/// How a source goes on after what it gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Record by record: what is acknowledged is gone, what is not is given again after its visibility.
    Queue,
    /// By position: to acknowledge a record is a checkpoint behind it and all before it.
    Stream,
}

/// Who reads from what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reader {
    /// The queue or stream.
    pub source: Arn,
    /// A name of the reader's own, by which a stream keeps its checkpoint. Queues know one reader only.
    pub name: String,
    /// The part of a stream that is read, where it has several.
    pub shard: Option<String>,
}

/// What a source says of itself to who reads it, or is about to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// For how long a queue hides what it gives, unless a poll says otherwise.
    pub visibility: Option<Duration>,
    /// Whether records of one group are given in order.
    pub is_ordered: bool,
    /// Whether there is nothing in it for the reader: nothing that waits, is hidden, or becomes ready later.
    pub is_empty: bool,
    /// The source's own policy, if it has one.
    pub policy: Option<Arc<str>>,
    /// The shards of a stream that the reader may read now: those whose parents it has read to their ends.
    pub shards: Vec<String>,
}

/// Where a reader of a stream begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// With the oldest record that is kept.
    Oldest,
    /// Behind the newest.
    Latest,
    /// With the first that came at that moment or later.
    At(Timestamp),
}

/// Which records are wanted; the others count as acknowledged, and are not given.
pub type Filter = Arc<dyn Fn(&Record) -> bool + Send + Sync>;

/// What one poll may give.
#[derive(Clone)]
pub struct Poll {
    /// Records at most; at least 1.
    pub records: usize,
    /// Bytes of payloads at most. A first record that is larger comes alone.
    pub bytes: u64,
    /// How long to wait for a first record, on the cloud's clock. Zero is not at all.
    pub wait: Duration,
    /// For how long a queue hides what it gives; its own setting where there is none.
    pub visibility: Option<Duration>,
    /// Which records are wanted; all where there is none.
    pub filter: Option<Filter>,
}

impl Default for Poll {
    /// Ten records of 256 KiB together, at once.
    fn default() -> Self {
        Self { records: 10, bytes: 256 << 10, wait: Duration::ZERO, visibility: None, filter: None }
    }
}

impl fmt::Debug for Poll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poll")
            .field("records", &self.records)
            .field("bytes", &self.bytes)
            .field("wait", &self.wait)
            .field("visibility", &self.visibility)
            .field("filter", &self.filter.is_some())
            .finish()
    }
}

/// What names a record to its source, as this poll gave it: a receipt handle, a sequence number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Receipt(pub String);

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The same each time it is given: a message id, a sequence number.
    pub id: String,
    /// By what it is acknowledged.
    pub receipt: Receipt,
    /// The payload.
    pub payload: Bytes,
    /// Message attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// What the source tells of it besides, called as in the source's own answers: `SenderId`, `MD5OfBody`.
    pub system: BTreeMap<String, String>,
    /// The group or partition key within which records are in order.
    pub group_id: Option<String>,
    /// When it was sent.
    pub sent: Timestamp,
    /// How often it was given, this time counted; 1 where the source does not count.
    pub received: u32,
    /// The trace it belongs to, and which functions it has come through.
    pub trace: Trace,
}

/// A service whose resources are polled. What it gives it gives at least once.
#[async_trait]
pub trait Source: Send + Sync {
    /// How it goes on after what it gave.
    fn kind(&self) -> SourceKind;

    /// What it says of itself to a reader.
    async fn describe(&self, reader: &Reader) -> Result<Description, PortError>;

    /// Has a reader of a stream begin there, unless it has a checkpoint. A shard whose parents it has read begins with its
    /// oldest record wherever. Queues have no such thing.
    async fn begin(&self, _: &Reader, _: Position) -> Result<(), PortError> {
        Ok(())
    }

    /// Forgets the checkpoints that a reader has, in all shards. Queues have none.
    async fn forget(&self, _: &Reader) -> Result<(), PortError> {
        Ok(())
    }

    /// Returns when there may be records for a reader, or after so long on the cloud's clock: for who wants room for them
    /// only then.
    async fn ready(&self, reader: &Reader, wait: Duration) -> Result<(), PortError>;

    /// Records in order, none where there are none within [`Poll::wait`]. Who stops waiting has acknowledged nothing.
    async fn poll(&self, reader: &Reader, poll: Poll) -> Result<Vec<Record>, PortError>;

    /// Is done with records: a queue removes them, a stream sets its reader's checkpoint behind the last of them. One that
    /// was given to somebody else meanwhile, or is gone, is no error. Durable when it returns.
    async fn acknowledge(&self, reader: &Reader, receipts: &[Receipt]) -> Result<(), PortError>;

    /// Hides records for so long from now on; zero gives them back at once. A stream gives them back in any case: it goes
    /// on behind its checkpoint.
    async fn hide(
        &self,
        reader: &Reader,
        receipts: &[Receipt],
        visibility: Duration,
    ) -> Result<(), PortError>;
}
