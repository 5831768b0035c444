//! What SNS says of mistakes.
// AWS: the texts are those that it answers.

use std::fmt::Display;

use cloud_core::AwsError;

use crate::shapes::Code;

/// A parameter that may not be so.
pub(crate) fn invalid(what: impl Display) -> AwsError {
    Code::InvalidParameterException.error(format!("Invalid parameter: {what}"))
}

/// The same with a reason.
pub(crate) fn because(what: &str, reason: impl Display) -> AwsError {
    invalid(format!("{what} Reason: {reason}"))
}

/// A parameter that must be there.
pub(crate) fn missing(what: &str) -> AwsError {
    because(what, "no value for required parameter")
}

pub(crate) fn no_topic() -> AwsError {
    Code::NotFoundException.error("Topic does not exist")
}

pub(crate) fn no_subscription() -> AwsError {
    Code::NotFoundException.error("Subscription does not exist")
}

/// A message attribute that may not be so.
pub(crate) fn wrong_attribute(message: impl Into<String>) -> AwsError {
    Code::InvalidParameterValueException.error(message)
}
