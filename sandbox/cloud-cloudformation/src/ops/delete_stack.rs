//! `DeleteStack`.

use cloud_core::{AwsError, Caller};

use crate::define::{check_role, validation};
use crate::engine::Engine;
use crate::service::CloudFormation;
use crate::shapes::{DeleteStackInput, DeletionMode};
use crate::state::operation::{Actor, OnFailure};
use crate::state::{Goal, Kind, Stack, StackStatus};

/// Begins to delete a stack. One that is not there is no error.
pub(crate) async fn delete_stack(
    service: &CloudFormation,
    caller: &Caller,
    input: DeleteStackInput,
) -> Result<(), AwsError> {
    let engine = service.engine();
    let _gate = engine.gate().await;
    let Some(stack) = engine.find(&input.stack_name).filter(|stack| stack.is_alive()) else { return Ok(()) };
    if stack.status == StackStatus::DeleteInProgress {
        return Ok(());
    }
    check(engine, &stack, &input)?;
    check_role(engine.context(), &stack, input.role_arn.as_deref()).await?;
    for set in engine.change_sets(&stack.id) {
        engine.forget_change_set(&set.id).await?;
    }
    // AWS: without a role of its own a deletion acts as the one that the stack has.
    let role = match (&input.role_arn, &stack.definition) {
        (Some(role), _) => Some(role.clone()),
        (None, Some(id)) => engine.definition(id).await?.role_arn.clone(),
        (None, None) => None,
    };
    let goal = Goal {
        on_failure: OnFailure::Nothing,
        actor: Some(Actor::of(caller, role.as_deref())),
        client_token: input.client_request_token,
        retain: input.retain_resources.into_iter().flatten().collect(),
        forces: input.deletion_mode == Some(DeletionMode::ForceDeleteStack),
        ..Goal::new(Kind::Delete)
    };
    engine.begin(Stack::clone(&stack), goal, StackStatus::DeleteInProgress, engine.context().now()).await
}

fn check(engine: &Engine, stack: &Stack, input: &DeleteStackInput) -> Result<(), AwsError> {
    if stack.termination_protection {
        return Err(validation(format!(
            "Stack [{}] cannot be deleted while TerminationProtection is enabled",
            stack.name
        )));
    }
    // LIMIT: a stack that is being created cannot be deleted until that has ended.
    if stack.status.is_in_progress() && stack.status != StackStatus::ReviewInProgress {
        return Err(validation(format!(
            "Stack [{}] cannot be deleted while in status {}",
            stack.name, stack.status
        )));
    }
    let retains = input.retain_resources.as_ref().is_some_and(|names| !names.is_empty());
    if retains && stack.status != StackStatus::DeleteFailed {
        return Err(validation(format!(
            "Invalid operation on stack [{}]. The specified resources to retain can only be used on a stack in the DELETE_FAILED state.",
            stack.id
        )));
    }
    let forces = input.deletion_mode == Some(DeletionMode::ForceDeleteStack);
    if forces && stack.status != StackStatus::DeleteFailed {
        return Err(validation(format!(
            "Invalid operation on stack [{}]. The deletion mode FORCE_DELETE_STACK can only be used on a stack in the DELETE_FAILED state.",
            stack.id
        )));
    }
    let facts = engine.facts(&stack.id);
    let mut exported = stack.outputs.iter().filter_map(|output| output.export_name.as_ref());
    match exported.find_map(|name| facts.importer(name).map(|importer| (name, importer))) {
        None => Ok(()),
        // LIMIT: AWS answers with success first and lets the deletion fail with this reason.
        Some((name, importer)) => {
            Err(validation(format!("Export {name} cannot be deleted as it is in use by {importer}")))
        }
    }
}
