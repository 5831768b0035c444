//! What was found, drawn as a tree, and what is done to its rows.

use std::rc::Rc;

use widgets::{IconButton, MenuItem, Tree, TreeEvent};
use yew::prelude::*;

use crate::{
    bridge::copy_text,
    desk::{Desk, use_desk, use_state_of},
    messages::say,
    panels::search::{
        acts::fresh_name,
        model::{Keyboard, Message, Search, form::Switch},
        replacing::use_may_edit,
    },
    state::notices::{self, Notices, OpenMenu},
};

/// The tree's id.
pub const ID: &str = "search-results";

/// Whether a row can be replaced.
#[derive(Clone, Copy, PartialEq)]
enum Replace {
    /// Nobody replaces.
    Hidden,
    /// Not now.
    Waits,
    /// Yes.
    Offered,
}

/// What was found.
#[component]
pub fn Found() -> Html {
    let desk = use_desk();
    let (rows, focused) =
        use_state_of::<Search, _, _>(|search| (search.results.rows.clone(), search.results.focused.clone()));
    let searched = use_state_of::<Search, _, _>(Search::has_searched);
    let opened = use_state_of::<Search, _, _>(|search| search.form.is(Switch::Replace));
    let may = use_state_of::<Search, _, _>(Search::may_replace);
    let may_edit = use_may_edit();
    let replace = match (may_edit && opened, may) {
        (false, _) => Replace::Hidden,
        (true, false) => Replace::Waits,
        (true, true) => Replace::Offered,
    };
    // The same from drawing to drawing: then rows are drawn again only where they change.
    let of_tree = use_memo(replace, move |replace| {
        let (tools, replace) = (desk.clone(), *replace);
        let tools = Callback::from(move |key: AttrValue| draw_tools(&tools, &key, replace));
        (tools, Callback::from(move |event| hear(&desk, replace, event)))
    });
    if !searched {
        return Html::default();
    }
    html! {
        <Tree id={ID} label={say!("search.results")} {rows} {focused} holds={true} tools={of_tree.0.clone()} on={of_tree.1.clone()} />
    }
}

fn draw_tools(desk: &Desk, key: &AttrValue, offered: Replace) -> Html {
    let act = |message: fn(AttrValue) -> Message| {
        let key = key.clone();
        desk.teller::<Search, MouseEvent>(move |_| message(key.clone()))
    };
    html! {
        <>
            if offered != Replace::Hidden {
                <IconButton icon="replace" label={say!("search.replace")} disabled={offered == Replace::Waits}
                    onclick={act(replace)} />
            }
            <IconButton icon="x" label={say!("button.dismiss")} onclick={act(Message::Dismiss)} />
        </>
    }
}

fn replace(key: AttrValue) -> Message {
    Message::Replace(key, fresh_name())
}

fn hear(desk: &Desk, offered: Replace, event: TreeEvent) {
    let message = match event {
        TreeEvent::Focus(key) => Message::Focus(key),
        TreeEvent::Open(key) => Message::Open(key, Keyboard::Moves),
        TreeEvent::Look(key) => Message::Open(key, Keyboard::Stays),
        TreeEvent::Expand(key) => Message::Expand(key, true),
        TreeEvent::Collapse(key) => Message::Expand(key, false),
        TreeEvent::Menu(Some(key), x, y) => {
            desk.tell::<Search>(Message::Focus(key.clone()));
            return open_menu(desk, offered, &key, (x, y));
        }
        TreeEvent::Key(event) if event.key() == "Delete" => {
            let Some(key) = desk.read(|search: &Search| search.results.focused.clone()) else { return };
            event.prevent_default();
            Message::Dismiss(key)
        }
        _ => return,
    };
    desk.tell::<Search>(message);
}

fn open_menu(desk: &Desk, offered: Replace, key: &AttrValue, at: (i32, i32)) {
    let item = |label: &'static str, message: fn(AttrValue) -> Message| {
        let key = key.clone();
        MenuItem::new(label, desk.teller::<Search, ()>(move |()| message(key.clone())))
    };
    let mut items = Vec::new();
    if offered == Replace::Offered {
        items.push(item(say!("search.replace"), replace).icon("replace"));
    }
    items.push(item(say!("button.dismiss"), Message::Dismiss).icon("x").shortcut("Del"));
    if let Some(path) = desk.read(|search: &Search| search.results.path_of(key)) {
        let copy = copy_action(desk, path.to_string());
        items.extend([MenuItem::Line, MenuItem::new(say!("files.copy-path"), copy).icon("clipboard-copy")]);
    }
    let menu = OpenMenu { label: say!("search.menu").into(), at, items: Rc::new(items) };
    desk.tell::<Notices>(notices::Message::OpenMenu(menu));
}

fn copy_action(desk: &Desk, path: String) -> Callback<()> {
    let desk = desk.clone();
    Callback::from(move |()| {
        let path = path.clone();
        desk.spawn(|desk| async move {
            if copy_text(&path).await {
                desk.tell::<Notices>(notices::Message::good(say!("files.path-copied")));
            }
        });
    })
}
