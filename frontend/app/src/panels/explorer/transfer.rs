//! Files between the workspace and the person's machine: bytes go over a channel and never enter this program.

use std::{cell::Cell, rc::Rc};

use futures_channel::oneshot;
use protocol::{CallError, ChannelId, ErrorCode, file::CancelTransfer};
use wasm_bindgen_futures::spawn_local;

use crate::{
    desk::{Desk, Perform},
    messages::say,
    state::Model,
};

mod download;
mod upload;

pub use download::download;
pub use upload::{Incoming, chosen, drop_into, upload, watch_drops};

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

impl Progress {
    /// How much of it went.
    pub fn percent(&self) -> u32 {
        let (done, all) = self.bytes;
        (100.0 * done / all.max(1.0)) as u32
    }
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

type Outcome = Result<(), CallError>;
type Ended = oneshot::Receiver<Outcome>;

/// What ends a transfer: the first outcome counts.
#[derive(Clone)]
struct End(Rc<Cell<Option<oneshot::Sender<Outcome>>>>);

impl End {
    fn new() -> (Self, Ended) {
        let (done, ended) = oneshot::channel();
        (Self(Rc::new(Cell::new(Some(done)))), ended)
    }

    /// Whether it was this outcome that ended it.
    fn with(&self, outcome: Outcome) -> bool {
        // Nobody waits where the transfer failed in the browser.
        self.0.take().is_some_and(|done| done.send(outcome).is_ok())
    }
}

fn gone() -> CallError {
    CallError::new(ErrorCode::Unavailable, say!("link.lost"))
}

/// The person may give a transfer up.
fn listen_for_the_person(desk: &Desk, channel: ChannelId, end: &End) -> impl Sized + use<> {
    let (end, link, transfers) = (end.clone(), desk.link().clone(), desk.store::<Transfers>());
    let (begun, watched) = (transfers.get().cancelled, transfers.clone());
    let given_up = || CallError::new(ErrorCode::Unavailable, say!("files.given-up"));
    transfers.watch(move || {
        if watched.get().cancelled != begun && end.with(Err(given_up())) {
            let call = link.call(CancelTransfer { channel });
            spawn_local(async move { drop(call.await) });
        }
    })
}
