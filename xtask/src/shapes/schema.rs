//! One resource type's schema, reduced to what decides about a template: no prose, no permissions, no choices between
//! shapes but those between required properties.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

/// What is kept of the whole, besides its properties.
const LISTS: [&str; 6] = [
    "conditionalCreateOnlyProperties",
    "createOnlyProperties",
    "deprecatedProperties",
    "primaryIdentifier",
    "readOnlyProperties",
    "writeOnlyProperties",
];

/// What is kept of a shape as it is.
const FACTS: [&str; 12] = [
    "additionalProperties",
    "default",
    "enum",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "pattern",
    "type",
    "uniqueItems",
];

/// What cfn-lint makes of a text, for CloudFormation makes a text of most of it.
const WIDENED: [&str; 6] = ["string", "number", "integer", "object", "array", "boolean"];

/// How many references may lead from one to the next.
const CHAIN: usize = 8;

type Object = Map<String, Value>;

/// The reduced schema.
pub(crate) fn reduce(schema: &Object) -> Result<Value> {
    let whole = Whole(schema);
    let mut reduced = whole.shape(schema)?;
    for name in LISTS {
        if let Some(list) = schema.get(name) {
            reduced.insert(name.to_owned(), list.clone());
        }
    }
    let definitions = schema.get("definitions").and_then(Value::as_object);
    if let Some(definitions) = definitions.filter(|definitions| !definitions.is_empty()) {
        reduced.insert("definitions".to_owned(), whole.shapes(definitions)?);
    }
    Ok(reduced.into())
}

/// The schema that references are looked up in.
struct Whole<'a>(&'a Object);

impl Whole<'_> {
    fn shapes(&self, shapes: &Object) -> Result<Value> {
        let shape = |(name, shape): (&String, &Value)| {
            let shape = shape.as_object().with_context(|| format!("{name} is no object"))?;
            Ok((name.clone(), self.shape(shape)?.into()))
        };
        shapes.iter().map(shape).collect::<Result<Object>>().map(Value::Object)
    }

    fn shape(&self, shape: &Object) -> Result<Object> {
        let mut reduced = Object::new();
        if let Some(reference) = shape.get("$ref") {
            // What stands beside a reference says nothing about types.
            reduced.insert("$ref".to_owned(), reference.clone());
            return Ok(reduced);
        }
        for name in FACTS {
            // AWS: objects are open unless their schema says otherwise.
            let says =
                shape.get(name).filter(|value| !matches!((name, value), ("uniqueItems", Value::Bool(false))));
            reduced.extend(says.map(|value| (name.to_owned(), value.clone())));
        }
        if reduced.get("type").is_some_and(|kinds| *kinds == json!(WIDENED)) {
            reduced.insert("type".to_owned(), "string".into());
        }
        for name in ["properties", "patternProperties"] {
            if let Some(members) = shape.get(name).and_then(Value::as_object) {
                reduced.insert(name.to_owned(), self.shapes(members)?);
            }
        }
        if let Some(items) = shape.get("items").and_then(Value::as_object) {
            reduced.insert("items".to_owned(), self.shape(items)?.into());
        }
        if let Some(required) = shape.get("required").filter(|list| **list != json!([])) {
            reduced.insert("required".to_owned(), required.clone());
        }
        for name in ["allOf", "anyOf", "oneOf"] {
            if let Some(branches) = shape.get(name).and_then(Value::as_array) {
                self.choose(&mut reduced, name, branches)?;
            }
        }
        Ok(reduced)
    }

    /// Takes from branches what all who choose one may have. Choices between required properties stay choices.
    fn choose(&self, reduced: &mut Object, name: &str, branches: &[Value]) -> Result<()> {
        let alone = |branch: &Value| {
            let branch = branch.as_object().filter(|branch| branch.len() == 1);
            branch.and_then(|branch| branch.get("required")).filter(|list| list.is_array()).cloned()
        };
        let required: Option<Vec<Value>> = branches.iter().map(alone).collect();
        match required {
            Some(lists) if name == "allOf" => {
                let lists = lists.iter().filter_map(Value::as_array).flatten().cloned();
                let own = reduced.entry("required").or_insert_with(|| json!([]));
                own.as_array_mut().context("required is no list")?.extend(lists);
            }
            Some(lists) => {
                reduced.insert(name.to_owned(), lists.into());
            }
            None => {
                let branches = branches.iter().filter_map(Value::as_object);
                let branches = branches.map(|branch| self.shape(self.named(branch)?));
                let branches = branches.collect::<Result<Vec<_>>>()?;
                let closed =
                    |branch: &Object| branch.get("additionalProperties") == Some(&Value::Bool(false));
                if !reduced.contains_key("properties") && branches.iter().all(closed) {
                    reduced.insert("additionalProperties".to_owned(), false.into());
                }
                for branch in branches {
                    admit(reduced, branch);
                }
            }
        }
        Ok(())
    }

    /// The shape that a reference names.
    fn named<'s>(&'s self, shape: &'s Object) -> Result<&'s Object> {
        let mut shape = shape;
        for _ in 0..CHAIN {
            let Some(reference) = shape.get("$ref").and_then(Value::as_str) else { return Ok(shape) };
            let mut steps = reference.trim_start_matches("#/").split('/');
            let found = steps.try_fold(self.0, |at, step| at.get(step)?.as_object());
            shape = found.with_context(|| format!("nothing is named {reference}"))?;
        }
        anyhow::bail!("references lead in a circle")
    }
}

