//! Entering and leaving the phases of an operation: which tasks there are, and what follows from how they went.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::facts::Facts;
use super::findings;
use super::plan::Plan;
use super::steps::{self, creates};
use crate::state::operation::OnFailure;
use crate::state::{
    Kind, Operation, Phase, Resource, ResourceStatus, Stack, StackStatus, Task, TaskKind, TaskState,
};
use crate::template::Policy;
use crate::template::graph::Graph;
use crate::template::outputs;

/// The resources that one of the template's must wait for.
pub(super) fn needs(plan: &Plan, logical_id: &str) -> Vec<String> {
    plan.graph.needs(logical_id).filter(|need| plan.wants(need)).map(str::to_owned).collect()
}

/// Makes out the tasks of the phase that the operation is in.
pub(super) fn enter(stack: &mut Stack, plan: Option<&Plan>, facts: &Facts, now: Timestamp) {
    let Some(phase) = stack.operation.as_ref().map(|operation| operation.phase) else { return };
    let tasks = match phase {
        Phase::Make => plan.map(make_tasks).unwrap_or_default(),
        Phase::Cleanup => {
            discard_unwanted(stack, plan);
            discard_tasks(stack, false, now)
        }
        Phase::Restore => restore_tasks(stack),
        Phase::RestoreCleanup => discard_tasks(stack, true, now),
        Phase::Remove => remove_tasks(stack, now),
    };
    if let Some(operation) = stack.operation.as_mut() {
        operation.plan(tasks);
    }
    if let (Phase::Make, Some(plan)) = (phase, plan) {
        findings::refuse(stack, plan, facts, now);
    }
}

fn task(logical_id: &str, kind: TaskKind, waits_for: BTreeSet<String>) -> Task {
    Task { logical_id: logical_id.to_owned(), kind, waits_for, state: TaskState::Waiting }
}

fn make_tasks(plan: &Plan) -> BTreeMap<String, Task> {
    let graph = plan.graph.only(|name| plan.wants(name));
    let make = |name: &str| {
        let waits_for = graph.needs(name).map(str::to_owned).collect();
        (name.to_owned(), task(name, TaskKind::Make, waits_for))
    };
    plan.wanted().map(make).collect()
}

/// Resources that the new definition does not want go to the trash.
fn discard_unwanted(stack: &mut Stack, plan: Option<&Plan>) {
    let Some(plan) = plan else { return };
    let unwanted: Vec<String> = stack.resources.keys().filter(|name| !plan.wants(name)).cloned().collect();
    for name in unwanted {
        let resource = stack.take_resource(&name);
        if let (Some(resource), Some(operation)) = (resource, stack.operation.as_mut()) {
            operation.trash.push(resource);
        }
    }
}

/// Whether a resource is left alone. One that the failed operation itself made goes in more cases.
fn is_kept(stack: &Stack, resource: &Resource, undone: bool) -> bool {
    let goes = stack.operation.as_ref().is_some_and(|operation| operation.goal.retain_except_on_create);
    match resource.deletion_policy {
        Policy::Delete => false,
        Policy::Retain => !(undone && goes),
        Policy::RetainExceptOnCreate => !undone,
    }
}

fn discard_tasks(stack: &mut Stack, undone: bool, now: Timestamp) -> BTreeMap<String, Task> {
    let trash = stack.operation.as_ref().map(|operation| operation.trash.clone()).unwrap_or_default();
    let mut tasks = BTreeMap::new();
    for (index, resource) in trash.iter().enumerate().filter(|(_, resource)| resource.physical_id.is_some()) {
        if is_kept(stack, resource, undone) {
            stack.resource_event(resource, ResourceStatus::DeleteSkipped, None, now);
            continue;
        }
        let name = format!("{}#{index}", resource.logical_id);
        tasks.insert(name, task(&resource.logical_id, TaskKind::Discard(index), BTreeSet::new()));
    }
    let needs: BTreeMap<String, Vec<String>> = trash
        .into_iter()
        .enumerate()
        .map(|(index, resource)| (format!("{}#{index}", resource.logical_id), resource.needs))
        .collect();
    order_removals(&mut tasks, &needs);
    tasks
}

