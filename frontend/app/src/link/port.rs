//! The link as a JavaScript object: the bridge's `LinkPort`. What the methods mean is stated in the bridge.

use js_sys::{Array, Function, JSON, Object, Promise, Reflect, Uint8Array};
use protocol::{CallError, ChannelId, ErrorCode};
use serde_json::Value;
use wasm_bindgen::{JsValue, prelude::Closure};
use wasm_bindgen_futures::future_to_promise;

use super::{Link, socket};
use crate::json;

/// The port of a link; its closures live as long as the page.
pub fn of(link: &Link) -> JsValue {
    let port = Object::new();
    let set = |name: &str, closure: JsValue| {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&port, &name.into(), &closure);
    };
    set("call", call(link));
    set("onSession", on_session(link));
    let this = link.clone();
    let open = move |receiver: Function| this.open_channel(receiver).0;
    set("openChannel", Closure::<dyn Fn(Function) -> u32>::new(open).into_js_value());
    let this = link.clone();
    let send = move |channel: u32, bytes: Uint8Array| this.send(ChannelId(channel), &bytes);
    set("send", Closure::<dyn Fn(u32, Uint8Array)>::new(send).into_js_value());
    let this = link.clone();
    let consumed = move |channel: u32, bytes: u32| this.consumed(ChannelId(channel), bytes);
    set("consumed", Closure::<dyn Fn(u32, u32)>::new(consumed).into_js_value());
    let this = link.clone();
    let close = move |channel: u32| this.close_channel(ChannelId(channel));
    set("closeChannel", Closure::<dyn Fn(u32)>::new(close).into_js_value());
    port.into()
}

fn call(link: &Link) -> JsValue {
    let link = link.clone();
    let call = move |method: String, params: JsValue| -> Promise {
        let link = link.clone();
        future_to_promise(async move {
            let answer = match params_of(&params) {
                Ok(params) => link.ask_tree(&method, params).answer().await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(reply) => JSON::parse(&json::text(&reply)),
                Err(error) => Err(error_to_js(&error)),
            }
        })
    };
    Closure::<dyn Fn(String, JsValue) -> Promise>::new(call).into_js_value()
}

fn params_of(params: &JsValue) -> Result<Value, CallError> {
    let invalid = || CallError::new(ErrorCode::Invalid, "a call's parameters are not JSON");
    let text = JSON::stringify(params).ok().and_then(|text| text.as_string()).ok_or_else(invalid)?;
    json::read(&text).map_err(|_| invalid())
}

fn error_to_js(error: &CallError) -> JsValue {
    JSON::parse(&json::text(&json::tree(error))).unwrap_or(JsValue::NULL)
}

fn on_session(link: &Link) -> JsValue {
    let link = link.clone();
    let listen = move |callback: Function| -> JsValue {
        let listening = link.on_session(move |resumed| {
            if let Err(error) = callback.apply(&JsValue::NULL, &Array::of1(&JsValue::from_bool(*resumed))) {
                socket::complain_of(&error);
            }
        });
        Closure::once_into_js(move || drop(listening))
    };
    Closure::<dyn Fn(Function) -> JsValue>::new(listen).into_js_value()
}
