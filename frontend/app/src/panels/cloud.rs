//! The cloud: what is deployed, as a tree.

pub mod model;
pub mod view;

pub use view::CloudTree;
