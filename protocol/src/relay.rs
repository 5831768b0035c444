//! What the server and an agent say to each other over the agent's socket.
//!
//! A connection starts with one frame of kind [`Kind::Attach`], the server's [`Attach`] as JSON; from then on
//! frames pass between browser and agent as they are. A frame is `length` (four bytes, big endian, of what
//! follows the length), `kind` (one byte), payload. Whoever receives a frame longer than [`MAX_RELAY_FRAME`]
//! or of an unknown kind drops the connection: neither side trusts the other's bytes.

use serde::{Deserialize, Serialize};

use crate::{Principal, WorkspaceId, link};

/// Version of this conversation; an agent refuses an [`Attach`] of another.
pub const VERSION: u32 = 2;
/// Largest frame, kind included.
pub const MAX_RELAY_FRAME: usize = link::MAX_FRAME + 1;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// The server's first frame.
    Attach = 0,
    /// A text frame of the link.
    Text = 1,
    /// A binary frame of the link.
    Binary = 2,
    /// The connection ends; the payload is a close code of two bytes, big endian.
    Close = 3,
}

impl Kind {
    /// The kind of a byte.
    pub fn from_byte(byte: u8) -> Option<Self> {
        [Self::Attach, Self::Text, Self::Binary, Self::Close].into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// Who connects, as the server found out; what the agent decides by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attach {
    /// [`VERSION`] of the server.
    pub version: u32,
    /// The purpose of the connection.
    pub purpose: Purpose,
}

/// Why the server connects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A browser's link.
    Link(Principal),
    /// Asks for an [`AgentStatus`] (one text frame), then closes.
    Status,
    /// Asks the agent to end everything of its workspace and exit; answered like `Status` before it does.
    Stop,
}

/// What an agent says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentStatus {
    /// The workspace that it was started for.
    pub workspace: WorkspaceId,
    /// The version of its program.
    pub version: String,
    /// Its process.
    pub pid: u32,
    /// Where its cloud listens, `http://127.0.0.1:4566`.
    pub cloud_url: String,
}
