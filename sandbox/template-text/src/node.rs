//! The tree that a template's text makes: raw scalars with their style, and where each thing began.

use std::collections::HashMap;
use std::fmt;

use serde_json::{Map, Value};

use super::scalar;

/// A place in the text, counted from one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Without quotes: its text decides what it is.
    Plain,
    /// In quotes or as a block: text.
    Quoted,
}

/// One thing in a template's text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// Where it began.
    pub(super) mark: Mark,
    /// What it is.
    pub(super) kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// Text, number, truth or nothing.
    Scalar(String, Style),
    /// A list.
    Sequence(Vec<Node>),
    /// A map in the order of the text; every key once.
    Mapping(Vec<Entry>),
}

/// One member of a map.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// Where the key began.
    pub(super) mark: Mark,
    /// The key.
    pub(super) key: String,
    /// The value.
    pub(super) value: Node,
}

/// The members of a map in the making. Of two with the same key the later one counts, at the place of the first.
// AWS: CloudFormation takes the last of several members of one name, in JSON as in YAML.
#[derive(Default)]
pub(super) struct Entries {
    list: Vec<Entry>,
    places: HashMap<String, usize>,
}

impl Entries {
    pub(super) fn add(&mut self, entry: Entry) {
        let place = *self.places.entry(entry.key.clone()).or_insert(self.list.len());
        match self.list.get_mut(place) {
            Some(earlier) => *earlier = entry,
            None => self.list.push(entry),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn finish(self) -> Kind {
        Kind::Mapping(self.list)
    }
}

impl Node {
    /// The value that functions and resources see.
    pub(super) fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Scalar(text, Style::Quoted) => Value::String(text.clone()),
            Kind::Scalar(text, Style::Plain) => scalar::resolve(text),
            Kind::Sequence(items) => items.iter().map(Node::to_value).collect(),
            Kind::Mapping(entries) => Value::Object(to_map(entries)),
        }
    }

    /// The mark of the deepest node that the steps reach.
    pub(super) fn locate(&self, steps: &[String]) -> Mark {
        let Some((step, rest)) = steps.split_first() else { return self.mark };
        match &self.kind {
            Kind::Scalar(..) => self.mark,
            Kind::Sequence(items) => step
                .parse()
                .ok()
                .and_then(|index: usize| items.get(index))
                .map_or(self.mark, |item| item.locate(rest)),
            Kind::Mapping(entries) => {
                entries.iter().find(|entry| entry.key == *step).map_or(self.mark, |entry| entry.locate(rest))
            }
        }
    }
}

impl Entry {
    /// A member is found at its key, what is inside of it at its own place.
    fn locate(&self, steps: &[String]) -> Mark {
        if steps.is_empty() { self.mark } else { self.value.locate(steps) }
    }
}

fn to_map(entries: &[Entry]) -> Map<String, Value> {
    entries.iter().map(|entry| (entry.key.clone(), entry.value.to_value())).collect()
}
