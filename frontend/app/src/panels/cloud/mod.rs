//! The cloud: what is deployed, as a tree.

use yew::prelude::*;

use crate::{
    commands::command,
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
        title: "view.cloud",
        icon: "cloud",
        place: Place::Side,
        order: 20,
        show: Some(command("cloud.show", "", "", "", |desk| show(desk, "cloud"))),
        draw: |_| html! { <CloudTree /> },
        ..View::BLANK
    }],
    ..Panel::NONE
};
