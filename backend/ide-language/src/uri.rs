//! `file:` URIs of the workspace's files, both ways, byte-exact.

use std::{
    ffi::OsString,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

use protocol::WorkspacePath;

/// The workspace's folder as language servers see it.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    path: PathBuf,
    uri: String,
}

impl Root {
    /// The folder at `path`, which must be absolute.
    pub(crate) fn new(path: PathBuf) -> Self {
        let uri = format!("file://{}", encode(path.as_os_str().as_bytes()));
        Self { path, uri }
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Its URI, without a slash at the end.
    pub(crate) fn uri(&self) -> &str {
        &self.uri
    }

    /// A file's URI.
    pub(crate) fn to_uri(&self, path: &WorkspacePath) -> String {
        format!("{}/{}", self.uri, encode(&path.to_bytes()))
    }

    /// The file that a URI names; none where it lies outside of the workspace.
    pub(crate) fn to_path(&self, uri: &str) -> Option<WorkspacePath> {
        let file = file_path(uri)?;
        let inside = file.strip_prefix(&self.path).ok()?;
        let names: Vec<_> =
            inside.iter().map(|name| WorkspacePath::name_from_bytes(name.as_bytes())).collect();
        WorkspacePath::parse(&names.join("/")).ok().filter(|path| !path.is_root())
    }
}

/// The file that a `file:` URI names.
pub(crate) fn file_path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let bytes = path.starts_with('/').then(|| decode(path))??;
    let path = PathBuf::from(OsString::from_vec(bytes));
    // `..` could lead out of what a prefix promises.
    let plain = path.components().all(|part| !matches!(part, std::path::Component::ParentDir));
    plain.then_some(path)
}

fn encode(path: &[u8]) -> String {
    use std::fmt::Write;
    let mut uri = String::with_capacity(path.len());
    for &byte in path {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

fn decode(path: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                (digit()? * 16 + digit()?) as u8
            }
            // A query or fragment is no part of a file's name.
            b'?' | b'#' => return None,
            _ => byte,
        };
        if byte == 0 {
            return None;
        }
        bytes.push(byte);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> Root {
        Root::new("/home/ada/my work".into())
    }

    #[test]
    fn paths_lead_back() {
        for path in ["src/main.rs", "a b/ü#1?.rs", "100%/x", "odd\u{10FFFF}"] {
            let path = WorkspacePath::parse(path).unwrap();
            let uri = root().to_uri(&path);
            assert!(uri.starts_with("file:///home/ada/my%20work/"), "{uri}");
            assert_eq!(root().to_path(&uri), Some(path), "{uri}");
        }
    }

    #[test]
    fn other_spellings_are_understood() {
        let path = WorkspacePath::parse("src/a+b.rs").unwrap();
        for uri in
            ["file:///home/ada/my%20work/src/a+b.rs", "file://localhost/home/ada/my%20work/src/a%2bb.rs"]
        {
            assert_eq!(root().to_path(uri), Some(path.clone()), "{uri}");
        }
    }

    #[test]
    fn nothing_leads_out() {
        for uri in [
            "file:///etc/passwd",
            "file:///home/ada/my%20work",
            "file:///home/ada/my%20workshop/x",
            "file:///home/ada/my%20work/../x",
            "file:///home/ada/my%20work/%2e%2e/%2E%2E/etc/passwd",
            "file:///home/ada/my%20work/a%00b",
            "file:///home/ada/my%20work/a%zz",
            "file:///home/ada/my%20work/a?b",
            "file://elsewhere/home/ada/my%20work/a",
            "https://home/ada/my%20work/a",
            "/home/ada/my work/a",
            "",
        ] {
            assert_eq!(root().to_path(uri), None, "{uri}");
        }
    }
}
