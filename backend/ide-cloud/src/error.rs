//! What can go wrong between the IDE and the cloud, and how a call says so.

use ide_core::files::FileError;
use protocol::{CallError, ErrorCode};
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
    /// An answer that is not what AWS documents.
    #[error("failed to read the cloud's answer to {0}")]
    Answer(&'static str),
    /// A template that cannot be used.
    #[error("{0}")]
    Template(String),
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
    Toolchain(String),
    /// The tool's own output.
    #[error("{0}")]
    Build(String),
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

impl From<CloudError> for CallError {
    fn from(error: CloudError) -> Self {
        let code = match &error {
            CloudError::Unreachable { .. } | CloudError::Toolchain(_) => ErrorCode::Unavailable,
            CloudError::Service { code, .. } if code.contains("NotFound") => ErrorCode::NotFound,
            CloudError::Service { .. } | CloudError::Template(_) | CloudError::Build(_) => ErrorCode::Invalid,
            CloudError::File { source: FileError::Io(_), .. } => ErrorCode::NotFound,
            CloudError::File { source: FileError::NotRegular, .. } => ErrorCode::Unsupported,
            CloudError::File { source: FileError::TooLarge { .. }, .. } => ErrorCode::Limit,
            CloudError::Revoked => ErrorCode::Restricted,
            CloudError::Cancelled => ErrorCode::Conflict,
            CloudError::Answer(_) => ErrorCode::Internal,
        };
        let said = Self::new(code, error.to_string());
        match &error {
            CloudError::Unreachable { url, reason } => {
                said.because("cloud-unreachable", &[("url", url), ("reason", reason)])
            }
            CloudError::Revoked => said.because("revoked", &[]),
            CloudError::Cancelled => said.because("stopped", &[]),
            // AWS's own words, a compiler's and what a template says are shown as they are.
            _ => said,
        }
    }
}
