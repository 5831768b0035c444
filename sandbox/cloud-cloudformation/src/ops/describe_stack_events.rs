//! `DescribeStackEvents`.

use cloud_core::{AwsError, Caller};

use super::contexts::mask;
use super::describe_stacks::hidden_values;
use super::existing;
use super::page::{SIZE, unknown_token};
use crate::engine::Engine;
use crate::service::CloudFormation;
use crate::shapes::{
    DescribeStackEventsInput, DescribeStackEventsOutput, DetailedStatus, ResourceStatus, StackEvent,
};
use crate::state::finding::is_invalidity;
use crate::state::{Event, Stack};

/// What happened to a stack, the latest first.
pub(crate) async fn describe_stack_events(
    service: &CloudFormation,
    _caller: &Caller,
    input: DescribeStackEventsInput,
) -> Result<DescribeStackEventsOutput, AwsError> {
    let engine = service.engine();
    let stack = existing(engine, &input.stack_name).map_err(|_| {
        // AWS: other words than those of DescribeStacks.
        crate::define::validation(format!("Stack [{}] does not exist", input.stack_name))
    })?;
    let from = input.next_token.as_deref().map(str::parse).transpose().map_err(|_| unknown_token())?;
    let (events, next) = engine.events(&stack.id, from, SIZE).await?;
    let hidden = hidden(engine, &stack).await?;
    let events = events.into_iter().map(|event| described(&stack, event, &hidden)).collect();
    Ok(DescribeStackEventsOutput {
        stack_events: Some(events),
        next_token: next.map(|position| position.to_string()),
    })
}

/// The values that no event shows.
pub(super) async fn hidden(engine: &Engine, stack: &Stack) -> Result<Vec<String>, AwsError> {
    let definitions = engine.definitions(stack).await?;
    Ok(definitions.iter().flat_map(|definition| hidden_values(definition)).collect())
}

pub(super) fn described(stack: &Stack, event: Event, hidden: &[String]) -> StackEvent {
    StackEvent {
        stack_id: stack.id.clone(),
        event_id: event.id,
        stack_name: stack.name.clone(),
        logical_resource_id: Some(event.logical_id),
        physical_resource_id: Some(event.physical_id.unwrap_or_default()),
        resource_type: Some(event.type_name),
        timestamp: event.at,
        detailed_status: event
            .reason
            .as_deref()
            .is_some_and(is_invalidity)
            .then_some(DetailedStatus::ValidationFailed),
        resource_status: Some(ResourceStatus::from(event.status.as_str())),
        resource_status_reason: event.reason,
        resource_properties: event.properties.map(|properties| mask(properties, hidden).to_string()),
        client_request_token: event.client_token,
        ..StackEvent::default()
    }
}
