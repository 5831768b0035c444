//! A function: its test events, invoking it, how that went, its configuration.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    commands::command,
    messages::message,
    panels::function::view::Function,
    state::layout::Place,
    views::{Panel, View, show},
};

pub mod configuration;
pub mod event;
pub mod model;
pub mod outcome;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "function",
        title: message!("view.function"),
        icon: "lambda",
        place: Place::Dock,
        order: 10,
        show: Some(command!("function.show", "", "", "", |desk| show(desk, "function"))),
        later: Some(|| Box::pin(draw())),
        ..View::BLANK
    }],
    ..Panel::NONE
};

#[wasm_split(cloud, fallible)]
fn draw() -> Loaded {
    Ok(|_| html! { <Function /> })
}
