//! Making, moving, copying and deleting files and folders, as people ask for it. Open documents follow; what
//! is deleted goes to the trash.

use std::sync::Arc;

use cap_std::fs::{Metadata, MetadataExt};
use ide_core::{Clock, Events, Router, blocking};
use protocol::{
    Call, CallError, ErrorCode, Event, Level, PersonId, Reasons, WorkspacePath,
    file::{
        self, CopyFile, CreateFile, CreateFolder, DeleteFiles, Deleted, ListFolder, ListTrash, PurgeTrash,
        RenameFile, RestoreFile, SetAsideText, TrashId,
    },
};

use crate::{
    documents::Documents,
    error::{Context, NOT_FOUND, Result, Why, WorkspaceError},
    finder::Finder,
    listing::Listing,
    trash::{Thrown, Trash, Unsaved},
    tree::{Part, Slot, Tree},
};

/// Paths one call may delete.
const MAX_DELETED: usize = 10_000;

/// Files and folders; cheap to clone.
#[derive(Clone)]
pub(crate) struct Files(Arc<Inner>);

struct Inner {
    tree: Arc<Tree>,
    listing: Listing,
    trash: Trash,
    documents: Documents,
    finder: Finder,
    events: Events,
    clock: Arc<dyn Clock>,
}

impl Files {
    pub(crate) fn new(
        tree: Arc<Tree>,
        trash: Trash,
        documents: Documents,
        finder: Finder,
        events: Events,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let listing = Listing::default();
        Self(Arc::new(Inner { tree, listing, trash, documents, finder, events, clock }))
    }

    /// Answers the calls of `protocol::file` that only need the disk.
    pub(crate) fn register(&self, router: &mut Router) {
        router
            .with(self)
            .on(|files, _, call| {
                files.on_disk(call, |inner, call: ListFolder| {
                    let now = inner.clock.monotonic();
                    inner.listing.page(&inner.tree, &call.path, call.after.as_deref(), now)
                })
            })
            .on(|files, _, call| {
                files.on_disk(call, |inner, call: CreateFile| create_file(&inner.tree, &call.path))
            })
            .on(|files, _, call| {
                files.on_disk(call, |inner, call: CreateFolder| create_folder(&inner.tree, &call.path))
            })
            .on(|files, _, call| files.on_disk(call, |inner, call: CopyFile| copy_file(&inner.tree, &call)))
            .on(|files, context, call: RenameFile| async move {
                let by = context.person();
                files.rename(by, call).await
            })
            .on(|files, context, call: DeleteFiles| async move {
                let by = context.person();
                files.delete(by, call.paths).await
            })
            .on(|files, _, call| files.on_disk(call, |inner, _: ListTrash| inner.trash.list()))
            .on(|files, context, call: RestoreFile| async move {
                let by = context.person();
                files.restore(by, call).await
            })
            .on(|files, context, call: SetAsideText| async move {
                let by = context.person();
                Ok(files.set_aside(by, call).await?)
            })
            .on(|files, context, call: PurgeTrash| async move {
                let by = context.person();
                files.purge(by, call.ids).await
            });
    }

