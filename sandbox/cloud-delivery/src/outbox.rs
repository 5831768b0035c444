//! What changes announce: kept in the transaction of the change, delivered after it, at least once.
//!
//! An announcement waits in the lane of its target, or in another that it names. Lanes take turns, and none has all
//! places: some are kept for lanes of which nothing is under way. Where it names an order key, those of one key in one lane go one after another as they were announced, each
//! until its end; all others go side by side. When one ends, well or badly, the [`Relay`] says what is announced in its place (a dead
//! letter, a destination), and that is kept in the transaction that removes it. So whenever the process ends, each
//! announcement waits, or ended with what follows from it waiting.
//!
//! In memory there are the lanes with a few keys each, and the payloads that are just being delivered; they count
//! against the cloud's memory. All else is in the store.
//!
//! Where to start: [`Outbox::announce`], then `runner` for the way of one announcement.

mod entry;
mod lanes;
mod rows;
mod runner;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use cloud_core::{Arn, AwsError, Context, Delivered, Delivery, PortError};
use cloud_store::{Store, Table, Transaction};
use tokio::sync::Notify;

use crate::timers::{Timers, expect_size};
use crate::{Error, Retry, Task};
use entry::Entry;
use lanes::Lanes;
pub use runner::Runner;

/// Whose timers the waits between attempts are.
const OWNER: &str = "outbox";

/// What an announcement counts beside its payload, in bytes: its record and what finds it.
const OVERHEAD: u64 = 2048;

/// The most that an announcement may be without its payload, in bytes of JSON.
const MAX_HEADER: usize = 384 << 10;

/// The longest lane or order key, in bytes.
const MAX_NAME: usize = 2048;

/// Something that a change announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// What is delivered, and where.
    pub delivery: Delivery,
    /// When it is tried again.
    pub retry: Retry,
    /// With what it takes turns: its target where there is none.
    pub lane: Option<String>,
    /// What of one lane and one key goes one after another.
    pub order: Option<String>,
    /// Where it goes when it comes to nothing, for a [`Relay`] that makes its dead letters of that.
    pub dead_letter: Option<Arn>,
}

impl Announcement {
    /// In its target's lane, in no order, tried again as [`Retry::default`] says, without a dead letter.
    pub fn new(delivery: Delivery) -> Self {
        Self { delivery, retry: Retry::default(), lane: None, order: None, dead_letter: None }
    }
}

/// How an announcement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The target took it, and nothing failed.
    Delivered,
    /// The target failed, or had no time, as often as it may.
    Exhausted,
    /// It was too old, or would have been so at its next attempt.
    TooOld,
    /// The target refused it.
    Refused,
    /// There is no such target.
    Gone,
    /// The process ended again and again just after it was begun.
    Poisonous,
}

/// An announcement that ended, for who says what is announced in its place.
#[derive(Debug)]
pub struct End {
    /// How.
    pub ending: Ending,
    /// What it was, with its payload.
    pub announcement: Announcement,
    /// How often it was tried, as far as attempts came to an end.
    pub attempts: u32,
    /// How many of them the target took and failed.
    pub failures: u32,
    /// What the target answered last: a failing function tells how it failed.
    pub answer: Option<Delivered>,
    /// What the target said that did not take it.
    pub error: Option<AwsError>,
}

/// Who carries announcements, and answers for their ends.
#[async_trait]
pub trait Relay: Send + Sync + 'static {
    /// Delivers one. An `Ok` with a `function_error` is a failure, which [`Retry::failures`] speaks of.
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError>;

    /// When it is tried again, as that is now: asked before each attempt. By itself as it was announced.
    fn retry(&self, _delivery: &Delivery) -> Option<Retry> {
        None
    }

    /// What is announced in its place, in the transaction that removes it: nothing, a dead letter, a destination.
    fn after(&self, end: &End) -> Vec<Announcement> {
        dead_letter(end).into_iter().collect()
    }
}

