//! `AWS::ApiGateway::*`.

use std::collections::BTreeMap;

use async_trait::async_trait;
use cloud_core::properties::{self, text};
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::Value;

use super::{claim, definition, gone, id, idle, required, text_map};
use crate::{
    ApiGateway,
    openapi::{self, Definition},
    ops_v1, quotas,
    records::Api as Record,
    rest_api::{RestApi as State, completed},
    shapes_v1::{
        Deployment, EndpointConfiguration, EndpointType, Integration, IntegrationType, Method,
        MethodResponse, RestApi, Stage,
    },
};

/// `AWS::ApiGateway::RestApi`
pub(crate) struct RestApiProvider(pub(crate) ApiGateway);

impl RestApiProvider {
    fn apply(
        api: &mut State,
        request: &ResourceRequest,
        definition: Option<Definition>,
    ) -> Result<(), AwsError> {
        let titled = definition.as_ref().and_then(|definition| definition.title.clone());
        api.api.name =
            request.text("Name").map(str::to_owned).or(titled).or(Some(request.stack_name.clone()));
        api.api.description = request.text("Description").map(str::to_owned);
        api.api.version = request.text("Version").map(str::to_owned);
        api.api.disable_execute_api_endpoint = Some(
            request.properties.get("DisableExecuteApiEndpoint").and_then(Value::as_bool).unwrap_or(false),
        );
        api.api.tags = text_map(request.properties.get("Tags"));
        let binary = request.properties.get("BinaryMediaTypes").and_then(Value::as_array);
        api.api.binary_media_types =
            binary.map(|types| types.iter().filter_map(|kind| Some(kind.as_str()?.to_owned())).collect());
        let size = request.properties.get("MinimumCompressionSize").filter(|size| !size.is_null());
        let number = |size: &Value| size.as_i64().or_else(|| size.as_str()?.parse().ok());
        let number = |size: &Value| number(size).and_then(|size| i32::try_from(size).ok());
        let size = size.map(|size| ops_v1::compression(number(size).unwrap_or(-1)));
        api.api.minimum_compression_size = size.transpose()?;
        let types = request.properties.pointer("/EndpointConfiguration/Types").and_then(Value::as_array);
        if let Some(types) = types {
            let types = types.iter().filter_map(|kind| Some(EndpointType::from(kind.as_str()?))).collect();
            let wanted = EndpointConfiguration { types: Some(types), ..EndpointConfiguration::default() };
            api.api.endpoint_configuration = Some(ops_v1::endpoint_configuration(Some(wanted))?);
        }
        if let Some(definition) = definition {
            let mut number = 0;
            // Ids that repeat: an update that changes nothing changes nothing.
            api.import(&definition, || {
                number += 1;
                format!("{number:06}")
            })?;
        }
        Ok(())
    }

    fn created(api: &State) -> Created {
        let root = api.api.root_resource_id.clone().unwrap_or_default();
        Created::new(api.id(), [("RestApiId", api.id().into()), ("RootResourceId", root.into())])
    }
}

