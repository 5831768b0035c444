//! UpdateFunctionCode and UpdateFunctionConfiguration.

use std::sync::Arc;

use cloud_core::event::Change;
use cloud_core::{AwsError, Caller, Context};

use super::create_function::take_package;
use super::{Origin, describe, expect_signed, idle};
use crate::Lambda;
use crate::destinations::check_dead_letters;
use crate::layers::{Layers, expect_room};
use crate::leave;
use crate::limits;
use crate::packages::{Unpacked, code_sha256};
use crate::ready_versions::Pending;
use crate::shapes::{
    Code, EnvironmentResponse, FunctionCode, FunctionConfiguration, TracingConfigResponse,
    UpdateFunctionCodeRequest, UpdateFunctionConfigurationRequest,
};
use crate::state::{Function, RuntimeManagement, Stamp, Version};

pub(crate) async fn update_function_code(
    service: &Lambda,
    caller: &Caller,
    input: UpdateFunctionCodeRequest,
) -> Result<FunctionConfiguration, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    function.expect_revision(input.revision_id.as_deref())?;
    service.versions().expect_settled(&function.name)?;
    if input.image_uri.is_some() {
        let message = "Please don't provide ImageUri when updating a function with packageType Zip.";
        return Err(Code::InvalidParameterValueException.error(message));
    }
    super::refused::of_code(input.source_kms_key_arn.as_deref(), input.publish_to.is_some())?;
    let code = FunctionCode {
        zip_file: input.zip_file,
        s3_bucket: input.s3_bucket,
        s3_key: input.s3_key,
        s3_object_version: input.s3_object_version,
        ..FunctionCode::default()
    };
    expect_signed(service, &function.name, function.code_signing.as_deref())?;
    let kept = take_package(service, caller, &function.name, code).await?;
    let package = kept.package.clone();
    let package_size = kept.unpacked().size();
    expect_room(package_size, &function.latest.layers)?;
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
    let revisions = service.revisions();
    let seen = input.revision_id.as_deref();
    update(service, &function.name, seen, Some(kept.unpacked()), |function, stamp| {
        // Other layers may have come meanwhile.
        expect_room(package_size, &function.latest.layers)?;
        change(&mut function.latest);
        function.touch(stamp);
        Ok(publish.then(|| function.publish(None, revisions)))
    })
    .await
}

pub(crate) async fn update_function_configuration(
    service: &Lambda,
    caller: &Caller,
    input: UpdateFunctionConfigurationRequest,
) -> Result<FunctionConfiguration, AwsError> {
    let mut idle = idle::of_request(input.tracing_config.as_ref(), input.snap_start.as_ref());
    let answer = reconfigure(service, caller, input, Origin::Request).await?;
    idle.extend(idle::of_layers(service, &answer).await);
    cloud_wire::response_headers::without_effect(&idle);
    Ok(answer)
}

/// Changes the configuration of `$LATEST`.
pub(crate) async fn reconfigure(
    service: &Lambda,
    caller: &Caller,
    mut input: UpdateFunctionConfigurationRequest,
    origin: Origin<'_>,
) -> Result<FunctionConfiguration, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    super::refused::of_update(&input)?;
    let layers = match input.layers.take() {
        Some(arns) => Some(relay(service, caller, &function, &arns).await?),
        None => None,
    };
    let context = service.context();
    expect_role(context, &function, &input).await?;
    let seen = input.revision_id.clone();
    update(service, &function.name, seen.as_deref(), None, |function, stamp| {
        let name = function.name.clone();
        let runtime = function.latest.configuration.runtime.clone();
        apply(context, &mut function.latest.configuration, &name, input, origin)?;
        if function.latest.configuration.runtime != runtime {
            // The version of a runtime that it was to stay with is none of another's.
            function.latest.runtime_management = RuntimeManagement::default();
        }
        if let Some(layers) = &layers {
            // Other code may have come meanwhile.
            layers.expect_room(function.latest.package.unzipped.unwrap_or(0))?;
            function.latest.layers.clone_from(&layers.laid);
        }
        function.touch(stamp);
        Ok(None)
    })
    .await
}

