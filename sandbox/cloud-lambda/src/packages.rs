//! Deployment packages: zip files kept by their hash, unpacked anew by every process that needs them.
//!
//! The zip is what is durable; it goes with the last version that has it. What is unpacked from it is scratch: it goes
//! with the last who needs it, and all of it at start, so that a crash while unpacking can never be mistaken for a whole
//! package.

mod archive;
#[cfg(test)]
mod power;
mod unpacked;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::AwsError;
use cloud_wire::Body;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::quotas::UNZIPPED;
use crate::shapes::Code;
use crate::state::Package;
pub(crate) use archive::{too_large, zip_of};
pub(crate) use unpacked::Unpacked;

/// Packages that are unpacked at once; the others wait.
const AT_ONCE: usize = 2;

/// Unpacks a package's zip file into a folder that is made for it, at most `limit` bytes. Says how many bytes it wrote.
pub fn unpack(folder: &Path, zip: &[u8], limit: u64) -> Result<u64, AwsError> {
    archive::unpack(folder, zip, limit)
}

/// The folder of packages.
#[derive(Debug, Clone)]
pub(crate) struct Packages(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    zips: PathBuf,
    scratch: PathBuf,
    turns: Semaphore,
    /// Tells the folders of one package from another's, and from its own before.
    next: AtomicU64,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
    /// How many are about to give the package to a version.
    uploads: Mutex<HashMap<String, usize>>,
}

/// A package that was kept for a version that is about to have it: until this goes it is not removed.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) package: Package,
    pub(crate) unpacked: Arc<Unpacked>,
    _begun: Begun,
}

/// A package that is about to be kept: until this goes neither it nor the note of it is removed.
#[derive(Debug)]
pub(crate) struct Begun {
    inner: Arc<Inner>,
    hash: String,
}

impl Begun {
    fn new(inner: &Arc<Inner>, hash: &str) -> Self {
        *inner.uploads().entry(hash.to_owned()).or_default() += 1;
        Self { inner: Arc::clone(inner), hash: hash.to_owned() }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let mut uploads = self.inner.uploads();
        if let Some(count) = uploads.get_mut(&self.hash) {
            *count -= 1;
            if *count == 0 {
                uploads.remove(&self.hash);
            }
        }
    }
}

