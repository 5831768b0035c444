//! Changes of what an HTTP API already has, imports, and its deployments.

use cloud_core::{AwsError, Caller};

use super::{Answer, endpoint, not_found, recast, refuse};
use crate::{
    ApiGateway,
    http_api::HttpApi,
    openapi::{self, Definition},
    records::Api as Record,
    resources::idle,
    shapes_v2::{
        Api, AuthorizationType, DeleteCorsConfigurationRequest, DeleteDeploymentRequest,
        GetDeploymentRequest, GetDeploymentResponse, ImportApiRequest, ImportApiResponse, IntegrationType,
        ProtocolType, ReimportApiRequest, ReimportApiResponse, UpdateIntegrationRequest,
        UpdateIntegrationResult, UpdateRouteRequest, UpdateRouteResult,
    },
};

fn bad(message: impl Into<String>) -> AwsError {
    AwsError::new("BadRequestException", message)
}

pub(crate) async fn update_route(
    gateway: &ApiGateway,
    _: &Caller,
    input: UpdateRouteRequest,
) -> Answer<UpdateRouteResult> {
    if input.authorization_type.as_ref().is_some_and(|kind| *kind != AuthorizationType::NoneValue) {
        // LIMIT: a route that asks for an authorizer must not be served without one.
        return Err(bad("Only the authorization type NONE is supported here"));
    }
    let idle = idle::members(idle::HTTP_ROUTE, &input);
    let id = input.route_id;
    let changed = gateway.change_http(&input.api_id, |api| {
        let mut route = api.routes.get(&id).cloned().ok_or_else(|| not_found("Route", &id))?;
        route.route_key = input.route_key.unwrap_or(route.route_key);
        route.target = input.target.or(route.target);
        route.operation_name = input.operation_name.or(route.operation_name);
        api.check_route(&id, &route)?;
        api.routes.insert(id, route.clone());
        Ok(route)
    });
    let route = changed.await?;
    cloud_wire::response_headers::without_effect(&idle);
    recast(&route)
}

pub(crate) async fn update_integration(
    gateway: &ApiGateway,
    _: &Caller,
    input: UpdateIntegrationRequest,
) -> Answer<UpdateIntegrationResult> {
    let idle = idle::members(idle::HTTP_INTEGRATION, &input);
    if input.integration_type.as_ref().is_some_and(|kind| *kind != IntegrationType::AwsProxy) {
        // LIMIT: only Lambda proxies are integrated.
        return Err(bad("Only the integration type AWS_PROXY is supported here"));
    }
    if let Some(uri) = input.integration_uri.as_deref().filter(|uri| openapi::function_arn(uri).is_none()) {
        return Err(bad(format!("Invalid integration URI: {uri}")));
    }
    let version = input.payload_format_version.as_deref();
    if version.is_some_and(|version| !["1.0", "2.0"].contains(&version)) {
        return Err(bad("PayloadFormatVersion is a required parameter for integration"));
    }
    refuse(&[
        ("connectionId", input.connection_id.is_some()),
        ("integrationSubtype", input.integration_subtype.is_some()),
        ("requestParameters", input.request_parameters.is_some_and(|map| !map.is_empty())),
        ("responseParameters", input.response_parameters.is_some_and(|map| !map.is_empty())),
    ])?;
    let id = input.integration_id;
    let changed = gateway.change_http(&input.api_id, |api| {
        let kept = api.integrations.get_mut(&id).ok_or_else(|| not_found("Integration", &id))?;
        kept.integration_uri = input.integration_uri.or(kept.integration_uri.take());
        kept.integration_method = input.integration_method.or(kept.integration_method.take());
        kept.payload_format_version = input.payload_format_version.or(kept.payload_format_version.take());
        kept.timeout_in_millis = input.timeout_in_millis.or(kept.timeout_in_millis);
        kept.description = input.description.or(kept.description.take());
        Ok(kept.clone())
    });
    let integration = changed.await?;
    cloud_wire::response_headers::without_effect(&idle);
    recast(&integration)
}

