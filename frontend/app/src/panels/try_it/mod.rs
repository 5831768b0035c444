//! Trying a deployed API: a request, and its answer.

use yew::prelude::*;

use crate::{
    commands::command,
    panels::try_it::view::TryIt,
    state::layout::Place,
    views::{Panel, View, show},
};

pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "try",
        title: "view.try",
        icon: "send",
        place: Place::Dock,
        order: 30,
        show: Some(command("api.try", "", "", "", |desk| show(desk, "try"))),
        draw: |_| html! { <TryIt /> },
        ..View::BLANK
    }],
    ..Panel::NONE
};
