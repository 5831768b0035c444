//! `DescribeEvents`: what happened in operations, and what the check before them found.
//!
//! LIMIT: operations have no ids here, so events are asked for by stack or change set.

use cloud_core::{AwsError, Caller};

use super::describe_stack_events::{self, described};
use super::existing;
use super::page::{self, SIZE, unknown_token};
use crate::define::validation;
use crate::service::CloudFormation;
use crate::shapes::{
    DescribeEventsInput, DescribeEventsOutput, EventType, HookFailureMode, OperationEvent, OperationType,
    StackEvent, ValidationStatus,
};
use crate::state::finding::{self, is_invalidity};
use crate::state::{ChangeSet, Finding, Stack, stack::STACK_TYPE};

/// The events of a stack, the latest first, or the findings of a change set.
pub(crate) async fn describe_events(
    service: &CloudFormation,
    _caller: &Caller,
    input: DescribeEventsInput,
) -> Result<DescribeEventsOutput, AwsError> {
    let engine = service.engine();
    if input.operation_id.is_some() {
        return Err(validation("Operations have no ids in this cloud. Give StackName or ChangeSetName."));
    }
    let stack = input.stack_name.as_deref().map(|name| existing(engine, name)).transpose()?;
    if let Some(name) = &input.change_set_name {
        let set = engine.find_change_set(name, stack.as_deref());
        let set = set.ok_or_else(|| validation(format!("ChangeSet [{name}] does not exist")))?;
        let (events, next_token) = page::page(found(&set), input.next_token.as_deref())?;
        return Ok(DescribeEventsOutput { operation_events: Some(events), next_token });
    }
    // AWS: the words for a request that names nothing.
    let stack = stack
        .ok_or_else(|| validation("One of ChangeSetName, OperationId or StackName must be specified"))?;
    let from = input.next_token.as_deref().map(str::parse).transpose().map_err(|_| unknown_token())?;
    let (events, next) = engine.events(&stack.id, from, SIZE).await?;
    let hidden = describe_stack_events::hidden(engine, &stack).await?;
    let failed = input.filters.and_then(|filters| filters.failed_events).unwrap_or_default();
    let events = events.into_iter().map(|event| happened(&stack, described(&stack, event, &hidden)));
    let events = events.filter(|event| !failed || is_failure(event)).collect();
    let next_token = next.map(|position| position.to_string());
    Ok(DescribeEventsOutput { operation_events: Some(events), next_token })
}

/// What the check of a change set found, one event a place.
fn found(set: &ChangeSet) -> Vec<OperationEvent> {
    let events = set.findings.iter().flat_map(|finding| {
        finding.places().enumerate().map(move |(index, (steps, words))| OperationEvent {
            event_id: Some(format!("{}-{index}-{}", finding.logical_id, set.name)),
            stack_id: Some(set.stack_id.clone()),
            operation_type: Some(OperationType::CreateChangeset),
            timestamp: Some(set.created),
            ..invalid(finding, &steps.join("/"), words)
        })
    });
    events.collect()
}

fn invalid(finding: &Finding, path: &str, words: &str) -> OperationEvent {
    OperationEvent {
        event_type: Some(EventType::ValidationError),
        logical_resource_id: Some(finding.logical_id.clone()),
        physical_resource_id: Some(String::new()),
        resource_type: Some(finding.type_name.clone()),
        validation_failure_mode: Some(HookFailureMode::Fail),
        validation_name: Some("PROPERTY_VALIDATION".to_owned()),
        validation_status: Some(ValidationStatus::Failed),
        validation_status_reason: Some(words.to_owned()),
        validation_path: Some(format!("/{path}")),
        ..OperationEvent::default()
    }
}

/// A stack's event as an operation's.
fn happened(stack: &Stack, event: StackEvent) -> OperationEvent {
    let is_stack = event.resource_type.as_deref() == Some(STACK_TYPE);
    let reason = event.resource_status_reason.as_deref();
    let wrong = reason.filter(|reason| !is_stack && is_invalidity(reason)).map(str::to_owned);
    let event_type = if wrong.is_some() { EventType::ValidationError } else { EventType::StackEvent };
    OperationEvent {
        event_id: Some(event.event_id),
        stack_id: Some(stack.id.clone()),
        event_type: Some(event_type),
        validation_failure_mode: wrong.is_some().then_some(HookFailureMode::Fail),
        validation_name: wrong.is_some().then(|| "PROPERTY_VALIDATION".to_owned()),
        validation_status: wrong.is_some().then_some(ValidationStatus::Failed),
        validation_path: wrong.is_some().then(|| {
            format!("/Resources/{}/Properties", event.logical_resource_id.as_deref().unwrap_or_default())
        }),
        validation_status_reason: wrong.as_deref().map(|reason| finding::words(reason).to_owned()),
        logical_resource_id: event.logical_resource_id,
        physical_resource_id: event.physical_resource_id,
        resource_type: event.resource_type,
        timestamp: Some(event.timestamp),
        resource_status: event.resource_status,
        resource_status_reason: event.resource_status_reason,
        resource_properties: event.resource_properties,
        client_request_token: event.client_request_token,
        detailed_status: event.detailed_status,
        ..OperationEvent::default()
    }
}

fn is_failure(event: &OperationEvent) -> bool {
    event.resource_status.as_ref().is_some_and(|status| status.as_str().ends_with("_FAILED"))
}