/// The dead letter of an announcement that names where it goes: the same payload and attributes, as the account itself.
pub fn dead_letter(end: &End) -> Option<Announcement> {
    let target = end.announcement.dead_letter.clone().filter(|_| end.ending != Ending::Delivered)?;
    let before = &end.announcement.delivery;
    let mut delivery = Delivery::new(target, before.payload.clone());
    delivery.attributes.clone_from(&before.attributes);
    delivery.group_id.clone_from(&before.group_id);
    delivery.deduplication_id.clone_from(&before.deduplication_id);
    delivery.trace.clone_from(&before.trace);
    Some(Announcement::new(delivery))
}

/// Delivers to whatever service of the cloud answers for a target.
#[derive(Clone, Debug)]
pub struct PeerRelay(pub Context);

#[async_trait]
impl Relay for PeerRelay {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        self.0.peers().deliver(delivery).await
    }
}

/// How much an outbox takes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that may wait in the store. No lane may hold more of it than it leaves free.
    pub bytes: u64,
    /// Deliveries at once.
    pub at_once: usize,
    /// Deliveries at once of one lane.
    pub at_once_of_one: usize,
    /// How many of those at once are kept for lanes of which none is under way.
    pub kept: usize,
}

impl Default for Limits {
    /// A gibibyte, 64 at once, 48 of one lane, 16 kept.
    fn default() -> Self {
        Self { bytes: 1 << 30, at_once: 64, at_once_of_one: 48, kept: 16 }
    }
}

/// The outbox of a store. Cheap to clone. Open it once.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    store: Store,
    context: Context,
    timers: Timers,
    relay: Arc<dyn Relay>,
    limits: Limits,
    /// Those with a number below were announced before this process began.
    first: u64,
    lanes: Mutex<Lanes>,
    woken: Notify,
    /// Whether nothing is begun any more.
    is_stopping: AtomicBool,
    /// What is marked as begun while it is delivered, with the count that it had before.
    marked: Mutex<BTreeMap<u64, u32>>,
}

impl Inner {
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn marked(&self) -> MutexGuard<'_, BTreeMap<u64, u32>> {
        self.marked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::SeqCst)
    }

    /// Takes note of an announcement that may be delivered, once that is durable.
    fn ready(self: &Arc<Self>, transaction: &mut Transaction<'_>, lane: &str, number: u64, bytes: u64) {
        let (inner, lane) = (Arc::clone(self), lane.to_owned());
        transaction.then(move || {
            inner.lanes().ready(&lane, number, bytes);
            inner.woken.notify_one();
        });
    }
}

impl Outbox {
    /// Where it is kept: to be named among the tables of the store's layout, as is [`Timers::TABLE`].
    pub const TABLE: Table = Table("outbox");

    /// Opens the outbox of a store and delivers what waits in it for as long as the task is kept.
    pub async fn start(
        timers: &Timers,
        relay: Arc<dyn Relay>,
        limits: Limits,
    ) -> Result<(Self, Task), cloud_store::Error> {
        let (outbox, runner) = Self::open(timers, relay, limits).await?;
        Ok((outbox, Task::start(runner.run())))
    }

    /// Opens the outbox of a store. What waits in it is delivered while the runner runs.
    pub async fn open(
        timers: &Timers,
        relay: Arc<dyn Relay>,
        limits: Limits,
    ) -> Result<(Self, Runner), cloud_store::Error> {
        let store = timers.store().clone();
        let (first, waiting, suspects) = store
            .read(|reader| Ok((rows::next(reader)?, rows::lanes(reader)?, rows::suspects(reader)?)))
            .await?;
        let mut lanes = Lanes::default();
        for lane in waiting {
            lanes.unread(&lane);
        }
        let inner = Arc::new(Inner {
            store,
            context: timers.context().clone(),
            timers: timers.clone(),
            relay,
            limits,
            first,
            lanes: Mutex::new(lanes),
            woken: Notify::new(),
            is_stopping: AtomicBool::new(false),
            marked: Mutex::default(),
        });
        timers.on(OWNER, &inner, |inner, transaction, due| {
            let Ok(number) = due.name.parse() else { return Ok(()) };
            let Some(entry) = rows::entry(transaction, number)? else { return Ok(()) };
            rows::make_ready(transaction, &entry, number)?;
            inner.ready(transaction, &entry.lane, number, entry.bytes);
            Ok(())
        });
        Ok((Self(Arc::clone(&inner)), Runner::new(inner, suspects)))
    }

