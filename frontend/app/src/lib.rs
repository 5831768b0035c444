//! The browser half of the IDE: the link to the workspace's agent, what is known of the workspace, and the
//! panels that show it. Editors, terminals and language servers are the bridge's; nothing of theirs passes here.
//!
//! Start reading at [`shell`] (what is drawn), [`desk`] (what everything reaches), [`state`] (what is known).

#![allow(clippy::unnecessary_wraps, reason = "a chunk's door has a result for when it cannot be loaded")]

use wasm_bindgen::prelude::*;

pub mod bridge;
pub mod chunks;
pub mod commands;
pub mod desk;
pub mod icons;
pub mod json;
pub mod keymap;
pub mod link;
pub mod messages;
pub mod panels;
#[cfg(test)]
mod races;
pub mod shell;
pub mod state;
pub mod text;
pub mod theme;
pub mod views;

/// Draws the application. The page's boot script loads this module, which calls it.
#[wasm_bindgen(start)]
pub fn start() {
    // Yew's way to set the hook: it would put its own in place of any other.
    yew::set_custom_panic_hook(Box::new(|panic| bridge::crashed(&panic.to_string())));
    widgets::speak(messages::of_widget);
    let link = link::Link::open();
    let desk = desk::Desk::new(link);
    theme::start(&desk);
    state::listen::start(&desk);
    panels::start(&desk);
    chunks::start(&desk);
    yew::Renderer::<shell::Shell>::with_props(shell::ShellProps { desk }).render();
    // After the first drawing, which empties the page's body.
    bridge::add_sprite(include_str!("../icons/sprite.svg"));
}
