//! A path inside the workspace: relative, with `/` between names, byte-exact for any file name.
//!
//! File names are bytes. Where they are UTF-8 a path reads as it looks; every byte that is not part of valid
//! UTF-8 stands as one character of the private range `U+10FF00 ..= U+10FFFF`, so that a path is always a
//! string and always leads back to the same bytes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{CallError, ErrorCode};

/// Longest path accepted, in bytes: Linux's own `PATH_MAX`.
pub const MAX_PATH: usize = 4096;

const ESCAPE: u32 = 0x0010_FF00;

/// A relative path in the workspace; the empty path is the workspace's root.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WorkspacePath(String);

/// Why a string is no path of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    name: &'static str,
    reason: &'static str,
    path: String,
}

impl PathError {
    fn shown(&self) -> String {
        self.path.chars().take(80).flat_map(char::escape_debug).collect()
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the path '{}' {}", self.shown(), self.reason)
    }
}

impl std::error::Error for PathError {}

impl From<PathError> for CallError {
    fn from(error: PathError) -> Self {
        Self::new(ErrorCode::Path, error.to_string()).because(error.name, &[("path", &error.shown())])
    }
}

impl WorkspacePath {
    /// The workspace's own folder.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads a path; it must be relative, without empty names, `.` and `..`.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        let fail = |name, reason| Err(PathError { name, reason, path: path.to_owned() });
        if path.len() > MAX_PATH {
            return fail("path-long", "is longer than 4,096 bytes");
        }
        if path.starts_with('/') {
            return fail("path-absolute", "is absolute; use one relative to the workspace");
        }
        if path.contains('\0') {
            return fail("path-nul", "holds a NUL character");
        }
        if !path.is_empty() && path.split('/').any(|name| matches!(name, "" | "." | "..")) {
            return fail("path-empty", "holds an empty name, '.' or '..'");
        }
        // Escaped bytes that make a character would be a second spelling of it, `..` and `/` included: one file would have
        // two paths.
        let spelled = Self(path.to_owned());
        if path.chars().any(|c| u32::from(c) >= ESCAPE) && Self::name_from_bytes(&spelled.to_bytes()) != path
        {
            return fail("path-escapes", "holds escapes of what needs none");
        }
        Ok(spelled)
    }

    /// The path as its bytes on disk.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len());
        for c in self.0.chars() {
            match u32::from(c).checked_sub(ESCAPE) {
                Some(byte) => bytes.push(byte as u8),
                None => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
        bytes
    }

    /// The name in a path's form for bytes read from a directory.
    pub fn name_from_bytes(bytes: &[u8]) -> String {
        let mut name = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                if u32::from(c) < ESCAPE {
                    name.push(c);
                } else {
                    c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| name.push(escape(byte)));
                }
            }
            chunk.invalid().iter().for_each(|&byte| name.push(escape(byte)));
        }
        name
    }

    /// This path with one more name.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        if self.0.is_empty() { Self(name.to_owned()) } else { Self(format!("{}/{name}", self.0)) }
    }

    /// The folder that holds it; none for the root.
    pub fn parent(&self) -> Option<Self> {
        if self.0.is_empty() {
            return None;
        }
        Some(self.0.rsplit_once('/').map_or_else(Self::root, |(folder, _)| Self(folder.to_owned())))
    }

    /// Its last name; empty for the root.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The ending of its name, after the last dot.
    pub fn extension(&self) -> Option<&str> {
        self.name().rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending)
    }

    /// Whether it is `folder` or lies somewhere below it.
    pub fn is_within(&self, folder: &Self) -> bool {
        folder.0.is_empty()
            || self.0 == folder.0
            || self.0.strip_prefix(&folder.0).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Where it lies when `from`, which it is within, lies at `to`; none where it is not, or would be too long.
    pub fn rebase(&self, from: &Self, to: &Self) -> Option<Self> {
        let rest = self.0.get(from.0.len()..).filter(|_| self.is_within(from))?;
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        match (rest.is_empty(), to.is_root()) {
            (true, _) => Some(to.clone()),
            (false, true) => Self::parse(rest).ok(),
            (false, false) => Self::parse(&format!("{to}/{rest}")).ok(),
        }
    }

    /// Whether it is the workspace's own folder.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// As a string with `/` between names.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn escape(byte: u8) -> char {
    char::from_u32(ESCAPE + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

impl TryFrom<String> for WorkspacePath {
    type Error = PathError;
    fn try_from(path: String) -> Result<Self, PathError> {
        Self::parse(&path)
    }
}

impl From<WorkspacePath> for String {
    fn from(path: WorkspacePath) -> Self {
        path.0
    }
}

impl fmt::Display for WorkspacePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_what_could_lead_out() {
        for path in [
            "../x",
            "a/../../x",
            "/etc/passwd",
            "//etc",
            "a//b",
            "./a",
            "a/.",
            "a\0b",
            "a/",
            "\u{10FF2E}\u{10FF2E}",
            "a\u{10FF2F}b",
            "\u{10FFC3}\u{10FFA9}",
            "a/\u{10FFF0}\u{10FF9F}\u{10FF98}\u{10FF80}",
            "\u{10FFFF}/\u{10FFC3}\u{10FFA9}",
            &"x".repeat(5000),
        ] {
            assert!(WorkspacePath::parse(path).is_err(), "{path:?}");
        }
        for path in [
            "",
            "a",
            "a/b",
            "..a/b..",
            "%2e%2e",
            "a b/ü",
            "-rf",
            "\u{10FFFF}/ü",
            "\u{10FFC3}",
            "\u{10FFC3}/\u{10FFA9}",
            "\u{10FFED}\u{10FFA0}\u{10FF80}",
        ] {
            assert!(WorkspacePath::parse(path).is_ok(), "{path:?}");
        }
    }

    #[test]
    fn knows_its_parts() {
        let path = WorkspacePath::parse("src/bin/main.rs").unwrap();
        assert_eq!(path.name(), "main.rs");
        assert_eq!(path.extension(), Some("rs"));
        assert_eq!(path.parent().unwrap().as_str(), "src/bin");
        assert!(path.is_within(&WorkspacePath::parse("src").unwrap()));
        assert!(!path.is_within(&WorkspacePath::parse("sr").unwrap()));
        assert_eq!(WorkspacePath::parse(".gitignore").unwrap().extension(), None);
        let rebased = |path: &str, from: &str, to: &str| {
            let at = |path| WorkspacePath::parse(path).unwrap();
            at(path).rebase(&at(from), &at(to)).map(|path| path.to_string())
        };
        assert_eq!(rebased("a/b", "a", "c").as_deref(), Some("c/b"));
        assert_eq!(rebased("a", "a", "b/c").as_deref(), Some("b/c"));
        assert_eq!(rebased("a", "", "b").as_deref(), Some("b/a"));
        assert_eq!(rebased("a/b", "a", "").as_deref(), Some("b"));
        assert_eq!(rebased("ab", "a", "c"), None);
    }

    proptest! {
        #[test]
        fn names_lead_back_to_their_bytes(bytes in proptest::collection::vec(1u8.., 1..40)) {
            prop_assume!(!bytes.contains(&b'/'));
            let name = WorkspacePath::name_from_bytes(&bytes);
            prop_assert_eq!(WorkspacePath(name).to_bytes(), bytes);
        }

        #[test]
        fn a_file_has_one_path(spelled in "[a-c/\u{fd}-\u{ff}\u{10FF70}-\u{10FFFF}]{0,12}") {
            if let Ok(path) = WorkspacePath::parse(&spelled) {
                let bytes = path.to_bytes();
                prop_assert_eq!(WorkspacePath::name_from_bytes(&bytes), spelled);
            }
        }
    }
}
