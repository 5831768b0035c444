//! PutRuntimeManagementConfig and GetRuntimeManagementConfig.

use std::sync::Arc;

use cloud_core::{AwsError, Caller, Context};

use super::{Origin, gone};
use crate::Lambda;
use crate::limits;
use crate::names::{FunctionName, LATEST, function_arn};
use crate::shapes::{
    Code, GetRuntimeManagementConfigRequest, GetRuntimeManagementConfigResponse,
    PutRuntimeManagementConfigRequest, PutRuntimeManagementConfigResponse, UpdateRuntimeOn,
};
use crate::state::{Function, RuntimeManagement, Version};

pub(crate) async fn put_runtime_management_config(
    service: &Lambda,
    _caller: &Caller,
    input: PutRuntimeManagementConfigRequest,
) -> Result<PutRuntimeManagementConfigResponse, AwsError> {
    let (name, _) = look_up(service, &input.function_name, input.qualifier.as_deref())?;
    let wanted = RuntimeManagement { update_on: input.update_runtime_on, version: input.runtime_version_arn };
    manage_runtime(service, &name, wanted.clone(), Origin::Request).await?;
    Ok(PutRuntimeManagementConfigResponse {
        update_runtime_on: wanted.update_on,
        function_arn: arn(service.context(), &name),
        runtime_version_arn: wanted.version,
    })
}

pub(crate) async fn get_runtime_management_config(
    service: &Lambda,
    _caller: &Caller,
    input: GetRuntimeManagementConfigRequest,
) -> Result<GetRuntimeManagementConfigResponse, AwsError> {
    let (name, function) = look_up(service, &input.function_name, input.qualifier.as_deref())?;
    let version = function.version(name.qualifier()).ok_or_else(|| name.not_found(service.context()))?;
    let managed = &version.runtime_management;
    Ok(GetRuntimeManagementConfigResponse {
        update_runtime_on: Some(managed.update_on.clone()),
        runtime_version_arn: managed.version.clone(),
        function_arn: Some(arn(service.context(), &name)),
    })
}

/// Says when the runtime of a version is updated.
pub(crate) async fn manage_runtime(
    service: &Lambda,
    name: &FunctionName,
    wanted: RuntimeManagement,
    origin: Origin<'_>,
) -> Result<(), AwsError> {
    let revision = service.revision();
    let set = |function: Option<&Function>| {
        let mut function = function.cloned().ok_or_else(|| gone(service, &name.name))?;
        let missing = || name.not_found(service.context());
        let version = function.version(name.qualifier()).ok_or_else(missing)?;
        check(service.context(), version, &wanted, origin)?;
        if version.runtime_management != wanted {
            function.revise(name.qualifier.as_deref(), revision);
            let version = match name.qualifier().parse::<u64>() {
                Ok(number) => function.versions.get_mut(&number).map(Arc::make_mut),
                Err(_) => Some(&mut function.latest),
            };
            version.ok_or_else(missing)?.runtime_management = wanted;
        }
        Ok((Some(function), ()))
    };
    service.records().change(&name.name, set).await?;
    Ok(())
}

/// The version that is meant.
// AWS: "Qualifier: … This can be $LATEST or a published version number."
fn look_up(
    service: &Lambda,
    text: &str,
    qualifier: Option<&str>,
) -> Result<(FunctionName, Arc<Function>), AwsError> {
    let (name, function) = service.find(text, qualifier)?;
    match function.version(name.qualifier()) {
        Some(_) => Ok((name, function)),
        None => Err(name.not_found(service.context())),
    }
}

fn arn(context: &Context, name: &FunctionName) -> String {
    format!("{}:{}", function_arn(context, &name.name), name.qualifier.as_deref().unwrap_or(LATEST))
}

/// Whether a version may have its runtime updated so. A template may name a version of a runtime that is not here: it came
/// from elsewhere, and is told.
// AWS: "RuntimeVersionArn: … This is only required if you're using the Manual runtime update mode." LIMIT: the texts are ours.
fn check(
    context: &Context,
    version: &Version,
    wanted: &RuntimeManagement,
    origin: Origin<'_>,
) -> Result<(), AwsError> {
    let refused = |text: String| Err(Code::InvalidParameterValueException.error(text));
    let by_hand = wanted.update_on == UpdateRuntimeOn::Manual;
    match &wanted.version {
        None if by_hand => {
            refused("RuntimeVersionArn is required when UpdateRuntimeOn is set to Manual.".to_owned())
        }
        Some(_) if !by_hand => refused(
            "RuntimeVersionArn can only be provided when UpdateRuntimeOn is set to Manual.".to_owned(),
        ),
        Some(arn) if matches!(origin, Origin::Request) && !is_here(context, version, arn) => {
            refused(format!(
                "The runtime version {arn} is not here: there is one version of each runtime, which GetFunctionConfiguration \
             shows."
            ))
        }
        _ => Ok(()),
    }
}

/// Whether that is the runtime's version that runs a function's version.
fn is_here(context: &Context, version: &Version, arn: &str) -> bool {
    let runtime = version.configuration.runtime.as_ref();
    runtime.is_some_and(|runtime| {
        limits::runtime_version(context, runtime.as_str()).runtime_version_arn.as_deref() == Some(arn)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::FunctionConfiguration;
    use crate::state::{Package, Stamp};

    #[test]
    fn a_runtime_is_kept_by_hand_where_its_version_is_named() {
        let (context, _) = Context::for_test("/nowhere");
        let configuration =
            FunctionConfiguration { runtime: Some("python3.14".into()), ..FunctionConfiguration::default() };
        let package = Package { hash: "h".into(), size: 1, unzipped: None };
        let stamp = Stamp { now: jiff::Timestamp::UNIX_EPOCH, revision: "r".into() };
        let function = Function::new("f".into(), configuration, package, &stamp);
        let own = limits::runtime_version(&context, "python3.14").runtime_version_arn;
        let other = || Some("arn:aws:lambda:us-east-1::runtime:other".to_owned());
        for (update_on, arn, of_request, of_template) in [
            (UpdateRuntimeOn::Auto, None, true, true),
            (UpdateRuntimeOn::FunctionUpdate, None, true, true),
            (UpdateRuntimeOn::Auto, own.clone(), false, false),
            (UpdateRuntimeOn::Manual, None, false, false),
            (UpdateRuntimeOn::Manual, own.clone(), true, true),
            (UpdateRuntimeOn::Manual, other(), false, true),
        ] {
            let wanted = RuntimeManagement { update_on, version: arn };
            for (origin, fits) in [(Origin::Request, of_request), (Origin::Template("t"), of_template)] {
                let seen = check(&context, &function.latest, &wanted, origin);
                assert_eq!(seen.is_ok(), fits, "{wanted:?} {origin:?}");
            }
        }
    }
}
