//! Changes of what a REST API already has, as patches, and removals.
// AWS: "Patch operations": each operation lists the paths that it takes.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller};

use super::{Answer, bad, in_resource, invalid_method, invalid_stage, not_found};
use crate::{
    RestControl,
    shapes_v1::{
        DeleteDeploymentRequest, DeleteIntegrationRequest, DeleteMethodRequest, Deployment,
        GetDeploymentRequest, GetIntegrationRequest, Integration, IntegrationResponse, Method,
        MethodResponse, Op, PatchOperation, PutIntegrationResponseRequest, PutMethodResponseRequest, RestApi,
        Stage, UpdateRestApiRequest, UpdateStageRequest,
    },
};

/// One operation of a patch: its path in parts, `~1` and `~0` undone, and the new value, none to remove.
fn patch(operation: &PatchOperation) -> Answer<(Vec<String>, Option<String>)> {
    let path = operation.path.as_deref().unwrap_or_default();
    let parts = path.strip_prefix('/').ok_or_else(|| invalid(operation))?.split('/');
    let parts = parts.map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
    match operation.op {
        Some(Op::Add | Op::Replace) => Ok((parts, Some(operation.value.clone().unwrap_or_default()))),
        Some(Op::Remove) => Ok((parts, None)),
        // AWS: the text of updates whose paths are only replaced.
        _ => Err(bad("Invalid patch operation specified. Must be one of: [replace]")),
    }
}

fn invalid(operation: &PatchOperation) -> AwsError {
    bad(format!("Invalid patch path {}", operation.path.as_deref().unwrap_or_default()))
}

fn truth(operation: &PatchOperation, value: Option<&str>) -> Answer<bool> {
    value.and_then(|text| text.parse().ok()).ok_or_else(|| invalid(operation))
}

pub(crate) async fn update_rest_api(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: UpdateRestApiRequest,
) -> Answer<RestApi> {
    let changed = gateway.change_rest(&input.rest_api_id, |state| {
        for operation in input.patch_operations.iter().flatten() {
            let (path, value) = patch(operation)?;
            let api = &mut state.api;
            match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["name"] => api.name = Some(value.ok_or_else(|| invalid(operation))?),
                ["description"] => api.description = value,
                ["disableExecuteApiEndpoint"] => {
                    api.disable_execute_api_endpoint = Some(truth(operation, value.as_deref())?);
                }
                ["binaryMediaTypes", kind] => {
                    let kinds = api.binary_media_types.get_or_insert_default();
                    kinds.retain(|known| known != kind);
                    if value.is_some() {
                        kinds.push((*kind).to_owned());
                    }
                }
                _ => return Err(invalid(operation)),
            }
        }
        // AWS: an update tells of tags even where there are none.
        let tags = state.api.tags.clone().or_else(|| Some(BTreeMap::new()));
        Ok(RestApi { tags, ..state.api.clone() })
    });
    changed.await
}

pub(crate) async fn update_stage(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: UpdateStageRequest,
) -> Answer<Stage> {
    let now = gateway.context().now();
    let changed = gateway.change_rest(&input.rest_api_id, |api| {
        let mut stage = api.stages.get(&input.stage_name).cloned().ok_or_else(invalid_stage)?;
        for operation in input.patch_operations.iter().flatten() {
            let (path, value) = patch(operation)?;
            match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["deploymentId"] => {
                    let known = value.filter(|id| api.deployments.contains_key(id));
                    let known = known.ok_or_else(|| bad("Invalid Deployment identifier specified"))?;
                    stage.deployment_id = Some(known);
                }
                ["description"] => stage.description = value,
                ["tracingEnabled"] => stage.tracing_enabled = Some(truth(operation, value.as_deref())?),
                ["variables", name] => set(stage.variables.get_or_insert_default(), name, value),
                // LIMIT: settings of methods, logs, caches and canaries are not here yet.
                _ => return Err(invalid(operation)),
            }
        }
        stage.last_updated_date = Some(now);
        api.stages.insert(input.stage_name, stage.clone());
        Ok(stage)
    });
    changed.await
}

fn set(map: &mut BTreeMap<String, String>, name: &str, value: Option<String>) {
    match value {
        Some(value) => map.insert(name.to_owned(), value),
        None => map.remove(name),
    };
}

