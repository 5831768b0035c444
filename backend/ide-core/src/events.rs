//! Telling every tab what happened.

use std::sync::Arc;

use protocol::{Event, link::ToBrowser};
use tokio::sync::broadcast;

use crate::session::{Sessions, encode};

/// Where capabilities publish; cheap to clone.
#[derive(Clone, Debug)]
pub struct Events {
    sessions: Sessions,
    /// For listeners inside the agent and for tests.
    local: broadcast::Sender<Arc<Event>>,
}

impl Events {
    /// Events that go to all of `sessions`.
    pub fn new(sessions: Sessions) -> Self {
        Self { sessions, local: broadcast::channel(1024).0 }
    }

    /// Tells every session whose role allows it.
    pub fn publish(&self, event: Event) {
        let access = event.access();
        let frame = encode(&ToBrowser::Event { event: event.clone() });
        for session in self.sessions.all() {
            if session.principal().role.may(access) {
                session.push_text(frame.clone());
            }
        }
        // Nobody listening inside the agent is the usual case.
        let _ = self.local.send(Arc::new(event));
    }

    /// Tells one session, if its role allows it.
    pub fn publish_to(&self, session: &crate::Session, event: Event) {
        if session.principal().role.may(event.access()) {
            session.push_text(encode(&ToBrowser::Event { event }));
        }
    }

    /// Follows what is published.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Event>> {
        self.local.subscribe()
    }
}
