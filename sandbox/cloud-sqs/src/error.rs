//! What SQS says of mistakes.
// AWS: the texts are those that it answers.

use std::fmt::Display;

use cloud_core::AwsError;

use crate::shapes::{BatchResultErrorEntry, Code, MODEL};

/// How much of a wrong value is said again, in characters.
const SHOWN: usize = 1024;

/// A parameter that may not have that value.
pub(crate) fn invalid(parameter: &str, value: impl Display, reason: &str) -> AwsError {
    let value: String = value.to_string().chars().take(SHOWN).collect();
    wrong(format!("Value {value} for parameter {parameter} is invalid. Reason: {reason}"))
}

/// The same in other words.
pub(crate) fn wrong(message: impl Into<String>) -> AwsError {
    Code::InvalidParameterValueException.error(message)
}

/// A parameter that must be there.
pub(crate) fn missing(parameter: &str) -> AwsError {
    let message = format!("The request must contain the parameter {parameter}.");
    Code::MissingRequiredParameterException.error(message)
}

pub(crate) fn no_queue() -> AwsError {
    // LIMIT: in the query protocol AWS adds "for this wsdl version".
    Code::QueueDoesNotExist.error("The specified queue does not exist.")
}

pub(crate) fn no_attribute(name: &str) -> AwsError {
    let name: String = name.chars().take(SHOWN).collect();
    Code::InvalidAttributeName.error(format!("Unknown Attribute {name}."))
}

pub(crate) fn wrong_attribute(name: &str) -> AwsError {
    Code::InvalidAttributeValue.error(format!("Invalid value for the parameter {name}."))
}

/// A queue that an ARN names, for tasks that move messages.
pub(crate) fn no_resource(parameter: &str) -> AwsError {
    Code::ResourceNotFoundException
        .error(format!("The resource that you specified for the {parameter} parameter doesn't exist."))
}

/// What became of one entry of a batch.
// AWS: entries have the codes of the query protocol, whichever is spoken.
pub(crate) fn entry(id: String, error: &AwsError) -> BatchResultErrorEntry {
    let in_query = MODEL.error(error.code()).and_then(|fact| fact.query);
    BatchResultErrorEntry {
        id,
        sender_fault: error.fault() == cloud_core::Fault::Sender,
        code: in_query.unwrap_or(error.code()).to_owned(),
        message: Some(error.message().to_owned()),
    }
}
