//! CBOR by schema: what is written is read again, as JSON too, and what any document holds is what a reader of whole trees
//! finds in it. What is read weighs no more than the room that was asked for, and nothing is read in less.

use std::fmt::Debug;

use cloud_wire::shape::Described;
use cloud_wire::{Protocol, codec};

use crate::cbor_tree::{self, understood};
use crate::draw::Draw;
use crate::values::{ROOM, Thing, Weighed, draw, same, weight};

/// What begins with a zero is what a value is drawn of; behind any other byte stands a document.
pub(crate) fn run(data: &[u8]) -> bool {
    match data.split_first() {
        Some((0, rest)) => {
            round_trip::<Thing>(&draw(&mut Draw(rest)));
            true
        }
        Some((_, document)) => differential::<Thing>(document),
        None => false,
    }
}

/// A value in CBOR and in JSON is the same value.
pub(super) fn round_trip<T: Described + Debug>(value: &T) {
    let written = codec::write(Protocol::Cbor, value).expect("a drawn value fits its schema");
    let read = codec::read::<T>(Protocol::Cbor, &written, ROOM).expect("what was written is read");
    assert!(same(&read.value, value), "{value:?}\n{:?}\n{}", read.value, written.escape_ascii());
    let tree = cbor_tree::read(&written).expect("what was written is CBOR");
    let understood = understood::<T>(&tree).expect("it is of the schema");
    assert!(same(&understood, value), "{value:?}\n{understood:?}");
    let again = codec::write(Protocol::Cbor, &read.value).expect("what was read is written");
    assert_eq!(again, written, "{value:?}");
    let json = codec::write(Protocol::Json11, value).expect("it fits JSON");
    let read = codec::read::<T>(Protocol::Json11, &json, ROOM).expect("what was written is read");
    assert!(same(&read.value, value), "{value:?}\n{:?}\n{}", read.value, json.escape_ascii());
}

/// Whether a document is one of the type's schema.
pub(super) fn differential<T: Described + Debug + Weighed>(document: &[u8]) -> bool {
    let read = codec::read::<T>(Protocol::Cbor, document, ROOM);
    let tree = cbor_tree::read(document);
    match (read, tree.as_ref().and_then(understood::<T>)) {
        (Ok(read), Some(known)) => {
            assert!(same(&read.value, &known), "{known:?}\n{:?}\n{}", read.value, document.escape_ascii());
            assert!(weight(&read.value) as u64 <= read.taken, "{} taken for {:?}", read.taken, read.value);
            if let Some(less) = read.taken.checked_sub(1) {
                let refused = codec::read::<T>(Protocol::Cbor, document, less);
                assert!(refused.is_err(), "{} taken, in less", read.taken);
            }
            round_trip(&read.value);
        }
        (read, known) => {
            assert_eq!(read.is_ok(), known.is_some(), "{read:?}\n{known:?}\n{}", document.escape_ascii());
        }
    }
    tree.is_some()
}
