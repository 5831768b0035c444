//! JSON by schema, in both directions, without an untyped tree in between (a function's package may be 70 MB of base64).

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
use crate::shape::Described;
use crate::timestamp;
use crate::value::Value;

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

/// Reads a request's document. Mistakes become `SerializationException`.
pub(crate) fn parse(
    bytes: &[u8],
    schema: &'static Schema,
    dialect: Dialect,
    room: &Room,
) -> Result<Value, AwsError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Seed { schema, dialect, room }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| {
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
    value: &Value,
    schema: &Schema,
    dialect: Dialect,
    room: &Room,
) -> Result<Vec<u8>, AwsError> {
    let mut buffer = BoundedBuffer::new(room);
    let written = serde_json::to_writer(&mut buffer, &Json { value, schema, format: None, dialect });
    let bytes = buffer.finish()?;
    written.map(|()| bytes).map_err(AwsError::internal)
}

/// An input in the model's names, for tests that know no types.
pub(crate) fn read_model(document: &serde_json::Value, schema: &'static Schema) -> Result<Value, AwsError> {
    let room = Room::unlimited();
    let seed = Seed { schema, dialect: Dialect::Model, room: &room };
    seed.deserialize(document).map_err(|error| AwsError::validation(error.to_string()))
}

/// An output in the model's names.
pub(crate) fn show_model(value: &Value, schema: &Schema) -> Result<serde_json::Value, AwsError> {
    let shown = Json { value, schema, format: None, dialect: Dialect::Model };
    shown.serialize(serde_json::value::Serializer).map_err(AwsError::internal)
}

#[doc(hidden)]
pub fn serialize_shape<T: Described, S: Serializer>(shape: T, serializer: S) -> Result<S::Ok, S::Error> {
    let value = shape.into_value();
    Json { value: &value, schema: T::schema(), format: None, dialect: Dialect::Model }.serialize(serializer)
}

/// What is read back from our own records, and a template's properties: names as in the model, types leniently. Who reads
/// a template has asked for room before.
#[doc(hidden)]
pub fn deserialize_shape<'de, T: Described, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let room = Room::unlimited();
    let value =
        Seed { schema: T::schema(), dialect: Dialect::Model, room: &room }.deserialize(deserializer)?;
    T::from_value(value).map_err(D::Error::custom)
}

/// Reads one value of a schema.
#[derive(Clone, Copy)]
struct Seed<'r> {
    schema: &'static Schema,
    dialect: Dialect,
    room: &'r Room,
}

impl Seed<'_> {
    fn of(self, schema: &'static Schema) -> Self {
        Self { schema, ..self }
    }

    /// Asks before it is allocated.
    fn take<E: serde::de::Error>(self, bytes: usize) -> Result<(), E> {
        self.room.take(bytes).map_err(E::custom)
    }

    fn lenient(self) -> bool {
        self.dialect == Dialect::Model
    }

    /// AWS: "STRING_VALUE can not be converted to an Integer".
    fn refuse<E: serde::de::Error>(self, found: &str) -> E {
        let wanted = match self.schema.kind {
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

    fn number<E: serde::de::Error>(self, number: f64, whole: Option<i64>) -> Result<Value, E> {
        match self.schema.kind {
            Kind::Integer => whole.map(Value::Integer).ok_or_else(|| self.refuse("NUMBER_VALUE")),
            Kind::Float => Ok(Value::Float(number)),
            Kind::Timestamp(_) => timestamp::from_seconds(number)
                .map(Value::Timestamp)
                .ok_or_else(|| self.refuse("NUMBER_VALUE")),
            Kind::String(_) if self.lenient() => {
                Ok(Value::String(whole.map_or_else(|| number.to_string(), |whole| whole.to_string())))
            }
            Kind::Document => {
                let whole = whole.map(serde_json::Number::from);
                let number = whole.or_else(|| serde_json::Number::from_f64(number));
                Ok(document(number.map_or(serde_json::Value::Null, serde_json::Value::Number)))
            }
            _ => Err(self.refuse("NUMBER_VALUE")),
        }
    }

    fn place_of(self, members: &[Member], name: &str) -> Option<usize> {
        members.iter().position(|member| self.dialect.places(member) && self.dialect.name(member) == name)
    }

    /// The one member that is there.
    fn union<'de, A: MapAccess<'de>>(
        self,
        members: &'static [Member],
        mut access: A,
    ) -> Result<Value, A::Error> {
        self.take(room::ELEMENT)?;
        let wrong = |several| A::Error::custom(self.room.wrong_union(self.schema.name, several));
        let mut found = None;
        while let Some(name) = access.next_key::<std::borrow::Cow<'de, str>>()? {
            // AWS: members that are null, and ones that are not known (`__type`), are passed over.
            let Some(place) = self.place_of(members, &name) else {
                access.next_value::<IgnoredAny>()?;
                continue;
            };
            let schema = members.get(place).map_or(self.schema, |member| member.schema);
            let value = access.next_value_seed(self.of(schema))?;
            if !value.is_null() && found.replace(Value::Variant(place, Box::new(value))).is_some() {
                return Err(wrong(true));
            }
        }
        found.ok_or_else(|| wrong(false))
    }
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
}