    /// Removes what is too old from the trash, whenever there is time for it.
    pub(crate) fn sweep(&self) {
        let inner = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || inner.trash.sweep(inner.clock.now()));
    }

    async fn on_disk<C: Call>(
        self,
        call: C,
        work: fn(&Inner, C) -> Result<C::Reply>,
    ) -> Result<C::Reply, CallError> {
        let finder = self.0.finder.clone();
        let done = blocking(move || work(&self.0, call)).await?;
        if C::ACCESS.level > Level::Read {
            finder.changed();
        }
        Ok(done)
    }

    async fn rename(&self, by: &PersonId, call: RenameFile) -> Result<(), CallError> {
        let (inner, mover) = (Arc::clone(&self.0), by.clone());
        // Documents are known by where their files really lie.
        let (from, to) = (self.place(&call.from).await, self.place(&call.to).await);
        if !to.is_within(&from) {
            self.0.documents.make_room(&to).await?;
        }
        let replaced = blocking(move || inner.rename(&mover, &call)).await?;
        self.0.finder.changed();
        self.0.documents.moved(by, &from, &to).await;
        if replaced {
            self.trash_changed(by);
        }
        Ok(())
    }

    /// Gives a finished file its name. What had it goes to the trash where `overwrite` says that it may go at all.
    pub(crate) async fn put(&self, by: &PersonId, part: Part, overwrite: bool) -> Result<()> {
        let (inner, uploader) = (Arc::clone(&self.0), by.clone());
        let replaced = blocking(move || {
            if !inner.tree.has(part.slot()) {
                let reason =
                    Why::named("folder-gone", "its folder was moved or deleted meanwhile; upload it again");
                return Err(WorkspaceError::refused(
                    "upload",
                    part.slot().path(),
                    ErrorCode::Conflict,
                    reason,
                ));
            }
            let kept = inner.keep_replaced(&uploader, part.slot(), overwrite)?;
            inner.replaced(kept.as_ref(), part.finish("upload", overwrite))
        })
        .await?;
        if replaced {
            self.trash_changed(by);
        }
        Ok(())
    }

    /// Keeps text that found no place in its document, until a person takes or forgets it.
    async fn set_aside(&self, by: &PersonId, call: SetAsideText) -> Result<TrashId> {
        let (inner, typist) = (Arc::clone(&self.0), by.clone());
        let unsaved = Unsaved { path: call.path, text: call.text.into() };
        let id = blocking(move || inner.trash.keep_text(&inner.thrown(&typist), &unsaved)).await?;
        self.trash_changed(by);
        Ok(id)
    }

    /// A path with the links in the folder above it followed, its last name not.
    async fn place(&self, path: &WorkspacePath) -> WorkspacePath {
        let (inner, path) = (Arc::clone(&self.0), path.clone());
        blocking(move || {
            let folder = path.parent().and_then(|parent| inner.tree.resolve("look at", &parent).ok());
            folder.map_or_else(|| path.clone(), |folder| folder.join(path.name()))
        })
        .await
    }

    async fn delete(&self, by: &PersonId, paths: Vec<WorkspacePath>) -> Result<Deleted, CallError> {
        if paths.len() > MAX_DELETED {
            let message = format!("Cannot delete more than {MAX_DELETED} things at once.");
            let error = CallError::new(ErrorCode::Limit, message);
            return Err(error.because("too-many-deleted", &[("most", &MAX_DELETED)]));
        }
        let mut places = Vec::with_capacity(paths.len());
        for path in &paths {
            places.push(self.place(path).await);
        }
        let unsaved = self.0.documents.unsaved(&places);
        let (inner, asked, kept) = (Arc::clone(&self.0), places.clone(), unsaved.clone());
        let thrown = inner.thrown(by);
        let (trashed, stopped) = blocking(move || throw_all(&inner, &thrown, &asked, &kept)).await;
        let gone = places.get(..trashed.len()).unwrap_or_default();
        let is_gone = |path: &WorkspacePath| gone.iter().any(|gone| path.is_within(gone));
        self.0.finder.changed();
        for Unsaved { path, text } in unsaved.into_iter().filter(|unsaved| is_gone(&unsaved.path)) {
            self.0.documents.trashed(&path, text).await?;
        }
        for open in self.0.documents.paths().into_iter().filter(is_gone) {
            self.0.documents.look_if_open(&open).await?;
        }
        if trashed.is_empty()
            && let Some(error) = stopped
        {
            return Err(error.into());
        }
        self.trash_changed(by);
        let (stopped, reason) = stopped
            .map(|error| CallError::from(error).said())
            .map_or((None, None), |said| (Some(said.message), said.reason));
        Ok(Deleted { trashed, stopped, reasons: Reasons::of("stopped", reason) })
    }

    async fn restore(&self, by: &PersonId, call: RestoreFile) -> Result<WorkspacePath, CallError> {
        let inner = Arc::clone(&self.0);
        let RestoreFile { id, to } = call;
        let (place, from, unsaved, id) = blocking(move || {
            let from = inner.trash.path(&id)?;
            let place = to.unwrap_or_else(|| from.clone());
            let unsaved = inner.trash.unsaved(&id)?;
            inner.trash.restore(&id, &inner.tree.slot_with_folders("restore", &place)?)?;
            Result::<_>::Ok((place, from, unsaved, id))
        })
        .await?;
        self.0.finder.changed();
        let at = self.place(&place).await;
        for Unsaved { path, text } in unsaved {
            let Some(path) = path.rebase(&from, &at) else { continue };
            self.0.documents.bring_back(&path, text).await?;
        }
        for open in self.0.documents.paths().into_iter().filter(|open| open.is_within(&at)) {
            self.0.documents.look_if_open(&open).await?;
        }
        let inner = Arc::clone(&self.0);
        blocking(move || inner.trash.purge(&id)).await?;
        self.trash_changed(by);
        Ok(place)
    }

    async fn purge(&self, by: &PersonId, ids: Option<Vec<TrashId>>) -> Result<(), CallError> {
        let inner = Arc::clone(&self.0);
        let purged = blocking(move || match ids {
            Some(ids) => ids.iter().try_for_each(|id| inner.trash.purge(id)),
            None => inner.trash.empty(),
        })
        .await;
        self.trash_changed(by);
        Ok(purged?)
    }

    fn trash_changed(&self, by: &PersonId) {
        self.0.events.publish(Some(by), Event::File(file::Event::TrashChanged));
    }

    /// A file was written past its document, by us.
    pub(crate) async fn changed(&self, path: &WorkspacePath) {
        self.0.finder.changed();
        if let Err(error) = self.0.documents.look_if_open(path).await {
            tracing::warn!(%error, %path, "a document does not follow its file");
        }
    }
}

