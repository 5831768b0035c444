//! PutProvisionedConcurrencyConfig, GetProvisionedConcurrencyConfig, DeleteProvisionedConcurrencyConfig,
//! ListProvisionedConcurrencyConfigs.

use std::sync::Arc;

use cloud_core::{AwsError, Caller, page};

use super::{MOST, gone};
use crate::Lambda;
use crate::names::{FunctionName, LATEST, function_arn};
use crate::quotas::CONCURRENCY;
use crate::shapes::{
    Code, DeleteProvisionedConcurrencyConfigRequest, GetProvisionedConcurrencyConfigRequest,
    GetProvisionedConcurrencyConfigResponse, ListProvisionedConcurrencyConfigsRequest,
    ListProvisionedConcurrencyConfigsResponse, ProvisionedConcurrencyConfigListItem,
    ProvisionedConcurrencyStatusEnum, PutProvisionedConcurrencyConfigRequest,
    PutProvisionedConcurrencyConfigResponse,
};
use crate::state::{Function, Provisioned};

pub(crate) async fn put_provisioned_concurrency_config(
    service: &Lambda,
    _caller: &Caller,
    input: PutProvisionedConcurrencyConfigRequest,
) -> Result<PutProvisionedConcurrencyConfigResponse, AwsError> {
    let refused = "Provisioned Concurrency Configs cannot be applied to unpublished function versions.";
    let (name, _) = look_up(service, &input.function_name, &input.qualifier, refused)?;
    let provisioned = Provisioned {
        wanted: input.provisioned_concurrent_executions,
        modified: service.stamp().last_modified(),
    };
    let (before, function) = set(service, &name, provisioned.clone()).await?;
    let up = service.allocation(&before, name.qualifier()).up.min(provisioned.wanted);
    service.provision(&function.name);
    Ok(PutProvisionedConcurrencyConfigResponse {
        requested_provisioned_concurrent_executions: Some(provisioned.wanted),
        available_provisioned_concurrent_executions: Some(up),
        allocated_provisioned_concurrent_executions: Some(up),
        status: Some(ProvisionedConcurrencyStatusEnum::InProgress),
        status_reason: None,
        last_modified: Some(provisioned.modified),
    })
}

pub(crate) async fn get_provisioned_concurrency_config(
    service: &Lambda,
    _caller: &Caller,
    input: GetProvisionedConcurrencyConfigRequest,
) -> Result<GetProvisionedConcurrencyConfigResponse, AwsError> {
    let (name, function) = look_up(service, &input.function_name, &input.qualifier, NOT_OF_LATEST)?;
    let provisioned = function.provisioned.get(name.qualifier()).ok_or_else(|| {
        Code::ProvisionedConcurrencyConfigNotFoundException
            .error("No Provisioned Concurrency Config found for this function")
    })?;
    let allocation = service.allocation(&function, name.qualifier());
    Ok(GetProvisionedConcurrencyConfigResponse {
        requested_provisioned_concurrent_executions: Some(provisioned.wanted),
        available_provisioned_concurrent_executions: Some(allocation.up),
        allocated_provisioned_concurrent_executions: Some(allocation.up),
        status: Some(allocation.status),
        status_reason: allocation.reason,
        last_modified: Some(provisioned.modified.clone()),
    })
}

/// AWS: deleting what is not there is no error.
pub(crate) async fn delete_provisioned_concurrency_config(
    service: &Lambda,
    _caller: &Caller,
    input: DeleteProvisionedConcurrencyConfigRequest,
) -> Result<(), AwsError> {
    let (name, _) = look_up(service, &input.function_name, &input.qualifier, NOT_OF_LATEST)?;
    give_up(service, &name).await
}

