//! Random orders of what the person does, what the agent works on, says and answers, and what others do. Whatever the order:
//! nothing that the person points at moves by itself, what was removed stays removed, and in the end every store shows what
//! the agent knows.
//!
//! Held, each by an order that a store which forgets it fails: what is closed or deleted does not come back with an older
//! answer or a late event; an answer does not undo what was heard or typed after its question; lists wanted while one is on
//! its way are asked for again; every opening and every save ends; what comes late moves neither focus nor anchor, selects
//! nothing, ends no naming, opens no folder that the person has closed since, and brings no tab to the front; what is
//! selected is there; what was done before the layout came is not undone by it, and a layout comes once.
//!
//! The agent is played here: it looks at a call some time after it was made, and answers some time after it has looked. What
//! it says meanwhile overtakes the answer, as on the real link.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;
use protocol::{
    CallError, ErrorCode, WorkspacePath,
    document::{self, Disk, State},
    terminal::{self, Size, Terminal, TerminalId},
};

use crate::state::{
    Model,
    documents::{self, Documents},
    layout::{self, Layout, Tab},
    terminals::{self, Terminals},
};

mod tree;

/// One thing that happens, and which of several.
type Step = (u8, usize);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0..10u8, 0..8usize), 1..120)
}

/// The agent of one capability.
trait Agent: Default {
    /// The store that it answers.
    type Store: Model;

    /// Works on what the store has asked for: what comes of it, or none where nothing is answered.
    fn work(&mut self, effect: &<Self::Store as Model>::Effect) -> Option<<Self::Store as Model>::Message>;
    /// What it answers where the session is lost.
    fn lost(&self, effect: &<Self::Store as Model>::Effect) -> Option<<Self::Store as Model>::Message>;
    /// What it has to say to every tab.
    fn said(&mut self) -> Vec<<Self::Store as Model>::Message>;
}

type Message<A> = <<A as Agent>::Store as Model>::Message;
type Effect<A> = <<A as Agent>::Store as Model>::Effect;

/// A call under way.
struct Call<A: Agent> {
    effect: Effect<A>,
    stage: Stage<Message<A>>,
}

/// How far a call is.
enum Stage<M> {
    /// The agent has not looked at it.
    Asked,
    /// It has, and this is what it will answer, if anything.
    Done(Option<M>),
}

/// A store, its agent, and the link between them.
struct World<A: Agent> {
    store: A::Store,
    agent: A,
    calls: Vec<Call<A>>,
    /// What is on its way to the tab; an answer with what it answers.
    link: VecDeque<(Message<A>, Option<Effect<A>>)>,
}

impl<A: Agent> World<A> {
    fn new() -> Self {
        Self { store: A::Store::default(), agent: A::default(), calls: Vec::new(), link: VecDeque::new() }
    }

    fn tell(&mut self, message: Message<A>) {
        let effects = self.store.update(message);
        self.calls.extend(effects.into_iter().map(|effect| Call { effect, stage: Stage::Asked }));
    }

    /// The agent looks at a call, or answers one that it has looked at.
    fn work(&mut self, pick: usize) {
        let Some(index) = pick.checked_rem(self.calls.len()) else { return };
        let Call { effect, stage } = self.calls.remove(index);
        match stage {
            Stage::Asked => {
                let stage = Stage::Done(self.agent.work(&effect));
                self.calls.insert(index, Call { effect, stage });
                self.say();
            }
            Stage::Done(answer) => self.link.extend(answer.map(|answer| (answer, Some(effect)))),
        }
    }

    fn say(&mut self) {
        self.link.extend(self.agent.said().into_iter().map(|message| (message, None)));
    }

    /// The next thing that comes over the link.
    fn next(&mut self) -> Option<Message<A>> {
        self.link.pop_front().map(|(message, _)| message)
    }

    /// The session is lost, with all that was on its way; another begins.
    fn lose(&mut self, connected: Message<A>) {
        let answered = self.link.drain(..).filter_map(|(_, effect)| effect);
        let unanswered = self.calls.drain(..).map(|call| call.effect);
        let asked: Vec<_> = answered.chain(unanswered).collect();
        self.tell(connected);
        for effect in asked {
            if let Some(answer) = self.agent.lost(&effect) {
                self.tell(answer);
            }
        }
    }

