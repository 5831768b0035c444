//! How much is in a tree.

use std::{ffi::OsStr, os::fd::AsFd};

use rustix::fs::{AtFlags, FileType, statat};

use crate::{
    Limits,
    error::Error,
    trail::Trail,
    walk::{Entry, Visitor, walk_from},
};

/// How much is in a tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// What files and links take on disk; one with two names counts twice.
    pub bytes: u64,
    /// Files, links and folders, the first one included.
    pub entries: u64,
}

/// Measures what is at `name`: a file, a link or a folder with all that is in it.
pub fn size(folder: impl AsFd, name: &OsStr, limits: Limits) -> Result<Size, Error> {
    let mut trail = Trail::begin(folder)?;
    let seen = statat(trail.folder(), name, AtFlags::SYMLINK_NOFOLLOW)
        .map_err(|error| trail.error("look at", name, error))?;
    let mut size = Size { bytes: blocks(seen.st_blocks), entries: 1 };
    if FileType::from_raw_mode(seen.st_mode) == FileType::Directory {
        trail.enter(name)?;
        walk_from(&mut trail, limits, &mut size)?;
    }
    Ok(size)
}

impl Visitor for Size {
    fn visit(&mut self, entry: &Entry<'_>) -> Result<(), Error> {
        let seen = entry.trail().look(entry.name())?;
        self.entries += 1;
        self.bytes = self.bytes.saturating_add(seen.stx_blocks.saturating_mul(512));
        Ok(())
    }

    fn wants(&mut self, _folder: &Entry<'_>) -> Result<bool, Error> {
        self.entries += 1;
        Ok(true)
    }
}

fn blocks(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default().saturating_mul(512)
}
