//! The workspace's folder as the only way to its files: every path is resolved beneath it by the kernel.
//!
//! A path is resolved once, to the folder that holds the name ([`Slot`]); what follows works on that open
//! folder and one name, so that nobody who swaps a folder for a symbolic link meanwhile leads us elsewhere.
//! It knows nothing of documents. Calls block: they belong on blocking threads.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, Write},
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::Path,
};

use cap_std::{
    ambient_authority,
    fs::{Dir, Metadata, MetadataExt},
};
use folders::Limits;
use ide_core::files::{self, FileError, temporary};
pub(crate) use ide_core::files::{is_temporary, relative};
use protocol::{ErrorCode, WorkspacePath};
use rustix::{
    fs::{AtFlags, FlockOperation, Mode, OFlags, RenameFlags, flock},
    io::Errno,
};

use crate::error::{Context, EXISTS, NOT_A_FILE, READ_ONLY, Result, TreeContext, Why, WorkspaceError};

/// The workspace's folder.
#[derive(Debug)]
pub(crate) struct Tree {
    root: Dir,
}

/// A name in an open folder, whether or not anything is there.
#[derive(Debug)]
pub(crate) struct Slot {
    folder: Dir,
    name: OsString,
    path: WorkspacePath,
}

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    inode: u64,
    modified: (i64, i64),
    size: u64,
}

/// A regular file's contents at one moment.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) bytes: Vec<u8>,
    pub(crate) stamp: Stamp,
    /// Permission bits.
    pub(crate) mode: u32,
}

impl Stamp {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let modified = (metadata.mtime(), metadata.mtime_nsec());
        Self { inode: metadata.ino(), modified, size: metadata.len() }
    }

    /// Bytes.
    pub(crate) fn size(self) -> u64 {
        self.size
    }

    /// Whether two looks saw the same thing, changed or not.
    pub(crate) fn same_inode(one: Option<Self>, other: Option<Self>) -> bool {
        one.map(|stamp| stamp.inode) == other.map(|stamp| stamp.inode)
    }

    /// As bytes, for hashing.
    pub(crate) fn to_bytes(self) -> [u8; 32] {
        let words = [self.inode, self.modified.0 as u64, self.modified.1 as u64, self.size];
        let mut bytes = [0; 32];
        for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }
}

