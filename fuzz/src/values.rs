//! Shapes with every kind of member, and values of them: drawn, compared, weighed.

use std::collections::BTreeMap;

use bytes::Bytes;
use cloud_wire::shape::{Described, Given};
use cloud_wire::{Kind, Member, Schema, Shape, Value};
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

cloud_wire::structure! {
    pub struct Thing as THING {
        text: Option<String> = Member::new("Text", &TEXT),
        number: Option<i64> = Member::new("Number", &NUMBER).wire("number"),
        ratio: Option<f64> = Member::new("Ratio", &RATIO),
        flag: Option<bool> = Member::new("Flag", &FLAG),
        bytes: Option<Bytes> = Member::new("Bytes", &BYTES),
        when: Option<Timestamp> = Member::new("When", &WHEN),
        texts: Option<Vec<String>> = Member::new("Texts", &TEXTS),
        flat: Option<Vec<String>> = Member::new("Flat", &TEXTS).flattened(),
        tags: Option<BTreeMap<String, i64>> = Member::new("Tags", &TAGS),
        kids: Option<Vec<Thing>> = Member::new("Kids", &KIDS),
        inner: Option<Box<Thing>> = Member::new("Inner", &THING),
    }
}

static CHOICES: Schema = Schema::list("Choices", &CHOICE);

cloud_wire::union! {
    pub enum Choice as CHOICE {
        Text(String) = Member::new("Text", &TEXT),
        Number(i64) = Member::new("Number", &NUMBER).wire("number"),
        Flag(bool) = Member::new("Flag", &FLAG),
        Texts(Vec<String>) = Member::new("Texts", &TEXTS),
        Choices(Vec<Choice>) = Member::new("Choices", &CHOICES),
        Holder(Box<Holder>) = Member::new("Holder", &HOLDER),
    }
}

cloud_wire::structure! {
    pub struct Holder as HOLDER {
        text: Option<String> = Member::new("Text", &TEXT),
        choice: Option<Choice> = Member::new("Choice", &CHOICE),
        choices: Option<Vec<Choice>> = Member::new("Choices", &CHOICES),
    }
}

/// A value of a shape. Structures have their first member always, and flattened lists an element: an empty one of either is
/// told from an absent one by JSON alone.
pub(crate) fn draw<T: Described>(from: &mut Draw<'_>) -> T {
    let mut drawn = T::default();
    fill(&mut drawn, T::schema(), from, 0, false);
    drawn
}

fn fill(shape: &mut dyn Shape, schema: &Schema, from: &mut Draw<'_>, depth: usize, flattened: bool) {
    let count = |from: &mut Draw<'_>| if depth > DEPTH { 0 } else { from.below(4) + usize::from(flattened) };
    let given = match schema.kind {
        Kind::Structure(members) => {
            shape.begin();
            let present =
                if depth > DEPTH { 0 } else { u16::from(from.byte()) << 8 | u16::from(from.byte()) };
            for (place, member) in members.iter().enumerate() {
                if place == 0 || present >> place & 1 == 1 {
                    let inner = shape.member(place).expect("a structure has its schema's members");
                    fill(inner, member.schema, from, depth + 1, member.flattened);
                }
            }
            return;
        }
        Kind::Union(members) => {
            let place = if depth > DEPTH { 0 } else { from.below(members.len()) };
            let inner = shape.variant(place).expect("a union has its schema's members");
            fill(inner, members[place].schema, from, depth + 1, false);
            return;
        }
        // Nothing here is one.
        Kind::Events { .. } | Kind::Document => return,
        Kind::List { element, .. } => {
            shape.begin();
            for _ in 0..count(from).max(usize::from(flattened)) {
                fill(shape.element().expect("a list has elements"), element, from, depth + 1, false);
            }
            return;
        }
        Kind::Map { value, .. } => {
            shape.begin();
            for index in 0..count(from) {
                // No key twice, in the order that a map has them.
                let key = format!("{index}{}", from.text());
                fill(shape.entry(key).expect("a map has entries"), value, from, depth + 1, false);
            }
            return;
        }
        Kind::String(_) => Given::Text(from.text().into()),
        Kind::Integer => Given::Integer(from.number() as i64),
        Kind::Float => Given::Float(f64::from_bits(from.number())),
        Kind::Boolean => Given::Boolean(from.byte() & 1 == 1),
        Kind::Blob => {
            let length = from.below(24);
            Given::Blob(from.bytes(length).to_vec().into())
        }
        Kind::Timestamp(_) => {
            // Of years that four digits name.
            let millis = (from.number() % 300_000_000_000_000) as i64 - 60_000_000_000_000;
            Given::Timestamp(Timestamp::from_millisecond(millis).unwrap_or_default())
        }
    };
    shape.set(given).expect("what is drawn is of the schema's kind");
}

