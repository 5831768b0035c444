//! Typed values: how they are looked at ([`Shape::value`]), and how they are filled in place, a part at a time, by who
//! reads a request. There is no form between the bytes and the types.

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use cloud_core::AwsError;
use jiff::Timestamp;

use crate::body::Body;
use crate::event_stream::{EventStream, Events, Given as GivenEvents};
use crate::room;
use crate::schema::{Kind, Schema};
use crate::value::{Entries, Parts, Value};

/// A type that stands for a shape of a model. Implemented by the generated types and by what they are made of.
///
/// Who fills one knows its schema, and asks it for no part that the schema does not have. A value that is not there yet
/// comes to be there with its first part, or empty by [`Shape::begin`].
pub trait Shape: Any + Send {
    /// What it holds.
    fn value(&self) -> Value<'_>;

    /// Has it hold that.
    fn set(&mut self, given: Given<'_>) -> Result<(), Unfit>;

    /// It is there, whatever comes to be within.
    fn begin(&mut self) {}

    /// It is as if nothing had been said of it.
    fn clear(&mut self);

    /// A member of a structure, by its place.
    fn member(&mut self, _place: usize) -> Option<&mut dyn Shape> {
        None
    }

    /// A union's member, in place of any other.
    fn variant(&mut self, _place: usize) -> Option<&mut dyn Shape> {
        None
    }

    /// A new element of a list.
    fn element(&mut self) -> Option<&mut dyn Shape> {
        None
    }

    /// A new entry of a map.
    fn entry(&mut self, _key: String) -> Option<&mut dyn Shape> {
        None
    }

    /// What one element or entry more takes of memory, but for what it holds itself.
    fn growth(&self) -> usize {
        0
    }

    /// The stream that it is.
    fn take(&mut self) -> Option<Taken> {
        None
    }
}

impl fmt::Debug for dyn Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

/// A shape with a schema of its own: the generated structures and enumerations.
pub trait Described: Shape + Default {
    /// The facts about the shape.
    fn schema() -> &'static Schema;
}

/// What a shape may be set to, as its schema's kind has it.
#[derive(Debug)]
pub enum Given<'a> {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Float(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes.
    Blob(Bytes),
    /// A moment.
    Timestamp(Timestamp),
    /// Any JSON. Behind a pointer, as are the streams: everything else is small.
    Document(Box<serde_json::Value>),
    /// A stream of bytes.
    Body(Box<Body>),
    /// A stream of events.
    Events(Box<GivenEvents>),
}

/// A stream that was taken out of a shape.
#[derive(Debug)]
pub enum Taken {
    /// One of bytes.
    Body(Body),
    /// One of events.
    Events(Events),
}

/// A value is none of what a type holds; says what that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit(pub &'static str);

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unexpected value for {}", self.0)
    }
}

impl From<Unfit> for AwsError {
    fn from(unfit: Unfit) -> Self {
        Self::new("SerializationException", unfit.to_string())
    }
}

/// AWS's messages write member names with a small first letter, whatever the model says.
pub(crate) fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase().to_string() + letters.as_str()).unwrap_or_default()
}

pub(crate) fn mismatch(expected: &'static str) -> AwsError {
    Unfit(expected).into()
}

/// The value of a type that is known again.
pub fn known<T: Shape>(shape: Box<dyn Shape>) -> Result<T, AwsError> {
    let any: Box<dyn Any> = shape;
    any.downcast()
        .map(|known| *known)
        .map_err(|_| AwsError::internal("a value is of another type than its operation's"))
}

/// A value as another shape with the same members, as a model's answers often are.
pub fn recast<A: Shape, B: Described>(from: &A) -> Result<B, AwsError> {
    let mut made = B::default();
    copy(from.value(), &mut made)?;
    Ok(made)
}

