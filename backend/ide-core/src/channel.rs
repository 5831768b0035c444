//! A channel of a session: bulk bytes both ways, each direction with credit.

use std::sync::Arc;

use bytes::Bytes;
use protocol::{ChannelId, link};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::session::Session;

/// The channel, or the session it belonged to, has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the channel has ended")]
pub struct Closed;

/// What the session shares with a channel's holder.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) credit: Arc<Semaphore>,
    pub(crate) ended: CancellationToken,
    pub(crate) inbound: mpsc::UnboundedReceiver<Bytes>,
}

/// A channel; ends when both halves are dropped, or with its session.
#[derive(Debug)]
pub struct Channel {
    sender: ChannelSender,
    receiver: ChannelReceiver,
}

impl Channel {
    pub(crate) fn new(session: &Session, id: ChannelId, parts: Parts) -> Self {
        let Parts { credit, ended, inbound } = parts;
        let guard = Arc::new(Guard { session: session.clone(), id });
        let sender = ChannelSender { guard: Arc::clone(&guard), credit, ended };
        Self { sender, receiver: ChannelReceiver { guard, inbound, consumed: 0 } }
    }

    /// Which one.
    pub fn id(&self) -> ChannelId {
        self.sender.id()
    }

    /// Sends bytes as the browser grants credit for them.
    pub async fn send(&self, bytes: Bytes) -> Result<(), Closed> {
        self.sender.send(bytes).await
    }

    /// The next bytes from the browser; none at the end.
    pub async fn recv(&mut self) -> Option<Bytes> {
        self.receiver.recv().await
    }

    /// Both directions on their own.
    pub fn split(self) -> (ChannelSender, ChannelReceiver) {
        (self.sender, self.receiver)
    }
}

/// The direction to the browser; cheap to clone.
#[derive(Clone, Debug)]
pub struct ChannelSender {
    guard: Arc<Guard>,
    credit: Arc<Semaphore>,
    ended: CancellationToken,
}

impl ChannelSender {
    /// Which channel.
    pub fn id(&self) -> ChannelId {
        self.guard.id
    }

    /// Sends bytes as the browser grants credit for them, in frames of at most [`link::CHUNK`].
    pub async fn send(&self, mut bytes: Bytes) -> Result<(), Closed> {
        while !bytes.is_empty() {
            let chunk = bytes.split_to(bytes.len().min(link::CHUNK));
            let size = u32::try_from(chunk.len()).map_err(|_| Closed)?;
            self.credit.acquire_many(size).await.map_err(|_| Closed)?.forget();
            self.guard.session.push_binary(self.guard.id, &chunk)?;
        }
        Ok(())
    }

    /// How many bytes could go at once.
    pub fn credit(&self) -> usize {
        self.credit.available_permits()
    }

    /// Waits until the channel has ended.
    pub async fn closed(&self) {
        self.ended.cancelled().await;
    }
}

/// The direction from the browser.
#[derive(Debug)]
pub struct ChannelReceiver {
    guard: Arc<Guard>,
    inbound: mpsc::UnboundedReceiver<Bytes>,
    consumed: u32,
}

impl ChannelReceiver {
    /// The next bytes; none at the end. Taking them grants the browser credit for as many.
    pub async fn recv(&mut self) -> Option<Bytes> {
        let bytes = self.inbound.recv().await?;
        self.consumed += bytes.len() as u32;
        if self.consumed >= link::INBOUND_WINDOW / 4 {
            self.guard.session.grant(self.guard.id, std::mem::take(&mut self.consumed));
        }
        Some(bytes)
    }
}

/// Ends the channel when the last half of it goes.
#[derive(Debug)]
struct Guard {
    session: Session,
    id: ChannelId,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.session.close_channel(self.id);
    }
}
