//! What is deployed, as the cloud's own operations tell it; trying its routes.

use std::{
    collections::{HashMap, HashSet},
    time::Instant,
};

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt, Full, Limited};
use protocol::{
    CallError, ErrorCode,
    cloud::{Api, ApiKind, Cloud, Function, Output, Resource, Route, RouteAnswer, Stack, TryRoute},
};
use serde_json::Value;

use crate::{
    client::{API_GATEWAY, CLOUDFORMATION, Element, LAMBDA, Rest, encode, text},
    deploy::outputs,
    error::CloudError,
    frame,
    workspace::CloudPanels,
};

/// Largest answer of a route that is read, in bytes; what of it fits into a frame is shown.
const MAX_BODY: usize = 16 * 1024 * 1024;

impl CloudPanels {
    /// Everything that is deployed.
    pub(crate) async fn describe(&self) -> Result<Cloud, CloudError> {
        let mut stacks = self.stacks().await?;
        let functions = self.functions(&stacks).await?;
        let mut apis = self.http_apis().await?;
        apis.extend(self.rest_apis().await?);
        apis.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        let resources = stacks.iter().flat_map(|stack| &stack.resources);
        let mut known: HashSet<String> = resources.map(|resource| resource.physical_id.clone()).collect();
        known.extend(apis.iter().map(|api| api.id.clone()));
        for output in stacks.iter_mut().flat_map(|stack| &mut stack.outputs) {
            output.local = self.aws().endpoint().local(&output.value, &known);
        }
        let (queues, topics) = (self.queues(&stacks).await?, self.topics(&stacks).await?);
        Ok(Cloud { stacks, functions, apis, queues, topics })
    }

    async fn stacks(&self) -> Result<Vec<Stack>, CloudError> {
        let described = self.aws().query_pages(CLOUDFORMATION, "DescribeStacks", &[], "Stacks").await?;
        let mut stacks = Vec::new();
        for stack in &described {
            let (Some(name), Some(status)) = (stack.text_of("StackName"), stack.text_of("StackStatus"))
            else {
                continue;
            };
            let resources = self.resources(&name).await?;
            let reason = stack.text_of("StackStatusReason");
            stacks.push(Stack { name, status, reason, resources, outputs: outputs(stack) });
        }
        stacks.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(stacks)
    }