impl Inner {
    /// Moves something; whether it took the place of something else.
    fn rename(&self, by: &PersonId, call: &RenameFile) -> Result<bool> {
        let moving = Moving::find(&self.tree, call)?;
        let same = |one: &Metadata, other: &Metadata| (one.dev(), one.ino()) == (other.dev(), other.ino());
        let moved = existing("rename", &moving.from)?;
        let there = moving.to.metadata("replace")?;
        let other = there.is_some_and(|there| there.is_file() && !same(&there, &moved));
        let kept = self.keep_replaced(by, &moving.to, call.overwrite && other)?;
        self.replaced(kept.as_ref(), moving.rename(&self.tree, call))
    }

    /// Copies to the trash what something is about to take the place of, where `overwrite` says that it may.
    fn keep_replaced(&self, by: &PersonId, to: &Slot, overwrite: bool) -> Result<Option<TrashId>> {
        if overwrite { self.trash.keep_replaced(&self.thrown(by), to) } else { Ok(None) }
    }

    /// What somebody throws away now.
    fn thrown(&self, by: &PersonId) -> Thrown {
        Thrown { by: by.clone(), at: self.clock.now() }
    }

    /// Whether something was replaced, and lies in the trash. What is still at its place does not stay there.
    fn replaced<T>(&self, kept: Option<&TrashId>, replaced: Result<T>) -> Result<bool> {
        if replaced.is_err()
            && let Some(Err(error)) = kept.map(|id| self.trash.purge(id))
        {
            tracing::warn!(%error, "a file that was not replaced is in the trash, too");
        }
        replaced.map(|_| kept.is_some())
    }
}

/// Throws away one after the other, until one cannot be.
fn throw_all(
    inner: &Inner,
    thrown: &Thrown,
    paths: &[WorkspacePath],
    unsaved: &[Unsaved],
) -> (Vec<TrashId>, Option<WorkspaceError>) {
    let mut trashed = Vec::new();
    for path in paths {
        let within: Vec<_> = unsaved.iter().filter(|text| text.path.is_within(path)).cloned().collect();
        let slot = inner.tree.slot("delete", path);
        match slot.and_then(|slot| inner.trash.throw(thrown, &slot, &within)) {
            Ok(id) => trashed.push(id),
            Err(error) => return (trashed, Some(error)),
        }
    }
    (trashed, None)
}

