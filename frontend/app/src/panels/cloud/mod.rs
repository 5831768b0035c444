//! The cloud: what is deployed, as a tree.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    commands::command,
    messages::message,
    panels::cloud::view::CloudTree,
    state::layout::Place,
    views::{Panel, View, show},
};

pub mod model;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "cloud",
        title: message!("view.cloud"),
        icon: "cloud",
        place: Place::Side,
        order: 20,
        show: Some(command!("cloud.show", "", "", "", |desk| show(desk, "cloud"))),
        later: Some(|| Box::pin(draw())),
        ..View::BLANK
    }],
    ..Panel::NONE
};

#[wasm_split(cloud, fallible)]
fn draw() -> Loaded {
    Ok(|_| html! { <CloudTree /> })
}
