//! How what happens in one service reaches another, durably: a service opens these over its own store.
//!
//! * [`Timers`]: what is to happen later, armed and cancelled in the transaction of a change.
//! * [`Outbox`]: what a change announces, kept in the transaction of the change and delivered after it, at least once,
//!   with [`Retry`], an order by key, and an end of each that a [`Relay`] may answer with a dead letter.
//! * [`Timeline`]: the time in which intervals are measured that outlive a process.
//! * [`Pump`]: from a source to a target, batch by batch.
//!
//! What is delivered and polled are the ports of `cloud-core`. No service is named here, and nothing of what AWS writes
//! into an event: that is the affair of who announces.

mod error;
mod outbox;
mod pump;
mod retry;
mod task;
mod timeline;
mod timers;

pub use error::Error;
pub use outbox::{Announcement, End, Ending, Limits, Outbox, PeerRelay, Relay, Runner, dead_letter};
pub use pump::{Cause, Ended, Failed, GivenUp, Mapping, Noted, Pace, Pump};
pub use retry::Retry;
pub use task::Task;
pub use timeline::Timeline;
pub use timers::{Due, Timers, When};
