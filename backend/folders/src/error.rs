//! Why work on a tree ended, in words that name the place. It decides nothing.

use std::{
    ffi::OsStr,
    io,
    os::unix::ffi::OsStrExt,
    path::{Component, Path},
};

/// Why work on a tree ended. The path is relative to where it began, shortened for reading; it is empty there itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system refused.
    #[error("failed to {action} '{path}'")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// Another file system begins inside.
    #[error("another file system is mounted at '{path}'; unmount it first")]
    Mounted {
        /// Where.
        path: String,
    },
    /// Folders within folders beyond the limit.
    #[error("'{path}' lies more than {limit} folders deep")]
    TooDeep {
        /// Where it was given up.
        path: String,
        /// The limit.
        limit: usize,
    },
    /// Entries beyond the limit.
    #[error("there are more than {limit} files and folders in it")]
    TooMany {
        /// The limit.
        limit: u64,
    },
    /// A folder is no longer where it was when it was entered.
    #[error("'{path}' was moved or replaced meanwhile; try again")]
    Moved {
        /// Which.
        path: String,
    },
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::Io { source, .. } => source.kind(),
            Error::Mounted { .. } => io::ErrorKind::CrossesDevices,
            Error::TooDeep { .. } | Error::TooMany { .. } => io::ErrorKind::FileTooLarge,
            Error::Moved { .. } => io::ErrorKind::ResourceBusy,
        };
        Self::new(kind, error)
    }
}

/// Longest path shown whole, in characters, and how much of both ends of a longer one is.
const WHOLE: usize = 160;
const END: usize = 70;

/// A path for people: control characters escaped, the middle of a long one left out.
pub fn shown(path: &Path) -> String {
    shorten(path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name),
        _ => None,
    }))
}

/// The same for a path that is given by its names; it is never put together whole.
pub(crate) fn shorten<'n>(names: impl DoubleEndedIterator<Item = &'n OsStr> + Clone) -> String {
    let length = |name: &OsStr| name.as_bytes().len() + 1;
    if names.clone().try_fold(0, |sum, name| Some(sum + length(name)).filter(|sum| *sum <= WHOLE)).is_some() {
        return join(names);
    }
    let take = |mut left: usize| {
        move |name: &&OsStr| {
            let fits = length(name) <= left;
            left = left.saturating_sub(length(name));
            fits
        }
    };
    let head = join(names.clone().take_while(take(END)));
    let mut tail: Vec<&OsStr> = names.rev().take_while(take(END)).collect();
    tail.reverse();
    format!("{head}/…/{}", join(tail.into_iter()))
}

fn join<'n>(names: impl Iterator<Item = &'n OsStr>) -> String {
    let names: Vec<String> =
        names.map(|name| name.to_string_lossy().chars().flat_map(char::escape_debug).collect()).collect();
    names.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_paths_lose_their_middle() {
        assert_eq!(shown(Path::new("a/b\n/ü")), "a/b\\n/ü");
        assert_eq!(shown(Path::new("")), "");
        let deep = "d/".repeat(20_000) + "end";
        let text = shown(Path::new(&deep));
        assert!(text.starts_with("d/d/") && text.contains("/…/") && text.ends_with("/d/end"), "{text}");
        assert!(text.chars().count() < WHOLE);
    }
}
