//! The terminals, drawn. Their screens are xterm's.

use std::rc::Rc;

use protocol::{
    Capability, WorkspacePath,
    language::Position,
    terminal::{Terminal, TerminalId},
};
use web_sys::HtmlInputElement;
use widgets::{IconButton, MenuItem, TabEvent, Tabs, Trouble, use_effect_with};
use yew::prelude::*;

use crate::{
    bridge::{Island, Kind, Told, nonce, options, use_island},
    commands,
    desk::{Desk, use_desk, use_state_of},
    link::{Connection, health::Shown},
    messages::say,
    panels::terminal::model::{exit_sentence, name, panel_id, tabs},
    shell::focus,
    state::{
        documents::{self, Documents},
        layout::{self, Layout, Tab},
        notices::{self, Notices, OpenMenu, Question},
        terminals::{self, Terminals as Model},
        trust::Trust,
        use_selector,
        workspace::Workspace,
    },
    theme::use_theme,
};

/// What the panel of terminals is.
#[derive(Properties, PartialEq)]
pub struct TerminalsProps {
    /// Whether it can be seen.
    pub shown: bool,
}

/// The panel of terminals. Screens stay alive while they are hidden.
#[component]
pub fn Terminals(props: &TerminalsProps) -> Html {
    let desk = use_desk();
    let terminals = use_state_of::<Model, _, _>(|terminals| terminals.list.clone());
    let (listed, opening) = use_state_of::<Model, _, _>(|model| (model.listed, model.opening > 0));
    let trusted = use_state_of::<Trust, _, _>(Trust::is_trusted);
    let wanted = use_state_of::<Layout, _, _>(|layout| layout.terminal.clone());
    let may_run = use_state_of::<Workspace, _, _>(|workspace| workspace.may(Capability::Terminals.write()));
    let trouble = use_state_of::<Model, _, _>(|model| model.trouble.clone());
    let ask = desk.teller::<Model, MouseEvent>(|_| terminals::Message::Connected);
    let seen = use_state_eq(Vec::<String>::new);
    let searching = use_state_eq(|| false);
    let running = terminals.iter().filter(|terminal| terminal.exit.is_none()).count();
    // Unasked, no shell starts in a folder that is not trusted: its prompt alone may run what the folder says.
    use_first_terminal(&desk, props.shown && listed && may_run && trusted, running);
    let front = desk.read(|model: &Model| model.in_front(wanted.as_deref()).map(|front| front.id.0.clone()));
    {
        let seen = seen.clone();
        use_effect_with((front.clone(), props.shown), move |(front, shown)| {
            if let Some(front) = front.clone().filter(|front| *shown && !seen.contains(front)) {
                seen.set(seen.iter().cloned().chain([front]).collect());
            }
        });
    }
    let on = {
        let desk = desk.clone();
        Callback::from(move |event| hear(&desk, event))
    };
    let open = desk.teller::<Model, MouseEvent>(|_| terminals::Message::Open(None));
    let search = {
        let searching = searching.clone();
        Callback::from(move |_: MouseEvent| searching.set(!*searching))
    };
    let end_search = {
        let searching = searching.clone();
        Callback::from(move |()| searching.set(false))
    };
    if !may_run && listed {
        return html! { <p class="empty">{ say!("terminal.forbidden") }</p> };
    }
    html! {
        <div class="terminals">
            <header class="terminal-head">
                <Tabs id="terminal-tab" label={say!("terminal.list")} class="terminal-tabs" tabs={tabs(&terminals, front.as_deref())}
                    chosen={front.clone().map(AttrValue::from)} {on} />
                <IconButton icon="plus" label={say!("terminal.new")} hint={commands::keys("workbench.action.terminal.new")} disabled={opening} onclick={open} />
                <IconButton icon="search" label={say!("terminal.find")} pressed={*searching} onclick={search} />
            </header>
            if let Some(reason) = trouble {
                <Trouble {reason} on_retry={ask} />
            } else if terminals.is_empty() && listed {
                <p class="empty">{ nothing_open(opening, trusted) }</p>
            }
            { for terminals.iter().filter(|terminal| seen.contains(&terminal.id.0)).map(|terminal| {
                let in_front = front.as_ref() == Some(&terminal.id.0);
                html! {
                    <Screen key={terminal.id.0.clone()} terminal={terminal.clone()} {in_front}
                        searching={*searching && in_front} on_end_search={end_search.clone()} />
                }
            }) }
        </div>
    }
}

fn nothing_open(opening: bool, trusted: bool) -> &'static str {
    match (opening, trusted) {
        (true, _) => say!("terminal.opening"),
        (false, true) => say!("terminal.none"),
        (false, false) => say!("terminal.none-untrusted"),
    }
}

