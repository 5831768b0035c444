//! Keyboard shortcuts: every command with its keys, to be looked through and changed.

use yew::prelude::*;

use crate::{
    commands::{OUT, command},
    panels::keys::view::KeysPage,
    views::{Panel, View, show},
};

pub mod model;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "keys",
        title: "keys.title",
        icon: "keyboard",
        show: Some(command("workbench.action.openGlobalKeybindings", "Ctrl+K Ctrl+S", OUT, "", |desk| {
            show(desk, "keys");
        })),
        draw: |_| html! { <KeysPage /> },
        ..View::BLANK
    }],
    ..Panel::NONE
};
