//! The explorer: the workspace's files as a tree.

use std::cell::RefCell;

use protocol::{
    WorkspacePath,
    file::{
        self, CopyFile, CreateFile, CreateFolder, DeleteFiles, KEEP_DAYS, ListFolder, RenameFile,
        WatchFolders,
    },
};
use yew::prelude::*;

use crate::{
    commands::command,
    desk::{Desk, Perform},
    link::event::Event,
    messages::{message, say},
    panels::explorer::{
        model::{Effect, Explorer, Message},
        status::Transferring,
        trash::Trash,
        view::Files,
    },
    shell::focus::Moment,
    state::{
        documents::{self, Documents},
        layout::{self, Layout, Place, Tab},
        notices::{self, Notices},
    },
    text::shown_name,
    views::{Panel, View, show},
};

pub mod model;
pub mod status;
pub mod transfer;
pub mod trash;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "files",
        title: message!("view.files"),
        icon: "files",
        place: Place::Side,
        order: 10,
        show: Some(command!("workbench.view.explorer", "Ctrl+Shift+E", "", "", |desk| show(desk, "files"))),
        draw: |_| html! { <Files /> },
        ..View::BLANK
    }],
    commands: &[
        command!("explorer.newFile", "", "", "mayEdit", |desk| tell(desk, Message::New { folder: false })),
        command!("explorer.newFolder", "", "", "mayEdit", |desk| tell(desk, Message::New { folder: true })),
        command!("renameFile", "F2", TREE, "treeFocus", |desk| desk.tell::<Explorer>(Message::Rename)),
        command!("deleteFile", "Delete", TREE, "treeFocus", |desk| {
            desk.tell::<Explorer>(Message::AskToDelete);
        }),
        command!("explorer.openToSide", "Ctrl+Enter", TREE, "", |desk| tell(desk, Message::OpenToSide)),
        command!("explorer.undo", "Ctrl+Z", TREE, "mayEdit", |desk| desk.tell::<Trash>(trash::Message::Undo)),
        command!("file.trash", "", "", "mayEdit", show_trash),
        command!("explorer.refresh", "", "", "", |desk| tell(desk, Message::Refresh)),
        command!("explorer.collapse", "", "", "", |desk| tell(desk, Message::CollapseAll)),
    ],
    start: Some(start),
    besides: &[&trash::LIST],
    status: Some((30, || html! { <Transferring /> })),
    ..Panel::NONE
};

/// In the tree of files, but not where a name is written.
const TREE: &str = "treeFocus && !inputFocus";

fn tell(desk: &Desk, message: Message) {
    show(desk, "files");
    desk.tell::<Explorer>(message);
}

fn show_trash(desk: &Desk) {
    show(desk, "files");
    desk.tell::<Trash>(trash::Message::Show(true));
}

/// Listens to the link and to the layout, for as long as the page lives.
fn start(desk: &Desk) {
    let on_event = desk.clone();
    let events = desk.link().on_event(move |event| match event {
        Event::File(file::Event::Changed { folders }) => {
            on_event.tell::<Explorer>(Message::Changed(folders.clone()));
        }
        Event::File(file::Event::TrashChanged) => on_event.tell::<Trash>(trash::Message::Changed),
        _ => {}
    });
    events.forever();
    let on_session = desk.clone();
    let sessions = desk.link().on_session(move |resumed| {
        on_session.tell::<Explorer>(Message::Connected { resumed: *resumed });
    });
    sessions.forever();
    follow_layout(desk);
    transfer::watch_drops(desk);
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
                    desk.said(say!("files.not-watched"), &outcome);
                    desk.tell::<Self>(Message::Watched(outcome.is_ok().then_some(folders)));
                });
            }
            Effect::Remember(folders) => desk.tell::<Layout>(layout::Message::Folders(folders)),
            Effect::Open(path) => desk.tell::<Documents>(documents::Message::Show(Tab::file(path), None)),
            Effect::Look(path) => desk.tell::<Layout>(layout::Message::Open(Tab::file(path))),
            Effect::OpenToSide(paths) => open_to_side(desk, paths),
            Effect::CreateFile(path) => create_file(desk, path),
            Effect::CreateFolder(path) => {
                desk.ask_quietly(CreateFolder { path }, say!("files.no-folder"));
            }
            Effect::Rename(from, to) => {
                desk.ask_quietly(RenameFile { from, to, overwrite: false }, say!("files.not-renamed"));
            }
            Effect::Copy(from, to) => desk.ask_quietly(CopyFile { from, to }, say!("files.not-copied")),
            Effect::AskToDelete(paths) => ask_to_delete(desk, paths),
            Effect::Delete(paths) => delete(desk, paths),
            Effect::Complain(reason) => desk.tell::<Notices>(notices::Message::failed(reason)),
        }
    }
}

