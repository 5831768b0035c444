//! Opening a zip file at a cost that is linear in its size: how many entries it may have is asked before they are read, and
//! of the several ends that it may have only so many are tried as that allows.

use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::ZipArchive;
use zip::result::ZipResult;

/// What a header of the central directory begins with.
const HEADER: [u8; 4] = *b"PK\x01\x02";
/// Bytes that are read on top of the file's own to find its end.
const SLACK: u64 = 1 << 20;

/// The bytes of a zip file, of which only so many are read.
#[derive(Debug)]
pub(super) struct Bounded<'z> {
    zip: Cursor<&'z [u8]>,
    left: Rc<Cell<u64>>,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.zip.read(buffer)?;
        let left = self.left.get().checked_sub(read as u64);
        self.left.set(left.ok_or_else(|| io::Error::other("the zip file is read over and over"))?);
        Ok(read)
    }
}

impl Seek for Bounded<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.zip.seek(to)
    }
}

/// Opens a zip file; none of one that has more entries than `most`.
// LIMIT: entries of zip files that are stored inside without being packed count, too.
pub(super) fn open(zip: &[u8], most: usize) -> ZipResult<Option<ZipArchive<Bounded<'_>>>> {
    if zip.windows(HEADER.len()).filter(|four| *four == HEADER).take(most + 1).count() > most {
        return Ok(None);
    }
    let left = Rc::new(Cell::new(2 * zip.len() as u64 + SLACK));
    let archive = ZipArchive::new(Bounded { zip: Cursor::new(zip), left: Rc::clone(&left) })?;
    // From here on what is read is counted by who unpacks it.
    left.set(u64::MAX);
    Ok(Some(archive))
}
