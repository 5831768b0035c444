//! The terminals: tabs, and the screens below them.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    commands::command,
    messages::message,
    panels::terminal::view::Terminals,
    state::layout::Place,
    views::{Panel, View, show},
};

pub mod model;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "terminal",
        title: message!("view.terminal"),
        icon: "square-terminal",
        place: Place::Bottom,
        order: 10,
        // Screens stay alive while they are hidden.
        keep: true,
        show: Some(command!("terminal.show", "", "", "mayRun", |desk| show(desk, "terminal"))),
        later: Some(|| Box::pin(draw())),
        ..View::BLANK
    }],
    ..Panel::NONE
};

#[wasm_split(bottom, fallible)]
fn draw() -> Loaded {
    Ok(|drawing| html! { <Terminals shown={drawing.shown} /> })
}
