//! A package as it lies unpacked: scratch that goes with the last who needs it.

use std::path::{Path, PathBuf};
use std::thread;

/// Owns a folder, which is there or will be.
#[derive(Debug)]
pub(crate) struct Unpacked {
    folder: PathBuf,
}

impl Unpacked {
    pub(super) fn at(folder: PathBuf) -> Self {
        Self { folder }
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
