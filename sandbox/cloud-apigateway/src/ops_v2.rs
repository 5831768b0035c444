//! The control plane of HTTP APIs, one function an operation.

pub(crate) mod changes;

use cloud_core::{AwsError, Caller};
use cloud_wire::shape::recast;

use crate::{
    ApiGateway,
    http_api::{DEFAULT_ROUTE, DEFAULT_STAGE, HttpApi, StageState},
    openapi::{DefinedFunction, DefinedIntegration, DefinedRoute},
    quotas,
    records::Api as Record,
    resources::idle,
    shapes_v2::{
        Api, AuthorizationType, ConnectionType, CreateApiRequest, CreateApiResponse, CreateDeploymentRequest,
        CreateDeploymentResponse, CreateIntegrationRequest, CreateIntegrationResult, CreateRouteRequest,
        CreateRouteResult, CreateStageRequest, CreateStageResponse, DeleteApiRequest,
        DeleteIntegrationRequest, DeleteRouteRequest, DeleteStageRequest, Deployment, DeploymentStatus,
        GetApiRequest, GetApiResponse, GetApisRequest, GetApisResponse, GetDeploymentsRequest,
        GetDeploymentsResponse, GetIntegrationRequest, GetIntegrationResult, GetIntegrationsRequest,
        GetIntegrationsResponse, GetRouteRequest, GetRouteResult, GetRoutesRequest, GetRoutesResponse,
        GetStageRequest, GetStageResponse, GetStagesRequest, GetStagesResponse, Integration, IntegrationType,
        ProtocolType, Route, Stage, UpdateApiRequest, UpdateApiResponse, UpdateStageRequest,
        UpdateStageResponse,
    },
};

type Answer<T> = Result<T, AwsError>;

pub(crate) fn not_found(what: &str, name: &str) -> AwsError {
    AwsError::new("NotFoundException", format!("Unable to find {what} by ID {name}")).status(404)
}

/// A page of a list: what comes after the token, at most `limit`.
fn page<'a, T: Clone + 'a>(
    all: impl IntoIterator<Item = (&'a String, &'a T)>,
    limit: Option<&str>,
    token: Option<&String>,
) -> Answer<(Vec<T>, Option<String>)> {
    let limit = match limit {
        None => 100,
        Some(text) => {
            text.parse::<usize>().ok().filter(|limit| (1..=500).contains(limit)).ok_or_else(|| {
                AwsError::new(
                    "BadRequestException",
                    format!("MaxResults must be a number from 1 to 500: {text}"),
                )
            })?
        }
    };
    let (items, next) = cloud_core::page::page(all, token, limit);
    Ok((items.into_iter().cloned().collect(), next.cloned()))
}

/// Makes an API; with a target also its default stage, route and integration.
pub(crate) async fn create_api(
    gateway: &ApiGateway,
    _: &Caller,
    input: CreateApiRequest,
) -> Answer<CreateApiResponse> {
    crate::tags::check(input.tags.as_ref())?;
    if input.protocol_type != ProtocolType::Http {
        // LIMIT: WebSocket APIs are not here yet.
        return Err(AwsError::new("BadRequestException", "Only the protocol type HTTP is supported here"));
    }
    let idle = idle::members(idle::HTTP_API, &input);
    let id = gateway.new_id(10);
    let api = Api {
        api_endpoint: Some(endpoint(gateway, &id)),
        api_key_selection_expression: Some("$request.header.x-api-key".into()),
        api_id: Some(id.clone()),
        created_date: Some(gateway.context().now()),
        description: input.description,
        disable_execute_api_endpoint: Some(input.disable_execute_api_endpoint.unwrap_or(false)),
        name: input.name,
        protocol_type: input.protocol_type,
        route_selection_expression: "$request.method $request.path".into(),
        tags: input.tags,
        version: input.version,
        ..Api::default()
    };
    let mut state = HttpApi::new(api);
    state.set_cors(input.cors_configuration)?;
    if let Some(target) = input.target {
        quick_create(gateway, &mut state, target, input.route_key)?;
    }
    let api = state.api.clone();
    gateway.add(Record::Http(state)).await?;
    cloud_wire::response_headers::without_effect(&idle);
    recast(&api)
}

