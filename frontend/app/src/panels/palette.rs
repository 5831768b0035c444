//! The palette: one box for files, commands, functions and lines.

pub mod model;
pub mod view;

pub use view::CommandPalette;
