//! The trash: what people deleted or replaced, and what they typed that found no place, kept for [`KEEP_DAYS`] days beside the journal. Of one thing there are
//! `trash/<time>-<n>/<name>`, the path it had in `trash/<time>-<n>.path`, who threw it away in `trash/<time>-<n>.by`, and,
//! where its files had unsaved text, that text in `trash/<time>-<n>.unsaved`. It lies outside the workspace, so it may be on another file system: then a copy
//! is made before the original goes.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use cap_std::{ambient_authority, fs::Dir};
use jiff::Timestamp;
use protocol::{
    ErrorCode, PersonId, WorkspacePath,
    file::{KEEP_DAYS, Kind, MAX_PAGE, MAX_TRASHED, TrashId, TrashPage, Trashed},
};

use crate::{
    error::{Context, Result, TreeContext, Why, WorkspaceError},
    listing::plain_kind,
    tree::Slot,
};

/// How long the trash keeps things.
const KEEP: Duration = Duration::from_hours(24 * KEEP_DAYS as u64);

/// The trash of a workspace.
#[derive(Debug)]
pub(crate) struct Trash {
    folder: PathBuf,
    count: AtomicU64,
}

/// Who throws something away, and when.
#[derive(Clone, Debug)]
pub(crate) struct Thrown {
    pub(crate) by: PersonId,
    pub(crate) at: Timestamp,
}

/// Text that a document had not saved when its file was thrown away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unsaved {
    pub(crate) path: WorkspacePath,
    pub(crate) text: Arc<str>,
}

impl Trash {
    /// Opens the trash. What lies in it is not looked at: see [`Self::sweep`].
    pub(crate) fn open(state: &Path) -> io::Result<Self> {
        let folder = state.join("trash");
        folders::make_private(&folder)?;
        Ok(Self { folder, count: AtomicU64::new(0) })
    }

    /// Removes what is too old, and the oldest of what is too much. What cannot be removed stays, and is told.
    pub(crate) fn sweep(&self, now: Timestamp) {
        let ids = match self.ids() {
            Ok(ids) => ids,
            Err(error) => return tracing::warn!(%error, "the trash cannot be read"),
        };
        let oldest = (now - KEEP).as_millisecond();
        for (index, id) in ids.iter().enumerate() {
            if (index >= MAX_TRASHED || id.deleted_ms() < oldest)
                && let Err(error) = self.purge(id)
            {
                tracing::warn!(%error, id = id.as_str(), "something stays in the trash beyond its time");
            }
        }
    }

    /// Moves what is at `slot` here, together with the unsaved text of documents in it. Nothing is lost where this
    /// fails.
    pub(crate) fn throw(&self, thrown: &Thrown, slot: &Slot, unsaved: &[Unsaved]) -> Result<TrashId> {
        let reason = Why::named("mounted-inside", "another file system is mounted inside; unmount it first");
        if folders::mount_within(slot.folder(), slot.name().as_os_str()) {
            return Err(WorkspaceError::refused("delete", slot.path(), ErrorCode::Unsupported, reason));
        }
        self.keep(thrown, |id| self.place(id, slot, unsaved))
    }

    /// Keeps a copy of the file at `slot`, whose place something else is about to take; none where nothing is there.
    pub(crate) fn keep_replaced(&self, thrown: &Thrown, slot: &Slot) -> Result<Option<TrashId>> {
        if slot.metadata("replace")?.is_none() {
            return Ok(None);
        }
        self.keep(thrown, |id| {
            write(&self.file(id, "path"), slot.path().as_str()).records("write to")?;
            let place = self.slot(id, slot.path()).records("write to")?;
            slot.link(&place).or_else(|_| slot.copy("replace", &place, false))
        })
        .map(Some)
    }

    /// Keeps text that was typed in a file and found no place in its document.
    pub(crate) fn keep_text(&self, thrown: &Thrown, unsaved: &Unsaved) -> Result<TrashId> {
        self.keep(thrown, |id| {
            write(&self.file(id, "path"), unsaved.path.as_str()).records("write to")?;
            self.keep_unsaved(id, std::slice::from_ref(unsaved)).records("write to")
        })
    }

    /// Keeps something new, wholly or not at all.
    fn keep(&self, thrown: &Thrown, fill: impl FnOnce(&TrashId) -> Result<()>) -> Result<TrashId> {
        let id = self.new_id(thrown.at).records("write to")?;
        let named = write(&self.file(&id, "by"), &thrown.by.0).records("write to");
        let filled = named.and_then(|()| fill(&id)).and_then(|()| self.sync().records("write to"));
        if filled.is_err()
            && let Err(error) = self.purge(&id)
        {
            tracing::warn!(%error, "what could not be kept leaves something in the trash");
        }
        filled.map(|()| id)
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }

    fn place(&self, id: &TrashId, slot: &Slot, unsaved: &[Unsaved]) -> Result<()> {
        write(&self.file(id, "path"), slot.path().as_str()).records("write to")?;
        self.keep_unsaved(id, unsaved).records("write to")?;
        let place = self.slot(id, slot.path()).records("write to")?;
        match slot.rename("delete", &place, false) {
            Err(WorkspaceError::Io { source, .. }) if source.kind() == io::ErrorKind::CrossesDevices => {
                slot.copy("delete", &place, false)?;
                slot.remove("delete")
            }
            renamed => renamed,
        }
    }

