//! SQS: standard and FIFO queues, their dead letters, and both of its protocols.
//!
//! Messages are rows of the store, not records of its log: they go one by one, in any order, and the log gives room back by
//! whole segments, which one message that stays would hold. What of a queue is in memory does not depend on how much waits in it.
//!
//! Not encryption (its attributes are recorded), not metrics.

mod attributes;
mod error;
mod message;
mod moved;
mod names;
mod open;
mod ops;
mod parcel;
mod policy;
mod ports;
#[cfg(test)]
mod power;
mod receipt;
mod record;
mod redrive;
mod resources;
mod rows;
pub mod shapes;
mod shown;
mod state;
mod upkeep;
mod waiting;

pub use open::{Sqs, open};
