//! `CreateChangeSet`.
//!
//! LIMIT: change sets are ready when the request is answered; AWS makes them afterwards.

use std::sync::Arc;

use cloud_core::{AwsError, Caller};
use sha1::{Digest, Sha1};

use super::contexts;
use super::create_stack::{check_name, check_quota, new_stack};
use super::describe_stacks::hidden_values;
use super::existing;
use super::update_stack::{check_updatable, compare};
use crate::define::{self, Wanted, validation};
use crate::engine::Engine;
use crate::refusals;
use crate::service::CloudFormation;
use crate::shapes::{ChangeSetType, Code, CreateChangeSetInput, CreateChangeSetOutput, OnStackFailure};
use crate::state::change_set::{Execution, Request};
use crate::state::operation::OnFailure;
use crate::state::{ChangeSet, Definition, Stack, StackStatus};

/// AWS: the reason of a change set that would change nothing; clients look for it.
const NO_CHANGES: &str =
    "The submitted information didn't contain changes. Submit different information to create a change set.";

/// AWS: the reason of a change set whose resources were found wrong. Here it is followed by what is wrong: few clients
/// ask for the events, and one who deploys wants to know.
const INVALID: &str = "The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.";

/// Prepares a change of a stack, or a new stack.
pub(crate) async fn create_change_set(
    service: &CloudFormation,
    caller: &Caller,
    input: CreateChangeSetInput,
) -> Result<CreateChangeSetOutput, AwsError> {
    let engine = service.engine();
    refusals::change_set(&input)?;
    let wanted = wanted(&input);
    let _gate = engine.gate().await;
    if let Some(made) = made_before(engine, &input) {
        return Ok(answer(&made));
    }
    let (stack, is_new) = stack(engine, &input)?;
    give_way(engine, &stack, &input).await?;
    let (stack, previous) = engine.defined(stack).await?;
    let text = define::text(engine.context(), caller, &wanted, previous.as_deref()).await?;
    let defined = define::define(engine.context(), &stack, &wanted, text, previous.as_deref()).await?;
    let mut change_set = new_change_set(engine, &stack, &input);
    match &defined {
        Err(error) => fail(&mut change_set, &define::reason(error)),
        Ok(definition) => prepare(engine, &stack, &mut change_set, definition, previous.as_deref())?,
    }
    engine.expect_room(&change_set)?;
    if let Ok(definition) = &defined {
        engine.keep_definition(definition).await?;
    }
    if is_new {
        engine.keep(under_review(&stack)).await?;
    }
    let output = answer(&change_set);
    engine.keep_change_set(change_set).await?;
    Ok(output)
}

