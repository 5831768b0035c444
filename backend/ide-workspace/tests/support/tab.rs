//! A browser tab: calls, channels and events over a connection to the agent.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use ide_core::{
    Router, Sessions, link,
    relay::{RelayCodec, RelayFrame},
    somebody::somebody,
};
use protocol::{
    Call, CallError, ChannelId, Event, Grants,
    link::{Outcome, ToAgent, ToBrowser, binary_frame, parse_binary},
    relay::Kind,
};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio_util::codec::Framed;

use super::soon;

pub(crate) struct Tab {
    frames: mpsc::UnboundedSender<RelayFrame>,
    calls: AtomicU64,
    channels: AtomicU32,
    inbox: Arc<Inbox>,
    /// What holds the connection.
    wire: Mutex<Vec<AbortHandle>>,
}

#[derive(Default)]
struct Inbox {
    waiting: Mutex<HashMap<u64, oneshot::Sender<Outcome>>>,
    channels: Mutex<HashMap<ChannelId, mpsc::UnboundedSender<Bytes>>>,
    events: watch::Sender<Vec<Event>>,
}

impl Tab {
    pub(crate) async fn connect(
        sessions: &Sessions,
        router: &Arc<Router>,
        user: &str,
        grants: Grants,
    ) -> Arc<Self> {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let (sessions, router) = (sessions.clone(), Arc::clone(router));
        let principal = somebody(user, grants);
        tokio::spawn(async move {
            link::serve(Framed::new(theirs, RelayCodec), principal, &sessions, router).await;
        });
        let (mut sink, mut source) = Framed::new(ours, RelayCodec).split();
        let (frames, mut outgoing) = mpsc::unbounded_channel::<RelayFrame>();
        let inbox = Arc::new(Inbox::default());
        let tab = Arc::new(Self {
            frames: frames.clone(),
            calls: AtomicU64::new(1),
            channels: AtomicU32::new(1),
            inbox: Arc::clone(&inbox),
            wire: Mutex::default(),
        });
        tab.send(&ToAgent::Hello { version: protocol::link::VERSION, session: None, received: 0 });
        let writing = tokio::spawn(async move {
            while let Some(frame) = outgoing.recv().await {
                if sink.send(frame).await.is_err() {
                    return;
                }
            }
        });
        let reading = tokio::spawn(async move {
            let mut received = 0;
            while let Some(Ok(frame)) = source.next().await {
                received += u64::from(inbox.take(&frame, &frames));
                let ack = ToAgent::Ack { received };
                let _ = frames.send(text(&ack));
            }
        });
        tab.wire.lock().unwrap().extend([writing.abort_handle(), reading.abort_handle()]);
        tab
    }

    /// The connection is gone, without a word.
    pub(crate) fn cut(&self) {
        self.wire.lock().unwrap().drain(..).for_each(|task| task.abort());
    }

    fn send(&self, frame: &ToAgent) {
        let _ = self.frames.send(text(frame));
    }

    pub(crate) async fn call<C: Call>(&self, call: C) -> Result<C::Reply, CallError> {
        let id = self.calls.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        self.inbox.waiting.lock().unwrap().insert(id, sender);
        let params = serde_json::value::to_raw_value(&call).unwrap();
        self.send(&ToAgent::Call { id, method: C::METHOD.into(), params });
        match soon(C::METHOD, answer).await.unwrap() {
            Outcome::Ok(reply) => Ok(serde_json::from_str(reply.get()).unwrap()),
            Outcome::Err(error) => Err(error),
        }
    }

    /// A channel nobody has opened yet.
    pub(crate) fn channel(&self) -> (ChannelId, mpsc::UnboundedReceiver<Bytes>) {
        let id = ChannelId(self.channels.fetch_add(1, Ordering::Relaxed));
        let (sender, receiver) = mpsc::unbounded_channel();
        self.inbox.channels.lock().unwrap().insert(id, sender);
        (id, receiver)
    }

    pub(crate) fn send_on(&self, channel: ChannelId, bytes: &[u8]) {
        for chunk in bytes.chunks(64 * 1024) {
            let payload = binary_frame(channel, chunk).into();
            let _ = self.frames.send(RelayFrame { kind: Kind::Binary, payload });
        }
    }

    /// Waits until some event fits.
    pub(crate) async fn event(&self, what: &str, fits: impl Fn(&Event) -> bool) -> Event {
        let mut events = self.inbox.events.subscribe();
        let seen = soon(what, events.wait_for(|events| events.iter().any(&fits))).await.unwrap();
        seen.iter().find(|event| fits(event)).unwrap().clone()
    }
}

impl Inbox {
    /// Whether the frame counts in the sequence.
    fn take(&self, frame: &RelayFrame, frames: &mpsc::UnboundedSender<RelayFrame>) -> bool {
        if frame.kind == Kind::Binary {
            let (channel, payload) = parse_binary(&frame.payload).unwrap();
            if let Some(receiver) = self.channels.lock().unwrap().get(&channel) {
                let _ = receiver.send(Bytes::copy_from_slice(payload));
            }
            let _ = frames.send(text(&ToAgent::Credit { channel, bytes: payload.len() as u32 }));
            return true;
        }
        let Ok(frame) = serde_json::from_slice::<ToBrowser>(&frame.payload) else { return false };
        let sequenced = frame.is_sequenced();
        match frame {
            ToBrowser::Reply { id, result } => {
                if let Some(waiting) = self.waiting.lock().unwrap().remove(&id) {
                    let _ = waiting.send(result);
                }
            }
            ToBrowser::Event { event, .. } => self.events.send_modify(|events| events.push(event)),
            _ => {}
        }
        sequenced
    }
}

fn text(frame: &ToAgent) -> RelayFrame {
    RelayFrame { kind: Kind::Text, payload: serde_json::to_vec(frame).unwrap().into() }
}
