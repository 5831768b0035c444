//! A stream's shard: in order. A batch that failed is tried again before what follows it, until it is done or given up.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use cloud_core::{AwsError, Delivered, PortError, Record, SourceKind};
use futures_util::future::join_all;

use super::{Cause, Ended, Failed, GivenUp, Mapping, Noted, Pump, divide};

/// Records that are delivered together.
struct Batch {
    records: Vec<Record>,
    /// How often it was delivered before, itself or the batch that it was a part of.
    deliveries: u32,
    /// How often that failed and counts.
    failures: u32,
    answer: Option<Delivered>,
}

/// Why a lane does not go on.
enum Halt {
    Stopped,
    Gone(AwsError),
    /// The source, or what keeps what is given up, did not do its part.
    Failed(PortError),
}

impl<M: Mapping> Pump<M> {
    pub(super) async fn run_stream(&self) -> Ended {
        let mut failures = 0;
        while !self.is_stopping() {
            match self.round().await {
                Ok(()) => failures = 0,
                Err(Halt::Stopped) => return Ended::Stopped,
                Err(Halt::Gone(error)) => {
                    self.mapping.note(Noted::Stopped(&error));
                    return Ended::TargetGone(error);
                }
                Err(Halt::Failed(PortError::Gone(error))) => return Ended::SourceGone(error),
                Err(Halt::Failed(error)) => {
                    tracing::info!(%error, source = %self.reader.source, "a mapping has to wait");
                    self.mapping.note(Noted::Stopped(error.error()));
                    self.rest(Self::pause(failures)).await;
                    failures = failures.saturating_add(1);
                }
            }
        }
        Ended::Stopped
    }

    /// What stands behind the checkpoint, until it is done with.
    async fn round(&self) -> Result<(), Halt> {
        tokio::select! {
            ready = self.ready() => ready.map_err(Halt::Failed)?,
            () = self.stopped() => return Err(Halt::Stopped),
        }
        let size = self.pace.poll.records.max(1);
        let gathered =
            self.gather(size.saturating_mul(self.pace.lanes.max(1))).await.map_err(Halt::Failed)?;
        let Some(batch) = gathered else { return Ok(()) };
        if self.pace.lanes <= 1 {
            return self.lane(batch.records, size, true).await;
        }
        let last = batch.records.last().map(|record| record.receipt.clone());
        let lanes = into_lanes(batch.records, self.pace.lanes);
        let lanes = lanes.into_iter().map(|records| self.lane(records, size, false));
        join_all(lanes).await.into_iter().collect::<Result<Vec<()>, Halt>>()?;
        // LIMIT: the checkpoint goes on when all lanes are done: AWS keeps one for each.
        self.acknowledge(last.as_slice()).await.map_err(Halt::Failed)
    }

    /// Delivers records in order, and acknowledges them as they are done where it may.
    async fn lane(&self, records: Vec<Record>, size: usize, acknowledges: bool) -> Result<(), Halt> {
        let mut waiting = VecDeque::from(cut(records, size));
        while let Some(batch) = waiting.pop_front() {
            let mut done = Vec::new();
            let left = self.without_old(batch, &mut done).await.map_err(Halt::Failed)?;
            let next = match left {
                Some(batch) => self.attempt(batch, &mut done).await?,
                None => Vec::new(),
            };
            if acknowledges {
                self.acknowledge(&done).await.map_err(Halt::Failed)?;
            }
            let failures = next.first().map(|batch| batch.failures);
            for batch in next.into_iter().rev() {
                waiting.push_front(batch);
            }
            if let Some(failures) = failures
                && !self.rest(Self::pause(failures.saturating_sub(1))).await
            {
                return Err(Halt::Stopped);
            }
        }
        Ok(())
    }

