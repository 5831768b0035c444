//! `CreateStack`.

use cloud_core::{AwsError, Caller, constraint};
use jiff::{SignedDuration, Timestamp};

use crate::define::{self, Wanted, validation};
use crate::engine::Engine;
use crate::quotas::{STACK_NAME, STACKS};
use crate::service::CloudFormation;
use crate::shapes::{Code, CreateStackInput, CreateStackOutput, OnFailure as Asked};
use crate::state::change_set::Execution;
use crate::state::operation::{Actor, OnFailure};
use crate::state::{ChangeSet, Goal, Kind, Stack, StackStatus};
use crate::{capabilities, refusals};

/// Begins to make a stack.
pub(crate) async fn create_stack(
    service: &CloudFormation,
    caller: &Caller,
    input: CreateStackInput,
) -> Result<CreateStackOutput, AwsError> {
    let engine = service.engine();
    check_name(&input.stack_name)?;
    let on_failure = on_failure(&input)?;
    refusals::stack_policies(&[&input.stack_policy_body, &input.stack_policy_url])?;
    refusals::rollback_triggers(input.rollback_configuration.as_ref())?;
    let wanted = wanted(&input);
    let text = define::text(engine.context(), caller, &wanted, None).await?;
    let _gate = engine.gate().await;
    let mut stack = match engine.find(&input.stack_name) {
        // AWS: a stack that only has change sets is made at once, and they are of no use any more.
        Some(stack) if stack.status == StackStatus::ReviewInProgress => Stack::clone(&stack),
        Some(_) => return Err(already_exists(&input.stack_name)),
        None => {
            check_quota(engine)?;
            new_stack(engine, &input.stack_name)
        }
    };
    let definition = define::define(engine.context(), &stack, &wanted, text, None).await??;
    if let Some(error) = capabilities::missing_expand(&definition.transforms, &definition.capabilities) {
        return Err(error);
    }
    define::rehearse(engine, &stack, &definition)?;
    engine.keep_definition(&definition).await?;
    stack.disable_rollback = on_failure == OnFailure::Nothing;
    stack.termination_protection = input.enable_termination_protection.unwrap_or_default();
    stack.definition = Some(definition.id.clone());
    stack.timeout_in_minutes = input.timeout_in_minutes;
    let (id, now) = (stack.id.clone(), engine.context().now());
    let goal = Goal {
        remark: definition.remark(),
        actor: Some(Actor::of(caller, definition.role_arn.as_deref())),
        definition: Some(definition.id),
        on_failure,
        deadline: input.timeout_in_minutes.map(|minutes| after(now, minutes)),
        retain_except_on_create: input.retain_except_on_create.unwrap_or_default(),
        client_token: input.client_request_token,
        ..Goal::new(Kind::Create)
    };
    outdate_change_sets(engine, &stack).await?;
    engine.begin(stack, goal, StackStatus::CreateInProgress, now).await?;
    Ok(CreateStackOutput { stack_id: Some(id), ..CreateStackOutput::default() })
}

fn after(now: Timestamp, minutes: i32) -> Timestamp {
    now.saturating_add(SignedDuration::from_mins(minutes.into())).unwrap_or(Timestamp::MAX)
}

fn wanted(input: &CreateStackInput) -> Wanted {
    Wanted {
        body: input.template_body.clone(),
        url: input.template_url.clone(),
        use_previous: false,
        parameters: input.parameters.clone().unwrap_or_default(),
        capabilities: input.capabilities.clone().unwrap_or_default(),
        tags: input.tags.clone(),
        role_arn: input.role_arn.clone(),
        notification_arns: input.notification_ar_ns.clone(),
        resource_types: input.resource_types.clone(),
    }
}

fn on_failure(input: &CreateStackInput) -> Result<OnFailure, AwsError> {
    match (&input.on_failure, input.disable_rollback) {
        (Some(_), Some(_)) => Err(validation("You cannot specify both OnFailure and DisableRollback.")),
        (Some(Asked::DoNothing), None) | (None, Some(true)) => Ok(OnFailure::Nothing),
        (Some(Asked::Delete), None) => Ok(OnFailure::Delete),
        _ => Ok(OnFailure::Rollback),
    }
}

/// AWS: the model allows ARNs here, the service does not.
pub(super) fn check_name(name: &str) -> Result<(), AwsError> {
    let broken = |what: &str| Err(constraint::broken("ValidationError", name, "stackName", what));
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || !name.chars().all(letters) {
        return broken("Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*");
    }
    if name.len() > STACK_NAME {
        return broken(&format!("Member must have length less than or equal to {STACK_NAME}"));
    }
    Ok(())
}

fn already_exists(name: &str) -> AwsError {
    Code::AlreadyExistsException.error(format!("Stack [{name}] already exists"))
}

async fn outdate_change_sets(engine: &Engine, stack: &Stack) -> Result<(), AwsError> {
    for set in engine.change_sets(&stack.id) {
        if set.execution == Execution::Available {
            engine
                .keep_change_set(ChangeSet { execution: Execution::Obsolete, ..ChangeSet::clone(&set) })
                .await?;
        }
    }
    Ok(())
}

/// Refuses one stack more than there may be.
pub(super) fn check_quota(engine: &Engine) -> Result<(), AwsError> {
    STACKS.check(engine.stacks().iter().filter(|stack| stack.is_alive()).count() + 1)
}

/// A stack that does not exist yet.
pub(super) fn new_stack(engine: &Engine, name: &str) -> Stack {
    let context = engine.context();
    let id = context.arn("cloudformation", format!("stack/{name}/{}", context.entropy().uuid()));
    Stack::new(id.to_string(), name.to_owned(), context.now())
}
