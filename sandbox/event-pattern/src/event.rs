//! An event: JSON, read from a text or put together.

use crate::Wrong;
use crate::json::{self, Node, Value};

/// How deep values of an event may lie in one another.
const DEEPEST: usize = 127;

/// What a pattern is compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Event(pub(crate) Value);

impl Event {
    /// Reads one from a text.
    pub fn read(text: &str) -> Result<Self, Wrong> {
        json::read(text, DEEPEST).map(|node| Self(node.value))
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self(Value::Text(text.into()))
    }

    /// An object of members.
    pub fn object<N: Into<String>>(members: impl IntoIterator<Item = (N, Self)>) -> Self {
        let members = members.into_iter().map(|(name, Self(value))| (name.into(), Node::made(value)));
        Self(Value::Object(members.collect()))
    }

    /// Sets a member of an object; anything else stays as it is.
    pub fn set(&mut self, name: &str, Self(value): Self) {
        let Value::Object(members) = &mut self.0 else { return };
        match members.iter_mut().find(|(other, _)| other == name) {
            Some((_, node)) => *node = Node::made(value),
            None => members.push((name.to_owned(), Node::made(value))),
        }
    }

    /// Whether it holds others.
    pub fn is_object_or_array(&self) -> bool {
        matches!(self.0, Value::Object(_) | Value::Array(_))
    }
}

/// Its numbers are written as that tree writes them.
impl From<&serde_json::Value> for Event {
    fn from(value: &serde_json::Value) -> Self {
        Self(match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(truth) => Value::Truth(*truth),
            serde_json::Value::Number(number) => Value::Number(number.to_string()),
            serde_json::Value::String(text) => Value::Text(text.clone()),
            serde_json::Value::Array(elements) => {
                Value::Array(elements.iter().map(|element| Node::made(Self::from(element).0)).collect())
            }
            serde_json::Value::Object(members) => {
                let member = |(name, value): (&String, _)| (name.clone(), Node::made(Self::from(value).0));
                Value::Object(members.iter().map(member).collect())
            }
        })
    }
}