/// Opens files beside the group in front, and goes on in the first of them.
fn open_to_side(desk: &Desk, paths: Vec<WorkspacePath>) {
    let Some(first) = paths.first().cloned() else { return };
    let tabs = paths.into_iter().map(Tab::file).collect();
    let (group, side) = desk.read(|layout: &Layout| layout.groups.beside_front());
    desk.tell::<Layout>(layout::Message::OpenAt(tabs, group, side));
    // Where there is no room for one more group, that is said, and nothing is opened.
    if desk.read(|layout: &Layout| layout.active_file() == Some(&first)) {
        desk.tell::<Documents>(documents::Message::Show(Tab::file(first), None));
    }
}

/// Makes a file and opens it: in front, or behind where the person has gone on meanwhile.
fn create_file(desk: &Desk, path: WorkspacePath) {
    let asked = Moment::now();
    desk.ask(CreateFile { path: path.clone() }, move |desk, outcome| {
        desk.said(say!("files.no-file"), &outcome);
        match outcome {
            Ok(()) if asked.is_now() => {
                desk.tell::<Documents>(documents::Message::Show(Tab::file(path), None));
            }
            Ok(()) => desk.tell::<Layout>(layout::Message::OpenBehind(Tab::file(path))),
            Err(_) => {}
        }
    });
}

fn ask_to_delete(desk: &Desk, paths: Vec<WorkspacePath>) {
    let what = match paths.as_slice() {
        [path] => shown_name(path.name()),
        paths => say!("files.several", count = paths.len()).to_string(),
    };
    let unsaved = desk.read(|documents: &Documents| documents.unsaved_in(&paths));
    let title = say!("files.delete-title", what = what);
    notices::confirm(desk, title, deletion(&unsaved), say!("button.delete"), move |desk| {
        desk.tell::<Explorer>(Message::Delete(paths.clone()));
    });
}

/// Names of the first of so many things.
fn several(names: &[String], count: usize) -> AttrValue {
    let (listed, more) = (names.join(", "), count.saturating_sub(names.len()));
    if more == 0 { listed.into() } else { say!("files.and-more", names = listed, count = more) }
}

/// What deleting means, where these files have unsaved text.
fn deletion(unsaved: &[WorkspacePath]) -> AttrValue {
    const NAMED: usize = 4;
    let kept = say!("files.kept", days = KEEP_DAYS);
    if unsaved.is_empty() {
        return kept;
    }
    let names: Vec<_> = unsaved.iter().take(NAMED).map(|path| shown_name(path.as_str())).collect();
    let names = several(&names, unsaved.len());
    say!("files.unsaved", names = names, count = unsaved.len(), kept = kept)
}

fn delete(desk: &Desk, paths: Vec<WorkspacePath>) {
    desk.ask(DeleteFiles { paths: paths.clone() }, move |desk, outcome| {
        desk.said(say!("files.not-deleted"), &outcome);
        if let Ok(deleted) = outcome {
            let gone: Vec<_> = paths.into_iter().take(deleted.trashed.len()).collect();
            desk.tell::<Layout>(layout::Message::Deleted(gone.clone()));
            desk.tell::<Explorer>(Message::Deleted(gone));
            desk.tell::<Trash>(trash::Message::Thrown(deleted.trashed));
            if let Some(reason) = deleted.stopped {
                desk.tell::<Notices>(notices::Message::failed(reason));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_names_what_is_unsaved() {
        let path = |name: &str| WorkspacePath::parse(name).unwrap();
        assert!(deletion(&[]).starts_with("What is deleted stays in the workspace's trash for 30 days"));
        assert!(deletion(&[path("src/a.rs")]).starts_with("src/a.rs has unsaved text: it is deleted with"));
        let many: Vec<_> = (0..6).map(|number| path(&format!("{number}"))).collect();
        assert!(deletion(&many).starts_with("0, 1, 2, 3 and 2 more have unsaved text: they are deleted"));
    }
}
