//! Deployment packages: zip files that are the same for the same content, so that nothing changes when nothing did.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs::File,
    io::{Cursor, ErrorKind, Read, Write},
    os::unix::fs::PermissionsExt,
};

use cap_std::fs::Dir;
use folders::{Entry, Kind, Limits, Trail, Visitor};
use protocol::Said;
use rustix::fs::{Mode, OFlags, openat};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::error::CloudError;

// AWS: "250 MB the maximum size of the contents of a deployment package, including layers".
/// Largest content of a package, in bytes.
const MAX_CONTENT: u64 = 262_144_000;
/// Most files and folders in a package, and folders within folders: no path there may be longer than the system takes.
const LIMITS: Limits = Limits { depth: 2000, entries: 50_000 };

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
        let mut collected = Collected::new("", is_hidden);
        collected.gather(folder, name)?;
        collected.pack()
    }

    /// The same with what was installed for it in another folder, at that place of the package. Of two files of one path
    /// the code's own is taken.
    pub(crate) fn with_installed(
        folder: &Dir,
        name: &str,
        installed: &Dir,
        place: &str,
    ) -> Result<Self, CloudError> {
        let mut collected = Collected::new("", is_hidden);
        collected.gather(folder, name)?;
        let own: HashSet<String> = collected.files.iter().map(|(path, ..)| path.clone()).collect();
        let before = if place.is_empty() { String::new() } else { format!("{place}/") };
        let mut others = Collected { left: collected.left, ..Collected::new(before, is_of_tools) };
        others.gather(installed, &format!("what is installed for {name}"))?;
        others.files.retain(|(path, ..)| !own.contains(path));
        collected.files.append(&mut others.files);
        collected.pack()
    }
}

/// The files of a folder by their paths in the package, each with whether it is executable.
struct Collected {
    files: Vec<(String, Vec<u8>, bool)>,
    /// Bytes that still fit.
    left: u64,
    /// What stands before each path.
    before: String,
    /// What is left out.
    skips: fn(&Entry<'_>) -> bool,
    /// The path of the folder that is being read, with a slash at its end; empty at the beginning.
    inside: String,
}

impl Visitor for Collected {
    fn visit(&mut self, entry: &Entry<'_>) -> Result<(), folders::Error> {
        if entry.kind() == Kind::File && !(self.skips)(entry) {
            self.take(entry).map_err(|error| entry.error("read", error))?;
        }
        Ok(())
    }

    fn wants(&mut self, folder: &Entry<'_>) -> Result<bool, folders::Error> {
        Ok(!(self.skips)(folder))
    }

    fn enter(&mut self, folder: &Trail) -> Result<bool, folders::Error> {
        if let Some(name) = folder.name() {
            self.inside.push_str(text(name).map_err(|error| folder.error("read", OsStr::new(""), error))?);
            self.inside.push('/');
        }
        Ok(true)
    }

