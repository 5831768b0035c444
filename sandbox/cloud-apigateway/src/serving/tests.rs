//! Callers' requests through the front, to a function that remembers its event and says what it is told to.

#[path = "bodies.rs"]
mod bodies;

use std::sync::{Arc, Mutex};

use cloud_core::{Context, Delivered, PortError, Target as Peer};
use http::header;
use serde_json::{Value, json};

use super::*;
use crate::{
    http_api::{HttpApi, StageState},
    openapi::Definition,
    rest_api::RestApi,
    shapes_v1,
    shapes_v2::{self, Stage},
};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// The function.
#[derive(Default)]
struct Echo {
    event: Mutex<Value>,
    trace: Mutex<String>,
    id: Mutex<Option<String>>,
    answer: Mutex<Value>,
}

#[async_trait]
impl Peer for Echo {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        *self.event.lock().unwrap() = serde_json::from_slice(&delivery.payload).unwrap();
        *self.trace.lock().unwrap() = delivery.trace.to_string();
        *self.id.lock().unwrap() = delivery.id;
        let payload = self.answer.lock().unwrap().to_string().into();
        Ok(Delivered { payload, ..Delivered::default() })
    }
}

/// A gateway with one HTTP API `http`, that answers in both formats, and one REST API `rest` with the stage `prod`.
struct World {
    gateway: ApiGateway,
    function: Arc<Echo>,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (context, _clock) = Context::for_test(folder.path());
        let function = Arc::new(Echo::default());
        *function.answer.lock().unwrap() = json!({"statusCode": 200, "body": "hello"});
        context.peers().add_target("lambda", function.clone());
        let gateway = ApiGateway::open(context).await.unwrap();
        gateway.add(Api::Http(http_api())).await.unwrap();
        gateway.add(Api::Rest(rest_api())).await.unwrap();
        Self { gateway, function, _folder: folder }
    }

    fn says(&self, answer: Value) {
        *self.function.answer.lock().unwrap() = answer;
    }

    async fn ask(&self, request: http::request::Builder, body: &'static [u8]) -> Response<Body> {
        let request = request.body(Body::from(Bytes::from_static(body))).unwrap();
        let id = RequestId::random(self.gateway.context().entropy());
        self.gateway.answer(request, Some(IpAddr::from([10, 0, 0, 9])), &id).await
    }

    /// The event that a request becomes.
    async fn event(&self, request: http::request::Builder, body: &'static [u8]) -> Value {
        let answer = self.ask(request, body).await;
        assert_eq!(answer.status(), 200);
        self.function.event.lock().unwrap().take()
    }
}

fn definition(routes: &[(&str, &str, &str)]) -> Definition {
    let mut paths = json!({});
    for (method, path, version) in routes {
        let integration = json!({"type": "aws_proxy", "uri": FUNCTION, "payloadFormatVersion": version});
        paths[path][method] = json!({"x-amazon-apigateway-integration": integration});
    }
    let binary = json!(["image/png"]);
    let body = json!({"openapi": "3.0.1", "paths": paths, "x-amazon-apigateway-binary-media-types": binary});
    crate::openapi::read(&body).unwrap()
}

fn numbers() -> impl FnMut() -> String {
    let mut number = 0;
    move || {
        number += 1;
        format!("id{number}")
    }
}

fn http_api() -> HttpApi {
    let mut api = HttpApi::new(shapes_v2::Api { api_id: Some("http".into()), ..Default::default() });
    let any = "x-amazon-apigateway-any-method";
    let routes = [(any, "/one/{id}", "1.0"), (any, "/two/{id}", "2.0"), (any, "/all/{proxy+}", "2.0")];
    api.import(&definition(&routes), numbers()).unwrap();
    for name in ["$default", "dev"] {
        let stage = Stage { stage_name: name.into(), auto_deploy: Some(true), ..Stage::default() };
        api.stages.insert(name.into(), StageState { stage, deployed: Vec::new() });
    }
    api.auto_deploy(jiff::Timestamp::UNIX_EPOCH);
    api
}

