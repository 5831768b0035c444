//! `DescribeStacks`, `ListStacks`, `UpdateTerminationProtection`.

use std::cmp::Reverse;
use std::sync::Arc;

use cloud_core::{AwsError, Caller};

use super::page::{SIZE, page, skipped};
use super::{existing, shown};
use crate::engine::Engine;
use crate::service::CloudFormation;
use crate::shapes::{
    Capability, DescribeStacksInput, DescribeStacksOutput, ListStacksInput, ListStacksOutput, Output,
    Parameter, Stack as Described, StackDriftInformation, StackDriftInformationSummary, StackDriftStatus,
    StackStatus as Status, StackSummary, Tag, UpdateTerminationProtectionInput,
    UpdateTerminationProtectionOutput,
};
use crate::state::{Definition, Stack};
use crate::template::outputs::OutputValue;

/// One stack, or all that are not deleted.
pub(crate) async fn describe_stacks(
    service: &CloudFormation,
    _caller: &Caller,
    input: DescribeStacksInput,
) -> Result<DescribeStacksOutput, AwsError> {
    let engine = service.engine();
    let stacks = match input.stack_name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => vec![existing(engine, name)?],
        None => latest_first(engine, Stack::is_alive),
    };
    let skip = skipped(input.next_token.as_deref())?.unwrap_or_default();
    let (mut described, mut bytes) = (Vec::new(), 0);
    let count = stacks.len();
    for stack in stacks.into_iter().skip(skip) {
        if described.len() == SIZE || bytes > MAX_BYTES {
            break;
        }
        let one = describe(engine, stack).await?;
        bytes += weight(&one);
        described.push(one);
    }
    let shown = skip.saturating_add(described.len());
    let next_token = (shown < count).then(|| shown.to_string());
    Ok(DescribeStacksOutput { stacks: Some(described), next_token })
}

/// About how many bytes a page has before it ends.
// AWS: "If the output exceeds 1 MB in size, a string that identifies the next page of stacks."
const MAX_BYTES: usize = 1024 * 1024;

/// The bytes of what a stack may have much of.
fn weight(stack: &Described) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let outputs = stack.outputs.iter().flatten().map(|output| text(&output.output_value));
    let parameters = stack.parameters.iter().flatten().map(|parameter| text(&parameter.parameter_value));
    outputs.chain(parameters).sum()
}

fn latest_first(engine: &Engine, keep: impl Fn(&Stack) -> bool) -> Vec<Arc<Stack>> {
    let mut stacks: Vec<Arc<Stack>> = engine.stacks().into_iter().filter(|stack| keep(stack)).collect();
    stacks.sort_by_key(|stack| (Reverse(stack.created), stack.name.clone()));
    stacks
}

async fn describe(engine: &Engine, stack: Arc<Stack>) -> Result<Described, AwsError> {
    let (stack, definition) = engine.defined(stack).await?;
    let definition = definition.as_deref();
    let capabilities =
        definition.filter(|definition| !definition.capabilities.is_empty()).map(|definition| {
            definition.capabilities.iter().map(|name| Capability::from(name.as_str())).collect()
        });
    // AWS: of a stack that is gone these are not told any more.
    let is_alive = stack.is_alive();
    Ok(Described {
        stack_id: Some(stack.id.clone()),
        stack_name: stack.name.clone(),
        change_set_id: stack.change_set.clone().filter(|_| is_alive),
        description: definition.and_then(|definition| definition.description.clone()),
        parameters: definition.map(parameters).filter(|parameters| !parameters.is_empty()),
        creation_time: stack.created,
        deletion_time: stack.deleted,
        last_updated_time: stack.updated,
        rollback_configuration: Some(crate::shapes::RollbackConfiguration::default()),
        stack_status: Status::from(stack.status.as_str()),
        stack_status_reason: stack.reason.clone(),
        disable_rollback: Some(stack.disable_rollback),
        timeout_in_minutes: stack.timeout_in_minutes,
        notification_ar_ns: Some(
            definition.map(|definition| definition.notification_arns.clone()).unwrap_or_default(),
        ),
        capabilities,
        outputs: Some(stack.outputs.iter().map(output).collect::<Vec<_>>())
            .filter(|outputs| !outputs.is_empty()),
        role_arn: definition.and_then(|definition| definition.role_arn.clone()),
        tags: Some(definition.map(tags).unwrap_or_default()),
        enable_termination_protection: is_alive.then_some(stack.termination_protection),
        drift_information: Some(StackDriftInformation {
            stack_drift_status: StackDriftStatus::NotChecked,
            ..StackDriftInformation::default()
        }),
        ..Described::default()
    })
}