/// What is unpacked of one package; held while that is done, so that it is done once.
type Slot = Mutex<Weak<Unpacked>>;

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
        folders::make_private(&zips)?;
        remove_unfinished(&zips)?;
        unpacked::discard(&scratch)?;
        fs::create_dir(&scratch)?;
        let (turns, next) = (Semaphore::new(AT_ONCE), AtomicU64::new(0));
        Ok(Self(Arc::new(Inner {
            zips,
            scratch,
            turns,
            next,
            slots: Mutex::default(),
            uploads: Mutex::default(),
        })))
    }

    /// Begins to keep a package of that hash.
    pub(crate) fn begin(&self, hash: &str) -> Begun {
        Begun::new(&self.0, hash)
    }

    /// Checks the zip file that was begun with and keeps it. Returns when it is durable.
    pub(crate) async fn keep(&self, zip: Bytes, begun: Begun) -> Result<Upload, AwsError> {
        self.blocking(move |inner| {
            let unpacked = inner.unpack(&begun.hash, || Ok(zip.clone()))?;
            let (hash, unzipped) = (begun.hash.clone(), Some(unpacked.size()));
            let package = Package { hash, size: zip.len() as u64, unzipped };
            inner.store(&package.hash, &zip).map_err(AwsError::internal)?;
            Ok(Upload { package, unpacked, _begun: begun })
        })
        .await
    }

    /// The package, unpacked.
    pub(crate) async fn unpacked(&self, package: &Package) -> Result<Arc<Unpacked>, AwsError> {
        let hash = package.hash.clone();
        self.blocking(move |inner| inner.unpack(&hash, || inner.read(&hash).map(Bytes::from))).await
    }

    /// Removes a package that is not being uploaded, unless some version `uses` it. What runs of it has it unpacked. False
    /// if it stays.
    pub(crate) fn remove_unless(&self, hash: &str, uses: impl FnOnce() -> bool) -> io::Result<bool> {
        // Held until it is removed: an upload that begins meanwhile comes after it.
        let uploads = self.0.uploads();
        if uploads.contains_key(hash) || uses() {
            return Ok(false);
        }
        self.remove(&[hash.to_owned()])?;
        Ok(true)
    }

    /// Whether a package is there, or about to be.
    pub(crate) fn may_have(&self, hash: &str) -> bool {
        self.0.uploads().contains_key(hash) || self.0.zip(hash).exists()
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Arc<Inner>) -> Result<T, AwsError> + Send + 'static,
    ) -> Result<T, AwsError> {
        let _turn = self.0.turns.acquire().await.map_err(AwsError::internal)?;
        let inner = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || work(&inner)).await.map_err(AwsError::internal)?
    }

    /// A package's zip file, read whole.
    pub(crate) async fn zip(&self, package: &Package) -> Result<Bytes, AwsError> {
        let hash = package.hash.clone();
        self.blocking(move |inner| inner.read(&hash).map(Bytes::from)).await
    }

    /// A package's zip file, read as it is sent.
    pub(crate) async fn file(&self, hash: &str) -> io::Result<Body> {
        let path = self.0.zip(hash);
        let length = tokio::fs::metadata(&path).await?.len();
        Body::from_file(&path, 0, length).await
    }

    /// Removes packages: they are gone also after a power failure.
    pub(crate) fn remove(&self, hashes: &[String]) -> io::Result<()> {
        for hash in hashes {
            match fs::remove_file(self.0.zip(hash)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        if hashes.is_empty() { Ok(()) } else { File::open(&self.0.zips)?.sync_all() }
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
        if !fs::read(&path).is_ok_and(|present| present == zip) {
            let mut file = tempfile(&self.zips, name)?;
            file.1.write_all(zip)?;
            file.1.sync_all()?;
            fs::rename(&file.0, &path)?;
        }
        // Also where it was there: whoever gave it its name may not have come to this.
        File::open(&self.zips)?.sync_all()
    }

    /// Unpacks what `zip` gives, unless it is there already.
    fn unpack(
        &self,
        hash: &str,
        zip: impl FnOnce() -> Result<Bytes, AwsError>,
    ) -> Result<Arc<Unpacked>, AwsError> {
        let slot = self.slot(hash);
        let mut present = present(&slot);
        if let Some(unpacked) = present.upgrade() {
            return Ok(unpacked);
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let fill = |folder: &Path| archive::unpack(folder, &zip()?, UNZIPPED);
        let folder = self.scratch.join(format!("{hash}-{number}"));
        let unpacked = Arc::new(Unpacked::filled(folder, fill)?);
        *present = Arc::downgrade(&unpacked);
        Ok(unpacked)
    }

    fn slot(&self, hash: &str) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever is unpacking something holds its slot.
        slots.retain(|_, slot| Arc::strong_count(slot) > 1 || present(slot).strong_count() > 0);
        Arc::clone(slots.entry(hash.to_owned()).or_default())
    }

    fn uploads(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn present(slot: &Slot) -> MutexGuard<'_, Weak<Unpacked>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
mod tests {
    use super::*;

    async fn keep(packages: &Packages, zip: Bytes) -> Result<Upload, AwsError> {
        packages.keep(zip.clone(), packages.begin(&hash(&zip))).await
    }

    fn count(folder: &Path) -> usize {
        fs::read_dir(folder)
            .expect("listed")
            .filter(|entry| {
                // What is set aside is being removed.
                entry.as_ref().is_ok_and(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
            })
            .count()
    }

    #[tokio::test]
    async fn what_is_unpacked_goes_with_the_last_who_needs_it() {
        let folder = ::tempfile::tempdir().expect("a folder");
        let packages = Packages::open(folder.path()).expect("open");
        let scratch = folder.path().join("unpacked");
        for number in 0..20_u32 {
            let zip = zip_of(&[("bootstrap.wasm", &number.to_le_bytes())]).expect("a zip");
            let Upload { package, unpacked, .. } = keep(&packages, zip).await.expect("kept");
            let again = packages.unpacked(&package).await.expect("unpacked");
            assert!(Arc::ptr_eq(&unpacked, &again), "once");
            drop(unpacked);
            assert!(again.folder().join("bootstrap.wasm").is_file(), "somebody needs it");
            assert_eq!(count(&scratch), 1);
            drop(again);
            assert_eq!(count(&scratch), 0);
            packages.unpacked(&package).await.expect("unpacked anew");
        }
        let bad = keep(&packages, Bytes::from_static(b"no zip")).await;
        assert!(bad.is_err());
        assert_eq!(count(&scratch), 0);
    }

    #[tokio::test]
    async fn a_package_stays_while_somebody_has_it_or_may_come_to() {
        let folder = ::tempfile::tempdir().expect("a folder");
        let packages = Packages::open(folder.path()).expect("open");
        let zip = zip_of(&[("bootstrap.wasm", b"w")]).expect("a zip");
        let upload = keep(&packages, zip).await.expect("kept");
        let package = upload.package.clone();
        let zips = folder.path().join("packages");
        packages.remove_unless(&package.hash, || false).expect("looked");
        assert_eq!(count(&zips), 1, "it is being made a function's");
        let runs = Arc::clone(&upload.unpacked);
        drop(upload);
        packages.remove_unless(&package.hash, || true).expect("looked");
        assert_eq!(count(&zips), 1, "a function has it");
        packages.remove_unless(&package.hash, || false).expect("removed");
        assert_eq!(count(&zips), 0);
        packages.remove_unless(&package.hash, || false).expect("gone already");
        assert!(runs.folder().join("bootstrap.wasm").is_file(), "what runs is still there");
    }

    #[tokio::test]
    async fn a_damaged_package_is_never_unpacked_and_is_healed_by_its_upload() {
        let folder = ::tempfile::tempdir().expect("a folder");
        let zip = zip_of(&[("bootstrap.wasm", b"w")]).expect("a zip");
        let packages = Packages::open(folder.path()).expect("open");
        let package = keep(&packages, zip.clone()).await.expect("kept").package;
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
        keep(&packages, zip).await.expect("kept again");
        Packages::open(folder.path()).expect("open").unpacked(&package).await.expect("healed");
    }

    #[test]
    fn the_hash_is_shown_in_base64() {
        assert_eq!(code_sha256(&hash(b"")), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
