//! CBOR by schema, in both directions: the documents of `rpc-v2-cbor`.
// AWS: Smithy's "RPC v2 CBOR protocol": members by their names, bytes as bytes, moments as tag 1, no documents.

use std::borrow::Cow;

use cloud_core::AwsError;
use jiff::Timestamp;
use minicbor::data::{IanaTag, Tag, Type};
use minicbor::{Decoder, Encoder, decode, encode};

use crate::bounded_buffer::BoundedBuffer;
use crate::json::Dialect;
use crate::room::{self, Room};
use crate::schema::{Kind, Member, Schema};
use crate::shape::Given;
use crate::slot::{Places, Slot};
use crate::timestamp;
use crate::value::{self, Value};

/// How deep values may lie in one another, as in JSON.
const MAX_DEPTH: usize = 128;

/// Reads a request's document; says whether there is anything. Mistakes become `SerializationException`.
pub(crate) fn parse(bytes: &[u8], schema: &'static Schema, slot: Slot<'_>) -> Result<bool, AwsError> {
    let mut reader = Reader { decoder: Decoder::new(bytes), room: slot.room(), depth: 0 };
    let there = reader.value(schema, slot)?;
    if reader.decoder.position() < bytes.len() {
        return Err(malformed());
    }
    Ok(there)
}

fn serialization(message: impl Into<String>) -> AwsError {
    AwsError::new("SerializationException", message)
}

fn malformed() -> AwsError {
    serialization("The body is not well-formed CBOR")
}

struct Reader<'b, 'r> {
    decoder: Decoder<'b>,
    room: &'r Room,
    depth: usize,
}

