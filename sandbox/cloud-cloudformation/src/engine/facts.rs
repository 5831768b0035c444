//! What the engine's decisions depend on besides the stack itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{Context, Partition};
use serde_json::Value;

use super::idle;
use super::rehearsal::Rehearsal;
use super::scope::StackScope;
use crate::schemas::{self, ResourceSchema};
use crate::state::{Definition, Finding, Resource, Stack};
use crate::template::graph::Graph;
use crate::template::outputs::{self, OutputValue};
use crate::template::{self, Scope, Template, TemplateError, conditions, rules};

/// The cloud around a stack, at one moment.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The region's partition.
    pub partition: &'static Partition,
    /// All stacks that are not deleted.
    stacks: Vec<Arc<Stack>>,
    own_id: String,
    context: Context,
}

impl Facts {
    /// The facts about a cloud, as one stack sees them.
    pub fn new(context: &Context, stacks: &BTreeMap<String, Arc<Stack>>, own_id: &str) -> Self {
        Self {
            account: context.account().to_string(),
            region: context.region().to_string(),
            partition: context.region().partition(),
            stacks: stacks.values().filter(|stack| stack.is_alive()).cloned().collect(),
            own_id: own_id.to_owned(),
            context: context.clone(),
        }
    }

    /// What all stacks export: each output with its stack, by name.
    pub fn exports(&self) -> BTreeMap<&str, (&OutputValue, &Stack)> {
        let mut exports = BTreeMap::new();
        for stack in &self.stacks {
            for output in &stack.outputs {
                if let Some(name) = &output.export_name {
                    exports.insert(name.as_str(), (output, &**stack));
                }
            }
        }
        exports
    }

    /// What is exported under that name, and by which stack.
    pub fn export(&self, name: &str) -> Option<(&OutputValue, &Stack)> {
        self.stacks.iter().find_map(|stack| {
            let mut outputs = stack.outputs.iter();
            Some((outputs.find(|output| output.export_name.as_deref() == Some(name))?, &**stack))
        })
    }

    /// The name of another stack that imports that name.
    pub fn importer(&self, name: &str) -> Option<&str> {
        let mut others = self.stacks.iter().filter(|stack| stack.id != self.own_id);
        others.find(|stack| stack.imports.contains(name)).map(|stack| stack.name.as_str())
    }

    /// What is known of a type: AWS's own schema, else that of its provider, else nothing.
    pub fn schema(&self, type_name: &str) -> Arc<ResourceSchema> {
        schema_of(&self.context, type_name)
    }

    /// What is to be said of a resource that was made as wanted: which of its properties change nothing here.
    pub fn remark(&self, type_name: &str, properties: &Value) -> Option<String> {
        let provider = self.context.peers().provider(type_name)?;
        let idle = idle::said(&*provider, &self.schema(type_name), properties);
        (!idle.is_empty()).then(|| idle::told(&idle.join(", ")))
    }

    /// A token that no other step has.
    pub fn token(&self) -> String {
        self.context.entropy().uuid().to_string()
    }
}

/// What is known of a type: AWS's own schema, else that of its provider, else nothing.
pub(super) fn schema_of(context: &Context, type_name: &str) -> Arc<ResourceSchema> {
    let own = || {
        let text = context.peers().provider(type_name)?.schema()?;
        ResourceSchema::parse(text).ok().map(Arc::new)
    };
    schemas::of(type_name).or_else(own).unwrap_or_default()
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
