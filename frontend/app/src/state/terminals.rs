//! Terminals of the workspace, shared by every tab. Their screens are not known here.

use std::collections::HashSet;

use protocol::{
    CallError, ErrorCode, WorkspacePath,
    terminal::{
        self, CloseTerminal, ListTerminals, OpenTerminal, RenameTerminal, Size, Terminal, TerminalId,
    },
};

use crate::{
    desk::{Desk, Perform},
    messages::say,
    shell::focus::{self, Moment},
    state::{
        Model,
        asking::Asking,
        layout::{self, Layout},
        notices,
    },
    views,
};

/// All terminals.
#[derive(Default)]
pub struct Terminals {
    /// Oldest first.
    pub list: Vec<Terminal>,
    /// Whether the list has come.
    pub listed: bool,
    /// Terminals being opened.
    pub opening: usize,
    /// The one that a person has just opened, to type into.
    pub wanted: Option<TerminalId>,
    /// Why they cannot be listed.
    pub trouble: Option<String>,
    asking: Asking<terminal::Event>,
    /// Those that were closed: no id is used twice, so that what is still said of them is old.
    closed: HashSet<TerminalId>,
}

/// What happens.
#[derive(Debug)]
pub enum Message {
    /// A session began: ask.
    Connected,
    /// All there are.
    Listed(Result<Vec<Terminal>, CallError>),
    /// The agent says something of terminals.
    Event(terminal::Event),
    /// One is to be opened, in a folder.
    Open(Option<WorkspacePath>),
    /// One is to be opened because there is none; nobody asked.
    OpenFirst,
    /// It is open; whether a person wanted it and has done nothing else since.
    Opened(Terminal, bool),
    /// This one has been offered the keyboard.
    Offered(TerminalId),
    /// It could not be opened.
    NotOpened,
    /// One is to be named.
    Rename(TerminalId, String),
    /// One is to be closed; if need be, with the program that runs in it.
    Close(TerminalId, bool),
    /// It is closed.
    Closed(TerminalId),
}

/// What is to be done.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Ask.
    List,
    /// Open one; whether a person wants it.
    Open(Option<WorkspacePath>, bool),
    /// Bring one to the front.
    Show(TerminalId),
    /// Name one.
    Rename(TerminalId, String),
    /// Close one; if need be, with the program that runs in it.
    Close(TerminalId, bool),
}

impl Model for Terminals {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Connected => return self.ask(),
            Message::Listed(outcome) => return self.listed(outcome),
            Message::Event(event) => {
                self.asking.hear(&event);
                self.hear(event);
            }
            Message::Open(folder) => {
                self.opening += 1;
                return vec![Effect::Open(folder, true)];
            }
            Message::OpenFirst => {
                self.opening += 1;
                return vec![Effect::Open(None, false)];
            }
            Message::Offered(id) => self.wanted = self.wanted.take().filter(|wanted| *wanted != id),
            Message::Opened(terminal, wanted) => {
                self.opening = self.opening.saturating_sub(1);
                let id = terminal.id.clone();
                // What events have said of it meanwhile is newer.
                if !self.list.iter().any(|known| known.id == id) {
                    self.put(terminal);
                }
                if wanted && !self.closed.contains(&id) {
                    self.wanted = Some(id.clone());
                    return vec![Effect::Show(id)];
                }
            }
            Message::NotOpened => self.opening = self.opening.saturating_sub(1),
            Message::Rename(id, name) => return vec![Effect::Rename(id, name.trim().to_owned())],
            // It stays until it is closed: the agent may have to ask first.
            Message::Close(id, anyway) => return vec![Effect::Close(id, anyway)],
            Message::Closed(id) => self.remove(&id),
        }
        Vec::new()
    }
}

impl Terminals {
    fn ask(&mut self) -> Vec<Effect> {
        if self.asking.ask() { vec![Effect::List] } else { Vec::new() }
    }

    fn listed(&mut self, outcome: Result<Vec<Terminal>, CallError>) -> Vec<Effect> {
        match outcome {
            Ok(list) => {
                (self.listed, self.trouble) = (true, None);
                self.list = list.into_iter().filter(|terminal| !self.closed.contains(&terminal.id)).collect();
            }
            Err(error) => self.trouble = Some(error.message),
        }
        let (heard, again) = self.asking.answered();
        for event in heard {
            self.hear(event);
        }
        if again { vec![Effect::List] } else { Vec::new() }
    }

