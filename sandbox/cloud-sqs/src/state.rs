//! What becomes of messages: pure, over rows. Sending, receiving, hiding, removing, coming back.
//!
//! A message has a body, which is written once, a state, which is small, and a row in the order of its kind:
//!
//! * ready: by number. Of a FIFO queue there is one row for each group that may be received from: its first message's; and of
//!   each tenant of a standard queue (`tenants.rs`).
//! * in flight and delayed: by the time at which it becomes ready. [`Backlog::settle`] looks at the first of them.
//! * all, by the time at which they were sent: for retention.
//!
//! So no step looks at more rows than it changes, however many messages wait. Messages of a FIFO queue have a row by group
//! and number besides. Those of a group that are in flight are its first, at most as many as one receive takes.
//!
//! Time is an argument: intervals by the timeline, what is shown and retention by the wall clock.

use std::collections::BTreeSet;

use bytes::Bytes;
use cloud_store::{Error, Key};
use serde::{Deserialize, Serialize};

use crate::record::{BODIES, COUNTS, GROUPS, ORDER, STATES};
use crate::rows::{Row, Rows};
use tenants::{Busy, NOISY, Shift};

pub(crate) mod memory;
#[cfg(test)]
mod model;
mod tenants;
#[cfg(test)]
mod tests;

/// Messages that one receive gives at most.
pub(crate) const MOST_RECEIVED: usize = 10;
/// Messages that become ready in one step.
const SETTLED: usize = 64;
/// Messages that one receive removes or moves at most, and their bytes, before it is tried again.
const ASIDE: usize = 64;
const ASIDE_BYTES: usize = 4 << 20;
/// AWS: the longest that a message is in flight, from when it was received.
pub(crate) const LONGEST_FLIGHT: u64 = 43_200_000;

/// What a message waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    #[default]
    #[serde(rename = "r")]
    Ready,
    #[serde(rename = "f")]
    InFlight,
    #[serde(rename = "d")]
    Delayed,
}

/// Rows of all messages by age stand behind those of each kind.
const AGE: u8 = 3;

impl Kind {
    fn number(self) -> u8 {
        match self {
            Self::Ready => 0,
            Self::InFlight => 1,
            Self::Delayed => 2,
        }
    }
}

/// What becomes of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    #[serde(rename = "k")]
    pub kind: Kind,
    /// When it becomes ready, on the timeline.
    #[serde(rename = "d", default, skip_serializing_if = "is_zero")]
    pub due: u64,
    /// When it was sent, by the wall clock.
    #[serde(rename = "s")]
    pub sent_ms: i64,
    /// How often it was received.
    #[serde(rename = "n", default, skip_serializing_if = "is_none")]
    pub received: u32,
    /// When it was received first, by the wall clock.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub first_ms: Option<i64>,
    /// When it was received last, on the timeline.
    #[serde(rename = "l", default, skip_serializing_if = "is_zero")]
    pub last: u64,
    /// Its group, in a FIFO queue.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The tenant that it is of, in a standard queue: the group that it was sent with.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
fn is_none(number: &u32) -> bool {
    *number == 0
}

/// How many messages there are, and the number of the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub messages: u64,
    pub in_flight: u64,
    pub delayed: u64,
    pub next: u64,
    /// Time that receivers took, of a standard queue.
    pub busy: Busy,
}

impl Counts {
    pub(crate) fn visible(&self) -> u64 {
        self.messages.saturating_sub(self.in_flight + self.delayed)
    }
}

/// The moment at which something is done.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Now {
    /// On the timeline.
    pub time: u64,
    /// By the wall clock.
    pub wall_ms: i64,
}

/// The messages of a queue.
#[derive(Debug)]
pub(crate) struct Backlog {
    pub id: u64,
    is_fifo: bool,
    /// How long messages are kept, in milliseconds.
    retention: i64,
    pub counts: Counts,
    now: Now,
}

/// A message that was received.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Taken {
    pub sequence: u64,
    pub state: State,
    pub body: Bytes,
}

