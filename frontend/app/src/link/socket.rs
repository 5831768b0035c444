//! The WebSocket under the link, and the browser's hints about it. No rule of the protocol lives here.

use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{BinaryType, CloseEvent, MessageEvent, Response, WebSocket, console};

use super::Link;

/// What a socket tells.
pub enum Heard {
    /// It is open.
    Opened,
    /// A text frame.
    Text(String),
    /// A binary frame.
    Bytes(Uint8Array),
    /// It is closed, for this reason.
    Closed {
        /// The close code; 1006 where there was none.
        code: u16,
    },
}

/// An open or opening socket; dropping it closes it and silences it.
pub struct Socket {
    socket: WebSocket,
    _listeners: [EventListener; 3],
}

impl Socket {
    /// Opens a socket to this page's own server.
    pub fn open(heard: impl Fn(Heard) + 'static) -> Result<Self, JsValue> {
        let socket = WebSocket::new(&address()?)?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let heard = Rc::new(heard);
        let on_open = Rc::clone(&heard);
        let on_message = Rc::clone(&heard);
        let listeners = [
            EventListener::new(&socket, "open", move |_| on_open(Heard::Opened)),
            EventListener::new(&socket, "message", move |event| {
                let data = event.unchecked_ref::<MessageEvent>().data();
                match data.dyn_into::<ArrayBuffer>() {
                    Ok(buffer) => on_message(Heard::Bytes(Uint8Array::new(&buffer))),
                    Err(text) => on_message(Heard::Text(text.as_string().unwrap_or_default())),
                }
            }),
            EventListener::new(&socket, "close", move |event| {
                heard(Heard::Closed { code: event.unchecked_ref::<CloseEvent>().code() });
            }),
        ];
        Ok(Self { socket, _listeners: listeners })
    }

    /// Sends a text frame; one that cannot be sent now is sent again after the reconnect.
    pub fn send_text(&self, text: &str) {
        let _ = self.socket.send_with_str(text);
    }

    /// Sends a binary frame, as `send_text`.
    pub fn send_bytes(&self, bytes: &Uint8Array) {
        let _ = self.socket.send_with_js_u8_array(bytes);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close();
    }
}

/// Feeds the link the passing of time and the browser's hints, for as long as the page lives.
pub fn keep_watch(link: &Link) {
    let ticking = link.clone();
    Interval::new(1000, move || ticking.tick()).forget();
    let Some(window) = web_sys::window() else { return };
    for hint in ["online", "offline", "focus", "pageshow"] {
        let link = link.clone();
        EventListener::new(&window, hint, move |_| link.wake()).forget();
    }
    let going = link.clone();
    EventListener::new(&window, "pagehide", move |_| going.leave()).forget();
    if let Some(document) = window.document() {
        let link = link.clone();
        EventListener::new(&document, "visibilitychange", move |_| link.wake()).forget();
    }
}

/// Whether the server answers this page's own address with "sign in first".
pub async fn is_signed_out() -> bool {
    let Some(window) = web_sys::window() else { return false };
    let answer = JsFuture::from(window.fetch_with_str("/")).await;
    answer
        .ok()
        .and_then(|answer| answer.dyn_into::<Response>().ok())
        .is_some_and(|answer| answer.status() == 401)
}

/// Milliseconds of a clock that never goes back.
pub fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// Writes a line for developers into the browser's console.
pub fn complain(message: &str) {
    complain_of(&JsValue::from_str(message));
}

/// Writes an error of JavaScript into the browser's console.
pub fn complain_of(error: &JsValue) {
    console::error_1(error);
}

fn address() -> Result<String, JsValue> {
    let location = web_sys::window().ok_or_else(|| JsValue::from_str("no window"))?.location();
    let scheme = if location.protocol()? == "https:" { "wss" } else { "ws" };
    Ok(format!("{scheme}://{}/link", location.host()?))
}
