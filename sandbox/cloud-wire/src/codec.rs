//! Documents by themselves: read into a value and written of one by a schema, without a request around them.
//!
//! The endpoint does the same with more around it. This is for who has a document and no request: the fuzz targets.

use budget::{Budget, Source};
use cloud_core::AwsError;

use crate::json::{self, Dialect};
use crate::model::Protocol;
use crate::query::Parameters;
use crate::room::Room;
use crate::schema::{Member, Schema};
use crate::shape::UNIT;
use crate::value::Value;
use crate::xml::{self, Writer};
use crate::{cbor, percent};

/// A value that was read.
#[derive(Debug)]
pub struct Read {
    /// The value.
    pub value: Value,
    /// How many bytes of memory were asked for before it was made.
    pub taken: u64,
}

/// Reads a request's document (a form, XML, JSON or CBOR) that may take so many bytes of memory.
pub fn read(
    protocol: Protocol,
    document: &[u8],
    schema: &'static Schema,
    limit: u64,
) -> Result<Read, AwsError> {
    // A source is given half of a budget at most.
    let memory = Budget::new("one document", limit.saturating_mul(2));
    let room = Room::holding(memory.reserve(&Source::named("document", "one"), 0)?);
    let value = match protocol {
        Protocol::Query => {
            let form = std::str::from_utf8(document).map_err(|_| not_utf8())?;
            room.take(percent::cost(form))?;
            Parameters::of(&percent::pairs(form).ok_or_else(not_utf8)?, &room)?.read(schema, &room)?
        }
        Protocol::RestXml => xml::parse(document, &room)?.read(schema, &room)?,
        Protocol::Cbor => cbor::parse(document, schema, &room)?,
        Protocol::RestJson => json::parse(document, schema, Dialect::Wire, &room)?,
        Protocol::Json10 | Protocol::Json11 => json::parse(document, schema, Dialect::Rpc, &room)?,
    };
    Ok(Read { value, taken: room.taken() })
}

/// Writes an answer's document: XML whose root has the schema's name, JSON or CBOR.
pub fn write(protocol: Protocol, value: &Value, schema: &Schema) -> Result<Vec<u8>, AwsError> {
    let room = Room::unlimited();
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

fn not_utf8() -> AwsError {
    AwsError::new("MalformedQueryString", "The form is not UTF-8")
}
