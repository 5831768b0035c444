//! Where in a segment the records of a stream lie: sparsely, by stretches of the file with the places that they hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::frame::{Frame, Place, StreamId};

/// Frames of a stream that lie closer than this are read as one stretch, until that is so long: so no stream has more than
/// some dozens of them in a segment, however many write.
const STRETCH: u32 = 64 << 10;

/// A stretch of a segment with frames of a stream; others may lie between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Row", into = "Row")]
pub(crate) struct Extent {
    pub offset: u32,
    pub length: u32,
    pub first: Place,
    pub last: Place,
}

/// As it is kept.
type Row = (u32, u32, i64, u64, i64, u64);

impl From<Row> for Extent {
    fn from((offset, length, first, from, last, to): Row) -> Self {
        let place = |time, number| Place { time, number };
        Self { offset, length, first: place(first, from), last: place(last, to) }
    }
}

impl From<Extent> for Row {
    fn from(extent: Extent) -> Self {
        let Extent { offset, length, first, last } = extent;
        (offset, length, first.time, first.number, last.time, last.number)
    }
}

/// What a stream, or all of a group, has in one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub first: Place,
    pub last: Place,
    pub totals: Totals,
    /// Bytes of its frames in the file.
    pub stored: u64,
}

/// What a stream, or all of a group, holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Records.
    pub records: u64,
    /// Bytes of what they say.
    pub bytes: u64,
    /// The earliest time of a record that was appended, in milliseconds since 1970.
    pub first: Option<i64>,
    /// The latest.
    pub last: Option<i64>,
    /// When something was appended last, as whoever did it said.
    pub written: Option<i64>,
}

impl Totals {
    pub(crate) fn add(&mut self, more: &Self) {
        self.records += more.records;
        self.bytes += more.bytes;
        self.first = [self.first, more.first].into_iter().flatten().min();
        self.last = self.last.max(more.last);
        self.written = self.written.max(more.written);
    }

    /// Without records that went. The times stay: they are of what was appended.
    pub(crate) fn subtract(&mut self, gone: &Self) {
        self.records = self.records.saturating_sub(gone.records);
        self.bytes = self.bytes.saturating_sub(gone.bytes);
    }
}

/// A part with its stretches.
#[derive(Clone, Debug)]
pub(crate) struct Indexed {
    pub part: Part,
    pub extents: Vec<Extent>,
}

/// All parts of a segment, of streams and of groups as a whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct SegmentIndex(pub BTreeMap<StreamId, Indexed>);

impl SegmentIndex {
    /// Adds a frame that lies there.
    pub(crate) fn add(&mut self, frame: &Frame, offset: u32) {
        let Some((first, last)) = frame.ends() else { return };
        let length = frame.length() as u32;
        let totals = Totals {
            records: frame.records.len() as u64,
            bytes: frame.bytes(),
            first: Some(first.time),
            last: Some(last.time),
            written: Some(frame.written),
        };
        let part = Part { first, last, totals, stored: u64::from(length) };
        let extent = Extent { offset, length, first, last };
        for of in [frame.of, StreamId::all(frame.of.group)] {
            match self.0.get_mut(&of) {
                Some(indexed) => indexed.add(part, extent),
                None => drop(self.0.insert(of, Indexed { part, extents: vec![extent] })),
            }
        }
    }

    /// The streams of a group.
    pub(crate) fn streams(&self, group: u64) -> impl Iterator<Item = (StreamId, &Indexed)> {
        let ids = StreamId { group, stream: 1 }..=StreamId { group, stream: u64::MAX };
        self.0.range(ids).map(|(id, indexed)| (*id, indexed))
    }
}

impl Indexed {
    fn add(&mut self, part: Part, extent: Extent) {
        self.part.first = self.part.first.min(part.first);
        self.part.last = self.part.last.max(part.last);
        self.part.totals.add(&part.totals);
        self.part.stored += part.stored;
        match self.extents.last_mut() {
            Some(last) if last.length < STRETCH && extent.offset - (last.offset + last.length) < STRETCH => {
                last.length = extent.offset + extent.length - last.offset;
                last.first = last.first.min(extent.first);
                last.last = last.last.max(extent.last);
            }
            _ => self.extents.push(extent),
        }
    }
}
