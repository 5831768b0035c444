//! The explorer, drawn.

use std::rc::Rc;

use protocol::{Capability, WorkspacePath, language::Severity};
use web_sys::{DataTransfer, HtmlInputElement};
use widgets::{IconButton, MenuItem, Tree, TreeEvent, Trouble, decimal};
use yew::prelude::*;

use crate::{
    bridge::copy_text,
    commands,
    desk::{Desk, use_desk, use_state_of},
    messages::{said_of_path, say},
    panels::explorer::{
        model::{Explorer, Message},
        transfer::{self, Progress, Transfers},
        trash::{self, Trash},
    },
    shell::dragged,
    state::{
        notices::{self, Notices, OpenMenu, Question},
        problems::Problems,
        search::{Wish, ask},
        terminals::{self, Terminals},
        workspace::Workspace,
    },
    views::Drawing,
};

/// The explorer.
#[component]
pub fn Files() -> Html {
    let desk = use_desk();
    let (picker, folder_picker) = (use_node_ref(), use_node_ref());
    let in_trash = use_state_of::<Trash, _, _>(|trash| trash.open);
    let name = use_state_of::<Workspace, _, _>(|workspace| {
        workspace.description.as_ref().map_or_else(String::new, |description| description.name.clone())
    });
    let (rows, focused, selected, known) = use_state_of::<Explorer, _, _>(|explorer| {
        let known = if explorer.is_known() { Some(explorer.trouble()) } else { None };
        (explorer.rows(), explorer.focused.clone(), Rc::clone(&explorer.selected), known)
    });
    // What is named is a row: with it the rows are others.
    let edited = desk.read(Explorer::named_row);
    let problems = use_state_of::<Problems, _, _>(|problems| problems.version);
    // Each the same from drawing to drawing: then rows are drawn again only where they change.
    let of_tree = use_memo(problems, {
        let (mark, desk, pickers) = (desk.clone(), desk.clone(), (picker.clone(), folder_picker.clone()));
        move |_| {
            let mark = Callback::from(move |key: AttrValue| mark_of(&mark, &key));
            (mark, Callback::from(move |event| hear(&desk, &pickers, event)))
        }
    });
    let act = |message: Message| {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.tell::<Explorer>(message.clone()))
    };
    let onchange = {
        let desk = desk.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Some(files) = input.files() {
                let folder = desk.read(Explorer::target_folder);
                transfer::upload(&desk, folder, transfer::chosen(&files));
            }
            input.set_value("");
        })
    };
    if in_trash {
        return trash::LIST.html(Drawing::default());
    }
    let show_trash = desk.teller::<Trash, MouseEvent>(|_| trash::Message::Show(true));
    html! {
        <>
            <header class="pane-head">
                <h2>{ if name.is_empty() { say!("view.files").to_owned() } else { name } }</h2>
                <IconButton icon="file-plus" label={say!("files.new-file")} onclick={act(Message::New { folder: false })} />
                <IconButton icon="folder-plus" label={say!("files.new-folder")} onclick={act(Message::New { folder: true })} />
                <IconButton icon="refresh-cw" label={say!("button.refresh")} onclick={act(Message::Refresh)} />
                <IconButton icon="copy-minus" label={say!("files.collapse")} onclick={act(Message::CollapseAll)} />
                <IconButton icon="trash-2" label={say!("trash.title")} onclick={show_trash} />
            </header>
            <input ref={picker} type="file" multiple={true} class="hidden" aria-label={say!("files.to-upload")} onchange={onchange.clone()} />
            <input ref={folder_picker} type="file" webkitdirectory={true} class="hidden" aria-label={say!("files.folder-to-upload")} {onchange} />
            if let Some(Some(reason)) = known {
                <Trouble {reason} on_retry={act(Message::Refresh)} />
            } else if known.is_none() {
                <p class="empty">{ say!("files.listing") }</p>
            }
            <Tree id="files" label={say!("view.files")} {rows} {focused} selected={Some(selected)} {edited}
                mark={of_tree.0.clone()} on={of_tree.1.clone()} />
            <Under />
        </>
    }
}

