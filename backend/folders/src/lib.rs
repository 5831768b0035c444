//! Work on whole folder trees that users made: walking, copying, removing, measuring, setting aside.
//!
//! Such trees are hostile. They nest deeper than a stack or a path is long, hold a million names side by side,
//! have symbolic links where a folder was a moment ago, and file systems mounted inside. So everything here
//!
//! * keeps its place on the heap, and asks its [`Limits`] before it goes on;
//! * works on open folders and single names, never on paths, and follows no symbolic link;
//! * stays on one mounted file system: a mount inside ends the work, and removing looks for one first;
//! * holds a bounded number of descriptors, however deep the tree.
//!
//! Beside that it makes folders of our own durably: [`make_private`].
//!
//! It knows nothing of workspaces, and of no file's contents. Its calls block.

mod aside;
mod copy;
mod error;
mod make;
mod remove;
mod size;
mod trail;
mod walk;

use std::{
    ffi::OsStr,
    os::fd::{AsFd, OwnedFd},
};

pub use crate::{
    aside::{Aside, set_aside},
    copy::copy,
    error::{Error, shown},
    make::make_private,
    remove::{clear, remove, remove_path},
    size::{Size, size},
    trail::{Trail, is_mounted, mount_within},
    walk::{Entry, Kind, Visitor, walk},
};

/// How far work on a tree goes before it is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Folders within folders.
    pub depth: usize,
    /// Files, links and folders in all.
    pub entries: u64,
}

impl Limits {
    /// For what people work with: copies, archives, measures.
    pub const WORK: Self = Self { depth: 100_000, entries: 5_000_000 };
    /// For removing: what a disk can hold must be removable.
    pub const REMOVE: Self = Self { depth: 1_000_000, entries: u64::MAX };
}

/// Opens a folder by one name; a symbolic link there is refused.
pub fn open(within: impl AsFd, name: &OsStr) -> rustix::io::Result<OwnedFd> {
    trail::open(within.as_fd(), name)
}
