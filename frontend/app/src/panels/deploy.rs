//! Deployment: what is deployed where, how it goes, what came of it.

pub mod model;
pub mod progress;
pub mod view;

pub use view::Deploy;
