//! The link to the workspace's agent: one WebSocket, carrying a session that outlives it.
//!
//! Calls are typed (`link.call(ListFolder { … }).await`), events go to whoever listens, channels carry bulk
//! bytes past this program. The rules of resume, credit and patience are in the modules below, without a
//! browser; here they meet the socket.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures_channel::oneshot;
use js_sys::{Function, Uint8Array};
use protocol::{
    Call, CallError, ChannelId, ErrorCode,
    link::{Outcome, SessionId, ToAgent, ToBrowser, VERSION},
};
use serde_json::Value;
use wasm_bindgen::JsValue;

use crate::{
    json::{self, Unreadable},
    link::{
        channels::Channels,
        event::Event,
        health::{Health, Order, Shown},
        listeners::{Listeners, Listening},
        sequence::{Inbox, Outbox},
        socket::{Heard, Socket},
    },
    messages::{said_error, say, say_in},
    state::{Model, Store},
};

pub mod channels;
pub mod event;
pub mod frame;
pub mod health;
pub mod listeners;
pub mod port;
pub mod sequence;
pub mod socket;

/// Payload bytes in one binary frame at most.
const PIECE: u32 = 256 * 1024;

/// The link of this tab; clones are the same link.
#[derive(Clone)]
pub struct Link(Rc<Inner>);

/// What people see of the link.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Connection {
    /// How it is.
    pub shown: Shown,
    /// Calls that wait for the connection to come back.
    pub waiting: usize,
}

impl Model for Connection {
    type Message = Self;
    type Effect = ();

    fn update(&mut self, message: Self) -> Vec<()> {
        *self = message;
        Vec::new()
    }
}

/// How a call ended; the reply is not read yet.
pub type Answer = Result<Value, CallError>;

/// A call on its way.
pub struct Asked(oneshot::Receiver<Answer>);

impl Asked {
    /// Waits for its answer.
    pub async fn answer(self) -> Answer {
        self.0.await.unwrap_or_else(|_| Err(lost()))
    }
}

/// Reads the answer to a call.
pub fn reply_of<C: Call>(answer: Answer) -> Result<C::Reply, CallError> {
    json::read_tree(answer?).map_err(|error| unreadable(&error))
}

struct Inner {
    socket: RefCell<Option<Socket>>,
    welcome: Cell<bool>,
    session: RefCell<Option<SessionId>>,
    outbox: RefCell<Outbox<Frame>>,
    inbox: RefCell<Inbox>,
    channels: RefCell<Channels<Function, Uint8Array>>,
    calls: RefCell<Vec<(u64, oneshot::Sender<Answer>)>>,
    last_call: Cell<u64>,
    health: RefCell<Health>,
    connection: Store<Connection>,
    events: Listeners<Event>,
    sessions: Listeners<bool>,
    port: RefCell<Option<JsValue>>,
}

enum Frame {
    Text(String),
    Binary(Uint8Array),
}

impl PartialEq for Link {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Link {
    /// Opens the link and keeps it open.
    pub fn open() -> Self {
        let link = Self(Rc::new(Inner {
            socket: RefCell::default(),
            welcome: Cell::new(false),
            session: RefCell::default(),
            outbox: RefCell::default(),
            inbox: RefCell::default(),
            channels: RefCell::default(),
            calls: RefCell::default(),
            last_call: Cell::new(0),
            health: RefCell::new(Health::new(socket::now())),
            connection: Store::default(),
            events: Listeners::default(),
            sessions: Listeners::default(),
            port: RefCell::default(),
        }));
        link.obey(Some(Order::Connect));
        socket::keep_watch(&link);
        link
    }

    /// Makes a call, at once; its answer waits through a lost connection, and fails when the session is lost.
    #[allow(clippy::needless_pass_by_value, reason = "a call is made once and gone")]
    pub fn call<C: Call>(&self, call: C) -> impl Future<Output = Result<C::Reply, CallError>> + 'static {
        let asked = self.ask(&call);
        async move { reply_of::<C>(asked.answer().await) }
    }

