//! The trash: what people deleted, kept for a while as `trash/<time>-<n>/<name>` beside the journal, with the
//! path it had in `trash/<time>-<n>.path`. It lies outside the workspace, so it may be on another file system:
//! then a copy is made before the original goes.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use cap_std::{ambient_authority, fs::Dir};
use jiff::Timestamp;
use rustix::io::Errno;

use crate::{
    copy::copy,
    error::{Context, Result},
    tree::Slot,
};

/// How long the trash keeps things.
const KEEP: Duration = Duration::from_hours(30 * 24);

/// The trash of a workspace.
#[derive(Debug)]
pub(crate) struct Trash {
    folder: PathBuf,
    count: AtomicU64,
}

impl Trash {
    /// Opens the trash, and empties it of what is older than a month.
    pub(crate) fn open(state: &Path, now: Timestamp) -> io::Result<Self> {
        let folder = state.join("trash");
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let oldest = (now - KEEP).as_millisecond();
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if thrown_at(&path).is_none_or(|time| time >= oldest) {
                continue;
            }
            if path.is_dir() { fs::remove_dir_all(&path)? } else { fs::remove_file(&path)? }
        }
        Ok(Self { folder, count: AtomicU64::new(0) })
    }

    /// Moves what is at `slot` here. Nothing is lost where this fails.
    pub(crate) fn throw(&self, slot: &Slot, now: Timestamp) -> Result<()> {
        let place = self.place(slot, now).records("write to")?;
        let renamed = rustix::fs::renameat(slot.folder(), slot.name(), &place, slot.name());
        match renamed {
            Err(Errno::XDEV) => {
                copy(slot.folder(), slot.name(), &place, slot.name()).of("delete", slot.path())?;
                slot.remove("delete")
            }
            renamed => {
                renamed.of("delete", slot.path())?;
                slot.sync("delete")
            }
        }
    }

    fn place(&self, slot: &Slot, now: Timestamp) -> io::Result<Dir> {
        loop {
            let number = self.count.fetch_add(1, Ordering::Relaxed);
            let place = self.folder.join(format!("{}-{number}", now.as_millisecond()));
            match fs::create_dir(&place) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                created => created?,
            }
            fs::write(place.with_extension("path"), slot.path().as_str())?;
            return Dir::open_ambient_dir(&place, ambient_authority());
        }
    }
}

fn thrown_at(path: &Path) -> Option<i64> {
    path.file_name()?.to_str()?.split_once('-')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use protocol::WorkspacePath;

    use super::*;
    use crate::tree::Tree;

    #[test]
    fn the_trash_may_be_on_another_file_system() {
        let folder = tempfile::tempdir().unwrap();
        // Where there is a second file system this crosses to it.
        let state = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        fs::create_dir(folder.path().join("gone")).unwrap();
        fs::write(folder.path().join("gone/file"), "kept").unwrap();
        let tree = Tree::open(folder.path()).unwrap();
        let trash = Trash::open(state.path(), Timestamp::UNIX_EPOCH).unwrap();
        let slot = tree.slot("delete", &WorkspacePath::parse("gone").unwrap()).unwrap();
        trash.throw(&slot, Timestamp::UNIX_EPOCH).unwrap();
        assert!(!folder.path().join("gone").exists());
        let kept = state.path().join("trash/0-0/gone/file");
        assert_eq!(fs::read_to_string(&kept).unwrap(), "kept");
        let later = Timestamp::UNIX_EPOCH + KEEP + Duration::from_secs(1);
        Trash::open(state.path(), later).unwrap();
        assert!(!kept.exists() && fs::read_dir(state.path().join("trash")).unwrap().next().is_none());
    }
}
