//! What the names of a template mean inside of a stack.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::facts::{Facts, Plan};
use crate::state::{Resource, Stack};
use crate::template::Scope;

/// The scope of one stack with one definition and the resources of one moment.
pub struct StackScope<'a> {
    plan: &'a Plan,
    facts: &'a Facts,
    stack: &'a Stack,
    resources: &'a BTreeMap<String, Resource>,
    imported: RefCell<BTreeSet<String>>,
    room: Cell<usize>,
}

/// How many bytes the functions of one resource, or of all outputs, may bring in.
const ROOM: usize = 16 * 1024 * 1024;

impl<'a> StackScope<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        facts: &'a Facts,
        stack: &'a Stack,
        resources: &'a BTreeMap<String, Resource>,
    ) -> Self {
        Self { plan, facts, stack, resources, imported: RefCell::default(), room: Cell::new(ROOM) }
    }

    /// The names that were imported through this scope.
    pub fn into_imported(self) -> BTreeSet<String> {
        self.imported.into_inner()
    }

    fn pseudo(&self, name: &str) -> Option<Value> {
        Some(match name {
            "AWS::AccountId" => json!(self.facts.account),
            "AWS::NotificationARNs" => json!(self.plan.definition.notification_arns),
            "AWS::Partition" => json!("aws"),
            "AWS::Region" => json!(self.facts.region),
            "AWS::StackId" => json!(self.stack.id),
            "AWS::StackName" => json!(self.stack.name),
            "AWS::URLSuffix" => json!("amazonaws.com"),
            _ => return None,
        })
    }
}

impl Scope for StackScope<'_> {
    fn reference(&self, name: &str) -> Option<Value> {
        self.pseudo(name)
            .or_else(|| self.plan.parameters.get(name).cloned())
            .or_else(|| self.resources.get(name)?.reference().map(Value::from))
    }

    fn attribute(&self, resource: &str, attribute: &str) -> Result<Value, String> {
        let resource = self.resources.get(resource).ok_or_else(|| {
            format!("Template error: instance of Fn::GetAtt references undefined resource {resource}")
        })?;
        let found = resource.attributes.get(attribute).cloned();
        let found = found.or_else(|| {
            attribute
                .split('.')
                .try_fold(None, |value: Option<&Value>, name| {
                    value.map_or_else(|| resource.attributes.get(name), |value| value.get(name)).map(Some)
                })?
                .cloned()
        });
        found.ok_or_else(|| {
            format!("Requested attribute {attribute} does not exist in schema for {}", resource.type_name)
        })
    }

    fn condition(&self, name: &str) -> Option<bool> {
        self.plan.conditions.get(name).copied()
    }

    fn mapping(&self, map: &str, top: &str, second: &str) -> Option<Value> {
        self.plan.template.mappings.get(map)?.get(top)?.get(second).cloned()
    }

    fn import(&self, name: &str) -> Option<Value> {
        let export = self.facts.exports.get(name)?;
        self.imported.borrow_mut().insert(name.to_owned());
        Some(json!(export.value))
    }

    fn spend(&self, bytes: usize) -> bool {
        let left = self.room.get().checked_sub(bytes);
        self.room.set(left.unwrap_or(0));
        left.is_some()
    }

    fn zones(&self, region: &str) -> Vec<String> {
        let region = if region.is_empty() { &self.facts.region } else { region };
        ["a", "b", "c"].iter().map(|zone| format!("{region}{zone}")).collect()
    }
}
