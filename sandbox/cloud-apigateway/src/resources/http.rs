//! `AWS::ApiGatewayV2::*`.

use async_trait::async_trait;
use cloud_core::properties::text;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Value, json};

use super::{claim, definition, gone, id, idle, required, text_map};
use crate::{
    ApiGateway,
    http_api::{HttpApi, StageState},
    openapi::{self, Definition},
    ops_v2,
    records::Api as Record,
    shapes_v2::{Api, AuthorizationType, Cors, Integration, IntegrationType, ProtocolType, Route, Stage},
};

/// The physical id of what belongs to an API: its own id behind the API's.
fn split(physical_id: &str, properties: &Value) -> Option<(String, String)> {
    Some((text(properties, "ApiId")?, physical_id.to_owned()))
}

/// `AWS::ApiGatewayV2::Api`
pub(crate) struct ApiProvider(pub(crate) ApiGateway);

impl ApiProvider {
    fn apply(
        api: &mut HttpApi,
        request: &ResourceRequest,
        definition: Option<Definition>,
    ) -> Result<(), AwsError> {
        let titled = definition.as_ref().and_then(|definition| definition.title.clone());
        api.api.name =
            request.text("Name").map(str::to_owned).or(titled).unwrap_or_else(|| request.stack_name.clone());
        api.api.description = request.text("Description").map(str::to_owned);
        api.api.tags = text_map(request.properties.get("Tags"));
        api.api.version = request.text("Version").map(str::to_owned);
        api.api.disable_execute_api_endpoint = Some(
            request.properties.get("DisableExecuteApiEndpoint").and_then(Value::as_bool).unwrap_or(false),
        );
        api.set_cors(request.properties.get("CorsConfiguration").map(cors))?;
        if let Some(definition) = definition {
            let mut number = 0;
            // Ids that repeat: an update that changes nothing changes nothing.
            api.import(&definition, || {
                number += 1;
                format!("{number:07}")
            })?;
        }
        Ok(())
    }

    fn created(&self, api: &HttpApi) -> Created {
        let endpoint = ops_v2::endpoint(&self.0, api.id());
        Created::new(api.id(), [("ApiId", api.id().into()), ("ApiEndpoint", endpoint.into())])
    }
}

#[async_trait]
impl ResourceProvider for ApiProvider {
    fn type_name(&self) -> &'static str {
        "AWS::ApiGatewayV2::Api"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "Body",
            "BodyS3Location",
            "CorsConfiguration",
            "Description",
            "DisableExecuteApiEndpoint",
            "Name",
            "ProtocolType",
            "RouteKey",
            "Tags",
            "Target",
            "Version",
        ]
    }

    fn idle(&self, property: &str, value: &Value) -> Option<&'static str> {
        idle::why(idle::HTTP_API, property, value)
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let id = id(request, 10);
        if let Ok(api) = self.0.http(&id) {
            return Ok(self.created(&api));
        }
        let definition = definition(&self.0, request).await?;
        if request.text("ProtocolType").is_some_and(|kind| kind != "HTTP") {
            return Err(AwsError::new(
                "BadRequestException",
                "Only the protocol type HTTP is supported here",
            ));
        }
        let mut api = HttpApi::new(Api {
            api_id: Some(id.clone()),
            api_endpoint: Some(ops_v2::endpoint(&self.0, &id)),
            protocol_type: ProtocolType::Http,
            route_selection_expression: "$request.method $request.path".into(),
            api_key_selection_expression: Some("$request.header.x-api-key".into()),
            created_date: Some(self.0.context().now()),
            ..Api::default()
        });
        Self::apply(&mut api, request, definition)?;
        if let Some(target) = text(&request.properties, "Target") {
            ops_v2::quick_create(&self.0, &mut api, target, text(&request.properties, "RouteKey"))?;
        }
        self.0.add(Record::Http(api.clone())).await?;
        Ok(self.created(&api))
    }

    async fn update(
        &self,
        physical_id: &str,
        old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        // LIMIT: where a quick-created API leads is not changed in place.
        if ["Target", "RouteKey"].iter().any(|name| old.get(*name) != request.properties.get(*name)) {
            return Ok(Updated::ReplacementRequired);
        }
        let definition = definition(&self.0, request).await?;
        let changed = self.0.change_http(physical_id, |api| {
            Self::apply(api, request, definition)?;
            Ok(self.created(api))
        });
        Ok(Updated::InPlace(changed.await?))
    }

    async fn delete(&self, physical_id: &str, _: &Value) -> Result<(), AwsError> {
        gone(self.0.remove(physical_id, |api| matches!(api, Record::Http(_))).await)
    }
}

