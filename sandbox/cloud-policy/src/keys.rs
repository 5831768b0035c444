//! The keys of a request: what conditions and variables of policies are about.

use std::collections::BTreeMap;

/// Condition keys with their values. Names are told apart without regard to case.
// AWS: "Condition key names are not case-sensitive", tag keys within them included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys(BTreeMap<String, Vec<String>>);

impl Keys {
    /// A key with one value; what it had is gone.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_lowercase(), vec![value.into()]);
    }

    /// A key with several values, or with none; what it had is gone.
    pub fn set_all(&mut self, name: &str, values: Vec<String>) {
        self.0.insert(name.to_lowercase(), values);
    }

    /// The values of a key, whose name is in lower case; none if it is not there.
    pub(crate) fn get(&self, lower: &str) -> Option<&[String]> {
        self.0.get(lower).map(Vec::as_slice)
    }

    /// The value of a key that has one; a variable can stand for no other.
    // AWS: multivalued keys cannot be used as policy variables.
    pub(crate) fn single(&self, lower: &str) -> Option<&str> {
        match self.get(lower) {
            Some([value]) => Some(value),
            _ => None,
        }
    }
}
