//! Language servers and how they are.

use protocol::{
    CallError,
    language::{ListLanguages, RestartLanguage, Server},
};

use crate::{
    desk::{Desk, Perform},
    messages::say,
    state::{Model, asking::Asking},
};

/// All language servers.
#[derive(Default)]
pub struct Languages {
    /// By language.
    pub servers: Vec<Server>,
    asking: Asking<Server>,
}

/// What happens.
pub enum Message {
    /// A session began: ask.
    Connected,
    /// All there are.
    Listed(Result<Vec<Server>, CallError>),
    /// One changed.
    Changed(Server),
    /// One is to be started anew.
    Restart(String),
}

/// What is to be done.
pub enum Effect {
    /// Ask.
    List,
    /// Start one anew.
    Restart(String),
}

impl Model for Languages {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Connected => return self.ask(),
            Message::Restart(language) => return vec![Effect::Restart(language)],
            Message::Listed(outcome) => return self.listed(outcome),
            Message::Changed(server) => {
                self.asking.hear(&server);
                self.put(server);
            }
        }
        Vec::new()
    }
}

impl Languages {
    fn ask(&mut self) -> Vec<Effect> {
        if self.asking.ask() { vec![Effect::List] } else { Vec::new() }
    }

    fn listed(&mut self, outcome: Result<Vec<Server>, CallError>) -> Vec<Effect> {
        if let Ok(servers) = outcome {
            self.servers = servers;
        }
        let (heard, again) = self.asking.answered();
        for server in heard {
            self.put(server);
        }
        if again { vec![Effect::List] } else { Vec::new() }
    }

    fn put(&mut self, server: Server) {
        match self.servers.iter_mut().find(|old| old.language == server.language) {
            Some(old) => *old = server,
            None => self.servers.push(server),
        }
    }
}

impl Perform for Languages {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::List => desk.ask(ListLanguages {}, |desk, outcome| {
                desk.said(say!("language.not-listed"), &outcome);
                desk.tell::<Self>(Message::Listed(outcome));
            }),
            Effect::Restart(language) => {
                desk.ask_quietly(RestartLanguage { language }, say!("language.not-restarted"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::language::ServerState;

    use super::*;

    #[test]
    fn a_server_is_replaced_by_language() {
        let server = |state| Server { language: "rust".into(), name: "rust-analyzer".into(), state };
        let mut languages = Languages::default();
        languages.update(Message::Changed(server(ServerState::Starting)));
        languages.update(Message::Connected);
        languages.update(Message::Changed(server(ServerState::Ready)));
        languages.update(Message::Listed(Ok(vec![server(ServerState::Starting)])));
        assert_eq!(languages.servers, [server(ServerState::Ready)], "the list is older");
    }
}
