//! How records lie in a segment: a frame for each append, checksummed over where it lies, so that it is there as a whole
//! or not at all.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// Where each frame begins. No text in UTF-8 has it, so a search for the next frame is not led astray by what records say.
const MARK: [u8; 4] = *b"\xc5SEG";
/// Mark, length of the body, checksum, how far the file was flushed.
const OUTER: usize = 16;
/// Group, stream, first number, when it was written, number of records.
const INNER: usize = 36;
/// Time and length of each record.
const RECORD: usize = 12;

/// A record's place within its log: its time, in milliseconds since 1970, then its number, which no other record has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Milliseconds since 1970.
    pub time: i64,
    /// Its number.
    pub number: u64,
}

impl Place {
    /// As a number that compares as it does.
    pub(crate) fn rank(self) -> u128 {
        u128::from(self.time.cast_unsigned() ^ (1 << 63)) << 64 | u128::from(self.number)
    }
}

/// A stream of a log: those of a group are kept, aged and removed together. No number is ever given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamId {
    /// The group.
    pub group: u64,
    /// The stream in it; 0 stands for all of them.
    pub stream: u64,
}

impl StreamId {
    /// All streams of a group.
    pub const fn all(group: u64) -> Self {
        Self { group, stream: 0 }
    }

    /// Whether it stands for all streams of its group.
    pub const fn is_all(self) -> bool {
        self.stream == 0
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its place.
    pub place: Place,
    /// The stream, within the group that was asked for.
    pub stream: u64,
    /// When it was appended, in milliseconds since 1970, as whoever appended it said.
    pub written: i64,
    /// What it says.
    pub bytes: Bytes,
}

/// An append as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub of: StreamId,
    /// The number of its first record; those after it follow.
    pub number: u64,
    pub written: i64,
    pub records: Vec<(i64, Bytes)>,
}

/// A frame and where it was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub frame: Frame,
    pub offset: u32,
    pub length: u32,
    /// How far the file was flushed when this was written.
    pub flushed: u32,
}

/// Which file a frame lies in: part of its checksum, so that no frame is taken for one of another place.
#[derive(Clone, Debug)]
pub(crate) struct Seed {
    pub log: String,
    pub segment: u32,
}

impl Seed {
    fn checksum(&self, offset: u32, flushed: u32, body: &[u8]) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(self.log.as_bytes());
        for number in [self.segment, offset, flushed, body.len() as u32] {
            hasher.update(&number.to_le_bytes());
        }
        hasher.update(body);
        hasher.finalize()
    }
}

impl Frame {
    /// The first and the last place of its records.
    pub(crate) fn ends(&self) -> Option<(Place, Place)> {
        let places = || self.places();
        Some((places().min()?, places().max()?))
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        self.records.iter().zip(self.number..).map(|((time, _), number)| Place { time: *time, number })
    }

    /// Bytes of what its records say.
    pub(crate) fn bytes(&self) -> u64 {
        self.records.iter().map(|(_, bytes)| bytes.len() as u64).sum()
    }

    /// Bytes that it takes.
    pub(crate) fn length(&self) -> usize {
        OUTER + INNER + RECORD * self.records.len() + self.bytes() as usize
    }

    /// Adds it to what is about to be written; `base` is where that begins in the file.
    pub(crate) fn encode(&self, seed: &Seed, base: u32, flushed: u32, into: &mut Vec<u8>) {
        let start = into.len();
        into.extend_from_slice(&[0; OUTER]);
        into.extend_from_slice(&self.of.group.to_le_bytes());
        into.extend_from_slice(&self.of.stream.to_le_bytes());
        into.extend_from_slice(&self.number.to_le_bytes());
        into.extend_from_slice(&self.written.to_le_bytes());
        into.extend_from_slice(&(self.records.len() as u32).to_le_bytes());
        for (time, bytes) in &self.records {
            into.extend_from_slice(&time.to_le_bytes());
            into.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            into.extend_from_slice(bytes);
        }
        let (head, body) = into.split_at_mut(start + OUTER);
        let sum = seed.checksum(base + start as u32, flushed, body);
        let fields = [MARK, (body.len() as u32).to_le_bytes(), sum.to_le_bytes(), flushed.to_le_bytes()];
        if let Some(head) = head.get_mut(start..) {
            head.copy_from_slice(fields.as_flattened());
        }
    }

    fn decode(body: &Bytes) -> Option<Self> {
        let mut rest = Reader(body.clone());
        let of = StreamId { group: rest.number()?, stream: rest.number()? };
        let (number, written) = (rest.number()?, rest.number()?.cast_signed());
        let count = rest.short()?;
        let mut records = Vec::new();
        for _ in 0..count {
            let time = rest.number()?.cast_signed();
            let length = rest.short()? as usize;
            records.push((time, rest.take(length)?));
        }
        rest.0.is_empty().then_some(Self { of, number, written, records })
    }
}

