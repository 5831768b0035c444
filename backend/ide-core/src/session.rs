//! A session: what one browser tab has open, outliving the connections that carry it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use protocol::{
    CallError, ChannelId, ErrorCode, Principal,
    link::{self, SessionId, ToBrowser},
};
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::channel::{Channel, Closed, Parts};

mod outbox;
#[cfg(test)]
mod schedules;
pub use outbox::{Frame, MAX_KEPT, Outbox};

/// How long a session waits for its browser to come back.
pub const KEEP: Duration = Duration::from_mins(15);
/// Sessions an agent keeps.
pub const MAX_SESSIONS: usize = 200;

/// Channels a session may use in its life: their ids are remembered, so that none is used twice.
const MAX_CLOSED: usize = 65_536;

/// One tab's session; cheap to clone.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    id: SessionId,
    principal: Principal,
    ended: CancellationToken,
    /// Tells the connection that there is something to send.
    ready: Notify,
    /// Whether a connection carries it.
    present: watch::Sender<bool>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    outbox: Outbox,
    /// Sequenced frames received from the browser.
    received: u64,
    channels: HashMap<ChannelId, ChannelState>,
    closed: HashSet<ChannelId>,
    /// The numbers of calls under way.
    calls: HashSet<u64>,
    /// Counts connections; an older one sees that it is no longer the session's.
    connection: u64,
    /// Since when no connection carries it.
    left: Option<Instant>,
}

impl State {
    /// Bytes that wait on channels which no call has opened.
    fn unclaimed(&self) -> u32 {
        let unopened = self.channels.values().filter(|channel| channel.receiver.is_some());
        unopened.map(|channel| link::INBOUND_WINDOW - channel.window).sum()
    }
}

struct ChannelState {
    credit: Arc<Semaphore>,
    ended: CancellationToken,
    inbound: mpsc::UnboundedSender<Bytes>,
    /// Taken by the handler that opens the channel; bytes may come before it.
    receiver: Option<mpsc::UnboundedReceiver<Bytes>>,
    /// Bytes the browser may still send.
    window: u32,
}

impl ChannelState {
    fn new(session: &CancellationToken) -> Self {
        let (inbound, receiver) = mpsc::unbounded_channel();
        Self {
            credit: Arc::new(Semaphore::new(link::WINDOW as usize)),
            ended: session.child_token(),
            inbound,
            receiver: Some(receiver),
            window: link::INBOUND_WINDOW,
        }
    }
}

impl Session {
    fn new(principal: Principal) -> Self {
        Self(Arc::new(Inner {
            id: SessionId(uuid::Uuid::new_v4().simple().to_string()),
            principal,
            ended: CancellationToken::new(),
            ready: Notify::new(),
            present: watch::Sender::new(true),
            state: Mutex::default(),
        }))
    }

    /// Which session.
    pub fn id(&self) -> &SessionId {
        &self.0.id
    }

    /// Whose session.
    pub fn principal(&self) -> &Principal {
        &self.0.principal
    }

    /// Cancelled when the session ends: what it holds should be given up.
    pub fn ended(&self) -> &CancellationToken {
        &self.0.ended
    }

    /// Whether a browser is connected, and when that changes. One that is not may still come back to the session; until then
    /// nobody should wait for it, or go by what it wished.
    pub fn presence(&self) -> watch::Receiver<bool> {
        self.0.present.subscribe()
    }

    /// Opens the channel whose id the browser chose. A session that has ended opens none: nobody would end it again.
    pub fn open_channel(&self, id: ChannelId) -> Result<Channel, CallError> {
        let mut state = self.state();
        if self.0.ended.is_cancelled() {
            let message = format!("channel {} cannot be opened: its page has left", id.0);
            let error = CallError::new(ErrorCode::Unavailable, message);
            return Err(error.because("channel-left", &[("channel", &id.0)]));
        }
        let used = || {
            CallError::new(ErrorCode::Exists, format!("channel {} was used before in this session", id.0))
                .because("channel-used", &[("channel", &id.0)])
        };
        if state.closed.contains(&id) {
            return Err(used());
        }
        if !state.channels.contains_key(&id) && state.channels.len() >= link::MAX_CHANNELS {
            return Err(too_many_channels());
        }
        let channel = state.channels.entry(id).or_insert_with(|| ChannelState::new(&self.0.ended));
        let inbound = channel.receiver.take().ok_or_else(used)?;
        let parts = Parts { credit: Arc::clone(&channel.credit), ended: channel.ended.clone(), inbound };
        drop(state);
        Ok(Channel::new(self, id, parts))
    }

