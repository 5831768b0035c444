//! Answers to callbacks of durable executions: SendDurableExecutionCallbackSuccess, SendDurableExecutionCallbackFailure and
//! SendDurableExecutionCallbackHeartbeat.

use cloud_core::{AwsError, Caller};

use super::durable_executions::expect_size;
use crate::Lambda;
use crate::durable::not_found;
use crate::shapes::{
    Code, SendDurableExecutionCallbackFailureRequest, SendDurableExecutionCallbackFailureResponse,
    SendDurableExecutionCallbackHeartbeatRequest, SendDurableExecutionCallbackHeartbeatResponse,
    SendDurableExecutionCallbackSuccessRequest, SendDurableExecutionCallbackSuccessResponse,
};
use crate::state::durable::{CallbackId, Came};

async fn answer(service: &Lambda, callback: &str, came: Came) -> Result<(), AwsError> {
    // LIMIT: the text is ours.
    let missing = || not_found("There is no such callback.");
    let callback = CallbackId::parse(callback).ok_or_else(missing)?;
    let durables = service.durable().durables();
    let id = callback.execution.id;
    let operation = durables.operation_at(&id, callback.number).await?.ok_or_else(missing)?;
    let named = vec![operation.clone()];
    service.durable().change(&id, named, move |draft| draft.answer(&operation, &came)).await
}

pub(crate) async fn send_durable_execution_callback_success(
    service: &Lambda,
    _caller: &Caller,
    input: SendDurableExecutionCallbackSuccessRequest,
) -> Result<SendDurableExecutionCallbackSuccessResponse, AwsError> {
    let result = input.result.map(|result| String::from_utf8(result.into())).transpose();
    let result = result.map_err(|_| Code::InvalidParameterValueException.error("The result is no text."))?;
    answer(service, &input.callback_id, Came::Success(result)).await?;
    Ok(SendDurableExecutionCallbackSuccessResponse::default())
}

pub(crate) async fn send_durable_execution_callback_failure(
    service: &Lambda,
    _caller: &Caller,
    input: SendDurableExecutionCallbackFailureRequest,
) -> Result<SendDurableExecutionCallbackFailureResponse, AwsError> {
    expect_size(input.error.as_ref())?;
    answer(service, &input.callback_id, Came::Failure(input.error)).await?;
    Ok(SendDurableExecutionCallbackFailureResponse::default())
}

pub(crate) async fn send_durable_execution_callback_heartbeat(
    service: &Lambda,
    _caller: &Caller,
    input: SendDurableExecutionCallbackHeartbeatRequest,
) -> Result<SendDurableExecutionCallbackHeartbeatResponse, AwsError> {
    answer(service, &input.callback_id, Came::Heartbeat).await?;
    Ok(SendDurableExecutionCallbackHeartbeatResponse::default())
}
