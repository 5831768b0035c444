//! The explorer: the workspace's files as a tree.

use std::cell::RefCell;

use protocol::{
    Event, WorkspacePath,
    file::{self, CopyFile, CreateFile, CreateFolder, DeleteFiles, ListFolder, RenameFile, WatchFolders},
};
use yew::Callback;

use crate::{
    desk::{Desk, Perform},
    panels::explorer::model::{Effect, Explorer, Message},
    shell::focus::Moment,
    state::{
        documents::{self, Documents},
        layout::{self, Layout, Tab},
        notices::{self, Notices, Question},
    },
    text::shown_name,
};

pub mod model;
pub mod transfer;
pub mod view;

pub use view::Files;

/// Listens to the link and to the layout, for as long as the page lives.
pub fn start(desk: &Desk) {
    let on_event = desk.clone();
    let events = desk.link().on_event(move |event| {
        if let Event::File(file::Event::Changed { folders }) = event {
            on_event.tell::<Explorer>(Message::Changed(folders.clone()));
        }
    });
    events.forever();
    let on_session = desk.clone();
    let sessions = desk.link().on_session(move |resumed| {
        on_session.tell::<Explorer>(Message::Connected { resumed: *resumed });
    });
    sessions.forever();
    follow_layout(desk);
}

/// Opens the folders that were open the last time, once the layout is known; from then on shows in the tree which file
/// is in front. At once, not at the next drawing: what the person does next comes after it.
fn follow_layout(desk: &Desk) {
    let (desk, shown) = (desk.clone(), RefCell::new(None::<Option<WorkspacePath>>));
    let layout = desk.store::<Layout>();
    let watched = layout.clone();
    let watching = layout.watch(move || {
        let (loaded, active) = (watched.get().loaded, watched.get().active_file().cloned());
        if !loaded || *shown.borrow() == Some(active.clone()) {
            return;
        }
        let before = shown.replace(Some(active.clone()));
        if before.is_none() {
            let folders = watched.get().folders.clone();
            desk.tell::<Explorer>(Message::Restore(folders));
        }
        if let Some(path) = active {
            desk.tell::<Explorer>(if before.is_none() {
                Message::Recall(path)
            } else {
                Message::Reveal(path)
            });
        }
    });
    watching.forever();
}

impl Perform for Explorer {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::List { path, after } => {
                desk.ask(ListFolder { path: path.clone(), after: after.clone() }, move |desk, outcome| {
                    desk.tell::<Self>(Message::Listed { path, after, outcome });
                });
            }
            Effect::Watch(folders) => {
                desk.ask(WatchFolders { folders: folders.clone() }, |desk, outcome| {
                    if let Err(error) = &outcome {
                        desk.complain("Folders cannot be watched", error);
                    }
                    desk.tell::<Self>(Message::Watched(outcome.is_ok().then_some(folders)));
                });
            }
            Effect::Remember(folders) => desk.tell::<Layout>(layout::Message::Folders(folders)),
            Effect::Open(path) => desk.tell::<Documents>(documents::Message::Show(Tab::file(path), None)),
            Effect::CreateFile(path) => create_file(desk, path),
            Effect::CreateFolder(path) => {
                desk.ask_quietly(CreateFolder { path }, "The folder cannot be made");
            }
            Effect::Rename(from, to) => {
                desk.ask_quietly(RenameFile { from, to, overwrite: false }, "It cannot be renamed");
            }
            Effect::Copy(from, to) => desk.ask_quietly(CopyFile { from, to }, "It cannot be copied"),
            Effect::AskToDelete(paths) => ask_to_delete(desk, paths),
            Effect::Delete(paths) => delete(desk, paths),
        }
    }
}

/// Makes a file and opens it: in front, or behind where the person has gone on meanwhile.
fn create_file(desk: &Desk, path: WorkspacePath) {
    let asked = Moment::now();
    desk.ask(CreateFile { path: path.clone() }, move |desk, outcome| match outcome {
        Ok(()) if asked.is_now() => {
            desk.tell::<Documents>(documents::Message::Show(Tab::file(path), None));
        }
        Ok(()) => desk.tell::<Layout>(layout::Message::OpenBehind(Tab::file(path))),
        Err(error) => desk.complain("The file cannot be made", &error),
    });
}

fn ask_to_delete(desk: &Desk, paths: Vec<WorkspacePath>) {
    let what = match paths.as_slice() {
        [path] => shown_name(path.name()),
        paths => format!("{} files and folders", paths.len()),
    };
    let again = desk.clone();
    desk.tell::<Notices>(notices::Message::Ask(Question {
        title: format!("Delete {what}?").into(),
        body: "What is deleted goes to the workspace's trash.".into(),
        input: None,
        confirm: "Delete".into(),
        danger: true,
        on_confirm: Callback::from(move |_| again.tell::<Explorer>(Message::Delete(paths.clone()))),
    }));
}

fn delete(desk: &Desk, paths: Vec<WorkspacePath>) {
    desk.ask(DeleteFiles { paths: paths.clone() }, move |desk, outcome| match outcome {
        Ok(deleted) => {
            let gone: Vec<_> = paths.into_iter().take(deleted.trashed.len()).collect();
            desk.tell::<Layout>(layout::Message::Deleted(gone.clone()));
            desk.tell::<Explorer>(Message::Deleted(gone));
            if let Some(reason) = deleted.stopped {
                desk.tell::<Notices>(notices::Message::failed(reason));
            }
        }
        Err(error) => desk.complain("It cannot be deleted", &error),
    });
}