pub(crate) async fn list_provisioned_concurrency_configs(
    service: &Lambda,
    _caller: &Caller,
    input: ListProvisionedConcurrencyConfigsRequest,
) -> Result<ListProvisionedConcurrencyConfigsResponse, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    let arn = function_arn(service.context(), &function.name).to_string();
    let items = function.provisioned.iter().map(|(qualifier, provisioned)| {
        let allocation = service.allocation(&function, qualifier);
        let item = ProvisionedConcurrencyConfigListItem {
            function_arn: Some(format!("{arn}:{qualifier}")),
            requested_provisioned_concurrent_executions: Some(provisioned.wanted),
            available_provisioned_concurrent_executions: Some(allocation.up),
            allocated_provisioned_concurrent_executions: Some(allocation.up),
            status: Some(allocation.status),
            status_reason: allocation.reason,
            last_modified: Some(provisioned.modified.clone()),
        };
        (qualifier.clone(), item)
    });
    let size = page::size(input.max_items, MOST);
    let (configurations, next_marker) = page::page(items, input.marker.as_deref(), size);
    Ok(ListProvisionedConcurrencyConfigsResponse {
        provisioned_concurrency_configs: Some(configurations),
        next_marker,
    })
}

/// Keeps so many environments booted for an alias or a published version, as a step of a template wants it, and waits until
/// they are; none where the template says nothing.
pub(crate) async fn provision_for(
    service: &Lambda,
    name: &FunctionName,
    wanted: Option<i32>,
) -> Result<(), AwsError> {
    let Some(wanted) = wanted else { return give_up(service, name).await };
    let provisioned = Provisioned { wanted, modified: service.stamp().last_modified() };
    let (_, function) = set(service, name, provisioned).await?;
    service.provision(&function.name);
    service.provisioning().settled(&function.name).await;
    let function = service.records().get(&name.name).ok_or_else(|| gone(service, &name.name))?;
    match service.allocation(&function, name.qualifier()).reason {
        None => Ok(()),
        // AWS: what the event of a deployment says.
        Some(reason) => Err(Code::InvalidParameterValueException
            .error(format!("Provisioned Concurrency configuration failed to be applied. Reason: {reason}"))),
    }
}

const NOT_OF_LATEST: &str = "The function resource provided must be an alias or a published version.";

/// The function, and the alias or published version of it that is meant.
// AWS: what is not there is named as what the qualifier could be: a version where it is a number, else an alias.
fn look_up(
    service: &Lambda,
    text: &str,
    qualifier: &str,
    of_latest: &str,
) -> Result<(FunctionName, Arc<Function>), AwsError> {
    let name = FunctionName::parse(service.context(), text, Some(qualifier))?;
    if name.qualifier() == LATEST {
        return Err(Code::InvalidParameterValueException.error(of_latest));
    }
    let arn = name.arn(service.context());
    let function = service.records().get(&name.name);
    let is_number = name.qualifier().bytes().all(|byte| byte.is_ascii_digit());
    let function = function.filter(|function| {
        let qualifier = name.qualifier();
        if is_number {
            function.version(qualifier).is_some()
        } else {
            function.aliases.contains_key(qualifier)
        }
    });
    match function {
        Some(function) => Ok((name, function)),
        None if is_number => Err(name.not_found(service.context())),
        None => Err(Code::ResourceNotFoundException.error(format!("Cannot find alias arn: {arn}"))),
    }
}

/// The function before, and as it is then.
async fn set(
    service: &Lambda,
    name: &FunctionName,
    provisioned: Provisioned,
) -> Result<(Arc<Function>, Arc<Function>), AwsError> {
    let missing = || gone(service, &name.name);
    let set = |function: Option<&Function>| {
        let before = function.ok_or_else(missing)?;
        let others = others(service, &before.name);
        before.check_provisioned(name.qualifier(), provisioned.wanted, others, CONCURRENCY)?;
        let mut function = before.clone();
        function.provisioned.insert(name.qualifier().to_owned(), provisioned);
        Ok((Some(function), Arc::new(before.clone())))
    };
    let (function, before) = service.records().change(&name.name, set).await?;
    Ok((before, function.ok_or_else(missing)?))
}

/// What all other functions claim of the account's concurrency.
pub(super) fn others(service: &Lambda, name: &str) -> i32 {
    let view = service.records().view();
    let others = view.values().filter(|other| other.name != name);
    others.fold(0, |all, other| all.saturating_add(other.claims()))
}

async fn give_up(service: &Lambda, name: &FunctionName) -> Result<(), AwsError> {
    let take = |function: Option<&Function>| {
        let mut function = function.cloned().ok_or_else(|| gone(service, &name.name))?;
        function.provisioned.remove(name.qualifier());
        Ok((Some(function), ()))
    };
    service.records().change(&name.name, take).await?;
    service.provision(&name.name);
    Ok(())
}
