//! Reading a stream, or all of a group, in the order of places: a page at a time, bounded in records and bytes, and with it
//! in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::PathBuf;

use bytes::Bytes;

use super::catalog::{Catalog, Span, TOP};
use super::files::File;
use super::frame::{Frames, Place, Record, Seed, StreamId};
use super::index::{Extent, Indexed, Part};
use super::{Shared, failed};
use crate::{Error, Transaction};

/// What a record counts in a page beside its bytes.
const OVERHEAD: usize = 64;

/// What is asked of a log.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// Of which stream, or of all of a group.
    pub of: StreamId,
    /// The least place.
    pub from: Place,
    /// The place behind the greatest.
    pub until: Place,
    /// From the greatest place to the least.
    pub backward: bool,
    /// At most so many records.
    pub records: usize,
    /// No more than so many bytes of them, unless the first alone has more. Each counts 64 beside what it says.
    pub bytes: usize,
}

/// Records in the order that was asked for.
#[derive(Debug, Default)]
pub struct Records {
    /// The records.
    pub found: Vec<Record>,
    /// What could not be read on the way, with the file and place of each.
    pub damaged: Vec<Error>,
    /// Whether there is more of what was asked for.
    pub more: bool,
}

impl Query {
    /// All of a stream or group.
    pub const fn all(of: StreamId) -> Self {
        let (from, until) = (Place { time: i64::MIN, number: 0 }, Place { time: i64::MAX, number: u64::MAX });
        Self { of, from, until, backward: false, records: 1000, bytes: 1 << 20 }
    }

    /// A number that sorts as what is read sooner.
    fn rank(&self, place: Place) -> u128 {
        if self.backward { !place.rank() } else { place.rank() }
    }

    /// The nearest place of a range, so counted.
    fn nearest(&self, first: Place, last: Place) -> u128 {
        self.rank(if self.backward { last } else { first })
    }

    fn wants(&self, place: Place) -> bool {
        self.from <= place && place < self.until
    }

    fn overlaps(&self, first: Place, last: Place) -> bool {
        self.from <= last && first < self.until
    }
}

/// Parts of a stream that are looked through from the first one; of more, those that are near are looked for by blocks.
const FEW: usize = if cfg!(test) { 3 } else { 256 };

/// What is to be looked at. Of what is as near, blocks come before parts and these before stretches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// A block of segments.
    Block { level: u64, number: u64 },
    /// What a segment has.
    Part { segment: u32 },
    /// A stretch of a segment.
    Stretch { segment: u32, offset: u32, length: u32 },
}

/// By how near the nearest place of each may be.
type Steps = BTreeSet<(u128, Step)>;

/// The nearest records so far, no more than the page has room for.
struct Nearest<'a> {
    query: &'a Query,
    records: BTreeMap<u128, Record>,
    bytes: usize,
    /// What is there or beyond is not on this page.
    end: Option<u128>,
}

impl Nearest<'_> {
    fn has_room_at(&self, rank: u128) -> bool {
        self.end.is_none_or(|end| rank < end)
    }

    fn add(&mut self, record: &Record) {
        let rank = self.query.rank(record.place);
        if !self.has_room_at(rank) {
            return;
        }
        // What it was read with is let go: a stretch of which one short record is wanted may have a hundred thousand bytes.
        let record = Record { bytes: Bytes::copy_from_slice(&record.bytes), ..*record };
        self.bytes += record.bytes.len() + OVERHEAD;
        self.records.insert(rank, record);
        while self.records.len() > self.query.records
            || (self.bytes > self.query.bytes && self.records.len() > 1)
        {
            let Some((rank, record)) = self.records.pop_last() else { break };
            self.bytes -= record.bytes.len() + OVERHEAD;
            self.end = Some(rank);
        }
    }
}

/// Why a page cannot be made of what was known.
enum Missed {
    /// A file was written anew meanwhile; look again.
    Moved,
    Failed(Error),
}

impl From<Error> for Missed {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// A page, or none if a file was written anew meanwhile.
pub(crate) fn page(
    shared: &Shared,
    reader: &Transaction<'_>,
    query: &Query,
    open: Vec<(u32, Indexed)>,
) -> Result<Option<Records>, Error> {
    let mut reading = Reading {
        shared,
        catalog: shared.catalog,
        reader,
        query,
        live: HashMap::new(),
        damaged: Vec::new(),
        file: None,
    };
    match reading.page(open) {
        Ok(records) => Ok(Some(records)),
        Err(Missed::Moved) => Ok(None),
        Err(Missed::Failed(error)) => Err(error),
    }
}

struct Reading<'a, 'b> {
    shared: &'a Shared,
    catalog: Catalog,
    reader: &'a Transaction<'b>,
    query: &'a Query,
    /// Which streams of a group are there.
    live: HashMap<u64, bool>,
    damaged: Vec<Error>,
    /// The file that was read last, and its segment.
    file: Option<(u32, PathBuf, Box<dyn File>)>,
}

impl Reading<'_, '_> {
    fn page(&mut self, open: Vec<(u32, Indexed)>) -> Result<Records, Missed> {
        let query = self.query;
        let mut nearest = Nearest { query, records: BTreeMap::new(), bytes: 0, end: None };
        if query.records == 0 || !self.catalog.has(self.reader, query.of)? {
            return Ok(Records::default());
        }
        let mut steps = self.begin(open)?;
        while let Some((rank, step)) = steps.pop_first() {
            if !nearest.has_room_at(rank) {
                break;
            }
            match step {
                Step::Block { level, number } => self.descend(level, number, &mut steps)?,
                Step::Part { segment } => {
                    let detail = self.catalog.detail(self.reader, query.of, segment)?;
                    self.expand(segment, detail.unwrap_or_default().extents, &mut steps);
                }
                Step::Stretch { segment, offset, length } => {
                    self.read(segment, offset, length, &mut nearest)?;
                }
            }
        }
        let more = nearest.end.is_some();
        let found = nearest.records.into_values().collect();
        Ok(Records { found, damaged: std::mem::take(&mut self.damaged), more })
    }

