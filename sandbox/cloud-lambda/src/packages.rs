//! Deployment packages: zip files kept by their hash, unpacked anew by every process that needs them.
//!
//! The zip is what is durable. What is unpacked from it is scratch, wiped at start, so that a crash while unpacking can
//! never be mistaken for a whole package.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::AwsError;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::shapes::Code;
use crate::state::Package;

// AWS: "Function and layer … 50 MB (zipped, for direct upload), 250 MB (unzipped)".
pub(crate) const MAX_ZIPPED: usize = 52_428_800;
pub(crate) const MAX_UNZIPPED: u64 = 262_144_000;

/// Files in a package.
const MAX_FILES: usize = 100_000;

/// The folder of packages.
#[derive(Debug, Clone)]
pub(crate) struct Packages(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    zips: PathBuf,
    scratch: PathBuf,
    /// One lock for each package, held while it is unpacked.
    unpacking: Mutex<HashMap<String, Arc<Mutex<()>>>>,
}

/// `CodeSha256` of a package's hash.
pub(crate) fn code_sha256(hash: &str) -> String {
    BASE64_STANDARD.encode(hex::decode(hash).unwrap_or_default())
}

impl Packages {
    /// Where the packages of a service's folder are.
    pub(crate) fn zips(folder: &Path) -> PathBuf {
        folder.join("packages")
    }

