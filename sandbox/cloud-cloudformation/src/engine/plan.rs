//! What a definition would change in a stack: for change sets, and to say that nothing would.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::facts::{Facts, Plan};
use super::phases;
use crate::state::{Cause, Change, ChangeAction, Definition, Replacement, Resource, Stack};
use crate::template::{Policy, TemplateError};

/// The changes that a definition would make to a stack's resources, as far as can be known before.
///
/// What depends on resources that would be new is only known to change, not how: `Replacement` is then conditional.
pub fn changes(
    stack: &Stack,
    plan: &Plan,
    facts: &Facts,
    previous: Option<&Definition>,
) -> Result<Vec<Change>, TemplateError> {
    let order = plan.graph.order()?;
    let mut unknown = BTreeSet::new();
    let mut changes = Vec::new();
    for name in order.iter().filter(|name| plan.wants(name)) {
        let existing = stack.resources.get(name).filter(|resource| resource.physical_id.is_some());
        let change = match existing {
            None => Some(added(name, plan)),
            Some(old) => modified(stack, old, plan, facts, &unknown)?,
        };
        if let Some(change) = change {
            if change.action == ChangeAction::Add || change.replacement != Replacement::False {
                unknown.insert(name.clone());
            }
            changes.push(change);
        }
    }
    let gone = stack.resources.values().filter(|resource| !plan.wants(&resource.logical_id));
    changes.extend(gone.filter(|resource| resource.physical_id.is_some()).map(gone_change));
    changes.sort_by(|a, b| a.logical_id.cmp(&b.logical_id));
    let touched: BTreeSet<String> = changes.iter().map(|change| change.logical_id.clone()).collect();
    for change in changes.iter_mut().filter(|change| change.action == ChangeAction::Modify) {
        change.causes = causes(change, plan, &touched, previous);
    }
    Ok(changes)
}

/// For each property that differs, the parameters and resources that it refers to and that differ, too.
fn causes(
    change: &Change,
    plan: &Plan,
    touched: &BTreeSet<String>,
    previous: Option<&Definition>,
) -> BTreeMap<String, Vec<Cause>> {
    let wanted = plan.template.resources.get(&change.logical_id);
    let differs = |name: &String| {
        let value = |definition: &Definition| definition.parameters.get(name).cloned();
        plan.template.parameters.contains_key(name)
            && previous.is_some_and(|previous| value(previous) != value(&plan.definition))
    };
    let cause = |(name, attribute): (String, Option<String>)| match attribute {
        None if differs(&name) => Some(Cause::Parameter(name)),
        None if touched.contains(&name) => Some(Cause::Resource(name)),
        Some(attribute) if touched.contains(&name) => Some(Cause::Attribute(format!("{name}.{attribute}"))),
        _ => None,
    };
    let of = |name: &String| {
        let value = wanted?.properties.get(name)?;
        let causes: Vec<Cause> = crate::template::entities(value).into_iter().filter_map(cause).collect();
        (!causes.is_empty()).then(|| (name.clone(), causes))
    };
    change.properties.iter().filter_map(|(name, _)| of(name)).collect()
}

/// Whether a definition differs from the stack's own in more than its resources.
// AWS: outputs and tags are changes, too; descriptions and metadata of the template are not.
pub fn differs_otherwise(definition: &Definition, current: &Definition) -> bool {
    let section = |definition: &Definition, name: &str| {
        definition.processed.get(name).filter(|value| !value.as_object().is_some_and(Map::is_empty)).cloned()
    };
    section(definition, "Outputs") != section(current, "Outputs")
        || definition.tags != current.tags
        || definition.notification_arns != current.notification_arns
}

fn change(action: ChangeAction, logical_id: &str, type_name: &str) -> Change {
    Change {
        action,
        logical_id: logical_id.to_owned(),
        physical_id: None,
        type_name: type_name.to_owned(),
        replacement: Replacement::False,
        properties: Vec::new(),
        causes: BTreeMap::new(),
        metadata: false,
        retained: false,
    }
}

fn added(name: &str, plan: &Plan) -> Change {
    let type_name = plan.template.resources.get(name).map_or("", |resource| &resource.type_name);
    change(ChangeAction::Add, name, type_name)
}

fn gone_change(resource: &Resource) -> Change {
    Change {
        physical_id: resource.physical_id.clone(),
        retained: resource.deletion_policy != Policy::Delete,
        ..change(ChangeAction::Remove, &resource.logical_id, &resource.type_name)
    }
}

fn modified(
    stack: &Stack,
    old: &Resource,
    plan: &Plan,
    facts: &Facts,
    unknown: &BTreeSet<String>,
) -> Result<Option<Change>, TemplateError> {
    let Some(wanted) = plan.template.resources.get(&old.logical_id) else { return Ok(None) };
    let base = Change {
        physical_id: old.physical_id.clone(),
        metadata: old.metadata != wanted.metadata,
        ..change(ChangeAction::Modify, &old.logical_id, &old.type_name)
    };
    let fixed = facts.replacement_properties(&old.type_name);
    if phases::needs(plan, &old.logical_id).iter().any(|need| unknown.contains(need)) {
        let properties = uncertain(&wanted.properties, unknown, fixed);
        if !properties.is_empty() {
            return Ok(Some(Change { replacement: Replacement::Conditional, properties, ..base }));
        }
    }
    let scope = plan.scope(facts, stack, &stack.resources);
    let properties = plan.properties(&old.logical_id, &scope)?;
    let properties = differing(&old.properties, &properties, fixed);
    if properties.is_empty() && !base.metadata && !old.status.is_failed() {
        return Ok(None);
    }
    let replaced = properties.iter().any(|(_, replaces)| *replaces);
    let replacement = if replaced { Replacement::True } else { Replacement::False };
    let retained = replaced && old.replace_policy != Policy::Delete;
    Ok(Some(Change { replacement, properties, retained, ..base }))
}

/// The properties that refer to resources whose values are not known yet.
fn uncertain(properties: &Value, unknown: &BTreeSet<String>, fixed: &[&str]) -> Vec<(String, bool)> {
    let refers = |value: &Value| crate::template::names(value).iter().any(|name| unknown.contains(name));
    let members = properties.as_object().into_iter().flatten().filter(|(_, value)| refers(value));
    members.map(|(name, _)| (name.clone(), fixed.contains(&name.as_str()))).collect()
}

fn differing(old: &Value, new: &Value, fixed: &[&str]) -> Vec<(String, bool)> {
    let none = Map::new();
    let (old, new) = (old.as_object().unwrap_or(&none), new.as_object().unwrap_or(&none));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differ = names.into_iter().filter(|name| old.get(*name) != new.get(*name));
    differ.map(|name| (name.clone(), fixed.contains(&name.as_str()))).collect()
}
