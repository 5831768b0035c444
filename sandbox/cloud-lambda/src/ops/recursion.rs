//! PutFunctionRecursionConfig and GetFunctionRecursionConfig.

use cloud_core::{AwsError, Caller};

use super::gone;
use crate::Lambda;
use crate::shapes::{
    GetFunctionRecursionConfigRequest, GetFunctionRecursionConfigResponse, PutFunctionRecursionConfigRequest,
    PutFunctionRecursionConfigResponse, RecursiveLoop,
};

pub(crate) async fn put_function_recursion_config(
    service: &Lambda,
    _caller: &Caller,
    input: PutFunctionRecursionConfigRequest,
) -> Result<PutFunctionRecursionConfigResponse, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    set(service, &function.name, input.recursive_loop == RecursiveLoop::Allow).await?;
    Ok(PutFunctionRecursionConfigResponse { recursive_loop: Some(input.recursive_loop) })
}

// AWS: "Terminate" where nothing was said.
pub(crate) async fn get_function_recursion_config(
    service: &Lambda,
    _caller: &Caller,
    input: GetFunctionRecursionConfigRequest,
) -> Result<GetFunctionRecursionConfigResponse, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    let recursive_loop = if function.loops { RecursiveLoop::Allow } else { RecursiveLoop::Terminate };
    Ok(GetFunctionRecursionConfigResponse { recursive_loop: Some(recursive_loop) })
}

/// Says whether an event may lead to the function again and again.
pub(crate) async fn set(service: &Lambda, name: &str, loops: bool) -> Result<(), AwsError> {
    let set = |function: Option<&crate::state::Function>| {
        let mut function = function.cloned().ok_or_else(|| gone(service, name))?;
        function.loops = loops;
        Ok((Some(function), ()))
    };
    service.records().change(name, set).await?;
    Ok(())
}
