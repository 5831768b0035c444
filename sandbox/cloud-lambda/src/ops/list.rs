//! ListFunctions and ListVersionsByFunction.

use cloud_core::{AwsError, Caller, page};

use super::{MOST, describe};
use crate::Lambda;
use crate::names::LATEST;
use crate::shapes::{
    FunctionConfiguration, ListFunctionsRequest, ListFunctionsResponse, ListVersionsByFunctionRequest,
    ListVersionsByFunctionResponse,
};
use crate::state::Function;

pub(crate) async fn list_functions(
    service: &Lambda,
    _caller: &Caller,
    input: ListFunctionsRequest,
) -> Result<ListFunctionsResponse, AwsError> {
    // What is behind the marker, of its own function and of as many others as a page may hold.
    let first = input.marker.as_deref().and_then(|marker| marker.split(':').next());
    let some = service.records().from(first.unwrap_or_default(), MOST + 2);
    let everything = input.function_version.is_some();
    let marker = input.marker.as_deref();
    let items = some.iter().flat_map(|function| {
        let latest = (function.name.clone(), shown(service, function, LATEST, None));
        let (one, all) =
            if everything { (None, Some(versions(service, function, marker))) } else { (Some(latest), None) };
        one.into_iter().chain(all.into_iter().flatten())
    });
    let items = items.filter_map(|(key, item)| Some((key, item?)));
    let size = page::size(input.max_items, MOST);
    let (functions, next_marker) = page::page(items, marker, size);
    Ok(ListFunctionsResponse { functions: Some(functions), next_marker })
}

pub(crate) async fn list_versions_by_function(
    service: &Lambda,
    _caller: &Caller,
    input: ListVersionsByFunctionRequest,
) -> Result<ListVersionsByFunctionResponse, AwsError> {
    let function = service.find_whole(&input.function_name)?;
    let items =
        versions(service, &function, input.marker.as_deref()).filter_map(|(key, item)| Some((key, item?)));
    let size = page::size(input.max_items, MOST);
    let (versions, next_marker) = page::page(items, input.marker.as_deref(), size);
    Ok(ListVersionsByFunctionResponse { versions: Some(versions), next_marker })
}

/// `$LATEST` and the published ones, each under a key that sorts as they are listed; of the function that a marker is in,
/// those from it on.
fn versions<'a>(
    service: &'a Lambda,
    function: &'a Function,
    marker: Option<&str>,
) -> impl Iterator<Item = (String, Option<FunctionConfiguration>)> + use<'a> {
    let from = marker.and_then(|marker| marker.split_once(':')).filter(|(name, _)| *name == function.name);
    let from = from.and_then(|(_, number)| number.parse().ok()).unwrap_or(0);
    let latest = (from == 0).then_some((0, LATEST.to_owned()));
    let published = function.versions.range(from..).map(|(number, _)| (*number, number.to_string()));
    latest.into_iter().chain(published).map(move |(number, version)| {
        (format!("{}:{number:020}", function.name), shown(service, function, &version, Some(&version)))
    })
}

/// AWS: lists leave out the states and the runtime's version, which only the single look shows.
fn shown(
    service: &Lambda,
    function: &Function,
    version: &str,
    qualifier: Option<&str>,
) -> Option<FunctionConfiguration> {
    let mut configuration = describe(service, function, function.version(version)?, qualifier);
    configuration.runtime_version_config = None;
    configuration.state = None;
    configuration.state_reason = None;
    configuration.state_reason_code = None;
    configuration.last_update_status = None;
    configuration.last_update_status_reason = None;
    configuration.last_update_status_reason_code = None;
    Some(configuration)
}