fn rest_api() -> RestApi {
    let description = shapes_v1::RestApi { id: Some("rest".into()), ..Default::default() };
    let mut api = RestApi::new(description, "root".into());
    let any = "x-amazon-apigateway-any-method";
    api.import(&definition(&[(any, "/items/{id}", "1.0"), (any, "/{proxy+}", "1.0")]), numbers()).unwrap();
    let id = Some("d1".to_owned());
    api.deploy(shapes_v1::Deployment { id: id.clone(), ..Default::default() }).unwrap();
    let stage = shapes_v1::Stage { stage_name: Some("prod".into()), deployment_id: id, ..Default::default() };
    api.stages.insert("prod".into(), stage);
    api
}

fn get(host: &str, path: &str) -> http::request::Builder {
    Request::get(path).header("host", host)
}

const HTTP: &str = "http.execute-api.localhost:4566";
const REST: &str = "rest.execute-api.localhost:4566";

fn shown(event: &Value, pointers: &[&str]) -> Vec<Value> {
    pointers.iter().map(|pointer| event.pointer(pointer).cloned().unwrap_or(json!("missing"))).collect()
}

/// What an event has at each place.
fn check_members(event: &Value, members: &[(&str, Value)]) {
    for (pointer, expected) in members {
        assert_eq!(event.pointer(pointer).unwrap_or(&json!("missing")), expected, "{pointer}");
    }
}

/// The event of a request with all that a REST API tells of one.
async fn rest_event(world: &World) -> Value {
    let names: Spelling = ["X-Own", "Accept"].into_iter().map(Box::from).collect();
    let request = get(REST, "/prod/items/a%2Fb%20c?x=1&x=2&y=a+b%2B")
        .header("x-own", "1")
        .header("x-own", "2")
        .header("accept", "*/*")
        .header("x-forwarded-for", "203.0.113.7")
        .header("connection", "keep-alive, x-hop")
        .header("content-length", "0")
        .header("authorization", "Bearer t")
        .header("cookie", "a=1; cumulo-9000=secret")
        .extension(names);
    world.event(request, b"").await
}

#[tokio::test]
async fn an_event_of_a_rest_api_has_every_member() {
    let mut event = rest_event(&World::new().await).await;
    assert_eq!(event["headers"]["X-Amzn-Trace-Id"].as_str().map(str::len), Some(40));
    event["headers"]["X-Amzn-Trace-Id"] = json!("trace");
    let headers = json!({
        "Host": REST, "X-Own": "2", "Accept": "*/*", "authorization": "Bearer t", "cookie": "a=1",
        "X-Forwarded-For": "203.0.113.7, 10.0.0.9", "X-Forwarded-Port": "4566", "X-Forwarded-Proto": "http",
        "X-Amzn-Trace-Id": "trace",
    });
    check_members(
        &event,
        &[
            ("/resource", json!("/items/{id}")),
            ("/path", json!("/items/a%2Fb%20c")),
            ("/httpMethod", json!("GET")),
            ("/pathParameters", json!({"id": "a%2Fb%20c"})),
            ("/queryStringParameters", json!({"x": "2", "y": "a b+"})),
            ("/multiValueQueryStringParameters", json!({"x": ["1", "2"], "y": ["a b+"]})),
            ("/stageVariables", json!(null)),
            ("/body", json!(null)),
            ("/isBase64Encoded", json!(false)),
            ("/version", json!("missing")),
            ("/headers", headers),
            ("/multiValueHeaders/X-Own", json!(["1", "2"])),
        ],
    );
}

