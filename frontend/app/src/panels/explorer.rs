//! The explorer: the workspace's files as a tree.

use protocol::{
    Event, WorkspacePath,
    file::{self, CopyFile, CreateFile, CreateFolder, DeleteFiles, ListFolder, RenameFile, WatchFolders},
};
use yew::Callback;

use crate::{
    desk::{Desk, Perform},
    panels::explorer::model::{Effect, Explorer, Message},
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
    open_remembered(desk);
}

/// Opens the folders that were open the last time, once the layout is known.
fn open_remembered(desk: &Desk) {
    let (desk, done) = (desk.clone(), std::cell::Cell::new(false));
    let layout = desk.store::<Layout>();
    let watched = layout.clone();
    let watching = layout.watch(move || {
        let (loaded, folders) = (watched.get().loaded, watched.get().folders.clone());
        if loaded && !done.replace(true) {
            desk.tell::<Explorer>(Message::Restore(folders));
        }
    });
    watching.forever();
}

impl Perform for Explorer {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::List { path, after } => {
                desk.ask(ListFolder { path: path.clone(), after: after.clone() }, move |desk, outcome| {
                    let outcome = outcome.map_err(|error| error.message);
                    desk.tell::<Self>(Message::Listed { path, after, outcome });
                });
            }
            Effect::Watch(folders) => desk.ask_quietly(WatchFolders { folders }, "Folders cannot be watched"),
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

fn create_file(desk: &Desk, path: WorkspacePath) {
    desk.ask(CreateFile { path: path.clone() }, move |desk, outcome| match outcome {
        Ok(()) => desk.tell::<Documents>(documents::Message::Show(Tab::file(path), None)),
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
        Ok(()) => {
            desk.tell::<Layout>(layout::Message::Deleted(paths.clone()));
            desk.tell::<Explorer>(Message::Deleted(paths));
        }
        Err(error) => desk.complain("It cannot be deleted", &error),
    });
}
