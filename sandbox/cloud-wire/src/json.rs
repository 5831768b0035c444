//! JSON by schema, in both directions: straight between its text and typed values, in every form that has a serializer.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cloud_core::AwsError;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::bounded_buffer::BoundedBuffer;
use crate::room::{self, Room};
use crate::scalar;
use crate::schema::{Kind, Location, Member, Schema, TimestampFormat};
use crate::shape::{Described, Given, Shape};
use crate::slot::{Places, Reading, Slot};
use crate::timestamp;
use crate::value::{self, Parts, Value};

/// By which rules names and types are read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The REST protocols': names on the wire, only what belongs into the body, exact types.
    Wire,
    /// The RPC protocols': the same, and every member belongs into the body.
    Rpc,
    /// The model's: names as in the model, every member, and texts for numbers or the reverse, as templates have them.
    Model,
}

/// Reads a request's document; says whether there is anything. Mistakes become `SerializationException`.
pub(crate) fn parse(
    bytes: &[u8],
    schema: &'static Schema,
    dialect: Dialect,
    slot: Slot<'_>,
) -> Result<bool, AwsError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let room = slot.room();
    let read = Seed { schema, dialect, slot }
        .deserialize(&mut deserializer)
        .and_then(|there| deserializer.end().map(|()| there));
    read.map_err(|error| {
        room.refusal().unwrap_or_else(|| AwsError::new("SerializationException", without_position(&error)))
    })
}

/// serde_json's message without its "at line 1 column 2", which AWS does not tell.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

/// Writes an answer's document.
pub(crate) fn print(
    value: Value<'_>,
    schema: &Schema,
    dialect: Dialect,
    room: &Room,
) -> Result<Vec<u8>, AwsError> {
    let mut buffer = BoundedBuffer::new(room);
    let written = serde_json::to_writer(&mut buffer, &Json { value, schema, format: None, dialect });
    let bytes = buffer.finish()?;
    written.map(|()| bytes).map_err(AwsError::internal)
}

/// A value in the model's names.
pub(crate) fn show_model(value: Value<'_>, schema: &Schema) -> Result<serde_json::Value, AwsError> {
    let shown = Json { value, schema, format: None, dialect: Dialect::Model };
    shown.serialize(serde_json::value::Serializer).map_err(AwsError::internal)
}

/// Reads what has the model's names.
pub(crate) fn read_model(
    document: &serde_json::Value,
    schema: &'static Schema,
    slot: Slot<'_>,
) -> Result<bool, AwsError> {
    let seed = Seed { schema, dialect: Dialect::Model, slot };
    seed.deserialize(document).map_err(|error| AwsError::validation(error.to_string()))
}

#[doc(hidden)]
pub fn serialize_shape<T: Described, S: Serializer>(shape: &T, serializer: S) -> Result<S::Ok, S::Error> {
    Json { value: shape.value(), schema: T::schema(), format: None, dialect: Dialect::Model }
        .serialize(serializer)
}

/// What is read back from our own records, and a template's properties: names as in the model, types leniently. Who reads
/// a template has asked for room before.
#[doc(hidden)]
pub fn deserialize_shape<'de, T: Described, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut shape = T::default();
    deserialize_into(deserializer, T::schema(), &mut shape)?;
    Ok(shape)
}

/// The same whatever the type: its code is there once for each deserializer.
fn deserialize_into<'de, D: Deserializer<'de>>(
    deserializer: D,
    schema: &'static Schema,
    shape: &mut dyn Shape,
) -> Result<(), D::Error> {
    let room = Room::unlimited();
    let reading = Reading::new(&room);
    let there =
        Seed { schema, dialect: Dialect::Model, slot: reading.slot(shape) }.deserialize(deserializer)?;
    // Nothing at all is a structure without members.
    if !there {
        reading.slot(shape).lacks_members(schema.members(), &Places::default(), |_| true);
    }
    reading.misfits().refuse(schema).map_err(D::Error::custom)
}

/// Reads one value of a schema.
struct Seed<'s> {
    schema: &'static Schema,
    dialect: Dialect,
    slot: Slot<'s>,
}

