//! GetLayerVersion and GetLayerVersionByArn.

use cloud_core::{AwsError, Caller};

use crate::Lambda;
use crate::names::{LayerName, LayerVersionName, layer::not_found};
use crate::shapes::{
    Architecture, GetLayerVersionByArnRequest, GetLayerVersionRequest, GetLayerVersionResponse,
    LayerVersionContentOutput, Runtime,
};

pub(crate) async fn get_layer_version(
    service: &Lambda,
    caller: &Caller,
    input: GetLayerVersionRequest,
) -> Result<GetLayerVersionResponse, AwsError> {
    let layer = LayerName::parse(service.context(), &input.layer_name)?;
    describe(service, caller, &layer.version(input.version_number)?).await
}

pub(crate) async fn get_layer_version_by_arn(
    service: &Lambda,
    caller: &Caller,
    input: GetLayerVersionByArnRequest,
) -> Result<GetLayerVersionResponse, AwsError> {
    let named = LayerVersionName::parse(&input.arn).ok_or_else(not_found)?;
    describe(service, caller, &named).await
}

async fn describe(
    service: &Lambda,
    caller: &Caller,
    named: &LayerVersionName,
) -> Result<GetLayerVersionResponse, AwsError> {
    let head = service.layer_head(caller, named).await?;
    let runtimes = head.runtimes.iter().map(|name| Runtime::from(name.as_str()));
    let architectures = head.architectures.iter().map(|name| Architecture::from(name.as_str()));
    Ok(GetLayerVersionResponse {
        content: Some(LayerVersionContentOutput {
            location: head.location,
            code_sha256: Some(head.sha256),
            code_size: Some(head.size as i64),
            ..LayerVersionContentOutput::default()
        }),
        layer_arn: Some(named.layer.arn.to_string()),
        layer_version_arn: Some(named.arn()),
        description: Some(head.description),
        created_date: Some(head.created),
        version: Some(named.number as i64),
        compatible_runtimes: Some(runtimes.collect()),
        license_info: head.license,
        compatible_architectures: Some(architectures.collect()),
    })
}
