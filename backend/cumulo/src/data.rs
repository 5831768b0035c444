//! The data directory: where it is, what is in it, and that one server uses it at a time.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use cloud_store::Reserve;
use rustix::fs::{FlockOperation, flock};
use server::Room;
use sha2::{Digest, Sha256};

use crate::environment;

/// Bytes that a Unix socket's path may have, with some to spare.
const MAX_SOCKET_PATH: usize = 100;

/// The bit of a folder's mode by which others may not rename what is not theirs.
const STICKY: u32 = 0o1000;

/// Held by the server that uses a directory, and by its agent.
const SERVER: &str = "server.lock";
const AGENT: &str = "agent.lock";

/// A directory that holds all state of one Cumulo.
#[derive(Clone, Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
}

/// One process's hold on a file; the kernel lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Held {
    _file: File,
}

impl DataDir {
    /// The directory at `path`, made for its owner alone where it is missing.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        private_folder(path)?;
        let data = Self::existing(path)?;
        close(&data.path)?;
        Ok(data)
    }

    /// The directory at `path`.
    pub(crate) fn existing(path: &Path) -> Result<Self> {
        let path = fs::canonicalize(path).with_context(|| format!("failed to find {}", path.display()))?;
        Ok(Self { path })
    }

    /// The directory that belongs to a folder: its name to be recognised by, its path's hash to be its own.
    pub(crate) fn default_for(folder: &Path) -> Result<PathBuf> {
        let name = folder.file_name().map_or_else(|| "root".into(), |name| name.to_string_lossy());
        let hash = hex::encode(Sha256::digest(folder.as_os_str().as_encoded_bytes()));
        Ok(all()?.join(format!("{}-{}", name.replace(['/', '\n'], "_"), &hash[..8])))
    }

    /// The directory of a cloud without a folder.
    pub(crate) fn default_for_cloud() -> Result<PathBuf> {
        Ok(all()?.join("cloud"))
    }

    /// Finds the one that is meant: the named one, else the only one that runs.
    pub(crate) fn find(named: Option<&Path>) -> Result<Self> {
        if let Some(path) = named {
            return Self::existing(path);
        }
        let mut running = all_running()?;
        match (running.pop(), running.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => {
                bail!("no Cumulo is running: start one with `cumulo run`, or name its directory with --data")
            }
            (Some(last), false) => {
                running.push(last);
                let paths: Vec<_> =
                    running.iter().map(|data| format!("  --data {}", data.path.display())).collect();
                bail!("more than one Cumulo is running; say which:\n{}", paths.join("\n"))
            }
        }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Who makes room on a full disk for the server's own files: the start, sign-ins and sign-outs need a few kilobytes
    /// that were set aside. They are set aside again once there is room.
    pub(crate) fn room(&self) -> Room {
        let reserve = Reserve::at(self.file("server.reserve"));
        Arc::new(move || {
            if !reserve.keep() {
                reserve.open();
            }
        })
    }

    /// The agent's socket. A path too long for the kernel is replaced by a short one that follows from it.
    pub(crate) fn socket(&self) -> Result<PathBuf> {
        let path = self.file("agent.sock");
        if path.as_os_str().len() <= MAX_SOCKET_PATH {
            return Ok(path);
        }
        let user = rustix::process::geteuid().as_raw();
        let folder = environment::runtime_home()
            .unwrap_or_else(|| PathBuf::from("/tmp"))
            .join(format!("cumulo-{user}"));
        private_folder(&folder)?;
        only_ours(&folder)?;
        let hash = hex::encode(Sha256::digest(path.as_os_str().as_encoded_bytes()));
        Ok(folder.join(format!("{}.sock", &hash[..16])))
    }

    /// Notes that the directory is this folder's; refuses one that is another's: unsaved texts are kept in it by path.
    pub(crate) fn belong_to(&self, folder: &Path) -> Result<()> {
        let path = self.file("workspace");
        let bytes = folder.as_os_str().as_encoded_bytes();
        match fs::read(&path) {
            Ok(known) if known == bytes => Ok(()),
            Ok(known) if Path::new(OsStr::from_bytes(&known)).exists() => bail!(
                "{} belongs to {}: use another --data for {}",
                self.path.display(),
                Path::new(OsStr::from_bytes(&known)).display(),
                folder.display()
            ),
            // A folder that is not there any more was moved, and this is where to.
            _ => write_private(&path, bytes),
        }
    }

    /// Takes the directory for a server. Tells who has it when somebody has.
    pub(crate) fn hold_for_server(&self) -> Result<Held> {
        match self.hold(SERVER)? {
            Some(held) => Ok(held),
            None => bail!(
                "another Cumulo (process {}) uses {}\n`cumulo url --data {1}` prints its address, `cumulo stop --data {1}` stops it",
                self.holder(SERVER).map_or_else(|| "unknown".to_owned(), |pid| pid.to_string()),
                self.path.display(),
            ),
        }
    }

    /// Takes the directory for an agent; nothing where one has it.
    pub(crate) fn hold_for_agent(&self) -> Result<Option<Held>> {
        self.hold(AGENT)
    }

    /// The process of the server that runs on it.
    pub(crate) fn running_server(&self) -> Option<i32> {
        if self.is_held(SERVER) { self.holder(SERVER) } else { None }
    }

    /// The process of its agent.
    pub(crate) fn running_agent(&self) -> Option<i32> {
        if self.is_held(AGENT) { self.holder(AGENT) } else { None }
    }

    fn holder(&self, name: &str) -> Option<i32> {
        fs::read_to_string(self.file(name)).ok()?.trim().parse().ok()
    }

    fn hold(&self, name: &str) -> Result<Option<Held>> {
        let path = self.file(name);
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("failed to open {}", path.display()))?;
        // Those who only look hold it for a moment: once more before giving up.
        for _ in 0..5 {
            if flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
                file.set_len(0).and_then(|()| file.rewind()).context("failed to write a lock file")?;
                writeln!(file, "{}", std::process::id()).context("failed to write a lock file")?;
                return Ok(Some(Held { _file: file }));
            }
            sleep(Duration::from_millis(10));
        }
        Ok(None)
    }

    fn is_held(&self, name: &str) -> bool {
        let Ok(file) = File::open(self.file(name)) else { return false };
        flock(&file, FlockOperation::NonBlockingLockShared).is_err()
    }

    fn is_running(&self) -> bool {
        self.is_held(SERVER) || self.is_held(AGENT)
    }
}

