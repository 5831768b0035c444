//! Single values as text: in headers, paths, query parameters and XML.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cloud_core::AwsError;

use crate::schema::{Kind, Schema, TimestampFormat};
use crate::shape::Given;
use crate::timestamp;
use crate::value::Value;

/// Reads a value of a scalar schema.
pub(crate) fn parse<'t>(text: &'t str, schema: &Schema) -> Result<Given<'t>, AwsError> {
    let trimmed = text.trim();
    let given = match schema.kind {
        Kind::String(_) => Some(Given::Text(text.into())),
        Kind::Integer => trimmed.parse().ok().map(Given::Integer),
        Kind::Float => trimmed.parse().ok().map(Given::Float),
        Kind::Boolean => match trimmed {
            "true" | "True" | "TRUE" | "1" => Some(Given::Boolean(true)),
            "false" | "False" | "FALSE" | "0" => Some(Given::Boolean(false)),
            _ => None,
        },
        Kind::Blob => BASE64.decode(trimmed).ok().map(|bytes| Given::Blob(bytes.into())),
        Kind::Timestamp(_) => timestamp::parse(trimmed).map(Given::Timestamp),
        _ => None,
    };
    given.ok_or_else(|| {
        AwsError::new(
            "SerializationException",
            format!("The value for {} is not of the right type", schema.name),
        )
    })
}

/// How a number is written that has no digits.
// AWS: Smithy's protocols, "NaN", "Infinity" and "-Infinity", in JSON as strings.
pub(crate) fn not_finite(number: f64) -> Option<&'static str> {
    match number {
        _ if number.is_nan() => Some("NaN"),
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ => None,
    }
}

/// Writes a scalar; none for what is not one.
pub(crate) fn print<'v>(value: Value<'v>, schema: &Schema, format: TimestampFormat) -> Option<Cow<'v, str>> {
    Some(match value {
        Value::Boolean(flag) => Cow::Borrowed(if flag { "true" } else { "false" }),
        Value::Integer(number) => number.to_string().into(),
        Value::Float(number) => not_finite(number).map_or_else(|| number.to_string().into(), Cow::Borrowed),
        Value::String(text) => text.into(),
        Value::Blob(bytes) => BASE64.encode(bytes).into(),
        Value::Timestamp(moment) => {
            let own = if let Kind::Timestamp(own) = schema.kind { own } else { None };
            timestamp::print(moment, own.unwrap_or(format)).into()
        }
        _ => return None,
    })
}
