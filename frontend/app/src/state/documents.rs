//! Open documents: how each stands to its file, and what its editor says of itself.

use std::{collections::HashMap, rc::Rc};

use protocol::{
    WorkspacePath,
    document::{self, Disk, ListDocuments, RevertDocument, SaveDocument, State},
    language::Position,
};
use yew::Callback;

use crate::{
    bridge::text_vector,
    desk::{Desk, Perform},
    shell::focus,
    state::{
        Model,
        layout::{self, Layout, Tab},
        notices::{self, Notices, Question},
    },
};

/// All that is known of open documents.
#[derive(Default)]
pub struct Documents {
    by_path: HashMap<WorkspacePath, Rc<Document>>,
    /// The editor that is to take the focus as soon as it can.
    pub reveal: Option<Reveal>,
    reveals: u64,
}

/// An open document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Whether it has unsaved text.
    pub dirty: bool,
    /// What happened to its file meanwhile.
    pub disk: Option<Disk>,
    /// Whether it is being saved.
    pub saving: bool,
    /// What the editor said when it was ready.
    pub about: Option<About>,
    /// Where the cursor is.
    pub cursor: Option<Cursor>,
}

/// What an editor says when it is ready.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// The language.
    pub language: String,
    /// Whether it can only be read.
    pub read_only: bool,
    /// Whether it is shown without highlighting.
    pub plain: bool,
    /// `LF` or `CRLF`.
    pub line_ending: String,
    /// The encoding.
    pub encoding: String,
}

/// Where a cursor is, counted as people do, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
    /// Characters selected.
    pub selected: u32,
}

/// An editor that is to take the focus, at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Reveal {
    /// The key of the tab.
    pub key: String,
    /// The place; where the editor was, if none is given.
    pub position: Option<Position>,
    /// Tells one wish from the next.
    pub serial: u64,
}

/// What happens.
#[derive(Clone, Debug)]
pub enum Message {
    /// A session began: ask what is open.
    Connected,
    /// What the agent knows to be open.
    Listed(Vec<State>),
    /// The agent says something of documents.
    Event(document::Event),
    /// A tab is to be opened, at a place if one is given.
    Show(Tab, Option<Position>),
    /// The place asked for is shown.
    Shown,
    /// An editor is ready.
    Ready(WorkspacePath, About),
    /// A cursor moved.
    Moved(WorkspacePath, Cursor),
    /// An editor noticed its text's first change, or its last one undone.
    Dirty(WorkspacePath, bool),
    /// Save, over what is on disk if that is said.
    Save(WorkspacePath, bool),
    /// Save everything that has unsaved text.
    SaveAll,
    /// A save ended.
    Saved(WorkspacePath, Result<State, String>),
    /// Take what is on disk.
    Revert(WorkspacePath),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask what is open.
    List,
    /// Save.
    Save(WorkspacePath, bool),
    /// Take what is on disk.
    Revert(WorkspacePath),
    /// Open a tab.
    Open(Tab),
    /// Tabs follow a moved file.
    Follow(WorkspacePath, WorkspacePath),
    /// Say that a save failed.
    Complain(WorkspacePath, String),
    /// Ask whether a file that is gone is to be made again.
    AskToRecreate(WorkspacePath),
}

impl Model for Documents {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Connected => return vec![Effect::List],
            Message::Listed(states) => {
                for document in self.by_path.values_mut() {
                    Rc::make_mut(document).dirty = false;
                }
                for state in states {
                    self.stands(state);
                }
            }
            Message::Event(document::Event::Changed(state)) => self.stands(state),
            Message::Event(document::Event::Moved { from, to }) => {
                if let Some(document) = self.by_path.remove(&from) {
                    self.by_path.insert(to.clone(), document);
                }
                return vec![Effect::Follow(from, to)];
            }
            Message::Show(tab, position) => {
                self.reveals += 1;
                let (key, serial) = (tab.key(), self.reveals);
                self.reveal = Some(Reveal { key, position, serial });
                return vec![Effect::Open(tab)];
            }
            Message::Shown => self.reveal = None,
            Message::Ready(path, about) => self.of(path).about = Some(about),
            Message::Moved(path, cursor) => self.of(path).cursor = Some(cursor),
            Message::Dirty(path, dirty) => self.of(path).dirty = dirty,
            Message::Save(path, force) => return self.save(path, force),
            Message::SaveAll => {
                let unsaved = self.unsaved_paths();
                return unsaved.into_iter().flat_map(|path| self.save(path, false)).collect();
            }
            Message::Saved(path, outcome) => return self.saved(path, outcome),
            Message::Revert(path) => return vec![Effect::Revert(path)],
        }
        Vec::new()
    }
}

impl Documents {
    /// What is known of a document.
    pub fn get(&self, path: &WorkspacePath) -> Option<Rc<Document>> {
        self.by_path.get(path).cloned()
    }

    /// Whether a document has unsaved text.
    pub fn is_dirty(&self, path: &WorkspacePath) -> bool {
        self.by_path.get(path).is_some_and(|document| document.dirty)
    }

    /// How many documents have unsaved text.
    pub fn unsaved(&self) -> usize {
        self.by_path.values().filter(|document| document.dirty).count()
    }

    fn unsaved_paths(&self) -> Vec<WorkspacePath> {
        let unsaved = self.by_path.iter().filter(|(_, document)| document.dirty);
        unsaved.map(|(path, _)| path.clone()).collect()
    }