#[async_trait]
impl ResourceProvider for RestApiProvider {
    fn type_name(&self) -> &'static str {
        "AWS::ApiGateway::RestApi"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "BinaryMediaTypes",
            "Body",
            "BodyS3Location",
            "CloneFrom",
            "Description",
            "DisableExecuteApiEndpoint",
            "EndpointConfiguration.Types",
            "Mode",
            "MinimumCompressionSize",
            "Name",
            "Tags",
            "Version",
        ]
    }

    fn idle(&self, property: &str, value: &Value) -> Option<&'static str> {
        idle::why(idle::REST_API, property, value)
    }

    fn remarks(&self, properties: &Value) -> Vec<String> {
        idle::of_definition(properties.get("Body"))
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let id = id(request, 10);
        if let Ok(api) = self.0.rest(&id) {
            return Ok(Self::created(&api));
        }
        idle::refuse(&request.properties, &["/CloneFrom"])?;
        let definition = definition(&self.0, request).await?;
        let mut api = ops_v1::new_api(&self.0, RestApi::default());
        api.api.id = Some(id);
        Self::apply(&mut api, request, definition)?;
        self.0.add(Record::Rest(api.clone())).await?;
        Ok(Self::created(&api))
    }

    async fn update(
        &self,
        physical_id: &str,
        _: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        // A definition that is merged into the API is not: it would take routes away.
        if text(&request.properties, "Mode").as_deref() == Some("merge") {
            return Err(AwsError::new("BadRequestException", "Only the mode overwrite is supported here"));
        }
        let definition = definition(&self.0, request).await?;
        let changed = self.0.change_rest(physical_id, |api| {
            Self::apply(api, request, definition)?;
            Ok(Self::created(api))
        });
        Ok(Updated::InPlace(changed.await?))
    }

    async fn delete(&self, physical_id: &str, _: &Value) -> Result<(), AwsError> {
        gone(self.0.remove(physical_id, |api| matches!(api, Record::Rest(_))).await)
    }
}

/// `AWS::ApiGateway::Deployment`
pub(crate) struct DeploymentProvider(pub(crate) ApiGateway);

#[async_trait]
impl ResourceProvider for DeploymentProvider {
    fn type_name(&self) -> &'static str {
        "AWS::ApiGateway::Deployment"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "DeploymentCanarySettings",
            "Description",
            "RestApiId",
            "StageDescription.CanarySetting",
            "StageDescription.Description",
            "StageDescription.Tags",
            "StageDescription.Variables",
            "StageName",
        ]
    }

    fn idle(&self, property: &str, value: &Value) -> Option<&'static str> {
        idle::why(idle::REST_DEPLOYMENT, property, value)
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let canaries = ["/DeploymentCanarySettings", "/StageDescription/CanarySetting"];
        idle::refuse(&request.properties, &canaries)?;
        let id = id(request, 6);
        let now = self.0.context().now();
        let deployment = Deployment {
            id: Some(id.clone()),
            description: request.text("Description").map(str::to_owned),
            created_date: Some(now),
            ..Deployment::default()
        };
        let deployed = self.0.change_rest(required(request, "RestApiId")?, |api| {
            if api.deployments.contains_key(&id) {
                return Ok(());
            }
            api.deploy(deployment)?;
            if let Some(name) = request.text("StageName") {
                let stage = api
                    .stages
                    .entry(name.to_owned())
                    .or_insert_with(|| ops_v1::new_stage(name.to_owned(), now));
                stage.deployment_id = Some(id.clone());
                stage.last_updated_date = Some(now);
                describe_stage(stage, request.properties.get("StageDescription"));
            }
            Ok(())
        });
        deployed.await?;
        Ok(Created::new(id.clone(), [("DeploymentId", id.into())]))
    }

    async fn update(
        &self,
        physical_id: &str,
        _: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let described = self.0.change_rest(required(request, "RestApiId")?, |api| {
            if let Some(snapshot) = api.deployments.get_mut(physical_id) {
                snapshot.deployment.description = request.text("Description").map(str::to_owned);
            }
            Ok(())
        });
        described.await?;
        Ok(Updated::InPlace(Created::new(physical_id.to_owned(), [("DeploymentId", physical_id.into())])))
    }

    async fn delete(&self, physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        let Some(api) = text(properties, "RestApiId") else { return Ok(()) };
        let deleted = self.0.change_rest(&api, |api| {
            let used = |stage: &Stage| stage.deployment_id.as_deref() == Some(physical_id);
            // The stage that came with the deployment goes with it.
            if let Some(own) = text(properties, "StageName")
                && api.stages.get(&own).is_some_and(used)
            {
                api.stages.remove(&own);
            }
            if api.stages.values().any(used) {
                // AWS: the text of DeleteDeployment.
                let message = "Active stages pointing to this deployment must be moved or deleted";
                return Err(AwsError::new("BadRequestException", message));
            }
            api.deployments.remove(physical_id);
            Ok(())
        });
        gone(deleted.await)
    }
}

