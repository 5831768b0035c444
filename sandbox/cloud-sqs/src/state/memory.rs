//! What a queue remembers for five minutes: which messages were sent to it, and what an attempt to receive was given.
// AWS: "the 5-minute deduplication interval", which also is that of ReceiveRequestAttemptId.

use bytes::Bytes;
use cloud_store::{Error, Key};
use sha2::{Digest, Sha256};

use crate::record::{MEMORY, MEMORY_AGES};
use crate::rows::Rows;

/// How long, in milliseconds.
pub(crate) const REMEMBERED: u64 = 300_000;
/// How much is forgotten whenever something is remembered.
const FORGOTTEN: usize = 4;

/// What something is remembered by, one of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name(Vec<u8>);

impl Name {
    /// A deduplication id: of the whole queue, or of one group.
    pub(crate) fn duplicate(group: Option<&str>, id: &str) -> Self {
        Self::of(b'd', &[group.map_or("q", |_| "g"), group.unwrap_or_default(), id])
    }

    /// An attempt to receive.
    pub(crate) fn attempt(id: &str) -> Self {
        Self::of(b'r', &[id])
    }

    fn of(kind: u8, parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let mut name = vec![kind];
        name.extend(hash.finalize());
        Self(name)
    }
}

/// What a queue remembers by a name.
pub(crate) fn recall(
    rows: &mut impl Rows,
    queue: u64,
    name: &Name,
    now: u64,
) -> Result<Option<Bytes>, Error> {
    let Some(kept) = rows.get(MEMORY, &key(queue, name))? else { return Ok(None) };
    let Some((since, _)) = Key::split_number(&kept) else { return Ok(None) };
    Ok((since.saturating_add(REMEMBERED) > now).then(|| kept.slice(8..)))
}

/// Has a queue remember something from now on.
pub(crate) fn remember(
    rows: &mut impl Rows,
    queue: u64,
    name: &Name,
    what: &[u8],
    now: u64,
) -> Result<(), Error> {
    forget(rows, queue, now, FORGOTTEN)?;
    let mut value = now.to_be_bytes().to_vec();
    value.extend(what);
    rows.put(MEMORY, &key(queue, name), &value)?;
    rows.put(MEMORY_AGES, &age(queue, now, &name.0), &[])
}

/// Forgets some of what is too old. Whether there may be more.
pub(crate) fn forget(rows: &mut impl Rows, queue: u64, now: u64, most: usize) -> Result<bool, Error> {
    let Some(horizon) = now.checked_sub(REMEMBERED) else { return Ok(false) };
    let before = age(queue, horizon.saturating_add(1), &[]);
    let old = rows.first(MEMORY_AGES, &queue.to_be_bytes(), Some(&before), most)?;
    for (place, _) in &old {
        rows.delete(MEMORY_AGES, place)?;
        let (Some((since, _)), Some(name)) = (place.get(8..).and_then(Key::split_number), place.get(16..))
        else {
            continue;
        };
        let key = key(queue, &Name(name.to_vec()));
        // What was remembered anew since is not as old.
        let kept = rows.get(MEMORY, &key)?;
        if kept.as_deref().and_then(Key::split_number).is_some_and(|(kept, _)| kept == since) {
            rows.delete(MEMORY, &key)?;
        }
    }
    Ok(old.len() == most)
}

fn key(queue: u64, name: &Name) -> Vec<u8> {
    let mut key = queue.to_be_bytes().to_vec();
    key.extend(&name.0);
    key
}

fn age(queue: u64, since: u64, name: &[u8]) -> Vec<u8> {
    let mut key = Key::number(queue).then_number(since).into_bytes();
    key.extend(name);
    key
}
