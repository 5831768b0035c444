//! The log of a function, as it grows.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    commands::command,
    messages::message,
    panels::logs::view::Logs,
    state::layout::Place,
    views::{Panel, View, show},
};

pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "logs",
        title: message!("view.logs"),
        icon: "scroll-text",
        place: Place::Bottom,
        order: 30,
        show: Some(command!("logs.show", "", "", "", |desk| show(desk, "logs"))),
        later: Some(|| Box::pin(draw())),
        ..View::BLANK
    }],
    ..Panel::NONE
};

#[wasm_split(cloud, fallible)]
fn draw() -> Loaded {
    Ok(|_| html! { <Logs /> })
}
