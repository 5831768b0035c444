//! AWS Lambda: functions, versions, aliases, permissions, and running them.
//!
//! Where to start: [`Lambda`] is the service, `state` what is remembered (pure), `ops/` one file for each operation,
//! `invoke` the way of an event, `callees` what is found for it once, `queue` the events nobody waits for, `resources` what CloudFormation may make.
//!
//! Not here: how code runs (`engine` and its implementations), HTTP and JSON (`cloud-wire`).

mod callees;
mod invoke;
mod lambda;
mod limits;
mod location;
mod log_format;
mod log_writer;
mod names;
mod ops;
mod packages;
mod queue;
mod quotas;
mod ready_versions;
mod records;
mod resources;
pub mod shapes;
mod state;
mod target;

pub use lambda::{Lambda, OpenError};

use cloud_core::Access;
use cloud_wire::access::Asking;
use cloud_wire::{Service, ServiceModel};

use names::FunctionName;

/// The service's name, in ARNs and file names.
const SERVICE: &str = "lambda";

impl Service for Lambda {
    fn model(&self) -> &'static ServiceModel {
        &shapes::MODEL
    }

    cloud_wire::dispatch! { crate::shapes;
        AddPermission => ops::add_permission,
        CreateAlias => ops::create_alias,
        CreateFunction => ops::create_function,
        DeleteAlias => ops::delete_alias,
        DeleteFunction => ops::delete_function,
        DeleteFunctionConcurrency => ops::delete_function_concurrency,
        GetAccountSettings => ops::get_account_settings,
        GetAlias => ops::get_alias,
        GetFunction => ops::get_function,
        GetFunctionConcurrency => ops::get_function_concurrency,
        GetFunctionConfiguration => ops::get_function_configuration,
        GetPolicy => ops::get_policy,
        Invoke => ops::invoke,
        ListAliases => ops::list_aliases,
        ListFunctions => ops::list_functions,
        ListTags => ops::list_tags,
        ListVersionsByFunction => ops::list_versions_by_function,
        PublishVersion => ops::publish_version,
        PutFunctionConcurrency => ops::put_function_concurrency,
        RemovePermission => ops::remove_permission,
        TagResource => ops::tag_resource,
        UntagResource => ops::untag_resource,
        UpdateAlias => ops::update_alias,
        UpdateFunctionCode => ops::update_function_code,
        UpdateFunctionConfiguration => ops::update_function_configuration,
    }

    fn accesses(&self, asking: &Asking<'_>) -> Vec<Access> {
        let mut accesses = asking.by_rule();
        // However a function is named, leave is asked for its ARN; and it may have a policy of its own.
        let named = asking.text("FunctionName").map(|name| (name, asking.text("Qualifier")));
        let named =
            named.and_then(|(name, qualifier)| FunctionName::parse(self.context(), name, qualifier).ok());
        if let (Some(name), Some(access)) = (named, accesses.first_mut()) {
            access.resource = name.arn(self.context());
            access.policy = self.records().get(&name.name).and_then(|function| {
                let statements = function.policies.get(name.qualifier.as_deref().unwrap_or_default())?;
                Some(state::document(statements, &access.resource).into())
            });
        }
        // AWS: versions and aliases have the tags of their function.
        for access in accesses.iter_mut().filter(|access| access.action.starts_with("lambda:")) {
            let name = FunctionName::parse(self.context(), &access.resource, None).ok();
            if let Some(function) = name.and_then(|name| self.records().get(&name.name)) {
                access.tell_tags(function.tags.clone());
            }
        }
        accesses
    }
}
