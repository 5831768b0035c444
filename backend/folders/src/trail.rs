//! The way from a first folder down to the one where the work is: entered and left by single names, on one mounted
//! file system. Of the folders above only the nearest to the first are kept open; the others are found again by `..`
//! and known by their inode.

use std::{
    ffi::{OsStr, OsString},
    io,
    os::{
        fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::Path,
};

use rustix::{
    fs::{AtFlags, Mode, OFlags, Statx, StatxFlags, openat, statx},
    io::Errno,
};

use crate::error::{Error, shorten};

/// Folders above the current one that are kept open.
const KEPT_OPEN: usize = 64;

/// An open folder and the way to it.
#[derive(Debug)]
pub struct Trail {
    mount: Mount,
    here: OwnedFd,
    inode: u64,
    above: Vec<Step>,
}

/// A folder above, and the name that was entered there.
#[derive(Debug)]
struct Step {
    folder: Option<OwnedFd>,
    inode: u64,
    name: OsString,
}

/// What tells one mounted file system from another, bind mounts included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mount {
    device: (u32, u32),
    /// Zero where the kernel does not say.
    id: u64,
}

impl Mount {
    fn of(seen: &Statx) -> Self {
        let known = StatxFlags::from_bits_retain(seen.stx_mask).contains(StatxFlags::MNT_ID);
        Self { device: (seen.stx_dev_major, seen.stx_dev_minor), id: if known { seen.stx_mnt_id } else { 0 } }
    }
}

impl Trail {
    /// Begins in an open folder.
    pub fn begin(folder: impl AsFd) -> Result<Self, Error> {
        let begin = || {
            let here = open(folder.as_fd(), OsStr::new("."))?;
            let seen = look(here.as_fd(), OsStr::new(""))?;
            Ok((here, Mount::of(&seen), seen.stx_ino))
        };
        let (here, mount, inode) = begin().map_err(|source: Errno| Error::Io {
            action: "open",
            path: String::new(),
            source: source.into(),
        })?;
        Ok(Self { mount, here, inode, above: Vec::new() })
    }

    /// Begins above a folder in which a file system may be mounted: the one where the work stays.
    pub(crate) fn begin_in(folder: impl AsFd, name: &OsStr) -> Result<Self, Error> {
        let mut trail = Self::begin(folder)?;
        let seen = look(trail.folder(), name).map_err(|error| trail.error("look at", name, error))?;
        trail.mount = Mount::of(&seen);
        trail.enter(name)?;
        Ok(trail)
    }

    /// The open folder.
    pub fn folder(&self) -> BorrowedFd<'_> {
        self.here.as_fd()
    }

    /// How many folders were entered to get here.
    pub fn depth(&self) -> usize {
        self.above.len()
    }

    /// The name of the open folder in the one above; none at the beginning.
    pub fn name(&self) -> Option<&OsStr> {
        self.above.last().map(|step| step.name.as_os_str())
    }

    /// Goes into a folder. After an error the trail is where it was.
    pub fn enter(&mut self, name: &OsStr) -> Result<(), Error> {
        let folder = open(self.folder(), name).map_err(|error| self.error("open", name, error))?;
        let seen =
            look(folder.as_fd(), OsStr::new("")).map_err(|error| self.error("look at", name, error))?;
        if Mount::of(&seen) != self.mount {
            return Err(Error::Mounted { path: self.shown(name) });
        }
        let kept = self.above.len() < KEPT_OPEN;
        let above = std::mem::replace(&mut self.here, folder);
        let inode = std::mem::replace(&mut self.inode, seen.stx_ino);
        self.above.push(Step { folder: kept.then_some(above), inode, name: name.to_owned() });
        Ok(())
    }

    /// Goes back to the folder above. Says which name it left; none at the beginning, where it stays.
    pub fn leave(&mut self) -> Result<Option<OsString>, Error> {
        let Some(Step { folder, inode, name }) = self.above.pop() else { return Ok(None) };
        let moved = |trail: &Self| Error::Moved { path: trail.shown(&name) };
        let above = match folder {
            Some(folder) => folder,
            None => self.reopen(inode).ok_or_else(|| moved(self))?,
        };
        (self.here, self.inode) = (above, inode);
        Ok(Some(name))
    }

    /// The folder above, if it is still the one that was there.
    fn reopen(&self, inode: u64) -> Option<OwnedFd> {
        let above = open(self.folder(), OsStr::new("..")).ok()?;
        let seen = look(above.as_fd(), OsStr::new("")).ok()?;
        (Mount::of(&seen) == self.mount && seen.stx_ino == inode).then_some(above)
    }

    /// Looks at what is in the open folder under `name`, links not followed; a mounted file system there is an error.
    pub(crate) fn look(&self, name: &OsStr) -> Result<Statx, Error> {
        let seen = look(self.folder(), name).map_err(|error| self.error("look at", name, error))?;
        if Mount::of(&seen) == self.mount { Ok(seen) } else { Err(Error::Mounted { path: self.shown(name) }) }
    }

    /// The path from the beginning to `name` in the open folder, for people.
    pub fn shown(&self, name: &OsStr) -> String {
        let above = self.above.iter().map(|step| step.name.as_os_str());
        shorten(above.chain(Some(name).filter(|name| !name.is_empty())))
    }

    /// An error about `name` in the open folder.
    pub fn error(&self, action: &'static str, name: &OsStr, source: impl Into<io::Error>) -> Error {
        Error::Io { action, path: self.shown(name), source: source.into() }
    }
}

