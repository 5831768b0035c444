//! `DescribeChangeSet`.

use std::sync::Arc;

use cloud_core::{AwsError, Caller};

use super::describe_stacks::{parameters, tags};
use super::page::page;
use crate::define::validation;
use crate::engine::Engine;
use crate::service::CloudFormation;
use crate::shapes::{
    self, Capability, ChangeSetStatus, ChangeSource, ChangeType, Code, DescribeChangeSetInput,
    DescribeChangeSetOutput, EvaluationType, ExecutionStatus, PolicyAction, RequiresRecreation,
    ResourceAttribute, ResourceChange, ResourceChangeDetail, ResourceTargetDefinition,
};
use crate::state::{Cause, Change, ChangeAction, ChangeSet, Definition, Replacement};

/// The change set of that ARN, or of that name and that stack.
pub(super) fn named(engine: &Engine, name: &str, stack: Option<&str>) -> Result<Arc<ChangeSet>, AwsError> {
    if stack.is_none() && !name.starts_with("arn:") {
        return Err(validation("StackName must be specified if ChangeSetName is not specified as an ARN."));
    }
    let missing = || Code::ChangeSetNotFoundException.error(format!("ChangeSet [{name}] does not exist"));
    let stack = match stack {
        None => None,
        Some(stack) => Some(engine.find(stack).ok_or_else(missing)?),
    };
    engine.find_change_set(name, stack.as_deref()).ok_or_else(missing)
}

/// What a change set would do, and how it is.
pub(crate) async fn describe_change_set(
    service: &CloudFormation,
    _caller: &Caller,
    input: DescribeChangeSetInput,
) -> Result<DescribeChangeSetOutput, AwsError> {
    let engine = service.engine();
    let set = named(engine, &input.change_set_name, input.stack_name.as_deref())?;
    let definition = match &set.definition {
        Some(id) => Some(engine.definition(id).await?),
        None => None,
    };
    let (changes, next_token) = page(set.changes.iter().map(described), input.next_token.as_deref())?;
    let base = about_definition(definition.as_deref());
    Ok(DescribeChangeSetOutput {
        change_set_name: Some(set.name.clone()),
        change_set_id: Some(set.id.clone()),
        stack_id: Some(set.stack_id.clone()),
        stack_name: Some(set.stack_name.clone()),
        description: set.description.clone(),
        creation_time: Some(set.created),
        execution_status: Some(ExecutionStatus::from(set.execution.as_str())),
        status: Some(status(&set)),
        status_reason: set.failure.clone(),
        changes: Some(changes),
        next_token,
        include_nested_stacks: Some(false),
        rollback_configuration: Some(shapes::RollbackConfiguration::default()),
        ..base
    })
}

fn about_definition(definition: Option<&Definition>) -> DescribeChangeSetOutput {
    let Some(definition) = definition else { return DescribeChangeSetOutput::default() };
    let capabilities = definition.capabilities.iter().map(|name| Capability::from(name.as_str()));
    DescribeChangeSetOutput {
        parameters: Some(parameters(definition)).filter(|parameters| !parameters.is_empty()),
        notification_ar_ns: Some(definition.notification_arns.clone()),
        capabilities: Some(capabilities.collect()),
        tags: Some(tags(definition)).filter(|tags| !tags.is_empty()),
        ..DescribeChangeSetOutput::default()
    }
}

/// How the making of a change set went.
pub(super) fn status(set: &ChangeSet) -> ChangeSetStatus {
    if set.failure.is_some() { ChangeSetStatus::Failed } else { ChangeSetStatus::CreateComplete }
}

fn described(change: &Change) -> shapes::Change {
    let action = match change.action {
        ChangeAction::Add => shapes::ChangeAction::Add,
        ChangeAction::Modify => shapes::ChangeAction::Modify,
        ChangeAction::Remove => shapes::ChangeAction::Remove,
    };
    let modifies = change.action == ChangeAction::Modify;
    let details: Vec<ResourceChangeDetail> =
        change.properties.iter().flat_map(|(name, replaces)| details(name, *replaces, change)).collect();
    let resource = ResourceChange {
        policy_action: policy_action(change),
        action: Some(action),
        logical_resource_id: Some(change.logical_id.clone()),
        physical_resource_id: change.physical_id.clone(),
        resource_type: Some(change.type_name.clone()),
        replacement: modifies.then_some(match change.replacement {
            Replacement::True => shapes::Replacement::True,
            Replacement::False => shapes::Replacement::False,
            Replacement::Conditional => shapes::Replacement::Conditional,
        }),
        scope: Some(scope(change)),
        details: Some(details),
        ..ResourceChange::default()
    };
    shapes::Change {
        r#type: Some(ChangeType::Resource),
        resource_change: Some(resource),
        ..shapes::Change::default()
    }
}

/// What becomes of the resource that is there.
fn policy_action(change: &Change) -> Option<PolicyAction> {
    match (change.action, change.replacement, change.retained) {
        (ChangeAction::Remove, _, true) => Some(PolicyAction::Retain),
        (ChangeAction::Remove, _, false) => Some(PolicyAction::Delete),
        (ChangeAction::Modify, Replacement::True, true) => Some(PolicyAction::ReplaceAndRetain),
        (ChangeAction::Modify, Replacement::True, false) => Some(PolicyAction::ReplaceAndDelete),
        _ => None,
    }
}

fn scope(change: &Change) -> Vec<ResourceAttribute> {
    let properties = (!change.properties.is_empty()).then_some(ResourceAttribute::Properties);
    let metadata = change.metadata.then_some(ResourceAttribute::Metadata);
    properties.into_iter().chain(metadata).collect()
}

/// AWS: one detail for each thing that makes a property differ, then one for the property itself: known at once where
/// nothing else is to blame, `Dynamic` where a parameter is.
fn details(name: &str, replaces: bool, change: &Change) -> Vec<ResourceChangeDetail> {
    let recreation = match (replaces, change.replacement) {
        (true, Replacement::Conditional) => RequiresRecreation::Conditionally,
        (true, _) => RequiresRecreation::Always,
        (false, _) => RequiresRecreation::Never,
    };
    let detail = |source, evaluation, entity: Option<&String>| ResourceChangeDetail {
        target: Some(ResourceTargetDefinition {
            attribute: Some(ResourceAttribute::Properties),
            name: Some(name.to_owned()),
            requires_recreation: Some(recreation.clone()),
            ..ResourceTargetDefinition::default()
        }),
        evaluation: Some(evaluation),
        change_source: Some(source),
        causing_entity: entity.cloned(),
    };
    let causes = change.causes.get(name).map(Vec::as_slice).unwrap_or_default();
    let by_cause = causes.iter().map(|cause| match cause {
        Cause::Parameter(entity) => {
            detail(ChangeSource::ParameterReference, EvaluationType::Static, Some(entity))
        }
        Cause::Resource(entity) => {
            detail(ChangeSource::ResourceReference, EvaluationType::Dynamic, Some(entity))
        }
        Cause::Attribute(entity) => {
            detail(ChangeSource::ResourceAttribute, EvaluationType::Dynamic, Some(entity))
        }
    });
    let by_parameter = causes.iter().any(|cause| matches!(cause, Cause::Parameter(_)));
    let own = match (causes.is_empty(), by_parameter) {
        (true, _) => Some(EvaluationType::Static),
        (false, true) => Some(EvaluationType::Dynamic),
        (false, false) => None,
    };
    let own = own.map(|evaluation| detail(ChangeSource::DirectModification, evaluation, None));
    by_cause.chain(own).collect()
}
