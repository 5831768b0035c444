//! From when to when the segments of a group reach, by blocks of them, blocks of these, and so on: so that a page is found in
//! any number of segments by looking at a few rows.
//!
//! A span is never less than what lies in its block; after something went it may be more.

use serde::{Deserialize, Serialize};

use super::{Catalog, PART, Rows, SPAN, kind};
use crate::log::frame::{Place, StreamId};
use crate::log::index::Part;
use crate::{Error, Key, Scan, Transaction};

/// How many segments a block has, and how many blocks a larger one; few in tests, so that some segments have all levels.
const FAN: u64 = if cfg!(test) { 4 } else { 64 };
/// The level of the largest blocks: of a terabyte. That of segments is 0.
pub(crate) const TOP: u64 = 3;

/// What a block reaches over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Span {
    pub first: Place,
    pub last: Place,
}

/// All blocks of a group on a level.
fn of_level(group: u64, level: u64) -> Key {
    kind(SPAN).then_number(group).then_number(level)
}

fn key(group: u64, level: u64, block: u64) -> Key {
    of_level(group, level).then_number(block)
}

impl Catalog {
    /// The largest blocks of a group.
    pub(crate) fn largest_blocks(
        self,
        reader: &Transaction<'_>,
        group: u64,
    ) -> Result<Rows<u64, Span>, Error> {
        self.spans(reader, &Scan::prefix(of_level(group, TOP)))
    }

    /// The blocks of a block.
    pub(crate) fn blocks_of(
        self,
        reader: &Transaction<'_>,
        group: u64,
        level: u64,
        block: u64,
    ) -> Result<Rows<u64, Span>, Error> {
        let level = level - 1;
        let scan = Scan::prefix(of_level(group, level)).from(key(group, level, block * FAN));
        self.spans(reader, &scan.before(key(group, level, (block + 1) * FAN)))
    }

    fn spans(self, reader: &Transaction<'_>, scan: &Scan) -> Result<Rows<u64, Span>, Error> {
        let rows = self.rows::<3, Span>(reader, scan)?;
        Ok(rows.into_iter().map(|([_, _, block], span)| (block, span)).collect())
    }

    /// What a stream, or all of a group, has in the segments of a smallest block.
    pub(crate) fn parts_of_block(
        self,
        reader: &Transaction<'_>,
        id: StreamId,
        block: u64,
    ) -> Result<Rows<u32, Part>, Error> {
        let rows = self.rows::<3, Part>(reader, &segments_of(id, block))?;
        Ok(rows.into_iter().map(|([_, _, segment], part)| (segment as u32, part)).collect())
    }

    /// A segment has that of a group.
    pub(super) fn widen(
        self,
        transaction: &mut Transaction<'_>,
        group: u64,
        segment: u32,
        part: &Part,
    ) -> Result<(), Error> {
        let mut block = u64::from(segment);
        for level in 1..=TOP {
            block /= FAN;
            let key = key(group, level, block);
            let old: Option<Span> = transaction.get_json(self.0, &key)?;
            let new = old.map_or(Span { first: part.first, last: part.last }, |old| Span {
                first: old.first.min(part.first),
                last: old.last.max(part.last),
            });
            if old == Some(new) {
                break;
            }
            transaction.put_json(self.0, key, &new)?;
        }
        Ok(())
    }

    /// A segment has nothing of a group any more. What is left of its block keeps the span.
    pub(super) fn narrow(
        self,
        transaction: &mut Transaction<'_>,
        group: u64,
        segment: u32,
    ) -> Result<(), Error> {
        let mut block = u64::from(segment) / FAN;
        let mut within = segments_of(StreamId::all(group), block);
        for level in 1..=TOP {
            if !transaction.keys(self.0, &within.limit(1))?.is_empty() {
                break;
            }
            transaction.delete(self.0, key(group, level, block))?;
            block /= FAN;
            within = Scan::prefix(of_level(group, level)).from(key(group, level, block * FAN)).before(key(
                group,
                level,
                (block + 1) * FAN,
            ));
        }
        Ok(())
    }
}

/// The parts of a stream in the segments of a smallest block.
fn segments_of(id: StreamId, block: u64) -> Scan {
    let part = |segment: u64| super::key_of(PART, id).then_number(segment);
    Scan::all().from(part(block * FAN)).before(part((block + 1) * FAN))
}
