//! Freeing a name at once, however large the tree is that bears it: the tree gets another name beside, and is removed
//! when there is time. What a process that was killed had set aside is removed with it.

use std::{
    ffi::{OsStr, OsString},
    os::{
        fd::{AsFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::Path,
};

use rustix::{
    fs::{CWD, Dir, Mode, OFlags, RenameFlags, openat, renameat_with},
    io::Errno,
};

use crate::{error::Error, remove::remove, walk::names};

/// Names that are tried.
const MAX_TRIES: u32 = 10_000;

/// What was set aside, now or by a process before.
#[derive(Debug)]
pub struct Aside {
    folder: OwnedFd,
    prefix: OsString,
}

/// Frees a path, whose folder is trusted and must exist. Nothing needs to be there.
pub fn set_aside(path: &Path) -> Result<Aside, Error> {
    let failed =
        |action, source: Errno| Error::Io { action, path: crate::shown(path), source: source.into() };
    let name = path.file_name().ok_or_else(|| failed("set aside", Errno::INVAL))?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder =
        openat(CWD, parent, flags, Mode::empty()).map_err(|error| failed("open the folder of", error))?;
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".aside-");
    for number in 0..MAX_TRIES {
        let mut other = prefix.clone();
        other.push(number.to_string());
        match renameat_with(&folder, name, &folder, &other, RenameFlags::NOREPLACE) {
            Ok(()) | Err(Errno::NOENT) => return Ok(Aside { folder, prefix }),
            Err(Errno::EXIST) => {}
            Err(error) => return Err(failed("set aside", error)),
        }
    }
    Err(failed("set aside", Errno::EXIST))
}

impl Aside {
    /// Removes all of it; what cannot be removed is named, and does not keep the rest from being removed.
    pub fn remove(self) -> Result<(), Error> {
        let failed = |source: Errno| Error::Io { action: "read", path: String::new(), source: source.into() };
        let entries = Dir::read_from(&self.folder).map_err(failed)?;
        let mut result = Ok(());
        for met in names(self.folder.as_fd(), entries) {
            let (name, _) = met.map_err(failed)?;
            if self.is_aside(&name) {
                result = remove(&self.folder, &name).and(result);
            }
        }
        result
    }

    fn is_aside(&self, name: &OsStr) -> bool {
        let number = name.as_bytes().strip_prefix(self.prefix.as_bytes());
        number.is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
    }
}