    fn of(&mut self, path: WorkspacePath) -> &mut Document {
        Rc::make_mut(self.by_path.entry(path).or_default())
    }

    fn stands(&mut self, state: State) {
        let document = self.of(state.path);
        (document.dirty, document.disk) = (state.dirty, Some(state.disk));
    }

    fn save(&mut self, path: WorkspacePath, force: bool) -> Vec<Effect> {
        let document = self.of(path.clone());
        if document.disk == Some(Disk::Deleted) && !force {
            return vec![Effect::AskToRecreate(path)];
        }
        document.saving = true;
        vec![Effect::Save(path, force)]
    }

    fn saved(&mut self, path: WorkspacePath, outcome: Result<State, String>) -> Vec<Effect> {
        self.of(path.clone()).saving = false;
        match outcome {
            Ok(state) => {
                self.stands(state);
                Vec::new()
            }
            Err(reason) => vec![Effect::Complain(path, reason)],
        }
    }
}

impl Perform for Documents {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::List => desk.ask(ListDocuments {}, |desk, outcome| {
                if let Ok(states) = outcome {
                    desk.tell::<Self>(Message::Listed(states));
                }
            }),
            Effect::Save(path, force) => desk.spawn(|desk| save(desk, path, force)),
            Effect::Revert(path) => desk.ask(RevertDocument { path }, |desk, outcome| match outcome {
                Ok(state) => desk.tell::<Self>(Message::Event(document::Event::Changed(state))),
                Err(error) => desk.complain("The file on disk cannot be taken", &error),
            }),
            Effect::Open(tab) => {
                focus::remember();
                desk.tell::<Layout>(layout::Message::Open(tab));
            }
            Effect::Follow(from, to) => desk.tell::<Layout>(layout::Message::Moved(from, to)),
            Effect::Complain(path, reason) => {
                desk.tell::<Notices>(notices::Message::failed(format!("{path} is not saved: {reason}")));
            }
            Effect::AskToRecreate(path) => ask_to_recreate(desk, path),
        }
    }
}

/// Saves all that is unsaved, and waits for it. What cannot be saved is said; what follows goes on without it.
pub async fn save_unsaved(desk: &Desk) {
    let unsaved = desk.read(Documents::unsaved_paths);
    for path in unsaved {
        save(desk.clone(), path, false).await;
    }
}

/// Saves a document with all that was typed in this tab until now.
async fn save(desk: Desk, path: WorkspacePath, force: bool) {
    let after = text_vector(&desk.link().port(), &path).await;
    let outcome = desk.link().call(SaveDocument { path: path.clone(), force, after }).await;
    desk.tell::<Documents>(Message::Saved(path, outcome.map_err(|error| error.message)));
}

fn ask_to_recreate(desk: &Desk, path: WorkspacePath) {
    let body = format!("{path} was deleted on disk. Saving makes it again with the editor's text.");
    let desk_again = desk.clone();
    desk.tell::<Notices>(notices::Message::Ask(Question {
        title: "Make the file again?".into(),
        body: body.into(),
        input: None,
        confirm: "Save".into(),
        danger: false,
        on_confirm: Callback::from(move |_| desk_again.tell::<Documents>(Message::Save(path.clone(), true))),
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> WorkspacePath {
        WorkspacePath::parse(text).unwrap()
    }

    fn state(text: &str, dirty: bool, disk: Disk) -> State {
        State { path: path(text), dirty, disk }
    }

    #[test]
    fn saves_once_and_tells_when_it_fails() {
        let mut documents = Documents::default();
        documents.update(Message::Dirty(path("a"), true));
        assert_eq!(documents.update(Message::Save(path("a"), false)), [Effect::Save(path("a"), false)]);
        assert!(documents.get(&path("a")).unwrap().saving);
        let failed = documents.update(Message::Saved(path("a"), Err("the disk is full".into())));
        assert_eq!(failed, [Effect::Complain(path("a"), "the disk is full".into())]);
        assert!(documents.is_dirty(&path("a")), "the text is still unsaved");
        documents.update(Message::Saved(path("a"), Ok(state("a", false, Disk::Same))));
        assert_eq!(documents.unsaved(), 0);
    }

    #[test]
    fn a_deleted_file_is_made_again_only_after_asking() {
        let mut documents = Documents::default();
        documents.update(Message::Event(document::Event::Changed(state("a", true, Disk::Deleted))));
        assert_eq!(documents.update(Message::Save(path("a"), false)), [Effect::AskToRecreate(path("a"))]);
        assert_eq!(documents.update(Message::Save(path("a"), true)), [Effect::Save(path("a"), true)]);
    }

    #[test]
    fn save_all_saves_what_is_unsaved() {
        let mut documents = Documents::default();
        documents.update(Message::Listed(vec![state("a", true, Disk::Same), state("b", false, Disk::Same)]));
        assert_eq!(documents.update(Message::SaveAll), [Effect::Save(path("a"), false)]);
    }

    #[test]
    fn a_moved_document_keeps_what_is_known() {
        let mut documents = Documents::default();
        documents.update(Message::Dirty(path("a"), true));
        let event = document::Event::Moved { from: path("a"), to: path("b") };
        assert_eq!(documents.update(Message::Event(event)), [Effect::Follow(path("a"), path("b"))]);
        assert!(documents.is_dirty(&path("b")) && !documents.is_dirty(&path("a")));
    }
}
