//! InvokeWithResponseStream.

use bytes::Bytes;
use cloud_core::{AwsError, Caller, DeliveryKind};
use cloud_wire::EventStream;
use engine::Piece;
use futures_util::stream;

use super::invoke::{self, check_payload};
use crate::Lambda;
use crate::invoke::{Event, Ran, Streamed, function_error};
use crate::shapes::{
    InvokeResponseStreamUpdate, InvokeWithResponseStreamCompleteEvent, InvokeWithResponseStreamRequest,
    InvokeWithResponseStreamResponse, InvokeWithResponseStreamResponseEvent, LogType,
    ResponseStreamingInvocationType,
};

pub(crate) async fn invoke_with_response_stream(
    service: &Lambda,
    caller: &Caller,
    input: InvokeWithResponseStreamRequest,
) -> Result<InvokeWithResponseStreamResponse, AwsError> {
    let found = invoke::callee(service, &input.function_name, input.qualifier.as_deref())?;
    let event = Event {
        function: found.name.clone(),
        request_id: caller.request_id.to_string(),
        payload: input.payload.unwrap_or_default(),
        client_context: invoke::client_context(input.client_context.as_deref())?,
        trace: caller.trace.clone(),
    };
    if input.invocation_type == Some(ResponseStreamingInvocationType::DryRun) {
        return Ok(InvokeWithResponseStreamResponse { status_code: Some(204), ..Default::default() });
    }
    check_payload(&event.payload, DeliveryKind::RequestResponse)?;
    let streamed = service.runner().stream_by(found, event).await?;
    let tail = input.log_type == Some(LogType::Tail);
    Ok(InvokeWithResponseStreamResponse {
        status_code: Some(200),
        executed_version: Some(streamed.version.clone()),
        event_stream: EventStream::new(events(streamed, tail)),
        // AWS: it travels in the head that says what a stream of events is, so that is what clients are told.
        response_stream_content_type: None,
    })
}

/// What the function answers, piece by piece, and at last what came of it.
fn events(
    streamed: Streamed,
    tail: bool,
) -> impl stream::Stream<Item = Result<InvokeWithResponseStreamResponseEvent, AwsError>> {
    stream::try_unfold(Some(streamed), move |streamed| async move {
        let Some(mut streamed) = streamed else { return Ok(None) };
        while let Some(piece) = streamed.next().await {
            if let Piece::Data(data) = piece {
                return Ok(Some((chunk(data), Some(streamed))));
            }
        }
        Ok(Some((complete(&streamed.ended().await?, tail), None)))
    })
}

fn chunk(data: Bytes) -> InvokeWithResponseStreamResponseEvent {
    InvokeWithResponseStreamResponseEvent::PayloadChunk(InvokeResponseStreamUpdate { payload: Some(data) })
}

// AWS: "ErrorCode" is what X-Amz-Function-Error says of others, "ErrorDetails" what their payload does.
fn complete(ran: &Ran, tail: bool) -> InvokeWithResponseStreamResponseEvent {
    let error_code = function_error(&ran.outcome);
    let details = error_code.is_some().then(|| String::from_utf8_lossy(&ran.outcome.payload).into_owned());
    InvokeWithResponseStreamResponseEvent::InvokeComplete(InvokeWithResponseStreamCompleteEvent {
        error_code,
        error_details: details,
        log_result: tail.then(|| invoke::log_tail(&ran.log)),
    })
}
