//! The segments at a log's end whose index is not in the store yet: that is in memory, no more than a few segments' worth.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::frame::{Frame, StreamId};
use super::index::{Indexed, SegmentIndex, Totals};

/// By segment. Only the last one grows.
#[derive(Default)]
pub(crate) struct Tail(Mutex<BTreeMap<u32, Open>>);

/// One of them.
#[derive(Clone, Default)]
pub(crate) struct Open {
    pub index: SegmentIndex,
    /// Bytes of the file that are flushed.
    pub length: u32,
    /// The number behind its last record.
    pub next: u64,
}

impl Tail {
    pub(crate) fn segments(&self) -> MutexGuard<'_, BTreeMap<u32, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Frames were flushed, at those offsets.
    pub(crate) fn add(&self, segment: u32, frames: &[(Frame, u32)], length: u32) {
        let mut segments = self.segments();
        let open = segments.entry(segment).or_default();
        for (frame, offset) in frames {
            open.index.add(frame, *offset);
            open.next = open.next.max(frame.number + frame.records.len() as u64);
        }
        open.length = length;
    }

    /// What a stream has here, by segment.
    pub(crate) fn of(&self, id: StreamId) -> Vec<(u32, Indexed)> {
        let segments = self.segments();
        let parts =
            segments.iter().filter_map(|(segment, open)| Some((*segment, open.index.0.get(&id)?.clone())));
        parts.collect()
    }

    /// The totals of a stream here, or of each of a group, by segment.
    pub(crate) fn totals(&self, id: StreamId) -> Vec<(u32, StreamId, Totals)> {
        let segments = self.segments();
        let mut found = Vec::new();
        for (segment, open) in segments.iter() {
            let held = |(of, indexed): (StreamId, &Indexed)| (*segment, of, indexed.part.totals);
            if id.is_all() {
                found.extend(open.index.streams(id.group).map(held));
            } else {
                found.extend(open.index.0.get(&id).map(|indexed| held((id, indexed))));
            }
        }
        found
    }
}
