//! Language servers and how they are.

use protocol::language::{ListLanguages, RestartLanguage, Server};

use crate::{
    desk::{Desk, Perform},
    state::Model,
};

/// All language servers.
#[derive(Default)]
pub struct Languages {
    /// By language.
    pub servers: Vec<Server>,
}

/// What happens.
pub enum Message {
    /// A session began: ask.
    Connected,
    /// All there are.
    Listed(Vec<Server>),
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
            Message::Connected => return vec![Effect::List],
            Message::Restart(language) => return vec![Effect::Restart(language)],
            Message::Listed(servers) => self.servers = servers,
            Message::Changed(server) => {
                match self.servers.iter_mut().find(|old| old.language == server.language) {
                    Some(old) => *old = server,
                    None => self.servers.push(server),
                }
            }
        }
        Vec::new()
    }
}

impl Perform for Languages {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::List => desk.ask(ListLanguages {}, |desk, outcome| {
                if let Ok(servers) = outcome {
                    desk.tell::<Self>(Message::Listed(servers));
                }
            }),
            Effect::Restart(language) => {
                desk.ask_quietly(RestartLanguage { language }, "The language server cannot be restarted");
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
        languages.update(Message::Changed(server(ServerState::Ready)));
        assert_eq!(languages.servers, [server(ServerState::Ready)]);
    }
}
