//! Changes of what a REST API already has besides its methods, and removals.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller};

use super::{Answer, bad, compression, endpoint_configuration, invalid_stage, not_found, patch::Patch};
use crate::{
    RestControl,
    shapes_v1::{
        ApiKeySourceType, DeleteDeploymentRequest, Deployment, EndpointConfiguration, EndpointType,
        GetDeploymentRequest, IpAddressType, Resource, RestApi, Stage, UpdateDeploymentRequest,
        UpdateResourceRequest, UpdateRestApiRequest, UpdateStageRequest,
    },
};

pub(crate) async fn update_rest_api(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: UpdateRestApiRequest,
) -> Answer<RestApi> {
    let changed = gateway.change_rest(&input.rest_api_id, |state| {
        for patch in Patch::all(input.patch_operations.as_ref())? {
            apply(&mut state.api, &patch)?;
        }
        // AWS: an update tells of tags even where there are none.
        let tags = state.api.tags.clone().or_else(|| Some(BTreeMap::new()));
        Ok(RestApi { tags, ..state.api.clone() })
    });
    changed.await
}

fn apply(api: &mut RestApi, patch: &Patch<'_>) -> Answer<()> {
    match patch.parts().as_slice() {
        ["name"] => api.name = Some(patch.replaced()?.ok_or_else(|| patch.invalid())?),
        ["description"] => api.description = patch.text()?,
        ["apiKeySource"] => match ApiKeySourceType::from(patch.replaced()?.unwrap_or_default().as_str()) {
            ApiKeySourceType::Unlisted(_) => return Err(patch.invalid()),
            known => api.api_key_source = Some(known),
        },
        ["disableExecuteApiEndpoint"] => api.disable_execute_api_endpoint = Some(patch.flag()?),
        ["binaryMediaTypes", kind] => patch.list(&mut api.binary_media_types, kind)?,
        ["minimumCompressionSize"] => {
            // What is no number is no size either.
            let size = patch.replaced()?.map(|text| compression(text.parse().unwrap_or(-1)));
            api.minimum_compression_size = size.transpose()?;
        }
        ["endpointConfiguration", part @ ..] => {
            let endpoint = api.endpoint_configuration.take().unwrap_or_default();
            api.endpoint_configuration = Some(endpoint_configuration(Some(changed(endpoint, part, patch)?))?);
        }
        // LIMIT: policies are not here yet.
        _ => return Err(patch.invalid()),
    }
    Ok(())
}

/// An endpoint of which one part is another.
fn changed(
    mut endpoint: EndpointConfiguration,
    part: &[&str],
    patch: &Patch<'_>,
) -> Answer<EndpointConfiguration> {
    let value = patch.replaced()?.unwrap_or_default();
    match part {
        ["ipAddressType"] => match IpAddressType::from(value.as_str()) {
            IpAddressType::Unlisted(_) => return Err(patch.invalid()),
            known => endpoint.ip_address_type = Some(known),
        },
        ["types", old] => {
            let types = endpoint.types.get_or_insert_default();
            let place = types.iter_mut().find(|known| known.as_str() == *old);
            match (place, EndpointType::from(value.as_str())) {
                (None, _) | (_, EndpointType::Unlisted(_)) => return Err(patch.invalid()),
                (Some(place), known) => *place = known,
            }
        }
        _ => return Err(patch.invalid()),
    }
    Ok(endpoint)
}

pub(crate) async fn update_resource(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: UpdateResourceRequest,
) -> Answer<Resource> {
    let changed = gateway.change_rest(&input.rest_api_id, |api| {
        for patch in Patch::all(input.patch_operations.as_ref())? {
            let value = patch.replaced()?.unwrap_or_default();
            match patch.parts().as_slice() {
                ["pathPart"] => api.move_resource(&input.resource_id, None, Some(&value))?,
                ["parentId"] => api.move_resource(&input.resource_id, Some(&value), None)?,
                _ => return Err(patch.invalid()),
            }
        }
        api.resource_mut(&input.resource_id).cloned()
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
        for patch in Patch::all(input.patch_operations.as_ref())? {
            match patch.parts().as_slice() {
                ["deploymentId"] => {
                    let known = patch.replaced()?.filter(|id| api.deployments.contains_key(id));
                    stage.deployment_id = Some(known.ok_or_else(invalid_deployment_id)?);
                }
                ["description"] => stage.description = patch.text()?,
                ["tracingEnabled"] => stage.tracing_enabled = Some(patch.flag()?),
                ["variables", name] => patch.set(&mut stage.variables, name, |text| text)?,
                // LIMIT: settings of methods, logs, caches and canaries are not here yet.
                _ => return Err(patch.invalid()),
            }
        }
        stage.last_updated_date = Some(now);
        api.stages.insert(input.stage_name, stage.clone());
        Ok(stage)
    });
    changed.await
}

fn invalid_deployment_id() -> AwsError {
    bad("Invalid Deployment identifier specified")
}

fn no_deployment() -> AwsError {
    not_found("Invalid Deployment identifier specified")
}

pub(crate) async fn update_deployment(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: UpdateDeploymentRequest,
) -> Answer<Deployment> {
    let changed = gateway.change_rest(&input.rest_api_id, |api| {
        let snapshot = api.deployments.get_mut(&input.deployment_id).ok_or_else(no_deployment)?;
        for patch in Patch::all(input.patch_operations.as_ref())? {
            match patch.parts().as_slice() {
                ["description"] => snapshot.deployment.description = patch.text()?,
                _ => return Err(patch.invalid()),
            }
        }
        Ok(snapshot.deployment.clone())
    });
    changed.await
}

pub(crate) async fn get_deployment(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: GetDeploymentRequest,
) -> Answer<Deployment> {
    let snapshot = gateway.rest(&input.rest_api_id)?.deployments.remove(&input.deployment_id);
    Ok(snapshot.ok_or_else(no_deployment)?.deployment)
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
        api.deployments.remove(&id).map(drop).ok_or_else(no_deployment)
    });
    deleted.await
}
