//! Power loss, for tests of what keeps something on the disk: a process does its work while all that it asks of the disk is
//! [recorded](record()); then the power fails at any point of the [`Record`], and the same code opens what was left.
//!
//! What is tested is the product as it is, SQLite included: its system calls are followed, and nothing of it is replaced.
//!
//! **The model of the disk** ([`Disk`]) is stricter than any file system in use. What was written to a file is on the disk once
//! a flush of that file (`fsync`, `fdatasync`) that began afterwards has ended. Until then each sector is as it was at any moment
//! since the last flush, whatever the others are; so is the length, and what was never written in between is zeros. A name that
//! was made, removed or changed is so once its folder was flushed, also that of a new folder in its own; until then it is or is
//! not, whatever other names are, but changes of one name follow one another. A rename is wholly done or not at all.
//!
//! What it does not do: fail a write, or lose what was flushed.

mod calls;
mod disk;
mod image;
mod record;
mod recorder;
mod workload;

pub use disk::{Change, Disk, Node, Place};
pub use image::{Content, Image};
pub use record::{Event, Loss, Record};
pub use recorder::record;
pub use workload::Workload;

use std::io;

/// A folder for a test's disks: in memory where there is room of that kind, since flushes cost nothing there.
pub fn folder() -> io::Result<tempfile::TempDir> {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
}