/// Opens the first terminal by itself, once, where none is running.
#[hook]
fn use_first_terminal(desk: &Desk, ready: bool, running: usize) {
    let (desk, done) = (desk.clone(), use_mut_ref(|| false));
    use_effect_with(ready, move |ready| {
        if *ready && !std::mem::replace(&mut *done.borrow_mut(), true) && running == 0 {
            desk.tell::<Model>(terminals::Message::OpenFirst);
        }
    });
}

#[derive(Properties, PartialEq)]
struct ScreenProps {
    terminal: Terminal,
    in_front: bool,
    searching: bool,
    on_end_search: Callback<()>,
}

#[component]
fn Screen(props: &ScreenProps) -> Html {
    let desk = use_desk();
    let node = use_node_ref();
    let theme = use_theme();
    let id = props.terminal.id.0.clone();
    let island_slot = use_mut_ref(|| None::<Island>);
    let connected = use_selector(&desk.link().connection(), |connection: &Connection| {
        matches!(connection.shown, Shown::Online(_) | Shown::Slow(_))
    });
    let on = {
        let (desk, slot) = (desk.clone(), Rc::clone(&island_slot));
        Callback::from(move |told: Told| hear_island(&desk, slot.borrow().as_ref(), &told))
    };
    let make_options = {
        let (port, id) = (desk.link().port(), id.clone());
        move || {
            options(&[
                ("link", port),
                ("terminal", id.into()),
                ("theme", theme.name().into()),
                ("nonce", nonce().into()),
            ])
        }
    };
    let island = use_island(Kind::Terminal, id.clone(), &node, make_options, on);
    island_slot.borrow_mut().clone_from(&island);
    use_effect_with((island.clone(), theme), |(island, theme)| {
        if let Some(island) = island {
            island.set_theme(theme.name());
        }
    });
    let running = props.terminal.exit.is_none();
    use_effect_with((island.clone(), connected && running), |(island, on)| {
        if let Some(island) = island {
            island.set_input(*on);
        }
    });
    use_focus_in_front(island.as_ref(), props.in_front);
    use_focus_of_new(&desk, &props.terminal.id, island.as_ref());
    html! {
        <div
            id={panel_id(&id)}
            class={classes!("terminal", (!connected).then_some("dimmed"))}
            role="tabpanel"
            aria-label={name(&props.terminal)}
            hidden={!props.in_front}
        >
            if props.searching {
                <Find {island} on_close={props.on_end_search.clone()} />
            }
            <div ref={node} class="island" />
            if let Some(exit) = &props.terminal.exit {
                <p class="terminal-exit" role="status">{ exit_sentence(exit) }</p>
            }
        </div>
    }
}

/// Gives a terminal the focus when it comes to the front because the person chose it.
#[hook]
fn use_focus_in_front(island: Option<&Island>, in_front: bool) {
    let was = use_mut_ref(|| in_front);
    use_effect_with((island.cloned(), in_front), move |(island, in_front)| {
        let chosen = *in_front && !std::mem::replace(&mut *was.borrow_mut(), *in_front);
        if chosen {
            focus_terminal(island.as_ref());
        } else if let Some(island) =
            island.as_ref().filter(|_| *in_front && focus::TERMINAL.with(focus::Wish::holds))
        {
            island.focus();
        }
    });
}

/// Gives a terminal the focus: now, or as soon as it is there.
fn focus_terminal(island: Option<&Island>) {
    match island {
        Some(island) => island.focus(),
        None => focus::TERMINAL.with(focus::Wish::begin),
    }
}

/// Gives the terminal that a person has just opened the focus, unless the person has moved on.
#[hook]
fn use_focus_of_new(desk: &Desk, id: &TerminalId, island: Option<&Island>) {
    let (desk, id) = (desk.clone(), id.clone());
    let wanted = {
        let id = id.clone();
        use_state_of::<Model, _, _>(move |model| model.wanted.as_ref() == Some(&id))
    };
    use_effect_with((island.cloned(), wanted), move |(island, wanted)| {
        if let Some(island) = island.as_ref().filter(|_| *wanted) {
            if focus::TERMINAL.with(focus::Wish::holds) {
                island.focus();
            }
            desk.tell::<Model>(terminals::Message::Offered(id));
        }
    });
}

#[derive(Properties, PartialEq)]
struct FindProps {
    island: Option<Island>,
    on_close: Callback<()>,
}