/// What needs another goes before that other.
fn order_removals(tasks: &mut BTreeMap<String, Task>, needs: &BTreeMap<String, Vec<String>>) {
    let names: Vec<(String, String)> =
        tasks.iter().map(|(name, task)| (name.clone(), task.logical_id.clone())).collect();
    for (name, own_id) in &names {
        let waits_for = names.iter().filter(|(other, other_id)| {
            other_id != own_id && needs.get(other).is_some_and(|list| list.contains(own_id))
        });
        let waits_for: BTreeSet<String> = waits_for.map(|(other, _)| other.clone()).collect();
        if let Some(task) = tasks.get_mut(name) {
            task.waits_for = waits_for;
        }
    }
    break_circles(tasks);
}

/// Old and new resources under one name may need each other in a circle; then any order is as good.
fn break_circles(tasks: &mut BTreeMap<String, Task>) {
    let graph =
        Graph::from_needs(tasks.iter().map(|(name, task)| (name.clone(), task.waits_for.clone())).collect());
    if graph.order().is_err() {
        for task in tasks.values_mut() {
            task.waits_for.clear();
        }
    }
}

fn remove_tasks(stack: &mut Stack, now: Timestamp) -> BTreeMap<String, Task> {
    let undone = creates(stack);
    let retain = stack.operation.as_ref().map(|operation| operation.goal.retain.clone()).unwrap_or_default();
    let mut tasks = BTreeMap::new();
    let mut needs = BTreeMap::new();
    let resources: Vec<Resource> = stack.resources.values().cloned().collect();
    for resource in resources.into_iter().filter(|resource| !is_gone(resource)) {
        let name = resource.logical_id.clone();
        if resource.physical_id.is_none() {
            stack.set_resource_status(&name, ResourceStatus::DeleteComplete, None, now);
        } else if retain.contains(&name) || is_kept(stack, &resource, undone) {
            stack.set_resource_status(&name, ResourceStatus::DeleteSkipped, None, now);
        } else {
            tasks.insert(name.clone(), task(&name, TaskKind::Remove, BTreeSet::new()));
        }
        needs.insert(name, resource.needs);
    }
    order_removals(&mut tasks, &needs);
    tasks
}

fn is_gone(resource: &Resource) -> bool {
    matches!(resource.status, ResourceStatus::DeleteComplete | ResourceStatus::DeleteSkipped)
}

/// Undoes at once what takes no call; the rest become tasks.
fn restore_tasks(stack: &mut Stack) -> BTreeMap<String, Task> {
    let Some(operation) = stack.operation.as_mut() else { return BTreeMap::new() };
    operation.trash.clear();
    let before = operation.before.clone();
    let mut tasks = BTreeMap::new();
    for (name, old) in &before {
        let current = stack.resources.get(name).cloned();
        match (old, current) {
            (None, current) => {
                stack.take_resource(name);
                discard(stack, current);
            }
            (Some(old), Some(current)) if current.physical_id == old.physical_id => {
                if current.properties == old.properties {
                    stack.put_resource(old.clone());
                } else {
                    let waits_for = old.needs.iter().cloned().collect();
                    let refused = current.status.is_failed();
                    tasks.insert(name.clone(), task(name, TaskKind::Restore { refused }, waits_for));
                }
            }
            (Some(old), current) => {
                stack.put_resource(old.clone());
                discard(stack, current);
            }
        }
    }
    let known: BTreeSet<String> = tasks.keys().cloned().collect();
    for task in tasks.values_mut() {
        task.waits_for.retain(|name| known.contains(name));
    }
    tasks
}

fn discard(stack: &mut Stack, resource: Option<Resource>) {
    let resource = resource.filter(|resource| resource.physical_id.is_some());
    if let (Some(resource), Some(operation)) = (resource, stack.operation.as_mut()) {
        operation.trash.push(resource);
    }
}

/// Whether the making of a stack takes longer than it may. What is under way then is still waited for: to undo it, one
/// must know what became of it.
pub(super) fn is_late(operation: &Operation, now: Timestamp) -> bool {
    operation.phase == Phase::Make && operation.goal.deadline.is_some_and(|deadline| now >= deadline)
}

