//! The editors: groups with tabs, and the islands below them.

use protocol::WorkspacePath;
use serde_json::Value;
use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    commands::{Command, OUT, command},
    messages::{Text, message},
    panels::editor::{
        compare::{Conflict, OnDisk, both},
        island::Outside,
    },
    state::layout::Side,
    text::shown_name,
    views::{Name, Panel, View},
};

pub mod acts;
pub mod bars;
pub mod compare;
pub mod groups;
pub mod island;
pub mod model;
pub mod view;

pub use groups::Editors;

/// What it brings, beside the editors, which the shell draws in its middle.
pub const PANEL: Panel = Panel {
    views: &[
        // Both sides of a conflict.
        View {
            id: "compare",
            title: message!("view.compare"),
            icon: "diff",
            name: Some(|args| {
                name_of_file(text(args, "path"), message!("compare.label"), message!("compare.title"))
            }),
            later: Some(|| Box::pin(draw_conflict())),
            ..View::BLANK
        },
        // A file outside of the workspace, to read only.
        View {
            id: "source",
            title: message!("view.source"),
            icon: "book-open",
            name: Some(|args| {
                name_of_file(text(args, "uri"), message!("source.label"), message!("source.title"))
            }),
            later: Some(|| Box::pin(draw_source())),
            ..View::BLANK
        },
    ],
    commands: GROUPS,
    besides: &[&DISK, &BOTH],
    ..Panel::NONE
};

/// That a file was changed or deleted on the disk; about its path.
static DISK: View =
    View { id: "disk", title: message!("view.disk"), later: Some(|| Box::pin(draw_disk())), ..View::BLANK };

/// Text of others and unsent text; about the two.
static BOTH: View =
    View { id: "both", title: message!("view.both"), later: Some(|| Box::pin(draw_both())), ..View::BLANK };

// With the settings: what a tab shows that is no file of the workspace is not needed for the first view.
#[wasm_split(settings, fallible)]
fn draw_conflict() -> Loaded {
    Ok(|drawing| html! { <Conflict args={drawing.args.clone()} /> })
}

#[wasm_split(settings, fallible)]
fn draw_source() -> Loaded {
    Ok(|drawing| html! { <Outside uri={text(&drawing.args, "uri").to_owned()} group={drawing.group} /> })
}

// With what lies over the window: both are as seldom, and as soon wanted.
#[wasm_split(over, fallible)]
fn draw_disk() -> Loaded {
    Ok(|drawing| {
        let path = drawing.args.as_str().and_then(|path| WorkspacePath::parse(path).ok());
        path.map(|path| html! { <OnDisk {path} /> }).unwrap_or_default()
    })
}

#[wasm_split(over, fallible)]
fn draw_both() -> Loaded {
    Ok(|drawing| {
        let side = |place: usize| drawing.args.get(place).and_then(Value::as_str).unwrap_or_default();
        both(side(0), side(1))
    })
}

/// A member of what a view is about; empty where it has none.
fn text<'a>(args: &'a Value, member: &str) -> &'a str {
    args.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// What a view of a file is called, by messages with the file's `name` and its `path`.
fn name_of_file(path: &str, label: Text, title: Text) -> Name {
    let path = shown_name(path);
    let name = path.rsplit('/').next().unwrap_or(&path);
    let say = |text: Text| text.with(&[("name", &name), ("path", &path)]).to_string();
    Name { label: say(label), title: say(title) }
}

/// Commands of groups.
const GROUPS: &[Command] = &[
    command!("workbench.action.splitEditorRight", "Ctrl+\\", OUT, "hasTab", |desk| {
        acts::split(desk, Side::Right);
    }),
    command!("workbench.action.splitEditorDown", "Ctrl+K Ctrl+\\", OUT, "hasTab", |desk| {
        acts::split(desk, Side::Down);
    }),
    command!("workbench.action.splitEditorLeft", "", "", "hasTab", |desk| acts::split(desk, Side::Left)),
    command!("workbench.action.splitEditorUp", "", "", "hasTab", |desk| acts::split(desk, Side::Up)),
    command!("workbench.action.moveEditorToNextGroup", "Ctrl+Alt+Right", OUT, "hasTab", |desk| {
        acts::carry(desk, 1);
    }),
    command!("workbench.action.moveEditorToPreviousGroup", "Ctrl+Alt+Left", OUT, "hasTab", |desk| {
        acts::carry(desk, -1);
    }),
    command!("workbench.action.focusFirstEditorGroup", "Ctrl+1", "", "", |desk| acts::focus_number(desk, 0)),
    command!("workbench.action.focusSecondEditorGroup", "Ctrl+2", "", "hasTab", |desk| {
        acts::focus_number(desk, 1);
    }),
    command!("workbench.action.focusThirdEditorGroup", "Ctrl+3", "", "hasTab", |desk| {
        acts::focus_number(desk, 2);
    }),
    command!("workbench.action.focusNextGroup", "", "", SEVERAL, |desk| acts::focus_beside(desk, 1)),
    command!("workbench.action.focusPreviousGroup", "", "", SEVERAL, |desk| acts::focus_beside(desk, -1)),
    command!("workbench.action.closeEditorsInGroup", "Ctrl+K W", OUT, "hasTab", acts::close),
    command!("workbench.action.closeGroup", "", "", SEVERAL, acts::close),
];

/// There is more than one group.
const SEVERAL: &str = "multipleEditorGroups";
