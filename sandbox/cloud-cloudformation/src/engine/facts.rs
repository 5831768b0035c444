//! What the engine's decisions depend on besides the stack itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{Context, Partition};
use serde_json::Value;

use super::idle;
use crate::schemas::{self, ResourceSchema};
use crate::state::Stack;
use crate::template::outputs::OutputValue;

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
