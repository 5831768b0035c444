//! One open document: the shared text, the file under it, the journal between them. Its calls block on files;
//! who edits it, and who is told, is the keeper's business.

use std::sync::Arc;

use protocol::{
    ErrorCode, WorkspacePath,
    document::{Disk, MAX_DOCUMENT, State},
};
use sha2::{Digest, Sha256};

use crate::{
    error::{Context, Result, WorkspaceError},
    journal::{Journal, Journals, Snapshot},
    merge::{self, Edit, Merged},
    shared::{Applied, Refused, Shared},
    text::{self, Format},
    tree::{Contents, Stamp, Tree},
};

/// A document with more text is shown plain.
const PLAIN_TEXT: usize = 2 * 1024 * 1024;
/// A document with a longer line is shown plain.
const PLAIN_LINE: usize = 20_000;

/// Files up to this many bytes are read again where others are only looked at.
const CHEAP: u64 = 256 * 1024;

/// An open document.
pub(crate) struct OpenDocument {
    tree: Arc<Tree>,
    journals: Journals,
    path: WorkspacePath,
    id: String,
    shared: Shared,
    base: Base,
    disk: Disk,
    read_only: bool,
    journal: Option<Journal>,
    /// Updates that are not durable yet.
    unjournaled: Vec<Vec<u8>>,
    text: Arc<str>,
}

/// The file as it was last read or written.
struct Base {
    bytes: Option<Vec<u8>>,
    text: String,
    format: Format,
    /// What the file looked like when it was last seen, whether or not its text was taken.
    seen: Option<Stamp>,
}

impl Base {
    fn new(bytes: Option<Vec<u8>>) -> Option<Self> {
        let (text, format) = text::decode(bytes.as_deref().unwrap_or_default()).ok()?;
        Some(Self { bytes, text, format, seen: None })
    }
}

impl OpenDocument {
    /// Opens the document of a file: as its journal has it, brought together with what is on disk now.
    pub(crate) fn open(tree: &Arc<Tree>, journals: &Journals, path: &WorkspacePath) -> Result<Self> {
        let contents = read("open", tree, path);
        let kept = journals.load(path).records("read")?;
        let restored = kept.and_then(|(journal, kept)| {
            let base = Base::new(kept.snapshot.base)?;
            let mut shared = Shared::restore(&kept.snapshot.state).ok()?;
            for update in &kept.updates {
                shared.apply(update).ok()?;
            }
            Some((kept.snapshot.id, shared, base, Some(journal)))
        });
        let (id, shared, base, journal) = match restored {
            Some(restored) => restored,
            None => Self::begin(path, contents.as_ref().ok().and_then(Option::as_ref))
                .ok_or_else(|| not_text("open", path))?,
        };
        let text = shared.text().into();
        let mut document = Self {
            tree: Arc::clone(tree),
            journals: journals.clone(),
            path: path.clone(),
            id,
            shared,
            base,
            disk: Disk::Same,
            read_only: false,
            journal,
            unjournaled: Vec::new(),
            text,
        };
        document.settle(contents)?;
        Ok(document)
    }

    /// A document without a past. It is made from the file alone, always alike: when it is made again, a
    /// browser that still holds it finds itself in the same one.
    fn begin(
        path: &WorkspacePath,
        contents: Option<&Contents>,
    ) -> Option<(String, Shared, Base, Option<Journal>)> {
        let mut hash = Sha256::new();
        hash.update(path.to_bytes());
        if let Some(contents) = contents {
            hash.update(contents.stamp.to_bytes());
            hash.update(&contents.bytes);
        }
        let hash: [u8; 32] = hash.finalize().into();
        let base = Base::new(contents.map(|contents| contents.bytes.clone()))?;
        let (seed, _) = hash.split_first_chunk()?;
        let shared = Shared::seeded(u64::from_le_bytes(*seed), &base.text);
        Some((hex::encode(hash), shared, base, None))
    }

