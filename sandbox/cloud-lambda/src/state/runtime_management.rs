//! When the runtime of a version is updated.

use serde::{Deserialize, Serialize};

use crate::shapes::UpdateRuntimeOn;

/// What was asked for.
// LIMIT: there is one version of each runtime, so there is nothing to update.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RuntimeManagement {
    pub(crate) update_on: UpdateRuntimeOn,
    /// The runtime's version that it is to stay with, where that is decided by hand.
    pub(crate) version: Option<String>,
}

impl Default for RuntimeManagement {
    fn default() -> Self {
        Self { update_on: UpdateRuntimeOn::Auto, version: None }
    }
}