fn output(output: &OutputValue) -> Output {
    Output {
        output_key: Some(output.key.clone()),
        output_value: Some(output.value.clone()),
        description: output.description.clone(),
        export_name: output.export_name.clone(),
    }
}

/// A definition's tags.
pub(super) fn tags(definition: &Definition) -> Vec<Tag> {
    definition.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

/// Whether a parameter's value is shown to nobody.
fn is_hidden(definition: &Definition, name: &str) -> bool {
    let declared = definition.processed.get("Parameters").and_then(|all| all.get(name));
    let flag = declared.and_then(|declared| declared.get("NoEcho")).and_then(crate::template::evaluate::text);
    flag.is_some_and(|flag| flag.eq_ignore_ascii_case("true"))
}

/// The values that are shown to nobody.
pub(super) fn hidden_values(definition: &Definition) -> Vec<String> {
    let hidden =
        definition.parameters.iter().filter(|(name, value)| !value.is_empty() && is_hidden(definition, name));
    hidden.map(|(_, value)| value.clone()).collect()
}

fn resolved(definition: &Definition, name: &str, value: &str) -> Option<String> {
    let declared = definition.processed.get("Parameters")?.get(name)?;
    crate::template::parameters::resolved(declared, value).map(str::to_owned)
}

/// A definition's parameters, hidden ones hidden.
pub(super) fn parameters(definition: &Definition) -> Vec<Parameter> {
    let parameter = |(name, value): (&String, &String)| Parameter {
        parameter_key: Some(name.clone()),
        parameter_value: Some(shown(is_hidden(definition, name), value)),
        resolved_value: resolved(definition, name, value),
        ..Parameter::default()
    };
    definition.parameters.iter().map(parameter).collect()
}

/// All stacks of the statuses asked for, deleted ones, too.
pub(crate) async fn list_stacks(
    service: &CloudFormation,
    _caller: &Caller,
    input: ListStacksInput,
) -> Result<ListStacksOutput, AwsError> {
    let engine = service.engine();
    let wanted = input.stack_status_filter.unwrap_or_default();
    let stacks = latest_first(engine, |stack| {
        wanted.is_empty() || wanted.iter().any(|status| status.as_str() == stack.status.as_str())
    });
    let (stacks, next_token) = page(stacks, input.next_token.as_deref())?;
    let mut summaries = Vec::with_capacity(stacks.len());
    for stack in stacks {
        let (stack, definition) = engine.defined(stack).await?;
        summaries.push(summary(&stack, definition.as_deref()));
    }
    Ok(ListStacksOutput { stack_summaries: Some(summaries), next_token })
}

fn summary(stack: &Stack, definition: Option<&Definition>) -> StackSummary {
    StackSummary {
        stack_id: Some(stack.id.clone()),
        stack_name: stack.name.clone(),
        template_description: definition.and_then(|definition| definition.description.clone()),
        creation_time: stack.created,
        last_updated_time: stack.updated,
        deletion_time: stack.deleted,
        stack_status: Status::from(stack.status.as_str()),
        stack_status_reason: stack.reason.clone(),
        drift_information: Some(StackDriftInformationSummary {
            stack_drift_status: StackDriftStatus::NotChecked,
            ..StackDriftInformationSummary::default()
        }),
        ..StackSummary::default()
    }
}

/// Says whether a stack may be deleted.
pub(crate) async fn update_termination_protection(
    service: &CloudFormation,
    _caller: &Caller,
    input: UpdateTerminationProtectionInput,
) -> Result<UpdateTerminationProtectionOutput, AwsError> {
    let engine = service.engine();
    let _gate = engine.gate().await;
    let mut stack = Stack::clone(&*existing(engine, &input.stack_name)?);
    if stack.operation.is_some() {
        return Err(crate::define::validation(format!(
            "Stack [{}] is in {} state and can not be updated.",
            stack.name, stack.status
        )));
    }
    stack.termination_protection = input.enable_termination_protection;
    let stack_id = Some(stack.id.clone());
    engine.keep(stack).await?;
    Ok(UpdateTerminationProtectionOutput { stack_id })
}
