//! A tab: what is open in a group of editors.

use protocol::WorkspacePath;
use serde::Deserialize;
use serde_json::Value;

use super::follow;
use crate::json::{self, object};

/// What an editor tab shows.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tab {
    /// A file of the workspace.
    File {
        /// Which.
        path: WorkspacePath,
        /// Cursor and scroll position, the editor's own business.
        #[serde(default)]
        view: Value,
    },
    /// A view, also one that only another version of this program has.
    View {
        /// Which.
        id: String,
        /// What it is about. A member `path` is a file of the workspace, which it follows.
        #[serde(default)]
        args: Value,
    },
    /// What only another version can read, as that one kept it.
    #[serde(skip)]
    Unknown(Value),
}

impl Tab {
    /// A tab for a file.
    pub fn file(path: WorkspacePath) -> Self {
        Self::File { path, view: Value::Null }
    }

    /// A tab for a file outside of the workspace, by its URI, to read only.
    pub fn source(uri: &str) -> Self {
        Self::View { id: "source".to_owned(), args: object([("uri", uri.into())]) }
    }

    /// A tab for both sides of a conflict.
    pub fn compare(path: &WorkspacePath) -> Self {
        Self::View { id: "compare".to_owned(), args: object([("path", path.as_str().into())]) }
    }

    /// A tab of a view that is about one thing, which a member of its arguments names.
    pub fn about(view: &str, member: &'static str, what: &str) -> Self {
        Self::View { id: view.to_owned(), args: object([(member, what.into())]) }
    }

    /// What tells it from all other tabs of its group.
    pub fn key(&self) -> String {
        match self {
            Self::File { path, .. } => format!("file:{path}"),
            Self::View { id, args } => format!("view:{id}:{}", json::text(args)),
            Self::Unknown(kept) => format!("unknown:{}", json::text(kept)),
        }
    }

    /// Whether it is the only one of its kind: what its page holds while it is being changed is nowhere else.
    pub fn is_only(&self) -> bool {
        matches!(self, Self::View { args: Value::Null, .. })
    }

    /// The workspace's file it is about.
    pub fn path(&self) -> Option<WorkspacePath> {
        match self {
            Self::File { path, .. } => Some(path.clone()),
            Self::View { args, .. } => WorkspacePath::parse(args.get("path")?.as_str()?).ok(),
            Self::Unknown(_) => None,
        }
    }

    /// Follows a file or folder that was moved.
    pub(super) fn moved(&mut self, from: &WorkspacePath, to: &WorkspacePath) {
        let Some(moved) = self.path().map(|path| follow(&path, from, to)) else { return };
        match self {
            Self::File { path, .. } => *path = moved,
            Self::View { args, .. } => args["path"] = moved.as_str().into(),
            Self::Unknown(_) => {}
        }
    }

    /// Reads one as it was kept, by this version or before.
    pub(super) fn read(kept: Value) -> Self {
        if let Some(path) = kept.pointer("/compare/path").and_then(Value::as_str) {
            return Self::View { id: "compare".to_owned(), args: object([("path", path.into())]) };
        }
        if let Some(uri) = kept.pointer("/source/uri").and_then(Value::as_str) {
            return Self::source(uri);
        }
        json::read_tree(kept.clone()).unwrap_or(Self::Unknown(kept))
    }

    /// As it is kept.
    pub(super) fn write(&self) -> Value {
        match self {
            Self::File { path, view } => {
                let file = object([("path", path.as_str().into()), ("view", view.clone())]);
                object([("file", file)])
            }
            Self::View { id, args } => {
                object([("view", object([("id", id.as_str().into()), ("args", args.clone())]))])
            }
            Self::Unknown(kept) => kept.clone(),
        }
    }
}
