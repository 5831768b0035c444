//! The tree of what is deployed, drawn.

use std::rc::Rc;

use protocol::function::FunctionRef;
use widgets::{IconButton, MenuItem, Tree, TreeEvent, TreeRows, Trouble};
use yew::prelude::*;

use crate::{
    bridge::copy_text,
    desk::{Desk, use_desk, use_state_of},
    messages::say,
    panels::cloud::model::{Closed, Row, Thing, rows},
    state::{
        cloud::{Cloud, Message},
        documents::{self, Documents},
        functions::{self, Functions},
        layout::Tab,
        notices::{self, Notices, OpenMenu},
        request::{self, Request},
    },
};

/// What is deployed.
#[component]
pub fn CloudTree() -> Html {
    let desk = use_desk();
    let closed = use_state_eq(Closed::new);
    let focused = use_state_eq(|| None::<AttrValue>);
    let described = use_state_of::<Cloud, _, _>(|cloud| cloud.described.clone());
    let trouble = use_state_of::<Cloud, _, _>(|cloud| cloud.trouble.clone());
    // Not anew when only the focus moves.
    let made = use_memo((described.clone(), (*closed).clone()), |(described, closed)| {
        let rows = described.as_ref().map(|cloud| rows(cloud, closed)).unwrap_or_default();
        (TreeRows::from(rows.iter().map(|(row, _)| row.clone()).collect::<Vec<_>>()), rows)
    });
    let refresh = desk.teller::<Cloud, MouseEvent>(|_| Message::Ask);
    let on = {
        let (desk, closed, focused, rows) = (desk.clone(), closed.clone(), focused.clone(), Rc::clone(&made));
        Callback::from(move |event: TreeEvent| match event {
            TreeEvent::Focus(key) => focused.set(Some(key)),
            TreeEvent::Expand(key) | TreeEvent::Collapse(key) => {
                let mut toggled = (*closed).clone();
                if !toggled.remove(&key) {
                    toggled.insert(key.clone());
                }
                closed.set(toggled);
                focused.set(Some(key));
            }
            TreeEvent::Open(key) | TreeEvent::Look(key) => {
                act(&desk, &rows.1, &key);
                focused.set(Some(key));
            }
            TreeEvent::Menu(Some(key), x, y) => {
                open_menu(&desk, &rows.1, &key, (x, y));
                focused.set(Some(key));
            }
            _ => {}
        })
    };
    html! {
        <>
            <header class="pane-head">
                <h2>{ say!("view.cloud") }</h2>
                <IconButton icon="refresh-cw" label={say!("button.refresh")} onclick={refresh.clone()} />
            </header>
            if let Some(reason) = trouble {
                <Trouble {reason} on_retry={refresh.clone()} />
            } else if described.is_none() {
                <p class="empty">{ say!("cloud.asking") }</p>
            } else if made.1.is_empty() {
                <p class="empty">{ say!("cloud.empty") }</p>
            }
            <Tree id="cloud-tree" label={say!("view.cloud")} rows={made.0.clone()} focused={(*focused).clone()} {on} />
        </>
    }
}

fn thing<'a>(rows: &'a [Row], key: &AttrValue) -> Option<&'a Thing> {
    rows.iter().find(|(row, _)| row.key == *key).map(|(_, thing)| thing)
}

fn act(desk: &Desk, rows: &[Row], key: &AttrValue) {
    match thing(rows, key) {
        Some(Thing::Function { name, .. }) => open_function(desk, name),
        Some(Thing::Route(method, url)) => {
            desk.tell::<Request>(request::Message::Try { method: method.clone(), url: url.clone() });
        }
        Some(Thing::Queue(name)) => open_page(desk, "queue", "name", name),
        Some(Thing::Topic(arn)) => open_page(desk, "topic", "arn", arn),
        Some(Thing::Text(text)) => copy(desk, text.clone()),
        Some(Thing::Stack(_) | Thing::Group) | None => {}
    }
}

fn open_function(desk: &Desk, name: &str) {
    let function = FunctionRef::Deployed { name: name.to_owned() };
    desk.tell::<Functions>(functions::Message::Choose(function));
}

/// Opens the page of something, which the view of that name shows.
fn open_page(desk: &Desk, view: &str, member: &'static str, what: &str) {
    desk.tell::<Documents>(documents::Message::Show(Tab::about(view, member, what), None));
}

fn copy(desk: &Desk, text: String) {
    desk.spawn(|desk| async move {
        if copy_text(&text).await {
            desk.tell::<Notices>(notices::Message::good(say!("cloud.copied")));
        }
    });
}

fn open_menu(desk: &Desk, rows: &[Row], key: &AttrValue, at: (i32, i32)) {
    let items = match thing(rows, key) {
        Some(Thing::Stack(name)) => {
            let (again, name) = (desk.clone(), name.clone());
            vec![
                MenuItem::new(say!("cloud.delete"), Callback::from(move |()| ask_to_delete(&again, &name)))
                    .icon("trash-2")
                    .danger(),
            ]
        }
        Some(Thing::Function { name, log }) => {
            let (again, name) = (desk.clone(), name.clone());
            let log = log.clone();
            let look = desk.teller::<Cloud, ()>(move |()| Message::Look(log.clone()));
            vec![
                MenuItem::new(
                    say!("cloud.show-function"),
                    Callback::from(move |()| open_function(&again, &name)),
                )
                .icon("play"),
                MenuItem::new(say!("view.logs"), look).icon("scroll-text"),
            ]
        }
        Some(Thing::Text(text) | Thing::Route(_, text)) => {
            let (again, text) = (desk.clone(), text.clone());
            vec![
                MenuItem::new(say!("button.copy"), Callback::from(move |()| copy(&again, text.clone())))
                    .icon("clipboard-copy"),
            ]
        }
        _ => return,
    };
    let menu = OpenMenu { label: say!("cloud.menu").into(), at, items: Rc::new(items) };
    desk.tell::<Notices>(notices::Message::OpenMenu(menu));
}

fn ask_to_delete(desk: &Desk, name: &str) {
    let (stack, title) = (name.to_owned(), say!("cloud.delete-title", name = name));
    notices::confirm(desk, title, say!("cloud.delete-body"), say!("button.delete"), move |desk| {
        desk.tell::<Cloud>(Message::DeleteStack(stack.clone()));
    });
}
