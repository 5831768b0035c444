//! PublishVersion.

use cloud_core::{AwsError, Caller, Maker};

use super::{describe, gone};
use crate::Lambda;
use crate::shapes::{Code, FunctionConfiguration, PublishVersionRequest};

pub(crate) async fn publish_version(
    service: &Lambda,
    _caller: &Caller,
    input: PublishVersionRequest,
) -> Result<FunctionConfiguration, AwsError> {
    publish(service, input, Maker::NOBODY).await
}

/// Publishes a version. One that the same step published before is the answer once more.
pub(crate) async fn publish(
    service: &Lambda,
    input: PublishVersionRequest,
    step: Maker,
) -> Result<FunctionConfiguration, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    let name = function.name.clone();
    let revisions = service.revisions();
    let (function, version) = service
        .records()
        .change(&name, |function| {
            let mut function = function.cloned().ok_or_else(|| gone(service, &name))?;
            function.expect_revision(input.revision_id.as_deref())?;
            service.versions().expect_settled(&name)?;
            let current = function.latest.configuration.code_sha256.as_deref().unwrap_or_default();
            if input.code_sha256.as_deref().is_some_and(|wanted| wanted != current) {
                return Err(Code::InvalidParameterValueException.error(format!(
                    "CodeSHA256 ({}) is different from current CodeSHA256 in $LATEST ({current}). Please try again \
                     with the CodeSHA256 in $LATEST.",
                    input.code_sha256.unwrap_or_default()
                )));
            }
            let version = if step == Maker::NOBODY {
                function.publish(input.description, revisions)
            } else {
                function.publish_for(&step, input.description, revisions)?
            };
            Ok((Some(function), version))
        })
        .await?;
    let function = function.ok_or_else(|| gone(service, &name))?;
    Ok(describe(service, &function, &version, version.configuration.version.as_deref()))
}