    /// Everything that is under way arrives.
    fn settle(&mut self) {
        while !self.calls.is_empty() || !self.link.is_empty() {
            self.work(0);
            while let Some(message) = self.next() {
                self.tell(message);
            }
        }
    }
}

fn gone() -> CallError {
    CallError::new(ErrorCode::Unavailable, "the session is lost")
}

fn path(text: &str) -> WorkspacePath {
    WorkspacePath::parse(text).unwrap()
}

// Terminals.

#[derive(Default)]
struct Shells {
    open: Vec<Terminal>,
    opened: usize,
    events: Vec<terminals::Message>,
}

impl Shells {
    fn changed(&mut self, terminal: Terminal) {
        self.events.push(terminals::Message::Event(terminal::Event::Changed(terminal)));
    }

    fn open(&mut self) -> Terminal {
        self.opened += 1;
        let id = TerminalId(format!("{:04}", self.opened));
        let size = Size { columns: 80, rows: 24 };
        let (name, title) = ("bash".to_owned(), String::new());
        self.open.push(Terminal { id, opened_by: None, name, title, running: None, size, exit: None });
        let terminal = self.open[self.open.len() - 1].clone();
        self.changed(terminal.clone());
        terminal
    }

    fn rename(&mut self, pick: usize) {
        if let Some(index) = pick.checked_rem(self.open.len()) {
            self.open[index].name = format!("name {}", self.events.len() + pick);
            self.changed(self.open[index].clone());
        }
    }

    fn close(&mut self, id: &TerminalId) {
        // Its program ends first, which is said too.
        if let Some(index) = self.open.iter().position(|terminal| terminal.id == *id) {
            let mut ended = self.open.remove(index);
            ended.exit = Some(terminal::Exit::Signal("SIGHUP".into()));
            let closed = terminal::Event::Closed { terminal: ended.id.clone() };
            self.events.push(terminals::Message::Event(closed));
            self.changed(ended);
        }
    }
}

impl Agent for Shells {
    type Store = Terminals;

    fn work(&mut self, effect: &terminals::Effect) -> Option<terminals::Message> {
        match effect {
            terminals::Effect::List => Some(terminals::Message::Listed(Ok(self.open.clone()))),
            terminals::Effect::Open(_, wanted) => Some(terminals::Message::Opened(self.open(), *wanted)),
            terminals::Effect::Close(id, _) => {
                self.close(id);
                Some(terminals::Message::Closed(id.clone()))
            }
            terminals::Effect::Show(_) | terminals::Effect::Rename(..) => None,
        }
    }

    fn lost(&self, effect: &terminals::Effect) -> Option<terminals::Message> {
        match effect {
            terminals::Effect::List => Some(terminals::Message::Listed(Err(gone()))),
            terminals::Effect::Open(..) => Some(terminals::Message::NotOpened),
            _ => None,
        }
    }

    fn said(&mut self) -> Vec<terminals::Message> {
        std::mem::take(&mut self.events)
    }
}

// Documents.

#[derive(Default)]
struct Texts {
    dirty: BTreeSet<WorkspacePath>,
    /// Typed and not yet arrived: by channel, which calls may overtake.
    typed: VecDeque<WorkspacePath>,
    events: Vec<documents::Message>,
}

impl Texts {
    fn set(&mut self, path: &WorkspacePath, dirty: bool) -> State {
        let changed = if dirty { self.dirty.insert(path.clone()) } else { self.dirty.remove(path) };
        let state = State { path: path.clone(), dirty, disk: Disk::Same };
        if changed {
            self.events.push(documents::Message::Event(document::Event::Changed(state.clone())));
        }
        state
    }

    fn hear_typing(&mut self) {
        if let Some(path) = self.typed.pop_front() {
            self.set(&path, true);
        }
    }
}

impl Agent for Texts {
    type Store = Documents;

    fn work(&mut self, effect: &documents::Effect) -> Option<documents::Message> {
        match effect {
            documents::Effect::List => {
                let state =
                    |path: &WorkspacePath| State { path: path.clone(), dirty: true, disk: Disk::Same };
                Some(documents::Message::Listed(Ok(self.dirty.iter().map(state).collect())))
            }
            documents::Effect::Save(number, path, _) => {
                // A save waits for what was typed before it.
                while !self.typed.is_empty() {
                    self.hear_typing();
                }
                let state = self.set(path, false);
                Some(documents::Message::Saved(*number, path.clone(), Ok(state)))
            }
            _ => None,
        }
    }

