//! The window: title bar, rail, side bar, editors, bottom panel, dock, status bar, and what lies over them.

use std::rc::Rc;

use widgets::{Axis, IconButton, Separator, Tab, TabEvent, Tabs, use_lengths};
use yew::prelude::*;

use crate::{
    commands,
    desk::{Desk, use_desk, use_state_of},
    messages::{say, spoken},
    panels::{
        cloud::CloudTree, deploy::Deploy, editor::Editors, explorer::Files, function::Function, logs::Logs,
        problems::Problems, terminal::Terminals, try_it::TryIt,
    },
    shell::keys::{ChordHint, use_keys},
    state::{
        layout::{self, BOTTOM, Bottom, DOCK, Dock, Layout, Over, Pane, SIDE, Side},
        problems::Problems as ProblemStore,
        settings::{Settings, use_keymap},
        use_selector,
    },
};

pub mod banner;
pub mod focus;
pub mod keys;
pub mod overlay;
pub mod sheets;
pub mod status;
pub mod title;

/// What the shell is given.
#[derive(Properties, PartialEq)]
pub struct ShellProps {
    /// The desk that everything in it reaches.
    pub desk: Desk,
}

/// The window.
#[component]
pub fn Shell(props: &ShellProps) -> Html {
    use_keys(&props.desk);
    // Another language draws everything anew.
    let spoken = use_selector(&props.desk.store::<Settings>(), |_| spoken());
    html! {
        <ContextProvider<Desk> key={spoken} context={props.desk.clone()}>
            <a class="skip-link" href="#editors">{ "Skip to the editors" }</a>
            <title::TitleBar />
            <banner::Banner />
            <Workbench />
            <Panes />
            <status::StatusBar />
            <overlay::Overlay />
            <ChordHint />
        </ContextProvider<Desk>>
    }
}

/// Everything between the title bar and the status bar.
#[component]
fn Workbench() -> Html {
    let desk = use_desk();
    let node = use_node_ref();
    let (side, bottom, dock, pane, over) = use_state_of::<Layout, _, _>(|layout| {
        (layout.side.clone(), layout.bottom.clone(), layout.dock.clone(), layout.pane, layout.over)
    });
    use_lengths(
        &node,
        vec![("--side-size", side.size), ("--bottom-size", bottom.size), ("--dock-size", dock.size)],
    );
    let resize_side = desk.teller::<Layout, f64>(layout::Message::ResizeSide);
    let close_side = desk.teller::<Layout, ()>(|()| layout::Message::ToggleSide);
    let uncover = desk.teller::<Layout, PointerEvent>(|_| layout::Message::Uncover);
    html! {
        <div ref={node} class={classes!("workbench", pane_class(pane), over_class(over))}>
            <Rail />
            if side.open {
                <aside class="side" aria-label="Side bar" data-region="side">
                    <SideView view={side.view} />
                    <Separator label="Width of the side bar" axis={Axis::Horizontal} size={side.size} limits={SIDE}
                        on_size={resize_side} on_collapse={close_side} />
                </aside>
            }
            <main class="centre" onpointerdown={uncover}>
                <section id="editors" class="editors" aria-label="Editors" tabindex="-1" data-region="editors">
                    <Editors />
                </section>
                <BottomPanel />
            </main>
            if dock.open {
                <DockPanel view={dock.view} size={dock.size} />
            }
        </div>
    }
}

/// Whether the screen is of the middle size, where the side bar and the dock lie over the editors.
pub fn lies_over() -> bool {
    let query = "(768px <= width < 1100px)";
    let query = web_sys::window().and_then(|window| window.match_media(query).ok().flatten());
    query.is_some_and(|query| query.matches())
}

fn pane_class(pane: Pane) -> &'static str {
    match pane {
        Pane::Files | Pane::Cloud => "pane-side",
        Pane::Code => "pane-code",
        Pane::Terminal => "pane-bottom",
        Pane::Dock => "pane-dock",
    }
}

fn over_class(over: Over) -> &'static str {
    match over {
        Over::Nothing => "over-nothing",
        Over::Side => "over-side",
        Over::Dock => "over-dock",
    }
}

fn tab(key: &'static str, label: &'static str, icon: &'static str) -> Tab {
    Tab { key: key.into(), label: label.into(), title: label.into(), icon: icon.into(), ..Tab::default() }
}

/// The rail at the left: what the side bar shows.
#[component]
fn Rail() -> Html {
    let desk = use_desk();
    let side = use_state_of::<Layout, _, _>(|layout| layout.side.clone());
    let tabs = use_memo((), |()| {
        let files = tab("files", "Files", "files");
        let cloud = tab("cloud", "Cloud", "cloud");
        Rc::new(vec![files, cloud])
    });
    let chosen = side.open.then_some(match side.view {
        Side::Files => "files",
        Side::Cloud => "cloud",
    });
    let on = desk.teller::<Layout, TabEvent>(|event| {
        let cloud = matches!(&event, TabEvent::Choose(key) if key == "cloud");
        layout::Message::ShowSide(if cloud { Side::Cloud } else { Side::Files })
    });
    use_keymap();
    let settings = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            commands::run(&desk, "workbench.action.openSettings");
        })
    };
    html! {
        <nav class="rail" aria-label="Views" data-region="rail">
            <Tabs id="rail" label="Views" class="rail-tabs" vertical={true} tabs={(*tabs).clone()}
                chosen={chosen.map(AttrValue::from)} {on} />
            <IconButton icon="settings" label={say("settings.title")} hint={commands::keys("workbench.action.openSettings")} onclick={settings} />
        </nav>
    }
}

#[derive(Properties, PartialEq)]
struct SideViewProps {
    view: Side,
}

