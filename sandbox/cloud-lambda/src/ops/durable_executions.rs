//! Durable executions, as who watches over them sees them: GetDurableExecution, GetDurableExecutionHistory,
//! ListDurableExecutionsByFunction, StopDurableExecution, PauseDurableExecution, ResumeDurableExecution and
//! DeleteDurableExecution.

use std::sync::Arc;

use cloud_core::{AwsError, Caller};

use crate::Lambda;
use crate::durable::not_found;
use crate::quotas;
use crate::records::Bounds;
use crate::shapes::{
    Code, DeleteDurableExecutionRequest, DeleteDurableExecutionResponse, DurableConfig, ErrorObject,
    Execution as Shown, GetDurableExecutionHistoryRequest, GetDurableExecutionHistoryResponse,
    GetDurableExecutionRequest, GetDurableExecutionResponse, ListDurableExecutionsByFunctionRequest,
    ListDurableExecutionsByFunctionResponse, PauseDetails, PauseDurableExecutionRequest,
    PauseDurableExecutionResponse, ResumeDurableExecutionRequest, ResumeDurableExecutionResponse,
    StopDurableExecutionRequest, StopDurableExecutionResponse, TraceHeader,
};
use crate::state::durable::{Closed, Draft, Ending, Execution, ExecutionArn, bytes_of, without_data};

/// Items of a page where nothing is said of it.
// AWS: "The default is 100 and the maximum allowed is 1000. A value of 0 uses the default."
const PAGE: usize = 100;
const LARGEST_PAGE: usize = 1000;
/// Bytes of a page. LIMIT: AWS states none.
const PAGE_BYTES: usize = 4 << 20;
/// Executions that are looked at together.
const AT_ONCE: usize = 200;

/// The size of a page.
pub(super) fn page_size(wanted: Option<i32>) -> usize {
    match wanted.and_then(|wanted| usize::try_from(wanted).ok()) {
        None | Some(0) => PAGE,
        Some(wanted) => wanted.min(LARGEST_PAGE),
    }
}

/// An execution, by its ARN.
pub(super) async fn find(service: &Lambda, arn: &str) -> Result<(ExecutionArn, Arc<Execution>), AwsError> {
    // LIMIT: the text is ours.
    let missing = || not_found(&format!("Durable execution not found: {arn}"));
    let parsed = ExecutionArn::parse(service.context(), arn).ok_or_else(missing)?;
    let execution = service.durable().durables().get(&parsed.id).await?.ok_or_else(missing)?;
    let is_it = execution.function == parsed.function
        && execution.version == parsed.version
        && execution.name == parsed.name;
    if is_it { Ok((parsed, execution)) } else { Err(missing()) }
}

pub(crate) async fn get_durable_execution(
    service: &Lambda,
    _caller: &Caller,
    input: GetDurableExecutionRequest,
) -> Result<GetDurableExecutionResponse, AwsError> {
    let (_, execution) = find(service, &input.durable_execution_arn).await?;
    let durables = service.durable().durables();
    let is_whole = input.include_execution_data != Some(false);
    let (payload, ending) = if is_whole {
        let ending = durables.ending(&execution.id).await?.unwrap_or_default();
        (durables.input(&execution.id).await?, ending)
    } else {
        (None, Ending::default())
    };
    let pause = execution.pause.as_ref().map(|pause| PauseDetails {
        pause_request_timestamp: pause.requested,
        reason: pause.reason.clone().filter(|_| is_whole),
        execution_timeout_paused: pause.holds_timeout,
    });
    let holds = execution.pause.as_ref().is_some_and(|pause| pause.since.is_some() && pause.holds_timeout);
    Ok(GetDurableExecutionResponse {
        durable_execution_arn: input.durable_execution_arn,
        durable_execution_name: execution.name.clone(),
        function_arn: execution.invoked_arn.clone(),
        input_payload: payload,
        result: ending.result,
        error: ending.error,
        start_timestamp: execution.started,
        status: execution.shown(),
        end_timestamp: execution.ended,
        version: Some(execution.version.clone()),
        trace_header: Some(execution.trace.clone())
            .filter(|header| !header.is_empty())
            .map(|header| TraceHeader { x_amzn_trace_id: Some(header) }),
        execution_data_included: Some(is_whole),
        durable_config: Some(DurableConfig {
            execution_timeout: Some(execution.timeout),
            retention_period_in_days: Some(execution.retention),
            ..DurableConfig::default()
        }),
        pause_details: pause,
        expected_execution_timeout_timestamp: Some(execution.deadline)
            .filter(|_| execution.is_live() && !holds),
    })
}

pub(crate) async fn get_durable_execution_history(
    service: &Lambda,
    _caller: &Caller,
    input: GetDurableExecutionHistoryRequest,
) -> Result<GetDurableExecutionHistoryResponse, AwsError> {
    let (_, execution) = find(service, &input.durable_execution_arn).await?;
    let bounds = Bounds {
        after: position(input.marker.as_deref())?,
        most: page_size(input.max_items),
        bytes: PAGE_BYTES,
    };
    let is_backward = input.reverse_order == Some(true);
    let (events, next) = service.durable().durables().history(&execution.id, bounds, is_backward).await?;
    let events = if input.include_execution_data == Some(false) {
        events.into_iter().map(without_data).collect()
    } else {
        events
    };
    Ok(GetDurableExecutionHistoryResponse { events, next_marker: next.map(|next| next.to_string()) })
}

