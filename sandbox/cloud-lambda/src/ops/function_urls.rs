//! CreateFunctionUrlConfig, GetFunctionUrlConfig, UpdateFunctionUrlConfig, DeleteFunctionUrlConfig, ListFunctionUrlConfigs.

use std::sync::Arc;

use cloud_core::{AwsError, Caller, Maker, constraint, page};

use super::MOST;
use crate::Lambda;
use crate::names::{FunctionName, LATEST};
use crate::shapes::{
    Code, CreateFunctionUrlConfigRequest, CreateFunctionUrlConfigResponse, DeleteFunctionUrlConfigRequest,
    FunctionUrlConfig, GetFunctionUrlConfigRequest, GetFunctionUrlConfigResponse,
    ListFunctionUrlConfigsRequest, ListFunctionUrlConfigsResponse, UpdateFunctionUrlConfigRequest,
    UpdateFunctionUrlConfigResponse,
};
use crate::state::{Function, Url, cors};
use crate::urls::address;

/// Letters and digits of an id.
const ID: usize = 32;

pub(crate) async fn create_function_url_config(
    service: &Lambda,
    _caller: &Caller,
    input: CreateFunctionUrlConfigRequest,
) -> Result<CreateFunctionUrlConfigResponse, AwsError> {
    let made = make_url(service, input, Maker::NOBODY).await?;
    Ok(CreateFunctionUrlConfigResponse {
        function_url: made.function_url,
        function_arn: made.function_arn,
        auth_type: made.auth_type,
        cors: made.cors,
        creation_time: made.creation_time,
        invoke_mode: made.invoke_mode,
    })
}

/// Creates a URL. One that the same step made before is the answer once more.
pub(crate) async fn make_url(
    service: &Lambda,
    input: CreateFunctionUrlConfigRequest,
    maker: Maker,
) -> Result<FunctionUrlConfig, AwsError> {
    let name = place(service, &input.function_name, input.qualifier.as_deref())?;
    let now = service.context().now();
    let url = Url {
        id: service.context().entropy().lower(ID),
        auth: input.auth_type,
        cors: input.cors.map(cors).transpose()?.flatten(),
        invoke_mode: input.invoke_mode,
        created: now,
        modified: now,
        made_by: maker,
    };
    let arn = name.arn(service.context());
    // AWS: with two spaces.
    let taken = || {
        Code::ResourceConflictException.error(format!(
            "Failed to create function url config for [functionArn = {arn}]. Error message:  FunctionUrlConfig exists \
             for this Lambda function"
        ))
    };
    change(service, &name, |function| {
        expect_alias(function, &name)?;
        let present = function.urls.get(kept_as(&name)).map(|present| &present.made_by);
        if !url.made_by.repeats(present, taken)? {
            function.urls.insert(kept_as(&name).to_owned(), url.into());
        }
        Ok(())
    })
    .await
}

pub(crate) async fn get_function_url_config(
    service: &Lambda,
    _caller: &Caller,
    input: GetFunctionUrlConfigRequest,
) -> Result<GetFunctionUrlConfigResponse, AwsError> {
    let name = place(service, &input.function_name, input.qualifier.as_deref())?;
    let function = service.records().get(&name.name);
    let url = function.as_ref().and_then(|function| function.urls.get(kept_as(&name)));
    let FunctionUrlConfig {
        function_url,
        function_arn,
        auth_type,
        cors,
        creation_time,
        last_modified_time,
        invoke_mode,
    } = shown(service, &name, url.ok_or_else(no_url)?);
    Ok(GetFunctionUrlConfigResponse {
        function_url,
        function_arn,
        auth_type,
        cors,
        creation_time,
        last_modified_time,
        invoke_mode,
    })
}

pub(crate) async fn update_function_url_config(
    service: &Lambda,
    _caller: &Caller,
    input: UpdateFunctionUrlConfigRequest,
) -> Result<UpdateFunctionUrlConfigResponse, AwsError> {
    let name = place(service, &input.function_name, input.qualifier.as_deref())?;
    let wanted = input.cors.map(cors).transpose()?;
    let now = service.context().now();
    let FunctionUrlConfig {
        function_url,
        function_arn,
        auth_type,
        cors,
        creation_time,
        last_modified_time,
        invoke_mode,
    } = change(service, &name, |function| {
        expect_alias(function, &name)?;
        let url = Arc::make_mut(function.urls.get_mut(kept_as(&name)).ok_or_else(no_url)?);
        url.auth = input.auth_type.unwrap_or_else(|| url.auth.clone());
        url.cors = wanted.unwrap_or_else(|| url.cors.clone());
        url.invoke_mode = input.invoke_mode.or_else(|| url.invoke_mode.clone());
        url.modified = now;
        Ok(())
    })
    .await?;
    Ok(UpdateFunctionUrlConfigResponse {
        function_url,
        function_arn,
        auth_type,
        cors,
        creation_time,
        last_modified_time,
        invoke_mode,
    })
}

