//! From a source to a target, batch by batch: the loop of an event source mapping. What is in an event, and which records
//! an answer calls failed, is the affair of who maps; so are batch windows, bisection and starting positions.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::budget::Source as Holder;
use cloud_core::{
    Context, Delivered, Delivery, Poll, PortError, Reader, Receipt, Record, Source, SourceKind,
};

use crate::Retry;
use crate::task::caught;

/// Which records of a batch failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// None.
    None,
    /// All.
    All,
    /// Those with these ids. Of a stream, what follows the first of them counts as failed, too.
    Some(Vec<String>),
}

/// How batches become deliveries, and answers what is acknowledged.
pub trait Mapping: Send + Sync + 'static {
    /// The delivery of a batch, with its target and the trace that its records came with.
    fn delivery(&self, reader: &Reader, records: &[Record]) -> Delivery;

    /// Which records failed. By itself a failing function failed all of them.
    fn failed(&self, answer: &Delivered) -> Failed {
        if answer.function_error.is_some() { Failed::All } else { Failed::None }
    }
}

/// What a step of a pump came to.
#[derive(Debug)]
pub enum Pumped {
    /// There was nothing within the poll's wait.
    Idle,
    /// A batch of so many records was delivered, of which so many failed.
    Batch {
        /// Records.
        records: usize,
        /// Records that were not acknowledged.
        failed: usize,
    },
    /// The source or the target did not do its part. What was polled was not acknowledged.
    Stopped(PortError),
}

/// One reader's way from a source to a target.
pub struct Pump<M> {
    context: Context,
    source: Arc<dyn Source>,
    reader: Reader,
    poll: Poll,
    mapping: M,
}

impl<M: Mapping> Pump<M> {
    /// A pump that polls so. Where it begins is the source's affair: it keeps the reader's checkpoint.
    pub fn new(context: Context, source: Arc<dyn Source>, reader: Reader, poll: Poll, mapping: M) -> Self {
        Self { context, source, reader, poll, mapping }
    }

    /// Pumps until the source or the target is gone, and says which error told so. After a failure it waits longer and
    /// longer on the cloud's clock.
    pub async fn run(&self) -> PortError {
        let pause = Retry { backoff: 1000, most_backoff: 60_000, ..Retry::default() };
        let mut stops = 0;
        loop {
            let is_stopped = match self.step().await {
                Pumped::Stopped(error @ PortError::Gone(_)) => return error,
                Pumped::Stopped(error) => {
                    tracing::info!(%error, source = %self.reader.source, "a mapping has to wait");
                    true
                }
                // What a queue was not told to forget is hidden for a while; a stream gives it at once.
                Pumped::Batch { failed, .. } => failed > 0 && self.source.kind() == SourceKind::Stream,
                Pumped::Idle => false,
            };
            if is_stopped {
                let wait = pause.after_refusal(stops).unwrap_or(Duration::from_mins(1));
                stops = stops.saturating_add(1);
                self.context.clock().wait(wait).await;
            } else {
                stops = 0;
            }
        }
    }

    /// One batch: polled, delivered, acknowledged as far as it did not fail. Whoever drops this has acknowledged nothing,
    /// or what was done.
    pub async fn step(&self) -> Pumped {
        self.batch().await.unwrap_or_else(Pumped::Stopped)
    }

    async fn batch(&self) -> Result<Pumped, PortError> {
        // Who waits for records holds no room for them.
        self.source.ready(&self.reader, self.poll.wait).await?;
        let holder = Holder::named("source", self.reader.source.to_string());
        let room = self.context.memory().reserve_when_free(&holder, self.poll.bytes).await;
        let _room = room.map_err(|error| PortError::Refused(error.into()))?;
        let poll = Poll { wait: Duration::ZERO, ..self.poll.clone() };
        let records = self.source.poll(&self.reader, poll).await?;
        if records.is_empty() {
            return Ok(Pumped::Idle);
        }
        let delivery = self.mapping.delivery(&self.reader, &records).awaited();
        let answer = caught(self.context.peers().deliver(delivery)).await?;
        let done = acknowledged(self.source.kind(), &records, &self.mapping.failed(&answer));
        if !done.is_empty() {
            self.source.acknowledge(&self.reader, &done).await?;
        }
        Ok(Pumped::Batch { records: records.len(), failed: records.len() - done.len() })
    }
}

/// What is acknowledged of a batch.
// AWS: of a stream, Lambda "uses the lowest sequence number as the checkpoint".
fn acknowledged(kind: SourceKind, records: &[Record], failed: &Failed) -> Vec<Receipt> {
    let is_done = |record: &&Record| match failed {
        Failed::None => true,
        Failed::All => false,
        Failed::Some(ids) => !ids.contains(&record.id),
    };
    let receipt = |record: &Record| record.receipt.clone();
    match kind {
        SourceKind::Queue => records.iter().filter(is_done).map(receipt).collect(),
        SourceKind::Stream => records.iter().take_while(is_done).map(receipt).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: SourceKind, failed: &Failed, expected: &[&str]) {
        let record = |id: &str| Record {
            id: id.into(),
            receipt: Receipt(id.into()),
            payload: bytes::Bytes::new(),
            attributes: std::collections::BTreeMap::new(),
            group_id: None,
            sent: jiff::Timestamp::UNIX_EPOCH,
            received: 1,
            trace: cloud_core::Trace::default(),
        };
        let done = acknowledged(kind, &["1", "2", "3"].map(record), failed);
        assert_eq!(done.iter().map(|receipt| receipt.0.as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_failed_is_not_acknowledged() {
        use SourceKind::{Queue, Stream};
        let second = Failed::Some(vec!["2".into()]);
        check(Queue, &second, &["1", "3"]);
        check(Stream, &second, &["1"]);
        for kind in [Queue, Stream] {
            check(kind, &Failed::None, &["1", "2", "3"]);
            check(kind, &Failed::All, &[]);
        }
    }
}