/// The address that AWS's clients are shown.
pub(crate) fn endpoint(gateway: &ApiGateway, id: &str) -> String {
    let port =
        gateway.context().endpoint().and_then(|url| url.rsplit_once(':')).map(|(_, port)| format!(":{port}"));
    format!("http://{id}.execute-api.localhost{}", port.unwrap_or_default())
}

// AWS: quick create makes an integration, a catch-all route and a default stage that deploys by itself.
pub(crate) fn quick_create(
    gateway: &ApiGateway,
    api: &mut HttpApi,
    target: String,
    key: Option<String>,
) -> Answer<()> {
    if crate::openapi::function_arn(&target).is_none() {
        return Err(AwsError::new("BadRequestException", format!("Invalid integration URI: {target}")));
    }
    let key = key.unwrap_or_else(|| DEFAULT_ROUTE.into());
    let (method, path) = key.split_once(' ').unwrap_or(("ANY", &key));
    let route = DefinedRoute {
        method: method.to_owned(),
        path: path.to_owned(),
        integration: DefinedIntegration::Function(DefinedFunction {
            uri: target,
            payload_format_version: Some("2.0".into()),
            timeout_ms: None,
        }),
    };
    let definition = crate::openapi::Definition { routes: vec![route], ..Default::default() };
    api.import(&definition, || gateway.new_id(7))?;
    let stage = Stage {
        stage_name: DEFAULT_STAGE.into(),
        auto_deploy: Some(true),
        api_gateway_managed: Some(true),
        created_date: Some(gateway.context().now()),
        ..Stage::default()
    };
    api.stages.insert(DEFAULT_STAGE.into(), StageState { stage, deployed: Vec::new() });
    api.auto_deploy(gateway.context().now());
    Ok(())
}

pub(crate) async fn get_api(
    gateway: &ApiGateway,
    _: &Caller,
    input: GetApiRequest,
) -> Answer<GetApiResponse> {
    recast(&gateway.http(&input.api_id)?.api)
}

pub(crate) async fn get_apis(
    gateway: &ApiGateway,
    _: &Caller,
    input: GetApisRequest,
) -> Answer<GetApisResponse> {
    let apis = gateway.records().view();
    let apis = apis.iter().filter_map(|(id, api)| match api.as_ref() {
        Record::Http(api) => Some((id, &api.api)),
        Record::Rest(_) => None,
    });
    let (items, next_token) = page(apis, input.max_results.as_deref(), input.next_token.as_ref())?;
    Ok(GetApisResponse { items: Some(items), next_token })
}

pub(crate) async fn update_api(
    gateway: &ApiGateway,
    _: &Caller,
    input: UpdateApiRequest,
) -> Answer<UpdateApiResponse> {
    // LIMIT: where a quick-created API leads is not changed in place.
    refuse(&[("routeKey", input.route_key.is_some()), ("target", input.target.is_some())])?;
    let idle = idle::members(idle::HTTP_API, &input);
    let changed = gateway.change_http(&input.api_id, |state| {
        if input.cors_configuration.is_some() {
            state.set_cors(input.cors_configuration)?;
        }
        let api = &mut state.api;
        if let Some(name) = input.name {
            api.name = name;
        }
        api.description = input.description.or(api.description.take());
        api.version = input.version.or(api.version.take());
        api.disable_execute_api_endpoint =
            input.disable_execute_api_endpoint.or(api.disable_execute_api_endpoint);
        Ok(api.clone())
    });
    let api = changed.await?;
    cloud_wire::response_headers::without_effect(&idle);
    recast(&api)
}

pub(crate) async fn delete_api(gateway: &ApiGateway, _: &Caller, input: DeleteApiRequest) -> Answer<()> {
    gateway.remove(&input.api_id, |api| matches!(api, Record::Http(_))).await
}

