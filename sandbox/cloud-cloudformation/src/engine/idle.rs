//! What of a resource's properties is taken and changes nothing here: what its type's schema has, less what its provider
//! does.

use cloud_core::ports::ResourceProvider;
use serde_json::Value;

use crate::schemas::ResourceSchema;

/// The properties that were given in vain, as a person reads them: each by its name, and why.
pub(super) fn said(
    provider: &dyn ResourceProvider,
    schema: &ResourceSchema,
    properties: &Value,
) -> Vec<String> {
    let mut said = Vec::new();
    visit(provider, schema, "", properties, &mut said);
    said.extend(provider.remarks(properties));
    said
}

fn visit(
    provider: &dyn ResourceProvider,
    schema: &ResourceSchema,
    inside: &str,
    value: &Value,
    said: &mut Vec<String>,
) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = format!("{inside}{name}");
        match done(provider.effective(), &path) {
            Done::Wholly => {}
            Done::InPart => visit(provider, schema, &format!("{path}."), value, said),
            Done::Not if !asks(value) || schema.default(&path) == Some(value) => {}
            Done::Not => match provider.idle(&path, value) {
                None => {}
                Some("") => said.push(path),
                Some(why) => said.push(format!("{path} ({why})")),
            },
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
