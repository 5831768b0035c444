//! Telling every tab what happened: where, by whom, and to those alone whose grants allow it.

use std::sync::Arc;

use protocol::{
    Event, PersonId, WorkspaceId,
    link::{MAX_FRAME, ToBrowser},
};
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
        if let Some(frame) = self.frame(by, &event) {
            for session in self.sessions.all() {
                if may_hear(&session, &event) {
                    session.push_text(frame.clone());
                }
            }
        }
        // Nobody listening inside the agent is the usual case.
        let _ = self.local.send(Arc::new(event));
    }

    /// Tells one session, if its grants allow it.
    pub fn publish_to(&self, session: &Session, by: Option<&PersonId>, event: &Event) {
        if may_hear(session, event)
            && let Some(frame) = self.frame(by, event)
        {
            session.push_text(frame);
        }
    }

    /// Follows what is published.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Event>> {
        self.local.subscribe()
    }

    /// None of what no connection takes: a session would send it again and again, and nothing behind it.
    fn frame(&self, by: Option<&PersonId>, event: &Event) -> Option<bytes::Bytes> {
        let workspace = self.workspace.clone();
        let frame = encode(&ToBrowser::Event { workspace, by: by.cloned(), event: event.clone() });
        if frame.len() > MAX_FRAME {
            let start = String::from_utf8_lossy(frame.get(..200).unwrap_or_default());
            tracing::error!(bytes = frame.len(), %start, "an event is larger than a frame: nobody is told");
            return None;
        }
        Some(frame)
    }
}

fn may_hear(session: &Session, event: &Event) -> bool {
    session.principal().grants.may(event.access())
}

#[cfg(test)]
mod tests {
    use protocol::{Grants, function};

    use super::*;
    use crate::{
        session::Frame,
        somebody::{somebody, workspace},
    };

    #[tokio::test]
    async fn what_no_connection_takes_is_not_told() {
        let sessions = Sessions::new();
        let (connection, _) = sessions.connect(somebody("a", Grants::owner()), None, 0).unwrap();
        let events = Events::new(workspace(), sessions.clone());
        let output = |bytes: usize| {
            Event::Function(function::Event::BuildOutput { id: "b".into(), text: "x".repeat(bytes) })
        };
        events.publish(None, output(MAX_FRAME));
        events.publish_to(&connection.session, None, &output(MAX_FRAME));
        events.publish(None, output(1));
        let frame = connection.session.next_frame(connection.number).await;
        let Some(Frame::Text(text)) = frame else { panic!("{frame:?}") };
        assert!(text.len() < 200, "{} bytes", text.len());
    }
}
