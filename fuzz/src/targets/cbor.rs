//! CBOR by schema: what is written is read again, as JSON too, and what any document holds is what a reader of whole trees
//! finds in it. What is read weighs no more than the room that was asked for, and nothing is read in less.

use cloud_wire::{Protocol, Schema, Value, codec};

use crate::cbor_tree::{self, model};
use crate::draw::Draw;
use crate::values::{ROOM, THING, draw, same, weight};

/// What begins with a zero is what a value is drawn of; behind any other byte stands a document.
pub(crate) fn run(data: &[u8]) -> bool {
    match data.split_first() {
        Some((0, rest)) => {
            let value = draw(&THING, &mut Draw(rest));
            round_trip(&value, &THING);
            true
        }
        Some((_, document)) => differential(document, &THING),
        None => false,
    }
}

/// A value in CBOR and in JSON is the same value.
pub(super) fn round_trip(value: &Value, schema: &'static Schema) {
    let written = codec::write(Protocol::Cbor, value, schema).expect("a drawn value fits its schema");
    let read = codec::read(Protocol::Cbor, &written, schema, ROOM).expect("what was written is read");
    assert!(same(&read.value, value), "{value:?}\n{:?}\n{}", read.value, written.escape_ascii());
    let tree = cbor_tree::read(&written).expect("what was written is CBOR");
    let understood = model(&tree, schema).expect("it is of the schema");
    assert!(same(&understood, value), "{value:?}\n{understood:?}");
    let again = codec::write(Protocol::Cbor, &read.value, schema).expect("what was read is written");
    assert_eq!(again, written, "{value:?}");
    let json = codec::write(Protocol::Json11, value, schema).expect("it fits JSON");
    let read = codec::read(Protocol::Json11, &json, schema, ROOM).expect("what was written is read");
    assert!(same(&read.value, value), "{value:?}\n{:?}\n{}", read.value, json.escape_ascii());
}

/// Whether a document is one of the schema.
pub(super) fn differential(document: &[u8], schema: &'static Schema) -> bool {
    let read = codec::read(Protocol::Cbor, document, schema, ROOM);
    let known = cbor_tree::read(document);
    match (read, known.as_ref().and_then(|tree| model(tree, schema))) {
        (Ok(read), Some(value)) => {
            assert!(same(&read.value, &value), "{value:?}\n{:?}\n{}", read.value, document.escape_ascii());
            assert!(weight(&read.value) as u64 <= read.taken, "{} taken for {:?}", read.taken, read.value);
            if let Some(less) = read.taken.checked_sub(1) {
                let refused = codec::read(Protocol::Cbor, document, schema, less);
                assert!(refused.is_err(), "{} taken, in less", read.taken);
            }
            if !read.value.is_null() {
                round_trip(&read.value, schema);
            }
        }
        (read, value) => {
            assert_eq!(read.is_ok(), value.is_some(), "{read:?}\n{value:?}\n{}", document.escape_ascii());
        }
    }
    known.is_some()
}
