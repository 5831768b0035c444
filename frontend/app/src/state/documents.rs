//! Open documents: how each stands to its file, and what its editor says of itself.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use gloo_timers::callback::Timeout;
use protocol::{
    CallError, WorkspacePath,
    document::{
        self, ConvertDocument, Disk, LineEnding, ListDocuments, ReopenDocument, RevertDocument, SaveDocument,
        State,
    },
    language::Position,
};
use yew::{AttrValue, Callback};

use crate::{
    bridge::{self, follow_file, text_vector},
    desk::{Desk, Perform},
    messages::say,
    shell::focus,
    state::{
        Model,
        asking::Asking,
        layout::{self, GroupId, Layout, Tab},
        notices::{self, Notices, Question},
        settings::Settings,
    },
};

/// All that is known of open documents.
#[derive(Default)]
pub struct Documents {
    by_path: HashMap<WorkspacePath, Rc<Document>>,
    /// The editor that is to take the focus as soon as it can.
    pub reveal: Option<Reveal>,
    asking: Asking<Heard>,
    /// Counts wishes, calls and what is heard: tells which came first.
    count: u64,
}

/// What is heard of documents while the list of them is on its way.
#[derive(Clone, Debug)]
enum Heard {
    Agent(document::Event),
    Typed(WorkspacePath),
}

/// An open document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Whether it has unsaved text.
    pub dirty: bool,
    /// What happened to its file meanwhile.
    pub disk: Option<Disk>,
    /// The call that saves it, by its number.
    pub saving: Option<u64>,
    /// When something was last heard of it.
    heard: u64,
    /// What the editor said when it was ready.
    pub about: Option<About>,
    /// Where the cursor is.
    pub cursor: Option<Cursor>,
    /// What was typed here and is not in the document, because others changed it while this page was away.
    pub unsent: Option<AttrValue>,
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
    /// The group of editors that it was opened in.
    pub group: Option<GroupId>,
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
    Listed(Result<Vec<State>, CallError>),
    /// The agent says something of documents.
    Event(document::Event),
    /// A tab is to be opened, at a place if one is given.
    Show(Tab, Option<Position>),
    /// A tab is to be opened at a place, to look at it: the focus stays where it is.
    Look(Tab, Position),
    /// The tab of the newest wish was opened in a group.
    Opened(GroupId),
    /// The place asked for by the wish of this number is shown.
    Shown(u64),
    /// An editor is ready.
    Ready(WorkspacePath, About),
    /// The file that an editor shows under one path lies under another: the first is a link.
    Resolved(WorkspacePath, WorkspacePath),
    /// Text typed in an editor waits for a decision, or none does any more.
    Unsent(WorkspacePath, Option<AttrValue>),
    /// The file is to be read in another encoding.
    Reopen(WorkspacePath, String),
    /// The file is to be written in another encoding, or with other line ends.
    Convert(WorkspacePath, Option<String>, Option<LineEnding>),
    /// A cursor moved.
    Moved(WorkspacePath, Cursor),
    /// An editor noticed its text's first change, or its last one undone.
    Dirty(WorkspacePath, bool),
    /// Save, over what is on disk if that is said.
    Save(WorkspacePath, bool),
    /// Save everything that has unsaved text.
    SaveAll,
    /// The save of this number ended.
    Saved(u64, WorkspacePath, Result<State, String>),
    /// Take what is on disk.
    Revert(WorkspacePath),
    /// What is on disk was taken, by the call of this number.
    Reverted(u64, State),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask what is open.
    List,
    /// Save, by the call of this number.
    Save(u64, WorkspacePath, bool),
    /// Take what is on disk, by the call of this number.
    Revert(u64, WorkspacePath),
    /// Read a file in another encoding.
    Reopen(u64, WorkspacePath, String),
    /// Write a file in another encoding, or with other line ends, once all that was typed has arrived.
    Convert(u64, WorkspacePath, Option<String>, Option<LineEnding>),
    /// Open a tab, and give its editor the focus.
    Open(Tab),
    /// Open a tab.
    Look(Tab),
    /// Tabs follow a moved file.
    Follow(WorkspacePath, WorkspacePath),
    /// Say that a save failed.
    Complain(WorkspacePath, String),
    /// A document is saved: what was said of it before is over.
    Mended(WorkspacePath),
    /// Ask whether a file that is gone is to be made again.
    AskToRecreate(WorkspacePath),
}

