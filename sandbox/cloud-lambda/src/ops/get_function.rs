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
    let (function, configuration) = look_up(service, &input.function_name, input.qualifier.as_deref())?;
    Ok(GetFunctionResponse {
        configuration: Some(configuration),
        // LIMIT: AWS gives an address at which the package can be fetched for ten minutes.
        code: Some(FunctionCodeLocation {
            repository_type: Some("S3".into()),
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
    Ok(look_up(service, &input.function_name, input.qualifier.as_deref())?.1)
}

fn look_up(
    service: &Lambda,
    name: &str,
    qualifier: Option<&str>,
) -> Result<(Arc<Function>, FunctionConfiguration), AwsError> {
    let (name, function) = service.find(name, qualifier)?;
    let (_, version) =
        function.resolve(name.qualifier(), 1.0).ok_or_else(|| name.not_found(service.context()))?;
    let configuration = describe(service, &function, version, name.qualifier.as_deref());
    Ok((function, configuration))
}
