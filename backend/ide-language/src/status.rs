//! A server as others see it: its state and its capabilities, and what it finds.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ide_core::Findings;
use protocol::{
    Event,
    language::{self, FileProblems, Server, ServerState},
};
use serde_json::Value;

use crate::{problems::Problems, spec::ServerSpec};

/// What is shown of a server; written by its task, read by calls.
#[derive(Debug)]
pub(crate) struct Status {
    findings: Findings,
    shown: Mutex<Shown>,
}

#[derive(Debug)]
struct Shown {
    server: Server,
    capabilities: Value,
    problems: Problems,
}

impl Status {
    pub(crate) fn new(spec: &ServerSpec, findings: Findings) -> Self {
        let server = Server {
            language: spec.language().into(),
            name: spec.name().into(),
            state: ServerState::Stopped,
        };
        Self {
            findings,
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
        self.findings.events().publish(None, Event::Language(language::Event::Server(server)));
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
            self.findings.set(&shown.server.language, file);
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
