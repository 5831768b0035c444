//! Files that go to the person's machine.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::{Array, Function, Uint8Array};
use protocol::{
    CallError, ChannelId, ErrorCode, WorkspacePath,
    file::{self, DownloadFile},
};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_split_helpers::wasm_split;
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::{End, Ended, Message, Progress, Transfers, gone, listen_for_the_person};
use crate::{
    chunks::{self, Work},
    desk::Desk,
    link::event::Event,
    messages::say,
    state::notices::{self, Notices},
    text::shown_name,
};

/// Downloads a file, or a folder as an archive.
pub fn download(desk: &Desk, path: WorkspacePath) {
    chunks::work(desk, say!("files.not-downloaded"), start(desk.clone(), path));
}

#[wasm_split(files, fallible)]
fn start(desk: Desk, path: WorkspacePath) -> Work {
    Ok(Box::pin(async move {
        let what =
            if path.is_root() { say!("files.the-workspace").to_owned() } else { shown_name(path.name()) };
        let outcome = download_one(&desk, path).await;
        desk.tell::<Transfers>(Message::Running(None));
        match outcome {
            Ok(0) => {}
            Ok(left_out) => {
                let text = say!("files.left-out", count = left_out, what = what);
                desk.tell::<Notices>(notices::Message::Say(widgets::Tone::Warning, text));
            }
            Err(error) => desk.complain(&say!("files.not-downloaded-one", what = what), &error),
        }
    }))
}

/// A download whose bytes are coming in.
struct Arriving {
    chunks: Array,
    received: f64,
    expected: Option<f64>,
    end: End,
}

impl Arriving {
    fn check(&self) {
        if self.expected.is_some_and(|expected| self.received >= expected) {
            self.end.with(Ok(()));
        }
    }
}

/// Says how many things are left out of the archive.
async fn download_one(desk: &Desk, path: WorkspacePath) -> Result<u64, CallError> {
    let (end, ended) = End::new();
    let arriving = Arriving { chunks: Array::new(), received: 0.0, expected: None, end: end.clone() };
    let arriving = Rc::new(RefCell::new(arriving));
    let channel_of = Rc::new(Cell::new(None));
    let receive = {
        let (desk, into, own) = (desk.clone(), Rc::clone(&arriving), Rc::clone(&channel_of));
        let text = say!("files.downloading", name = shown_name(path.name())).to_string();
        Closure::<dyn Fn(Uint8Array)>::new(move |bytes: Uint8Array| {
            let mut arriving = into.borrow_mut();
            arriving.received += f64::from(bytes.length());
            arriving.chunks.push(&bytes);
            arriving.check();
            let bytes_of = (arriving.received, arriving.expected.unwrap_or(arriving.received));
            drop(arriving);
            if let Some(channel) = own.get() {
                desk.link().consumed(channel, bytes.length());
            }
            desk.tell::<Transfers>(Message::Running(Some(Progress { text: text.clone(), bytes: bytes_of })));
        })
    };
    let channel = desk.link().open_channel(receive.as_ref().unchecked_ref::<Function>().clone());
    channel_of.set(Some(channel));
    let _listening = (listen_for_the_agent(desk, channel, &end), listen_for_the_person(desk, channel, &end));
    let outcome = receive_all(desk, DownloadFile { path, channel }, &arriving, ended).await;
    desk.link().close_channel(channel);
    let download = outcome?;
    let chunks = arriving.borrow().chunks.clone();
    offer(&chunks, &download.name)
        .map_err(|_| CallError::new(ErrorCode::Unsupported, say!("files.not-taken")))?;
    Ok(download.left_out)
}

async fn receive_all(
    desk: &Desk,
    call: DownloadFile,
    arriving: &RefCell<Arriving>,
    ended: Ended,
) -> Result<file::Download, CallError> {
    let download = desk.link().call(call).await?;
    {
        let mut arriving = arriving.borrow_mut();
        arriving.expected = Some(download.size as f64);
        arriving.check();
    }
    ended.await.unwrap_or_else(|_| Err(gone()))?;
    Ok(download)
}

/// What may end a download before all of it is there: its session, its file.
fn listen_for_the_agent(desk: &Desk, channel: ChannelId, end: &End) -> impl Sized + use<> {
    let lost = end.clone();
    let session = desk.link().on_session(move |resumed| {
        if !resumed {
            lost.with(Err(gone()));
        }
    });
    let end = end.clone();
    let event = desk.link().on_event(move |event| match event {
        Event::File(file::Event::DownloadFailed { channel: failed, reason, .. }) if *failed == channel => {
            end.with(Err(CallError::new(ErrorCode::Conflict, reason.clone())));
        }
        _ => {}
    });
    (session, event)
}

/// Lets the browser save the bytes as a file.
fn offer(chunks: &Array, name: &str) -> Result<(), JsValue> {
    let blob = Blob::new_with_u8_array_sequence(chunks)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let page = web_sys::window().and_then(|window| window.document());
    let page = page.ok_or_else(|| JsValue::from_str("no page"))?;
    let link: HtmlAnchorElement = page.create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url)
}
