//! The problems that language servers found, by file.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    commands::command,
    messages::message,
    panels::problems::view::{Counts, Problems},
    state::{layout::Place, problems::Problems as Store},
    views::{Badge, Panel, View, show},
};

pub mod model;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "problems",
        title: message!("view.problems"),
        icon: "circle-x",
        place: Place::Bottom,
        order: 20,
        badge: Some(Badge {
            count: |desk| desk.read(|problems: &Store| problems.counts.0 + problems.counts.1),
            watch: |desk, changed| desk.store::<Store>().watch(move || changed()),
        }),
        show: Some(command!("workbench.actions.view.problems", "Ctrl+Shift+M", "", "", |desk| {
            show(desk, "problems");
        })),
        later: Some(|| Box::pin(draw())),
        ..View::BLANK
    }],
    status: Some((10, || html! { <Counts /> })),
    ..Panel::NONE
};

#[wasm_split(bottom, fallible)]
fn draw() -> Loaded {
    Ok(|_| html! { <Problems /> })
}
