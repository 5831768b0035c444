//! EventBridge's errors, in EventBridge's words.

use cloud_core::AwsError;

use crate::shapes::Code;

pub(crate) fn invalid(message: impl Into<String>) -> AwsError {
    AwsError::validation(message)
}

pub(crate) fn no_bus(name: &str) -> AwsError {
    Code::ResourceNotFoundException.error(format!("Event bus {name} does not exist."))
}

pub(crate) fn no_rule(name: &str, bus: &str) -> AwsError {
    Code::ResourceNotFoundException.error(format!("Rule {name} does not exist on EventBus {bus}."))
}

pub(crate) fn bad_pattern(reason: &event_pattern::Wrong) -> AwsError {
    Code::InvalidEventPatternException.error(format!("Event pattern is not valid. Reason: {reason}"))
}