    /// Gives up those records at the beginning that are too old. What is left, if any is.
    async fn without_old(
        &self,
        mut batch: Batch,
        done: &mut Vec<cloud_core::Receipt>,
    ) -> Result<Option<Batch>, PortError> {
        let Some(max_age) = self.pace.max_age else { return Ok(Some(batch)) };
        let now = self.context.now();
        let is_old = |record: &&Record| {
            Duration::try_from(record.sent.duration_until(now)).is_ok_and(|age| age > max_age)
        };
        let old = batch.records.iter().take_while(is_old).count();
        if old == 0 {
            return Ok(Some(batch));
        }
        let rest = batch.records.split_off(old);
        self.give_up(&batch, Cause::Age).await?;
        done.extend(batch.records.into_iter().map(|record| record.receipt));
        Ok((!rest.is_empty()).then_some(Batch { records: rest, ..batch }))
    }

    /// Delivers a batch once. What of it is to be tried again.
    async fn attempt(
        &self,
        mut batch: Batch,
        done: &mut Vec<cloud_core::Receipt>,
    ) -> Result<Vec<Batch>, Halt> {
        batch.deliveries = batch.deliveries.saturating_add(1);
        let failed = match self.offer(&batch.records, None).await {
            Ok(answer) => {
                let failed = self.mapping.failed(&batch.records, &answer);
                batch.answer = Some(answer);
                failed
            }
            Err(PortError::Gone(error)) => return Err(Halt::Gone(error)),
            // It waits, and is stopped.
            Err(PortError::Throttled(_)) => return Err(Halt::Stopped),
            Err(PortError::Refused(error)) => {
                self.mapping.note(Noted::Stopped(&error));
                Failed::All
            }
        };
        let count = batch.records.len();
        let (finished, left) = divide(SourceKind::Stream, std::mem::take(&mut batch.records), &failed);
        self.mapping.note(Noted::Delivered { records: count, failed: left.len() });
        done.extend(finished);
        if left.is_empty() {
            return Ok(Vec::new());
        }
        batch.records = left;
        // AWS: "Splitting a batch doesn't count towards the retry quota." What an answer names is split off there.
        if self.pace.bisects && failed == Failed::All && count > 1 {
            let second = batch.records.split_off(count / 2);
            let (deliveries, failures) = (batch.deliveries, batch.failures);
            let second = Batch { records: second, deliveries, failures, answer: batch.answer.clone() };
            return Ok(vec![batch, second]);
        }
        batch.failures = batch.failures.saturating_add(1);
        if self.pace.retries.is_some_and(|retries| batch.failures > retries) {
            self.give_up(&batch, Cause::Attempts).await.map_err(Halt::Failed)?;
            done.extend(batch.records.into_iter().map(|record| record.receipt));
            return Ok(Vec::new());
        }
        Ok(vec![batch])
    }

    async fn give_up(&self, batch: &Batch, cause: Cause) -> Result<(), PortError> {
        let Batch { records, deliveries, answer, .. } = batch;
        let given_up = GivenUp { records, cause, deliveries: *deliveries, answer: answer.as_ref() };
        self.mapping.give_up(&self.reader, given_up).await
    }
}

fn cut(records: Vec<Record>, size: usize) -> Vec<Batch> {
    let mut batches = Vec::new();
    let mut records = records.into_iter().peekable();
    while records.peek().is_some() {
        let records = records.by_ref().take(size).collect();
        batches.push(Batch { records, deliveries: 0, failures: 0, answer: None });
    }
    batches
}

/// Records of one key in one lane, in order.
fn into_lanes(records: Vec<Record>, count: usize) -> Vec<Vec<Record>> {
    let mut lanes: Vec<Vec<Record>> = Vec::new();
    lanes.resize_with(count.max(1), Vec::new);
    for record in records {
        let mut hasher = DefaultHasher::new();
        record.group_id.hash(&mut hasher);
        let lane = usize::try_from(hasher.finish() % lanes.len() as u64).unwrap_or(0);
        if let Some(lane) = lanes.get_mut(lane) {
            lane.push(record);
        }
    }
    lanes.retain(|lane| !lane.is_empty());
    lanes
}
