//! The way of announcements out of the store: which is begun, what its delivery comes to, what is kept of that.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_core::budget::Source;
use cloud_core::{Delivered, Delivery, PortError, Wait};
use cloud_store::Attempts;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::entry::{Entry, Next};
use super::lanes::Begun;
use super::{End, Ending, Inner, OWNER, Outbox, rows};
use crate::task::caught;
use crate::timers::When;

/// How long one that may be what ended the process runs alone. If the process lives on, it was not.
const PROBATION: Duration = Duration::from_secs(10);

/// How long to wait before the store is asked again that failed.
const PAUSE: Duration = Duration::from_secs(1);

/// What the relay answered.
type Outcome = Result<Delivered, PortError>;

/// Delivers what waits in an outbox, while it runs.
pub struct Runner {
    inner: Arc<Inner>,
    /// What was begun when the last process ended, and how often.
    suspects: Vec<(u64, u32)>,
}

/// What came of reading on.
#[derive(Default)]
struct Filled {
    /// Whether there was a lane to read.
    has_read: bool,
    /// Whether one could not be read.
    has_failed: bool,
}

/// An entry that was read.
struct Read {
    entry: Entry,
    payload: Bytes,
}

impl Runner {
    pub(super) fn new(inner: Arc<Inner>, suspects: Vec<(u64, u32)>) -> Self {
        Self { inner, suspects }
    }

    /// Delivers what waits, for ever: first, one by one, what may have ended the process last time. Dropping it is as the
    /// end of the process: what is under way is delivered again when the outbox is opened.
    pub async fn run(self) {
        let Self { inner, suspects } = self;
        let mut attempts = FuturesUnordered::new();
        for (number, count) in suspects {
            if inner.is_stopping() {
                break;
            }
            let Some(begun) = inner.suspect(number).await else { continue };
            inner.lanes().begin_this(&begun);
            attempts.push(inner.attempt(begun, count));
            // Time enough to show what it does.
            let mut alone = pin!(inner.wait(PROBATION));
            tokio::select! {
                Some((begun, is_readable)) = attempts.next() => inner.lanes().end(&begun, is_readable),
                () = &mut alone => {}
            }
        }
        // What could not be read is asked for again when this is over; meanwhile all else goes on.
        let mut pause: Option<Wait<'_>> = None;
        loop {
            // Listens before it looks, so that what comes in between is not missed.
            let mut woken = pin!(inner.woken.notified());
            woken.as_mut().enable();
            while attempts.len() < inner.limits.at_once && !inner.is_stopping() {
                let free = inner.limits.at_once - attempts.len();
                let is_scarce = free <= inner.limits.kept;
                let next = inner.lanes().begin(inner.limits.at_once_of_one, is_scarce);
                if let Some(begun) = next {
                    attempts.push(inner.attempt(begun, 0));
                    continue;
                }
                let Filled { has_read, has_failed } = inner.fill(free).await;
                if has_failed && pause.is_none() {
                    pause = Some(inner.wait(PAUSE));
                }
                if !has_read {
                    break;
                }
            }
            tokio::select! {
                Some((begun, is_readable)) = attempts.next() => inner.lanes().end(&begun, is_readable),
                () = &mut woken => {}
                () = over(&mut pause) => {
                    pause = None;
                    inner.lanes().try_again();
                }
            }
        }
    }
}

/// The end of a pause, if there is one.
async fn over(pause: &mut Option<Wait<'_>>) {
    match pause {
        Some(pause) => pause.await,
        None => std::future::pending().await,
    }
}

