//! JSON by schema: what is written is read again, and what any text holds is what `serde_json`'s own tree holds. What is
//! read weighs no more than the room that was asked for.

use cloud_wire::{Protocol, codec};
use serde_json::Value as Tree;

use crate::draw::Draw;
use crate::json_tree::{forgets, understood};
use crate::values::{ROOM, Thing, draw, same, weight};

/// A text is a document; anything else is what a value is drawn of.
pub(crate) fn run(data: &[u8]) -> bool {
    match data.first() {
        Some(b'{' | b'[' | b'"' | b' ') => differential(data),
        _ => round_trip(&mut Draw(data)),
    }
}

fn round_trip(from: &mut Draw<'_>) -> bool {
    let thing: Thing = draw(from);
    let written = codec::write(Protocol::Json11, &thing).expect("a drawn value fits its schema");
    let read =
        codec::read::<Thing>(Protocol::Json11, &written, ROOM).expect("what was written is read").value;
    assert!(same(&read, &thing), "{thing:?}\n{}", String::from_utf8_lossy(&written));
    let tree: Tree = serde_json::from_slice(&written).expect("what was written is JSON");
    let understood = understood(&tree).expect("it is of the schema");
    assert!(same(&understood, &thing), "{thing:?}\n{understood:?}");
    true
}

fn differential(text: &[u8]) -> bool {
    let read = codec::read::<Thing>(Protocol::Json11, text, ROOM);
    if let Ok(read) = &read {
        assert!(weight(&read.value) as u64 <= read.taken, "{} taken for {:?}", read.taken, read.value);
    }
    let Ok(tree) = serde_json::from_slice::<Tree>(text) else { return false };
    if forgets(text, &tree) {
        return true;
    }
    match (read, understood(&tree)) {
        (Ok(read), Some(known)) => assert!(same(&read.value, &known), "{known:?}\n{:?}", read.value),
        (read, known) => assert_eq!(read.is_ok(), known.is_some(), "{read:?}\n{known:?}"),
    }
    true
}
