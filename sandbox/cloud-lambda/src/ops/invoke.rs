//! Invoke.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cloud_core::{AwsError, Caller, DeliveryKind};
use serde::de::IgnoredAny;

use crate::Lambda;
use crate::callees::Callee;
use crate::durable::{self, Wanted};
use crate::invoke::{Event, function_error};
use crate::names::FunctionName;
use crate::quotas;
use crate::shapes::{Code, DurableConfig, InvocationRequest, InvocationResponse, InvocationType, LogType};

// AWS: "LogResult … the last 4 KB of the execution log, which is base64-encoded."
const TAIL: usize = 4096;

/// Which engine ran it, for the IDE.
const ENGINE: &str = "x-cumulo-engine";
/// On what exactly it ran, where the engine says it.
const RUNTIME: &str = "x-cumulo-runtime";

pub(crate) async fn invoke(
    service: &Lambda,
    caller: &Caller,
    input: InvocationRequest,
) -> Result<InvocationResponse, AwsError> {
    let found = callee(service, &input.function_name, input.qualifier.as_deref())?;
    let event = Event {
        function: found.name.clone(),
        request_id: caller.request_id.to_string(),
        payload: input.payload.unwrap_or_default(),
        client_context: client_context(input.client_context.as_deref())?,
        trace: caller.trace.clone(),
    };
    if let Some(config) = durable::config(&found) {
        return execute(
            service,
            found.clone(),
            config,
            event,
            input.invocation_type,
            input.durable_execution_name,
        )
        .await;
    }
    if input.durable_execution_name.is_some() {
        // LIMIT: the text is ours.
        let text = "DurableExecutionName is only for durable functions. Leave it out.";
        return Err(Code::InvalidParameterValueException.error(text).with("Type", "User"));
    }
    let status = |code: i32| InvocationResponse { status_code: Some(code), ..InvocationResponse::default() };
    match input.invocation_type.unwrap_or(InvocationType::RequestResponse) {
        InvocationType::DryRun => Ok(status(204)),
        InvocationType::Event => {
            check_payload(&event.payload, DeliveryKind::Event)?;
            // AWS: "while the function is in the Pending state, invocations … return an error", whoever waits for them.
            service.runner().expect_made(&found)?;
            service.queue().accept(event).await?;
            Ok(status(202))
        }
        _ => {
            check_payload(&event.payload, DeliveryKind::RequestResponse)?;
            let ran = service.runner().run_by(found, event).await?;
            cloud_wire::response_headers::set(ENGINE, ran.outcome.engine);
            if let Some(runtime) = &ran.outcome.runtime {
                cloud_wire::response_headers::set(RUNTIME, runtime);
            }
            let tail = input.log_type == Some(LogType::Tail);
            Ok(InvocationResponse {
                function_error: function_error(&ran.outcome),
                log_result: tail.then(|| log_tail(&ran.log)),
                payload: Some(ran.outcome.payload),
                executed_version: Some(ran.version),
                ..status(200)
            })
        }
    }
}

/// Starts an execution of a durable function; waits for its end where an answer is wanted.
async fn execute(
    service: &Lambda,
    callee: Arc<Callee>,
    config: &DurableConfig,
    event: Event,
    kind: Option<InvocationType>,
    name: Option<String>,
) -> Result<InvocationResponse, AwsError> {
    durable::expect_qualified(&callee.name)?;
    let is_awaited = match kind {
        Some(InvocationType::DryRun) => {
            return Ok(InvocationResponse { status_code: Some(204), ..InvocationResponse::default() });
        }
        Some(InvocationType::Event) => false,
        _ => true,
    };
    let kind = if is_awaited { DeliveryKind::RequestResponse } else { DeliveryKind::Event };
    check_payload(&event.payload, kind)?;
    if is_awaited {
        durable::expect_short(config)?;
    }
    service.runner().expect_made(&callee)?;
    let wanted = Wanted { name, is_awaited, ..Wanted::unawaited(event) };
    let execution = service.durable().start(&callee, wanted).await?;
    let answer = InvocationResponse {
        durable_execution_arn: Some(execution.arn().text(service.context())),
        executed_version: Some(execution.version.clone()),
        ..InvocationResponse::default()
    };
    if !is_awaited {
        return Ok(InvocationResponse { status_code: Some(202), ..answer });
    }
    let ran = service.durable().ended(&execution.id).await?.ran();
    Ok(InvocationResponse {
        status_code: Some(200),
        function_error: function_error(&ran.outcome),
        payload: Some(ran.outcome.payload),
        ..answer
    })
}

