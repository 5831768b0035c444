//! The operations, by what they are about.

pub(crate) mod event_buses;
pub(crate) mod permissions;
pub(crate) mod put_events;
pub(crate) mod put_rule;
pub(crate) mod rules;
pub(crate) mod tags;
pub(crate) mod targets;
pub(crate) mod test_event_pattern;
