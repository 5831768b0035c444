//! JSON by schema: what is written is read again, and what any text holds is what `serde_json`'s own tree holds. What is
//! read weighs no more than the room that was asked for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_wire::{Kind, Protocol, Schema, Value, codec, timestamp};
use serde_json::Value as Tree;

use crate::draw::Draw;
use crate::values::{ROOM, THING, draw, same, weight};

/// A text is a document; anything else is what a value is drawn of.
pub(crate) fn run(data: &[u8]) -> bool {
    match data.first() {
        Some(b'{' | b'[' | b'"' | b' ') => differential(data),
        _ => round_trip(&mut Draw(data)),
    }
}

fn round_trip(from: &mut Draw<'_>) -> bool {
    let value = draw(&THING, from);
    let written = codec::write(Protocol::Json11, &value, &THING).expect("a drawn value fits its schema");
    let read = codec::read(Protocol::Json11, &written, &THING, ROOM).expect("what was written is read");
    assert!(same(&read.value, &value), "{value:?}\n{:?}\n{}", read.value, String::from_utf8_lossy(&written));
    let tree: Tree = serde_json::from_slice(&written).expect("what was written is JSON");
    let understood = model(&tree, &THING).expect("it is of the schema");
    assert!(same(&understood, &value), "{value:?}\n{understood:?}");
    true
}

fn differential(text: &[u8]) -> bool {
    let read = codec::read(Protocol::Json11, text, &THING, ROOM);
    if let Ok(read) = &read {
        assert!(weight(&read.value) as u64 <= read.taken, "{} taken for {:?}", read.taken, read.value);
    }
    let Ok(tree) = serde_json::from_slice::<Tree>(text) else { return false };
    // The tree forgets the first of two members of one name.
    if colons(text) != members(&tree) {
        return true;
    }
    match (read, model(&tree, &THING)) {
        (Ok(read), Some(value)) => assert!(same(&read.value, &value), "{value:?}\n{:?}", read.value),
        (read, value) => assert_eq!(read.is_ok(), value.is_some(), "{read:?}\n{value:?}"),
    }
    true
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
fn model(tree: &Tree, schema: &Schema) -> Option<Value> {
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
        _ => return None,
    })
}
