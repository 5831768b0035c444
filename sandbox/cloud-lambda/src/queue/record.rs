//! The record of an asynchronous invocation, as destinations get it.

use bytes::Bytes;
use cloud_delivery::{End, Ending};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::shapes::Code;

/// What a record is made of.
pub(super) struct Record<'a> {
    pub(super) end: &'a End,
    /// With the qualifier that was asked for.
    pub(super) function_arn: &'a str,
    pub(super) now: Timestamp,
}

// AWS: the members of "Example Event destination invocation record", in its order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    version: &'static str,
    timestamp: String,
    request_context: RequestContext<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_payload: Option<Payload<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_context: Option<ResponseContext<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_payload: Option<Payload<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    request_id: &'a str,
    function_arn: &'a str,
    condition: &'static str,
    approximate_invoke_count: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseContext<'a> {
    status_code: u16,
    executed_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_error: Option<&'a str>,
}

/// What stands in a record as it came, where it is JSON, however deep; else as a text.
struct Payload<'a>(&'a Bytes, &'static str);

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(bytes, empty) = self;
        let bytes = if bytes.is_empty() { empty.as_bytes() } else { bytes.as_ref() };
        match serde_json::from_slice::<&RawValue>(bytes) {
            Ok(json) => json.serialize(serializer),
            Err(_) => String::from_utf8_lossy(bytes).serialize(serializer),
        }
    }
}

impl Record<'_> {
    /// Its text, with what the function was sent and what it answered, or without.
    // LIMIT: AWS documents no record of an event that never reached the function; here it lacks the response.
    pub(super) fn text(&self, has_payloads: bool) -> String {
        let end = self.end;
        let before = &end.announcement.delivery;
        let answer = end.answer.as_ref();
        let written = Written {
            version: "1.0",
            timestamp: self.now.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            request_context: RequestContext {
                request_id: before.id.as_deref().unwrap_or_default(),
                function_arn: self.function_arn,
                condition: condition(end),
                approximate_invoke_count: end
                    .failures
                    .saturating_add(u32::from(end.ending == Ending::Delivered)),
            },
            request_payload: has_payloads.then_some(Payload(&before.payload, "{}")),
            response_context: answer.map(|answer| ResponseContext {
                status_code: 200,
                executed_version: answer.executed_version.as_deref(),
                function_error: answer.function_error.as_deref(),
            }),
            response_payload: answer.filter(|_| has_payloads).map(|answer| Payload(&answer.payload, "null")),
        };
        // Nothing in it cannot be written.
        serde_json::to_string(&written).unwrap_or_default()
    }
}

/// How an event ended.
// AWS: "RetriesExhausted", "EventAgeExceeded", "Success", and "ZeroReservedConcurrency" of a function that may not run.
fn condition(end: &End) -> &'static str {
    let is_throttled =
        end.error.as_ref().is_some_and(|error| error.code() == Code::TooManyRequestsException.as_str());
    match end.ending {
        Ending::Delivered => "Success",
        Ending::TooOld => "EventAgeExceeded",
        Ending::Refused if is_throttled => "ZeroReservedConcurrency",
        _ => "RetriesExhausted",
    }
}

#[cfg(test)]
mod tests {
    use cloud_core::{AwsError, Delivered, Delivery};
    use cloud_delivery::Announcement;

    use super::*;

    fn text(
        payload: &str,
        ending: Ending,
        failures: u32,
        answer: Option<Delivered>,
        error: Option<AwsError>,
    ) -> String {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f:prod";
        let mut delivery = Delivery::new(arn.parse().expect("an ARN"), payload.to_owned());
        delivery.id = Some("id".into());
        let announcement = Announcement::new(delivery);
        let end = End { ending, announcement, attempts: 9, failures, answer, error };
        let now = "2019-11-14T18:16:05.568Z".parse().expect("a time");
        Record { end: &end, function_arn: arn, now }.text(true)
    }

    fn answered(payload: &str, error: Option<&str>) -> Delivered {
        Delivered {
            payload: payload.to_owned().into(),
            function_error: error.map(str::to_owned),
            executed_version: Some("2".into()),
            request_id: "id".into(),
        }
    }

    #[test]
    fn a_record_reads_as_lambdas() {
        let seen = text(
            r#"{ "b": 1.50, "a": 2 }"#,
            Ending::Exhausted,
            3,
            Some(answered(r#"{"e":1}"#, Some("Unhandled"))),
            None,
        );
        assert_eq!(
            seen,
            r#"{"version":"1.0","timestamp":"2019-11-14T18:16:05.568Z","requestContext":{"requestId":"id","functionArn":"arn:aws:lambda:us-east-1:000000000000:function:f:prod","condition":"RetriesExhausted","approximateInvokeCount":3},"requestPayload":{ "b": 1.50, "a": 2 },"responseContext":{"statusCode":200,"executedVersion":"2","functionError":"Unhandled"},"responsePayload":{"e":1}}"#
        );
        let seen = text("", Ending::Delivered, 1, Some(answered("no JSON", None)), None);
        let seen = seen.split_once("\"condition\"").map(|(_, rest)| rest);
        assert_eq!(
            seen,
            Some(
                r#":"Success","approximateInvokeCount":2},"requestPayload":{},"responseContext":{"statusCode":200,"executedVersion":"2"},"responsePayload":"no JSON"}"#
            )
        );
    }

    #[test]
    fn what_never_ran_has_no_response_and_depth_costs_no_stack() {
        let throttled = || Some(Code::TooManyRequestsException.error("Rate Exceeded."));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for (ending, error, condition) in [
            (Ending::Refused, throttled(), "ZeroReservedConcurrency"),
            (Ending::TooOld, throttled(), "EventAgeExceeded"),
            (Ending::Refused, Some(Code::RecursiveInvocationException.error("a loop")), "RetriesExhausted"),
            (Ending::Poisonous, None, "RetriesExhausted"),
        ] {
            let seen = text(&deep, ending, 0, None, error);
            let end = format!(
                r#""condition":"{condition}","approximateInvokeCount":0}},"requestPayload":{deep}}}"#
            );
            assert!(seen.ends_with(&end), "{ending:?}");
        }
    }
}