fn wanted(input: &CreateChangeSetInput) -> Wanted {
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

fn answer(set: &ChangeSet) -> CreateChangeSetOutput {
    CreateChangeSetOutput { id: Some(set.id.clone()), stack_id: Some(set.stack_id.clone()) }
}

/// The change set that the same request with the same token has made already.
// AWS: a token tells a request that is sent again from another one for a change set of the same name.
fn made_before(engine: &Engine, input: &CreateChangeSetInput) -> Option<Arc<ChangeSet>> {
    let (asked, stack) = (request(input)?, engine.find(&input.stack_name)?);
    let present = engine.find_change_set(&input.change_set_name, Some(&stack))?;
    (present.request.as_ref() == Some(&asked)).then_some(present)
}

fn request(input: &CreateChangeSetInput) -> Option<Request> {
    let token = input.client_token.clone()?;
    let digest = hex::encode(Sha1::digest(format!("{input:?}")));
    Some(Request { token, digest })
}

/// A name is free again when nothing can come of the change set that has it.
// LIMIT: AWS refuses names of failed and executed change sets, too. Clients that name them by the second, as the AWS
// CLI does, would meet themselves here, where a deployment takes less than one.
async fn give_way(engine: &Engine, stack: &Stack, input: &CreateChangeSetInput) -> Result<(), AwsError> {
    let name = &input.change_set_name;
    let Some(present) = engine.find_change_set(name, Some(stack)) else { return Ok(()) };
    // A request that uses a token again for something else is never taken for a new one.
    let reuses =
        present.request.as_ref().is_some_and(|request| Some(&request.token) == input.client_token.as_ref());
    if reuses || matches!(present.execution, Execution::Available | Execution::InProgress) {
        let message = format!("ChangeSet {name} already exists");
        return Err(Code::AlreadyExistsException.error(message));
    }
    engine.forget_change_set(&present.id).await
}

/// The stack that the change set is for, and whether it was made for it.
fn stack(engine: &Engine, input: &CreateChangeSetInput) -> Result<(Arc<Stack>, bool), AwsError> {
    let name = &input.stack_name;
    match &input.change_set_type {
        Some(ChangeSetType::Create) => match engine.find(name) {
            Some(stack) if stack.status == StackStatus::ReviewInProgress => Ok((stack, false)),
            Some(_) => Err(validation(format!(
                "Stack [{name}] already exists and cannot be created again with the changeSet [{}].",
                input.change_set_name
            ))),
            None => {
                check_name(name)?;
                check_quota(engine)?;
                Ok((Arc::new(new_stack(engine, name)), true))
            }
        },
        // LIMIT: existing resources cannot be imported.
        Some(ChangeSetType::Import) => {
            Err(validation("Change sets of type IMPORT are not supported by this cloud."))
        }
        _ => {
            let stack =
                existing(engine, name).map_err(|_| validation(format!("Stack [{name}] does not exist")))?;
            check_updatable(&stack)?;
            Ok((stack, false))
        }
    }
}

fn new_change_set(engine: &Engine, stack: &Stack, input: &CreateChangeSetInput) -> ChangeSet {
    let context = engine.context();
    let resource = format!("changeSet/{}/{}", input.change_set_name, context.entropy().uuid());
    ChangeSet {
        id: context.arn("cloudformation", resource).to_string(),
        name: input.change_set_name.clone(),
        stack_id: stack.id.clone(),
        stack_name: stack.name.clone(),
        creates: stack.status == StackStatus::ReviewInProgress,
        description: input.description.clone(),
        created: context.now(),
        definition: None,
        failure: None,
        execution: Execution::Available,
        changes: Vec::new(),
        findings: Vec::new(),
        request: request(input),
        on_failure: match input.on_stack_failure {
            Some(OnStackFailure::DoNothing) => OnFailure::Nothing,
            Some(OnStackFailure::Delete) => OnFailure::Delete,
            _ => OnFailure::Rollback,
        },
    }
}

fn fail(change_set: &mut ChangeSet, reason: &str) {
    change_set.failure = Some(reason.to_owned());
    change_set.execution = Execution::Unavailable;
}

fn prepare(
    engine: &Engine,
    stack: &Stack,
    change_set: &mut ChangeSet,
    definition: &Definition,
    previous: Option<&Definition>,
) -> Result<(), AwsError> {
    let plan = define::rehearse(engine, stack, definition)?;
    change_set.findings = plan.findings(&engine.facts(&stack.id), stack);
    let (mut changes, differs) = compare(engine, stack, &plan, previous)?;
    let hidden: Vec<String> = previous.into_iter().chain([definition]).flat_map(hidden_values).collect();
    contexts::keep(&mut changes, &hidden);
    if !change_set.findings.is_empty() {
        let reason = format!("{INVALID} {}", define::told(definition, &change_set.findings));
        fail(change_set, &reason);
    } else if changes.is_empty() && !differs {
        fail(change_set, NO_CHANGES);
    }
    change_set.changes = changes;
    change_set.definition = Some(definition.id.clone());
    Ok(())
}

/// AWS: a stack is there, without resources, from its first change set on.
fn under_review(stack: &Stack) -> Stack {
    let mut stack = stack.clone();
    stack.set_status(StackStatus::ReviewInProgress, Some("User Initiated".to_owned()), stack.created);
    stack
}