pub(crate) async fn delete_cors_configuration(
    gateway: &ApiGateway,
    _: &Caller,
    input: DeleteCorsConfigurationRequest,
) -> Answer<()> {
    let deleted = gateway.change_http(&input.api_id, |api| {
        api.api.cors_configuration = None;
        Ok(())
    });
    deleted.await
}

fn definition(body: &str) -> Answer<Definition> {
    // LIMIT: definitions in YAML are not read here.
    let body = serde_json::from_str(body).map_err(|_| bad("Invalid OpenAPI input: the body must be JSON"))?;
    openapi::read(&body)
}

/// Says what of an import changes nothing.
// LIMIT: a definition is taken as it is, or refused.
fn say_idle(basepath: Option<&String>, fail_on_warnings: Option<bool>) {
    let is_other = basepath.is_some_and(|basepath| basepath != "ignore");
    let given = [("BasePath", is_other), ("FailOnWarnings", fail_on_warnings == Some(true))];
    let idle: Vec<&str> = given.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    cloud_wire::response_headers::without_effect(&idle);
}

/// Makes an API of a definition; it is served once it has a stage.
pub(crate) async fn import_api(
    gateway: &ApiGateway,
    _: &Caller,
    input: ImportApiRequest,
) -> Answer<ImportApiResponse> {
    let definition = definition(&input.body)?;
    let id = gateway.new_id(10);
    let api = Api {
        api_endpoint: Some(endpoint(gateway, &id)),
        api_key_selection_expression: Some("$request.header.x-api-key".into()),
        api_id: Some(id),
        created_date: Some(gateway.context().now()),
        description: definition.description.clone(),
        disable_execute_api_endpoint: Some(false),
        name: definition.title.clone().unwrap_or_else(|| "Untitled".into()),
        protocol_type: ProtocolType::Http,
        route_selection_expression: "$request.method $request.path".into(),
        version: definition.version.clone(),
        ..Api::default()
    };
    let mut state = HttpApi::new(api);
    state.import(&definition, || gateway.new_id(7))?;
    let api = state.api.clone();
    gateway.add(Record::Http(state)).await?;
    say_idle(input.basepath.as_ref(), input.fail_on_warnings);
    recast(&api)
}

/// Makes an API's routes those of a definition.
pub(crate) async fn reimport_api(
    gateway: &ApiGateway,
    _: &Caller,
    input: ReimportApiRequest,
) -> Answer<ReimportApiResponse> {
    let definition = definition(&input.body)?;
    let changed = gateway.change_http(&input.api_id, |api| {
        api.import(&definition, || gateway.new_id(7))?;
        api.api.name = definition.title.clone().unwrap_or_else(|| api.api.name.clone());
        api.api.description = definition.description.clone().or(api.api.description.take());
        api.api.version = definition.version.clone().or(api.api.version.take());
        Ok(api.api.clone())
    });
    let api = changed.await?;
    say_idle(input.basepath.as_ref(), input.fail_on_warnings);
    recast(&api)
}

pub(crate) async fn get_deployment(
    gateway: &ApiGateway,
    _: &Caller,
    input: GetDeploymentRequest,
) -> Answer<GetDeploymentResponse> {
    let api = gateway.http(&input.api_id)?;
    let missing = || not_found("Deployment", &input.deployment_id);
    recast(&api.deployments.get(&input.deployment_id).cloned().ok_or_else(missing)?)
}

pub(crate) async fn delete_deployment(
    gateway: &ApiGateway,
    _: &Caller,
    input: DeleteDeploymentRequest,
) -> Answer<()> {
    let id = input.deployment_id;
    let deleted = gateway.change_http(&input.api_id, |api| {
        if api.stages.values().any(|state| state.stage.deployment_id.as_deref() == Some(&id)) {
            let message = "Active stages pointing to this deployment must be moved or deleted";
            return Err(bad(message));
        }
        api.snapshots.remove(&id);
        api.deployments.remove(&id).map(drop).ok_or_else(|| not_found("Deployment", &id))
    });
    deleted.await
}
