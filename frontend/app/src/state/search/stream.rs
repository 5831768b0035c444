//! A search under way: its channel, and what comes over it.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use futures_channel::oneshot;
use gloo_timers::callback::Timeout;
use js_sys::{Function, Uint8Array};
use protocol::{
    CallError, ChannelId,
    search::{CancelSearch, FindText, FoundFile, FoundText},
};
use wasm_bindgen::{JsCast, prelude::Closure};
use wasm_bindgen_futures::spawn_local;

use crate::{
    desk::Desk,
    json::Unreadable,
    link::{self, Asked, reply_of},
    state::search::found::Reader,
};

/// How long files are gathered before they are shown, in milliseconds: each alone would be drawn alone.
const GATHER_MS: u32 = 50;

/// What is found, as it comes.
struct Gathered {
    reader: RefCell<Reader>,
    files: RefCell<Vec<FoundFile>>,
    /// How many have come, also those that were told.
    heard: Cell<u64>,
    /// How many are waited for, and who waits.
    all: RefCell<Option<(u64, oneshot::Sender<()>)>>,
    /// Whether they will be told soon.
    awaited: Cell<bool>,
    hear: Box<dyn Fn(Vec<FoundFile>)>,
}

impl Gathered {
    fn receive(self: &Rc<Self>, bytes: &[u8]) {
        let read = self.reader.borrow_mut().push(bytes);
        self.keep(read);
        self.tell_if_all();
        if !self.awaited.replace(true) {
            let again = Rc::clone(self);
            Timeout::new(GATHER_MS, move || again.tell()).forget();
        }
    }

    fn keep(&self, read: impl IntoIterator<Item = Result<FoundFile, Unreadable>>) {
        for file in read {
            self.heard.set(self.heard.get() + 1);
            match file {
                Ok(file) => self.files.borrow_mut().push(file),
                Err(error) => link::complain_of_frame(&error),
            }
        }
    }

    /// Resolves when so many files have come.
    fn all(&self, files: u64) -> oneshot::Receiver<()> {
        let (tell, heard) = oneshot::channel();
        *self.all.borrow_mut() = Some((files, tell));
        self.tell_if_all();
        heard
    }

    fn tell_if_all(&self) {
        let all = self.all.borrow_mut().take_if(|(files, _)| *files <= self.heard.get());
        if let Some((_, tell)) = all {
            // Nobody waits any more where the channel is gone.
            let _ = tell.send(());
        }
    }

    fn tell(&self) {
        self.awaited.set(false);
        let files = self.files.take();
        if !files.is_empty() {
            (self.hear)(files);
        }
    }

    /// Nothing more comes.
    fn end(&self) {
        let last = self.reader.borrow_mut().end();
        self.keep(last);
        self.tell();
    }
}

/// A search that was begun.
pub struct Stream {
    /// Its channel.
    pub channel: ChannelId,
    gathered: Rc<Gathered>,
    asked: Asked,
    /// What the channel's bytes go to.
    _receive: Closure<dyn Fn(Uint8Array)>,
}

impl Stream {
    /// Begins a search at once; `call` is given its channel, `hear` what is found.
    pub fn begin(
        desk: &Desk,
        call: impl FnOnce(ChannelId) -> FindText,
        hear: impl Fn(Vec<FoundFile>) + 'static,
    ) -> Self {
        let gathered = Rc::new(Gathered {
            reader: RefCell::default(),
            files: RefCell::default(),
            heard: Cell::default(),
            all: RefCell::default(),
            awaited: Cell::default(),
            hear: Box::new(hear),
        });
        let own = Rc::new(Cell::new(None));
        let receive = {
            let (link, gathered, own) = (desk.link().clone(), Rc::clone(&gathered), Rc::clone(&own));
            Closure::<dyn Fn(Uint8Array)>::new(move |bytes: Uint8Array| {
                gathered.receive(&bytes.to_vec());
                if let Some(channel) = own.get() {
                    link.consumed(channel, bytes.length());
                }
            })
        };
        let channel = desk.link().open_channel(receive.as_ref().unchecked_ref::<Function>().clone());
        own.set(Some(channel));
        let asked = desk.link().ask(&call(channel));
        Self { channel, gathered, asked, _receive: receive }
    }

    /// Waits for its end; all that was found has been heard by then.
    pub async fn end(self, desk: &Desk) -> Result<FoundText, CallError> {
        let outcome = reply_of::<FindText>(self.asked.answer().await);
        if let Ok(sum) = &outcome {
            // The reply overtakes what the channel still carries.
            let (mut all, mut gone) = (self.gathered.all(sum.files), desk.link().gone(self.channel));
            let either = |context: &mut Context<'_>| {
                let come = Pin::new(&mut all).poll(context).is_ready();
                if come || Pin::new(&mut gone).poll(context).is_ready() {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            };
            poll_fn(either).await;
        }
        desk.link().close_channel(self.channel);
        self.gathered.end();
        outcome
    }
}

/// Ends a search: the agent stops, and what it has sent meanwhile reaches nobody.
pub fn cancel(desk: &Desk, channel: ChannelId) {
    let call = desk.link().call(CancelSearch { channel });
    desk.link().close_channel(channel);
    // It may be over by itself.
    spawn_local(async move { drop(call.await) });
}