    fn keep_unsaved(&self, id: &TrashId, unsaved: &[Unsaved]) -> io::Result<()> {
        if unsaved.is_empty() {
            return Ok(());
        }
        let folder = self.file(id, "unsaved");
        fs::create_dir(&folder)?;
        for (number, Unsaved { path, text }) in unsaved.iter().enumerate() {
            write(&folder.join(format!("{number}.path")), path.as_str())?;
            write(&folder.join(format!("{number}.text")), text)?;
        }
        File::open(folder)?.sync_all()
    }

    /// The newest things first.
    pub(crate) fn list(&self) -> Result<TrashPage> {
        let ids = self.ids().records("read")?;
        let total = ids.len();
        let entries = ids.into_iter().take(MAX_PAGE).filter_map(|id| self.describe(id)).collect();
        Ok(TrashPage { entries, total })
    }

    fn describe(&self, id: TrashId) -> Option<Trashed> {
        let path = self.path(&id).ok()?;
        let slot = self.slot(&id, &path).ok();
        let seen = slot.and_then(|slot| slot.metadata("look at").ok().flatten());
        let unsaved = self.file(&id, "unsaved").is_dir();
        let kind = seen.as_ref().map_or(Kind::File, |seen| plain_kind(seen.file_type()));
        let size = seen.as_ref().filter(|seen| seen.is_file()).map_or(0, cap_std::fs::Metadata::len);
        (seen.is_some() || unsaved).then(|| Trashed {
            deleted_ms: id.deleted_ms(),
            by: fs::read_to_string(self.file(&id, "by")).ok().map(PersonId),
            id,
            path,
            kind,
            size,
            unsaved,
        })
    }

    /// The path that a thing had.
    pub(crate) fn path(&self, id: &TrashId) -> Result<WorkspacePath> {
        let text = fs::read_to_string(self.file(id, "path"));
        let path = text.ok().and_then(|text| WorkspacePath::parse(&text).ok()).filter(|path| !path.is_root());
        let gone = Why::named("not-in-trash", "it is no longer in the trash");
        path.ok_or_else(|| {
            WorkspaceError::refused("restore", &WorkspacePath::root(), ErrorCode::NotFound, gone)
        })
    }

    /// Moves a thing to `to`, where nothing may be.
    pub(crate) fn restore(&self, id: &TrashId, to: &Slot) -> Result<()> {
        let place = self.slot(id, &self.path(id)?).records("read")?;
        if place.metadata("restore")?.is_none() && self.file(id, "unsaved").is_dir() {
            // Only its unsaved text is left: the rest is where it was already.
            return Ok(());
        }
        match place.rename("restore", to, false) {
            Err(WorkspaceError::Io { source, .. }) if source.kind() == io::ErrorKind::CrossesDevices => {
                place.copy("restore", to, false)?;
                place.remove("restore")
            }
            restored => restored,
        }
    }

    /// The unsaved text that was thrown away with a thing.
    pub(crate) fn unsaved(&self, id: &TrashId) -> Result<Vec<Unsaved>> {
        let folder = self.file(id, "unsaved");
        let mut unsaved = Vec::new();
        for number in 0.. {
            match read_unsaved(&folder, number) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                text => unsaved.push(text.records("read")?),
            }
        }
        Ok(unsaved)
    }

    /// Removes a thing for good, and all that was kept with it.
    pub(crate) fn purge(&self, id: &TrashId) -> Result<()> {
        let shown = self.path(id).unwrap_or_default();
        for place in [
            self.folder.join(id.as_str()),
            self.file(id, "unsaved"),
            self.file(id, "by"),
            self.file(id, "path"),
        ] {
            folders::remove_path(&place).in_tree("delete for good", &shown)?;
        }
        Ok(())
    }

    /// Removes everything for good.
    pub(crate) fn empty(&self) -> Result<()> {
        self.ids().records("read")?.iter().try_for_each(|id| self.purge(id))
    }

    /// All things, the newest first.
    fn ids(&self) -> io::Result<Vec<TrashId>> {
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            // A thing that is missing itself may have left its path.
            let stem = Path::new(&name).file_stem().and_then(OsStr::to_str).unwrap_or_default();
            ids.extend(TrashId::parse(stem));
        }
        ids.sort_unstable_by_key(|id| std::cmp::Reverse(id.order()));
        ids.dedup();
        Ok(ids)
    }

    fn new_id(&self, now: Timestamp) -> io::Result<TrashId> {
        loop {
            let id = TrashId::new(now.as_millisecond(), self.count.fetch_add(1, Ordering::Relaxed));
            match fs::create_dir(self.folder.join(id.as_str())) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => return created.map(|()| id),
            }
        }
    }

    fn file(&self, id: &TrashId, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", id.as_str()))
    }

    fn slot(&self, id: &TrashId, path: &WorkspacePath) -> io::Result<Slot> {
        let folder = Dir::open_ambient_dir(self.folder.join(id.as_str()), ambient_authority())?;
        Ok(Slot::new(folder, path))
    }
}

