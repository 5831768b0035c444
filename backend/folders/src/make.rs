//! Folders of our own: for their owner alone, and there after a power failure.

use std::{
    fs::{DirBuilder, File},
    io,
    os::unix::fs::DirBuilderExt,
    path::Path,
};

/// Makes a folder and those above it where they are missing. The names of those that it makes are durable when it returns:
/// what is flushed in a folder is lost with that folder's own name.
pub fn make_private(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_private(above)?;
    match DirBuilder::new().mode(0o700).create(folder) {
        // Somebody else was faster, and may not have flushed it yet.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        made => made?,
    }
    File::open(above)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn folders_are_made_for_their_owner_where_they_are_missing() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        for _ in 0..2 {
            make_private(&inner).unwrap();
            for made in ["a", "a/b"] {
                let mode = std::fs::metadata(folder.path().join(made)).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o700, "{made}");
            }
        }
        std::fs::write(inner.join("file"), "").unwrap();
        let error = make_private(&inner.join("file")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    }
}