impl Model for Documents {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Connected => return self.ask(),
            Message::Listed(outcome) => return self.listed(outcome),
            Message::Event(event) => {
                let heard = Heard::Agent(event.clone());
                self.asking.hear(&heard);
                self.hear(heard);
                if let document::Event::Moved { from, to } = event {
                    return vec![Effect::Follow(from, to)];
                }
            }
            Message::Show(tab, position) => {
                self.want(&tab, position);
                return vec![Effect::Open(tab)];
            }
            Message::Look(tab, position) => {
                self.want(&tab, Some(position));
                return vec![Effect::Look(tab)];
            }
            Message::Opened(group) => {
                self.reveal.iter_mut().for_each(|reveal| reveal.group = Some(group));
            }
            Message::Shown(serial) => {
                self.reveal = self.reveal.take().filter(|reveal| reveal.serial != serial);
            }
            Message::Ready(path, about) => self.of(path).about = Some(about),
            Message::Resolved(link, path) => {
                if let Some(document) = self.by_path.remove(&link) {
                    self.by_path.entry(path.clone()).or_insert(document);
                }
                return vec![Effect::Follow(link, path)];
            }
            Message::Unsent(path, text) => self.of(path).unsent = text,
            Message::Reopen(path, encoding) => return vec![Effect::Reopen(self.number(), path, encoding)],
            Message::Convert(path, encoding, ending) => {
                return vec![Effect::Convert(self.number(), path, encoding, ending)];
            }
            Message::Moved(path, cursor) => self.of(path).cursor = Some(cursor),
            Message::Dirty(path, true) => {
                let heard = Heard::Typed(path);
                self.asking.hear(&heard);
                self.hear(heard);
            }
            Message::Dirty(path, false) => self.of(path).dirty = false,
            Message::Save(path, force) => return self.save(path, force),
            Message::SaveAll => {
                let unsaved = self.unsaved_paths();
                return unsaved.into_iter().flat_map(|path| self.save(path, false)).collect();
            }
            Message::Saved(number, path, outcome) => return self.saved(number, path, outcome),
            Message::Revert(path) => return vec![Effect::Revert(self.number(), path)],
            Message::Reverted(number, state) => self.answered(number, state),
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

    /// The documents with unsaved text in these files and folders, by path.
    pub fn unsaved_in(&self, places: &[WorkspacePath]) -> Vec<WorkspacePath> {
        let within = |path: &WorkspacePath| places.iter().any(|place| path.is_within(place));
        self.unsaved_paths().into_iter().filter(within).collect()
    }

    /// How many documents have unsaved text.
    pub fn unsaved(&self) -> usize {
        self.by_path.values().filter(|document| document.dirty).count()
    }

    /// The documents with unsaved text, by path.
    pub fn unsaved_paths(&self) -> Vec<WorkspacePath> {
        let unsaved = self.by_path.iter().filter(|(_, document)| document.dirty);
        let mut paths: Vec<_> = unsaved.map(|(path, _)| path.clone()).collect();
        paths.sort();
        paths
    }

    /// A tab is wanted, at a place if one is given.
    fn want(&mut self, tab: &Tab, position: Option<Position>) {
        let (key, serial) = (tab.key(), self.number());
        self.reveal = Some(Reveal { key, group: None, position, serial });
    }

    fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn of(&mut self, path: WorkspacePath) -> &mut Document {
        Rc::make_mut(self.by_path.entry(path).or_default())
    }

    fn ask(&mut self) -> Vec<Effect> {
        if self.asking.ask() { vec![Effect::List] } else { Vec::new() }
    }

    fn listed(&mut self, outcome: Result<Vec<State>, CallError>) -> Vec<Effect> {
        if let Ok(states) = outcome {
            for document in self.by_path.values_mut() {
                Rc::make_mut(document).dirty = false;
            }
            for state in states {
                self.stands(state);
            }
        }
        let (heard, again) = self.asking.answered();
        for heard in heard {
            self.hear(heard);
        }
        if again { vec![Effect::List] } else { Vec::new() }
    }