fn read_unsaved(folder: &Path, number: usize) -> io::Result<Unsaved> {
    let path = fs::read_to_string(folder.join(format!("{number}.path")))?;
    let path = WorkspacePath::parse(&path).map_err(io::Error::other)?;
    Ok(Unsaved { path, text: fs::read_to_string(folder.join(format!("{number}.text")))?.into() })
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Tree;

    fn thrown() -> Thrown {
        Thrown { by: PersonId("ada".into()), at: Timestamp::UNIX_EPOCH }
    }

    struct Fixture {
        folder: tempfile::TempDir,
        state: tempfile::TempDir,
        tree: Tree,
        trash: Trash,
    }

    impl Fixture {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            // Where there is a second file system this crosses to it.
            let state = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
            let (tree, trash) = (Tree::open(folder.path()).unwrap(), Trash::open(state.path()).unwrap());
            Self { folder, state, tree, trash }
        }

        fn slot(&self, path: &str) -> Slot {
            self.tree.slot("delete", &WorkspacePath::parse(path).unwrap()).unwrap()
        }

        fn throw(&self, path: &str, unsaved: &[Unsaved]) -> TrashId {
            self.trash.throw(&thrown(), &self.slot(path), unsaved).unwrap()
        }

        fn left(&self) -> usize {
            fs::read_dir(self.state.path().join("trash")).unwrap().count()
        }
    }

    #[test]
    fn the_trash_may_be_on_another_file_system() {
        let fixture = Fixture::new();
        fs::create_dir(fixture.folder.path().join("gone")).unwrap();
        fs::write(fixture.folder.path().join("gone/file"), "kept").unwrap();
        fixture.throw("gone", &[]);
        assert!(!fixture.folder.path().join("gone").exists());
        let kept = fixture.state.path().join("trash/0-0/gone/file");
        assert_eq!(fs::read_to_string(&kept).unwrap(), "kept");
        fixture.trash.sweep(Timestamp::UNIX_EPOCH + KEEP);
        assert!(kept.exists());
        fixture.trash.sweep(Timestamp::UNIX_EPOCH + KEEP + Duration::from_secs(1));
        assert_eq!(fixture.left(), 0);
    }

    #[test]
    fn what_was_thrown_away_comes_back_with_its_unsaved_text() {
        let fixture = Fixture::new();
        let at = |name: &str| fixture.folder.path().join(name);
        fs::write(at("a"), "saved").unwrap();
        let unsaved = [Unsaved { path: WorkspacePath::parse("a").unwrap(), text: "un\nsaved".into() }];
        let id = fixture.throw("a", &unsaved);
        let page = fixture.trash.list().unwrap();
        assert_eq!((page.total, page.entries[0].path.as_str(), page.entries[0].unsaved), (1, "a", true));
        assert_eq!((page.entries[0].size, page.entries[0].kind), (5, Kind::File));
        assert_eq!(page.entries[0].by, Some(thrown().by));
        fs::remove_file(fixture.state.path().join("trash/0-0.by")).unwrap();
        assert_eq!(fixture.trash.list().unwrap().entries[0].by, None, "as before it was kept");
        fs::write(at("a"), "another").unwrap();
        let error = fixture.trash.restore(&id, &fixture.slot("a")).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Exists, "{error}");
        assert_eq!(fs::read_to_string(at("a")).unwrap(), "another");
        fixture.trash.restore(&id, &fixture.slot("b")).unwrap();
        assert_eq!(fs::read_to_string(at("b")).unwrap(), "saved");
        assert_eq!(fixture.trash.unsaved(&id).unwrap(), unsaved);
        assert!(fixture.trash.list().unwrap().entries[0].unsaved, "the text is there until it is taken");
        fixture.trash.restore(&id, &fixture.slot("b")).unwrap();
        fixture.trash.purge(&id).unwrap();
        assert_eq!(fixture.left(), 0);
        assert_eq!(fixture.trash.restore(&id, &fixture.slot("c")).unwrap_err().code(), ErrorCode::NotFound);
    }

    #[test]
    fn too_much_goes_from_the_oldest_and_names_are_no_paths() {
        let fixture = Fixture::new();
        for id in ["../x", "1", "1-", "-1-1", "1-1/..", "1-1.path", ""] {
            assert!(TrashId::parse(id).is_none(), "{id}");
        }
        let trash = fixture.state.path().join("trash");
        fs::write(trash.join("notes"), "somebody else's").unwrap();
        for number in 0..MAX_TRASHED + 2 {
            fs::write(trash.join(format!("{number}-0.path")), "a").unwrap();
        }
        fixture.trash.sweep(Timestamp::UNIX_EPOCH);
        assert!(!trash.join("1-0.path").exists() && trash.join("2-0.path").exists());
        fixture.trash.empty().unwrap();
        assert_eq!(fixture.left(), 1);
    }
}
