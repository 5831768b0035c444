//! Who wants to hear of which folders, and what is in force of that. The watcher reads it; sessions and documents change it.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use ide_core::{CallContext, Events, Router, Session};
use protocol::{
    CallError, ErrorCode, Event, Reasons, Said, WorkspacePath,
    file::{self, MAX_WATCHED, WatchFolders},
    link::SessionId,
};
use tokio::sync::Notify;

/// Who wants to hear of which folders; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Watching(Arc<Wanted>);

#[derive(Default)]
struct Wanted {
    by_session: Mutex<HashMap<SessionId, HashSet<WorkspacePath>>>,
    changed: Notify,
    /// Counts the changes of `by_session` that were asked for, and those that are in force.
    asked: AtomicU64,
    done: tokio::sync::watch::Sender<u64>,
    /// Why watching is not what it should be.
    degraded: Mutex<Option<Said>>,
}

impl Watching {
    /// Answers the call `file.watch`.
    pub(crate) fn register(&self, router: &mut Router, events: &Events) {
        let (watching, events) = (self.clone(), events.clone());
        router.on(move |context: CallContext, call: WatchFolders| {
            let (watching, events) = (watching.clone(), events.clone());
            async move { watching.replace(&context.session, call.folders, &events).await }
        });
    }

    /// From the reply on no change is missed.
    async fn replace(
        &self,
        session: &Session,
        folders: Vec<WorkspacePath>,
        events: &Events,
    ) -> Result<(), CallError> {
        if folders.len() > MAX_WATCHED {
            let message =
                format!("Cannot watch more than {MAX_WATCHED} folders; close some in the explorer.");
            let error = CallError::new(ErrorCode::Limit, message);
            return Err(error.because("too-many-watched", &[("most", &MAX_WATCHED)]));
        }
        let known = self.by_session().insert(session.id().clone(), folders.into_iter().collect()).is_some();
        let asked = self.0.asked.fetch_add(1, Ordering::AcqRel) + 1;
        self.0.changed.notify_one();
        if !known {
            let (watching, session) = (self.clone(), session.clone());
            tokio::spawn(async move {
                session.ended().cancelled().await;
                watching.by_session().remove(session.id());
                watching.0.changed.notify_one();
            });
        }
        let mut done = self.0.done.subscribe();
        tokio::select! {
            _ = done.wait_for(|done| *done >= asked) => {}
            () = session.ended().cancelled() => {}
        }
        if let Some(degraded) = self.degraded().clone() {
            events.publish_to(session, None, &told(degraded));
        }
        Ok(())
    }

    /// The open documents are others than before.
    pub(crate) fn documents_changed(&self) {
        self.0.changed.notify_one();
    }

    /// Something of what is to be watched has changed; returns at once if it has since the last time.
    pub(crate) async fn changed(&self) {
        self.0.changed.notified().await;
    }

    /// How many changes were asked for.
    pub(crate) fn asked(&self) -> u64 {
        self.0.asked.load(Ordering::Acquire)
    }

    /// That many changes are in force.
    pub(crate) fn in_force(&self, asked: u64) {
        self.0.done.send_replace(asked);
    }

    /// The folders that each session wants to hear of.
    pub(crate) fn by_session(&self) -> MutexGuard<'_, HashMap<SessionId, HashSet<WorkspacePath>>> {
        self.0.by_session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why watching is not what it should be.
    pub(crate) fn degraded(&self) -> MutexGuard<'_, Option<Said>> {
        self.0.degraded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// That watching is not what it should be, as tabs are told.
pub(crate) fn told(degraded: Said) -> Event {
    let reasons = Reasons::of("reason", degraded.reason);
    Event::File(file::Event::WatchingDegraded { reason: degraded.message, reasons })
}
