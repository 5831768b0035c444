//! A server as others see it: its state, its capabilities, its problems, and the events that tell of them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ide_core::Events;
use protocol::{
    Event,
    language::{self, FileProblems, Server, ServerState},
};
use serde_json::Value;

use crate::{problems::Problems, spec::ServerSpec};

/// What is shown of a server; written by its task, read by calls.
#[derive(Debug)]
pub(crate) struct Face {
    events: Events,
    shown: Mutex<Shown>,
}

#[derive(Debug)]
struct Shown {
    server: Server,
    capabilities: Value,
    problems: Problems,
}

impl Face {
    pub(crate) fn new(spec: &ServerSpec, events: Events) -> Self {
        let server = Server {
            language: spec.language().into(),
            name: spec.name().into(),
            state: ServerState::Stopped,
        };
        Self {
            events,
            shown: Mutex::new(Shown { server, capabilities: Value::Null, problems: Problems::default() }),
        }
    }

    /// The server.
    pub(crate) fn server(&self) -> Server {
        self.shown().server.clone()
    }

    /// Its capabilities; null until it has started.
    pub(crate) fn capabilities(&self) -> Value {
        self.shown().capabilities.clone()
    }

    /// Its problems.
    pub(crate) fn problems(&self) -> Vec<FileProblems> {
        self.shown().problems.all()
    }

    /// Shows and tells a new state.
    pub(crate) fn set_state(&self, state: ServerState) {
        let server = {
            let mut shown = self.shown();
            if shown.server.state == state {
                return;
            }
            shown.server.state = state;
            shown.server.clone()
        };
        self.events.publish(None, Event::Language(language::Event::Server(server)));
    }

    /// Remembers what the server can do.
    pub(crate) fn set_capabilities(&self, capabilities: Value) {
        self.shown().capabilities = capabilities;
    }

    /// Changes problems, and tells of the files whose lists changed.
    pub(crate) fn change_problems<I>(&self, change: impl FnOnce(&mut Problems) -> I)
    where
        I: IntoIterator<Item = FileProblems>,
    {
        // Told under the lock, so that two changes are told in their order.
        let mut shown = self.shown();
        for file in change(&mut shown.problems) {
            self.events.publish(None, Event::Language(language::Event::Problems(file)));
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
