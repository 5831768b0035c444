//! The terminals: tabs, and the screens below them.

pub mod model;
pub mod view;

pub use view::Terminals;