/// Widens a shape so that what another allows is allowed, too.
fn admit(shape: &mut Object, other: Object) {
    let typed = shape.contains_key("type");
    for (name, value) in other {
        match (name.as_str(), shape.get_mut(&name)) {
            ("properties" | "patternProperties", Some(Value::Object(present))) => {
                for (member, wanted) in value.as_object().into_iter().flatten() {
                    match present.get_mut(member) {
                        Some(present) if present != wanted => *present = either(present, wanted),
                        Some(_) => {}
                        None => {
                            present.insert(member.clone(), wanted.clone());
                        }
                    }
                }
            }
            ("properties" | "patternProperties" | "items" | "type", None) => {
                shape.insert(name, value);
            }
            ("items", Some(present)) if *present != value => *present = either(present, &value),
            ("type", Some(present)) if !typed => *present = types(present, &value),
            _ => {}
        }
    }
}

/// A shape that two shapes fit.
fn either(one: &Value, other: &Value) -> Value {
    let open = || json!({});
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else { return open() };
    match (one.get("type"), other.get("type")) {
        (Some(Value::String(kind)), Some(Value::String(same))) if kind == same => {
            let mut wide: Object =
                one.iter().filter(|(name, _)| *name != "required" && !is_constraint(name)).map(own).collect();
            admit(&mut wide, other.clone());
            wide.into()
        }
        _ => open(),
    }
}

fn own((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

fn is_constraint(name: &str) -> bool {
    name.starts_with("max")
        || name.starts_with("min")
        || matches!(name, "enum" | "pattern" | "default" | "uniqueItems")
}

fn types(one: &Value, other: &Value) -> Value {
    let list = |value: &Value| match value {
        Value::Array(list) => list.clone(),
        single => vec![single.clone()],
    };
    let mut both = list(one);
    both.extend(list(other).into_iter().filter(|kind| !list(one).contains(kind)));
    match both.as_slice() {
        [single] => single.clone(),
        _ => both.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schema: &Value, expected: &Value) {
        assert_eq!(&reduce(schema.as_object().unwrap()).unwrap(), expected);
    }

    #[test]
    fn prose_goes_and_facts_stay() {
        check(
            &json!({
                "description": "d", "properties": { "A": { "description": "d", "type": "string", "minLength": 1 } },
                "required": [], "readOnlyProperties": ["/properties/A"], "handlers": {},
                "definitions": { "D": { "$ref": "#/definitions/E" }, "E": { "type": "array", "items": { "format": "f" } } },
            }),
            &json!({
                "properties": { "A": { "minLength": 1, "type": "string" } }, "readOnlyProperties": ["/properties/A"],
                "definitions": { "D": { "$ref": "#/definitions/E" }, "E": { "type": "array", "items": {} } },
            }),
        );
    }

    #[test]
    fn texts_are_texts() {
        check(&json!({ "type": WIDENED }), &json!({ "type": "string" }));
        check(&json!({ "type": ["object", "string"] }), &json!({ "type": ["object", "string"] }));
    }

    #[test]
    fn choices_between_required_properties_stay_and_others_admit_all() {
        check(
            &json!({ "oneOf": [{ "required": ["A"] }, { "required": ["B"] }] }),
            &json!({ "oneOf": [["A"], ["B"]] }),
        );
        check(
            &json!({ "anyOf": [
                { "$ref": "#/definitions/D" },
                { "type": "object", "additionalProperties": false, "properties": { "B": { "type": "string" }, "A": { "type": "string", "enum": ["y"] } } },
            ], "definitions": { "D": {
                "type": "object", "required": ["A"], "properties": { "A": { "type": "string", "enum": ["x"] } },
                "additionalProperties": false,
            } } }),
            &json!({
                "additionalProperties": false, "type": "object",
                "properties": { "A": { "type": "string" }, "B": { "type": "string" } },
                "definitions": { "D": {
                    "additionalProperties": false, "type": "object",
                    "properties": { "A": { "enum": ["x"], "type": "string" } }, "required": ["A"],
                } },
            }),
        );
    }
}
