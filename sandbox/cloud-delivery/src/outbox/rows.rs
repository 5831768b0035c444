//! What of an outbox lies in its table, each kind of row under a first part of its key:
//!
//! * `e`, number: an entry; `p`, number: its payload.
//! * `r`, lane, number: an entry that may be delivered, with the size of its payload. The others wait for a timer, or for
//!   the one before them.
//! * `o`, lane, key, number: an entry that has an order key.
//! * `s`, number: an entry of an earlier process that was begun, and how often that was the last that was heard.
//! * `h`, and `h`, lane: how many bytes wait. `n`: the next number.

use bytes::Bytes;
use cloud_store::{Error, Key, Scan, Transaction};

use super::Outbox;
use super::entry::Entry;
use super::lanes::Page;

/// Entries of a lane whose numbers are in memory.
pub(super) const WINDOW: usize = 16;

/// Keeps an entry. Its number, and whether it may be delivered.
pub(super) fn enter(
    transaction: &mut Transaction<'_>,
    entry: &Entry,
    header: &[u8],
    payload: &[u8],
) -> Result<(u64, bool), Error> {
    let number = next(transaction)?;
    transaction.put(Outbox::TABLE, Key::text("n"), number.saturating_add(1).to_be_bytes())?;
    transaction.put(Outbox::TABLE, entry_key(number), header)?;
    transaction.put(Outbox::TABLE, payload_key(number), payload)?;
    for lane in [None, Some(entry.lane.as_str())] {
        let held = held(transaction, lane)?.saturating_add(entry.cost());
        transaction.put(Outbox::TABLE, held_key(lane), held.to_be_bytes())?;
    }
    let is_first = match &entry.order {
        None => true,
        Some(order) => {
            let is_first = first_of(transaction, &entry.lane, order)?.is_none();
            transaction.put(Outbox::TABLE, order_key(&entry.lane, order).then_number(number), [])?;
            is_first
        }
    };
    if is_first {
        make_ready(transaction, entry, number)?;
    }
    Ok((number, is_first))
}

/// An entry.
pub(super) fn entry(transaction: &Transaction<'_>, number: u64) -> Result<Option<Entry>, Error> {
    transaction.get_json(Outbox::TABLE, entry_key(number))
}

/// The payload of an entry.
pub(super) fn payload(transaction: &Transaction<'_>, number: u64) -> Result<Option<Bytes>, Error> {
    transaction.get(Outbox::TABLE, payload_key(number))
}

/// An entry may be delivered.
pub(super) fn make_ready(transaction: &mut Transaction<'_>, entry: &Entry, number: u64) -> Result<(), Error> {
    transaction.put(Outbox::TABLE, ready_key(&entry.lane, number), entry.bytes.to_be_bytes())
}

/// Whether an entry may be delivered.
pub(super) fn is_ready(transaction: &Transaction<'_>, lane: &str, number: u64) -> Result<bool, Error> {
    transaction.has(Outbox::TABLE, ready_key(lane, number))
}

/// An entry waits, as it is now. What was marked of it is forgotten.
pub(super) fn put_off(transaction: &mut Transaction<'_>, entry: &Entry, number: u64) -> Result<(), Error> {
    transaction.put_json(Outbox::TABLE, entry_key(number), entry)?;
    transaction.delete(Outbox::TABLE, mark_key(number))?;
    transaction.delete(Outbox::TABLE, ready_key(&entry.lane, number)).map(drop)
}

/// Removes an entry. The next of its order key, which may be delivered from now on, with the size of its payload.
pub(super) fn remove(
    transaction: &mut Transaction<'_>,
    entry: &Entry,
    number: u64,
) -> Result<Option<(u64, u64)>, Error> {
    for key in [entry_key(number), payload_key(number), mark_key(number), ready_key(&entry.lane, number)] {
        transaction.delete(Outbox::TABLE, key)?;
    }
    for lane in [None, Some(entry.lane.as_str())] {
        match held(transaction, lane)?.saturating_sub(entry.cost()) {
            0 => drop(transaction.delete(Outbox::TABLE, held_key(lane))?),
            held => transaction.put(Outbox::TABLE, held_key(lane), held.to_be_bytes())?,
        }
    }
    let Some(order) = &entry.order else { return Ok(None) };
    transaction.delete(Outbox::TABLE, order_key(&entry.lane, order).then_number(number))?;
    let Some(next) = first_of(transaction, &entry.lane, order)? else { return Ok(None) };
    // One that cannot be read stays where it is, and what comes after it in its key with it.
    let Some(after) = self::entry(transaction, next).ok().flatten() else { return Ok(None) };
    make_ready(transaction, &after, next)?;
    Ok(Some((next, after.bytes)))
}

/// How many bytes wait, in all or in a lane.
pub(super) fn held(transaction: &Transaction<'_>, lane: Option<&str>) -> Result<u64, Error> {
    number_at(transaction, held_key(lane))
}

