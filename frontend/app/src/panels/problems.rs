//! The problems that language servers found, by file.

pub mod model;
pub mod view;

pub use view::Problems;