/// What goes on: a transfer, and the deletion that can be undone.
#[component]
fn Under() -> Html {
    let desk = use_desk();
    let running = use_state_of::<Transfers, _, _>(|transfers| transfers.running.clone());
    let thrown = use_state_of::<Trash, _, _>(|trash| trash.undo.len());
    let cancel = desk.teller::<Transfers, MouseEvent>(|_| transfer::Message::Cancel);
    let undo = desk.teller::<Trash, MouseEvent>(|_| trash::Message::Undo);
    let forget = desk.teller::<Trash, MouseEvent>(|_| trash::Message::Forget);
    html! {
        <>
            if let Some(Progress { text, bytes: (done, all) }) = running {
                <div class="explorer-bar">
                    <p role="status">{ text.clone() }</p>
                    <button type="button" onclick={cancel}>{ say!("button.cancel") }</button>
                    <progress aria-label={text} value={decimal(done, 0)} max={decimal(all.max(1.0), 0)} />
                </div>
            }
            if thrown > 0 {
                <div class="explorer-bar">
                    <p role="status">{ say!("trash.count", count = thrown) }</p>
                    <button type="button" onclick={undo}>{ say!("trash.undo") }</button>
                    <IconButton icon="x" label={say!("trash.forget")} onclick={forget} />
                </div>
            }
        </>
    }
}

/// The colour of what has problems.
fn mark_of(desk: &Desk, key: &str) -> Option<&'static str> {
    let path = WorkspacePath::parse(key).ok()?;
    match desk.read(|problems: &Problems| problems.worst_in(&path))? {
        Severity::Error => Some("has-errors"),
        Severity::Warning => Some("has-warnings"),
        _ => None,
    }
}

/// The dialogs for files, and for a folder.
type Pickers = (NodeRef, NodeRef);

fn hear(desk: &Desk, pickers: &Pickers, event: TreeEvent) {
    match event {
        TreeEvent::Focus(key) => desk.tell::<Explorer>(Message::Focus(key)),
        TreeEvent::Open(key) => desk.tell::<Explorer>(Message::Open(key)),
        TreeEvent::Look(key) => desk.tell::<Explorer>(Message::Look(key)),
        TreeEvent::Expand(key) => desk.tell::<Explorer>(Message::Expand(key)),
        TreeEvent::Collapse(key) => desk.tell::<Explorer>(Message::Collapse(key)),
        TreeEvent::Edited(name) => desk.tell::<Explorer>(Message::Named(name)),
        TreeEvent::EditingCancelled => desk.tell::<Explorer>(Message::NamingCancelled),
        TreeEvent::Menu(key, x, y) => {
            let key = key.unwrap_or_default();
            desk.tell::<Explorer>(Message::Focus(key));
            open_menu(desk, pickers, (x, y));
        }
        TreeEvent::Toggle(key) => desk.tell::<Explorer>(Message::Toggle(key)),
        TreeEvent::Extend(key) => desk.tell::<Explorer>(Message::Extend(key)),
        TreeEvent::Dragged(key, event) => {
            desk.tell::<Explorer>(Message::Drag(key));
            dragged::carry(&event, &desk.read(Explorer::selected_files));
        }
        // The keys of commands are the table's.
        TreeEvent::Key(_) => {}
        TreeEvent::Dropped(key, event) => {
            // Beside the rows: the workspace's own folder.
            desk.tell::<Explorer>(Message::Focus(key.unwrap_or_default()));
            let has_files = |data: &DataTransfer| data.types().includes(&"Files".into(), 0);
            match event.data_transfer().filter(has_files) {
                Some(data) => transfer::drop_into(desk, desk.read(Explorer::target_folder), &data),
                None => desk.tell::<Explorer>(Message::Drop),
            }
        }
    }
}

