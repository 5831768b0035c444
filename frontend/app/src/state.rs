//! What the application knows: one store per domain, each a pure model that messages change.
//!
//! A model's `update` says what is to be done outside as effects; who does them is [`crate::desk`]. Components
//! read through [`use_selector`] and are drawn again only when what they selected has changed.

use std::{
    cell::{Ref, RefCell},
    rc::Rc,
};

use widgets::use_effect_with;
use yew::prelude::*;

pub mod asking;
pub mod cloud;
pub mod deployments;
pub mod documents;
pub mod functions;
pub mod languages;
pub mod later;
pub mod layout;
pub mod listen;
pub mod notices;
pub mod problems;
pub mod reloads;
pub mod request;
pub mod search;
pub mod settings;
pub mod terminals;
pub mod trust;
pub mod workspace;

/// What a store holds: changed by messages, free of browser, clock and network.
pub trait Model: Default + 'static {
    /// What happens to it.
    type Message;
    /// What is to be done outside because of it.
    type Effect;

    /// Takes a message in.
    fn update(&mut self, message: Self::Message) -> Vec<Self::Effect>;
}

/// A shared model and those who look at it; clones are the same store.
pub struct Store<M>(Rc<Inner<M>>);

struct Inner<M> {
    model: RefCell<M>,
    watchers: Rc<Watchers>,
}

impl<M> Clone for Store<M> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<M> PartialEq for Store<M> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<M: Model> Default for Store<M> {
    fn default() -> Self {
        Self(Rc::new(Inner { model: RefCell::default(), watchers: Rc::default() }))
    }
}

impl<M: Model> Store<M> {
    /// Looks at the model.
    pub fn get(&self) -> Ref<'_, M> {
        self.0.model.borrow()
    }

    /// Takes a message in, tells the watchers, and gives back what is to be done.
    pub fn dispatch(&self, message: M::Message) -> Vec<M::Effect> {
        let effects = self.0.model.borrow_mut().update(message);
        self.0.watchers.tell();
        effects
    }

    /// Calls `watch` after every change, until the watching is dropped.
    pub fn watch(&self, watch: impl Fn() + 'static) -> Watching {
        self.0.watchers.add(Rc::new(watch))
    }
}

impl<M: Model<Message = M> + PartialEq> Store<M> {
    /// For models that are replaced as a whole: does nothing when nothing changes.
    pub fn replace(&self, model: M) {
        let same = *self.get() == model;
        if !same {
            self.dispatch(model);
        }
    }
}

type Watch = Rc<dyn Fn()>;

/// Those who look at a store, whatever it holds: this part exists once in the program, not once per model.
#[derive(Default)]
struct Watchers(RefCell<Vec<(u64, Watch)>>);

impl Watchers {
    fn add(self: &Rc<Self>, watch: Watch) -> Watching {
        let mut watchers = self.0.borrow_mut();
        let id = watchers.last().map_or(0, |(id, _)| id + 1);
        watchers.push((id, watch));
        Watching { id, watchers: Rc::clone(self) }
    }

    fn tell(&self) {
        let watchers: Vec<Watch> = self.0.borrow().iter().map(|(_, watch)| Rc::clone(watch)).collect();
        for watch in &watchers {
            watch();
        }
    }
}

/// Keeps a watcher; dropping it ends the watching.
pub struct Watching {
    id: u64,
    watchers: Rc<Watchers>,
}

impl Watching {
    /// Watches for as long as the page lives.
    pub fn forever(self) {
        std::mem::forget(self);
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.watchers.0.borrow_mut().retain(|(id, _)| *id != self.id);
    }
}

/// What `select` makes of a store; draws the component again when that changes, and only then.
#[hook]
pub fn use_selector<M, R, F>(store: &Store<M>, select: F) -> R
where
    M: Model,
    R: PartialEq + Clone + 'static,
    F: Fn(&M) -> R + 'static,
{
    let selected = select(&store.get());
    let (watched, drawn) = (store.clone(), selected.clone());
    use_watch(&store.0.watchers, Rc::new(move || select(&watched.get()) != drawn));
    selected
}

/// Draws the component again when watchers are told something and what it drew is stale.
#[hook]
fn use_watch(watchers: &Rc<Watchers>, stale: Rc<dyn Fn() -> bool>) {
    let newest = use_mut_ref(|| Rc::clone(&stale));
    *newest.borrow_mut() = stale;
    let draw = use_force_update();
    use_effect_with(Identity(Rc::clone(watchers)), move |watchers| {
        let look = move || {
            let stale = Rc::clone(&newest.borrow());
            if stale() {
                draw.force_update();
            }
        };
        // What changed between the drawing and this.
        look();
        let watching = watchers.0.add(Rc::new(look));
        move || drop(watching)
    });
}

/// Watchers compared by which they are.
struct Identity(Rc<Watchers>);

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[derive(Default)]
    struct Counter(i32);

    impl Model for Counter {
        type Message = i32;
        type Effect = i32;

        fn update(&mut self, by: i32) -> Vec<i32> {
            self.0 += by;
            vec![self.0]
        }
    }

    #[test]
    fn watchers_see_every_change_until_dropped() {
        let (store, seen) = (Store::<Counter>::default(), Rc::new(Cell::new(0)));
        let watching = {
            let (store, seen) = (store.clone(), Rc::clone(&seen));
            let watched = store.clone();
            store.watch(move || seen.set(watched.get().0))
        };
        assert_eq!(store.dispatch(2), [2]);
        assert_eq!(seen.get(), 2);
        drop(watching);
        store.dispatch(5);
        assert_eq!((seen.get(), store.get().0), (2, 7));
    }
}
