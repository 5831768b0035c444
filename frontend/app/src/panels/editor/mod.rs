//! The editors: groups with tabs, and the islands below them.

use serde_json::Value;
use yew::prelude::*;

use crate::{
    commands::Command,
    panels::editor::{compare::Conflict, groups::Editors, island::Outside},
    state::layout::{Place, Side},
    text::shown_name,
    views::{Name, Panel, View},
};

pub mod acts;
pub mod compare;
pub mod groups;
pub mod island;
pub mod model;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[
        // Both sides of a conflict.
        View {
            id: "compare",
            title: "Compare",
            icon: "diff",
            place: Place::Editor,
            name: Some(|args| {
                let path = shown_name(text(args, "path"));
                let name = path.rsplit('/').next().unwrap_or(&path);
                Name { label: format!("{name} (compare)"), title: format!("Compare {path}") }
            }),
            draw: |drawing| html! { <Conflict args={drawing.args.clone()} /> },
            ..View::BLANK
        },
        // A file outside of the workspace, to read only.
        View {
            id: "source",
            title: "Source",
            icon: "book-open",
            place: Place::Editor,
            name: Some(|args| {
                let uri = shown_name(text(args, "uri"));
                let label = uri.rsplit('/').next().unwrap_or(&uri).to_owned();
                Name { label, title: format!("{uri} (read only)") }
            }),
            draw: |drawing| {
                html! { <Outside uri={text(&drawing.args, "uri").to_owned()} group={drawing.group} /> }
            },
            ..View::BLANK
        },
    ],
    commands: GROUPS,
    centre: Some(|| html! { <Editors /> }),
    ..Panel::NONE
};

/// A member of what a view is about; empty where it has none.
fn text<'a>(args: &'a Value, member: &str) -> &'a str {
    args.get(member).and_then(Value::as_str).unwrap_or_default()
}

const fn command(
    id: &'static str,
    title: &'static str,
    keys: &'static str,
    run: fn(&crate::desk::Desk),
) -> Command {
    Command { id, title, keys, run }
}

/// Commands of groups, in the words that people know them by.
const GROUPS: &[Command] = &[
    command("group.split-right", "Split Editor Right", "Ctrl+\\", |desk| acts::split(desk, Side::Right)),
    command("group.split-down", "Split Editor Down", "", |desk| acts::split(desk, Side::Down)),
    command("group.split-left", "Split Editor Left", "", |desk| acts::split(desk, Side::Left)),
    command("group.split-up", "Split Editor Up", "", |desk| acts::split(desk, Side::Up)),
    command("group.move-next", "Move Editor into Next Group", "", |desk| acts::carry(desk, 1)),
    command("group.move-previous", "Move Editor into Previous Group", "", |desk| acts::carry(desk, -1)),
    command("group.focus-1", "Focus First Editor Group", "Ctrl+1", |desk| acts::focus_number(desk, 0)),
    command("group.focus-2", "Focus Second Editor Group", "Ctrl+2", |desk| acts::focus_number(desk, 1)),
    command("group.focus-3", "Focus Third Editor Group", "Ctrl+3", |desk| acts::focus_number(desk, 2)),
    command("group.focus-next", "Focus Next Editor Group", "", |desk| acts::focus_beside(desk, 1)),
    command("group.focus-previous", "Focus Previous Editor Group", "", |desk| acts::focus_beside(desk, -1)),
    command("group.close", "Close Editor Group", "", acts::close),
    command("group.close-all", "Close All Editors in Group", "", acts::close),
];