impl Inner {
    fn wait(&self, time: Duration) -> Wait<'_> {
        self.context.clock().wait(time)
    }

    /// Does something with the store until it can be done. What is damaged stays so: none.
    async fn insist<T, F: Future<Output = Result<T, cloud_store::Error>>>(
        &self,
        work: impl Fn() -> F,
    ) -> Option<T> {
        let mut pause = PAUSE;
        loop {
            match work().await {
                Ok(value) => return Some(value),
                Err(error) if is_lasting(&error) => {
                    tracing::error!(%error, "an announcement cannot be read; it stays where it is, and the others go on");
                    return None;
                }
                Err(error) => {
                    tracing::error!(%error, "the outbox waits for its store");
                    self.wait(pause).await;
                    pause = (pause * 2).min(Duration::from_mins(5));
                }
            }
        }
    }

    /// Reads on in lanes of which nothing more is known, in as many as there are places.
    async fn fill(&self, free: usize) -> Filled {
        let empty = self.lanes().empty(self.limits.at_once_of_one, free);
        let mut filled = Filled::default();
        for (lane, begun) in empty {
            self.lanes().reading(&lane);
            let name = lane.clone();
            match self.store.read(move |reader| rows::page(reader, &name, begun)).await {
                Ok(page) => {
                    if !page.damaged.is_empty() {
                        tracing::error!(lane, numbers = ?page.damaged, "announcements cannot be read; they stay where they are, and the others go on");
                    }
                    self.lanes().fill(&lane, page);
                    filled.has_read = true;
                }
                Err(error) => {
                    tracing::error!(%error, lane, "a lane of an outbox cannot be read");
                    self.lanes().failed(&lane);
                    filled.has_failed = true;
                }
            }
        }
        filled
    }

    /// An entry that was begun when the last process ended.
    async fn suspect(&self, number: u64) -> Option<Begun> {
        let read = move || self.store.read(move |reader| rows::entry(reader, number));
        let entry = self.insist(read).await??;
        Some(Begun { lane: entry.lane, number, bytes: entry.bytes })
    }

    /// Tries an entry once and keeps what comes of it. `crashes` is how often the process ended at it. Answers whether it
    /// could be read.
    async fn attempt(self: &Arc<Self>, begun: Begun, crashes: u32) -> (Begun, bool) {
        let source = Source::named("outbox", begun.lane.as_str());
        // Until what comes of it is kept.
        let _room = match self.context.memory().reserve_when_free(&source, begun.bytes).await {
            Ok(room) => room,
            Err(error) => {
                tracing::error!(%error, lane = begun.lane, "an announcement is too large for this cloud's memory");
                return (begun, false);
            }
        };
        let Some(read) = self.insist(|| self.read(&begun)).await else { return (begun, false) };
        let Some(Read { mut entry, payload }) = read else { return (begun, true) };
        if let Some(retry) = self.relay.retry(&entry.delivery) {
            entry.retry = retry;
        }
        let given_up = if crashes >= Attempts::MOST {
            Some(Ending::Poisonous)
        } else {
            entry.is_too_old(self.timers.timeline().now()).then_some(Ending::TooOld)
        };
        let (next, outcome) = if let Some(ending) = given_up {
            (Next::End(ending), None)
        } else {
            let outcome = self.deliver(&begun, &entry, payload.clone(), crashes).await;
            (entry.after(&outcome, self.timers.timeline().now()), Some(outcome))
        };
        let is_kept = match next {
            Next::Wait(wait) => self.put_off(&begun, entry, wait, outcome.as_ref()).await,
            Next::End(ending) => self.end(&begun, entry, payload, ending, outcome).await,
        };
        (begun, is_kept)
    }

    /// What is to be delivered; none if that was done meanwhile.
    async fn read(&self, begun: &Begun) -> Result<Option<Read>, cloud_store::Error> {
        let (lane, number) = (begun.lane.clone(), begun.number);
        let read = self.store.read(move |reader| {
            if !rows::is_ready(reader, &lane, number)? {
                return Ok(None);
            }
            Ok(rows::entry(reader, number)?.zip(rows::payload(reader, number)?))
        });
        Ok(read.await?.map(|(entry, payload)| Read { entry, payload }))
    }

    /// Hands it to the relay. What comes from an earlier process is marked until the process has lived on for a while:
    /// it may be what ended that.
    async fn deliver(
        self: &Arc<Self>,
        begun: &Begun,
        entry: &Entry,
        payload: Bytes,
        crashes: u32,
    ) -> Outcome {
        let number = begun.number;
        let delivery = entry.with(payload);
        let is_resumed = number < self.first;
        if is_resumed {
            self.marked().insert(number, crashes);
            let mark = || {
                let inner = Arc::clone(self);
                self.store.free(move |transaction| {
                    if inner.is_stopping() { Ok(()) } else { rows::mark(transaction, number, crashes + 1) }
                })
            };
            self.insist(mark).await;
        }
        let outcome = self.carry(number, delivery, is_resumed).await;
        self.marked().remove(&number);
        outcome
    }

    /// Awaits what the relay makes of it, and takes its mark away when that takes long.
    async fn carry(&self, number: u64, delivery: Delivery, is_resumed: bool) -> Outcome {
        let mut carried = pin!(caught(self.relay.deliver(delivery)));
        if is_resumed {
            tokio::select! {
                outcome = &mut carried => return outcome,
                () = self.wait(PROBATION) => {}
            }
            self.marked().remove(&number);
            self.insist(|| self.store.free(move |transaction| rows::unmark(transaction, number))).await;
        }
        carried.await
    }

    async fn put_off(
        self: &Arc<Self>,
        begun: &Begun,
        entry: Entry,
        wait: Duration,
        outcome: Option<&Outcome>,
    ) -> bool {
        if let Some(Err(error)) = outcome {
            tracing::info!(%error, lane = begun.lane, ?wait, "an announcement has to wait");
        }
        let (number, entry) = (begun.number, Arc::new(entry));
        let keep = || {
            let (inner, entry) = (Arc::clone(self), Arc::clone(&entry));
            self.store.free(move |transaction| {
                rows::put_off(transaction, &entry, number)?;
                let armed = inner.timers.arm(transaction, OWNER, &number.to_string(), When::After(wait), &[]);
                store_error(armed)
            })
        };
        self.insist(keep).await.is_some()
    }

    /// Removes it, and announces what the relay says in its place.
    async fn end(
        self: &Arc<Self>,
        begun: &Begun,
        entry: Entry,
        payload: Bytes,
        ending: Ending,
        outcome: Option<Outcome>,
    ) -> bool {
        let (answer, error) = match outcome {
            Some(Ok(answer)) => (Some(answer), None),
            Some(Err(error)) => (None, Some(error.into_error())),
            None => (None, None),
        };
        if ending != Ending::Delivered {
            tracing::warn!(
                lane = begun.lane,
                ?ending,
                error = error.as_ref().map(tracing::field::display),
                "an announcement is given up"
            );
        }
        let (attempts, failures) = (entry.attempts(), entry.failures());
        let announcement = entry.clone().announcement(payload);
        let end = End { ending, announcement, attempts, failures, answer, error };
        // A relay that panics says nothing.
        let after = std::panic::catch_unwind(AssertUnwindSafe(|| self.relay.after(&end))).unwrap_or_default();
        let (number, kept) = (begun.number, Arc::new((entry, after)));
        let keep = || {
            let (inner, kept) = (Arc::clone(self), Arc::clone(&kept));
            self.store.free(move |transaction| {
                let (entry, after) = &*kept;
                if let Some((next, bytes)) = rows::remove(transaction, entry, number)? {
                    inner.ready(transaction, &entry.lane, next, bytes);
                }
                let outbox = Outbox(inner);
                let now = outbox.0.timers.timeline().now();
                for announcement in after {
                    // It takes the place of what it follows: there is room for it.
                    match outbox.enter(transaction, announcement.clone(), now, false) {
                        Ok(_) => {}
                        Err(crate::Error::Store(error)) => return Err(error),
                        Err(error) => {
                            tracing::error!(%error, "what follows from an announcement is left out");
                        }
                    }
                }
                Ok(())
            })
        };
        self.insist(keep).await.is_some()
    }
}

/// Whether asking again is in vain.
fn is_lasting(error: &cloud_store::Error) -> bool {
    error.is_damage() || matches!(error, cloud_store::Error::Form(_) | cloud_store::Error::Unreadable { .. })
}

/// A timer of the outbox has a short name and no note.
fn store_error(armed: Result<(), crate::Error>) -> Result<(), cloud_store::Error> {
    match armed {
        Err(crate::Error::Store(error)) => Err(error),
        _ => Ok(()),
    }
}
