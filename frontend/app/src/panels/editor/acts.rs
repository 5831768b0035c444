//! What a person does to groups of editors by the keyboard, the palette and the menu of a tab.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use widgets::MenuItem;
use yew::Callback;

use crate::{
    bridge::copy_text,
    desk::Desk,
    shell::focus,
    state::{
        documents::{self, Documents},
        layout::{Group, GroupId, Layout, Message, Move, Side, Split, Tab},
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

fn carried(desk: &Desk, from: GroupId, key: String, by: isize) -> Message {
    let to = desk.read(|layout: &Layout| layout.groups.beside(from, by));
    Message::Move(Move { from, key, to, before: None })
}

/// Goes to the group of a number, from the left and the top.
pub fn focus_number(desk: &Desk, number: usize) {
    let group = desk.read(|layout: &Layout| layout.groups.list().get(number).map(|group| group.id));
    if let Some(group) = group {
        tell(desk, Message::Focus(group));
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
    let (many, path) = desk.read(|layout: &Layout| {
        let tab = layout.groups.get(group).and_then(|group: &Group| group.tab(key));
        (layout.groups.list().len() > 1, tab.and_then(Tab::path))
    });
    let item = |label: &'static str, message: Message| {
        let desk = desk.clone();
        MenuItem::new(label, Callback::from(move |()| tell(&desk, message.clone())))
    };
    let split = |side| Message::Split(Split { group, side, from: group, key: key.to_owned(), copy: true });
    let mut items = vec![
        item("Close", Message::Close(Some(group), key.to_owned())).shortcut("Del").icon("x"),
        item("Close others", Message::CloseOthers(group, Some(key.to_owned()))),
        MenuItem::Line,
        item("Split right", split(Side::Right)).icon("columns-2"),
        item("Split down", split(Side::Down)).icon("rows-2"),
        item("Split left", split(Side::Left)),
        item("Split up", split(Side::Up)),
    ];
    if many {
        items.push(item("Move into next group", carried(desk, group, key.to_owned(), 1)));
        items.push(item("Move into previous group", carried(desk, group, key.to_owned(), -1)));
    }
    if let Some(path) = path {
        let copy = Callback::from(move |()| {
            let path = path.to_string();
            wasm_bindgen_futures::spawn_local(async move {
                copy_text(&path).await;
            });
        });
        items.extend([MenuItem::Line, MenuItem::new("Copy path", copy).icon("clipboard-copy")]);
    }
    let menu = OpenMenu { label: "Editor actions".into(), at, items: Rc::new(items) };
    desk.tell::<Notices>(notices::Message::OpenMenu(menu));
}
