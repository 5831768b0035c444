//! Keyboard shortcuts: every command with its keys, to be looked through and changed.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    commands::{OUT, command},
    messages::message,
    panels::keys::view::KeysPage,
    views::{Panel, View, show},
};

pub mod model;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "keys",
        title: message!("keys.title"),
        icon: "keyboard",
        show: Some(command!("workbench.action.openGlobalKeybindings", "Ctrl+K Ctrl+S", OUT, "", |desk| {
            show(desk, "keys");
        })),
        later: Some(|| Box::pin(draw())),
        ..View::BLANK
    }],
    ..Panel::NONE
};

#[wasm_split(settings, fallible)]
fn draw() -> Loaded {
    Ok(|_| html! { <KeysPage /> })
}
