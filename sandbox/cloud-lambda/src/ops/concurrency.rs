//! PutFunctionConcurrency, GetFunctionConcurrency, DeleteFunctionConcurrency.

use cloud_core::{AwsError, Caller};

use super::gone;
use super::provisioned_concurrency::others;
use crate::Lambda;
use crate::quotas::{CONCURRENCY, UNRESERVED};
use crate::shapes::{
    Concurrency, DeleteFunctionConcurrencyRequest, GetFunctionConcurrencyRequest,
    GetFunctionConcurrencyResponse, PutFunctionConcurrencyRequest,
};

pub(crate) async fn put_function_concurrency(
    service: &Lambda,
    _caller: &Caller,
    input: PutFunctionConcurrencyRequest,
) -> Result<Concurrency, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    let wanted = input.reserved_concurrent_executions;
    let others = others(service, &function.name);
    if wanted.saturating_add(others) > CONCURRENCY - UNRESERVED {
        // AWS: this one does not say whose fault it is.
        return Err(AwsError::new(
            "InvalidParameterValueException",
            format!(
                "Specified ReservedConcurrentExecutions for function decreases account's \
             UnreservedConcurrentExecution below its minimum value of [{UNRESERVED}]."
            ),
        ));
    }
    set(service, &function.name, Some(wanted)).await?;
    Ok(Concurrency { reserved_concurrent_executions: Some(wanted) })
}

pub(crate) async fn get_function_concurrency(
    service: &Lambda,
    _caller: &Caller,
    input: GetFunctionConcurrencyRequest,
) -> Result<GetFunctionConcurrencyResponse, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    Ok(GetFunctionConcurrencyResponse { reserved_concurrent_executions: function.reserved })
}

pub(crate) async fn delete_function_concurrency(
    service: &Lambda,
    _caller: &Caller,
    input: DeleteFunctionConcurrencyRequest,
) -> Result<(), AwsError> {
    let function = service.find_whole(&input.function_name)?;
    set(service, &function.name, None).await
}

pub(crate) async fn set(service: &Lambda, name: &str, reserved: Option<i32>) -> Result<(), AwsError> {
    service
        .records()
        .change(name, |function| {
            let mut function = function.cloned().ok_or_else(|| gone(service, name))?;
            let provisioned = function.provisioned_in_all();
            if let Some(reserved) = reserved.filter(|reserved| *reserved < provisioned) {
                // AWS: nor does this one, and it has these spaces.
                return Err(AwsError::new(
                    "InvalidParameterValueException",
                    format!(
                        " ReservedConcurrentExecutions  {reserved} should not be lower than function's total provisioned \
                         concurrency [{provisioned}]."
                    ),
                ));
            }
            function.reserved = reserved;
            Ok((Some(function), ()))
        })
        .await?;
    Ok(())
}
