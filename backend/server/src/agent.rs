//! The other end of an agent's socket. What an agent says is shown, never believed: it grants nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use protocol::relay::{AgentStatus, Attach, Kind, Purpose, VERSION};
use rustix::process::Pid;
use thiserror::Error;
use tokio::net::UnixStream;
use tokio_util::codec::Framed;

use crate::codec::{Frame, FrameCodec, FrameError};

/// How long an agent may take to answer for itself.
const ANSWER: Duration = Duration::from_secs(5);

/// A conversation with an agent.
pub(crate) type Conversation = Framed<UnixStream, FrameCodec>;

/// Where an agent listens.
#[derive(Clone, Debug)]
pub struct AgentSocket {
    path: PathBuf,
}

/// An agent that answered.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What it says of itself.
    pub status: AgentStatus,
    /// The process that really holds the socket, as the kernel says.
    pub pid: Option<Pid>,
}

/// Why an agent could not be talked to.
#[derive(Debug, Error)]
pub enum AgentError {
    /// Nobody listens at its socket.
    #[error("failed to reach the agent")]
    Unreachable(#[source] io::Error),
    /// Somebody else's process holds its socket.
    #[error(
        "failed to trust the agent's socket: a process of another user (id {0}) listens there; remove it or use another --data"
    )]
    Stranger(u32),
    /// It broke the conversation's rules.
    #[error("failed to understand the agent")]
    Malformed(#[from] FrameError),
    /// It answered with something else than a status.
    #[error("failed to understand the agent's status")]
    NoStatus,
    /// It ended the conversation: it speaks another version.
    #[error("the agent refused the conversation")]
    Refused,
    /// It did not answer in time.
    #[error("the agent did not answer within {} s", ANSWER.as_secs())]
    Silent,
}

impl AgentSocket {
    /// The socket at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Connects to a process of our own user and to no other: it is told keystrokes and files.
    pub(crate) async fn connect(&self) -> Result<UnixStream, AgentError> {
        let stream = UnixStream::connect(&self.path).await.map_err(AgentError::Unreachable)?;
        let peer = stream.peer_cred().map_err(AgentError::Unreachable)?.uid();
        if trusted(peer, rustix::process::geteuid().as_raw()) {
            Ok(stream)
        } else {
            Err(AgentError::Stranger(peer))
        }
    }

    /// Opens a conversation for `purpose`.
    pub(crate) async fn attach(&self, purpose: Purpose) -> Result<Conversation, AgentError> {
        let stream = self.connect().await?;
        let mut conversation = Framed::new(stream, FrameCodec);
        let attach = Attach { version: VERSION, purpose };
        let payload = serde_json::to_vec(&attach).map_err(io::Error::from).map_err(FrameError::Io)?;
        conversation.send(Frame { kind: Kind::Attach, payload: payload.into() }).await?;
        Ok(conversation)
    }

    /// Asks the agent who it is.
    pub async fn status(&self) -> Result<Answered, AgentError> {
        self.ask(Purpose::Status).await
    }

    /// Asks the agent to end everything and exit. It has not done so yet when this returns.
    pub async fn stop(&self) -> Result<Answered, AgentError> {
        self.ask(Purpose::Stop).await
    }

    async fn ask(&self, purpose: Purpose) -> Result<Answered, AgentError> {
        tokio::time::timeout(ANSWER, self.ask_patiently(purpose)).await.map_err(|_| AgentError::Silent)?
    }

    async fn ask_patiently(&self, purpose: Purpose) -> Result<Answered, AgentError> {
        let mut conversation = self.attach(purpose).await?;
        let pid = peer_pid(conversation.get_ref());
        let frame = conversation.next().await.ok_or(AgentError::Refused)??;
        match frame.kind {
            Kind::Text => Ok(Answered { status: parse(&frame.payload)?, pid }),
            Kind::Close => Err(AgentError::Refused),
            Kind::Attach | Kind::Binary => Err(AgentError::NoStatus),
        }
    }
}

fn parse(payload: &Bytes) -> Result<AgentStatus, AgentError> {
    serde_json::from_slice(payload).map_err(|_| AgentError::NoStatus)
}

/// Whether a socket's other end is who we are; root could be us anyway.
fn trusted(peer: u32, ours: u32) -> bool {
    peer == ours || peer == 0
}

/// The process at the other end of a Unix socket.
pub(crate) fn peer_pid(stream: &UnixStream) -> Option<Pid> {
    stream.peer_cred().ok()?.pid().and_then(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_user_is_talked_to() {
        assert!(trusted(1000, 1000) && trusted(0, 1000) && trusted(0, 0));
        assert!(!trusted(1001, 1000) && !trusted(65534, 0));
    }
}
