//! Why a peer did not do what was asked of it through a port: what the asker decides by. The words are the peer's error.

use std::error::Error;
use std::fmt;

use crate::error::AwsError;

/// Why it was not done. The variant says whether it makes sense to ask again.
#[derive(Debug)]
pub enum PortError {
    /// Not now: the peer has too much to do, is not there yet, or something of it broke. The same may be done later.
    Throttled(AwsError),
    /// Not this: the peer would say the same again (a policy, a size, a form).
    Refused(AwsError),
    /// There is no such resource.
    Gone(AwsError),
}

impl PortError {
    /// What the peer said.
    pub fn error(&self) -> &AwsError {
        match self {
            Self::Throttled(error) | Self::Refused(error) | Self::Gone(error) => error,
        }
    }

    /// The same, to be passed on to who asked.
    pub fn into_error(self) -> AwsError {
        match self {
            Self::Throttled(error) | Self::Refused(error) | Self::Gone(error) => error,
        }
    }
}

/// By its status: 404 and 410 are gone, 408, 429 and the receiver's faults are not now, all else is refused.
impl From<AwsError> for PortError {
    fn from(error: AwsError) -> Self {
        match error.http_status() {
            404 | 410 => Self::Gone(error),
            408 | 429 | 500.. => Self::Throttled(error),
            _ => Self::Refused(error),
        }
    }
}

impl fmt::Display for PortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error().fmt(f)
    }
}

impl Error for PortError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error().source()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whether_to_ask_again() {
        let check = |status: u16, expected: fn(&PortError) -> bool| {
            let error = PortError::from(AwsError::new("Code", "text").status(status));
            assert!(expected(&error), "{status}: {error:?}");
        };
        for status in [408, 429, 500, 503, 507] {
            check(status, |error| matches!(error, PortError::Throttled(_)));
        }
        for status in [400, 403, 409, 413] {
            check(status, |error| matches!(error, PortError::Refused(_)));
        }
        check(404, |error| matches!(error, PortError::Gone(_)));
    }
}