fn copy(from: Value<'_>, to: &mut dyn Shape) -> Result<(), Unfit> {
    const MISSING: Unfit = Unfit("another shape");
    let given = match from {
        Value::Null => return Ok(()),
        Value::Boolean(truth) => Given::Boolean(truth),
        Value::Integer(number) => Given::Integer(number),
        Value::Float(number) => Given::Float(number),
        Value::String(text) => Given::Text(text.into()),
        Value::Blob(bytes) => Given::Blob(bytes.clone()),
        Value::Timestamp(moment) => Given::Timestamp(moment),
        Value::Document(json) => Given::Document(Box::new(json.clone())),
        Value::List(parts) => {
            to.begin();
            return crate::value::all(parts).try_for_each(|part| copy(part, to.element().ok_or(MISSING)?));
        }
        Value::Map(entries) => {
            to.begin();
            return entries
                .all()
                .try_for_each(|(key, part)| copy(part, to.entry(key.to_owned()).ok_or(MISSING)?));
        }
        Value::Structure(parts) => {
            to.begin();
            return crate::value::all(parts)
                .enumerate()
                .filter(|(_, part)| !part.is_null())
                .try_for_each(|(place, part)| copy(part, to.member(place).ok_or(MISSING)?));
        }
        Value::Variant(place, part) => return copy(part.value(), to.variant(place).ok_or(MISSING)?),
        Value::Body | Value::Events => return Err(Unfit("what is no stream")),
    };
    to.set(given)
}

macro_rules! scalar {
    ($type:ty, $name:literal, $this:ident => $value:expr, $given:pat => $set:expr) => {
        impl Shape for $type {
            fn value(&self) -> Value<'_> {
                let $this = self;
                $value
            }

            fn set(&mut self, given: Given<'_>) -> Result<(), Unfit> {
                match given {
                    $given => *self = $set,
                    _ => return Err(Unfit($name)),
                }
                Ok(())
            }

            fn clear(&mut self) {
                *self = Self::default();
            }
        }
    };
}

scalar!(String, "a string", this => Value::String(this), Given::Text(text) => text.into_owned());
scalar!(bool, "a boolean", this => Value::Boolean(*this), Given::Boolean(truth) => truth);
scalar!(i64, "a long", this => Value::Integer(*this), Given::Integer(number) => number);
scalar!(i32, "an integer", this => Value::Integer((*this).into()),
    Given::Integer(number) => Self::try_from(number).map_err(|_| Unfit("an integer"))?);
scalar!(f64, "a double", this => Value::Float(*this), Given::Float(number) => number);
scalar!(Timestamp, "a timestamp", this => Value::Timestamp(*this), Given::Timestamp(moment) => moment);
scalar!(Bytes, "a blob", this => Value::Blob(this), Given::Blob(bytes) => bytes);
scalar!(serde_json::Value, "a document", this => Value::Document(this), Given::Document(json) => *json);

impl Shape for Body {
    fn value(&self) -> Value<'_> {
        Value::Body
    }

    fn set(&mut self, given: Given<'_>) -> Result<(), Unfit> {
        *self = match given {
            Given::Body(body) => *body,
            Given::Blob(bytes) => bytes.into(),
            _ => return Err(Unfit("a stream")),
        };
        Ok(())
    }

    fn clear(&mut self) {
        *self = Self::default();
    }

    fn take(&mut self) -> Option<Taken> {
        Some(Taken::Body(std::mem::take(self)))
    }
}

impl<T: Shape + Default> Shape for EventStream<T> {
    fn value(&self) -> Value<'_> {
        Value::Events
    }

    fn set(&mut self, given: Given<'_>) -> Result<(), Unfit> {
        let Given::Events(events) = given else { return Err(Unfit("a stream of events")) };
        *self = events.typed();
        Ok(())
    }

    fn clear(&mut self) {
        *self = Self::default();
    }

    fn take(&mut self) -> Option<Taken> {
        Some(Taken::Events(std::mem::take(self).into()))
    }
}

impl<T: Shape + Default> Shape for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, T::value)
    }

    fn set(&mut self, given: Given<'_>) -> Result<(), Unfit> {
        let mut there = T::default();
        there.set(given)?;
        *self = Some(there);
        Ok(())
    }

    fn begin(&mut self) {
        self.get_or_insert_default().begin();
    }

    fn clear(&mut self) {
        *self = None;
    }

    fn member(&mut self, place: usize) -> Option<&mut dyn Shape> {
        self.get_or_insert_default().member(place)
    }

    fn variant(&mut self, place: usize) -> Option<&mut dyn Shape> {
        self.get_or_insert_default().variant(place)
    }

    fn element(&mut self) -> Option<&mut dyn Shape> {
        self.get_or_insert_default().element()
    }

    fn entry(&mut self, key: String) -> Option<&mut dyn Shape> {
        self.get_or_insert_default().entry(key)
    }

    fn growth(&self) -> usize {
        self.as_ref().map_or(0, T::growth)
    }

    fn take(&mut self) -> Option<Taken> {
        self.as_mut()?.take()
    }
}