impl Tree {
    /// Opens the workspace's folder.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        Ok(Self { root: Dir::open_ambient_dir(folder, ambient_authority())? })
    }

    /// Opens a folder of the workspace.
    pub(crate) fn dir(&self, path: &WorkspacePath) -> io::Result<Dir> {
        if path.is_root() { self.root.try_clone() } else { self.root.open_dir(relative(path)) }
    }

    /// The slot of `path` in its folder, which must exist.
    pub(crate) fn slot(&self, action: &'static str, path: &WorkspacePath) -> Result<Slot> {
        let Some(parent) = path.parent() else {
            let reason = Why::named("root", "the workspace's own folder stays where it is");
            return Err(WorkspaceError::refused(action, path, ErrorCode::Invalid, reason));
        };
        Ok(Slot::new(self.dir(&parent).of(action, path)?, path))
    }

    /// The slot of `path`, where something is to be, its folders made where they are missing.
    pub(crate) fn slot_with_folders(&self, action: &'static str, path: &WorkspacePath) -> Result<Slot> {
        if path.as_str().split('/').any(|name| is_temporary(OsStr::new(name))) {
            let reason = Why::named(
                "name-kept",
                "such names are kept for files that are being written; choose another",
            );
            return Err(WorkspaceError::refused(action, path, ErrorCode::Invalid, reason));
        }
        match self.slot(action, path) {
            Err(error) if error.code() == ErrorCode::NotFound => {
                self.make_folders(action, &path.parent().unwrap_or_default())?;
                self.slot(action, path)
            }
            slot => slot,
        }
    }

    /// Makes a folder and those above it, from the top.
    fn make_folders(&self, action: &'static str, path: &WorkspacePath) -> Result<()> {
        let whole = relative(path);
        let mut above: Vec<&Path> = whole.ancestors().filter(|above| !above.as_os_str().is_empty()).collect();
        while let Some(next) = above.pop() {
            match self.root.create_dir(next) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(error).of(action, path);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Where the file of `path` really lies, symbolic links inside the workspace followed.
    pub(crate) fn resolve(&self, action: &'static str, path: &WorkspacePath) -> Result<WorkspacePath> {
        let real = self.root.canonicalize(relative(path)).of(action, path)?;
        // The root itself is called ".".
        let names = real
            .iter()
            .filter(|name| *name != ".")
            .map(|name| WorkspacePath::name_from_bytes(name.as_bytes()));
        Ok(names.fold(WorkspacePath::root(), |path, name| path.join(&name)))
    }

    /// Metadata of what `path` leads to.
    pub(crate) fn metadata(&self, path: &WorkspacePath) -> io::Result<Metadata> {
        if path.is_root() { self.root.dir_metadata() } else { self.root.metadata(relative(path)) }
    }

    /// Opens a regular file for reading; nothing else is opened, and nothing here waits for a writer.
    pub(crate) fn file(&self, action: &'static str, path: &WorkspacePath) -> Result<(File, Metadata)> {
        files::open(&self.root, path).map_err(|error| unread(action, path, error))
    }

    /// Reads a regular file of at most `limit` bytes.
    pub(crate) fn read(&self, action: &'static str, path: &WorkspacePath, limit: u64) -> Result<Contents> {
        let (bytes, metadata) =
            files::read(&self.root, path, limit).map_err(|error| unread(action, path, error))?;
        Ok(Contents { bytes, stamp: Stamp::of(&metadata), mode: metadata.mode() & 0o7777 })
    }

    /// Whether a slot's folder is still the one that its path names.
    pub(crate) fn has(&self, slot: &Slot) -> bool {
        let identity = |folder: &Dir| folder.dir_metadata().map(|seen| (seen.dev(), seen.ino())).ok();
        let named = slot.path.parent().and_then(|parent| self.dir(&parent).ok());
        named.is_some_and(|named| identity(&named).is_some_and(|one| identity(&slot.folder) == Some(one)))
    }

    /// Writes a regular file so that it is wholly there or as before, also after a power cut. Its permission
    /// bits stay, but for set-user-id and set-group-id; through a symbolic link its target is written. A file
    /// that is not as it was `seen` is left as it is; none means that any file is written over.
    ///
    /// LIMIT: a file with several hard links becomes a file of its own; extended attributes are not kept.
    pub(crate) fn replace(
        &self,
        action: &'static str,
        path: &WorkspacePath,
        bytes: &[u8],
        seen: Option<Stamp>,
    ) -> Result<Stamp> {
        let real = match self.resolve(action, path) {
            Err(error) if error.code() == ErrorCode::NotFound => path.clone(),
            real => real?,
        };
        let slot = self.slot_with_folders(action, &real)?;
        let mode = slot.writable(action)?;
        let mut part = slot.part(action, mode)?;
        part.write(action, bytes)?;
        part.file.sync_all().of(action, path)?;
        // As late as can be: what happens between this look and the renaming goes unseen.
        if seen.is_some() && self.metadata(path).ok().map(|metadata| Stamp::of(&metadata)) != seen {
            let reason = Why::named(
                "changed-meanwhile",
                "it changed while it was being written; save again to see how",
            );
            return Err(WorkspaceError::refused(action, path, ErrorCode::Conflict, reason));
        }
        part.finish(action, true)
    }
}

impl Slot {
    /// The last name of `path` in a folder.
    pub(crate) fn new(folder: Dir, path: &WorkspacePath) -> Self {
        Self { folder, name: relative(path).file_name().unwrap_or_default().to_owned(), path: path.clone() }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &WorkspacePath {
        &self.path
    }

    /// Its open folder.
    pub(crate) fn folder(&self) -> &Dir {
        &self.folder
    }

    /// Its name.
    pub(crate) fn name(&self) -> &Path {
        Path::new(&self.name)
    }

    /// Metadata of what is there, symbolic links not followed; none where nothing is.
    pub(crate) fn metadata(&self, action: &'static str) -> Result<Option<Metadata>> {
        match self.folder.symlink_metadata(&self.name) {
            Ok(metadata) => Ok(Some(metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).of(action, &self.path),
        }
    }

    /// The permission bits of the file there, if there is one that may be written.
    pub(crate) fn writable(&self, action: &'static str) -> Result<Option<u32>> {
        let refused = |code, reason: Why| Err(WorkspaceError::refused(action, &self.path, code, reason));
        match self.metadata(action)? {
            None => Ok(None),
            Some(there) if !there.is_file() => refused(ErrorCode::Unsupported, NOT_A_FILE),
            Some(there) if there.mode() & 0o222 == 0 => refused(ErrorCode::Forbidden, READ_ONLY),
            Some(there) => {
                let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
                rustix::fs::openat(&self.folder, &self.name, flags, Mode::empty()).of(action, &self.path)?;
                Ok(Some(there.mode()))
            }
        }
    }

    /// Begins a file beside this name, which gets the permission bits `mode` where there are any. Nobody may read more of
    /// it before it has its name than afterwards.
    pub(crate) fn part(self, action: &'static str, mode: Option<u32>) -> Result<Part> {
        let name = temporary();
        let mode = mode.map(|mode| Mode::from(mode & 0o777));
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.folder, &name, flags, mode.unwrap_or(Mode::from(0o666)))
            .of(action, &self.path)?;
        // Says that somebody is at it; see `remove_abandoned`, which does nothing where there are no locks.
        let _ = flock(&file, FlockOperation::NonBlockingLockExclusive);
        Ok(Part { slot: self, name, file: File::from(file), mode, placed: false })
    }

    /// Moves what is here to `to` in one step.
    pub(crate) fn rename(&self, action: &'static str, to: &Self, overwrite: bool) -> Result<()> {
        rename((self.folder.as_fd(), &self.name), (to.folder.as_fd(), &to.name), overwrite)
            .map_err(refine_rename)
            .of(action, &to.path)?;
        self.sync(action)?;
        to.sync(action)
    }

    /// Gives the file that is here a second name at `to`, where nothing may be; not every file system can.
    pub(crate) fn link(&self, to: &Self) -> Result<()> {
        rustix::fs::linkat(&self.folder, &self.name, &to.folder, &to.name, AtFlags::empty())
            .of("keep", &self.path)?;
        to.sync("keep")
    }

    /// Makes the folder's entries durable.
    pub(crate) fn sync(&self, action: &'static str) -> Result<()> {
        sync_folder(self.folder.as_fd()).of(action, &self.path)
    }

    /// Removes a file, link or whole folder; links are never followed. Where another file system is mounted
    /// inside, nothing is removed.
    pub(crate) fn remove(&self, action: &'static str) -> Result<()> {
        folders::remove(&self.folder, &self.name).in_tree(action, &self.path)?;
        self.sync(action)
    }

    /// Copies what is here to `to`, wholly or not at all; a file there is replaced only where `overwrite` says so.
    pub(crate) fn copy(&self, action: &'static str, to: &Self, overwrite: bool) -> Result<()> {
        if !overwrite && to.metadata(action)?.is_some() {
            return Err(WorkspaceError::refused(action, &to.path, ErrorCode::Exists, EXISTS));
        }
        let passing = Passing::begin(&to.folder).of(action, &to.path)?;
        folders::copy(&self.folder, &self.name, &passing.inside, &to.name, Limits::WORK)
            .in_tree(action, &self.path)?;
        rename((passing.inside.as_fd(), &to.name), (to.folder.as_fd(), &to.name), overwrite)
            .of(action, &to.path)?;
        to.sync(action)
    }
}

/// A folder for what is not finished, beside where it will lie; it goes away with what is left in it.
#[derive(Debug)]
struct Passing<'f> {
    folder: &'f Dir,
    name: OsString,
    inside: OwnedFd,
}

impl<'f> Passing<'f> {
    fn begin(folder: &'f Dir) -> io::Result<Self> {
        let name = temporary();
        rustix::fs::mkdirat(folder, &name, Mode::RWXU)?;
        let inside = folders::open(folder, &name)?;
        // Says that somebody is at it; see `remove_abandoned`.
        let _ = flock(&inside, FlockOperation::NonBlockingLockExclusive);
        Ok(Self { folder, name, inside })
    }
}

impl Drop for Passing<'_> {
    fn drop(&mut self) {
        if let Err(error) = folders::remove(self.folder, &self.name) {
            tracing::warn!(%error, "a temporary folder stays behind");
        }
    }
}

