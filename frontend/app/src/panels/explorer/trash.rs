//! The trash as the explorer shows it: what lies in it, what was thrown away last, what is being brought back.

use protocol::{
    CallError, ErrorCode, WorkspacePath,
    file::{ListTrash, PurgeTrash, RestoreFile, TrashId, TrashPage, Trashed},
};
use wasm_split_helpers::wasm_split;
use yew::{Callback, html};

use crate::{
    chunks::Loaded,
    desk::{Desk, Perform},
    messages::{message, said_of_path, say},
    state::{
        Model,
        documents::{self, Documents},
        layout::Tab,
        notices::{self, Notices, Question},
    },
    text::shown_name,
    views::View,
};

pub mod view;

/// What is drawn in the tree's place while the trash is shown.
pub static LIST: View =
    View { id: "trash", title: message!("trash.title"), later: Some(|| Box::pin(draw())), ..View::BLANK };

#[wasm_split(files, fallible)]
fn draw() -> Loaded {
    Ok(|_| html! { <view::TrashView /> })
}

/// The trash.
#[derive(Default)]
pub struct Trash {
    /// Whether it is shown.
    pub open: bool,
    /// What is in it, or why that is not known.
    pub page: Option<Result<TrashPage, String>>,
    /// The row with the focus.
    pub focused: usize,
    /// What the last deletion threw away: what "Undo delete" brings back.
    pub undo: Vec<TrashId>,
}

/// What happens.
#[derive(Clone, Debug)]
pub enum Message {
    /// It is shown, or no longer.
    Show(bool),
    /// Somebody threw something away, or brought it back.
    Changed,
    /// What is in it came.
    Listed(Result<TrashPage, CallError>),
    /// We threw these away.
    Thrown(Vec<TrashId>),
    /// The last deletion is undone.
    Undo,
    /// "Undo delete" is no longer offered.
    Forget,
    /// A row gets the focus.
    Focus(usize),
    /// Something comes back: where it was, or elsewhere.
    Restore(TrashId, Option<WorkspacePath>),
    /// It came back, or could not.
    Restored(TrashId, Result<WorkspacePath, CallError>),
    /// Something is to be deleted for good, after asking; all of it, if none is named.
    AskToPurge(Option<TrashId>),
    /// These are deleted for good.
    Purge(Option<Vec<TrashId>>),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask what is in it.
    List,
    /// Bring something back.
    Restore(TrashId, Option<WorkspacePath>),
    /// Something came back here: say so.
    Welcome(WorkspacePath),
    /// Where it was something else is now: ask where it is to go.
    AskWhere(TrashId, WorkspacePath, String),
    /// Say that it did not come back.
    Complain(CallError),
    /// Ask whether to delete for good: one thing, by its path, or all of it, by how many there are.
    AskToPurge(Option<TrashId>, String),
    /// Delete for good.
    Purge(Option<Vec<TrashId>>),
}

impl Model for Trash {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Show(open) => {
                (self.open, self.focused) = (open, 0);
                if open { vec![Effect::List] } else { Vec::new() }
            }
            Message::Changed if self.open => vec![Effect::List],
            Message::Changed => Vec::new(),
            Message::Listed(outcome) => {
                self.page = Some(outcome.map_err(|error| error.message));
                self.focused = self.focused.min(self.entries().len().saturating_sub(1));
                Vec::new()
            }
            Message::Thrown(ids) => {
                self.undo = ids;
                Vec::new()
            }
            Message::Undo => {
                let thrown = std::mem::take(&mut self.undo);
                thrown.into_iter().map(|id| Effect::Restore(id, None)).collect()
            }
            Message::Forget => {
                self.undo.clear();
                Vec::new()
            }
            Message::Focus(row) => {
                self.focused = row.min(self.entries().len().saturating_sub(1));
                Vec::new()
            }
            Message::Restore(id, to) => vec![Effect::Restore(id, to)],
            Message::Restored(id, outcome) => self.restored(id, outcome),
            Message::AskToPurge(id) => self.ask_to_purge(id),
            Message::Purge(ids) => vec![Effect::Purge(ids)],
        }
    }
}

impl Trash {
    /// What is in it, the newest first, as far as it is known.
    pub fn entries(&self) -> &[Trashed] {
        match &self.page {
            Some(Ok(page)) => &page.entries,
            _ => &[],
        }
    }

    fn entry(&self, id: &TrashId) -> Option<&Trashed> {
        self.entries().iter().find(|entry| entry.id == *id)
    }

    fn restored(&mut self, id: TrashId, outcome: Result<WorkspacePath, CallError>) -> Vec<Effect> {
        match outcome {
            Ok(path) => {
                self.undo.retain(|thrown| *thrown != id);
                vec![Effect::Welcome(path)]
            }
            Err(error) if error.code == ErrorCode::Exists => {
                let path = self.entry(&id).map(|entry| entry.path.clone()).unwrap_or_default();
                vec![Effect::AskWhere(id, beside(&path), error.message)]
            }
            Err(error) => vec![Effect::Complain(error)],
        }
    }

