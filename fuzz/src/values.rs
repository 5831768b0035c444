//! Schemas with every kind of member, and values of them: drawn, compared, weighed.

use cloud_wire::{Kind, Member, Schema, Value};
use jiff::Timestamp;

use crate::draw::Draw;

/// What a document may take of memory: more than any of a fuzzed size needs.
pub(crate) const ROOM: u64 = 64 << 20;
/// Structures within structures.
const DEPTH: usize = 3;

static TEXT: Schema = Schema::string("Text");
static NUMBER: Schema = Schema::integer("Number");
static RATIO: Schema = Schema::float("Ratio");
static FLAG: Schema = Schema::boolean("Flag");
static BYTES: Schema = Schema::blob("Bytes");
static WHEN: Schema = Schema::timestamp("When");
static TEXTS: Schema = Schema::list("Texts", &TEXT);
static TAGS: Schema = Schema::map("Tags", &TEXT, &NUMBER);
static KIDS: Schema = Schema::list("Kids", &THING);
static MEMBERS: &[Member] = &[
    Member::new("Text", &TEXT),
    Member::new("Number", &NUMBER).wire("number"),
    Member::new("Ratio", &RATIO),
    Member::new("Flag", &FLAG),
    Member::new("Bytes", &BYTES),
    Member::new("When", &WHEN),
    Member::new("Texts", &TEXTS),
    Member::new("Flat", &TEXTS).flattened(),
    Member::new("Tags", &TAGS),
    Member::new("Kids", &KIDS),
    Member::new("Inner", &THING),
];

/// A structure with a member of each kind, itself among them.
pub(crate) static THING: Schema = Schema::structure("Thing", MEMBERS);

static CHOICES: Schema = Schema::list("Choices", &CHOICE);
static VARIANTS: &[Member] = &[
    Member::new("Text", &TEXT),
    Member::new("Number", &NUMBER).wire("number"),
    Member::new("Flag", &FLAG),
    Member::new("Texts", &TEXTS),
    Member::new("Choices", &CHOICES),
    Member::new("Holder", &HOLDER),
];

/// A union with a member of several kinds, itself among them.
pub(crate) static CHOICE: Schema = Schema::union("Choice", VARIANTS);

/// A structure that has unions.
pub(crate) static HOLDER: Schema = Schema::structure(
    "Holder",
    &[Member::new("Text", &TEXT), Member::new("Choice", &CHOICE), Member::new("Choices", &CHOICES)],
);

/// A value of a schema. Structures have their first member always, and flattened lists an element: an empty one of
/// either is told from an absent one by JSON alone.
pub(crate) fn draw(schema: &Schema, from: &mut Draw<'_>) -> Value {
    value(schema, from, 0, false)
}

fn value(schema: &Schema, from: &mut Draw<'_>, depth: usize, flattened: bool) -> Value {
    let count = |from: &mut Draw<'_>| if depth > DEPTH { 0 } else { from.below(4) + usize::from(flattened) };
    match schema.kind {
        Kind::Structure(members) => {
            let present =
                if depth > DEPTH { 0 } else { u16::from(from.byte()) << 8 | u16::from(from.byte()) };
            let member = |(index, member): (usize, &Member)| {
                let is_there = index == 0 || present >> index & 1 == 1;
                let drawn = || value(member.schema, from, depth + 1, member.flattened);
                is_there.then(drawn).unwrap_or_default()
            };
            Value::Structure(members.iter().enumerate().map(member).collect())
        }
        Kind::Union(members) => {
            let place = if depth > DEPTH { 0 } else { from.below(members.len()) };
            Value::Variant(place, Box::new(value(members[place].schema, from, depth + 1, false)))
        }
        // Nothing here is one.
        Kind::Events { .. } | Kind::Document => Value::Null,
        Kind::List { element, .. } => {
            let count = count(from).max(usize::from(flattened));
            Value::List((0..count).map(|_| value(element, from, depth + 1, false)).collect())
        }
        Kind::Map { value: schema, .. } => {
            let count = count(from);
            // No key twice.
            let entry = |index| (format!("{index}{}", from.text()), value(schema, from, depth + 1, false));
            Value::Map((0..count).map(entry).collect())
        }
        Kind::String(_) => Value::String(from.text()),
        Kind::Integer => Value::Integer(from.number() as i64),
        Kind::Float => Value::Float(f64::from_bits(from.number())),
        Kind::Boolean => Value::Boolean(from.byte() & 1 == 1),
        Kind::Blob => {
            let length = from.below(24);
            Value::Blob(from.bytes(length).to_vec().into())
        }
        Kind::Timestamp(_) => {
            // Of years that four digits name.
            let millis = (from.number() % 300_000_000_000_000) as i64 - 60_000_000_000_000;
            Value::Timestamp(Timestamp::from_millisecond(millis).unwrap_or_default())
        }
    }
}

/// The one member of a union that is there and not null; none where there are none or several.
pub(crate) fn only(members: Vec<(usize, Value)>) -> Option<Value> {
    let mut there = members.into_iter().filter(|(_, value)| !value.is_null());
    let (place, value) = there.next()?;
    there.next().is_none().then(|| Value::Variant(place, Box::new(value)))
}

/// Whether two values are the same; a number that is none is the same as itself.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => {
            // serde_json reads numbers of many digits to the last place but one.
            let near = || (one - other).abs() <= one.abs() * 2.0 * f64::EPSILON;
            one.to_bits() == other.to_bits() || one.is_nan() && other.is_nan() || one.is_finite() && near()
        }
        (Value::List(one), Value::List(other)) | (Value::Structure(one), Value::Structure(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Variant(one, value), Value::Variant(other, of_other)) => {
            one == other && same(value, of_other)
        }
        (Value::Map(one), Value::Map(other)) => {
            let both = one.iter().zip(other);
            one.len() == other.len()
                && both.into_iter().all(|(one, other)| one.0 == other.0 && same(&one.1, &other.1))
        }
        _ => format!("{one:?}") == format!("{other:?}"),
    }
}

/// The bytes of a tree, by the room that its lists and texts have.
pub(crate) fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => text.capacity(),
        Value::Variant(_, value) => size_of::<Value>() + weight(value),
        Value::List(values) | Value::Structure(values) => {
            values.capacity() * size_of::<Value>() + values.iter().map(weight).sum::<usize>()
        }
        Value::Map(entries) => {
            let of_entries = entries.iter().map(|(key, value)| key.capacity() + weight(value));
            entries.capacity() * size_of::<(String, Value)>() + of_entries.sum::<usize>()
        }
        _ => 0,
    }
}
