//! CloudWatch Logs: groups, streams, events; reading, filtering and tailing them.
//!
//! Not metrics, not Insights queries, not subscriptions.

mod filter;
mod migration;
mod open;
mod ops;
mod quotas;
mod record;
mod resources;
pub mod shapes;
mod sink;

pub use filter::{Pattern, PatternError};
pub use open::{Logs, open};
