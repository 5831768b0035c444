//! The log of a function, as it grows.

pub mod view;

pub use view::Logs;
