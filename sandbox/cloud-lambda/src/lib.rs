//! AWS Lambda: functions, versions, aliases, permissions, and running them.
//!
//! Where to start: [`Lambda`] is the service, `state` what is remembered (pure), `ops/` one file for each operation,
//! `invoke` the way of an event, `durable` functions that go on over many invocations, `callees` what is found for it once, `queue` the events nobody waits for, `mappings` those
//! that sources are polled for, `urls` functions' own addresses, `resources` what CloudFormation may make.
//!
//! Not here: how code runs (`engine` and its implementations), HTTP and JSON (`cloud-wire`).

mod callees;
mod destinations;
mod durable;
mod invoke;
mod lambda;
mod layer_access;
mod layers;
mod leave;
mod limits;
mod location;
mod log_format;
mod log_writer;
mod mappings;
mod names;
mod ops;
mod packages;
mod provisioning;
mod queue;
mod quotas;
mod ready_versions;
mod records;
mod resources;
mod runtimes;
pub mod shapes;
mod shown;
mod state;
mod target;
mod urls;

pub use lambda::{Lambda, OpenError};
pub use packages::unpack;
pub use state::durable::trial;
pub use urls::{FunctionUrls, StoppedUrls};

use cloud_core::{Access, AwsError};
use cloud_wire::access::Asking;
use cloud_wire::{Input, Operation, Service, ServiceModel};

use names::FunctionName;

/// The service's name, in ARNs and file names.
const SERVICE: &str = "lambda";