    /// Ends a channel: its holder sees its end, and what was sent on it still arrives.
    pub fn close_channel(&self, id: ChannelId) {
        let mut state = self.state();
        if let Some(channel) = state.channels.remove(&id) {
            channel.credit.close();
            channel.ended.cancel();
        }
        // One that never was, too: the call that opens it may still be under way.
        state.closed.insert(id);
        if state.closed.len() > MAX_CLOSED {
            drop(state);
            tracing::info!("a session that used up its channels ends; its tab gets another");
            self.end();
        }
    }

    pub(crate) fn push_text(&self, text: Bytes) {
        if self.0.ended.is_cancelled() {
            return;
        }
        if !self.state().outbox.push_text(text) {
            tracing::warn!(session = ?self, "the browser does not read: its session ends");
            self.end();
        }
        self.0.ready.notify_one();
    }

    pub(crate) fn push_binary(&self, id: ChannelId, payload: &[u8]) -> Result<(), Closed> {
        let mut state = self.state();
        if !state.channels.contains_key(&id) {
            return Err(Closed);
        }
        state.outbox.push_bulk(id, link::binary_frame(id, payload).into());
        drop(state);
        self.0.ready.notify_one();
        Ok(())
    }

    /// Lets the browser send `bytes` more on a channel.
    pub(crate) fn grant(&self, id: ChannelId, bytes: u32) {
        if let Some(channel) = self.state().channels.get_mut(&id) {
            channel.window += bytes;
        }
        self.push_text(encode(&ToBrowser::Credit { channel: id, bytes }));
    }

    /// The browser grants credit for a channel.
    pub(crate) fn credited(&self, id: ChannelId, bytes: u32) {
        if let Some(channel) = self.state().channels.get(&id) {
            // A browser that grants more than it was sent only fills its own tab.
            let room = link::WINDOW as usize - channel.credit.available_permits().min(link::WINDOW as usize);
            channel.credit.add_permits(room.min(bytes as usize));
        }
    }

    /// Bytes came on a channel.
    pub(crate) fn receive(&self, id: ChannelId, payload: &[u8]) -> Result<(), CallError> {
        let mut state = self.state();
        if state.closed.contains(&id) {
            return Ok(());
        }
        if !state.channels.contains_key(&id) && state.channels.len() >= link::MAX_CHANNELS {
            return Err(too_many_channels());
        }
        let unclaimed = state.unclaimed();
        let channel = state.channels.entry(id).or_insert_with(|| ChannelState::new(&self.0.ended));
        let size = payload.len() as u32;
        // What nobody has opened yet shares one window: else a tab could have one full of it for every channel.
        let fits = channel.receiver.is_none() || unclaimed.saturating_add(size) <= link::INBOUND_WINDOW;
        let Some(window) = channel.window.checked_sub(size).filter(|_| fits) else {
            drop(state);
            self.close_channel(id);
            let message = format!("channel {} was sent more than was granted", id.0);
            let error = CallError::new(ErrorCode::Limit, message);
            return Err(error.because("channel-flooded", &[("channel", &id.0)]));
        };
        channel.window = window;
        // The holder may be about to drop it.
        let _ = channel.inbound.send(Bytes::copy_from_slice(payload));
        Ok(())
    }

    /// A call of that number begins; false where one is under way, whose answer the browser could not tell from this one's.
    pub(crate) fn begin_call(&self, id: u64) -> bool {
        self.state().calls.insert(id)
    }

    /// A call ended: its number may be used again.
    pub(crate) fn end_call(&self, id: u64) {
        self.state().calls.remove(&id);
    }

    /// Counts one sequenced frame from the browser.
    pub(crate) fn count_received(&self) -> u64 {
        let mut state = self.state();
        state.received += 1;
        state.received
    }

    pub(crate) fn acknowledged(&self, received: u64) -> bool {
        self.state().outbox.acknowledge(received)
    }

    /// The next frame for connection `connection`; none when a newer one took over or the session ended.
    pub(crate) async fn next_frame(&self, connection: u64) -> Option<Frame> {
        loop {
            {
                let mut state = self.state();
                if state.connection != connection || self.0.ended.is_cancelled() {
                    self.0.ready.notify_one();
                    return None;
                }
                if let Some(frame) = state.outbox.take() {
                    return Some(frame);
                }
            }
            tokio::select! {
                () = self.0.ready.notified() => {}
                () = self.0.ended.cancelled() => {}
            }
        }
    }

