//! The tree between the codecs and the typed shapes.

use bytes::Bytes;
use jiff::Timestamp;

use crate::body::Body;
use crate::event_stream::Events;

/// A value of some shape. Structures hold their members in the order of the schema, [`Value::Null`] for those absent.
#[derive(Debug, Default)]
pub enum Value {
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
    String(String),
    /// Bytes.
    Blob(Bytes),
    /// A moment.
    Timestamp(Timestamp),
    /// Elements.
    List(Vec<Self>),
    /// Entries, in the order of the wire.
    Map(Vec<(String, Self)>),
    /// Members, in the order of the schema.
    Structure(Vec<Self>),
    /// The one member of a union or of a stream of events that is there, by its place in the schema.
    Variant(usize, Box<Self>),
    /// Any JSON. Behind a pointer, as are the streams: every other value would be as large.
    Document(Box<serde_json::Value>),
    /// A stream of bytes.
    Body(Box<Body>),
    /// A stream of events.
    Events(Box<Events>),
}

impl Value {
    /// Whether nothing is there.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The members of a structure; none of anything else.
    pub fn members(&self) -> &[Self] {
        match self {
            Self::Structure(members) => members,
            _ => &[],
        }
    }

    /// Text, if it is that.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}
