//! What is open where: kept by the agent per person, so that another browser shows the same.

use serde::{Deserialize, Serialize};

use crate::requests;

requests! {
    Workspace Read "layout.load" = LoadLayout -> Option<Layout>;
    Workspace Read "layout.save" = SaveLayout -> ();
}

/// Largest layout kept, in bytes of JSON.
pub const MAX_LAYOUT: usize = 256 * 1024;

/// Asks for the caller's layout; none before the first save.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadLayout {}

/// Replaces the caller's layout.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SaveLayout {
    /// The new one.
    pub layout: Layout,
}

/// A layout: the browser's own business, kept as it is. Larger than [`MAX_LAYOUT`] is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Layout(pub serde_json::Value);
