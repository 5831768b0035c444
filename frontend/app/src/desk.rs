//! The desk: the link, every store, and the hands that do what the models ask for.
//!
//! Panels reach it through Yew's context. They talk to each other by telling stores, never directly.

use std::{
    any::{Any, TypeId},
    cell::RefCell,
    future::Future,
    pin::Pin,
    rc::Rc,
};

use protocol::{Call, CallError, ErrorCode};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    link::{Answer, Asked, Link, reply_of},
    messages::say,
    state::{
        Model, Store,
        later::{self, Later, Take, Takes},
        notices::{self, Notices},
        trust::{self, Trust},
    },
};

/// A model whose effects the desk can do.
pub trait Perform: Model {
    /// Finds what changes it among what loads later, where it does.
    const LATER: Option<fn(&Takes) -> Take<Self>> = None;

    /// Does one.
    fn perform(desk: &Desk, effect: Self::Effect);
}

type Then = Box<dyn FnOnce(&Desk, Answer)>;

/// The desk; clones are the same desk.
#[derive(Clone)]
pub struct Desk(Rc<Inner>);

struct Inner {
    link: Link,
    /// By the types of their models: a few dozen.
    stores: RefCell<Vec<(TypeId, Rc<dyn Any>)>>,
}

impl PartialEq for Desk {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Desk {
    /// A desk on a link, with empty stores.
    pub fn new(link: Link) -> Self {
        Self(Rc::new(Inner { link, stores: RefCell::default() }))
    }

    /// The link.
    pub fn link(&self) -> &Link {
        &self.0.link
    }

    /// The store of a model: the same one for everybody.
    pub fn store<M: Model>(&self) -> Store<M> {
        let store = self.any_store(TypeId::of::<M>(), || Rc::new(Store::<M>::default()));
        store.downcast_ref::<Store<M>>().cloned().unwrap_or_default()
    }

    fn any_store(&self, of: TypeId, make: fn() -> Rc<dyn Any>) -> Rc<dyn Any> {
        let mut stores = self.0.stores.borrow_mut();
        if let Some((_, store)) = stores.iter().find(|(known, _)| *known == of) {
            return Rc::clone(store);
        }
        let store = make();
        stores.push((of, Rc::clone(&store)));
        store
    }

    /// Looks at a model.
    pub fn read<M: Model, R>(&self, look: impl FnOnce(&M) -> R) -> R {
        look(&self.store::<M>().get())
    }

    /// Tells a model what happened and does what it asks for: at once, unless what changes the model loads later.
    pub fn tell<M: Perform>(&self, message: M::Message) {
        match M::LATER {
            None => self.take::<M>(message),
            Some(of) => {
                let told = Box::new(move |desk: &Self, takes: &Takes| of(takes)(desk, message));
                self.take::<Later>(later::Message::Told(told));
            }
        }
    }

    /// The same, with what changes the model at hand.
    pub(crate) fn take<M: Perform>(&self, message: M::Message) {
        let effects = self.store::<M>().dispatch(message);
        for effect in effects {
            M::perform(self, effect);
        }
    }

    /// A callback that tells a model.
    pub fn teller<M: Perform, A: 'static>(&self, message: impl Fn(A) -> M::Message + 'static) -> Callback<A> {
        let desk = self.clone();
        Callback::from(move |argument| desk.tell::<M>(message(argument)))
    }

    /// Does something that takes time.
    pub fn spawn<F: Future<Output = ()> + 'static>(&self, work: impl FnOnce(Self) -> F) {
        let work: Pin<Box<dyn Future<Output = ()>>> = Box::pin(work(self.clone()));
        spawn_local(work);
    }

    /// Makes a call. One that is refused because the folder is not trusted asks for trust besides.
    pub async fn call<C: Call>(&self, call: C) -> Result<C::Reply, CallError> {
        let asked = self.link().ask(&call);
        reply_of::<C>(self.heed(asked).await)
    }

    /// Makes a call and hands its outcome on.
    #[allow(clippy::needless_pass_by_value, reason = "a call is made once and gone")]
    pub fn ask<C: Call>(&self, call: C, then: impl FnOnce(&Self, Result<C::Reply, CallError>) + 'static) {
        self.wait(self.link().ask(&call), Box::new(move |desk, answer| then(desk, reply_of::<C>(answer))));
    }

    /// Waits for any call's answer: this exists once in the program, not once per call.
    fn wait(&self, asked: Asked, then: Then) {
        self.spawn(|desk| async move {
            let answer = desk.heed(asked).await;
            then(&desk, answer);
        });
    }

    async fn heed(&self, asked: Asked) -> Answer {
        let answer = asked.answer().await;
        if let Err(error) = &answer
            && error.code == ErrorCode::Restricted
        {
            self.tell::<Trust>(trust::Message::Ask(error.message.clone()));
        }
        answer
    }

    /// Makes a call whose success speaks for itself; a failure is shown.
    pub fn ask_quietly<C: Call>(&self, call: C, what: &'static str) {
        self.ask(call, move |desk, outcome| desk.said(what, &outcome));
    }

    /// Shows that something failed, or takes back what was said of it before.
    pub fn said<T>(&self, what: &'static str, outcome: &Result<T, CallError>) {
        match outcome {
            Ok(_) => self.tell::<Notices>(notices::Message::Mended(what.into())),
            Err(error) => self.complain(what, error),
        }
    }

    /// Shows that something failed: what was tried, and why it did not work.
    pub fn complain(&self, what: &str, error: &CallError) {
        let text = say!("link.failed", what = what, reason = error.message);
        self.tell::<Notices>(notices::Message::Failed(what.to_owned().into(), text));
    }
}

/// The desk, within any component.
#[hook]
pub fn use_desk() -> Desk {
    use_context::<Desk>().expect("the shell provides the desk around everything")
}

/// A store of the desk, through a selection.
#[hook]
pub fn use_state_of<M, R, F>(select: F) -> R
where
    M: Model,
    R: PartialEq + Clone + 'static,
    F: Fn(&M) -> R + 'static,
{
    let desk = use_desk();
    crate::state::use_selector(&desk.store::<M>(), select)
}
