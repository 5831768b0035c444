//! The panels, one folder each: `model.rs` decides and is tested natively, `view.rs` only draws, and `mod.rs` says as
//! `PANEL` what the panel brings. No panel knows another; what they share are the stores.
//!
//! The build script lists the folders: a new one is found by itself.

use crate::desk::Desk;

include!(concat!(env!("OUT_DIR"), "/panels.rs"));

/// Lets the panels that keep a model of their own listen to the link.
pub fn start(desk: &Desk) {
    PANELS.iter().filter_map(|panel| panel.start).for_each(|start| start(desk));
}
