//! JSON as another reader has it: `serde_json`'s tree, and what that is by a schema.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_wire::{Kind, Schema, Value, timestamp};
use serde_json::Value as Tree;

use crate::values::only;

/// Whether the tree of a text lacks something of it: it forgets the first of two members of one name.
pub(crate) fn forgets(text: &[u8], tree: &Tree) -> bool {
    colons(text) != members(tree)
}

/// Colons outside of strings: one for each member.
fn colons(text: &[u8]) -> usize {
    let (mut count, mut inside, mut escaped) = (0, false, false);
    for byte in text {
        match byte {
            b'"' if !escaped => inside = !inside,
            b':' if !inside => count += 1,
            _ => {}
        }
        escaped = inside && *byte == b'\\' && !escaped;
    }
    count
}

fn members(tree: &Tree) -> usize {
    match tree {
        Tree::Array(elements) => elements.iter().map(members).sum(),
        Tree::Object(entries) => entries.len() + entries.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// A tree as a value of the schema; none where it is not of it.
pub(crate) fn model(tree: &Tree, schema: &Schema) -> Option<Value> {
    Some(match (tree, schema.kind) {
        (Tree::Null, _) => Value::Null,
        (Tree::Bool(flag), Kind::Boolean) => Value::Boolean(*flag),
        (Tree::String(text), Kind::String(_)) => Value::String(text.clone()),
        (Tree::String(text), Kind::Blob) => Value::Blob(STANDARD.decode(text).ok()?.into()),
        (Tree::String(text), Kind::Timestamp(_)) => Value::Timestamp(timestamp::parse(text)?),
        (Tree::String(text), Kind::Float) => Value::Float(match text.as_str() {
            "NaN" => f64::NAN,
            "Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            _ => return None,
        }),
        (Tree::Number(number), Kind::Float) => Value::Float(number.as_f64()?),
        (Tree::Number(number), Kind::Timestamp(_)) => {
            Value::Timestamp(timestamp::from_seconds(number.as_f64()?)?)
        }
        (Tree::Number(number), Kind::Integer) => {
            let whole = |float: f64| (float.fract() == 0.0 && float.abs() < 9.0e15).then_some(float as i64);
            let float = || number.as_f64().filter(|_| !number.is_u64()).and_then(whole);
            Value::Integer(number.as_i64().or_else(float)?)
        }
        (Tree::Array(elements), Kind::List { element, .. }) => {
            Value::List(elements.iter().map(|tree| model(tree, element)).collect::<Option<_>>()?)
        }
        (Tree::Object(entries), Kind::Map { value, .. }) => {
            let entry = |(key, tree): (&String, &Tree)| Some((key.clone(), model(tree, value)?));
            Value::Map(entries.iter().map(entry).collect::<Option<_>>()?)
        }
        (Tree::Object(entries), Kind::Structure(members)) => {
            let member =
                |wire: &str, schema| entries.get(wire).map_or(Some(Value::Null), |tree| model(tree, schema));
            let values = members.iter().map(|found| member(found.wire, found.schema));
            Value::Structure(values.collect::<Option<_>>()?)
        }
        (Tree::Object(entries), Kind::Union(members)) => {
            let known = entries.iter().filter_map(|(name, tree)| {
                let place = members.iter().position(|member| member.wire == name)?;
                Some(model(tree, members[place].schema).map(|value| (place, value)))
            });
            only(known.collect::<Option<_>>()?)?
        }
        _ => return None,
    })
}