/// The property `CorsConfiguration`, whose members are written as in the API.
fn cors(value: &Value) -> Cors {
    let list = |name: &str| {
        let items = value.get(name)?.as_array()?;
        Some(items.iter().filter_map(|item| Some(item.as_str()?.to_owned())).collect())
    };
    let max_age = value.get("MaxAge").and_then(|age| age.as_i64().or_else(|| age.as_str()?.parse().ok()));
    Cors {
        allow_credentials: value.get("AllowCredentials").and_then(Value::as_bool),
        allow_headers: list("AllowHeaders"),
        allow_methods: list("AllowMethods"),
        allow_origins: list("AllowOrigins"),
        expose_headers: list("ExposeHeaders"),
        max_age: max_age.and_then(|age| i32::try_from(age).ok()),
    }
}

/// `AWS::ApiGatewayV2::Stage`
pub(crate) struct StageProvider(pub(crate) ApiGateway);

impl StageProvider {
    async fn put(&self, request: &ResourceRequest, is_new: bool) -> Result<Created, AwsError> {
        let name = required(request, "StageName")?.to_owned();
        let now = self.0.context().now();
        let put = self.0.change_http(required(request, "ApiId")?, |api| {
            let fresh = || StageState {
                stage: Stage { stage_name: name.clone(), created_date: Some(now), ..Stage::default() },
                deployed: Vec::new(),
            };
            if is_new {
                let present = api.stages.contains_key(&name);
                claim(&mut api.made_by, format!("stage/{name}"), present, request, "Stage already exists")?;
            }
            let state = api.stages.entry(name.clone()).or_insert_with(fresh);
            state.stage.auto_deploy =
                Some(request.properties.get("AutoDeploy").and_then(Value::as_bool).unwrap_or(false));
            state.stage.description = request.text("Description").map(str::to_owned);
            state.stage.stage_variables = text_map(request.properties.get("StageVariables"));
            state.stage.tags = text_map(request.properties.get("Tags"));
            Ok(())
        });
        put.await?;
        Ok(Created::new(name, []))
    }
}

#[async_trait]
impl ResourceProvider for StageProvider {
    fn type_name(&self) -> &'static str {
        "AWS::ApiGatewayV2::Stage"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["ApiId", "AutoDeploy", "Description", "StageName", "StageVariables", "Tags"]
    }

    fn idle(&self, property: &str, value: &Value) -> Option<&'static str> {
        idle::why(idle::HTTP_STAGE, property, value)
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        self.put(request, true).await
    }

    async fn update(&self, _: &str, _: &Value, request: &ResourceRequest) -> Result<Updated, AwsError> {
        Ok(Updated::InPlace(self.put(request, false).await?))
    }

    async fn delete(&self, physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        let Some((api, name)) = split(physical_id, properties) else { return Ok(()) };
        gone(
            self.0
                .change_http(&api, |api| {
                    api.stages.remove(&name);
                    api.made_by.remove(&format!("stage/{name}"));
                    Ok(())
                })
                .await,
        )
    }
}

/// `AWS::ApiGatewayV2::Route`
pub(crate) struct RouteProvider(pub(crate) ApiGateway);

#[async_trait]
impl ResourceProvider for RouteProvider {
    fn type_name(&self) -> &'static str {
        "AWS::ApiGatewayV2::Route"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["ApiId", "AuthorizationType", "OperationName", "RouteKey", "Target"]
    }

    fn idle(&self, property: &str, value: &Value) -> Option<&'static str> {
        idle::why(idle::HTTP_ROUTE, property, value)
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        self.put(id(request, 7), request).await
    }

    async fn update(
        &self,
        physical_id: &str,
        _: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        Ok(Updated::InPlace(self.put(physical_id.to_owned(), request).await?))
    }

    async fn delete(&self, physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        let Some((api, id)) = split(physical_id, properties) else { return Ok(()) };
        gone(
            self.0
                .change_http(&api, |api| {
                    api.routes.remove(&id);
                    Ok(())
                })
                .await,
        )
    }
}