impl<'b> Reader<'b, '_> {
    /// What the decoder says, or that the bytes are not CBOR.
    fn read<T>(
        &mut self,
        read: impl FnOnce(&mut Decoder<'b>) -> Result<T, decode::Error>,
    ) -> Result<T, AwsError> {
        read(&mut self.decoder).map_err(|_| malformed())
    }

    fn value(&mut self, schema: &'static Schema, slot: Slot<'_>) -> Result<bool, AwsError> {
        let kind = self.read(|decoder| decoder.datatype())?;
        if matches!(kind, Type::Null | Type::Undefined) {
            self.read(Decoder::skip)?;
            return Ok(false);
        }
        self.deeper(|reader| reader.of_kind(kind, schema, slot))?;
        Ok(true)
    }

    /// Reads something that lies in what is being read.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, AwsError>) -> Result<T, AwsError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(serialization("The body's values lie too deep in one another"));
        }
        let value = read(self);
        self.depth -= 1;
        value
    }

    /// Passes over a value that no member is. The decoder would remember how deep it is in memory that nobody counts, and
    /// take an end for a value.
    fn pass_over(&mut self) -> Result<(), AwsError> {
        let mut kind = self.read(|decoder| decoder.datatype())?;
        while kind == Type::Tag {
            self.read(Decoder::tag)?;
            kind = self.read(|decoder| decoder.datatype())?;
        }
        match kind {
            Type::Null | Type::Undefined => self.read(Decoder::skip),
            Type::Array | Type::ArrayIndef => self.deeper(|reader| {
                let stated = reader.read(Decoder::array)?;
                reader.parts(stated, Self::pass_over)
            }),
            Type::Map | Type::MapIndef => self.deeper(|reader| {
                let stated = reader.read(Decoder::map)?;
                reader.parts(stated, |reader| {
                    reader.pass_over()?;
                    reader.pass_over()
                })
            }),
            Type::Break => Err(malformed()),
            _ => self.deeper(|reader| reader.read(Decoder::skip)),
        }
    }

    fn of_kind(&mut self, kind: Type, schema: &'static Schema, slot: Slot<'_>) -> Result<(), AwsError> {
        let given = match (schema.kind, kind) {
            (Kind::Structure(members), Type::Map | Type::MapIndef) => return self.structure(members, slot),
            (Kind::Union(members), Type::Map | Type::MapIndef) => {
                return self.union(members, schema.name, slot);
            }
            (Kind::Map { value, .. }, Type::Map | Type::MapIndef) => return self.map(value, slot),
            (Kind::List { element, .. }, Type::Array | Type::ArrayIndef) => return self.list(element, slot),
            (Kind::String(_), Type::String | Type::StringIndef) => Given::Text(self.text()?),
            (Kind::Blob, Type::Bytes | Type::BytesIndef) => self.bytes()?,
            (Kind::Boolean, Type::Bool) => Given::Boolean(self.read(Decoder::bool)?),
            (Kind::Integer, kind) if is_integer(kind) => Given::Integer(self.read(Decoder::i64)?),
            (Kind::Float, kind) => Given::Float(self.number(kind, schema)?),
            (Kind::Timestamp(_), Type::Tag) => self.moment(schema)?,
            _ => return Err(unfit(schema)),
        };
        Ok(slot.set(given)?)
    }

    /// Goes through a map's or list's parts: as many as are stated, or until its end.
    fn parts(
        &mut self,
        stated: Option<u64>,
        mut part: impl FnMut(&mut Self) -> Result<(), AwsError>,
    ) -> Result<(), AwsError> {
        let mut left = stated;
        loop {
            match &mut left {
                Some(0) => return Ok(()),
                Some(left) => *left -= 1,
                None if self.read(|decoder| decoder.datatype())? == Type::Break => {
                    return self.read(Decoder::skip);
                }
                None => {}
            }
            part(self)?;
        }
    }

    fn structure(&mut self, members: &'static [Member], slot: Slot<'_>) -> Result<(), AwsError> {
        self.take(room::structure(members.len()))?;
        let (mut slot, mut present) = (slot.begin()?, Places::default());
        let stated = self.read(Decoder::map)?;
        self.parts(stated, |reader| {
            let name = reader.text()?;
            let known = members.iter().enumerate().find(|(_, member)| is(member, &name));
            let Some((place, member)) = known else { return reader.pass_over() };
            // What is said last counts.
            if present.has(place) {
                slot.clear(place);
            }
            let there = reader.value(member.schema, slot.member(place)?)?;
            present.mark(place, there);
            Ok(())
        })?;
        slot.lacks_members(members, &present, |member| Dialect::Rpc.places(member));
        Ok(())
    }

    fn union(
        &mut self,
        members: &'static [Member],
        shape: &'static str,
        slot: Slot<'_>,
    ) -> Result<(), AwsError> {
        self.take(room::ELEMENT)?;
        let mut slot = slot.begin()?;
        let (mut found, mut several) = (false, false);
        let stated = self.read(Decoder::map)?;
        self.parts(stated, |reader| {
            let name = reader.text()?;
            let known = members.iter().enumerate().find(|(_, member)| is(member, &name));
            let Some((place, member)) = known else { return reader.pass_over() };
            if reader.value(member.schema, slot.variant(place))? {
                several |= found;
                found = true;
            }
            Ok(())
        })?;
        if found && !several { Ok(()) } else { Err(self.room.wrong_union(shape, several)) }
    }

    fn map(&mut self, schema: &'static Schema, slot: Slot<'_>) -> Result<(), AwsError> {
        let mut slot = slot.begin()?;
        let stated = self.read(Decoder::map)?;
        self.parts(stated, |reader| {
            let key = reader.text()?;
            reader.take(key.len() + room::ALLOCATION)?;
            if !reader.value(schema, slot.entry(&key)?)? {
                slot.lacks_entry(&key);
            }
            Ok(())
        })
    }

    fn list(&mut self, element: &'static Schema, slot: Slot<'_>) -> Result<(), AwsError> {
        let (mut slot, mut place) = (slot.begin()?, 0);
        let stated = self.read(Decoder::array)?;
        self.parts(stated, |reader| {
            if !reader.value(element, slot.element(place)?)? {
                slot.lacks_element(place);
            }
            place += 1;
            Ok(())
        })
    }

    /// Text, as it lies there unless it comes in parts.
    fn text(&mut self) -> Result<Cow<'b, str>, AwsError> {
        if self.read(|decoder| decoder.datatype())? == Type::String {
            let text = self.read(Decoder::str)?;
            self.take(text.len() + room::ALLOCATION)?;
            return Ok(Cow::Borrowed(text));
        }
        self.take(room::ALLOCATION)?;
        let (room, mut text) = (self.room, String::new());
        for part in self.decoder.str_iter().map_err(|_| malformed())? {
            let part = part.map_err(|_| malformed())?;
            room.take(2 * part.len())?;
            text.push_str(part);
        }
        Ok(Cow::Owned(text))
    }

    fn bytes(&mut self) -> Result<Given<'static>, AwsError> {
        self.take(room::ALLOCATION)?;
        let (room, mut bytes) = (self.room, Vec::new());
        for part in self.decoder.bytes_iter().map_err(|_| malformed())? {
            let part = part.map_err(|_| malformed())?;
            room.take(2 * part.len())?;
            bytes.extend_from_slice(part);
        }
        Ok(Given::Blob(bytes.into()))
    }

    fn number(&mut self, kind: Type, schema: &'static Schema) -> Result<f64, AwsError> {
        match kind {
            Type::F16 => self.read(Decoder::f16).map(f64::from),
            Type::F32 => self.read(Decoder::f32).map(f64::from),
            Type::F64 => self.read(Decoder::f64),
            kind if is_integer(kind) => self.read(Decoder::i64).map(|whole| whole as f64),
            _ => Err(unfit(schema)),
        }
    }

    fn moment(&mut self, schema: &'static Schema) -> Result<Given<'static>, AwsError> {
        if self.read(Decoder::tag)? != Tag::from(IanaTag::Timestamp) {
            return Err(unfit(schema));
        }
        let kind = self.read(|decoder| decoder.datatype())?;
        let seconds = self.number(kind, schema)?;
        timestamp::from_seconds(seconds).map(Given::Timestamp).ok_or_else(|| unfit(schema))
    }

    fn take(&self, bytes: usize) -> Result<(), AwsError> {
        Ok(self.room.take(bytes)?)
    }
}

