//! PublishLayerVersion.

use cloud_core::{AwsError, Caller, Maker};

use super::create_function::take_package;
use crate::Lambda;
use crate::layers::version_arn;
use crate::names::LayerName;
use crate::packages::code_sha256;
use crate::shapes::{
    Code, FunctionCode, LayerVersionContentOutput, PublishLayerVersionRequest, PublishLayerVersionResponse,
};
use crate::state::LayerVersion;

pub(crate) async fn publish_layer_version(
    service: &Lambda,
    caller: &Caller,
    input: PublishLayerVersionRequest,
) -> Result<PublishLayerVersionResponse, AwsError> {
    publish_layer(service, caller, input, Maker::NOBODY).await
}

/// Publishes a version of a layer. One that the same step published before is the answer once more.
pub(crate) async fn publish_layer(
    service: &Lambda,
    caller: &Caller,
    input: PublishLayerVersionRequest,
    step: Maker,
) -> Result<PublishLayerVersionResponse, AwsError> {
    let layer = LayerName::own(service.context(), &input.layer_name)?;
    let content = input.content;
    if content.zip_file.is_none() && content.s3_bucket.is_none() && content.s3_key.is_none() {
        // LIMIT: the text is ours.
        return Err(Code::InvalidParameterValueException.error("Please provide a source for layer content."));
    }
    let code = FunctionCode {
        zip_file: content.zip_file,
        s3_bucket: content.s3_bucket,
        s3_key: content.s3_key,
        s3_object_version: content.s3_object_version,
        ..FunctionCode::default()
    };
    let kept = take_package(service, caller, &layer.name, code).await?;
    let version = LayerVersion {
        package: kept.package.clone(),
        description: input.description.unwrap_or_default(),
        created: service.stamp().last_modified(),
        runtimes: input.compatible_runtimes.unwrap_or_default(),
        architectures: input.compatible_architectures.unwrap_or_default(),
        license: input.license_info,
        policy: Vec::new(),
        revision: service.revision(),
        made_by: step,
    };
    let (number, version) = service.records().publish_layer(&layer.name, version).await?;
    Ok(describe(service, &layer, number, &version))
}

fn describe(
    service: &Lambda,
    layer: &LayerName,
    number: u64,
    version: &LayerVersion,
) -> PublishLayerVersionResponse {
    PublishLayerVersionResponse {
        content: Some(LayerVersionContentOutput {
            location: service.signer().address(service.context(), &version.package.hash),
            code_sha256: Some(code_sha256(&version.package.hash)),
            code_size: Some(version.package.size as i64),
            ..LayerVersionContentOutput::default()
        }),
        layer_arn: Some(layer.arn.to_string()),
        layer_version_arn: Some(version_arn(layer, number)),
        description: Some(version.description.clone()),
        created_date: Some(version.created.clone()),
        version: Some(number as i64),
        compatible_runtimes: Some(version.runtimes.clone()),
        license_info: version.license.clone(),
        compatible_architectures: Some(version.architectures.clone()),
    }
}