struct Reader(Bytes);

impl Reader {
    fn take(&mut self, length: usize) -> Option<Bytes> {
        (length <= self.0.len()).then(|| self.0.split_to(length))
    }

    fn number(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.as_ref().try_into().ok()?))
    }

    fn short(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.as_ref().try_into().ok()?))
    }
}

/// The frames in a stretch of a segment. Where none can be read an offset is given instead, once, and the next frame that
/// can be read follows.
pub(crate) struct Frames<'a> {
    seed: &'a Seed,
    bytes: Bytes,
    /// Where the bytes begin in the file.
    base: u32,
    at: usize,
}

impl<'a> Frames<'a> {
    pub(crate) fn new(seed: &'a Seed, bytes: Bytes, base: u32) -> Self {
        Self { seed, bytes, base, at: 0 }
    }

    fn frame_at(&self, at: usize) -> Option<Found> {
        let head = self.bytes.get(at..at + OUTER)?;
        let (fields, _) = head.as_chunks::<4>();
        let [mark, length, sum, flushed] = *fields else { return None };
        let length = u32::from_le_bytes(length) as usize;
        let end = at.checked_add(OUTER + length)?;
        if mark != MARK || end > self.bytes.len() {
            return None;
        }
        let body = self.bytes.slice(at + OUTER..end);
        let (offset, flushed) = (self.base + at as u32, u32::from_le_bytes(flushed));
        if self.seed.checksum(offset, flushed, &body) != u32::from_le_bytes(sum) {
            return None;
        }
        let frame = Frame::decode(&body)?;
        Some(Found { frame, offset, length: (OUTER + length) as u32, flushed })
    }

    /// The next mark behind here at which there is a frame, or the end.
    fn search(&self, from: usize) -> usize {
        let mut at = from;
        while let Some(rest) = self.bytes.get(at..) {
            let Some(next) = rest.windows(MARK.len()).position(|window| window == MARK) else { break };
            at += next;
            if self.frame_at(at).is_some() {
                return at;
            }
            at += 1;
        }
        self.bytes.len()
    }
}

impl Iterator for Frames<'_> {
    type Item = Result<Found, u32>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        if let Some(found) = self.frame_at(self.at) {
            self.at += found.length as usize;
            return Some(Ok(found));
        }
        let bad = self.base + self.at as u32;
        self.at = self.search(self.at + 1);
        Some(Err(bad))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed() -> Seed {
        Seed { log: "ab".into(), segment: 3 }
    }

    fn frame(number: u64) -> Frame {
        let records = (0..3).map(|n| (100 - n, Bytes::from("x".repeat(n as usize)))).collect();
        Frame { of: StreamId { group: 1, stream: 2 }, number, written: -5, records }
    }

    fn written() -> Vec<u8> {
        let mut bytes = Vec::new();
        for number in [10, 20, 30] {
            frame(number).encode(&seed(), 64, 64, &mut bytes);
        }
        bytes
    }

    fn read(seed: &Seed, bytes: Vec<u8>, base: u32) -> Vec<Result<u64, u32>> {
        Frames::new(seed, bytes.into(), base).map(|found| found.map(|found| found.frame.number)).collect()
    }

    #[test]
    fn frames_are_read_as_they_were_written_and_nowhere_else() {
        let bytes = written();
        assert_eq!(bytes.len(), 3 * frame(0).length());
        assert_eq!(read(&seed(), bytes.clone(), 64), [Ok(10), Ok(20), Ok(30)]);
        assert_eq!(read(&seed(), bytes.clone(), 63), [Err(63)], "elsewhere in the file");
        let other = Seed { segment: 4, ..seed() };
        assert_eq!(read(&other, bytes.clone(), 64), [Err(64)], "in another file");
        let found = Frames::new(&seed(), bytes.into(), 64).next().unwrap().unwrap();
        assert_eq!(found.frame, frame(10));
        let place = |time, number| Place { time, number };
        assert_eq!(found.frame.ends(), Some((place(98, 12), place(100, 10))));
    }

    #[test]
    fn no_flipped_bit_is_read_as_if_it_were_right_and_the_others_are_found() {
        let length = frame(0).length();
        for at in 0..length {
            let mut bytes = written();
            bytes[length + at] ^= 4;
            assert_eq!(read(&seed(), bytes, 64), [Ok(10), Err(64 + length as u32), Ok(30)], "byte {at}");
        }
    }

    #[test]
    fn places_compare_as_their_ranks() {
        let places = [(-5, 3), (-5, 4), (0, 0), (0, 1), (7, 0), (i64::MAX, 2)];
        let ranks: Vec<_> = places.map(|(time, number)| Place { time, number }.rank()).into();
        assert!(ranks.is_sorted() && ranks[0] > 0);
    }
}
