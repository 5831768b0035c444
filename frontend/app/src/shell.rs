//! The window: title bar, rail, side bar, editors, bottom panel, dock, status bar, and what lies over them.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::Element;
use widgets::use_lengths;
use yew::prelude::*;

use crate::{
    commands,
    desk::{Desk, use_desk, use_state_of},
    keymap::{Press, command_of},
    panels::PANELS,
    shell::parts::{BottomPanel, Dock, Panes, Rail, SideBar},
    state::layout::{self, Layout, Place},
};

pub mod banner;
pub mod focus;
pub mod overlay;
mod parts;
pub mod sheets;
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
    html! {
        <ContextProvider<Desk> context={props.desk.clone()}>
            <a class="skip-link" href="#editors">{ "Skip to the editors" }</a>
            <title::TitleBar />
            <banner::Banner />
            <Workbench />
            <Panes />
            <status::StatusBar />
            <overlay::Overlay />
        </ContextProvider<Desk>>
    }
}

/// Runs commands by their keys, before whatever has the focus sees them.
#[hook]
fn use_keys(desk: &Desk) {
    let desk = desk.clone();
    use_effect_with((), move |()| {
        let options = EventListenerOptions { passive: false, ..EventListenerOptions::run_in_capture_phase() };
        let listener = web_sys::window().map(|window| {
            EventListener::new_with_options(&window, "keydown", options, move |event| {
                let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                if is_composed(event) {
                    // The input method's: no field of ours takes its Enter for an answer.
                    return event.stop_propagation();
                }
                if command_for(&desk, event).is_some_and(|command| commands::run(&desk, command)) {
                    event.prevent_default();
                    event.stop_propagation();
                }
            })
        });
        move || drop(listener)
    });
}

fn is_inside(event: &KeyboardEvent, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest(selector).ok().flatten().is_some())
}

/// Whether a key belongs to the composition of a character in a field of ours; islands have rules of their own.
fn is_composed(event: &KeyboardEvent) -> bool {
    // Safari says only by this code that an Enter ended a composition.
    (event.is_composing() || event.key_code() == 229) && !is_inside(event, ".island")
}

/// The command that a key runs where the focus is.
fn command_for(desk: &Desk, event: &KeyboardEvent) -> Option<&'static str> {
    // With AltGr people write.
    if event.get_modifier_state("AltGraph") {
        return None;
    }
    let theirs = !desk.read(|layout: &Layout| layout.ide_keys_in_terminals);
    let in_terminal = theirs && is_inside(event, ".terminal .island");
    command_of(Press {
        key: &event.key(),
        code: &event.code(),
        control: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
        alt: event.alt_key(),
        in_terminal,
    })
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
                <section id="editors" class="editors" aria-label="Editors" tabindex="-1" data-region="editors">
                    { for PANELS.iter().filter_map(|panel| panel.centre).map(|draw| draw()) }
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
