//! The open documents as others see them: their texts for language servers, their states for people. It only
//! shows; the keepers say what to show.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ide_core::{DocumentChange, DocumentSnapshot, Events};
use protocol::{
    Event, PersonId, WorkspacePath,
    document::{self, Disk, LineEnding, State},
};
use tokio::sync::broadcast;

use crate::language::language;

/// A document with more text is not shown to language servers.
const MAX_FED: usize = 4 * 1024 * 1024;

/// Where keepers show their documents; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Feed(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    open: Mutex<BTreeMap<WorkspacePath, Shown>>,
    changes: broadcast::Sender<DocumentChange>,
    events: Events,
}

#[derive(Clone, Debug)]
struct Shown {
    state: State,
    text: Arc<str>,
    version: i32,
    /// Whether language servers know it.
    fed: bool,
    /// The encoding and line ends of its file, once they are known.
    format: Option<(String, LineEnding)>,
}

impl Shown {
    fn snapshot(&self) -> DocumentSnapshot {
        let path = self.state.path.clone();
        let language = language(&path).to_owned();
        DocumentSnapshot { path, language, version: self.version, text: Arc::clone(&self.text) }
    }
}

impl Feed {
    pub(crate) fn new(events: Events) -> Self {
        let (changes, _) = broadcast::channel(1024);
        Self(Arc::new(Inner { open: Mutex::default(), changes, events }))
    }

    /// Follows the texts.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<DocumentChange> {
        self.0.changes.subscribe()
    }

    /// The texts language servers know.
    pub(crate) fn snapshots(&self) -> Vec<DocumentSnapshot> {
        self.open().values().filter(|shown| shown.fed).map(Shown::snapshot).collect()
    }

    /// The states of all open documents.
    pub(crate) fn states(&self) -> Vec<State> {
        self.open().values().map(|shown| shown.state.clone()).collect()
    }

    /// The text of an open document.
    pub(crate) fn text(&self, path: &WorkspacePath) -> Option<Arc<str>> {
        self.open().get(path).map(|shown| Arc::clone(&shown.text))
    }

    /// Shows a document as it is now, by whose doing.
    pub(crate) fn show(&self, by: Option<&PersonId>, state: State, text: &Arc<str>) {
        let mut open = self.open();
        let Some(shown) = open.get_mut(&state.path) else {
            let fed = text.len() <= MAX_FED;
            let shown = Shown { state, text: Arc::clone(text), version: 1, fed, format: None };
            if shown.fed {
                self.tell(DocumentChange::Opened(shown.snapshot()));
            }
            if shown.state.dirty || shown.state.disk != Disk::Same {
                self.publish(by, document::Event::Changed(shown.state.clone()));
            }
            open.insert(shown.state.path.clone(), shown);
            return;
        };
        if shown.text != *text {
            shown.text = Arc::clone(text);
            shown.version += 1;
            if shown.fed {
                self.tell(DocumentChange::Changed(shown.snapshot()));
            }
        }
        if shown.state != state {
            shown.state = state.clone();
            self.publish(by, document::Event::Changed(state));
        }
    }

    /// Shows how a document's file is written.
    pub(crate) fn formatted(
        &self,
        by: Option<&PersonId>,
        path: &WorkspacePath,
        encoding: String,
        line_ending: LineEnding,
    ) {
        let format = Some((encoding.clone(), line_ending));
        let mut open = self.open();
        let Some(shown) = open.get_mut(path).filter(|shown| shown.format != format) else { return };
        if std::mem::replace(&mut shown.format, format).is_some() {
            let formatted = document::Event::Formatted { path: path.clone(), encoding, line_ending };
            self.publish(by, formatted);
        }
    }

    /// A document was written to its file.
    pub(crate) fn saved(&self, path: &WorkspacePath) {
        self.tell(DocumentChange::Saved(path.clone()));
    }

    /// A document's file was moved.
    pub(crate) fn moved(&self, by: &PersonId, from: &WorkspacePath, to: &WorkspacePath) {
        let mut open = self.open();
        let Some(mut shown) = open.remove(from) else { return };
        shown.state.path = to.clone();
        if shown.fed {
            self.tell(DocumentChange::Moved { from: from.clone(), to: to.clone() });
        }
        open.insert(to.clone(), shown);
        self.publish(Some(by), document::Event::Moved { from: from.clone(), to: to.clone() });
    }

    /// Nobody has a document open any more.
    pub(crate) fn closed(&self, path: &WorkspacePath) {
        if self.open().remove(path).is_some_and(|shown| shown.fed) {
            self.tell(DocumentChange::Closed(path.clone()));
        }
    }

    fn tell(&self, change: DocumentChange) {
        // Nobody may be listening.
        let _ = self.0.changes.send(change);
    }

    fn publish(&self, by: Option<&PersonId>, event: document::Event) {
        self.0.events.publish(by, Event::Document(event));
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<WorkspacePath, Shown>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
