//! The panels, one folder each: `model.rs` decides and is tested natively, `view.rs` only draws. No panel knows
//! another; what they share are the stores.

use crate::desk::Desk;

pub mod cloud;
pub mod deploy;
pub mod editor;
pub mod explorer;
pub mod function;
pub mod keys;
pub mod logs;
pub mod palette;
pub mod problems;
pub mod settings;
pub mod terminal;
pub mod trust;
pub mod try_it;

/// Lets the panels that keep a model of their own listen to the link.
pub fn start(desk: &Desk) {
    explorer::start(desk);
}