fn document(json: serde_json::Value) -> Value {
    Value::Document(Box::new(json))
}

/// What is within a document.
fn part(value: Value) -> serde_json::Value {
    if let Value::Document(json) = value { *json } else { serde_json::Value::Null }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.schema.name)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        match self.schema.kind {
            Kind::Boolean => Ok(Value::Boolean(value)),
            Kind::String(_) if self.lenient() => Ok(Value::String(value.to_string())),
            Kind::Document => Ok(document(value.into())),
            _ => Err(self.refuse(if value { "TRUE_VALUE" } else { "FALSE_VALUE" })),
        }
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.number(value as f64, Some(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.number(value as f64, i64::try_from(value).ok())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        let whole = (value.fract() == 0.0 && value.abs() < 9.0e15).then_some(value as i64);
        self.number(value, whole)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        let refused = || self.refuse("STRING_VALUE");
        match self.schema.kind {
            Kind::String(_) => {
                self.take(text.len() + room::ALLOCATION)?;
                Ok(Value::String(text.to_owned()))
            }
            Kind::Document => {
                self.take(text.len() + room::ALLOCATION)?;
                Ok(document(text.into()))
            }
            Kind::Blob => {
                self.take(text.len())?;
                BASE64.decode(text).map(|bytes| Value::Blob(bytes.into())).map_err(|_| refused())
            }
            Kind::Timestamp(_) => timestamp::parse(text).map(Value::Timestamp).ok_or_else(refused),
            // The protocols write the numbers that JSON cannot as text.
            Kind::Float if matches!(text, "NaN" | "Infinity" | "-Infinity") || self.lenient() => {
                text.parse().map(Value::Float).map_err(|_| refused())
            }
            Kind::Integer if self.lenient() => text.parse().map(Value::Integer).map_err(|_| refused()),
            Kind::Boolean if self.lenient() && text.eq_ignore_ascii_case("true") => Ok(Value::Boolean(true)),
            Kind::Boolean if self.lenient() && text.eq_ignore_ascii_case("false") => {
                Ok(Value::Boolean(false))
            }
            _ => Err(refused()),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        if matches!(self.schema.kind, Kind::Document) {
            let mut elements = Vec::new();
            while let Some(value) = access.next_element_seed(self)? {
                self.take(room::ELEMENT)?;
                elements.push(part(value));
            }
            return Ok(document(elements.into()));
        }
        let Kind::List { element, .. } = self.schema.kind else {
            return Err(A::Error::custom("Start of list found where not expected"));
        };
        let mut elements = Vec::new();
        while let Some(value) = access.next_element_seed(self.of(element))? {
            self.take(room::ELEMENT)?;
            elements.push(value);
        }
        Ok(Value::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        match self.schema.kind {
            Kind::Structure(members) => {
                self.take(room::structure(members.len()))?;
                let mut values: Vec<Value> = members.iter().map(|_| Value::Null).collect();
                while let Some(name) = access.next_key::<std::borrow::Cow<'de, str>>()? {
                    let found = self.place_of(members, &name);
                    let place = found.and_then(|index| values.get_mut(index).zip(members.get(index)));
                    if let Some((slot, member)) = place {
                        *slot = access.next_value_seed(self.of(member.schema))?;
                    } else {
                        access.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Value::Structure(values))
            }
            Kind::Union(members) => self.union(members, access),
            Kind::Document => {
                let mut entries = serde_json::Map::new();
                while let Some(key) = access.next_key::<String>()? {
                    self.take(room::MAP + key.len() + room::ALLOCATION)?;
                    entries.insert(key, part(access.next_value_seed(self)?));
                }
                Ok(document(entries.into()))
            }
            Kind::Map { value: schema, .. } => {
                let mut entries = Vec::new();
                while let Some(key) = access.next_key::<String>()? {
                    let first = if entries.is_empty() { room::MAP } else { 0 };
                    self.take(first + 2 * room::ELEMENT + key.len() + room::ALLOCATION)?;
                    entries.push((key, access.next_value_seed(self.of(schema))?));
                }
                Ok(Value::Map(entries))
            }
            _ => Err(A::Error::custom("Start of structure or map found where not expected.")),
        }
    }
}

/// Writes one value of a schema.
struct Json<'a> {
    value: &'a Value,
    schema: &'a Schema,
    format: Option<TimestampFormat>,
    dialect: Dialect,
}

impl<'a> Json<'a> {
    fn of(&self, value: &'a Value, schema: &'a Schema) -> Self {
        Json { value, schema, format: None, dialect: self.dialect }
    }

    fn structure<S: Serializer>(
        &self,
        members: &'a [Member],
        values: &'a [Value],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for (member, value) in members.iter().zip(values) {
            if value.is_null() || !self.dialect.places(member) {
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
            (Value::Boolean(value), _) => to.serialize_bool(*value),
            (Value::Integer(value), _) => to.serialize_i64(*value),
            (Value::Float(value), _) => match scalar::not_finite(*value) {
                Some(text) => to.serialize_str(text),
                None => to.serialize_f64(*value),
            },
            (Value::String(text), _) => to.serialize_str(text),
            (Value::Blob(bytes), _) => to.serialize_str(&BASE64.encode(bytes)),
            (Value::Timestamp(moment), _) => self.moment(*moment, to),
            (Value::List(elements), Kind::List { element, .. }) => {
                let mut list = to.serialize_seq(Some(elements.len()))?;
                for value in elements {
                    list.serialize_element(&self.of(value, element))?;
                }
                list.end()
            }
            (Value::Map(entries), Kind::Map { value: schema, .. }) => {
                let mut map = to.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, &self.of(value, schema))?;
                }
                map.end()
            }
            (Value::Structure(values), Kind::Structure(members)) => self.structure(members, values, to),
            (Value::Document(json), _) => json.serialize(to),
            (Value::Variant(place, value), Kind::Union(members)) => {
                let member =
                    members.get(*place).ok_or_else(|| S::Error::custom("a union has no such member"))?;
                let value = Json { format: member.format, ..self.of(value, member.schema) };
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
    use crate::Shape;

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
        parse(text.as_bytes(), &THING, Dialect::Wire, &Room::unlimited())
            .and_then(Thing::from_value)
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
            let written = print(&thing.into_value(), &THING, Dialect::Wire, &room).unwrap();
            assert_eq!(written, format!(r#"{{"Text":"","Ratio":"{expected}"}}"#).into_bytes());
            let again = Thing::from_value(parse(&written, &THING, Dialect::Wire, &room).unwrap()).unwrap();
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
            let wire = print(&thing.clone().into_value(), &THING, Dialect::Wire, &room).unwrap();
            prop_assert_eq!(Thing::from_value(parse(&wire, &THING, Dialect::Wire, &room).unwrap()).unwrap(), thing);
        }
    }
}
