//! A definition, read: what a stack would be by it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::facts::Facts;
use super::rehearsal::Rehearsal;
use super::scope::StackScope;
use crate::state::{Definition, Finding, Resource, Stack};
use crate::template::graph::Graph;
use crate::template::{self, Scope, Template, TemplateError, conditions, outputs, rules};

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

    /// Evaluates the whole template before anything of it is made: what can be known to be wrong by then, or to grow too
    /// large, is an error now.
    pub fn rehearse(&self, facts: &Facts, stack: &Stack) -> Result<(), TemplateError> {
        let none = BTreeMap::new();
        rules::check(&self.template, &self.scope(facts, stack, &none))?;
        // AWS: what refers to a resource whose condition does not hold is refused at once.
        let made = self.template.resources.keys().filter(|name| self.wants(name));
        let scope = Rehearsal::new(self.scope(facts, stack, &none), made, "");
        for name in self.wanted() {
            scope.judge(self.evaluated(name, &scope).map(drop))?;
        }
        scope.judge(outputs::evaluate_all(&self.template, &scope).map(drop))
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

    /// The properties of a resource, evaluated, with values as its type declares them.
    pub fn properties(
        &self,
        facts: &Facts,
        logical_id: &str,
        scope: &StackScope<'_>,
    ) -> Result<Value, TemplateError> {
        let Some(resource) = self.template.resources.get(logical_id) else { return Ok(Value::Null) };
        let properties = self.evaluated(logical_id, scope)?;
        let schema = facts.schema(&resource.type_name);
        let properties = schema.coerce(properties);
        match Finding::of(logical_id, &resource.type_name, schema.check(&properties)) {
            None => Ok(properties),
            Some(finding) => Err(TemplateError::new(finding.reason())),
        }
    }

    fn evaluated(&self, logical_id: &str, scope: &dyn Scope) -> Result<Value, TemplateError> {
        let top = template::Path::TOP;
        let section = top.key("Resources");
        let path = section.key(logical_id);
        let Some(resource) = self.template.resources.get(logical_id) else { return Ok(Value::Null) };
        let value = template::evaluate(&resource.properties, &path.key("Properties"), scope)?;
        Ok(value.unwrap_or_default())
    }
}