pub(crate) async fn create_integration(
    gateway: &ApiGateway,
    _: &Caller,
    input: CreateIntegrationRequest,
) -> Answer<CreateIntegrationResult> {
    let idle = idle::members(idle::HTTP_INTEGRATION, &input);
    let id = gateway.new_id(7);
    if input.integration_type != IntegrationType::AwsProxy {
        // LIMIT: only Lambda proxies are integrated.
        return Err(AwsError::new(
            "BadRequestException",
            "Only the integration type AWS_PROXY is supported here",
        ));
    }
    let changed = [
        ("connectionId", input.connection_id.is_some()),
        ("integrationSubtype", input.integration_subtype.is_some()),
        ("requestParameters", input.request_parameters.is_some_and(|map| !map.is_empty())),
        ("responseParameters", input.response_parameters.is_some_and(|map| !map.is_empty())),
    ];
    refuse(&changed)?;
    let uri = input.integration_uri.unwrap_or_default();
    if crate::openapi::function_arn(&uri).is_none() {
        return Err(AwsError::new("BadRequestException", format!("Invalid integration URI: {uri}")));
    }
    let version = input.payload_format_version.unwrap_or_default();
    if !["1.0", "2.0"].contains(&version.as_str()) {
        // AWS: the text of CreateIntegration.
        return Err(AwsError::new(
            "BadRequestException",
            "PayloadFormatVersion is a required parameter for integration",
        ));
    }
    let integration = Integration {
        integration_id: Some(id.clone()),
        integration_type: Some(input.integration_type),
        integration_method: Some(input.integration_method.unwrap_or_else(|| "POST".into())),
        integration_uri: Some(uri),
        payload_format_version: Some(version),
        timeout_in_millis: Some(input.timeout_in_millis.unwrap_or(quotas::HTTP_TIMEOUT)),
        connection_type: Some(ConnectionType::Internet),
        description: input.description,
        ..Integration::default()
    };
    let kept = integration.clone();
    gateway
        .change_http(&input.api_id, |api| {
            api.add_integration(id, kept)?;
            Ok(())
        })
        .await?;
    cloud_wire::response_headers::without_effect(&idle);
    recast(&integration)
}

/// Fails if something is asked for without which a request or an answer would be another.
// LIMIT: parameters are not mapped, and nothing but functions is integrated.
fn refuse(asked: &[(&str, bool)]) -> Answer<()> {
    match asked.iter().find(|(_, asked)| *asked) {
        None => Ok(()),
        Some((name, _)) => {
            let message = format!("{name} is not supported here. Leave it out.");
            Err(AwsError::new("BadRequestException", message))
        }
    }
}

pub(crate) async fn get_integration(
    gateway: &ApiGateway,
    _: &Caller,
    input: GetIntegrationRequest,
) -> Answer<GetIntegrationResult> {
    let api = gateway.http(&input.api_id)?;
    let integration = api.integrations.get(&input.integration_id);
    recast(&integration.cloned().ok_or_else(|| not_found("Integration", &input.integration_id))?)
}

pub(crate) async fn get_integrations(
    gateway: &ApiGateway,
    _: &Caller,
    input: GetIntegrationsRequest,
) -> Answer<GetIntegrationsResponse> {
    let api = gateway.http(&input.api_id)?;
    let (items, next_token) =
        page(&api.integrations, input.max_results.as_deref(), input.next_token.as_ref())?;
    Ok(GetIntegrationsResponse { items: Some(items), next_token })
}

pub(crate) async fn delete_integration(
    gateway: &ApiGateway,
    _: &Caller,
    input: DeleteIntegrationRequest,
) -> Answer<()> {
    let id = input.integration_id;
    let deleted = gateway.change_http(&input.api_id, |api| {
        let target = format!("integrations/{id}");
        if let Some(route) = api.routes.values().find(|route| route.target.as_deref() == Some(&target)) {
            let message = format!(
                "Cannot delete Integration '{id}'. Integration is referenced by route '{}'",
                route.route_key
            );
            return Err(AwsError::new("ConflictException", message).status(409));
        }
        api.integrations.remove(&id).map(drop).ok_or_else(|| not_found("Integration", &id))
    });
    deleted.await
}

