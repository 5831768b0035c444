//! Operations of both control planes through the endpoint, as clients send them and read the answers, and what the APIs
//! then serve.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::sync::Arc;

use async_trait::async_trait;
use cloud_apigateway::{ApiGateway, RestControl};
use cloud_core::{Context, Delivered, Delivery, PortError, Target};
use cloud_wire::Endpoint;
use cloud_wire::listening::{DATE, Listening, NoKeys, signature};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// Functions that answer with their own ARN.
struct Named;

#[async_trait]
impl Target for Named {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let answer = json!({ "statusCode": 200, "body": delivery.target.to_string() });
        Ok(Delivered { payload: answer.to_string().into(), ..Delivered::default() })
    }
}

struct Cloud {
    endpoint: Listening,
    _folder: tempfile::TempDir,
}

/// An answer: its status, what of the request has no effect, and its document.
struct Answer {
    status: u16,
    idle: String,
    body: Value,
}

fn function(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:000000000000:function:{name}")
}

impl Cloud {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        context.peers().add_target("lambda", Arc::new(Named));
        let gateway = ApiGateway::open(context.clone()).await.unwrap();
        let account = context.account().clone();
        let endpoint = Endpoint::new(context, Arc::new(NoKeys))
            .with_any_key(account)
            .with_service(Arc::new(gateway.clone()))
            .with_service(Arc::new(RestControl(gateway.clone())))
            .with_front(Arc::new(gateway));
        Self { endpoint: Listening::start(endpoint).await.unwrap(), _folder: folder }
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\nx-amz-date: {DATE}\r\nauthorization: {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.endpoint.port(),
            signature("apigateway"),
            body.len()
        );
        let answer = self.endpoint.exchange(&request).await.unwrap();
        let idle = answer.header("x-cumulo-without-effect").unwrap_or_default().to_owned();
        Answer { status: answer.status, idle, body: serde_json::from_str(&answer.body).unwrap_or_default() }
    }

    /// Asks for what is granted.
    async fn done(&self, method: &str, path: &str, body: Value) -> Value {
        let shown = body.to_string();
        let answer = self.ask(method, path, body).await;
        assert!((200..300).contains(&answer.status), "{method} {path} {shown}: {}", answer.body);
        answer.body
    }

    /// Asks for what is refused: with that status, in these words.
    async fn refused(&self, method: &str, path: &str, body: Value, expected: (u16, &str)) {
        let shown = body.to_string();
        let answer = self.ask(method, path, body).await;
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert_eq!((answer.status, message), expected, "{method} {path} {shown}");
    }

    /// Which function answers at a path of an API; else the status.
    async fn served(&self, api: &str, path: &str) -> String {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {api}.execute-api.localhost:{}\r\nconnection: close\r\n\r\n",
            self.endpoint.port()
        );
        let answer = self.endpoint.exchange(&request).await.unwrap();
        let name = answer.body.rsplit(':').next().unwrap();
        if answer.status == 200 { name.to_owned() } else { answer.status.to_string() }
    }

    /// A new HTTP API, as the path of its operations.
    async fn http_api(&self) -> (String, String) {
        let made = self.done("POST", "/v2/apis", json!({ "name": "a", "protocolType": "HTTP" })).await;
        let id = made["apiId"].as_str().unwrap().to_owned();
        (format!("/v2/apis/{id}"), id)
    }

    /// A new integration with a function, as a route's target.
    async fn integration(&self, api: &str, name: &str) -> String {
        let input = json!({
            "integrationType": "AWS_PROXY", "integrationUri": function(name), "payloadFormatVersion": "2.0"
        });
        let made = self.done("POST", &format!("{api}/integrations"), input).await;
        format!("integrations/{}", made["integrationId"].as_str().unwrap())
    }
}

