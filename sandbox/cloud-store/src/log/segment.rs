//! The file of a segment: its head, and reading all of it.

use std::io;
use std::path::Path;

use bytes::Bytes;

use super::files::{File, Folder};
use super::frame::{Found, Frames, Seed};
use super::tail::Open;
use crate::Error;

/// Bytes of a head.
pub(crate) const HEAD: u32 = 64;
const MAGIC: &[u8; 8] = b"CUMULOSG";

/// What a file says of itself before its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// Bytes that the segment before it ended with; 0 where there is none.
    pub previous: u32,
    /// The number of the first record that it may have.
    pub next: u64,
}

impl Head {
    pub(crate) fn encode(self, seed: &Seed) -> [u8; HEAD as usize] {
        let mut head = [0; HEAD as usize];
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&self.previous.to_le_bytes());
        bytes.extend_from_slice(&self.next.to_le_bytes());
        let sum = Self::checksum(seed, &bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        for (into, byte) in head.iter_mut().zip(bytes) {
            *into = byte;
        }
        head
    }

    fn checksum(seed: &Seed, bytes: &[u8]) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(seed.log.as_bytes());
        hasher.update(&seed.segment.to_le_bytes());
        hasher.update(bytes);
        hasher.finalize()
    }

    pub(crate) fn decode(seed: &Seed, bytes: &[u8]) -> Option<Self> {
        let rest = bytes.get(..HEAD as usize)?.strip_prefix(MAGIC)?;
        let (previous, rest) = rest.split_first_chunk::<4>()?;
        let (next, _) = rest.split_first_chunk::<8>()?;
        let head = Self { previous: u32::from_le_bytes(*previous), next: u64::from_le_bytes(*next) };
        (head.encode(seed).as_slice() == bytes.get(..HEAD as usize)?).then_some(head)
    }
}

/// Why a segment's file was not made. Something of it may be there.
pub(crate) struct NotMade {
    pub error: io::Error,
    /// Whether a flush failed.
    pub is_flush: bool,
}

impl From<NotMade> for io::Error {
    fn from(not_made: NotMade) -> Self {
        not_made.error
    }
}

/// Makes a segment's file with its head. Durable when this returns.
pub(crate) fn create(
    folder: &Folder,
    seed: &Seed,
    revision: u32,
    head: Head,
) -> Result<Box<dyn File>, NotMade> {
    let write = || {
        let file = folder.files.create(&folder.file(seed.segment, revision))?;
        file.write_at(&head.encode(seed), 0)?;
        Ok(file)
    };
    let file = write().map_err(|error| NotMade { error, is_flush: false })?;
    file.sync().and_then(|()| folder.sync()).map_err(|error| NotMade { error, is_flush: true })?;
    Ok(file)
}

/// All bytes of a file.
pub(crate) fn contents(file: &dyn File) -> io::Result<Bytes> {
    let mut bytes = vec![0; file.len()? as usize];
    file.read_at(&mut bytes, 0)?;
    Ok(bytes.into())
}

/// A segment whose index is not in the store, as its file has it.
pub(crate) struct Scanned {
    /// None where the making of the file was cut off.
    pub head: Option<Head>,
    pub open: Open,
    /// Whether something behind that was never answered with success, and is to be cut off.
    pub torn: bool,
    /// What is not known to be flushed, and where it begins.
    pub unflushed: (u32, Bytes),
}

/// Reads a segment from its file. What was flushed must be there: at least so many bytes. Behind that, and behind the last
/// flush that anything later in the file tells of, it ends with the last whole frame.
pub(crate) fn scan(path: &Path, seed: &Seed, bytes: &Bytes, flushed: u32) -> Result<Scanned, Error> {
    let damaged =
        |at: u32| Error::damaged(path, format!("its bytes from {at} on are not as they were written"));
    let head = Head::decode(seed, bytes);
    let mut scanned = Scanned { head, open: Open::default(), torn: false, unflushed: (0, Bytes::new()) };
    scanned.open.next = head.map_or(0, |head| head.next);
    let mut end = if head.is_some() { HEAD } else { 0 };
    let mut bad = head.is_none().then_some(0);
    let frames = bytes.slice((HEAD as usize).min(bytes.len())..);
    for found in Frames::new(seed, frames, HEAD) {
        match (found, bad) {
            (Ok(found), None) => {
                end = found.offset + found.length;
                scanned.take(&found);
            }
            (Ok(found), Some(at)) if found.flushed > at => return Err(damaged(at)),
            (Err(at), None) => bad = Some(at),
            _ => {}
        }
    }
    if end < flushed {
        return Err(damaged(end));
    }
    scanned.open.length = end;
    scanned.unflushed = (flushed, bytes.slice(flushed as usize..end as usize));
    scanned.torn = bytes.len() as u64 > u64::from(end);
    Ok(scanned)
}

impl Scanned {
    fn take(&mut self, found: &Found) {
        self.open.next = self.open.next.max(found.frame.number + found.frame.records.len() as u64);
        self.open.index.add(&found.frame, found.offset);
    }
}
