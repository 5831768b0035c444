//! The palette: one box for files, commands, functions and lines.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    messages::message,
    panels::palette::{opened::OpenPalette, view::Finder},
    views::{Panel, View},
};

pub mod model;
mod opened;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel { over: Some(|| html! { <OpenPalette /> }), besides: &[&ROWS], ..Panel::NONE };

/// What finds, by what is written in the box.
static ROWS: View =
    View { id: "palette", title: message!("title.search"), later: Some(|| Box::pin(draw())), ..View::BLANK };

#[wasm_split(palette, fallible)]
fn draw() -> Loaded {
    Ok(|drawing| html! { <Finder query={drawing.args.as_str().unwrap_or_default().to_owned()} /> })
}
