//! Language servers: one per language and workspace, fed from the agent's documents, shared by all tabs.
//!
//! `language.attach` gives a channel that carries JSON-RPC messages of the Language Server Protocol, one message
//! split over frames as `length` (four bytes, big endian), then the JSON. The browser sends requests and `$/cancelRequest`
//! only: life cycle, document synchronisation and diagnostics are the agent's. Requests wait while a server starts.
//!
//! Three things are ours, not the Language Server Protocol's. Beside the members of JSON-RPC a request may carry
//! `"after": {"path", "vector"}`: the state vector (Yjs, as an array of bytes) of the document it was asked about, which the
//! agent's document reaches before the request is passed on. The notification `cumulo/ready` tells the `capabilities` of a
//! server that has started. The request `cumulo/applyEdit` applies a `WorkspaceEdit` to files, open or not, and is
//! answered by the agent with an `ApplyWorkspaceEditResult`.

use serde::{Deserialize, Serialize};

use crate::{ChannelId, Reasons, WorkspacePath, requests};

requests! {
    Languages Read "language.list" = ListLanguages -> Vec<Server>;
    Languages Read "language.problems" = ListProblems -> Vec<FileProblems>;
    Languages Read "language.attach" = AttachLanguage -> Attached;
    Languages Read "language.detach" = DetachLanguage -> ();
    Languages Write "language.restart" = RestartLanguage -> ();
    Languages Read "language.read-source" = ReadSource -> Source;
}

/// Largest JSON-RPC message passed on, in bytes.
pub const MAX_MESSAGE: usize = 64 * 1024 * 1024;
/// Problems kept per file.
pub const MAX_PROBLEMS: usize = 1000;

/// Asks which language servers there are.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListLanguages {}

/// A language server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// The language it serves, `rust`.
    pub language: String,
    /// The program's name, `rust-analyzer`.
    pub name: String,
    /// How it is.
    pub state: ServerState,
}

/// How a language server is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerState {
    /// Not needed now; starts with the first document of its language.
    Stopped,
    /// Not started: it would run code of a folder that is not trusted.
    Restricted,
    /// Starting.
    Starting,
    /// At work on something long.
    Busy {
        /// What, `indexing`.
        title: String,
        /// How far, in percent, where it says so.
        percent: Option<u32>,
    },
    /// Ready.
    Ready,
    /// Ended by itself; starts again after a while.
    Restarting {
        /// Why it ended.
        reason: String,
        /// What of it a page says in another language.
        #[serde(skip_deserializing, skip_serializing_if = "Reasons::is_empty")]
        reasons: Reasons,
    },
    /// Ended too often, or is not installed: stays down until asked to restart.
    Failed {
        /// Why, and what to do.
        reason: String,
        /// What of it a page says in another language.
        #[serde(skip_deserializing, skip_serializing_if = "Reasons::is_empty")]
        reasons: Reasons,
    },
}

/// Asks for all problems known.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListProblems {}

/// The problems of one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileProblems {
    /// Which file.
    pub path: WorkspacePath,
    /// Its problems, at most [`MAX_PROBLEMS`], by position; empty where all are mended.
    pub problems: Vec<Problem>,
}

/// A problem in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Where it is.
    pub range: Range,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Who says so, `rustc`.
    pub source: Option<String>,
    /// Its code, `E0308`.
    pub code: Option<String>,
    /// Where the code is explained.
    pub code_url: Option<String>,
    /// Other places that matter.
    pub related: Vec<Related>,
    /// Whether the text is unnecessary and may be faded.
    pub unnecessary: bool,
    /// The problem as the language server wrote it: code actions need it back.
    pub raw: serde_json::Value,
}

/// Another place that matters to a problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Related {
    /// The file; none where it lies outside of the workspace.
    pub path: Option<WorkspacePath>,
    /// The place.
    pub range: Range,
    /// What it has to do with it.
    pub message: String,
}

/// From a position up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The first character.
    pub start: Position,
    /// After the last one.
    pub end: Position,
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Line, from 0.
    pub line: u32,
    /// UTF-16 code units from the line's start.
    pub character: u32,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It does not work.
    Error,
    /// It may not do what was meant.
    Warning,
    /// Worth knowing.
    Information,
    /// Could be better.
    Hint,
}

/// Speaks to a language's server; starts it where it is stopped.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachLanguage {
    /// Which, as [`crate::document::Document::language`].
    pub language: String,
    /// Carries the messages.
    pub channel: ChannelId,
}

/// A language server to speak to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attached {
    /// How it is.
    pub server: Server,
    /// The `file:` URI of the workspace's folder, without a slash at the end: documents' URIs are this, a slash, and the path.
    pub root_uri: String,
    /// `ServerCapabilities` as the server stated them; null until it has started (a state event tells).
    pub capabilities: serde_json::Value,
}

/// Stops speaking to a language server.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetachLanguage {
    /// The channel it was attached with.
    pub channel: ChannelId,
}

/// Starts a language server anew.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestartLanguage {
    /// Which.
    pub language: String,
}

/// Asks for a file outside of the workspace that a language server has pointed at (a library's source).
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadSource {
    /// The `file:` URI, as the server gave it in an answer; any other is refused.
    pub uri: String,
}

/// A file outside of the workspace, to read only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Its language.
    pub language: String,
}

/// What happens in language servers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A server's state changed.
    Server(Server),
    /// A file's problems changed.
    Problems(FileProblems),
}