impl Service for Lambda {
    fn model(&self) -> &'static ServiceModel {
        &shapes::MODEL
    }

    cloud_wire::dispatch! { crate::shapes;
        AddLayerVersionPermission => ops::add_layer_version_permission,
        AddPermission => ops::add_permission,
        CheckpointDurableExecution => ops::checkpoint_durable_execution,
        CreateAlias => ops::create_alias,
        CreateEventSourceMapping => ops::create_event_source_mapping,
        CreateCodeSigningConfig => ops::create_code_signing_config,
        CreateFunction => ops::create_function,
        CreateFunctionUrlConfig => ops::create_function_url_config,
        DeleteAlias => ops::delete_alias,
        DeleteEventSourceMapping => ops::delete_event_source_mapping,
        DeleteCodeSigningConfig => ops::delete_code_signing_config,
        DeleteDurableExecution => ops::delete_durable_execution,
        DeleteFunction => ops::delete_function,
        DeleteFunctionCodeSigningConfig => ops::delete_function_code_signing_config,
        DeleteFunctionConcurrency => ops::delete_function_concurrency,
        DeleteFunctionEventInvokeConfig => ops::delete_function_event_invoke_config,
        DeleteFunctionUrlConfig => ops::delete_function_url_config,
        DeleteLayerVersion => ops::delete_layer_version,
        DeleteProvisionedConcurrencyConfig => ops::delete_provisioned_concurrency_config,
        GetAccountSettings => ops::get_account_settings,
        GetAlias => ops::get_alias,
        GetDurableExecution => ops::get_durable_execution,
        GetDurableExecutionHistory => ops::get_durable_execution_history,
        GetDurableExecutionState => ops::get_durable_execution_state,
        GetEventSourceMapping => ops::get_event_source_mapping,
        GetCodeSigningConfig => ops::get_code_signing_config,
        GetFunction => ops::get_function,
        GetFunctionCodeSigningConfig => ops::get_function_code_signing_config,
        GetFunctionConcurrency => ops::get_function_concurrency,
        GetFunctionConfiguration => ops::get_function_configuration,
        GetFunctionEventInvokeConfig => ops::get_function_event_invoke_config,
        GetFunctionUrlConfig => ops::get_function_url_config,
        GetFunctionRecursionConfig => ops::get_function_recursion_config,
        GetLayerVersion => ops::get_layer_version,
        GetLayerVersionByArn => ops::get_layer_version_by_arn,
        GetLayerVersionPolicy => ops::get_layer_version_policy,
        GetPolicy => ops::get_policy,
        GetProvisionedConcurrencyConfig => ops::get_provisioned_concurrency_config,
        GetRuntimeManagementConfig => ops::get_runtime_management_config,
        Invoke => ops::invoke,
        InvokeWithResponseStream => ops::invoke_with_response_stream,
        ListAliases => ops::list_aliases,
        ListDurableExecutionsByFunction => ops::list_durable_executions_by_function,
        ListEventSourceMappings => ops::list_event_source_mappings,
        ListFunctionEventInvokeConfigs => ops::list_function_event_invoke_configs,
        ListFunctionUrlConfigs => ops::list_function_url_configs,
        ListCodeSigningConfigs => ops::list_code_signing_configs,
        ListFunctions => ops::list_functions,
        ListFunctionsByCodeSigningConfig => ops::list_functions_by_code_signing_config,
        ListLayerVersions => ops::list_layer_versions,
        ListLayers => ops::list_layers,
        ListProvisionedConcurrencyConfigs => ops::list_provisioned_concurrency_configs,
        ListTags => ops::list_tags,
        ListVersionsByFunction => ops::list_versions_by_function,
        PauseDurableExecution => ops::pause_durable_execution,
        PublishLayerVersion => ops::publish_layer_version,
        PublishVersion => ops::publish_version,
        PutFunctionCodeSigningConfig => ops::put_function_code_signing_config,
        PutFunctionConcurrency => ops::put_function_concurrency,
        PutFunctionEventInvokeConfig => ops::put_function_event_invoke_config,
        PutFunctionRecursionConfig => ops::put_function_recursion_config,
        PutProvisionedConcurrencyConfig => ops::put_provisioned_concurrency_config,
        PutRuntimeManagementConfig => ops::put_runtime_management_config,
        RemoveLayerVersionPermission => ops::remove_layer_version_permission,
        RemovePermission => ops::remove_permission,
        ResumeDurableExecution => ops::resume_durable_execution,
        SendDurableExecutionCallbackFailure => ops::send_durable_execution_callback_failure,
        SendDurableExecutionCallbackHeartbeat => ops::send_durable_execution_callback_heartbeat,
        SendDurableExecutionCallbackSuccess => ops::send_durable_execution_callback_success,
        StopDurableExecution => ops::stop_durable_execution,
        TagResource => ops::tag_resource,
        UntagResource => ops::untag_resource,
        UpdateAlias => ops::update_alias,
        UpdateEventSourceMapping => ops::update_event_source_mapping,
        UpdateCodeSigningConfig => ops::update_code_signing_config,
        UpdateFunctionCode => ops::update_function_code,
        UpdateFunctionConfiguration => ops::update_function_configuration,
        UpdateFunctionEventInvokeConfig => ops::update_function_event_invoke_config,
        UpdateFunctionUrlConfig => ops::update_function_url_config,
    }

    fn inspect(&self, operation: &Operation, input: &Input) -> Result<(), AwsError> {
        runtimes::check(input, operation, self.model())
    }

    fn accesses(&self, asking: &Asking<'_>) -> Vec<Access> {
        if let Some(accesses) = mappings::accesses(self, asking) {
            return accesses;
        }
        let mut accesses = asking.by_rule();
        layer_access::tell(self, asking, &mut accesses);
        // However a function is named, leave is asked for its ARN; and it may have a policy of its own.
        let named = asking.text("FunctionName").map(|name| (name, asking.text("Qualifier")));
        let named =
            named.and_then(|(name, qualifier)| FunctionName::parse(self.context(), name, qualifier).ok());
        let place = accesses.iter().position(|access| access.resource.contains(":function:")).unwrap_or(0);
        if let (Some(name), Some(access)) = (named, accesses.get_mut(place)) {
            access.resource = name.arn(self.context());
            let function = self.records().get(&name.name);
            access.policy = function.as_ref().and_then(|function| {
                let statements = function.policies.get(name.qualifier.as_deref().unwrap_or_default())?;
                Some(state::document(statements, &access.resource).into())
            });
            urls::leave::tell(asking, &name, function.as_deref(), access);
        }
        if let Some(arn) = durable::named(self.context(), asking)
            && let Some(access) = accesses.first_mut()
        {
            access.resource = arn;
        }
        // AWS: versions and aliases have the tags of their function.
        let of_functions = |access: &&mut Access| {
            access.action.starts_with("lambda:") && access.resource.contains(":function:")
        };
        for access in accesses.iter_mut().filter(of_functions) {
            let name = FunctionName::parse(self.context(), &access.resource, None).ok();
            if let Some(function) = name.and_then(|name| self.records().get(&name.name)) {
                access.tell_tags(function.tags.clone());
            }
        }
        for access in &mut accesses {
            if let Ok((_, found)) = ops::find_code_signing(self, &access.resource) {
                access.tell_tags(found.tags.clone());
            }
        }
        accesses
    }
}
