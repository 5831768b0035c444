//! Documents: open text files, owned by the agent, shared by everybody who has them open.
//!
//! `document.open` gives a channel on which both sides speak the Yjs sync protocol (`y-protocols`: message type
//! 0 is sync, 1 is awareness). Its frames are a stream of bytes: messages follow one another and say themselves
//! where they end, so that one may span frames and one frame may hold several. The text is the `Y.Text` named [`TEXT`]. The agent journals every update before
//! it acknowledges it: after each durable write it sends message type [`MESSAGE_JOURNALED`], then a state vector
//! as a `varUint8Array`. Where the agent ends a tab's part in a document it sends [`MESSAGE_ENDED`] last, then
//! the reason as a `varString`; an empty one says that the document may simply be opened again. Frames may split messages anywhere; every message tells its own length. Line ends are `\n` in the document, whatever the file has.

use serde::{Deserialize, Serialize};

use crate::{ChannelId, Reasons, WorkspacePath, requests};

requests! {
    Files Read "document.open" = OpenDocument -> Document;
    Files Read "document.close" = CloseDocument -> ();
    Files Read "document.list" = ListDocuments -> Vec<State>;
    Files Read "document.compare" = CompareDocument -> Comparison;
    Files Write "document.save" = SaveDocument -> State;
    Files Write "document.revert" = RevertDocument -> State;
    Files Write "document.reopen" = ReopenDocument -> State;
    Files Write "document.convert" = ConvertDocument -> State;
}

/// The name of the shared text.
pub const TEXT: &str = "text";
/// The message type by which the agent says what is durable.
pub const MESSAGE_JOURNALED: u8 = 100;
/// The message type by which the agent ends a tab's part in the document.
pub const MESSAGE_ENDED: u8 = 101;
/// Largest file opened as a document, in bytes; larger ones are `unsupported` here.
pub const MAX_DOCUMENT: u64 = 32 * 1024 * 1024;

/// Opens a document, or joins it where it is open already.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenDocument {
    /// Which file.
    pub path: WorkspacePath,
    /// Carries the sync protocol.
    pub channel: ChannelId,
}

/// An open document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Its identity. A tab that holds a document of another identity under this path must not merge the two:
    /// it takes this one, and offers what it had not yet sent as a conflict.
    pub id: String,
    /// How it stands.
    pub state: State,
    /// The file's line ends.
    pub line_ending: LineEnding,
    /// The file's encoding, by its WHATWG name in lower case: `utf-8`, `windows-1252`, `utf-16le` …; `utf-8-bom` where
    /// a byte order mark stands before UTF-8.
    pub encoding: String,
    /// Whether saving is refused (a read-only file, or a viewer).
    pub read_only: bool,
    /// Whether it is so large, or a line so long, that highlighting should stay off.
    pub plain: bool,
    /// The language by file name, as language servers call it: `rust`, `yaml`, `plaintext` …
    pub language: String,
    /// What whoever opens it must know: that something of it was lost.
    #[serde(default)]
    pub notice: Option<String>,
    /// What of it a page says in another language.
    #[serde(skip_deserializing, skip_serializing_if = "Reasons::is_empty")]
    pub reasons: Reasons,
}

/// How an open document stands to its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Which file.
    pub path: WorkspacePath,
    /// Whether the text differs from what was last read or saved.
    pub dirty: bool,
    /// What happened to the file meanwhile.
    pub disk: Disk,
}

/// The file under a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disk {
    /// As the document knows it.
    Same,
    /// Changed by somebody else where the document has unsaved text in the same place.
    Conflict,
    /// Gone.
    Deleted,
}

/// A file's line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineEnding {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
}

/// Leaves a document; unsaved text stays.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseDocument {
    /// The channel it was opened with.
    pub channel: ChannelId,
}

/// Asks for all documents that are open or have unsaved text.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListDocuments {}

/// Writes a document to its file, atomically and durably. A conflict is an error, unless `force`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaveDocument {
    /// Which.
    pub path: WorkspacePath,
    /// Write over what is on disk, and make a deleted file again.
    #[serde(default)]
    pub force: bool,
    /// The state vector (Yjs, version 1) of the text as the person sees it: what was typed before is waited for. It
    /// comes by a channel, and calls overtake channels. Empty for the text as the agent has it.
    #[serde(default)]
    pub after: Vec<u8>,
}

/// Drops unsaved text and takes what is on disk.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevertDocument {
    /// Which.
    pub path: WorkspacePath,
}

/// Reads a file again in another encoding. Refused while there is unsaved text, and where the bytes are no text in it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReopenDocument {
    /// Which.
    pub path: WorkspacePath,
    /// As in [`Document::encoding`].
    pub encoding: String,
}

/// Saves a document in another encoding, or with other line ends. Refused where characters do not exist in the
/// encoding; nothing is written then.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConvertDocument {
    /// Which.
    pub path: WorkspacePath,
    /// As in [`Document::encoding`]; without it, it stays.
    #[serde(default)]
    pub encoding: Option<String>,
    /// Without them, they stay.
    #[serde(default)]
    pub line_ending: Option<LineEnding>,
}

/// Asks for both sides of a conflict.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompareDocument {
    /// Which.
    pub path: WorkspacePath,
}

/// Both sides of a conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The text on disk; none where the file is gone.
    pub disk: Option<String>,
    /// The document's text.
    pub document: String,
}

/// What happens to documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A document became dirty or clean, or its file changed.
    Changed(State),
    /// A document's file is written in another way now.
    Formatted {
        /// Which.
        path: WorkspacePath,
        /// As in [`Document::encoding`].
        encoding: String,
        /// Its line ends.
        line_ending: LineEnding,
    },
    /// A document's file was moved; its channels stay.
    Moved {
        /// Where it was.
        from: WorkspacePath,
        /// Where it is.
        to: WorkspacePath,
    },
}
