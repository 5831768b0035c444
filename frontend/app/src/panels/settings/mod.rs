//! Settings: a form, and the person's own as JSON.

use protocol::settings::{Change, ChangeWorkspaceSettings, FILE};
use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    commands::{OUT, command},
    desk::Desk,
    messages::{message, say},
    panels::settings::{own::OwnJson, view::SettingsPage},
    state::{
        documents::{self, Documents},
        layout::Tab,
    },
    views::{Panel, View, show},
};

pub mod model;
mod own;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[
        View {
            id: "settings",
            title: message!("settings.title"),
            icon: "settings",
            show: Some(command!("workbench.action.openSettings", "Ctrl+,", OUT, "", |desk| {
                show(desk, "settings");
            })),
            later: Some(|| Box::pin(draw_page())),
            ..View::BLANK
        },
        View {
            id: "settings-json",
            title: message!("settings.user-json"),
            icon: "braces",
            show: Some(command!("workbench.action.openSettingsJson", "", "", "", |desk| {
                show(desk, "settings-json");
            })),
            later: Some(|| Box::pin(draw_json())),
            ..View::BLANK
        },
    ],
    commands: &[command!("workbench.action.openWorkspaceSettingsFile", "", "", "", open_workspaces)],
    ..Panel::NONE
};

#[wasm_split(settings, fallible)]
fn draw_page() -> Loaded {
    Ok(|_| html! { <SettingsPage /> })
}

#[wasm_split(settings, fallible)]
fn draw_json() -> Loaded {
    Ok(|_| html! { <OwnJson /> })
}

/// Opens the workspace's file, which is made where there is none yet.
fn open_workspaces(desk: &Desk) {
    desk.ask(ChangeWorkspaceSettings { change: Change::Begin }, |desk, outcome| {
        desk.said(say!("settings.no-file"), &outcome);
        if let (Ok(()), Ok(path)) = (outcome, protocol::WorkspacePath::parse(FILE)) {
            desk.tell::<Documents>(documents::Message::Show(Tab::file(path), None));
        }
    });
}