#[tokio::test]
async fn an_event_of_a_rest_api_says_where_it_came_in() {
    let world = World::new().await;
    let context = rest_event(&world).await["requestContext"].take();
    check_members(
        &context,
        &[
            ("/accountId", json!("000000000000")),
            ("/apiId", json!("rest")),
            ("/deploymentId", json!("d1")),
            ("/domainName", json!("rest.execute-api.localhost")),
            ("/domainPrefix", json!("rest")),
            ("/httpMethod", json!("GET")),
            ("/path", json!("/prod/items/a%2Fb%20c")),
            ("/protocol", json!("HTTP/1.1")),
            ("/resourceId", json!("id2")),
            ("/resourcePath", json!("/items/{id}")),
            ("/stage", json!("prod")),
            ("/identity/sourceIp", json!("10.0.0.9")),
            ("/identity/userAgent", json!(null)),
            ("/requestTimeEpoch", json!(world.gateway.context().now().as_millisecond())),
        ],
    );
    let length = |name: &str| context[name].as_str().map(str::len);
    assert_eq!((length("requestId"), length("extendedRequestId")), (Some(36), Some(16)));
    assert_eq!(context["requestId"].as_str(), world.function.id.lock().unwrap().as_deref(), "one id for all");
}

#[tokio::test]
async fn slashes_of_rest_apis_count_where_aws_counts_them() {
    let world = World::new().await;
    for (sent, path, parameter, whole) in [
        ("/prod/a", "/a", "a", "/prod/a"),
        ("/prod/a/", "/a/", "a", "/prod/a/"),
        ("/prod//a", "/a", "a", "/prod//a"),
        ("//prod/a", "/a", "a", "/prod/a"),
        ("/prod/a//b", "/a//b", "a//b", "/prod/a//b"),
        (
            "/prod/t%2B@e.com/t+@e.com",
            "/t%2B@e.com/t+@e.com",
            "t%2B@e.com/t+@e.com",
            "/prod/t%2B@e.com/t+@e.com",
        ),
    ] {
        let event = world.event(get(REST, sent), b"").await;
        let seen = shown(&event, &["/path", "/pathParameters/proxy", "/requestContext/path"]);
        assert_eq!(seen, [json!(path), json!(parameter), json!(whole)], "{sent}");
    }
}

#[tokio::test]
async fn a_function_is_told_the_way_that_the_request_came() {
    let world = World::new().await;
    let trace = "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e;Sampled=0;Lineage=a87bd80c:1";
    for (host, path) in [(HTTP, "/dev/two/a"), (REST, "/prod/a")] {
        world.event(get(host, path).header("x-amzn-trace-id", trace), b"").await;
        assert_eq!(*world.function.trace.lock().unwrap(), trace, "{host}");
        world.event(get(host, path), b"").await;
        assert!(world.function.trace.lock().unwrap().starts_with("Root=1-"), "{host}");
    }
}

/// A request with a header of every sort.
fn varied(path: &str) -> http::request::Builder {
    get(HTTP, path)
        .header("accept", "text/html")
        .header("x-own", "1")
        .header("x-own", "2")
        .header("user-agent", "tests")
        .header("x-amzn-trace-id", "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e")
        .header("cookie", "a=1; __Host-cumulo=secret; b=2")
        .extension(["X-Own", "Accept"].into_iter().map(Box::from).collect::<Spelling>())
}

#[tokio::test]
async fn an_event_of_an_http_api_has_every_member_of_its_format() {
    let world = World::new().await;
    let two = world.event(varied("/dev/two/a%20b%2Fc?x=1&x=2&z=%2F"), b"").await;
    let mut context = two["requestContext"].clone();
    for name in ["requestId", "time", "timeEpoch"] {
        assert!(!context[name].is_null(), "{name}");
        context[name] = json!(name);
    }
    assert_eq!(two["pathParameters"], json!({"id": "a b/c"}));
    assert_eq!(
        (&two["rawPath"], &two["rawQueryString"]),
        (&json!("/dev/two/a b/c"), &json!("x=1&x=2&z=%2F"))
    );
    assert_eq!(two["cookies"], json!(["a=1", "b=2"]));
    assert_eq!(
        two["headers"],
        json!({
            "host": HTTP, "accept": "text/html", "x-own": "1,2", "user-agent": "tests", "content-length": "0",
            "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e", "x-forwarded-for": "10.0.0.9",
            "x-forwarded-port": "4566", "x-forwarded-proto": "http",
        })
    );
    assert_eq!(
        context,
        json!({
            "accountId": "000000000000", "apiId": "http", "domainName": "http.execute-api.localhost",
            "domainPrefix": "http", "requestId": "requestId", "routeKey": "ANY /two/{id}", "stage": "dev",
            "time": "time", "timeEpoch": "timeEpoch",
            "http": {
                "method": "GET", "path": "/dev/two/a b/c", "protocol": "HTTP/1.1", "sourceIp": "10.0.0.9",
                "userAgent": "tests",
            },
        })
    );
}