    fn hear(&mut self, heard: Heard) {
        let number = self.number();
        match heard {
            Heard::Agent(document::Event::Changed(state)) => {
                self.of(state.path.clone()).heard = number;
                self.stands(state);
            }
            Heard::Agent(document::Event::Moved { from, to }) => self.moved(&from, to),
            Heard::Agent(document::Event::Formatted { path, encoding, line_ending }) => {
                if let Some(about) = &mut self.of(path).about {
                    (about.encoding, about.line_ending) = (encoding, words_of(line_ending).to_owned());
                }
            }
            Heard::Typed(path) => {
                let document = self.of(path);
                (document.dirty, document.heard) = (true, number);
            }
        }
    }

    fn moved(&mut self, from: &WorkspacePath, to: WorkspacePath) {
        let Some(mut document) = self.by_path.remove(from) else { return };
        if let Some(known) = self.by_path.remove(&to).filter(|_| document.about.is_none()) {
            let document = Rc::make_mut(&mut document);
            (document.about, document.cursor) = (known.about.clone(), known.cursor);
        }
        self.by_path.insert(to, document);
    }

    fn stands(&mut self, state: State) {
        let document = self.of(state.path);
        (document.dirty, document.disk) = (state.dirty, Some(state.disk));
    }

    /// The answer to the call of this number says how a document stood: nothing where something newer was heard.
    fn answered(&mut self, number: u64, state: State) {
        if self.of(state.path.clone()).heard < number {
            self.stands(state);
        }
    }

    fn save(&mut self, path: WorkspacePath, force: bool) -> Vec<Effect> {
        if self.of(path.clone()).disk == Some(Disk::Deleted) && !force {
            return vec![Effect::AskToRecreate(path)];
        }
        let number = self.number();
        self.of(path.clone()).saving = Some(number);
        vec![Effect::Save(number, path, force)]
    }

    fn saved(&mut self, number: u64, path: WorkspacePath, outcome: Result<State, String>) -> Vec<Effect> {
        // It may have been moved meanwhile.
        for document in self.by_path.values_mut().filter(|document| document.saving == Some(number)) {
            Rc::make_mut(document).saving = None;
        }
        match outcome {
            Ok(state) => {
                self.answered(number, state);
                vec![Effect::Mended(path)]
            }
            Err(reason) => vec![Effect::Complain(path, reason)],
        }
    }
}

impl Perform for Documents {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::List => {
                desk.ask(ListDocuments {}, |desk, outcome| {
                    desk.said(say!("file.not-listed"), &outcome);
                    desk.tell::<Self>(Message::Listed(outcome));
                });
            }
            Effect::Save(number, path, force) => desk.spawn(|desk| save(desk, number, path, force)),
            Effect::Revert(number, path) => desk.ask(RevertDocument { path }, move |desk, outcome| {
                desk.said(say!("file.not-taken"), &outcome);
                if let Ok(state) = outcome {
                    desk.tell::<Self>(Message::Reverted(number, state));
                }
            }),
            Effect::Open(tab) => {
                focus::EDITOR.with(focus::Wish::begin);
                open(desk, tab);
            }
            Effect::Look(tab) => open(desk, tab),
            Effect::Reopen(number, path, encoding) => {
                desk.ask(ReopenDocument { path, encoding }, move |desk, outcome| {
                    desk.said(say!("file.not-reopened"), &outcome);
                    if let Ok(state) = outcome {
                        desk.tell::<Self>(Message::Reverted(number, state));
                    }
                });
            }
            Effect::Convert(number, path, encoding, line_ending) => {
                desk.ask(ConvertDocument { path, encoding, line_ending }, move |desk, outcome| {
                    desk.said(say!("file.not-converted"), &outcome);
                    if let Ok(state) = outcome {
                        desk.tell::<Self>(Message::Reverted(number, state));
                    }
                });
            }
            Effect::Follow(from, to) => desk.spawn(|desk| async move {
                let open = desk.read(|layout: &Layout| {
                    layout.groups.tabs().any(|tab| tab.path().as_ref() == Some(&from))
                });
                if open {
                    follow_file(&desk.link().port(), &from, &to).await;
                }
                desk.tell::<Layout>(layout::Message::Moved(from, to));
            }),
            Effect::Complain(path, reason) => {
                let text = say!("file.not-saved", path = path, reason = reason);
                desk.tell::<Notices>(notices::Message::Failed(cause_of_save(&path), text));
            }
            Effect::Mended(path) => desk.tell::<Notices>(notices::Message::Mended(cause_of_save(&path))),
            Effect::AskToRecreate(path) => ask_to_recreate(desk, path),
        }
    }
}