impl<T: Shape + Default> Shape for Box<T> {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }

    fn set(&mut self, given: Given<'_>) -> Result<(), Unfit> {
        (**self).set(given)
    }

    fn begin(&mut self) {
        (**self).begin();
    }

    fn clear(&mut self) {
        (**self).clear();
    }

    fn member(&mut self, place: usize) -> Option<&mut dyn Shape> {
        (**self).member(place)
    }

    fn variant(&mut self, place: usize) -> Option<&mut dyn Shape> {
        (**self).variant(place)
    }

    fn element(&mut self) -> Option<&mut dyn Shape> {
        (**self).element()
    }

    fn entry(&mut self, key: String) -> Option<&mut dyn Shape> {
        (**self).entry(key)
    }

    fn growth(&self) -> usize {
        (**self).growth()
    }
}

impl<T: Shape + Default> Parts for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn part(&self, place: usize) -> Value<'_> {
        self.get(place).map_or(Value::Null, T::value)
    }
}

impl<T: Shape + Default> Shape for Vec<T> {
    fn value(&self) -> Value<'_> {
        Value::List(self)
    }

    fn set(&mut self, _given: Given<'_>) -> Result<(), Unfit> {
        Err(Unfit("a list"))
    }

    fn clear(&mut self) {
        *self = Self::new();
    }

    fn element(&mut self) -> Option<&mut dyn Shape> {
        self.push(T::default());
        self.last_mut().map(|last| last as &mut dyn Shape)
    }

    fn growth(&self) -> usize {
        room::GROWTH * size_of::<T>()
    }
}

impl<T: Shape + Default> Entries for BTreeMap<String, T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn all(&self) -> Box<dyn Iterator<Item = (&str, Value<'_>)> + '_> {
        Box::new(self.iter().map(|(key, value)| (key.as_str(), value.value())))
    }
}

impl<T: Shape + Default> Shape for BTreeMap<String, T> {
    fn value(&self) -> Value<'_> {
        Value::Map(self)
    }

    fn set(&mut self, _given: Given<'_>) -> Result<(), Unfit> {
        Err(Unfit("a map"))
    }

    fn clear(&mut self) {
        *self = Self::new();
    }

    fn entry(&mut self, key: String) -> Option<&mut dyn Shape> {
        use std::collections::btree_map::Entry;
        Some(match Self::entry(self, key) {
            Entry::Vacant(entry) => entry.insert(T::default()),
            Entry::Occupied(entry) => {
                let value = entry.into_mut();
                *value = T::default();
                value
            }
        })
    }

    fn growth(&self) -> usize {
        // A tree's node has room for eleven, of which half may be empty.
        let entry = size_of::<(String, T)>();
        if self.is_empty() { 12 * entry } else { room::GROWTH * entry }
    }
}

/// Nothing: the input or output of operations that have none.
impl Shape for () {
    fn value(&self) -> Value<'_> {
        Value::Structure(&())
    }

    fn set(&mut self, _given: Given<'_>) -> Result<(), Unfit> {
        Err(Unfit("nothing"))
    }

    fn clear(&mut self) {}
}

impl Parts for () {
    fn count(&self) -> usize {
        0
    }

    fn part(&self, _place: usize) -> Value<'_> {
        Value::Null
    }
}

/// The schema of nothing.
pub static UNIT: Schema = Schema::structure("Unit", &[]);

impl Described for () {
    fn schema() -> &'static Schema {
        &UNIT
    }
}

/// The schema of a part, as a step into it has it.
pub(crate) fn within(schema: &'static Schema, place: usize) -> Option<(&'static str, &'static Schema)> {
    match schema.kind {
        Kind::Structure(members) | Kind::Union(members) => {
            members.get(place).map(|member| (member.name, member.schema))
        }
        Kind::List { element, .. } => Some(("member", element)),
        Kind::Map { value, .. } => Some(("member", value)),
        _ => None,
    }
}