/// What an invocation names.
pub(super) fn callee(
    service: &Lambda,
    function: &str,
    qualifier: Option<&str>,
) -> Result<Arc<Callee>, AwsError> {
    let name = FunctionName::parse(service.context(), function, qualifier)?;
    service.runner().callee(&name).map_err(|error| {
        if service.records().get(&name.name).is_some() {
            return error;
        }
        // AWS: that there is no such function is said of the version that would have run.
        let exact = FunctionName { qualifier: Some(name.qualifier().to_owned()), ..name };
        exact.not_found(service.context())
    })
}

/// The limits of an event: its size, and that it is JSON.
pub(crate) fn check_payload(payload: &[u8], kind: DeliveryKind) -> Result<(), AwsError> {
    let (limit, name) = match kind {
        DeliveryKind::RequestResponse => (quotas::SYNCHRONOUS, "RequestResponse"),
        DeliveryKind::Event => (quotas::ASYNCHRONOUS, "Event"),
    };
    if payload.len() > limit {
        return Err(Code::RequestTooLargeException.error(format!(
            "{} byte payload is too large for the {name} invocation type (limit {limit} bytes)",
            payload.len()
        )));
    }
    if payload.is_empty() {
        return Ok(());
    }
    serde_json::from_slice::<IgnoredAny>(payload).map(|_| ()).map_err(|error| {
        Code::InvalidRequestContentException.error(format!(
            "Could not parse request body into json: Could not parse payload into json: {error}"
        ))
    })
}

/// What the caller says of itself.
pub(super) fn client_context(header: Option<&str>) -> Result<Option<String>, AwsError> {
    let Some(header) = header.filter(|header| !header.is_empty()) else { return Ok(None) };
    let decoded = BASE64_STANDARD.decode(header).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded {
        Some(text) if header.len() <= quotas::CLIENT_CONTEXT => Ok(Some(text)),
        _ => Err(Code::InvalidRequestContentException
            .error("Client context must be a valid Base64-encoded JSON object.")),
    }
}

/// The end of a log, as it is answered.
pub(super) fn log_tail(log: &[u8]) -> String {
    BASE64_STANDARD.encode(log.get(log.len().saturating_sub(TAIL)..).unwrap_or(log))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(size: usize, kind: DeliveryKind, code: Option<&str>) {
        let payload = format!("\"{}\"", "x".repeat(size - 2));
        let error = check_payload(payload.as_bytes(), kind).err();
        assert_eq!(error.as_ref().map(AwsError::code), code, "{size}");
    }

    #[test]
    fn events_have_a_size_limit() {
        use DeliveryKind::{Event, RequestResponse};
        check(6_291_456, RequestResponse, None);
        check(6_291_457, RequestResponse, Some("RequestTooLargeException"));
        check(1_048_576, Event, None);
        check(1_048_577, Event, Some("RequestTooLargeException"));
    }

    #[test]
    fn events_are_json() {
        assert!(check_payload(b"", DeliveryKind::Event).is_ok());
        for text in [&b"{"[..], b"{}}", b"\xff", b"hello"] {
            let error = check_payload(text, DeliveryKind::Event).expect_err("refused");
            assert_eq!((error.code(), error.http_status()), ("InvalidRequestContentException", 400));
        }
        let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
        assert!(check_payload(&deep, DeliveryKind::Event).is_ok(), "depth costs no stack");
    }

    #[test]
    fn the_tail_is_the_last_four_kilobytes() {
        let log = [vec![b'a'; 5000], b"end".to_vec()].concat();
        let tail = BASE64_STANDARD.decode(log_tail(&log)).expect("base64");
        assert_eq!((tail.len(), &tail[4093..]), (4096, &b"end"[..]));
    }
}
