//! The control plane of REST APIs, one function an operation.

pub(crate) mod changes;
mod import;
pub(crate) mod integrations;
pub(crate) mod methods;
mod patch;

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller};
use cloud_wire::response_headers::without_effect;
use jiff::Timestamp;

use crate::{
    RestControl,
    quotas::MINIMUM_COMPRESSION,
    records::Api as Record,
    resources::idle,
    rest_api::RestApi as State,
    shapes_v1::{
        ApiKeySourceType, CacheClusterStatus, CreateDeploymentRequest, CreateResourceRequest,
        CreateRestApiRequest, CreateStageRequest, DeleteResourceRequest, DeleteRestApiRequest,
        DeleteStageRequest, Deployment, Deployments, EndpointConfiguration, EndpointType,
        GetDeploymentsRequest, GetResourceRequest, GetResourcesRequest, GetRestApiRequest,
        GetRestApisRequest, GetStageRequest, GetStagesRequest, IpAddressType, Method, Resource, Resources,
        RestApi, RestApis, Stage, Stages,
    },
};

pub(crate) use import::{import_rest_api, put_rest_api};

type Answer<T> = Result<T, AwsError>;

fn not_found(message: impl Into<String>) -> AwsError {
    AwsError::new("NotFoundException", message).status(404)
}

fn bad(message: impl Into<String>) -> AwsError {
    AwsError::new("BadRequestException", message)
}

// AWS: operations on a resource's methods say of an API that is not there that the resource is not.
fn in_resource<T>(answer: Answer<T>) -> Answer<T> {
    answer.map_err(|error| {
        let of_api = error.message().starts_with("Invalid API identifier");
        if of_api { not_found("Invalid Resource identifier specified") } else { error }
    })
}

/// The endpoint of an API: of the kind that is asked for, with the addresses that kind has.
pub(crate) fn endpoint_configuration(wanted: Option<EndpointConfiguration>) -> Answer<EndpointConfiguration> {
    let mut endpoint = wanted.unwrap_or_default();
    let types = endpoint.types.get_or_insert_with(|| vec![EndpointType::Edge]);
    let usual =
        if types.contains(&EndpointType::Private) { IpAddressType::Dualstack } else { IpAddressType::Ipv4 };
    let given = endpoint.ip_address_type.get_or_insert_with(|| usual.clone());
    if usual == IpAddressType::Dualstack && *given != usual {
        return Err(bad("Only dualstack ipAddressType is supported for Private APIs."));
    }
    Ok(endpoint)
}

/// The size from which answers are compressed, if it is one.
pub(crate) fn compression(size: i32) -> Answer<i32> {
    if (0..=MINIMUM_COMPRESSION).contains(&size) {
        return Ok(size);
    }
    Err(bad(format!("Invalid minimum compression size, must be between 0 and {MINIMUM_COMPRESSION}")))
}

/// A stage with what is so in every stage here.
pub(crate) fn new_stage(name: String, now: Timestamp) -> Stage {
    Stage {
        stage_name: Some(name),
        cache_cluster_enabled: Some(false),
        cache_cluster_status: Some(CacheClusterStatus::NotAvailable),
        method_settings: Some(BTreeMap::new()),
        tracing_enabled: Some(false),
        created_date: Some(now),
        last_updated_date: Some(now),
        ..Stage::default()
    }
}

/// An API as it begins.
pub(crate) fn new_api(gateway: &crate::ApiGateway, description: RestApi) -> State {
    let api = RestApi {
        id: Some(gateway.new_id(10)),
        created_date: Some(gateway.context().now()),
        api_key_source: Some(description.api_key_source.clone().unwrap_or(ApiKeySourceType::Header)),
        disable_execute_api_endpoint: Some(description.disable_execute_api_endpoint.unwrap_or(false)),
        endpoint_configuration: Some(description.endpoint_configuration.clone().unwrap_or_else(|| {
            EndpointConfiguration {
                types: Some(vec![EndpointType::Edge]),
                ip_address_type: Some(IpAddressType::Ipv4),
                ..EndpointConfiguration::default()
            }
        })),
        ..description
    };
    State::new(api, gateway.new_id(10))
}

