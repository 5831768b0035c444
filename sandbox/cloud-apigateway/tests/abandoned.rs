//! Callers who go away in the middle of each operation, of REST APIs and of HTTP APIs.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cloud_apigateway::{ApiGateway, RestControl};
use cloud_core::Context;
use cloud_wire::Service;
use cloud_wire::abandon::{self, Case, Client, Input, Subject};
use serde_json::{Value, json};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";
const INVOCATION: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations";

/// The members of two objects together.
fn with(mut first: Value, more: Value) -> Value {
    if let (Value::Object(members), Value::Object(more)) = (&mut first, more) {
        members.extend(more);
    }
    first
}

/// An OpenAPI document with one path.
fn document(n: usize) -> String {
    let integration = json!({
        "type": "aws_proxy", "uri": INVOCATION, "httpMethod": "POST", "payloadFormatVersion": "2.0"
    });
    let method = json!({ "x-amazon-apigateway-integration": integration });
    let paths = json!({ format!("/{n}"): { "get": method } });
    json!({ "openapi": "3.0.1", "info": { "title": format!("t{n}"), "version": "1" }, "paths": paths })
        .to_string()
}

/// The REST API that the first request before it made, or told of: the one that all share.
fn rest(before: &[Value]) -> &Value {
    match before[0]["items"].as_array() {
        Some(apis) => apis.iter().find(|api| api["name"] == "shared").unwrap(),
        None => &before[0],
    }
}

fn in_rest(before: &[Value], more: Value) -> Value {
    with(json!({ "restApiId": rest(before)["id"] }), more)
}

/// A method of the resource that the second request before it made.
fn method(before: &[Value], more: Value) -> Value {
    with(in_rest(before, json!({ "resourceId": before[1]["id"], "httpMethod": "GET" })), more)
}

fn resource(n: usize, before: &[Value]) -> Value {
    in_rest(before, json!({ "parentId": rest(before)["rootResourceId"], "pathPart": n.to_string() }))
}

fn new_method(_: usize, before: &[Value]) -> Value {
    method(before, json!({ "authorizationType": "NONE" }))
}

fn integration(_: usize, before: &[Value]) -> Value {
    method(before, json!({ "type": "AWS_PROXY", "uri": INVOCATION, "integrationHttpMethod": "POST" }))
}

fn mock(_: usize, before: &[Value]) -> Value {
    method(
        before,
        json!({ "type": "MOCK", "requestTemplates": { "application/json": "{\"statusCode\": 200}" } }),
    )
}

fn of_200(_: usize, before: &[Value]) -> Value {
    method(before, json!({ "statusCode": "200" }))
}

fn same_method(_: usize, before: &[Value]) -> Value {
    method(before, json!({}))
}

/// The method of an API's root.
fn of_root(before: &[Value], more: Value) -> Value {
    let place = json!({ "resourceId": rest(before)["rootResourceId"], "httpMethod": "GET" });
    with(in_rest(before, place), more)
}

/// The deployment that was made last.
fn deployment(_: usize, before: &[Value]) -> Value {
    in_rest(before, json!({ "deploymentId": before[3]["id"] }))
}

fn stage(n: usize, before: &[Value]) -> Value {
    in_rest(before, json!({ "stageName": format!("s{n}") }))
}

fn new_stage(n: usize, before: &[Value]) -> Value {
    with(stage(n, before), json!({ "deploymentId": before[3]["id"] }))
}

fn described(n: usize) -> Value {
    patched("/description", n)
}

/// A change of that member to a value that nothing had before.
fn patched(path: &str, n: usize) -> Value {
    json!({ "patchOperations": [{ "op": "replace", "path": path, "value": format!("v{n}") }] })
}

fn tagged(before: &[Value]) -> String {
    format!("arn:aws:apigateway:us-east-1::/restapis/{}", rest(before)["id"].as_str().unwrap())
}

const REST: (&str, Input) = ("apigateway.GetRestApis", |_, _| json!({ "limit": 500 }));
const RESOURCE: (&str, Input) = ("CreateResource", resource);
const METHOD: (&str, Input) = ("PutMethod", new_method);
const DEPLOYMENT: (&str, Input) = ("apigateway.CreateDeployment", |_, before| in_rest(before, json!({})));

const OWN: (&str, Input) = ("CreateRestApi", |n, _| json!({ "name": format!("own-{n}") }));
const ROOT: (&str, Input) =
    ("PutMethod", |_, before| of_root(before, json!({ "authorizationType": "NONE" })));
const ANSWERED: (&str, Input) = ("PutIntegration", |_, before| {
    of_root(before, json!({ "type": "AWS_PROXY", "uri": INVOCATION, "integrationHttpMethod": "POST" }))
});