#[tokio::test]
async fn a_stage_of_an_http_api_serves_the_deployment_that_it_names() {
    let cloud = Cloud::start().await;
    let (api, id) = cloud.http_api().await;
    let (deployments, stages) = (format!("{api}/deployments"), format!("{api}/stages"));
    let target = cloud.integration(&api, "one").await;
    let route = json!({ "routeKey": "GET /x", "target": target });
    let route = cloud.done("POST", &format!("{api}/routes"), route).await["routeId"].clone();
    let route = format!("{api}/routes/{}", route.as_str().unwrap());
    let deploy = async |input: Value| {
        let made = cloud.done("POST", &deployments, input).await;
        made["deploymentId"].as_str().unwrap().to_owned()
    };
    let first = deploy(json!({ "description": "first" })).await;
    let made = cloud.done("POST", &stages, json!({ "stageName": "s", "deploymentId": first })).await;
    assert_eq!((&made["deploymentId"], &made["autoDeploy"]), (&json!(first), &json!(false)));
    assert_eq!(cloud.served(&id, "/s/x").await, "one");

    // What changes afterwards is not served before it is deployed, and what was deployed can be served again.
    let other = cloud.integration(&api, "two").await;
    cloud.done("PATCH", &route, json!({ "target": other })).await;
    assert_eq!(cloud.served(&id, "/s/x").await, "one");
    let second = deploy(json!({ "stageName": "s" })).await;
    let shown = cloud.done("GET", &format!("{stages}/s"), Value::Null).await;
    assert_eq!(shown["deploymentId"], second);
    assert_eq!(cloud.served(&id, "/s/x").await, "two");
    cloud.done("PATCH", &format!("{stages}/s"), json!({ "deploymentId": first })).await;
    assert_eq!(cloud.served(&id, "/s/x").await, "one");

    let missing = (404, "Unable to find Deployment by ID none");
    cloud.refused("POST", &stages, json!({ "stageName": "t", "deploymentId": "none" }), missing).await;
    cloud.refused("PATCH", &format!("{stages}/s"), json!({ "deploymentId": "none" }), missing).await;
    cloud.refused("GET", &format!("{deployments}/none"), Value::Null, missing).await;
    let by_itself = (400, "A deployment cannot be chosen for a stage that deploys by itself");
    let auto = json!({ "stageName": "t", "deploymentId": first, "autoDeploy": true });
    cloud.refused("POST", &stages, auto, by_itself).await;
    cloud.done("POST", &stages, json!({ "stageName": "auto", "autoDeploy": true })).await;
    assert_eq!(cloud.served(&id, "/auto/x").await, "two");
    cloud.refused("PATCH", &format!("{stages}/auto"), json!({ "deploymentId": first }), by_itself).await;

    let in_use = (400, "Active stages pointing to this deployment must be moved or deleted");
    cloud.refused("DELETE", &format!("{deployments}/{first}"), Value::Null, in_use).await;
    cloud.done("DELETE", &format!("{deployments}/{second}"), Value::Null).await;
    cloud.done("DELETE", &format!("{stages}/s"), Value::Null).await;
    assert_eq!(cloud.served(&id, "/s/x").await, "404");
    let items = cloud.done("GET", &deployments, Value::Null).await["items"].clone();
    assert_eq!((items.as_array().unwrap().len(), &items[0]["description"]), (1, &json!("first")));
}

