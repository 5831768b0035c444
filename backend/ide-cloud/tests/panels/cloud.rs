//! What is deployed, trying its routes, deleting it.

use protocol::ErrorCode;
use protocol::cloud::{
    Api, ApiKind, Cloud, DeleteStack, DescribeCloud, Function, Messaging, Output, Resource, Route, Stack,
    TryRoute,
};
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::stand_in::{Reply, json, json_error, with, xml, xml_error};

const QUEUE: &str = "http://aws/000000000000/app-Jobs";
const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:orders";
const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:hello";

fn member(fields: &[(&str, &str)]) -> String {
    let fields: Vec<_> = fields.iter().map(|(name, text)| format!("<{name}>{text}</{name}>")).collect();
    format!("<member>{}</member>", fields.concat())
}

fn resource(id: &str, physical: &str, kind: &str) -> String {
    member(&[
        ("LogicalResourceId", id),
        ("PhysicalResourceId", physical),
        ("ResourceType", kind),
        ("ResourceStatus", "CREATE_COMPLETE"),
    ])
}

/// Has a list of the query protocol come in two pages.
fn in_pages(bench: &Bench, operation: &str, list: &'static str, first: String, second: String) {
    bench.cloud.on(operation, move |asked| match asked.parameter("NextToken").as_deref() {
        None => xml(&format!("<{list}>{first}</{list}><NextToken>a b&amp;c</NextToken>")),
        Some("a b&c") => xml(&format!("<{list}>{second}</{list}>")),
        Some(other) => panic!("{other}"),
    });
}

/// A cloud of two stacks, a function and two APIs.
fn furnish(bench: &Bench) {
    let outputs = "<Outputs><member><OutputKey>Url</OutputKey>\
        <OutputValue>https://h1.execute-api.us-east-1.amazonaws.com/x</OutputValue>\
        <Description>where</Description></member><member><OutputKey>NoValue</OutputKey></member></Outputs>";
    let zebra = "<member><StackName>zebra</StackName><StackStatus>CREATE_FAILED</StackStatus>\
        <StackStatusReason>no &lt;room&gt;</StackStatusReason></member><member><StackName>half</StackName></member>";
    let app = format!(
        "<member><StackName>app</StackName><StackStatus>CREATE_COMPLETE</StackStatus>{outputs}</member>"
    );
    in_pages(bench, "DescribeStacks", "Stacks", zebra.to_owned(), app);
    bench.cloud.on("ListStackResources", |asked| {
        if asked.parameter("StackName").as_deref() != Some("app") {
            // It went since it was listed.
            return xml_error(400, "ValidationError", "Stack with id zebra does not exist");
        }
        let list = |inner: String, next: &str| {
            xml(&format!("<StackResourceSummaries>{inner}</StackResourceSummaries>{next}"))
        };
        match asked.parameter("NextToken").as_deref() {
            None => list(resource("Api", "h1", "AWS::ApiGatewayV2::Api"), "<NextToken>100</NextToken>"),
            _ => list(
                resource("Hello", "hello", "AWS::Lambda::Function")
                    + &resource("Jobs", QUEUE, "AWS::SQS::Queue"),
                "<NextToken/>",
            ),
        }
    });
    bench.cloud.on("ListQueues", |asked| match asked.json()["NextToken"].as_str() {
        None => json(json!({ "QueueUrls": ["http://aws/000000000000/mine"], "NextToken": "more" })),
        Some(_) => json(json!({ "QueueUrls": [QUEUE] })),
    });
    let topic = |arn: &str| member(&[("TopicArn", arn)]);
    in_pages(bench, "ListTopics", "Topics", topic(TOPIC), topic("arn:aws:sns:us-east-1:000000000000:a"));
    bench.cloud.on("GET /2015-03-31/functions", |asked| match asked.parameter("Marker").as_deref() {
        None => json(json!({
            "Functions": [{
                "FunctionName": "zoo", "Environment": { "Variables": { "A": "b" } },
                "LoggingConfig": { "LogGroup": "own" },
            }, { "FunctionArn": "nameless" }],
            "NextMarker": "m 1"
        })),
        Some("m 1") => json(json!({ "Functions": [{
            "FunctionName": "hello", "FunctionArn": ARN, "Runtime": "provided.al2023", "Handler": "h",
            "MemorySize": 256, "Timeout": 5, "CodeSize": 77, "LastModified": "then",
        }] })),
        Some(other) => panic!("{other}"),
    });
    bench.cloud.on("GET /v2/apis", |_| json(json!({ "items": [{ "apiId": "h1", "name": "web" }] })));
    bench.cloud.on("GET /v2/apis/h1/integrations", |_| {
        json(json!({ "items": [{ "integrationId": "i", "integrationUri": ARN }] }))
    });
    bench.cloud.on("GET /v2/apis/h1/routes", |_| {
        json(json!({ "items": [
            { "routeKey": "GET /x", "target": "integrations/i" }, { "routeKey": "$default", "target": "integrations/gone" },
        ] }))
    });
    bench.cloud.on("GET /v2/apis/h1/stages", |_| {
        json(json!({ "items": [{ "stageName": "$default" }, { "stageName": "prod" }] }))
    });
    bench.cloud.on("GET /restapis", |_| json(json!({ "item": [{ "id": "r1", "name": "rest" }] })));
    bench.cloud.on("GET /restapis/r1/resources", |asked| {
        assert_eq!(asked.parameter("embed").as_deref(), Some("methods"));
        json(json!({ "item": [{ "path": "/" }, {
            "path": "/y",
            "resourceMethods": { "POST": { "methodIntegration": { "uri": format!("x/functions/{ARN}/invocations") } } },
        }] }))
    });
    bench.cloud.on("GET /restapis/r1/stages", |_| json(json!({ "item": [{ "stageName": "live" }] })));
}