/// Where the data directories of all folders are.
fn all() -> Result<PathBuf> {
    Ok(environment::data_home()?.join("cumulo"))
}

fn all_running() -> Result<Vec<DataDir>> {
    let Ok(entries) = fs::read_dir(all()?) else { return Ok(Vec::new()) };
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    Ok(paths.map(|path| DataDir { path }).filter(DataDir::is_running).collect())
}

/// Makes a folder for its owner alone; one of somebody else's is refused.
fn private_folder(path: &Path) -> Result<()> {
    folders::make_private(path).with_context(|| format!("failed to make {}", path.display()))?;
    let metadata = fs::metadata(path).with_context(|| format!("failed to look at {}", path.display()))?;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        bail!("{} belongs to another user", path.display());
    }
    if metadata.mode() & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))
            .with_context(|| format!("failed to close {} to others", path.display()))?;
    }
    Ok(())
}

/// Refuses a folder in whose place another user could put one of his: every folder on the way is ours or root's, none
/// is a link, and where others may write, they may not rename what is not theirs.
fn only_ours(folder: &Path) -> Result<()> {
    let us = rustix::process::geteuid().as_raw();
    for step in folder.ancestors().filter(|step| !step.as_os_str().is_empty()) {
        let found =
            fs::symlink_metadata(step).with_context(|| format!("failed to look at {}", step.display()))?;
        let open_to_others = found.mode() & 0o022 != 0 && found.mode() & STICKY == 0;
        let trusted = found.is_dir() && (found.uid() == us || (found.uid() == 0 && step != folder));
        if !trusted || open_to_others {
            bail!(
                "{} cannot hold the agent's socket: {} is a link, another user's, or writable by others; \
                 use a --data with a shorter path, or set XDG_RUNTIME_DIR to a folder of yours",
                folder.display(),
                step.display()
            );
        }
    }
    Ok(())
}

/// Closes what is directly in a data directory to others, whatever an earlier start or another program left.
fn close(folder: &Path) -> Result<()> {
    let look = |path: &Path| format!("failed to close {} to others", path.display());
    for entry in fs::read_dir(folder).with_context(|| look(folder))? {
        let path = entry.with_context(|| look(folder))?.path();
        let Ok(found) = fs::symlink_metadata(&path) else { continue };
        if (found.is_dir() || found.is_file()) && found.mode() & 0o077 != 0 {
            let private = fs::Permissions::from_mode(found.mode() & 0o700);
            fs::set_permissions(&path, private).with_context(|| look(&path))?;
        }
    }
    Ok(())
}