    /// Makes a call, as `call` does, and leaves the reading of its answer to [`reply_of`]: waiting is the same code for
    /// every call then.
    pub fn ask<C: Call>(&self, call: &C) -> Asked {
        self.ask_tree(C::METHOD, json::tree(call))
    }

    /// What people see of the link.
    pub fn connection(&self) -> Store<Connection> {
        self.0.connection.clone()
    }

    /// Listens to the agent's events until the listening is dropped.
    pub fn on_event(&self, callback: impl Fn(&Event) + 'static) -> Listening<Event> {
        self.0.events.add(callback)
    }

    /// Is told after every connect whether the session was resumed; if not, everything is to be opened again.
    pub fn on_session(&self, callback: impl Fn(&bool) + 'static) -> Listening<bool> {
        self.0.sessions.add(callback)
    }

    /// This link as the bridge's `LinkPort`.
    pub fn port(&self) -> JsValue {
        self.0.port.borrow_mut().get_or_insert_with(|| port::of(self)).clone()
    }

    /// Opens a channel whose bytes go to a JavaScript function.
    pub fn open_channel(&self, receiver: Function) -> ChannelId {
        ChannelId(self.0.channels.borrow_mut().open(receiver))
    }

    /// Forgets a channel; the call that closes it at the agent is its opener's business.
    pub fn close_channel(&self, channel: ChannelId) {
        self.0.channels.borrow_mut().close(channel.0);
    }

    /// Sends bytes on a channel, in pieces, as its window allows.
    pub fn send(&self, channel: ChannelId, bytes: &Uint8Array) {
        let mut from = 0;
        while from < bytes.length() {
            let to = (from + PIECE).min(bytes.length());
            let frame = Uint8Array::new_with_length(4 + to - from);
            frame.set(&Uint8Array::from(&channel.0.to_be_bytes()[..]), 0);
            frame.set(&bytes.subarray(from, to), 4);
            let ready = self.0.channels.borrow_mut().send(channel.0, (to - from) as usize, frame);
            if let Some(frame) = ready {
                self.send_sequenced(Frame::Binary(frame));
            }
            from = to;
        }
    }

    /// Resolves when the agent has taken so much of what was sent on a channel that no more than `most` bytes wait; as
    /// cancelled when the channel is gone.
    pub fn room(&self, channel: ChannelId, most: usize) -> oneshot::Receiver<()> {
        self.0.channels.borrow_mut().room(channel.0, most)
    }

    /// Resolves when the channel is gone: closed, or with its session.
    pub fn gone(&self, channel: ChannelId) -> oneshot::Receiver<()> {
        self.0.channels.borrow_mut().gone(channel.0)
    }

    /// Says that bytes of a channel were processed.
    pub fn consumed(&self, channel: ChannelId, bytes: u32) {
        let credit = self.0.channels.borrow_mut().processed(channel.0, bytes);
        if let Some(bytes) = credit {
            self.send_text(&ToAgent::Credit { channel, bytes });
        }
    }

    /// Makes a call by name with parameters as JSON, as `ask` does.
    pub(crate) fn ask_tree(&self, method: &str, params: Value) -> Asked {
        let id = self.0.last_call.get() + 1;
        self.0.last_call.set(id);
        let (answer, waiting) = oneshot::channel();
        match frame::text(&ToAgent::Call { id, method: method.to_owned(), params }) {
            Ok(text) => {
                self.0.calls.borrow_mut().push((id, answer));
                self.send_sequenced(Frame::Text(text));
            }
            // It is being waited for: `waiting` is returned.
            Err(refused) => drop(answer.send(Err(refused))),
        }
        Asked(waiting)
    }

    fn send_text(&self, frame: &ToAgent<Value>) {
        let Ok(text) = frame::text(frame) else { return };
        if frame.is_sequenced() {
            self.send_sequenced(Frame::Text(text));
        } else {
            self.transmit(&Frame::Text(text));
        }
    }

