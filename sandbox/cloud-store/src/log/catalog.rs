//! What the store knows of a log: its segments, what of which stream lies in them, what is to be removed. All of it in one
//! table; what a row is of, its first byte says.

use std::ops::ControlFlow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::frame::StreamId;
use super::index::{Extent, Totals};
use crate::{Error, Key, Scan, Table, Transaction};

mod latest;
mod parts;
mod spans;

pub use latest::Latest;
pub(crate) use spans::{Span, TOP};

/// The log itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// Which log this is.
    pub id: String,
    /// The last segment whose index is here.
    pub sealed: u32,
    /// The number of the record behind it.
    pub next: u64,
    /// The number of the next group or stream.
    pub ids: u64,
}

/// A segment whose index is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Segment {
    pub revision: u32,
    /// Bytes of its file.
    pub length: u64,
    /// Bytes of what is not removed.
    pub live: u64,
}

/// Where the parts of a stream begin, and what else a group has in a segment.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Detail {
    pub extents: Vec<Extent>,
    /// Of a whole group: its streams there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub streams: Vec<u64>,
}

/// The table within a transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Catalog(pub Table);

fn kind(kind: u8) -> Key {
    Key::number(u64::from(kind))
}

fn key_of(letter: u8, id: StreamId) -> Key {
    kind(letter).then_number(id.group).then_number(id.stream)
}

fn place_of(letter: u8, id: StreamId, segment: u32) -> Key {
    key_of(letter, id).then_number(u64::from(segment))
}

/// The numbers in a key behind its kind.
fn numbers<const N: usize>(key: &[u8]) -> Option<[u64; N]> {
    let (chunks, rest) = key.get(8..)?.as_chunks::<8>();
    let numbers: &[[u8; 8]; N] = chunks.try_into().ok()?;
    rest.is_empty().then(|| numbers.map(u64::from_be_bytes))
}

const PART: u8 = b'p';
const SPAN: u8 = b'b';
const LATEST: u8 = b'l';
const DETAIL: u8 = b'x';
const SEGMENT: u8 = b's';
const TOTALS: u8 = b't';
const REMOVED: u8 = b'r';
const FREED: u8 = b'f';
const IDENTITY: u8 = b'i';

/// Rows that are brought up at once.
const ROWS: usize = 1000;

type Rows<K, V> = Vec<(K, V)>;

impl Catalog {
    fn rows<const N: usize, V: DeserializeOwned>(
        self,
        reader: &Transaction<'_>,
        scan: &Scan,
    ) -> Result<Rows<[u64; N], V>, Error> {
        let entries = reader.scan(self.0, scan)?.into_iter();
        let row = |entry: crate::Entry| {
            let key = numbers(&entry.key).ok_or_else(|| Error::unreadable(self.0, &entry.key, None))?;
            Ok((key, entry.json()?))
        };
        entries.map(row).collect()
    }

    pub(crate) fn identity(self, reader: &Transaction<'_>) -> Result<Option<Identity>, Error> {
        reader.get_json(self.0, kind(IDENTITY))
    }

    pub(crate) fn set_identity(
        self,
        transaction: &mut Transaction<'_>,
        identity: &Identity,
    ) -> Result<(), Error> {
        transaction.put_json(self.0, kind(IDENTITY), identity)
    }

    /// The last segment whose index is here.
    pub(crate) fn sealed(self, reader: &Transaction<'_>) -> Result<u32, Error> {
        Ok(self.identity(reader)?.map_or(0, |identity| identity.sealed))
    }

    /// A number for a new group or stream.
    pub(crate) fn begin(
        self,
        transaction: &mut Transaction<'_>,
        group: Option<u64>,
    ) -> Result<StreamId, Error> {
        let mut identity = self.identity(transaction)?.ok_or(Error::Stopped)?;
        let number = identity.ids;
        identity.ids += 1;
        self.set_identity(transaction, &identity)?;
        let id = group.map_or(StreamId::all(number), |group| StreamId { group, stream: number });
        self.set_totals(transaction, id, &Totals::default())?;
        Ok(id)
    }

