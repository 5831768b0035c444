//! `DescribeChangeSet`.

use std::sync::Arc;

use cloud_core::{AwsError, Caller};

use super::contexts;
use super::describe_stacks::{parameters, tags};
use super::page::page;
use crate::define::validation;
use crate::engine::{Engine, no_change_set};
use crate::service::CloudFormation;
use crate::shapes::{
    self, Capability, ChangeSetStatus, ChangeSource, ChangeType, DescribeChangeSetInput,
    DescribeChangeSetOutput, EvaluationType, ExecutionStatus, PolicyAction, RequiresRecreation,
    ResourceAttribute, ResourceChange, ResourceChangeDetail, ResourceTargetDefinition,
};
use crate::state::{Cause, Change, ChangeAction, ChangeSet, Definition, Replacement};

/// The change set of that ARN, or of that name and that stack.
pub(super) fn named(engine: &Engine, name: &str, stack: Option<&str>) -> Result<Arc<ChangeSet>, AwsError> {
    if stack.is_none() && !name.starts_with("arn:") {
        return Err(validation("StackName must be specified if ChangeSetName is not specified as an ARN."));
    }
    let stack = match stack {
        None => None,
        Some(stack) => {
            // AWS: the stack is looked for first, in words of its own.
            let unknown = || validation(format!("Stack [{stack}] does not exist"));
            Some(engine.find(stack).ok_or_else(unknown)?)
        }
    };
    engine.find_change_set(name, stack.as_deref()).ok_or_else(|| no_change_set(name))
}

/// What a change set would do, and how it is.
pub(crate) async fn describe_change_set(
    service: &CloudFormation,
    _caller: &Caller,
    input: DescribeChangeSetInput,
) -> Result<DescribeChangeSetOutput, AwsError> {
    let engine = service.engine();
    let set = named(engine, &input.change_set_name, input.stack_name.as_deref())?;
    let definition = engine.definition_of_set(&set).await?;
    let with_values = input.include_property_values.unwrap_or_default();
    let (changes, next_token) = page(
        set.changes.iter().map(|change| described(change, &set, with_values)),
        input.next_token.as_deref(),
    )?;
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

fn described(change: &Change, set: &ChangeSet, with_values: bool) -> shapes::Change {
    let action = match change.action {
        ChangeAction::Add => shapes::ChangeAction::Add,
        ChangeAction::Modify => shapes::ChangeAction::Modify,
        ChangeAction::Remove => shapes::ChangeAction::Remove,
    };
    let modifies = change.action == ChangeAction::Modify;
    let mut details: Vec<ResourceChangeDetail> =
        change.properties.iter().flat_map(|(name, replaces)| details(name, *replaces, change, set)).collect();
    if with_values {
        details
            .iter_mut()
            .filter_map(|detail| detail.target.as_mut())
            .for_each(|target| add_values(target, change));
    }
    let context = |properties: &Option<_>| contexts::context(properties.as_ref().filter(|_| with_values));
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
        before_context: context(&change.before),
        after_context: context(&change.after),
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

fn add_values(target: &mut ResourceTargetDefinition, change: &Change) {
    let name = target.name.clone().unwrap_or_default();
    *target = ResourceTargetDefinition {
        attribute: target.attribute.take(),
        name: target.name.take(),
        requires_recreation: target.requires_recreation.take(),
        ..contexts::values(&name, change)
    };
}

/// AWS: one detail for each thing that makes a property differ, then one for the property itself: known at once where
/// nothing else is to blame, `Dynamic` where a parameter is, or a resource that another takes the place of for certain.
fn details(name: &str, replaces: bool, change: &Change, set: &ChangeSet) -> Vec<ResourceChangeDetail> {
    let recreation = if replaces {
        RequiresRecreation::Always
    } else if change.conditional.contains(name) {
        RequiresRecreation::Conditionally
    } else {
        RequiresRecreation::Never
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
    let evaluation =
        |cause| if is_certain(cause, set) { EvaluationType::Static } else { EvaluationType::Dynamic };
    let by_cause = causes.iter().map(|cause| match cause {
        Cause::Parameter(entity) => detail(ChangeSource::ParameterReference, evaluation(cause), Some(entity)),
        Cause::Resource(entity) => detail(ChangeSource::ResourceReference, evaluation(cause), Some(entity)),
        Cause::Attribute(entity) => detail(ChangeSource::ResourceAttribute, evaluation(cause), Some(entity)),
    });
    let own = match (causes.is_empty(), causes.iter().any(|cause| is_certain(cause, set))) {
        (true, _) => Some(EvaluationType::Static),
        (false, true) => Some(EvaluationType::Dynamic),
        (false, false) => None,
    };
    let own = own.map(|evaluation| detail(ChangeSource::DirectModification, evaluation, None));
    by_cause.chain(own).collect()
}

/// Whether it is known before the deployment that a cause makes a difference.
fn is_certain(cause: &Cause, set: &ChangeSet) -> bool {
    let name = match cause {
        Cause::Parameter(_) => return true,
        Cause::Resource(name) => name.as_str(),
        Cause::Attribute(entity) => entity.split('.').next().unwrap_or_default(),
    };
    let replaced = |change: &Change| change.logical_id == name && change.replacement == Replacement::True;
    set.changes.iter().any(replaced)
}