fn create_file(tree: &Tree, path: &WorkspacePath) -> Result<()> {
    let slot = tree.slot_with_folders("create", path)?;
    slot.part("create", None)?.finish("create", false).map(|_| ())
}

fn create_folder(tree: &Tree, path: &WorkspacePath) -> Result<()> {
    let slot = tree.slot_with_folders("create", path)?;
    slot.folder().create_dir(slot.name()).of("create", path)?;
    slot.sync("create")
}

/// Both ends of a move, found once: what is kept of a file is of the one that is replaced.
struct Moving {
    from: Slot,
    to: Slot,
}

impl Moving {
    fn find(tree: &Tree, call: &RenameFile) -> Result<Self> {
        let from = tree.slot("rename", &call.from)?;
        existing("rename", &from)?;
        Ok(Self { from, to: tree.slot_with_folders("move to", &call.to)? })
    }

    fn rename(&self, tree: &Tree, call: &RenameFile) -> Result<()> {
        let Self { from, to } = self;
        if existing("rename", from)?.is_dir() {
            refuse_own_child(tree, "move", &call.from, &call.to)?;
        }
        if call.overwrite && to.metadata("replace")?.is_some_and(|there| there.is_dir()) {
            let reason = Why::named("folder-there", "a folder is there; only files are replaced");
            return Err(WorkspaceError::refused("replace", &call.to, ErrorCode::Exists, reason));
        }
        match from.rename("move to", to, call.overwrite) {
            Err(WorkspaceError::Io { source, .. }) if source.kind() == std::io::ErrorKind::CrossesDevices => {
                // Another file system is mounted below the workspace.
                from.copy("move", to, call.overwrite)?;
                from.remove("move")
            }
            renamed => renamed,
        }
    }
}

fn copy_file(tree: &Tree, call: &CopyFile) -> Result<()> {
    let from = tree.slot("copy", &call.from)?;
    if existing("copy", &from)?.is_dir() {
        refuse_own_child(tree, "copy", &call.from, &call.to)?;
    }
    from.copy("copy", &tree.slot_with_folders("copy to", &call.to)?, false)
}

fn existing(action: &'static str, slot: &Slot) -> Result<Metadata> {
    slot.metadata(action)?
        .ok_or_else(|| WorkspaceError::refused(action, slot.path(), ErrorCode::NotFound, NOT_FOUND))
}

