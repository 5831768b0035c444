//! The operations, one file each or per family. Each turns a typed request into what the engine does, and back.

mod contexts;
mod create_change_set;
mod create_stack;
mod delete_stack;
mod describe_change_set;
mod describe_events;
mod describe_stack_events;
mod describe_stack_resources;
mod describe_stacks;
mod execute_change_set;
mod exports;
mod get_template;
mod get_template_summary;
mod list_change_sets;
mod page;
mod update_stack;

use std::sync::Arc;

use cloud_core::AwsError;

use crate::define::validation;
use crate::engine::Engine;
use crate::state::Stack;

pub(crate) use create_change_set::create_change_set;
pub(crate) use create_stack::create_stack;
pub(crate) use delete_stack::delete_stack;
pub(crate) use describe_change_set::describe_change_set;
pub(crate) use describe_events::describe_events;
pub(crate) use describe_stack_events::describe_stack_events;
pub(crate) use describe_stack_resources::{
    describe_stack_resource, describe_stack_resources, list_stack_resources,
};
pub(crate) use describe_stacks::{describe_stacks, list_stacks, update_termination_protection};
pub(crate) use execute_change_set::execute_change_set;
pub(crate) use exports::{list_exports, list_imports};
pub(crate) use get_template::get_template;
pub(crate) use get_template_summary::{get_template_summary, validate_template};
pub(crate) use list_change_sets::{delete_change_set, list_change_sets};
pub(crate) use update_stack::update_stack;

/// The stack of that name or ARN. AWS: the message for one that is not there.
fn existing(engine: &Engine, name_or_id: &str) -> Result<Arc<Stack>, AwsError> {
    engine.find(name_or_id).ok_or_else(|| validation(format!("Stack with id {name_or_id} does not exist")))
}

/// A parameter's value as it may be shown.
fn shown(no_echo: bool, value: &str) -> String {
    if no_echo { "****".to_owned() } else { value.to_owned() }
}
