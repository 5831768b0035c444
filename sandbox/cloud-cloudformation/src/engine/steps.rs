//! The next steps of an operation, as functions of the stack and the facts: [`advance`] starts what can be started,
//! [`complete`] takes what came of it. Neither waits for anything, so both can be tried at every moment.

use jiff::Timestamp;
use serde_json::Value;

use cloud_core::{
    AwsError,
    ports::{Created, Updated},
};

use super::facts::Facts;
use super::phases;
use super::plan::Plan;
use crate::state::{Call, Finding, Kind, Resource, ResourceStatus, Stack, Task, TaskKind, TaskState};
use crate::template::TemplateError;

/// What came of a call.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It was made.
    Created(Created),
    /// It was changed, or has to be made anew.
    Updated(Updated),
    /// It is gone.
    Deleted,
    /// It could not be.
    Failed(AwsError),
}

/// Starts what can be started and goes from phase to phase; the calls to be made now.
pub(super) fn advance(
    stack: &mut Stack,
    plan: Option<&Plan>,
    facts: &Facts,
    now: Timestamp,
) -> Vec<(String, Call)> {
    let mut calls = Vec::new();
    while let Some(operation) = &stack.operation {
        if !operation.planned {
            phases::enter(stack, plan, facts, now);
            continue;
        }
        let stopped =
            operation.has_failed_tasks() && stops_at_failure(stack) || phases::is_late(operation, now);
        let ready = if stopped { Vec::new() } else { operation.ready() };
        if ready.is_empty() {
            if operation.is_busy() {
                break;
            }
            phases::leave(stack, plan, facts, now);
            continue;
        }
        for name in ready {
            calls.extend(start(stack, &name, plan, facts, now).map(|call| (name.clone(), call)));
        }
    }
    calls
}

/// Removals go on past failures, to remove as much as can be.
fn stops_at_failure(stack: &Stack) -> bool {
    let task = stack.operation.as_ref().and_then(|operation| operation.tasks.values().next());
    task.is_some_and(|task| matches!(task.kind, TaskKind::Make | TaskKind::Restore { .. }))
}

fn set_task(stack: &mut Stack, name: &str, state: TaskState) {
    if let Some(task) = stack.operation.as_mut().and_then(|operation| operation.tasks.get_mut(name)) {
        task.state = state;
    }
}

/// Starts a task: the call that it takes, if it takes one.
fn start(stack: &mut Stack, name: &str, plan: Option<&Plan>, facts: &Facts, now: Timestamp) -> Option<Call> {
    let task = stack.operation.as_ref()?.tasks.get(name)?.clone();
    let started = match (task.kind, plan) {
        (TaskKind::Make, Some(plan)) => start_make(stack, &task.logical_id, plan, facts, now),
        (TaskKind::Restore { .. }, _) => Ok(start_restore(stack, &task.logical_id, facts, now)),
        (TaskKind::Remove, _) => Ok(start_remove(stack, &task.logical_id, now)),
        (TaskKind::Discard(index), _) => Ok(start_discard(stack, index, now)),
        (TaskKind::Make, None) => Ok(None),
    };
    match started {
        Ok(Some(call)) => {
            set_task(stack, name, TaskState::Running(call.clone()));
            Some(call)
        }
        Ok(None) => {
            set_task(stack, name, TaskState::Done);
            None
        }
        Err(error) => {
            let status = making_failed(stack.resources.get(&task.logical_id));
            stack.set_resource_status(&task.logical_id, status, Some(error.to_string()), now);
            set_task(stack, name, TaskState::Failed);
            None
        }
    }
}

/// A resource cannot be made as the template wants it, which was found before anything was tried.
pub(super) fn refused(stack: &mut Stack, plan: &Plan, finding: &Finding, now: Timestamp) {
    let name = &finding.logical_id;
    let existing = stack.resources.get(name).filter(|resource| resource.is_made()).cloned();
    if let (None, Some(wanted)) = (&existing, plan.template.resources.get(name)) {
        stack.put_resource(planned(name, wanted, plan, now));
    }
    remember(stack, name, existing);
    let status = making_failed(stack.resources.get(name));
    stack.set_resource_status(name, status, Some(finding.reason()), now);
    set_task(stack, name, TaskState::Failed);
    if let Some(operation) = stack.operation.as_mut() {
        operation.invalid = true;
    }
}

