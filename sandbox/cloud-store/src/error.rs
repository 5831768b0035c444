//! What can go wrong with a store.

use std::path::PathBuf;

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
    /// A value's checksum is wrong.
    #[error("a value in table {table} is damaged")]
    Damaged {
        /// Where it is.
        table: &'static str,
    },
    /// A flush failed before. What was written since then may be lost, so nothing more is written.
    #[error("the store stopped writing after a failed flush")]
    Stopped,
    /// A transaction's closure panicked. Nothing of it was kept.
    #[error("a transaction panicked")]
    Panicked,
    /// The disk is full. Its source says so as the system would: that is how those above recognise it.
    #[error("failed to find room")]
    Full(#[source] std::io::Error),
    /// The folder could not be made or opened.
    #[error("failed to open the store's folder")]
    Folder(#[source] std::io::Error),
    /// SQLite failed.
    #[error("failed in SQLite")]
    Sqlite(#[source] rusqlite::Error),
    /// A value could not become JSON, or the reverse.
    #[error("a value does not have the expected form")]
    Form(#[from] serde_json::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::full(),
            _ => Self::Sqlite(error),
        }
    }
}

impl Error {
    pub(crate) fn full() -> Self {
        Self::Full(std::io::ErrorKind::StorageFull.into())
    }
}
