//! A package as it lies unpacked: scratch that goes with the last who needs it.

use std::path::{Path, PathBuf};
use std::thread;

use cloud_core::AwsError;

/// Owns a folder, which is there or will be.
#[derive(Debug)]
pub(crate) struct Unpacked {
    folder: PathBuf,
    size: u64,
}

impl Unpacked {
    /// Has it filled by what says how many bytes it wrote. What was written until an error goes too.
    pub(super) fn filled(
        folder: PathBuf,
        fill: impl FnOnce(&Path) -> Result<u64, AwsError>,
    ) -> Result<Self, AwsError> {
        let mut unpacked = Self { folder, size: 0 };
        unpacked.size = fill(&unpacked.folder)?;
        Ok(unpacked)
    }

    /// Bytes of what is in it.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Where it lies.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        if let Err(error) = discard(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "an unpacked package stays until the next start");
        }
    }
}

/// Frees a folder's name at once, and removes what is in it in its own time.
pub(super) fn discard(folder: &Path) -> std::io::Result<()> {
    let aside = folders::set_aside(folder)?;
    thread::Builder::new().name("packages".into()).spawn(move || {
        if let Err(error) = aside.remove() {
            tracing::warn!(%error, "an unpacked package stays until the next start");
        }
    })?;
    Ok(())
}
