//! DeleteFunction.

use cloud_core::event::Change;
use cloud_core::{AwsError, Caller};

use super::gone;
use crate::Lambda;
use crate::names::{FunctionName, LATEST};
use crate::shapes::{Code, DeleteFunctionRequest, DeleteFunctionResponse};

pub(crate) async fn delete_function(
    service: &Lambda,
    _caller: &Caller,
    input: DeleteFunctionRequest,
) -> Result<DeleteFunctionResponse, AwsError> {
    let name = FunctionName::parse(service.context(), &input.function_name, input.qualifier.as_deref())?;
    let refused = |text: &str| Code::InvalidParameterValueException.error(text).with("Type", "User");
    // AWS: what the qualifier is is looked at before whether there is such a function, and a function that is not there is
    // named without it.
    let number = match name.qualifier.as_deref() {
        None => None,
        Some(LATEST) => {
            return Err(refused("$LATEST version cannot be deleted without deleting the function."));
        }
        Some(text) => match text.parse::<u64>() {
            Ok(number) => Some(number),
            Err(_) if text.contains('$') => return Err(gone(service, &name.name)),
            Err(_) => return Err(refused("Deletion of aliases is not currently supported.")),
        },
    };
    service.records().get(&name.name).ok_or_else(|| gone(service, &name.name))?;
    match number {
        None => delete_all(service, &name.name).await?,
        Some(number) => delete_version(service, &name.name, number, &name.arn(service.context())).await?,
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