fn is(member: &Member, name: &str) -> bool {
    Dialect::Rpc.places(member) && member.wire == name
}

fn is_integer(kind: Type) -> bool {
    matches!(
        kind,
        Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::I8 | Type::I16 | Type::I32 | Type::I64
    )
}

fn unfit(schema: &Schema) -> AwsError {
    serialization(format!("The value for {} is not of the right type", schema.name))
}

/// Writes an answer's document.
pub(crate) fn print(value: Value<'_>, schema: &Schema, room: &Room) -> Result<Vec<u8>, AwsError> {
    let mut buffer = BoundedBuffer::new(room);
    let written = write(&mut Encoder::new(&mut buffer), value, schema);
    let bytes = buffer.finish()?;
    written.map(|()| bytes).map_err(AwsError::internal)
}

/// Writes an error's document: texts by their names.
pub(crate) fn texts<'a>(members: impl ExactSizeIterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    let mut written = encoder.map(members.len() as u64).is_ok();
    for (name, text) in members {
        written &= encoder.str(name).and_then(|encoder| encoder.str(text)).is_ok();
    }
    debug_assert!(written, "memory takes whatever is written");
    encoder.into_writer()
}

type Written = Result<(), encode::Error<std::convert::Infallible>>;
type To<'p, 'r> = Encoder<&'p mut BoundedBuffer<'r>>;

impl encode::Write for BoundedBuffer<'_> {
    type Error = std::convert::Infallible;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        // Whether there was room for all of it says `finish`.
        self.append(bytes);
        Ok(())
    }
}

