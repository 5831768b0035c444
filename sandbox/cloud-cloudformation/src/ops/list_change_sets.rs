//! `ListChangeSets` and `DeleteChangeSet`.

use cloud_core::{AwsError, Caller};

use super::describe_change_set::{named, status};
use super::existing;
use super::page::page;
use crate::service::CloudFormation;
use crate::shapes::{
    ChangeSetSummary, Code, DeleteChangeSetInput, DeleteChangeSetOutput, ExecutionStatus,
    ListChangeSetsInput, ListChangeSetsOutput,
};
use crate::state::ChangeSet;
use crate::state::change_set::Execution;

/// The change sets of a stack.
pub(crate) async fn list_change_sets(
    service: &CloudFormation,
    _caller: &Caller,
    input: ListChangeSetsInput,
) -> Result<ListChangeSetsOutput, AwsError> {
    let engine = service.engine();
    let stack = existing(engine, &input.stack_name)?;
    let (sets, next_token) = page(engine.change_sets(&stack.id), input.next_token.as_deref())?;
    let summaries = sets.iter().map(|set| summary(set)).collect();
    Ok(ListChangeSetsOutput { summaries: Some(summaries), next_token })
}

fn summary(set: &ChangeSet) -> ChangeSetSummary {
    ChangeSetSummary {
        stack_id: Some(set.stack_id.clone()),
        stack_name: Some(set.stack_name.clone()),
        change_set_id: Some(set.id.clone()),
        change_set_name: Some(set.name.clone()),
        execution_status: Some(ExecutionStatus::from(set.execution.as_str())),
        status: Some(status(set)),
        status_reason: set.failure.clone(),
        creation_time: Some(set.created),
        description: set.description.clone(),
        include_nested_stacks: Some(false),
        ..ChangeSetSummary::default()
    }
}

/// Forgets a change set. One that is not there is no error.
pub(crate) async fn delete_change_set(
    service: &CloudFormation,
    _caller: &Caller,
    input: DeleteChangeSetInput,
) -> Result<DeleteChangeSetOutput, AwsError> {
    let engine = service.engine();
    let _gate = engine.gate().await;
    let set = match named(engine, &input.change_set_name, input.stack_name.as_deref()) {
        Ok(set) => set,
        Err(error) if error.code() == Code::ChangeSetNotFoundException.as_str() => {
            return Ok(DeleteChangeSetOutput {});
        }
        Err(error) => return Err(error),
    };
    if set.execution == Execution::InProgress {
        let message = format!(
            "An operation on this ChangeSet is currently in progress. ChangeSet [{}] cannot be deleted.",
            set.id
        );
        return Err(Code::InvalidChangeSetStatusException.error(message));
    }
    engine.forget_change_set(&set.id).await?;
    Ok(DeleteChangeSetOutput {})
}