/// What follows when all tasks of a phase have ended.
pub(super) fn leave(stack: &mut Stack, plan: Option<&Plan>, facts: &Facts, now: Timestamp) {
    let Some(operation) = &stack.operation else { return };
    let failed = operation.has_failed_tasks();
    match operation.phase {
        // AWS: the reason of a creation that took too long.
        Phase::Make if is_late(operation, now) => {
            make_failed(stack, "Stack creation time exceeded the specified timeout. ", now);
        }
        Phase::Make if failed => {
            let reason = if operation.invalid { invalidity_of(stack) } else { failure_of(stack) };
            make_failed(stack, &reason, now);
        }
        Phase::Make => match answer(stack, plan, facts) {
            Ok(()) => make_succeeded(stack, now),
            Err(reason) => make_failed(stack, &reason, now),
        },
        Phase::Cleanup => finish(stack, StackStatus::UpdateComplete, None, now),
        Phase::Restore if failed => {
            finish(stack, StackStatus::UpdateRollbackFailed, Some(failure_of(stack)), now);
        }
        Phase::Restore => {
            stack.set_status(StackStatus::UpdateRollbackCleanup, None, now);
            go_on(stack, Phase::RestoreCleanup);
        }
        Phase::RestoreCleanup => finish(stack, StackStatus::UpdateRollbackComplete, None, now),
        Phase::Remove => all_removed(stack, failed, now),
    }
}

/// Ends an operation where it stands, without another call: what is gone on with from here ends the process.
pub(super) fn give_up(stack: &mut Stack, reason: &str, now: Timestamp) {
    let Some(operation) = &stack.operation else { return };
    let (phase, definition) = (operation.phase, operation.goal.definition.clone());
    for (name, call) in operation.calls() {
        steps::failed(stack, &name, &call, reason.to_owned(), now);
    }
    let status = match phase {
        Phase::Make if creates(stack) => StackStatus::CreateFailed,
        Phase::Make | Phase::Cleanup => StackStatus::UpdateFailed,
        Phase::Restore | Phase::RestoreCleanup => StackStatus::UpdateRollbackFailed,
        Phase::Remove if stack.status == StackStatus::RollbackInProgress => StackStatus::RollbackFailed,
        Phase::Remove => StackStatus::DeleteFailed,
    };
    if status == StackStatus::CreateFailed {
        stack.definition = definition;
    }
    finish(stack, status, Some(reason.to_owned()), now);
}

fn go_on(stack: &mut Stack, phase: Phase) {
    if let Some(operation) = stack.operation.as_mut() {
        operation.enter(phase);
    }
}

fn finish(stack: &mut Stack, status: StackStatus, reason: Option<String>, now: Timestamp) {
    stack.set_status(status, reason, now);
    stack.operation = None;
}

/// AWS: the reason of a stack whose resources were found wrong before any was made.
fn invalidity_of(stack: &Stack) -> String {
    let failed = stack.resources.values().filter(|resource| resource.status.is_failed());
    let names: Vec<&str> = failed.map(|resource| resource.logical_id.as_str()).collect();
    format!("Validation failed for following resources: [{}]. ", names.join(", "))
}

/// AWS: "The following resource(s) failed to create: [A, B]. "
fn failure_of(stack: &Stack) -> String {
    let failed = |status: ResourceStatus| {
        let names = stack.resources.values().filter(|resource| resource.status == status);
        names.map(|resource| resource.logical_id.as_str()).collect::<Vec<_>>().join(", ")
    };
    let groups = [
        ("create", failed(ResourceStatus::CreateFailed)),
        ("update", failed(ResourceStatus::UpdateFailed)),
        ("delete", failed(ResourceStatus::DeleteFailed)),
    ];
    let sentences = groups.iter().filter(|(_, names)| !names.is_empty());
    sentences
        .map(|(verb, names)| format!("The following resource(s) failed to {verb}: [{names}]. "))
        .collect::<Vec<_>>()
        .concat()
}

fn make_succeeded(stack: &mut Stack, now: Timestamp) {
    let Some(operation) = &stack.operation else { return };
    stack.definition.clone_from(&operation.goal.definition);
    stack.change_set.clone_from(&operation.goal.change_set);
    if creates(stack) {
        finish(stack, StackStatus::CreateComplete, None, now);
    } else {
        stack.set_status(StackStatus::UpdateCleanup, None, now);
        go_on(stack, Phase::Cleanup);
    }
}

