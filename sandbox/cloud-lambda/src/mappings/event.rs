//! What a function is told of records: the events of each kind of source, as AWS documents them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::{Attribute, AttributeValue, Reader, Record};
use serde_json::{Map, Value, json};

use super::kind::Kind;

/// The event of some records.
pub(crate) fn of(kind: Kind, reader: &Reader, records: &[Record], role: Option<&str>) -> Bytes {
    let records: Vec<Value> = records.iter().map(|one| record(kind, reader, one, role)).collect();
    json!({ "Records": records }).to_string().into()
}

/// How many bytes one record takes of an event, with what divides it from the next.
pub(crate) fn size(kind: Kind, reader: &Reader, one: &Record, role: Option<&str>) -> u64 {
    record(kind, reader, one, role).to_string().len() as u64 + 1
}

/// What stands around the records of an event.
pub(crate) const FRAME: u64 = r#"{"Records":[]}"#.len() as u64;

/// One record. `role` is the function's, which is told to it with records of Kinesis.
pub(crate) fn record(kind: Kind, reader: &Reader, record: &Record, role: Option<&str>) -> Value {
    match kind {
        Kind::Queue => message(reader, record),
        Kind::Kinesis => of_kinesis(reader, record, role),
        Kind::Table => of_table(reader, record),
    }
}

// AWS: "Example Amazon SQS message event".
fn message(reader: &Reader, record: &Record) -> Value {
    let digest = |name: &str| record.system.get(name).map(String::as_str);
    let is_attribute = |name: &str| !name.starts_with("MD5Of");
    let system = record.system.iter().filter(|(name, _)| is_attribute(name));
    let system: Map<String, Value> = system.map(|(name, value)| (name.clone(), json!(value))).collect();
    let attributes = record.attributes.iter();
    let attributes: Map<String, Value> =
        attributes.map(|(name, value)| (name.clone(), message_attribute(value))).collect();
    let mut message = json!({
        "messageId": record.id,
        "receiptHandle": record.receipt.0,
        "body": String::from_utf8_lossy(&record.payload),
        "attributes": system,
        "messageAttributes": attributes,
        "md5OfBody": digest("MD5OfBody"),
        "eventSource": "aws:sqs",
        "eventSourceARN": reader.source.as_str(),
        "awsRegion": reader.source.region(),
    });
    if let Some(digest) = digest("MD5OfMessageAttributes") {
        message["md5OfMessageAttributes"] = json!(digest);
    }
    message
}

fn message_attribute(attribute: &Attribute) -> Value {
    let (name, value) = match &attribute.value {
        AttributeValue::Text(text) => ("stringValue", text.clone()),
        AttributeValue::Binary(bytes) => ("binaryValue", BASE64_STANDARD.encode(bytes)),
    };
    json!({ name: value, "stringListValues": [], "binaryListValues": [], "dataType": attribute.data_type })
}

// AWS: "Example Kinesis record event".
fn of_kinesis(reader: &Reader, record: &Record, role: Option<&str>) -> Value {
    let shard = reader.shard.as_deref().unwrap_or_default();
    let arrival = record.sent.as_millisecond() as f64 / 1000.0;
    json!({
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record.group_id,
            "sequenceNumber": record.id,
            "data": BASE64_STANDARD.encode(&record.payload),
            "approximateArrivalTimestamp": arrival,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": format!("{shard}:{}", record.id),
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role,
        "awsRegion": reader.source.region(),
        "eventSourceARN": reader.source.as_str(),
    })
}

/// A table's stream gives records as its own API has them.
// AWS: "Example DynamoDB Streams record event".
fn of_table(reader: &Reader, record: &Record) -> Value {
    let mut told: Value = serde_json::from_slice(&record.payload).unwrap_or_else(|_| json!({}));
    if let Some(members) = told.as_object_mut() {
        members.insert("eventSourceARN".to_owned(), json!(reader.source.as_str()));
    }
    told
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use cloud_core::{Receipt, Trace};
    use jiff::Timestamp;

    use super::*;

    pub(crate) fn reader(kind: Kind) -> Reader {
        let source = match kind {
            Kind::Queue => "arn:aws:sqs:us-east-1:000000000000:q",
            Kind::Kinesis => "arn:aws:kinesis:us-east-1:000000000000:stream/s",
            Kind::Table => "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026",
        };
        let shard = kind.is_stream().then(|| "shardId-000000000000".to_owned());
        Reader { source: source.parse().expect("an ARN"), name: "r".into(), shard }
    }

    pub(crate) fn record(payload: &str) -> Record {
        let system = [("SenderId", "sender"), ("ApproximateReceiveCount", "1"), ("MD5OfBody", "digest")];
        Record {
            id: "id".into(),
            receipt: Receipt("handle".into()),
            payload: payload.to_owned().into(),
            attributes: BTreeMap::new(),
            system: system.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            group_id: Some("key".into()),
            sent: Timestamp::from_millisecond(1_545_084_650_987).expect("a time"),
            received: 1,
            trace: Trace::default(),
        }
    }

    #[track_caller]
    fn check(kind: Kind, one: &Record, expected: &Value) {
        let event = of(kind, &reader(kind), &[one.clone(), one.clone()], Some("role"));
        let told: Value = serde_json::from_slice(&event).expect("JSON");
        assert_eq!(told, json!({ "Records": [expected, expected] }));
        let size = size(kind, &reader(kind), one, Some("role"));
        assert_eq!(event.len() as u64, FRAME + 2 * size - 1);
    }

    #[test]
    fn messages_are_told_as_aws_tells_them() {
        let mut one = record("a \"text\"");
        let expected = json!({
            "messageId": "id", "receiptHandle": "handle", "body": "a \"text\"",
            "attributes": { "ApproximateReceiveCount": "1", "SenderId": "sender" },
            "messageAttributes": {}, "md5OfBody": "digest", "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:q", "awsRegion": "us-east-1",
        });
        check(Kind::Queue, &one, &expected);
        one.system.insert("MD5OfMessageAttributes".into(), "other".into());
        let binary = Attribute { data_type: "Binary".into(), value: AttributeValue::Binary(vec![1, 2]) };
        one.attributes = [("text".into(), Attribute::text("x")), ("bytes".into(), binary)].into();
        let mut with = expected;
        with["md5OfMessageAttributes"] = json!("other");
        with["messageAttributes"] = json!({
            "bytes": { "binaryValue": "AQI=", "stringListValues": [], "binaryListValues": [], "dataType": "Binary" },
            "text": { "stringValue": "x", "stringListValues": [], "binaryListValues": [], "dataType": "String" },
        });
        check(Kind::Queue, &one, &with);
    }

    #[test]
    fn records_of_streams_are_told_as_aws_tells_them() {
        let expected = json!({
            "kinesis": {
                "kinesisSchemaVersion": "1.0", "partitionKey": "key", "sequenceNumber": "id", "data": "aGVsbG8=",
                "approximateArrivalTimestamp": 1_545_084_650.987,
            },
            "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventID": "shardId-000000000000:id",
            "eventName": "aws:kinesis:record", "invokeIdentityArn": "role", "awsRegion": "us-east-1",
            "eventSourceARN": "arn:aws:kinesis:us-east-1:000000000000:stream/s",
        });
        check(Kind::Kinesis, &record("hello"), &expected);
        let change =
            json!({ "eventID": "1", "eventName": "INSERT", "dynamodb": { "Keys": { "id": { "S": "1" } } } });
        let mut expected = change.clone();
        expected["eventSourceARN"] = json!(reader(Kind::Table).source.as_str());
        check(Kind::Table, &record(&change.to_string()), &expected);
    }
}