    fn leave(&mut self, _folder: &Trail) -> Result<(), folders::Error> {
        self.inside.pop();
        self.inside.truncate(self.inside.rfind('/').map_or(0, |slash| slash + 1));
        Ok(())
    }
}

impl Collected {
    fn new(before: impl Into<String>, skips: fn(&Entry<'_>) -> bool) -> Self {
        let (files, inside) = (Vec::new(), String::new());
        Self { files, left: MAX_CONTENT, before: before.into(), skips, inside }
    }

    fn gather(&mut self, folder: &Dir, name: &str) -> Result<(), CloudError> {
        folders::walk(folder, LIMITS, self).map_err(|error| match error {
            folders::Error::Io { path, source, .. } if source.kind() != ErrorKind::FileTooLarge => {
                CloudError::File { path: format!("{name}/{path}"), source: source.into() }
            }
            folders::Error::Io { .. } | folders::Error::TooMany { .. } => {
                CloudError::Template(too_large(name))
            }
            error => CloudError::Template(unpacked(name, &error)),
        })
    }

    fn pack(mut self) -> Result<Package, CloudError> {
        self.files.sort();
        write(&self.files)
    }

    fn take(&mut self, entry: &Entry<'_>) -> std::io::Result<()> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(openat(entry.folder(), entry.name(), flags, Mode::empty())?);
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(());
        }
        if metadata.len() > self.left {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let mut content = Vec::new();
        file.take(self.left + 1).read_to_end(&mut content)?;
        self.left = self.left.checked_sub(content.len() as u64).ok_or(ErrorKind::FileTooLarge)?;
        let path = format!("{}{}{}", self.before, self.inside, text(entry.name())?);
        self.files.push((path, content, metadata.permissions().mode() & 0o111 != 0));
        Ok(())
    }
}

/// A name in a package. One that is no UTF-8 would be another there than here.
fn text(name: &OsStr) -> std::io::Result<&str> {
    name.to_str().ok_or_else(|| std::io::Error::other("its name is not UTF-8; rename it"))
}

/// What managers keep for themselves beside what they installed.
fn is_of_tools(entry: &Entry<'_>) -> bool {
    [".bin", ".package-lock.json", "__pycache__"].iter().any(|name| entry.name() == *name)
}

fn is_hidden(entry: &Entry<'_>) -> bool {
    entry.name().as_encoded_bytes().starts_with(b".")
}

fn too_large(name: &str) -> Said {
    let most = LIMITS.entries;
    Said::new(format!(
        "{name} is too large for a function: at most 262,144,000 bytes in {most} files and folders"
    ))
    .because("package-large", &[("name", &name), ("most", &most)])
}

fn unpacked(name: &str, error: &dyn std::fmt::Display) -> Said {
    Said::new(format!("{name} cannot be packed: {error}"))
        .because("package-failed", &[("name", &name), ("reason", error)])
}

fn unfinished(error: &dyn std::fmt::Display) -> Said {
    Said::new(format!("the package cannot be written: {error}"))
        .because("package-unfinished", &[("reason", error)])
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
        added.map_err(|error| CloudError::Template(unpacked(name, &error)))?;
    }
    let bytes = archive.finish().map_err(|error| CloudError::Template(unfinished(&error)))?;
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

    #[test]
    fn what_is_installed_lies_beside_the_code_and_gives_way_to_it() {
        let folder = |files: &[(&str, &str)]| {
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in files {
                let path = folder.path().join(name);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
            Dir::open_ambient_dir(folder.keep(), ambient_authority()).unwrap()
        };
        let code = folder(&[("app.py", "own"), ("six.py", "own"), (".env", "own")]);
        let installed = folder(&[
            ("six.py", "theirs"),
            ("a/.data/x", "theirs"),
            ("a/__pycache__/x.pyc", "x"),
            (".bin/a", "x"),
        ]);
        let read = |place: &str| {
            let package = Package::with_installed(&code, "code", &installed, place).unwrap();
            let mut archive = zip::ZipArchive::new(Cursor::new(package.bytes)).unwrap();
            let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
            let mut all: Vec<String> = Vec::new();
            for name in names {
                let mut text = String::new();
                archive.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
                all.push(format!("{name}: {text}"));
            }
            all.sort();
            all
        };
        assert_eq!(read(""), ["a/.data/x: theirs", "app.py: own", "six.py: own"]);
        let within =
            ["app.py: own", "node_modules/a/.data/x: theirs", "node_modules/six.py: theirs", "six.py: own"];
        assert_eq!(read("node_modules"), within);
        folders::clear(&code).unwrap();
        folders::clear(&installed).unwrap();
    }

    #[test]
    fn folders_too_deep_for_a_package_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let dir = Dir::open_ambient_dir(folder.path(), ambient_authority()).unwrap();
        let mut inner = dir.try_clone().unwrap();
        for _ in 0..3000 {
            inner.create_dir("d").unwrap();
            inner = inner.open_dir("d").unwrap();
        }
        let error = Package::of_folder(&dir, "code").unwrap_err();
        assert!(error.to_string().contains("more than 2000 folders deep"), "{error}");
        folders::clear(&dir).unwrap();
    }
}
