//! What CloudFormation may make of this service.

mod alias;
mod function;
mod permission;
mod properties;
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