#[component]
fn SideView(props: &SideViewProps) -> Html {
    match props.view {
        Side::Files => html! { <div class="pane" role="tabpanel" aria-label="Files"><Files /></div> },
        Side::Cloud => html! { <div class="pane" role="tabpanel" aria-label="Cloud"><CloudTree /></div> },
    }
}

/// The bottom panel. It stays in the page while it is closed, so that terminals keep their screens.
#[component]
fn BottomPanel() -> Html {
    let desk = use_desk();
    use_keymap();
    let bottom = use_state_of::<Layout, _, _>(|layout| layout.bottom.clone());
    let (errors, warnings) = use_state_of::<ProblemStore, _, _>(|problems| problems.counts);
    let tabs = use_memo((errors, warnings), |(errors, warnings)| {
        let found = errors + warnings;
        let count = if found > 0 { found.to_string() } else { String::new() };
        let mut problems = tab("problems", "Problems", "");
        problems.detail = count.into();
        Rc::new(vec![tab("terminal", "Terminal", ""), problems, tab("logs", "Logs", "")])
    });
    let chosen = match bottom.view {
        Bottom::Terminal => "terminal",
        Bottom::Problems => "problems",
        Bottom::Logs => "logs",
    };
    let on = desk.teller::<Layout, TabEvent>(|event| {
        layout::Message::ShowBottom(match &event {
            TabEvent::Choose(key) if key == "problems" => Bottom::Problems,
            TabEvent::Choose(key) if key == "logs" => Bottom::Logs,
            _ => Bottom::Terminal,
        })
    });
    let close = desk.teller::<Layout, ()>(|()| layout::Message::ToggleBottom);
    let resize = desk.teller::<Layout, f64>(layout::Message::ResizeBottom);
    html! {
        <section class="bottom" aria-label="Bottom panel" hidden={!bottom.open} data-region="bottom">
            <Separator label="Height of the bottom panel" axis={Axis::Vertical} size={bottom.size} limits={BOTTOM}
                after={true} on_size={resize} on_collapse={close.clone()} />
            <header class="pane-head">
                <Tabs id="panel" label="Bottom panel" class="panel-tabs" tabs={(*tabs).clone()}
                    chosen={AttrValue::from(chosen)} {on} />
                <IconButton icon="x" label="Close the bottom panel" hint={commands::keys("workbench.action.togglePanel")} onclick={close.reform(|_: MouseEvent| ())} />
            </header>
            <div class="bottom-view" hidden={bottom.view != Bottom::Terminal}>
                <Terminals shown={bottom.open && bottom.view == Bottom::Terminal} />
            </div>
            if bottom.view == Bottom::Problems {
                <div class="bottom-view" role="tabpanel" aria-label="Problems"><Problems /></div>
            }
            if bottom.view == Bottom::Logs {
                <div class="bottom-view" role="tabpanel" aria-label="Logs"><Logs /></div>
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct DockProps {
    view: Dock,
    size: f64,
}

/// The dock at the right.
#[component]
fn DockPanel(props: &DockProps) -> Html {
    let desk = use_desk();
    let tabs = use_memo((), |()| {
        Rc::new(vec![tab("function", "Function", ""), tab("deploy", "Deploy", ""), tab("try", "Try it", "")])
    });
    let (chosen, label, view) = match props.view {
        Dock::Function => ("function", "Function", html! { <Function /> }),
        Dock::Deploy => ("deploy", "Deployment", html! { <Deploy /> }),
        Dock::Try => ("try", "Try it", html! { <TryIt /> }),
    };
    let on = desk.teller::<Layout, TabEvent>(|event| {
        layout::Message::ShowDock(match &event {
            TabEvent::Choose(key) if key == "deploy" => Dock::Deploy,
            TabEvent::Choose(key) if key == "try" => Dock::Try,
            _ => Dock::Function,
        })
    });
    let close = desk.teller::<Layout, ()>(|()| layout::Message::CloseDock);
    let resize = desk.teller::<Layout, f64>(layout::Message::ResizeDock);
    html! {
        <aside class="dock" aria-label="Dock" data-region="dock">
            <Separator label="Width of the dock" axis={Axis::Horizontal} size={props.size} limits={DOCK} after={true}
                on_size={resize} on_collapse={close.clone()} />
            <header class="pane-head">
                <Tabs id="dock" label="Dock" class="panel-tabs" tabs={(*tabs).clone()} chosen={AttrValue::from(chosen)} {on} />
                <IconButton icon="x" label="Close the dock" onclick={close.reform(|_: MouseEvent| ())} />
            </header>
            <div class="dock-view" role="tabpanel" aria-label={label}>{ view }</div>
        </aside>
    }
}

/// What a small screen chooses between, at its foot.
#[component]
fn Panes() -> Html {
    let desk = use_desk();
    let pane = use_state_of::<Layout, _, _>(|layout| layout.pane);
    let button = |this: Pane, label: &'static str, icon: &'static str| {
        let onclick = desk.teller::<Layout, MouseEvent>(move |_| layout::Message::Pane(this));
        html! {
            <button type="button" class="pane-button" aria-pressed={(pane == this).to_string()} {onclick}>
                <widgets::Icon name={icon} />
                <span>{ label }</span>
            </button>
        }
    };
    html! {
        <nav class="panes" aria-label="Panes">
            { button(Pane::Files, "Files", "files") }
            { button(Pane::Code, "Code", "code") }
            { button(Pane::Terminal, "Terminal", "square-terminal") }
            { button(Pane::Cloud, "Cloud", "cloud") }
            { button(Pane::Dock, "Run", "play") }
        </nav>
    }
}
