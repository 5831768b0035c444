//! Copying a tree: symbolic links as links, pipes and sockets as such, devices not at all. Permission bits stay as far
//! as the process's mask allows.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
};

use rustix::{
    fs::{
        AtFlags, FileType, Mode, OFlags, fchmod, fstat, fsync, mkdirat, mknodat, openat, readlinkat, statat,
        symlinkat, syncfs, unlinkat,
    },
    io::Errno,
};

use crate::{
    Limits,
    error::Error,
    remove::remove,
    trail::{Trail, open},
    walk::{Entry, Visitor, walk_from},
};

/// Copies what is at `name` to `new` in another folder, which must not exist there. It is durable afterwards; what was
/// copied of one that fails is removed.
pub fn copy(from: impl AsFd, name: &OsStr, to: impl AsFd, new: &OsStr, limits: Limits) -> Result<(), Error> {
    let (source, target) = (Trail::begin(from)?, Trail::begin(to)?);
    let seen = statat(source.folder(), name, AtFlags::SYMLINK_NOFOLLOW)
        .map_err(|error| source.error("look at", name, error))?;
    if FileType::from_raw_mode(seen.st_mode) == FileType::Directory {
        copy_folder(&source, name, &target, new, limits)
    } else {
        copy_one(source.folder(), name, target.folder(), new)
            .and_then(|()| Ok(fsync(target.folder())?))
            .map_err(|error| source.error("copy", name, error))
    }
}

fn copy_folder(
    source: &Trail,
    name: &OsStr,
    target: &Trail,
    new: &OsStr,
    limits: Limits,
) -> Result<(), Error> {
    let mut from = Trail::begin_in(source.folder(), name)?;
    let to =
        make_folder(from.folder(), target.folder(), new).map_err(|error| target.error("make", new, error))?;
    let mut copying = Copying { target: Trail::begin(&to)?, first: from.depth() };
    let copied = walk_from(&mut from, limits, &mut copying)
        .and_then(|()| syncfs(&to).map_err(|error| target.error("write", new, error)));
    if copied.is_err() {
        remove(target.folder(), new)?;
    }
    copied
}

struct Copying {
    target: Trail,
    /// How deep the tree itself is in its trail: its folder is made already.
    first: usize,
}

impl Visitor for Copying {
    fn visit(&mut self, entry: &Entry<'_>) -> Result<(), Error> {
        entry.trail().look(entry.name())?;
        copy_one(entry.folder(), entry.name(), self.target.folder(), entry.name())
            .map_err(|error| entry.error("copy", error))
    }

    fn enter(&mut self, folder: &Trail) -> Result<bool, Error> {
        if folder.depth() > self.first
            && let Some(name) = folder.name()
        {
            make_folder(folder.folder(), self.target.folder(), name)
                .map_err(|error| self.target.error("make", name, error))?;
            self.target.enter(name)?;
        }
        Ok(true)
    }

    fn leave(&mut self, folder: &Trail) -> Result<(), Error> {
        let closed = close_as(folder.folder(), self.target.folder());
        closed.map_err(|error| self.target.error("finish", OsStr::new(""), error))?;
        self.target.leave().map(|_| ())
    }
}

/// Makes a folder like another, for now open to its owner.
fn make_folder(like: BorrowedFd<'_>, within: BorrowedFd<'_>, name: &OsStr) -> rustix::io::Result<OwnedFd> {
    mkdirat(within, name, Mode::from_raw_mode(fstat(like)?.st_mode & 0o777) | Mode::RWXU)?;
    open(within, name)
}

/// Takes from the owner what the owner did not have.
fn close_as(like: BorrowedFd<'_>, made: BorrowedFd<'_>) -> rustix::io::Result<()> {
    let lacking = Mode::RWXU - Mode::from_raw_mode(fstat(like)?.st_mode);
    if lacking.is_empty() {
        return Ok(());
    }
    fchmod(made, Mode::from_raw_mode(fstat(made)?.st_mode & 0o777) - lacking)
}

fn copy_one(from: BorrowedFd<'_>, name: &OsStr, to: BorrowedFd<'_>, new: &OsStr) -> io::Result<()> {
    let seen = statat(from, name, AtFlags::SYMLINK_NOFOLLOW)?;
    match FileType::from_raw_mode(seen.st_mode) {
        FileType::RegularFile => copy_file(from, name, to, new),
        FileType::Symlink => Ok(symlinkat(readlinkat(from, name, Vec::new())?, to, new)?),
        kind @ (FileType::Fifo | FileType::Socket) => {
            Ok(mknodat(to, new, kind, Mode::from_raw_mode(seen.st_mode & 0o777), 0)?)
        }
        _ => Err(Errno::NXIO.into()),
    }
}

fn copy_file(from: BorrowedFd<'_>, name: &OsStr, to: BorrowedFd<'_>, new: &OsStr) -> io::Result<()> {
    // What somebody put there meanwhile must neither block us nor lead us elsewhere.
    let reading = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let source = openat(from, name, reading, Mode::empty())?;
    let seen = fstat(&source)?;
    if FileType::from_raw_mode(seen.st_mode) != FileType::RegularFile {
        return Err(Errno::NXIO.into());
    }
    let writing = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let target = openat(to, new, writing, Mode::from_raw_mode(seen.st_mode & 0o777))?;
    let copied = io::copy(&mut File::from(source), &mut File::from(target.try_clone()?))
        .and_then(|_| Ok(fsync(&target)?));
    if copied.is_err() {
        unlinkat(to, new, AtFlags::empty())?;
    }
    copied
}