/// What a deployment says of the stage that it makes.
fn describe_stage(stage: &mut Stage, described: Option<&Value>) {
    let Some(described) = described else { return };
    stage.description = text(described, "Description").or(stage.description.take());
    stage.variables = text_map(described.get("Variables")).or(stage.variables.take());
    stage.tags = tag_list(described).or(stage.tags.take());
}

/// Tags as a template lists them, `[{Key, Value}]`.
fn tag_list(properties: &Value) -> Option<BTreeMap<String, String>> {
    properties.get("Tags").map(|_| properties::tags(properties, &BTreeMap::new()))
}

/// `AWS::ApiGateway::Stage`
pub(crate) struct StageProvider(pub(crate) ApiGateway);

impl StageProvider {
    fn apply(stage: &mut Stage, request: &ResourceRequest) {
        stage.deployment_id = request.text("DeploymentId").map(str::to_owned);
        stage.description = request.text("Description").map(str::to_owned);
        stage.variables = text_map(request.properties.get("Variables"));
        stage.tags = tag_list(&request.properties);
    }
}

#[async_trait]
impl ResourceProvider for StageProvider {
    fn type_name(&self) -> &'static str {
        "AWS::ApiGateway::Stage"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["CanarySetting", "DeploymentId", "Description", "RestApiId", "StageName", "Tags", "Variables"]
    }

    fn idle(&self, property: &str, value: &Value) -> Option<&'static str> {
        idle::why(idle::REST_STAGE, property, value)
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        idle::refuse(&request.properties, &["/CanarySetting"])?;
        let name = required(request, "StageName")?.to_owned();
        let now = self.0.context().now();
        let put = self.0.change_rest(required(request, "RestApiId")?, |api| {
            let mut stage = ops_v1::new_stage(name.clone(), now);
            Self::apply(&mut stage, request);
            let present = api.stages.contains_key(&name);
            claim(&mut api.made_by, format!("stage/{name}"), present, request, "Stage already exists")?;
            if present { Ok(()) } else { ops_v1::add_stage(api, stage) }
        });
        put.await?;
        Ok(Created::new(name, []))
    }

    async fn update(
        &self,
        physical_id: &str,
        _: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        idle::refuse(&request.properties, &["/CanarySetting"])?;
        let now = self.0.context().now();
        let changed = self.0.change_rest(required(request, "RestApiId")?, |api| {
            if let Some(stage) = api.stages.get_mut(physical_id) {
                Self::apply(stage, request);
                stage.last_updated_date = Some(now);
            }
            Ok(())
        });
        changed.await?;
        Ok(Updated::InPlace(Created::new(physical_id.to_owned(), [])))
    }

    async fn delete(&self, physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        let Some(api) = text(properties, "RestApiId") else { return Ok(()) };
        gone(
            self.0
                .change_rest(&api, |api| {
                    api.stages.remove(physical_id);
                    api.made_by.remove(&format!("stage/{physical_id}"));
                    Ok(())
                })
                .await,
        )
    }
}

/// `AWS::ApiGateway::Resource`
pub(crate) struct ResourceTreeProvider(pub(crate) ApiGateway);

#[async_trait]
impl ResourceProvider for ResourceTreeProvider {
    fn type_name(&self) -> &'static str {
        "AWS::ApiGateway::Resource"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["ParentId", "PathPart", "RestApiId"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let id = id(request, 6);
        let (parent, part) = (required(request, "ParentId")?, required(request, "PathPart")?);
        let added = self.0.change_rest(required(request, "RestApiId")?, |api| {
            if api.resources.contains_key(&id) {
                return Ok(());
            }
            api.add_resource(id.clone(), parent, part).map(drop)
        });
        added.await?;
        Ok(Created::new(id.clone(), [("ResourceId", id.into())]))
    }

    async fn update(&self, _: &str, _: &Value, _: &ResourceRequest) -> Result<Updated, AwsError> {
        Ok(Updated::ReplacementRequired)
    }

