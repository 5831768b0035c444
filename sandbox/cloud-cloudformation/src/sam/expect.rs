//! What a property's value has to be, and the words for where it is not.

use serde_json::{Map, Value};

use super::{Cause, Outcome};

/// The words for a value of the wrong kind.
pub(super) fn should_be(path: &str, kind: &str) -> String {
    format!("Property '{path}' should be a {kind}.")
}

/// A map.
pub(super) fn map<'a>(id: &str, path: &str, value: &'a Value) -> Outcome<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| Cause::resource(id, should_be(path, "map")))
}

/// A list.
pub(super) fn list<'a>(id: &str, path: &str, value: &'a Value) -> Outcome<&'a [Value]> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| Cause::resource(id, should_be(path, "list")))
}

/// Text.
pub(super) fn text<'a>(id: &str, path: &str, value: &'a Value) -> Outcome<&'a str> {
    value.as_str().ok_or_else(|| Cause::resource(id, should_be(path, "string")))
}

/// A list of texts.
pub(super) fn texts<'a>(id: &str, path: &str, value: &'a Value) -> Outcome<Vec<&'a str>> {
    let items = list(id, path, value)?;
    items.iter().enumerate().map(|(index, item)| text(id, &format!("{path}[{index}]"), item)).collect()
}

/// True or false.
pub(super) fn truth(id: &str, path: &str, value: &Value) -> Outcome<bool> {
    value.as_bool().ok_or_else(|| Cause::resource(id, should_be(path, "boolean")))
}

/// A value that has to be there.
pub(super) fn present<'a>(id: &str, path: &str, value: Option<&'a Value>) -> Outcome<&'a Value> {
    value
        .filter(|value| !value.is_null())
        .ok_or_else(|| Cause::resource(id, format!("Property '{path}' is required.")))
}
