//! Telling every tab what happened: where, by whom, and to those alone whose grants allow it.

use std::sync::Arc;

use protocol::{Event, PersonId, WorkspaceId, link::ToBrowser};
use tokio::sync::broadcast;

use crate::session::{Session, Sessions, encode};

/// Where capabilities publish; cheap to clone.
#[derive(Clone, Debug)]
pub struct Events {
    workspace: WorkspaceId,
    sessions: Sessions,
    /// For listeners inside the agent and for tests.
    local: broadcast::Sender<Arc<Event>>,
}

impl Events {
    /// Events of `workspace` that go to all of `sessions`.
    pub fn new(workspace: WorkspaceId, sessions: Sessions) -> Self {
        Self { workspace, sessions, local: broadcast::channel(1024).0 }
    }

    /// Tells every session whose grants allow it what `by` did, or what happened by itself.
    pub fn publish(&self, by: Option<&PersonId>, event: Event) {
        let frame = self.frame(by, event.clone());
        for session in self.sessions.all() {
            if may_hear(&session, &event) {
                session.push_text(frame.clone());
            }
        }
        // Nobody listening inside the agent is the usual case.
        let _ = self.local.send(Arc::new(event));
    }

    /// Tells one session, if its grants allow it.
    pub fn publish_to(&self, session: &Session, by: Option<&PersonId>, event: Event) {
        if may_hear(session, &event) {
            session.push_text(self.frame(by, event));
        }
    }

    /// Follows what is published.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Event>> {
        self.local.subscribe()
    }

    fn frame(&self, by: Option<&PersonId>, event: Event) -> bytes::Bytes {
        encode(&ToBrowser::Event { workspace: self.workspace.clone(), by: by.cloned(), event })
    }
}

fn may_hear(session: &Session, event: &Event) -> bool {
    session.principal().grants.may(event.access())
}
