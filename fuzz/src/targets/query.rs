//! Forms and queries: their pairs are those that `form_urlencoded` finds, their order means nothing, and what is written
//! by schema is read again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_wire::head::Head;
use cloud_wire::{Kind, Protocol, Schema, Shape, Value, codec};
use form_urlencoded::Serializer;
use http::Request;

use crate::draw::Draw;
use crate::values::{ROOM, THING, Thing, draw, same, weight};

/// What begins with a zero is what a value is drawn of; all else is a form.
pub(crate) fn run(data: &[u8]) -> bool {
    match data.split_first() {
        Some((0, rest)) => round_trip(&mut Draw(rest)),
        _ => std::str::from_utf8(data).is_ok_and(as_form),
    }
}

fn as_form(text: &str) -> bool {
    let read = codec::read::<Thing>(Protocol::Query, text.as_bytes(), ROOM);
    let mut parts: Vec<&str> = text.split('&').collect();
    parts.reverse();
    let turned = codec::read::<Thing>(Protocol::Query, parts.join("&").as_bytes(), ROOM);
    match (&read, &turned) {
        (Ok(read), Ok(turned)) => {
            assert!(weight(&read.value) as u64 <= read.taken, "{} taken for {text}", read.taken);
            assert!(same(&read.value, &turned.value), "{text}");
        }
        (read, turned) => {
            assert_eq!(read.is_ok(), turned.is_ok(), "the order matters: {read:?} {turned:?}: {text}");
        }
    }
    let Some(pairs) = pairs(text) else { return read.is_ok() };
    let known = form_urlencoded::parse(text.as_bytes()).into_owned();
    assert!(known.eq(pairs), "{text}");
    true
}

/// The pairs as a request's head has them; none where that takes no such text.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let request = Request::builder().uri(format!("/?{text}")).body(()).ok()?;
    let kept = request.uri().query() == Some(text);
    Head::of(&request, None).filter(|_| kept).map(|head| head.query)
}

fn round_trip(from: &mut Draw<'_>) -> bool {
    let thing: Thing = draw(from);
    let mut form = Serializer::new(String::new());
    write(thing.value(), &THING, "", false, &mut form);
    let form = form.finish();
    let read = codec::read::<Thing>(Protocol::Query, form.as_bytes(), ROOM)
        .unwrap_or_else(|error| std::panic::panic_any(format!("{error}: {form}")));
    assert!(same(&read.value, &thing), "{form}\n{thing:?}\n{:?}", read.value);
    true
}

/// As AWS's documentation of the query protocol has it.
fn write(value: Value<'_>, schema: &Schema, name: &str, flattened: bool, form: &mut Serializer<'_, String>) {
    let below = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    match (value, schema.kind) {
        (Value::Structure(_), Kind::Structure(members)) => {
            for (member, value) in members.iter().zip(value.members()).filter(|(_, value)| !value.is_null()) {
                write(value, member.schema, &below(member.wire), member.flattened, form);
            }
        }
        (Value::List(values), Kind::List { element, .. }) => {
            if values.count() == 0 {
                form.append_pair(name, "");
            }
            for (value, number) in value.elements().zip(1..) {
                let part = if flattened { format!("{number}") } else { format!("member.{number}") };
                write(value, element, &below(&part), false, form);
            }
        }
        (Value::Map(entries), Kind::Map { value: schema, .. }) => {
            if entries.count() == 0 {
                form.append_pair(name, "");
            }
            for ((key, value), number) in entries.all().zip(1..) {
                form.append_pair(&below(&format!("entry.{number}.key")), key);
                write(value, schema, &below(&format!("entry.{number}.value")), false, form);
            }
        }
        _ => {
            form.append_pair(name, &scalar(value));
        }
    }
}

fn scalar(value: Value<'_>) -> String {
    match value {
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Blob(bytes) => STANDARD.encode(bytes),
        Value::Timestamp(moment) => moment.to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}
