//! Files between the workspace and the person's machine: bytes go over a channel and never enter this program.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures_channel::oneshot;
use gloo_timers::callback::Timeout;
use js_sys::{Array, ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use protocol::{
    CallError, ChannelId, ErrorCode, Event, WorkspacePath,
    file::{self, CancelTransfer, CreateFolder, DownloadFile, MAX_TRANSFER, UploadFile},
};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DataTransfer, File, FileList, HtmlAnchorElement, Url};
use yew::Callback;

use crate::{
    bridge,
    desk::{Desk, Perform},
    panels::explorer::model::Explorer,
    state::{
        Model,
        notices::{self, Notices, Question},
    },
    text::shown_name,
};

/// Bytes read and sent at once, and those that may wait to be sent.
const PIECE: f64 = 256.0 * 1024.0;
const MAX_WAITING: usize = 1024 * 1024;
/// Between two looks whether what waits was sent, in milliseconds.
const LOOK_MS: u32 = 20;

/// What is on its way between the workspace and the person's machine.
#[derive(Default)]
pub struct Transfers {
    /// The newest one.
    pub running: Option<Progress>,
    /// Grows when all of them are to be given up.
    cancelled: u64,
}

/// How far a transfer is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// What goes where, in words.
    pub text: String,
    /// Bytes that went, and all of them.
    pub bytes: (f64, f64),
}

/// What happens.
pub enum Message {
    /// A transfer began, went on or ended.
    Running(Option<Progress>),
    /// The person gives them up.
    Cancel,
}

impl Model for Transfers {
    type Message = Message;
    type Effect = ();

    fn update(&mut self, message: Message) -> Vec<()> {
        match message {
            Message::Running(progress) => self.running = progress,
            Message::Cancel => (self.running, self.cancelled) = (None, self.cancelled + 1),
        }
        Vec::new()
    }
}

impl Perform for Transfers {
    fn perform(_: &Desk, (): ()) {}
}

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
            let reason = reason.unwrap_or_else(|| "the browser cannot read it".to_owned());
            desk.tell::<Notices>(notices::Message::failed(format!("Nothing is uploaded: {reason}.")));
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
        several => format!("{} files", several.len()),
    };
    let incoming = RefCell::new(incoming);
    desk.tell::<Notices>(notices::Message::Ask(Question {
        title: format!("Upload {what}?").into(),
        body: "The folder of the workspace it goes to; empty for the workspace itself.".into(),
        input: Some(("Folder".into(), folder.to_string().into())),
        confirm: "Upload".into(),
        danger: false,
        on_confirm: Callback::from(move |folder: String| match WorkspacePath::parse(folder.trim()) {
            Ok(folder) => upload(&again, folder, incoming.take()),
            Err(error) => {
                again.tell::<Notices>(notices::Message::failed(format!("Nothing is uploaded: {error}.")));
            }
        }),
    }));
}

/// Uploads into a folder, one after the other. What is there already is replaced only after asking.
pub fn upload(desk: &Desk, folder: WorkspacePath, incoming: Vec<Incoming>) {
    desk.spawn(|desk| async move { upload_all(desk, folder, incoming, false).await });
}

async fn upload_all(desk: Desk, folder: WorkspacePath, incoming: Vec<Incoming>, overwrite: bool) {
    let (mut sent, count, mut taken) = (0, incoming.len(), Vec::new());
    for (index, one) in incoming.into_iter().enumerate() {
        let text = format!("Uploading {} ({} of {count})", shown_name(&one.path), index + 1);
        let outcome = upload_one(&desk, &folder, &one, overwrite, text).await;
        match outcome {
            Ok(()) => sent += 1,
            Err(error) if error.code == ErrorCode::Exists && !overwrite => taken.push(one),
            Err(error) => {
                desk.complain(&format!("{} is not uploaded", shown_name(&one.path)), &error);
                if matches!(error.code, ErrorCode::Unavailable | ErrorCode::Full) {
                    break;
                }
            }
        }
    }
    desk.tell::<Transfers>(Message::Running(None));
    if sent > 0 {
        let what = if sent == 1 { "1 file is".to_owned() } else { format!("{sent} files are") };
        desk.tell::<Notices>(notices::Message::good(format!("{what} uploaded")));
    }
    if !taken.is_empty() {
        ask_to_replace(&desk, folder, taken);
    }
}