    /// Opens the folder; what was unpacked by an earlier process is removed.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let (zips, scratch) = (Self::zips(folder), folder.join("unpacked"));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&zips)?;
        remove_unfinished(&zips)?;
        if scratch.exists() {
            fs::remove_dir_all(&scratch)?;
        }
        fs::create_dir_all(&scratch)?;
        Ok(Self(Arc::new(Inner { zips, scratch, unpacking: Mutex::default() })))
    }

    /// Checks a zip file and keeps it. Returns when it is durable.
    pub(crate) async fn keep(&self, zip: Bytes) -> Result<Package, AwsError> {
        let inner = Arc::clone(&self.0);
        blocking(move || {
            let package = Package { hash: hash(&zip), size: zip.len() as u64 };
            inner.unpack(&package.hash, &zip)?;
            inner.store(&package.hash, &zip).map_err(AwsError::internal)?;
            Ok(package)
        })
        .await
    }

    /// Where the package lies unpacked.
    pub(crate) async fn unpacked(&self, package: &Package) -> Result<PathBuf, AwsError> {
        let path = self.0.scratch.join(&package.hash);
        if path.is_dir() {
            return Ok(path);
        }
        let (inner, hash) = (Arc::clone(&self.0), package.hash.clone());
        blocking(move || {
            let zip = inner.read(&hash)?;
            inner.unpack(&hash, &zip)
        })
        .await
    }

    /// Removes packages.
    pub(crate) fn remove(&self, hashes: &[String]) -> io::Result<()> {
        for hash in hashes {
            match fs::remove_file(self.0.zip(hash)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Inner {
    fn zip(&self, hash: &str) -> PathBuf {
        self.zips.join(format!("{hash}.zip"))
    }

    /// A package as it was kept: one that is not, or is gone, is never run.
    fn read(&self, name: &str) -> Result<Vec<u8>, AwsError> {
        let path = self.zip(name);
        let damaged = |why: String| {
            let message = format!(
                "The stored deployment package {} {why}. Update the function's code.",
                path.display()
            );
            tracing::error!("{message}");
            Code::ServiceException.error(message)
        };
        let zip = fs::read(&path).map_err(|error| damaged(format!("cannot be read: {error}")))?;
        if hash(&zip) != name {
            return Err(damaged("is damaged".to_owned()));
        }
        Ok(zip)
    }

    /// Writes beside, makes durable, then gives it its name; in place of one that is damaged, too.
    fn store(&self, name: &str, zip: &[u8]) -> io::Result<()> {
        let path = self.zip(name);
        if fs::read(&path).is_ok_and(|present| present == zip) {
            return Ok(());
        }
        let mut file = tempfile(&self.zips, name)?;
        file.1.write_all(zip)?;
        file.1.sync_all()?;
        fs::rename(&file.0, &path)?;
        File::open(&self.zips)?.sync_all()
    }

    /// Unpacks unless it is there already.
    fn unpack(&self, hash: &str, zip: &[u8]) -> Result<PathBuf, AwsError> {
        let path = self.scratch.join(hash);
        let lock = {
            let mut unpacking = self.unpacking.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(unpacking.entry(hash.to_owned()).or_default())
        };
        let _alone = lock.lock().unwrap_or_else(PoisonError::into_inner);
        if !path.is_dir() {
            let unfinished = self.scratch.join(format!("{hash}.part"));
            let result = unpack_to(&unfinished, zip, MAX_UNZIPPED)
                .and_then(|()| fs::rename(&unfinished, &path).map_err(AwsError::internal));
            if result.is_err() {
                // Scratch: the next start removes what cannot be removed now.
                let _ = fs::remove_dir_all(&unfinished);
            }
            result?;
        }
        Ok(path)
    }
}

/// Removes what was being written when a process ended: nobody was told that it was kept.
fn remove_unfinished(zips: &Path) -> io::Result<()> {
    for entry in fs::read_dir(zips)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "part") {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn tempfile(folder: &Path, hash: &str) -> io::Result<(PathBuf, File)> {
    // Two uploads of one package at once each write the same bytes: whoever renames last changes nothing.
    let path = folder.join(format!("{hash}.{:?}.part", std::thread::current().id()));
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    Ok((path, file))
}

pub(crate) fn hash(zip: &[u8]) -> String {
    hex::encode(Sha256::digest(zip))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AwsError> + Send + 'static,
) -> Result<T, AwsError> {
    tokio::task::spawn_blocking(work).await.map_err(AwsError::internal)?
}

fn unpack_to(folder: &Path, zip: &[u8], limit: u64) -> Result<(), AwsError> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(|error| bad_zip().because(error))?;
    let names = checked_names(&mut archive)?;
    fs::create_dir_all(folder).map_err(AwsError::internal)?;
    let mut left = limit;
    for (index, name) in names.iter().enumerate() {
        let mut entry = archive.by_index(index).map_err(|error| bad_zip().because(error))?;
        let path = folder.join(name);
        if entry.is_dir() {
            fs::create_dir_all(&path).map_err(AwsError::internal)?;
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(AwsError::internal)?;
        }
        let executable = entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        left = write_file(&path, &mut entry, left)?;
        set_mode(&path, executable).map_err(AwsError::internal)?;
    }
    Ok(())
}

/// Copies one entry, by what it really unpacks to and not by what the archive says.
fn write_file(path: &Path, entry: &mut impl Read, left: u64) -> Result<u64, AwsError> {
    let mut file = File::create_new(path).map_err(|error| bad_zip().because(error))?;
    let mut buffer = vec![0; 64 << 10];
    let mut left = left;
    loop {
        let read = entry.read(&mut buffer).map_err(|error| bad_zip().because(error))?;
        if read == 0 {
            return Ok(left);
        }
        left = left.checked_sub(read as u64).ok_or_else(too_large)?;
        file.write_all(buffer.get(..read).unwrap_or_default()).map_err(AwsError::internal)?;
    }
}

fn set_mode(path: &Path, executable: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(if executable { 0o755 } else { 0o644 }))
}

/// Every entry's name, before the first is written: plain files and folders, inside, each once.
// LIMIT: AWS takes packages with symbolic links; here they are refused.
fn checked_names(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<Vec<PathBuf>, AwsError> {
    if archive.len() > MAX_FILES {
        return Err(bad_zip());
    }
    let mut names = Vec::with_capacity(archive.len());
    let mut files = HashSet::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| bad_zip().because(error))?;
        let name = entry.name().to_owned();
        let path = PathBuf::from(&name);
        let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        if name.is_empty() || name.contains(['\\', '\0']) || !plain || entry.is_symlink() {
            return Err(Code::InvalidParameterValueException.error(format!(
                "Could not unzip uploaded file. The entry {name:?} is not a plain file inside the package."
            )));
        }
        if !entry.is_dir() && !files.insert(path.clone()) {
            return Err(bad_zip());
        }
        names.push(path);
    }
    // A file that is a folder as well: the archive means two things at once.
    if names.iter().any(|path| path.ancestors().skip(1).any(|parent| files.contains(parent))) {
        return Err(bad_zip());
    }
    Ok(names)
}

fn bad_zip() -> AwsError {
    Code::InvalidParameterValueException
        .error("Could not unzip uploaded file. Please check your file, then try to upload again.")
        .with("Type", "User")
}

fn too_large() -> AwsError {
    Code::InvalidParameterValueException
        .error(format!("Unzipped size must be smaller than {MAX_UNZIPPED} bytes"))
        .with("Type", "User")
}

/// A zip file of those files: for templates that carry code as text, and for tests.
pub(crate) fn zip_of(files: &[(&str, &[u8])]) -> io::Result<Bytes> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (name, contents) in files {
        writer.start_file(*name, options).map_err(io::Error::other)?;
        writer.write_all(contents)?;
    }
    Ok(writer.finish().map_err(io::Error::other)?.into_inner().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[(&str, &[u8])], limit: u64, expected: Result<&[&str], &str>) {
        let folder = ::tempfile::tempdir().expect("a folder");
        let zip = zip_of(files).expect("a zip");
        let target = folder.path().join("x");
        match (unpack_to(&target, &zip, limit), expected) {
            (Ok(()), Ok(paths)) => {
                for path in paths {
                    assert!(target.join(path).is_file(), "{path}");
                }
            }
            (Err(error), Err(words)) => assert!(error.message().contains(words), "{error}"),
            (seen, _) => panic!("{files:?}: {seen:?}"),
        }
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), usize::from(target.exists()));
    }

    #[test]
    fn packages_stay_inside_and_small() {
        check(&[("bootstrap.wasm", b"w"), ("a/b", b"x")], 2, Ok(&["bootstrap.wasm", "a/b"]));
        check(&[("bootstrap.wasm", b"www")], 2, Err("Unzipped size must be smaller than 262144000 bytes"));
        check(&[("ok", b""), ("../evil", b"x")], 9, Err("\"../evil\" is not a plain file"));
        check(&[("/etc/evil", b"x")], 9, Err("not a plain file"));
        check(&[("a\\b", b"x")], 9, Err("not a plain file"));
        check(&[("a", b"x"), ("a/b", b"y")], 9, Err("unzip"));
    }

    #[tokio::test]
    async fn a_damaged_package_is_never_unpacked_and_is_healed_by_its_upload() {
        let folder = ::tempfile::tempdir().expect("a folder");
        let zip = zip_of(&[("bootstrap.wasm", b"w")]).expect("a zip");
        let package = Packages::open(folder.path()).expect("open").keep(zip.clone()).await.expect("kept");
        let path = Packages::zips(folder.path()).join(format!("{}.zip", package.hash));
        for damage in [&b""[..], b"PK", &[&zip[..zip.len() - 1], b"x"].concat()] {
            fs::write(&path, damage).expect("damaged");
            let packages = Packages::open(folder.path()).expect("open");
            let error = packages.unpacked(&package).await.expect_err("refused");
            assert!(error.message().contains(&format!("{}.zip is damaged", package.hash)), "{error}");
        }
        fs::remove_file(&path).expect("removed");
        let packages = Packages::open(folder.path()).expect("open");
        let error = packages.unpacked(&package).await.expect_err("refused");
        assert!(error.message().contains("cannot be read"), "{error}");
        packages.keep(zip).await.expect("kept again");
        Packages::open(folder.path()).expect("open").unpacked(&package).await.expect("healed");
    }

    #[test]
    fn what_is_no_zip_is_told_so() {
        let folder = ::tempfile::tempdir().expect("a folder");
        let error = unpack_to(&folder.path().join("x"), b"hello", 9).expect_err("refused");
        assert_eq!(
            error.message(),
            "Could not unzip uploaded file. Please check your file, then try to upload again."
        );
    }

    #[test]
    fn the_hash_is_shown_in_base64() {
        assert_eq!(code_sha256(&hash(b"")), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