const KNOWN: &[(&str, Input)] = &[REST];
const READY: &[(&str, Input)] = &[OWN, ROOT, ANSWERED];
const WITH_RESOURCE: &[(&str, Input)] = &[REST, RESOURCE];
const WITH_METHOD: &[(&str, Input)] = &[REST, RESOURCE, METHOD];
const INTEGRATED: &[(&str, Input)] = &[REST, RESOURCE, METHOD, ("PutIntegration", integration)];
const MOCKED: &[(&str, Input)] =
    &[REST, RESOURCE, METHOD, ("PutIntegration", mock), ("PutMethodResponse", of_200)];
const ANSWERING: &[(&str, Input)] = &[REST, RESOURCE, METHOD, ("PutMethodResponse", of_200)];
const MOCKING: &[(&str, Input)] = &[
    REST,
    RESOURCE,
    METHOD,
    ("PutIntegration", mock),
    ("PutMethodResponse", of_200),
    ("PutIntegrationResponse", of_200),
];
const DEPLOYED: &[(&str, Input)] = &[OWN, ROOT, ANSWERED, DEPLOYMENT];
const STAGED: &[(&str, Input)] = &[OWN, ROOT, ANSWERED, DEPLOYMENT, ("apigateway.CreateStage", new_stage)];
const OWN_REST: &[(&str, Input)] = &[OWN];

const RESTS: &[Case] = &[
    Case::new("CreateRestApi", |n, _| json!({ "name": format!("made-{n}") })),
    Case::new("DeleteRestApi", |_, before| json!({ "restApiId": before[0]["id"] })).after(OWN_REST),
    Case::new("GetRestApi", |_, before| in_rest(before, json!({}))).after(KNOWN),
    Case::new("GetRestApis", |_, _| json!({})),
    Case::new("UpdateRestApi", |n, before| in_rest(before, described(n))).after(KNOWN),
    Case::new("ImportRestApi", |n, _| json!({ "body": BASE64_STANDARD.encode(document(n)) })),
    Case::new("PutRestApi", |n, before| {
        let body = BASE64_STANDARD.encode(document(n));
        json!({ "restApiId": before[0]["id"], "mode": "overwrite", "body": body })
    })
    .after(OWN_REST),
    Case::new("CreateResource", resource).after(KNOWN),
    Case::new("DeleteResource", |_, before| in_rest(before, json!({ "resourceId": before[1]["id"] })))
        .after(WITH_RESOURCE),
    Case::new("GetResource", |_, before| in_rest(before, json!({ "resourceId": before[1]["id"] })))
        .after(WITH_RESOURCE),
    Case::new("GetResources", |_, before| in_rest(before, json!({}))).after(KNOWN),
    Case::new("UpdateResource", |n, before| {
        in_rest(before, with(json!({ "resourceId": before[1]["id"] }), patched("/pathPart", n)))
    })
    .after(WITH_RESOURCE),
    Case::new("PutMethod", new_method).after(WITH_RESOURCE),
    Case::new("DeleteMethod", same_method).after(WITH_METHOD),
    Case::new("GetMethod", same_method).after(WITH_METHOD),
    Case::new("UpdateMethod", |n, before| method(before, patched("/operationName", n))).after(WITH_METHOD),
    Case::new("PutMethodResponse", of_200).after(WITH_METHOD),
    Case::new("DeleteMethodResponse", of_200).after(ANSWERING),
    Case::new("GetMethodResponse", of_200).after(ANSWERING),
    Case::new("UpdateMethodResponse", |n, before| {
        with(of_200(n, before), patched("/responseModels/application~1json", n))
    })
    .after(ANSWERING),
    Case::new("PutIntegration", integration).after(WITH_METHOD),
    Case::new("apigateway.DeleteIntegration", same_method).after(INTEGRATED),
    Case::new("apigateway.GetIntegration", same_method).after(INTEGRATED),
    Case::new("apigateway.UpdateIntegration", |n, before| method(before, patched("/cacheNamespace", n)))
        .after(INTEGRATED),
    Case::new("PutIntegrationResponse", of_200).after(MOCKED),
    Case::new("DeleteIntegrationResponse", of_200).after(MOCKING),
    Case::new("GetIntegrationResponse", of_200).after(MOCKING),
    Case::new("UpdateIntegrationResponse", |n, before| {
        with(of_200(n, before), patched("/selectionPattern", n))
    })
    .after(MOCKING),
    Case::new("apigateway.CreateDeployment", |_, before| in_rest(before, json!({}))).after(READY),
    Case::new("apigateway.DeleteDeployment", deployment).after(DEPLOYED),
    Case::new("apigateway.GetDeployment", deployment).after(DEPLOYED),
    Case::new("UpdateDeployment", |n, before| with(deployment(n, before), described(n))).after(DEPLOYED),
    Case::new("apigateway.GetDeployments", |_, before| in_rest(before, json!({}))).after(KNOWN),
    Case::new("apigateway.CreateStage", new_stage).after(DEPLOYED),
    Case::new("apigateway.DeleteStage", stage).after(STAGED),
    Case::new("apigateway.GetStage", stage).after(STAGED),
    Case::new("apigateway.GetStages", |_, before| in_rest(before, json!({}))).after(KNOWN),
    Case::new("apigateway.UpdateStage", |n, before| with(stage(n, before), described(n))).after(STAGED),
    Case::new(
        "apigateway.TagResource",
        |n, before| json!({ "resourceArn": tagged(before), "tags": { "n": n.to_string() } }),
    )
    .after(KNOWN),
    Case::new("apigateway.GetTags", |_, before| json!({ "resourceArn": tagged(before) })).after(KNOWN),
    Case::new(
        "apigateway.UntagResource",
        |_, before| json!({ "resourceArn": tagged(before), "tagKeys": ["n"] }),
    )
    .after(KNOWN),
];