/// One that all is told of, and one of which hardly anything is.
fn functions() -> Vec<Function> {
    let hello = Function {
        name: "hello".into(),
        arn: ARN.into(),
        stack: Some("app".into()),
        logical_id: Some("Hello".into()),
        runtime: "provided.al2023".into(),
        handler: "h".into(),
        memory_mb: 256,
        timeout_seconds: 5,
        code_size: 77,
        last_modified: "then".into(),
        environment: vec![],
        log_group: "/aws/lambda/hello".into(),
    };
    let zoo = Function {
        name: "zoo".into(),
        arn: String::new(),
        stack: None,
        logical_id: None,
        runtime: String::new(),
        handler: String::new(),
        memory_mb: 0,
        timeout_seconds: 0,
        code_size: 0,
        last_modified: String::new(),
        environment: vec![("A".into(), "b".into())],
        log_group: "own".into(),
    };
    vec![hello, zoo]
}

fn furnished(port: &str) -> Cloud {
    let url = |id: &str, stage: &str| format!("http://{id}.execute-api.localhost:{port}{stage}");
    let of_app = |logical_id: &str, physical_id: &str, kind: &str| Resource {
        logical_id: logical_id.into(),
        physical_id: physical_id.into(),
        kind: kind.into(),
        status: "CREATE_COMPLETE".into(),
    };
    let route = |method: &str, path: &str, function: Option<&str>| Route {
        method: method.into(),
        path: path.into(),
        function: function.map(str::to_owned),
    };
    let stack = |name: &str, status: &str| Stack {
        name: name.into(),
        status: status.into(),
        reason: None,
        resources: vec![],
        outputs: vec![],
    };
    let messaging = |name: &str, id: &str, logical_id: Option<&str>| Messaging {
        name: name.into(),
        id: id.into(),
        stack: logical_id.map(|_| "app".to_owned()),
        logical_id: logical_id.map(str::to_owned),
    };
    let output = Output {
        key: "Url".into(),
        value: "https://h1.execute-api.us-east-1.amazonaws.com/x".into(),
        description: Some("where".into()),
        local: Some(url("h1", "/x")),
    };
    Cloud {
        stacks: vec![
            Stack {
                resources: vec![
                    of_app("Api", "h1", "AWS::ApiGatewayV2::Api"),
                    of_app("Hello", "hello", "AWS::Lambda::Function"),
                    of_app("Jobs", QUEUE, "AWS::SQS::Queue"),
                ],
                outputs: vec![output],
                ..stack("app", "CREATE_COMPLETE")
            },
            Stack { reason: Some("no <room>".into()), ..stack("zebra", "CREATE_FAILED") },
        ],
        functions: functions(),
        apis: vec![
            Api {
                id: "r1".into(),
                name: "rest".into(),
                kind: ApiKind::Rest,
                urls: vec![url("r1", "/live")],
                routes: vec![route("POST", "/y", Some("hello"))],
            },
            Api {
                id: "h1".into(),
                name: "web".into(),
                kind: ApiKind::Http,
                urls: vec![url("h1", ""), url("h1", "/prod")],
                routes: vec![route("GET", "/x", Some("hello")), route("$default", "", None)],
            },
        ],
        queues: vec![
            messaging("app-Jobs", QUEUE, Some("Jobs")),
            messaging("mine", "http://aws/000000000000/mine", None),
        ],
        topics: vec![
            messaging("a", "arn:aws:sns:us-east-1:000000000000:a", None),
            messaging("orders", TOPIC, None),
        ],
    }
}