#[tokio::test]
async fn routes_and_integrations_are_held_to_each_other() {
    let cloud = Cloud::start().await;
    let (api, _) = cloud.http_api().await;
    let (routes, integrations) = (format!("{api}/routes"), format!("{api}/integrations"));
    let target = cloud.integration(&api, "one").await;
    let made = cloud.done("POST", &routes, json!({ "routeKey": "GET /{p+}", "target": target })).await;
    assert_eq!((&made["authorizationType"], &made["apiKeyRequired"]), (&json!("NONE"), &json!(false)));
    let id = made["routeId"].as_str().unwrap();
    let route = format!("{routes}/{id}");
    let taken = (409, "Route with key GET /{p+} already exists for this API");
    cloud.refused("POST", &routes, json!({ "routeKey": "GET /{p+}" }), taken).await;
    for key in ["get /x", "GET x", "GET /{p+}/x", "GET /{}", "/x"] {
        let message = format!(
            "The provided route key is not formatted properly for HTTP protocol: {key}. Use <method> <path> or $default."
        );
        cloud.refused("POST", &routes, json!({ "routeKey": key }), (400, &message)).await;
        cloud.refused("PATCH", &route, json!({ "routeKey": key }), (400, &message)).await;
    }
    let nowhere = (400, "Invalid integration target: integrations/none");
    let input = json!({ "routeKey": "GET /y", "target": "integrations/none" });
    cloud.refused("POST", &routes, input, nowhere).await;
    cloud.refused("PATCH", &route, json!({ "target": "integrations/none" }), nowhere).await;
    let message = format!(
        "Cannot delete Integration '{}'. Integration is referenced by route 'GET /{{p+}}'",
        target.trim_start_matches("integrations/")
    );
    cloud.refused("DELETE", &format!("{api}/{target}"), Value::Null, (409, &message)).await;

    let input = json!({ "integrationType": "AWS_PROXY", "integrationUri": function("f") });
    let message = "PayloadFormatVersion is a required parameter for integration";
    cloud.refused("POST", &integrations, input, (400, message)).await;
    for (timeout, status) in [(49, 400), (50, 201), (30_000, 201), (30_001, 400)] {
        let input = json!({
            "integrationType": "AWS_PROXY", "integrationUri": function("f"), "payloadFormatVersion": "1.0",
            "timeoutInMillis": timeout
        });
        assert_eq!(cloud.ask("POST", &integrations, input).await.status, status, "{timeout}");
    }
    let changed = cloud.done("PATCH", &format!("{api}/{target}"), json!({ "description": "d" })).await;
    let kept = (&changed["timeoutInMillis"], &changed["integrationUri"], &changed["description"]);
    assert_eq!(kept, (&json!(30_000), &json!(function("one")), &json!("d")));

    cloud.done("DELETE", &route, Value::Null).await;
    cloud.done("DELETE", &format!("{api}/{target}"), Value::Null).await;
    for (path, what) in [(&route, "Route"), (&format!("{api}/{target}"), "Integration")] {
        let message = format!("Unable to find {what} by ID {}", path.rsplit('/').next().unwrap());
        for method in ["GET", "PATCH", "DELETE"] {
            let body = if method == "PATCH" { json!({}) } else { Value::Null };
            cloud.refused(method, path, body, (404, &message)).await;
        }
    }
}

#[tokio::test]
async fn what_has_no_effect_is_said() {
    let cloud = Cloud::start().await;
    let input = json!({
        "name": "a", "protocolType": "HTTP", "apiKeySelectionExpression": "$request.header.k",
        "disableSchemaValidation": true, "ipAddressType": "ipv4",
        "routeSelectionExpression": "$request.method $request.path"
    });
    let made = cloud.ask("POST", "/v2/apis", input).await;
    assert_eq!((made.status, &*made.idle), (201, "ApiKeySelectionExpression, DisableSchemaValidation"));
    let api = format!("/v2/apis/{}", made.body["apiId"].as_str().unwrap());
    let changed = cloud.ask("PATCH", &api, json!({ "ipAddressType": "dualstack", "name": "b" })).await;
    assert_eq!((changed.status, &*changed.idle), (200, "IpAddressType"));
    let message = "target is not supported here. Leave it out.";
    cloud.refused("PATCH", &api, json!({ "target": function("f") }), (400, message)).await;

    let input = json!({
        "integrationType": "AWS_PROXY", "integrationUri": function("f"), "payloadFormatVersion": "2.0",
        "connectionType": "INTERNET", "integrationMethod": "GET", "credentialsArn": "arn:aws:iam::000000000000:role/r"
    });
    let made = cloud.ask("POST", &format!("{api}/integrations"), input).await;
    assert_eq!((made.status, &*made.idle), (201, "CredentialsArn, IntegrationMethod"));
    let integration = format!("{api}/integrations/{}", made.body["integrationId"].as_str().unwrap());
    let changed = cloud.ask("PATCH", &integration, json!({ "passthroughBehavior": "NEVER" })).await;
    assert_eq!((changed.status, &*changed.idle), (200, "PassthroughBehavior"));

    let input = json!({ "routeKey": "GET /", "apiKeyRequired": true, "authorizationScopes": ["s"] });
    let made = cloud.ask("POST", &format!("{api}/routes"), input).await;
    assert_eq!((made.status, &*made.idle), (201, "ApiKeyRequired, AuthorizationScopes"));
    let route = format!("{api}/routes/{}", made.body["routeId"].as_str().unwrap());
    let changed = cloud.ask("PATCH", &route, json!({ "requestModels": { "a": "b" } })).await;
    assert_eq!((changed.status, &*changed.idle), (200, "RequestModels"));
    let changed = cloud.ask("PATCH", &route, json!({ "apiKeyRequired": false })).await;
    assert_eq!((changed.status, &*changed.idle), (200, ""));
}