fn unread(action: &'static str, path: &WorkspacePath, error: FileError) -> WorkspaceError {
    let reason = match error {
        FileError::Io(source) => return WorkspaceError::Io { action, path: path.clone(), source },
        FileError::NotRegular => NOT_A_FILE,
        FileError::TooLarge { limit } => {
            let most = limit >> 20;
            let words = format!("it is larger than {most} MiB; look at it in a terminal, or download it");
            Why::with("too-large-to-open", words, [("most", most.to_string())])
        }
    };
    WorkspaceError::refused(action, path, ErrorCode::Unsupported, reason)
}

/// A file that is being written beside its final name, and goes away unless it gets there.
#[derive(Debug)]
pub(crate) struct Part {
    slot: Slot,
    name: OsString,
    file: File,
    mode: Option<Mode>,
    placed: bool,
}

impl Part {
    /// Adds bytes.
    pub(crate) fn write(&mut self, action: &'static str, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).of(action, &self.slot.path)
    }

    /// Where it will lie.
    pub(crate) fn slot(&self) -> &Slot {
        &self.slot
    }

    /// Makes it durable and gives it its name, which is durable then too.
    pub(crate) fn finish(mut self, action: &'static str, overwrite: bool) -> Result<Stamp> {
        let stamp = self.place(overwrite).of(action, &self.slot.path)?;
        self.placed = true;
        self.slot.sync(action)?;
        Ok(stamp)
    }