    async fn delete(&self, physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        let Some(api) = text(properties, "RestApiId") else { return Ok(()) };
        gone(self.0.change_rest(&api, |api| api.remove_resource(physical_id)).await)
    }
}

/// `AWS::ApiGateway::Method`
pub(crate) struct MethodProvider(pub(crate) ApiGateway);

impl MethodProvider {
    async fn put(&self, request: &ResourceRequest, is_new: bool) -> Result<Created, AwsError> {
        let (resource, verb) =
            (required(request, "ResourceId")?, required(request, "HttpMethod")?.to_owned());
        if request.text("AuthorizationType").is_some_and(|kind| kind != "NONE") {
            // LIMIT: a method that asks for an authorizer must not be served without one.
            return Err(AwsError::new(
                "BadRequestException",
                "Only methods without authorization are supported here",
            ));
        }
        // LIMIT: nor one that asks for a key.
        idle::refuse(&request.properties, &["/ApiKeyRequired"])?;
        let integration = request.properties.get("Integration").map(integration).transpose()?;
        let method = Method {
            http_method: Some(verb.clone()),
            authorization_type: Some("NONE".into()),
            api_key_required: Some(false),
            operation_name: text(&request.properties, "OperationName"),
            request_parameters: truths(request.properties.get("RequestParameters")),
            method_responses: method_responses(&request.properties),
            method_integration: integration.map(|integration| completed(integration, resource)),
            ..Method::default()
        };
        let put = self.0.change_rest(required(request, "RestApiId")?, |api| {
            let methods = api.resource_mut(resource)?.resource_methods.get_or_insert_default();
            let present = methods.contains_key(&verb);
            if is_new {
                let taken = "Method already exists for this resource";
                claim(&mut api.made_by, format!("method/{resource}/{verb}"), present, request, taken)?;
            }
            api.resource_mut(resource)?.resource_methods.get_or_insert_default().insert(verb.clone(), method);
            Ok(())
        });
        put.await?;
        Ok(Created::new(format!("{resource}|{verb}"), []))
    }
}

/// Names that are each required or not.
fn truths(map: Option<&Value>) -> Option<BTreeMap<String, bool>> {
    let members = map?.as_object()?.iter();
    Some(members.map(|(name, value)| (name.clone(), value.as_bool().unwrap_or(false))).collect())
}

/// What a method may answer, by status.
fn method_responses(properties: &Value) -> Option<BTreeMap<String, MethodResponse>> {
    let responses = properties.get("MethodResponses")?.as_array()?.iter().filter_map(|response| {
        let status = text(response, "StatusCode")?;
        let response = MethodResponse {
            status_code: Some(status.clone()),
            response_parameters: truths(response.get("ResponseParameters")),
            response_models: text_map(response.get("ResponseModels")),
        };
        Some((status, response))
    });
    Some(responses.collect())
}

/// The property of a mock in the words of a definition, which `mock` reads.
fn mock(value: &Value) -> Integration {
    let responses = value.get("IntegrationResponses").and_then(Value::as_array).into_iter().flatten();
    let responses = responses.map(|response| {
        let pattern = text(response, "SelectionPattern").unwrap_or_else(|| "default".to_owned());
        let member = |name: &str| response.get(name).cloned().unwrap_or_default();
        let response = serde_json::json!({
            "statusCode": text(response, "StatusCode"),
            "responseParameters": member("ResponseParameters"),
            "responseTemplates": member("ResponseTemplates"),
        });
        (pattern, response)
    });
    let responses: serde_json::Map<String, Value> = responses.collect();
    let templates = value.get("RequestTemplates").cloned().unwrap_or_default();
    crate::mock::read(&serde_json::json!({
        "requestTemplates": templates,
        "passthroughBehavior": text(value, "PassthroughBehavior"),
        "responses": responses,
    }))
}

