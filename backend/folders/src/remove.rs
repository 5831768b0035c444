//! Removing a tree. It is looked through first: where another file system is mounted inside, nothing is removed.

use std::{
    ffi::{OsStr, OsString},
    os::fd::{AsFd, AsRawFd},
    path::Path,
};

use rustix::{
    fs::{AtFlags, CWD, Mode, OFlags, chmod, fchmod, openat, unlinkat},
    io::Errno,
};

use crate::{
    Limits,
    error::Error,
    trail::Trail,
    walk::{Entry, Kind, Visitor, names, read, walk_from},
};

/// Names of folders that wait to be removed, at most; whoever has more is read again.
const MAX_WAITING: usize = 65_536;

/// Removes what is at `name`: a file, a link itself, or a folder with all that is in it, read-only folders included.
pub fn remove(folder: impl AsFd, name: &OsStr) -> Result<(), Error> {
    let mut trail = Trail::begin(folder)?;
    match unlinkat(trail.folder(), name, AtFlags::empty()) {
        Err(Errno::ISDIR) => {}
        Err(Errno::BUSY) => return Err(Error::Mounted { path: trail.shown(name) }),
        removed => return removed.map_err(|error| trail.error("remove", name, error)),
    }
    enter(&mut trail, name)?;
    empty(&mut trail)?;
    trail.leave()?;
    remove_folder(&trail, name)
}

/// Removes what is at a path whose folder is trusted; says whether there was anything.
pub fn remove_path(path: &Path) -> Result<bool, Error> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return Ok(false) };
    let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let removed = match openat(CWD, parent, flags, Mode::empty()) {
        Err(Errno::NOENT) => return Ok(false),
        Err(error) => Err(Error::Io { action: "open", path: crate::shown(parent), source: error.into() }),
        Ok(parent) => remove(parent, name),
    };
    match removed {
        Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(false),
        removed => removed.map(|()| true),
    }
}

/// Removes all that is in an open folder.
pub fn clear(folder: impl AsFd) -> Result<(), Error> {
    empty(&mut Trail::begin(folder)?)
}

/// Removes all that is in the trail's open folder; afterwards the trail is there again.
fn empty(trail: &mut Trail) -> Result<(), Error> {
    walk_from(trail, Limits::REMOVE, &mut Scan)?;
    let mut removal = Removal { waiting: 0, folders: Vec::new() };
    removal.strip(trail)?;
    while let Some(folders) = removal.folders.last_mut() {
        if let Some(name) = folders.pop() {
            removal.waiting -= 1;
            match enter(trail, &name) {
                Ok(()) => removal.strip(trail)?,
                // Somebody removed or replaced it; what is there now is met when the folder is read again.
                Err(Error::Io { source, .. }) if is_no_folder(&source) => {}
                Err(error) => return Err(error),
            }
            continue;
        }
        removal.folders.pop();
        removal.strip(trail)?;
        if removal.folders.last().is_some_and(Vec::is_empty) {
            removal.folders.pop();
            if !removal.folders.is_empty()
                && let Some(name) = trail.leave()?
            {
                remove_folder(trail, &name)?;
            }
        }
    }
    Ok(())
}

struct Removal {
    /// How many names are in `folders`.
    waiting: usize,
    /// For each folder on the way here: some of its folders that are not empty.
    folders: Vec<Vec<OsString>>,
}

impl Removal {
    /// Removes what can be removed of the open folder at once, and notes some of the folders that are left.
    fn strip(&mut self, trail: &Trail) -> Result<(), Error> {
        let room = MAX_WAITING.saturating_sub(self.waiting).max(1);
        let left = strip(trail, room)?;
        self.waiting += left.len();
        self.folders.push(left);
        Ok(())
    }
}

fn strip(trail: &Trail, room: usize) -> Result<Vec<OsString>, Error> {
    let mut left = Vec::new();
    let entries = read(trail).map_err(|error| trail.error("read", OsStr::new(""), error))?;
    for met in names(trail.folder(), entries) {
        let (name, kind) = met.map_err(|error| trail.error("read", OsStr::new(""), error))?;
        let flags = if kind == Kind::Folder { AtFlags::REMOVEDIR } else { AtFlags::empty() };
        match unlink(trail, &name, flags) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(Errno::BUSY) => return Err(Error::Mounted { path: trail.shown(&name) }),
            Err(Errno::NOTEMPTY | Errno::EXIST | Errno::ISDIR | Errno::NOTDIR) => left.push(name),
            Err(error) => return Err(trail.error("remove", &name, error)),
        }
        if left.len() >= room {
            break;
        }
    }
    Ok(left)
}

fn remove_folder(trail: &Trail, name: &OsStr) -> Result<(), Error> {
    match unlink(trail, name, AtFlags::REMOVEDIR) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(Errno::BUSY) => Err(Error::Mounted { path: trail.shown(name) }),
        Err(error) => Err(trail.error("remove", name, error)),
    }
}

/// Removes one name; a folder that its owner made read-only is made writable for it.
fn unlink(trail: &Trail, name: &OsStr, flags: AtFlags) -> rustix::io::Result<()> {
    match unlinkat(trail.folder(), name, flags) {
        Err(Errno::ACCESS) if fchmod(trail.folder(), Mode::RWXU).is_ok() => {
            unlinkat(trail.folder(), name, flags)
        }
        removed => removed,
    }
}

/// Goes into a folder; one that its owner made unreadable is made readable for it.
fn enter(trail: &mut Trail, name: &OsStr) -> Result<(), Error> {
    match trail.enter(name) {
        Err(Error::Io { source, .. })
            if source.kind() == std::io::ErrorKind::PermissionDenied && make_readable(trail, name) =>
        {
            trail.enter(name)
        }
        entered => entered,
    }
}

/// By way of an open handle: a symbolic link that somebody puts there is not followed.
fn make_readable(trail: &Trail, name: &OsStr) -> bool {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    trail.look(name).is_ok()
        && openat(trail.folder(), name, flags, Mode::empty())
            .is_ok_and(|folder| chmod(format!("/proc/self/fd/{}", folder.as_raw_fd()), Mode::RWXU).is_ok())
}

fn is_no_folder(error: &std::io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::NOENT | Errno::NOTDIR | Errno::LOOP))
}

/// Looks for mounted file systems, at folders and at files.
struct Scan;

impl Visitor for Scan {
    fn visit(&mut self, entry: &Entry<'_>) -> Result<(), Error> {
        match entry.trail().look(entry.name()) {
            Err(error @ Error::Mounted { .. }) => Err(error),
            // What went away, or cannot be looked at, holds no mount of ours.
            _ => Ok(()),
        }
    }

    fn failed(&mut self, error: Error) -> Result<(), Error> {
        // An unreadable folder is made readable when its turn comes; then it is checked too.
        if matches!(error, Error::Io { .. }) { Ok(()) } else { Err(error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_names_wait_at_once() {
        let place = tempfile::tempdir().unwrap();
        for number in 0..50 {
            std::fs::create_dir_all(place.path().join(format!("{number}/full"))).unwrap();
        }
        let folder = std::fs::File::open(place.path()).unwrap();
        let trail = Trail::begin(&folder).unwrap();
        assert_eq!(strip(&trail, 3).unwrap().len(), 3);
        clear(&folder).unwrap();
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
    }
}
