//! PutFunctionEventInvokeConfig, UpdateFunctionEventInvokeConfig, GetFunctionEventInvokeConfig,
//! DeleteFunctionEventInvokeConfig, ListFunctionEventInvokeConfigs: how events that nobody waits for are run by a function,
//! a version or an alias.

use std::sync::Arc;

use cloud_core::{AwsError, Caller, Maker, page};

use super::{MOST, Origin};
use crate::Lambda;
use crate::destinations::Sender;
use crate::names::{FunctionName, function_arn};
use crate::shapes::{
    Code, DeleteFunctionEventInvokeConfigRequest, DestinationConfig, FunctionEventInvokeConfig,
    GetFunctionEventInvokeConfigRequest, ListFunctionEventInvokeConfigsRequest,
    ListFunctionEventInvokeConfigsResponse, PutFunctionEventInvokeConfigRequest,
    UpdateFunctionEventInvokeConfigRequest,
};
use crate::state::{Function, InvokeConfig};

pub(crate) async fn put_function_event_invoke_config(
    service: &Lambda,
    _caller: &Caller,
    input: PutFunctionEventInvokeConfigRequest,
) -> Result<FunctionEventInvokeConfig, AwsError> {
    put_invoke_config(service, input, Origin::Request, None).await
}

/// Sets all of a configuration. Where a step of a template is said to make it, one that anybody else made is in its way.
pub(crate) async fn put_invoke_config(
    service: &Lambda,
    input: PutFunctionEventInvokeConfigRequest,
    origin: Origin<'_>,
    maker: Option<Maker>,
) -> Result<FunctionEventInvokeConfig, AwsError> {
    expect_some(
        input.maximum_retry_attempts,
        input.maximum_event_age_in_seconds,
        input.destination_config.as_ref(),
    )?;
    let (name, function) = look_up(service, &input.function_name, input.qualifier.as_deref())?;
    check(service, &name, &function, input.destination_config.as_ref(), origin).await?;
    let mut config = InvokeConfig {
        retries: input.maximum_retry_attempts,
        max_age: input.maximum_event_age_in_seconds,
        modified_ms: service.context().clock().now_ms(),
        ..InvokeConfig::default()
    };
    config.set_destinations(input.destination_config.unwrap_or_default());
    let taken = exists(&name);
    change(service, &name, move |present| {
        let of_whom = present.map(|present| &present.made_by);
        if let Some(maker) = maker {
            // What this step made before is set once more.
            maker.repeats(of_whom, || taken)?;
            config.made_by = maker;
        } else {
            config.made_by = of_whom.cloned().unwrap_or_default();
        }
        Ok(config)
    })
    .await
}

pub(crate) async fn update_function_event_invoke_config(
    service: &Lambda,
    _caller: &Caller,
    input: UpdateFunctionEventInvokeConfigRequest,
) -> Result<FunctionEventInvokeConfig, AwsError> {
    expect_some(
        input.maximum_retry_attempts,
        input.maximum_event_age_in_seconds,
        input.destination_config.as_ref(),
    )?;
    let (name, function) = look_up(service, &input.function_name, input.qualifier.as_deref())?;
    check(service, &name, &function, input.destination_config.as_ref(), Origin::Request).await?;
    let modified_ms = service.context().clock().now_ms();
    let missing = none_of(service, &name);
    change(service, &name, move |present| {
        let present = present.cloned().ok_or(missing)?;
        let mut config = InvokeConfig {
            retries: input.maximum_retry_attempts.or(present.retries),
            max_age: input.maximum_event_age_in_seconds.or(present.max_age),
            modified_ms,
            ..present
        };
        if let Some(wanted) = input.destination_config {
            config.set_destinations(wanted);
        }
        Ok(config)
    })
    .await
}

pub(crate) async fn get_function_event_invoke_config(
    service: &Lambda,
    _caller: &Caller,
    input: GetFunctionEventInvokeConfigRequest,
) -> Result<FunctionEventInvokeConfig, AwsError> {
    let name = FunctionName::parse(service.context(), &input.function_name, input.qualifier.as_deref())?;
    let function = service.records().get(&name.name);
    let config = function.as_ref().and_then(|function| function.invoke_configs.get(name.qualifier()));
    let config = config.ok_or_else(|| none_of(service, &name))?;
    Ok(config.describe(qualified(service, &name.name, name.qualifier())))
}