impl Seed<'_> {
    fn lenient(&self) -> bool {
        self.dialect == Dialect::Model
    }

    /// Asks before it is allocated.
    fn take<E: serde::de::Error>(&self, bytes: usize) -> Result<(), E> {
        self.slot.take(bytes).map_err(E::custom)
    }

    fn set<E: serde::de::Error>(self, given: Given<'_>) -> Result<bool, E> {
        self.slot.set(given).map(|()| true).map_err(E::custom)
    }

    fn number<E: serde::de::Error>(self, number: f64, whole: Option<i64>) -> Result<bool, E> {
        let given = match self.schema.kind {
            Kind::Integer => whole.map(Given::Integer),
            Kind::Float => Some(Given::Float(number)),
            Kind::Timestamp(_) => timestamp::from_seconds(number).map(Given::Timestamp),
            Kind::String(_) if self.lenient() => {
                let text = whole.map_or_else(|| number.to_string(), |whole| whole.to_string());
                Some(Given::Text(text.into()))
            }
            _ => None,
        };
        match given {
            Some(given) => self.set(given),
            None => Err(refuse(self.schema, "NUMBER_VALUE")),
        }
    }
}

/// AWS: "STRING_VALUE can not be converted to an Integer".
fn refuse<E: serde::de::Error>(schema: &Schema, found: &str) -> E {
    let wanted = match schema.kind {
        Kind::Structure(_) => "a Structure",
        Kind::Union(_) => "a Union",
        Kind::Events { .. } => "a Stream",
        Kind::Document => "a Document",
        Kind::List { .. } => "a List",
        Kind::Map { .. } => "a Map",
        Kind::String(_) => "a String",
        Kind::Integer => "an Integer",
        Kind::Float => "a Double",
        Kind::Boolean => "a Boolean",
        Kind::Blob => "a Blob",
        Kind::Timestamp(_) => "a Timestamp",
    };
    E::custom(format_args!("{found} can not be converted to {wanted}"))
}

impl Dialect {
    /// Whether a member is in the document at all.
    pub(crate) fn places(self, member: &Member) -> bool {
        match self {
            Self::Wire => member.location == Location::Body,
            Self::Rpc => !matches!(member.location, Location::EventHeader | Location::EventPayload),
            Self::Model => true,
        }
    }

    /// What it is called there.
    pub(crate) fn name(self, member: &Member) -> &'static str {
        if self == Self::Model { member.name } else { member.wire }
    }

    /// The member of that name, by its place.
    fn find(self, members: &[Member], name: &str) -> Option<usize> {
        members.iter().position(|member| self.name(member) == name && self.places(member))
    }
}

/// Finds a member by its name without keeping that.
struct Name {
    members: &'static [Member],
    dialect: Dialect,
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.dialect.find(self.members, name))
    }
}

