//! Function URLs through the endpoint: how they are made, who is let in, what functions are told and what callers get.

use cloud_core::Permissions;
use cloud_wire::Endpoint;
use cloud_wire::listening::{Answer, DATE, Listening, NoKeys, signature};

use super::fakes::Said;
use super::*;

const FORBIDDEN: &str = "Forbidden. For troubleshooting Function URL authorization issues, see: \
                         https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";

/// A cloud that has the function `f`, listening.
pub(super) struct Cloud {
    pub(super) rig: Rig,
    pub(super) endpoint: Listening,
}

impl Cloud {
    pub(super) async fn start() -> Self {
        let rig = Rig::new().await;
        rig.create("f").await;
        Self::of(rig).await
    }

    async fn of(rig: Rig) -> Self {
        let account = rig.context.account().clone();
        let endpoint = Endpoint::new(rig.context.clone(), Arc::new(NoKeys))
            .with_any_key(account)
            .with_service(Arc::new(rig.lambda.clone()))
            .with_front(Arc::new(rig.lambda.urls()));
        let endpoint = Listening::start(endpoint).await.unwrap();
        Self { rig, endpoint }
    }

    /// The status and the document of an operation's answer.
    async fn ask(&self, line: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = format!(
            "{line} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\nx-amz-date: {DATE}\r\nauthorization: {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.endpoint.port(),
            signature("lambda"),
            body.len()
        );
        let answer = self.endpoint.exchange(&request).await.unwrap();
        (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
    }

    pub(super) async fn done(&self, line: &str, body: Value) -> Value {
        let (status, answer) = self.ask(line, body).await;
        assert!(status < 300, "{line}: {status} {answer}");
        answer
    }

    /// Makes a URL of the function; its id.
    async fn url(&self, more: Value) -> String {
        let mut wanted = json!({ "AuthType": "NONE" });
        wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        id_of(&self.done("POST /2021-10-31/functions/f/url", wanted).await)
    }

    /// The same, and everybody may call it.
    pub(super) async fn public(&self, more: Value) -> String {
        self.permit("s1", json!({ "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE" }))
            .await;
        self.permit("s2", json!({ "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": true })).await;
        self.url(more).await
    }

    async fn permit(&self, id: &str, mut wanted: Value) {
        wanted["StatementId"] = json!(id);
        wanted["Principal"] = json!("*");
        self.done("POST /2015-03-31/functions/f/policy", wanted).await;
    }

    pub(super) fn head(&self, id: &str, line: &str, headers: &str) -> String {
        let port = self.endpoint.port();
        format!(
            "{line} HTTP/1.1\r\nhost: {id}.lambda-url.us-east-1.localhost:{port}\r\nconnection: close\r\n{headers}"
        )
    }

    pub(super) async fn fetch(&self, id: &str, line: &str, headers: &str, body: &str) -> Answer {
        let head = self.head(id, line, headers);
        let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        self.endpoint.exchange(&request).await.unwrap()
    }

    /// The event that the function got.
    async fn event(&self, id: &str, line: &str, headers: &str, body: &str) -> Value {
        let answer = self.fetch(id, line, headers, body).await;
        assert_eq!(answer.status, 200, "{} {}", answer.head, answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    pub(super) fn says(&self, said: Said) {
        *self.rig.engine.says.lock().unwrap() = Some(said);
    }

    fn says_json(&self, answer: &Value) {
        self.says(Said { pieces: vec![answer.to_string().into()], ..Said::default() });
    }
}

fn id_of(config: &Value) -> String {
    let address = config["FunctionUrl"].as_str().unwrap();
    let host = address.strip_prefix("http://").unwrap();
    host.split_once('.').unwrap().0.to_owned()
}

pub(super) fn pieces(pieces: &[&'static str]) -> Vec<Bytes> {
    pieces.iter().map(|piece| Bytes::from_static(piece.as_bytes())).collect()
}

fn message(answer: &Answer) -> Value {
    let document: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    told(&document)
}

fn told(document: &Value) -> Value {
    document.get("Message").or(document.get("message")).cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_url_is_made_seen_changed_and_deleted() {
    let cloud = Cloud::start().await;
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let (status, made) = cloud.ask("POST /2021-10-31/functions/f/url", json!({ "AuthType": "NONE" })).await;
    let id = id_of(&made);
    let port = cloud.endpoint.port();
    let time = "2026-01-01T00:00:00.000000Z";
    let address = format!("http://{id}.lambda-url.us-east-1.localhost:{port}/");
    let expected =
        json!({ "AuthType": "NONE", "CreationTime": time, "FunctionArn": arn, "FunctionUrl": address });
    assert_eq!((status, &made, id.len()), (201, &expected, 32));
    let (status, taken) = cloud.ask("POST /2021-10-31/functions/f/url", json!({ "AuthType": "NONE" })).await;
    let says = format!(
        "Failed to create function url config for [functionArn = {arn}]. Error message:  FunctionUrlConfig exists for \
         this Lambda function"
    );
    assert_eq!((status, &told(&taken), &taken["Type"]), (409, &json!(says), &json!("User")));
    cloud.rig.clock.advance(Duration::from_millis(1500));
    let cors = json!({ "AllowOrigins": ["*"], "MaxAge": 5 });
    let wanted = json!({ "AuthType": "AWS_IAM", "Cors": cors, "InvokeMode": "RESPONSE_STREAM" });
    let changed = cloud.done("PUT /2021-10-31/functions/f/url", wanted.clone()).await;
    let mut expected = expected;
    expected.as_object_mut().unwrap().extend(wanted.as_object().unwrap().clone());
    expected["LastModifiedTime"] = json!("2026-01-01T00:00:01.500000Z");
    assert_eq!(changed, expected);
    assert_eq!(cloud.done("GET /2021-10-31/functions/f/url", Value::Null).await, expected);
    let listed = cloud.done("GET /2021-10-31/functions/f/urls", Value::Null).await;
    assert_eq!(listed, json!({ "FunctionUrlConfigs": [expected] }));
    let cloud = Cloud::of(cloud.rig.again().await).await;
    let kept = cloud.done("GET /2021-10-31/functions/f/url", Value::Null).await;
    assert_eq!((id_of(&kept), &kept["Cors"]), (id, &cors), "it is kept");
    let without = cloud.done("PUT /2021-10-31/functions/f/url", json!({ "Cors": {} })).await;
    assert_eq!((without.get("Cors"), &without["AuthType"]), (None, &json!("AWS_IAM")));
    assert_eq!(cloud.ask("DELETE /2021-10-31/functions/f/url", Value::Null).await.0, 204);
    let (status, gone) = cloud.ask("GET /2021-10-31/functions/f/url", Value::Null).await;
    assert_eq!((status, &told(&gone)), (404, &json!("The resource you requested does not exist.")));
}

#[tokio::test]
async fn a_url_is_of_what_changes_or_of_an_alias() {
    let cloud = Cloud::start().await;
    cloud.done("POST /2015-03-31/functions/f/versions", json!({})).await;
    let alias = json!({ "Name": "live", "FunctionVersion": "1" });
    cloud.done("POST /2015-03-31/functions/f/aliases", alias).await;
    let auth = || json!({ "AuthType": "NONE" });
    let pattern = |value: &str| {
        format!(
            "1 validation error detected: Value '{value}' at 'qualifier' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)"
        )
    };
    let no_function = "Function does not exist".to_owned();
    let no_url = "The resource you requested does not exist.".to_owned();
    let mismatch =
        "The derived qualifier from the function name does not match the specified qualifier.".to_owned();
    for (verb, missing) in
        [("POST", &no_function), ("PUT", &no_function), ("GET", &no_url), ("DELETE", &no_url)]
    {
        for (place, status, says) in [
            ("none/url", 404, missing.clone()),
            ("none/url?Qualifier=1", 400, pattern("1")),
            ("f/url?Qualifier=1", 400, pattern("1")),
            ("f/url?Qualifier=%24LATEST", 400, pattern("$LATEST")),
            ("f:2/url", 400, pattern("2")),
            ("f/url?Qualifier=nope", 404, missing.clone()),
            ("f:live/url?Qualifier=other", 400, mismatch.clone()),
        ] {
            let body = if verb == "POST" || verb == "PUT" { auth() } else { Value::Null };
            let (seen, answer) = cloud.ask(&format!("{verb} /2021-10-31/functions/{place}"), body).await;
            let text = answer["Message"].as_str().or(answer["message"].as_str()).unwrap_or_default();
            assert_eq!((seen, text), (status, says.as_str()), "{verb} {place}");
        }
    }
    for (verb, body) in [("PUT", auth()), ("GET", Value::Null), ("DELETE", Value::Null)] {
        let (status, answer) = cloud.ask(&format!("{verb} /2021-10-31/functions/f/url"), body).await;
        assert_eq!((status, &told(&answer)), (404, &json!(no_url)), "{verb}");
    }
    let made = cloud.done("POST /2021-10-31/functions/f/url?Qualifier=live", auth()).await;
    assert_eq!(made["FunctionArn"], "arn:aws:lambda:us-east-1:000000000000:function:f:live");
    cloud.url(json!({})).await;
    let first = cloud.done("GET /2021-10-31/functions/f/urls?MaxItems=1", Value::Null).await;
    let marker = first["NextMarker"].as_str().unwrap();
    let second = cloud
        .done(&format!("GET /2021-10-31/functions/f/urls?MaxItems=1&Marker={marker}"), Value::Null)
        .await;
    let arns = [&first, &second].map(|page| page["FunctionUrlConfigs"][0]["FunctionArn"].clone());
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    assert_eq!(arns, [json!(arn), json!(format!("{arn}:live"))]);
    let (status, none) = cloud.ask("GET /2021-10-31/functions/none/urls", Value::Null).await;
    assert_eq!((status, &told(&none)), (404, &json!(no_function)));
}

#[tokio::test]
async fn what_a_url_cannot_be_is_refused() {
    let cloud = Cloud::start().await;
    let refused = async |more: Value, expected: &str| {
        let mut wanted = json!({ "AuthType": "NONE" });
        wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, answer) = cloud.ask("POST /2021-10-31/functions/f/url", wanted).await;
        let text = answer["message"].as_str().unwrap_or_default();
        assert!(status == 400 && text.contains(expected), "{more}: {status} {answer}");
    };
    let set = "Value 'UNKNOWN' at 'invokeMode' failed to satisfy constraint: Member must satisfy enum value set: \
               [RESPONSE_STREAM, BUFFERED]";
    refused(json!({ "InvokeMode": "UNKNOWN" }), set).await;
    refused(json!({ "AuthType": "MINE" }), "at 'authType' failed").await;
    let origins = "You can't leave AllowOrigins as empty when Cors is enabled.";
    refused(json!({ "Cors": { "MaxAge": 1 } }), origins).await;
    refused(json!({ "Cors": { "AllowOrigins": [] } }), origins).await;
    refused(json!({ "Cors": { "AllowOrigins": ["*"], "MaxAge": 86_401 } }), "at 'cors.maxAge' failed").await;
    refused(
        json!({ "Cors": { "AllowOrigins": ["*"], "AllowMethods": ["OPTIONS"] } }),
        "length less than or equal to 6",
    )
    .await;
    let many: Vec<String> = (0..101).map(|number| format!("https://{number}.example")).collect();
    refused(json!({ "Cors": { "AllowOrigins": many } }), "at 'cors.allowOrigins' failed").await;
    for (action, member, value) in [
        ("lambda:InvokeFunction", "FunctionUrlAuthType", json!("NONE")),
        ("lambda:InvokeFunctionUrl", "InvokedViaFunctionUrl", json!(true)),
    ] {
        let wanted = json!({ "StatementId": "s", "Principal": "*", "Action": action, member: value });
        let (status, answer) = cloud.ask("POST /2015-03-31/functions/f/policy", wanted).await;
        assert_eq!((status, &answer["Type"]), (400, &json!("User")), "{answer}");
        assert!(answer["message"].as_str().unwrap().starts_with(&format!("{member} is only supported for ")));
    }
}

#[tokio::test]
async fn nobody_is_let_in_without_a_permission() {
    let cloud = Cloud::start().await;
    let id = cloud.url(json!({})).await;
    let seen = async || {
        let answer = cloud.fetch(&id, "GET /", "", "").await;
        let reported = answer.header("x-cumulo-permissions").is_some();
        (answer.status, reported)
    };
    let refused = cloud.fetch(&id, "GET /", "", "").await;
    assert_eq!((refused.status, message(&refused)), (403, json!(FORBIDDEN)));
    assert_eq!(refused.header("x-amzn-errortype"), Some("AccessDeniedException"));
    cloud
        .permit("other", json!({ "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "AWS_IAM" }))
        .await;
    cloud.permit("run", json!({ "Action": "lambda:InvokeFunction" })).await;
    for mode in [Permissions::Off, Permissions::Report, Permissions::Enforce] {
        cloud.rig.context.set_permissions(mode);
        assert_eq!(seen().await, (403, false), "{mode:?}");
    }
    cloud
        .permit("call", json!({ "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE" }))
        .await;
    assert_eq!(seen().await, (200, false));
    let removed = cloud.ask("DELETE /2015-03-31/functions/f/policy/run", Value::Null).await;
    assert_eq!(removed.0, 204);
    for (mode, expected) in [
        (Permissions::Off, (200, false)),
        (Permissions::Report, (200, true)),
        (Permissions::Enforce, (403, false)),
    ] {
        cloud.rig.context.set_permissions(mode);
        assert_eq!(seen().await, expected, "{mode:?}");
    }
    cloud.permit("via", json!({ "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": true })).await;
    assert_eq!(seen().await, (200, false));
}

#[tokio::test]
async fn a_url_is_found_by_host_and_by_path_and_gone_when_it_is_deleted() {
    let cloud = Cloud::start().await;
    let id = cloud.public(json!({})).await;
    let port = cloud.endpoint.port();
    for (host, path) in [
        (format!("{id}.lambda-url.us-east-1.localhost:{port}"), "/a/b".to_owned()),
        (format!("{id}.lambda-url.us-east-1.on.aws"), "/a/b".to_owned()),
        (format!("{id}.lambda-url.us-east-1.localhost.localstack.cloud:{port}"), "/a/b".to_owned()),
        (format!("localhost:{port}"), format!("/_aws/lambda-url/{id}/a/b")),
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let answer = cloud.endpoint.exchange(&request).await.unwrap();
        let event: Value = serde_json::from_str(&answer.body).unwrap();
        let domain = event["requestContext"]["domainName"].as_str().unwrap();
        assert_eq!((&event["rawPath"], domain.starts_with(&id)), (&json!("/a/b"), true), "{host} {answer:?}");
    }
    let unknown = cloud.fetch("unknown", "GET /", "", "").await;
    assert_eq!((unknown.status, unknown.body.as_str()), (404, r#"{"Message":null}"#));
    cloud.ask("DELETE /2021-10-31/functions/f/url", Value::Null).await;
    assert_eq!(cloud.fetch(&id, "GET /", "", "").await.status, 404);
    let again = cloud.url(json!({})).await;
    assert_ne!(again, id, "another address");
    assert_eq!(cloud.fetch(&again, "GET /", "", "").await.status, 200, "whose permissions stayed");
    assert_eq!(cloud.ask("DELETE /2015-03-31/functions/f", Value::Null).await.0, 204);
    assert_eq!(cloud.fetch(&again, "GET /", "", "").await.status, 404);
    let cloud = Cloud::of(cloud.rig.again().await).await;
    cloud.rig.create("f").await;
    let none = cloud.done("GET /2021-10-31/functions/f/urls", Value::Null).await;
    assert_eq!(none, json!({ "FunctionUrlConfigs": [] }), "a function of that name is another");
}

// AWS: what was seen of it: the URL outlives its alias and lets nobody in.
#[tokio::test]
async fn the_url_of_an_alias_runs_its_version_and_outlives_it() {
    let cloud = Cloud::start().await;
    cloud.done("POST /2015-03-31/functions/f/versions", json!({})).await;
    let alias = json!({ "Name": "live", "FunctionVersion": "1" });
    cloud.done("POST /2015-03-31/functions/f/aliases", alias.clone()).await;
    let made =
        cloud.done("POST /2021-10-31/functions/f/url?Qualifier=live", json!({ "AuthType": "NONE" })).await;
    let id = id_of(&made);
    let permit = async || {
        let wanted = json!({ "StatementId": "s", "Principal": "*", "Action": "lambda:*" });
        cloud.done("POST /2015-03-31/functions/f/policy?Qualifier=live", wanted).await;
    };
    permit().await;
    cloud.event(&id, "GET /", "", "").await;
    let version = cloud.rig.engine.seen.lock().unwrap()[0].0.key.version.clone();
    assert_eq!(version, "1");
    assert_eq!(cloud.ask("DELETE /2015-03-31/functions/f/aliases/live", Value::Null).await.0, 204);
    let orphan = cloud.fetch(&id, "GET /", "", "").await;
    assert_eq!((orphan.status, message(&orphan)), (403, json!(FORBIDDEN)));
    cloud.done("GET /2021-10-31/functions/f/url?Qualifier=live", Value::Null).await;
    cloud.done("POST /2015-03-31/functions/f/aliases", alias).await;
    assert_eq!(cloud.fetch(&id, "GET /", "", "").await.status, 403, "its permissions went with it");
    permit().await;
    cloud.event(&id, "GET /", "", "").await;
}

#[tokio::test]
async fn a_request_becomes_an_event_and_is_named_after_its_invocation() {
    let cloud = Cloud::start().await;
    let id = cloud.public(json!({})).await;
    let headers = "content-type: application/json\r\nX-Own: 1\r\nCookie: a=1; cumulo-9000=secret\r\n\
                   x-amzn-trace-id: Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=a87bd80c:1\r\n";
    let answer = cloud.fetch(&id, "POST /a%20b?q=1&q=2", headers, r#"{"a":1}"#).await;
    let event: Value = serde_json::from_str(&answer.body).unwrap();
    let (_, invocation) = cloud.rig.engine.seen.lock().unwrap()[0].clone();
    for (pointer, expected) in [
        ("/version", json!("2.0")),
        ("/rawPath", json!("/a%20b")),
        ("/queryStringParameters", json!({ "q": "1,2" })),
        ("/cookies", json!(["a=1"])),
        ("/headers/x-own", json!("1")),
        ("/headers/content-length", json!("7")),
        ("/body", json!(r#"{"a":1}"#)),
        ("/isBase64Encoded", json!(false)),
        ("/requestContext/accountId", json!("anonymous")),
        ("/requestContext/apiId", json!(id)),
        ("/requestContext/http/method", json!("POST")),
        ("/requestContext/http/sourceIp", json!("127.0.0.1")),
        ("/requestContext/requestId", json!(invocation.request_id)),
    ] {
        assert_eq!(event.pointer(pointer), Some(&expected), "{pointer}");
    }
    assert_eq!(answer.header("x-amzn-requestid"), Some(invocation.request_id.as_str()));
    let root = "Root=1-5759e988-bd862e3fe1be46a994272793";
    assert!(answer.header("x-amzn-trace-id").unwrap().starts_with(root));
    assert!(
        invocation.trace_id.starts_with(root) && invocation.trace_id.contains("a87bd80c:1"),
        "{invocation:?}"
    );
}

#[tokio::test]
async fn what_a_function_answers_is_the_answer() {
    let cloud = Cloud::start().await;
    let id = cloud.public(json!({})).await;
    cloud.says_json(&json!({
        "statusCode": 201, "headers": { "Content-Type": "text/x", "content-length": "99", "My-Own": "1" },
        "body": "aGk=", "isBase64Encoded": true, "cookies": ["a=1", "cumulo-9000=x"],
    }));
    let answer = cloud.fetch(&id, "GET /", "", "").await;
    assert_eq!((answer.status, answer.body.as_str()), (201, "hi"));
    for (name, expected) in
        [("content-type", "text/x"), ("my-own", "1"), ("set-cookie", "a=1"), ("content-length", "2")]
    {
        assert_eq!(answer.header(name), Some(expected), "{name}");
    }
    assert!(!answer.head.contains("cumulo-9000"), "{}", answer.head);
    cloud.says_json(&json!("hello"));
    let answer = cloud.fetch(&id, "GET /", "", "").await;
    let kind = answer.header("content-type");
    assert_eq!((answer.status, answer.body.as_str(), kind), (200, "\"hello\"", Some("application/json")));
    let head = cloud.fetch(&id, "HEAD /", "", "").await;
    assert_eq!((head.status, head.body.as_str(), head.header("content-length")), (200, "", Some("7")));
}

#[tokio::test]
async fn what_goes_wrong_is_told_as_lambda_does() {
    let cloud = Cloud::start().await;
    let id = cloud.public(json!({})).await;
    let check = async |line: &str, body: &str, status: u16, expected: &str| {
        let answer = cloud.fetch(&id, line, "content-type: text/plain\r\n", body).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, expected), "{line} {}", body.len());
    };
    cloud.says_json(&json!({ "statusCode": 200, "body": { "no": "text" } }));
    check("GET /", "", 502, "Internal Server Error").await;
    cloud.says(Said { pieces: pieces(&["no JSON"]), ..Said::default() });
    check("GET /", "", 502, "Internal Server Error").await;
    let long = Bytes::from(vec![b'1'; 6_291_557]);
    cloud.says(Said { pieces: vec![long], ..Said::default() });
    check("GET /", "", 502, "Internal Server Error").await;
    cloud.says_json(&json!("fine"));
    *cloud.rig.engine.failing.lock().unwrap() = true;
    check("GET /", "", 502, "Internal Server Error").await;
    *cloud.rig.engine.failing.lock().unwrap() = false;
    let ran = cloud.rig.engine.seen.lock().unwrap().len();
    let large = "Request must be smaller than 6291456 bytes for the InvokeFunction operation";
    let answer = cloud.fetch(&id, "POST /", "content-type: text/plain\r\n", &"x".repeat(6_291_400)).await;
    let beside = "what its event takes beside it counts";
    assert_eq!((answer.status, message(&answer)), (413, json!(large)), "{beside}");
    let answer = cloud.fetch(&id, "POST /", "", &"x".repeat(6_291_457)).await;
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (413, Some("RequestTooLargeException")));
    let answer = cloud.fetch(&id, "BREW /", "", "").await;
    assert_eq!(answer.status, 405);
    cloud.done("PUT /2017-10-31/functions/f/concurrency", json!({ "ReservedConcurrentExecutions": 0 })).await;
    let answer = cloud.fetch(&id, "GET /", "", "").await;
    assert_eq!((answer.status, message(&answer)), (429, json!("Rate Exceeded.")));
    assert!(answer.body.contains("ReservedFunctionConcurrentInvocationLimitExceeded"), "{}", answer.body);
    assert_eq!(cloud.rig.engine.seen.lock().unwrap().len(), ran, "nothing more ran");
}

#[tokio::test]
async fn pages_of_other_origins_are_answered_by_the_url() {
    let cloud = Cloud::start().await;
    let cors = json!({ "AllowOrigins": ["https://a.example"], "AllowMethods": ["GET", "PUT"], "AllowHeaders": ["x-own"],
        "ExposeHeaders": ["x-out"], "MaxAge": 5, "AllowCredentials": true });
    let id = cloud.public(json!({ "Cors": cors })).await;
    let asked = "origin: https://a.example\r\n";
    let preflight =
        format!("{asked}access-control-request-method: PUT\r\naccess-control-request-headers: x-own\r\n");
    let answer = cloud.fetch(&id, "OPTIONS /", &preflight, "").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    for (name, expected) in [
        ("access-control-allow-origin", "https://a.example"),
        ("access-control-allow-methods", "GET,PUT"),
        ("access-control-allow-headers", "x-own"),
        ("access-control-allow-credentials", "true"),
        ("access-control-max-age", "5"),
    ] {
        assert_eq!(answer.header(name), Some(expected), "{name}");
    }
    assert_eq!(cloud.rig.engine.seen.lock().unwrap().len(), 0, "the function is not asked");
    cloud.says_json(&json!({ "statusCode": 200, "headers": { "access-control-allow-origin": "*" } }));
    let answer = cloud.fetch(&id, "GET /", asked, "").await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://a.example"));
    assert_eq!(answer.head.matches("access-control-allow-origin").count(), 1);
    assert_eq!(answer.header("access-control-expose-headers"), Some("x-out"));
    let other = cloud.fetch(&id, "GET /", "origin: https://b.example\r\n", "").await;
    assert_eq!((other.status, other.header("access-control-expose-headers")), (200, None));
    *cloud.rig.engine.failing.lock().unwrap() = true;
    let failed = cloud.fetch(&id, "GET /", asked, "").await;
    assert_eq!(
        (failed.status, failed.header("access-control-allow-origin")),
        (502, Some("https://a.example"))
    );
}

#[tokio::test]
async fn whoever_calls_a_url_of_iam_signs_for_it() {
    let cloud = Cloud::start().await;
    let id = cloud.url(json!({ "AuthType": "AWS_IAM" })).await;
    let signed = |service: &str| format!("x-amz-date: {DATE}\r\nauthorization: {}\r\n", signature(service));
    let unsigned = cloud.fetch(&id, "GET /", "", "").await;
    assert_eq!((unsigned.status, message(&unsigned)), (403, json!(FORBIDDEN)));
    let event =
        cloud.event(&id, "POST /x", &(signed("lambda") + "content-type: text/plain\r\n"), "hello").await;
    let identity = json!({
        "accessKey": "test", "accountId": "000000000000", "callerId": "000000000000", "cognitoIdentity": null,
        "principalOrgId": null, "userArn": "arn:aws:iam::000000000000:root", "userId": "000000000000",
    });
    assert_eq!(event["requestContext"]["authorizer"]["iam"], identity);
    assert_eq!(event["requestContext"]["accountId"], "000000000000");
    assert_eq!((&event["body"], event["headers"].get("authorization")), (&json!("hello"), None));
    let wrong = cloud.fetch(&id, "GET /", &signed("execute-api"), "").await;
    let says = "Credential should be scoped to correct service: 'lambda'. ";
    assert_eq!((wrong.status, message(&wrong)), (403, json!(says)));
    let elsewhere = signed("lambda").replace("us-east-1", "eu-west-1");
    assert_eq!(cloud.fetch(&id, "GET /", &elsewhere, "").await.status, 403);
    let stranger = signed("lambda").replace("Credential=test/", "Credential=111111111111/");
    let answer = cloud.fetch(&id, "GET /", &stranger, "").await;
    assert_eq!((answer.status, message(&answer)), (403, json!(FORBIDDEN)), "another account is barred");
    let large = cloud.fetch(&id, "POST /", &signed("lambda"), &"x".repeat(6_291_457)).await;
    assert_eq!(large.status, 413);
}

#[tokio::test]
async fn cloudformation_makes_changes_and_removes_urls() {
    let cloud = Cloud::start().await;
    let provider = cloud.rig.context.peers().provider("AWS::Lambda::Url").unwrap();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let properties = json!({ "TargetFunctionArn": arn, "AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM",
        "Cors": { "AllowOrigins": ["*"] } });
    let first = request("Url", "t1", properties.clone());
    let made = provider.create(&first).await.unwrap();
    let seen = cloud.done("GET /2021-10-31/functions/f/url", Value::Null).await;
    assert_eq!((made.physical_id.as_str(), &made.attributes["FunctionArn"]), (arn, &json!(arn)));
    assert_eq!(made.attributes["FunctionUrl"], seen["FunctionUrl"]);
    assert_eq!(provider.create(&first).await.unwrap(), made, "a repeated step makes nothing new");
    let other = provider.create(&request("Url", "t2", properties.clone())).await.unwrap_err();
    assert_eq!(other.code(), "ResourceConflictException");
    let changed = json!({ "TargetFunctionArn": arn, "AuthType": "AWS_IAM" });
    let updated = provider.update(arn, &properties, &request("Url", "t3", changed.clone())).await.unwrap();
    assert_eq!(updated, Updated::InPlace(made));
    let seen = cloud.done("GET /2021-10-31/functions/f/url", Value::Null).await;
    assert_eq!(
        (&seen["AuthType"], &seen["InvokeMode"], seen.get("Cors")),
        (&json!("AWS_IAM"), &json!("BUFFERED"), None)
    );
    for _ in 0..2 {
        provider.delete(arn, &changed).await.unwrap();
    }
    assert_eq!(cloud.ask("GET /2021-10-31/functions/f/url", Value::Null).await.0, 404);
}