pub(crate) async fn create_route(
    gateway: &ApiGateway,
    _: &Caller,
    input: CreateRouteRequest,
) -> Answer<CreateRouteResult> {
    let id = gateway.new_id(7);
    if input.authorization_type.as_ref().is_some_and(|kind| *kind != AuthorizationType::NoneValue) {
        // LIMIT: a route that asks for an authorizer must not be served without one.
        return Err(AwsError::new(
            "BadRequestException",
            "Only the authorization type NONE is supported here",
        ));
    }
    let idle = idle::members(idle::HTTP_ROUTE, &input);
    let route = Route {
        route_id: Some(id.clone()),
        route_key: input.route_key,
        target: input.target,
        authorization_type: Some(AuthorizationType::NoneValue),
        api_key_required: Some(false),
        operation_name: input.operation_name,
        ..Route::default()
    };
    let kept = route.clone();
    gateway.change_http(&input.api_id, |api| api.add_route(id, kept)).await?;
    cloud_wire::response_headers::without_effect(&idle);
    recast(&route)
}

pub(crate) async fn get_route(
    gateway: &ApiGateway,
    _: &Caller,
    input: GetRouteRequest,
) -> Answer<GetRouteResult> {
    let api = gateway.http(&input.api_id)?;
    recast(&api.routes.get(&input.route_id).cloned().ok_or_else(|| not_found("Route", &input.route_id))?)
}

pub(crate) async fn get_routes(
    gateway: &ApiGateway,
    _: &Caller,
    input: GetRoutesRequest,
) -> Answer<GetRoutesResponse> {
    let api = gateway.http(&input.api_id)?;
    let (items, next_token) = page(&api.routes, input.max_results.as_deref(), input.next_token.as_ref())?;
    Ok(GetRoutesResponse { items: Some(items), next_token })
}

pub(crate) async fn delete_route(gateway: &ApiGateway, _: &Caller, input: DeleteRouteRequest) -> Answer<()> {
    let id = input.route_id;
    let missing = || not_found("Route", &id);
    gateway.change_http(&input.api_id, |api| api.routes.remove(&id).map(drop).ok_or_else(missing)).await
}

pub(crate) async fn create_stage(
    gateway: &ApiGateway,
    _: &Caller,
    input: CreateStageRequest,
) -> Answer<CreateStageResponse> {
    crate::tags::check(input.tags.as_ref())?;
    let now = gateway.context().now();
    let stage = Stage {
        stage_name: input.stage_name.clone(),
        auto_deploy: Some(input.auto_deploy.unwrap_or(false)),
        created_date: Some(now),
        last_updated_date: Some(now),
        access_log_settings: input.access_log_settings,
        client_certificate_id: input.client_certificate_id,
        default_route_settings: input.default_route_settings,
        description: input.description,
        route_settings: input.route_settings,
        stage_variables: input.stage_variables,
        tags: input.tags,
        ..Stage::default()
    };
    let created = gateway.change_http(&input.api_id, |api| {
        if api.stages.contains_key(&stage.stage_name) {
            return Err(AwsError::new("ConflictException", "Stage already exists").status(409));
        }
        let mut served = StageState { stage, deployed: Vec::new() };
        if let Some(id) = &input.deployment_id {
            api.serve(&mut served, id)?;
        }
        let stage = served.stage.clone();
        api.stages.insert(stage.stage_name.clone(), served);
        Ok(stage)
    });
    let stage = created.await?;
    say_idle(&stage);
    recast(&stage)
}

/// Notes on the answer what of a stage is kept and shown, and changes nothing.
// LIMIT: calls are neither throttled nor measured nor logged.
fn say_idle(stage: &Stage) {
    let given = [
        ("AccessLogSettings", stage.access_log_settings.is_some()),
        ("ClientCertificateId", stage.client_certificate_id.is_some()),
        ("DefaultRouteSettings", stage.default_route_settings.is_some()),
        ("RouteSettings", stage.route_settings.as_ref().is_some_and(|settings| !settings.is_empty())),
    ];
    let idle: Vec<&str> = given.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    cloud_wire::response_headers::without_effect(&idle);
}

fn no_stage(name: &str) -> AwsError {
    AwsError::new("NotFoundException", format!("Invalid stage identifier specified: {name}")).status(404)
}

