//! What of which stream, and of each group as a whole, lies in which segment.

use std::ops::ControlFlow;

use super::{Catalog, DETAIL, Detail, PART, Rows, Segment, key_of, kind, place_of};
use crate::log::frame::StreamId;
use crate::log::index::{Indexed, Part, SegmentIndex, Totals};
use crate::log::tail::Open;
use crate::{Error, Scan, Transaction};

/// Parts that are read at once.
const PARTS: usize = 256;

impl Catalog {
    /// Goes through the parts of a stream, by segment, for as long as more are wanted: no more of them are held than some.
    pub(crate) fn each_part(
        self,
        reader: &Transaction<'_>,
        id: StreamId,
        mut see: impl FnMut(u32, Part) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let mut scan = Scan::prefix(key_of(PART, id)).limit(PARTS);
        loop {
            let rows = self.rows::<3, Part>(reader, &scan)?;
            let last = rows.last().map(|([_, _, segment], _)| *segment as u32);
            for ([_, _, segment], part) in rows {
                if see(segment as u32, part).is_break() {
                    return Ok(());
                }
            }
            let Some(last) = last else { return Ok(()) };
            scan = scan.after(place_of(PART, id, last));
        }
    }

    /// Some parts of a stream.
    pub(crate) fn parts_of_stream(
        self,
        reader: &Transaction<'_>,
        id: StreamId,
        most: usize,
    ) -> Result<Rows<u32, Part>, Error> {
        let rows = self.rows::<3, Part>(reader, &Scan::prefix(key_of(PART, id)).limit(most))?;
        Ok(rows.into_iter().map(|([_, _, segment], part)| (segment as u32, part)).collect())
    }

    /// Some parts of a group and of its streams.
    pub(crate) fn parts_of_group(
        self,
        reader: &Transaction<'_>,
        group: u64,
        most: usize,
    ) -> Result<Rows<(StreamId, u32), Part>, Error> {
        let scan = Scan::prefix(kind(PART).then_number(group)).limit(most);
        let rows = self.rows::<3, Part>(reader, &scan)?.into_iter();
        let row = |([group, stream, segment], part): ([u64; 3], Part)| {
            ((StreamId { group, stream }, segment as u32), part)
        };
        Ok(rows.map(row).collect())
    }

    pub(crate) fn part(
        self,
        reader: &Transaction<'_>,
        id: StreamId,
        segment: u32,
    ) -> Result<Option<Part>, Error> {
        reader.get_json(self.0, place_of(PART, id, segment))
    }

    pub(crate) fn set_part(
        self,
        transaction: &mut Transaction<'_>,
        id: StreamId,
        segment: u32,
        part: &Part,
    ) -> Result<(), Error> {
        transaction.put_json(self.0, place_of(PART, id, segment), part)
    }

    pub(crate) fn detail(
        self,
        reader: &Transaction<'_>,
        id: StreamId,
        segment: u32,
    ) -> Result<Option<Detail>, Error> {
        reader.get_json(self.0, place_of(DETAIL, id, segment))
    }

    /// Sets a part with its stretches.
    fn put(
        self,
        transaction: &mut Transaction<'_>,
        id: StreamId,
        segment: u32,
        indexed: &Indexed,
        streams: Vec<u64>,
    ) -> Result<(), Error> {
        self.set_part(transaction, id, segment, &indexed.part)?;
        if id.is_all() {
            self.widen(transaction, id.group, segment, &indexed.part)?;
        }
        let detail = Detail { extents: indexed.extents.clone(), streams };
        transaction.put_json(self.0, place_of(DETAIL, id, segment), &detail)
    }

    pub(crate) fn delete_part(
        self,
        transaction: &mut Transaction<'_>,
        id: StreamId,
        segment: u32,
    ) -> Result<(), Error> {
        transaction.delete(self.0, place_of(PART, id, segment))?;
        transaction.delete(self.0, place_of(DETAIL, id, segment))?;
        if id.is_all() { self.narrow(transaction, id.group, segment) } else { Ok(()) }
    }

