//! GetFunction and GetFunctionConfiguration.

use std::sync::Arc;

use cloud_core::{AwsError, Caller};

use super::describe;
use crate::Lambda;
use crate::shapes::{
    Concurrency, FunctionCodeLocation, FunctionConfiguration, GetFunctionConfigurationRequest,
    GetFunctionRequest, GetFunctionResponse,
};
use crate::state::Function;

pub(crate) async fn get_function(
    service: &Lambda,
    _caller: &Caller,
    input: GetFunctionRequest,
) -> Result<GetFunctionResponse, AwsError> {
    let (function, hash, configuration) = look_up(service, &input.function_name, input.qualifier.as_deref())?;
    Ok(GetFunctionResponse {
        configuration: Some(configuration),
        code: Some(FunctionCodeLocation {
            repository_type: Some("S3".into()),
            location: service.signer().address(service.context(), &hash),
            ..FunctionCodeLocation::default()
        }),
        tags: (!function.tags.is_empty()).then(|| function.tags.clone()),
        concurrency: function
            .reserved
            .map(|reserved| Concurrency { reserved_concurrent_executions: Some(reserved) }),
        ..GetFunctionResponse::default()
    })
}

pub(crate) async fn get_function_configuration(
    service: &Lambda,
    _caller: &Caller,
    input: GetFunctionConfigurationRequest,
) -> Result<FunctionConfiguration, AwsError> {
    Ok(look_up(service, &input.function_name, input.qualifier.as_deref())?.2)
}

/// The function, the hash of the version's package, and the version as answers show it.
fn look_up(
    service: &Lambda,
    name: &str,
    qualifier: Option<&str>,
) -> Result<(Arc<Function>, String, FunctionConfiguration), AwsError> {
    let (name, function) = service.find(name, qualifier)?;
    let (_, version) =
        function.resolve(name.qualifier(), 1.0).ok_or_else(|| name.not_found(service.context()))?;
    let configuration = describe(service, &function, version, name.qualifier.as_deref());
    let hash = version.package.hash.clone();
    Ok((function, hash, configuration))
}
