//! Files that nobody else may read: stores hold keys and secrets.

use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A new, empty file in place of an old one.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    // One that a crash left behind may have been made with other rights.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Makes the store's file if it is missing, and takes rights of others away from it and from its companions. SQLite gives
/// new companions the rights of the file.
pub(crate) fn settle(store: &Path) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(store)?;
    for file in ["", "-wal", "-shm"].map(|suffix| with_suffix(store, suffix)) {
        match std::fs::set_permissions(&file, Permissions::from_mode(0o600)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The file beside one whose name has that end, too.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// `cloud/FOLDER/s3` for the store `cloud/s3.db`.
pub(crate) fn beside(store: &Path, folder: &str) -> PathBuf {
    let name = store.file_stem().unwrap_or(store.as_os_str());
    store.parent().unwrap_or(Path::new(".")).join(folder).join(name)
}
