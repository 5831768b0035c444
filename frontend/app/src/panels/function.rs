//! A function: its test events, invoking it, how that went, its configuration.

pub mod configuration;
pub mod event;
pub mod model;
pub mod outcome;
pub mod view;

pub use view::Function;
