//! What is said to a server's task, and by whom: no behaviour, so that who sends and who receives need not know each other.

use bytes::Bytes;
use ide_core::Grant;
use protocol::Principal;
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot};

use crate::environment::Found;

/// What a server's task is asked to do.
#[derive(Debug)]
pub(crate) enum Command {
    /// A browser comes.
    Attach(PeerId, Peer),
    /// A browser goes.
    Detach(PeerId),
    /// A browser asks.
    Ask(PeerRequest),
    /// A browser no longer wants an answer.
    Cancel(PeerId, Box<RawValue>),
    /// The program was looked for, by this leave.
    Found(Option<Found>, Grant),
    /// Start anew, whatever was before.
    Restart,
    /// End for good.
    Stop(oneshot::Sender<()>),
}

/// Which peer, within a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PeerId(pub(crate) u64);

/// A browser, as the server's task knows it.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) principal: Principal,
    pub(crate) outgoing: mpsc::Sender<Bytes>,
}

/// A request of a browser.
#[derive(Debug)]
pub(crate) struct PeerRequest {
    pub(crate) peer: PeerId,
    pub(crate) id: Box<RawValue>,
    pub(crate) method: String,
    pub(crate) params: Option<Box<RawValue>>,
}
