//! CloudWatch Logs: groups, streams, events; reading, filtering and tailing them, and sending them on to functions.
//!
//! Not metrics, not Insights queries.

mod filter;
mod migration;
mod open;
mod ops;
mod quotas;
mod record;
mod resources;
pub mod shapes;
mod sink;
mod subscriptions;

pub use filter::{Pattern, PatternError};
pub use open::{Logs, open};
