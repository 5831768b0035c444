//! JSON as another reader has it: `serde_json`'s tree, and what that is by a schema.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_wire::shape::{Described, Given};
use cloud_wire::{Kind, Schema, Shape, timestamp};
use serde_json::Value as Tree;

use crate::values::Said;

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

/// A tree as a value of the type; none where it is not of its schema.
pub(crate) fn understood<T: Described>(tree: &Tree) -> Option<T> {
    let mut value = T::default();
    let said = model(tree, T::schema(), &mut value)?;
    (said != Said::Gaps).then_some(value)
}

/// Fills a value of the schema with a tree; none where it is not of it.
fn model(tree: &Tree, schema: &Schema, into: &mut dyn Shape) -> Option<Said> {
    let mut said = Said::Whole;
    let given = match (tree, schema.kind) {
        (Tree::Null, _) => return Some(Said::Nothing),
        (Tree::Bool(flag), Kind::Boolean) => Given::Boolean(*flag),
        (Tree::String(text), Kind::String(_)) => Given::Text(text.into()),
        (Tree::String(text), Kind::Blob) => Given::Blob(STANDARD.decode(text).ok()?.into()),
        (Tree::String(text), Kind::Timestamp(_)) => Given::Timestamp(timestamp::parse(text)?),
        (Tree::String(text), Kind::Float) => Given::Float(match text.as_str() {
            "NaN" => f64::NAN,
            "Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            _ => return None,
        }),
        (Tree::Number(number), Kind::Float) => Given::Float(number.as_f64()?),
        (Tree::Number(number), Kind::Timestamp(_)) => {
            Given::Timestamp(timestamp::from_seconds(number.as_f64()?)?)
        }
        (Tree::Number(number), Kind::Integer) => {
            let whole = |float: f64| (float.fract() == 0.0 && float.abs() < 9.0e15).then_some(float as i64);
            let float = || number.as_f64().filter(|_| !number.is_u64()).and_then(whole);
            Given::Integer(number.as_i64().or_else(float)?)
        }
        (Tree::Array(elements), Kind::List { element, .. }) => {
            into.begin();
            for tree in elements {
                said = said.max(model(tree, element, into.element()?)?.as_part());
            }
            return Some(said);
        }
        (Tree::Object(entries), Kind::Map { value, .. }) => {
            into.begin();
            for (key, tree) in entries {
                said = said.max(model(tree, value, into.entry(key.clone())?)?.as_part());
            }
            return Some(said);
        }
        (Tree::Object(entries), Kind::Structure(members)) => {
            into.begin();
            for (place, member) in members.iter().enumerate() {
                if let Some(tree) = entries.get(member.wire).filter(|tree| !tree.is_null()) {
                    said = said.max(model(tree, member.schema, into.member(place)?)?);
                }
            }
            return Some(said);
        }
        (Tree::Object(entries), Kind::Union(members)) => {
            let mut known = members.iter().enumerate().filter_map(|(place, member)| {
                Some((place, member, entries.get(member.wire).filter(|tree| !tree.is_null())?))
            });
            let (place, member, tree) = known.next()?;
            let said = model(tree, member.schema, into.variant(place)?);
            return said.filter(|_| known.next().is_none());
        }
        _ => return None,
    };
    into.set(given).ok().map(|()| said)
}