fn integration(value: &Value) -> Result<Integration, AwsError> {
    if text(value, "Type").as_deref() == Some("MOCK") {
        return Ok(mock(value));
    }
    let uri = text(value, "Uri").unwrap_or_default();
    if text(value, "Type").as_deref() != Some("AWS_PROXY") || openapi::function_arn(&uri).is_none() {
        // LIMIT: only Lambda proxies and mocks are integrated.
        let message =
            "Only MOCK integrations, and AWS_PROXY integrations with a function, are supported here";
        return Err(AwsError::new("BadRequestException", message));
    }
    Ok(Integration {
        r#type: Some(IntegrationType::AwsProxy),
        http_method: text(value, "IntegrationHttpMethod"),
        uri: Some(uri),
        timeout_in_millis: Some(timeout(value)?),
        ..Integration::default()
    })
}

/// How long a function may take.
fn timeout(integration: &Value) -> Result<i32, AwsError> {
    let Some(given) = integration.get("TimeoutInMillis") else { return Ok(quotas::REST_TIMEOUT) };
    let number = given.as_i64().or_else(|| given.as_str()?.parse().ok());
    crate::ops_v1::integrations::timeout(number.unwrap_or_default())
}

#[async_trait]
impl ResourceProvider for MethodProvider {
    fn type_name(&self) -> &'static str {
        "AWS::ApiGateway::Method"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "ApiKeyRequired",
            "AuthorizationType",
            "HttpMethod",
            "Integration.IntegrationHttpMethod",
            "Integration.IntegrationResponses",
            "Integration.PassthroughBehavior",
            "Integration.RequestTemplates",
            "Integration.TimeoutInMillis",
            "Integration.Type",
            "Integration.Uri",
            "MethodResponses",
            "OperationName",
            "RequestParameters",
            "ResourceId",
            "RestApiId",
        ]
    }

    fn idle(&self, property: &str, value: &Value) -> Option<&'static str> {
        idle::why(idle::REST_METHOD, property, value)
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        self.put(request, true).await
    }

    async fn update(&self, _: &str, _: &Value, request: &ResourceRequest) -> Result<Updated, AwsError> {
        Ok(Updated::InPlace(self.put(request, false).await?))
    }

    async fn delete(&self, physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        let (Some(api), Some((resource, verb))) =
            (text(properties, "RestApiId"), physical_id.split_once('|'))
        else {
            return Ok(());
        };
        let deleted = self.0.change_rest(&api, |api| {
            if let Some(methods) = &mut api.resource_mut(resource)?.resource_methods {
                methods.remove(verb);
            }
            api.made_by.remove(&format!("method/{resource}/{verb}"));
            Ok(())
        });
        gone(deleted.await)
    }
}

#[cfg(test)]
mod tests {
    use cloud_core::Context;
    use serde_json::json;

    use super::*;

    fn request(logical_id: &str, properties: Value) -> ResourceRequest {
        ResourceRequest {
            logical_id: logical_id.to_owned(),
            stack_name: "s".to_owned(),
            stack_id: "arn".to_owned(),
            properties,
            token: logical_id.to_owned(),
            tags: BTreeMap::new(),
            caller: None,
        }
    }

