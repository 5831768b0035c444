//! What CloudFormation may make of this service.

mod alias;
mod code_signing_config;
mod event_invoke_config;
mod event_source_mapping;
mod function;
mod layer_version;
mod layer_version_permission;
mod permission;
mod properties;
mod url;
mod version;

use std::sync::Arc;

use cloud_core::{Caller, RequestId, ResourceProvider};

use crate::Lambda;

/// One provider for each type.
pub(crate) fn providers(service: &Lambda) -> Vec<Arc<dyn ResourceProvider>> {
    vec![
        Arc::new(function::FunctionProvider(service.clone())),
        Arc::new(permission::PermissionProvider(service.clone())),
        Arc::new(version::VersionProvider(service.clone())),
        Arc::new(alias::AliasProvider(service.clone())),
        Arc::new(event_source_mapping::MappingProvider(service.clone())),
        Arc::new(event_invoke_config::EventInvokeConfigProvider(service.clone())),
        Arc::new(url::UrlProvider(service.clone())),
        Arc::new(layer_version::LayerVersionProvider(service.clone())),
        Arc::new(layer_version_permission::LayerVersionPermissionProvider(service.clone())),
        Arc::new(code_signing_config::CodeSigningConfigProvider(service.clone())),
    ]
}

/// CloudFormation calls the operations as the account itself.
fn caller(service: &Lambda) -> Caller {
    let context = service.context();
    Caller::root(context.account(), context.region(), RequestId::random(context.entropy()))
}

/// Whether an operation found nothing: fine for whoever wants to delete.
fn is_missing(error: &cloud_core::AwsError) -> bool {
    error.code() == "ResourceNotFoundException"
}
