//! The link: one WebSocket per tab, carrying a session that outlives it.
//!
//! Text frames carry a [`ToAgent`] or a [`ToBrowser`] as JSON; binary frames carry bulk bytes of a channel:
//! four bytes of channel id (big endian), then the payload.
//!
//! **Resume.** Both sides number the *sequenced* frames they send, from 1, by counting them: every binary
//! frame, and every text frame but `hello`, `welcome`, `refused`, `ack`, `ping` and `pong`. A sender keeps sequenced
//! frames until they are acknowledged. After a reconnect each side says how many it has received, and the
//! other sends again what came after; so no frame is lost and none doubled.
//!
//! **Credit.** The agent may send [`WINDOW`] bytes of payload on a channel beyond what the browser has
//! granted back with `credit`, which it does as it has *processed* them. A flooding terminal therefore waits
//! in the agent, where it grows nothing, and everything else passes it. The other way the browser may have
//! [`INBOUND_WINDOW`] bytes on a channel that the agent has not granted back with its own `credit`.
//!
//! **Channels.** The browser chooses the id of a channel and passes it in the call that opens one, so that it
//! is ready before the first byte arrives.

use serde::{Deserialize, Serialize};

use crate::{CallError, Event, PersonId, Reason, WorkspaceId};

/// The version of this protocol; both sides must speak the same.
pub const VERSION: u32 = 2;
/// Bytes of payload the agent may send on a channel before the browser grants more.
pub const WINDOW: u32 = 128 * 1024;
/// Bytes of payload the browser may send on a channel before the agent grants more; a channel that is sent
/// more is closed.
pub const INBOUND_WINDOW: u32 = 4 * 1024 * 1024;
/// Largest frame either side sends, in bytes.
pub const MAX_FRAME: usize = 1024 * 1024;
/// Payload bytes per binary frame that the agent fills at most: small, so that others come between.
pub const CHUNK: usize = 16 * 1024;
/// Sequenced frames received after which an acknowledgement is due.
pub const ACK_EVERY: u64 = 32;
/// Seconds between two pings of the browser.
pub const PING_SECONDS: u32 = 10;
/// Channels one session may have open.
pub const MAX_CHANNELS: usize = 256;

/// The id of a channel, chosen by the browser, unique within its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelId(pub u32);

/// The id of a session: 128 random bits in hexadecimal, known only to its browser tab and its agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(pub String);

/// What a frame is about, before its type is known.
#[cfg(feature = "raw")]
pub type Unread = Box<serde_json::value::RawValue>;

/// What a frame is about, before its type is known.
#[cfg(not(feature = "raw"))]
pub type Unread = serde_json::Value;

/// A text frame of the browser.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToAgent<P = Unread> {
    /// The first frame: opens a session, or resumes one.
    Hello {
        /// [`VERSION`] of the browser's code.
        version: u32,
        /// The session to resume.
        session: Option<SessionId>,
        /// How many sequenced frames of it have been received.
        received: u64,
    },
    /// A call; answered by one `reply` with the same id.
    Call {
        /// Chosen by the browser, unique within the session.
        id: u64,
        /// [`crate::Call::METHOD`].
        method: String,
        /// The call itself.
        params: P,
    },
    /// The browser processed bytes of a channel.
    Credit {
        /// Which channel.
        channel: ChannelId,
        /// How many bytes of payload more.
        bytes: u32,
    },
    /// How many sequenced frames have been received in this session.
    Ack {
        /// The count.
        received: u64,
    },
    /// The page goes and does not come back to this session, which ends at once with all that it has open. What was sent
    /// before is still done.
    Leave,
    /// Are you there? Answered at once by `pong`.
    Ping {
        /// Comes back unchanged.
        nonce: u64,
    },
}