#[tokio::test]
async fn an_event_of_an_http_api_in_the_older_format_names_its_route() {
    let world = World::new().await;
    let one = world.event(varied("/dev/one/a%20b"), b"").await;
    let seen = shown(
        &one,
        &[
            "/version",
            "/resource",
            "/path",
            "/pathParameters",
            "/requestContext/path",
            "/requestContext/resourceId",
            "/requestContext/resourcePath",
            "/requestContext/identity/cognitoAmr",
            "/requestContext/deploymentId",
            "/headers/accept",
            "/headers/X-Own",
            "/headers/User-Agent",
            "/headers/Content-Length",
            "/headers/Host",
        ],
    );
    let expected = [
        json!("1.0"),
        json!("/one/{id}"),
        json!("/dev/one/a b"),
        json!({"id": "a b"}),
        json!("/dev/one/a b"),
        json!("ANY /one/{id}"),
        json!("/one/{id}"),
        json!(null),
        json!("missing"),
        json!("text/html"),
        json!("2"),
        json!("tests"),
        json!("0"),
        json!(HTTP),
    ];
    assert_eq!(seen, expected);
    let context = &one["requestContext"];
    assert_eq!(context["requestId"], context["extendedRequestId"]);
}

#[tokio::test]
async fn bodies_are_base64_where_their_type_says_so() {
    let world = World::new().await;
    let bytes: &'static [u8] = b"\xff\x00";
    let text: &'static [u8] = b"a=1";
    for (host, path, kind, body, expected, base64) in [
        (REST, "/prod/items/1", "image/png", text, "YT0x", true),
        (REST, "/prod/items/1", "IMAGE/png; x=1", bytes, "/wA=", true),
        (REST, "/prod/items/1", "application/x-www-form-urlencoded", text, "a=1", false),
        (REST, "/prod/items/1", "application/octet-stream", bytes, "\u{fffd}\0", false),
        (HTTP, "/one/1", "application/x-www-form-urlencoded", text, "YT0x", true),
        (HTTP, "/two/1", "application/json; charset=utf-8", text, "a=1", false),
        (HTTP, "/two/1", "text/plain", bytes, "/wA=", true),
    ] {
        let request = Request::post(path).header("host", host).header("content-type", kind);
        let event = world.event(request, body).await;
        assert_eq!(
            (&event["body"], &event["isBase64Encoded"]),
            (&json!(expected), &json!(base64)),
            "{host} {kind}"
        );
    }
}

#[tokio::test]
async fn rest_apis_give_binary_bodies_to_who_asks_for_them_first() {
    let world = World::new().await;
    world.says(json!({"statusCode": 200, "body": "aGk=", "isBase64Encoded": true}));
    for (accept, expected) in [
        (Some("image/png"), "hi"),
        (Some("image/png;q=0.5, text/html"), "hi"),
        (Some("text/html, image/png"), "aGk="),
        (Some("*/*"), "aGk="),
        (None, "aGk="),
    ] {
        let mut request = get(REST, "/prod/items/1");
        if let Some(accept) = accept {
            request = request.header("accept", accept);
        }
        let answer = world.ask(request, b"").await;
        assert_eq!(answer.into_body().collect(100).await.unwrap(), expected, "{accept:?}");
    }
}

