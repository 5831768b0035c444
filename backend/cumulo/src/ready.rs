//! The ready file: how a script learns that everything serves, and where.

use std::io;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::data::write_private;
use crate::keys::RootKey;

/// What it says.
#[derive(Debug, Serialize)]
pub(crate) struct Ready<'a> {
    /// The IDE's address with a one-time code; absent where the cloud runs alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ide_url: Option<&'a str>,
    pub(crate) cloud_url: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account_id: &'a str,
    #[serde(flatten)]
    pub(crate) key: &'a RootKey,
    pub(crate) pid: u32,
}

impl Ready<'_> {
    /// Writes it, for its owner alone.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        write_private(path, serde_json::to_string_pretty(self)?.as_bytes())
    }
}

/// Removes one from an earlier start, so that nobody takes it for this one's.
pub(crate) fn forget(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("failed to remove the old {}", path.display()))
        }
        _ => Ok(()),
    }
}
