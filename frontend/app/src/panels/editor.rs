//! The editors: tabs, and the islands below them.

pub mod compare;
pub mod island;
pub mod model;
pub mod view;

pub use view::Editors;
