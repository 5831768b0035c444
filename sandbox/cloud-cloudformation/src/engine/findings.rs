//! What of a template's resources their types' schemas do not allow, told before anything is made. What is only known
//! afterwards is looked at again when it is.

use jiff::Timestamp;
use serde_json::Value;

use super::facts::Facts;
use super::forecast::Forecast;
use super::plan::Plan;
use super::rehearsal::Rehearsal;
use crate::schemas::KNOWN_AFTER_APPLY;
use crate::state::{Finding, Resource, Stack};
use crate::template::{self, Template};

impl Plan {
    /// What is wrong with the resources that the stack is to have.
    pub fn findings(&self, facts: &Facts, stack: &Stack) -> Vec<Finding> {
        let made = |name: &&String| stack.resources.get(*name).is_some_and(Resource::is_made);
        let unknown = self.template.resources.keys().filter(|name| !made(name));
        let known = self.scope(facts, stack, &stack.resources);
        let scope = Rehearsal::new(known, unknown, KNOWN_AFTER_APPLY);
        let finding = |name: &str| {
            let resource = self.template.resources.get(name)?;
            // What cannot be evaluated is the rehearsal's to say, or the deployment's.
            let forecast = Forecast::of(self, facts, name, &scope).ok()?;
            let schema = facts.schema(&resource.type_name);
            Finding::of(name, &resource.type_name, schema.check(&forecast.properties.into()))
        };
        self.wanted().filter_map(finding).collect()
    }
}

/// What is wrong with the resources of those types, whatever their functions answer.
pub fn of_types(template: &Template, types: &[&str]) -> Vec<Finding> {
    let of_them =
        template.resources.iter().filter(|(_, resource)| types.contains(&resource.type_name.as_str()));
    let finding = |(name, resource): (&String, &template::Resource)| {
        let schema = crate::schemas::of(&resource.type_name)?;
        let properties = schema.coerce(without_functions(&resource.properties));
        Finding::of(name, &resource.type_name, schema.check(&properties))
    };
    of_them.filter_map(finding).collect()
}

/// The value with a placeholder for what its functions will answer.
pub(super) fn without_functions(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_functions).collect(),
        Value::Object(members) if template::evaluate::function(members).is_some() => KNOWN_AFTER_APPLY.into(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), without_functions(value))).collect()
        }
        other => other.clone(),
    }
}

/// Marks the resources that were found wrong as failed: nothing of the stack is made.
pub(super) fn refuse(stack: &mut Stack, plan: &Plan, facts: &Facts, now: Timestamp) {
    for finding in plan.findings(facts, stack) {
        super::steps::refused(stack, plan, &finding, now);
    }
}
