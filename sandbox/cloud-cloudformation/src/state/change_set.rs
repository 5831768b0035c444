//! What a definition would change in a stack, to be looked at before it is done.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Finding;

/// One prepared change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeSet {
    /// Its ARN.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The stack's ARN.
    pub stack_id: String,
    /// The stack's name.
    pub stack_name: String,
    /// Whether it makes the stack.
    pub creates: bool,
    /// For people.
    pub description: Option<String>,
    /// When it was asked for.
    pub created: Timestamp,
    /// The id of the definition, unless it could not be made.
    pub definition: Option<String>,
    /// Why it cannot be executed.
    pub failure: Option<String>,
    /// Whether it is being, or was, executed.
    pub execution: Execution,
    /// What it would do.
    pub changes: Vec<Change>,
    /// What its template's resources were found wrong with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What tells the request for it from others, if it has a token.
    #[serde(default)]
    pub request: Option<Request>,
    /// What happens when its execution fails.
    pub on_failure: super::operation::OnFailure,
}

/// What tells one request from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The caller's token.
    pub token: String,
    /// The hash of all that was asked for.
    pub digest: String,
}

/// Whether a change set can be, is being, or was executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Execution {
    /// It could not be made, or the stack is no longer what it was.
    Unavailable,
    /// It can be executed.
    Available,
    /// It is being executed.
    InProgress,
    /// It was executed.
    Complete,
    /// Its execution failed.
    Failed,
    /// Another one was executed.
    Obsolete,
}

impl Execution {
    /// AWS's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unavailable => "UNAVAILABLE",
            Self::Available => "AVAILABLE",
            Self::InProgress => "EXECUTE_IN_PROGRESS",
            Self::Complete => "EXECUTE_COMPLETE",
            Self::Failed => "EXECUTE_FAILED",
            Self::Obsolete => "OBSOLETE",
        }
    }
}

/// What would be done to one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What.
    pub action: ChangeAction,
    /// The resource's name in the template.
    pub logical_id: String,
    /// Its name outside of it, if it exists.
    pub physical_id: Option<String>,
    /// Its type.
    pub type_name: String,
    /// Whether another would take its place.
    pub replacement: Replacement,
    /// The properties that differ, and whether each makes another necessary.
    pub properties: Vec<(String, bool)>,
    /// The properties that may make another resource necessary, which only its maker knows.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub conditional: BTreeSet<String>,
    /// What the properties differ by, where that is something that they refer to.
    #[serde(default)]
    pub causes: BTreeMap<String, Vec<Cause>>,
    /// Whether its metadata differ.
    pub metadata: bool,
    /// Whether it would be left alone rather than removed.
    pub retained: bool,
    /// Its properties as they are, where it is there and they are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Map<String, Value>>,
    /// Its properties as they will be, as far as that is known, where it will be there and they are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Map<String, Value>>,
}

/// What makes a property differ besides itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// The value of a parameter.
    Parameter(String),
    /// What a resource is called.
    Resource(String),
    /// What a resource answers: its name, a dot, the attribute.
    Attribute(String),
}

/// What would be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangeAction {
    /// It is made.
    Add,
    /// It is changed.
    Modify,
    /// It goes.
    Remove,
}

/// Whether another takes a resource's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Replacement {
    /// Yes.
    True,
    /// No.
    False,
    /// It depends on values that are not known yet.
    Conditional,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_from_before_values_were_kept_are_read() {
        let old = r#"{"action": "Modify", "logical_id": "A", "physical_id": "a", "type_name": "Test::Thing",
            "replacement": "False", "properties": [["Value", false]], "metadata": false, "retained": false}"#;
        let change: Change = serde_json::from_str(old).unwrap();
        assert_eq!((change.before, change.after, change.causes.len()), (None, None, 0));
    }
}