#[tokio::test]
async fn http_apis_are_changed_tagged_and_imported() {
    let cloud = Cloud::start().await;
    let websocket = json!({ "name": "a", "protocolType": "WEBSOCKET" });
    cloud
        .refused("POST", "/v2/apis", websocket, (400, "Only the protocol type HTTP is supported here"))
        .await;
    let cors = json!({ "allowOrigins": ["https://a.example"] });
    let input = json!({
        "name": "a", "protocolType": "HTTP", "corsConfiguration": cors, "tags": { "k": "v" }, "description": "d"
    });
    let made = cloud.done("POST", "/v2/apis", input).await;
    let id = made["apiId"].as_str().unwrap();
    let (api, arn) = (format!("/v2/apis/{id}"), format!("arn:aws:apigateway:us-east-1::/apis/{id}"));
    assert_eq!(made["disableExecuteApiEndpoint"], false);
    let changed = cloud.done("PATCH", &api, json!({ "name": "b", "version": "2" })).await;
    let kept =
        (&changed["name"], &changed["version"], &changed["description"], &changed["corsConfiguration"]);
    assert_eq!(kept, (&json!("b"), &json!("2"), &json!("d"), &cors));
    cloud.done("DELETE", &format!("{api}/cors"), Value::Null).await;
    assert!(cloud.done("GET", &api, Value::Null).await.get("corsConfiguration").is_none());

    let tags = format!("/v2/tags/{}", arn.replace(':', "%3A").replace('/', "%2F"));
    cloud.done("POST", &tags, json!({ "tags": { "l": "w" } })).await;
    cloud.done("DELETE", &format!("{tags}?tagKeys=k"), Value::Null).await;
    assert_eq!(cloud.done("GET", &tags, Value::Null).await["tags"], json!({ "l": "w" }));

    let integration = json!({
        "type": "aws_proxy", "httpMethod": "POST", "payloadFormatVersion": "2.0", "uri": function("imported")
    });
    let document = |title: &str, path: &str| {
        let paths = json!({ path: { "get": { "x-amazon-apigateway-integration": integration } } });
        json!({ "openapi": "3.0.1", "info": { "title": title, "version": "1" }, "paths": paths }).to_string()
    };
    let made = cloud.ask("PUT", "/v2/apis?basepath=prepend", json!({ "body": document("t", "/a") })).await;
    assert_eq!((made.status, &*made.idle, &made.body["name"]), (201, "BasePath", &json!("t")));
    let id = made.body["apiId"].as_str().unwrap();
    let api = format!("/v2/apis/{id}");
    cloud
        .done("POST", &format!("{api}/stages"), json!({ "stageName": "$default", "autoDeploy": true }))
        .await;
    assert_eq!(
        (cloud.served(id, "/a").await, cloud.served(id, "/b").await),
        ("imported".into(), "404".into())
    );
    cloud.done("PUT", &api, json!({ "body": document("u", "/b") })).await;
    assert_eq!(
        (cloud.served(id, "/a").await, cloud.served(id, "/b").await),
        ("404".into(), "imported".into())
    );
    assert_eq!(cloud.done("GET", &api, Value::Null).await["name"], "u");
    cloud.done("DELETE", &api, Value::Null).await;
    let missing = format!("Invalid API identifier specified 000000000000:{id}");
    for (method, path, body) in [
        ("GET", api.clone(), Value::Null),
        ("DELETE", api.clone(), Value::Null),
        ("PATCH", api.clone(), json!({})),
        ("GET", format!("{api}/routes"), Value::Null),
        ("POST", format!("{api}/stages"), json!({ "stageName": "s" })),
    ] {
        cloud.refused(method, &path, body, (404, &missing)).await;
    }
}

