//! The operations, a file for each or for a small family.

pub(crate) mod filter_log_events;
pub(crate) mod get_log_events;
pub(crate) mod groups;
pub(crate) mod oldest;
pub(crate) mod put_log_events;
pub(crate) mod retention;
pub(crate) mod streams;
pub(crate) mod subscription_filters;
pub(crate) mod tags;