    fn hear(&mut self, event: terminal::Event) {
        match event {
            terminal::Event::Changed(terminal) => self.put(terminal),
            terminal::Event::Closed { terminal } => self.remove(&terminal),
        }
    }

    fn put(&mut self, terminal: Terminal) {
        match self.list.iter_mut().find(|old| old.id == terminal.id) {
            Some(old) => *old = terminal,
            None if self.closed.contains(&terminal.id) => {}
            None => self.list.push(terminal),
        }
    }

    fn remove(&mut self, id: &TerminalId) {
        self.list.retain(|terminal| terminal.id != *id);
        self.closed.insert(id.clone());
    }

    /// The terminal to show when `wanted` was the last one in front; where that is gone, the one opened before it. One that
    /// comes never changes which it is.
    pub fn in_front(&self, wanted: Option<&str>) -> Option<&Terminal> {
        let same = self.list.iter().find(|terminal| Some(terminal.id.0.as_str()) == wanted);
        // Ids grow.
        let age = |id: &str| (id.len(), id.to_owned());
        let until = wanted.map(age);
        let older = || self.list.iter().rfind(|terminal| Some(age(&terminal.id.0)) <= until);
        same.or_else(older).or_else(|| self.list.first())
    }
}

impl Perform for Terminals {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::List => {
                desk.ask(ListTerminals {}, |desk, outcome| desk.tell::<Self>(Message::Listed(outcome)));
            }
            Effect::Open(folder, wanted) => {
                let asked = Moment::now();
                if wanted {
                    focus::TERMINAL.with(focus::Wish::begin);
                }
                // The first size; the panel says the right one as soon as it has drawn the terminal.
                let size = Size { columns: 100, rows: 24 };
                desk.ask(OpenTerminal { size, folder }, move |desk, outcome| {
                    desk.said(say!("terminal.not-opened"), &outcome);
                    desk.tell::<Self>(match outcome {
                        Ok(terminal) => Message::Opened(terminal, wanted && asked.is_now()),
                        Err(_) => Message::NotOpened,
                    });
                });
            }
            Effect::Show(id) => {
                desk.tell::<Layout>(layout::Message::Terminal(Some(id.0)));
                views::show(desk, "terminal");
            }
            Effect::Rename(terminal, name) => {
                desk.ask_quietly(RenameTerminal { terminal, name }, say!("terminal.not-renamed"));
            }
            Effect::Close(terminal, anyway) => close(desk, terminal, anyway),
        }
    }
}