/// The next entry's number.
pub(super) fn next(transaction: &Transaction<'_>) -> Result<u64, Error> {
    number_at(transaction, Key::text("n"))
}

/// Marks that an entry is begun.
pub(super) fn mark(transaction: &mut Transaction<'_>, number: u64, count: u32) -> Result<(), Error> {
    transaction.put(Outbox::TABLE, mark_key(number), u64::from(count).to_be_bytes())
}

/// Forgets that.
pub(super) fn unmark(transaction: &mut Transaction<'_>, number: u64) -> Result<(), Error> {
    transaction.delete(Outbox::TABLE, mark_key(number)).map(drop)
}

/// The entries that were begun when a process ended, and how often.
pub(super) fn suspects(transaction: &Transaction<'_>) -> Result<Vec<(u64, u32)>, Error> {
    let (rows, damaged) = numbered(transaction, &Key::text("s"), None)?;
    let counted = rows.into_iter().map(|(number, count)| (number, u32::try_from(count).unwrap_or(u32::MAX)));
    // Of one whose count is not known the counting begins anew.
    Ok(counted.chain(damaged.into_iter().map(|number| (number, 0))).collect())
}

/// The lanes in which an entry may be delivered.
pub(super) fn lanes(transaction: &Transaction<'_>) -> Result<Vec<String>, Error> {
    let prefix = Key::text("r");
    let mut lanes = Vec::new();
    let mut scan = Scan::prefix(&prefix).limit(1);
    while let Some(key) = transaction.keys(Outbox::TABLE, &scan)?.pop() {
        let lane = key.get(prefix.as_ref().len()..).and_then(Key::split_text).map(|(lane, _)| lane);
        let Some(lane) = lane else { break };
        // Behind all numbers of that lane.
        let mut end = lane_key(&lane).into_bytes();
        end.extend([0xff; 9]);
        scan = scan.after(end);
        lanes.push(lane);
    }
    Ok(lanes)
}

/// The first entries of a lane that may be delivered, `begun` more than are wanted: so many are known already.
pub(super) fn page(transaction: &Transaction<'_>, lane: &str, begun: usize) -> Result<Page, Error> {
    let most = WINDOW + begun;
    let (entries, damaged) = numbered(transaction, &lane_key(lane), Some(most))?;
    let is_whole = entries.len() + damaged.len() < most;
    Ok(Page { entries, damaged, is_whole })
}

/// Rows by their numbers, with the numbers that are their values; and the numbers of those whose values are damaged.
type Numbered = (Vec<(u64, u64)>, Vec<u64>);

/// The rows under a key, by the numbers at its ends.
fn numbered(transaction: &Transaction<'_>, prefix: &Key, most: Option<usize>) -> Result<Numbered, Error> {
    let scan = Scan::prefix(prefix);
    let scan = most.map_or(scan.clone(), |most| scan.limit(most));
    let (mut sound, mut damaged) = (Vec::new(), Vec::new());
    for key in transaction.keys(Outbox::TABLE, &scan)? {
        let Some((number, _)) = key.get(prefix.as_ref().len()..).and_then(Key::split_number) else {
            continue;
        };
        let value = match transaction.get(Outbox::TABLE, &key) {
            Err(error) if error.is_damage() => None,
            value => value?.and_then(|value| Some(Key::split_number(&value)?.0)),
        };
        match value {
            Some(value) => sound.push((number, value)),
            None => damaged.push(number),
        }
    }
    Ok((sound, damaged))
}

fn first_of(transaction: &Transaction<'_>, lane: &str, order: &str) -> Result<Option<u64>, Error> {
    let prefix = order_key(lane, order);
    let first = transaction.keys(Outbox::TABLE, &Scan::prefix(&prefix).limit(1))?.pop();
    Ok(first.and_then(|key| Some(Key::split_number(key.get(prefix.as_ref().len()..)?)?.0)))
}

fn number_at(transaction: &Transaction<'_>, key: Key) -> Result<u64, Error> {
    let row = transaction.get(Outbox::TABLE, key)?;
    Ok(row.and_then(|row| Some(Key::split_number(&row)?.0)).unwrap_or(0))
}

fn entry_key(number: u64) -> Key {
    Key::text("e").then_number(number)
}

fn payload_key(number: u64) -> Key {
    Key::text("p").then_number(number)
}

fn mark_key(number: u64) -> Key {
    Key::text("s").then_number(number)
}

fn held_key(lane: Option<&str>) -> Key {
    lane.map_or(Key::text("h"), |lane| Key::text("h").then_text(lane))
}

fn lane_key(lane: &str) -> Key {
    Key::text("r").then_text(lane)
}

fn ready_key(lane: &str, number: u64) -> Key {
    lane_key(lane).then_number(number)
}

fn order_key(lane: &str, order: &str) -> Key {
    Key::text("o").then_text(lane).then_text(order)
}
