//! The page of a function, in tabs: what it is and how it does, invoking it, its log, its configuration, versions, triggers
//! and concurrency.

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

pub mod asked;
pub mod concurrency;
pub mod configuration;
pub mod event;
pub mod log;
pub mod model;
pub mod outcome;
pub mod overview;
pub mod triggers;
pub mod versions;
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

#[wasm_split(function, fallible)]
fn draw() -> Loaded {
    Ok(|drawing| html! { <Function shown={drawing.shown} /> })
}