/// A map's key, borrowed where the document has it as it is.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        if !matches!(self.schema.kind, Kind::Document) {
            return deserializer.deserialize_any(self);
        }
        let json = deserializer.deserialize_any(Document { room: self.slot.room() })?;
        if json.is_null() { Ok(false) } else { self.set(Given::Document(Box::new(json))) }
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.schema.name)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<bool, E> {
        match self.schema.kind {
            Kind::Boolean => self.set(Given::Boolean(value)),
            Kind::String(_) if self.lenient() => self.set(Given::Text(value.to_string().into())),
            _ => Err(refuse(self.schema, if value { "TRUE_VALUE" } else { "FALSE_VALUE" })),
        }
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<bool, E> {
        self.number(value as f64, Some(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<bool, E> {
        self.number(value as f64, i64::try_from(value).ok())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<bool, E> {
        self.number(value, whole(value))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<bool, E> {
        let lenient = self.lenient();
        let given = match self.schema.kind {
            Kind::String(_) => {
                self.take(text.len() + room::ALLOCATION)?;
                Some(Given::Text(text.into()))
            }
            Kind::Blob => {
                self.take(text.len())?;
                BASE64.decode(text).ok().map(|bytes| Given::Blob(bytes.into()))
            }
            Kind::Timestamp(_) => timestamp::parse(text).map(Given::Timestamp),
            // The protocols write the numbers that JSON cannot as text.
            Kind::Float if matches!(text, "NaN" | "Infinity" | "-Infinity") || lenient => {
                text.parse().ok().map(Given::Float)
            }
            Kind::Integer if lenient => text.parse().ok().map(Given::Integer),
            Kind::Boolean if lenient && text.eq_ignore_ascii_case("true") => Some(Given::Boolean(true)),
            Kind::Boolean if lenient && text.eq_ignore_ascii_case("false") => Some(Given::Boolean(false)),
            _ => None,
        };
        match given {
            Some(given) => self.set(given),
            None => Err(refuse(self.schema, "STRING_VALUE")),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<bool, A::Error> {
        let Seed { schema, dialect, slot } = self;
        let Kind::List { element: schema, .. } = schema.kind else {
            return Err(A::Error::custom("Start of list found where not expected"));
        };
        let mut list = slot.begin().map_err(A::Error::custom)?;
        let mut place = 0;
        while let Some(there) =
            access.next_element_seed(Element { schema, dialect, list: &mut list, place })?
        {
            if !there {
                list.lacks_element(place);
            }
            place += 1;
        }
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<bool, A::Error> {
        let Seed { schema, dialect, slot } = self;
        match schema.kind {
            Kind::Structure(members) => structure(members, dialect, slot, access),
            Kind::Union(members) => union(schema, members, dialect, slot, access),
            Kind::Map { value, .. } => map(value, dialect, slot, access),
            _ => Err(A::Error::custom("Start of structure or map found where not expected.")),
        }
    }
}

/// A list's next element, if there is one: only then it takes its place.
struct Element<'a, 's> {
    schema: &'static Schema,
    dialect: Dialect,
    list: &'a mut Slot<'s>,
    place: usize,
}

impl<'de> DeserializeSeed<'de> for Element<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        let Element { schema, dialect, list, place } = self;
        let slot = list.element(place).map_err(D::Error::custom)?;
        Seed { schema, dialect, slot }.deserialize(deserializer)
    }
}

fn structure<'de, A: MapAccess<'de>>(
    members: &'static [Member],
    dialect: Dialect,
    slot: Slot<'_>,
    mut access: A,
) -> Result<bool, A::Error> {
    slot.take(room::structure(members.len())).map_err(A::Error::custom)?;
    let mut slot = slot.begin().map_err(A::Error::custom)?;
    let mut present = Places::default();
    while let Some(found) = access.next_key_seed(Name { members, dialect })? {
        let Some((place, member)) = found.and_then(|place| Some((place, members.get(place)?))) else {
            access.next_value::<IgnoredAny>()?;
            continue;
        };
        // What is said last counts.
        if present.has(place) {
            slot.clear(place);
        }
        let inner = slot.member(place).map_err(A::Error::custom)?;
        let there = access.next_value_seed(Seed { schema: member.schema, dialect, slot: inner })?;
        present.mark(place, there);
    }
    slot.lacks_members(members, &present, |member| dialect.places(member));
    Ok(true)
}

/// The one member that is there.
fn union<'de, A: MapAccess<'de>>(
    schema: &'static Schema,
    members: &'static [Member],
    dialect: Dialect,
    slot: Slot<'_>,
    mut access: A,
) -> Result<bool, A::Error> {
    slot.take(room::ELEMENT).map_err(A::Error::custom)?;
    let mut slot = slot.begin().map_err(A::Error::custom)?;
    let room = slot.room();
    let mut found = false;
    while let Some(place) = access.next_key_seed(Name { members, dialect })? {
        // AWS: members that are null, and ones that are not known (`__type`), are passed over.
        let Some((place, member)) = place.and_then(|place| Some((place, members.get(place)?))) else {
            access.next_value::<IgnoredAny>()?;
            continue;
        };
        let inner = slot.variant(place);
        let there = access.next_value_seed(Seed { schema: member.schema, dialect, slot: inner })?;
        if there && found {
            return Err(A::Error::custom(room.wrong_union(schema.name, true)));
        }
        found |= there;
    }
    if found { Ok(true) } else { Err(A::Error::custom(room.wrong_union(schema.name, false))) }
}

fn map<'de, A: MapAccess<'de>>(
    schema: &'static Schema,
    dialect: Dialect,
    slot: Slot<'_>,
    mut access: A,
) -> Result<bool, A::Error> {
    let mut slot = slot.begin().map_err(A::Error::custom)?;
    while let Some(key) = access.next_key_seed(Key)? {
        slot.take(key.len() + room::ALLOCATION).map_err(A::Error::custom)?;
        let inner = slot.entry(&key).map_err(A::Error::custom)?;
        if !access.next_value_seed(Seed { schema, dialect, slot: inner })? {
            slot.lacks_entry(&key);
        }
    }
    Ok(true)
}

/// A number without a fraction that a `f64` tells from its neighbours.
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64)
}

/// Reads what no model describes.
#[derive(Clone, Copy)]
struct Document<'r> {
    room: &'r Room,
}

impl Document<'_> {
    fn take<E: serde::de::Error>(self, bytes: usize) -> Result<(), E> {
        self.room.take(bytes).map_err(E::custom)
    }
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = serde_json::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = serde_json::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a document")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(serde_json::Value::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(value).map_or_else(|_| (value as f64).into(), Into::into))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(whole(value).map_or_else(|| value.into(), Into::into))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        self.take(text.len() + room::ALLOCATION)?;
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(value) = access.next_element_seed(self)? {
            self.take(room::ELEMENT)?;
            elements.push(value);
        }
        Ok(elements.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut entries = serde_json::Map::new();
        while let Some(key) = access.next_key::<String>()? {
            self.take(room::MAP + key.len() + room::ALLOCATION)?;
            entries.insert(key, access.next_value_seed(self)?);
        }
        Ok(entries.into())
    }
}

/// Writes one value of a schema.
struct Json<'a> {
    value: Value<'a>,
    schema: &'a Schema,
    format: Option<TimestampFormat>,
    dialect: Dialect,
}

impl<'a> Json<'a> {
    fn of(&self, value: Value<'a>, schema: &'a Schema) -> Self {
        Json { value, schema, format: None, dialect: self.dialect }
    }

    fn structure<S: Serializer>(
        &self,
        members: &'a [Member],
        values: &'a dyn Parts,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for (member, value) in members.iter().zip(value::all(values)) {
            if value.is_null() || value.is_stream() || !self.dialect.places(member) {
                continue;
            }
            map.serialize_entry(
                self.dialect.name(member),
                &Json { format: member.format, ..self.of(value, member.schema) },
            )?;
        }
        map.end()
    }

    fn moment<S: Serializer>(&self, moment: jiff::Timestamp, to: S) -> Result<S::Ok, S::Error> {
        let own = if let Kind::Timestamp(own) = self.schema.kind { own } else { None };
        match self.format.or(own).unwrap_or(TimestampFormat::Unix) {
            TimestampFormat::Unix => timestamp::number(moment).serialize(to),
            other => to.serialize_str(&timestamp::print(moment, other)),
        }
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match (self.value, self.schema.kind) {
            (Value::Null, _) => to.serialize_unit(),
            (Value::Boolean(value), _) => to.serialize_bool(value),
            (Value::Integer(value), _) => to.serialize_i64(value),
            (Value::Float(value), _) => match scalar::not_finite(value) {
                Some(text) => to.serialize_str(text),
                None => to.serialize_f64(value),
            },
            (Value::String(text), _) => to.serialize_str(text),
            (Value::Blob(bytes), _) => to.serialize_str(&BASE64.encode(bytes)),
            (Value::Timestamp(moment), _) => self.moment(moment, to),
            (Value::List(elements), Kind::List { element, .. }) => {
                let mut list = to.serialize_seq(Some(elements.count()))?;
                for value in value::all(elements) {
                    list.serialize_element(&self.of(value, element))?;
                }
                list.end()
            }
            (Value::Map(entries), Kind::Map { value: schema, .. }) => {
                let mut map = to.serialize_map(Some(entries.count()))?;
                for (key, value) in entries.all() {
                    map.serialize_entry(key, &self.of(value, schema))?;
                }
                map.end()
            }
            (Value::Structure(values), Kind::Structure(members)) => self.structure(members, values, to),
            (Value::Document(json), _) => json.serialize(to),
            (Value::Variant(place, shape), Kind::Union(members)) => {
                let member =
                    members.get(place).ok_or_else(|| S::Error::custom("a union has no such member"))?;
                let value = Json { format: member.format, ..self.of(shape.value(), member.schema) };
                let mut map = to.serialize_map(Some(1))?;
                map.serialize_entry(self.dialect.name(member), &value)?;
                map.end()
            }
            _ => Err(S::Error::custom(format_args!("a value does not fit its shape {}", self.schema.name))),
        }
    }
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::Protocol;

    static TEXT: Schema = Schema::string("Text");
    static NUMBER: Schema = Schema::integer("Number");
    static RATIO: Schema = Schema::float("Ratio");
    static FLAG: Schema = Schema::boolean("Flag");
    static BYTES: Schema = Schema::blob("Bytes");
    static WHEN: Schema = Schema::timestamp("When");
    static TEXTS: Schema = Schema::list("Texts", &TEXT);
    static NESTED: Schema = Schema::map("Nested", &TEXT, &THING);

    crate::enumeration! {
        pub enum State as STATE { Active = "Active", Gone = "GONE", }
    }

    crate::structure! {
        pub struct Thing as THING {
            text: String = Member::new("Text", &TEXT).required(),
            number: Option<i32> = Member::new("Number", &NUMBER).wire("number"),
            ratio: Option<f64> = Member::new("Ratio", &RATIO),
            flag: Option<bool> = Member::new("Flag", &FLAG),
            bytes: Option<Bytes> = Member::new("Bytes", &BYTES),
            when: Option<jiff::Timestamp> = Member::new("When", &WHEN),
            texts: Option<Vec<String>> = Member::new("Texts", &TEXTS),
            nested: Option<BTreeMap<String, Thing>> = Member::new("Nested", &NESTED),
            state: Option<State> = Member::new("State", &STATE),
            elsewhere: Option<String> = Member::new("Elsewhere", &TEXT).header("x-elsewhere"),
        }
    }

    fn read(text: &str) -> Result<Thing, String> {
        crate::codec::read(Protocol::RestJson, text.as_bytes(), u64::MAX / 4)
            .map(|read| read.value)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn reads_by_wire_names() {
        let thing = read(
            r#"{"Text":"a","number":3.0,"State":"GONE","Unknown":[{}],"Flag":null,"Elsewhere":"x","Bytes":"aGk="}"#,
        );
        let expected = Thing {
            text: "a".into(),
            number: Some(3),
            state: Some(State::Gone),
            bytes: Some(Bytes::from_static(b"hi")),
            ..Thing::default()
        };
        assert_eq!(thing, Ok(expected));
    }

    #[test]
    fn refuses_other_types_in_awss_words() {
        let check = |text: &str, message: &str| {
            assert_eq!(read(text), Err(format!("SerializationException: {message}")));
        };
        check(r#"{"Text":1}"#, "NUMBER_VALUE can not be converted to a String");
        check(r#"{"Text":"a","number":"1"}"#, "STRING_VALUE can not be converted to an Integer");
        check(r#"{"Text":["a"]}"#, "Start of list found where not expected");
        check(r#"{"Text":{}}"#, "Start of structure or map found where not expected.");
        check(r#"{"Text":"a","Bytes":"%"}"#, "STRING_VALUE can not be converted to a Blob");
        check(r#"{"Text":"a""#, "EOF while parsing an object");
        check(r#"{"Text":"a"} x"#, "trailing characters");
    }

    #[test]
    fn a_missing_required_member_is_named() {
        expect_test::expect!["ValidationException: 1 validation error detected: Value null at 'text' failed to satisfy constraint: Member must not be null"]
            .assert_eq(&read("{}").unwrap_err());
    }

    #[test]
    fn what_a_type_cannot_hold_is_told_in_the_order_of_the_schema() {
        let named = |member: &str| {
            let said =
                format!("Value null at '{member}' failed to satisfy constraint: Member must not be null");
            Err(format!("ValidationException: 1 validation error detected: {said}"))
        };
        let out_of_range = || Err("SerializationException: Unexpected value for an integer".to_owned());
        assert_eq!(read("null"), named("text"));
        assert_eq!(read(r#"{"Text":null}"#), named("text"));
        assert_eq!(read(r#"{"Text":"a","Texts":["a",null]}"#), named("member"));
        assert_eq!(read(r#"{"Text":"a","Nested":{"a":null}}"#), named("member"));
        assert_eq!(read(r#"{"Text":"a","Nested":{"a":{}}}"#), named("text"));
        assert_eq!(read(r#"{"Text":"a","number":5000000000}"#), out_of_range());
        assert_eq!(read(r#"{"Nested":{"a":{}},"number":5000000000}"#), named("text"));
        assert_eq!(read(r#"{"Text":"a","Texts":[null],"number":5000000000}"#), out_of_range());
    }

    #[test]
    fn of_two_members_of_one_name_the_last_counts() {
        let thing = |make: fn(&mut Thing)| {
            let mut thing = Thing { text: "a".into(), ..Thing::default() };
            make(&mut thing);
            Ok(thing)
        };
        let check = |text: &str, expected| assert_eq!(read(text), expected, "{text}");
        check(r#"{"Text":"b","Text":"a"}"#, thing(|_| ()));
        check(
            r#"{"Text":"a","Texts":["x"],"Texts":["y"]}"#,
            thing(|thing| thing.texts = Some(vec!["y".into()])),
        );
        check(r#"{"Text":"a","Texts":[null],"Texts":[]}"#, thing(|thing| thing.texts = Some(Vec::new())));
        check(r#"{"Text":"a","Texts":["x"],"Texts":null}"#, thing(|_| ()));
        check(r#"{"Text":"a","number":5000000000,"number":7}"#, thing(|thing| thing.number = Some(7)));
        check(
            r#"{"Text":"a","Nested":{"k":{"Text":"x"},"k":{"Text":"y"}}}"#,
            thing(|thing| {
                let inner = Thing { text: "y".into(), ..Thing::default() };
                thing.nested = Some(BTreeMap::from([("k".to_owned(), inner)]));
            }),
        );
    }

    #[test]
    fn a_deep_document_is_refused_not_overflown() {
        let deep = r#"{"Nested":{"a":"#.repeat(5_000);
        assert!(read(&deep).unwrap_err().contains("recursion limit"));
    }

    #[test]
    fn templates_may_write_numbers_as_text() {
        let properties = serde_json::json!({"Text": 12, "Number": "7", "Flag": "true", "Elsewhere": "kept"});
        let thing: Thing = serde_json::from_value(properties).unwrap();
        assert_eq!((thing.text.as_str(), thing.number, thing.flag), ("12", Some(7), Some(true)));
        assert_eq!(thing.elsewhere.as_deref(), Some("kept"));
    }

    #[test]
    fn numbers_without_digits_are_written_as_text() {
        for (ratio, expected) in
            [(f64::NAN, "NaN"), (f64::INFINITY, "Infinity"), (f64::NEG_INFINITY, "-Infinity")]
        {
            let thing = Thing { ratio: Some(ratio), ..Thing::default() };
            let room = Room::unlimited();
            let written = print(thing.value(), &THING, Dialect::Wire, &room).unwrap();
            assert_eq!(written, format!(r#"{{"Text":"","Ratio":"{expected}"}}"#).into_bytes());
            let again = read(std::str::from_utf8(&written).unwrap()).unwrap();
            assert_eq!(again.ratio.map(f64::to_bits), Some(ratio.to_bits()));
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_comes_back(text in ".*", number in any::<Option<i32>>(), bytes in any::<Vec<u8>>(), millis in 0_i64..4_000_000_000_000) {
            let thing = Thing {
                text: text.clone(),
                number,
                bytes: Some(bytes.into()),
                when: jiff::Timestamp::from_millisecond(millis).ok(),
                nested: Some(BTreeMap::from([(text.clone(), Thing { text, ..Thing::default() })])),
                ..Thing::default()
            };
            let kept = serde_json::to_string(&thing).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Thing>(&kept).unwrap(), &thing);
            let room = Room::unlimited();
            let wire = print(thing.value(), &THING, Dialect::Wire, &room).unwrap();
            prop_assert_eq!(read(std::str::from_utf8(&wire).unwrap()).unwrap(), thing);
        }
    }
}
