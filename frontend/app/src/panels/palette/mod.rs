//! The palette: one box for files, commands, functions and lines.

use yew::prelude::*;

use crate::{panels::palette::view::OpenPalette, views::Panel};

pub mod model;
pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel { over: Some(|| html! { <OpenPalette /> }), ..Panel::NONE };
