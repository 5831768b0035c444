//! What is to happen later: for delays, visibility, schedules, time-outs, expiry, retention.
//!
//! A timer is armed and cancelled within the transaction of a change, and goes off as one: it is removed in the same
//! transaction in which its owner does what follows. So it goes off once, whenever the process ends. In memory there is, of
//! each owner, when its next timer is due, and nothing else; one wait is for the earliest of all.
//!
//! An interval ([`When::After`]) is measured by a clock that no jump moves; time during which the process did not run
//! has passed, by the wall clock. A moment ([`When::At`]) is the wall clock's: set forward past it, the timer goes off at
//! once (the machine's clock is looked at every 30 seconds for that), set back before it, it waits again.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_core::Context;
use cloud_store::{Key, Scan, Store, Table, Transaction};
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::Error;
use crate::timeline::{Timeline, millis};

/// Timers that go off in one transaction.
const PAGE: usize = 256;

/// The longest name of a timer, in bytes.
const MAX_NAME: usize = 1024;

/// The most that a timer may say of itself, in bytes.
const MAX_NOTE: usize = 4096;

/// After how long a timer is tried again whose owner failed, in milliseconds.
const AGAIN: u64 = 60_000;

/// When a timer is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// After so long.
    After(Duration),
    /// At a moment of the wall clock.
    At(Timestamp),
}

/// A timer that goes off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its name among its owner's.
    pub name: String,
    /// What was said of it when it was armed.
    pub note: Vec<u8>,
}

/// What happens when a timer goes off. On the writer's thread: short.
type Handler = dyn Fn(&mut Transaction<'_>, Due) -> Result<(), cloud_store::Error> + Send + Sync;

/// The timers of a store. Cheap to clone. Open them once.
#[derive(Clone)]
pub struct Timers(Arc<Inner>);

struct Inner {
    store: Store,
    context: Context,
    timeline: Timeline,
    owners: Mutex<BTreeMap<&'static str, Owner>>,
    woken: Notify,
}

struct Owner {
    /// What happens, for as long as it is held; none where whose timers these are is gone.
    hold: Box<dyn Fn() -> Option<Arc<Handler>> + Send + Sync>,
    /// When the next timer is due: never later than it is, so that a look finds it.
    next: [Option<u64>; 2],
}

/// What a time is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axis {
    Steady,
    Wall,
}

impl Axis {
    const ALL: [Self; 2] = [Self::Steady, Self::Wall];

    fn number(self) -> u64 {
        u64::from(self == Self::Wall)
    }

    fn of(number: u64) -> Self {
        if number == 0 { Self::Steady } else { Self::Wall }
    }

    fn slot(self, next: &mut [Option<u64>; 2]) -> &mut Option<u64> {
        let [steady, wall] = next;
        if self == Self::Steady { steady } else { wall }
    }
}

impl Timers {
    /// Where they are kept: to be named among the tables of the store's layout.
    pub const TABLE: Table = Table("timers");

