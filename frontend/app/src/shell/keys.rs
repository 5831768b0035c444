//! Keys before whatever has the focus sees them: the one place where the keymap meets the page.

use std::cell::RefCell;

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use protocol::Capability;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::{
    bridge, commands,
    desk::{Desk, use_state_of},
    keymap::{self, Press, shown, when},
    messages::say,
    state::{
        Model, functions::Functions, layout::Layout, settings::Settings, trust::Trust, workspace::Workspace,
    },
};

/// Milliseconds that a chord waits for its second stroke.
const CHORD: u32 = 5000;

/// The chord that has begun, or what became of the last one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chord {
    /// Its first stroke; empty where none has begun.
    first: String,
    /// What was pressed and is no command.
    missed: String,
}

impl Model for Chord {
    type Message = Self;
    type Effect = ();

    fn update(&mut self, message: Self) -> Vec<()> {
        *self = message;
        Vec::new()
    }
}

thread_local! {
    static WAITING: RefCell<Option<Timeout>> = const { RefCell::new(None) };
}

fn tell(desk: &Desk, chord: Chord) {
    let shown = chord != Chord::default();
    desk.store::<Chord>().replace(chord);
    let again = desk.clone();
    let end = move || again.store::<Chord>().replace(Chord::default());
    WAITING.with(|waiting| waiting.replace(shown.then(|| Timeout::new(CHORD, end))));
}

/// Runs commands by their keys.
#[hook]
pub fn use_keys(desk: &Desk) {
    let desk = desk.clone();
    use_effect_with((), move |()| {
        let options = EventListenerOptions { passive: false, ..EventListenerOptions::run_in_capture_phase() };
        let listener = web_sys::window().map(|window| {
            EventListener::new_with_options(&window, "keydown", options, move |event| {
                let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                // Safari says only by this code that an Enter ended a composition.
                if event.is_composing() || event.key_code() == 229 {
                    // The input method's: no field of ours takes its Enter for an answer. Islands have rules of their own.
                    if !has_focus(".island") {
                        event.stop_propagation();
                    }
                } else if pressed(&desk, event) {
                    event.prevent_default();
                    event.stop_propagation();
                }
            })
        });
        move || drop(listener)
    });
}

/// Whether a key was taken.
fn pressed(desk: &Desk, event: &KeyboardEvent) -> bool {
    let (key, code) = (event.key(), event.code());
    let modifiers = [event.ctrl_key() || event.meta_key(), event.shift_key(), event.alt_key()];
    let press = Press { key: &key, code: &code, modifiers };
    // With AltGr people write; a field that takes keys as they are asks for them itself.
    if press.is_modifier() || event.get_modifier_state("AltGraph") || has_focus("[data-takes-keys]") {
        return false;
    }
    let Chord { first, .. } = desk.store::<Chord>().get().clone();
    let in_chord = !first.is_empty();
    let names = press.names().map(|name| if in_chord { format!("{first} {name}") } else { name });
    let keymap = keymap::in_force();
    let mut meant = false;
    for name in names.iter().filter(|name| !name.is_empty() && !name.ends_with(' ')) {
        for rule in keymap.fitting(name) {
            if when::holds(&rule.when, &|name| is(desk, name, false)) != Some(true) {
                continue;
            }
            if rule.keys != *name {
                tell(desk, Chord { first: name.clone(), missed: String::new() });
                return true;
            }
            if commands::run(desk, &rule.command) {
                tell(desk, Chord::default());
                return true;
            }
            meant = true;
        }
    }
    if in_chord || *desk.store::<Chord>().get() != Chord::default() {
        let missed = if in_chord { names.into_iter().next().unwrap_or_default() } else { String::new() };
        tell(desk, Chord { first: String::new(), missed });
    }
    // The browser has commands of its own under such keys, which nobody means where one of ours has nothing to do.
    in_chord || (meant && modifiers[0])
}

/// Whether the palette may offer a command: as if the editor in front had the focus.
pub fn may_run(desk: &Desk, needs: &str) -> bool {
    when::holds(needs, &|name| is(desk, name, true)) == Some(true)
}

/// What is the case; `anywhere`: as if the editor in front had the focus.
fn is(desk: &Desk, name: &str, anywhere: bool) -> bool {
    let may = |access| desk.read(|workspace: &Workspace| workspace.may(access));
    match name {
        "terminalFocus" => has_focus(".terminal .island"),
        // The key is that of the terminal's program.
        "terminalKeys" => {
            let theirs = |settings: &Settings| settings.flag("terminal.integrated.sendKeybindingsToShell");
            has_focus(".terminal .island") && desk.read(theirs)
        }
        "treeFocus" => has_focus("#files"),
        "inputFocus" => has_focus("input, select, textarea"),
        "dialogOpen" => web_sys::window()
            .and_then(|window| window.document()?.query_selector("dialog[open], .palette").ok()?)
            .is_some(),
        "hasFile" => desk.read(|layout: &Layout| layout.active_file().is_some()),
        "hasTab" => desk.read(|layout: &Layout| layout.active_tab().is_some()),
        "multipleEditorGroups" => desk.read(|layout: &Layout| layout.groups.list().len() > 1),
        "hasFunction" => desk.read(|functions: &Functions| !functions.list.is_empty()),
        "mayRun" => may(Capability::Cloud.write()),
        "mayEdit" => may(Capability::Files.write()),
        "restricted" => desk.read(Trust::is_restricted),
        _ => bridge::editor_context(anywhere).split(' ').any(|known| known == name),
    }
}

/// Whether what has the focus lies in such an element.
fn has_focus(selector: &str) -> bool {
    let focused = web_sys::window().and_then(|window| window.document()?.active_element());
    focused.is_some_and(|element: Element| element.closest(selector).ok().flatten().is_some())
}

/// Says that a chord has begun, or that it was none.
#[component]
pub fn ChordHint() -> Html {
    let chord = use_state_of::<Chord, _, _>(Clone::clone);
    let text = match &chord {
        Chord { first, .. } if !first.is_empty() => say!("chord.begun", keys = shown(first)),
        Chord { missed, .. } if !missed.is_empty() => say!("chord.missed", keys = shown(missed)),
        _ => AttrValue::default(),
    };
    html! { <p class="chord" role="status" hidden={text.is_empty()}>{ text }</p> }
}
