//! The page of a queue: how much waits in it and what, sending, emptying, moving dead letters back.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    messages::message,
    panels::queue::view::QueuePage,
    views::{Name, Panel, View},
};

pub mod model;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "queue",
        title: message!("view.queue"),
        icon: "inbox",
        name: Some(|args| {
            let name = args["name"].as_str().unwrap_or_default().to_owned();
            Name { title: message!("queue.title").with(&[("name", &name)]).to_string(), label: name }
        }),
        later: Some(|| Box::pin(draw())),
        ..View::BLANK
    }],
    ..Panel::NONE
};

// With topics: whoever looks at the one looks at the other.
#[wasm_split(messaging, fallible)]
fn draw() -> Loaded {
    Ok(|drawing| {
        let name = drawing.args["name"].as_str().unwrap_or_default();
        html! { <QueuePage key={name.to_owned()} name={name.to_owned()} shown={drawing.shown} /> }
    })
}
