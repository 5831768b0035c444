//! From a source to a target, batch by batch: the loop of an event source mapping. What is in an event, which records an
//! answer calls failed, and where those go that are given up is the affair of who maps.
//!
//! `gather` makes batches. Of a queue many are under way at once (`queue`, as many as `scale` says); what fails is given again
//! by the queue itself. A stream goes on in order, and a batch that fails is tried again until it is given up (`stream`).

mod gather;
mod queue;
mod scale;
mod stream;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cloud_core::{
    AwsError, Context, Delivered, Delivery, Poll, PortError, Reader, Receipt, Record, Source, SourceKind,
};
use tokio::sync::watch;

use crate::Retry;
use crate::task::caught;

/// For how long a batch of a queue is kept that does not say for how long it hides what it gave.
const HIDDEN: Duration = Duration::from_secs(30);
/// The shortest pause before a batch is offered again.
const LEAST_PAUSE: Duration = Duration::from_millis(500);

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

/// How a pump goes about it.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Records and bytes of one batch, and how long to wait for its first record. The bytes are those of [`Mapping::size`].
    pub poll: Poll,
    /// For how long more records are gathered after the first.
    pub window: Duration,
    /// How many batches of a queue are under way at once, at first.
    pub first: usize,
    /// The same when it has grown.
    pub most: usize,
    /// How many batches of a stream's shard are under way at once; records of one key are in one of them.
    pub lanes: usize,
    /// How often a batch of a stream is tried again that failed; until it is too old where there is none.
    pub retries: Option<u32>,
    /// Records of a stream that are older are given up.
    pub max_age: Option<Duration>,
    /// Whether a batch of a stream that failed is split in two before it is tried again.
    pub bisects: bool,
    /// Whether functions that fail slow it down.
    pub backs_off: bool,
}

impl Pace {
    /// Batches one after the other, each at once, tried again for ever.
    pub fn of(poll: Poll) -> Self {
        Self {
            poll,
            window: Duration::ZERO,
            first: 1,
            most: 1,
            lanes: 1,
            retries: None,
            max_age: None,
            bisects: false,
            backs_off: true,
        }
    }
}

impl From<Poll> for Pace {
    fn from(poll: Poll) -> Self {
        Self::of(poll)
    }
}

/// Why records of a stream are given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// They failed as often as they may.
    Attempts,
    /// They are too old.
    Age,
}

/// Records of a stream that are given up.
#[derive(Clone, Copy, Debug)]
pub struct GivenUp<'a> {
    /// They.
    pub records: &'a [Record],
    /// Why.
    pub cause: Cause,
    /// How often they were delivered.
    pub deliveries: u32,
    /// The last answer that they were delivered for, if they were.
    pub answer: Option<&'a Delivered>,
}

/// What a pump tells of.
#[derive(Clone, Copy, Debug)]
pub enum Noted<'a> {
    /// A batch was delivered, of which so many failed.
    Delivered {
        /// Records.
        records: usize,
        /// Records that failed.
        failed: usize,
    },
    /// The source or the target did not do its part.
    Stopped(&'a AwsError),
}

/// How batches become deliveries, and answers what is acknowledged.
#[async_trait]
pub trait Mapping: Send + Sync + 'static {
    /// The delivery of a batch, with its target and the trace that its records came with.
    fn delivery(&self, reader: &Reader, records: &[Record]) -> Delivery;

    /// Which records failed. By itself a failing function failed all of them.
    fn failed(&self, _records: &[Record], answer: &Delivered) -> Failed {
        if answer.function_error.is_some() { Failed::All } else { Failed::None }
    }

    /// Bytes that a record takes in a delivery.
    fn size(&self, _reader: &Reader, record: &Record) -> u64 {
        record.payload.len() as u64
    }

    /// How many records, and of how many bytes together, fit into so many bytes of a delivery whatever they are.
    fn fitting(&self, bytes: u64) -> (usize, u64) {
        (usize::MAX, bytes)
    }

    /// Keeps durably what becomes of records that are given up. Only then are they done with.
    async fn give_up(&self, _reader: &Reader, _given_up: GivenUp<'_>) -> Result<(), PortError> {
        Ok(())
    }

    /// Is told what became of batches.
    fn note(&self, _noted: Noted<'_>) {}
}

/// Why a pump has ended.
#[derive(Debug)]
pub enum Ended {
    /// It was stopped.
    Stopped,
    /// There is no such source any more, or its shard was read to its end.
    SourceGone(AwsError),
    /// There is no such target any more.
    TargetGone(AwsError),
}

/// One reader's way from a source to a target.
pub struct Pump<M> {
    context: Context,
    source: Arc<dyn Source>,
    reader: Reader,
    pace: Pace,
    mapping: M,
    stopping: watch::Sender<bool>,
    quiet: watch::Sender<bool>,
    /// Batches that the target does not take for the time being.
    throttled: AtomicUsize,
}

