//! What the names of a template mean inside of a stack.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::facts::Facts;
use super::plan::Plan;
use crate::state::{Resource, Stack};
use crate::template::{Budget, Scope};

/// The scope of one stack with one definition and the resources of one moment.
pub struct StackScope<'a> {
    plan: &'a Plan,
    facts: &'a Facts,
    stack: &'a Stack,
    resources: &'a BTreeMap<String, Resource>,
    imported: RefCell<BTreeSet<String>>,
    budget: Budget,
}

impl<'a> StackScope<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        facts: &'a Facts,
        stack: &'a Stack,
        resources: &'a BTreeMap<String, Resource>,
    ) -> Self {
        Self { plan, facts, stack, resources, imported: RefCell::default(), budget: Budget::default() }
    }

    /// The names that were imported through this scope.
    pub fn into_imported(self) -> BTreeSet<String> {
        self.imported.into_inner()
    }

    fn pseudo(&self, name: &str) -> Option<Value> {
        Some(match name {
            "AWS::AccountId" => json!(self.facts.account),
            "AWS::NotificationARNs" => json!(self.plan.definition.notification_arns),
            "AWS::Partition" => json!(self.facts.partition.id),
            "AWS::Region" => json!(self.facts.region),
            "AWS::StackId" => json!(self.stack.id),
            "AWS::StackName" => json!(self.stack.name),
            "AWS::URLSuffix" => json!(self.facts.partition.domain),
            _ => return None,
        })
    }
}

impl Scope for StackScope<'_> {
    fn reference(&self, name: &str) -> Option<Cow<'_, Value>> {
        let known = || self.plan.parameters.get(name).map(Cow::Borrowed);
        let made = || self.resources.get(name)?.reference().map(|text| Cow::Owned(Value::from(text)));
        self.pseudo(name).map(Cow::Owned).or_else(known).or_else(made)
    }

    fn attribute(&self, resource: &str, attribute: &str) -> Result<Cow<'_, Value>, String> {
        let resource = self.resources.get(resource).ok_or_else(|| {
            format!("Template error: instance of Fn::GetAtt references undefined resource {resource}")
        })?;
        let found = resource.attributes.get(attribute).or_else(|| {
            attribute.split('.').try_fold(None, |value: Option<&Value>, name| {
                value.map_or_else(|| resource.attributes.get(name), |value| value.get(name)).map(Some)
            })?
        });
        found.map(Cow::Borrowed).ok_or_else(|| {
            format!("Requested attribute {attribute} does not exist in schema for {}", resource.type_name)
        })
    }

    fn condition(&self, name: &str) -> Option<bool> {
        self.plan.conditions.get(name).copied()
    }

    fn mapping(&self, map: &str, top: &str, second: &str) -> Option<Cow<'_, Value>> {
        self.plan.template.mappings.get(map)?.get(top)?.get(second).map(Cow::Borrowed)
    }

    fn import(&self, name: &str) -> Option<Cow<'_, Value>> {
        let (export, _) = self.facts.export(name)?;
        self.imported.borrow_mut().insert(name.to_owned());
        Some(Cow::Owned(json!(export.value)))
    }

    fn budget(&self) -> &Budget {
        &self.budget
    }

    fn zones(&self, region: &str) -> Vec<String> {
        let region = if region.is_empty() { &self.facts.region } else { region };
        ["a", "b", "c"].iter().map(|zone| format!("{region}{zone}")).collect()
    }
}
