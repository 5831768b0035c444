//! Copying files and folders between open folders: symbolic links are copied as links, special files are
//! refused, and nothing outside the two folders is touched.

use std::{io, os::fd::AsFd, path::Path};

use cap_std::fs::{Dir, DirEntry, OpenOptions, OpenOptionsExt, PermissionsExt};
use rustix::fs::{Mode, OFlags};

use crate::tree::sync_folder;

/// Copies `from/name` to `to/new`, which must not exist; a copy that fails half-way is removed.
pub(crate) fn copy(from: &Dir, name: &Path, to: &Dir, new: &Path) -> io::Result<()> {
    let kind = from.symlink_metadata(name)?.file_type();
    if to.symlink_metadata(new).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    if kind.is_dir() {
        let copied = copy_folder(from, name, to, new);
        if copied.is_err() {
            to.remove_dir_all(new)?;
        }
        copied
    } else {
        copy_one(from, name, to, new)
    }
}

fn copy_one(from: &Dir, name: &Path, to: &Dir, new: &Path) -> io::Result<()> {
    let kind = from.symlink_metadata(name)?.file_type();
    if kind.is_symlink() {
        return to.symlink_contents(from.read_link_contents(name)?, new);
    }
    if !kind.is_file() {
        return Err(rustix::io::Errno::NXIO.into());
    }
    let copied = copy_file(from, name, to, new);
    if copied.is_err() {
        to.remove_file(new)?;
    }
    copied
}

fn copy_file(from: &Dir, name: &Path, to: &Dir, new: &Path) -> io::Result<()> {
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(flags.bits().cast_signed());
    let mut source = from.open_with(name, &options)?;
    let metadata = source.metadata()?;
    if !metadata.is_file() {
        return Err(rustix::io::Errno::NXIO.into());
    }
    let mode = metadata.permissions().mode() & 0o777;
    let mut target = to.open_with(new, OpenOptions::new().write(true).create_new(true).mode(mode))?;
    io::copy(&mut source, &mut target)?;
    target.sync_all()
}

fn copy_folder(from: &Dir, name: &Path, to: &Dir, new: &Path) -> io::Result<()> {
    let source = open_folder(from, name)?;
    let children: Vec<DirEntry> = source.entries()?.collect::<io::Result<_>>()?;
    to.create_dir(new)?;
    let target = open_folder(to, new)?;
    for child in children {
        let name = child.file_name();
        let name = Path::new(&name);
        if child.file_type()?.is_dir() {
            copy_folder(&source, name, &target, name)?;
        } else {
            copy_one(&source, name, &target, name)?;
        }
    }
    Ok(sync_folder(target.as_fd())?)
}

/// Opens a folder by one name; a symbolic link there is refused.
pub(crate) fn open_folder(within: &Dir, name: &Path) -> io::Result<Dir> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = rustix::fs::openat(within, name, flags, Mode::empty())?;
    Ok(Dir::from_std_file(folder.into()))
}
