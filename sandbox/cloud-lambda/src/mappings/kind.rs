//! What sources there are, and what differs between them.

use cloud_core::{Arn, AwsError, SourceKind};

use crate::shapes::Code;

/// A kind of event source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A queue of SQS.
    Queue,
    /// A stream of Kinesis.
    Kinesis,
    /// The stream of a table of DynamoDB.
    Table,
}

impl Kind {
    /// The kind of source that an ARN names.
    pub(crate) fn of(arn: &Arn) -> Result<Self, AwsError> {
        match arn.service() {
            "sqs" => Ok(Self::Queue),
            "kinesis" => Ok(Self::Kinesis),
            "dynamodb" if arn.resource().contains("/stream/") => Ok(Self::Table),
            // AWS: of an ARN that names no source at all.
            _ => Err(invalid("Unrecognized event source.")),
        }
    }

    pub(crate) fn is_stream(self) -> bool {
        self != Self::Queue
    }

    /// How such a source goes on after what it gave.
    pub(crate) fn source_kind(self) -> SourceKind {
        if self.is_stream() { SourceKind::Stream } else { SourceKind::Queue }
    }

    /// That there is no such source.
    pub(crate) fn missing(self, arn: &Arn) -> AwsError {
        match self {
            Self::Queue => invalid(
                "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS \
                 Error Message: The specified queue does not exist.",
            ),
            Self::Kinesis | Self::Table => invalid(format!("Stream not found: {arn}")),
        }
    }

    /// What is said of a mapping that a user changed last, and of one that Lambda did.
    // LIMIT: what AWS says of the latter is not known.
    pub(crate) fn reason(self, is_user: bool) -> &'static str {
        match (self, is_user) {
            (Self::Queue, true) => "USER_INITIATED",
            (Self::Queue, false) => "LAMBDA_INITIATED",
            (_, true) => "User action",
            (_, false) => "Lambda action",
        }
    }

    /// The member of a record that holds what was sent.
    pub(crate) fn data(self) -> &'static str {
        match self {
            Self::Queue => "body",
            Self::Kinesis => "data",
            Self::Table => "dynamodb",
        }
    }
}

/// A refusal of what a mapping is to be.
pub(crate) fn invalid(text: impl Into<String>) -> AwsError {
    Code::InvalidParameterValueException.error(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_told_by_their_arns() {
        for (resource, expected) in [
            ("sqs:us-east-1:000000000000:q", Some(Kind::Queue)),
            ("kinesis:us-east-1:000000000000:stream/s", Some(Kind::Kinesis)),
            ("dynamodb:us-east-1:000000000000:table/t/stream/2026", Some(Kind::Table)),
            ("dynamodb:us-east-1:000000000000:table/t", None),
            ("sns:us-east-1:000000000000:t", None),
            ("kafka:us-east-1:000000000000:cluster/c", None),
        ] {
            let arn = format!("arn:aws:{resource}").parse().expect("an ARN");
            assert_eq!(Kind::of(&arn).ok(), expected, "{resource}");
        }
    }
}
