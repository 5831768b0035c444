//! JSON by schema: what is written is read again, and what any text holds is what `serde_json`'s own tree holds. What is
//! read weighs no more than the room that was asked for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_wire::shape::Given;
use cloud_wire::{Kind, Protocol, Schema, Shape, codec, timestamp};
use serde_json::Value as Tree;

use crate::draw::Draw;
use crate::values::{ROOM, THING, Thing, draw, same, weight};

/// A text is a document; anything else is what a value is drawn of.
pub(crate) fn run(data: &[u8]) -> bool {
    match data.first() {
        Some(b'{' | b'[' | b'"' | b' ') => differential(data),
        _ => round_trip(&mut Draw(data)),
    }
}

fn round_trip(from: &mut Draw<'_>) -> bool {
    let thing = draw(from);
    let written = codec::write(Protocol::Json11, &thing).expect("a drawn value fits its schema");
    let read =
        codec::read::<Thing>(Protocol::Json11, &written, ROOM).expect("what was written is read").value;
    assert!(same(&read, &thing), "{thing:?}\n{}", String::from_utf8_lossy(&written));
    let tree: Tree = serde_json::from_slice(&written).expect("what was written is JSON");
    let mut understood = Thing::default();
    model(&tree, &THING, &mut understood).expect("it is of the schema");
    assert!(same(&understood, &thing), "{thing:?}\n{understood:?}");
    true
}

fn differential(text: &[u8]) -> bool {
    let read = codec::read::<Thing>(Protocol::Json11, text, ROOM);
    if let Ok(read) = &read {
        assert!(weight(&read.value) as u64 <= read.taken, "{} taken for {:?}", read.taken, read.value);
    }
    let Ok(tree) = serde_json::from_slice::<Tree>(text) else { return false };
    // The tree forgets the first of two members of one name.
    if colons(text) != members(&tree) {
        return true;
    }
    let mut understood = Thing::default();
    match (read, model(&tree, &THING, &mut understood)) {
        (Ok(read), Some(_)) => assert!(same(&read.value, &understood), "{understood:?}\n{:?}", read.value),
        (read, model) => assert_eq!(read.is_ok(), model.is_some(), "{read:?}\n{understood:?}"),
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

/// Fills a value of the schema with a tree, and says whether anything is there; none where it is not of the schema.
fn model(tree: &Tree, schema: &Schema, into: &mut dyn Shape) -> Option<bool> {
    let given = match (tree, schema.kind) {
        (Tree::Null, _) => return Some(false),
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
        // Nothing is no element and no entry.
        (Tree::Array(elements), Kind::List { element, .. }) => {
            into.begin();
            for tree in elements {
                model(tree, element, into.element()?)?.then_some(())?;
            }
            return Some(true);
        }
        (Tree::Object(entries), Kind::Map { value, .. }) => {
            into.begin();
            for (key, tree) in entries {
                model(tree, value, into.entry(key.clone())?)?.then_some(())?;
            }
            return Some(true);
        }
        (Tree::Object(entries), Kind::Structure(members)) => {
            into.begin();
            for (place, member) in members.iter().enumerate() {
                if let Some(tree) = entries.get(member.wire).filter(|tree| !tree.is_null()) {
                    model(tree, member.schema, into.member(place)?)?;
                }
            }
            return Some(true);
        }
        _ => return None,
    };
    into.set(given).ok().map(|()| true)
}