/// Writes a file as a whole, for its owner alone: it is the old one or the new one, also after a power cut.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let name = path.file_name().context("failed to find a file's name")?.to_string_lossy();
    let fresh = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = (|| {
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&fresh)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&fresh, path)?;
        File::open(path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))?
            .sync_all()
    })();
    written.with_context(|| format!("failed to write {}", path.display()))
}

/// Reads a small file; nothing where it is missing.
pub(crate) fn read_small(path: &Path) -> Result<Option<String>> {
    let mut text = String::new();
    match File::open(path) {
        Ok(file) => file.take(64 * 1024).read_to_string(&mut text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => Err(error),
    }
    .with_context(|| format!("failed to read {}", path.display()))?;
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_held_once_and_let_go_of() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::create(&folder.path().join("a/b")).unwrap();
        assert_eq!(fs::metadata(data.path()).unwrap().mode() & 0o777, 0o700);
        assert_eq!(data.running_server(), None);
        let held = data.hold_for_server().unwrap();
        let message = data.hold_for_server().unwrap_err().to_string();
        assert!(message.contains(&format!("process {}", std::process::id())), "{message}");
        assert_eq!(data.running_server(), Some(std::process::id() as i32));
        drop(held);
        assert_eq!(data.running_server(), None);
        data.hold_for_server().unwrap();
    }

    #[test]
    fn a_directory_belongs_to_one_folder_that_may_move() {
        let root = tempfile::tempdir().unwrap();
        let data = DataDir::create(&root.path().join("data")).unwrap();
        let (one, other, moved) =
            (root.path().join("one"), root.path().join("other"), root.path().join("moved"));
        fs::create_dir(&one).unwrap();
        data.belong_to(&one).unwrap();
        data.belong_to(&one).unwrap();
        let message = data.belong_to(&other).unwrap_err().to_string();
        assert!(message.contains(one.to_str().unwrap()), "{message}");
        fs::rename(&one, &moved).unwrap();
        data.belong_to(&moved).unwrap();
    }

    #[test]
    fn a_folder_open_to_others_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        DataDir::create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn what_is_in_it_is_closed_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        fs::create_dir_all(path.join("cloud")).unwrap();
        fs::write(path.join("s3.db"), "").unwrap();
        for (name, mode) in [("cloud", 0o755), ("s3.db", 0o644)] {
            fs::set_permissions(path.join(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        DataDir::create(&path).unwrap();
        let mode = |name| fs::metadata(path.join(name)).unwrap().mode() & 0o777;
        assert_eq!((mode("cloud"), mode("s3.db")), (0o700, 0o600));
    }

    #[test]
    fn a_folder_that_others_could_replace_holds_no_socket() {
        let root = tempfile::tempdir().unwrap();
        let (parent, folder) = (root.path().join("parent"), root.path().join("parent/ours"));
        fs::create_dir_all(&folder).unwrap();
        let check = |mode: u32, path: &Path, trusted: bool| {
            fs::set_permissions(&parent, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(only_ours(path).is_ok(), trusted, "{mode:o} {}", path.display());
        };
        check(0o755, &folder, true);
        check(0o1777, &folder, true);
        check(0o777, &folder, false);
        check(0o775, &folder, false);
        let link = root.path().join("link");
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        check(0o755, &link, false);
        check(0o755, &link.join("below"), false);
        fs::create_dir(folder.join("below")).unwrap();
        check(0o755, &folder.join("below"), true);
        check(0o755, &link.join("below"), false);
    }

    #[test]
    fn sockets_have_short_paths() {
        let folder = tempfile::tempdir().unwrap();
        let near = DataDir::create(&folder.path().join("d")).unwrap();
        assert!(near.socket().unwrap().starts_with(near.path()));
        let deep = DataDir::create(&folder.path().join("d".repeat(120))).unwrap();
        let socket = deep.socket().unwrap();
        assert!(socket.as_os_str().len() <= MAX_SOCKET_PATH, "{}", socket.display());
        assert_eq!(socket, deep.socket().unwrap());
    }

    #[test]
    fn private_files_are_private_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ready.json");
        write_private(&path, b"one").unwrap();
        write_private(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