impl RouteProvider {
    async fn put(&self, id: String, request: &ResourceRequest) -> Result<Created, AwsError> {
        if request.text("AuthorizationType").is_some_and(|kind| kind != "NONE") {
            // LIMIT: a route that asks for an authorizer must not be served without one.
            return Err(AwsError::new(
                "BadRequestException",
                "Only the authorization type NONE is supported here",
            ));
        }
        let route = Route {
            route_id: Some(id.clone()),
            route_key: required(request, "RouteKey")?.to_owned(),
            target: request.text("Target").map(str::to_owned),
            authorization_type: Some(AuthorizationType::NoneValue),
            operation_name: text(&request.properties, "OperationName"),
            ..Route::default()
        };
        let put = self.0.change_http(required(request, "ApiId")?, |api| {
            api.routes.remove(&id);
            api.add_route(id.clone(), route)
        });
        put.await?;
        Ok(Created::new(id.clone(), [("RouteId", id.into())]))
    }
}

/// `AWS::ApiGatewayV2::Integration`
pub(crate) struct IntegrationProvider(pub(crate) ApiGateway);

#[async_trait]
impl ResourceProvider for IntegrationProvider {
    fn type_name(&self) -> &'static str {
        "AWS::ApiGatewayV2::Integration"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "ApiId",
            "ConnectionId",
            "Description",
            "IntegrationSubtype",
            "IntegrationType",
            "IntegrationUri",
            "PayloadFormatVersion",
            "RequestParameters",
            "ResponseParameters",
            "TimeoutInMillis",
        ]
    }

    fn idle(&self, property: &str, value: &Value) -> Option<&'static str> {
        idle::why(idle::HTTP_INTEGRATION, property, value)
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        self.put(id(request, 7), request).await
    }

    async fn update(
        &self,
        physical_id: &str,
        _: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        Ok(Updated::InPlace(self.put(physical_id.to_owned(), request).await?))
    }

    async fn delete(&self, physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        let Some((api, id)) = split(physical_id, properties) else { return Ok(()) };
        gone(
            self.0
                .change_http(&api, |api| {
                    api.integrations.remove(&id);
                    Ok(())
                })
                .await,
        )
    }
}

impl IntegrationProvider {
    async fn put(&self, id: String, request: &ResourceRequest) -> Result<Created, AwsError> {
        // LIMIT: a mapping of parameters would make another request or answer of it.
        let mappings = ["/RequestParameters", "/ResponseParameters", "/ConnectionId", "/IntegrationSubtype"];
        idle::refuse(&request.properties, &mappings)?;
        let uri = required(request, "IntegrationUri")?;
        if request.text("IntegrationType") != Some("AWS_PROXY") || openapi::function_arn(uri).is_none() {
            // LIMIT: only Lambda proxies are integrated.
            let message = "Only AWS_PROXY integrations with a function are supported here";
            return Err(AwsError::new("BadRequestException", message));
        }
        let timeout = request.properties.get("TimeoutInMillis").and_then(Value::as_i64);
        let integration = Integration {
            integration_id: Some(id.clone()),
            integration_type: Some(IntegrationType::AwsProxy),
            integration_method: Some("POST".into()),
            integration_uri: Some(uri.to_owned()),
            description: text(&request.properties, "Description"),
            payload_format_version: Some(request.text("PayloadFormatVersion").unwrap_or("1.0").to_owned()),
            timeout_in_millis: Some(
                timeout
                    .and_then(|timeout| i32::try_from(timeout).ok())
                    .unwrap_or(crate::quotas::HTTP_TIMEOUT),
            ),
            ..Integration::default()
        };
        let put = self.0.change_http(required(request, "ApiId")?, |api| {
            api.add_integration(id.clone(), integration)?;
            Ok(())
        });
        put.await?;
        Ok(Created::new(id.clone(), [("IntegrationId", json!(id))]))
    }
}