fn ask_to_replace(desk: &Desk, folder: WorkspacePath, taken: Vec<Incoming>) {
    const NAMED: usize = 5;
    let names: Vec<_> = taken.iter().take(NAMED).map(|one| shown_name(&one.path)).collect();
    let more = taken.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let title = if taken.len() == 1 {
        "Replace a file?".to_owned()
    } else {
        format!("Replace {} files?", taken.len())
    };
    let (again, taken) = (desk.clone(), RefCell::new(taken));
    desk.tell::<Notices>(notices::Message::Ask(Question {
        title: title.into(),
        body: format!(
            "In the workspace there are already: {}{more}. What is replaced goes to the trash.",
            names.join(", ")
        )
        .into(),
        input: None,
        confirm: "Replace".into(),
        danger: true,
        on_confirm: Callback::from(move |_| {
            let (folder, taken) = (folder.clone(), taken.take());
            again.spawn(|desk| async move { upload_all(desk, folder, taken, true).await });
        }),
    }));
}

async fn upload_one(
    desk: &Desk,
    folder: &WorkspacePath,
    one: &Incoming,
    overwrite: bool,
    text: String,
) -> Result<(), CallError> {
    let path = WorkspacePath::parse(folder.join(&one.path).as_str())
        .map_err(|error| CallError::new(ErrorCode::Path, error.to_string()))?;
    let Some(file) = &one.file else {
        // A folder that is there already will do.
        let made = desk.link().call(CreateFolder { path }).await;
        return made.or_else(|error| if error.code == ErrorCode::Exists { Ok(()) } else { Err(error) });
    };
    let size = file.size();
    if size > MAX_TRANSFER as f64 {
        let message = "it is larger than 1 GB; copy it in a terminal instead";
        return Err(CallError::new(ErrorCode::Limit, message));
    }
    // Nothing comes back on the channel of an upload.
    let ignore = Closure::<dyn Fn(Uint8Array)>::new(|_| {});
    let channel = desk.link().open_channel(ignore.as_ref().unchecked_ref::<Function>().clone());
    let (done, mut stored) = oneshot::channel();
    let call = desk.link().call(UploadFile { path, channel, size: size as u64, overwrite });
    spawn_local(async move {
        // Nobody waits where it was given up.
        let _ = done.send(call.await);
    });
    let sent = send(desk, channel, file, &mut stored, text).await;
    let outcome = match sent {
        Ok(Some(outcome)) => outcome,
        Ok(None) => stored.await.unwrap_or_else(|_| Err(gone())),
        Err(error) => desk.link().call(CancelTransfer { channel }).await.and(Err(error)),
    };
    desk.link().close_channel(channel);
    outcome
}

type Stored = oneshot::Receiver<Result<(), CallError>>;

