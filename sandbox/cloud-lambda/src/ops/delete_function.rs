//! DeleteFunction.

use cloud_core::event::Change;
use cloud_core::{AwsError, Caller};

use super::gone;
use crate::Lambda;
use crate::names::{FunctionName, LATEST};
use crate::shapes::{Code, DeleteFunctionRequest, DeleteFunctionResponse};
use crate::state::Function;

pub(crate) async fn delete_function(
    service: &Lambda,
    _caller: &Caller,
    input: DeleteFunctionRequest,
) -> Result<DeleteFunctionResponse, AwsError> {
    let name = FunctionName::parse(service.context(), &input.function_name, input.qualifier.as_deref())?;
    let refused = |text: &str| Code::InvalidParameterValueException.error(text);
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
    let delete = |function: Option<&Function>| {
        let function = function.ok_or_else(|| gone(service, name))?;
        Ok((None, function.packages().map(str::to_owned).collect()))
    };
    let (owner, deleted) = (service.clone(), name.to_owned());
    let retiring = service.records().change_then(name, delete, move |_, packages| {
        owner.announce(&deleted, Change::Deleted);
        owner.forget(&deleted, None, packages)
    });
    retiring.await?.await.map_err(AwsError::internal)
}

async fn delete_version(service: &Lambda, name: &str, number: u64, arn: &str) -> Result<(), AwsError> {
    let remove = |function: Option<&Function>| {
        let mut function = function.cloned().ok_or_else(|| gone(service, name))?;
        let removed = function.remove_version(number, arn)?;
        let packages = removed.iter().flat_map(|version| version.packages().map(str::to_owned)).collect();
        Ok((Some(function), packages))
    };
    let (owner, of) = (service.clone(), name.to_owned());
    let retiring = service
        .records()
        .change_then(name, remove, move |_, packages| owner.forget(&of, Some(&number.to_string()), packages));
    retiring.await?.await.map_err(AwsError::internal)
}