pub(crate) async fn delete_function_event_invoke_config(
    service: &Lambda,
    _caller: &Caller,
    input: DeleteFunctionEventInvokeConfigRequest,
) -> Result<(), AwsError> {
    let name = FunctionName::parse(service.context(), &input.function_name, input.qualifier.as_deref())?;
    let missing = || none_of(service, &name);
    service
        .records()
        .change(&name.name, |function| {
            let mut function = function.cloned().ok_or_else(missing)?;
            function.invoke_configs.remove(name.qualifier()).ok_or_else(missing)?;
            Ok((Some(function), ()))
        })
        .await?;
    Ok(())
}

pub(crate) async fn list_function_event_invoke_configs(
    service: &Lambda,
    _caller: &Caller,
    input: ListFunctionEventInvokeConfigsRequest,
) -> Result<ListFunctionEventInvokeConfigsResponse, AwsError> {
    let name = FunctionName::unqualified(service.context(), &input.function_name)?;
    let function = service.records().get(&name).ok_or_else(no_function)?;
    let items = function.invoke_configs.iter().map(|(qualifier, config)| {
        (qualifier.clone(), config.describe(qualified(service, &name, qualifier)))
    });
    let size = page::size(input.max_items, MOST);
    let (configs, next_marker) = page::page(items, input.marker.as_deref(), size);
    Ok(ListFunctionEventInvokeConfigsResponse { function_event_invoke_configs: Some(configs), next_marker })
}

/// Fails where nothing is asked for.
fn expect_some(
    retries: Option<i32>,
    max_age: Option<i32>,
    destinations: Option<&DestinationConfig>,
) -> Result<(), AwsError> {
    if retries.is_some() || max_age.is_some() || destinations.is_some() {
        return Ok(());
    }
    let message = "You must specify at least one of error handling or destination setting.";
    Err(Code::InvalidParameterValueException.error(message))
}

/// The function, with the version or alias that is meant.
fn look_up(
    service: &Lambda,
    text: &str,
    qualifier: Option<&str>,
) -> Result<(FunctionName, Arc<Function>), AwsError> {
    let name = FunctionName::parse(service.context(), text, qualifier)?;
    let function = service.records().get(&name.name).ok_or_else(no_function)?;
    function.resolve(name.qualifier(), 1.0).ok_or_else(no_function)?;
    Ok((name, function))
}

async fn check(
    service: &Lambda,
    name: &FunctionName,
    function: &Function,
    wanted: Option<&DestinationConfig>,
    origin: Origin<'_>,
) -> Result<(), AwsError> {
    let Some(wanted) = wanted else { return Ok(()) };
    let version = function.resolve(name.qualifier(), 1.0).map(|(_, version)| version);
    let role = version.and_then(|version| version.configuration.role.as_deref());
    Sender { context: service.context(), function: &function.name, role, origin }.check(wanted).await
}

/// Sets the configuration of what is meant, made of the one that it has.
async fn change(
    service: &Lambda,
    name: &FunctionName,
    make: impl FnOnce(Option<&InvokeConfig>) -> Result<InvokeConfig, AwsError>,
) -> Result<FunctionEventInvokeConfig, AwsError> {
    let qualifier = name.qualifier();
    let change = |function: Option<&Function>| {
        let mut function = function.cloned().ok_or_else(no_function)?;
        function.resolve(qualifier, 1.0).ok_or_else(no_function)?;
        let config = Arc::new(make(function.invoke_configs.get(qualifier).map(|present| &**present))?);
        function.invoke_configs.insert(qualifier.to_owned(), Arc::clone(&config));
        Ok((Some(function), config))
    };
    let (_, config) = service.records().change(&name.name, change).await?;
    Ok(config.describe(qualified(service, &name.name, qualifier)))
}

/// The ARN with its qualifier, `$LATEST` where there is none.
fn qualified(service: &Lambda, name: &str, qualifier: &str) -> String {
    format!("{}:{qualifier}", function_arn(service.context(), name))
}

fn no_function() -> AwsError {
    Code::ResourceNotFoundException.error("The function doesn't exist.")
}

fn none_of(service: &Lambda, name: &FunctionName) -> AwsError {
    let arn = qualified(service, &name.name, name.qualifier());
    Code::ResourceNotFoundException.error(format!("The function {arn} doesn't have an EventInvokeConfig"))
}

// AWS: what CloudFormation says of what is there already.
fn exists(name: &FunctionName) -> AwsError {
    Code::ResourceConflictException.error(format!(
        "Resource of type 'AWS::Lambda::EventInvokeConfig' with identifier '{}|{}' already exists.",
        name.name,
        name.qualifier()
    ))
}