/// Opens a folder for reading by one name; a symbolic link there is refused.
pub(crate) fn open(within: BorrowedFd<'_>, name: &OsStr) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(within, name, flags, Mode::empty())
}

/// What is at `name`, links not followed; the folder itself where the name is empty.
fn look(folder: BorrowedFd<'_>, name: &OsStr) -> rustix::io::Result<Statx> {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::EMPTY_PATH | AtFlags::NO_AUTOMOUNT;
    statx(folder, name, flags, StatxFlags::BASIC_STATS | StatxFlags::MNT_ID)
}

/// Whether another file system is mounted at `name` in an open folder. What cannot be looked at is no mount.
pub fn is_mounted(folder: impl AsFd, name: &OsStr) -> bool {
    let mount = |name| look(folder.as_fd(), name).map(|seen| Mount::of(&seen)).ok();
    mount(name).is_some_and(|there| mount(OsStr::new("")).is_some_and(|here| here != there))
}

/// Whether another file system is mounted at `name` or somewhere below it, as far as this process can see. It costs
/// no walk: for what is moved whole. Where the system does not tell, there is none.
pub fn mount_within(folder: impl AsFd, name: &OsStr) -> bool {
    let Ok(mut place) = std::fs::read_link(format!("/proc/self/fd/{}", folder.as_fd().as_raw_fd())) else {
        return false;
    };
    place.push(name);
    let mounts = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    let points =
        mounts.split(|byte| *byte == b'\n').filter_map(|line| line.split(|byte| *byte == b' ').nth(4));
    points.into_iter().any(|point| Path::new(OsStr::from_bytes(&unescape(point))).starts_with(&place))
}

/// The kernel writes white space and backslashes of a path in octal.
fn unescape(mut point: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(point.len());
    while let Some((&first, rest)) = point.split_first() {
        let digits =
            rest.get(..3).filter(|_| first == b'\\').and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        bytes.push(code.unwrap_or(first));
        point = if code.is_some() { rest.get(3..).unwrap_or_default() } else { rest };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_are_read_as_the_kernel_writes_them() {
        assert_eq!(unescape(b"/a\\040b\\134c\\011"), b"/a b\\c\t");
        assert_eq!(unescape(b"/a\\9"), b"/a\\9");
        let root = std::fs::File::open("/").unwrap();
        assert!(mount_within(&root, OsStr::new("proc")));
        assert!(is_mounted(&root, OsStr::new("proc")) && !is_mounted(&root, OsStr::new("etc")));
        let place = tempfile::tempdir().unwrap();
        assert!(!mount_within(std::fs::File::open(place.path()).unwrap(), OsStr::new("nothing")));
    }
}