    fn lost(&self, effect: &documents::Effect) -> Option<documents::Message> {
        match effect {
            documents::Effect::List => Some(documents::Message::Listed(Err(gone()))),
            documents::Effect::Save(number, path, _) => {
                Some(documents::Message::Saved(*number, path.clone(), Err("lost".into())))
            }
            _ => None,
        }
    }

    fn said(&mut self) -> Vec<documents::Message> {
        std::mem::take(&mut self.events)
    }
}

/// The group in front, and what is in front in it.
fn front(layout: &Layout) -> (layout::GroupId, Option<String>) {
    let group = layout.groups.active();
    (group.id, group.active().map(str::to_owned))
}

/// A tab moves to another group, or gets one of its own.
fn between_groups(layout: &Layout, pick: usize, key: String) -> layout::Message {
    let from = layout.groups.active().id;
    if pick < 4 {
        let to = layout.groups.beside(from, 1);
        return layout::Message::Move(layout::Move { from, key, to, before: None });
    }
    let side = layout::Side::Right;
    layout::Message::Split(layout::Split { group: from, side, from, key, copy: pick < 6 })
}

proptest! {
    #[test]
    fn terminals_show_what_there_is(steps in steps()) {
        let mut world = World::<Shells>::new();
        let mut closed = BTreeSet::new();
        world.tell(terminals::Message::Connected);
        for (step, pick) in steps {
            let before: BTreeSet<_> = world.store.list.iter().map(|terminal| terminal.id.clone()).collect();
            match step {
                0 => world.tell(terminals::Message::Open(None)),
                1 => if let Some(index) = pick.checked_rem(world.store.list.len()) {
                    let id = world.store.list[index].id.clone();
                    world.tell(terminals::Message::Close(id, false));
                },
                2 => { world.agent.open(); world.say(); }
                3 => { world.agent.rename(pick); world.say(); }
                4 => if let Some(index) = pick.checked_rem(world.agent.open.len()) {
                    let id = world.agent.open[index].id.clone();
                    world.agent.close(&id);
                    world.say();
                },
                5 if pick == 0 => world.lose(terminals::Message::Connected),
                5 | 6 => world.tell(terminals::Message::Connected),
                7 => world.work(pick),
                _ => if let Some(message) = world.next() {
                    let front = world.store.in_front(None).map(|front| front.id.0.clone());
                    let opened = match &message {
                        terminals::Message::Opened(terminal, _) => Some(terminal.id.clone()),
                        _ => None,
                    };
                    let known = |world: &World<Shells>| {
                        world.store.list.iter().find(|terminal| Some(&terminal.id) == opened.as_ref()).cloned()
                    };
                    let (heard, calls) = (known(&world), world.calls.len());
                    world.tell(message);
                    if heard.is_some() {
                        prop_assert_eq!(known(&world), heard, "an answer undoes what was heard");
                    }
                    if let Some(terminals::Effect::Show(id)) = world.calls[calls..].last().map(|call| &call.effect) {
                        let there = world.store.list.iter().any(|terminal| terminal.id == *id);
                        prop_assert!(there, "what is closed is shown");
                    }
                    let stays = world.store.list.iter().any(|terminal| Some(&terminal.id.0) == front.as_ref());
                    if stays {
                        let now = world.store.in_front(front.as_deref()).map(|front| front.id.0.clone());
                        prop_assert_eq!(now, front);
                    }
                },
            }
            let now: BTreeSet<_> = world.store.list.iter().map(|terminal| terminal.id.clone()).collect();
            closed.extend(before.difference(&now).cloned());
            let back = world.store.list.iter().find(|terminal| closed.contains(&terminal.id));
            prop_assert_eq!(back, None, "closed, and back");
        }
        world.settle();
        let shown: BTreeMap<_, _> = world.store.list.iter().map(|shown| (&shown.id, shown)).collect();
        let there: BTreeMap<_, _> = world.agent.open.iter().map(|there| (&there.id, there)).collect();
        prop_assert_eq!(shown, there);
        prop_assert_eq!(world.store.opening, 0, "every opening ends");
    }

    #[test]
    fn documents_are_as_unsaved_as_the_agent_says(steps in steps()) {
        let mut world = World::<Texts>::new();
        // When a text was typed last, and when a save was asked for, by its number.
        let (mut typed, mut asked) = (BTreeMap::new(), BTreeMap::new());
        world.tell(documents::Message::Connected);
        for (time, (step, pick)) in steps.into_iter().enumerate() {
            let place = path(["a", "b", "c"][pick % 3]);
            match step {
                0 | 1 => {
                    typed.insert(place.clone(), time);
                    world.agent.typed.push_back(place.clone());
                    world.tell(documents::Message::Dirty(place, true));
                }
                2 => {
                    world.tell(documents::Message::Save(place, false));
                    if let Some(documents::Effect::Save(number, ..)) = world.calls.last().map(|call| &call.effect) {
                        asked.insert(*number, time);
                    }
                }
                3 => { world.agent.hear_typing(); world.say(); }
                4 => { world.agent.set(&place, pick > 3); world.say(); }
                5 if pick == 0 => world.lose(documents::Message::Connected),
                5 => world.tell(documents::Message::Connected),
                6 | 7 => world.work(pick),
                _ => if let Some(message) = world.next() {
                    let saved = match &message {
                        documents::Message::Saved(number, path, Ok(_)) => Some((*number, path.clone())),
                        _ => None,
                    };
                    let since = saved.filter(|(number, path)| typed.get(path) > asked.get(number));
                    let unsaved = since.map(|(_, path)| path).filter(|path| world.store.is_dirty(path));
                    world.tell(message);
                    prop_assert!(unsaved.is_none_or(|path| world.store.is_dirty(&path)), "typed after the save");
                },
            }
        }
        while !world.agent.typed.is_empty() {
            world.agent.hear_typing();
            world.say();
        }
        world.settle();
        let lost = world.agent.dirty.iter().find(|path| !world.store.is_dirty(path));
        prop_assert_eq!(lost, None, "unsaved, and shown as saved");
        world.tell(documents::Message::Connected);
        world.settle();
        let there: Vec<_> = world.agent.dirty.iter().cloned().collect();
        prop_assert_eq!(world.store.unsaved_paths(), there);
        for name in ["a", "b", "c"] {
            let saving = world.store.get(&path(name)).and_then(|document| document.saving);
            prop_assert_eq!(saving, None, "every save ends");
        }
    }

    #[test]
    fn a_layout_loses_nothing_and_changes_its_front_for_the_person_only(steps in steps()) {
        let kept = serde_json::json!({
            "tabs": [{"file": {"path": "a"}}, {"future": 1}, {"file": {"path": "b"}}],
            "active": "file:b", "side": {"view": "future"}, "future": [1],
        });
        let mut layout = Layout::default();
        let mut open: BTreeSet<String> = BTreeSet::new();
        for (step, pick) in steps {
            let place = path(["a", "b", "c", "d"][pick % 4]);
            let (active, person, message) = match step {
                0 | 1 => (Some(Tab::file(place.clone()).key()), true, layout::Message::Open(Tab::file(place))),
                2 => (None, true, layout::Message::Close(None, Tab::file(place).key())),
                3 => (None, true, layout::Message::Step(1)),
                4 => (None, false, layout::Message::OpenBehind(Tab::file(place))),
                5 => (None, false, layout::Message::Viewed(0, place, 1.into())),
                6 => (None, false, layout::Message::Folders(vec![place])),
                7 => (None, false, layout::Message::NotLoaded("no".into())),
                8 => (None, !layout.loaded, layout::Message::Loaded(Some(kept.clone()), None)),
                _ => (None, true, between_groups(&layout, pick, Tab::file(place).key())),
            };
            let (before, closes) = (front(&layout), matches!(message, layout::Message::Close(..)));
            layout.update(message);
            let now: BTreeSet<_> = layout.groups.tabs().map(Tab::key).collect();
            prop_assert!(closes || open.is_subset(&now), "a tab is lost: {:?} then {:?}", open, now);
            if !person && before.1.is_some() {
                prop_assert_eq!(&front(&layout), &before);
            }
            if active.is_some() {
                prop_assert_eq!(&front(&layout).1, &active);
            }
            prop_assert_eq!(front(&layout).1.is_none(), layout.groups.tabs().next().is_none());
            open = now;
        }
        if layout.loaded {
            let written = layout.to_keep();
            let foreign = serde_json::json!({"future": 1});
            prop_assert!(written["groups"].to_string().contains(&foreign.to_string()));
            prop_assert_eq!(&written["side"]["view"], "future");
            prop_assert_eq!(&written["future"], &serde_json::json!([1]));
        }
    }
}
