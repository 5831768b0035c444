//! Lambda's error shapes: what a caller gets as the payload when a function fails, in AWS's own words.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::MAX_PAYLOAD;

/// The error object of a failed invocation. Serialised, it is the response's payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionError {
    /// Such as `Runtime.ExitError`, or the error's type in the function's own language.
    pub error_type: String,
    /// What happened.
    pub error_message: String,
    /// Whatever else the function's own error object held (`stackTrace`, `requestId`, …).
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl FunctionError {
    /// An error with nothing but its type and message.
    pub fn new(error_type: &str, error_message: impl Into<String>) -> Self {
        Self { error_type: error_type.to_owned(), error_message: error_message.into(), more: Map::new() }
    }

    /// The function was stopped at its timeout.
    // AWS: the present text; sandboxes of before 2024 answered with a time stamp and no type.
    pub fn timed_out(request_id: &str, timeout: Duration) -> Self {
        let seconds = timeout.as_secs_f64();
        Self::new(
            "Sandbox.Timedout",
            format!("RequestId: {request_id} Error: Task timed out after {seconds:.2} seconds"),
        )
    }

    /// The runtime ended with an exit status instead of an answer.
    pub fn exited(request_id: &str, status: i32) -> Self {
        let reason = match status {
            0 => "Runtime exited without providing a reason".to_owned(),
            code => format!("Runtime exited with error: exit status {code}"),
        };
        Self::new("Runtime.ExitError", format!("RequestId: {request_id} Error: {reason}"))
    }

    /// The runtime was ended by a signal, such as `segmentation fault`.
    pub fn signalled(request_id: &str, signal: &str) -> Self {
        Self::new(
            "Runtime.ExitError",
            format!("RequestId: {request_id} Error: Runtime exited with error: signal: {signal}"),
        )
    }

    /// The function asked for more than its MemorySize.
    pub fn out_of_memory(request_id: &str) -> Self {
        Self { error_type: "Runtime.OutOfMemory".to_owned(), ..Self::signalled(request_id, "killed") }
    }

    /// The package's entry point is missing or cannot be run.
    pub fn invalid_entrypoint(request_id: &str, reason: &str) -> Self {
        Self::new("Runtime.InvalidEntrypoint", format!("RequestId: {request_id} Error: {reason}"))
    }

    /// The response is beyond 6 MB.
    pub fn response_too_large() -> Self {
        Self::new(
            "Function.ResponseSizeTooLarge",
            format!("Response payload size exceeded maximum allowed payload size ({MAX_PAYLOAD} bytes)."),
        )
    }

    /// The response is no JSON.
    pub fn invalid_response(request_id: &str, reason: &str) -> Self {
        Self::new(
            "Runtime.MarshalError",
            format!("RequestId: {request_id} Error: The function's response is not valid JSON: {reason}"),
        )
    }

    /// Whether the sandbox ended, as opposed to a handler that answered with an error.
    pub fn ended_sandbox(&self) -> bool {
        ["Runtime.", "Sandbox."].iter().any(|prefix| self.error_type.starts_with(prefix))
    }

    /// Whether this is the timeout.
    pub fn is_timeout(&self) -> bool {
        self.error_type == "Sandbox.Timedout"
    }

    /// The error object a function wrote itself, if `payload` is one.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        serde_json::from_slice(payload).ok()
    }

    /// The payload of the answer.
    pub fn to_payload(&self) -> Bytes {
        serde_json::to_vec(self).expect("strings and JSON values always serialise").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(error: &FunctionError, expected: &str) {
        assert_eq!(String::from_utf8_lossy(&error.to_payload()), expected);
        assert_eq!(FunctionError::parse(expected.as_bytes()).as_ref(), Some(error));
    }

    #[test]
    fn errors_read_as_lambdas() {
        check(
            &FunctionError::timed_out("id", Duration::from_secs(3)),
            r#"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: id Error: Task timed out after 3.00 seconds"}"#,
        );
        check(
            &FunctionError::exited("id", 3),
            r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: id Error: Runtime exited with error: exit status 3"}"#,
        );
        check(
            &FunctionError::exited("id", 0),
            r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: id Error: Runtime exited without providing a reason"}"#,
        );
        check(
            &FunctionError::out_of_memory("id"),
            r#"{"errorType":"Runtime.OutOfMemory","errorMessage":"RequestId: id Error: Runtime exited with error: signal: killed"}"#,
        );
    }

    #[test]
    fn a_functions_own_fields_are_kept() {
        let own = r#"{"errorType":"Boom","errorMessage":"no","stackTrace":["a:1"]}"#;
        check(&FunctionError::parse(own.as_bytes()).expect("an error object"), own);
        assert_eq!(FunctionError::parse(br#"{"message":"no"}"#), None);
    }
}