#[tokio::test]
async fn every_form_of_address_finds_the_api() {
    let world = World::new().await;
    for (host, path, status) in [
        (HTTP, "/two/1", 200),
        ("http.execute-api.us-east-1.amazonaws.com", "/dev/two/1", 200),
        ("http.execute-api.localhost.localstack.cloud:4566", "/two/1", 200),
        ("localhost:4566", "/_aws/execute-api/http/two/1", 200),
        ("localhost:4566", "/_aws/execute-api/http/$default/two/1", 200),
        ("localhost:4566", "/_aws/execute-api/http/dev/two/1", 200),
        ("localhost:4566", "/restapis/rest/prod/_user_request_/items/1", 200),
        ("localhost:4566", "/restapis/http/$default/_user_request_/two/1", 200),
        ("localhost:4566", "/restapis/http/dev/_user_request_/two/1", 200),
        ("localhost:4566", "/_aws/execute-api/rest/prod/items/1", 200),
        ("localhost:4566", "/restapis/rest/other/_user_request_/items/1", 403),
        ("localhost:4566", "/restapis/none/prod/_user_request_/items/1", 404),
        ("none.execute-api.localhost", "/", 404),
    ] {
        assert_eq!(world.ask(get(host, path), b"").await.status(), status, "{host} {path}");
    }
    let event = world.event(get("localhost:1", "/restapis/rest/prod/_user_request_/items/1"), b"").await;
    let seen = shown(&event, &["/path", "/requestContext/path", "/requestContext/domainName"]);
    assert_eq!(seen, [json!("/items/1"), json!("/prod/items/1"), json!("rest.execute-api.localhost")]);
}

#[tokio::test]
async fn methods_that_are_not_requests_reach_no_function() {
    let world = World::new().await;
    for method in ["CONNECT", "TRACE", "PROPFIND"] {
        for (host, path, status) in [(HTTP, "/two/1", 404), (REST, "/prod/items/1", 403)] {
            let request = Request::builder().method(method).uri(path).header("host", host);
            assert_eq!(world.ask(request, b"").await.status(), status, "{method} {host}");
        }
    }
}

#[tokio::test]
async fn answers_keep_off_the_ide_s_place() {
    let world = World::new().await;
    world.says(json!({
        "statusCode": 200,
        "headers": {"Clear-Site-Data": "\"cookies\"", "Service-Worker-Allowed": "/"},
        "cookies": ["cumulo-9000=mine", "own=1"],
    }));
    let own = world.ask(get(HTTP, "/two/1"), b"").await;
    assert_eq!(own.headers()[header::SET_COOKIE], "own=1");
    assert_eq!(own.headers().get_all(header::SET_COOKIE).iter().count(), 1);
    assert!(own.headers().contains_key("clear-site-data"));
    let shared = world.ask(get("localhost:4566", "/_aws/execute-api/http/two/1"), b"").await;
    assert!(!shared.headers().contains_key("clear-site-data"));
    assert!(!shared.headers().contains_key("service-worker-allowed"));
}

#[tokio::test]
async fn answers_say_their_ids() {
    let world = World::new().await;
    let has = |answer: &Response<Body>, names: &[&str]| {
        names.iter().all(|name| answer.headers().get(*name).is_some_and(|value| !value.is_empty()))
    };
    assert!(has(&world.ask(get(HTTP, "/two/1"), b"").await, &["apigw-requestid"]));
    let rest = world.ask(get(REST, "/prod/items/1"), b"").await;
    assert!(has(&rest, &["x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id"]));
    let refused = world.ask(get(REST, "/other"), b"").await;
    assert_eq!(refused.headers()["x-amzn-errortype"], "ForbiddenException");
}