fn write(to: &mut To<'_, '_>, value: Value<'_>, schema: &Schema) -> Written {
    match (value, schema.kind) {
        (Value::Null, _) => to.null()?,
        (Value::Boolean(truth), _) => to.bool(truth)?,
        (Value::Integer(number), _) => to.i64(number)?,
        (Value::Float(number), _) => to.f64(number)?,
        (Value::String(text), _) => to.str(text)?,
        (Value::Blob(bytes), _) => to.bytes(bytes)?,
        (Value::Timestamp(moment), _) => return write_moment(to, moment),
        (Value::List(elements), Kind::List { element, .. }) => {
            to.array(elements.count() as u64)?;
            return value::all(elements).try_for_each(|value| write(to, value, element));
        }
        (Value::Map(entries), Kind::Map { value: schema, .. }) => {
            to.map(entries.count() as u64)?;
            return entries.all().try_for_each(|(key, value)| {
                to.str(key)?;
                write(to, value, schema)
            });
        }
        (Value::Structure(values), Kind::Structure(members)) => {
            let there = || {
                let both = members.iter().zip(value::all(values));
                both.filter(|(member, value)| {
                    !value.is_null() && !value.is_stream() && Dialect::Rpc.places(member)
                })
            };
            to.map(there().count() as u64)?;
            return there().try_for_each(|(member, value)| write_member(to, member, value));
        }
        (Value::Variant(place, shape), Kind::Union(members)) => {
            let member = members.get(place);
            to.map(u64::from(member.is_some()))?;
            return member.map_or(Ok(()), |member| write_member(to, member, shape.value()));
        }
        _ => return Err(encode::Error::message("a value does not fit its shape")),
    };
    Ok(())
}

fn write_member(to: &mut To<'_, '_>, member: &Member, value: Value<'_>) -> Written {
    to.str(member.wire)?;
    write(to, value, member.schema)
}

