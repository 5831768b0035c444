//! The streams of groups by the time of their last record, as sealed segments have it.

use super::{Catalog, LATEST, kind, numbers};
use crate::log::frame::StreamId;
use crate::log::index::Totals;
use crate::{Error, Key, Scan, Transaction};

/// Where a stream comes: by the time of its last record, none before all others, then by its number.
pub type Latest = (Option<i64>, u64);

fn key(group: u64, (time, stream): Latest) -> Key {
    let order = time.map_or(0, |time| (time.cast_unsigned() ^ (1 << 63)).saturating_add(1));
    kind(LATEST).then_number(group).then_number(order).then_number(stream)
}

fn latest(key: &[u8]) -> Option<Latest> {
    let [_, order, stream] = numbers(key)?;
    let time = order.checked_sub(1).map(|order| (order ^ (1 << 63)).cast_signed());
    Some((time, stream))
}

impl Catalog {
    /// Some streams of a group behind one.
    pub(crate) fn latest(
        self,
        reader: &Transaction<'_>,
        group: u64,
        after: Option<Latest>,
        backward: bool,
        most: usize,
    ) -> Result<Vec<Latest>, Error> {
        let mut scan = Scan::prefix(kind(LATEST).then_number(group)).limit(most);
        if backward {
            scan = scan.backward();
        }
        if let Some(after) = after {
            let key = key(group, after);
            scan = if backward { scan.before(key) } else { scan.after(key) };
        }
        Ok(reader.keys(self.0, &scan)?.iter().filter_map(|key| latest(key)).collect())
    }

    /// A stream holds something else, or there is or was no such stream.
    pub(super) fn set_latest(
        self,
        transaction: &mut Transaction<'_>,
        id: StreamId,
        old: Option<&Totals>,
        new: Option<&Totals>,
    ) -> Result<(), Error> {
        let place = |totals: &Totals| (totals.last, id.stream);
        let (old, new) = (old.map(place), new.map(place));
        if id.is_all() || old == new {
            return Ok(());
        }
        if let Some(old) = old {
            transaction.delete(self.0, key(id.group, old))?;
        }
        if let Some(new) = new {
            transaction.put(self.0, key(id.group, new), [])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_places() {
        let places =
            [(None, 7), (Some(i64::MIN), 1), (Some(-1), 9), (Some(0), 2), (Some(0), 3), (Some(5), 1)];
        let keys = places.map(|place| key(1, place).into_bytes());
        assert!(keys.is_sorted());
        assert_eq!(keys.each_ref().map(|key| latest(key).unwrap()), places);
    }
}
