//! Terminals of the workspace, shared by every tab. Their screens are not known here.

use protocol::{
    WorkspacePath,
    terminal::{
        self, CloseTerminal, ListTerminals, OpenTerminal, RenameTerminal, Size, Terminal, TerminalId,
    },
};

use crate::{
    desk::{Desk, Perform},
    shell::focus,
    state::{
        Model,
        layout::{self, Bottom, Layout},
    },
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
}

/// What happens.
#[derive(Debug)]
pub enum Message {
    /// A session began: ask.
    Connected,
    /// All there are.
    Listed(Vec<Terminal>),
    /// The agent says something of terminals.
    Event(terminal::Event),
    /// One is to be opened, in a folder.
    Open(Option<WorkspacePath>),
    /// One is to be opened because there is none; nobody asked.
    OpenFirst,
    /// It is open; whether a person wanted it.
    Opened(Terminal, bool),
    /// The wanted one has been offered the keyboard.
    Offered,
    /// It could not be opened.
    NotOpened,
    /// One is to be named.
    Rename(TerminalId, String),
    /// One is to be closed.
    Close(TerminalId),
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
    /// Close one.
    Close(TerminalId),
}

impl Model for Terminals {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Connected => return vec![Effect::List],
            Message::Listed(list) => (self.list, self.listed) = (list, true),
            Message::Event(terminal::Event::Changed(terminal)) => self.put(terminal),
            Message::Event(terminal::Event::Closed { terminal }) => self.remove(&terminal),
            Message::Open(folder) => {
                self.opening += 1;
                return vec![Effect::Open(folder, true)];
            }
            Message::OpenFirst => {
                self.opening += 1;
                return vec![Effect::Open(None, false)];
            }
            Message::Offered => self.wanted = None,
            Message::Opened(terminal, wanted) => {
                self.opening = self.opening.saturating_sub(1);
                let id = terminal.id.clone();
                self.wanted = wanted.then(|| id.clone());
                self.put(terminal);
                return vec![Effect::Show(id)];
            }
            Message::NotOpened => self.opening = self.opening.saturating_sub(1),
            Message::Rename(id, name) => return vec![Effect::Rename(id, name.trim().to_owned())],
            Message::Close(id) => {
                self.remove(&id);
                return vec![Effect::Close(id)];
            }
        }
        Vec::new()
    }
}

impl Terminals {
    fn put(&mut self, terminal: Terminal) {
        match self.list.iter_mut().find(|old| old.id == terminal.id) {
            Some(old) => *old = terminal,
            None => self.list.push(terminal),
        }
    }

    fn remove(&mut self, id: &TerminalId) {
        self.list.retain(|terminal| terminal.id != *id);
    }

    /// The terminal to show when `wanted` was the last one in front.
    pub fn in_front(&self, wanted: Option<&str>) -> Option<&Terminal> {
        let wanted = wanted.and_then(|id| self.list.iter().find(|terminal| terminal.id.0 == id));
        wanted.or_else(|| self.list.last())
    }
}

impl Perform for Terminals {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::List => desk.ask(ListTerminals {}, |desk, outcome| {
                if let Ok(list) = outcome {
                    desk.tell::<Self>(Message::Listed(list));
                }
            }),
            Effect::Open(folder, wanted) => {
                focus::remember();
                // The first size; the panel says the right one as soon as it has drawn the terminal.
                let size = Size { columns: 100, rows: 24 };
                desk.ask(OpenTerminal { size, folder }, move |desk, outcome| match outcome {
                    Ok(terminal) => desk.tell::<Self>(Message::Opened(terminal, wanted)),
                    Err(error) => {
                        desk.tell::<Self>(Message::NotOpened);
                        desk.complain("No terminal can be opened", &error);
                    }
                });
            }
            Effect::Show(id) => {
                desk.tell::<Layout>(layout::Message::Terminal(Some(id.0)));
                desk.tell::<Layout>(layout::Message::ShowBottom(Bottom::Terminal));
            }
            Effect::Rename(terminal, name) => {
                desk.ask_quietly(RenameTerminal { terminal, name }, "The terminal cannot be renamed");
            }
            Effect::Close(terminal) => {
                desk.ask_quietly(CloseTerminal { terminal }, "The terminal cannot be closed");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal(id: &str, name: &str) -> Terminal {
        let size = Size { columns: 80, rows: 24 };
        Terminal { id: TerminalId(id.into()), name: name.into(), size, exit: None }
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
    fn the_last_one_comes_to_the_front_when_the_wanted_is_gone() {
        let mut terminals = Terminals::default();
        terminals.update(Message::Listed(vec![terminal("1", "a"), terminal("2", "b")]));
        let front = |terminals: &Terminals, id| terminals.in_front(id).map(|terminal| terminal.name.clone());
        assert_eq!(front(&terminals, Some("1")).as_deref(), Some("a"));
        assert_eq!(front(&terminals, Some("9")).as_deref(), Some("b"));
        let closed = terminals.update(Message::Close(TerminalId("2".into())));
        assert_eq!(closed, [Effect::Close(TerminalId("2".into()))]);
        assert_eq!(front(&terminals, Some("2")).as_deref(), Some("a"));
    }
}