    /// Opens the timers of a store. They go off while [`Timers::run`] runs.
    pub async fn open(store: &Store, context: &Context) -> Result<Self, cloud_store::Error> {
        let kept = store.read(|reader| Ok(number(reader.get(Self::TABLE, clock_key())?.as_deref()))).await?;
        Ok(Self(Arc::new(Inner {
            store: store.clone(),
            context: context.clone(),
            timeline: Timeline::resume(context, kept.unwrap_or(0)),
            owners: Mutex::default(),
            woken: Notify::new(),
        })))
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn context(&self) -> &Context {
        &self.0.context
    }

    pub(crate) fn timeline(&self) -> &Timeline {
        &self.0.timeline
    }

    /// Says what happens when a timer of that owner goes off: `handler` writes what follows into the transaction that
    /// removes the timer. Where it fails, nothing is written, and the timer is tried again a minute later. Timers whose
    /// owner was not named yet, or for whom `keeper` is there no more, wait until it is named. It does not keep that.
    pub fn on<K: Send + Sync + 'static>(
        &self,
        owner: &'static str,
        keeper: &Arc<K>,
        handler: impl Fn(&Arc<K>, &mut Transaction<'_>, Due) -> Result<(), cloud_store::Error>
        + Send
        + Sync
        + 'static,
    ) {
        let (keeper, handler) = (Arc::downgrade(keeper), Arc::new(handler));
        let hold = move || {
            let (keeper, handler) = (keeper.upgrade()?, Arc::clone(&handler));
            let held: Arc<Handler> = Arc::new(move |transaction, due| handler(&keeper, transaction, due));
            Some(held)
        };
        // Whether there are any is seen by looking.
        let owner_of = Owner { hold: Box::new(hold), next: [Some(0), Some(0)] };
        self.0.owners().insert(owner, owner_of);
        self.0.woken.notify_one();
    }

    /// Arms a timer; one that its owner had of that name is armed anew. `note` is given back when it goes off: at most 4
    /// KiB. A name has at most 1 KiB.
    pub fn arm(
        &self,
        transaction: &mut Transaction<'_>,
        owner: &'static str,
        name: &str,
        when: When,
        note: &[u8],
    ) -> Result<(), Error> {
        expect_size("the name of a timer", name.len(), MAX_NAME)?;
        expect_size("the note of a timer", note.len(), MAX_NOTE)?;
        let now = self.0.timeline.now();
        let (axis, due) = match when {
            When::After(time) => (Axis::Steady, now.saturating_add(millis(time))),
            When::At(moment) => (Axis::Wall, wall(moment)),
        };
        // A later process goes on from here at least: what was to wait so long never waits longer.
        transaction.put(Self::TABLE, clock_key(), now.to_be_bytes())?;
        self.0.arm_at(transaction, owner, name, axis, due, note)?;
        Ok(())
    }

    /// Cancels a timer. True if it was armed.
    pub fn cancel(&self, transaction: &mut Transaction<'_>, owner: &str, name: &str) -> Result<bool, Error> {
        Ok(remove(transaction, owner, name)?.is_some())
    }

    /// How many timers of that owner are armed, counted in the store.
    pub async fn count(&self, owner: &str) -> Result<usize, cloud_store::Error> {
        let prefix = Key::text("t").then_text(owner);
        let count = self.0.store.read(move |reader| {
            let (mut count, mut scan) = (0, Scan::prefix(&prefix).limit(10_000));
            loop {
                let keys = reader.keys(Self::TABLE, &scan)?;
                let Some(last) = keys.last() else { return Ok(count) };
                count += keys.len();
                scan = scan.after(last);
            }
        });
        count.await
    }

    /// Lets timers go off when they are due, for ever. One of these at a time.
    pub async fn run(self) {
        let inner = self.0;
        loop {
            // Listens before it looks, so that a timer armed in between is not missed.
            let mut woken = pin!(inner.woken.notified());
            woken.as_mut().enable();
            for (owner, axis) in inner.due() {
                inner.fire(owner, axis).await;
            }
            let [steady, wall] = inner.earliest();
            let clock = inner.timeline.clock();
            tokio::select! {
                () = woken => {}
                () = until(steady.map(|time| clock.wait_until(inner.timeline.moment(time)))) => {}
                () = until(wall.map(|time| clock.wait_until_wall(stamp(time)))) => {}
            }
        }
    }
}

/// Ends with a wait, or never where there is none.
async fn until(wait: Option<cloud_core::Wait<'_>>) {
    match wait {
        Some(wait) => wait.await,
        None => std::future::pending().await,
    }
}

impl Inner {
    fn owners(&self) -> MutexGuard<'_, BTreeMap<&'static str, Owner>> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self, axis: Axis) -> u64 {
        match axis {
            Axis::Steady => self.timeline.now(),
            Axis::Wall => wall(self.timeline.clock().now()),
        }
    }

    /// Whose timers are to be looked at now.
    fn due(&self) -> Vec<(&'static str, Axis)> {
        let now = Axis::ALL.map(|axis| self.now(axis));
        let mut owners = self.owners();
        let mut due = Vec::new();
        for (name, owner) in owners.iter_mut() {
            for (axis, now) in Axis::ALL.into_iter().zip(now) {
                if axis.slot(&mut owner.next).is_some_and(|next| next <= now) {
                    due.push((*name, axis));
                }
            }
        }
        due
    }