#[tokio::test]
async fn an_api_that_is_switched_off_answers_nobody() {
    let world = World::new().await;
    let off = |api: &mut HttpApi| {
        api.api.disable_execute_api_endpoint = Some(true);
        Ok(())
    };
    world.gateway.change_http("http", off).await.unwrap();
    assert_eq!(world.ask(get(HTTP, "/two/1"), b"").await.status(), 404);
    let off = |api: &mut RestApi| {
        api.api.disable_execute_api_endpoint = Some(true);
        Ok(())
    };
    world.gateway.change_rest("rest", off).await.unwrap();
    assert_eq!(world.ask(get(REST, "/prod/items/1"), b"").await.status(), 403);
}

/// A REST API whose only method is that.
fn rest_of(method: shapes_v1::Method) -> Result<RestApi, AwsError> {
    let description = shapes_v1::RestApi { id: Some("mocks".into()), ..Default::default() };
    let mut api = RestApi::new(description, "root".into());
    let methods = api.resource_mut("root")?.resource_methods.get_or_insert_default();
    methods.insert("ANY".into(), method);
    let id = Some("d1".to_owned());
    api.deploy(shapes_v1::Deployment { id: id.clone(), ..Default::default() })?;
    let stage = shapes_v1::Stage { stage_name: Some("prod".into()), deployment_id: id, ..Default::default() };
    api.stages.insert("prod".into(), stage);
    Ok(api)
}

#[tokio::test]
async fn a_mock_is_deployed_as_it_is_and_answers_what_the_request_asks() {
    let check = async |passthrough: &str, body: &'static str, status: u16, text: &str| {
        let world = World::new().await;
        let response = shapes_v1::IntegrationResponse {
            status_code: Some("201".into()),
            ..shapes_v1::IntegrationResponse::default()
        };
        let integration = shapes_v1::Integration {
            r#type: Some(shapes_v1::IntegrationType::Mock),
            passthrough_behavior: Some(passthrough.into()),
            integration_responses: (passthrough != "NONE").then(|| [("201".into(), response)].into()),
            ..shapes_v1::Integration::default()
        };
        let method =
            shapes_v1::Method { method_integration: Some(integration), ..shapes_v1::Method::default() };
        world.gateway.add(Api::Rest(rest_of(method).unwrap())).await.unwrap();
        let request = Request::post("/prod").header("host", "mocks.execute-api.localhost:4566");
        let answer = world.ask(request, body.as_bytes()).await;
        assert_eq!(answer.status(), status, "{passthrough} {body}");
        assert_eq!(answer.into_body().collect(100).await.unwrap(), text, "{passthrough} {body}");
    };
    let failed = r#"{"message":"Internal server error"}"#;
    check("WHEN_NO_MATCH", "", 500, failed).await;
    check("WHEN_NO_MATCH", r#"{"statusCode": 204}"#, 201, "").await;
    check("NONE", r#"{"statusCode": 204}"#, 500, failed).await;
    check("NEVER", "", 415, r#"{"message":"Unsupported Media Type"}"#).await;
}

#[test]
fn a_method_without_an_integration_is_not_deployed() {
    let refused = rest_of(shapes_v1::Method::default()).unwrap_err();
    assert_eq!(
        (refused.code(), refused.message()),
        ("BadRequestException", "No integration defined for method")
    );
    let mut empty = RestApi::new(shapes_v1::RestApi::default(), "root".into());
    let refused = empty.deploy(shapes_v1::Deployment::default()).unwrap_err();
    assert_eq!(refused.message(), "The REST API doesn't contain any methods");
}

#[test]
fn an_api_has_so_many_deployments() {
    let mut api = rest_api();
    let deployment =
        |number: usize| shapes_v1::Deployment { id: Some(number.to_string()), ..Default::default() };
    for number in api.deployments.len()..crate::quotas::REST_DEPLOYMENTS.most {
        api.deploy(deployment(number)).unwrap();
    }
    assert_eq!(api.deploy(deployment(0)).unwrap_err().code(), "LimitExceededException");
    api.deployments.remove("999");
    api.deploy(deployment(0)).unwrap();
}
