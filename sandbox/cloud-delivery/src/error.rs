//! What can go wrong with what is kept for later.

use cloud_core::AwsError;

/// Failed to announce something, or to arm a timer. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] cloud_store::Error),
    /// So much waits for this target already that there is no room for more.
    #[error(
        "no room for {asked} more bytes for {lane}: {waiting} bytes of its events wait already. Send more slowly, or mend what takes them"
    )]
    Full {
        /// What the events are for.
        lane: String,
        /// How many bytes this one takes.
        asked: u64,
        /// How many bytes of its events wait.
        waiting: u64,
    },
    /// A name, a note or a payload is larger than it may be.
    #[error("{what} of {bytes} bytes is too large: it may have {most}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size in bytes.
        bytes: usize,
        /// The most that it may have, in bytes.
        most: usize,
    },
}

/// `ServiceUnavailable`, 503, where there is no room; `ValidationException`, 400, for what is too large.
impl From<Error> for AwsError {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(error) => error.into(),
            Error::Full { .. } => Self::new("ServiceUnavailable", error.to_string()).status(503),
            Error::TooLarge { .. } => Self::validation(error.to_string()),
        }
    }
}