/// How to receive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taking {
    pub most: usize,
    /// Bytes of bodies. A first message that is larger comes alone.
    pub bytes: usize,
    /// For how long what is received is hidden, in milliseconds.
    pub visibility: u64,
    /// After how many receives a message is moved, in a queue with dead letters.
    pub most_received: Option<u32>,
    /// How many may be in flight.
    pub most_in_flight: u64,
}

/// What came of it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Received {
    pub taken: Vec<Taken>,
    /// How many were too old, or dead letters.
    pub aside: usize,
    /// Whether there is more to look at right now.
    pub more: bool,
    /// Whether nothing is given because too many are in flight.
    pub over_limit: bool,
}

/// A receive as it goes on.
struct Tray<'d, R> {
    how: Taking,
    received: Received,
    bytes: usize,
    aside_bytes: usize,
    /// Moves a message that was received too often, and is taken out already.
    bury: &'d mut dyn FnMut(&mut R, Taken) -> Result<(), Error>,
}

impl<R> Tray<'_, R> {
    fn is_full(&self) -> bool {
        self.received.taken.len() >= self.how.most
            || self.bytes >= self.how.bytes
            || self.received.aside >= ASIDE
            || self.aside_bytes >= ASIDE_BYTES
    }
}

/// What a handle holds.
#[derive(Debug, PartialEq)]
pub(crate) enum Held {
    /// There is no such message any more.
    Gone,
    /// It was received again since.
    Other,
    /// It.
    This(State),
}

impl Backlog {
    /// As it is kept.
    pub(crate) fn open(
        rows: &mut impl Rows,
        id: u64,
        is_fifo: bool,
        retention_s: u32,
        now: Now,
    ) -> Result<Self, Error> {
        let kept = rows.get(COUNTS, &id.to_be_bytes())?;
        let counts = kept.as_deref().and_then(Counts::decode).unwrap_or_default();
        Ok(Self { id, is_fifo, retention: i64::from(retention_s) * 1000, counts, now })
    }

    /// Keeps the counts, once all is done.
    pub(crate) fn keep(&self, rows: &mut impl Rows) -> Result<(), Error> {
        rows.put(COUNTS, &self.id.to_be_bytes(), &self.counts.encode())
    }

    /// Lays a message down. Its number.
    pub(crate) fn put(&mut self, rows: &mut impl Rows, body: &[u8], mut state: State) -> Result<u64, Error> {
        let sequence = self.counts.next;
        self.counts.next += 1;
        self.counts.messages += 1;
        rows.put(BODIES, &self.key(sequence), body)?;
        rows.put(ORDER, &self.age(&state, sequence), &[])?;
        let mut is_first = true;
        if let Some(group) = &state.group {
            is_first = rows.first(GROUPS, self.group(group).as_ref(), None, 1)?.is_empty();
            rows.put(GROUPS, self.group(group).then_number(sequence).as_ref(), &[])?;
        }
        if state.due > self.now.time {
            state.kind = Kind::Delayed;
            self.counts.delayed += 1;
            rows.put(ORDER, &self.place(Kind::Delayed, state.due, sequence), &[])?;
        } else {
            (state.kind, state.due) = (Kind::Ready, 0);
            if is_first {
                self.offer(rows, sequence, &state)?;
            }
        }
        self.write(rows, sequence, &state)?;
        let shift = Shift { sequence, from: None, to: Some(state.kind), spent: 0 };
        self.shift(rows, state.tenant.as_deref(), shift)?;
        Ok(sequence)
    }

