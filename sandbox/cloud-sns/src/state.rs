//! What a FIFO topic remembers of what was published: pure, over rows. Numbers in order, and what tells duplicates for five
//! minutes.

use bytes::Bytes;
use cloud_store::{Error, Key, Scan, Transaction};
use serde::{Deserialize, Serialize};

use crate::record::{NUMBERS, PUBLISHED, PUBLISHED_AGES, Topic};

/// AWS: for how long a duplicate is told, in milliseconds.
pub(crate) const REMEMBERED: i64 = 300_000;
/// AWS: sequence numbers have 20 digits, and are not consecutive.
const FIRST: u128 = 10_000_000_000_000_000_000;
const STEP: u128 = 1000;
/// How many of what is too old are forgotten with one publish.
const FORGOTTEN: usize = 16;

/// What is remembered of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Published {
    pub id: String,
    pub sequence: String,
    at_ms: i64,
}

/// A number that nothing here has had.
pub(crate) fn number(transaction: &mut Transaction<'_>, name: &Key) -> Result<u64, Error> {
    let bytes = name.clone().into_bytes();
    let kept: Option<Bytes> = transaction.get(NUMBERS, &bytes)?;
    let next = kept.as_deref().and_then(Key::split_number).map_or(1, |(next, _)| next);
    transaction.put(NUMBERS, &bytes, next.saturating_add(1).to_be_bytes())?;
    Ok(next)
}

fn sequences(topic: u64) -> Key {
    Key::text("sequence").then_number(topic)
}

/// Forgets the sequence numbers of a topic that is gone. What was published to it is forgotten by its age.
pub(crate) fn forget(transaction: &mut Transaction<'_>, topic: u64) -> Result<(), Error> {
    transaction.delete(NUMBERS, sequences(topic).into_bytes()).map(drop)
}

/// The next sequence number of a topic.
pub(crate) fn sequence(transaction: &mut Transaction<'_>, topic: u64) -> Result<String, Error> {
    let next = number(transaction, &sequences(topic))?;
    Ok(print(next))
}

fn print(number: u64) -> String {
    (FIRST + u128::from(number) * STEP).to_string()
}

/// What tells a message: its topic, its group where the topic says so, its id.
pub(crate) fn name(topic: &Topic, group: &str, duplicate: &str) -> Key {
    let by_group = topic.attributes.get("FifoThroughputScope").is_some_and(|scope| scope == "MessageGroup");
    Key::number(topic.id).then_text(if by_group { group } else { "" }).then_text(duplicate)
}

/// What was published under a name, if that is not too long ago.
// LIMIT: measured with the machine's clock: one that is set back lengthens it, one that is set forward shortens it.
pub(crate) fn recall(
    transaction: &Transaction<'_>,
    name: &Key,
    now_ms: i64,
) -> Result<Option<Published>, Error> {
    let kept = transaction.get_json::<Published>(PUBLISHED, name.clone().into_bytes())?;
    Ok(kept.filter(|kept| is_recent(kept.at_ms, now_ms)))
}

fn is_recent(at_ms: i64, now_ms: i64) -> bool {
    now_ms.saturating_sub(at_ms) < REMEMBERED
}

/// Remembers a message, and forgets some of what is too old.
pub(crate) fn remember(
    transaction: &mut Transaction<'_>,
    name: &Key,
    id: &str,
    sequence: &str,
    now_ms: i64,
) -> Result<(), Error> {
    let age = |at_ms: i64| u64::try_from(at_ms).unwrap_or(0);
    let bytes = name.clone().into_bytes();
    let published = Published { id: id.to_owned(), sequence: sequence.to_owned(), at_ms: now_ms };
    transaction.put_json(PUBLISHED, &bytes, &published)?;
    transaction.put(PUBLISHED_AGES, Key::number(age(now_ms)).then_bytes(&bytes).into_bytes(), &bytes)?;
    for entry in transaction.scan(PUBLISHED_AGES, &Scan::all().limit(FORGOTTEN))? {
        let at = Key::split_number(&entry.key).map_or(0, |(at, _)| at);
        if is_recent(i64::try_from(at).unwrap_or(i64::MAX), now_ms) {
            break;
        }
        // What was published again since has another row.
        let kept = transaction.get_json::<Published>(PUBLISHED, &entry.value)?;
        if kept.is_some_and(|kept| age(kept.at_ms) == at) {
            transaction.delete(PUBLISHED, &entry.value)?;
        }
        transaction.delete(PUBLISHED_AGES, &entry.key)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_twenty_digits_and_grow() {
        assert_eq!(print(1), "10000000000000001000");
        assert!(print(1) < print(2) && print(9) < print(10));
        assert_eq!(print(1 << 40).len(), 20);
    }

    #[test]
    fn five_minutes_are_recent() {
        for (at, now, expected) in [(0, 0, true), (0, 299_999, true), (0, 300_000, false), (5, 0, true)] {
            assert_eq!(is_recent(at, now), expected, "{at} {now}");
        }
    }

    #[test]
    fn groups_tell_apart_where_the_topic_says_so() {
        let mut topic = Topic { id: 7, ..Topic::default() };
        assert_eq!(name(&topic, "a", "d").into_bytes(), name(&topic, "b", "d").into_bytes());
        topic.attributes.insert("FifoThroughputScope".into(), "MessageGroup".into());
        assert_ne!(name(&topic, "a", "d").into_bytes(), name(&topic, "b", "d").into_bytes());
    }
}
