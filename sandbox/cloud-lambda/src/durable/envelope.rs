//! What a durable function is told with each invocation, and what it answers.

use bytes::Bytes;
use cloud_core::AwsError;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::records::Bounds;
use crate::shapes::{ErrorObject, Operation};
use crate::state::durable::{CheckpointToken, Closed, Kept, Outcome};

/// How much of an execution's state is in an event: the function asks for the rest.
pub(super) const BOUNDS: Bounds = Bounds { after: None, most: 1000, bytes: 2 << 20 };

/// Members that are moments.
const MOMENTS: [&str; 4] =
    ["StartTimestamp", "EndTimestamp", "NextAttemptTimestamp", "ScheduledEndTimestamp"];

/// What an invocation is told.
pub(super) struct Told<'a> {
    pub(super) arn: String,
    pub(super) execution: &'a str,
    pub(super) generation: u64,
    pub(super) state: Vec<Kept>,
    /// Where the rest of the state begins.
    pub(super) next: Option<u64>,
    /// The operations that changed since the last invocation.
    pub(super) woke: Vec<String>,
}

impl Told<'_> {
    /// The event.
    pub(super) fn event(self) -> Result<Bytes, AwsError> {
        let token =
            CheckpointToken { execution: self.execution.to_owned(), generation: self.generation }.text();
        let operations: Result<Vec<Value>, AwsError> =
            self.state.iter().map(|kept| operation(&kept.operation)).collect();
        let event = json!({
            "DurableExecutionArn": self.arn,
            "CheckpointToken": token,
            "InitialExecutionState": {
                "Operations": operations?,
                "NextMarker": self.next.map(|next| next.to_string()).unwrap_or_default(),
            },
            "UpdatedOperationIds": self.woke,
        });
        serde_json::to_vec(&event).map(Bytes::from).map_err(AwsError::internal)
    }
}

/// An operation as events have it: moments are milliseconds.
fn operation(of: &Operation) -> Result<Value, AwsError> {
    let mut told = serde_json::to_value(of).map_err(AwsError::internal)?;
    let Some(members) = told.as_object_mut() else { return Ok(told) };
    in_milliseconds(members);
    for details in ["StepDetails", "WaitDetails"] {
        if let Some(details) = members.get_mut(details).and_then(Value::as_object_mut) {
            in_milliseconds(details);
        }
    }
    Ok(told)
}

fn in_milliseconds(members: &mut Map<String, Value>) {
    for name in MOMENTS {
        let Some(moment) = members.get_mut(name) else { continue };
        let seconds = moment.as_f64();
        let text = moment.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
        if let Some(text) = text {
            *moment = text.as_millisecond().into();
        } else if let Some(seconds) = seconds {
            *moment = ((seconds * 1000.0).round() as i64).into();
        }
    }
}

/// What a function answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    status: String,
    result: Option<String>,
    error: Option<ErrorObject>,
}

/// Reads what an invocation came to.
pub(super) fn read(outcome: &engine::Outcome) -> Outcome {
    if let Some(error) = &outcome.error {
        return Outcome::Broken(error_of(error));
    }
    let answer: Option<Answer> = serde_json::from_slice(&outcome.payload).ok();
    match answer {
        Some(Answer { status, .. }) if status == "PENDING" => Outcome::Pending,
        Some(Answer { status, result, .. }) if status == "SUCCEEDED" => {
            Outcome::Closed(Closed::Succeeded(result))
        }
        Some(Answer { status, error, .. }) if status == "FAILED" => Outcome::Closed(Closed::Failed(error)),
        // AWS: whoever answers otherwise is no durable function.
        _ => Outcome::Closed(Closed::Failed(Some(ErrorObject {
            error_type: Some("InvalidParameterValueException".to_owned()),
            error_message: Some("Invalid Status in invocation output.".to_owned()),
            ..ErrorObject::default()
        }))),
    }
}

/// A function's error as executions tell it.
pub(super) fn error_of(error: &engine::FunctionError) -> ErrorObject {
    let trace = error.more.get("stackTrace").and_then(Value::as_array);
    ErrorObject {
        error_type: Some(error.error_type.clone()),
        error_message: Some(error.error_message.clone()),
        error_data: None,
        stack_trace: trace.map(|lines| {
            lines.iter().map(|line| line.as_str().map_or_else(|| line.to_string(), str::to_owned)).collect()
        }),
    }
}