    /// Takes a segment's index in. What it has of streams that are gone is not kept.
    pub(crate) fn seal(
        self,
        transaction: &mut Transaction<'_>,
        number: u32,
        open: &Open,
    ) -> Result<(), Error> {
        let live = self.put_parts(transaction, number, &open.index, true)?;
        self.add_totals(transaction, number, &open.index)?;
        let segment = Segment { revision: 0, length: u64::from(open.length), live };
        self.set_segment(transaction, number, &segment)?;
        if live == 0 { self.release(transaction, number, 0) } else { Ok(()) }
    }

    /// Sets the parts of a segment, or only those of streams that are there; how many bytes they are.
    pub(crate) fn put_parts(
        self,
        transaction: &mut Transaction<'_>,
        number: u32,
        index: &SegmentIndex,
        only_there: bool,
    ) -> Result<u64, Error> {
        let mut live = 0;
        for (id, indexed) in index.0.iter().filter(|(id, _)| id.is_all()) {
            let mut streams = Vec::new();
            let mut whole = Part { totals: Totals::default(), stored: 0, ..indexed.part };
            for (id, indexed) in index.streams(id.group) {
                if !only_there || self.has(transaction, id)? {
                    self.put(transaction, id, number, indexed, Vec::new())?;
                    streams.push(id.stream);
                    whole.totals.add(&indexed.part.totals);
                    whole.stored += indexed.part.stored;
                }
            }
            if whole.stored > 0 {
                let indexed = Indexed { part: whole, extents: indexed.extents.clone() };
                self.put(transaction, *id, number, &indexed, streams)?;
                live += whole.stored;
            }
        }
        Ok(live)
    }

    /// Adds what the parts of a segment hold to the totals of their streams.
    fn add_totals(
        self,
        transaction: &mut Transaction<'_>,
        number: u32,
        index: &SegmentIndex,
    ) -> Result<(), Error> {
        for id in index.0.keys() {
            let part = self.part(transaction, *id, number)?;
            if let (Some(part), Some(mut totals)) = (part, self.totals(transaction, *id)?) {
                totals.add(&part.totals);
                self.set_totals(transaction, *id, &totals)?;
            }
        }
        Ok(())
    }

    /// Takes what went out of a stream's totals.
    pub(crate) fn subtract(
        self,
        transaction: &mut Transaction<'_>,
        id: StreamId,
        gone: &Totals,
    ) -> Result<(), Error> {
        if let Some(mut totals) = self.totals(transaction, id)? {
            totals.subtract(gone);
            self.set_totals(transaction, id, &totals)?;
        }
        Ok(())
    }

    /// Forgets a segment whose file is lost.
    pub(crate) fn drop_segment(self, transaction: &mut Transaction<'_>, number: u32) -> Result<(), Error> {
        let parts = self.rows::<3, Part>(transaction, &Scan::prefix(kind(PART)))?;
        for ([group, _, _], _) in
            parts.iter().filter(|([_, stream, segment], _)| *stream == 0 && *segment == u64::from(number))
        {
            self.drop_part(transaction, *group, number)?;
        }
        self.delete_segment(transaction, number)
    }

    /// Removes what a group has in a segment; what of it was there to be read.
    pub(crate) fn drop_part(
        self,
        transaction: &mut Transaction<'_>,
        group: u64,
        segment: u32,
    ) -> Result<Totals, Error> {
        let mut gone = Totals::default();
        let whole = StreamId::all(group);
        let Some(part) = self.part(transaction, whole, segment)? else { return Ok(gone) };
        let detail = self.detail(transaction, whole, segment)?.unwrap_or_default();
        for stream in detail.streams {
            let id = StreamId { group, stream };
            // What a stream held that is being removed was taken out when that was noted.
            if let Some(part) = self.part(transaction, id, segment)?
                && self.has(transaction, id)?
            {
                self.subtract(transaction, id, &part.totals)?;
                gone.add(&part.totals);
            }
            self.delete_part(transaction, id, segment)?;
        }
        self.subtract(transaction, whole, &gone)?;
        self.delete_part(transaction, whole, segment)?;
        self.release(transaction, segment, part.stored)?;
        Ok(gone)
    }
}
