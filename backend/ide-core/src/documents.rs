//! How a capability follows the open documents without knowing who keeps them.

use std::sync::Arc;

use async_trait::async_trait;
use protocol::{CallError, PersonId, WorkspacePath, language::Range};
use tokio::sync::broadcast;

/// The open documents, as their keeper shows them to language servers.
#[async_trait]
pub trait Documents: Send + Sync {
    /// All that are open now. Subscribe first, then ask: a change seen twice does no harm, its version tells.
    fn open(&self) -> Vec<DocumentSnapshot>;

    /// What happens to them from now on. Whoever lags behind asks for [`Documents::open`] again.
    fn subscribe(&self) -> broadcast::Receiver<DocumentChange>;

    /// A file's text as people see it: the document where it is open, else what is on disk.
    async fn read(&self, path: &WorkspacePath) -> Result<Arc<str>, CallError>;

    /// Applies the edits that a person wants to a file, or none in particular: to its document where it is open, else on
    /// disk, saved at once.
    async fn apply(
        &self,
        by: Option<&PersonId>,
        path: &WorkspacePath,
        edits: Vec<TextEdit>,
    ) -> Result<(), CallError>;

    /// Waits until the document of `path` holds all that a browser's replica held when its state vector (Yjs,
    /// version 1) was `vector`; at once where it is not open. A vector of things that never come waits for ever.
    async fn caught_up(&self, path: &WorkspacePath, vector: &[u8]);
}

/// The texts of all files, for who searches them and changes many at once.
#[async_trait]
pub trait Texts: Documents {
    /// Has a file hold what a person made of its text: of `before`, `after`. What was written in it meanwhile stays; where
    /// that is in the same place, the file is left as it is. Saved, unless it had unsaved text.
    async fn rewrite(
        &self,
        by: &PersonId,
        path: &WorkspacePath,
        before: Arc<str>,
        after: Arc<str>,
    ) -> Result<(), CallError>;

    /// What a file's bytes are as text, lines ended by `\n`; none where they are no text.
    fn decode(&self, bytes: &[u8]) -> Option<String>;
}

/// A document at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentSnapshot {
    /// Its file.
    pub path: WorkspacePath,
    /// Its language, `rust`.
    pub language: String,
    /// Grows with every change while it is open.
    pub version: i32,
    /// All of its text, lines ended by `\n`.
    pub text: Arc<str>,
}

/// What happens to documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentChange {
    /// The first session opened it.
    Opened(DocumentSnapshot),
    /// Its text changed.
    Changed(DocumentSnapshot),
    /// It was written to its file.
    Saved(WorkspacePath),
    /// Nobody has it open any more.
    Closed(WorkspacePath),
    /// Its file was moved.
    Moved {
        /// Where it was.
        from: WorkspacePath,
        /// Where it is.
        to: WorkspacePath,
    },
}

/// One replacement in a text; several of them refer to the text before all of them and do not overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    /// What to replace.
    pub range: Range,
    /// By what.
    pub text: String,
}