#[tokio::test]
async fn what_of_a_rest_api_has_no_effect_is_said() {
    let cloud = Cloud::start().await;
    let input = json!({ "name": "a", "apiKeySource": "HEADER", "endpointAccessMode": "BASIC" });
    assert_eq!(cloud.ask("POST", "/restapis", input).await.idle, "endpointAccessMode");
    let input = json!({ "name": "a", "apiKeySource": "AUTHORIZER" });
    assert_eq!(cloud.ask("POST", "/restapis", input).await.idle, "apiKeySource");

    let mock = json!({
        "type": "mock", "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
        "responses": { "default": { "statusCode": "200" } }
    });
    let get = json!({ "responses": {}, "x-amazon-apigateway-integration": mock });
    let document = json!({
        "openapi": "3.0.1", "info": { "title": "t", "version": "1" }, "paths": { "/a": { "get": get } },
        "x-amazon-apigateway-policy": { "Version": "2012-10-17" }
    });
    let import = async |query: &str| {
        let path = format!("/restapis?mode=import{query}");
        let made = cloud.ask("POST", &path, document.clone()).await;
        assert_eq!(made.status, 201, "{}", made.body);
        (made.idle, made.body["endpointConfiguration"]["types"][0].clone(), made.body["id"].clone())
    };
    let (idle, kind, id) = import("").await;
    assert_eq!((&*idle, kind), ("x-amazon-apigateway-policy", json!("EDGE")));
    let usual = "&ignore=documentation&basepath=ignore&endpointConfigurationTypes=REGIONAL";
    let (idle, kind, _) = import(usual).await;
    assert_eq!((&*idle, kind), ("x-amazon-apigateway-policy", json!("REGIONAL")));
    let (idle, ..) = import("&failonwarnings=true&basepath=split").await;
    assert_eq!(idle, "failOnWarnings, x-amazon-apigateway-policy, parameters.basepath");
    let wrong = "Invalid endpointConfigurationTypes: LOCAL; it must be EDGE, REGIONAL or PRIVATE";
    let path = "/restapis?mode=import&endpointConfigurationTypes=LOCAL";
    cloud.refused("POST", path, document.clone(), (400, wrong)).await;

    let api = format!("/restapis/{}", id.as_str().unwrap());
    let put = cloud.ask("PUT", &format!("{api}?basepath=prepend"), document.clone()).await;
    assert_eq!((put.status, &*put.idle), (200, "x-amazon-apigateway-policy, parameters.basepath"));
    let input = json!({ "stageName": "s", "tracingEnabled": true, "cacheClusterSize": "0.5" });
    let deployed = cloud.ask("POST", &format!("{api}/deployments"), input).await;
    assert_eq!((deployed.status, &*deployed.idle), (201, "cacheClusterSize, tracingEnabled"));
    let input = json!({ "stageName": "t", "deploymentId": deployed.body["id"], "documentationVersion": "1" });
    let made = cloud.ask("POST", &format!("{api}/stages"), input).await;
    assert_eq!((made.status, &*made.idle), (201, "documentationVersion"));
}

#[tokio::test]
async fn lists_of_http_apis_come_in_pages() {
    let cloud = Cloud::start().await;
    let (api, _) = cloud.http_api().await;
    let stages = format!("{api}/stages");
    for name in ["a", "b", "c"] {
        let made = cloud.done("POST", &stages, json!({ "stageName": name })).await;
        assert_eq!(made["lastUpdatedDate"], made["createdDate"]);
    }
    cloud.refused("POST", &stages, json!({ "stageName": "a" }), (409, "Stage already exists")).await;
    let page = cloud.done("GET", &format!("{stages}?maxResults=2"), Value::Null).await;
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let token = utf8_percent_encode(page["nextToken"].as_str().unwrap(), NON_ALPHANUMERIC);
    let rest = cloud.done("GET", &format!("{stages}?maxResults=2&nextToken={token}"), Value::Null).await;
    assert_eq!((&rest["items"][0]["stageName"], rest.get("nextToken")), (&json!("c"), None));
    for (wrong, message) in [
        ("maxResults=0", "MaxResults must be a number from 1 to 500: 0"),
        ("maxResults=501", "MaxResults must be a number from 1 to 500: 501"),
        ("maxResults=x", "MaxResults must be a number from 1 to 500: x"),
        ("nextToken=x", "The nextToken is not one of this list. Take the one of the page before."),
    ] {
        cloud.refused("GET", &format!("{stages}?{wrong}"), Value::Null, (400, message)).await;
    }
    let missing = (404, "Invalid stage identifier specified: none");
    cloud.refused("GET", &format!("{stages}/none"), Value::Null, missing).await;
    cloud.refused("POST", &format!("{api}/deployments"), json!({ "stageName": "none" }), missing).await;
}