/// A place in a list of an execution's.
pub(super) fn position(marker: Option<&str>) -> Result<Option<u64>, AwsError> {
    let Some(marker) = marker.filter(|marker| !marker.is_empty()) else { return Ok(None) };
    let wrong = || Code::InvalidParameterValueException.error("The Marker is not one of this list.");
    marker.parse().map(Some).map_err(|_| wrong())
}

pub(crate) async fn list_durable_executions_by_function(
    service: &Lambda,
    _caller: &Caller,
    input: ListDurableExecutionsByFunctionRequest,
) -> Result<ListDurableExecutionsByFunctionResponse, AwsError> {
    let (name, function) = service.find(&input.function_name, input.qualifier.as_deref())?;
    let version = match &name.qualifier {
        None => None,
        Some(qualifier) => {
            let found = function.resolve(qualifier, 1.0).map(|(version, _)| version.to_owned());
            Some(found.ok_or_else(|| name.not_found(service.context()))?)
        }
    };
    let fits = |execution: &Execution| {
        let has =
            |wanted: &Option<String>, present: &str| wanted.as_deref().is_none_or(|wanted| wanted == present);
        has(&version, &execution.version)
            && has(&input.durable_execution_name, &execution.name)
            && input.statuses.as_ref().is_none_or(|statuses| statuses.contains(&execution.shown()))
            && input.started_after.is_none_or(|after| execution.started > after)
            && input.started_before.is_none_or(|before| execution.started < before)
    };
    // AWS: "Set to true to return results in chronological order (oldest first). Default is false."
    let is_backward = input.reverse_order != Some(true);
    let most = page_size(input.max_items);
    let durables = service.durable().durables();
    let mut after = input.marker.as_deref().and_then(|marker| hex::decode(marker).ok());
    let (mut shown, mut last) = (Vec::new(), None);
    loop {
        let found = durables.of_function(&name.name, after.take(), is_backward, AT_ONCE).await?;
        let Some((end, _)) = found.last() else { break };
        after = Some(end.clone());
        for (place, id) in found {
            let Some(execution) = durables.get(&id).await? else { continue };
            if !fits(&execution) {
                continue;
            }
            if shown.len() == most {
                let next_marker = last.map(hex::encode::<Vec<u8>>);
                return Ok(ListDurableExecutionsByFunctionResponse {
                    durable_executions: Some(shown),
                    next_marker,
                });
            }
            shown.push(show(service, &execution));
            last = Some(place);
        }
    }
    Ok(ListDurableExecutionsByFunctionResponse { durable_executions: Some(shown), next_marker: None })
}

fn show(service: &Lambda, execution: &Execution) -> Shown {
    Shown {
        durable_execution_arn: execution.arn().text(service.context()),
        durable_execution_name: execution.name.clone(),
        function_arn: execution.invoked_arn.clone(),
        status: execution.shown(),
        start_timestamp: execution.started,
        end_timestamp: execution.ended,
        ..Shown::default()
    }
}

pub(crate) async fn stop_durable_execution(
    service: &Lambda,
    _caller: &Caller,
    input: StopDurableExecutionRequest,
) -> Result<StopDurableExecutionResponse, AwsError> {
    let (_, execution) = find(service, &input.durable_execution_arn).await?;
    expect_size(input.error.as_ref())?;
    let stop = move |draft: &mut Draft| {
        // AWS: what has ended stays as it ended.
        draft.close(Closed::Stopped(input.error));
        Ok(draft.execution.ended.unwrap_or(draft.now))
    };
    let stop_timestamp = service.durable().change(&execution.id, Vec::new(), stop).await?;
    Ok(StopDurableExecutionResponse { stop_timestamp })
}

/// Fails where an error is too long.
pub(super) fn expect_size(error: Option<&ErrorObject>) -> Result<(), AwsError> {
    let much = error.map_or(0, bytes_of);
    if much <= quotas::OPERATION {
        return Ok(());
    }
    Err(Code::InvalidParameterValueException.error(format!(
        "The error is {much} bytes, more than the {} bytes that it may be.",
        quotas::OPERATION
    )))
}

pub(crate) async fn pause_durable_execution(
    service: &Lambda,
    _caller: &Caller,
    input: PauseDurableExecutionRequest,
) -> Result<PauseDurableExecutionResponse, AwsError> {
    let (_, execution) = find(service, &input.durable_execution_arn).await?;
    let holds_timeout = input.execution_timeout_paused != Some(false);
    let pause = move |draft: &mut Draft| draft.pause(input.reason, holds_timeout, input.client_token);
    service.durable().change(&execution.id, Vec::new(), pause).await?;
    Ok(PauseDurableExecutionResponse::default())
}

pub(crate) async fn resume_durable_execution(
    service: &Lambda,
    _caller: &Caller,
    input: ResumeDurableExecutionRequest,
) -> Result<ResumeDurableExecutionResponse, AwsError> {
    let (_, execution) = find(service, &input.durable_execution_arn).await?;
    let resume = move |draft: &mut Draft| draft.resume(input.reason, input.client_token);
    service.durable().change(&execution.id, Vec::new(), resume).await?;
    Ok(ResumeDurableExecutionResponse::default())
}

pub(crate) async fn delete_durable_execution(
    service: &Lambda,
    _caller: &Caller,
    input: DeleteDurableExecutionRequest,
) -> Result<DeleteDurableExecutionResponse, AwsError> {
    let (_, execution) = find(service, &input.durable_execution_arn).await?;
    let delete = |draft: &mut Draft| {
        draft.delete()?;
        Ok(draft.now)
    };
    let deletion_request_timestamp = service.durable().change(&execution.id, Vec::new(), delete).await?;
    Ok(DeleteDurableExecutionResponse { deletion_request_timestamp })
}
