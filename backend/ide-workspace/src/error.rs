//! Why something about files failed, and how a person is told. It decides nothing.

use std::{borrow::Cow, fmt, io};

pub(crate) use ide_core::files::shown;
use protocol::{CallError, ErrorCode, Reason, Said, WorkspacePath};
use rustix::io::Errno;

/// Why the workspace failed to do something.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The system refused.
    #[error("{action} '{}': {}", shown(path), reason(source))]
    Io {
        /// What was tried, as in "failed to open".
        action: &'static str,
        /// On what.
        path: WorkspacePath,
        /// What the system said.
        source: io::Error,
    },
    /// We refuse.
    #[error("{action} '{}': {reason}", shown(path))]
    Refused {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: WorkspacePath,
        /// The kind of refusal.
        code: ErrorCode,
        /// Why, and what to do instead.
        reason: Why,
    },
    /// The workspace's own records (journal, trash, layouts) cannot be written or read.
    #[error("{action} the workspace's records: {}", reason(source))]
    Records {
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// Why something does not go, and what to do instead: in English, and by the name by which pages know it.
#[derive(Clone, Debug)]
pub struct Why {
    name: &'static str,
    words: Cow<'static, str>,
    more: Option<Box<More>>,
}

/// What a few reasons have beside their words.
#[derive(Clone, Debug, Default)]
struct More {
    arguments: Vec<(&'static str, String)>,
    /// What lies deeper in that on which something was tried, and is the matter.
    inside: Option<String>,
    /// What led to it.
    cause: Option<Reason>,
}

impl Why {
    /// What always reads the same.
    pub(crate) const fn named(name: &'static str, words: &'static str) -> Self {
        Self { name, words: Cow::Borrowed(words), more: None }
    }

    /// What holds values.
    pub(crate) fn with<const N: usize>(
        name: &'static str,
        words: String,
        arguments: [(&'static str, String); N],
    ) -> Self {
        let more = More { arguments: arguments.into(), ..More::default() };
        Self { name, words: words.into(), more: Some(Box::new(more)) }
    }

    /// The same with what led to it, whose words are its argument `reason`.
    pub(crate) fn led_to_by(mut self, cause: &Self) -> Self {
        self.more.get_or_insert_default().cause = Some(cause.told(&[]));
        self
    }

    /// The same of what lies deeper, by its way from the folder that holds that on which something was tried.
    fn at(mut self, inside: String) -> Self {
        self.words = format!("at '{inside}': {}", self.words).into();
        self.more.get_or_insert_default().inside = Some(inside);
        self
    }

    /// By itself, of nothing that was tried.
    pub(crate) fn said(&self) -> Said {
        Said { message: self.words.clone().into_owned(), reason: Some(self.told(&[])) }
    }

    /// As pages know it. They say it of what lies deeper alone.
    fn reason(&self, action: &str, path: &str) -> Reason {
        let folder = path.rfind('/').and_then(|end| path.get(..=end)).unwrap_or_default();
        let inside = self.more.as_ref().and_then(|more| more.inside.as_ref());
        let inside = inside.map(|inside| format!("{folder}{inside}"));
        self.told(&[("action", &action), ("path", &inside.as_deref().unwrap_or(path))])
    }

    fn told(&self, tried: &[(&str, &dyn fmt::Display)]) -> Reason {
        let mut arguments = tried.to_vec();
        let more = self.more.as_deref();
        let own = more.map(|more| more.arguments.as_slice()).unwrap_or_default();
        arguments.extend(own.iter().map(|(name, value)| (*name, value as &dyn fmt::Display)));
        let cause = more.and_then(|more| more.cause.clone()).map(Box::new);
        Reason { cause, ..Reason::new(self.name, &arguments) }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// There is nothing of that name.
pub(crate) const NOT_FOUND: Why = Why::named("not-found", "there is no such file or folder");
/// The name is taken.
pub(crate) const EXISTS: Why = Why::named("exists", "something of that name exists already");
/// A folder, a device.
pub(crate) const NOT_A_FILE: Why = Why::named("not-a-file", "it is not a regular file");
/// Nothing that an editor shows.
pub(crate) const NOT_TEXT: Why = Why::named("not-text", "it is not text");

/// Its permissions let nobody write it.
pub(crate) const READ_ONLY: Why = Why::named("read-only", "the file is read-only");
/// Somebody wrote in the same place.
pub(crate) const WRITTEN_MEANWHILE: Why = Why::named(
    "written-meanwhile",
    "its text was changed in the same place meanwhile; look at it, then try again",
);

/// More than may be at once.
pub(crate) fn too_large(most: u64) -> Why {
    let most = most >> 20;
    Why::with("too-large", format!("it is larger than {most} MiB"), [("most", most.to_string())])
}

/// What most functions here return.
pub(crate) type Result<T, E = WorkspaceError> = std::result::Result<T, E>;

impl WorkspaceError {
    /// A refusal of ours.
    pub fn refused(action: &'static str, path: &WorkspacePath, code: ErrorCode, reason: Why) -> Self {
        Self::Refused { action, path: path.clone(), code, reason }
    }

    /// The kind of failure.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Io { source, .. } => code_of(source),
            Self::Refused { code, .. } => *code,
            Self::Records { source, .. } => match code_of(source) {
                ErrorCode::Full => ErrorCode::Full,
                _ => ErrorCode::Internal,
            },
        }
    }

    /// What was tried, on what as it is shown, and why it did not go.
    fn reason(&self) -> Reason {
        match self {
            Self::Io { action, path, source } => reason(source).reason(action, &shown(path)),
            Self::Refused { action, path, reason, .. } => reason.reason(action, &shown(path)),
            Self::Records { action, source } => reason(source).reason(action, RECORDS),
        }
    }
}

/// Our own records, as pages are told of them where others have a path.
const RECORDS: &str = "the workspace's records";

impl From<WorkspaceError> for CallError {
    fn from(error: WorkspaceError) -> Self {
        let code = error.code();
        if code == ErrorCode::Internal {
            tracing::error!(error = &error as &dyn std::error::Error, "a file operation failed");
        }
        let said = Said { message: format!("Cannot {error}."), reason: Some(error.reason()) };
        Self::saying(code, said)
    }
}

/// Names the action and the path of a system error.
pub(crate) trait Context<T> {
    /// As an error of the workspace that reads "failed to `action` `path`".
    fn of(self, action: &'static str, path: &WorkspacePath) -> Result<T>;
    /// As an error of the workspace's own records.
    fn records(self, action: &'static str) -> Result<T>;
}

impl<T, E: Into<io::Error>> Context<T> for std::result::Result<T, E> {
    fn of(self, action: &'static str, path: &WorkspacePath) -> Result<T> {
        self.map_err(|error| WorkspaceError::Io { action, path: path.clone(), source: error.into() })
    }

    fn records(self, action: &'static str) -> Result<T> {
        self.map_err(|error| WorkspaceError::Records { action, source: error.into() })
    }
}

/// Names the action and the path of an error in a folder's tree.
pub(crate) trait TreeContext<T> {
    /// As an error of the workspace; what lies deeper is named by its way from `path`.
    fn in_tree(self, action: &'static str, path: &WorkspacePath) -> Result<T>;
}

impl<T> TreeContext<T> for std::result::Result<T, folders::Error> {
    fn in_tree(self, action: &'static str, path: &WorkspacePath) -> Result<T> {
        self.map_err(|error| {
            let (code, reason) = match error {
                folders::Error::Io { path: inner, source, .. } if is_itself(&inner, path) => {
                    return WorkspaceError::Io { action, path: path.clone(), source };
                }
                folders::Error::Io { path, source, .. } => (code_of(&source), reason(&source).at(path)),
                error => in_tree(error),
            };
            WorkspaceError::refused(action, path, code, reason)
        })
    }
}

/// What a walk through a tree does not go on with.
fn in_tree(error: folders::Error) -> (ErrorCode, Why) {
    let words = error.to_string();
    match error {
        folders::Error::Io { source, .. } => (code_of(&source), reason(&source)),
        folders::Error::Mounted { path } => {
            (ErrorCode::Unsupported, Why::with("mounted-at", words, [("at", path)]))
        }
        folders::Error::TooDeep { path, limit } => {
            let words = format!("{words}; do it in a terminal, or in parts");
            (ErrorCode::Limit, Why::with("too-deep", words, [("at", path), ("limit", limit.to_string())]))
        }
        folders::Error::TooMany { limit } => {
            let words = format!("{words}; do it in a terminal, or in parts");
            (ErrorCode::Limit, Why::with("too-many-inside", words, [("limit", limit.to_string())]))
        }
        folders::Error::Moved { path } => {
            (ErrorCode::Conflict, Why::with("moved-meanwhile", words, [("at", path)]))
        }
    }
}

/// Whether a tree's error speaks of the tree itself and of nothing in it.
fn is_itself(inner: &str, path: &WorkspacePath) -> bool {
    inner.is_empty() || inner == folders::shown(std::path::Path::new(path.name()))
}

/// Whether the sandbox refused a path that leads out of it.
fn is_escape(error: &io::Error) -> bool {
    // The sandbox's own refusal carries no number of the system's.
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
        || Errno::from_io_error(error) == Some(Errno::XDEV)
}

fn code_of(error: &io::Error) -> ErrorCode {
    if is_escape(error) {
        return ErrorCode::Path;
    }
    match Errno::from_io_error(error) {
        Some(Errno::NOENT) => ErrorCode::NotFound,
        Some(Errno::EXIST | Errno::NOTEMPTY) => ErrorCode::Exists,
        Some(Errno::LOOP | Errno::NAMETOOLONG) => ErrorCode::Path,
        Some(Errno::ACCESS | Errno::PERM | Errno::ROFS) => ErrorCode::Forbidden,
        Some(Errno::NOTDIR | Errno::ISDIR | Errno::NXIO | Errno::NODEV) => ErrorCode::Unsupported,
        Some(Errno::INVAL) => ErrorCode::Invalid,
        Some(Errno::NOSPC | Errno::DQUOT) => ErrorCode::Full,
        Some(Errno::FBIG | Errno::MFILE | Errno::NFILE | Errno::MLINK | Errno::OVERFLOW) => ErrorCode::Limit,
        Some(Errno::TXTBSY | Errno::BUSY) => ErrorCode::Conflict,
        _ => match error.kind() {
            io::ErrorKind::NotFound => ErrorCode::NotFound,
            io::ErrorKind::AlreadyExists => ErrorCode::Exists,
            io::ErrorKind::InvalidInput => ErrorCode::Invalid,
            _ => ErrorCode::Internal,
        },
    }
}

fn reason(error: &io::Error) -> Why {
    if is_escape(error) {
        return Why::named("outside", "it leads out of the workspace");
    }
    let (name, words) = match Errno::from_io_error(error) {
        Some(Errno::NOENT) => return NOT_FOUND,
        Some(Errno::EXIST) => return EXISTS,
        Some(Errno::NOTEMPTY) => ("not-empty", "a folder with contents is there already"),
        Some(Errno::LOOP) => ("link-loop", "its symbolic links go in circles"),
        Some(Errno::NAMETOOLONG) => ("name-long", "the name is too long for this file system"),
        Some(Errno::ACCESS | Errno::PERM) => ("no-permission", "its permissions do not allow it"),
        Some(Errno::ROFS) => ("disk-read-only", "the file system is read-only"),
        Some(Errno::NOTDIR) => ("not-a-folder", "a part of the path is not a folder"),
        Some(Errno::ISDIR) => ("a-folder", "it is a folder"),
        Some(Errno::NXIO | Errno::NODEV) => return NOT_A_FILE,
        Some(Errno::INVAL) => ("name-refused", "the file system does not take such a name"),
        Some(Errno::MLINK) => ("folder-full", "the folder holds too many folders"),
        Some(Errno::IO) => ("disk-error", "the disk reports an error; look at the system's log"),
        Some(Errno::NOSPC) => ("disk-full", "the disk is full; free some space and try again"),
        Some(Errno::DQUOT) => ("quota-full", "the quota is used up; free some space and try again"),
        Some(Errno::FBIG) => ("file-large", "the file would be too large"),
        Some(Errno::OVERFLOW) => {
            ("too-many-entries", "it holds too many files and folders to be shown; list it in a terminal")
        }
        Some(Errno::MFILE | Errno::NFILE) => {
            ("too-many-open", "too many files are open; close some and try again")
        }
        Some(Errno::TXTBSY | Errno::BUSY) => ("busy", "it is in use; stop what uses it and try again"),
        _ => {
            let words = error.to_string();
            return Why::with("system", words.clone(), [("reason", words)]);
        }
    };
    Why::named(name, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the pages' table of messages says in English.
    fn english(reason: &protocol::Reason) -> String {
        let table = include_str!("../../../frontend/app/src/messages/en.txt");
        let begins = format!("error.{} = ", reason.name);
        let line = table.lines().find_map(|line| line.strip_prefix(&begins)).unwrap_or_default();
        let said =
            |text: String, (name, value): &(String, String)| text.replace(&format!("{{{name}}}"), value);
        reason.arguments.iter().fold(line.to_owned(), said)
    }

    #[test]
    fn what_we_refuse_reads_the_same_in_the_pages_table() {
        let path = WorkspacePath::parse("a/b").unwrap();
        for why in
            [NOT_FOUND, EXISTS, NOT_A_FILE, NOT_TEXT, READ_ONLY, WRITTEN_MEANWHILE, too_large(64 << 20)]
        {
            let error = CallError::from(WorkspaceError::refused("open", &path, ErrorCode::Limit, why));
            assert_eq!(error.reason.as_ref().map(english), Some(error.message));
        }
    }

    #[test]
    fn what_stops_a_walk_is_told_of_what_it_is_about() {
        let path = WorkspacePath::parse("a/b").unwrap();
        let check = |error, at: &str, message: &str| {
            let failed: Result<()> = Err(error).in_tree("delete", &path);
            let error = CallError::from(failed.unwrap_err());
            assert_eq!(error.message, message);
            let reason = error.reason.unwrap();
            assert_eq!(reason.arguments[1], ("path".to_owned(), at.to_owned()));
            assert!(english(&reason).starts_with(&format!("Cannot delete '{at}': ")), "{reason:?}");
            reason
        };
        let io = |path: &str, errno: Errno| folders::Error::Io {
            action: "remove",
            path: path.to_owned(),
            source: errno.into(),
        };
        let denied = "Cannot delete 'a/b': at 'b/c': its permissions do not allow it.";
        assert_eq!(check(io("b/c", Errno::ACCESS), "a/b/c", denied).name, "no-permission");
        check(io("b", Errno::ACCESS), "a/b", "Cannot delete 'a/b': its permissions do not allow it.");
        let check = |error, message: &str| assert_eq!(english(&check(error, "a/b", message)), message);
        check(
            folders::Error::TooDeep { path: "b/c".into(), limit: 9 },
            "Cannot delete 'a/b': 'b/c' lies more than 9 folders deep; do it in a terminal, or in parts.",
        );
        check(
            folders::Error::TooMany { limit: 9 },
            "Cannot delete 'a/b': there are more than 9 files and folders in it; do it in a terminal, or in parts.",
        );
        check(
            folders::Error::Mounted { path: "b/c".into() },
            "Cannot delete 'a/b': another file system is mounted at 'b/c'; unmount it first.",
        );
        check(
            folders::Error::Moved { path: "b/c".into() },
            "Cannot delete 'a/b': 'b/c' was moved or replaced meanwhile; try again.",
        );
        check(io("b", Errno::PIPE), "Cannot delete 'a/b': Broken pipe (os error 32).");
    }

    #[test]
    fn our_own_records_are_told_by_a_name_that_pages_know() {
        let failed: Result<()> = Err(io::Error::from(Errno::NOSPC)).records("write");
        let error = CallError::from(failed.unwrap_err());
        let expected =
            "Cannot write the workspace's records: the disk is full; free some space and try again.";
        assert_eq!(error.message, expected);
        let reason = error.reason.unwrap();
        assert_eq!((reason.name.as_str(), reason.arguments[1].1.as_str()), ("disk-full", RECORDS));
        let table = include_str!("../../../frontend/app/src/messages/en.txt");
        assert!(table.contains(&format!("\npath.{RECORDS} = ")));
        assert!(table.contains(&format!("\npath.{} = ", shown(&WorkspacePath::root()))));
    }

    #[test]
    fn what_the_system_says_is_told_with_its_next_step() {
        let path = WorkspacePath::parse("a\n\u{202e}b").unwrap();
        for (errno, code, reason) in [
            (Errno::NOENT, ErrorCode::NotFound, "there is no such file or folder"),
            (Errno::EXIST, ErrorCode::Exists, "something of that name exists already"),
            (Errno::NOTEMPTY, ErrorCode::Exists, "a folder with contents is there already"),
            (Errno::XDEV, ErrorCode::Path, "it leads out of the workspace"),
            (Errno::LOOP, ErrorCode::Path, "its symbolic links go in circles"),
            (Errno::NAMETOOLONG, ErrorCode::Path, "the name is too long for this file system"),
            (Errno::ACCESS, ErrorCode::Forbidden, "its permissions do not allow it"),
            (Errno::ROFS, ErrorCode::Forbidden, "the file system is read-only"),
            (Errno::NXIO, ErrorCode::Unsupported, "it is not a regular file"),
            (Errno::NOTDIR, ErrorCode::Unsupported, "a part of the path is not a folder"),
            (Errno::INVAL, ErrorCode::Invalid, "the file system does not take such a name"),
            (Errno::NOSPC, ErrorCode::Full, "the disk is full; free some space and try again"),
            (Errno::DQUOT, ErrorCode::Full, "the quota is used up; free some space and try again"),
            (Errno::FBIG, ErrorCode::Limit, "the file would be too large"),
            (Errno::MFILE, ErrorCode::Limit, "too many files are open; close some and try again"),
            (Errno::BUSY, ErrorCode::Conflict, "it is in use; stop what uses it and try again"),
            (Errno::IO, ErrorCode::Internal, "the disk reports an error; look at the system's log"),
        ] {
            let failed: Result<()> = Err(io::Error::from(errno)).of("save", &path);
            let error = CallError::from(failed.unwrap_err());
            let message = format!("Cannot save 'a\\n\\u{{202e}}b': {reason}.");
            assert_eq!((error.code, &error.message), (code, &message));
            let told = error.reason.expect("every one of these can be told in other languages");
            assert_eq!(english(&told), message, "{}", told.name);
        }
    }
}