pub(crate) async fn get_stage(
    gateway: &ApiGateway,
    _: &Caller,
    input: GetStageRequest,
) -> Answer<GetStageResponse> {
    let api = gateway.http(&input.api_id)?;
    recast(&api.stages.get(&input.stage_name).ok_or_else(|| no_stage(&input.stage_name))?.stage)
}

pub(crate) async fn get_stages(
    gateway: &ApiGateway,
    _: &Caller,
    input: GetStagesRequest,
) -> Answer<GetStagesResponse> {
    let api = gateway.http(&input.api_id)?;
    let stages = api.stages.iter().map(|(name, state)| (name, &state.stage));
    let (items, next_token) = page(stages, input.max_results.as_deref(), input.next_token.as_ref())?;
    Ok(GetStagesResponse { items: Some(items), next_token })
}

pub(crate) async fn update_stage(
    gateway: &ApiGateway,
    _: &Caller,
    input: UpdateStageRequest,
) -> Answer<UpdateStageResponse> {
    let (name, now) = (input.stage_name, gateway.context().now());
    let changed = gateway.change_http(&input.api_id, |api| {
        let mut served = api.stages.get(&name).cloned().ok_or_else(|| no_stage(&name))?;
        served.stage.auto_deploy = input.auto_deploy.or(served.stage.auto_deploy);
        if let Some(id) = &input.deployment_id {
            api.serve(&mut served, id)?;
        }
        let stage = &mut served.stage;
        stage.last_updated_date = Some(now);
        stage.description = input.description.or(stage.description.take());
        stage.stage_variables = input.stage_variables.or(stage.stage_variables.take());
        stage.access_log_settings = input.access_log_settings.or(stage.access_log_settings.take());
        stage.client_certificate_id = input.client_certificate_id.or(stage.client_certificate_id.take());
        stage.default_route_settings = input.default_route_settings.or(stage.default_route_settings.take());
        stage.route_settings = input.route_settings.or(stage.route_settings.take());
        let shown = stage.clone();
        api.stages.insert(name, served);
        Ok(shown)
    });
    let stage = changed.await?;
    say_idle(&stage);
    recast(&stage)
}

pub(crate) async fn delete_stage(gateway: &ApiGateway, _: &Caller, input: DeleteStageRequest) -> Answer<()> {
    let name = input.stage_name;
    let missing = || no_stage(&name);
    gateway.change_http(&input.api_id, |api| api.stages.remove(&name).map(drop).ok_or_else(missing)).await
}

pub(crate) async fn create_deployment(
    gateway: &ApiGateway,
    _: &Caller,
    input: CreateDeploymentRequest,
) -> Answer<CreateDeploymentResponse> {
    let id = gateway.new_id(6);
    let deployment = Deployment {
        deployment_id: Some(id.clone()),
        deployment_status: Some(DeploymentStatus::Deployed),
        auto_deployed: Some(false),
        created_date: Some(gateway.context().now()),
        description: input.description,
        ..Deployment::default()
    };
    let kept = deployment.clone();
    let now = gateway.context().now();
    let deployed = gateway.change_http(&input.api_id, |api| {
        quotas::HTTP_DEPLOYMENTS.check(api.deployments.len() + 1)?;
        let current = api.current();
        if let Some(name) = input.stage_name {
            let state = api.stages.get_mut(&name).ok_or_else(|| no_stage(&name))?;
            state.deployed = current;
            state.stage.deployment_id = Some(id.clone());
            state.stage.last_updated_date = Some(now);
        }
        api.deploy(id, kept);
        Ok(())
    });
    deployed.await?;
    recast(&deployment)
}

pub(crate) async fn get_deployments(
    gateway: &ApiGateway,
    _: &Caller,
    input: GetDeploymentsRequest,
) -> Answer<GetDeploymentsResponse> {
    let api = gateway.http(&input.api_id)?;
    let (items, next_token) =
        page(&api.deployments, input.max_results.as_deref(), input.next_token.as_ref())?;
    Ok(GetDeploymentsResponse { items: Some(items), next_token })
}