    fn send_sequenced(&self, frame: Frame) {
        if self.0.welcome.get() {
            self.transmit(&frame);
        }
        self.0.outbox.borrow_mut().push(frame);
    }

    fn transmit(&self, frame: &Frame) {
        if let Some(socket) = &*self.0.socket.borrow() {
            match frame {
                Frame::Text(text) => socket.send_text(text),
                Frame::Binary(bytes) => socket.send_bytes(bytes),
            }
        }
    }

    fn obey(&self, order: Option<Order>) {
        match order {
            Some(Order::Connect) => self.connect(),
            Some(Order::Abandon) => self.drop_socket(),
            Some(Order::Ping) => self.send_text(&ToAgent::Ping { nonce: socket::now() as u64 }),
            None => {}
        }
        self.show();
    }

    fn connect(&self) {
        self.drop_socket();
        let link = self.clone();
        match Socket::open(move |heard| link.hear(heard)) {
            Ok(socket) => *self.0.socket.borrow_mut() = Some(socket),
            Err(_) => self.0.health.borrow_mut().closed(0, socket::now(), js_sys::Math::random()),
        }
    }

    fn drop_socket(&self) {
        self.0.welcome.set(false);
        let socket = self.0.socket.borrow_mut().take();
        drop(socket);
    }

    fn hear(&self, heard: Heard) {
        let now = socket::now();
        match heard {
            Heard::Opened => self.hello(),
            Heard::Text(text) => {
                self.0.health.borrow_mut().heard(now);
                self.read_text(&text, now);
            }
            Heard::Bytes(frame) => {
                self.0.health.borrow_mut().heard(now);
                self.read_bytes(&frame);
            }
            Heard::Closed { code } => {
                if !self.0.welcome.get() {
                    self.look_for_reason();
                }
                self.0.health.borrow_mut().closed(code, now, js_sys::Math::random());
                self.drop_socket();
            }
        }
        self.show();
    }

