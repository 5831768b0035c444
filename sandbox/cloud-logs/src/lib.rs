//! CloudWatch Logs: groups, streams, events.

pub mod shapes;