    /// Keeps an announcement within the transaction of what it announces. Returns its number: later ones have higher.
    ///
    /// Fails where more waits than the outbox takes, and for what is too large ever to be delivered. Whether the change
    /// then fails, too, is for the caller to say.
    pub fn announce(
        &self,
        transaction: &mut Transaction<'_>,
        announcement: Announcement,
    ) -> Result<u64, Error> {
        let inner = &self.0;
        let size = announcement.delivery.payload.len();
        let most = usize::try_from(inner.context.memory().most()).unwrap_or(usize::MAX);
        expect_size("the payload of an announcement", size, most)?;
        self.enter(transaction, announcement, inner.timers.timeline().now(), true)
    }

    /// The same for what was promised in another form before: it is that old, and is kept even where there is no room.
    pub fn adopt(
        &self,
        transaction: &mut Transaction<'_>,
        announcement: Announcement,
        age: std::time::Duration,
    ) -> Result<u64, Error> {
        let accepted = self.0.timers.timeline().now().saturating_sub(crate::timeline::millis(age));
        self.enter(transaction, announcement, accepted, false)
    }

    /// Begins nothing more, and forgets that what is under way was begun: a process that is told to end is not ended by
    /// what it just delivers. To be called before that is.
    pub async fn stop(&self) -> Result<(), cloud_store::Error> {
        let inner = Arc::clone(&self.0);
        inner.is_stopping.store(true, Ordering::SeqCst);
        inner.woken.notify_one();
        let forget = move |transaction: &mut Transaction<'_>| {
            let marked = std::mem::take(&mut *inner.marked());
            for (number, count) in marked {
                match count {
                    0 => rows::unmark(transaction, number)?,
                    count => rows::mark(transaction, number, count)?,
                }
            }
            Ok(())
        };
        self.0.store.free(forget).await
    }

    /// How many bytes wait, each announcement with 2 KiB beside its payload.
    pub async fn waiting(&self) -> Result<u64, cloud_store::Error> {
        self.0.store.read(|reader| rows::held(reader, None)).await
    }

    fn enter(
        &self,
        transaction: &mut Transaction<'_>,
        announcement: Announcement,
        accepted: u64,
        is_bounded: bool,
    ) -> Result<u64, Error> {
        let (entry, payload) = Entry::new(announcement, accepted);
        for name in [Some(&entry.lane), entry.order.as_ref()].into_iter().flatten() {
            expect_size("the lane or key of an announcement", name.len(), MAX_NAME)?;
        }
        if is_bounded {
            self.expect_room(transaction, &entry)?;
        }
        let header = serde_json::to_vec(&entry).map_err(cloud_store::Error::from)?;
        expect_size("an announcement beside its payload", header.len(), MAX_HEADER)?;
        let (number, is_ready) = rows::enter(transaction, &entry, &header, &payload)?;
        if is_ready {
            self.0.ready(transaction, &entry.lane, number, entry.bytes);
        }
        Ok(number)
    }

    /// No lane holds more than it leaves free: one that holds nothing finds room, however greedy the others are.
    fn expect_room(&self, transaction: &Transaction<'_>, entry: &Entry) -> Result<(), Error> {
        let (own, all) = (rows::held(transaction, Some(&entry.lane))?, rows::held(transaction, None)?);
        let asked = entry.cost();
        let free = self.0.limits.bytes.saturating_sub(all);
        if free < asked || own.saturating_add(asked) > free - asked {
            return Err(Error::Full { lane: entry.lane.clone(), asked, waiting: own });
        }
        Ok(())
    }
}
