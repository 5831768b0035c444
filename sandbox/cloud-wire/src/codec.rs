//! Documents by themselves: read into a typed value and written of one, without a request around them.
//!
//! The endpoint does the same with more around it. This is for who has a document and no request: the fuzz targets, and
//! tests that know operations by their names alone.

use budget::{Budget, Source};
use cloud_core::AwsError;

use crate::input::Input;
use crate::json::{self, Dialect};
use crate::model::{Operation, Protocol};
use crate::query::Parameters;
use crate::room::Room;
use crate::schema::Member;
use crate::shape::{Described, Shape, UNIT};
use crate::slot::{Places, Reading};
use crate::xml::{self, Writer};
use crate::{cbor, percent};

/// A value that was read.
#[derive(Debug)]
pub struct Read<T> {
    /// The value.
    pub value: T,
    /// How many bytes of memory were asked for before it was made.
    pub taken: u64,
}

/// Reads a request's document (a form, XML, JSON or CBOR) that may take so many bytes of memory.
pub fn read<T: Described>(protocol: Protocol, document: &[u8], limit: u64) -> Result<Read<T>, AwsError> {
    // A source is given half of a budget at most.
    let memory = Budget::new("one document", limit.saturating_mul(2));
    let room = Room::holding(memory.reserve(&Source::named("document", "one"), 0)?);
    let (mut value, schema, reading) = (T::default(), T::schema(), Reading::new(&room));
    let mut slot = reading.slot(&mut value);
    let there = match protocol {
        Protocol::Query => {
            let form = std::str::from_utf8(document).map_err(|_| not_utf8())?;
            room.take(percent::cost(form))?;
            let parameters = Parameters::of(&percent::pairs(form).ok_or_else(not_utf8)?, &room)?;
            parameters.read(schema, slot.again()).map(|()| true)?
        }
        Protocol::RestXml => xml::parse(document, &room)?.read(schema, slot.again()).map(|()| true)?,
        Protocol::Cbor => cbor::parse(document, schema, slot.again())?,
        Protocol::RestJson => json::parse(document, schema, Dialect::Wire, slot.again())?,
        Protocol::Json10 | Protocol::Json11 => json::parse(document, schema, Dialect::Rpc, slot.again())?,
    };
    if !there {
        slot.lacks_members(schema.members(), &Places::default(), |_| true);
    }
    reading.misfits().refuse(schema)?;
    Ok(Read { value, taken: room.taken() })
}

/// Writes an answer's document: XML whose root has the schema's name, JSON or CBOR.
pub fn write<T: Described>(protocol: Protocol, value: &T) -> Result<Vec<u8>, AwsError> {
    let (room, value, schema) = (Room::unlimited(), value.value(), T::schema());
    match protocol {
        Protocol::Query | Protocol::RestXml => {
            let mut writer = Writer::document(&room);
            writer.value(schema.name, schema, value, &Member::new("", &UNIT));
            writer.finish()
        }
        Protocol::Cbor => cbor::print(value, schema, &room),
        Protocol::RestJson => json::print(value, schema, Dialect::Wire, &room),
        Protocol::Json10 | Protocol::Json11 => json::print(value, schema, Dialect::Rpc, &room),
    }
}

/// An operation's input of JSON in the model's names; types leniently, as in templates.
pub fn input(operation: &Operation, document: &serde_json::Value) -> Result<Input, AwsError> {
    let (room, mut shape) = (Room::unlimited(), (operation.blank)());
    let reading = Reading::new(&room);
    json::read_model(document, operation.input, reading.slot(&mut *shape))?;
    Ok(Input::read(shape, reading.misfits()))
}

/// An operation's output as JSON in the model's names, without what streams.
pub fn output(operation: &Operation, output: &dyn Shape) -> Result<serde_json::Value, AwsError> {
    json::show_model(output.value(), operation.output)
}

fn not_utf8() -> AwsError {
    AwsError::new("MalformedQueryString", "The form is not UTF-8")
}