/// Fails where Lambda may not become the role, or the role may not send dead letters, as they would be.
async fn expect_role(
    context: &Context,
    function: &Function,
    input: &UpdateFunctionConfigurationRequest,
) -> Result<(), AwsError> {
    if let Some(role) = &input.role {
        leave::expect_trust(context, role, &function.name).await?;
    }
    let present = &function.latest.configuration;
    let role = input.role.as_deref().or(present.role.as_deref());
    let given = input.dead_letter_config.as_ref().and_then(|wanted| wanted.target_arn.as_deref());
    let kept = present.dead_letter_config.as_ref().and_then(|kept| kept.target_arn.as_deref());
    match given.or(kept.filter(|_| input.role.is_some())).filter(|target| !target.is_empty()) {
        Some(target) => check_dead_letters(context, &function.name, role, target).await,
        None => Ok(()),
    }
}

/// The layers that a function is to have in place of those that it has.
async fn relay(
    service: &Lambda,
    caller: &Caller,
    function: &Function,
    arns: &[String],
) -> Result<Layers, AwsError> {
    let layers = service.lay(caller, &function.name, arns).await?;
    if layers.laid.is_empty() {
        return Ok(layers);
    }
    expect_signed(service, &function.name, function.code_signing.as_deref())?;
    // Records from before this was kept do not say what their code unpacks to.
    let package = &function.latest.package;
    let code = match package.unzipped {
        Some(size) => size,
        None => service.packages().unpacked(package).await?.size(),
    };
    layers.expect_room(code)?;
    Ok(layers)
}

/// Changes `$LATEST`, keeps it and makes it ready. The answer is the version that the change published, else `$LATEST`.
async fn update(
    service: &Lambda,
    name: &str,
    seen: Option<&str>,
    unpacked: Option<Arc<Unpacked>>,
    change: impl FnOnce(&mut Function, &Stamp) -> Result<Option<Arc<Version>>, AwsError>,
) -> Result<FunctionConfiguration, AwsError> {
    let stamp = service.stamp();
    let before = service.records().get(name);
    let change = |function: Option<&Function>| {
        let mut function = function.cloned().ok_or_else(|| super::gone(service, name))?;
        function.expect_revision(seen)?;
        service.versions().expect_settled(name)?;
        let published = change(&mut function, &stamp)?;
        Ok((Some(function), published))
    };
    let maker = service.clone();
    let answer = service.records().change_then(name, change, move |function, published| {
        let function = function?;
        maker.begin(&function, Pending::Updating, published.as_deref());
        let number = published.as_ref().and_then(|version| version.configuration.version.as_deref());
        let answer = describe(&maker, &function, published.as_deref().unwrap_or(&function.latest), number);
        maker.announce(&function.name, Change::Updated);
        let replaced = before.iter().flat_map(|before| before.latest.packages().map(str::to_owned));
        maker.make_ready(function, replaced.collect(), unpacked);
        Some(answer)
    });
    answer.await?.ok_or_else(|| super::gone(service, name))
}

fn apply(
    context: &Context,
    configuration: &mut FunctionConfiguration,
    name: &str,
    input: UpdateFunctionConfigurationRequest,
    origin: Origin<'_>,
) -> Result<(), AwsError> {
    set(&mut configuration.role, input.role.map(|role| limits::role(context, role, origin)).transpose()?);
    set(&mut configuration.handler, input.handler);
    set(&mut configuration.description, input.description);
    set(&mut configuration.timeout, input.timeout.map(limits::timeout).transpose()?);
    set(&mut configuration.memory_size, input.memory_size.map(limits::memory).transpose()?);
    if let Some(runtime) = input.runtime {
        let runtime = limits::runtime(runtime)?;
        configuration.runtime_version_config = Some(limits::runtime_version(context, runtime.as_str()));
        configuration.runtime = Some(runtime);
    }
    // AWS: an empty target takes it away; one that is not given stays as it is.
    if input.dead_letter_config.as_ref().is_some_and(|wanted| wanted.target_arn.is_some()) {
        configuration.dead_letter_config = limits::dead_letter(input.dead_letter_config)?;
    }
    if input.vpc_config.is_some() {
        configuration.vpc_config = Some(limits::no_network());
    }
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
        let runtime = configuration.runtime.as_ref().map_or("", |runtime| runtime.as_str());
        configuration.snap_start = Some(limits::snap_start(snap, runtime)?);
    }
    if let Some(wanted) = &input.durable_config {
        configuration.durable_config =
            Some(limits::durable_again(configuration.durable_config.as_ref(), wanted)?);
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
