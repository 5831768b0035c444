//! What a person does to groups of editors by the keyboard, the palette and the menu of a tab.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_split_helpers::wasm_split;
use widgets::MenuItem;
use yew::Callback;

use crate::{
    bridge::copy_text,
    chunks::{self, Work},
    desk::Desk,
    messages::{Text, message, say},
    shell::focus,
    state::{
        documents::{self, Documents},
        layout::{GroupId, Layout, Message, Move, Side, Split, Tab},
        notices::{self, Notices, OpenMenu},
    },
};

/// Which group is in front, and the key of its tab in front.
fn front(desk: &Desk) -> Option<(GroupId, String)> {
    desk.read(|layout: &Layout| {
        let group = layout.groups.active();
        Some((group.id, group.active()?.to_owned()))
    })
}

/// Splits the group in front: the other shows what it shows.
pub fn split(desk: &Desk, side: Side) {
    if let Some((group, key)) = front(desk) {
        tell(desk, Message::Split(Split { group, side, from: group, key, copy: true }));
    }
}

/// Moves what is in front into the group that is so many after this one.
pub fn carry(desk: &Desk, by: isize) {
    if let Some((group, key)) = front(desk) {
        tell(desk, carried(desk, group, key, by));
    }
}

/// Where there is one group alone, its tab gets one of its own.
fn carried(desk: &Desk, from: GroupId, key: String, by: isize) -> Message {
    match desk.read(|layout: &Layout| layout.groups.beside(from, by)) {
        to if to == from => {
            let side = if by > 0 { Side::Right } else { Side::Left };
            Message::Split(Split { group: from, side, from, key, copy: false })
        }
        to => Message::Move(Move { from, key, to, before: None }),
    }
}

/// Goes to the group of a number, from the left and the top. The next after the last is split off.
pub fn focus_number(desk: &Desk, number: usize) {
    let ids = desk
        .read(|layout: &Layout| -> Vec<_> { layout.groups.list().iter().map(|group| group.id).collect() });
    match ids.get(number) {
        Some(group) => tell(desk, Message::Focus(*group)),
        None if number == ids.len() => split(desk, Side::Right),
        None => {}
    }
}

/// Goes to the group that is so many after the one in front.
pub fn focus_beside(desk: &Desk, by: isize) {
    let group = desk.read(|layout: &Layout| layout.groups.beside(layout.groups.active().id, by));
    tell(desk, Message::Focus(group));
}

/// Closes the group in front, with all that is open in it.
pub fn close(desk: &Desk) {
    let group = desk.read(|layout: &Layout| layout.groups.active().id);
    tell(desk, Message::CloseOthers(group, None));
}

/// Does something to groups; the focus goes where the person's tab is then.
pub fn tell(desk: &Desk, message: Message) {
    desk.tell::<Layout>(message);
    let (group, tab) = desk.read(|layout: &Layout| (layout.groups.active().id, layout.active_tab().cloned()));
    let Some(tab) = tab else { return };
    let is_file = matches!(tab, Tab::File { .. });
    desk.tell::<Documents>(documents::Message::Show(tab, None));
    if !is_file {
        // An editor takes the focus when it is there; any other view is there when it is drawn.
        let when_drawn = move || {
            if focus::EDITOR.with(focus::Wish::holds) {
                focus::in_group(group);
            }
        };
        Timeout::new(0, when_drawn).forget();
    }
}

/// Opens the menu of a tab.
pub fn open_menu(desk: &Desk, group: GroupId, key: &str, at: (i32, i32)) {
    chunks::work(desk, say!("tab.no-menu"), menu(desk.clone(), group, key.to_owned(), at));
}

// With what is done to files: the first view needs neither.
#[wasm_split(files, fallible)]
fn menu(desk: Desk, group: GroupId, key: String, at: (i32, i32)) -> Work {
    Ok(Box::pin(async move {
        let (several, path) = desk.read(|layout: &Layout| {
            let tab = layout.groups.get(group).and_then(|group| group.tab(&key));
            (layout.groups.list().len() > 1, tab.and_then(Tab::path))
        });
        let item = |label: Text, message: Message| {
            let desk = desk.clone();
            MenuItem::new(label.said(), Callback::from(move |()| tell(&desk, message.clone())))
        };
        let mut items = vec![
            item(message!("tab.close"), Message::Close(Some(group), key.clone())).shortcut("Del").icon("x"),
            item(message!("tab.close-others"), Message::CloseOthers(group, Some(key.clone()))),
            item(message!("tab.close-group"), Message::CloseOthers(group, None)),
            MenuItem::Line,
        ];
        for (label, icon, side) in [
            (message!("tab.split-right"), "columns-2", Side::Right),
            (message!("tab.split-down"), "rows-2", Side::Down),
            (message!("tab.split-left"), "", Side::Left),
            (message!("tab.split-up"), "", Side::Up),
        ] {
            let split = Split { group, side, from: group, key: key.clone(), copy: true };
            items.push(item(label, Message::Split(split)).icon(icon));
        }
        if several {
            for (label, by) in [(message!("tab.to-next"), 1), (message!("tab.to-previous"), -1)] {
                items.push(item(label, carried(&desk, group, key.clone(), by)));
            }
        }
        if let Some(path) = path {
            let copy = Callback::from(move |()| {
                let path = path.to_string();
                wasm_bindgen_futures::spawn_local(async move {
                    copy_text(&path).await;
                });
            });
            items.extend([MenuItem::Line, MenuItem::new(say!("tab.copy-path"), copy).icon("clipboard-copy")]);
        }
        let menu = OpenMenu { label: say!("tab.menu").into(), at, items: Rc::new(items) };
        desk.tell::<Notices>(notices::Message::OpenMenu(menu));
    }))
}
