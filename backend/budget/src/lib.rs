//! Budgets: how much of something scarce may be used at once ([`Budget`]: bytes held) and over time ([`Rate`]: bytes a
//! second), over all who use it and fair between them ([`Source`]).
//!
//! Whoever is about to hold or to write what others decide the size of (a request's body, an event, a compilation, a
//! line of a log) asks before the allocation. Nothing here allocates what it grants, measures memory, or knows what it
//! is for.

mod held;
mod rate;
mod source;

pub use held::{Budget, Exhausted, Reservation};
pub use rate::Rate;
pub use source::Source;