    fn earliest(&self) -> [Option<u64>; 2] {
        let mut owners = self.owners();
        Axis::ALL.map(|axis| owners.values_mut().filter_map(|owner| *axis.slot(&mut owner.next)).min())
    }

    fn arm_at(
        self: &Arc<Self>,
        transaction: &mut Transaction<'_>,
        owner: &str,
        name: &str,
        axis: Axis,
        due: u64,
        note: &[u8],
    ) -> Result<(), cloud_store::Error> {
        remove(transaction, owner, name)?;
        let mut row = Key::number(axis.number()).then_number(due).into_bytes();
        row.extend_from_slice(note);
        transaction.put(Timers::TABLE, timer_key(owner, name), row)?;
        transaction.put(Timers::TABLE, due_key(owner, axis, due).then_text(name), [])?;
        let (inner, owner) = (Arc::clone(self), owner.to_owned());
        transaction.then(move || {
            if let Some(owner) = inner.owners().get_mut(owner.as_str()) {
                let next = axis.slot(&mut owner.next);
                if next.is_some_and(|next| next <= due) {
                    return;
                }
                *next = Some(due);
            }
            inner.woken.notify_one();
        });
        Ok(())
    }

    /// What happens when a timer of an owner goes off. One that is gone is forgotten: its timers are the next process's.
    fn hold(&self, owner: &str) -> Option<Arc<Handler>> {
        let mut owners = self.owners();
        let held = (owners.get(owner)?.hold)();
        if held.is_none() {
            owners.remove(owner);
        }
        held
    }

    /// Lets what is due of an owner's go off, a page of it.
    async fn fire(self: &Arc<Self>, owner: &'static str, axis: Axis) {
        let now = self.now(axis);
        let Some(handler) = self.hold(owner) else { return };
        let (inner, work) = (Arc::clone(self), Arc::clone(&handler));
        let fired = self.store.free(move |transaction| {
            let names = due_names(transaction, owner, axis, now)?;
            for (_, name) in names {
                go_off(transaction, owner, &name, &*work)?;
            }
            inner.look_on(transaction, owner, axis)
        });
        let Err(error) = fired.await else { return };
        tracing::warn!(%error, owner, "timers failed to go off together; each is tried by itself");
        if let Err(error) = self.fire_each(owner, axis, now, &handler).await {
            tracing::error!(%error, owner, "timers failed to go off; they are tried again");
            if let Some(owner) = self.owners().get_mut(owner) {
                *axis.slot(&mut owner.next) = Some(self.now(axis).saturating_add(AGAIN));
            }
        }
    }

    /// The same, so that one that fails keeps no other from going off: it is put off.
    async fn fire_each(
        self: &Arc<Self>,
        owner: &'static str,
        axis: Axis,
        now: u64,
        handler: &Arc<Handler>,
    ) -> Result<(), cloud_store::Error> {
        let names = self.store.read(move |reader| due_names(reader, owner, axis, now)).await?;
        for (due, name) in names {
            let (work, timer) = (Arc::clone(handler), name.clone());
            let fired: Result<(), cloud_store::Error> =
                self.store.free(move |transaction| go_off(transaction, owner, &timer, &*work)).await;
            let Err(error) = fired else { continue };
            tracing::error!(%error, owner, timer = name, "a timer failed to go off; it is tried again in a minute");
            let inner = Arc::clone(self);
            let put_off = self.store.free(move |transaction| match row(transaction, owner, &name) {
                Ok(row) => {
                    let note = row.map(|(_, _, note)| note).unwrap_or_default();
                    let again = inner.now(axis).saturating_add(AGAIN);
                    inner.arm_at(transaction, owner, &name, axis, again, &note)
                }
                // It stays where it is, and is not looked for any more.
                Err(error) if error.is_damage() => {
                    transaction.delete(Timers::TABLE, due_key(owner, axis, due).then_text(&name)).map(drop)
                }
                Err(error) => Err(error),
            });
            put_off.await?;
        }
        let inner = Arc::clone(self);
        self.store.free(move |transaction| inner.look_on(transaction, owner, axis)).await
    }

