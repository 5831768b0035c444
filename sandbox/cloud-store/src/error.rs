//! What can go wrong with a store.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};

use crate::Table;

/// Failed to read or write a store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file was written by a newer program. It was not touched.
    #[error("the store {} has version {found}; this program knows versions up to {known}", file.display())]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The file is not one of ours.
    #[error("{} is not a store of Cumulo", file.display())]
    Foreign {
        /// The file.
        file: PathBuf,
    },
    /// What was kept in the file is not in it any more. Nothing was touched.
    #[error(
        "{} has lost what it held: {what}. Put back a copy of it and start again; or, to go on with what is there, remove {} first",
        file.display(), witness.display()
    )]
    Lost {
        /// The file.
        file: PathBuf,
        /// What of it is gone.
        what: String,
        /// What knows that it held more.
        witness: PathBuf,
    },
    /// There are contents, and a store that was to name them is new. Nothing was touched.
    #[error(
        "{} is missing, while {} holds what it named. Put back a copy of it and start again; or, to begin with nothing, move that folder away",
        file.display(), contents.display()
    )]
    Missing {
        /// The file.
        file: PathBuf,
        /// The folder with contents.
        contents: PathBuf,
    },
    /// A page or a value is not as it was written.
    #[error("the store {} is damaged: {what}. Put back a copy of it and start again", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// Where.
        what: String,
    },
    /// A record is not of the form that this program knows. It stays as it is.
    #[error("the record {key} of the table {table} cannot be read")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The record's key.
        key: String,
        /// Why.
        source: Option<serde_json::Error>,
    },
    /// A record was changed while it was held, by who did not hold it. Nothing was written over it.
    #[error("the record {key} of the table {table} was changed meanwhile; try again")]
    Overtaken {
        /// The table.
        table: &'static str,
        /// The record's key.
        key: String,
    },
    /// A record was to be set while those with keys like its own are being removed.
    #[error("the record {key} of the table {table} is still being removed; try again later")]
    Purged {
        /// The table.
        table: &'static str,
        /// The record's key.
        key: String,
    },
    /// A flush failed before, so that what was written since then may be lost and nothing more is written; or it was closed.
    #[error("the store stopped writing after a failed flush, or is closed; start again")]
    Stopped,
    /// A transaction's closure panicked. Nothing of it was kept.
    #[error("a transaction panicked")]
    Panicked,
    /// The disk is full. Its source says so as the system would: that is how those above recognise it.
    #[error("failed to find room on the disk; free some space")]
    Full(#[source] std::io::Error),
    /// The folder or a file beside the store could not be made or opened.
    #[error("failed to open the store {}", file.display())]
    Folder {
        /// The store's file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A segment of a log could not be read or written.
    #[error("failed to read or write {}", file.display())]
    Segment {
        /// Its file, or the folder.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// An append has more than a log takes at once. Nothing of it was kept.
    #[error("an append to a log may have {most} bytes with all that belongs to it; append it in parts")]
    TooMuch {
        /// The most bytes.
        most: usize,
    },
    /// SQLite failed.
    #[error("failed in SQLite")]
    Sqlite(#[source] rusqlite::Error),
    /// A value could not become JSON, or the reverse.
    #[error("a value does not have the expected form")]
    Form(#[from] serde_json::Error),
}

/// SQLite's `SQLITE_IOERR_SHMSIZE`: its shared index could not grow.
const NO_ROOM_FOR_INDEX: i32 = 4874;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let extended = error.sqlite_error().map(|error| error.extended_code);
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::full(),
            _ if extended == Some(NO_ROOM_FOR_INDEX) => Self::full(),
            _ => Self::Sqlite(error),
        }
    }
}

impl From<Error> for cloud_core::AwsError {
    fn from(error: Error) -> Self {
        Self::internal(error)
    }
}

impl Error {
    pub(crate) fn full() -> Self {
        Self::Full(std::io::ErrorKind::StorageFull.into())
    }

    pub(crate) fn unreadable(table: Table, key: &[u8], source: impl Into<Option<serde_json::Error>>) -> Self {
        Self::Unreadable { table: table.0, key: key.escape_ascii().to_string(), source: source.into() }
    }

    pub(crate) fn overtaken(table: Table, key: &[u8]) -> Self {
        Self::Overtaken { table: table.0, key: key.escape_ascii().to_string() }
    }

    pub(crate) fn damaged(file: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { file: file.to_owned(), what: what.into() }
    }

    /// What SQLite said of a file: pages that it cannot read are damage.
    pub(crate) fn of(file: &Path) -> impl Fn(rusqlite::Error) -> Self {
        move |error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::damaged(file, error.to_string())
            }
            _ => error.into(),
        }
    }

    /// The same for whatever file a connection has open.
    pub(crate) fn within(connection: &Connection) -> impl Fn(rusqlite::Error) -> Self {
        Self::of(Path::new(connection.path().unwrap_or_default()))
    }

    /// Whether the store's own contents are gone or wrong, so that nothing may be concluded from what it does not name.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Lost { .. } | Self::Missing { .. } | Self::Damaged { .. })
    }
}