/// Opens a tab in the group in front; its editor goes to the place that is wanted.
fn open(desk: &Desk, tab: Tab) {
    desk.tell::<Layout>(layout::Message::Open(tab));
    let group = desk.read(|layout: &Layout| layout.groups.active().id);
    desk.tell::<Documents>(Message::Opened(group));
}

/// Line ends in words.
pub fn words_of(ending: LineEnding) -> &'static str {
    match ending {
        LineEnding::Lf => "LF",
        LineEnding::CrLf => "CRLF",
    }
}

fn cause_of_save(path: &WorkspacePath) -> AttrValue {
    format!("save {path}").into()
}

/// Saves all that is unsaved, and waits for it. What cannot be saved is said; what follows goes on without it.
pub async fn save_unsaved(desk: &Desk) {
    let unsaved = desk.read(Documents::unsaved_paths);
    for path in unsaved {
        for effect in desk.store::<Documents>().dispatch(Message::Save(path, false)) {
            match effect {
                Effect::Save(number, path, force) => save(desk.clone(), number, path, force).await,
                other => Documents::perform(desk, other),
            }
        }
    }
}

const AUTO_SAVE: &str = "files.autoSave";

thread_local! {
    static SAVING: RefCell<Option<Timeout>> = const { RefCell::new(None) };
}

/// Somebody typed: where the person wants that, all is saved once nobody has typed for a while.
pub fn save_later(desk: &Desk) {
    let (wanted, delay) = desk.read(|settings: &Settings| {
        (settings.text(AUTO_SAVE) == "afterDelay", settings.number("files.autoSaveDelay") as u32)
    });
    let again = desk.clone();
    let save = move || again.tell::<Documents>(Message::SaveAll);
    SAVING.with(|saving| saving.replace(wanted.then(|| Timeout::new(delay, save))));
}

/// Has a document formatted before it is saved, where the person wants that. Where it does not work, that is said, and
/// the text is saved as it is.
async fn format(desk: &Desk, path: &WorkspacePath) {
    // What saves itself would change the text under the person's hands.
    let wanted =
        |settings: &Settings| settings.flag("editor.formatOnSave") && settings.text(AUTO_SAVE) == "off";
    if desk.read(wanted)
        && let Some(reason) = bridge::format(path).await
    {
        let text = say!("file.not-formatted", name = path.name(), reason = reason);
        desk.tell::<Notices>(notices::Message::Say(widgets::Tone::Warning, text));
    }
}

/// Saves a document with all that was typed in this tab until now.
async fn save(desk: Desk, number: u64, path: WorkspacePath, force: bool) {
    format(&desk, &path).await;
    let after = text_vector(&desk.link().port(), &path).await;
    let outcome = desk.link().call(SaveDocument { path: path.clone(), force, after }).await;
    desk.tell::<Documents>(Message::Saved(number, path, outcome.map_err(|error| error.message)));
}

