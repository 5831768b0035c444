//! Folders that a build fills, and that go with it.

use std::{
    fmt::Display,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use protocol::Said;

use crate::error::CloudError;

/// A folder of one build, empty at first. It is removed with this value, whatever is in it by then.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes one below a folder of our own, which is made where it is missing.
    pub(crate) fn new(below: &Path) -> Result<Self, CloudError> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("new-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = below.join(name);
        // A process of the same number, long gone, may have left one.
        let made = folders::remove_path(&folder).map_err(|error| error.to_string());
        let made = made.and_then(|_| folders::make_private(&folder).map_err(|error| error.to_string()));
        made.map_err(|reason| unmade(&folder, &reason))?;
        Ok(Self(folder))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Gives it a name for good. Whoever had that name first keeps it.
    pub(crate) fn keep_as(self, folder: &Path) -> Result<(), CloudError> {
        match std::fs::rename(&self.0, folder) {
            Err(error) if !folder.is_dir() => Err(unmade(folder, &error)),
            _ => Ok(()),
        }
    }
}

fn unmade(folder: &Path, reason: &dyn Display) -> CloudError {
    let path = folder.display();
    let said = Said::new(format!("failed to make {path}: {reason}"));
    CloudError::Toolchain(said.because("folder-unmade", &[("path", &path), ("reason", reason)]))
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let folder = std::mem::take(&mut self.0);
        std::thread::spawn(move || {
            if let Err(error) = folders::remove_path(&folder) {
                tracing::warn!(%error, folder = %folder.display(), "what a build made is left behind");
            }
        });
    }
}
