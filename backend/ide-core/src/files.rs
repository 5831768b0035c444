//! A file of the workspace by its path, opened so that nothing but a regular file inside the folder ever is: no pipe that
//! waits for a writer, no device, nothing that a link leads to elsewhere. Calls block. What the bytes mean, and how files
//! are written, is not its business.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::{self, Read},
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        fs::OpenOptionsExt as _,
    },
    path::{Path, PathBuf},
};

use cap_std::fs::{Dir, Metadata, OpenOptions, OpenOptionsExt};
use protocol::{CallError, ErrorCode, WorkspacePath};
use rustix::fs::OFlags;

/// What every temporary name of ours begins with; 32 digits follow.
const TEMPORARY: &str = ".cumulo-part-";

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A folder, a pipe, a socket or a device.
    #[error("it is not a regular file")]
    NotRegular,
    /// More bytes than are taken.
    #[error("it is larger than {limit} bytes")]
    TooLarge {
        /// How many are.
        limit: u64,
    },
}

impl FileError {
    /// What a call says that failed for it, of a file that is shown as `path`.
    pub fn of(&self, code: ErrorCode, path: &str) -> CallError {
        let error = CallError::new(code, format!("failed to read {path}: {self}"));
        match self {
            Self::Io(source) if source.kind() == io::ErrorKind::NotFound => {
                error.because("not-found", &[("action", &"read"), ("path", &path)])
            }
            Self::Io(source) => {
                error.because("system", &[("action", &"read"), ("path", &path), ("reason", source)])
            }
            Self::NotRegular => error.because("not-a-file", &[("action", &"read"), ("path", &path)]),
            Self::TooLarge { limit } => {
                error.because("file-too-large", &[("action", &"read"), ("path", &path), ("most", limit)])
            }
        }
    }
}

/// A workspace path as the system takes it, relative to the workspace's folder.
pub fn relative(path: &WorkspacePath) -> PathBuf {
    if path.is_root() { PathBuf::from(".") } else { PathBuf::from(OsString::from_vec(path.to_bytes())) }
}

/// A path as it is shown to people: shortened, with control characters escaped.
pub fn shown(path: &WorkspacePath) -> String {
    if path.is_root() {
        return "the workspace's folder".to_owned();
    }
    let text = path.as_str();
    let skip = text.chars().count().saturating_sub(160);
    let tail = text.chars().skip(skip).flat_map(char::escape_debug);
    if skip > 0 { "…".chars().chain(tail).collect() } else { tail.collect() }
}

/// A name for a file or folder that is being written and has its real name later.
pub fn temporary() -> OsString {
    format!("{TEMPORARY}{}", uuid::Uuid::new_v4().simple()).into()
}

/// Whether a name is one that [`temporary`] gives: such files are not shown, and removed when nobody writes them any more.
pub fn is_temporary(name: &OsStr) -> bool {
    let number = name.as_bytes().strip_prefix(TEMPORARY.as_bytes());
    number.is_some_and(|number| {
        number.len() == 32 && number.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Opens a regular file for reading, symbolic links followed as long as they stay inside `root`.
pub fn open(root: &Dir, path: &WorkspacePath) -> Result<(File, Metadata), FileError> {
    let at = relative(path);
    // Looked at before: opening alone may already do something to a device. And after: it may be another thing by then.
    if !root.metadata(&at)?.is_file() {
        return Err(FileError::NotRegular);
    }
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(without_waiting());
    let file = root.open_with(&at, &options)?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file.into_std(), metadata)) } else { Err(FileError::NotRegular) }
}

/// Opens a regular file for reading, wherever it is and whatever leads to it: for what does not come from a workspace's path.
pub fn open_anywhere(path: &Path) -> Result<(File, fs::Metadata), FileError> {
    if !fs::metadata(path)?.is_file() {
        return Err(FileError::NotRegular);
    }
    let file = fs::OpenOptions::new().read(true).custom_flags(without_waiting()).open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(FileError::NotRegular) }
}

fn without_waiting() -> i32 {
    (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed()
}

/// All bytes of a regular file; none are read of one that has more than `limit`.
pub fn read(root: &Dir, path: &WorkspacePath, limit: u64) -> Result<(Vec<u8>, Metadata), FileError> {
    let (file, metadata) = open(root, path)?;
    if metadata.len() > limit {
        return Err(FileError::TooLarge { limit });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    file.take(limit + 1).read_to_end(&mut bytes)?;
    // It may have grown since.
    if bytes.len() as u64 > limit { Err(FileError::TooLarge { limit }) } else { Ok((bytes, metadata)) }
}

/// Runs `work` where blocking is allowed. A panic in it goes on here.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down: nobody waits for this any more.
            Err(_) => std::future::pending().await,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::{fs as unix, net::UnixListener};

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    #[test]
    fn only_regular_files_of_a_bearable_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join("root").join(name);
        fs::create_dir_all(at("folder")).unwrap();
        fs::write(folder.path().join("secret"), "secret").unwrap();
        fs::write(at("file"), "text").unwrap();
        fs::write(at("\u{fc}\n"), "text").unwrap();
        unix::symlink("file", at("link")).unwrap();
        unix::symlink("../secret", at("out")).unwrap();
        unix::symlink("/proc/self/root/etc/passwd", at("magic")).unwrap();
        unix::symlink("/dev/fd/0", at("input")).unwrap();
        unix::symlink("pipe", at("to-pipe")).unwrap();
        let _socket = UnixListener::bind(at("socket")).unwrap();
        mknodat(CWD, at("pipe"), FileType::Fifo, Mode::RWXU, 0).unwrap();
        fs::File::create(at("sparse")).unwrap().set_len(10 << 30).unwrap();
        let root = Dir::open_ambient_dir(at(""), cap_std::ambient_authority()).unwrap();
        let read = |name: &str| match read(&root, &WorkspacePath::parse(name).unwrap(), 4) {
            Ok((bytes, _)) => String::from_utf8(bytes).unwrap(),
            Err(FileError::Io(error)) => format!("{:?}", error.kind()),
            Err(error) => error.to_string(),
        };
        for name in ["file", "link", "\u{fc}\n"] {
            assert_eq!(read(name), "text", "{name:?}");
        }
        for name in ["pipe", "to-pipe", "socket", "folder", ""] {
            assert_eq!(read(name), "it is not a regular file", "{name:?}");
        }
        for name in ["out", "magic", "input"] {
            assert_eq!(read(name), "PermissionDenied", "{name:?}");
        }
        assert_eq!(read("sparse"), "it is larger than 4 bytes");
        assert_eq!(read("missing"), "NotFound");
        let anywhere = |name: &str| match open_anywhere(&at(name)) {
            Ok((_, metadata)) => metadata.len().to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(["file", "link", "out"].map(anywhere), ["4", "4", "6"]);
        for name in ["pipe", "to-pipe", "socket", "folder"] {
            assert_eq!(anywhere(name), "it is not a regular file", "{name:?}");
        }
        // Where the test may make one.
        if mknodat(CWD, at("zero"), FileType::CharacterDevice, Mode::RWXU, rustix::fs::makedev(1, 5)).is_ok()
        {
            assert_eq!(read("zero"), "it is not a regular file");
        }
    }
}
