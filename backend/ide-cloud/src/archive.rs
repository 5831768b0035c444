//! Deployment packages: zip files that are the same for the same content, so that nothing changes when nothing did.

use std::io::{Cursor, Read, Write};

use cap_std::fs::Dir;
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::error::CloudError;

// AWS: "250 MB the maximum size of the contents of a deployment package, including layers".
/// Largest content of a package, in bytes.
const MAX_CONTENT: u64 = 262_144_000;
/// Most files in a package.
const MAX_FILES: usize = 50_000;

/// A package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) bytes: Vec<u8>,
    /// SHA-256 of the bytes, in hexadecimal.
    pub(crate) hash: String,
}

impl Package {
    /// One file, executable.
    pub(crate) fn of_file(name: &str, content: &[u8]) -> Result<Self, CloudError> {
        write(&[(name.to_owned(), content.to_vec(), true)])
    }

    /// All of a folder, without hidden entries and links.
    pub(crate) fn of_folder(folder: &Dir, name: &str) -> Result<Self, CloudError> {
        let failed = |source| CloudError::File { path: name.to_owned(), source };
        let mut files = Vec::new();
        collect(folder, "", &mut files).map_err(failed)?;
        if files.len() > MAX_FILES
            || files.iter().map(|(_, content, _)| content.len() as u64).sum::<u64>() > MAX_CONTENT
        {
            let message =
                format!("{name} is too large for a function: at most 262,144,000 bytes in {MAX_FILES} files");
            return Err(CloudError::Template(message));
        }
        files.sort();
        write(&files)
    }
}

fn collect(folder: &Dir, prefix: &str, files: &mut Vec<(String, Vec<u8>, bool)>) -> std::io::Result<()> {
    use cap_std::fs::PermissionsExt;
    for entry in folder.entries()? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        if name.starts_with('.') || kind.is_symlink() || files.len() > MAX_FILES {
            continue;
        }
        let path = format!("{prefix}{name}");
        if kind.is_dir() {
            collect(&entry.open_dir()?, &format!("{path}/"), files)?;
        } else if kind.is_file() {
            let mut content = Vec::new();
            let file = entry.open()?;
            let executable = file.metadata()?.permissions().mode() & 0o111 != 0;
            file.take(MAX_CONTENT + 1).read_to_end(&mut content)?;
            files.push((path, content, executable));
        }
    }
    Ok(())
}

fn write(files: &[(String, Vec<u8>, bool)]) -> Result<Package, CloudError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content, executable) in files {
        // The date is zip's earliest for every file: only content counts.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(if *executable { 0o755 } else { 0o644 });
        let added = archive.start_file(name.as_str(), options).and_then(|()| Ok(archive.write_all(content)?));
        added.map_err(|error| CloudError::Template(format!("failed to pack {name}: {error}")))?;
    }
    let bytes = archive.finish().map_err(|error| CloudError::Template(format!("failed to pack: {error}")))?;
    let bytes = bytes.into_inner();
    let hash = hex::encode(Sha256::digest(&bytes));
    Ok(Package { bytes, hash })
}

#[cfg(test)]
mod tests {
    use cap_std::ambient_authority;

    use super::*;

    #[test]
    fn the_same_content_is_the_same_package() {
        let make = || {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir(folder.path().join("lib")).unwrap();
            for (name, text) in [("b.py", "b"), ("a.py", "a"), ("lib/c.py", "c"), (".hidden", "x")] {
                std::fs::write(folder.path().join(name), text).unwrap();
            }
            std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link")).unwrap();
            let dir = Dir::open_ambient_dir(folder.path(), ambient_authority()).unwrap();
            Package::of_folder(&dir, "code").unwrap()
        };
        let package = make();
        assert_eq!(package, make());
        let archive = zip::ZipArchive::new(Cursor::new(package.bytes)).unwrap();
        let mut names: Vec<_> = archive.file_names().collect();
        names.sort_unstable();
        assert_eq!(names, ["a.py", "b.py", "lib/c.py"]);
    }
}