    /// Takes the first look at the disk; without unsaved text there must be something to see.
    fn settle(&mut self, contents: Result<Option<Contents>>) -> Result<()> {
        if self.is_dirty() {
            match contents {
                Ok(contents) => drop(self.reconcile(contents)),
                // Something else took the file's place: the text is all that is left of it.
                Err(_) => self.disk = Disk::Deleted,
            }
            return Ok(());
        }
        match contents? {
            None => {
                self.forget_journal();
                let reason = "there is no such file";
                Err(WorkspaceError::refused("open", &self.path, ErrorCode::NotFound, reason))
            }
            Some(contents) if text::decode(&contents.bytes).is_err() => Err(not_text("open", &self.path)),
            contents => {
                self.reconcile(contents);
                Ok(())
            }
        }
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &WorkspacePath {
        &self.path
    }

    /// Its identity: a browser that holds another one under this path must not merge the two.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Its text.
    pub(crate) fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// How its file writes it.
    pub(crate) fn format(&self) -> &Format {
        &self.base.format
    }

    /// Whether the file does not allow saving.
    pub(crate) fn read_only(&self) -> bool {
        self.read_only
    }

    /// Whether it is too large or too wide for highlighting.
    pub(crate) fn plain(&self) -> bool {
        self.text.len() > PLAIN_TEXT || self.text.split('\n').any(|line| line.len() > PLAIN_LINE)
    }

    /// Whether it holds unsaved text.
    pub(crate) fn is_dirty(&self) -> bool {
        *self.text != *self.base.text
    }

    /// How it stands to its file.
    pub(crate) fn state(&self) -> State {
        State { path: self.path.clone(), dirty: self.is_dirty(), disk: self.disk }
    }

    /// The shared text, to answer peers.
    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Takes a peer's update. It is not durable before [`Self::flush`].
    pub(crate) fn apply(&mut self, update: &[u8]) -> Result<Applied, Refused> {
        if self.journal.is_none() {
            // What the text was before: the way back from an update that breaks it.
            self.keep();
        }
        let applied = self.shared.apply(update);
        match &applied {
            Err(Refused::Broken) => self.restore(),
            Ok(Applied::News(news)) => {
                self.unjournaled.push(news.clone());
                self.text = self.shared.text().into();
            }
            _ => {}
        }
        applied
    }

    /// Back to the text before an update that broke it. Its identity changes where that cannot be done.
    fn restore(&mut self) {
        let restored = self.journals.load(&self.path).ok().flatten().and_then(|(journal, kept)| {
            let mut shared = Shared::restore(&kept.snapshot.state).ok()?;
            for update in kept.updates.iter().chain(&self.unjournaled) {
                shared.apply(update).ok()?;
            }
            Some((journal, shared))
        });
        if let Some((journal, shared)) = restored {
            self.journal = Some(journal);
            self.shared = shared;
        } else {
            self.id = uuid::Uuid::new_v4().simple().to_string();
            self.shared = Shared::new(&self.text);
            self.keep();
        }
    }

    /// Makes all updates durable; when this fails they stay to be tried again.
    pub(crate) fn flush(&mut self) -> Result<()> {
        if self.unjournaled.is_empty() {
            return Ok(());
        }
        match &mut self.journal {
            Some(journal) if !journal.wants_snapshot() => {
                journal.append(&self.unjournaled).records("write")?;
                self.unjournaled.clear();
                Ok(())
            }
            _ => self.write_snapshot(),
        }
    }

    fn write_snapshot(&mut self) -> Result<()> {
        let snapshot = Snapshot {
            path: self.path.clone(),
            id: self.id.clone(),
            base: self.base.bytes.clone(),
            state: self.shared.state(),
        };
        self.journal = Some(self.journals.write(&snapshot).records("write")?);
        self.unjournaled.clear();
        Ok(())
    }

    /// Writes a snapshot; where that fails the text lives on in memory, and the next write tries again.
    fn keep(&mut self) {
        if let Err(error) = self.write_snapshot() {
            tracing::error!(error = &error as &dyn std::error::Error, path = %self.path, "a document is not journaled");
        }
    }

    /// Makes edits of our own. They are durable before anybody is told: else they could be made twice.
    pub(crate) fn edit(&mut self, edits: &[Edit]) -> Vec<u8> {
        let update = self.make(edits);
        self.unjournaled.push(update.clone());
        self.keep();
        update
    }

    fn make(&mut self, edits: &[Edit]) -> Vec<u8> {
        let update = self.shared.edit(edits);
        self.text = self.shared.text().into();
        update
    }

    /// Looks whether the file changed; an update for the peers where its text was taken.
    pub(crate) fn look(&mut self) -> Result<Option<Vec<u8>>> {
        let seen = self.tree.metadata(&self.path).ok().map(|metadata| Stamp::of(&metadata));
        // A clock tick may hide a second change: what is cheap to read is read.
        if seen == self.base.seen && seen.is_some_and(|seen| seen.size() > CHEAP) {
            return Ok(None);
        }
        match read("read", &self.tree, &self.path) {
            Err(error) if error.code() == ErrorCode::Unsupported => {
                self.disk = Disk::Deleted;
                Ok(None)
            }
            contents => Ok(self.reconcile(contents?)),
        }
    }

    /// Brings what is on disk and the text together, by lines, against the file as it was before.
    fn reconcile(&mut self, contents: Option<Contents>) -> Option<Vec<u8>> {
        let Some(contents) = contents else {
            self.disk = Disk::Deleted;
            self.base.seen = None;
            return None;
        };
        self.base.seen = Some(contents.stamp);
        self.read_only = contents.mode & 0o222 == 0;
        if self.base.bytes.as_ref() == Some(&contents.bytes) {
            self.disk = Disk::Same;
            return None;
        }
        let merged = Base::new(Some(contents.bytes)).and_then(|theirs| {
            match merge::merge(&self.base.text, &self.text, &theirs.text) {
                Merged::Clean(merged) => Some((theirs, merged)),
                Merged::Conflict => None,
            }
        });
        let Some((theirs, merged)) = merged else {
            self.disk = Disk::Conflict;
            return None;
        };
        Some(self.take(theirs, &merged))
    }

    /// Takes `theirs` as the file and `merged` as the text.
    fn take(&mut self, theirs: Base, merged: &str) -> Vec<u8> {
        self.base = Base { seen: self.base.seen, ..theirs };
        self.disk = Disk::Same;
        let update = self.make(&merge::edits(&self.text, merged));
        // Text and file change together in the journal. A document that nobody edited has none: it is made
        // from the file alone.
        if self.journal.is_some() || self.is_dirty() {
            self.unjournaled.push(update.clone());
            self.keep();
        }
        update
    }

    /// Writes the text to its file; updates for the peers where the file's own changes were merged in. These
    /// are there also where it fails.
    pub(crate) fn save(&mut self, force: bool) -> (Vec<Vec<u8>>, Result<()>) {
        let mut updates = Vec::new();
        let saved = self.try_save(force, &mut updates);
        (updates, saved)
    }

    fn try_save(&mut self, force: bool, updates: &mut Vec<Vec<u8>>) -> Result<()> {
        let contents = read("save", &self.tree, &self.path)?;
        let seen = contents.as_ref().filter(|_| !force).map(|contents| contents.stamp);
        if !force {
            updates.extend(self.reconcile(contents));
            self.refuse_conflict()?;
            if self.base.bytes.is_some() && !self.is_dirty() {
                return Ok(());
            }
        }
        // A paste may have brought `\r\n` in; the document's lines end with `\n`.
        if self.text.contains("\r\n") {
            let edits = merge::edits(&self.text, &text::with_line_feeds(&self.text));
            updates.push(self.edit(&edits));
        }
        let (bytes, format) = text::encode(&self.text, &self.base.format).map_err(|error| {
            let reason = format!("{error}; remove it and save again");
            WorkspaceError::refused("save", &self.path, ErrorCode::Unsupported, reason)
        })?;
        let seen = self.tree.replace("save", &self.path, &bytes, seen)?;
        self.base = Base { bytes: Some(bytes), text: self.text.to_string(), format, seen: Some(seen) };
        self.disk = Disk::Same;
        if self.journal.is_some() || !self.unjournaled.is_empty() {
            // The file holds the text. Should this fail, the next opening finds that both say the same.
            self.keep();
        }
        Ok(())
    }

    fn refuse_conflict(&self) -> Result<()> {
        let reason = match self.disk {
            Disk::Same => return Ok(()),
            Disk::Conflict => {
                "somebody else changed the file in the same place; compare both, then overwrite or revert"
            }
            Disk::Deleted => "the file was deleted; overwrite to make it anew",
        };
        Err(WorkspaceError::refused("save", &self.path, ErrorCode::Conflict, reason))
    }

    /// Drops unsaved text and takes what is on disk: nothing, where the file is gone.
    pub(crate) fn revert(&mut self) -> Result<Vec<u8>> {
        let contents = read("revert", &self.tree, &self.path)?;
        self.base.seen = contents.as_ref().map(|contents| contents.stamp);
        let gone = contents.is_none();
        let theirs = Base::new(contents.map(|contents| contents.bytes));
        let theirs = theirs.ok_or_else(|| not_text("revert", &self.path))?;
        let text = theirs.text.clone();
        let update = self.take(theirs, &text);
        if gone {
            self.disk = Disk::Deleted;
        }
        Ok(update)
    }

    /// The text on disk; none where the file is gone or is no text any more.
    pub(crate) fn disk_text(&self) -> Result<Option<String>> {
        let contents = read("compare", &self.tree, &self.path)?;
        Ok(contents.and_then(|contents| Some(text::decode(&contents.bytes).ok()?.0)))
    }

    /// Follows its file to another path.
    pub(crate) fn moved(&mut self, to: WorkspacePath) -> Result<()> {
        let old = self.journal.take();
        self.path = to;
        if old.is_some() || !self.unjournaled.is_empty() {
            self.write_snapshot()?;
        }
        old.map_or(Ok(()), |journal| self.journals.forget(journal).records("write"))
    }

    /// Ends it: unsaved text stays in the journal, a clean journal is put with the closed ones.
    pub(crate) fn close(&mut self, now: jiff::Timestamp) -> Result<()> {
        self.flush()?;
        match self.journal.take() {
            Some(journal) if !self.is_dirty() => {
                self.journals.close(&self.path, &journal, now).records("close")
            }
            _ => Ok(()),
        }
    }

    /// Forgets what was unsaved: there is nothing it belongs to.
    fn forget_journal(&mut self) {
        if let Some(journal) = self.journal.take()
            && let Err(error) = self.journals.forget(journal)
        {
            tracing::warn!(%error, "a journal cannot be removed");
        }
        self.unjournaled.clear();
    }
}

fn read(action: &'static str, tree: &Tree, path: &WorkspacePath) -> Result<Option<Contents>> {
    match tree.read(action, path, MAX_DOCUMENT) {
        Ok(contents) => Ok(Some(contents)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn not_text(action: &'static str, path: &WorkspacePath) -> WorkspaceError {
    WorkspaceError::refused(action, path, ErrorCode::Unsupported, "it is not text")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A document, two tabs that follow it, and somebody else who writes its file.
    struct World {
        folder: tempfile::TempDir,
        tree: Arc<Tree>,
        journals: Journals,
        document: OpenDocument,
        /// Each tab's copy, and the updates it has not heard yet.
        tabs: [(Shared, Vec<Vec<u8>>); 2],
        tokens: usize,
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Type { tab: usize, line: usize },
        Hear { tab: usize },
        Outside { line: usize },
        Look,
        Save,
        Restart,
    }

    const PATH: &str = "file";

    fn path() -> WorkspacePath {
        WorkspacePath::parse(PATH).unwrap()
    }

    fn with_line(text: &str, line: usize, token: &str) -> String {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.insert(line % (lines.len() + 1), token);
        lines.join("\n") + "\n"
    }

    impl World {
        fn new(text: &str) -> Self {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir(folder.path().join("root")).unwrap();
            std::fs::write(folder.path().join("root").join(PATH), text).unwrap();
            let tree = Arc::new(Tree::open(&folder.path().join("root")).unwrap());
            let journals = Journals::open(&folder.path().join("state")).unwrap();
            let document = OpenDocument::open(&tree, &journals, &path()).unwrap();
            let tab = || (Shared::restore(&document.shared().state()).unwrap(), Vec::new());
            let tabs = [tab(), tab()];
            Self { folder, tree, journals, document, tabs, tokens: 0 }
        }

        fn file(&self) -> String {
            std::fs::read_to_string(self.folder.path().join("root").join(PATH)).unwrap()
        }

        fn token(&mut self, of: &str) -> String {
            self.tokens += 1;
            format!("{of}{}.", self.tokens)
        }

        fn tell(&mut self, updates: impl IntoIterator<Item = Vec<u8>>, but: Option<usize>) {
            for update in updates {
                for (index, (_, queue)) in self.tabs.iter_mut().enumerate() {
                    if Some(index) != but {
                        queue.push(update.clone());
                    }
                }
            }
        }

        fn hear(&mut self, tab: usize) {
            let (shared, queue) = &mut self.tabs[tab];
            for update in queue.drain(..) {
                shared.apply(&update).unwrap();
            }
        }

        fn take(&mut self, step: Step) {
            match step {
                Step::Type { tab, line } => {
                    let token = self.token("typed");
                    let shared = &mut self.tabs[tab].0;
                    let text = shared.text();
                    let update = shared.edit(&merge::edits(&text, &with_line(&text, line, &token)));
                    if let Applied::News(news) = self.document.apply(&update).unwrap() {
                        self.tell([news], Some(tab));
                    }
                    self.document.flush().unwrap();
                }
                Step::Hear { tab } => self.hear(tab),
                Step::Outside { line } => {
                    let token = self.token("outside");
                    let text = with_line(&self.file(), line, &token);
                    std::fs::write(self.folder.path().join("root").join(PATH), text).unwrap();
                }
                Step::Look => {
                    let news = self.document.look().unwrap();
                    self.tell(news, None);
                }
                Step::Save => {
                    let (news, saved) = self.document.save(false);
                    self.tell(news, None);
                    assert_eq!(saved.is_ok(), self.document.disk == Disk::Same);
                }
                Step::Restart => {
                    let (before, id) = (self.document.shared().vector(), self.document.id().to_owned());
                    self.document = OpenDocument::open(&self.tree, &self.journals, &path()).unwrap();
                    if self.document.id() != id {
                        // Nobody had edited it: the tabs take the new one.
                        assert_eq!(
                            self.document.text().matches("typed").count(),
                            self.file().matches("typed").count()
                        );
                        let state = self.document.shared().state();
                        self.tabs = [(), ()].map(|()| (Shared::restore(&state).unwrap(), Vec::new()));
                        return;
                    }
                    let news = self.document.shared().since(&before).unwrap();
                    self.tell([news], None);
                }
            }
        }
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (0..2_usize, 0..9_usize).prop_map(|(tab, line)| Step::Type { tab, line }),
            2 => (0..2_usize).prop_map(|tab| Step::Hear { tab }),
            2 => (0..9_usize).prop_map(|line| Step::Outside { line }),
            2 => Just(Step::Look),
            2 => Just(Step::Save),
            1 => Just(Step::Restart),
        ];
        proptest::collection::vec(step, 0..25)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// J4: whatever the order, no line anybody wrote is lost or doubled.
        #[test]
        fn no_schedule_loses_a_line(steps in steps()) {
            let mut world = World::new("a\nb\nc\nd\ne\n");
            for step in steps {
                world.take(step);
            }
            world.take(Step::Look);
            world.hear(0);
            world.hear(1);
            let (text, file) = (world.document.text().to_string(), world.file());
            prop_assert_eq!(&world.tabs[0].0.text(), &text);
            prop_assert_eq!(&world.tabs[1].0.text(), &text);
            for number in 1..=world.tokens {
                let count = |text: &str, token: &str| text.matches(token).count();
                let typed = format!("typed{number}.");
                let outside = format!("outside{number}.");
                prop_assert!(count(&text, &typed) + count(&text, &outside) <= 1);
                prop_assert!(count(&file, &typed) + count(&file, &outside) <= 1);
                prop_assert!(count(&text, &typed) == 1 || count(&text, &outside) == 1 || count(&file, &outside) == 1);
            }
        }
    }

    #[test]
    fn a_journal_stays_small() {
        let mut world = World::new("");
        for round in 0..600 {
            let shared = &mut world.tabs[0].0;
            let text = shared.text();
            let update = shared.edit(&merge::edits(&text, &format!("{round}").repeat(4000)));
            world.document.apply(&update).unwrap();
            if round % 10 == 0 {
                world.document.flush().unwrap();
            }
        }
        world.document.flush().unwrap();
        let sizes = std::fs::read_dir(world.folder.path().join("state/journal")).unwrap();
        let sum: u64 = sizes.map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
        assert!(sum < 3 * 1024 * 1024, "{sum} bytes for a text of 12 KB");
    }

    #[test]
    fn an_update_that_breaks_the_text_is_undone() {
        let mut world = World::new("text\n");
        world.take(Step::Type { tab: 0, line: 0 });
        let (before, id) = (world.document.text().clone(), world.document.id().to_owned());
        let large = "x".repeat(MAX_DOCUMENT as usize);
        let shared = &mut world.tabs[1].0;
        let update = shared.edit(&[Edit { range: 0..0, text: large }]);
        assert_eq!(world.document.apply(&update), Err(Refused::Broken));
        assert_eq!((world.document.text(), world.document.id()), (&before, id.as_str()));
        assert_eq!(world.document.shared().text(), &*before);
        world.tabs[1].0 = Shared::restore(&world.document.shared().state()).unwrap();
        world.take(Step::Type { tab: 1, line: 0 });
    }

    #[test]
    fn a_file_that_others_write_meanwhile_is_not_written_over() {
        let world = World::new("text\n");
        let seen = world.tree.read("open", &path(), 100).unwrap().stamp;
        std::fs::write(world.folder.path().join("root").join(PATH), "theirs\n").unwrap();
        let refused = world.tree.replace("save", &path(), b"ours\n", Some(seen)).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::Conflict);
        assert_eq!(world.file(), "theirs\n");
        assert_eq!(std::fs::read_dir(world.folder.path().join("root")).unwrap().count(), 1);
    }
}
