//! Trying a deployed API: a request, and its answer.

pub mod view;

pub use view::TryIt;
