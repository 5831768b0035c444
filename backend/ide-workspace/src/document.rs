//! One open document: the shared text, the file under it, the journal between them. Its calls block on files;
//! who edits it, and who is told, is the keeper's business.

use std::sync::Arc;

use protocol::{
    ErrorCode, Said, WorkspacePath,
    document::{Disk, LineEnding, MAX_DOCUMENT, State},
};
use sha2::{Digest, Sha256};

use crate::{
    error::{Context, NOT_TEXT, Result, Why, WorkspaceError, shown},
    journal::{Chosen, Contents as Kept, Journal, Journals, Loaded, Snapshot},
    merge::{self, Edit, Merged},
    shared::{Applied, Refused, Shared},
    text::{self, Format, Unencodable},
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
    lost: Lost,
}

/// A document's identity, text and file as they were kept, and its journal.
type Restored = (String, Shared, Base, Option<Journal>);

/// What of the text that was typed was damaged on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lost {
    Nothing,
    /// Records of so many bytes.
    Records(usize),
    /// All that was not saved.
    Everything,
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
    /// As the bytes look.
    fn new(bytes: Option<Vec<u8>>) -> Option<Self> {
        Self::read(bytes, |bytes| text::decode(bytes).ok())
    }

    /// As it was read when it was kept.
    fn kept(bytes: Option<Vec<u8>>, encoding: Option<&Chosen>) -> Option<Self> {
        Self::read(bytes, |bytes| match encoding {
            Some(Chosen { name, by_hand }) => text::decode_as(bytes, name, *by_hand).ok(),
            None => text::decode_plainly(bytes).ok(),
        })
    }

    fn read(bytes: Option<Vec<u8>>, decode: impl Fn(&[u8]) -> Option<(String, Format)>) -> Option<Self> {
        let (text, format) = decode(bytes.as_deref().unwrap_or_default())?;
        Some(Self { bytes, text, format, seen: None })
    }
}

impl OpenDocument {
    /// Opens the document of a file: as its journal has it, brought together with what is on disk now.
    pub(crate) fn open(tree: &Arc<Tree>, journals: &Journals, path: &WorkspacePath) -> Result<Self> {
        let contents = read("open", tree, path);
        let (restored, lost) = Self::restored(journals, path)?;
        let (id, shared, base, journal) = match restored {
            Some(restored) => restored,
            None => Self::begin(path, contents.as_ref().ok().and_then(Option::as_ref))
                .map(|(id, shared, base)| (id, shared, base, None))
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
            lost,
        };
        document.settle(contents)?;
        if matches!(lost, Lost::Records(_)) {
            document.write_snapshot()?;
        }
        Ok(document)
    }

    /// The document as its journal has it, where there is one, and what of it is lost. What cannot be read is put aside.
    fn restored(journals: &Journals, path: &WorkspacePath) -> Result<(Option<Restored>, Lost)> {
        let (journal, kept) = match journals.load(path).records("read")? {
            Loaded::Missing => return Ok((None, Lost::Nothing)),
            Loaded::Damaged => return Ok((None, Lost::Everything)),
            Loaded::Found(journal, kept) => (journal, kept),
        };
        let Some((shared, base)) = restore(&kept) else {
            journals.put_aside(path).records("write")?;
            return Ok((None, Lost::Everything));
        };
        let lost = if kept.lost > 0 { Lost::Records(kept.lost) } else { Lost::Nothing };
        Ok((Some((kept.snapshot.id, shared, base, Some(journal))), lost))
    }

    /// A document without a past. It is made from the file alone, always alike: when it is made again, a
    /// browser that still holds it finds itself in the same one.
    fn begin(path: &WorkspacePath, contents: Option<&Contents>) -> Option<(String, Shared, Base)> {
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
        Some((hex::encode(hash), shared, base))
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
                let reason = match self.lost {
                    Lost::Nothing => Why::named("no-file", "there is no such file"),
                    _ => Why::named(
                        "no-file-damaged",
                        "there is no such file, and what was typed in it is damaged on the workspace's disk",
                    ),
                };
                Err(WorkspaceError::refused("open", &self.path, ErrorCode::NotFound, reason))
            }
            Some(contents) if self.read_as_chosen(contents.bytes.clone()).is_none() => {
                Err(not_text("open", &self.path))
            }
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

