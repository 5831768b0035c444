//! The editors: tabs, and the islands below them.

use crate::views::Panel;

pub mod compare;
pub mod island;
pub mod model;
pub mod view;

pub use view::Editors;

/// What it brings: nothing beside the editors, which the shell draws in its middle.
pub const PANEL: Panel = Panel::NONE;