    /// Where to begin: with what is in memory, and with the parts of a stream that has few, or the largest blocks.
    fn begin(&self, open: Vec<(u32, Indexed)>) -> Result<Steps, Missed> {
        let (mut steps, of) = (Steps::new(), self.query.of);
        let sealed = self.catalog.sealed(self.reader)?;
        for (segment, indexed) in open.into_iter().filter(|(segment, _)| *segment > sealed) {
            self.expand(segment, indexed.extents, &mut steps);
        }
        if !of.is_all() {
            let parts = self.catalog.parts_of_stream(self.reader, of, FEW + 1)?;
            if parts.len() <= FEW {
                self.add_parts(parts, &mut steps);
                return Ok(steps);
            }
        }
        self.add_blocks(TOP, self.catalog.largest_blocks(self.reader, of.group)?, &mut steps);
        Ok(steps)
    }

    /// Looks into a block.
    fn descend(&self, level: u64, number: u64, into: &mut Steps) -> Result<(), Missed> {
        let of = self.query.of;
        if level > 1 {
            let blocks = self.catalog.blocks_of(self.reader, of.group, level, number)?;
            self.add_blocks(level - 1, blocks, into);
        } else {
            self.add_parts(self.catalog.parts_of_block(self.reader, of, number)?, into);
        }
        Ok(())
    }

    fn add_blocks(&self, level: u64, blocks: Vec<(u64, Span)>, into: &mut Steps) {
        for (number, Span { first, last }) in blocks {
            self.add(first, last, Step::Block { level, number }, into);
        }
    }

    fn add_parts(&self, parts: Vec<(u32, Part)>, into: &mut Steps) {
        for (segment, part) in parts {
            self.add(part.first, part.last, Step::Part { segment }, into);
        }
    }

    fn expand(&self, segment: u32, extents: Vec<Extent>, into: &mut Steps) {
        for Extent { offset, length, first, last } in extents {
            self.add(first, last, Step::Stretch { segment, offset, length }, into);
        }
    }

    /// Adds a step, if there may be something of what is asked for.
    fn add(&self, first: Place, last: Place, step: Step, into: &mut Steps) {
        if self.query.overlaps(first, last) {
            into.insert((self.query.nearest(first, last), step));
        }
    }

    fn open(&mut self, segment: u32) -> Result<(), Missed> {
        if self.file.as_ref().is_some_and(|(open, ..)| *open == segment) {
            return Ok(());
        }
        let revision = self.catalog.segment(self.reader, segment)?.map_or(0, |found| found.revision);
        let path = self.shared.folder.file(segment, revision);
        match self.shared.folder.files.read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Missed::Moved),
            Err(error) => Err(failed(path)(error).into()),
            Ok(file) => {
                self.file = Some((segment, path, file));
                Ok(())
            }
        }
    }

    /// Reads a stretch of a segment.
    fn read(&mut self, segment: u32, offset: u32, length: u32, into: &mut Nearest<'_>) -> Result<(), Missed> {
        self.open(segment)?;
        let Some((_, path, file)) = &self.file else { return Ok(()) };
        let path = path.clone();
        let mut bytes = vec![0; length as usize];
        match file.read_at(&mut bytes, u64::from(offset)) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                let what = format!("it ends before its byte {}", offset + length);
                self.damaged.push(Error::damaged(&path, what));
                return Ok(());
            }
            other => other.map_err(failed(path.clone()))?,
        }
        let seed = Seed { log: self.shared.id.clone(), segment };
        for found in Frames::new(&seed, Bytes::from(bytes), offset) {
            let frame = match found {
                Ok(found) => found.frame,
                Err(at) => {
                    self.damaged.push(Error::damaged(&path, format!("the records at its byte {at}")));
                    continue;
                }
            };
            let of = self.query.of;
            if frame.of.group != of.group || !(of.is_all() || frame.of == of) || !self.is_live(frame.of)? {
                continue;
            }
            let places: Vec<_> = frame.places().collect();
            for (place, (_, bytes)) in places.into_iter().zip(frame.records) {
                if self.query.wants(place) {
                    into.add(&Record { place, stream: frame.of.stream, written: frame.written, bytes });
                }
            }
        }
        Ok(())
    }

    fn is_live(&mut self, id: StreamId) -> Result<bool, Missed> {
        if let Some(live) = self.live.get(&id.stream) {
            return Ok(*live);
        }
        let live = self.catalog.has(self.reader, id)?;
        self.live.insert(id.stream, live);
        Ok(live)
    }
}