    /// What a person who opens it must know.
    pub(crate) fn notice(&self) -> Option<Said> {
        let path = shown(&self.path);
        match self.lost {
            Lost::Nothing => None,
            Lost::Records(lost) => {
                let said = Said::new(format!(
                    "{lost} bytes of what was typed in '{path}' were damaged on the workspace's disk and are lost; all the \
                     rest is here. Look through its unsaved text before you save it."
                ));
                Some(said.because("typed-lost", &[("path", &path), ("bytes", &lost)]))
            }
            Lost::Everything => {
                let said = Said::new(format!(
                    "What was typed in '{path}' and not saved was damaged on the workspace's disk. The file is as it was \
                     saved last; look whether something is missing. The damaged record is kept in the workspace's data \
                     folder, under 'journal'."
                ));
                Some(said.because("typed-lost-all", &[("path", &path)]))
            }
        }
    }

    /// The file as its bytes say, in the encoding that a person chose for it.
    fn read_as_chosen(&self, bytes: Vec<u8>) -> Option<Base> {
        let format = &self.base.format;
        let chosen = Chosen { name: format.encoding(), by_hand: true };
        let kept = format.chosen().then(|| Base::kept(Some(bytes.clone()), Some(&chosen))).flatten();
        kept.or_else(|| Base::new(Some(bytes)))
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
        let kept = match self.journals.load(&self.path) {
            Ok(Loaded::Found(journal, kept)) => Some((journal, kept)),
            _ => None,
        };
        let restored = kept.and_then(|(journal, kept)| {
            let updates = kept.updates.iter().chain(&self.unjournaled);
            Some((journal, replay(&kept.snapshot.state, updates)?))
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
            encoding: Some(Chosen { name: self.base.format.encoding(), by_hand: self.base.format.chosen() }),
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
        let merged = self.read_as_chosen(contents.bytes).and_then(|theirs| {
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
        let saved = self.try_save(force, None, &mut updates);
        (updates, saved)
    }

    /// Writes the text to its file in another encoding, or with other line ends. Where that fails, nothing changed.
    pub(crate) fn convert(
        &mut self,
        encoding: Option<&str>,
        ending: Option<LineEnding>,
    ) -> (Vec<Vec<u8>>, Result<()>) {
        let format =
            encoding.map_or_else(|| Ok(self.base.format.clone()), |name| self.format_in("save", name));
        let mut updates = Vec::new();
        let saved = format.and_then(|format| {
            let format = ending.map_or(format.clone(), |ending| format.with_line_ending(ending));
            self.try_save(false, Some(&format), &mut updates)
        });
        if saved.is_ok() {
            self.keep();
        }
        (updates, saved)
    }

    fn format_in(&self, action: &'static str, name: &str) -> Result<Format> {
        self.base.format.with_encoding(name).ok_or_else(|| {
            let name: String = name.chars().take(40).flat_map(char::escape_debug).collect();
            let reason =
                Why::with("no-encoding", format!("there is no encoding '{name}'"), [("encoding", name)]);
            WorkspaceError::refused(action, &self.path, ErrorCode::Invalid, reason)
        })
    }

    /// Reads the file again in another encoding. Unsaved text is in the way.
    pub(crate) fn reopen(&mut self, encoding: &str) -> Result<Vec<u8>> {
        let refused = |code, reason: Why| WorkspaceError::refused("reopen", &self.path, code, reason);
        if self.is_dirty() {
            let reason = Why::named("unsaved", "it has unsaved text; save or revert it first");
            return Err(refused(ErrorCode::Conflict, reason));
        }
        let name = self.format_in("reopen", encoding)?.encoding();
        let gone = || refused(ErrorCode::NotFound, Why::named("no-file", "there is no such file"));
        let contents = read("reopen", &self.tree, &self.path)?.ok_or_else(gone)?;
        let chosen = Chosen { name, by_hand: true };
        let theirs = Base::kept(Some(contents.bytes), Some(&chosen)).ok_or_else(|| {
            let words = format!("its bytes are no text in {}; choose another encoding", chosen.name);
            let reason = Why::with("wrong-encoding", words, [("encoding", chosen.name.clone())]);
            refused(ErrorCode::Unsupported, reason)
        })?;
        self.base.seen = Some(contents.stamp);
        let text = theirs.text.clone();
        let update = self.take(theirs, &text);
        // The choice is to be remembered.
        self.keep();
        Ok(update)
    }

    fn try_save(&mut self, force: bool, format: Option<&Format>, updates: &mut Vec<Vec<u8>>) -> Result<()> {
        let contents = read("save", &self.tree, &self.path)?;
        let seen = contents.as_ref().filter(|_| !force).map(|contents| contents.stamp);
        if !force {
            updates.extend(self.reconcile(contents));
            self.refuse_conflict()?;
            if self.base.bytes.is_some() && !self.is_dirty() && format.is_none() {
                return Ok(());
            }
        }
        // A paste may have brought `\r\n` in; the document's lines end with `\n`.
        if self.text.contains("\r\n") {
            let edits = merge::edits(&self.text, &text::with_line_feeds(&self.text));
            updates.push(self.edit(&edits));
        }
        let format = format.unwrap_or(&self.base.format);
        let (bytes, format) = text::encode(&self.text, format).map_err(|error| {
            WorkspaceError::refused("save", &self.path, ErrorCode::Unsupported, unencodable(&error))
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
            Disk::Conflict => Why::named(
                "changed",
                "somebody else changed the file in the same place; compare both, then overwrite or revert",
            ),
            Disk::Deleted => Why::named("deleted", "the file was deleted; overwrite to make it anew"),
        };
        Err(WorkspaceError::refused("save", &self.path, ErrorCode::Conflict, reason))
    }

    /// Drops unsaved text and takes what is on disk: nothing, where the file is gone.
    pub(crate) fn revert(&mut self) -> Result<Vec<u8>> {
        let contents = read("revert", &self.tree, &self.path)?;
        self.base.seen = contents.as_ref().map(|contents| contents.stamp);
        let gone = contents.is_none();
        let theirs = match contents {
            Some(contents) => self.read_as_chosen(contents.bytes),
            None => Base::new(None),
        };
        let theirs = theirs.ok_or_else(|| not_text("revert", &self.path))?;
        let text = theirs.text.clone();
        let update = self.take(theirs, &text);
        if gone {
            self.disk = Disk::Deleted;
        }
        Ok(update)
    }

    /// Its file lies in the trash together with `text`, which is unsaved no more. What was typed since still is.
    pub(crate) fn trashed(&mut self, text: &str) -> Result<()> {
        let (bytes, format) = (text.as_bytes().to_vec(), self.base.format.clone());
        self.base = Base { bytes: Some(bytes), text: text.to_owned(), format, seen: None };
        self.disk = Disk::Deleted;
        self.write_snapshot()
    }

    /// The text on disk; none where the file is gone or is no text any more.
    pub(crate) fn disk_text(&self) -> Result<Option<String>> {
        let contents = read("compare", &self.tree, &self.path)?;
        Ok(contents.and_then(|contents| Some(self.read_as_chosen(contents.bytes)?.text)))
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

/// The document as its journal has it; none where that is no document.
fn restore(kept: &Kept) -> Option<(Shared, Base)> {
    let base = Base::kept(kept.snapshot.base.clone(), kept.snapshot.encoding.as_ref())?;
    let mut shared = replay(&kept.snapshot.state, &kept.updates)?;
    if kept.lost > 0 {
        shared.bridge_gaps().ok()?;
    }
    Some((shared, base))
}

fn replay<'u>(state: &[u8], updates: impl IntoIterator<Item = &'u Vec<u8>>) -> Option<Shared> {
    let mut shared = Shared::restore(state).ok()?;
    for update in updates {
        shared.apply(update).ok()?;
    }
    Some(shared)
}

fn read(action: &'static str, tree: &Tree, path: &WorkspacePath) -> Result<Option<Contents>> {
    match tree.read(action, path, MAX_DOCUMENT) {
        Ok(contents) => Ok(Some(contents)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn not_text(action: &'static str, path: &WorkspacePath) -> WorkspaceError {
    WorkspaceError::refused(action, path, ErrorCode::Unsupported, NOT_TEXT)
}

/// Why a text does not go into its file's encoding.
fn unencodable(error: &Unencodable) -> Why {
    let words = format!(
        "{error}; remove what does not fit, or choose another encoding such as UTF-8 in the status bar"
    );
    let Unencodable { found, more, encoding } = error;
    let characters: Vec<_> =
        found.iter().map(|(character, line)| format!("'{character}' ({line})")).collect();
    let (characters, encoding) = (("characters", characters.join(", ")), ("encoding", encoding.clone()));
    match more {
        0 => Why::with("unencodable", words, [characters, encoding]),
        more => Why::with("unencodable-more", words, [characters, encoding, ("more", more.to_string())]),
    }
}

#[cfg(test)]
mod tests;
