//! Trust in the folder: the question, and what stands in the status bar until it is answered with yes.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    messages::message,
    panels::trust::{
        status::{OpenQuestion, Restricted},
        view::TrustQuestion,
    },
    views::{Panel, View},
};

mod status;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    over: Some(|| html! { <OpenQuestion /> }),
    besides: &[&QUESTION],
    status: Some((20, || html! { <Restricted /> })),
    ..Panel::NONE
};

/// The question, which is asked once a folder.
static QUESTION: View =
    View { id: "trust", title: message!("view.trust"), later: Some(|| Box::pin(draw())), ..View::BLANK };

#[wasm_split(over, fallible)]
fn draw() -> Loaded {
    Ok(|_| html! { <TrustQuestion /> })
}
