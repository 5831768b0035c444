//! The page of a topic: who is subscribed, publishing, the inbox of mail and short messages.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    messages::message,
    panels::topic::{model::name_of, view::TopicPage},
    views::{Name, Panel, View},
};

pub mod model;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    views: &[View {
        id: "topic",
        title: message!("view.topic"),
        icon: "megaphone",
        name: Some(|args| {
            let name = name_of(args["arn"].as_str().unwrap_or_default()).to_owned();
            Name { title: message!("topic.title").with(&[("name", &name)]).to_string(), label: name }
        }),
        later: Some(|| Box::pin(draw())),
        ..View::BLANK
    }],
    ..Panel::NONE
};

#[wasm_split(messaging, fallible)]
fn draw() -> Loaded {
    Ok(|drawing| {
        let arn = drawing.args["arn"].as_str().unwrap_or_default();
        html! { <TopicPage key={arn.to_owned()} arn={arn.to_owned()} /> }
    })
}
