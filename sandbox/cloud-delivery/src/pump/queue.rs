//! A queue: batches side by side. What is not acknowledged is given again when its visibility is over.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cloud_core::{AwsError, PortError, Record, SourceKind};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::gather::Batch;
use super::scale::Scale;
use super::{Ended, Mapping, Noted, Pump, divide};

/// How often on end a queue may have nothing that said it has something, and the pause before it is asked again after that.
const MOST_EMPTY: u32 = 8;
const EMPTY_PAUSE: Duration = Duration::from_millis(200);

type Pending<'p, T> = Pin<Box<dyn Future<Output = T> + Send + 'p>>;

/// What a batch came to.
enum Outcome {
    Done,
    /// The function failed, and that is to slow the pump down.
    Failed,
    /// The target or the source did not do its part.
    Stopped,
    Gone(AwsError),
}

/// A queue's run: what it waits for.
struct Run<'p, M> {
    pump: &'p Pump<M>,
    scale: Scale,
    under_way: FuturesUnordered<Pending<'p, Outcome>>,
    ready: Option<Pending<'p, Result<(), PortError>>>,
    gathering: Option<Pending<'p, Result<Option<Batch>, PortError>>>,
    pause: Option<Pending<'p, ()>>,
    /// Failures on end.
    failures: u32,
    /// How often on end there was nothing where the source said that there is something.
    empty: u32,
    ended: Option<Ended>,
}

impl<M: Mapping> Pump<M> {
    pub(super) async fn run_queue(&self) -> Ended {
        let scale = Scale::new(self.pace.first, self.pace.most, self.context.clock().monotonic());
        let queue = Run {
            pump: self,
            scale,
            under_way: FuturesUnordered::new(),
            ready: None,
            gathering: None,
            pause: None,
            failures: 0,
            empty: 0,
            ended: None,
        };
        queue.run().await
    }

    async fn deliver_batch(&self, batch: Batch) -> Outcome {
        let mut outcome = Outcome::Done;
        let mut waiting = vec![batch.records];
        while let Some(records) = waiting.pop() {
            match self.offer(&records, Some(batch.polled)).await {
                Ok(answer) => {
                    let (count, failed) = (records.len(), self.mapping.failed(&records, &answer));
                    let (done, left) = divide(SourceKind::Queue, records, &failed);
                    self.mapping.note(Noted::Delivered { records: count, failed: left.len() });
                    if let Err(error) = self.acknowledge(&done).await {
                        outcome = self.stopped_by(&error);
                    } else if !left.is_empty() && self.pace.backs_off {
                        outcome = Outcome::Failed;
                    }
                }
                Err(PortError::Refused(error)) => match self.split(records).await {
                    Some(halves) => waiting.extend(halves),
                    None => outcome = self.stopped_by(&PortError::Refused(error)),
                },
                Err(PortError::Gone(error)) => {
                    self.mapping.note(Noted::Stopped(&error));
                    return Outcome::Gone(error);
                }
                Err(error) => outcome = self.stopped_by(&error),
            }
        }
        outcome
    }

    fn stopped_by(&self, error: &PortError) -> Outcome {
        tracing::info!(%error, source = %self.reader.source, "a mapping has to wait");
        self.mapping.note(Noted::Stopped(error.error()));
        Outcome::Stopped
    }

    /// The halves of a batch that the target does not take, the second before the first: one record may be why. None of what
    /// could overtake one another.
    async fn split(&self, mut records: Vec<Record>) -> Option<[Vec<Record>; 2]> {
        if records.len() < 2 {
            return None;
        }
        let described = self.source.describe(&self.reader).await;
        if described.is_ok_and(|description| description.is_ordered) {
            return None;
        }
        let second = records.split_off(records.len() / 2);
        Some([second, records])
    }
}

