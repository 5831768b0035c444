//! Visiting everything in a tree, folder by folder. Files are visited as they are read; only the names of folders wait.

use std::{
    ffi::{OsStr, OsString},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::ffi::OsStrExt,
    },
};

use rustix::{
    fs::{AtFlags, Dir, FileType, statat},
    io::Errno,
};

use crate::{Limits, error::Error, trail::Trail};

/// Bytes that the names of waiting folders may take.
const MAX_WAITING: usize = 64 * 1024 * 1024;

/// What is under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, socket or device.
    Other,
}

impl From<FileType> for Kind {
    fn from(kind: FileType) -> Self {
        match kind {
            FileType::RegularFile => Self::File,
            FileType::Directory => Self::Folder,
            FileType::Symlink => Self::Link,
            _ => Self::Other,
        }
    }
}

/// Something in a folder that is being visited.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'w> {
    trail: &'w Trail,
    name: &'w OsStr,
    kind: Kind,
}

impl<'w> Entry<'w> {
    /// The open folder that holds it.
    pub fn folder(&self) -> BorrowedFd<'w> {
        self.trail.folder()
    }

    /// Its name there.
    pub fn name(&self) -> &'w OsStr {
        self.name
    }

    /// What it was when it was met.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The way to the folder that holds it.
    pub fn trail(&self) -> &'w Trail {
        self.trail
    }

    /// An error about it.
    pub fn error(&self, action: &'static str, source: impl Into<std::io::Error>) -> Error {
        self.trail.error(action, self.name, source)
    }
}

/// What is done with what a walk meets.
pub trait Visitor {
    /// Something that is no folder.
    fn visit(&mut self, entry: &Entry<'_>) -> Result<(), Error>;

    /// A folder by its name, before it is opened: whether to open it.
    fn wants(&mut self, _folder: &Entry<'_>) -> Result<bool, Error> {
        Ok(true)
    }

    /// A folder was opened, the first one included: whether to visit what is in it.
    fn enter(&mut self, _folder: &Trail) -> Result<bool, Error> {
        Ok(true)
    }

    /// Every folder that was opened is left, after all that is in it.
    fn leave(&mut self, _folder: &Trail) -> Result<(), Error> {
        Ok(())
    }

    /// A folder cannot be opened or read: whether that ends the walk.
    fn failed(&mut self, error: Error) -> Result<(), Error> {
        Err(error)
    }
}

/// Visits all that is in an open folder.
pub fn walk(folder: impl AsFd, limits: Limits, visitor: &mut impl Visitor) -> Result<(), Error> {
    walk_from(&mut Trail::begin(folder)?, limits, visitor)
}

/// Visits all that is in the trail's open folder; afterwards the trail is there again.
pub(crate) fn walk_from(trail: &mut Trail, limits: Limits, visitor: &mut impl Visitor) -> Result<(), Error> {
    let mut walk = Walk { limits, entries: 0, waiting_bytes: 0, waiting: Vec::new() };
    walk.open(trail, visitor)?;
    while let Some(folders) = walk.waiting.last_mut() {
        if let Some(name) = folders.pop() {
            walk.waiting_bytes -= name.len();
            walk.check_depth(trail, &name)?;
            match trail.enter(&name) {
                Ok(()) => walk.open(trail, visitor)?,
                Err(error) => visitor.failed(error)?,
            }
        } else {
            visitor.leave(trail)?;
            walk.waiting.pop();
            if !walk.waiting.is_empty() {
                trail.leave()?;
            }
        }
    }
    Ok(())
}

struct Walk {
    limits: Limits,
    entries: u64,
    waiting_bytes: usize,
    /// For each folder on the way here: which of its folders are still to be visited, the next one last.
    waiting: Vec<Vec<OsString>>,
}

impl Walk {
    /// Visits what is directly in the folder that was just opened.
    fn open(&mut self, trail: &Trail, visitor: &mut impl Visitor) -> Result<(), Error> {
        let mut folders = Vec::new();
        if visitor.enter(trail)? {
            match read(trail) {
                Ok(entries) => self.read(trail, entries, &mut folders, visitor)?,
                Err(error) => visitor.failed(trail.error("read", OsStr::new(""), error))?,
            }
        }
        folders.sort_unstable_by(|one, other| other.cmp(one));
        self.waiting.push(folders);
        Ok(())
    }

    fn read(
        &mut self,
        trail: &Trail,
        entries: Dir,
        folders: &mut Vec<OsString>,
        visitor: &mut impl Visitor,
    ) -> Result<(), Error> {
        for met in names(trail.folder(), entries) {
            let (name, kind) = match met {
                Ok(met) => met,
                Err(error) => return visitor.failed(trail.error("read", OsStr::new(""), error)),
            };
            self.entries += 1;
            if self.entries > self.limits.entries {
                return Err(Error::TooMany { limit: self.limits.entries });
            }
            let entry = Entry { trail, name: &name, kind };
            if kind != Kind::Folder {
                visitor.visit(&entry)?;
            } else if visitor.wants(&entry)? {
                self.waiting_bytes += name.len();
                if self.waiting_bytes > MAX_WAITING {
                    return Err(Error::TooMany { limit: self.entries });
                }
                folders.push(name);
            }
        }
        Ok(())
    }

    fn check_depth(&self, trail: &Trail, name: &OsStr) -> Result<(), Error> {
        let limit = self.limits.depth;
        if self.waiting.len() <= limit {
            Ok(())
        } else {
            Err(Error::TooDeep { path: trail.shown(name), limit })
        }
    }
}

/// The entries of the trail's open folder.
pub(crate) fn read(trail: &Trail) -> rustix::io::Result<Dir> {
    Dir::read_from(trail.folder())
}

/// Names and kinds; what goes away meanwhile is left out.
pub(crate) fn names(
    folder: BorrowedFd<'_>,
    entries: Dir,
) -> impl Iterator<Item = rustix::io::Result<(OsString, Kind)>> {
    entries.filter_map(move |entry| {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Some(Err(error)),
        };
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            return None;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(seen) => FileType::from_raw_mode(seen.st_mode),
                Err(Errno::NOENT) => return None,
                Err(error) => return Some(Err(error)),
            },
            kind => kind,
        };
        Some(Ok((OsStr::from_bytes(name.to_bytes()).to_owned(), kind.into())))
    })
}
