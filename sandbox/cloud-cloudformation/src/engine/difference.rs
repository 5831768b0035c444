//! What a definition would change in a stack: for change sets, and to say that nothing would.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::facts::Facts;
use super::forecast::Forecast;
use super::plan::Plan;
use super::rehearsal::Rehearsal;
use crate::schemas::KNOWN_AFTER_APPLY;
use crate::state::{Cause, Change, ChangeAction, Definition, Replacement, Resource, Stack};
use crate::template::{self, Policy, TemplateError};

/// The changes that a definition would make to a stack's resources, as far as can be known before.
///
/// What depends on resources that would be new is only known to change, not how. What depends on resources that are
/// changed in their place finds the values that it had.
pub fn changes(
    stack: &Stack,
    plan: &Plan,
    facts: &Facts,
    previous: Option<&Definition>,
) -> Result<Vec<Change>, TemplateError> {
    let order = plan.graph.order()?;
    let mut unknown = Unknown::new();
    let mut changes = Vec::new();
    for name in order.iter().filter(|name| plan.wants(name)) {
        let existing = stack.resources.get(name).filter(|resource| resource.physical_id.is_some());
        let known = plan.scope(facts, stack, &stack.resources);
        let scope = Rehearsal::new(known, unknown.keys(), KNOWN_AFTER_APPLY);
        let change = match existing {
            None => Some(added(name, plan, facts, &scope)),
            Some(old) => modified(old, plan, facts, &scope, &unknown)?,
        };
        drop(scope);
        if let Some(change) = change {
            if change.action == ChangeAction::Add || change.replacement != Replacement::False {
                unknown.insert(name.clone(), change.replacement == Replacement::True);
            }
            changes.push(change);
        }
    }
    let gone = stack.resources.values().filter(|resource| !plan.wants(&resource.logical_id));
    changes.extend(gone.filter(|resource| resource.physical_id.is_some()).map(gone_change));
    changes.sort_by(|a, b| a.logical_id.cmp(&b.logical_id));
    for change in changes.iter_mut().filter(|change| change.action == ChangeAction::Modify) {
        change.causes = causes(change, plan, &unknown, previous);
    }
    Ok(changes)
}

/// The resources whose values are not known yet, and whether that is because another takes their place for certain.
type Unknown = BTreeMap<String, bool>;

/// For each property that differs, the parameters and resources that it refers to and that differ, too.
fn causes(
    change: &Change,
    plan: &Plan,
    unknown: &Unknown,
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
        None if unknown.contains_key(&name) => Some(Cause::Resource(name)),
        Some(attribute) if unknown.contains_key(&name) => {
            Some(Cause::Attribute(format!("{name}.{attribute}")))
        }
        _ => None,
    };
    let of = |name: &String| {
        let value = wanted?.properties.get(name)?;
        let causes: Vec<Cause> = template::entities(value).into_iter().filter_map(cause).collect();
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
        conditional: BTreeSet::new(),
        causes: BTreeMap::new(),
        metadata: false,
        retained: false,
        before: None,
        after: None,
    }
}

fn added(name: &str, plan: &Plan, facts: &Facts, scope: &Rehearsal<'_>) -> Change {
    let type_name = plan.template.resources.get(name).map_or("", |resource| &resource.type_name);
    // What is wrong with the properties of what is new is the deployment's to say.
    let after = Forecast::of(plan, facts, name, scope).ok().map(|forecast| forecast.properties);
    Change { after, ..change(ChangeAction::Add, name, type_name) }
}

fn gone_change(resource: &Resource) -> Change {
    Change {
        physical_id: resource.physical_id.clone(),
        retained: resource.deletion_policy != Policy::Delete,
        before: Some(before(resource)),
        ..change(ChangeAction::Remove, &resource.logical_id, &resource.type_name)
    }
}

fn before(resource: &Resource) -> Map<String, Value> {
    resource.properties.as_object().cloned().unwrap_or_default()
}

fn modified(
    old: &Resource,
    plan: &Plan,
    facts: &Facts,
    scope: &Rehearsal<'_>,
    unknown: &Unknown,
) -> Result<Option<Change>, TemplateError> {
    let Some(wanted) = plan.template.resources.get(&old.logical_id) else { return Ok(None) };
    let forecast = Forecast::of(plan, facts, &old.logical_id, scope)?;
    let after = Value::from(forecast.properties);
    let schema = facts.schema(&old.type_name);
    let fixed: BTreeSet<&str> = schema.replacing(&old.properties, &after).collect();
    let conditional: BTreeSet<String> =
        schema.maybe_replacing(&old.properties, &after).map(str::to_owned).collect();
    let properties = differing(&old.properties, &after, &forecast.uncertain, &fixed);
    let metadata = old.metadata != wanted.metadata;
    if properties.is_empty() && !metadata && !old.status.is_failed() {
        return Ok(None);
    }
    let is_certain = |name: &String| {
        let of_replaced =
            |value: &Value| template::names(value).iter().any(|name| unknown.get(name) == Some(&true));
        !forecast.uncertain.contains(name) || wanted.properties.get(name).is_some_and(of_replaced)
    };
    let replacing: Vec<&String> =
        properties.iter().filter(|(_, replaces)| *replaces).map(|(name, _)| name).collect();
    let replacement = match replacing.as_slice() {
        [] if conditional.is_empty() => Replacement::False,
        names if names.iter().any(|name| is_certain(name)) => Replacement::True,
        _ => Replacement::Conditional,
    };
    Ok(Some(Change {
        physical_id: old.physical_id.clone(),
        metadata,
        replacement,
        properties,
        conditional,
        retained: replacement == Replacement::True && old.replace_policy != Policy::Delete,
        before: Some(before(old)),
        after: after.as_object().cloned(),
        ..change(ChangeAction::Modify, &old.logical_id, &old.type_name)
    }))
}

/// The properties that are not what they were, or may not be, and whether each makes another resource necessary.
fn differing(
    old: &Value,
    new: &Value,
    uncertain: &BTreeSet<String>,
    fixed: &BTreeSet<&str>,
) -> Vec<(String, bool)> {
    let names = [old, new].into_iter().filter_map(Value::as_object).flat_map(Map::keys);
    let names: BTreeSet<&String> = names.collect();
    let differ = names.into_iter().filter(|name| uncertain.contains(*name) || old.get(name) != new.get(name));
    differ.map(|name| (name.clone(), fixed.contains(name.as_str()))).collect()
}