    fn ask_to_purge(&self, id: Option<TrashId>) -> Vec<Effect> {
        let what = match (&id, &self.page) {
            (Some(id), _) => self.entry(id).map(|entry| shown_name(entry.path.as_str())),
            (None, Some(Ok(page))) if page.total > 0 => {
                Some(say!("trash.everything", count = page.total).to_string())
            }
            _ => None,
        };
        what.map(|what| Effect::AskToPurge(id, what)).into_iter().collect()
    }
}

/// A free name is likely there: `main (restored).rs`.
fn beside(path: &WorkspacePath) -> WorkspacePath {
    let name = match path.name().rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
        Some((stem, ending)) => format!("{stem} (restored).{ending}"),
        None => format!("{} (restored)", path.name()),
    };
    path.parent().unwrap_or_default().join(&name)
}

impl Perform for Trash {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::List => {
                desk.ask(ListTrash {}, |desk, outcome| desk.tell::<Self>(Message::Listed(outcome)));
            }
            Effect::Restore(id, to) => {
                desk.ask(RestoreFile { id: id.clone(), to }, move |desk, outcome| {
                    desk.tell::<Self>(Message::Restored(id, outcome));
                });
            }
            Effect::Welcome(path) => {
                let text = say!("trash.back", path = shown_name(path.as_str()));
                desk.tell::<Notices>(notices::Message::good(text));
                if desk.read(|documents: &Documents| documents.is_dirty(&path)) {
                    desk.tell::<Documents>(documents::Message::Show(Tab::file(path), None));
                }
            }
            Effect::AskWhere(id, place, reason) => ask_where(desk, id, &place, &reason),
            Effect::Complain(error) => desk.complain(say!("trash.not-back"), &error),
            Effect::AskToPurge(id, what) => ask_to_purge(desk, id, &what),
            Effect::Purge(ids) => desk.ask_quietly(PurgeTrash { ids }, say!("trash.not-purged")),
        }
    }
}

fn ask_where(desk: &Desk, id: TrashId, place: &WorkspacePath, reason: &str) {
    let again = desk.clone();
    desk.tell::<Notices>(notices::Message::Ask(Question {
        title: say!("trash.where-title").into(),
        body: say!("trash.where-body", reason = reason),
        input: Some((say!("button.path").into(), place.to_string().into())),
        confirm: say!("trash.restore").into(),
        danger: false,
        on_confirm: Callback::from(move |path: String| match WorkspacePath::parse(path.trim()) {
            Ok(path) => again.tell::<Trash>(Message::Restore(id.clone(), Some(path))),
            Err(error) => {
                again.tell::<Notices>(notices::Message::failed(say!(
                    "trash.not-restored",
                    error = said_of_path(error)
                )));
            }
        }),
    }));
}

fn ask_to_purge(desk: &Desk, id: Option<TrashId>, what: &str) {
    let (ids, body) = (id.map(|id| vec![id]), say!("trash.purge-body", what = what));
    notices::confirm(desk, say!("trash.purge-title"), body, say!("trash.purge"), move |desk| {
        desk.tell::<Trash>(Message::Purge(ids.clone()));
    });
}

#[cfg(test)]
mod tests {
    use protocol::file::Kind;

    use super::*;

    fn id(number: u64) -> TrashId {
        TrashId::new(1, number)
    }

    fn path(text: &str) -> WorkspacePath {
        WorkspacePath::parse(text).unwrap()
    }

    fn filled() -> Trash {
        let mut trash = Trash::default();
        assert_eq!(trash.update(Message::Show(true)), [Effect::List]);
        let entry = |number| Trashed {
            id: id(number),
            path: path("src/main.rs"),
            deleted_ms: 1,
            by: None,
            kind: Kind::File,
            size: 1,
            unsaved: false,
        };
        trash.update(Message::Listed(Ok(TrashPage { entries: vec![entry(1), entry(2)], total: 2 })));
        trash
    }

    #[test]
    fn what_was_thrown_away_last_comes_back_once() {
        let mut trash = Trash::default();
        trash.update(Message::Thrown(vec![id(1), id(2)]));
        let back = trash.update(Message::Undo);
        assert_eq!(back, [Effect::Restore(id(1), None), Effect::Restore(id(2), None)]);
        assert_eq!(trash.update(Message::Undo), []);
        assert_eq!(trash.update(Message::Restored(id(1), Ok(path("a")))), [Effect::Welcome(path("a"))]);
    }

    #[test]
    fn nothing_is_overwritten_or_purged_unasked() {
        let mut trash = filled();
        let taken = CallError::new(ErrorCode::Exists, "taken");
        let asked = trash.update(Message::Restored(id(1), Err(taken)));
        assert_eq!(asked, [Effect::AskWhere(id(1), path("src/main (restored).rs"), "taken".into())]);
        let asked = trash.update(Message::AskToPurge(Some(id(2))));
        assert_eq!(asked, [Effect::AskToPurge(Some(id(2)), "src/main.rs".into())]);
        let asked = trash.update(Message::AskToPurge(None));
        assert_eq!(asked, [Effect::AskToPurge(None, "everything in the trash (2)".into())]);
        trash.update(Message::Focus(9));
        assert_eq!(trash.focused, 1);
        trash.update(Message::Show(false));
        assert_eq!(trash.update(Message::Changed), [], "nobody sees it");
    }
}
