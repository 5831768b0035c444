//! The editor area, drawn.

use std::rc::Rc;

use widgets::{Icon, MenuItem, TabEvent, Tabs, Trouble};
use yew::prelude::*;

use crate::{
    bridge::copy_text,
    commands,
    desk::{Desk, use_desk, use_state_of},
    messages::say,
    panels::editor::{
        compare::{Conflict, DiskBar},
        island::{Document, Outside},
        model::{alive, breadcrumbs, panel_id, tabs},
    },
    shell::unknown::Unknown,
    state::{
        documents::Documents,
        layout::{self, Layout, Tab},
        notices::{self, Notices, OpenMenu},
        settings::use_keymap,
    },
    views::{self, Drawing},
};

/// The editor area.
#[component]
pub fn Editors() -> Html {
    let desk = use_desk();
    let open = use_state_of::<Layout, _, _>(|layout| {
        (layout.tabs.iter().map(Tab::key).collect::<Vec<_>>(), layout.active.clone(), layout.loaded)
    });
    let dirty = use_state_of::<Documents, _, _>({
        let desk = desk.clone();
        move |documents| {
            desk.read(|layout: &Layout| {
                let paths = layout.tabs.iter().filter_map(Tab::path);
                paths.map(|path| documents.is_dirty(path)).collect::<Vec<_>>()
            })
        }
    });
    let shown = use_memo((open.clone(), dirty), {
        let desk = desk.clone();
        move |_| desk.read(|layout: &Layout| desk.read(|documents: &Documents| tabs(layout, documents)))
    });
    let on = {
        let desk = desk.clone();
        Callback::from(move |event| hear(&desk, event))
    };
    let (_, active, loaded) = open;
    let trouble = use_state_of::<Layout, _, _>(|layout| layout.trouble.clone());
    if let Some(reason) = trouble {
        let load = desk.teller::<Layout, MouseEvent>(|_| layout::Message::Connected);
        return html! { <Trouble {reason} on_retry={load} /> };
    }
    if shown.is_empty() {
        return html! { if loaded { <Welcome /> } };
    }
    let alive = desk.read(alive);
    html! {
        <>
            <Tabs id="tab" label="Open files" class="editor-tabs" tabs={(*shown).clone()}
                chosen={active.clone().map(AttrValue::from)} {on} />
            { for alive.into_iter().map(|tab| {
                let key = tab.key();
                let front = active.as_ref() == Some(&key);
                html! { <Shown key={key} {tab} {front} /> }
            }) }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct ShownProps {
    tab: Tab,
    front: bool,
}

/// A tab's panel: in the page while its editor is alive, seen while it is in front.
#[component]
fn Shown(props: &ShownProps) -> Html {
    let desk = use_desk();
    let key = props.tab.key();
    let (label, content) = match &props.tab {
        Tab::File { path, view } => (
            path.to_string(),
            html! { <><DiskBar path={path.clone()} /><Document path={path.clone()} view={view.clone()} /></> },
        ),
        Tab::Source { uri } => (uri.clone(), html! { <Outside uri={uri.clone()} /> }),
        Tab::Compare { path } => (format!("Compare {path}"), html! { <Conflict path={path.clone()} /> }),
        Tab::View { id, args } => {
            if let Some(view) = views::find(id) {
                (say(view.title).to_owned(), view.html(Drawing { args: args.clone(), shown: props.front }))
            } else {
                let closed = key.clone();
                let on_close = desk.teller::<Layout, ()>(move |()| layout::Message::Close(closed.clone()));
                (id.clone(), html! { <Unknown id={id.clone()} {on_close} /> })
            }
        }
    };
    html! {
        <div id={panel_id(&key)} class="editor" role="tabpanel" aria-label={label} hidden={!props.front}>
            <nav class="breadcrumbs" aria-label="Path">
                <ol>
                    { for breadcrumbs(&props.tab).into_iter().map(|name| html! { <li><bdi>{ name }</bdi></li> }) }
                </ol>
            </nav>
            { content }
        </div>
    }
}

fn hear(desk: &Desk, event: TabEvent) {
    let message = match event {
        TabEvent::Choose(key) => layout::Message::Activate(key.to_string()),
        TabEvent::Close(key) => layout::Message::Close(key.to_string()),
        TabEvent::Move(key, before) => {
            layout::Message::Move(key.to_string(), before.map(|key| key.to_string()))
        }
        TabEvent::Menu(key, x, y) => return open_menu(desk, &key, (x, y)),
        TabEvent::Rename(_) => return,
    };
    desk.tell::<Layout>(message);
}

fn open_menu(desk: &Desk, key: &str, at: (i32, i32)) {
    let tell = |message: layout::Message| desk.teller::<Layout, ()>(move |()| message.clone());
    let mut items = vec![
        MenuItem::new("Close", tell(layout::Message::Close(key.to_owned()))).shortcut("Del").icon("x"),
        MenuItem::new("Close others", tell(layout::Message::CloseOthers(key.to_owned()))),
    ];
    let path = desk.read(|layout: &Layout| {
        layout.index(key).and_then(|index| layout.tabs.get(index)).and_then(|tab| tab.path().cloned())
    });
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

/// What stands where no file is open.
#[component]
fn Welcome() -> Html {
    let desk = use_desk();
    use_keymap();
    let rows = [
        "workbench.action.quickOpen",
        "workbench.action.showCommands",
        "workbench.action.terminal.toggleTerminal",
        "workbench.view.explorer",
        "cloud.show",
    ];
    let rows = rows.iter().filter_map(|id| commands::find(id));
    html! {
        <div class="welcome">
            <Icon name="cloud" class="welcome-mark" />
            <h2>{ "Nothing is open" }</h2>
            <p>{ "Choose a file at the left, or begin here:" }</p>
            <ul>
                { for rows.map(|command| {
                    let desk = desk.clone();
                    let (onclick, keys) = (
                        Callback::from(move |_: MouseEvent| { commands::run(&desk, command.id); }),
                        commands::keys(command.id),
                    );
                    html! {
                        <li>
                            <button type="button" class="link" {onclick}>{ command.title() }</button>
                            if !keys.is_empty() { <kbd>{ keys }</kbd> }
                        </li>
                    }
                }) }
            </ul>
        </div>
    }
}
