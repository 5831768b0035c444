//! The palette: one box for files, commands, functions and lines.

use wasm_split_helpers::wasm_split;
use yew::prelude::*;

use crate::{
    chunks::Loaded,
    messages::message,
    panels::palette::{opened::OpenPalette, view::CommandPalette},
    views::{Panel, View},
};

pub mod model;
mod opened;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel { over: Some(|| html! { <OpenPalette /> }), besides: &[&ROWS], ..Panel::NONE };

/// The box with what fits, by what is written in it first.
static ROWS: View =
    View { id: "palette", title: message!("title.search"), later: Some(|| Box::pin(draw())), ..View::BLANK };

#[wasm_split(palette, fallible)]
fn draw() -> Loaded {
    Ok(|drawing| html! { <CommandPalette query={drawing.args.as_str().unwrap_or_default().to_owned()} /> })
}