    fn place(&self, overwrite: bool) -> io::Result<Stamp> {
        // What the process's mask took away.
        if let Some(mode) = self.mode {
            rustix::fs::fchmod(&self.file, mode)?;
        }
        self.file.sync_all()?;
        let metadata = cap_std::fs::File::from_std(self.file.try_clone()?).metadata()?;
        let folder = self.slot.folder.as_fd();
        rename((folder, &self.name), (folder, &self.slot.name), overwrite)?;
        Ok(Stamp::of(&metadata))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.placed
            && let Err(error) = rustix::fs::unlinkat(&self.slot.folder, &self.name, AtFlags::empty())
        {
            tracing::warn!(%error, "a temporary file stays behind");
        }
    }
}

/// Removes what an agent that was killed left of a file or folder it was writing. One that is being written is locked.
pub(crate) fn remove_abandoned(folder: BorrowedFd<'_>, name: &OsStr) {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let Ok(file) = rustix::fs::openat(folder, name, flags, Mode::empty()) else { return };
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
        // It may have just got its real name.
        match folders::remove(folder, name) {
            Ok(()) => tracing::info!(?name, "removed a part of something that was never finished"),
            Err(error) => tracing::debug!(%error, ?name, "a part of something that was never finished stays"),
        }
    }
}

type Place<'a> = (BorrowedFd<'a>, &'a OsString);

fn rename(from: Place<'_>, to: Place<'_>, overwrite: bool) -> rustix::io::Result<()> {
    if overwrite {
        return rustix::fs::renameat(from.0, from.1, to.0, to.1);
    }
    match rustix::fs::renameat_with(from.0, from.1, to.0, to.1, RenameFlags::NOREPLACE) {
        // Some file systems cannot do both in one step.
        Err(Errno::INVAL) => match rustix::fs::statat(to.0, to.1, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => rustix::fs::renameat(from.0, from.1, to.0, to.1),
            there => there.and(Err(Errno::EXIST)),
        },
        renamed => renamed,
    }
}

/// A rename across file systems is not an escape, though the kernel calls both the same.
fn refine_rename(error: Errno) -> io::Error {
    match error {
        Errno::XDEV => io::Error::from(io::ErrorKind::CrossesDevices),
        error => error.into(),
    }
}

/// Makes a folder's entries durable.
pub(crate) fn sync_folder(folder: BorrowedFd<'_>) -> rustix::io::Result<()> {
    // A path-only handle cannot be synced: open the folder itself.
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder: OwnedFd = rustix::fs::openat(folder, c".", flags, Mode::empty())?;
    rustix::fs::fsync(folder)
}
