//! SNS: topics, subscriptions with filter policies, and the fan-out of what is published to queues, functions and HTTP(S)
//! endpoints; mail and short messages go to an inbox of the cloud's own.
//!
//! A publish that was answered is announced to every subscription it passes, in the transaction that accepted it; the
//! outbox delivers. Not push notifications to devices, not Firehose, not archives of topics.

mod addresses;
mod attributes;
mod confirming;
mod delivery_policy;
mod envelope;
mod error;
pub mod filter;
mod http;
mod inbox;
mod message;
mod names;
mod open;
mod ops;
mod policy;
mod port;
#[cfg(test)]
mod power;
mod publishing;
mod record;
mod relay;
mod resources;
pub mod shapes;
mod signing;
mod state;

pub use http::Trust;
pub use inbox::{Kind, Letter};
pub use open::{Sns, open, open_trusting};
pub use signing::Signer;
