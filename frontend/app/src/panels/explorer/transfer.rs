//! Files between the workspace and the person's machine: bytes go over a channel and never enter this program.

use std::{cell::RefCell, rc::Rc};

use futures_channel::oneshot;
use js_sys::{Array, ArrayBuffer, Function, Uint8Array};
use protocol::{
    CallError, ErrorCode, WorkspacePath,
    file::{DownloadFile, MAX_TRANSFER, UploadFile},
};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, FileList, HtmlAnchorElement, Url};

use crate::{
    desk::Desk,
    state::notices::{self, Notices},
};

/// Uploads files into a folder, one after the other.
pub fn upload(desk: &Desk, folder: &WorkspacePath, files: &FileList) {
    let files: Vec<File> = (0..files.length()).filter_map(|index| files.get(index)).collect();
    let folder = folder.clone();
    desk.spawn(|desk| async move {
        let (mut sent, count) = (0, files.len());
        for file in files {
            match upload_one(&desk, &folder, &file).await {
                Ok(()) => sent += 1,
                Err(error) => desk.complain(&format!("{} is not uploaded", file.name()), &error),
            }
        }
        if sent == count && count > 0 {
            let what = if count == 1 { "1 file is".to_owned() } else { format!("{count} files are") };
            desk.tell::<Notices>(notices::Message::good(format!("{what} uploaded")));
        }
    });
}

async fn upload_one(desk: &Desk, folder: &WorkspacePath, file: &File) -> Result<(), CallError> {
    let refuse = |code, message: &str| CallError::new(code, message);
    let path = WorkspacePath::parse(folder.join(&file.name()).as_str())
        .map_err(|error| refuse(ErrorCode::Path, &error.to_string()))?;
    let size = file.size() as u64;
    if size > MAX_TRANSFER {
        return Err(refuse(ErrorCode::Limit, "it is larger than 1 GB; copy it in a terminal instead"));
    }
    let buffer = JsFuture::from(file.array_buffer()).await;
    let buffer: ArrayBuffer = buffer
        .and_then(JsCast::dyn_into)
        .map_err(|_| refuse(ErrorCode::Invalid, "the browser cannot read it; is it a folder?"))?;
    // Nothing comes back on the channel of an upload.
    let ignore = Closure::<dyn Fn(Uint8Array)>::new(|_| {});
    let channel = desk.link().open_channel(ignore.as_ref().unchecked_ref::<Function>().clone());
    let stored = desk.link().call(UploadFile { path, channel, size, overwrite: false });
    desk.link().send(channel, &Uint8Array::new(&buffer));
    let stored = stored.await;
    desk.link().close_channel(channel);
    stored
}

/// Downloads a file, or a folder as an archive.
pub fn download(desk: &Desk, path: WorkspacePath) {
    desk.spawn(|desk| async move {
        if let Err(error) = download_one(&desk, path).await {
            desk.complain("It cannot be downloaded", &error);
        }
    });
}

#[derive(Default)]
struct Arriving {
    chunks: Array,
    received: u64,
    expected: Option<u64>,
    done: Option<oneshot::Sender<()>>,
}

impl Arriving {
    fn check(&mut self) {
        if self.expected.is_some_and(|expected| self.received >= expected)
            && let Some(done) = self.done.take()
        {
            // Nobody waits where the download was given up.
            let _ = done.send(());
        }
    }
}

async fn download_one(desk: &Desk, path: WorkspacePath) -> Result<(), CallError> {
    let (done, arrived) = oneshot::channel();
    let arriving = Rc::new(RefCell::new(Arriving { done: Some(done), ..Arriving::default() }));
    let (link, into) = (desk.link().clone(), Rc::clone(&arriving));
    let channel_of = Rc::new(RefCell::new(None));
    let own_channel = Rc::clone(&channel_of);
    let receive = Closure::<dyn Fn(Uint8Array)>::new(move |bytes: Uint8Array| {
        let mut arriving = into.borrow_mut();
        arriving.received += u64::from(bytes.length());
        arriving.chunks.push(&bytes);
        arriving.check();
        if let Some(channel) = *own_channel.borrow() {
            link.consumed(channel, bytes.length());
        }
    });
    let channel = desk.link().open_channel(receive.as_ref().unchecked_ref::<Function>().clone());
    *channel_of.borrow_mut() = Some(channel);
    let outcome = desk.link().call(DownloadFile { path, channel }).await;
    let outcome = match outcome {
        Ok(download) => {
            let mut state = arriving.borrow_mut();
            state.expected = Some(download.size);
            state.check();
            Ok(download)
        }
        Err(error) => Err(error),
    };
    if outcome.is_ok() {
        let _ = arrived.await;
    }
    desk.link().close_channel(channel);
    let name = outcome?.name;
    let chunks = arriving.borrow().chunks.clone();
    offer(&chunks, &name)
        .map_err(|_| CallError::new(ErrorCode::Unsupported, "the browser does not take the file"))
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
