//! `UpdateStack`.

use cloud_core::{AwsError, Caller};

use super::existing;
use crate::define::{self, Wanted, validation};
use crate::engine::{Engine, Plan, difference};
use crate::service::CloudFormation;
use crate::shapes::{UpdateStackInput, UpdateStackOutput};
use crate::state::operation::{Actor, OnFailure};
use crate::state::{Change, Definition, Goal, Kind, Stack, StackStatus};
use crate::{capabilities, refusals};

/// Begins to change a stack.
pub(crate) async fn update_stack(
    service: &CloudFormation,
    caller: &Caller,
    input: UpdateStackInput,
) -> Result<UpdateStackOutput, AwsError> {
    let engine = service.engine();
    refusals::stack_policies(&[
        &input.stack_policy_body,
        &input.stack_policy_url,
        &input.stack_policy_during_update_body,
        &input.stack_policy_during_update_url,
    ])?;
    refusals::rollback_triggers(input.rollback_configuration.as_ref())?;
    let wanted = wanted(&input);
    let _gate = engine.gate().await;
    let stack = existing(engine, &input.stack_name)?;
    check_updatable(&stack)?;
    let (stack, previous) = engine.defined(stack).await?;
    let text = define::text(engine.context(), caller, &wanted, previous.as_deref()).await?;
    let definition = define::define(engine.context(), &stack, &wanted, text, previous.as_deref()).await??;
    if let Some(error) = capabilities::missing_expand(&definition.transforms, &definition.capabilities) {
        return Err(error);
    }
    let plan = define::rehearse(engine, &stack, &definition)?;
    let (changes, differs) = compare(engine, &stack, &plan, previous.as_deref())?;
    // AWS: what a transform makes may differ each time, so such a template is always taken for a change.
    let may_differ = differs || !definition.transforms.is_empty();
    if changes.is_empty() && !may_differ && stack.status != StackStatus::UpdateFailed {
        return Err(validation("No updates are to be performed."));
    }
    engine.keep_definition(&definition).await?;
    let disable_rollback = input.disable_rollback.unwrap_or_default();
    let goal = Goal {
        remark: definition.remark(),
        actor: Some(Actor::of(caller, definition.role_arn.as_deref())),
        definition: Some(definition.id),
        on_failure: if disable_rollback { OnFailure::Nothing } else { OnFailure::Rollback },
        retain_except_on_create: input.retain_except_on_create.unwrap_or_default(),
        client_token: input.client_request_token,
        ..Goal::new(Kind::Update)
    };
    begin(engine, &stack, goal).await?;
    Ok(UpdateStackOutput { stack_id: Some(stack.id.clone()), ..UpdateStackOutput::default() })
}

fn wanted(input: &UpdateStackInput) -> Wanted {
    Wanted {
        body: input.template_body.clone(),
        url: input.template_url.clone(),
        use_previous: input.use_previous_template.unwrap_or_default(),
        parameters: input.parameters.clone().unwrap_or_default(),
        capabilities: input.capabilities.clone().unwrap_or_default(),
        tags: input.tags.clone(),
        role_arn: input.role_arn.clone(),
        notification_arns: input.notification_ar_ns.clone(),
        resource_types: input.resource_types.clone(),
    }
}

/// AWS: the message for a stack to which something is being done, or that could not be made.
pub(super) fn check_updatable(stack: &Stack) -> Result<(), AwsError> {
    if stack.status.can_update() {
        return Ok(());
    }
    Err(validation(format!("Stack:{} is in {} state and can not be updated.", stack.id, stack.status)))
}

/// What a plan would change: resources, and whether anything else.
pub(super) fn compare(
    engine: &Engine,
    stack: &Stack,
    planned: &Plan,
    previous: Option<&Definition>,
) -> Result<(Vec<Change>, bool), AwsError> {
    let facts = engine.facts(&stack.id);
    let changes = difference::changes(stack, planned, &facts, previous)
        .map_err(|error| validation(error.to_string()))?;
    let differs =
        previous.is_none_or(|previous| difference::differs_otherwise(&planned.definition, previous));
    Ok((changes, differs))
}

/// Begins the update of a stack that was found to be in a state for it.
pub(super) async fn begin(engine: &Engine, stack: &Stack, goal: Goal) -> Result<(), AwsError> {
    let now = engine.context().now();
    let mut stack = stack.clone();
    stack.updated = Some(now);
    stack.disable_rollback = goal.on_failure == OnFailure::Nothing;
    engine.begin(stack, goal, StackStatus::UpdateInProgress, now).await
}