fn making_failed(resource: Option<&Resource>) -> ResourceStatus {
    if resource.is_some_and(|resource| resource.physical_id.is_some()) {
        ResourceStatus::UpdateFailed
    } else {
        ResourceStatus::CreateFailed
    }
}

/// Compares what is wanted with what is there.
fn start_make(
    stack: &mut Stack,
    logical_id: &str,
    plan: &Plan,
    facts: &Facts,
    now: Timestamp,
) -> Result<Option<Call>, TemplateError> {
    let Some(wanted) = plan.template.resources.get(logical_id) else { return Ok(None) };
    let existing = stack.resources.get(logical_id).filter(|resource| resource.physical_id.is_some()).cloned();
    if existing.is_none() {
        stack.put_resource(planned(logical_id, wanted, plan, now));
    }
    let scope = plan.scope(facts, stack, &stack.resources);
    let evaluated = plan.properties(facts, logical_id, &scope);
    stack.imports.extend(scope.into_imported());
    let properties = evaluated?;
    let token = facts.token();
    let Some(old) = existing else {
        remember(stack, logical_id, None);
        if let Some(resource) = stack.resources.get_mut(logical_id) {
            resource.properties = properties.clone();
        }
        stack.set_resource_status(logical_id, ResourceStatus::CreateInProgress, remark(wanted), now);
        return Ok(Some(Call::Create { token, properties }));
    };
    let same = old.properties == properties && !old.status.is_failed();
    remember(stack, logical_id, Some(old.clone()));
    adopt(stack, logical_id, wanted, plan);
    if same {
        return Ok(None);
    }
    if replaces(facts, &old, &properties) {
        announce_replacement(stack, logical_id, now);
        return Ok(Some(Call::Create { token, properties }));
    }
    stack.set_resource_status(logical_id, ResourceStatus::UpdateInProgress, remark(wanted), now);
    let physical_id = old.physical_id.unwrap_or_default();
    Ok(Some(Call::Update { token, physical_id, old: old.properties, properties }))
}

/// What is said of a resource's attributes when its making begins.
fn remark(wanted: &crate::template::Resource) -> Option<String> {
    (!wanted.idle.is_empty()).then(|| super::idle::told(&wanted.idle.join(", ")))
}

fn planned(logical_id: &str, wanted: &crate::template::Resource, plan: &Plan, now: Timestamp) -> Resource {
    Resource {
        logical_id: logical_id.to_owned(),
        type_name: wanted.type_name.clone(),
        physical_id: None,
        ref_value: None,
        attributes: serde_json::Map::new(),
        properties: Value::Null,
        metadata: wanted.metadata.clone(),
        deletion_policy: wanted.deletion_policy,
        replace_policy: wanted.replace_policy,
        needs: phases::needs(plan, logical_id),
        status: ResourceStatus::CreateInProgress,
        reason: None,
        at: now,
    }
}

/// Takes from the template what nobody has to be told: policies, metadata, order.
fn adopt(stack: &mut Stack, logical_id: &str, wanted: &crate::template::Resource, plan: &Plan) {
    let needs = phases::needs(plan, logical_id);
    if let Some(resource) = stack.resources.get_mut(logical_id) {
        resource.metadata.clone_from(&wanted.metadata);
        resource.deletion_policy = wanted.deletion_policy;
        resource.replace_policy = wanted.replace_policy;
        resource.needs = needs;
        stack.unsaved.resources.insert(logical_id.to_owned());
    }
}

/// Keeps how a resource was before this operation touched it first.
fn remember(stack: &mut Stack, logical_id: &str, before: Option<Resource>) {
    if let Some(operation) = stack.operation.as_mut() {
        operation.before.entry(logical_id.to_owned()).or_insert(before);
    }
}

/// Whether a property differs that cannot be changed in place.
pub(super) fn replaces(facts: &Facts, old: &Resource, properties: &Value) -> bool {
    facts.schema(&old.type_name).replacing(&old.properties, properties).next().is_some()
}

