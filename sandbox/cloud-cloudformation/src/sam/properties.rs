//! What kind each property of a serverless type must be, and the check in the words of AWS's transform.
//! The tables themselves are in `schemas` and beside the events.

use serde_json::Value;

use super::resource::Properties;
use super::{Cause, Outcome};

/// What a property must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whatever it is, it is passed on.
    Any,
    /// Text.
    Text,
    /// A map.
    Map,
    /// A list.
    List,
    /// A whole number.
    Integer,
    /// True or false.
    Truth,
    /// One of these texts.
    Word(&'static [&'static str]),
    /// Any of these kinds.
    OneOf(&'static [Kind]),
    /// A list of one kind.
    ListOf(&'static Kind),
    /// A map to one kind.
    MapOf(&'static Kind),
}

/// A property.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    name: &'static str,
    kind: Kind,
    required: bool,
    functions: bool,
}

impl Field {
    /// No function may stand for it.
    pub(super) const fn literal(self) -> Self {
        Self { functions: false, ..self }
    }
}

/// A property that may be left out.
pub(super) const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false, functions: true }
}

/// A property that must be there.
pub(super) const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true, functions: true }
}

/// A property that is passed on unseen.
pub(super) const fn passed(name: &'static str) -> Field {
    may(name, Kind::Any)
}

/// Mark of APIs whose definition this transform writes, between its own steps.
pub(super) const MANAGED: &str = "__MANAGE_SWAGGER";

/// Checks that all properties are known, those that must be there are, and each is of its kind.
pub(super) fn check(properties: &Properties<'_>, type_name: &str, known: &[Field]) -> Outcome<()> {
    let is_known = |name: &str| name == MANAGED || known.iter().any(|field| field.name == name);
    if let Some(name) = properties.names().find(|name| !is_known(name)) {
        let reason = format!("property {name} not defined for resource of type {type_name}");
        return Err(Cause::resource(properties.id, reason));
    }
    known.iter().try_for_each(|field| check_field(properties, field))
}

fn check_field(properties: &Properties<'_>, field: &Field) -> Outcome<()> {
    let Some(value) = properties.get(field.name) else {
        return if field.required {
            let reason = format!("Missing required property '{}'.", field.name);
            Err(Cause::resource(properties.id, reason))
        } else {
            Ok(())
        };
    };
    // AWS: here every map with one member is taken for a function.
    let function = field.functions && value.as_object().is_some_and(|members| members.len() == 1);
    if function || fits(value, field.kind) {
        return Ok(());
    }
    Err(Cause::resource(properties.id, complaint(field)))
}

fn fits(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::Any => true,
        Kind::Text => value.is_string(),
        Kind::Map => value.is_object(),
        Kind::List => value.is_array(),
        // AWS: true and false count as numbers there.
        Kind::Integer => value.is_i64() || value.is_u64() || value.is_boolean(),
        Kind::Truth => value.is_boolean(),
        Kind::Word(words) => value.as_str().is_some_and(|text| words.contains(&text)),
        Kind::OneOf(kinds) => kinds.iter().any(|kind| fits(value, *kind)),
        Kind::ListOf(kind) => {
            value.as_array().is_some_and(|items| items.iter().all(|item| fits(item, *kind)))
        }
        Kind::MapOf(kind) => {
            value.as_object().is_some_and(|members| members.values().all(|member| fits(member, *kind)))
        }
    }
}

fn complaint(field: &Field) -> String {
    let expected = match field.kind {
        Kind::Text => "string".to_owned(),
        Kind::Map => "map".to_owned(),
        Kind::Word(words) => one_of(words),
        _ => return format!("Type of property '{}' is invalid.", field.name),
    };
    format!("Property '{}' should be a {expected}.", field.name)
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    match quoted.as_slice() {
        [one] => format!("the string {one}"),
        [one, other] => format!("one of the strings: {one} or {other}"),
        [most @ .., last] => format!("one of the strings: {}, or {last}", most.join(", ")),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KNOWN: &[Field] = &[
        must("Must", Kind::Any),
        may("Text", Kind::Text),
        may("Literal", Kind::Truth).literal(),
        may("Word", Kind::Word(&["a", "b"])),
        may("Texts", Kind::OneOf(&[Kind::Text, Kind::ListOf(&Kind::Text)])),
    ];

    #[test]
    fn every_kind_of_complaint() {
        for (given, expected) in [
            (json!({"Must": 1, "Text": {"Ref": "P"}, "Literal": true, "Word": "a", "Texts": ["t"]}), ""),
            (json!({"Text": "t"}), "Missing required property 'Must'."),
            (json!({"Must": 1, "Other": 1}), "property Other not defined for resource of type T"),
            (json!({"Must": 1, "Text": 1}), "Property 'Text' should be a string."),
            (json!({"Must": 1, "Literal": {"Ref": "P"}}), "Type of property 'Literal' is invalid."),
            (json!({"Must": 1, "Word": "c"}), "Property 'Word' should be a one of the strings: 'a' or 'b'."),
            (json!({"Must": 1, "Texts": [1]}), "Type of property 'Texts' is invalid."),
        ] {
            let resource = json!({ "Properties": given });
            let found = check(&Properties::of("X", &resource), "T", KNOWN).err();
            let expected =
                (!expected.is_empty()).then(|| format!("Resource with id [X] is invalid. {expected}"));
            assert_eq!(found.map(|cause| cause.message), expected);
        }
    }
}
