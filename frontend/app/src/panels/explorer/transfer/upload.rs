//! Files that come from the person's machine.

use std::{cell::RefCell, future::poll_fn, pin::Pin, task::Poll};

use futures_channel::oneshot;
use js_sys::{Array, ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use protocol::{
    CallError, ChannelId, ErrorCode, WorkspacePath,
    file::{CancelTransfer, CreateFolder, MAX_UPLOAD, UploadFile},
};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use wasm_split_helpers::wasm_split;
use web_sys::{Blob, DataTransfer, File, FileList};
use yew::Callback;

use super::{End, Ended, Message, Outcome, Progress, Transfers, gone, listen_for_the_person};
use crate::{
    bridge,
    chunks::{self, Work},
    desk::Desk,
    messages::{said_of_path, say},
    panels::explorer::{model::Explorer, several},
    state::notices::{self, Notices, Question},
    text::shown_name,
};

/// Bytes read and sent at once, and those that may wait to be sent.
const PIECE: f64 = 256.0 * 1024.0;
const MAX_WAITING: usize = 1024 * 1024;

/// Something that comes from the person's machine.
#[derive(Clone)]
pub struct Incoming {
    /// Where it goes, below the folder that is chosen.
    path: String,
    /// Its bytes; none for an empty folder.
    file: Option<File>,
}

/// The files that were chosen in a file dialog; those of a folder with their places in it.
pub fn chosen(files: &FileList) -> Vec<Incoming> {
    let files = (0..files.length()).filter_map(|index| files.get(index));
    let incoming = files.map(|file| {
        let place =
            Reflect::get(&file, &"webkitRelativePath".into()).ok().and_then(|place| place.as_string());
        let path = place.filter(|place| !place.is_empty()).unwrap_or_else(|| file.name());
        Incoming { path, file: Some(file) }
    });
    incoming.collect()
}

/// Uploads what is dropped on a folder of the tree.
pub fn drop_into(desk: &Desk, folder: WorkspacePath, data: &DataTransfer) {
    // Now: when the event is over its data is gone.
    let dropped = bridge::dropped_files(data);
    desk.spawn(|desk| async move {
        if let Some(incoming) = gather(&desk, dropped).await {
            upload(&desk, folder, incoming);
        }
    });
}

/// Asks where to upload what is dropped anywhere else on the page.
pub fn watch_drops(desk: &Desk) {
    let desk = desk.clone();
    let on = Closure::<dyn Fn(Promise)>::new(move |dropped: Promise| {
        desk.spawn(|desk| async move {
            if let Some(incoming) = gather(&desk, dropped).await.filter(|incoming| !incoming.is_empty()) {
                ask_where(&desk, incoming);
            }
        });
    });
    bridge::watch_drops(&on.into_js_value().unchecked_into());
}

async fn gather(desk: &Desk, dropped: Promise) -> Option<Vec<Incoming>> {
    match JsFuture::from(dropped).await {
        Ok(files) => Some(Array::from(&files).iter().filter_map(|one| incoming(&one)).collect()),
        Err(error) => {
            let reason = Reflect::get(&error, &"message".into()).ok().and_then(|text| text.as_string());
            let reason = reason.unwrap_or_else(|| say!("files.unreadable").to_owned());
            desk.tell::<Notices>(notices::Message::failed(say!("files.not-uploaded-why", reason = reason)));
            None
        }
    }
}

fn incoming(one: &JsValue) -> Option<Incoming> {
    let path = Reflect::get(one, &"path".into()).ok()?.as_string()?;
    Some(Incoming { path, file: Reflect::get(one, &"file".into()).ok()?.dyn_into().ok() })
}

fn ask_where(desk: &Desk, incoming: Vec<Incoming>) {
    let (again, folder) = (desk.clone(), desk.read(Explorer::target_folder));
    let what = match incoming.as_slice() {
        [one] => shown_name(&one.path),
        several => say!("files.upload-several", count = several.len()).to_string(),
    };
    let incoming = RefCell::new(incoming);
    desk.tell::<Notices>(notices::Message::Ask(Question {
        title: say!("files.upload-title", what = what),
        body: say!("files.upload-body").into(),
        input: Some((say!("button.folder").into(), folder.to_string().into())),
        confirm: say!("files.upload").into(),
        danger: false,
        on_confirm: Callback::from(move |folder: String| match WorkspacePath::parse(folder.trim()) {
            Ok(folder) => upload(&again, folder, incoming.take()),
            Err(error) => {
                again.tell::<Notices>(notices::Message::failed(say!(
                    "files.not-uploaded-why",
                    reason = said_of_path(error)
                )));
            }
        }),
    }));
}

/// Uploads into a folder, one after the other. What is there already is replaced only after asking.
pub fn upload(desk: &Desk, folder: WorkspacePath, incoming: Vec<Incoming>) {
    chunks::work(desk, say!("files.not-uploaded"), start(desk.clone(), folder, incoming));
}

#[wasm_split(files, fallible)]
fn start(desk: Desk, folder: WorkspacePath, incoming: Vec<Incoming>) -> Work {
    Ok(Box::pin(upload_all(desk, folder, incoming, false)))
}

async fn upload_all(desk: Desk, folder: WorkspacePath, incoming: Vec<Incoming>, overwrite: bool) {
    let (mut sent, count, mut taken) = (0, incoming.len(), Vec::new());
    for (index, one) in incoming.into_iter().enumerate() {
        let name = shown_name(&one.path);
        let text = if count > 1 {
            say!("files.uploading-of", name = name, number = index + 1, count = count)
        } else {
            say!("files.uploading", name = name)
        };
        let outcome = upload_one(&desk, &folder, &one, overwrite, text.to_string()).await;
        match outcome {
            Ok(()) => sent += 1,
            Err(error) if error.code == ErrorCode::Exists && !overwrite => taken.push(one),
            Err(error) => {
                desk.complain(&say!("files.not-uploaded-one", name = name), &error);
                if matches!(error.code, ErrorCode::Unavailable | ErrorCode::Full) {
                    break;
                }
            }
        }
    }
    desk.tell::<Transfers>(Message::Running(None));
    if sent > 0 {
        desk.tell::<Notices>(notices::Message::good(say!("files.uploaded", count = sent)));
    }
    if !taken.is_empty() {
        ask_to_replace(&desk, folder, taken);
    }
}

fn ask_to_replace(desk: &Desk, folder: WorkspacePath, taken: Vec<Incoming>) {
    const NAMED: usize = 5;
    let names: Vec<_> = taken.iter().take(NAMED).map(|one| shown_name(&one.path)).collect();
    let names = several(&names, taken.len());
    let title = match taken.len() {
        1 => say!("files.replace-one").into(),
        count => say!("files.replace-several", count = count),
    };
    let (taken, body) = (RefCell::new(taken), say!("files.replace-body", names = names));
    notices::confirm(desk, title, body, say!("files.replace"), move |desk| {
        let (folder, taken) = (folder.clone(), taken.take());
        desk.spawn(|desk| async move { upload_all(desk, folder, taken, true).await });
    });
}

async fn upload_one(
    desk: &Desk,
    folder: &WorkspacePath,
    one: &Incoming,
    overwrite: bool,
    text: String,
) -> Result<(), CallError> {
    let path = WorkspacePath::parse(folder.join(&one.path).as_str())
        .map_err(|error| CallError::new(ErrorCode::Path, said_of_path(error)))?;
    let Some(file) = &one.file else {
        // A folder that is there already will do.
        let made = desk.link().call(CreateFolder { path }).await;
        return made.or_else(|error| if error.code == ErrorCode::Exists { Ok(()) } else { Err(error) });
    };
    let size = file.size();
    if size > MAX_UPLOAD as f64 {
        let message = say!("files.too-large");
        return Err(CallError::new(ErrorCode::Limit, message));
    }
    // Nothing comes back on the channel of an upload.
    let ignore = Closure::<dyn Fn(Uint8Array)>::new(|_| {});
    let channel = desk.link().open_channel(ignore.as_ref().unchecked_ref::<Function>().clone());
    let (end, mut ended) = End::new();
    let _listening = listen_for_the_person(desk, channel, &end);
    let call = desk.link().call(UploadFile { path, channel, size: size as u64, overwrite });
    let stored = end.clone();
    spawn_local(async move {
        stored.with(call.await);
    });
    let outcome = match send(desk, channel, file, &mut ended, text).await {
        Ok(Some(outcome)) => outcome,
        Ok(None) => ended.await.unwrap_or_else(|_| Err(gone())),
        Err(error) => desk.link().call(CancelTransfer { channel }).await.and(Err(error)),
    };
    desk.link().close_channel(channel);
    outcome
}

/// Sends a file's bytes as fast as they are taken. Gives the outcome where the transfer ends before all are sent.
async fn send(
    desk: &Desk,
    channel: ChannelId,
    file: &File,
    ended: &mut Ended,
    text: String,
) -> Result<Option<Outcome>, CallError> {
    let size = file.size();
    let unreadable = |_| CallError::new(ErrorCode::Invalid, say!("files.gone"));
    let mut at = 0.0;
    while at < size {
        if let Some(outcome) = ended_or_room(ended, desk.link().room(channel, MAX_WAITING)).await {
            return Ok(Some(outcome));
        }
        let end = (at + PIECE).min(size);
        let piece: Blob = file.slice_with_f64_and_f64(at, end).map_err(unreadable)?;
        let buffer = JsFuture::from(piece.array_buffer()).await.and_then(JsCast::dyn_into::<ArrayBuffer>);
        let buffer = buffer.map_err(unreadable)?;
        desk.link().send(channel, &Uint8Array::new(&buffer));
        at = end;
        let progress = Progress { text: text.clone(), bytes: (at, size) };
        desk.tell::<Transfers>(Message::Running(Some(progress)));
    }
    Ok(None)
}

/// Waits until more can be sent; where the transfer ends before, gives its outcome.
async fn ended_or_room(ended: &mut Ended, mut room: oneshot::Receiver<()>) -> Option<Outcome> {
    poll_fn(|context| {
        if let Poll::Ready(outcome) = Pin::new(&mut *ended).poll(context) {
            return Poll::Ready(Some(outcome.unwrap_or_else(|_| Err(gone()))));
        }
        // A channel that is gone has lost its session, and the call says so.
        Pin::new(&mut room).poll(context).map(|_| None)
    })
    .await
}
