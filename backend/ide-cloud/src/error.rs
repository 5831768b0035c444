//! What can go wrong between the IDE and the cloud, and how a call says so.

use ide_core::files::FileError;
use protocol::{CallError, ErrorCode, Said};
use thiserror::Error;

/// A failure of this crate.
#[derive(Debug, Error)]
pub(crate) enum CloudError {
    /// The endpoint did not answer.
    #[error("failed to reach the cloud at {url}: {reason}")]
    Unreachable {
        /// Where.
        url: String,
        /// Why.
        reason: String,
    },
    /// AWS's own error.
    #[error("{code}: {message}")]
    Service {
        /// Its code, `ResourceNotFoundException`.
        code: String,
        /// Its message.
        message: String,
    },
    /// An answer that is longer than anybody reads.
    #[error("the cloud's answer is larger than {most} MiB")]
    TooLarge {
        /// The limit.
        most: usize,
    },
    /// An answer that is not what AWS documents.
    #[error("failed to read the cloud's answer to {0}")]
    Answer(&'static str),
    /// A template that cannot be used.
    #[error("{0}")]
    Template(Said),
    /// A file that cannot be used.
    #[error("failed to read {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: FileError,
    },
    /// No compiler for functions.
    #[error("{0}")]
    Toolchain(Said),
    /// A build that failed: the tool's own output, mostly.
    #[error("{0}")]
    Build(Said),
    /// Stopped because the folder lost its owner's trust.
    #[error(
        "stopped: this folder is no longer trusted; its owner can trust it again under 'Restricted' in the status bar"
    )]
    Revoked,
    /// Stopped on request.
    #[error("stopped on request")]
    Cancelled,
}

impl CloudError {
    /// Whether it is AWS's error of that code.
    pub(crate) fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Service { code, .. } if code == wanted)
    }
}

/// What kind of failure AWS's code names.
fn of_service(code: &str) -> ErrorCode {
    const KINDS: [(&[&str], ErrorCode); 4] = [
        (&["NotFound", "NoSuch", "DoesNotExist"], ErrorCode::NotFound),
        (&["AccessDenied", "NotAuthorized", "Unauthorized", "Forbidden"], ErrorCode::Forbidden),
        (&["Throttl", "TooManyRequests", "SlowDown", "LimitExceeded", "TooLarge"], ErrorCode::Limit),
        (&["ServiceUnavailable", "ServiceException", "InternalFailure", "HTTP 5"], ErrorCode::Unavailable),
    ];
    let is = |words: &[&str]| words.iter().any(|word| code.contains(word));
    KINDS.iter().find(|(words, _)| is(words)).map_or(ErrorCode::Invalid, |(_, kind)| *kind)
}

impl From<CloudError> for CallError {
    fn from(error: CloudError) -> Self {
        let code = error.kind();
        let said = Self::new(code, error.to_string());
        match error {
            CloudError::Unreachable { url, reason } => {
                said.because("cloud-unreachable", &[("url", &url), ("reason", &reason)])
            }
            CloudError::Revoked => said.because("revoked", &[]),
            CloudError::Cancelled => said.because("stopped", &[]),
            CloudError::TooLarge { most } => said.because("answer-large", &[("most", &most)]),
            CloudError::Answer(operation) => said.because("answer-unread", &[("operation", &operation)]),
            CloudError::File { path, source } => source.of(code, &path),
            CloudError::Template(why) | CloudError::Toolchain(why) | CloudError::Build(why) => {
                Self::saying(code, why)
            }
            // AWS's own words are shown as they are.
            CloudError::Service { .. } => said,
        }
    }
}

impl CloudError {
    fn kind(&self) -> ErrorCode {
        match self {
            CloudError::Unreachable { .. } | CloudError::Toolchain(_) => ErrorCode::Unavailable,
            CloudError::Service { code, .. } => of_service(code),
            CloudError::Template(_) | CloudError::Build(_) => ErrorCode::Invalid,
            CloudError::File { source: FileError::Io(_), .. } => ErrorCode::NotFound,
            CloudError::File { source: FileError::NotRegular, .. } => ErrorCode::Unsupported,
            CloudError::File { source: FileError::TooLarge { .. }, .. } | CloudError::TooLarge { .. } => {
                ErrorCode::Limit
            }
            CloudError::Revoked => ErrorCode::Restricted,
            CloudError::Cancelled => ErrorCode::Conflict,
            CloudError::Answer(_) => ErrorCode::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_aws_is_of_one_of_our_kinds() {
        for (code, expected) in [
            ("ResourceNotFoundException", ErrorCode::NotFound),
            ("NoSuchBucket", ErrorCode::NotFound),
            ("QueueDoesNotExist", ErrorCode::NotFound),
            ("AccessDeniedException", ErrorCode::Forbidden),
            ("UnauthorizedOperation", ErrorCode::Forbidden),
            ("TooManyRequestsException", ErrorCode::Limit),
            ("Throttling", ErrorCode::Limit),
            ("RequestEntityTooLargeException", ErrorCode::Limit),
            ("ServiceUnavailable", ErrorCode::Unavailable),
            ("HTTP 502", ErrorCode::Unavailable),
            ("ValidationError", ErrorCode::Invalid),
            ("HTTP 400", ErrorCode::Invalid),
        ] {
            let error = CloudError::Service { code: code.into(), message: "m".into() };
            assert_eq!(CallError::from(error), CallError::new(expected, format!("{code}: m")));
        }
    }
}
