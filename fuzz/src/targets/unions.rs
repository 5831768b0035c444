//! Unions, in JSON and in CBOR: they have exactly one member that is known and not null, whatever else stands beside it, and
//! both protocols say the same of what is none.

use std::fmt::Write as _;

use cloud_wire::{Protocol, Value, codec};
use serde_json::Value as Tree;

use super::cbor;
use crate::draw::Draw;
use crate::json_tree::{forgets, model};
use crate::values::{CHOICE, HOLDER, ROOM, draw, same, weight};

/// A text is a document of JSON; behind a one stands one of CBOR; anything else is what members are drawn of.
pub(crate) fn run(data: &[u8]) -> bool {
    match data.split_first() {
        Some((b'{', _)) => differential(data),
        Some((1, document)) => cbor::differential(document, &HOLDER),
        Some((2, rest)) => {
            cbor::round_trip(&draw(&HOLDER, &mut Draw(rest)), &HOLDER);
            true
        }
        Some((_, rest)) => members(&mut Draw(rest)),
        None => false,
    }
}

fn differential(text: &[u8]) -> bool {
    let read = codec::read(Protocol::Json11, text, &HOLDER, ROOM);
    if let Ok(read) = &read {
        assert!(weight(&read.value) as u64 <= read.taken, "{} taken for {:?}", read.taken, read.value);
    }
    let Ok(tree) = serde_json::from_slice::<Tree>(text) else { return false };
    if forgets(text, &tree) {
        return true;
    }
    match (read, model(&tree, &HOLDER)) {
        (Ok(read), Some(value)) => assert!(same(&read.value, &value), "{value:?}\n{:?}", read.value),
        (read, value) => assert_eq!(read.is_ok(), value.is_some(), "{read:?}\n{value:?}"),
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
            (0, _) => ("null".to_owned(), vec![0xf6], Value::Null),
            (_, "Text") => ("\"a\"".to_owned(), vec![0x61, b'a'], Value::String("a".into())),
            (_, "Flag") => ("true".to_owned(), vec![0xf5], Value::Boolean(true)),
            (_, "number") => (number.to_string(), vec![number], Value::Integer(number.into())),
            // Whatever it holds.
            _ => (
                "{\"Text\":[{}]}".to_owned(),
                vec![0xa1, 0x64, b'T', b'e', b'x', b't', 0x81, 0xa0],
                Value::Null,
            ),
        };
        let comma = if index > 0 { "," } else { "" };
        write!(json, "{comma}\"{name}\":{as_json}").expect("memory takes it");
        cbor.push(0x60 + name.len() as u8);
        cbor.extend(name.as_bytes());
        cbor.extend(as_cbor);
        if !value.is_null() {
            there.push((place, value));
        }
    }
    json.push('}');
    // Of either form.
    let cbor = if from.byte() % 2 == 0 {
        [vec![0xa0 + count as u8], cbor].concat()
    } else {
        [vec![0xbf], cbor, vec![0xff]].concat()
    };
    let said = |protocol, document: &[u8]| match codec::read(protocol, document, &CHOICE, ROOM) {
        Ok(read) => Ok(read.value),
        Err(error) => Err(format!("{}: {}", error.code(), error.message())),
    };
    let both = [said(Protocol::Json11, json.as_bytes()), said(Protocol::Cbor, &cbor)];
    for said in &both {
        match (said, there.as_slice()) {
            (Ok(Value::Variant(found, value)), [(place, expected)]) => {
                assert!(found == place && same(value, expected), "{json}: {said:?}");
            }
            (Err(error), []) => assert!(error.contains("no member"), "{json}: {error}"),
            (Err(error), [_, _, ..]) => assert!(error.contains("several members"), "{json}: {error}"),
            _ => panic!("{json}: {said:?} of {there:?}"),
        }
    }
    let [in_json, in_cbor] = both;
    assert_eq!(in_json.err(), in_cbor.err(), "{json}");
    true
}