fn write_moment(to: &mut To<'_, '_>, moment: Timestamp) -> Written {
    to.tag(IanaTag::Timestamp)?;
    let millis = moment.as_millisecond();
    if millis % 1000 == 0 {
        to.i64(millis / 1000)?;
    } else {
        to.f64(millis as f64 / 1000.0)?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::Protocol;
    use crate::Shape;
    use crate::codec;

    const ROOM: u64 = 64 << 20;

    static TEXT: Schema = Schema::string("Text");
    static LONG: Schema = Schema::integer("Long");
    static DOUBLE: Schema = Schema::float("Double");
    static BLOB: Schema = Schema::blob("Blob");
    static TIME: Schema = Schema::timestamp("Time");
    static MAP: Schema = Schema::map("Map", &TEXT, &LONG);
    static THINGS: Schema = Schema::list("Things", &THING);

    crate::union! {
        pub enum Choice as CHOICE {
            Text(String) = Member::new("Text", &TEXT),
            Long(i64) = Member::new("Long", &LONG),
        }
    }
    crate::structure! {
        pub struct Thing as THING {
            text: Option<String> = Member::new("Text", &TEXT),
            long: Option<i64> = Member::new("Long", &LONG),
            double: Option<f64> = Member::new("Double", &DOUBLE),
            blob: Option<Bytes> = Member::new("Blob", &BLOB),
            time: Option<Timestamp> = Member::new("Time", &TIME),
            map: Option<BTreeMap<String, i64>> = Member::new("Map", &MAP),
            choice: Option<Choice> = Member::new("Choice", &CHOICE),
            things: Option<Vec<Thing>> = Member::new("Things", &THINGS),
        }
    }

    fn check(hexadecimal: &str, expected: Result<Thing, &str>) {
        let bytes = hex::decode(hexadecimal.replace(' ', "")).unwrap();
        let read = codec::read::<Thing>(Protocol::Cbor, &bytes, ROOM).map(|read| read.value);
        assert_eq!(read.map_err(|error| error.message().to_owned()), expected.map_err(str::to_owned));
    }

    #[test]
    fn all_forms_of_a_value_are_read() {
        let thing = |make: fn(&mut Thing)| {
            let mut thing = Thing::default();
            make(&mut thing);
            Ok(thing)
        };
        // {}, of either form; a member that is unknown or null counts for nothing.
        check("a0", thing(|_| ()));
        check("bf ff", thing(|_| ()));
        check("a2 61 78 82 01 02 64 54657874 f6", thing(|_| ()));
        // Numbers of every size.
        check("a1 64 4c6f6e67 18 ff", thing(|it| it.long = Some(255)));
        check("a1 64 4c6f6e67 20", thing(|it| it.long = Some(-1)));
        check("a1 66 446f75626c65 f9 3c00", thing(|it| it.double = Some(1.0)));
        check("a1 66 446f75626c65 fa 3fc00000", thing(|it| it.double = Some(1.5)));
        check("a1 66 446f75626c65 02", thing(|it| it.double = Some(2.0)));
        // Texts and bytes in parts.
        check("a1 64 54657874 7f 61 61 61 62 ff", thing(|it| it.text = Some("ab".into())));
        check("a1 64 426c6f62 5f 41 01 41 02 ff", thing(|it| it.blob = Some(Bytes::from_static(&[1, 2]))));
        // A moment.
        check(
            "a1 64 54696d65 c1 1a 63b0cd00",
            thing(|it| it.time = Timestamp::from_second(1_672_531_200).ok()),
        );
    }

    #[test]
    fn what_is_not_right_is_refused() {
        let unfit = |shape: &str| format!("The value for {shape} is not of the right type");
        check("", Err("The body is not well-formed CBOR"));
        check("a1", Err("The body is not well-formed CBOR"));
        check("a0 00", Err("The body is not well-formed CBOR"));
        check("80", Err(&unfit("Thing")));
        check("a1 64 54657874 01", Err(&unfit("Text")));
        check("a1 64 4c6f6e67 f9 3c00", Err(&unfit("Long")));
        check("a1 64 54696d65 01", Err(&unfit("Time")));
        check("a1 64 54657874 7a ffffffff 61", Err("The body is not well-formed CBOR"));
        check("a1 66 43686f696365 a0", Err("The union Choice has no member: exactly one must be set."));
        check(
            "a1 66 43686f696365 a2 64 54657874 61 61 64 4c6f6e67 01",
            Err("The union Choice has several members: exactly one must be set."),
        );
        let deep = "a1 66 5468696e6773 81".repeat(100);
        check(&format!("{deep} a0"), Err("The body's values lie too deep in one another"));
        // What is passed over is well-formed, too, and no deeper.
        check("a1 61 78 ff", Err("The body is not well-formed CBOR"));
        check("a1 61 78 bf 61 79 ff", Err("The body is not well-formed CBOR"));
        check("a1 61 78 82 01", Err("The body is not well-formed CBOR"));
        let deep = format!("a1 61 78 {} ff", "82 9f".repeat(100));
        check(&deep, Err("The body's values lie too deep in one another"));
        check(&format!("a1 61 78 {} 00", "c1".repeat(100_000)), Ok(Thing::default()));
    }

    fn things() -> impl Strategy<Value = Thing> {
        let leaf = (
            proptest::option::of(".{0,8}"),
            proptest::option::of(any::<i64>()),
            proptest::option::of(-1e9..1e9),
            proptest::option::of(proptest::collection::vec(any::<u8>(), 0..8)),
            proptest::option::of(-9_000_000_000_i64..9_000_000_000),
            proptest::option::of(prop_oneof![
                ".{0,4}".prop_map(Choice::Text),
                any::<i64>().prop_map(Choice::Long)
            ]),
        );
        leaf.prop_map(|(text, long, double, blob, millis, choice)| Thing {
            text,
            map: long.map(|long| BTreeMap::from([("a".to_owned(), long)])),
            long,
            double,
            blob: blob.map(Bytes::from),
            time: millis.and_then(|millis| Timestamp::from_millisecond(millis).ok()),
            things: choice.clone().map(|choice| vec![Thing { choice: Some(choice), ..Thing::default() }]),
            choice,
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(thing in things()) {
            let room = Room::unlimited();
            let bytes = print(thing.value(), &THING, &room).unwrap();
            let read = codec::read::<Thing>(Protocol::Cbor, &bytes, ROOM).unwrap();
            prop_assert_eq!(read.value, thing);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            drop(codec::read::<Thing>(Protocol::Cbor, &bytes, ROOM));
        }
    }
}
