//! A tab.

use protocol::WorkspacePath;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an editor tab shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// A file outside of the workspace, by its URI, to read only.
    Source {
        /// Where it is.
        uri: String,
    },
    /// Both sides of a conflict.
    Compare {
        /// Of which file.
        path: WorkspacePath,
    },
    /// A view, also one that only another version of this program has.
    View {
        /// Which.
        id: String,
        /// What it is about.
        #[serde(default)]
        args: Value,
    },
}

impl Tab {
    /// A tab for a file.
    pub fn file(path: WorkspacePath) -> Self {
        Self::File { path, view: Value::Null }
    }

    /// What tells it from all other tabs.
    pub fn key(&self) -> String {
        match self {
            Self::File { path, .. } => format!("file:{path}"),
            Self::Source { uri } => uri.replacen("file:", "source:", 1),
            Self::Compare { path } => format!("compare:{path}"),
            Self::View { id, args } => format!("view:{id}:{args}"),
        }
    }

    /// The workspace's file it is about.
    pub fn path(&self) -> Option<&WorkspacePath> {
        match self {
            Self::File { path, .. } | Self::Compare { path } => Some(path),
            Self::Source { .. } | Self::View { .. } => None,
        }
    }
}