/// How far a document of another reader says a value of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Said {
    /// All of it.
    Whole,
    /// With nothing in place of an element or entry, which no type holds.
    Gaps,
    /// Nothing.
    Nothing,
}

impl Said {
    /// The same of a list or map that it is a part of.
    pub(crate) fn as_part(self) -> Self {
        self.min(Self::Gaps)
    }
}

/// Whether two values are the same; a number that is none is the same as itself.
pub(crate) fn same<T: Shape>(one: &T, other: &T) -> bool {
    alike(one.value(), other.value())
}

fn alike(one: Value<'_>, other: Value<'_>) -> bool {
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => {
            // serde_json reads numbers of many digits to the last place but one.
            let near = || (one - other).abs() <= one.abs() * 2.0 * f64::EPSILON;
            one.to_bits() == other.to_bits() || one.is_nan() && other.is_nan() || one.is_finite() && near()
        }
        (Value::List(first), Value::List(second)) => {
            first.count() == second.count()
                && one.elements().zip(other.elements()).all(|(one, other)| alike(one, other))
        }
        (Value::Structure(_), Value::Structure(_)) => {
            one.members().zip(other.members()).all(|(one, other)| alike(one, other))
        }
        (Value::Variant(first, one), Value::Variant(second, other)) => {
            first == second && alike(one.value(), other.value())
        }
        (Value::Map(one), Value::Map(other)) => {
            let mut both = one.all().zip(other.all());
            one.count() == other.count() && both.all(|(one, other)| one.0 == other.0 && alike(one.1, other.1))
        }
        _ => format!("{one:?}") == format!("{other:?}"),
    }
}

/// What lies in memory beside a value itself, by the room that its lists and texts have.
pub(crate) trait Weighed {
    /// The bytes of it.
    fn weight(&self) -> usize;
}

/// The bytes that lie beside a value.
pub(crate) fn weight<T: Weighed>(value: &T) -> usize {
    value.weight()
}

impl Weighed for String {
    fn weight(&self) -> usize {
        self.capacity()
    }
}

impl Weighed for Bytes {
    fn weight(&self) -> usize {
        self.len()
    }
}

impl<T: Weighed> Weighed for Option<T> {
    fn weight(&self) -> usize {
        self.as_ref().map_or(0, T::weight)
    }
}

impl<T: Weighed> Weighed for Box<T> {
    fn weight(&self) -> usize {
        size_of::<T>() + (**self).weight()
    }
}

impl<T: Weighed> Weighed for Vec<T> {
    fn weight(&self) -> usize {
        self.capacity() * size_of::<T>() + self.iter().map(T::weight).sum::<usize>()
    }
}

impl Weighed for BTreeMap<String, i64> {
    fn weight(&self) -> usize {
        self.keys().map(|key| size_of::<(String, i64)>() + key.capacity()).sum()
    }
}

impl Weighed for Thing {
    fn weight(&self) -> usize {
        self.text.weight()
            + self.bytes.weight()
            + self.texts.weight()
            + self.flat.weight()
            + self.tags.weight()
            + self.kids.weight()
            + self.inner.weight()
    }
}

impl Weighed for Choice {
    fn weight(&self) -> usize {
        match self {
            Self::Text(text) => text.weight(),
            Self::Number(_) | Self::Flag(_) => 0,
            Self::Texts(texts) => texts.weight(),
            Self::Choices(choices) => choices.weight(),
            Self::Holder(holder) => holder.weight(),
        }
    }
}

impl Weighed for Holder {
    fn weight(&self) -> usize {
        self.text.weight() + self.choice.weight() + self.choices.weight()
    }
}