    /// The transform's deployments name a stage of their own besides the one that the stack has.
    #[tokio::test]
    async fn a_deployment_takes_its_own_stage_along() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _clock) = Context::for_test(folder.path());
        let gateway = ApiGateway::open(context).await.unwrap();
        let apis = RestApiProvider(gateway.clone());
        let deployments = DeploymentProvider(gateway.clone());
        let stages = StageProvider(gateway.clone());
        let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
        let uri =
            format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations");
        let integration = json!({"type": "aws_proxy", "httpMethod": "POST", "uri": uri});
        let method = json!({"x-amazon-apigateway-integration": integration, "responses": {}});
        let body = json!({"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {"/": {"get": method}}});
        let api = apis.create(&request("Api", json!({"Name": "a", "Body": body}))).await.unwrap().physical_id;
        let kept = gateway.rest(&api).unwrap().resources.into_values().next().unwrap();
        let integration = kept.resource_methods.unwrap()["GET"].method_integration.clone().unwrap();
        assert_eq!((integration.cache_namespace, integration.cache_key_parameters), (kept.id, Some(vec![])));
        assert_eq!(integration.passthrough_behavior.as_deref(), Some("WHEN_NO_MATCH"));
        let properties = json!({"RestApiId": api, "StageName": "Stage"});
        let deployment =
            deployments.create(&request("Deployment", properties.clone())).await.unwrap().physical_id;
        let prod = json!({"RestApiId": api, "StageName": "Prod", "DeploymentId": deployment});
        let stage = stages.create(&request("Prod", prod.clone())).await.unwrap().physical_id;
        let refused = deployments.delete(&deployment, &properties).await.unwrap_err();
        assert_eq!(refused.code(), "BadRequestException");
        stages.delete(&stage, &prod).await.unwrap();
        deployments.delete(&deployment, &properties).await.unwrap();
        apis.delete(&api, &json!({})).await.unwrap();
    }

    /// Killed between the making and the record: the repeated step meets what it made, every other step is refused.
    #[tokio::test]
    async fn a_repeated_step_finds_its_own_and_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let (context, _clock) = Context::for_test(folder.path());
        let gateway = ApiGateway::open(context.clone()).await.unwrap();
        let make = async |type_name: &str, token: &str, properties: &Value| {
            let provider = context.peers().provider(type_name).unwrap();
            let request = ResourceRequest { token: token.to_owned(), ..request("X", properties.clone()) };
            provider.create(&request).await
        };
        let rest = make("AWS::ApiGateway::RestApi", "r", &json!({"Name": "a"})).await.unwrap();
        let (api, root) = (&rest.physical_id, &rest.attributes["RootResourceId"]);
        let integration = json!({"Type": "MOCK", "IntegrationResponses": [{"StatusCode": "200"}]});
        let method = json!({"RestApiId": api, "ResourceId": root, "HttpMethod": "GET", "AuthorizationType": "NONE", "Integration": integration});
        make("AWS::ApiGateway::Method", "m", &method).await.unwrap();
        let kept =
            gateway.rest(api).unwrap().resources[root.as_str().unwrap()].resource_methods.clone().unwrap();
        let kept = kept["GET"].method_integration.clone().unwrap();
        assert_eq!(
            (kept.cache_namespace.as_deref(), kept.cache_key_parameters),
            (root.as_str(), Some(vec![]))
        );
        assert_eq!(kept.passthrough_behavior.as_deref(), Some("WHEN_NO_MATCH"));
        let deployment = make("AWS::ApiGateway::Deployment", "d", &json!({"RestApiId": api})).await.unwrap();
        let stage = json!({"RestApiId": api, "StageName": "s", "DeploymentId": deployment.physical_id});
        let http =
            make("AWS::ApiGatewayV2::Api", "h", &json!({"Name": "a", "ProtocolType": "HTTP"})).await.unwrap();
        let http_stage = json!({"ApiId": http.physical_id, "StageName": "$default"});
        let part = json!({"RestApiId": api, "ParentId": root, "PathPart": "p"});
        for (type_name, properties) in [
            ("AWS::ApiGateway::Method", &method),
            ("AWS::ApiGateway::Stage", &stage),
            ("AWS::ApiGateway::Resource", &part),
            ("AWS::ApiGatewayV2::Stage", &http_stage),
        ] {
            let first = make(type_name, "m", properties).await.unwrap();
            assert_eq!(make(type_name, "m", properties).await.unwrap(), first, "{type_name}");
            let refused = make(type_name, "other", properties).await.unwrap_err();
            assert_eq!(refused.code(), "ConflictException", "{type_name}");
            let provider = context.peers().provider(type_name).unwrap();
            provider.delete(&first.physical_id, properties).await.unwrap();
            make(type_name, "other", properties).await.unwrap();
        }
        drop(gateway);
    }
}
