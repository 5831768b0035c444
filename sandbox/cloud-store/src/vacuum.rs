//! Room that deletes left inside a file, given back to the disk a little at a time.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

/// How many pages are given back at once: a few milliseconds of work.
const SLICE: u32 = 256;
/// How many free pages a file may keep, for what is written next.
const KEPT: u32 = 256;
/// How long nobody must have come before a slice.
const QUIET: Duration = Duration::from_millis(2);
/// After so many groups a slice is done although somebody waits always.
const GROUPS: u32 = 256;
/// Files up to this size are rebuilt at a start if they were made before files could shrink.
const REBUILT: u64 = 64 << 20;

/// When the next slice is due.
#[derive(Default)]
pub(crate) struct Vacuum {
    /// How many groups were committed since it was last known that there is nothing to give back.
    groups: u32,
}

/// What to do about free pages before the next job.
pub(crate) enum Next {
    /// Nothing; there are none.
    Wait,
    /// Give a slice back if nobody comes for so long.
    WaitUpTo(Duration),
    /// Give a slice back now.
    Slice,
}

impl Vacuum {
    /// A group was written; there may be free pages now.
    pub(crate) fn committed(&mut self) {
        self.groups = self.groups.saturating_add(1);
    }

    /// What to do now.
    pub(crate) fn next(&self) -> Next {
        match self.groups {
            0 => Next::Wait,
            GROUPS.. => Next::Slice,
            _ => Next::WaitUpTo(QUIET),
        }
    }

    /// Gives back a slice, if there is one.
    pub(crate) fn slice(&mut self, connection: &Connection) {
        match give_back(connection) {
            Ok(true) => self.groups = 1,
            Ok(false) => self.groups = 0,
            Err(error) => {
                // A full disk must wait until deletes have found their room; whatever else it is, writes will say so.
                tracing::debug!(%error, "free pages of a store could not be given back");
                self.groups = 0;
            }
        }
    }
}

/// Gives back a slice. True if there is more.
fn give_back(connection: &Connection) -> rusqlite::Result<bool> {
    let before = free_pages(connection)?;
    let Some(over) = before.checked_sub(KEPT).filter(|over| *over > 0) else { return Ok(false) };
    let mut statement = connection.prepare(&format!("PRAGMA incremental_vacuum({})", over.min(SLICE)))?;
    let mut pages = statement.query([])?;
    while pages.next()?.is_some() {}
    let after = free_pages(connection)?;
    Ok(after < before && after > KEPT)
}

fn free_pages(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "freelist_count", |row| row.get(0))
}

/// Readies a new file for shrinking: it must be known before its first page is written.
pub(crate) fn enable(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")
}

/// Rebuilds a file of the time before files could shrink. A large one, or one whose disk has no room for it, stays as it
/// is: then its free pages are used again, but not given back.
pub(crate) fn settle(connection: &Connection, file: &Path) -> rusqlite::Result<()> {
    let mode: u32 = connection.pragma_query_value(None, "auto_vacuum", |row| row.get(0))?;
    let size = std::fs::metadata(file).map_or(u64::MAX, |metadata| metadata.len());
    if mode != 0 || size > REBUILT {
        return Ok(());
    }
    enable(connection)?;
    if let Err(error) = connection.execute_batch("VACUUM") {
        tracing::warn!(%error, file = %file.display(), "a store cannot be rebuilt so that it can shrink");
    }
    Ok(())
}
