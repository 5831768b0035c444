//! What a durable function says and asks while it runs: CheckpointDurableExecution and GetDurableExecutionState.

use cloud_core::{AwsError, Caller};

use super::durable_executions::{find, page_size, position};
use crate::Lambda;
use crate::durable::resolve;
use crate::records::Bounds;
use crate::shapes::{
    CheckpointDurableExecutionRequest, CheckpointDurableExecutionResponse, CheckpointUpdatedExecutionState,
    GetDurableExecutionStateRequest, GetDurableExecutionStateResponse, Operation,
};
use crate::state::durable::{CheckpointToken, Draft, Kept, expect_sizes, named, wrong_token};

/// Bytes of operations in one answer. LIMIT: AWS states none.
const PAGE_BYTES: usize = 4 << 20;

/// The execution of an ARN, and the generation of the token that is shown for it.
async fn token_for(service: &Lambda, arn: &str, token: &str) -> Result<(String, u64), AwsError> {
    let token = CheckpointToken::parse(token).ok_or_else(wrong_token)?;
    let (parsed, _) = find(service, arn)
        .await
        .map_err(|error| if error.http_status() == 404 { wrong_token() } else { error })?;
    if parsed.id == token.execution { Ok((parsed.id, token.generation)) } else { Err(wrong_token()) }
}

pub(crate) async fn checkpoint_durable_execution(
    service: &Lambda,
    _caller: &Caller,
    input: CheckpointDurableExecutionRequest,
) -> Result<CheckpointDurableExecutionResponse, AwsError> {
    let token = token_for(service, &input.durable_execution_arn, &input.checkpoint_token);
    let (id, generation) = token.await?;
    let updates = input.updates.unwrap_or_default();
    expect_sizes(&updates)?;
    let calls = resolve(service, &updates);
    let (named, client_token) = (named(&updates), input.client_token);
    let checkpoint = move |draft: &mut Draft| draft.checkpoint(generation, updates, &calls, client_token);
    let told = service.durable().change(&id, named, checkpoint).await?;
    let mut kept = service.durable().durables().operations(&id, told.operations).await?;
    kept.sort_by_key(|kept| kept.number);
    let (operations, next_marker) = fitting(kept);
    let token = told.generation.map(|generation| CheckpointToken { execution: id, generation }.text());
    Ok(CheckpointDurableExecutionResponse {
        checkpoint_token: token,
        new_execution_state: CheckpointUpdatedExecutionState { operations: Some(operations), next_marker },
    })
}

/// As many as one answer holds, and where the others begin.
fn fitting(kept: Vec<Kept>) -> (Vec<Operation>, Option<String>) {
    let (mut operations, mut bytes, mut last) = (Vec::new(), 0, 0);
    for kept in kept {
        if bytes > PAGE_BYTES {
            return (operations, Some(last.to_string()));
        }
        last = kept.number;
        bytes += serde_json::to_vec(&kept.operation).map_or(0, |text| text.len());
        operations.push(kept.operation);
    }
    (operations, None)
}

pub(crate) async fn get_durable_execution_state(
    service: &Lambda,
    _caller: &Caller,
    input: GetDurableExecutionStateRequest,
) -> Result<GetDurableExecutionStateResponse, AwsError> {
    let (id, generation) = token_for(service, &input.durable_execution_arn, &input.checkpoint_token).await?;
    let durables = service.durable().durables();
    let execution = durables.get(&id).await?.ok_or_else(wrong_token)?;
    // Whoever was told a token by the invocation that is under way, or by the last one.
    let first = execution.invocation.as_ref().map_or(execution.generation, |invocation| invocation.first);
    if !(first..=execution.generation).contains(&generation) {
        return Err(wrong_token());
    }
    let bounds = Bounds {
        after: position(input.marker.as_deref())?,
        most: page_size(input.max_items),
        bytes: PAGE_BYTES,
    };
    let (state, next) = durables.state(&id, bounds).await?;
    Ok(GetDurableExecutionStateResponse {
        operations: state.into_iter().map(|kept| kept.operation).collect(),
        next_marker: next.map(|next| next.to_string()),
    })
}
