//! The ready file: how a script learns that everything serves, and where.

use std::io;
use std::path::Path;

use agent::Serving;
use anyhow::{Context, Result};
use serde::Serialize;

use crate::data::write_private;

/// What it says.
#[derive(Serialize)]
pub(crate) struct Ready<'a> {
    /// The IDE's address with a one-time code; absent where the cloud runs alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    ide_url: Option<&'a str>,
    cloud_url: &'a str,
    region: &'a str,
    account_id: &'a str,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    pid: u32,
}

impl<'a> Ready<'a> {
    /// What there is to say of a serving cloud, and of the IDE before it.
    pub(crate) fn of(serving: &'a Serving, ide_url: Option<&'a str>) -> Self {
        Self {
            ide_url,
            cloud_url: &serving.cloud_url,
            region: &serving.region,
            account_id: &serving.account_id,
            access_key_id: &serving.access_key_id,
            secret_access_key: &serving.secret_access_key,
            pid: std::process::id(),
        }
    }

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
