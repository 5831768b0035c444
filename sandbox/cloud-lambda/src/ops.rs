//! The operations, one file each or one for a small family, as AWS's reference describes them.

mod aliases;
mod callbacks;
mod checkpoints;
mod code_signing;
mod concurrency;
mod create_function;
mod delete_function;
mod delete_layer_version;
mod describe;
mod durable_executions;
mod event_invoke_config;
pub(crate) mod event_source_mappings;
mod function_code_signing;
mod function_urls;
mod get_account_settings;
mod get_function;
mod get_layer_version;
pub(crate) mod idle;
mod invoke;
mod invoke_with_response_stream;
mod layer_permissions;
mod list;
mod list_layers;
mod permissions;
mod provisioned_concurrency;
mod publish_layer_version;
mod publish_version;
mod recursion;
mod refused;
mod runtime_management;
mod tags;
mod update_function;

pub(crate) use aliases::{create_alias, delete_alias, get_alias, list_aliases, make_alias, update_alias};
pub(crate) use callbacks::{
    send_durable_execution_callback_failure, send_durable_execution_callback_heartbeat,
    send_durable_execution_callback_success,
};
pub(crate) use checkpoints::{checkpoint_durable_execution, get_durable_execution_state};
pub(crate) use code_signing::{
    create_code_signing_config, delete_code_signing_config, find_code_signing, get_code_signing_config,
    list_code_signing_configs, make_code_signing, tag_code_signing, update_code_signing_config,
};
pub(crate) use concurrency::set as set_concurrency;
pub(crate) use concurrency::{
    delete_function_concurrency, get_function_concurrency, put_function_concurrency,
};
pub(crate) use create_function::{create, create_function};
pub(crate) use delete_function::delete_function;
pub(crate) use delete_layer_version::delete_layer_version;
pub(crate) use describe::describe;
pub(crate) use durable_executions::{
    delete_durable_execution, get_durable_execution, get_durable_execution_history,
    list_durable_executions_by_function, pause_durable_execution, resume_durable_execution,
    stop_durable_execution,
};
pub(crate) use event_invoke_config::{
    delete_function_event_invoke_config, get_function_event_invoke_config,
    list_function_event_invoke_configs, put_function_event_invoke_config, put_invoke_config,
    update_function_event_invoke_config,
};
pub(crate) use event_source_mappings::{
    create_event_source_mapping, delete_event_source_mapping, get_event_source_mapping,
    list_event_source_mappings, update_event_source_mapping,
};
pub(crate) use function_code_signing::set as set_code_signing;
pub(crate) use function_code_signing::{
    delete_function_code_signing_config, expect_signed, get_function_code_signing_config,
    list_functions_by_code_signing_config, put_function_code_signing_config,
};
pub(crate) use function_urls::{
    create_function_url_config, delete_function_url_config, get_function_url_config,
    list_function_url_configs, make_url, update_function_url_config,
};
pub(crate) use get_account_settings::get_account_settings;
pub(crate) use get_function::{get_function, get_function_configuration};
pub(crate) use get_layer_version::{get_layer_version, get_layer_version_by_arn};
pub(crate) use invoke::{check_payload, invoke};
pub(crate) use invoke_with_response_stream::invoke_with_response_stream;
pub(crate) use layer_permissions::{
    add_layer_version_permission, get_layer_version_policy, permit_layer, remove_layer_version_permission,
};
pub(crate) use list::{list_functions, list_versions_by_function};
pub(crate) use list_layers::{list_layer_versions, list_layers};
pub(crate) use permissions::{add_permission, get_policy, remove_permission};
pub(crate) use provisioned_concurrency::{
    delete_provisioned_concurrency_config, get_provisioned_concurrency_config,
    list_provisioned_concurrency_configs, provision_for, put_provisioned_concurrency_config,
};
pub(crate) use publish_layer_version::{publish_layer, publish_layer_version};
pub(crate) use publish_version::{publish, publish_version};
pub(crate) use recursion::set as set_recursion;
pub(crate) use recursion::{get_function_recursion_config, put_function_recursion_config};
pub(crate) use runtime_management::{
    get_runtime_management_config, manage_runtime, put_runtime_management_config,
};
pub(crate) use tags::{check_tags, list_tags, replace_tags, tag_resource, untag_resource};
pub(crate) use update_function::{reconfigure, update_function_code, update_function_configuration};

use cloud_core::{AwsError, Maker};

use crate::Lambda;
use crate::names::FunctionName;

/// Who wants a function made or changed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// Who signed a request.
    Request,
    /// A step of a template, by its token. Templates that name what only AWS has deploy, and their events say what that
    /// changes.
    Template(&'a str),
}

impl Origin<'_> {
    fn maker(self) -> Maker {
        match self {
            Self::Request => Maker::NOBODY,
            Self::Template(token) => Maker::step(token),
        }
    }
}

/// The function went away while its change was under way.
fn gone(service: &Lambda, name: &str) -> AwsError {
    FunctionName { name: name.to_owned(), qualifier: None }.not_found(service.context())
}

/// How many items a page holds at most.
// AWS: "MaxItems … Lambda returns up to 50 items in each response" unless less is asked for.
const MOST: usize = 50;
