//! Unions, in JSON and in CBOR: they have exactly one member that is known and not null, whatever else stands beside it, and
//! both protocols say the same of what is none.

use std::fmt::Write as _;

use cloud_wire::{Protocol, codec};
use serde_json::Value as Tree;

use super::cbor;
use crate::draw::Draw;
use crate::json_tree::{forgets, understood};
use crate::values::{Choice, Holder, ROOM, draw, same, weight};

/// A text is a document of JSON; behind a one stands one of CBOR; anything else is what members are drawn of.
pub(crate) fn run(data: &[u8]) -> bool {
    match data.split_first() {
        Some((b'{', _)) => differential(data),
        Some((1, document)) => cbor::differential::<Holder>(document),
        Some((2, rest)) => {
            cbor::round_trip::<Holder>(&draw(&mut Draw(rest)));
            true
        }
        Some((_, rest)) => members(&mut Draw(rest)),
        None => false,
    }
}

fn differential(text: &[u8]) -> bool {
    let read = codec::read::<Holder>(Protocol::Json11, text, ROOM);
    if let Ok(read) = &read {
        assert!(weight(&read.value) as u64 <= read.taken, "{} taken for {:?}", read.taken, read.value);
    }
    let Ok(tree) = serde_json::from_slice::<Tree>(text) else { return false };
    if forgets(text, &tree) {
        return true;
    }
    match (read, understood::<Holder>(&tree)) {
        (Ok(read), Some(known)) => assert!(same(&read.value, &known), "{known:?}\n{:?}", read.value),
        (read, known) => assert_eq!(read.is_ok(), known.is_some(), "{read:?}\n{known:?}"),
    }
    true
}

/// A union in both protocols, as it is drawn member by member: known ones, also twice, unknown ones, and null.
fn members(from: &mut Draw<'_>) -> bool {
    const NAMES: [&str; 4] = ["Text", "number", "Flag", "Unknown"];
    let (mut json, mut cbor) = (String::from("{"), Vec::new());
    let (count, mut there) = (from.below(5), Vec::new());
    for index in 0..count {
        let place = from.below(NAMES.len());
        let (name, number) = (NAMES[place], from.byte() % 24);
        let (as_json, as_cbor, value) = match (from.below(3), name) {
            (0, _) => ("null".to_owned(), vec![0xf6], None),
            (_, "Text") => ("\"a\"".to_owned(), vec![0x61, b'a'], Some(Choice::Text("a".into()))),
            (_, "Flag") => ("true".to_owned(), vec![0xf5], Some(Choice::Flag(true))),
            (_, "number") => (number.to_string(), vec![number], Some(Choice::Number(number.into()))),
            // Whatever it holds.
            _ => ("{\"Text\":[{}]}".to_owned(), vec![0xa1, 0x64, b'T', b'e', b'x', b't', 0x81, 0xa0], None),
        };
        let comma = if index > 0 { "," } else { "" };
        write!(json, "{comma}\"{name}\":{as_json}").expect("memory takes it");
        cbor.push(0x60 + name.len() as u8);
        cbor.extend(name.as_bytes());
        cbor.extend(as_cbor);
        there.extend(value);
    }
    json.push('}');
    // Of either form.
    let cbor = if from.byte().is_multiple_of(2) {
        [vec![0xa0 + count as u8], cbor].concat()
    } else {
        [vec![0xbf], cbor, vec![0xff]].concat()
    };
    let said = |protocol, document: &[u8]| match codec::read::<Choice>(protocol, document, ROOM) {
        Ok(read) => Ok(read.value),
        Err(error) => Err(format!("{}: {}", error.code(), error.message())),
    };
    let both = [said(Protocol::Json11, json.as_bytes()), said(Protocol::Cbor, &cbor)];
    for said in &both {
        match (said, there.as_slice()) {
            (Ok(found), [expected]) => assert!(same(found, expected), "{json}: {said:?}"),
            (Err(error), []) => assert!(error.contains("no member"), "{json}: {error}"),
            (Err(error), [_, _, ..]) => assert!(error.contains("several members"), "{json}: {error}"),
            _ => panic!("{json}: {said:?} of {there:?}"),
        }
    }
    let [in_json, in_cbor] = both;
    assert_eq!(in_json.err(), in_cbor.err(), "{json}");
    true
}