/// The HTTP API that all share, as the first request before it told.
fn http(before: &[Value]) -> Value {
    let apis = before[0]["Items"].as_array().unwrap();
    json!({ "ApiId": apis.iter().find(|api| api["Name"] == "shared").unwrap()["ApiId"] })
}

/// With what the second request before it made, named by that member.
fn of_second(before: &[Value], member: &str) -> Value {
    with(http(before), json!({ member: before[1][member] }))
}

fn new_api(name: impl Into<Value>) -> Value {
    let name: Value = name.into();
    json!({ "Name": name, "ProtocolType": "HTTP" })
}

fn new_integration(before: &[Value]) -> Value {
    let integration =
        json!({ "IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION, "PayloadFormatVersion": "2.0" });
    with(http(before), integration)
}

fn new_route(n: usize, before: &[Value]) -> Value {
    with(http(before), json!({ "RouteKey": format!("GET /{n}") }))
}

fn stage_of_http(n: usize, before: &[Value]) -> Value {
    with(http(before), json!({ "StageName": format!("s{n}") }))
}

fn api_arn(before: &[Value]) -> String {
    format!("arn:aws:apigateway:us-east-1::/apis/{}", http(before)["ApiId"].as_str().unwrap())
}

const HTTP: (&str, Input) = ("GetApis", |_, _| json!({}));
const KNOWN_HTTP: &[(&str, Input)] = &[HTTP];
const OWN_HTTP: &[(&str, Input)] = &[("CreateApi", |n, _| new_api(format!("own-{n}")))];
const WITH_CORS: &[(&str, Input)] = &[("CreateApi", |n, _| {
    with(new_api(format!("own-{n}")), json!({ "CorsConfiguration": { "AllowOrigins": ["*"] } }))
})];
const WITH_INTEGRATION: &[(&str, Input)] =
    &[HTTP, ("CreateIntegration", |_, before| new_integration(before))];
const WITH_ROUTE: &[(&str, Input)] = &[HTTP, ("CreateRoute", new_route)];
const WITH_DEPLOYMENT: &[(&str, Input)] =
    &[HTTP, ("apigatewayv2.CreateDeployment", |_, before| http(before))];
const WITH_STAGE: &[(&str, Input)] = &[HTTP, ("apigatewayv2.CreateStage", stage_of_http)];

const HTTPS: &[Case] = &[
    Case::new("CreateApi", |n, _| with(new_api(format!("made-{n}")), json!({ "Target": FUNCTION }))),
    Case::new("DeleteApi", |_, before| json!({ "ApiId": before[0]["ApiId"] })).after(OWN_HTTP),
    Case::new("GetApi", |_, before| http(before)).after(KNOWN_HTTP),
    Case::new("GetApis", |_, _| json!({})),
    Case::new("UpdateApi", |n, before| with(http(before), json!({ "Description": n.to_string() })))
        .after(KNOWN_HTTP),
    Case::new("ImportApi", |n, _| json!({ "Body": document(n) })),
    Case::new("ReimportApi", |n, before| json!({ "ApiId": before[0]["ApiId"], "Body": document(n) }))
        .after(OWN_HTTP),
    Case::new("DeleteCorsConfiguration", |_, before| json!({ "ApiId": before[0]["ApiId"] })).after(WITH_CORS),
    Case::new("CreateIntegration", |_, before| new_integration(before)).after(KNOWN_HTTP),
    Case::new("apigatewayv2.DeleteIntegration", |_, before| of_second(before, "IntegrationId"))
        .after(WITH_INTEGRATION),
    Case::new("apigatewayv2.GetIntegration", |_, before| of_second(before, "IntegrationId"))
        .after(WITH_INTEGRATION),
    Case::new("GetIntegrations", |_, before| http(before)).after(KNOWN_HTTP),
    Case::new("apigatewayv2.UpdateIntegration", |n, before| {
        with(of_second(before, "IntegrationId"), json!({ "Description": n.to_string() }))
    })
    .after(WITH_INTEGRATION),
    Case::new("CreateRoute", new_route).after(KNOWN_HTTP),
    Case::new("DeleteRoute", |_, before| of_second(before, "RouteId")).after(WITH_ROUTE),
    Case::new("GetRoute", |_, before| of_second(before, "RouteId")).after(WITH_ROUTE),
    Case::new("GetRoutes", |_, before| http(before)).after(KNOWN_HTTP),
    Case::new("UpdateRoute", |n, before| {
        with(of_second(before, "RouteId"), json!({ "RouteKey": format!("POST /{n}") }))
    })
    .after(WITH_ROUTE),
    Case::new("apigatewayv2.CreateDeployment", |_, before| http(before)).after(KNOWN_HTTP),
    Case::new("apigatewayv2.DeleteDeployment", |_, before| of_second(before, "DeploymentId"))
        .after(WITH_DEPLOYMENT),
    Case::new("apigatewayv2.GetDeployment", |_, before| of_second(before, "DeploymentId"))
        .after(WITH_DEPLOYMENT),
    Case::new("apigatewayv2.GetDeployments", |_, before| http(before)).after(KNOWN_HTTP),
    Case::new("apigatewayv2.CreateStage", stage_of_http).after(KNOWN_HTTP),
    Case::new("apigatewayv2.DeleteStage", stage_of_http).after(WITH_STAGE),
    Case::new("apigatewayv2.GetStage", stage_of_http).after(WITH_STAGE),
    Case::new("apigatewayv2.GetStages", |_, before| http(before)).after(KNOWN_HTTP),
    Case::new("apigatewayv2.UpdateStage", |n, before| {
        with(stage_of_http(n, before), json!({ "Description": n.to_string() }))
    })
    .after(WITH_STAGE),
    Case::new(
        "apigatewayv2.TagResource",
        |n, before| json!({ "ResourceArn": api_arn(before), "Tags": { "n": n.to_string() } }),
    )
    .after(KNOWN_HTTP),
    Case::new("apigatewayv2.GetTags", |_, before| json!({ "ResourceArn": api_arn(before) }))
        .after(KNOWN_HTTP),
    Case::new(
        "apigatewayv2.UntagResource",
        |_, before| json!({ "ResourceArn": api_arn(before), "TagKeys": ["n"] }),
    )
    .after(KNOWN_HTTP),
];

struct Gateway(ApiGateway);

impl Gateway {
    async fn rests(client: &Client) -> Vec<Value> {
        let apis = client.done("GetRestApis", json!({ "limit": 500 })).await;
        let mut seen = Vec::new();
        for api in apis["items"].as_array().unwrap() {
            let id = json!({ "restApiId": api["id"] });
            let resources = with(id.clone(), json!({ "limit": 500, "embed": ["methods"] }));
            seen.push(client.done("GetResources", resources).await);
            seen.push(client.done("apigateway.GetStages", id.clone()).await);
            seen.push(client.done("apigateway.GetDeployments", with(id, json!({ "limit": 500 }))).await);
        }
        seen.push(apis);
        seen
    }

    async fn https(client: &Client) -> Vec<Value> {
        let apis = client.done("GetApis", json!({})).await;
        let mut seen = Vec::new();
        for api in apis["Items"].as_array().unwrap() {
            let id = json!({ "ApiId": api["ApiId"] });
            for operation in
                ["GetRoutes", "GetIntegrations", "apigatewayv2.GetStages", "apigatewayv2.GetDeployments"]
            {
                seen.push(client.done(operation, id.clone()).await);
            }
        }
        seen.push(apis);
        seen
    }
}

#[async_trait]
impl Subject for Gateway {
    async fn open(context: Context) -> Self {
        Self(ApiGateway::open(context).await.unwrap())
    }

    fn services(&self) -> Vec<Arc<dyn Service>> {
        vec![Arc::new(RestControl(self.0.clone())), Arc::new(self.0.clone())]
    }

    async fn furnish(&self, client: &Client) {
        client.done("CreateApi", new_api("shared")).await;
        client.done("CreateRestApi", json!({ "name": "shared" })).await;
    }

    fn neighbour(&self, _: usize) -> (&'static str, Value) {
        ("GetApis", json!({}))
    }

    async fn seen(&self, client: &Client) -> Vec<Value> {
        [Self::rests(client).await, Self::https(client).await].concat()
    }
}

#[tokio::test]
async fn who_goes_away_leaves_memory_as_disk_and_neighbours_alone() {
    abandon::check::<Gateway>(&[RESTS, HTTPS].concat()).await;
}
