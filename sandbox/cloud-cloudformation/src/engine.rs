//! From what a stack is to what it is asked to be.
//!
//! [`difference`] compares, [`advance`](steps) takes the next steps, both as functions of values; [`drive`] makes the calls,
//! keeps every step before it is taken, and goes on after a restart where it was. Which operations a caller has is not
//! known here.

mod change_sets;
pub mod checks;
mod definitions;
pub mod difference;
pub mod drive;
mod facts;
pub mod findings;
mod forecast;
mod idle;
mod known;
mod leave;
mod phases;
mod plan;
mod rehearsal;
mod room;
mod scope;
mod steps;

pub use definitions::no_change_set;
pub use drive::Engine;
pub use facts::Facts;
pub use plan::Plan;
pub use scope::StackScope;
