//! Single values as text: in headers, paths, query parameters and XML.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cloud_core::AwsError;

use crate::schema::{Kind, Schema, TimestampFormat};
use crate::timestamp;
use crate::value::Value;

/// Reads a value of a scalar schema.
pub(crate) fn parse(text: &str, schema: &Schema) -> Result<Value, AwsError> {
    let refused = || {
        AwsError::new(
            "SerializationException",
            format!("The value for {} is not of the right type", schema.name),
        )
    };
    match schema.kind {
        Kind::String(_) => Ok(Value::String(text.to_owned())),
        Kind::Integer => text.trim().parse().map(Value::Integer).map_err(|_| refused()),
        Kind::Float => text.trim().parse().map(Value::Float).map_err(|_| refused()),
        Kind::Boolean => match text.trim() {
            "true" | "True" | "TRUE" | "1" => Ok(Value::Boolean(true)),
            "false" | "False" | "FALSE" | "0" => Ok(Value::Boolean(false)),
            _ => Err(refused()),
        },
        Kind::Blob => {
            BASE64.decode(text.trim()).map(|bytes| Value::Blob(bytes.into())).map_err(|_| refused())
        }
        Kind::Timestamp(_) => timestamp::parse(text.trim()).map(Value::Timestamp).ok_or_else(refused),
        _ => Err(refused()),
    }
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
pub(crate) fn print(value: &Value, schema: &Schema, format: TimestampFormat) -> Option<String> {
    Some(match value {
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => not_finite(*number).map_or_else(|| number.to_string(), str::to_owned),
        Value::String(text) => text.clone(),
        Value::Blob(bytes) => BASE64.encode(bytes),
        Value::Timestamp(moment) => {
            let own = if let Kind::Timestamp(own) = schema.kind { own } else { None };
            timestamp::print(*moment, own.unwrap_or(format))
        }
        _ => return None,
    })
}
