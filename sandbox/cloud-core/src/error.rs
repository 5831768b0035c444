//! The one error that services answer with. How it looks on the wire is `cloud-wire`'s affair.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::io;

use budget::Exhausted;
use serde_json::{Map, Value};

/// Whose mistake it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The caller's (status 4xx).
    Sender,
    /// The cloud's (status 5xx).
    Receiver,
}

/// An AWS error: a code from the service's model, a message for people, an HTTP status.
///
/// ```
/// # use cloud_core::AwsError;
/// let error = AwsError::new("ResourceNotFoundException", "Function not found: x").status(404).with("Type", "User");
/// assert_eq!(error.to_string(), "ResourceNotFoundException: Function not found: x");
/// ```
#[derive(Debug)]
pub struct AwsError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Cow<'static, str>,
    message: String,
    status: u16,
    members: Map<String, Value>,
    headers: Vec<(&'static str, String)>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl AwsError {
    /// A sender's error with status 400.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code: code.into(),
            message: message.into(),
            status: 400,
            members: Map::new(),
            headers: Vec::new(),
            source: None,
        }))
    }

    /// Another status. 5xx makes it the receiver's fault.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.0.status = status;
        self
    }

    /// A further member of the error's shape, such as Lambda's `Type`.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(member.to_owned(), value.into());
        self
    }

    /// A header of the answer, for what clients look for there.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// What lay beneath: logged, never answered.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// `ValidationException`, 400.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// `AccessDeniedException`, 403.
    pub fn access_denied(message: impl Into<String>) -> Self {
        Self::new("AccessDeniedException", message).status(403)
    }

    /// `InternalFailure`, 500: something of ours broke. The caller learns nothing of the source; but that the disk is
    /// full is for him to know and to mend: `ServiceUnavailable`, 507.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let source = source.into();
        if is_full_disk(source.as_ref()) {
            return Self::new("ServiceUnavailable", "The disk is full. Free some space and try again.")
                .status(507)
                .because(source);
        }
        Self::new(
            "InternalFailure",
            "The request processing has failed because of an unknown error, exception or failure.",
        )
        .status(500)
        .because(source)
    }

    /// The code, as in the service's model.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The message for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The HTTP status.
    pub fn http_status(&self) -> u16 {
        self.0.status
    }

    /// Further members of the error's shape.
    pub fn members(&self) -> &Map<String, Value> {
        &self.0.members
    }

    /// Headers of the answer.
    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.0.headers
    }

    /// Whose mistake it was.
    pub fn fault(&self) -> Fault {
        if self.0.status >= 500 { Fault::Receiver } else { Fault::Sender }
    }
}

/// `ServiceUnavailable`, 503, which clients send again; or `RequestEntityTooLargeException`, 413, where that is in vain.
impl From<Exhausted> for AwsError {
    fn from(exhausted: Exhausted) -> Self {
        let message = exhausted.to_string();
        match exhausted {
            Exhausted::Busy { .. } => Self::new("ServiceUnavailable", message).status(503),
            Exhausted::TooLarge { .. } => Self::new("RequestEntityTooLargeException", message).status(413),
        }
    }
}

fn is_full_disk(error: &(dyn Error + 'static)) -> bool {
    let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
    matches!(kind, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
        || error.source().is_some_and(is_full_disk)
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.message)
    }
}

impl Error for AwsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_and_nothing_else_of_the_inside() {
        let check = |source: io::Error, code: &str, status: u16| {
            // As a store's error has it: beneath its own.
            let error = AwsError::internal(AwsError::new("Outer", "of a store").because(source));
            assert_eq!((error.code(), error.http_status()), (code, status));
        };
        check(io::ErrorKind::StorageFull.into(), "ServiceUnavailable", 507);
        check(io::ErrorKind::QuotaExceeded.into(), "ServiceUnavailable", 507);
        check(io::ErrorKind::PermissionDenied.into(), "InternalFailure", 500);
        check(io::Error::other("a path of ours"), "InternalFailure", 500);
    }
}