/// A text frame of the agent. Who has a cheaper way to typed values reads `E` and `R`, the event and the reply, as trees
/// first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToBrowser<E = Event, R = Unread> {
    /// The answer to `hello`.
    Welcome {
        /// The session; a new one where the asked one is unknown or expired.
        session: SessionId,
        /// Whether it is the one asked for: then nothing needs to be opened again.
        resumed: bool,
        /// How many sequenced frames of the browser have been received in it.
        received: u64,
    },
    /// The answer to a `hello` that cannot be served; the connection closes after it.
    Refused {
        /// Why, and what to do.
        message: String,
        /// The same for a page that speaks another language.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// The answer to a call.
    Reply {
        /// The call's id.
        id: u64,
        /// The call's reply, or why it failed.
        result: Outcome<R>,
    },
    /// Something happened.
    Event {
        /// Where.
        workspace: WorkspaceId,
        /// Who did it; none where it was nobody in particular: a program, or the disk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<PersonId>,
        /// What.
        event: E,
    },
    /// The agent processed bytes of a channel.
    Credit {
        /// Which channel.
        channel: ChannelId,
        /// How many bytes of payload more.
        bytes: u32,
    },
    /// How many sequenced frames have been received in this session.
    Ack {
        /// The count.
        received: u64,
    },
    /// The answer to `ping`.
    Pong {
        /// As it came.
        nonce: u64,
    },
}

/// How a call ended.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome<R = Unread> {
    /// The reply.
    Ok(R),
    /// The reason.
    Err(CallError),
}

impl<P> ToAgent<P> {
    /// Whether this frame counts in the sequence.
    pub fn is_sequenced(&self) -> bool {
        matches!(self, Self::Call { .. } | Self::Credit { .. })
    }
}

impl<E, R> ToBrowser<E, R> {
    /// Whether this frame counts in the sequence.
    pub fn is_sequenced(&self) -> bool {
        matches!(self, Self::Reply { .. } | Self::Event { .. } | Self::Credit { .. })
    }
}

/// A binary frame: the channel's id before the payload.
pub fn binary_frame(channel: ChannelId, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(4 + payload.len());
    frame.extend(channel.0.to_be_bytes());
    frame.extend(payload);
    frame
}

/// The channel and payload of a binary frame; none where it is shorter than a channel id.
pub fn parse_binary(frame: &[u8]) -> Option<(ChannelId, &[u8])> {
    let (id, payload) = frame.split_first_chunk::<4>()?;
    Some((ChannelId(u32::from_be_bytes(*id)), payload))
}

/// Why a WebSocket was closed: codes of the application range.
pub mod close {
    /// The session cookie is missing, expired or revoked: sign in again.
    pub const UNAUTHENTICATED: u16 = 4401;
    /// Too many messages that were malformed or not this person's to send.
    pub const FORBIDDEN: u16 = 4403;
    /// A newer connection resumed the same session.
    pub const SUPERSEDED: u16 = 4409;
    /// The workspace's agent went away: connect again.
    pub const AGENT_GONE: u16 = 4410;
    /// What the person may do here, or what they are called, has changed: connect again.
    pub const CHANGED: u16 = 4411;
    /// Browser and agent speak different versions: reload the page.
    pub const VERSION: u16 = 4426;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_read_as_documented() {
        let hello: ToAgent =
            serde_json::from_str(r#"{"hello":{"version":2,"session":null,"received":0}}"#).unwrap();
        assert!(!hello.is_sequenced());
        let call: ToAgent =
            serde_json::from_str(r#"{"call":{"id":1,"method":"a.b","params":{"c":[]}}}"#).unwrap();
        assert!(call.is_sequenced());
        let result = Outcome::Ok(serde_json::from_str::<Unread>("[1]").unwrap());
        let reply: ToBrowser = ToBrowser::Reply { id: 7, result };
        assert_eq!(serde_json::to_string(&reply).unwrap(), r#"{"reply":{"id":7,"result":{"ok":[1]}}}"#);
        let failed = CallError::new(crate::ErrorCode::NotFound, "no such terminal");
        let reply: ToBrowser = ToBrowser::Reply { id: 7, result: Outcome::Err(failed) };
        let text = r#"{"reply":{"id":7,"result":{"err":{"code":"not-found","message":"no such terminal"}}}}"#;
        let written = serde_json::to_string(&reply).unwrap();
        assert_eq!(written, text);
        let read: ToBrowser = serde_json::from_str(text).unwrap();
        assert!(matches!(read, ToBrowser::Reply { id: 7, result: Outcome::Err(_) }));
    }

    #[test]
    fn binary_frames_carry_their_channel() {
        assert_eq!(parse_binary(&binary_frame(ChannelId(258), b"ab")), Some((ChannelId(258), &b"ab"[..])));
        assert_eq!(parse_binary(b"abc"), None);
    }
}
