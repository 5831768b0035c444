//! PutFunctionCodeSigningConfig, GetFunctionCodeSigningConfig, DeleteFunctionCodeSigningConfig, ListFunctionsByCodeSigningConfig;
//! and what a configuration means when code is deployed.

use cloud_core::{AwsError, Caller, page};

use super::{MOST, find_code_signing, gone};
use crate::Lambda;
use crate::names::function_arn;
use crate::records::{id_in, no_configuration};
use crate::shapes::{
    Code, DeleteFunctionCodeSigningConfigRequest, GetFunctionCodeSigningConfigRequest,
    GetFunctionCodeSigningConfigResponse, ListFunctionsByCodeSigningConfigRequest,
    ListFunctionsByCodeSigningConfigResponse, PutFunctionCodeSigningConfigRequest,
    PutFunctionCodeSigningConfigResponse,
};
use crate::state::Function;

/// AWS: "The changes take effect the next time a user tries to deploy a code package to the function."
pub(crate) async fn put_function_code_signing_config(
    service: &Lambda,
    _caller: &Caller,
    input: PutFunctionCodeSigningConfigRequest,
) -> Result<PutFunctionCodeSigningConfigResponse, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    let arn = input.code_signing_config_arn;
    set(service, &function.name, Some(arn.clone())).await?;
    Ok(PutFunctionCodeSigningConfigResponse {
        code_signing_config_arn: arn,
        function_name: function.name.clone(),
    })
}

pub(crate) async fn get_function_code_signing_config(
    service: &Lambda,
    _caller: &Caller,
    input: GetFunctionCodeSigningConfigRequest,
) -> Result<GetFunctionCodeSigningConfigResponse, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    Ok(GetFunctionCodeSigningConfigResponse {
        code_signing_config_arn: function.code_signing.clone(),
        function_name: function.name.clone(),
    })
}

pub(crate) async fn delete_function_code_signing_config(
    service: &Lambda,
    _caller: &Caller,
    input: DeleteFunctionCodeSigningConfigRequest,
) -> Result<(), AwsError> {
    let function = service.find_whole(&input.function_name)?;
    set(service, &function.name, None).await
}

pub(crate) async fn list_functions_by_code_signing_config(
    service: &Lambda,
    _caller: &Caller,
    input: ListFunctionsByCodeSigningConfigRequest,
) -> Result<ListFunctionsByCodeSigningConfigResponse, AwsError> {
    let arn = input.code_signing_config_arn;
    find_code_signing(service, &arn)?;
    let size = page::size(input.max_items, MOST);
    let names = service.records().functions_with(&arn, input.marker.as_deref(), size + 1).await?;
    let items = names.into_iter().map(|name| {
        let arn = function_arn(service.context(), &name).to_string();
        (name, arn)
    });
    let (arns, next_marker) = page::page(items, None::<&str>, size);
    Ok(ListFunctionsByCodeSigningConfigResponse { next_marker, function_arns: Some(arns) })
}

/// Sets or takes away the configuration of a function.
pub(crate) async fn set(service: &Lambda, name: &str, arn: Option<String>) -> Result<(), AwsError> {
    if let Some(arn) = &arn {
        find_code_signing(service, arn).map_err(|_| no_configuration(arn))?;
    }
    let set = |function: Option<&Function>| {
        let mut function = function.cloned().ok_or_else(|| gone(service, name))?;
        function.code_signing = arn;
        Ok((Some(function), ()))
    };
    service.records().change(name, set).await?;
    Ok(())
}

/// Fails where a function with that configuration is not to be given code, or a layer, that nobody signed.
// LIMIT: there is no AWS Signer, and nobody's signature is known: every package is one that nobody signed.
pub(crate) fn expect_signed(service: &Lambda, name: &str, arn: Option<&str>) -> Result<(), AwsError> {
    let Some(arn) = arn.filter(|arn| !arn.is_empty()) else { return Ok(()) };
    let found = service.records().code_signing(id_in(arn)).ok_or_else(|| no_configuration(arn))?;
    if !found.enforces() {
        return Ok(());
    }
    Err(Code::CodeVerificationFailedException.error(format!(
        "Lambda cannot deploy the function. The function or layer might be signed using a signature that the client is not \
         configured to accept. Check the provided signature for {name}."
    )))
}