pub(crate) async fn create_rest_api(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: CreateRestApiRequest,
) -> Answer<RestApi> {
    crate::tags::check(input.tags.as_ref())?;
    if input.description.as_deref() == Some("") {
        return Err(bad("Description cannot be an empty string"));
    }
    // LIMIT: what an API may have besides its methods is not here yet.
    let asked = [("policy", input.policy.is_some()), ("cloneFrom", input.clone_from.is_some())];
    if let Some((name, _)) = asked.iter().find(|(_, asked)| *asked) {
        return Err(bad(format!("{name} is not supported here. Leave it out.")));
    }
    let idle = idle::members(idle::REST_API, &input);
    let state = new_api(
        gateway,
        RestApi {
            name: Some(input.name),
            description: input.description,
            version: input.version,
            binary_media_types: input.binary_media_types,
            minimum_compression_size: input.minimum_compression_size.map(compression).transpose()?,
            api_key_source: input.api_key_source,
            endpoint_configuration: Some(endpoint_configuration(input.endpoint_configuration)?),
            disable_execute_api_endpoint: input.disable_execute_api_endpoint,
            tags: input.tags,
            ..RestApi::default()
        },
    );
    let api = state.api.clone();
    gateway.add(Record::Rest(state)).await?;
    without_effect(&idle);
    Ok(api)
}

pub(crate) async fn get_rest_api(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: GetRestApiRequest,
) -> Answer<RestApi> {
    Ok(gateway.rest(&input.rest_api_id)?.api)
}

pub(crate) async fn get_rest_apis(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: GetRestApisRequest,
) -> Answer<RestApis> {
    let apis = gateway.records().view();
    let apis = apis.iter().filter_map(|(id, api)| match api.as_ref() {
        Record::Rest(api) => Some((id.clone(), api.api.clone())),
        Record::Http(_) => None,
    });
    let (items, position) = page(apis, input.position.as_deref(), input.limit)?;
    Ok(RestApis { items: Some(items), position })
}

/// A page of a list of things by their ids, which begins behind the one whose id is the position.
fn page<T>(
    items: impl IntoIterator<Item = (String, T)>,
    position: Option<&str>,
    limit: Option<i32>,
) -> Answer<(Vec<T>, Option<String>)> {
    // AWS: the limit is 25 if not given and 500 at most.
    let size = usize::try_from(limit.unwrap_or(25)).ok().filter(|size| (1..=500).contains(size));
    let size = size.ok_or_else(|| {
        let limit = limit.unwrap_or_default();
        AwsError::new("BadRequestException", format!("Invalid limit: {limit}; it must be from 1 to 500"))
    })?;
    Ok(cloud_core::page::page(items, position, size))
}

pub(crate) async fn delete_rest_api(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: DeleteRestApiRequest,
) -> Answer<()> {
    gateway.remove(&input.rest_api_id, |api| matches!(api, Record::Rest(_))).await
}

/// A resource as an answer shows it: methods without their details, unless they are embedded.
fn shown(mut resource: Resource, embed: Option<&[String]>) -> Resource {
    if !embed.is_some_and(|embed| embed.iter().any(|name| name == "methods")) {
        for method in resource.resource_methods.iter_mut().flat_map(|methods| methods.values_mut()) {
            *method = Method::default();
        }
    }
    resource
}

pub(crate) async fn get_resources(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: GetResourcesRequest,
) -> Answer<Resources> {
    let api = gateway.rest(&input.rest_api_id)?;
    let embed = input.embed.as_deref();
    let resources = api.resources.into_iter().map(|(id, resource)| (id, shown(resource, embed)));
    let (items, position) = page(resources, input.position.as_deref(), input.limit)?;
    Ok(Resources { items: Some(items), position })
}

pub(crate) async fn get_resource(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: GetResourceRequest,
) -> Answer<Resource> {
    let mut api = gateway.rest(&input.rest_api_id)?;
    Ok(shown(api.resource_mut(&input.resource_id)?.clone(), input.embed.as_deref()))
}

pub(crate) async fn create_resource(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: CreateResourceRequest,
) -> Answer<Resource> {
    let id = gateway.new_id(6);
    gateway
        .change_rest(&input.rest_api_id, |api| api.add_resource(id, &input.parent_id, &input.path_part))
        .await
}

pub(crate) async fn delete_resource(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: DeleteResourceRequest,
) -> Answer<()> {
    gateway.change_rest(&input.rest_api_id, |api| api.remove_resource(&input.resource_id)).await
}