    pub(crate) async fn resources(&self, stack: &str) -> Result<Vec<Resource>, CloudError> {
        let name = [("StackName".to_owned(), stack.to_owned())];
        let list = "StackResourceSummaries";
        let listed = self.aws().query_pages(CLOUDFORMATION, "ListStackResources", &name, list).await;
        let listed = match listed {
            Ok(listed) => listed,
            // It was deleted since it was listed.
            Err(error) if error.is("ValidationError") => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let read = |resource: &Element| {
            Some(Resource {
                logical_id: resource.text_of("LogicalResourceId")?,
                physical_id: resource.text_of("PhysicalResourceId").unwrap_or_default(),
                kind: resource.text_of("ResourceType")?,
                status: resource.text_of("ResourceStatus")?,
            })
        };
        Ok(listed.iter().filter_map(read).collect())
    }

    async fn functions(&self, stacks: &[Stack]) -> Result<Vec<Function>, CloudError> {
        let owners: HashMap<&str, (&str, &str)> = stacks
            .iter()
            .flat_map(|stack| stack.resources.iter().map(move |resource| (stack, resource)))
            .filter(|(_, resource)| resource.kind == "AWS::Lambda::Function")
            .map(|(stack, resource)| {
                (resource.physical_id.as_str(), (stack.name.as_str(), resource.logical_id.as_str()))
            })
            .collect();
        let mut functions: Vec<Function> = self
            .aws()
            .rest_pages(LAMBDA, "/2015-03-31/functions", "Functions", ("NextMarker", "Marker"))
            .await?
            .iter()
            .filter_map(|listed| function(listed, &owners))
            .collect();
        functions.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(functions)
    }

    async fn http_apis(&self) -> Result<Vec<Api>, CloudError> {
        let mut apis = Vec::new();
        for api in self.aws().rest_pages(API_GATEWAY, "/v2/apis", "items", ("nextToken", "nextToken")).await?
        {
            apis.extend(still_there(self.http_api(&api).await)?);
        }
        Ok(apis)
    }

    async fn http_api(&self, api: &Value) -> Result<Api, CloudError> {
        let (id, name) = (text(api, "apiId"), text(api, "name"));
        let path = format!("/v2/apis/{}", encode(&id));
        let token = ("nextToken", "nextToken");
        let integrations =
            self.aws().rest_pages(API_GATEWAY, &format!("{path}/integrations"), "items", token).await?;
        let routes = self.aws().rest_pages(API_GATEWAY, &format!("{path}/routes"), "items", token).await?;
        let routes = routes.iter().map(|route| http_route(route, &integrations)).collect();
        let stages = self.aws().rest_pages(API_GATEWAY, &format!("{path}/stages"), "items", token).await?;
        let urls = stages.iter().map(|stage| match text(stage, "stageName").as_str() {
            "$default" => self.api_url(&id, ""),
            stage => self.api_url(&id, stage),
        });
        Ok(Api { urls: urls.collect(), id, name, kind: ApiKind::Http, routes })
    }

    async fn rest_apis(&self) -> Result<Vec<Api>, CloudError> {
        let mut apis = Vec::new();
        for api in self.aws().rest_pages(API_GATEWAY, "/restapis", "item", ("position", "position")).await? {
            apis.extend(still_there(self.rest_api(&api).await)?);
        }
        Ok(apis)
    }

    async fn rest_api(&self, api: &Value) -> Result<Api, CloudError> {
        let (id, name) = (text(api, "id"), text(api, "name"));
        let path = format!("/restapis/{}", encode(&id));
        let resources = format!("{path}/resources?embed=methods&limit=500");
        let resources =
            self.aws().rest_pages(API_GATEWAY, &resources, "item", ("position", "position")).await?;
        let routes = resources.iter().flat_map(rest_routes).collect();
        let stages = self.aws().send(Rest::new(API_GATEWAY, Method::GET, format!("{path}/stages"))).await?;
        let stages = stages.json("GetStages")?;
        let urls = list(&stages, "item").iter().map(|stage| self.api_url(&id, &text(stage, "stageName")));
        Ok(Api { urls: urls.collect(), id, name, kind: ApiKind::Rest, routes })
    }

    fn api_url(&self, id: &str, stage: &str) -> String {
        self.aws().endpoint().api(id, stage)
    }

    /// The addresses of a stack's APIs; finds out where its outputs lead here.
    pub(crate) async fn reach(&self, stack: &str, outputs: &mut [Output]) -> Result<Vec<String>, CloudError> {
        let resources = self.resources(stack).await?.into_iter();
        let known: HashSet<String> = resources.map(|resource| resource.physical_id).collect();
        for output in outputs {
            output.local = self.aws().endpoint().local(&output.value, &known);
        }
        let mut apis = self.http_apis().await?;
        apis.extend(self.rest_apis().await?);
        Ok(apis.into_iter().filter(|api| known.contains(&api.id)).flat_map(|api| api.urls).collect())
    }

    /// Calls a deployed API, as anybody may.
    pub(crate) async fn try_route(&self, call: TryRoute) -> Result<RouteAnswer, CallError> {
        let endpoint = self.aws().endpoint();
        let Some(way) = endpoint.way(&call.url) else {
            let (api, ours) = (endpoint.api("ID", ""), self.aws().url());
            let message =
                format!("only addresses of this workspace's cloud can be tried: {api}/… and {ours}/…");
            let error = CallError::new(ErrorCode::Forbidden, message);
            return Err(error.because("foreign-address", &[("api", &api), ("cloud", &ours)]));
        };
        let mut request = Request::builder().method(call.method.as_str()).uri(&way.url);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        // The name need not be resolved: it leads to the endpoint.
        if let Some(host) =
            way.host.filter(|_| !call.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")))
        {
            request = request.header("host", host);
        }
        let request = request.body(Full::new(Bytes::from(call.body))).map_err(|error| {
            CallError::new(ErrorCode::Invalid, format!("the request is malformed: {error}"))
                .because("request-malformed", &[("reason", &error)])
        })?;
        let started = Instant::now();
        let (parts, body) = self.aws().anonymous(request).await?.into_parts();
        let body = Limited::new(body, MAX_BODY).collect().await.map_err(|error| {
            CallError::new(ErrorCode::Limit, format!("the answer could not be read whole: {error}"))
                .because("answer-cut-off", &[("reason", &error)])
        })?;
        let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let headers: Vec<_> = parts.headers.iter().map(header).collect();
        let above = headers.iter().map(|(name, value)| frame::weight(name) + frame::weight(value) + 8);
        let room = frame::ROOM.saturating_sub(above.sum());
        Ok(RouteAnswer {
            status: parts.status.as_u16(),
            headers,
            body: frame::shown(body, room),
            duration_ms: started.elapsed().as_secs_f64() * 1000.0,
        })
    }

    /// Deletes a stack.
    pub(crate) async fn delete_stack(&self, name: &str) -> Result<(), CloudError> {
        let name = [("StackName".to_owned(), name.to_owned())];
        self.aws().query(CLOUDFORMATION, "DeleteStack", &name).await.map(drop)
    }
}

fn function(listed: &Value, owners: &HashMap<&str, (&str, &str)>) -> Option<Function> {
    let name = listed.get("FunctionName")?.as_str()?.to_owned();
    let owner = owners.get(name.as_str());
    let number = |name: &str| listed.get(name).and_then(Value::as_u64).unwrap_or_default();
    let variables = listed.pointer("/Environment/Variables").and_then(Value::as_object);
    let variable =
        |(name, value): (&String, &Value)| (name.clone(), value.as_str().unwrap_or_default().to_owned());
    let group = listed.pointer("/LoggingConfig/LogGroup").and_then(Value::as_str).map(str::to_owned);
    Some(Function {
        arn: text(listed, "FunctionArn"),
        stack: owner.map(|(stack, _)| (*stack).to_owned()),
        logical_id: owner.map(|(_, id)| (*id).to_owned()),
        runtime: text(listed, "Runtime"),
        handler: text(listed, "Handler"),
        memory_mb: number("MemorySize") as u32,
        timeout_seconds: number("Timeout") as u32,
        code_size: number("CodeSize"),
        last_modified: text(listed, "LastModified"),
        environment: variables.into_iter().flatten().map(variable).collect(),
        log_group: group.unwrap_or_else(|| format!("/aws/lambda/{name}")),
        name,
    })
}

/// The stack of a resource, by its type and what it is known by there; and its name in that stack's template.
pub(crate) fn owner(
    stacks: &[Stack],
    kind: &str,
    is: impl Fn(&str) -> bool,
) -> (Option<String>, Option<String>) {
    let all = stacks.iter().flat_map(|stack| stack.resources.iter().map(move |resource| (stack, resource)));
    let found = all.into_iter().find(|(_, resource)| resource.kind == kind && is(&resource.physical_id));
    found.map(|(stack, resource)| (stack.name.clone(), resource.logical_id.clone())).unzip()
}

/// An API that was deleted since it was listed is none.
fn still_there(found: Result<Api, CloudError>) -> Result<Option<Api>, CloudError> {
    match found {
        Err(error) if error.is("NotFoundException") => Ok(None),
        found => found.map(Some),
    }
}

fn http_route(route: &Value, integrations: &[Value]) -> Route {
    let key = text(route, "routeKey");
    let (method, path) = key.split_once(' ').unwrap_or((&key, ""));
    let target = text(route, "target");
    let id = target.strip_prefix("integrations/").unwrap_or_default();
    let integration = integrations.iter().find(|integration| text(integration, "integrationId") == id);
    let uri = integration.map(|integration| text(integration, "integrationUri")).unwrap_or_default();
    Route { method: method.to_owned(), path: path.to_owned(), function: function_name(&uri) }
}

fn rest_routes(resource: &Value) -> Vec<Route> {
    let path = text(resource, "path");
    let methods = resource.get("resourceMethods").and_then(Value::as_object);
    let route = |(method, details): (&String, &Value)| Route {
        method: method.clone(),
        path: path.clone(),
        function: details.pointer("/methodIntegration/uri").and_then(Value::as_str).and_then(function_name),
    };
    methods.into_iter().flatten().map(route).collect()
}

/// The function's name in an integration's URI, which holds its ARN.
fn function_name(uri: &str) -> Option<String> {
    let name = uri.split_once(":function:")?.1;
    Some(name.split(['/', ':']).next()?.to_owned())
}

/// The function of that name in its template, among a stack's resources.
pub(crate) fn function_among<'a>(resources: &'a [Resource], logical_id: &str) -> Option<&'a Resource> {
    let is_it =
        |resource: &&Resource| resource.logical_id == logical_id && resource.kind == "AWS::Lambda::Function";
    resources.iter().find(is_it)
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrations_name_their_functions() {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:hello";
        assert_eq!(function_name(arn).as_deref(), Some("hello"));
        let path = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/";
        assert_eq!(function_name(&format!("{path}{arn}:live/invocations")).as_deref(), Some("hello"));
        assert_eq!(function_name("https://example.com"), None);
    }
}
