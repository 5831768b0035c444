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
use crate::state::{Change, ChangeAction, ChangeSet, Definition, Replacement};

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
    let details: Vec<ResourceChangeDetail> = change
        .properties
        .iter()
        .map(|(name, replaces)| detail(name, *replaces, change.replacement))
        .collect();
    let resource = ResourceChange {
        policy_action: (change.action == ChangeAction::Remove).then_some(if change.retained {
            PolicyAction::Retain
        } else {
            PolicyAction::Delete
        }),
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

fn scope(change: &Change) -> Vec<ResourceAttribute> {
    let properties = (!change.properties.is_empty()).then_some(ResourceAttribute::Properties);
    let metadata = change.metadata.then_some(ResourceAttribute::Metadata);
    properties.into_iter().chain(metadata).collect()
}

fn detail(name: &str, replaces: bool, replacement: Replacement) -> ResourceChangeDetail {
    let known = replacement != Replacement::Conditional;
    let recreation = match (replaces, known) {
        (true, true) => RequiresRecreation::Always,
        (true, false) => RequiresRecreation::Conditionally,
        (false, _) => RequiresRecreation::Never,
    };
    ResourceChangeDetail {
        target: Some(ResourceTargetDefinition {
            attribute: Some(ResourceAttribute::Properties),
            name: Some(name.to_owned()),
            requires_recreation: Some(recreation),
            ..ResourceTargetDefinition::default()
        }),
        evaluation: Some(if known { EvaluationType::Static } else { EvaluationType::Dynamic }),
        change_source: Some(if known {
            ChangeSource::DirectModification
        } else {
            ChangeSource::ResourceReference
        }),
        causing_entity: None,
    }
}