impl<M: Mapping> Pump<M> {
    /// A pump of that pace. Where it begins is the source's affair: it keeps the reader's checkpoint.
    pub fn new(
        context: Context,
        source: Arc<dyn Source>,
        reader: Reader,
        pace: impl Into<Pace>,
        mapping: M,
    ) -> Self {
        let (stopping, quiet) = (watch::Sender::new(false), watch::Sender::new(false));
        let (pace, throttled) = (pace.into(), AtomicUsize::new(0));
        Self { context, source, reader, pace, mapping, stopping, quiet, throttled }
    }

    /// Pumps until it is stopped, or the source or the target is gone. After a failure it waits longer and longer on the
    /// cloud's clock. Whoever drops this has acknowledged nothing, or what was done.
    pub async fn run(&self) -> Ended {
        let ended = match self.source.kind() {
            SourceKind::Queue => self.run_queue().await,
            SourceKind::Stream => self.run_stream().await,
        };
        self.quiet.send_replace(true);
        ended
    }

    /// Has it poll no more. What was polled is delivered, and then the run ends.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Returns once a stopped one polls no more. Of a queue, batches may still be under way; of a stream none are.
    pub async fn quiet(&self) {
        // An error is the end of the pump, which is as quiet.
        let _ = self.quiet.subscribe().wait_for(|quiet| *quiet).await;
    }

    fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    async fn stopped(&self) {
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// How long to wait after so many failures on end.
    fn pause(failures: u32) -> Duration {
        let pauses = Retry { backoff: 1000, most_backoff: 60_000, ..Retry::default() };
        pauses.after_refusal(failures).unwrap_or(Duration::from_mins(1))
    }

    /// Waits, unless it is stopped meanwhile. Whether it goes on.
    async fn rest(&self, time: Duration) -> bool {
        tokio::select! {
            () = self.context.clock().wait(time) => true,
            () = self.stopped() => false,
        }
    }

    /// Delivers records, again and again where the target does not take them for the time being: of a queue, which hides what
    /// it gave, as long as it has hidden what was polled at that moment of the monotonic clock.
    // AWS: "Lambda continues to retry the message until the message's timestamp exceeds your queue's visibility timeout, at
    // which point Lambda drops the message." So what is throttled for less counts as received once.
    async fn offer(&self, records: &[Record], polled: Option<Duration>) -> Result<Delivered, PortError> {
        let (mut throttled, mut end) = (None, None);
        let mut refusals = 0;
        loop {
            let delivery = self.mapping.delivery(&self.reader, records).awaited();
            let error = match caught(self.context.peers().deliver(delivery)).await {
                Err(PortError::Throttled(error)) => error,
                outcome => return outcome,
            };
            self.mapping.note(Noted::Stopped(&error));
            throttled.get_or_insert_with(|| Throttled::begin(&self.throttled));
            if let (Some(polled), None) = (polled, end) {
                end = Some(polled.saturating_add(self.visibility().await));
            }
            // The nearer the end, the sooner again: what is let go is received twice.
            let left = end.map(|end| end.saturating_sub(self.context.clock().monotonic()));
            let wait = left.map_or(Duration::MAX, |left| left / 2).min(Self::pause(refusals));
            if wait < LEAST_PAUSE || !self.rest(wait).await {
                return Err(PortError::Throttled(error));
            }
            refusals = refusals.saturating_add(1);
        }
    }

    /// For how long the queue hides what it gave.
    async fn visibility(&self) -> Duration {
        if let Some(time) = self.pace.poll.visibility {
            return time;
        }
        let described = self.source.describe(&self.reader).await;
        described.ok().and_then(|description| description.visibility).unwrap_or(HIDDEN)
    }

    /// Is done with records.
    async fn acknowledge(&self, done: &[Receipt]) -> Result<(), PortError> {
        if done.is_empty() { Ok(()) } else { self.source.acknowledge(&self.reader, done).await }
    }
}

/// Counts a batch that is not taken, until it is dropped.
struct Throttled<'a>(&'a AtomicUsize);

impl<'a> Throttled<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Throttled<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What is done of a batch, and what is not.
// AWS: of a stream, Lambda "uses the lowest sequence number as the checkpoint".
fn divide(kind: SourceKind, records: Vec<Record>, failed: &Failed) -> (Vec<Receipt>, Vec<Record>) {
    let is_done = |record: &Record| match failed {
        Failed::None => true,
        Failed::All => false,
        Failed::Some(ids) => !ids.contains(&record.id),
    };
    let (mut done, mut left) = (Vec::new(), Vec::new());
    for record in records {
        if is_done(&record) && (kind == SourceKind::Queue || left.is_empty()) {
            done.push(record.receipt);
        } else {
            left.push(record);
        }
    }
    (done, left)
}
