//! What the engine's decisions depend on besides the stack itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::Context;
use serde_json::Value;

use super::scope::StackScope;
use crate::state::{Definition, Resource, Stack};
use crate::template::graph::Graph;
use crate::template::{self, Template, TemplateError, conditions};

/// One exported value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The value.
    pub value: String,
    /// The ARN of the stack that exports it.
    pub stack_id: String,
}

/// The cloud around a stack, at one moment.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// What all stacks export.
    pub exports: BTreeMap<String, Export>,
    /// Which names other stacks import, and one that does.
    pub imports: BTreeMap<String, String>,
    context: Context,
}

impl Facts {
    /// The facts about a cloud, as one stack sees them.
    pub fn new(context: &Context, stacks: &BTreeMap<String, Arc<Stack>>, own_id: &str) -> Self {
        let alive = || stacks.values().filter(|stack| stack.is_alive());
        let exports = alive().flat_map(|stack| {
            stack.outputs.iter().filter_map(|output| {
                let export = Export { value: output.value.clone(), stack_id: stack.id.clone() };
                Some((output.export_name.clone()?, export))
            })
        });
        let others = alive().filter(|stack| stack.id != own_id);
        let imports =
            others.flat_map(|stack| stack.imports.iter().map(|name| (name.clone(), stack.name.clone())));
        Self {
            account: context.account().to_string(),
            region: context.region().to_string(),
            exports: exports.collect(),
            imports: imports.collect(),
            context: context.clone(),
        }
    }

    /// The properties of a type whose change makes a new resource necessary.
    pub fn replacement_properties(&self, type_name: &str) -> &'static [&'static str] {
        self.context.peers().provider(type_name).map_or(&[], |provider| provider.replacement_properties())
    }

    /// A token that no other step has.
    pub fn token(&self) -> String {
        self.context.entropy().uuid().to_string()
    }
}

/// A definition, read: its template, what its parameters are, which of its conditions hold.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The definition.
    pub definition: Arc<Definition>,
    /// Its processed template.
    pub template: Template,
    /// What `Ref` answers for parameters.
    pub parameters: BTreeMap<String, Value>,
    /// Which conditions hold.
    pub conditions: BTreeMap<String, bool>,
    /// Which resources need which.
    pub graph: Graph,
}

impl Plan {
    /// Reads a definition for that stack.
    pub fn new(definition: Arc<Definition>, facts: &Facts, stack: &Stack) -> template::Result<Self> {
        let template = Template::from_value(&definition.processed)?;
        let parameters = definition.parameters.iter().filter_map(|(name, raw)| {
            template.parameters.get(name).map(|parameter| (name.clone(), parameter.value(raw)))
        });
        let parameters = parameters.collect();
        let graph = Graph::of(&template);
        let mut plan = Self { definition, template, parameters, conditions: BTreeMap::new(), graph };
        let none = BTreeMap::new();
        plan.conditions = conditions::evaluate_all(&plan.template, &plan.scope(facts, stack, &none))?;
        Ok(plan)
    }

    /// What the names of the template mean with those resources.
    pub fn scope<'a>(
        &'a self,
        facts: &'a Facts,
        stack: &'a Stack,
        resources: &'a BTreeMap<String, Resource>,
    ) -> StackScope<'a> {
        StackScope::new(self, facts, stack, resources)
    }

    /// Whether the resource is in the template and its condition, if any, holds.
    pub fn wants(&self, logical_id: &str) -> bool {
        self.template.resources.get(logical_id).is_some_and(|resource| {
            resource.condition.as_ref().is_none_or(|name| self.conditions.get(name) == Some(&true))
        })
    }

    /// The names of the resources that the stack is to have.
    pub fn wanted(&self) -> impl Iterator<Item = &str> {
        self.template.resources.keys().map(String::as_str).filter(|name| self.wants(name))
    }

    /// The properties of a resource, evaluated, and the names imported on the way.
    pub fn properties(&self, logical_id: &str, scope: &StackScope<'_>) -> Result<Value, TemplateError> {
        let top = template::Path::TOP;
        let section = top.key("Resources");
        let path = section.key(logical_id);
        let Some(resource) = self.template.resources.get(logical_id) else { return Ok(Value::Null) };
        let value = template::evaluate(&resource.properties, &path.key("Properties"), scope)?;
        Ok(value.unwrap_or_default())
    }
}
