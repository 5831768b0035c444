//! The search in files: what is looked for, what was found, and replacing it.

use serde_json::Value;
use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    bridge::selected_line,
    chunks::{self, Loaded, Work},
    commands::{OUT, command},
    desk::Desk,
    messages::{message, say},
    panels::search::{
        text::Results,
        view::{Find, step},
    },
    state::{
        layout::Place,
        search::{Wish, ask},
    },
    text::shown_name,
    views::{Name, Panel, View},
};

mod acts;
pub mod model;
pub mod replacing;
pub mod rows;
pub mod text;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[
        View {
            id: "search",
            title: message!("view.search"),
            icon: "search",
            place: Place::Side,
            order: 15,
            show: Some(command!("workbench.action.findInFiles", "Ctrl+Shift+F", "", "", |desk| {
                find(desk, false);
            })),
            later: Some(|| Box::pin(draw())),
            ..View::BLANK
        },
        // What was found, as text.
        View {
            id: RESULTS,
            title: message!("search.results"),
            icon: "search",
            name: Some(name),
            later: Some(|| Box::pin(draw_results())),
            ..View::BLANK
        },
    ],
    commands: &[
        // Who may not replace is shown the search: whether somebody may is not known yet when a page is new.
        command!("workbench.action.replaceInFiles", "Ctrl+Shift+H", "", "", |desk| find(desk, true)),
        command!("search.action.focusNextSearchResult", "F4", OUT, "", |desk| go(desk, true)),
        command!("search.action.focusPreviousSearchResult", "Shift+F4", OUT, "", |desk| go(desk, false)),
    ],
    ..Panel::NONE
};

/// The view of what was found, as text.
const RESULTS: &str = "search-results";

#[wasm_split(search, fallible)]
fn draw() -> Loaded {
    Ok(|_| html! { <Find /> })
}

#[wasm_split(search, fallible)]
fn draw_results() -> Loaded {
    Ok(|drawing| html! { <Results about={drawing.args.clone()} group={drawing.group} /> })
}

/// Shows the search, for what is selected in the editor in front.
fn find(desk: &Desk, replace: bool) {
    let text = Some(selected_line()).filter(|text| !text.is_empty());
    ask(desk, Wish { text, folder: None, replace });
}

/// Goes to the next result, or the one before.
fn go(desk: &Desk, forwards: bool) {
    chunks::work(desk, say!("search.no-step"), take_step(desk.clone(), forwards));
}

#[wasm_split(search, fallible)]
fn take_step(desk: Desk, forwards: bool) -> Work {
    Ok(Box::pin(async move { step(&desk, forwards) }))
}

/// What a tab of results is called.
fn name(about: &Value) -> Name {
    let pattern = about.pointer("/query/pattern").and_then(Value::as_str).unwrap_or_default();
    let name = say!("search.results-of", pattern = shown_name(pattern)).to_string();
    Name { label: name.clone(), title: name }
}
