//! `ExecuteChangeSet`.

use std::time::Duration;

use cloud_core::{AwsError, Caller};

use super::describe_change_set::named;
use super::update_stack;
use crate::define::validation;
use crate::engine::Engine;
use crate::service::CloudFormation;
use crate::shapes::{Code, ExecuteChangeSetInput, ExecuteChangeSetOutput};
use crate::state::change_set::Execution;
use crate::state::operation::{Actor, OnFailure};
use crate::state::{ChangeSet, Goal, Kind, Stack, StackStatus};

/// How long the answer may be held back for the end of the operation.
///
/// Clients that find a stack still in progress look again only after thirty seconds (`aws cloudformation deploy`); most
/// deployments here have ended before they look first, if they are not let go too early.
const PATIENCE: Duration = Duration::from_secs(2);

/// Begins what a change set has prepared.
pub(crate) async fn execute_change_set(
    service: &CloudFormation,
    caller: &Caller,
    input: ExecuteChangeSetInput,
) -> Result<ExecuteChangeSetOutput, AwsError> {
    let engine = service.engine();
    let gate = engine.gate().await;
    let set = named(engine, &input.change_set_name, input.stack_name.as_deref())?;
    let stack =
        engine.find(&set.stack_id).ok_or_else(|| AwsError::internal("the change set's stack vanished"))?;
    check(&set, &stack)?;
    let on_failure = match input.disable_rollback {
        Some(true) => OnFailure::Nothing,
        _ => set.on_failure,
    };
    let (remark, role) = match &set.definition {
        Some(id) => {
            let definition = engine.definition(id).await?;
            (definition.remark(), definition.role_arn.clone())
        }
        None => (None, None),
    };
    let goal = Goal {
        definition: set.definition.clone(),
        on_failure,
        remark,
        actor: Some(Actor::of(caller, role.as_deref())),
        retain_except_on_create: input.retain_except_on_create.unwrap_or_default(),
        client_token: input.client_request_token,
        change_set: Some(set.id.clone()),
        ..Goal::new(if set.creates { Kind::Create } else { Kind::Update })
    };
    forget_others(engine, &set).await?;
    if set.creates {
        create(engine, &stack, goal).await?;
    } else {
        update_stack::begin(engine, &stack, goal).await?;
    }
    drop(gate);
    let _ = tokio::time::timeout(PATIENCE, engine.settled(&stack.id)).await;
    Ok(ExecuteChangeSetOutput {})
}

fn check(set: &ChangeSet, stack: &Stack) -> Result<(), AwsError> {
    if set.execution != Execution::Available {
        let status = if set.failure.is_some() { "FAILED" } else { set.execution.as_str() };
        let message =
            format!("ChangeSet [{}] cannot be executed in its current status of [{status}]", set.id);
        return Err(Code::InvalidChangeSetStatusException.error(message));
    }
    if set.creates && stack.status != StackStatus::ReviewInProgress {
        return Err(validation(format!(
            "Stack:{} is in {} state and can not be created.",
            stack.id, stack.status
        )));
    }
    if set.creates { Ok(()) } else { update_stack::check_updatable(stack) }
}

/// AWS: when one change set is executed, the stack's others are gone, for they are about a stack that is no more.
async fn forget_others(engine: &Engine, executed: &ChangeSet) -> Result<(), AwsError> {
    for other in engine.change_sets(&executed.stack_id) {
        if other.id != executed.id {
            engine.forget_change_set(&other.id).await?;
        }
    }
    Ok(())
}

async fn create(engine: &Engine, stack: &Stack, goal: Goal) -> Result<(), AwsError> {
    let now = engine.context().now();
    let mut stack = stack.clone();
    stack.definition.clone_from(&goal.definition);
    stack.change_set.clone_from(&goal.change_set);
    stack.updated = Some(now);
    stack.disable_rollback = goal.on_failure == OnFailure::Nothing;
    engine.begin(stack, goal, StackStatus::CreateInProgress, now).await
}