    /// Lets some of those whose time has come become ready. Whether there may be more.
    pub(crate) fn settle(&mut self, rows: &mut impl Rows) -> Result<bool, Error> {
        let mut more = false;
        let mut groups = BTreeSet::new();
        for kind in [Kind::InFlight, Kind::Delayed] {
            let before = self.place(kind, self.now.time.saturating_add(1), 0);
            let due = rows.first(ORDER, &self.places(kind), Some(&before), SETTLED)?;
            more |= due.len() == SETTLED;
            for (place, _) in due {
                rows.delete(ORDER, &place)?;
                let Some(sequence) = last_number(&place) else { continue };
                self.count(kind, false);
                let Some(mut state) = self.state(rows, sequence)? else { continue };
                let spent = if kind == Kind::InFlight { state.due.saturating_sub(state.last) } else { 0 };
                (state.kind, state.due) = (Kind::Ready, 0);
                self.write(rows, sequence, &state)?;
                if let Some(group) = state.group {
                    groups.insert(group);
                    continue;
                }
                self.offer(rows, sequence, &state)?;
                let shift = Shift { sequence, from: Some(kind), to: Some(Kind::Ready), spent };
                self.shift(rows, state.tenant.as_deref(), shift)?;
            }
        }
        for group in groups {
            self.regroup(rows, &group)?;
        }
        Ok(more)
    }

    /// Takes messages in order and hides them. Those that are too old go, those that were received too often are buried.
    pub(crate) fn receive<R: Rows>(
        &mut self,
        rows: &mut R,
        how: Taking,
        bury: &mut dyn FnMut(&mut R, Taken) -> Result<(), Error>,
    ) -> Result<Received, Error> {
        let received = Received { more: self.settle(rows)?, ..Received::default() };
        let mut tray = Tray { how, received, bytes: 0, aside_bytes: 0, bury };
        self.calm(rows)?;
        while !tray.is_full() {
            let free = how.most_in_flight.saturating_sub(self.counts.in_flight);
            let most =
                (how.most - tray.received.taken.len()).min(usize::try_from(free).unwrap_or(usize::MAX));
            let ready = self.offered(rows, most.max(1))?;
            if most == 0 {
                tray.received.over_limit = !ready.is_empty();
                return Ok(tray.received);
            }
            let Some((place, name)) = ready.first() else { return Ok(tray.received) };
            let name = String::from_utf8_lossy(name);
            if name.is_empty() {
                let plain = ready.iter().take_while(|(_, name)| name.is_empty());
                let sequences: Vec<u64> = plain.filter_map(|(place, _)| last_number(place)).collect();
                self.take_some(rows, &sequences, &mut tray)?;
            } else if self.is_fifo {
                rows.delete(ORDER, place)?;
                self.take_group(rows, &name, most, &mut tray)?;
            } else {
                self.take_of_tenant(rows, &name, place, &mut tray)?;
            }
        }
        tray.received.more |= !self.offered(rows, 1)?.is_empty();
        Ok(tray.received)
    }

    /// The first rows of what may be given: those of noisy tenants where there are no others.
    fn offered(&self, rows: &mut impl Rows, most: usize) -> Result<Vec<Row>, Error> {
        let ready = rows.first(ORDER, &self.places(Kind::Ready), None, most)?;
        if self.is_fifo || !ready.is_empty() {
            return Ok(ready);
        }
        rows.first(ORDER, &self.rows_of(NOISY), None, 1)
    }

    /// The oldest messages, whatever they wait for, as they are: nothing is received. They stop where so many bytes of bodies
    /// were read.
    pub(crate) fn oldest(
        &self,
        rows: &mut impl Rows,
        most: usize,
        bytes: usize,
    ) -> Result<Vec<Taken>, Error> {
        let mut messages = Vec::new();
        let mut left = bytes;
        for (place, _) in rows.first(ORDER, &self.rows_of(AGE), None, most)? {
            let Some(sequence) = last_number(&place) else { continue };
            let Some(state) = self.state(rows, sequence)? else { continue };
            let Some(body) = rows.get(BODIES, &self.key(sequence))? else { continue };
            left = left.saturating_sub(body.len());
            messages.push(Taken { sequence, state, body });
            if left == 0 {
                break;
            }
        }
        Ok(messages)
    }

    fn take_some<R: Rows>(
        &mut self,
        rows: &mut R,
        sequences: &[u64],
        tray: &mut Tray<'_, R>,
    ) -> Result<(), Error> {
        for sequence in sequences {
            if tray.is_full() {
                return Ok(());
            }
            self.take(rows, *sequence, None, tray)?;
        }
        Ok(())
    }