pub(crate) async fn delete_method(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: DeleteMethodRequest,
) -> Answer<()> {
    let deleted = gateway.change_rest(&input.rest_api_id, |api| {
        let methods = api.resource_mut(&input.resource_id)?.resource_methods.get_or_insert_default();
        methods.remove(&input.http_method).map(drop).ok_or_else(invalid_method)
    });
    in_resource(deleted.await)
}

fn no_integration() -> AwsError {
    not_found("Invalid Integration identifier specified")
}

pub(crate) async fn get_integration(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: GetIntegrationRequest,
) -> Answer<Integration> {
    let mut api = in_resource(gateway.rest(&input.rest_api_id))?;
    let mut methods = api.resource_mut(&input.resource_id)?.resource_methods.take().unwrap_or_default();
    let method = methods.remove(&input.http_method).ok_or_else(invalid_method)?;
    method.method_integration.ok_or_else(no_integration)
}

/// Changes a method of a resource.
async fn change_method<T>(
    RestControl(gateway): &RestControl,
    (api, resource, method): (&str, &str, &str),
    change: impl FnOnce(&mut Method) -> Answer<T>,
) -> Answer<T> {
    let changed = gateway.change_rest(api, |api| {
        let methods = api.resource_mut(resource)?.resource_methods.get_or_insert_default();
        change(methods.get_mut(method).ok_or_else(invalid_method)?)
    });
    in_resource(changed.await)
}

pub(crate) async fn delete_integration(
    control: &RestControl,
    _: &Caller,
    input: DeleteIntegrationRequest,
) -> Answer<()> {
    let place = (&*input.rest_api_id, &*input.resource_id, &*input.http_method);
    let removed = change_method(control, place, |method| {
        method.method_integration.take().map(drop).ok_or_else(no_integration)
    });
    removed.await
}

pub(crate) async fn put_method_response(
    control: &RestControl,
    _: &Caller,
    input: PutMethodResponseRequest,
) -> Answer<MethodResponse> {
    let place = (&*input.rest_api_id, &*input.resource_id, &*input.http_method);
    let response = MethodResponse {
        status_code: Some(input.status_code.clone()),
        response_parameters: input.response_parameters,
        response_models: input.response_models,
    };
    let kept = response.clone();
    let put = change_method(control, place, |method| {
        let responses = method.method_responses.get_or_insert_default();
        if responses.contains_key(&input.status_code) {
            let message = "Response already exists for this resource";
            return Err(AwsError::new("ConflictException", message).status(409));
        }
        responses.insert(input.status_code, kept);
        Ok(())
    });
    put.await?;
    Ok(response)
}

pub(crate) async fn put_integration_response(
    control: &RestControl,
    _: &Caller,
    input: PutIntegrationResponseRequest,
) -> Answer<IntegrationResponse> {
    let place = (&*input.rest_api_id, &*input.resource_id, &*input.http_method);
    let response = IntegrationResponse {
        status_code: Some(input.status_code.clone()),
        selection_pattern: input.selection_pattern,
        response_parameters: input.response_parameters,
        response_templates: input.response_templates,
        content_handling: input.content_handling,
    };
    let kept = response.clone();
    let put = change_method(control, place, |method| {
        let integration = method.method_integration.as_mut().ok_or_else(no_integration)?;
        integration.integration_responses.get_or_insert_default().insert(input.status_code, kept);
        Ok(())
    });
    put.await?;
    Ok(response)
}

pub(crate) async fn get_deployment(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: GetDeploymentRequest,
) -> Answer<Deployment> {
    let snapshot = gateway.rest(&input.rest_api_id)?.deployments.remove(&input.deployment_id);
    let missing = || not_found("Invalid Deployment identifier specified");
    Ok(snapshot.ok_or_else(missing)?.deployment)
}

pub(crate) async fn delete_deployment(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: DeleteDeploymentRequest,
) -> Answer<()> {
    let id = input.deployment_id;
    let deleted = gateway.change_rest(&input.rest_api_id, |api| {
        if api.stages.values().any(|stage| stage.deployment_id.as_deref() == Some(&id)) {
            return Err(bad("Active stages pointing to this deployment must be moved or deleted"));
        }
        let missing = || not_found("Invalid Deployment identifier specified");
        api.deployments.remove(&id).map(drop).ok_or_else(missing)
    });
    deleted.await
}