impl<M: Mapping> Run<'_, M> {
    async fn run(mut self) -> Ended {
        loop {
            let is_stopping = self.ended.is_some() || self.pump.is_stopping();
            if is_stopping && self.gathering.is_none() {
                self.pump.quiet.send_replace(true);
                if self.under_way.is_empty() {
                    return self.ended.unwrap_or(Ended::Stopped);
                }
            }
            let grows = self.aim(is_stopping);
            self.go_on(is_stopping, grows).await;
        }
    }

    /// Waits for records if it may. If it may only later, when.
    fn aim(&mut self, is_stopping: bool) -> Option<Duration> {
        let is_throttled = self.pump.throttled.load(Ordering::SeqCst) > 0;
        if is_stopping || self.gathering.is_some() || self.pause.is_some() || is_throttled {
            self.ready = None;
            return None;
        }
        let now = self.pump.context.clock().monotonic();
        match self.scale.admits(self.under_way.len(), now) {
            Ok(()) => {
                let pump = self.pump;
                self.ready.get_or_insert_with(|| Box::pin(pump.ready()));
                None
            }
            Err(grows) => {
                self.ready = None;
                grows
            }
        }
    }

    async fn go_on(&mut self, is_stopping: bool, grows: Option<Duration>) {
        let (pump, clock) = (self.pump, self.pump.context.clock());
        let time_to_grow = async {
            match grows {
                Some(moment) => clock.wait_until(moment).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(outcome) = self.under_way.next(), if !self.under_way.is_empty() => self.heed(outcome),
            () = pump.stopped(), if !is_stopping => {}
            ready = end_of(&mut self.ready) => {
                self.ready = None;
                match ready {
                    Err(error) => self.fail(error),
                    // What came while the target takes nothing stays where it is.
                    Ok(()) if pump.throttled.load(Ordering::SeqCst) > 0 => {}
                    Ok(()) => self.gathering = Some(Box::pin(pump.gather(pump.pace.poll.records.max(1)))),
                }
            }
            gathered = end_of(&mut self.gathering) => {
                self.gathering = None;
                match gathered {
                    Ok(None) => self.find_nothing(),
                    Ok(Some(batch)) => {
                        self.empty = 0;
                        self.under_way.push(Box::pin(pump.deliver_batch(batch)));
                    }
                    Err(error) => self.fail(error),
                }
            }
            () = end_of(&mut self.pause) => self.pause = None,
            () = time_to_grow => {}
        }
    }

    fn heed(&mut self, outcome: Outcome) {
        let now = self.pump.context.clock().monotonic();
        match outcome {
            Outcome::Done => self.failures = 0,
            Outcome::Failed => {
                self.failures = 0;
                self.scale.shrink(now);
            }
            Outcome::Stopped => {
                self.scale.shrink(now);
                self.wait();
            }
            Outcome::Gone(error) => self.ended = Some(Ended::TargetGone(error)),
        }
    }

    /// After an error of the source.
    fn fail(&mut self, error: PortError) {
        match error {
            PortError::Gone(error) => self.ended = Some(Ended::SourceGone(error)),
            error => {
                self.pump.stopped_by(&error);
                self.wait();
            }
        }
    }

    /// Somebody else was faster, or the queue gives no more for the time being though there is more: that may last.
    fn find_nothing(&mut self) {
        (self.failures, self.empty) = (0, self.empty.saturating_add(1));
        if self.empty > MOST_EMPTY {
            self.pause = Some(self.pump.context.clock().wait(EMPTY_PAUSE));
        }
    }

    fn wait(&mut self) {
        let time = Pump::<M>::pause(self.failures);
        self.failures = self.failures.saturating_add(1);
        self.pause = Some(self.pump.context.clock().wait(time));
    }
}

/// The end of what is there to be waited for.
async fn end_of<T>(pending: &mut Option<Pending<'_, T>>) -> T {
    match pending {
        Some(pending) => pending.await,
        None => std::future::pending().await,
    }
}