    /// Takes the first messages of a group.
    fn take_group<R: Rows>(
        &mut self,
        rows: &mut R,
        group: &str,
        most: usize,
        tray: &mut Tray<'_, R>,
    ) -> Result<(), Error> {
        let before = tray.received.taken.len();
        let members = rows.first(GROUPS, self.group(group).as_ref(), None, most)?;
        for sequence in members.iter().filter_map(|(key, _)| last_number(key)) {
            let is_ready = self.state(rows, sequence)?.is_some_and(|state| state.kind == Kind::Ready);
            if !is_ready || tray.is_full() {
                break;
            }
            self.take(rows, sequence, None, tray)?;
        }
        if tray.received.taken.len() == before { self.regroup(rows, group) } else { Ok(()) }
    }

    /// Takes a message that is ready, or lays it aside; `tenant` is whose it is.
    fn take<R: Rows>(
        &mut self,
        rows: &mut R,
        sequence: u64,
        tenant: Option<&str>,
        tray: &mut Tray<'_, R>,
    ) -> Result<(), Error> {
        let body = rows.get(BODIES, &self.key(sequence))?;
        let (Some(mut state), Some(body)) = (self.state(rows, sequence)?, body) else {
            tray.received.aside += 1;
            return self.pass_over(rows, sequence, tenant);
        };
        let is_old = state.sent_ms.saturating_add(self.retention) <= self.now.wall_ms;
        if is_old || tray.how.most_received.is_some_and(|most| state.received >= most) {
            tray.received.aside += 1;
            tray.aside_bytes += body.len();
            self.take_out(rows, sequence, &state)?;
            return if is_old { Ok(()) } else { (tray.bury)(rows, Taken { sequence, state, body }) };
        }
        if tenant.is_none() {
            rows.delete(ORDER, &self.place(Kind::Ready, 0, sequence))?;
        }
        state.received = state.received.saturating_add(1);
        state.first_ms.get_or_insert(self.now.wall_ms);
        state.last = self.now.time;
        self.fly(rows, sequence, &mut state, tray.how.visibility)?;
        tray.bytes += body.len();
        tray.received.taken.push(Taken { sequence, state, body });
        Ok(())
    }

    /// Offers something no more that is no message.
    // LIMIT: one that the disk lost half of is none.
    fn pass_over(&mut self, rows: &mut impl Rows, sequence: u64, tenant: Option<&str>) -> Result<(), Error> {
        if tenant.is_none() {
            return rows.delete(ORDER, &self.place(Kind::Ready, 0, sequence));
        }
        self.shift(rows, tenant, Shift { sequence, from: Some(Kind::Ready), to: None, spent: 0 })
    }

    /// Hides a message from now on.
    fn fly(
        &mut self,
        rows: &mut impl Rows,
        sequence: u64,
        state: &mut State,
        time: u64,
    ) -> Result<(), Error> {
        let shift = Shift { sequence, from: Some(state.kind), to: Some(Kind::InFlight), spent: 0 };
        (state.kind, state.due) = (Kind::InFlight, self.now.time.saturating_add(time));
        self.count(Kind::InFlight, true);
        rows.put(ORDER, &self.place(Kind::InFlight, state.due, sequence), &[])?;
        self.write(rows, sequence, state)?;
        self.shift(rows, state.tenant.as_deref(), shift)
    }

    /// What a receive of that number holds.
    pub(crate) fn held(&self, rows: &mut impl Rows, sequence: u64, received: u32) -> Result<Held, Error> {
        Ok(match self.state(rows, sequence)? {
            None => Held::Gone,
            Some(state) if state.received != received => Held::Other,
            Some(state) => Held::This(state),
        })
    }

    /// A message with its body.
    pub(crate) fn read(&self, rows: &mut impl Rows, sequence: u64) -> Result<Option<Taken>, Error> {
        let Some(state) = self.state(rows, sequence)? else { return Ok(None) };
        let body = rows.get(BODIES, &self.key(sequence))?;
        Ok(body.map(|body| Taken { sequence, state, body }))
    }