#[tokio::test]
async fn a_rest_api_is_served_as_it_was_deployed() {
    let cloud = Cloud::start().await;
    let made = cloud.done("POST", "/restapis", json!({ "name": "r" })).await;
    let (id, root) = (made["id"].as_str().unwrap(), made["rootResourceId"].as_str().unwrap());
    assert_eq!(made["endpointConfiguration"], json!({ "types": ["EDGE"], "ipAddressType": "ipv4" }));
    assert_eq!(
        (&made["apiKeySource"], &made["disableExecuteApiEndpoint"]),
        (&json!("HEADER"), &json!(false))
    );
    let api = format!("/restapis/{id}");
    let resources = format!("{api}/resources");
    let child = cloud.done("POST", &format!("{resources}/{root}"), json!({ "pathPart": "x" })).await;
    assert_eq!((&child["path"], &child["parentId"]), (&json!("/x"), &json!(root)));
    let method = format!("{resources}/{}/methods/GET", child["id"].as_str().unwrap());
    let empty = (400, "The REST API doesn't contain any methods");
    cloud.refused("POST", &format!("{api}/deployments"), json!({}), empty).await;
    cloud.done("PUT", &method, json!({ "authorizationType": "NONE" })).await;
    let taken = (409, "Method already exists for this resource");
    cloud.refused("PUT", &method, json!({ "authorizationType": "NONE" }), taken).await;
    let unserved = (400, "No integration defined for method");
    cloud.refused("POST", &format!("{api}/deployments"), json!({}), unserved).await;
    let uri = |name: &str| {
        format!(
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations",
            function(name)
        )
    };
    let integration = |name: &str| json!({ "type": "AWS_PROXY", "httpMethod": "POST", "uri": uri(name) });
    cloud.done("PUT", &format!("{method}/integration"), integration("one")).await;

    let input =
        json!({ "stageName": "s", "stageDescription": "of it", "tracingEnabled": true, "description": "d" });
    let first = cloud.done("POST", &format!("{api}/deployments"), input).await["id"].clone();
    let stage = cloud.done("GET", &format!("{api}/stages/s"), Value::Null).await;
    let told = (&stage["deploymentId"], &stage["description"], &stage["tracingEnabled"]);
    assert_eq!(told, (&first, &json!("of it"), &json!(true)));
    assert_eq!(cloud.served(id, "/s/x").await, "one");
    cloud.done("PUT", &format!("{method}/integration"), integration("two")).await;
    assert_eq!(cloud.served(id, "/s/x").await, "one");
    let second = cloud.done("POST", &format!("{api}/deployments"), json!({ "stageName": "s" })).await;
    assert_eq!(cloud.served(id, "/s/x").await, "two");
    let stage = cloud.done("GET", &format!("{api}/stages/s"), Value::Null).await;
    assert_eq!((&stage["description"], &stage["tracingEnabled"]), (&json!("of it"), &json!(true)));

    let back = json!({ "patchOperations": [{ "op": "replace", "path": "/deploymentId", "value": first }] });
    cloud.done("PATCH", &format!("{api}/stages/s"), back).await;
    assert_eq!(cloud.served(id, "/s/x").await, "one");
    let in_use = (400, "Active stages pointing to this deployment must be moved or deleted");
    let path = |id: &Value| format!("{api}/deployments/{}", id.as_str().unwrap());
    cloud.refused("DELETE", &path(&first), Value::Null, in_use).await;
    assert_eq!(cloud.ask("DELETE", &path(&second["id"]), Value::Null).await.status, 202);
    let gone = (404, "Invalid Deployment identifier specified");
    cloud.refused("GET", &path(&second["id"]), Value::Null, gone).await;
    let unknown = (400, "Invalid Deployment identifier specified");
    let input = json!({ "stageName": "t", "deploymentId": "none" });
    cloud.refused("POST", &format!("{api}/stages"), input, unknown).await;
    assert_eq!(cloud.ask("DELETE", &format!("{api}/stages/s"), Value::Null).await.status, 202);
    let no_stage = (404, "Invalid stage identifier specified");
    cloud.refused("GET", &format!("{api}/stages/s"), Value::Null, no_stage).await;
    assert_eq!(cloud.ask("DELETE", &api, Value::Null).await.status, 202);
    let missing = format!("Invalid API identifier specified 000000000000:{id}");
    cloud.refused("GET", &api, Value::Null, (404, &missing)).await;
}
