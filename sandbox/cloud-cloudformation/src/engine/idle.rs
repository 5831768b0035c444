//! What of a resource's properties is taken and changes nothing here: what its type's schema has, less what its provider
//! does.

use std::fmt;

use cloud_core::ports::ResourceProvider;
use serde_json::Value;

use crate::schemas::ResourceSchema;

/// A property that was given in vain.
pub(super) struct Idle {
    /// Its name, `Outer.Inner`.
    pub(super) path: String,
    /// Why it changes nothing, where there is more to say.
    pub(super) why: &'static str,
}

impl fmt::Display for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.why {
            "" => f.write_str(&self.path),
            why => write!(f, "{} ({why})", self.path),
        }
    }
}

/// What changes nothing here, as a person reads it.
pub(super) fn told(what: &str) -> String {
    format!("Without effect here: {what}")
}

/// The properties that were given in vain, as a person reads them: each by its name, and why.
pub(super) fn said(
    provider: &dyn ResourceProvider,
    schema: &ResourceSchema,
    properties: &Value,
) -> Vec<String> {
    let mut said: Vec<String> = of(provider, schema, properties).iter().map(ToString::to_string).collect();
    said.extend(provider.remarks(properties));
    said
}

/// The properties that were given in vain.
pub(super) fn of(provider: &dyn ResourceProvider, schema: &ResourceSchema, properties: &Value) -> Vec<Idle> {
    let mut found = Vec::new();
    visit(provider, schema, "", properties, &mut found);
    found
}

fn visit(
    provider: &dyn ResourceProvider,
    schema: &ResourceSchema,
    inside: &str,
    value: &Value,
    found: &mut Vec<Idle>,
) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = format!("{inside}{name}");
        match done(provider.effective(), &path) {
            Done::Wholly => {}
            Done::InPart => visit(provider, schema, &format!("{path}."), value, found),
            Done::Not if !asks(value) || schema.default(&path) == Some(value) => {}
            Done::Not => found.extend(provider.idle(&path, value).map(|why| Idle { path, why })),
        }
    }
}

/// How much of a property a provider does.
enum Done {
    Wholly,
    InPart,
    Not,
}

fn done(effective: &[&str], path: &str) -> Done {
    let is_inside = |name: &str| name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    if effective.contains(&path) {
        Done::Wholly
    } else if effective.iter().any(|name| is_inside(name)) {
        Done::InPart
    } else {
        Done::Not
    }
}

/// Whether a value asks for anything.
fn asks(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}
