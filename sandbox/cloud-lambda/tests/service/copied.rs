//! What lies on the disk at a moment, as a process that is killed leaves it.

use std::ffi::OsStr;
use std::path::Path;
use std::{fs, io};

/// Witnesses first: what a store says of its flushes must not be newer than the flushes that are copied. What is being
/// removed may go meanwhile.
pub(crate) fn all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let mut entries: Vec<_> = fs::read_dir(from).unwrap().filter_map(Result::ok).collect();
    entries.retain(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    let is_witness = |name: &OsStr| name.to_string_lossy().contains("witness");
    entries.sort_by_key(|entry| (!is_witness(&entry.file_name()), !entry.path().is_dir(), entry.file_name()));
    for entry in entries {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            all(&entry.path(), &target);
        } else if let Err(error) = fs::copy(entry.path(), target) {
            assert_eq!(error.kind(), io::ErrorKind::NotFound, "{}", entry.path().display());
        }
    }
}
