//! Trying a deployed API: a request, and its answer.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    commands::command,
    messages::message,
    panels::try_it::view::TryIt,
    state::layout::Place,
    views::{Panel, View, show},
};

pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "try",
        title: message!("view.try"),
        icon: "send",
        place: Place::Dock,
        order: 30,
        show: Some(command!("api.try", "", "", "", |desk| show(desk, "try"))),
        later: Some(|| Box::pin(draw())),
        ..View::BLANK
    }],
    ..Panel::NONE
};

#[wasm_split(cloud, fallible)]
fn draw() -> Loaded {
    Ok(|_| html! { <TryIt /> })
}