/// Looks for a text in the terminal. Escape goes back to it.
#[component]
fn Find(props: &FindProps) -> Html {
    let node = use_node_ref();
    let found = use_state_eq(|| true);
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            if let Some(input) = node.cast::<HtmlInputElement>() {
                // An element that is in the page can take the focus.
                let _ = input.focus();
            }
        });
    }
    use_effect_with(props.island.clone(), |island| {
        let island = island.clone();
        move || {
            if let Some(island) = island {
                island.clear_search();
            }
        }
    });
    let onkeydown = {
        let (island, found, close) = (props.island.clone(), found.clone(), props.on_close.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            // The keys that end a composition are the composition's.
            _ if event.is_composing() => {}
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                close.emit(());
                focus_terminal(island.as_ref());
            }
            "Enter" => {
                event.prevent_default();
                let text = event.target_unchecked_into::<HtmlInputElement>().value();
                if let Some(island) = island.as_ref().filter(|_| !text.is_empty()) {
                    found.set(island.search(&text, !event.shift_key()));
                }
            }
            _ => {}
        })
    };
    html! {
        <div class="terminal-find">
            <input ref={node} type="search" aria-label={say!("terminal.find")}
                placeholder={say!("terminal.find-hint")} {onkeydown} />
            if !*found {
                <span role="status">{ say!("terminal.not-found") }</span>
            }
        </div>
    }
}

fn hear(desk: &Desk, event: TabEvent) {
    match event {
        TabEvent::Choose(id) => desk.tell::<Layout>(layout::Message::Terminal(Some(id.to_string()))),
        TabEvent::Close(id) => close(desk, TerminalId(id.to_string())),
        TabEvent::Rename(id) => rename(desk, &id),
        TabEvent::Move(..) | TabEvent::Bring(..) => {}
        TabEvent::Menu(id, x, y) => {
            let (renaming, closing) = (desk.clone(), desk.clone());
            let (to_rename, to_close) = (id.clone(), TerminalId(id.to_string()));
            let items = vec![
                MenuItem::new(
                    say!("files.menu-rename"),
                    Callback::from(move |()| rename(&renaming, &to_rename)),
                )
                .shortcut("F2")
                .icon("pencil"),
                MenuItem::new(
                    say!("button.close"),
                    Callback::from(move |()| close(&closing, to_close.clone())),
                )
                .shortcut("Del")
                .icon("x"),
            ];
            let menu = OpenMenu { label: say!("terminal.menu").into(), at: (x, y), items: Rc::new(items) };
            desk.tell::<Notices>(notices::Message::OpenMenu(menu));
        }
    }
}

fn close(desk: &Desk, id: TerminalId) {
    desk.tell::<Model>(terminals::Message::Close(id, false));
}

fn rename(desk: &Desk, id: &str) {
    let current = desk.read(|model: &Model| {
        model.list.iter().find(|terminal| terminal.id.0 == id).map(name).unwrap_or_default()
    });
    let (again, id) = (desk.clone(), TerminalId(id.to_owned()));
    desk.tell::<Notices>(notices::Message::Ask(Question {
        title: say!("terminal.rename-title").into(),
        body: say!("terminal.rename-body").into(),
        input: Some((say!("button.name").into(), current.into())),
        confirm: say!("button.rename").into(),
        danger: false,
        on_confirm: Callback::from(move |name| {
            again.tell::<Model>(terminals::Message::Rename(id.clone(), name));
        }),
    }));
}

fn hear_island(desk: &Desk, island: Option<&Island>, told: &Told) {
    match told.text("kind").as_str() {
        "error" => desk.tell::<Notices>(notices::Message::failed(told.text("message"))),
        "open" => open_file(desk, told),
        "confirm-paste" => {
            let (island, text) = (island.cloned(), told.text("text"));
            let lines = told.number("lines");
            desk.tell::<Notices>(notices::Message::Ask(Question {
                title: say!("terminal.paste-title", count = lines),
                body: crate::text::shortened(&text, 400).into(),
                input: None,
                confirm: say!("terminal.paste").into(),
                danger: false,
                on_confirm: Callback::from(move |_| island.iter().for_each(|island| island.paste(&text))),
            }));
        }
        _ => {}
    }
}

/// Opens a file that a terminal's output mentions: relative to the workspace, or absolute within it.
fn open_file(desk: &Desk, told: &Told) {
    let folder = desk.read(|workspace: &Workspace| {
        workspace.description.as_ref().map_or_else(String::new, |description| description.folder.clone())
    });
    let path = told.text("path");
    let inside = path.strip_prefix(&folder).filter(|_| !folder.is_empty()).unwrap_or(&path);
    let inside = inside.trim_start_matches('/').trim_start_matches("./");
    let Ok(path) = WorkspacePath::parse(inside) else { return };
    let position = Position {
        line: told.number("line").saturating_sub(1),
        character: told.number("column").saturating_sub(1),
    };
    desk.tell::<Documents>(documents::Message::Show(Tab::file(path), Some(position)));
}
