//! A batch: polled, until it is full, its window is over, or it holds as many bytes as a delivery may have.

use std::time::Duration;

use cloud_core::budget::{Reservation, Source as Holder};
use cloud_core::{Poll, PortError, Receipt, Record, SourceKind};

use super::{Mapping, Pump};

/// A batch with the room that it takes.
pub(super) struct Batch {
    pub(super) records: Vec<Record>,
    /// When the first of them was polled, or before.
    pub(super) polled: Duration,
    _room: Reservation,
}

/// A batch that grows.
struct Gathering {
    records: Vec<Record>,
    /// Bytes that are left in its delivery.
    left: u64,
    /// Whether what was polled last was all that may be had.
    is_drained: bool,
    /// Whether it takes no more.
    is_full: bool,
}

impl<M: Mapping> Pump<M> {
    /// Waits until there may be records. Who waits holds no room for them.
    pub(super) async fn ready(&self) -> Result<(), PortError> {
        self.source.ready(&self.reader, self.pace.poll.wait).await
    }

    /// A batch of so many records at most; none where there are none, or where it is stopped before. It is not to be dropped
    /// where it waits: what a queue gave would stay hidden for a while.
    pub(super) async fn gather(&self, most: usize) -> Result<Option<Batch>, PortError> {
        let holder = Holder::named("source", self.reader.source.to_string());
        let room = tokio::select! {
            room = self.context.memory().reserve_when_free(&holder, self.pace.poll.bytes) => room,
            () = self.stopped() => return Ok(None),
        };
        let mut room = room.map_err(|error| PortError::Refused(error.into()))?;
        let polled = self.context.clock().monotonic();
        let records = match self.source.kind() {
            SourceKind::Queue => self.gather_of_queue(most).await?,
            SourceKind::Stream => self.gather_of_stream(most).await?,
        };
        room.shrink_to(records.iter().map(|record| self.mapping.size(&self.reader, record)).sum());
        Ok((!records.is_empty()).then_some(Batch { records, polled, _room: room }))
    }

    async fn gather_of_queue(&self, most: usize) -> Result<Vec<Record>, PortError> {
        let left = self.pace.poll.bytes;
        let mut batch = Gathering { records: Vec::new(), left, is_drained: false, is_full: false };
        self.poll_more(&mut batch, most).await?;
        let clock = self.context.clock();
        let end = clock.monotonic().saturating_add(self.pace.window);
        while !batch.records.is_empty() && !batch.is_full && !self.is_stopping() {
            let left = end.saturating_sub(clock.monotonic());
            if batch.is_drained {
                if left.is_zero() {
                    break;
                }
                tokio::select! {
                    ready = self.source.ready(&self.reader, left) => if ready.is_err() { break },
                    () = self.stopped() => break,
                }
            }
            // What was polled already is delivered, whatever becomes of the rest.
            if let Err(error) = self.poll_more(&mut batch, most).await {
                tracing::info!(%error, source = %self.reader.source, "a batch stays smaller than it could be");
                break;
            }
        }
        Ok(batch.records)
    }

    async fn poll_more(&self, batch: &mut Gathering, most: usize) -> Result<(), PortError> {
        let (records, bytes) = self.mapping.fitting(batch.left);
        let records = most.saturating_sub(batch.records.len()).min(records).max(1);
        let poll = Poll { records, bytes, wait: Duration::ZERO, ..self.pace.poll.clone() };
        let given = self.source.poll(&self.reader, poll).await?;
        let polled: u64 = given.iter().map(|record| record.payload.len() as u64).sum();
        batch.is_drained = given.len() < records && polled < bytes / 2;
        let mut back: Vec<Receipt> = Vec::new();
        for record in given {
            let size = self.mapping.size(&self.reader, &record);
            if !back.is_empty() || size > batch.left && !batch.records.is_empty() {
                back.push(record.receipt);
                continue;
            }
            batch.left = batch.left.saturating_sub(size);
            batch.records.push(record);
        }
        // Near the end a large record would not fit: better a batch that could hold more than one that is given back.
        batch.is_full =
            batch.records.len() >= most || !back.is_empty() || batch.left < self.pace.poll.bytes / 3;
        if !back.is_empty() {
            self.source.hide(&self.reader, &back, Duration::ZERO).await?;
        }
        Ok(())
    }

    async fn gather_of_stream(&self, most: usize) -> Result<Vec<Record>, PortError> {
        let (records, is_full) = self.head_of_stream(most).await?;
        // LIMIT: a stream does not say how much has come: a batch that is not full waits for the whole window.
        if records.is_empty() || is_full || self.pace.window.is_zero() || !self.rest(self.pace.window).await {
            return Ok(records);
        }
        Ok(self.head_of_stream(most).await?.0)
    }

    /// What stands behind the checkpoint, as much as fits, and whether that is all that fits.
    async fn head_of_stream(&self, most: usize) -> Result<(Vec<Record>, bool), PortError> {
        // Each lane's batch is a delivery of its own.
        let mut left = self.pace.poll.bytes;
        let (records, bytes) = self.mapping.fitting(left);
        let records = records.saturating_mul(self.pace.lanes).min(most).max(1);
        let poll = Poll { records, bytes, wait: Duration::ZERO, ..self.pace.poll.clone() };
        let mut given = self.source.poll(&self.reader, poll).await?;
        let mut fits = 0;
        for record in &given {
            let size = self.mapping.size(&self.reader, record);
            if size > left && fits > 0 {
                break;
            }
            left = left.saturating_sub(size);
            fits += 1;
        }
        let is_full = fits < given.len() || given.len() >= records || left < self.pace.poll.bytes / 3;
        given.truncate(fits);
        Ok((given, is_full))
    }
}
