//! How a typed value is looked at, whatever its type: by who writes it, holds it to its constraints, or asks what leave it
//! needs. Nothing is copied for that.

use std::fmt;

use bytes::Bytes;
use jiff::Timestamp;

use crate::shape::Shape;

/// A value of some shape, as it lies in its type.
#[derive(Clone, Copy, Default)]
pub enum Value<'a> {
    /// Absent.
    #[default]
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Float(f64),
    /// Text.
    String(&'a str),
    /// Bytes.
    Blob(&'a Bytes),
    /// A moment.
    Timestamp(Timestamp),
    /// Elements.
    List(&'a dyn Parts),
    /// Entries.
    Map(&'a dyn Entries),
    /// Members, in the order of the schema.
    Structure(&'a dyn Parts),
    /// The one member of a union or of a stream of events that is there, by its place in the schema.
    Variant(usize, &'a dyn Shape),
    /// Any JSON.
    Document(&'a serde_json::Value),
    /// A stream of bytes.
    Body,
    /// A stream of events.
    Events,
}

/// The members of a structure, the elements of a list.
pub trait Parts {
    /// How many there are.
    fn count(&self) -> usize;

    /// One of them; nothing beyond the last.
    fn part(&self, place: usize) -> Value<'_>;
}

/// The entries of a map.
pub trait Entries {
    /// How many there are.
    fn count(&self) -> usize;

    /// All of them, by their keys.
    fn all(&self) -> Box<dyn Iterator<Item = (&str, Value<'_>)> + '_>;
}

impl<'a> Value<'a> {
    /// Whether nothing is there.
    pub const fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is taken rather than looked at, and no part of a document.
    pub(crate) const fn is_stream(self) -> bool {
        matches!(self, Self::Body | Self::Events)
    }

    /// Text, if it is that.
    pub const fn as_str(self) -> Option<&'a str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members of a structure; none of anything else.
    pub fn members(self) -> impl Iterator<Item = Value<'a>> + Clone {
        let parts = if let Self::Structure(parts) = self { Some(parts) } else { None };
        parts.into_iter().flat_map(all)
    }

    /// A member of a structure by its place; nothing of anything else.
    #[must_use]
    pub fn member(self, place: usize) -> Self {
        if let Self::Structure(parts) = self { parts.part(place) } else { Self::Null }
    }

    /// The elements of a list; none of anything else.
    pub fn elements(self) -> impl Iterator<Item = Value<'a>> + Clone {
        let parts = if let Self::List(parts) = self { Some(parts) } else { None };
        parts.into_iter().flat_map(all)
    }
}

/// The parts one after another.
pub fn all(parts: &dyn Parts) -> impl Iterator<Item = Value<'_>> + Clone {
    (0..parts.count()).map(|place| parts.part(place))
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts =
            |parts: &dyn Parts| all(parts).map(|part| format!("{part:?}")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Null => f.write_str("Null"),
            Self::Boolean(value) => write!(f, "Boolean({value})"),
            Self::Integer(value) => write!(f, "Integer({value})"),
            Self::Float(value) => write!(f, "Float({value:?})"),
            Self::String(value) => write!(f, "String({value:?})"),
            Self::Blob(value) => write!(f, "Blob({value:?})"),
            Self::Timestamp(value) => write!(f, "Timestamp({value:?})"),
            Self::List(value) => write!(f, "List([{}])", parts(*value)),
            Self::Map(value) => {
                let entries: Vec<_> = value.all().map(|entry| format!("{entry:?}")).collect();
                write!(f, "Map([{}])", entries.join(", "))
            }
            Self::Structure(value) => write!(f, "Structure([{}])", parts(*value)),
            Self::Variant(place, value) => write!(f, "Variant({place}, {:?})", value.value()),
            Self::Document(value) => write!(f, "Document({value})"),
            Self::Body => f.write_str("Body"),
            Self::Events => f.write_str("Events"),
        }
    }
}
