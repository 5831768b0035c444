//! Room on the disk that is kept for the day when there is no other: deletes, starts and shutdowns need a little.
//!
//! A reserve is a file of a fixed size. While the disk is full only what frees room goes on, and the reserve is given up
//! for it. It is made again before anything else may be written.

use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::FallocateFlags;

use crate::private;

/// Bytes of a reserve: some dozens of deletes, or the companions of a store that is opened.
const SIZE: u64 = 2 << 20;
/// Below so much room nothing is written but what frees some.
const FLOOR: u64 = 1 << 20;

/// A reserve's file.
#[derive(Clone, Debug)]
pub struct Reserve(PathBuf);

impl Reserve {
    /// The reserve in that file, which need not be there yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The reserve of a store.
    pub(crate) fn of(store: &Path) -> Self {
        Self(private::beside(store, "reserve"))
    }

    /// Before a start or a delete: gives the reserve up if there is no other room.
    pub fn open(&self) {
        self.open_for(0);
    }

    /// The same before something that takes so many bytes more, so that what follows finds room as well.
    pub(crate) fn open_for(&self, bytes: u64) {
        if self.room() >= FLOOR.saturating_add(bytes) {
            return;
        }
        match std::fs::remove_file(&self.0) {
            Ok(()) => tracing::warn!(
                disk = %self.0.display(),
                "the disk is full: deletes go on with room that was kept for them; free some space"
            ),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(%error, reserve = %self.0.display(), "a reserve could not be given up");
            }
        }
    }

    /// Before an ordinary write: whether there is room for it besides the reserve, which is made if it is missing.
    pub fn keep(&self) -> bool {
        let room = self.room();
        if self.0.exists() {
            return room >= FLOOR;
        }
        room >= FLOOR + SIZE && self.make().inspect_err(|error| self.not_made(error)).is_ok()
    }

    fn not_made(&self, error: &io::Error) {
        tracing::warn!(%error, reserve = %self.0.display(), "room for deletes could not be kept");
        // What was taken of it counts as used.
        let _ = std::fs::remove_file(&self.0);
    }

    fn make(&self) -> io::Result<()> {
        folders::make_private(self.folder())?;
        let file = private::create(&self.0)?;
        match rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, SIZE) {
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {
                io::copy(&mut io::Read::take(io::repeat(0), SIZE), &mut &file).map(drop)
            }
            other => Ok(other?),
        }
    }

    fn folder(&self) -> &Path {
        self.0.parent().unwrap_or(Path::new("."))
    }

    /// Bytes that this process may still write.
    fn room(&self) -> u64 {
        let there = self.folder().ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
        // A disk that does not tell counts as having room: writes say themselves that there is none.
        let Ok(disk) = rustix::fs::statvfs(there) else { return u64::MAX };
        // Blocks that are set aside for root are room for root.
        let blocks = if rustix::process::geteuid().is_root() { disk.f_bfree } else { disk.f_bavail };
        blocks.saturating_mul(disk.f_frsize)
    }
}
