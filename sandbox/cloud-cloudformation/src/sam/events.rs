//! The events of a function: a line a type, each of which says what invokes the function.

use serde_json::Value;

use super::resource::{Made, type_name};
use super::{Cause, Outcome, Work, api_events};

/// The function as its events see it: itself or its alias.
pub(super) struct Callee<'a> {
    /// The logical id of the serverless function.
    pub(super) function: &'a str,
    /// The logical id to permit and call.
    pub(super) id: String,
    /// What a URI says of it.
    pub(super) arn_text: String,
    /// The serverless function.
    pub(super) source: &'a Value,
}

/// What the function's events make, beside what they add to their APIs.
pub(super) fn transform(work: &mut Work<'_>, callee: &Callee<'_>) -> Outcome<Vec<Made>> {
    let events = callee.source.get("Properties").and_then(|all| all.get("Events")).and_then(Value::as_object);
    let mut events: Vec<(&String, &Value)> = events.into_iter().flatten().collect();
    // AWS: by path, so that `$default` comes before the routes that it makes permissions of superfluous.
    events.sort_by_key(|(id, event)| {
        let path = event.get("Properties").and_then(|all| all.get("Path")).and_then(Value::as_str);
        path.unwrap_or(id).to_owned()
    });
    let mut made = Vec::new();
    for (id, event) in events {
        let parts = transform_event(work, callee, id, event)?;
        // What an event adds to its API takes about what the event itself does.
        work.room.take(callee.function, event)?;
        parts.iter().try_for_each(|(_, part)| work.room.take(callee.function, part))?;
        made.extend(parts);
    }
    Ok(made)
}

fn transform_event(work: &mut Work<'_>, callee: &Callee<'_>, id: &str, event: &Value) -> Outcome<Vec<Made>> {
    let wrong = |reason: String| Cause::event(callee.function, id, reason);
    match type_name(event) {
        "Api" => api_events::rest_event(work, callee, id, event),
        "HttpApi" => api_events::http_event(work, callee, id, event),
        known if KNOWN_EVENTS.contains(&known) => {
            Err(wrong(format!("Event type {known} is not supported by this cloud.")))
        }
        other => Err(wrong(format!(
            "Resource dict has missing or invalid value for key Type. Event Type is: {other}."
        ))),
    }
}

/// Event types of AWS that this cloud does not have.
const KNOWN_EVENTS: &[&str] = &[
    "AlexaSkill",
    "CloudWatchEvent",
    "CloudWatchLogs",
    "Cognito",
    "DocumentDB",
    "DynamoDB",
    "EventBridgeRule",
    "IoTRule",
    "Kinesis",
    "MQ",
    "MSK",
    "S3",
    "SNS",
    "SQS",
    "Schedule",
    "ScheduleV2",
    "SelfManagedKafka",
];