fn open_menu(desk: &Desk, (files, folder_of_files): &Pickers, at: (i32, i32)) {
    let path = desk.read(Explorer::focused_path).unwrap_or_default();
    let folder = desk.read(Explorer::target_folder);
    let act = |message: Message| {
        let desk = desk.clone();
        Callback::from(move |()| desk.tell::<Explorer>(message.clone()))
    };
    let mut items = vec![
        MenuItem::new(say!("files.menu-new-file"), act(Message::New { folder: false })).icon("file-plus"),
        MenuItem::new(say!("files.menu-new-folder"), act(Message::New { folder: true })).icon("folder-plus"),
        MenuItem::new(say!("files.menu-upload"), upload_action(files)).icon("upload"),
        MenuItem::new(say!("files.menu-upload-folder"), upload_action(folder_of_files)).icon("upload"),
    ];
    if desk.read(|workspace: &Workspace| workspace.may(Capability::Terminals.write())) {
        let at = folder.clone();
        let open = desk.teller::<Terminals, ()>(move |()| terminals::Message::Open(Some(at.clone())));
        items.push(MenuItem::new(say!("files.terminal"), open).icon("terminal"));
    }
    if path == folder {
        let find = {
            let (desk, folder) = (desk.clone(), path.clone());
            Callback::from(move |()| ask(&desk, Wish { folder: Some(folder.clone()), ..Wish::default() }))
        };
        items.push(MenuItem::new(say!("files.menu-find"), find).icon("search"));
    }
    items.push(MenuItem::Line);
    if path != folder {
        let beside = MenuItem::new(say!("files.menu-to-side"), act(Message::OpenToSide));
        items.push(beside.shortcut(commands::keys("explorer.openToSide")).icon("columns-2"));
    }
    items.extend(transfer_items(desk, &path));
    if !path.is_root() {
        items.extend([
            MenuItem::Line,
            MenuItem::new(say!("files.menu-rename"), act(Message::Rename))
                .shortcut(commands::keys("renameFile"))
                .icon("pencil"),
            MenuItem::new(say!("files.menu-move"), move_action(desk)).icon("folder"),
            MenuItem::new(say!("files.duplicate"), act(Message::Duplicate)).icon("copy"),
            MenuItem::new(say!("files.menu-delete"), act(Message::AskToDelete))
                .shortcut(commands::keys("deleteFile"))
                .icon("trash-2")
                .danger(),
        ]);
    }
    let menu = OpenMenu { label: say!("files.menu").into(), at, items: Rc::new(items) };
    desk.tell::<Notices>(notices::Message::OpenMenu(menu));
}

/// What the mouse does by dragging, for the keyboard.
fn move_action(desk: &Desk) -> Callback<()> {
    let desk = desk.clone();
    Callback::from(move |()| {
        let again = desk.clone();
        let paths = desk.read(Explorer::selection);
        let folder = paths.first().and_then(WorkspacePath::parent).unwrap_or_default();
        desk.tell::<Notices>(notices::Message::Ask(Question {
            title: say!("files.move-title").into(),
            body: say!("files.move-body").into(),
            input: Some((say!("button.folder").into(), folder.to_string().into())),
            confirm: say!("files.move").into(),
            danger: false,
            on_confirm: Callback::from(move |folder: String| match WorkspacePath::parse(folder.trim()) {
                Ok(folder) => again.tell::<Explorer>(Message::MoveTo(paths.clone(), folder)),
                Err(error) => again.tell::<Notices>(notices::Message::failed(said_of_path(error))),
            }),
        }));
    })
}

fn upload_action(picker: &NodeRef) -> Callback<()> {
    let picker = picker.clone();
    Callback::from(move |()| {
        if let Some(input) = picker.cast::<HtmlInputElement>() {
            input.click();
        }
    })
}

fn transfer_items(desk: &Desk, path: &WorkspacePath) -> Vec<MenuItem> {
    let download = {
        let (desk, path) = (desk.clone(), path.clone());
        Callback::from(move |()| transfer::download(&desk, path.clone()))
    };
    let copy = {
        let (desk, path) = (desk.clone(), path.to_string());
        Callback::from(move |()| {
            let path = path.clone();
            desk.spawn(|desk| async move {
                if copy_text(&path).await {
                    desk.tell::<Notices>(notices::Message::good(say!("files.path-copied")));
                }
            });
        })
    };
    let mut items = vec![MenuItem::new(say!("files.download"), download).icon("download")];
    if !path.is_root() {
        items.push(MenuItem::new(say!("files.copy-path"), copy).icon("clipboard-copy"));
    }
    items
}