/// Closes a terminal; asks the person first where that would end a program.
fn close(desk: &Desk, terminal: TerminalId, anyway: bool) {
    let id = terminal.clone();
    desk.ask(CloseTerminal { terminal, anyway }, move |desk, outcome| match outcome {
        Ok(()) => desk.tell::<Terminals>(Message::Closed(id)),
        // Somebody else was quicker.
        Err(error) if error.code == ErrorCode::NotFound => desk.tell::<Terminals>(Message::Closed(id)),
        Err(error) if error.code == ErrorCode::Conflict => {
            let (title, button) = (say!("terminal.close-title"), say!("terminal.close-anyway"));
            notices::confirm(desk, title, error.message, button, move |desk| {
                desk.tell::<Terminals>(Message::Close(id.clone(), true));
            });
        }
        Err(error) => desk.complain(say!("terminal.not-closed"), &error),
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn terminal(id: &str, name: &str) -> Terminal {
        let size = Size { columns: 80, rows: 24 };
        let (id, name) = (TerminalId(id.into()), name.to_owned());
        Terminal { id, opened_by: None, title: name.clone(), name, running: None, size, exit: None }
    }

    #[test]
    fn an_opened_terminal_is_shown_once() {
        let mut terminals = Terminals::default();
        assert_eq!(terminals.update(Message::Open(None)), [Effect::Open(None, true)]);
        terminals.update(Message::Event(terminal::Event::Changed(terminal("1", "bash"))));
        let shown = terminals.update(Message::Opened(terminal("1", "bash"), true));
        assert_eq!(terminals.wanted, Some(TerminalId("1".into())));
        assert_eq!(shown, [Effect::Show(TerminalId("1".into()))]);
        assert_eq!((terminals.list.len(), terminals.opening), (1, 0));
    }

    #[test]
    fn the_one_before_comes_to_the_front_when_the_wanted_is_gone_and_stays_there() {
        let mut terminals = Terminals::default();
        let list = ["1", "2", "10"].map(|id| terminal(id, id));
        terminals.update(Message::Listed(Ok(list.to_vec())));
        let front = |terminals: &Terminals, id| terminals.in_front(id).map(|terminal| terminal.name.clone());
        assert_eq!(front(&terminals, Some("1")).as_deref(), Some("1"));
        let id = || TerminalId("10".into());
        assert_eq!(terminals.update(Message::Close(id(), false)), [Effect::Close(id(), false)]);
        assert_eq!(front(&terminals, Some("10")).as_deref(), Some("10"), "it stays until it is closed");
        terminals.update(Message::Closed(id()));
        assert_eq!(front(&terminals, Some("10")).as_deref(), Some("2"));
        assert_eq!(front(&terminals, None).as_deref(), Some("1"));
        terminals.update(Message::Event(terminal::Event::Changed(terminal("11", "11"))));
        assert_eq!(
            front(&terminals, Some("10")).as_deref(),
            Some("2"),
            "another window's changes nothing here"
        );
        assert_eq!(front(&terminals, None).as_deref(), Some("1"));
    }

    #[test]
    fn what_is_closed_does_not_come_back() {
        let mut terminals = Terminals::default();
        let (id, changed) = (TerminalId("1".into()), || terminal::Event::Changed(terminal("1", "dead")));
        assert_eq!(terminals.update(Message::Connected), [Effect::List]);
        terminals.update(Message::Event(changed()));
        terminals.update(Message::Closed(id));
        terminals.update(Message::Event(changed()));
        terminals.update(Message::Opened(terminal("1", "late"), true));
        terminals.update(Message::Listed(Ok(vec![terminal("1", "old"), terminal("2", "b")])));
        assert_eq!(terminals.list, [terminal("2", "b")]);
    }

    #[test]
    fn a_list_older_than_an_event_does_not_undo_it() {
        let mut terminals = Terminals::default();
        terminals.update(Message::Connected);
        terminals.update(Message::Event(terminal::Event::Changed(terminal("1", "named"))));
        terminals.update(Message::Event(terminal::Event::Changed(terminal("2", "new"))));
        terminals.update(Message::Listed(Ok(vec![terminal("1", "old")])));
        assert_eq!(terminals.list, [terminal("1", "named"), terminal("2", "new")]);
    }

    /// What really happens to terminals, in the agent's order: number `n` is opened, renamed, closed.
    #[derive(Clone, Debug)]
    enum Step {
        Open(u8),
        Rename(u8),
        Close(u8),
    }

    proptest! {
        /// Wherever the answer to the list comes among the events, what is shown in the end is what there is.
        #[test]
        fn an_answer_may_cross_any_events(
            steps in proptest::collection::vec(prop_oneof![
                (0..4u8).prop_map(Step::Open),
                (0..4u8).prop_map(Step::Rename),
                (0..4u8).prop_map(Step::Close),
            ], 0..20),
            asked in 0..21usize, taken in 0..21usize, answered in 0..21usize,
        ) {
            let mut places = [asked, taken, answered].map(|place| place.min(steps.len()));
            places.sort_unstable();
            let (mut real, mut shown) = (Vec::<Terminal>::new(), Terminals::default());
            let (mut answer, mut used, mut name) = (Vec::new(), HashSet::new(), 0);
            for place in 0..=steps.len() {
                if place == places[0] { shown.update(Message::Connected); }
                if place == places[1] { answer.clone_from(&real); }
                if place == places[2] { shown.update(Message::Listed(Ok(answer.clone()))); }
                let Some(step) = steps.get(place) else { break };
                name += 1;
                match step {
                    Step::Open(n) if used.insert(*n) => {
                        real.push(terminal(&n.to_string(), &name.to_string()));
                        shown.update(Message::Event(terminal::Event::Changed(terminal(&n.to_string(), &name.to_string()))));
                    }
                    Step::Rename(n) => if let Some(one) = real.iter_mut().find(|one| one.id.0 == n.to_string()) {
                        *one = terminal(&n.to_string(), &name.to_string());
                        shown.update(Message::Event(terminal::Event::Changed(terminal(&n.to_string(), &name.to_string()))));
                    },
                    Step::Close(n) if real.iter().any(|one| one.id.0 == n.to_string()) => {
                        real.retain(|one| one.id.0 != n.to_string());
                        shown.update(Message::Event(terminal::Event::Closed { terminal: TerminalId(n.to_string()) }));
                    }
                    _ => {}
                }
            }
            shown.list.sort_by(|one, other| one.id.cmp(&other.id));
            real.sort_by(|one, other| one.id.cmp(&other.id));
            prop_assert_eq!(&shown.list, &real);
        }
    }
}