fn ask_to_recreate(desk: &Desk, path: WorkspacePath) {
    let body = say!("file.recreate-body", path = path);
    let desk_again = desk.clone();
    desk.tell::<Notices>(notices::Message::Ask(Question {
        title: say!("file.recreate-title").into(),
        body,
        input: None,
        confirm: say!("button.save").into(),
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

    fn save(documents: &mut Documents, text: &str) -> u64 {
        match documents.update(Message::Save(path(text), false))[..] {
            [Effect::Save(number, ..)] => number,
            ref other => panic!("no save: {other:?}"),
        }
    }

    #[test]
    fn saves_once_and_tells_when_it_fails() {
        let mut documents = Documents::default();
        documents.update(Message::Dirty(path("a"), true));
        let number = save(&mut documents, "a");
        assert_eq!(documents.get(&path("a")).unwrap().saving, Some(number));
        let failed = documents.update(Message::Saved(number, path("a"), Err("the disk is full".into())));
        assert_eq!(failed, [Effect::Complain(path("a"), "the disk is full".into())]);
        assert!(documents.is_dirty(&path("a")), "the text is still unsaved");
        let number = save(&mut documents, "a");
        let saved = documents.update(Message::Saved(number, path("a"), Ok(state("a", false, Disk::Same))));
        assert_eq!(saved, [Effect::Mended(path("a"))]);
        assert_eq!(documents.unsaved(), 0);
    }

    #[test]
    fn an_answer_never_undoes_what_was_heard_after_its_question() {
        let mut documents = Documents::default();
        documents.update(Message::Dirty(path("a"), true));
        let number = save(&mut documents, "a");
        for dirty in [false, true] {
            documents.update(Message::Event(document::Event::Changed(state("a", dirty, Disk::Same))));
        }
        documents.update(Message::Saved(number, path("a"), Ok(state("a", false, Disk::Same))));
        assert!(documents.is_dirty(&path("a")), "typed since it was saved");
        documents.update(Message::Connected);
        documents.update(Message::Dirty(path("b"), true));
        documents.update(Message::Listed(Ok(vec![state("a", true, Disk::Same)])));
        assert_eq!(documents.unsaved_paths(), [path("a"), path("b")]);
    }

    #[test]
    fn a_document_moved_while_it_is_saved_is_not_saved_for_ever() {
        let mut documents = Documents::default();
        documents.update(Message::Dirty(path("a"), true));
        let number = save(&mut documents, "a");
        documents.update(Message::Event(document::Event::Moved { from: path("a"), to: path("b") }));
        documents.update(Message::Saved(number, path("a"), Ok(state("b", false, Disk::Same))));
        assert_eq!(documents.get(&path("b")).unwrap().saving, None);
        assert_eq!(documents.unsaved(), 0);
    }

    #[test]
    fn the_end_of_one_wish_is_not_that_of_the_next() {
        let mut documents = Documents::default();
        documents.update(Message::Show(Tab::file(path("a")), None));
        let first = documents.reveal.clone().unwrap().serial;
        documents.update(Message::Show(Tab::file(path("b")), None));
        documents.update(Message::Shown(first));
        assert_eq!(documents.reveal.as_ref().unwrap().key, Tab::file(path("b")).key());
    }

    #[test]
    fn a_deleted_file_is_made_again_only_after_asking() {
        let mut documents = Documents::default();
        documents.update(Message::Event(document::Event::Changed(state("a", true, Disk::Deleted))));
        assert_eq!(documents.update(Message::Save(path("a"), false)), [Effect::AskToRecreate(path("a"))]);
        let forced = documents.update(Message::Save(path("a"), true));
        assert!(matches!(&forced[..], [Effect::Save(_, _, true)]), "{forced:?}");
    }

    #[test]
    fn a_file_written_in_another_way_says_so() {
        let mut documents = Documents::default();
        let about = About {
            language: "plaintext".into(),
            read_only: false,
            plain: false,
            line_ending: "LF".into(),
            encoding: "utf-8".into(),
        };
        documents.update(Message::Ready(path("link"), about));
        assert_eq!(
            documents.update(Message::Resolved(path("link"), path("src/a"))),
            [Effect::Follow(path("link"), path("src/a"))]
        );
        documents.update(Message::Event(document::Event::Formatted {
            path: path("src/a"),
            encoding: "euc-kr".into(),
            line_ending: LineEnding::CrLf,
        }));
        let about = documents.get(&path("src/a")).unwrap().about.clone().unwrap();
        assert_eq!((about.encoding.as_str(), about.line_ending.as_str()), ("euc-kr", "CRLF"));
        documents.update(Message::Dirty(path("src/a"), true));
        assert_eq!(documents.unsaved_in(&[path("src")]), [path("src/a")]);
        assert_eq!(documents.unsaved_in(&[path("sr")]), []);
    }

    #[test]
    fn save_all_saves_what_is_unsaved() {
        let mut documents = Documents::default();
        documents
            .update(Message::Listed(Ok(vec![state("a", true, Disk::Same), state("b", false, Disk::Same)])));
        let saved = documents.update(Message::SaveAll);
        assert!(matches!(&saved[..], [Effect::Save(_, saved, false)] if *saved == path("a")), "{saved:?}");
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