pub(crate) async fn delete_function_url_config(
    service: &Lambda,
    _caller: &Caller,
    input: DeleteFunctionUrlConfigRequest,
) -> Result<(), AwsError> {
    let name = place(service, &input.function_name, input.qualifier.as_deref())?;
    service
        .records()
        .change(&name.name, |function| {
            let mut function = function.cloned().ok_or_else(no_url)?;
            // AWS: the permissions that it was called by stay.
            function.urls.remove(kept_as(&name)).ok_or_else(no_url)?;
            Ok((Some(function), ()))
        })
        .await?;
    Ok(())
}

pub(crate) async fn list_function_url_configs(
    service: &Lambda,
    _caller: &Caller,
    input: ListFunctionUrlConfigsRequest,
) -> Result<ListFunctionUrlConfigsResponse, AwsError> {
    let name = FunctionName::unqualified(service.context(), &input.function_name)?;
    let function = service.records().get(&name).ok_or_else(no_function)?;
    let items = function.urls.iter().map(|(qualifier, url)| {
        let qualified = Some(qualifier).filter(|qualifier| !qualifier.is_empty()).cloned();
        let name = FunctionName { name: name.clone(), qualifier: qualified };
        (qualifier.clone(), shown(service, &name, url))
    });
    let size = page::size(input.max_items, MOST);
    let (function_url_configs, next_marker) = page::page(items, input.marker.as_deref(), size);
    Ok(ListFunctionUrlConfigsResponse { function_url_configs, next_marker })
}

/// What a URL is asked to be of: what changes of a function, or an alias.
fn place(service: &Lambda, function: &str, qualifier: Option<&str>) -> Result<FunctionName, AwsError> {
    check_qualifier(qualifier)?;
    let name = FunctionName::parse(service.context(), function, qualifier)?;
    check_qualifier(name.qualifier.as_deref())?;
    Ok(name)
}

// AWS: the model's pattern looks ahead for this: a number is a version, and versions have no URLs.
fn check_qualifier(qualifier: Option<&str>) -> Result<(), AwsError> {
    let is_version = |text: &&str| *text == LATEST || text.bytes().all(|byte| byte.is_ascii_digit());
    let is_other = |letter: char| !letter.is_ascii_alphanumeric() && !"-_".contains(letter);
    match qualifier.filter(|text| is_version(text) || text.contains(is_other)) {
        None => Ok(()),
        Some(wrong) => {
            let pattern = r"Member must satisfy regular expression pattern: ((?!^\d+$)^[0-9a-zA-Z-_]+$)";
            Err(constraint::broken("ValidationException", wrong, "qualifier", pattern))
        }
    }
}

/// Under which the URLs of a function are kept.
fn kept_as(name: &FunctionName) -> &str {
    name.qualifier.as_deref().unwrap_or_default()
}

/// Fails unless there is what the URL is of.
fn expect_alias(function: &Function, name: &FunctionName) -> Result<(), AwsError> {
    let is_there = name.qualifier.as_ref().is_none_or(|alias| function.aliases.contains_key(alias));
    if is_there { Ok(()) } else { Err(no_function()) }
}

async fn change(
    service: &Lambda,
    name: &FunctionName,
    change: impl FnOnce(&mut Function) -> Result<(), AwsError>,
) -> Result<FunctionUrlConfig, AwsError> {
    let (function, ()) = service
        .records()
        .change(&name.name, |function| {
            let mut function = function.cloned().ok_or_else(no_function)?;
            change(&mut function)?;
            Ok((Some(function), ()))
        })
        .await?;
    let function = function.ok_or_else(no_function)?;
    Ok(shown(service, name, function.urls.get(kept_as(name)).ok_or_else(no_url)?))
}

fn shown(service: &Lambda, name: &FunctionName, url: &Url) -> FunctionUrlConfig {
    url.describe(name.arn(service.context()), address::shown(service.context(), &url.id))
}

fn no_function() -> AwsError {
    Code::ResourceNotFoundException.error("Function does not exist")
}

fn no_url() -> AwsError {
    Code::ResourceNotFoundException.error("The resource you requested does not exist.")
}
