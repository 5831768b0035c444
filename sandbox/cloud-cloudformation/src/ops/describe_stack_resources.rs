//! `DescribeStackResource`, `DescribeStackResources`, `ListStackResources`.

use std::sync::Arc;

use cloud_core::{AwsError, Caller};
use serde_json::Value;

use super::existing;
use super::page::page;
use crate::define::validation;
use crate::service::CloudFormation;
use crate::shapes::{
    DescribeStackResourceInput, DescribeStackResourceOutput, DescribeStackResourcesInput,
    DescribeStackResourcesOutput, ListStackResourcesInput, ListStackResourcesOutput,
    ResourceStatus as Status, StackResource, StackResourceDetail, StackResourceDriftInformation,
    StackResourceDriftInformationSummary, StackResourceDriftStatus, StackResourceSummary,
};
use crate::state::{Resource, Stack};

/// One resource.
pub(crate) async fn describe_stack_resource(
    service: &CloudFormation,
    _caller: &Caller,
    input: DescribeStackResourceInput,
) -> Result<DescribeStackResourceOutput, AwsError> {
    let stack = existing_for_resources(service, &input.stack_name)?;
    let resource = stack.resources.get(&input.logical_resource_id).ok_or_else(|| {
        validation(format!(
            "Resource {} does not exist for stack {}",
            input.logical_resource_id, input.stack_name
        ))
    })?;
    // AWS: no metadata are an empty map.
    let metadata = match &resource.metadata {
        Value::Null => "{}".to_owned(),
        metadata => metadata.to_string(),
    };
    let detail = StackResourceDetail {
        stack_name: Some(stack.name.clone()),
        stack_id: Some(stack.id.clone()),
        logical_resource_id: resource.logical_id.clone(),
        physical_resource_id: resource.physical_id.clone(),
        resource_type: resource.type_name.clone(),
        last_updated_timestamp: resource.at,
        resource_status: Status::from(resource.status.as_str()),
        resource_status_reason: resource.reason.clone(),
        metadata: Some(metadata),
        drift_information: Some(not_checked()),
        ..StackResourceDetail::default()
    };
    Ok(DescribeStackResourceOutput { stack_resource_detail: Some(detail) })
}

/// AWS: other words than those of DescribeStacks.
fn existing_for_resources(service: &CloudFormation, name: &str) -> Result<Arc<Stack>, AwsError> {
    existing(service.engine(), name).map_err(|_| validation(format!("Stack '{name}' does not exist")))
}

fn not_checked() -> StackResourceDriftInformation {
    StackResourceDriftInformation {
        stack_resource_drift_status: StackResourceDriftStatus::NotChecked,
        ..StackResourceDriftInformation::default()
    }
}

/// The resources of a stack, which may be named by one of its resources.
pub(crate) async fn describe_stack_resources(
    service: &CloudFormation,
    _caller: &Caller,
    input: DescribeStackResourcesInput,
) -> Result<DescribeStackResourcesOutput, AwsError> {
    let stack = match (&input.stack_name, &input.physical_resource_id) {
        (Some(name), None) => existing(service.engine(), name)?,
        (None, Some(id)) => owner(service, id)?,
        _ => return Err(validation("Exactly one of StackName and PhysicalResourceId must be specified")),
    };
    let wanted = |resource: &&Resource| {
        input.logical_resource_id.as_ref().is_none_or(|wanted| *wanted == resource.logical_id)
    };
    // AWS: at most the first hundred; ListStackResources has the rest.
    let resources: Vec<StackResource> = stack
        .resources
        .values()
        .filter(wanted)
        .take(100)
        .map(|resource| described(&stack, resource))
        .collect();
    Ok(DescribeStackResourcesOutput { stack_resources: Some(resources) })
}

fn owner(service: &CloudFormation, physical_id: &str) -> Result<Arc<Stack>, AwsError> {
    let owns = |stack: &Arc<Stack>| {
        stack.is_alive()
            && stack.resources.values().any(|resource| resource.physical_id.as_deref() == Some(physical_id))
    };
    let found = service.engine().stacks().into_iter().find(owns);
    found.ok_or_else(|| validation(format!("Stack for {physical_id} does not exist")))
}

fn described(stack: &Stack, resource: &Resource) -> StackResource {
    StackResource {
        stack_name: Some(stack.name.clone()),
        stack_id: Some(stack.id.clone()),
        logical_resource_id: resource.logical_id.clone(),
        physical_resource_id: resource.physical_id.clone(),
        resource_type: resource.type_name.clone(),
        timestamp: resource.at,
        resource_status: Status::from(resource.status.as_str()),
        resource_status_reason: resource.reason.clone(),
        drift_information: Some(not_checked()),
        ..StackResource::default()
    }
}

/// The resources of a stack, in pages.
pub(crate) async fn list_stack_resources(
    service: &CloudFormation,
    _caller: &Caller,
    input: ListStackResourcesInput,
) -> Result<ListStackResourcesOutput, AwsError> {
    let stack = existing(service.engine(), &input.stack_name)?;
    let (resources, next_token) = page(stack.resources.values(), input.next_token.as_deref())?;
    let summaries = resources.into_iter().map(summary).collect();
    Ok(ListStackResourcesOutput { stack_resource_summaries: Some(summaries), next_token })
}

fn summary(resource: &Resource) -> StackResourceSummary {
    StackResourceSummary {
        logical_resource_id: resource.logical_id.clone(),
        physical_resource_id: resource.physical_id.clone(),
        resource_type: resource.type_name.clone(),
        last_updated_timestamp: resource.at,
        resource_status: Status::from(resource.status.as_str()),
        resource_status_reason: resource.reason.clone(),
        drift_information: Some(StackResourceDriftInformationSummary {
            stack_resource_drift_status: StackResourceDriftStatus::NotChecked,
            ..StackResourceDriftInformationSummary::default()
        }),
        ..StackResourceSummary::default()
    }
}