fn announce_replacement(stack: &mut Stack, logical_id: &str, now: Timestamp) {
    // AWS: the reason of the event that announces a replacement.
    let reason = "Requested update requires the creation of a new physical resource; hence creating one.";
    stack.set_resource_status(logical_id, ResourceStatus::UpdateInProgress, Some(reason.to_owned()), now);
}

fn start_restore(stack: &mut Stack, logical_id: &str, facts: &Facts, now: Timestamp) -> Option<Call> {
    let before = stack.operation.as_ref()?.before.get(logical_id)?.clone()?;
    let current = stack.resources.get(logical_id)?.clone();
    stack.set_resource_status(logical_id, ResourceStatus::UpdateInProgress, None, now);
    Some(Call::Update {
        token: facts.token(),
        physical_id: before.physical_id?,
        old: current.properties,
        properties: before.properties,
    })
}

fn start_remove(stack: &mut Stack, logical_id: &str, now: Timestamp) -> Option<Call> {
    let resource = stack.resources.get(logical_id)?.clone();
    stack.set_resource_status(logical_id, ResourceStatus::DeleteInProgress, None, now);
    Some(Call::Delete { physical_id: resource.physical_id?, properties: resource.properties })
}

fn start_discard(stack: &mut Stack, index: usize, now: Timestamp) -> Option<Call> {
    let resource = stack.operation.as_ref()?.trash.get(index)?.clone();
    stack.resource_event(&resource, ResourceStatus::DeleteInProgress, None, now);
    Some(Call::Delete { physical_id: resource.physical_id?, properties: resource.properties })
}

/// Takes what came of a task's call. A call that leads to another one gives that.
pub(super) fn complete(
    stack: &mut Stack,
    name: &str,
    outcome: Outcome,
    facts: &Facts,
    now: Timestamp,
) -> Option<(String, Call)> {
    let task = stack.operation.as_ref()?.tasks.get(name)?.clone();
    let TaskState::Running(call) = task.state else { return None };
    match outcome {
        // What would have needed a replacement and failed was refused before anything was changed.
        Outcome::Updated(Updated::ReplacementRequired)
            if task.kind == (TaskKind::Restore { refused: true }) =>
        {
            put_back(stack, &task.logical_id, now);
            set_task(stack, name, TaskState::Done);
        }
        Outcome::Updated(Updated::ReplacementRequired) => {
            announce_replacement(stack, &task.logical_id, now);
            let Call::Update { properties, .. } = call else { return None };
            let call = Call::Create { token: facts.token(), properties };
            set_task(stack, name, TaskState::Running(call.clone()));
            return Some((name.to_owned(), call));
        }
        Outcome::Failed(error) => {
            let reason = failure_text(&error, &call);
            failed(stack, name, &call, reason, now);
        }
        Outcome::Created(created) | Outcome::Updated(Updated::InPlace(created)) => {
            made(stack, (&task.logical_id, task.kind), &call, created, facts, now);
            set_task(stack, name, TaskState::Done);
        }
        Outcome::Deleted => {
            removed(stack, &task.logical_id, task.kind, now);
            set_task(stack, name, TaskState::Done);
        }
    }
    None
}

/// A resource is as it was before the operation.
fn put_back(stack: &mut Stack, logical_id: &str, now: Timestamp) {
    let before = stack.operation.as_ref().and_then(|operation| operation.before.get(logical_id)).cloned();
    if let Some(Some(before)) = before {
        stack.put_resource(before);
        stack.set_resource_status(logical_id, ResourceStatus::UpdateComplete, None, now);
    }
}