pub(crate) async fn create_deployment(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: CreateDeploymentRequest,
) -> Answer<Deployment> {
    if input.canary_settings.is_some() || input.cache_cluster_enabled == Some(true) {
        // LIMIT: a stage serves one deployment, and remembers no answers.
        return Err(bad("Canaries and caches are not supported here"));
    }
    let idle = idle::members(idle::REST_STAGE, &input);
    let now = gateway.context().now();
    let deployment = Deployment {
        id: Some(gateway.new_id(6)),
        description: input.description,
        created_date: Some(now),
        ..Deployment::default()
    };
    let kept = deployment.clone();
    let deployed = gateway.change_rest(&input.rest_api_id, |api| {
        let id = kept.id.clone();
        api.deploy(kept)?;
        if let Some(name) = input.stage_name {
            let stage = api.stages.entry(name.clone()).or_insert_with(|| new_stage(name, now));
            stage.deployment_id = id;
            stage.last_updated_date = Some(now);
            stage.variables = input.variables.or(stage.variables.take());
            stage.description = input.stage_description.or(stage.description.take());
            stage.tracing_enabled = input.tracing_enabled.or(stage.tracing_enabled);
        }
        Ok(())
    });
    deployed.await?;
    without_effect(&idle);
    Ok(deployment)
}

pub(crate) async fn get_deployments(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: GetDeploymentsRequest,
) -> Answer<Deployments> {
    let api = gateway.rest(&input.rest_api_id)?;
    let deployments = api.deployments.into_iter().map(|(id, snapshot)| (id, snapshot.deployment));
    let (items, position) = page(deployments, input.position.as_deref(), input.limit)?;
    Ok(Deployments { items: Some(items), position })
}

/// Adds a stage that serves a deployment.
pub(crate) fn add_stage(api: &mut State, stage: Stage) -> Answer<()> {
    let name = stage.stage_name.clone().unwrap_or_default();
    if stage.deployment_id.as_deref().is_none_or(|id| !api.deployments.contains_key(id)) {
        return Err(AwsError::new("BadRequestException", "Invalid Deployment identifier specified"));
    }
    if api.stages.contains_key(&name) {
        return Err(AwsError::new("ConflictException", "Stage already exists").status(409));
    }
    api.stages.insert(name, stage);
    Ok(())
}

pub(crate) async fn create_stage(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: CreateStageRequest,
) -> Answer<Stage> {
    crate::tags::check(input.tags.as_ref())?;
    if input.canary_settings.is_some() || input.cache_cluster_enabled == Some(true) {
        // LIMIT: a stage serves one deployment, and remembers no answers.
        return Err(bad("Canaries and caches are not supported here"));
    }
    let idle = idle::members(idle::REST_STAGE, &input);
    let stage = Stage {
        deployment_id: Some(input.deployment_id),
        description: input.description,
        variables: input.variables,
        tracing_enabled: Some(input.tracing_enabled.unwrap_or(false)),
        tags: input.tags,
        ..new_stage(input.stage_name, gateway.context().now())
    };
    let kept = stage.clone();
    gateway.change_rest(&input.rest_api_id, |api| add_stage(api, kept)).await?;
    without_effect(&idle);
    Ok(stage)
}

fn invalid_stage() -> AwsError {
    not_found("Invalid stage identifier specified")
}

pub(crate) async fn get_stage(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: GetStageRequest,
) -> Answer<Stage> {
    gateway.rest(&input.rest_api_id)?.stages.remove(&input.stage_name).ok_or_else(invalid_stage)
}

pub(crate) async fn get_stages(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: GetStagesRequest,
) -> Answer<Stages> {
    let wanted = |stage: &Stage| input.deployment_id.is_none() || stage.deployment_id == input.deployment_id;
    let stages = gateway.rest(&input.rest_api_id)?.stages.into_values().filter(wanted).collect();
    Ok(Stages { item: Some(stages) })
}

pub(crate) async fn delete_stage(
    RestControl(gateway): &RestControl,
    _: &Caller,
    input: DeleteStageRequest,
) -> Answer<()> {
    let name = input.stage_name;
    gateway
        .change_rest(&input.rest_api_id, |api| api.stages.remove(&name).map(drop).ok_or_else(invalid_stage))
        .await
}

#[cfg(test)]
mod tests;
