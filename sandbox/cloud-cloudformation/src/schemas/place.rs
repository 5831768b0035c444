//! Where a property is in a schema, `/properties/Rules/*/Id`, and in a resource's properties.

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A property, of the resource or of a property of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place(Vec<String>);

/// Any element of a list, or any member of a map.
const ANY: &str = "*";

impl Place {
    /// The resource's property that it is, or is inside of.
    pub(super) fn property(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// Whether it is that one, where an element has its index.
    pub(super) fn is(&self, steps: &[String]) -> bool {
        self.0.len() == steps.len() && self.0.iter().zip(steps).all(|(own, step)| own == ANY || own == step)
    }

    /// What is there, each element's own where it is inside of a list.
    pub(super) fn values<'v>(&self, properties: &'v Value) -> Vec<&'v Value> {
        let mut found = vec![properties];
        for step in &self.0 {
            found = found.into_iter().flat_map(|value| inside(value, step)).collect();
        }
        found
    }
}

fn inside<'v>(value: &'v Value, step: &str) -> Vec<&'v Value> {
    match (value, step) {
        (Value::Array(items), ANY) => items.iter().collect(),
        (Value::Object(members), ANY) => members.values().collect(),
        // Some schemas leave out that there is a list.
        (Value::Array(items), name) => items.iter().filter_map(|item| item.get(name)).collect(),
        (value, name) => value.get(name).into_iter().collect(),
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("/"))
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let steps = text.strip_prefix("/properties/").unwrap_or(&text).split('/');
        // Some schemas write the way through the schema, others the way through the value.
        Ok(Self(steps.filter(|step| *step != "properties").map(step_of).collect()))
    }
}

fn step_of(step: &str) -> String {
    if step == "items" { ANY.to_owned() } else { step.to_owned() }
}
