//! What is told to a mapping's destination of records of a stream that are given up.
// AWS: "Configuring destinations for Kinesis / DynamoDB event sources".

use cloud_core::{Actor, Arn, Delivery, Reader, Record};
use cloud_delivery::{Announcement, Cause, GivenUp, Retry};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::kind::Kind;

/// How often it is tried where the destination does not take it.
const TRIES: u32 = 5;
const MAX_AGE_MS: u64 = 6 * 3_600_000;

/// Whose records they were.
pub(crate) struct From<'a> {
    pub(crate) kind: Kind,
    pub(crate) reader: &'a Reader,
    /// The function's ARN as the mapping has it.
    pub(crate) function: &'a str,
    pub(crate) role: Option<Arn>,
}

/// The announcement for a destination.
pub(crate) fn announcement(
    from: From<'_>,
    to: Arn,
    given_up: GivenUp<'_>,
    request_id: &str,
    now: Timestamp,
) -> Announcement {
    let body = body(&from, given_up, request_id, now);
    let mut delivery = Delivery::new(to, body.to_string());
    delivery.source_arn = from.function.parse().ok();
    if let Some(role) = from.role {
        delivery.actor = Actor::Role(role);
    }
    let retry = Retry { refusals: Some(TRIES), max_age: MAX_AGE_MS, ..Retry::default() };
    Announcement { retry, ..Announcement::new(delivery) }
}

fn body(from: &From<'_>, given_up: GivenUp<'_>, request_id: &str, now: Timestamp) -> Value {
    let GivenUp { records, cause, deliveries, answer } = given_up;
    let condition = match cause {
        Cause::Attempts => "RetryAttemptsExhausted",
        // LIMIT: AWS shows the other alone.
        Cause::Age => "RecordAgeExceeded",
    };
    let mut body = json!({
        "requestContext": {
            "requestId": answer.map_or(request_id, |answer| answer.request_id.as_str()),
            "functionArn": from.function,
            "condition": condition,
            "approximateInvokeCount": deliveries,
        },
    });
    if let Some(answer) = answer {
        body["responseContext"] = json!({
            "statusCode": 200,
            "executedVersion": answer.executed_version,
            "functionError": answer.function_error,
        });
    }
    body["version"] = json!("1.0");
    body["timestamp"] = json!(moment(now, true));
    let (name, has_millis) = match from.kind {
        Kind::Kinesis => ("KinesisBatchInfo", true),
        Kind::Table | Kind::Queue => ("DDBStreamBatchInfo", false),
    };
    let ends = [records.first(), records.last()];
    let [first, last] = ends.map(|record| record.map_or("", |record| record.id.as_str()));
    let arrival = |record: &Record| moment(record.sent, has_millis);
    let [first_arrival, last_arrival] = ends.map(|record| record.map(arrival));
    body[name] = json!({
        "shardId": from.reader.shard,
        "startSequenceNumber": first,
        "endSequenceNumber": last,
        "approximateArrivalOfFirstRecord": first_arrival,
        "approximateArrivalOfLastRecord": last_arrival,
        "batchSize": records.len(),
        "streamArn": from.reader.source.as_str(),
    });
    body
}

// AWS: with milliseconds, but for when records of tables arrived.
fn moment(at: Timestamp, has_millis: bool) -> String {
    let format = if has_millis { "%Y-%m-%dT%H:%M:%S%.3fZ" } else { "%Y-%m-%dT%H:%M:%SZ" };
    at.to_zoned(TimeZone::UTC).strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use cloud_core::Delivered;

    use super::super::event::tests::{reader, record};
    use super::*;

    #[track_caller]
    fn check(kind: Kind, cause: Cause, answer: Option<&Delivered>, expected: &Value) {
        let records = ["1", "2"].map(|id| Record { id: id.into(), ..record("x") });
        let given_up = GivenUp { records: &records, cause, deliveries: 2, answer };
        let reader = reader(kind);
        let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
        let role: Option<Arn> = "arn:aws:iam::000000000000:role/r".parse().ok();
        let from = From { kind, reader: &reader, function, role: role.clone() };
        let to: Arn = "arn:aws:sqs:us-east-1:000000000000:dead".parse().expect("an ARN");
        let announced = announcement(from, to, given_up, "own", Timestamp::UNIX_EPOCH).delivery;
        let told: Value = serde_json::from_slice(&announced.payload).expect("JSON");
        assert_eq!(told, *expected);
        assert_eq!(announced.actor, Actor::Role(role.expect("an ARN")));
        assert_eq!(announced.source_arn.expect("the function").as_str(), function);
    }

    #[test]
    fn a_destination_is_told_as_aws_tells_it() {
        let answer = Delivered {
            function_error: Some("Unhandled".into()),
            executed_version: Some("$LATEST".into()),
            request_id: "invocation".into(),
            ..Delivered::default()
        };
        let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
        let mut expected = json!({
            "requestContext": {
                "requestId": "invocation", "functionArn": function, "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": 2,
            },
            "responseContext": { "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled" },
            "version": "1.0", "timestamp": "1970-01-01T00:00:00.000Z",
            "KinesisBatchInfo": {
                "shardId": "shardId-000000000000", "startSequenceNumber": "1", "endSequenceNumber": "2",
                "approximateArrivalOfFirstRecord": "2018-12-17T22:10:50.987Z",
                "approximateArrivalOfLastRecord": "2018-12-17T22:10:50.987Z",
                "batchSize": 2, "streamArn": "arn:aws:kinesis:us-east-1:000000000000:stream/s",
            },
        });
        check(Kind::Kinesis, Cause::Attempts, Some(&answer), &expected);
        let members = expected.as_object_mut().expect("an object");
        members.shift_remove("responseContext");
        members.shift_remove("KinesisBatchInfo");
        expected["requestContext"]["requestId"] = json!("own");
        expected["requestContext"]["condition"] = json!("RecordAgeExceeded");
        expected["DDBStreamBatchInfo"] = json!({
            "shardId": "shardId-000000000000", "startSequenceNumber": "1", "endSequenceNumber": "2",
            "approximateArrivalOfFirstRecord": "2018-12-17T22:10:50Z",
            "approximateArrivalOfLastRecord": "2018-12-17T22:10:50Z",
            "batchSize": 2, "streamArn": "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026",
        });
        check(Kind::Table, Cause::Age, None, &expected);
    }
}