    /// Hides a message for another time, which may be none.
    pub(crate) fn hide(
        &mut self,
        rows: &mut impl Rows,
        sequence: u64,
        mut state: State,
        time: u64,
    ) -> Result<(), Error> {
        self.leave(rows, sequence, &state)?;
        self.fly(rows, sequence, &mut state, time)?;
        self.settle(rows).map(drop)
    }

    /// Removes a message.
    pub(crate) fn remove(&mut self, rows: &mut impl Rows, sequence: u64, state: &State) -> Result<(), Error> {
        self.take_out(rows, sequence, state)?;
        match &state.group {
            Some(group) => self.regroup(rows, group),
            None => Ok(()),
        }
    }

    /// Removes some of those that are past their retention. Whether there may be more.
    pub(crate) fn expire(&mut self, rows: &mut impl Rows, most: usize) -> Result<bool, Error> {
        let horizon = self.now.wall_ms.saturating_sub(self.retention).saturating_add(1);
        let before = self.row(AGE, u64::try_from(horizon).unwrap_or(0)).into_bytes();
        let old = rows.first(ORDER, &self.rows_of(AGE), Some(&before), most)?;
        for (place, _) in &old {
            let Some(sequence) = last_number(place) else { continue };
            match self.state(rows, sequence)? {
                Some(state) => self.remove(rows, sequence, &state)?,
                None => rows.delete(ORDER, place)?,
            }
        }
        Ok(old.len() == most)
    }

    /// The first message that is ready, to be moved.
    pub(crate) fn first_ready(&mut self, rows: &mut impl Rows) -> Result<Option<Taken>, Error> {
        loop {
            let ready = self.offered(rows, 1)?;
            let Some((place, name)) = ready.first() else { return Ok(None) };
            let sequence = last_number(place).unwrap_or_default();
            let found = self.read(rows, sequence)?;
            if found.is_some() {
                return Ok(found);
            }
            rows.delete(ORDER, place)?;
            let name = String::from_utf8_lossy(name);
            let tenant = Some(&*name).filter(|name| !self.is_fifo && !name.is_empty());
            self.pass_over(rows, sequence, tenant)?;
        }
    }

    /// When the next message becomes ready by itself.
    pub(crate) fn next_due(&self, rows: &mut impl Rows) -> Result<Option<u64>, Error> {
        let mut next = None;
        for kind in [Kind::InFlight, Kind::Delayed] {
            let first = rows.first(ORDER, &self.places(kind), None, 1)?;
            let due =
                first.first().and_then(|(place, _)| Key::split_number(place.get(9..)?)).map(|(due, _)| due);
            next = [next, due].into_iter().flatten().min();
        }
        Ok(next)
    }

    /// All rows of a message but those of its group's others.
    fn take_out(&mut self, rows: &mut impl Rows, sequence: u64, state: &State) -> Result<(), Error> {
        self.leave(rows, sequence, state)?;
        self.counts.messages = self.counts.messages.saturating_sub(1);
        rows.delete(BODIES, &self.key(sequence))?;
        rows.delete(STATES, &self.key(sequence))?;
        rows.delete(ORDER, &self.age(state, sequence))?;
        if let Some(group) = &state.group {
            rows.delete(GROUPS, self.group(group).then_number(sequence).as_ref())?;
        }
        let is_held = state.kind == Kind::InFlight;
        let spent = if is_held { self.now.time.saturating_sub(state.last) } else { 0 };
        let shift = Shift { sequence, from: Some(state.kind), to: None, spent };
        self.shift(rows, state.tenant.as_deref(), shift)
    }

    /// Takes a message out of the order of its kind. Of a tenant's that are ready, the tenant stands there.
    fn leave(&mut self, rows: &mut impl Rows, sequence: u64, state: &State) -> Result<(), Error> {
        self.count(state.kind, false);
        if state.kind == Kind::Ready && state.tenant.is_some() {
            return Ok(());
        }
        rows.delete(ORDER, &self.place(state.kind, state.due, sequence))
    }