    /// What a stream holds in sealed segments; none where there is no such stream.
    pub(crate) fn totals(self, reader: &Transaction<'_>, id: StreamId) -> Result<Option<Totals>, Error> {
        reader.get_json(self.0, key_of(TOTALS, id))
    }

    fn set_totals(
        self,
        transaction: &mut Transaction<'_>,
        id: StreamId,
        totals: &Totals,
    ) -> Result<(), Error> {
        let old = self.totals(transaction, id)?;
        self.set_latest(transaction, id, old.as_ref(), Some(totals))?;
        transaction.put_json(self.0, key_of(TOTALS, id), totals)
    }

    /// Whether there is such a stream, in a group that is there.
    pub(crate) fn has(self, reader: &Transaction<'_>, id: StreamId) -> Result<bool, Error> {
        let has = |id| reader.has(self.0, key_of(TOTALS, id));
        Ok(has(StreamId::all(id.group))? && (id.is_all() || has(id)?))
    }

    /// Forgets a stream or group: from now on there is none.
    pub(crate) fn forget(self, transaction: &mut Transaction<'_>, id: StreamId) -> Result<(), Error> {
        let old = self.totals(transaction, id)?;
        self.set_latest(transaction, id, old.as_ref(), None)?;
        transaction.delete(self.0, key_of(TOTALS, id)).map(drop)
    }

    /// Removes what is known of some streams of a group that is gone. True if there are more.
    pub(crate) fn forget_some(
        self,
        transaction: &mut Transaction<'_>,
        group: u64,
        most: usize,
    ) -> Result<bool, Error> {
        let mut more = false;
        for of in [TOTALS, LATEST] {
            let keys = transaction.keys(self.0, &Scan::prefix(kind(of).then_number(group)).limit(most))?;
            more |= keys.len() == most;
            for key in keys {
                transaction.delete(self.0, key)?;
            }
        }
        Ok(more)
    }

    /// Makes what a log of before does not have: the spans of its groups, and its streams by their last records.
    pub(crate) fn bring_up(self, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        let mut scan = Scan::prefix(kind(TOTALS)).limit(ROWS);
        loop {
            let rows = self.rows::<2, Totals>(transaction, &scan)?;
            let Some(([group, stream], _)) = rows.last() else { return Ok(()) };
            scan = scan.after(key_of(TOTALS, StreamId { group: *group, stream: *stream }));
            for ([group, stream], totals) in rows {
                let id = StreamId { group, stream };
                if id.is_all() {
                    self.make_spans(transaction, id)?;
                }
                self.set_latest(transaction, id, None, Some(&totals))?;
            }
        }
    }

    fn make_spans(self, transaction: &mut Transaction<'_>, of: StreamId) -> Result<(), Error> {
        let mut parts = Vec::new();
        self.each_part(transaction, of, |segment, part| {
            parts.push((segment, part));
            ControlFlow::Continue(())
        })?;
        parts.iter().try_for_each(|(segment, part)| self.widen(transaction, of.group, *segment, part))
    }

    pub(crate) fn segment(self, reader: &Transaction<'_>, segment: u32) -> Result<Option<Segment>, Error> {
        reader.get_json(self.0, kind(SEGMENT).then_number(u64::from(segment)))
    }

    /// Segments behind one, so many at most.
    pub(crate) fn segments(
        self,
        reader: &Transaction<'_>,
        after: u32,
        most: usize,
    ) -> Result<Rows<u32, Segment>, Error> {
        let scan = Scan::prefix(kind(SEGMENT)).after(kind(SEGMENT).then_number(u64::from(after))).limit(most);
        let rows = self.rows::<1, Segment>(reader, &scan)?;
        Ok(rows.into_iter().map(|([number], segment)| (number as u32, segment)).collect())
    }

    pub(crate) fn set_segment(
        self,
        transaction: &mut Transaction<'_>,
        number: u32,
        segment: &Segment,
    ) -> Result<(), Error> {
        transaction.put_json(self.0, kind(SEGMENT).then_number(u64::from(number)), segment)
    }

