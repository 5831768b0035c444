//! Typed values: how Rust types become trees and come out of them.

use std::collections::BTreeMap;

use bytes::Bytes;
use cloud_core::AwsError;
use jiff::Timestamp;

use crate::body::Body;
use crate::schema::{Member, Schema};
use crate::value::Value;

/// A type that stands for a shape of a model. Implemented by the generated types and by what they are made of.
pub trait Shape: Sized {
    /// Takes the type out of a tree of its schema.
    fn from_value(value: Value) -> Result<Self, AwsError>;

    /// Makes a tree of its schema.
    fn into_value(self) -> Value;

    /// The member is absent: an error unless the type allows it.
    fn absent(member: &str) -> Result<Self, AwsError> {
        Err(AwsError::validation(format!(
            "1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must not be null",
            lower_first(member)
        )))
    }
}

/// A shape with a schema of its own: the generated structures and enumerations.
pub trait Described: Shape {
    /// The facts about the shape.
    fn schema() -> &'static Schema;
}

/// AWS's messages write member names with a small first letter, whatever the model says.
pub(crate) fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// The members of a structure, taken one by one in the schema's order.
#[derive(Debug)]
pub struct Members {
    values: std::vec::IntoIter<Value>,
    members: std::slice::Iter<'static, Member>,
}

impl Members {
    /// Opens a structure of that schema.
    pub fn of(value: Value, schema: &'static Schema) -> Result<Self, AwsError> {
        let values = match value {
            Value::Structure(values) => values,
            Value::Null => Vec::new(),
            _ => return Err(mismatch(schema.name)),
        };
        Ok(Self { values: values.into_iter(), members: schema.members().iter() })
    }

    /// The next member.
    pub fn take<T: Shape>(&mut self) -> Result<T, AwsError> {
        let name = self.members.next().map_or("", |member| member.name);
        match self.values.next() {
            None | Some(Value::Null) => T::absent(name),
            Some(value) => T::from_value(value),
        }
    }
}

pub(crate) fn mismatch(expected: &str) -> AwsError {
    AwsError::new("SerializationException", format!("Unexpected value for {expected}"))
}

/// The member of a union that is there, by its place.
pub fn variant(value: Value, schema: &'static Schema) -> Result<(usize, Value), AwsError> {
    match value {
        Value::Variant(place, value) => Ok((place, *value)),
        _ => Err(mismatch(schema.name)),
    }
}

macro_rules! scalar {
    ($type:ty, $variant:ident, $name:literal, $value:ident => $from:expr, $this:ident => $into:expr) => {
        impl Shape for $type {
            fn from_value(value: Value) -> Result<Self, AwsError> {
                match value {
                    Value::$variant($value) => $from,
                    _ => Err(mismatch($name)),
                }
            }

            fn into_value(self) -> Value {
                let $this = self;
                Value::$variant($into)
            }
        }
    };
}

scalar!(String, String, "a string", value => Ok(value), this => this);
scalar!(bool, Boolean, "a boolean", value => Ok(value), this => this);
scalar!(i64, Integer, "a long", value => Ok(value), this => this);
scalar!(i32, Integer, "an integer", value => Self::try_from(value).map_err(|_| mismatch("an integer")), this => this.into());
scalar!(f64, Float, "a double", value => Ok(value), this => this);
scalar!(Timestamp, Timestamp, "a timestamp", value => Ok(value), this => this);
scalar!(Bytes, Blob, "a blob", value => Ok(value), this => this);

impl Shape for Body {
    fn from_value(value: Value) -> Result<Self, AwsError> {
        match value {
            Value::Body(body) => Ok(*body),
            Value::Blob(bytes) => Ok(bytes.into()),
            _ => Err(mismatch("a stream")),
        }
    }

    fn into_value(self) -> Value {
        Value::Body(Box::new(self))
    }

    fn absent(_member: &str) -> Result<Self, AwsError> {
        Ok(Self::default())
    }
}

impl Shape for serde_json::Value {
    fn from_value(value: Value) -> Result<Self, AwsError> {
        match value {
            Value::Document(document) => Ok(*document),
            _ => Err(mismatch("a document")),
        }
    }

    fn into_value(self) -> Value {
        Value::Document(Box::new(self))
    }
}

impl<T: Shape> Shape for Option<T> {
    fn from_value(value: Value) -> Result<Self, AwsError> {
        if value.is_null() { Ok(None) } else { T::from_value(value).map(Some) }
    }

    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }

    fn absent(_member: &str) -> Result<Self, AwsError> {
        Ok(None)
    }
}

impl<T: Shape> Shape for Box<T> {
    fn from_value(value: Value) -> Result<Self, AwsError> {
        T::from_value(value).map(Self::new)
    }

    fn into_value(self) -> Value {
        (*self).into_value()
    }
}

impl<T: Shape> Shape for Vec<T> {
    fn from_value(value: Value) -> Result<Self, AwsError> {
        match value {
            Value::List(elements) => elements.into_iter().map(element).collect(),
            _ => Err(mismatch("a list")),
        }
    }

    fn into_value(self) -> Value {
        Value::List(self.into_iter().map(T::into_value).collect())
    }
}

impl<T: Shape> Shape for BTreeMap<String, T> {
    fn from_value(value: Value) -> Result<Self, AwsError> {
        match value {
            Value::Map(entries) => {
                entries.into_iter().map(|(key, value)| Ok((key, element(value)?))).collect()
            }
            _ => Err(mismatch("a map")),
        }
    }

    fn into_value(self) -> Value {
        Value::Map(self.into_iter().map(|(key, value)| (key, value.into_value())).collect())
    }
}

fn element<T: Shape>(value: Value) -> Result<T, AwsError> {
    if value.is_null() { T::absent("member") } else { T::from_value(value) }
}

/// Nothing: the input or output of operations that have none.
impl Shape for () {
    fn from_value(_value: Value) -> Result<Self, AwsError> {
        Ok(())
    }

    fn into_value(self) -> Value {
        Value::Structure(Vec::new())
    }
}

/// The schema of nothing.
pub static UNIT: Schema = Schema::structure("Unit", &[]);

impl Described for () {
    fn schema() -> &'static Schema {
        &UNIT
    }
}
