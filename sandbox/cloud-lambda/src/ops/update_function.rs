//! UpdateFunctionCode and UpdateFunctionConfiguration.

use std::sync::Arc;

use cloud_core::event::Change;
use cloud_core::{AwsError, Caller, Context};

use super::create_function::take_package;
use super::describe::{begin, describe};
use crate::Lambda;
use crate::limits;
use crate::packages::{Unpacked, code_sha256};
use crate::serving::Pending;
use crate::shapes::{
    EnvironmentResponse, FunctionCode, FunctionConfiguration, SnapStartOptimizationStatus, SnapStartResponse,
    TracingConfigResponse, UpdateFunctionCodeRequest, UpdateFunctionConfigurationRequest,
};
use crate::state::{Function, Stamp, Version};

pub(crate) async fn update_function_code(
    service: &Lambda,
    _caller: &Caller,
    input: UpdateFunctionCodeRequest,
) -> Result<FunctionConfiguration, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    function.expect_revision(input.revision_id.as_deref())?;
    service.serving().expect_settled(&function.name)?;
    let code = FunctionCode {
        zip_file: input.zip_file,
        s3_bucket: input.s3_bucket,
        s3_key: input.s3_key,
        s3_object_version: input.s3_object_version,
        image_uri: input.image_uri,
        ..FunctionCode::default()
    };
    let kept = take_package(service, &function.name, code).await?;
    let package = kept.package.clone();
    let change = |latest: &mut Version| {
        latest.configuration.code_size = Some(package.size as i64);
        latest.configuration.code_sha256 = Some(code_sha256(&package.hash));
        if let Some(architectures) = input.architectures {
            latest.configuration.architectures = Some(architectures);
        }
        latest.package = package;
    };
    if input.dry_run == Some(true) {
        let mut would_be = (*function).clone();
        change(&mut would_be.latest);
        return Ok(describe(service, &would_be, &would_be.latest, None));
    }
    let publish = input.publish == Some(true);
    let revision = service.revision();
    let seen = input.revision_id.as_deref();
    let (function, published) = update(service, &function.name, seen, kept.unpacked(), |function, stamp| {
        change(&mut function.latest);
        function.touch(stamp);
        Ok(publish.then(|| function.publish(None, revision)))
    })
    .await?;
    let Some(version) = published else { return Ok(describe(service, &function, &function.latest, None)) };
    // AWS: a version that comes with new code begins as a new function does.
    let mut answer = describe(service, &function, &version, version.configuration.version.as_deref());
    begin(&mut answer);
    Ok(answer)
}

pub(crate) async fn update_function_configuration(
    service: &Lambda,
    _caller: &Caller,
    input: UpdateFunctionConfigurationRequest,
) -> Result<FunctionConfiguration, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    super::refused::of_update(&input)?;
    let seen = input.revision_id.clone();
    let context = service.context();
    let (function, ()) = update(service, &function.name, seen.as_deref(), None, |function, stamp| {
        let name = function.name.clone();
        apply(context, &mut function.latest.configuration, &name, input)?;
        function.touch(stamp);
        Ok(())
    })
    .await?;
    Ok(describe(service, &function, &function.latest, None))
}

/// Changes `$LATEST`, keeps it and makes it ready.
async fn update<T>(
    service: &Lambda,
    name: &str,
    seen: Option<&str>,
    unpacked: Option<Arc<Unpacked>>,
    change: impl FnOnce(&mut Function, &Stamp) -> Result<T, AwsError>,
) -> Result<(Arc<Function>, T), AwsError> {
    let stamp = service.stamp();
    let before = service.records().get(name);
    let (function, result) = service
        .records()
        .change(name, |function| {
            let mut function = function.cloned().ok_or_else(|| super::gone(service, name))?;
            function.expect_revision(seen)?;
            service.serving().expect_settled(name)?;
            let result = change(&mut function, &stamp)?;
            Ok((Some(function), result))
        })
        .await?;
    let function = function.ok_or_else(|| super::gone(service, name))?;
    service.make_ready(Arc::clone(&function), Pending::Updating, before.as_deref(), unpacked);
    service.announce(name, Change::Updated);
    Ok((function, result))
}

fn apply(
    context: &Context,
    configuration: &mut FunctionConfiguration,
    name: &str,
    input: UpdateFunctionConfigurationRequest,
) -> Result<(), AwsError> {
    set(&mut configuration.role, input.role.map(|role| limits::role(context, role)).transpose()?);
    set(&mut configuration.handler, input.handler);
    set(&mut configuration.description, input.description);
    set(&mut configuration.timeout, input.timeout.map(limits::timeout).transpose()?);
    set(&mut configuration.memory_size, input.memory_size.map(limits::memory).transpose()?);
    if let Some(runtime) = input.runtime {
        let runtime = limits::runtime(runtime)?;
        configuration.runtime_version_config = Some(limits::runtime_version(context, runtime.as_str()));
        configuration.runtime = Some(runtime);
    }
    set(&mut configuration.dead_letter_config, input.dead_letter_config);
    set(&mut configuration.ephemeral_storage, input.ephemeral_storage);
    if let Some(environment) = input.environment {
        let variables = limits::environment(environment.variables.unwrap_or_default())?;
        let given = !variables.is_empty();
        configuration.environment =
            given.then_some(EnvironmentResponse { variables: Some(variables), error: None });
    }
    if let Some(tracing) = input.tracing_config {
        configuration.tracing_config = Some(TracingConfigResponse { mode: tracing.mode });
    }
    if let Some(snap) = input.snap_start {
        configuration.snap_start = Some(SnapStartResponse {
            apply_on: snap.apply_on,
            optimization_status: Some(SnapStartOptimizationStatus::Off),
        });
    }
    if input.layers.is_some() {
        // Only an empty list comes this far; kept layers are of before they were refused.
        configuration.layers = None;
    }
    if let Some(wanted) = input.logging_config {
        configuration.logging_config =
            Some(limits::logging(name, configuration.logging_config.take(), wanted)?);
    }
    Ok(())
}

/// What is not given stays.
fn set<T>(member: &mut Option<T>, given: Option<T>) {
    if given.is_some() {
        *member = given;
    }
}