/// Sends a file's bytes as fast as they are taken. Ends early with the answer, where that comes first.
async fn send(
    desk: &Desk,
    channel: ChannelId,
    file: &File,
    stored: &mut Stored,
    text: String,
) -> Result<Option<Result<(), CallError>>, CallError> {
    let (size, begun) = (file.size(), desk.read(|transfers: &Transfers| transfers.cancelled));
    let unreadable =
        |_| CallError::new(ErrorCode::Invalid, "the browser cannot read it; did it change or go away?");
    let mut at = 0.0;
    while at < size {
        if let Ok(Some(outcome)) = stored.try_recv() {
            return Ok(Some(outcome));
        }
        if desk.read(|transfers: &Transfers| transfers.cancelled) != begun {
            return Err(CallError::new(
                ErrorCode::Unavailable,
                "it was given up; upload it again when you want to",
            ));
        }
        if desk.link().waiting(channel) > MAX_WAITING {
            pause(LOOK_MS).await;
            continue;
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

async fn pause(milliseconds: u32) {
    let (over, passed) = oneshot::channel();
    let timeout = Timeout::new(milliseconds, move || {
        // Nobody waits where the page goes.
        let _ = over.send(());
    });
    // Ends with the time-out, or without it where that went away.
    let _ = passed.await;
    drop(timeout);
}

fn gone() -> CallError {
    CallError::new(ErrorCode::Unavailable, "the connection to the workspace was lost meanwhile; try again")
}

/// Downloads a file, or a folder as an archive.
pub fn download(desk: &Desk, path: WorkspacePath) {
    desk.spawn(|desk| async move {
        let what = if path.is_root() { "The workspace".to_owned() } else { shown_name(path.name()) };
        let outcome = download_one(&desk, path).await;
        desk.tell::<Transfers>(Message::Running(None));
        match outcome {
            Ok(0) => {}
            Ok(left_out) => {
                let text = format!("{left_out} links and special files are not in the archive of {what}");
                desk.tell::<Notices>(notices::Message::Say(widgets::Tone::Warning, text.into()));
            }
            Err(error) => desk.complain(&format!("{what} is not downloaded"), &error),
        }
    });
}

/// A download whose bytes are coming in.
#[derive(Default)]
struct Arriving {
    chunks: Array,
    received: f64,
    expected: Option<f64>,
    done: Option<oneshot::Sender<Result<(), CallError>>>,
}

impl Arriving {
    fn check(&mut self) {
        if self.expected.is_some_and(|expected| self.received >= expected) {
            self.end(Ok(()));
        }
    }

    fn end(&mut self, outcome: Result<(), CallError>) {
        if let Some(done) = self.done.take() {
            // Nobody waits where the download was given up.
            let _ = done.send(outcome);
        }
    }
}

/// Says how many things are left out of the archive.
async fn download_one(desk: &Desk, path: WorkspacePath) -> Result<u64, CallError> {
    let (done, arrived) = oneshot::channel();
    let arriving = Rc::new(RefCell::new(Arriving { done: Some(done), ..Arriving::default() }));
    let channel_of = Rc::new(Cell::new(None));
    let receive = {
        let (desk, into, own) = (desk.clone(), Rc::clone(&arriving), Rc::clone(&channel_of));
        let text = format!("Downloading {}", shown_name(path.name()));
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
    let _listening = listen_for_the_end(desk, channel, &arriving);
    let outcome = receive_all(desk, DownloadFile { path, channel }, &arriving, arrived).await;
    desk.link().close_channel(channel);
    let download = outcome?;
    let chunks = arriving.borrow().chunks.clone();
    offer(&chunks, &download.name)
        .map_err(|_| CallError::new(ErrorCode::Unsupported, "the browser does not take the file"))?;
    Ok(download.left_out)
}

async fn receive_all(
    desk: &Desk,
    call: DownloadFile,
    arriving: &RefCell<Arriving>,
    arrived: oneshot::Receiver<Result<(), CallError>>,
) -> Result<file::Download, CallError> {
    let download = desk.link().call(call).await?;
    {
        let mut arriving = arriving.borrow_mut();
        arriving.expected = Some(download.size as f64);
        arriving.check();
    }
    arrived.await.unwrap_or_else(|_| Err(gone()))?;
    Ok(download)
}

/// What may end a download before all of it is there: its session, its file, its person.
fn listen_for_the_end(
    desk: &Desk,
    channel: ChannelId,
    arriving: &Rc<RefCell<Arriving>>,
) -> impl Sized + use<> {
    let ending = |arriving: &Rc<RefCell<Arriving>>| {
        let arriving = Rc::clone(arriving);
        move |error: CallError| arriving.borrow_mut().end(Err(error))
    };
    let end = ending(arriving);
    let session = desk.link().on_session(move |resumed| {
        if !resumed {
            end(gone());
        }
    });
    let end = ending(arriving);
    let event = desk.link().on_event(move |event| match event {
        Event::File(file::Event::DownloadFailed { channel: failed, reason }) if *failed == channel => {
            end(CallError::new(ErrorCode::Conflict, reason.clone()));
        }
        _ => {}
    });
    let (end, link) = (ending(arriving), desk.link().clone());
    let (transfers, begun) =
        (desk.store::<Transfers>(), desk.read(|transfers: &Transfers| transfers.cancelled));
    let watched = transfers.clone();
    let cancelled = transfers.watch(move || {
        if watched.get().cancelled != begun {
            end(CallError::new(ErrorCode::Unavailable, "it was given up"));
            let call = link.call(CancelTransfer { channel });
            spawn_local(async move { drop(call.await) });
        }
    });
    (session, event, cancelled)
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
