//! The workspace as a whole: what a tab asks first.

use serde::{Deserialize, Serialize};

use crate::requests;

requests! {
    Workspace Read "workspace.describe" = DescribeWorkspace -> Workspace;
}

/// Asks for what a tab shows around everything else.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescribeWorkspace {}

/// What a workspace is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workspace {
    /// Its name: the folder's.
    pub name: String,
    /// Its folder on the machine, as its terminals show it.
    pub folder: String,
    /// Who asks, and what they may do.
    pub principal: crate::Principal,
    /// Base address of its cloud, `http://127.0.0.1:4566`.
    pub cloud_url: String,
    /// The cloud's region.
    pub region: String,
    /// The cloud's account.
    pub account_id: String,
    /// The isolation that functions really get here, in words.
    pub isolation: String,
    /// The file to open when nobody has opened one yet.
    pub welcome_file: Option<crate::WorkspacePath>,
}