    /// A socket that is refused does not tell why; the page itself does.
    fn look_for_reason(&self) {
        let link = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if socket::is_signed_out().await && !link.0.welcome.get() {
                link.0.health.borrow_mut().end(health::End::SignedOut);
                link.drop_socket();
                link.show();
            }
        });
    }

    fn hello(&self) {
        let session = self.0.session.borrow().clone();
        let received = self.0.inbox.borrow().received();
        self.send_text(&ToAgent::Hello { version: VERSION, session, received });
    }

    fn read_text(&self, text: &str, now: f64) {
        let frame: ToBrowser<Value, Value> = match json::read(text) {
            Ok(frame) => frame,
            Err(error) => return complain_of_frame(&error),
        };
        if frame.is_sequenced() {
            self.count();
        }
        match frame {
            ToBrowser::Welcome { session, resumed, received } => {
                self.welcome(session, resumed, received, now);
            }
            ToBrowser::Refused { message, reason } => {
                let error = CallError { reason, ..CallError::new(ErrorCode::Unavailable, message) };
                socket::complain(&said_error(error).message);
                self.0.health.borrow_mut().end(health::End::Refused);
            }
            ToBrowser::Reply { id, result: Outcome::Ok(mut reply) } => {
                say_in(&mut reply);
                self.answer(id, Ok(reply));
            }
            ToBrowser::Reply { id, result: Outcome::Err(error) } => self.answer(id, Err(said_error(error))),
            ToBrowser::Event { mut event, .. } => {
                say_in(&mut event);
                match json::read_tree(event) {
                    Ok(event) => self.0.events.tell(&event),
                    Err(error) => complain_of_frame(&error),
                }
            }
            ToBrowser::Credit { channel, bytes } => {
                let ready = self.0.channels.borrow_mut().granted(channel.0, bytes);
                for frame in ready {
                    self.send_sequenced(Frame::Binary(frame));
                }
            }
            ToBrowser::Ack { received } => self.0.outbox.borrow_mut().acknowledge(received),
            ToBrowser::Pong { nonce } => self.0.health.borrow_mut().pong(nonce as f64, now),
        }
    }

    fn read_bytes(&self, frame: &Uint8Array) {
        self.count();
        if frame.length() < 4 {
            return;
        }
        let mut id = [0; 4];
        frame.subarray(0, 4).copy_to(&mut id);
        let receiver = self.0.channels.borrow().receiver(u32::from_be_bytes(id));
        if let Some(receiver) = receiver {
            let payload = frame.subarray(4, frame.length());
            if let Err(error) = receiver.call1(&JsValue::NULL, &payload) {
                socket::complain_of(&error);
            }
        }
    }

    fn count(&self) {
        if self.0.inbox.borrow_mut().count() {
            self.acknowledge();
        }
    }

    fn acknowledge(&self) {
        let report = self.0.inbox.borrow_mut().report();
        if let Some(received) = report {
            self.send_text(&ToAgent::Ack { received });
        }
    }

    fn welcome(&self, session: SessionId, resumed: bool, received: u64, now: f64) {
        let known = self.0.session.borrow_mut().replace(session).is_some();
        if resumed {
            self.0.outbox.borrow_mut().acknowledge(received);
        } else {
            *self.0.inbox.borrow_mut() = Inbox::default();
            if known {
                self.forget();
            }
        }
        self.0.health.borrow_mut().welcomed(now);
        self.0.welcome.set(true);
        self.0.outbox.borrow().unacknowledged().for_each(|frame| self.transmit(frame));
        self.send_text(&ToAgent::Ping { nonce: now as u64 });
        self.0.sessions.tell(&resumed);
    }

    /// The session is gone: nobody will answer what was asked in it.
    fn forget(&self) {
        self.0.outbox.borrow_mut().clear();
        self.0.channels.borrow_mut().clear();
        let calls = std::mem::take(&mut *self.0.calls.borrow_mut());
        for (_, call) in calls {
            drop(call.send(Err(lost())));
        }
    }

    fn answer(&self, id: u64, answer: Answer) {
        let mut calls = self.0.calls.borrow_mut();
        let place = calls.iter().position(|(asked, _)| *asked == id);
        let call = place.map(|place| calls.swap_remove(place));
        drop(calls);
        if let Some((_, call)) = call {
            // Nobody waits any more where the asking component is gone.
            let _ = call.send(answer);
        }
    }

    /// A second passed.
    fn tick(&self) {
        let order = self.0.health.borrow_mut().tick(socket::now(), js_sys::Math::random());
        self.obey(order);
        if self.0.welcome.get() {
            self.acknowledge();
        }
    }

    /// The page goes: its session ends with it at once, and nobody waits for it. A page that is shown again opens another.
    fn leave(&self) {
        if self.0.welcome.get() {
            self.send_text(&ToAgent::Leave);
        }
    }

    /// The machine woke up, the page became visible, or the network changed.
    fn wake(&self) {
        let order = self.0.health.borrow_mut().woke(socket::now());
        self.obey(order);
    }

    fn show(&self) {
        let shown = self.0.health.borrow().shown(socket::now());
        let waiting = if self.0.welcome.get() { 0 } else { self.0.calls.borrow().len() };
        self.0.connection.replace(Connection { shown, waiting });
    }
}

/// Says in the browser's console that a frame cannot be read.
pub fn complain_of_frame(error: &Unreadable) {
    socket::complain(&format!("a frame of the agent cannot be read: {error}"));
}

fn lost() -> CallError {
    CallError::new(ErrorCode::Unavailable, say!("link.lost"))
}

fn unreadable(error: &Unreadable) -> CallError {
    CallError::new(ErrorCode::Internal, &*say!("link.unreadable", error = error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_session_is_said_to_be_retried() {
        assert_eq!(lost().code, ErrorCode::Unavailable);
    }
}
