//! Files outside of the workspace that a server has pointed at: only those may be read through it.

use std::{
    collections::{HashSet, VecDeque},
    io::Read,
    path::Path,
    sync::{Mutex, PoisonError},
};

use ide_core::{
    blocking,
    files::{self, FileError},
};
use protocol::{CallError, ErrorCode, language::Source};
use serde_json::Value;

use crate::uri::{Root, file_path};

/// Addresses remembered.
const MAX_KNOWN: usize = 4096;
/// Largest file shown, in bytes.
const MAX_SIZE: u64 = 4 * 1024 * 1024;

/// The addresses that servers answered with, the newest [`MAX_KNOWN`].
#[derive(Debug, Default)]
pub(crate) struct Sources {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    set: HashSet<String>,
    order: VecDeque<String>,
}

impl Sources {
    /// Remembers every address outside of the workspace in the places of an answer.
    pub(crate) fn remember(&self, root: &Root, answer: &Value) {
        match answer {
            Value::Array(values) => values.iter().for_each(|value| self.remember(root, value)),
            Value::Object(members) => {
                for name in ["uri", "targetUri"] {
                    let uri = members.get(name).and_then(Value::as_str);
                    if let Some(uri) =
                        uri.filter(|uri| file_path(uri).is_some() && root.to_path(uri).is_none())
                    {
                        self.add(uri);
                    }
                }
                for name in ["location", "from", "to"] {
                    if let Some(value) = members.get(name) {
                        self.remember(root, value);
                    }
                }
            }
            _ => {}
        }
    }

    fn add(&self, uri: &str) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.set.insert(uri.to_owned()) {
            return;
        }
        known.order.push_back(uri.to_owned());
        if known.order.len() > MAX_KNOWN
            && let Some(oldest) = known.order.pop_front()
        {
            known.set.remove(&oldest);
        }
    }

    /// Reads such a file.
    pub(crate) async fn read(&self, uri: &str, language: &str) -> Result<Source, CallError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).set.contains(uri);
        let path = file_path(uri).filter(|_| known).ok_or_else(|| {
            CallError::new(
                ErrorCode::Forbidden,
                "no language server has pointed at this file; go to the definition again",
            )
            .because("source-unknown", &[])
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = blocking(move || read(&path)).await.map_err(|error| {
            let code = match error {
                FileError::Io(_) => ErrorCode::NotFound,
                FileError::NotRegular | FileError::TooLarge { .. } => ErrorCode::Unsupported,
            };
            error.of(code, &name.escape_debug().to_string())
        })?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Source { name, text, language: language.to_owned() })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    let (file, metadata) = files::open_anywhere(path)?;
    if metadata.len() > MAX_SIZE {
        return Err(FileError::TooLarge { limit: MAX_SIZE });
    }
    let mut bytes = Vec::new();
    file.take(MAX_SIZE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn only_what_was_pointed_at_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lib.rs");
        std::fs::write(&file, "pub fn x() {}").unwrap();
        let uri = format!("file://{}", file.display());
        let (root, sources) = (Root::new("/w".into()), Sources::default());
        assert_eq!(sources.read(&uri, "rust").await.unwrap_err().code, ErrorCode::Forbidden);
        sources
            .remember(&root, &json!([{ "targetUri": uri }, { "location": { "uri": "file:///w/a.rs" } }, 7]));
        let source = sources.read(&uri, "rust").await.unwrap();
        assert_eq!((&*source.name, &*source.text), ("lib.rs", "pub fn x() {}"));
        assert_eq!(sources.read("file:///w/a.rs", "rust").await.unwrap_err().code, ErrorCode::Forbidden);
        // A server may point at anything; nothing of it is waited for.
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)
            .unwrap();
        for (path, reason) in [
            (pipe.as_path(), "it is not a regular file"),
            (folder.path(), "it is not a regular file"),
            (Path::new("/dev/zero"), "it is not a regular file"),
        ] {
            let uri = format!("file://{}", path.display());
            sources.remember(&root, &json!({ "uri": uri }));
            let refused = sources.read(&uri, "rust").await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::Unsupported);
            assert!(refused.message.ends_with(reason), "{refused}");
        }
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let (root, sources) = (Root::new("/w".into()), Sources::default());
        for number in 0..MAX_KNOWN + 5 {
            sources.remember(&root, &json!({ "uri": format!("file:///x/{number}") }));
        }
        let known = sources.known.lock().unwrap();
        assert_eq!((known.set.len(), known.order.len()), (MAX_KNOWN, MAX_KNOWN));
        assert!(!known.set.contains("file:///x/4") && known.set.contains("file:///x/5"));
    }
}
