//! Settings: a form, and the person's own as JSON.

use protocol::settings::{Change, ChangeWorkspaceSettings, FILE};
use yew::prelude::*;

use crate::{
    commands::{OUT, command},
    desk::Desk,
    messages::say,
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
            title: "settings.title",
            icon: "settings",
            show: Some(command("workbench.action.openSettings", "Ctrl+,", OUT, "", |desk| {
                show(desk, "settings");
            })),
            draw: |_| html! { <SettingsPage /> },
            ..View::BLANK
        },
        View {
            id: "settings-json",
            title: "settings.user-json",
            icon: "braces",
            show: Some(command("workbench.action.openSettingsJson", "", "", "", |desk| {
                show(desk, "settings-json");
            })),
            draw: |_| html! { <OwnJson /> },
            ..View::BLANK
        },
    ],
    commands: &[command("workbench.action.openWorkspaceSettingsFile", "", "", "", open_workspaces)],
    ..Panel::NONE
};

/// Opens the workspace's file, which is made where there is none yet.
fn open_workspaces(desk: &Desk) {
    desk.ask(ChangeWorkspaceSettings { change: Change::Begin }, |desk, outcome| {
        desk.said(say("settings.no-file"), &outcome);
        if let (Ok(()), Ok(path)) = (outcome, protocol::WorkspacePath::parse(FILE)) {
            desk.tell::<Documents>(documents::Message::Show(Tab::file(path), None));
        }
    });
}
