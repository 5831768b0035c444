//! Keyboard shortcuts: every command with its keys, to be looked through and changed.

pub mod model;
pub mod view;

pub use view::KeysPage;
