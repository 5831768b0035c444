//! DeleteFunction.

use cloud_core::event::Change;
use cloud_core::{AwsError, Caller};

use super::gone;
use crate::Lambda;
use crate::names::LATEST;
use crate::shapes::{Code, DeleteFunctionRequest, DeleteFunctionResponse};

pub(crate) async fn delete_function(
    service: &Lambda,
    _caller: &Caller,
    input: DeleteFunctionRequest,
) -> Result<DeleteFunctionResponse, AwsError> {
    let (name, function) = service.find(&input.function_name, input.qualifier.as_deref())?;
    match name.qualifier.as_deref() {
        None => delete_all(service, &function.name).await?,
        Some(LATEST) => {
            return Err(Code::InvalidParameterValueException
                .error("$LATEST version cannot be deleted without deleting the function."));
        }
        Some(version) => {
            let number = version.parse::<u64>().map_err(|_| {
                Code::InvalidParameterValueException.error("Deletion of aliases is not currently supported.")
            })?;
            delete_version(service, &function.name, number, &name.arn(service.context())).await?;
        }
    }
    Ok(DeleteFunctionResponse { status_code: Some(204) })
}

async fn delete_all(service: &Lambda, name: &str) -> Result<(), AwsError> {
    let (_, packages) = service
        .records()
        .change(name, |function| {
            let function = function.ok_or_else(|| gone(service, name))?;
            Ok((None, function.packages().map(str::to_owned).collect()))
        })
        .await?;
    let keys = service.serving().keys(name);
    service.serving().forget(name, None);
    service.retire(keys).await;
    service.collect(packages);
    service.announce(name, Change::Deleted);
    Ok(())
}

async fn delete_version(service: &Lambda, name: &str, number: u64, arn: &str) -> Result<(), AwsError> {
    let (_, packages) = service
        .records()
        .change(name, |function| {
            let mut function = function.cloned().ok_or_else(|| gone(service, name))?;
            let packages = function.packages().map(str::to_owned).collect();
            function.remove_version(number, arn)?;
            Ok((Some(function), packages))
        })
        .await?;
    let version = number.to_string();
    let keys = service.serving().keys(name).into_iter().filter(|key| key.version == version).collect();
    service.serving().forget(name, Some(&version));
    service.retire(keys).await;
    service.collect(packages);
    Ok(())
}