#[tokio::test]
async fn all_that_is_deployed_is_shown_page_by_page() {
    let bench = Bench::new().await;
    assert_eq!(bench.call(DescribeCloud {}).await.unwrap(), Cloud::default());
    furnish(&bench);
    let port = bench.cloud.url.rsplit(':').next().unwrap();
    assert_eq!(bench.call(DescribeCloud {}).await.unwrap(), furnished(port));
    for asked in bench.cloud.asked() {
        let signature = asked.header("authorization").unwrap_or_default().to_owned();
        assert!(signature.contains("Credential=AKIA/20260101/us-east-1/"), "{signature}");
    }
}

#[tokio::test]
async fn why_what_is_deployed_cannot_be_shown_is_told() {
    let gone = |operation: &'static str, reply: Reply, code: ErrorCode, message: &'static str| async move {
        let bench = Bench::new().await;
        furnish(&bench);
        bench.cloud.on(operation, move |_| reply.clone());
        let (found, said) = bench.refused(DescribeCloud {}).await;
        assert!(found == code && said.starts_with(message), "{operation}: {found:?} {said}");
    };
    let denied = || xml_error(403, "AccessDenied", "User is not authorized");
    let (forbidden, limit) = (ErrorCode::Forbidden, ErrorCode::Limit);
    let unreadable = "failed to read the cloud's answer to ";
    gone("DescribeStacks", denied(), forbidden, "AccessDenied: User is not authorized").await;
    gone("ListStackResources", denied(), forbidden, "AccessDenied: User").await;
    gone("DescribeStacks", xml_error(400, "Throttling", "Rate exceeded"), limit, "Throttling: Rate").await;
    gone("DescribeStacks", with(200, &[], "<R><Stacks>"), ErrorCode::Internal, unreadable).await;
    gone("DescribeStacks", with(200, &[], "{}"), ErrorCode::Internal, unreadable).await;
    let throttled = json_error(429, "TooManyRequestsException:http://internal/", "Rate Exceeded.");
    gone("GET /2015-03-31/functions", throttled, limit, "TooManyRequestsException: Rate").await;
    gone("GET /v2/apis/h1/routes", with(200, &[], "<html>"), ErrorCode::Internal, unreadable).await;
    gone("GET /v2/apis/h1/stages", with(503, &[], ""), ErrorCode::Unavailable, "HTTP 503: ").await;
    gone("GET /restapis/r1/stages", with(502, &[], "bad"), ErrorCode::Unavailable, "HTTP 502: ").await;
    gone("DescribeStacks", None, ErrorCode::Unavailable, "failed to reach the cloud at http://127.").await;
    let cut = Some(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n<R>".to_vec());
    gone("DescribeStacks", cut, ErrorCode::Unavailable, "failed to reach the cloud at ").await;
    let placed = with(400, &[("x-cumulo-place", "/Resources/F")], r#"{"code":"BadRequest","message":"no"}"#);
    gone("GET /v2/apis", placed, ErrorCode::Invalid, "BadRequest: no (/Resources/F)").await;
}

#[tokio::test]
async fn a_cloud_that_is_gone_is_said_to_be() {
    let bench = Bench::without_cloud().await;
    let error = bench.call(DescribeCloud {}).await.unwrap_err();
    assert_eq!(
        (error.code, error.reason.unwrap().name.as_str()),
        (ErrorCode::Unavailable, "cloud-unreachable")
    );
    assert_eq!(bench.refused(DeleteStack { name: "s".into() }).await.0, ErrorCode::Unavailable);
}

#[tokio::test]
async fn answers_without_sense_show_nothing_and_lists_without_end_end() {
    let bench = Bench::new().await;
    for value in [json!({}), json!([]), json!(5), json!({ "Functions": 5, "items": "x", "item": {} })] {
        for operation in ["GET /2015-03-31/functions", "GET /v2/apis", "GET /restapis"] {
            let value = value.clone();
            bench.cloud.on(operation, move |_| json(value.clone()));
        }
        assert_eq!(bench.call(DescribeCloud {}).await.unwrap(), Cloud::default(), "{value}");
    }
    let many = |next: &str| json(json!({ "Functions": [{ "FunctionName": "f" }], "NextMarker": next }));
    bench.cloud.on("GET /2015-03-31/functions", move |_| many("again"));
    bench.cloud.on("DescribeStacks", |_| xml("<Stacks/><NextToken>again</NextToken>"));
    bench.cloud.asked();
    assert_eq!(bench.call(DescribeCloud {}).await.unwrap().functions.len(), 50);
    let asked = bench.cloud.operations();
    assert_eq!(asked.iter().filter(|name| *name == "DescribeStacks").count(), 50);
}

#[tokio::test]
async fn an_answer_larger_than_anybody_reads_is_refused() {
    let bench = Bench::new().await;
    bench.cloud.on("DescribeStacks", |_| with(200, &[], vec![b' '; (64 << 20) + 1]));
    let (code, message) = bench.refused(DescribeCloud {}).await;
    assert_eq!((code, message.as_str()), (ErrorCode::Limit, "the cloud's answer is larger than 64 MiB"));
}

fn route(url: String) -> TryRoute {
    TryRoute { method: "POST".into(), url, headers: vec![("x-a".into(), "b".into())], body: "hello".into() }
}

#[tokio::test]
async fn a_route_is_called_as_anybody_may() {
    let bench = Bench::new().await;
    bench.cloud.on("POST /x", |asked| {
        assert_eq!(asked.header("authorization"), None);
        assert_eq!((asked.header("x-a"), &asked.body[..]), (Some("b"), &b"hello"[..]));
        with(201, &[("x-host", asked.header("host").unwrap()), ("x-path", &asked.target)], b"a\xff")
    });
    let cloud = bench.cloud.url.clone();
    let port = cloud.rsplit(':').next().unwrap();
    let own = format!("h1.execute-api.localhost:{port}");
    for (url, host, target) in [
        (format!("http://{own}/x?q=1"), own.as_str(), "/x?q=1"),
        ("https://h1.execute-api.us-east-1.amazonaws.com/x".into(), &own, "/x"),
        (format!("{cloud}/x"), cloud.trim_start_matches("http://"), "/x"),
    ] {
        let answer = bench.call(route(url)).await.unwrap();
        let header = |name: &str| {
            let found = answer.headers.iter().find(|(present, _)| present == name);
            found.map(|(_, value)| value.as_str())
        };
        assert_eq!((answer.status, answer.body.as_str()), (201, "a\u{fffd}"));
        assert_eq!((header("x-host"), header("x-path")), (Some(host), Some(target)));
    }
    // Who states a host has that.
    let mut stated = route(format!("http://{own}/x"));
    stated.headers.push(("Host".into(), "other.example".into()));
    let answer = bench.call(stated).await.unwrap();
    assert!(answer.headers.contains(&("x-host".into(), "other.example".into())), "{:?}", answer.headers);
}

#[tokio::test]
async fn a_route_that_cannot_be_called_is_told() {
    let bench = Bench::new().await;
    let here = format!("{}/x", bench.cloud.url);
    for url in [
        "http://example.com/",
        "http://169.254.169.254/",
        "",
        "file:///etc/passwd",
        "http://a.execute-api.evil/",
    ] {
        let (code, message) = bench.refused(route(url.into())).await;
        assert!(
            code == ErrorCode::Forbidden && message.contains("only addresses of this"),
            "{url}: {message}"
        );
    }
    for (method, name, value) in
        [("GET /", "a", "b"), ("", "a", "b"), ("GET", "a b", "c"), ("GET", "a", "b\nc: d")]
    {
        let headers = vec![(name.into(), value.into())];
        let call = TryRoute { method: method.into(), headers, ..route(here.clone()) };
        let (code, message) = bench.refused(call).await;
        assert!(code == ErrorCode::Invalid && message.starts_with("the request is malformed"), "{message}");
    }
    assert_eq!(bench.cloud.operations(), [""; 0], "none of this is sent");
    bench.cloud.on("POST /x", |_| None);
    assert_eq!(bench.refused(route(here.clone())).await.0, ErrorCode::Unavailable);
    bench.cloud.on("POST /x", |_| with(200, &[], vec![b'x'; (16 << 20) + 1]));
    let (code, message) = bench.refused(route(here.clone())).await;
    assert!(
        code == ErrorCode::Limit && message.starts_with("the answer could not be read whole"),
        "{message}"
    );
    // Of a large answer is shown what fits into a frame.
    bench.cloud.on("POST /x", |_| with(200, &[("x-long", &"\"".repeat(20_000))], "\"".repeat(2 << 20)));
    let answer = bench.call(route(here)).await.unwrap();
    let (quotes, said) = answer.body.split_once('\n').unwrap();
    assert!(quotes.len() > 400_000 && quotes.bytes().all(|byte| byte == b'"'), "{}", quotes.len());
    assert_eq!(said, format!("… the first {} of 2097152 bytes", quotes.len()));
}

#[tokio::test]
async fn a_stack_is_deleted_by_its_name() {
    let bench = Bench::new().await;
    bench.cloud.on("DeleteStack", |_| xml(""));
    bench.call(DeleteStack { name: "a & b".into() }).await.unwrap();
    let asked = bench.cloud.asked();
    assert_eq!((asked.len(), asked[0].parameter("StackName").as_deref()), (1, Some("a & b")));
    assert_eq!(asked[0].parameter("Version").as_deref(), Some("2010-05-15"));
    let protected = "Stack [s] cannot be deleted while TerminationProtection is enabled";
    bench.cloud.on("DeleteStack", move |_| xml_error(400, "ValidationError", protected));
    let said = bench.refused(DeleteStack { name: "s".into() }).await;
    assert_eq!(said, (ErrorCode::Invalid, format!("ValidationError: {protected}")));
    bench.cloud.on("DeleteStack", |_| with(200, &[], Value::Null.to_string()));
    assert_eq!(bench.refused(DeleteStack { name: "s".into() }).await.0, ErrorCode::Internal);
}
