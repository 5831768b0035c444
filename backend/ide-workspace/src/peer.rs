//! A tab that has a document open: moves bytes between its channel and the document's keeper. A slow tab costs
//! bounded memory and delays nobody: what it missed is made up for by one answer.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use ide_core::{Channel, ChannelReceiver, ChannelSender};
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    keeper::Command,
    messages::{self, Message, Stream},
};

/// Bytes that wait for a tab before it counts as lagging.
const MAX_WAITING: usize = 4 * 1024 * 1024;

/// What a tab is told that broke the rules.
pub(crate) const MALFORMED: &str = "this page sent something that is no edit; reload the page";

/// Which of a document's tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PeerId(pub(crate) u64);

/// What waits to be sent to a tab; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outbox(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    queue: Mutex<Queue>,
    ready: Notify,
    ended: CancellationToken,
}

#[derive(Debug, Default)]
struct Queue {
    messages: VecDeque<Bytes>,
    bytes: usize,
    lagging: bool,
    ended: bool,
}

/// What to do for a tab next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Send this.
    Send(Bytes),
    /// Have everything said again: something was left out.
    CatchUp,
}

impl Outbox {
    /// Adds a message; a tab that lags behind hears it all again later.
    pub(crate) fn push(&self, message: Bytes) {
        let mut queue = self.queue();
        if queue.lagging || queue.ended {
            return;
        }
        if queue.bytes > MAX_WAITING {
            *queue = Queue { lagging: true, ..Queue::default() };
        } else {
            queue.bytes += message.len();
            queue.messages.push_back(message);
        }
        drop(queue);
        self.0.ready.notify_one();
    }

    /// Ends the tab's part in the document, after what waits has been sent. An empty reason lets the tab open
    /// the document again.
    pub(crate) fn end(&self, reason: &str) {
        self.push(messages::ended(reason));
        self.queue().ended = true;
        self.0.ended.cancel();
        self.0.ready.notify_one();
    }

    /// What to do next; none at the end.
    pub(crate) async fn next(&self) -> Option<Next> {
        loop {
            if let Some(next) = self.take() {
                return Some(next);
            }
            if self.queue().ended {
                return None;
            }
            self.0.ready.notified().await;
        }
    }

    fn take(&self) -> Option<Next> {
        let mut queue = self.queue();
        if let Some(message) = queue.messages.pop_front() {
            queue.bytes -= message.len();
            return Some(Next::Send(message));
        }
        std::mem::take(&mut queue.lagging).then_some(Next::CatchUp)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves a tab until its channel, or its part in the document, ends. What the tab sent before it closed the
/// channel is taken, also where nothing can be sent to it any more.
pub(crate) async fn serve(
    channel: Channel,
    peer: PeerId,
    outbox: Outbox,
    keeper: mpsc::Sender<Command>,
    presence: watch::Receiver<bool>,
) {
    let (sender, receiver) = channel.split();
    let reading = async {
        let reason = tokio::select! {
            reason = read(receiver, peer, &keeper) => reason,
            () = outbox.0.ended.cancelled() => "",
            () = follow(presence, peer, &keeper) => "",
        };
        outbox.end(reason);
        // A keeper that is gone needs no telling.
        let _ = keeper.send(Command::Leave { peer }).await;
    };
    tokio::join!(reading, write(&sender, peer, &outbox, &keeper));
}

/// Tells the keeper whenever the tab's connection goes.
async fn follow(mut presence: watch::Receiver<bool>, peer: PeerId, keeper: &mpsc::Sender<Command>) {
    while presence.wait_for(|present| !present).await.is_ok() {
        if keeper.send(Command::Away { peer }).await.is_err() || presence.changed().await.is_err() {
            break;
        }
    }
    // The session is gone: its channel ends by itself.
    std::future::pending::<()>().await;
}

/// Why it ends; nothing where the tab or the keeper went away.
async fn read(mut receiver: ChannelReceiver, peer: PeerId, keeper: &mpsc::Sender<Command>) -> &'static str {
    let mut stream = Stream::default();
    while let Some(bytes) = receiver.recv().await {
        stream.push(&bytes);
        loop {
            match stream.next() {
                Ok(None) => break,
                Ok(Some(message)) => {
                    if tell(keeper, peer, message).await.is_none() {
                        return "";
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a tab's document channel is dropped");
                    return MALFORMED;
                }
            }
        }
    }
    ""
}

async fn tell(keeper: &mpsc::Sender<Command>, peer: PeerId, message: Message) -> Option<()> {
    keeper.send(Command::Message { peer, message }).await.ok()
}

async fn write(sender: &ChannelSender, peer: PeerId, outbox: &Outbox, keeper: &mpsc::Sender<Command>) {
    while let Some(next) = outbox.next().await {
        let gone = match next {
            Next::Send(message) => sender.send(message).await.is_err(),
            Next::CatchUp => keeper.send(Command::CatchUp { peer }).await.is_err(),
        };
        if gone {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_tab_costs_bounded_memory() {
        let outbox = Outbox::default();
        let message = Bytes::from(vec![0; 1024 * 1024]);
        for _ in 0..100 {
            outbox.push(message.clone());
            assert!(outbox.queue().bytes <= MAX_WAITING + message.len());
        }
        assert_eq!(outbox.next().await, Some(Next::CatchUp));
        outbox.push(message.clone());
        assert_eq!(outbox.next().await, Some(Next::Send(message)));
        outbox.end("why");
        outbox.push(Bytes::from_static(b"too late"));
        assert_eq!(outbox.next().await, Some(Next::Send(messages::ended("why"))));
        assert_eq!(outbox.next().await, None);
    }
}
