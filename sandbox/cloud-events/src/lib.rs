//! EventBridge: buses, rules for what comes over them and on schedules, and the targets that are told.
//!
//! An event that was answered is announced to every target of every rule that it matches, in the transaction that accepts
//! it; a schedule goes off as a timer, in whose transaction its event is announced. The outbox delivers. Not archives and
//! replays, not connections to the outside, not partners' buses, not pipes, and not the Scheduler, which is another service.
//!
//! Where to start: `publishing` for the way of an event, `schedule` and `ticking` for what goes off by itself, `targets`
//! for what a target gets.

mod error;
mod event;
mod names;
mod open;
mod ops;
mod path;
mod policy;
mod port;
#[cfg(test)]
mod power;
mod publishing;
mod quotas;
mod record;
mod relay;
mod resources;
mod schedule;
pub mod shapes;
mod targets;
mod ticking;
mod transform;

pub use open::{EventBridge, open};