/// Refuses to put a folder into itself, also by way of symbolic links.
fn refuse_own_child(
    tree: &Tree,
    action: &'static str,
    from: &WorkspacePath,
    to: &WorkspacePath,
) -> Result<()> {
    let real = |path: &WorkspacePath| tree.resolve(action, path);
    let target = to.parent().map(|parent| real(&parent)).transpose();
    let inside =
        target.ok().flatten().is_some_and(|target| real(from).is_ok_and(|from| target.is_within(&from)));
    if inside || (to != from && to.is_within(from)) {
        let reason = Why::named("into-itself", "it cannot go into itself");
        return Err(WorkspaceError::refused(action, from, ErrorCode::Invalid, reason));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs as unix, path::Path};

    use ide_core::{Events, ManualClock, Sessions, somebody::workspace};
    use protocol::file::Kind;

    use super::*;
    use crate::{journal::Journals, watching::Watching};

    fn ada() -> PersonId {
        PersonId("ada".into())
    }

    /// A workspace `root` beside `outside`, which nothing may touch.
    struct Fixture {
        folder: tempfile::TempDir,
        files: Files,
    }

    impl Fixture {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            fs::create_dir(at("root")).unwrap();
            fs::create_dir(at("outside")).unwrap();
            fs::write(at("outside/secret"), "secret").unwrap();
            let tree = Arc::new(Tree::open(&at("root")).unwrap());
            let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
            let journals = Journals::open(&at("state")).unwrap();
            let events = Events::new(workspace(), Sessions::new());
            let documents = Documents::new(
                Arc::clone(&tree),
                journals,
                Arc::clone(&clock),
                events.clone(),
                Watching::default(),
            );
            let finder = Finder::new(Arc::clone(&tree), Arc::clone(&clock));
            let trash = Trash::open(&at("state")).unwrap();
            Self { files: Files::new(tree, trash, documents, finder, events, clock), folder }
        }

        fn root(&self, name: &str) -> std::path::PathBuf {
            self.folder.path().join("root").join(name)
        }

        fn tree(&self) -> &Tree {
            &self.files.0.tree
        }

        fn check_outside(&self) {
            let outside = self.folder.path().join("outside");
            assert_eq!(fs::read_to_string(outside.join("secret")).unwrap(), "secret");
            assert_eq!(fs::read_dir(outside).unwrap().count(), 1, "something was written outside");
        }
    }

    fn path(path: &str) -> WorkspacePath {
        WorkspacePath::parse(path).unwrap()
    }

    fn check<T: std::fmt::Debug>(result: Result<T>, code: ErrorCode) {
        let error = result.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }

    fn rename(tree: &Tree, call: &RenameFile) -> Result<()> {
        Moving::find(tree, call)?.rename(tree, call)
    }

    fn renaming(from: &str, to: &str, overwrite: bool) -> RenameFile {
        RenameFile { from: path(from), to: path(to), overwrite }
    }

    #[test]
    fn makes_files_and_folders() {
        let fixture = Fixture::new();
        create_file(fixture.tree(), &path("a/b/c.txt")).unwrap();
        create_folder(fixture.tree(), &path("a/d")).unwrap();
        check(create_file(fixture.tree(), &path("a/b/c.txt")), ErrorCode::Exists);
        check(create_folder(fixture.tree(), &path("a")), ErrorCode::Exists);
        check(create_file(fixture.tree(), &path("a/b/c.txt/d")), ErrorCode::Unsupported);
        check(create_file(fixture.tree(), &path("")), ErrorCode::Invalid);
        check(create_file(fixture.tree(), &path(&"x".repeat(300))), ErrorCode::Path);
        let names: Vec<_> =
            fs::read_dir(fixture.root("a/b")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, ["c.txt"], "no temporary file stays");
    }

    #[test]
    fn renames_without_overwriting_unless_asked() {
        let fixture = Fixture::new();
        fs::write(fixture.root("one"), "1").unwrap();
        fs::write(fixture.root("two"), "2").unwrap();
        fs::create_dir_all(fixture.root("folder/child")).unwrap();
        let tree = fixture.tree();
        check(rename(tree, &renaming("one", "two", false)), ErrorCode::Exists);
        rename(tree, &renaming("one", "two", true)).unwrap();
        assert_eq!(fs::read_to_string(fixture.root("two")).unwrap(), "1");
        check(rename(tree, &renaming("folder", "folder/child/folder", false)), ErrorCode::Invalid);
        unix::symlink("folder/child", fixture.root("link")).unwrap();
        check(rename(tree, &renaming("folder", "link/folder", false)), ErrorCode::Invalid);
        check(rename(tree, &renaming("two", "folder", true)), ErrorCode::Exists);
        check(rename(tree, &renaming("missing", "x", false)), ErrorCode::NotFound);
        rename(tree, &renaming("folder", "new/place", false)).unwrap();
        assert!(fixture.root("new/place/child").is_dir());
        rename(tree, &renaming("two", "TWO", false)).unwrap();
    }

    #[test]
    fn copies_folders_with_links_as_links() {
        let fixture = Fixture::new();
        fs::create_dir_all(fixture.root("from/sub")).unwrap();
        fs::write(fixture.root("from/sub/file"), "x").unwrap();
        unix::symlink("../outside/secret", fixture.root("from/link")).unwrap();
        let call = |from: &str, to: &str| CopyFile { from: path(from), to: path(to) };
        copy_file(fixture.tree(), &call("from", "to")).unwrap();
        assert_eq!(fs::read_to_string(fixture.root("to/sub/file")).unwrap(), "x");
        assert_eq!(fs::read_link(fixture.root("to/link")).unwrap(), Path::new("../outside/secret"));
        check(copy_file(fixture.tree(), &call("from", "to")), ErrorCode::Exists);
        check(copy_file(fixture.tree(), &call("from", "from/sub/copy")), ErrorCode::Invalid);
    }

    #[tokio::test]
    async fn deleting_goes_to_the_trash_and_removes_links_only() {
        let fixture = Fixture::new();
        fs::create_dir(fixture.root("folder")).unwrap();
        fs::write(fixture.root("folder/file"), "kept").unwrap();
        unix::symlink("../outside", fixture.root("link")).unwrap();
        fixture.files.delete(&ada(), vec![path("folder"), path("link")]).await.unwrap();
        assert!(!fixture.root("folder").exists() && !fixture.root("link").is_symlink());
        fixture.check_outside();
        let trash = fixture.folder.path().join("state/trash");
        assert_eq!(fs::read_to_string(trash.join("0-0/folder/file")).unwrap(), "kept");
        assert_eq!(fs::read_to_string(trash.join("0-0.path")).unwrap(), "folder");
        assert_eq!(
            fixture.files.delete(&ada(), vec![path("folder")]).await.unwrap_err().code,
            ErrorCode::NotFound
        );
        assert_eq!(fixture.files.delete(&ada(), vec![path("")]).await.unwrap_err().code, ErrorCode::Invalid);
    }

    #[test]
    fn links_that_lead_out_are_refused() {
        let fixture = Fixture::new();
        fs::write(fixture.root("file"), "x").unwrap();
        unix::symlink("/proc/self/root/etc/passwd", fixture.root("magic")).unwrap();
        unix::symlink("/etc/passwd", fixture.root("absolute")).unwrap();
        unix::symlink("../outside", fixture.root("out")).unwrap();
        unix::symlink("b", fixture.root("a")).unwrap();
        unix::symlink("a", fixture.root("b")).unwrap();
        let tree = fixture.tree();
        for name in ["magic", "absolute", "out/secret", "a"] {
            check(tree.read("open", &path(name), 100), ErrorCode::Path);
        }
        check(create_file(tree, &path("out/new")), ErrorCode::Path);
        check(create_folder(tree, &path("out/new")), ErrorCode::Path);
        check(rename(tree, &renaming("file", "out/file", false)), ErrorCode::Path);
        check(rename(tree, &renaming("out/secret", "mine", false)), ErrorCode::Path);
        check(copy_file(tree, &CopyFile { from: path("file"), to: path("out/file") }), ErrorCode::Path);
        check(tree.replace("save", &path("out/secret"), b"x", None), ErrorCode::Path);
        check(tree.replace("save", &path("absolute"), b"x", None), ErrorCode::Path);
        fixture.check_outside();
    }

    #[test]
    fn special_files_are_refused_at_once() {
        let fixture = Fixture::new();
        let mode = rustix::fs::Mode::from(0o600);
        rustix::fs::mkfifoat(rustix::fs::CWD, fixture.root("pipe"), mode).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(fixture.root("socket")).unwrap();
        fs::create_dir(fixture.root("folder")).unwrap();
        for name in ["pipe", "socket", "folder", ""] {
            check(fixture.tree().read("open", &path(name), 100), ErrorCode::Unsupported);
        }
        check(fixture.tree().replace("save", &path("pipe"), b"", None), ErrorCode::Unsupported);
        fs::write(fixture.root("big"), "x".repeat(101)).unwrap();
        check(fixture.tree().read("open", &path("big"), 100), ErrorCode::Unsupported);
    }

    #[test]
    fn any_name_works() {
        let fixture = Fixture::new();
        let tree = fixture.tree();
        let names = [
            "-rf",
            "new\nline",
            "\u{202E}txt.exe",
            " . ",
            "CON",
            "😀",
            "\u{10FFFF}\u{10FFFE}",
            "é",
            "e\u{301}",
        ];
        for name in names {
            create_file(tree, &path(name)).unwrap();
        }
        let listed = fixture.files.0.listing.page(tree, &path(""), None, std::time::Instant::now()).unwrap();
        assert_eq!(listed.entries.len(), names.len());
        for entry in listed.entries {
            assert_eq!(entry.kind, Kind::File);
            rename(tree, &renaming(&entry.name, &format!("x{}", entry.name), false)).unwrap();
        }
        assert!(fixture.root("x-rf").exists());
    }

    /// Folders within folders, deeper than a stack is.
    fn nest(within: &Path, depth: usize) {
        let mut here: std::os::fd::OwnedFd = fs::File::open(within).unwrap().into();
        for _ in 0..depth {
            rustix::fs::mkdirat(&here, "d", rustix::fs::Mode::RWXU).unwrap();
            here = folders::open(&here, std::ffi::OsStr::new("d")).unwrap();
        }
    }

    #[tokio::test]
    async fn folders_nested_beyond_every_stack_are_copied_deleted_and_swept() {
        let fixture = Fixture::new();
        fs::create_dir(fixture.root("deep")).unwrap();
        nest(&fixture.root("deep"), 3000);
        copy_file(fixture.tree(), &CopyFile { from: path("deep"), to: path("copy") }).unwrap();
        let trashed = fixture.files.delete(&ada(), vec![path("deep"), path("copy")]).await.unwrap().trashed;
        assert_eq!(trashed.len(), 2);
        fixture.files.0.trash.empty().unwrap();
        assert_eq!(fs::read_dir(fixture.folder.path().join("state/trash")).unwrap().count(), 0);
        let long = vec!["d"; 2000].join("/");
        create_file(fixture.tree(), &path(&format!("{long}/file"))).unwrap();
        fixture.files.delete(&ada(), vec![path("d")]).await.unwrap();
        fixture.files.purge(&ada(), None).await.unwrap();
    }

    #[tokio::test]
    async fn deleting_tells_what_stopped_it_and_keeps_what_it_did() {
        let fixture = Fixture::new();
        fs::write(fixture.root("a"), "1").unwrap();
        let deleted = fixture.files.delete(&ada(), vec![path("a"), path("missing")]).await.unwrap();
        assert_eq!(deleted.trashed.len(), 1);
        let reason = "Cannot delete 'missing': there is no such file or folder.";
        assert_eq!(deleted.stopped.as_deref(), Some(reason));
        assert_eq!(deleted.reasons.get("stopped").map(|reason| reason.name.as_str()), Some("not-found"));
        let back = RestoreFile { id: deleted.trashed[0].clone(), to: None };
        assert_eq!(fixture.files.restore(&ada(), back).await.unwrap(), path("a"));
        assert_eq!(fs::read_to_string(fixture.root("a")).unwrap(), "1");
    }

    /// A6, A7: a folder is swapped for a symbolic link to the outside and back while we work through it.
    #[test]
    fn racing_links_lead_nowhere() {
        let fixture = Fixture::new();
        let (folder, spare, link) = (fixture.root("folder"), fixture.root("spare"), fixture.root("link"));
        fs::create_dir(&folder).unwrap();
        unix::symlink("../outside", &link).unwrap();
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let _ = fs::rename(&folder, &spare).and_then(|()| fs::rename(&link, &folder));
                    let _ = fs::rename(&folder, &link).and_then(|()| fs::rename(&spare, &folder));
                }
            });
            let tree = fixture.tree();
            for _ in 0..150 {
                let _ = create_file(tree, &path("folder/f"));
                let _ = tree.replace("save", &path("folder/f"), b"x", None);
                let _ = rename(tree, &renaming("folder/f", "folder/g", true));
                let _ = copy_file(tree, &CopyFile { from: path("folder"), to: path("copy") });
                for name in ["copy", "folder/g"] {
                    let _ = tree.slot("delete", &path(name)).and_then(|slot| slot.remove("delete"));
                }
                if let Ok(read) = tree.read("open", &path("folder/secret"), 100) {
                    panic!("read the outside: {read:?}");
                }
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        fixture.check_outside();
    }
}