    /// Offers a group to who receives, if none of it is in flight and its first message is ready.
    fn regroup(&mut self, rows: &mut impl Rows, group: &str) -> Result<(), Error> {
        let members = rows.first(GROUPS, self.group(group).as_ref(), None, MOST_RECEIVED)?;
        let mut first = None;
        for sequence in members.iter().filter_map(|(key, _)| last_number(key)) {
            let Some(state) = self.state(rows, sequence)? else { continue };
            if state.kind == Kind::InFlight {
                return Ok(());
            }
            first.get_or_insert((sequence, state));
        }
        match first {
            Some((sequence, state)) if state.kind == Kind::Ready => self.offer(rows, sequence, &state),
            _ => Ok(()),
        }
    }

    fn offer(&self, rows: &mut impl Rows, sequence: u64, state: &State) -> Result<(), Error> {
        if state.tenant.is_some() {
            return Ok(());
        }
        let group = state.group.as_deref().unwrap_or_default();
        debug_assert_eq!(self.is_fifo, !group.is_empty(), "messages of FIFO queues have groups");
        rows.put(ORDER, &self.place(Kind::Ready, 0, sequence), group.as_bytes())
    }

    fn count(&mut self, kind: Kind, more: bool) {
        let count = match kind {
            Kind::Ready => return,
            Kind::InFlight => &mut self.counts.in_flight,
            Kind::Delayed => &mut self.counts.delayed,
        };
        *count = if more { *count + 1 } else { count.saturating_sub(1) };
    }

    fn state(&self, rows: &mut impl Rows, sequence: u64) -> Result<Option<State>, Error> {
        let kept = rows.get(STATES, &self.key(sequence))?;
        Ok(kept.map(|kept| serde_json::from_slice(&kept)).transpose()?)
    }

    fn write(&self, rows: &mut impl Rows, sequence: u64, state: &State) -> Result<(), Error> {
        rows.put(STATES, &self.key(sequence), &serde_json::to_vec(state)?)
    }

    fn key(&self, sequence: u64) -> Vec<u8> {
        Key::number(self.id).then_number(sequence).into_bytes()
    }

    fn group(&self, group: &str) -> Key {
        Key::number(self.id).then_text(group)
    }

    fn rows_of(&self, order: u8) -> Vec<u8> {
        let mut key = Key::number(self.id).into_bytes();
        key.push(order);
        key
    }

    fn row(&self, order: u8, time: u64) -> Place {
        let mut key = self.rows_of(order);
        key.extend(time.to_be_bytes());
        Place(key)
    }

    fn places(&self, kind: Kind) -> Vec<u8> {
        self.rows_of(kind.number())
    }

    fn place(&self, kind: Kind, due: u64, sequence: u64) -> Vec<u8> {
        self.row(kind.number(), due).of(sequence)
    }

    fn age(&self, state: &State, sequence: u64) -> Vec<u8> {
        self.row(AGE, u64::try_from(state.sent_ms).unwrap_or(0)).of(sequence)
    }
}

/// The key of a row in an order, as it is made.
struct Place(Vec<u8>);

impl Place {
    fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    fn of(mut self, sequence: u64) -> Vec<u8> {
        self.0.extend(sequence.to_be_bytes());
        self.0
    }
}

/// The number of a message, which ends each of its keys.
fn last_number(key: &[u8]) -> Option<u64> {
    key.last_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes))
}

impl Counts {
    fn encode(self) -> Vec<u8> {
        let Busy { time, at } = self.busy;
        let numbers = [self.messages, self.in_flight, self.delayed, self.next, time, at];
        numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (messages, rest) = Key::split_number(bytes)?;
        let (in_flight, rest) = Key::split_number(rest)?;
        let (delayed, rest) = Key::split_number(rest)?;
        let (next, rest) = Key::split_number(rest)?;
        // Queues that were made before there was anything to compare tenants with say no more.
        let time = Key::split_number(rest).unwrap_or((0, rest));
        let at = Key::split_number(time.1).map_or(0, |(at, _)| at);
        Some(Self { messages, in_flight, delayed, next, busy: Busy { time: time.0, at } })
    }
}
