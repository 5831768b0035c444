//! One resource of a stack, as it is now.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::status::ResourceStatus;
use crate::template::Policy;

/// One resource of a stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// Its name in the template.
    pub logical_id: String,
    /// Its type.
    pub type_name: String,
    /// Its name outside of the template, once it exists.
    pub physical_id: Option<String>,
    /// What `Ref` answers where that is not the physical id.
    pub ref_value: Option<String>,
    /// What `Fn::GetAtt` answers.
    pub attributes: Map<String, Value>,
    /// The properties that were last applied, or tried.
    pub properties: Value,
    /// The template's metadata of it.
    pub metadata: Value,
    /// What becomes of it when the stack no longer wants it.
    pub deletion_policy: Policy,
    /// What becomes of it when another takes its place.
    pub replace_policy: Policy,
    /// The resources that must be there before it, and so must go after it.
    pub needs: Vec<String>,
    /// How it is.
    pub status: ResourceStatus,
    /// Why, if something went wrong.
    pub reason: Option<String>,
    /// When that became so.
    pub at: Timestamp,
}

impl Resource {
    /// Whether there is anything of it outside of the template.
    pub fn is_made(&self) -> bool {
        self.physical_id.is_some()
    }

    /// What `Ref` answers.
    pub fn reference(&self) -> Option<&str> {
        self.ref_value.as_deref().or(self.physical_id.as_deref())
    }
}
