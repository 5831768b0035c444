//! Who is asking, and what a call needs: the whole permission model of a workspace in two enums.

use serde::{Deserialize, Serialize};

/// What a call does to a workspace; every method states one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Looks at files, problems and layout; changes nothing and reaches no credentials.
    View,
    /// Changes files or documents.
    Edit,
    /// Runs code, or reaches what code running here reaches: terminals, builds, functions, keys.
    Run,
    /// Decides about the workspace itself: whether what its folder brings along may run.
    Own,
}

/// What a member of a workspace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Reads along: no terminal, no credentials.
    Viewer,
    /// Edits and runs.
    Editor,
    /// Edits, runs, and decides about the workspace itself.
    Owner,
}

impl Role {
    /// Whether this role may make a call that needs `access`.
    pub fn may(self, access: Access) -> bool {
        match self {
            Self::Viewer => access == Access::View,
            Self::Editor => access != Access::Own,
            Self::Owner => true,
        }
    }
}

/// The person at the other end of a link, as the server authenticated them. The browser never states this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Principal {
    /// A stable name: layout is kept by it.
    pub user: String,
    /// What they may do in this workspace.
    pub role: Role,
}
