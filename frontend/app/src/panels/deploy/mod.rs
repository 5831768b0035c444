//! Deployment: what is deployed where, how it goes, what came of it.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    commands::command,
    messages::message,
    panels::deploy::view::Deploy,
    state::layout::Place,
    views::{Panel, View, show},
};

pub mod model;
pub mod progress;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "deploy",
        title: message!("view.deploy"),
        icon: "rocket",
        place: Place::Dock,
        order: 20,
        show: Some(command!("deploy.show", "", "", "", |desk| show(desk, "deploy"))),
        later: Some(|| Box::pin(draw())),
        ..View::BLANK
    }],
    ..Panel::NONE
};

#[wasm_split(cloud, fallible)]
fn draw() -> Loaded {
    Ok(|_| html! { <Deploy /> })
}
