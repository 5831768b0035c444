//! The log of a function, as it grows.

use yew::prelude::*;

use crate::{
    commands::command,
    panels::logs::view::Logs,
    state::layout::Place,
    views::{Panel, View, show},
};

pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "logs",
        title: "view.logs",
        icon: "scroll-text",
        place: Place::Bottom,
        order: 30,
        show: Some(command("logs.show", "", "", "", |desk| show(desk, "logs"))),
        draw: |_| html! { <Logs /> },
        ..View::BLANK
    }],
    ..Panel::NONE
};
