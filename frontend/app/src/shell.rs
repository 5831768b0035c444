//! The window: title bar, rail, side bar, editors, bottom panel, dock, status bar, and what lies over them.

use widgets::use_lengths;
use yew::prelude::*;

use crate::{
    desk::{Desk, use_desk, use_state_of},
    messages::{say, spoken},
    panels::editor::Editors,
    shell::{
        keys::{ChordHint, use_keys},
        parts::{BottomPanel, Dock, Panes, Rail, SideBar},
    },
    state::{
        layout::{self, Layout, Place},
        settings::Settings,
        use_selector,
    },
};

pub mod banner;
pub mod dragged;
pub mod focus;
pub mod keys;
pub mod overlay;
mod parts;
pub mod reader;
pub mod status;
pub mod title;
pub mod unknown;

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
            <a class="skip-link" href="#editors">{ say!("part.skip") }</a>
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
    let (sizes, pane, over) = use_state_of::<Layout, _, _>(|layout| {
        let sizes = Place::PARTS.map(|place| layout.part(place).size);
        (sizes, layout.pane, layout.over)
    });
    let (side, dock) = use_state_of::<Layout, _, _>(|layout| (layout.side.open, layout.dock.open));
    let [of_side, of_bottom, of_dock] = sizes;
    use_lengths(
        &node,
        vec![("--side-size", of_side), ("--bottom-size", of_bottom), ("--dock-size", of_dock)],
    );
    let uncover = desk.teller::<Layout, PointerEvent>(|_| layout::Message::Uncover);
    html! {
        <div ref={node} class={classes!("workbench", class_of("pane", pane), class_of("over", over))}>
            <Rail />
            if side {
                <SideBar />
            }
            <main class="centre" onpointerdown={uncover}>
                <section id="editors" class="editors" aria-label={say!("part.editors")} tabindex="-1" data-region="editors">
                    <Editors />
                </section>
                <BottomPanel />
            </main>
            if dock {
                <Dock />
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

/// The class of the place in front, of all or of those that lie over the editors.
fn class_of(kind: &str, place: Place) -> String {
    let name = match place {
        Place::Side => "side",
        Place::Bottom => "bottom",
        Place::Dock => "dock",
        Place::Editor => "code",
    };
    format!("{kind}-{name}")
}