/// A resource exists as wanted.
fn made(
    stack: &mut Stack,
    (logical_id, kind): (&str, TaskKind),
    call: &Call,
    created: Created,
    facts: &Facts,
    now: Timestamp,
) {
    let Some(current) = stack.resources.get(logical_id).cloned() else { return };
    let mut resource = match (kind, stack.operation.as_ref().and_then(|op| op.before.get(logical_id))) {
        (TaskKind::Restore { .. }, Some(Some(before))) => before.clone(),
        _ => current.clone(),
    };
    let replaced = current.physical_id.is_some() && matches!(call, Call::Create { .. });
    let status = if current.physical_id.is_some() {
        ResourceStatus::UpdateComplete
    } else {
        ResourceStatus::CreateComplete
    };
    if let Call::Create { properties, .. } | Call::Update { properties, .. } = call {
        resource.properties.clone_from(properties);
    }
    resource.physical_id = Some(created.physical_id);
    resource.attributes = created.attributes;
    resource.ref_value = created.ref_value;
    let remark = facts.remark(&resource.type_name, &resource.properties);
    stack.put_resource(resource);
    if matches!(call, Call::Create { .. }) {
        // AWS: the event that first names the physical resource.
        let under_way = match status {
            ResourceStatus::UpdateComplete => ResourceStatus::UpdateInProgress,
            _ => ResourceStatus::CreateInProgress,
        };
        stack.set_resource_status(logical_id, under_way, Some("Resource creation Initiated".to_owned()), now);
    }
    stack.set_resource_status(logical_id, status, remark, now);
    if replaced && let Some(operation) = stack.operation.as_mut() {
        let deletion_policy = current.replace_policy;
        operation.trash.push(Resource { deletion_policy, ..current });
    }
}

fn removed(stack: &mut Stack, logical_id: &str, kind: TaskKind, now: Timestamp) {
    match kind {
        TaskKind::Discard(index) => {
            let resource = stack.operation.as_ref().and_then(|operation| operation.trash.get(index)).cloned();
            if let Some(resource) = resource {
                stack.resource_event(&resource, ResourceStatus::DeleteComplete, None, now);
            }
        }
        _ => stack.set_resource_status(logical_id, ResourceStatus::DeleteComplete, None, now),
    }
}

/// A task's call went wrong.
pub(super) fn failed(stack: &mut Stack, name: &str, call: &Call, reason: String, now: Timestamp) {
    let Some(operation) = &stack.operation else { return };
    let Some(Task { logical_id, kind, .. }) = operation.tasks.get(name).cloned() else { return };
    if let TaskKind::Discard(index) = kind {
        if let Some(resource) = operation.trash.get(index).cloned() {
            stack.resource_event(&resource, ResourceStatus::DeleteFailed, Some(reason), now);
        }
    } else {
        let status = match call {
            Call::Delete { .. } => ResourceStatus::DeleteFailed,
            Call::Update { .. } => ResourceStatus::UpdateFailed,
            Call::Create { .. } => making_failed(stack.resources.get(&logical_id)),
        };
        if let (Call::Update { properties, .. }, Some(resource)) =
            (call, stack.resources.get_mut(&logical_id))
        {
            // How far the change came is not known; what was tried is what changing back starts from.
            resource.properties.clone_from(properties);
        }
        stack.set_resource_status(&logical_id, status, Some(reason), now);
    }
    set_task(stack, name, TaskState::Failed);
}

// AWS: the reason of a failed resource, with a code of CloudFormation's own.
fn failure_text(error: &AwsError, call: &Call) -> String {
    let code = error.code();
    let handler_code = match code {
        _ if error.http_status() >= 500 => "InternalFailure",
        _ if code.contains("AlreadyExists") || code.contains("Conflict") => "AlreadyExists",
        _ if code.contains("NotFound") || code.starts_with("NoSuch") => "NotFound",
        _ if code.contains("AccessDenied") => "AccessDenied",
        _ if code.contains("LimitExceeded") || code.contains("CodeStorage") => "ServiceLimitExceeded",
        _ if code.contains("Throttl") || code.contains("TooManyRequests") => "Throttling",
        _ => "InvalidRequest",
    };
    let token = match call {
        Call::Create { token, .. } | Call::Update { token, .. } => token.as_str(),
        Call::Delete { physical_id, .. } => physical_id,
    };
    format!(
        "Resource handler returned message: \"{}\" (RequestToken: {token}, HandlerErrorCode: {handler_code})",
        error.message()
    )
}

/// Whether the operation makes a stack for the first time.
pub(super) fn creates(stack: &Stack) -> bool {
    stack.operation.as_ref().is_some_and(|operation| operation.goal.kind == Kind::Create)
}

#[cfg(test)]
#[path = "steps_tests.rs"]
mod tests;