    /// Notes when the next timer is due, once this is durable: in the order in which others are armed.
    fn look_on(
        self: &Arc<Self>,
        transaction: &mut Transaction<'_>,
        owner: &'static str,
        axis: Axis,
    ) -> Result<(), cloud_store::Error> {
        let prefix = axis_key(owner, axis);
        let first = transaction.keys(Timers::TABLE, &Scan::prefix(&prefix).limit(1))?.pop();
        let next = first.and_then(|key| Some(Key::split_number(key.get(prefix.as_ref().len()..)?)?.0));
        let inner = Arc::clone(self);
        transaction.then(move || {
            if let Some(owner) = inner.owners().get_mut(owner) {
                *axis.slot(&mut owner.next) = next;
            }
        });
        Ok(())
    }
}

/// What is due of an owner's by a time, a page of it.
fn due_names(
    transaction: &Transaction<'_>,
    owner: &str,
    axis: Axis,
    now: u64,
) -> Result<Vec<(u64, String)>, cloud_store::Error> {
    let end = due_key(owner, axis, now.saturating_add(1));
    let scan = Scan::prefix(axis_key(owner, axis)).before(&end).limit(PAGE);
    let keys = transaction.keys(Timers::TABLE, &scan)?;
    let before_due = axis_key(owner, axis).into_bytes().len();
    let split = |key: &Vec<u8>| {
        let (due, rest) = Key::split_number(key.get(before_due..)?)?;
        Some((due, Key::split_text(rest)?.0))
    };
    Ok(keys.iter().filter_map(split).collect())
}

/// Removes a timer and does what follows from it.
fn go_off(
    transaction: &mut Transaction<'_>,
    owner: &str,
    name: &str,
    handler: &Handler,
) -> Result<(), cloud_store::Error> {
    match remove(transaction, owner, name)? {
        Some(note) => handler(transaction, Due { name: name.to_owned(), note }),
        None => Ok(()),
    }
}

/// Removes a timer; its note, if it was there.
fn remove(
    transaction: &mut Transaction<'_>,
    owner: &str,
    name: &str,
) -> Result<Option<Vec<u8>>, cloud_store::Error> {
    let Some((axis, due, note)) = row(transaction, owner, name)? else { return Ok(None) };
    transaction.delete(Timers::TABLE, timer_key(owner, name))?;
    transaction.delete(Timers::TABLE, due_key(owner, axis, due).then_text(name))?;
    Ok(Some(note))
}

fn row(
    transaction: &Transaction<'_>,
    owner: &str,
    name: &str,
) -> Result<Option<(Axis, u64, Vec<u8>)>, cloud_store::Error> {
    let row = transaction.get(Timers::TABLE, timer_key(owner, name))?;
    Ok(row.and_then(|row| {
        let (axis, rest) = Key::split_number(&row)?;
        let (due, note) = Key::split_number(rest)?;
        Some((Axis::of(axis), due, note.to_vec()))
    }))
}

fn timer_key(owner: &str, name: &str) -> Key {
    Key::text("t").then_text(owner).then_text(name)
}

fn axis_key(owner: &str, axis: Axis) -> Key {
    Key::text("d").then_text(owner).then_number(axis.number())
}

fn due_key(owner: &str, axis: Axis, due: u64) -> Key {
    axis_key(owner, axis).then_number(due)
}

/// Under which the time of the last arming is kept.
fn clock_key() -> Key {
    Key::text("c")
}

fn number(row: Option<&[u8]>) -> Option<u64> {
    Some(Key::split_number(row?)?.0)
}

fn wall(moment: Timestamp) -> u64 {
    u64::try_from(moment.as_millisecond()).unwrap_or(0)
}

fn stamp(time: u64) -> Timestamp {
    i64::try_from(time).ok().and_then(|time| Timestamp::from_millisecond(time).ok()).unwrap_or(Timestamp::MAX)
}

pub(crate) fn expect_size(what: &'static str, bytes: usize, most: usize) -> Result<(), Error> {
    if bytes > most { Err(Error::TooLarge { what, bytes, most }) } else { Ok(()) }
}