    pub(crate) fn delete_segment(self, transaction: &mut Transaction<'_>, number: u32) -> Result<(), Error> {
        transaction.delete(self.0, kind(SEGMENT).then_number(u64::from(number))).map(drop)
    }

    /// So many bytes of a segment are removed; the file of one that has no others is to go.
    pub(crate) fn release(
        self,
        transaction: &mut Transaction<'_>,
        number: u32,
        bytes: u64,
    ) -> Result<(), Error> {
        let Some(mut segment) = self.segment(transaction, number)? else { return Ok(()) };
        segment.live = segment.live.saturating_sub(bytes);
        if segment.live > 0 {
            return self.set_segment(transaction, number, &segment);
        }
        self.delete_segment(transaction, number)?;
        self.free(transaction, number, segment.revision)
    }

    /// A file is to go.
    pub(crate) fn free(
        self,
        transaction: &mut Transaction<'_>,
        number: u32,
        revision: u32,
    ) -> Result<(), Error> {
        transaction.put_json(self.0, freed_key(number, revision), &false)
    }

    /// Keeps a file that was to go. False if it may be gone already.
    pub(crate) fn keep(
        self,
        transaction: &mut Transaction<'_>,
        number: u32,
        revision: u32,
    ) -> Result<bool, Error> {
        let key = freed_key(number, revision);
        let goes: Option<bool> = transaction.get_json(self.0, &key)?;
        if goes == Some(false) { transaction.delete(self.0, key) } else { Ok(false) }
    }

    /// Some files behind one that are to go: from now on they may be gone.
    pub(crate) fn let_go(
        self,
        transaction: &mut Transaction<'_>,
        after: Option<(u32, u32)>,
        most: usize,
    ) -> Result<Vec<(u32, u32)>, Error> {
        let mut scan = Scan::prefix(kind(FREED)).limit(most);
        if let Some((number, revision)) = after {
            scan = scan.after(freed_key(number, revision));
        }
        let keys = transaction.keys(self.0, &scan)?;
        let mut files = Vec::new();
        for key in keys {
            transaction.put_json(self.0, &key, &true)?;
            files.extend(numbers(&key).map(|[number, revision]| (number as u32, revision as u32)));
        }
        Ok(files)
    }

    /// A file is gone.
    pub(crate) fn gone(
        self,
        transaction: &mut Transaction<'_>,
        number: u32,
        revision: u32,
    ) -> Result<(), Error> {
        transaction.delete(self.0, freed_key(number, revision)).map(drop)
    }

    /// A stream is to go.
    pub(crate) fn remove(self, transaction: &mut Transaction<'_>, id: StreamId) -> Result<(), Error> {
        transaction.put_json(self.0, key_of(REMOVED, id), &())
    }

    /// It went, or stays.
    pub(crate) fn removed(self, transaction: &mut Transaction<'_>, id: StreamId) -> Result<(), Error> {
        transaction.delete(self.0, key_of(REMOVED, id)).map(drop)
    }

    /// A stream that is to go.
    pub(crate) fn to_remove(self, reader: &Transaction<'_>) -> Result<Option<StreamId>, Error> {
        let keys = reader.keys(self.0, &Scan::prefix(kind(REMOVED)).limit(1))?;
        Ok(keys.first().and_then(|key| numbers(key)).map(|[group, stream]| StreamId { group, stream }))
    }
}

/// What a page is found by, and streams by their last records, as it is kept.
#[cfg(test)]
pub(crate) fn rows_of_places(
    catalog: Catalog,
    reader: &Transaction<'_>,
) -> Result<Vec<(Vec<u8>, bytes::Bytes)>, Error> {
    let mut rows = reader.scan(catalog.0, &Scan::prefix(kind(SPAN)))?;
    rows.extend(reader.scan(catalog.0, &Scan::prefix(kind(LATEST)))?);
    Ok(rows.into_iter().map(|entry| (entry.key, entry.value)).collect())
}

fn freed_key(number: u32, revision: u32) -> Key {
    kind(FREED).then_number(u64::from(number)).then_number(u64::from(revision))
}