fn make_failed(stack: &mut Stack, reason: &str, now: Timestamp) {
    let Some(operation) = stack.operation.as_mut() else { return };
    operation.failure = Some(reason.to_owned());
    let on_failure = operation.goal.on_failure;
    let creating = operation.goal.kind == Kind::Create;
    if creating {
        stack.definition.clone_from(&operation.goal.definition);
    }
    match (creating, on_failure) {
        (true, OnFailure::Nothing) => finish(stack, StackStatus::CreateFailed, Some(reason.to_owned()), now),
        (false, OnFailure::Nothing) => finish(stack, StackStatus::UpdateFailed, Some(reason.to_owned()), now),
        (true, OnFailure::Delete) => {
            stack.set_status(
                StackStatus::DeleteInProgress,
                Some(format!("{reason}Delete requested by user.")),
                now,
            );
            go_on(stack, Phase::Remove);
        }
        (true, OnFailure::Rollback) => {
            let reason = format!("{reason}Rollback requested by user.");
            stack.set_status(StackStatus::RollbackInProgress, Some(reason), now);
            go_on(stack, Phase::Remove);
        }
        (false, _) => {
            stack.set_status(StackStatus::UpdateRollbackInProgress, Some(reason.trim_end().to_owned()), now);
            go_on(stack, Phase::Restore);
        }
    }
}

fn all_removed(stack: &mut Stack, failed: bool, now: Timestamp) {
    let rolled_back = stack.status == StackStatus::RollbackInProgress;
    match (rolled_back, failed) {
        (true, false) => finish(stack, StackStatus::RollbackComplete, None, now),
        (true, true) => finish(stack, StackStatus::RollbackFailed, Some(failure_of(stack)), now),
        (false, true) if !forces(stack) => {
            finish(stack, StackStatus::DeleteFailed, Some(failure_of(stack)), now);
        }
        (false, _) => {
            leave_the_rest(stack, now);
            stack.outputs.clear();
            stack.imports.clear();
            stack.deleted = Some(now);
            finish(stack, StackStatus::DeleteComplete, None, now);
        }
    }
}

fn forces(stack: &Stack) -> bool {
    stack.operation.as_ref().is_some_and(|operation| operation.goal.forces)
}

/// What could not be removed is no longer the stack's.
fn leave_the_rest(stack: &mut Stack, now: Timestamp) {
    let rest = stack.resources.values().filter(|resource| !is_gone(resource));
    let rest: Vec<String> = rest.map(|resource| resource.logical_id.clone()).collect();
    for name in rest {
        stack.set_resource_status(&name, ResourceStatus::DeleteSkipped, None, now);
    }
}

/// The outputs, now that all resources are there. Exports must be nobody else's, and those in use must stay.
fn answer(stack: &mut Stack, plan: Option<&Plan>, facts: &Facts) -> Result<(), String> {
    let Some(plan) = plan else { return Ok(()) };
    let wanted: BTreeMap<String, Resource> = stack
        .resources
        .iter()
        .filter(|(name, _)| plan.wants(name))
        .map(|(name, resource)| (name.clone(), resource.clone()))
        .collect();
    let scope = plan.scope(facts, stack, &wanted);
    let answered = outputs::evaluate_all(&plan.template, &scope).map_err(|error| error.to_string())?;
    let imported = scope.into_imported();
    for output in &answered {
        let Some(name) = &output.export_name else { continue };
        if let Some((_, other)) = facts.export(name).filter(|(_, other)| other.id != stack.id) {
            return Err(format!("Export with name {name} is already exported by stack {}. ", other.name));
        }
    }
    for output in &stack.outputs {
        let Some(name) = &output.export_name else { continue };
        let stays =
            answered.iter().any(|new| new.export_name.as_ref() == Some(name) && new.value == output.value);
        if let Some(user) = facts.importer(name).filter(|_| !stays) {
            return Err(format!("Export {name} cannot be updated as it is in use by {user}. "));
        }
    }
    stack.imports.extend(imported);
    stack.outputs = answered;
    Ok(())
}