    fn connect(&self, received: u64) -> Option<Connection> {
        let mut state = self.state();
        if self.0.ended.is_cancelled() || !state.outbox.resume(received) {
            return None;
        }
        state.connection += 1;
        state.left = None;
        let connection =
            Connection { session: self.clone(), number: state.connection, received: state.received };
        self.0.present.send_replace(true);
        drop(state);
        self.0.ready.notify_one();
        Some(connection)
    }

    fn disconnect(&self, connection: u64) {
        let mut state = self.state();
        if state.connection != connection {
            return;
        }
        state.left = Some(Instant::now());
        self.0.present.send_replace(false);
        drop(state);
        let session = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(KEEP) => {
                    let mut gone = { let state = session.state(); state.connection == connection && state.left.is_some() };
                    gone |= session.0.ended.is_cancelled();
                    if gone { session.end(); }
                }
                () = session.0.ended.cancelled() => {}
            }
        });
    }

    /// Ends the session and its channels.
    pub fn end(&self) {
        self.0.ended.cancel();
        self.0.present.send_replace(false);
        for (_, channel) in self.state().channels.drain() {
            channel.credit.close();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The id is what a resume is granted by: not for logs.
        f.debug_struct("Session").field("person", &self.0.principal.person.id).finish_non_exhaustive()
    }
}

/// A session while a browser is connected to it; disconnects when dropped.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) session: Session,
    pub(crate) number: u64,
    /// Sequenced frames received before this connection.
    pub(crate) received: u64,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.session.disconnect(self.number);
    }
}

/// All sessions of an agent; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Sessions(Arc<Mutex<HashMap<SessionId, Session>>>);

impl Sessions {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// All that have not ended.
    pub fn all(&self) -> Vec<Session> {
        let mut map = self.map();
        map.retain(|_, session| !session.ended().is_cancelled());
        map.values().cloned().collect()
    }

    /// Resumes a session of the same person, or starts one. The flag says whether it was resumed. One that was begun with
    /// other grants, or under another name, ends: nothing that it has open was granted to who comes now.
    pub(crate) fn connect(
        &self,
        principal: Principal,
        asked: Option<&SessionId>,
        received: u64,
    ) -> Result<(Connection, bool), CallError> {
        let known = asked.and_then(|id| self.map().get(id).cloned());
        let of_caller = |session: &Session| session.principal().person.id == principal.person.id;
        if let Some(session) = known.filter(of_caller) {
            if *session.principal() == principal
                && let Some(connection) = session.connect(received)
            {
                return Ok((connection, true));
            }
            session.end();
        }
        let session = Session::new(principal);
        let mut map = self.map();
        map.retain(|_, session| !session.ended().is_cancelled());
        if map.len() >= MAX_SESSIONS && !forget_longest_left(&mut map) {
            let message = format!("this workspace has {MAX_SESSIONS} tabs open; close one and try again");
            let error = CallError::new(ErrorCode::Limit, message);
            return Err(error.because("too-many-tabs", &[("most", &MAX_SESSIONS)]));
        }
        map.insert(session.id().clone(), session.clone());
        drop(map);
        session.connect(0).map(|connection| (connection, false)).ok_or_else(|| {
            CallError::new(ErrorCode::Unavailable, "the workspace is closing; try again in a moment")
                .because("workspace-closing", &[])
        })
    }

    /// Ends all sessions.
    pub fn end(&self) {
        self.map().drain().for_each(|(_, session)| session.end());
    }

    fn map(&self) -> MutexGuard<'_, HashMap<SessionId, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the session whose tab has been away longest, to make room for one that comes; false where none is away.
fn forget_longest_left(sessions: &mut HashMap<SessionId, Session>) -> bool {
    let left = sessions.values().filter_map(|session| Some((session.state().left?, session)));
    let Some(session) = left.min_by_key(|(since, _)| *since).map(|(_, session)| session.clone()) else {
        return false;
    };
    sessions.remove(session.id());
    session.end();
    true
}

fn too_many_channels() -> CallError {
    CallError::new(
        ErrorCode::Limit,
        format!("this tab has {} channels open; close something first", link::MAX_CHANNELS),
    )
    .because("too-many-channels", &[("most", &link::MAX_CHANNELS)])
}

pub(crate) fn encode(frame: &ToBrowser) -> Bytes {
    serde_json::to_vec(frame)
        .expect("the protocol's types have string keys only and cannot fail to serialise")
        .into()
}
