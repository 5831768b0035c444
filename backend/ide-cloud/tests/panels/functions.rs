//! Functions: invoked as they were deployed, brought and invoked as the files are, and the events to do it with.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use protocol::function::{
    Accepted, CancelInvocation, DeleteEvent, Event as Happened, FunctionRef, Invocation, InvokeFunction,
    ListEvents, ListFunctions, Phase, Ran, Report, SaveEvent,
};
use protocol::{ErrorCode, Event};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::bench::{Bench, path, until};
use crate::stand_in::{Reply, json, json_error, unfinished, with};

const INVOCATIONS: &str = "POST /2015-03-31/functions/*";
const TEMPLATE: &str = "
Transform: AWS::Serverless-2016-10-31
Parameters:
  Word: {Type: String, Default: Hi}
  Bare: {Type: String}
Resources:
  Greet:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code
      Handler: main.handle
      Runtime: python3.13
      MemorySize: 512
      Environment: {Variables: {A: !Ref Word, B: 7, C: !Ref Bare, D: !GetAtt X.Arn}}
      Events: {R: {Type: HttpApi}, S: {Type: Api}, T: {Type: Schedule}}
  Plain: {Type: AWS::Serverless::Function, Properties: {CodeUri: gone}}
  Out: {Type: AWS::Serverless::Function, Properties: {CodeUri: ../..}}
";

fn deployed(name: &str) -> FunctionRef {
    FunctionRef::Deployed { name: name.into() }
}

fn of_template(logical_id: &str) -> FunctionRef {
    FunctionRef::Template { template: path("app/template.yaml"), logical_id: logical_id.into() }
}

fn invoke(function: FunctionRef) -> InvokeFunction {
    InvokeFunction {
        id: "i".into(),
        function,
        event: r#"{"a": 1}"#.into(),
        qualifier: None,
        asynchronous: false,
    }
}

async fn ran(bench: &Bench, function: FunctionRef) -> Ran {
    match bench.call(invoke(function)).await.unwrap() {
        Invocation::Ran(ran) => ran,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_deployed_function_is_invoked_and_what_it_said_is_shown() {
    let bench = Bench::new().await;
    let log = "START\nREPORT RequestId: r\tDuration: 1.50 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 9 MB\t\n";
    bench.cloud.on(INVOCATIONS, move |asked| {
        assert_eq!((asked.header("x-amz-log-type"), &asked.body[..]), (Some("Tail"), &b"{\"a\": 1}"[..]));
        let headers = [
            ("x-amz-log-result", BASE64.encode(log)),
            ("x-amz-function-error", "Unhandled".into()),
            ("x-cumulo-engine", "wasm".into()),
            ("x-amz-executed-version", "7".into()),
            ("x-cumulo-runtime", "Python 3.11".into()),
        ];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        with(200, &headers, br#"{"errorMessage":"no"}"#)
    });
    let report = Report {
        request_id: "r".into(),
        duration_ms: 1.5,
        billed_duration_ms: 2,
        memory_size_mb: 128,
        max_memory_used_mb: 9,
        init_duration_ms: None,
    };
    let expected = Ran {
        payload: r#"{"errorMessage":"no"}"#.into(),
        function_error: Some("Unhandled".into()),
        log_tail: log.into(),
        report: Some(report),
        engine: "wasm".into(),
        function_name: "hello".into(),
        log_group: "/aws/lambda/hello".into(),
        version: Some("7".into()),
        runtime: Some("Python 3.11".into()),
    };
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:hello";
    let mut told = bench.events();
    for (name, escaped) in [
        ("hello", "hello"),
        ("hello:live", "hello%3Alive"),
        (arn, "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Ahello"),
    ] {
        assert_eq!(ran(&bench, deployed(name)).await, expected, "{name}");
        let asked = bench.cloud.operations();
        assert_eq!(asked[0], format!("POST /2015-03-31/functions/{escaped}/invocations"));
    }
    let phases = told.so_far(|event| Some(event.clone()));
    let running = Event::Function(Happened::Phase { id: "i".into(), phase: Phase::Running });
    assert_eq!(phases, vec![running; 3], "nothing is built");
    // Its log may be elsewhere.
    bench.cloud.on("GET /2015-03-31/functions/hello/configuration", |_| {
        json(json!({ "LoggingConfig": { "LogGroup": "/own/group" } }))
    });
    assert_eq!(ran(&bench, deployed("hello")).await.log_group, "/own/group");
    // One that says nothing of itself.
    bench.cloud.on(INVOCATIONS, |_| with(200, &[("x-amz-log-result", "no base64!")], b"\xff"));
    let said = ran(&bench, deployed("f")).await;
    assert_eq!(
        (said.payload.as_str(), said.engine.as_str(), said.log_tail.as_str()),
        ("\u{fffd}", "unknown", "")
    );
    assert_eq!((said.report, said.function_error), (None, None));
}

#[tokio::test]
async fn a_version_is_invoked_and_an_event_that_nobody_waits_for_is_taken_in() {
    let bench = Bench::new().await;
    bench.cloud.on(INVOCATIONS, |asked| {
        assert_eq!(asked.target, "/2015-03-31/functions/hello/invocations?Qualifier=live");
        with(200, &[], "1")
    });
    let of = |function| InvokeFunction { qualifier: Some("live".into()), ..invoke(function) };
    assert!(matches!(bench.call(of(deployed("hello"))).await, Ok(Invocation::Ran(_))));
    assert_eq!(bench.refused(of(of_template("Greet"))).await.0, ErrorCode::Unsupported);
    bench.cloud.on(INVOCATIONS, |asked| {
        assert_eq!(asked.header("x-amz-invocation-type"), Some("Event"));
        with(202, &[("x-amzn-requestid", "r")], "")
    });
    let asynchronous = InvokeFunction { asynchronous: true, ..invoke(deployed("hello")) };
    let accepted = Accepted {
        request_id: "r".into(),
        function_name: "hello".into(),
        log_group: "/aws/lambda/hello".into(),
    };
    assert_eq!(bench.call(asynchronous).await.unwrap(), Invocation::Accepted(accepted));
}

#[tokio::test]
async fn of_a_large_response_the_beginning_is_shown() {
    let bench = Bench::new().await;
    let log = BASE64.encode("\u{1}".repeat(4096));
    let response = format!("[{}]", "\"x\",".repeat(1_500_000));
    bench.cloud.on(INVOCATIONS, move |_| with(200, &[("x-amz-log-result", &log)], &response));
    let ran = ran(&bench, deployed("f")).await;
    let (begin, said) = ran.payload.split_once('\n').unwrap();
    assert!(begin.starts_with("[\"x\",\"x\"") && begin.len() > 600_000, "{}", begin.len());
    assert_eq!(said, format!("… the first {} of 6000002 bytes", begin.len()));
}

#[tokio::test]
async fn why_a_function_did_not_run_is_told() {
    let bench = Bench::new().await;
    let check = async |reply: Reply, code: ErrorCode, message: &str| {
        bench.cloud.on(INVOCATIONS, move |_| reply.clone());
        let (found, said) = bench.refused(invoke(deployed("f"))).await;
        assert!(found == code && said.starts_with(message), "{found:?} {said}");
    };
    let error = |status, code, message| json_error(status, code, message);
    let missing = error(404, "ResourceNotFoundException", "Function not found: f");
    check(missing, ErrorCode::NotFound, "ResourceNotFoundException: Function not found: f").await;
    let throttled = error(429, "TooManyRequestsException", "Rate Exceeded.");
    check(throttled, ErrorCode::Limit, "TooManyRequestsException: Rate Exceeded.").await;
    check(error(403, "AccessDeniedException", "no"), ErrorCode::Forbidden, "AccessDeniedException: no").await;
    let large = error(413, "RequestTooLargeException", "Request must be smaller");
    check(large, ErrorCode::Limit, "RequestTooLargeException: Request must").await;
    check(with(500, &[], "oops"), ErrorCode::Unavailable, "HTTP 500: ").await;
    check(None, ErrorCode::Unavailable, "failed to reach the cloud at http://").await;
    check(Some(b"nonsense\r\n\r\n".to_vec()), ErrorCode::Unavailable, "failed to reach the cloud at ").await;
    bench.cloud.asked();
    let call = InvokeFunction { event: "{".into(), ..invoke(deployed("f")) };
    let (code, message) = bench.refused(call).await;
    assert!(code == ErrorCode::Invalid && message.starts_with("the event is no JSON"), "{message}");
    assert_eq!(bench.cloud.operations(), [""; 0], "nothing is asked");
    let gone = Bench::without_cloud().await;
    assert_eq!(gone.refused(invoke(deployed("f"))).await.0, ErrorCode::Unavailable);
}

#[tokio::test]
async fn an_invocation_is_cancelled_by_its_id_which_is_its_alone() {
    let bench = Arc::new(Bench::new().await);
    let held = Arc::new(Mutex::new(0));
    let holding = Arc::clone(&held);
    // An answer that never comes to its end.
    bench.cloud.on(INVOCATIONS, move |_| {
        *holding.lock().unwrap() += 1;
        unfinished()
    });
    let invoking = {
        let bench = Arc::clone(&bench);
        tokio::spawn(async move { bench.call(invoke(deployed("f"))).await })
    };
    until("an invocation", || *held.lock().unwrap() == 1).await;
    let (code, message) = bench.refused(invoke(deployed("g"))).await;
    assert!(code == ErrorCode::Limit && message.contains("each under its own id"), "{message}");
    bench.call(CancelInvocation { id: "other".into() }).await.unwrap();
    assert!(!invoking.is_finished());
    bench.call(CancelInvocation { id: "i".into() }).await.unwrap();
    let error = invoking.await.unwrap().unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (ErrorCode::Conflict, "stopped on request"));
    // Its id is free again.
    bench.cloud.on(INVOCATIONS, |_| with(200, &[], "1"));
    assert_eq!(ran(&bench, deployed("f")).await.payload, "1");
}

/// A Lambda that keeps one function, as far as bringing one needs it.
#[derive(Default)]
struct Kept {
    configuration: Value,
    /// What it says of itself before it is ready.
    pending: Vec<Value>,
}

fn keep(bench: &Bench) -> Arc<Mutex<Kept>> {
    let kept = Arc::new(Mutex::new(Kept::default()));
    let name = "/2015-03-31/functions/work-Greet-dev";
    let shared = Arc::clone(&kept);
    bench.cloud.on(&format!("GET {name}/configuration"), move |_| {
        let mut kept = shared.lock().unwrap();
        match kept.configuration.clone() {
            Value::Null => json_error(404, "ResourceNotFoundException", "Function not found"),
            configuration => json(kept.pending.pop().unwrap_or(configuration)),
        }
    });
    let shared = Arc::clone(&kept);
    bench.cloud.on("POST /2015-03-31/functions", move |asked| {
        let mut input = asked.json();
        input["CodeSha256"] = hash(&input["Code"]["ZipFile"]);
        input["State"] = "Active".into();
        let mut kept = shared.lock().unwrap();
        kept.pending = vec![json!({ "State": "Pending" }), json!({ "State": "Pending" })];
        kept.configuration = input;
        with(201, &[], "{}")
    });
    for place in ["code", "configuration"] {
        let shared = Arc::clone(&kept);
        bench.cloud.on(&format!("PUT {name}/{place}"), move |asked| {
            let mut kept = shared.lock().unwrap();
            let input = asked.json();
            if place == "code" {
                kept.configuration["CodeSha256"] = hash(&input["ZipFile"]);
                kept.pending = vec![json!({ "State": "Active", "LastUpdateStatus": "InProgress" })];
            } else {
                for (member, value) in input.as_object().unwrap() {
                    kept.configuration[member] = value.clone();
                }
            }
            json(json!({}))
        });
    }
    bench.cloud.on(&format!("POST {name}/invocations"), |_| with(200, &[], "true"));
    kept
}

fn hash(zip: &Value) -> Value {
    BASE64.encode(Sha256::digest(BASE64.decode(zip.as_str().unwrap()).unwrap())).into()
}

async fn furnished() -> Bench {
    let bench = Bench::new().await;
    bench.write("app/template.yaml", TEMPLATE);
    bench.write("app/code/main.py", "def handle(event, context): pass\n");
    bench
}

/// What changed something, without the folder of functions.
fn changes(bench: &Bench) -> Vec<String> {
    let asked = bench.cloud.operations().into_iter().filter(|operation| !operation.starts_with("GET"));
    asked.map(|operation| operation.replace("/2015-03-31/functions", "")).collect()
}

#[tokio::test]
async fn a_function_of_a_template_is_brought_and_only_what_is_different() {
    let bench = furnished().await;
    let kept = keep(&bench);
    let mut told = bench.events();
    let first = ran(&bench, of_template("Greet")).await;
    assert_eq!((first.payload.as_str(), first.function_name.as_str()), ("true", "work-Greet-dev"));
    assert_eq!(first.log_group, "/aws/lambda/work-Greet-dev");
    assert_eq!(changes(&bench), ["POST ", "POST /work-Greet-dev/invocations"]);
    let phases = told.so_far(|event| match event {
        Event::Function(Happened::Phase { phase, .. }) => Some(*phase),
        _ => None,
    });
    assert_eq!(phases, [Phase::Building, Phase::Uploading, Phase::Running]);
    {
        let mut made = kept.lock().unwrap().configuration.clone();
        let zip = made["Code"].take();
        let zip = BASE64.decode(zip["ZipFile"].as_str().unwrap()).unwrap();
        let archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
        assert_eq!(archive.file_names().collect::<Vec<_>>(), ["main.py"]);
        for (member, expected) in [
            ("FunctionName", json!("work-Greet-dev")),
            ("Role", json!("arn:aws:iam::000000000000:role/cumulo-development")),
            ("Runtime", json!("python3.13")),
            ("Handler", json!("main.handle")),
            ("MemorySize", json!(512)),
            ("Timeout", json!(3)),
            // What only a deployment can know is left out.
            ("Environment", json!({ "Variables": { "A": "Hi", "B": "7" } })),
        ] {
            assert_eq!(made[member], expected, "{member}");
        }
    }
    ran(&bench, of_template("Greet")).await;
    assert_eq!(changes(&bench), ["POST /work-Greet-dev/invocations"], "all is as it was");
    bench.write("app/code/main.py", "changed\n");
    ran(&bench, of_template("Greet")).await;
    assert_eq!(changes(&bench), ["PUT /work-Greet-dev/code", "POST /work-Greet-dev/invocations"]);
    bench.write("app/template.yaml", TEMPLATE.replace("512", "256"));
    ran(&bench, of_template("Greet")).await;
    assert_eq!(changes(&bench), ["PUT /work-Greet-dev/configuration", "POST /work-Greet-dev/invocations"]);
    assert_eq!(kept.lock().unwrap().configuration["MemorySize"], 256);
}

#[tokio::test]
async fn why_a_function_cannot_be_brought_is_told() {
    let bench = furnished().await;
    let kept = keep(&bench);
    bench.write("app/broken.yaml", "Resources: {");
    bench.write("app/bytes.yaml", b"\xff");
    let of = |template: &str, logical_id: &str| FunctionRef::Template {
        template: path(template),
        logical_id: logical_id.into(),
    };
    for (function, code, message) in [
        (of_template("Nobody"), ErrorCode::Invalid, "app/template.yaml has no function Nobody"),
        (of_template("Out"), ErrorCode::Invalid, "Out: CodeUri is no folder of this workspace"),
        (of_template("Plain"), ErrorCode::NotFound, "failed to read app/gone: "),
        (of("gone.yaml", "Greet"), ErrorCode::NotFound, "failed to read gone.yaml: "),
        (of("app/broken.yaml", "Greet"), ErrorCode::Invalid, "app/broken.yaml: "),
        (of("app/bytes.yaml", "Greet"), ErrorCode::Invalid, "app/bytes.yaml: the template is not UTF-8"),
        (of("app", "Greet"), ErrorCode::Unsupported, "failed to read app: "),
    ] {
        let (found, said) = bench.refused(invoke(function)).await;
        assert!(found == code && said.starts_with(message), "{found:?} {said}, not {message}");
    }
    assert_eq!(changes(&bench), [""; 0], "nothing is brought");
    bench.trust.set(false);
    assert_eq!(bench.refused(invoke(of_template("Greet"))).await.0, ErrorCode::Restricted);
    bench.trust.set(true);
    // It was made and cannot run.
    ran(&bench, of_template("Greet")).await;
    {
        // Asked whether it is there, then whether it is ready.
        let mut kept = kept.lock().unwrap();
        kept.pending =
            vec![json!({ "State": "Failed", "StateReason": "no such runtime" }), kept.configuration.clone()];
    }
    let failed = bench.call(invoke(of_template("Greet"))).await.unwrap();
    let Invocation::BuildFailed { output, .. } = failed else { panic!("{failed:?}") };
    assert_eq!(output, "work-Greet-dev cannot run: no such runtime");
    for (operation, reply, code) in [
        (
            "GET /2015-03-31/functions/work-Greet-dev/configuration",
            with(200, &[], "nonsense"),
            ErrorCode::Internal,
        ),
        (
            "GET /2015-03-31/functions/work-Greet-dev/configuration",
            json_error(403, "AccessDeniedException", "no"),
            ErrorCode::Forbidden,
        ),
    ] {
        bench.cloud.on(operation, move |_| reply.clone());
        assert_eq!(bench.refused(invoke(of_template("Greet"))).await.0, code);
    }
    let missing = || json_error(404, "ResourceNotFoundException", "none");
    bench.cloud.on("GET /2015-03-31/functions/work-Greet-dev/configuration", move |_| missing());
    bench.cloud.on("POST /2015-03-31/functions", |_| {
        json_error(400, "CodeStorageExceededException", "Code storage limit exceeded")
    });
    let (code, message) = bench.refused(invoke(of_template("Greet"))).await;
    assert_eq!(
        (code, message.as_str()),
        (ErrorCode::Invalid, "CodeStorageExceededException: Code storage limit exceeded")
    );
}

#[tokio::test]
async fn functions_of_all_templates_are_listed_with_their_sources() {
    let bench = furnished().await;
    bench.write(
        "template.yaml",
        "Resources: {Root: {Type: 'AWS::Serverless::Function', Properties: {Runtime: provided.al2023}}}",
    );
    bench.write("src/main.rs", "");
    bench.write("node_modules/template.yaml", TEMPLATE);
    bench.write(".hidden/template.yaml", TEMPLATE);
    bench.write("broken/template.yaml", "Resources: {");
    let listed = bench.call(ListFunctions {}).await.unwrap();
    let seen: Vec<_> = listed
        .iter()
        .map(|found| {
            let source = found.source.as_ref().map(protocol::WorkspacePath::as_str);
            (found.template.as_str(), found.logical_id.as_str(), source, found.position.line)
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("app/template.yaml", "Greet", Some("app/code/main.py"), 6),
            ("app/template.yaml", "Plain", None, 15),
            ("app/template.yaml", "Out", None, 16),
            ("template.yaml", "Root", Some("src/main.rs"), 0),
        ]
    );
    assert_eq!(listed[0].triggers, ["Api", "HttpApi", "Schedule"]);
    assert_eq!(bench.cloud.operations(), [""; 0], "the cloud has no say in it");
}

#[tokio::test]
async fn saved_events_come_before_samples_of_the_triggers() {
    let bench = furnished().await;
    let list = |function: FunctionRef| bench.call(ListEvents { function });
    let names = |events: Vec<protocol::function::SavedEvent>| -> Vec<String> {
        for event in &events {
            assert!(serde_json::from_str::<Value>(&event.body).is_ok(), "{}", event.body);
        }
        events.into_iter().map(|event| event.name).collect()
    };
    let greet = names(list(of_template("Greet")).await.unwrap());
    assert_eq!(greet[..4], ["REST API request", "HTTP API request", "Schedule", "Empty event"]);
    let plain = names(list(of_template("Plain")).await.unwrap());
    assert_eq!((plain.len(), plain[0].as_str()), (11, "Empty event"), "and one for each source");
    assert_eq!(names(list(deployed("f")).await.unwrap()), plain);
    let body = r#"{"my": "event"}"#;
    let save = |function, name: &str, body: &str| {
        bench.call(SaveEvent { function, name: name.into(), body: body.into() })
    };
    let saved = save(of_template("Greet"), "mine", body).await.unwrap();
    assert_eq!(saved.path, Some(path("app/events/Greet/mine.json")));
    assert_eq!(std::fs::read_to_string(bench.at("app/events/Greet/mine.json")).unwrap(), body);
    let listed = list(of_template("Greet")).await.unwrap();
    assert_eq!(listed[0], saved);
    assert_eq!(names(listed)[..2], ["mine", "REST API request"]);
    let delete = |function, name: &str| bench.call(DeleteEvent { function, name: name.into() });
    delete(of_template("Greet"), "mine").await.unwrap();
    assert_eq!(names(list(of_template("Greet")).await.unwrap()), greet);
    for (error, code) in [
        (delete(of_template("Greet"), "mine").await.unwrap_err(), ErrorCode::NotFound),
        (delete(of_template("Greet"), "../mine").await.unwrap_err(), ErrorCode::Invalid),
        (delete(deployed("f"), "mine").await.unwrap_err(), ErrorCode::Unsupported),
        (delete(of_template("../x"), "mine").await.unwrap_err(), ErrorCode::Invalid),
        (save(deployed("f"), "mine", body).await.unwrap_err(), ErrorCode::Unsupported),
        (save(of_template("a b"), "mine", body).await.unwrap_err(), ErrorCode::Invalid),
        (save(of_template("Greet"), "mine", "{").await.unwrap_err(), ErrorCode::Invalid),
        (save(of_template("Greet"), "", body).await.unwrap_err(), ErrorCode::Invalid),
        (list(of_template("a/b")).await.unwrap_err(), ErrorCode::Invalid),
    ] {
        assert_eq!(error.code, code, "{error}");
    }
}

#[tokio::test]
async fn samples_are_what_the_triggers_send() {
    let bench = furnished().await;
    let events = bench.call(ListEvents { function: of_template("Greet") }).await.unwrap();
    let sample = |name: &str| -> Value {
        serde_json::from_str(&events.iter().find(|event| event.name == name).unwrap().body).unwrap()
    };
    // AWS: what tells the formats apart, and what handlers read first.
    let http = sample("HTTP API request");
    assert_eq!((&http["version"], &http["routeKey"]), (&json!("2.0"), &json!("GET /hello/{name}")));
    assert_eq!(http["requestContext"]["http"]["method"], "GET");
    assert_eq!(http["requestContext"]["routeKey"], http["routeKey"]);
    assert_eq!(http["rawPath"], http["requestContext"]["http"]["path"]);
    assert_eq!((&http["pathParameters"]["name"], &http["isBase64Encoded"]), (&json!("Ada"), &json!(false)));
    let rest = sample("REST API request");
    assert_eq!((&rest["httpMethod"], &rest["resource"]), (&json!("GET"), &json!("/hello/{name}")));
    assert_eq!(rest["requestContext"]["resourcePath"], rest["resource"]);
    assert_eq!((&rest["version"], &rest["body"]), (&Value::Null, &Value::Null));
    assert_eq!(rest["multiValueQueryStringParameters"]["greeting"], json!(["Hello"]));
    assert!(rest["requestContext"]["path"].as_str().unwrap().ends_with(rest["path"].as_str().unwrap()));
    assert_eq!(sample("SQS messages")["Records"][0]["eventSource"], "aws:sqs");
    assert_eq!(sample("SNS notification")["Records"][0]["EventSource"], "aws:sns");
    assert_eq!(sample("S3 object created")["Records"][0]["s3"]["s3SchemaVersion"], "1.0");
    assert_eq!(sample("EventBridge event")["account"], "000000000000");
    assert_eq!(
        sample("DynamoDB stream records")["Records"][0]["dynamodb"]["Keys"]["id"],
        json!({ "N": "7" })
    );
    let kinesis = &sample("Kinesis records")["Records"][0]["kinesis"];
    assert_eq!(BASE64.decode(kinesis["data"].as_str().unwrap()).unwrap(), b"{\"order\": 7}");
    let logs = sample("CloudWatch Logs subscription");
    let packed = BASE64.decode(logs["awslogs"]["data"].as_str().unwrap()).unwrap();
    let told: Value = serde_json::from_reader(flate2::read::GzDecoder::new(&packed[..])).unwrap();
    assert_eq!((&told["messageType"], &told["owner"]), (&json!("DATA_MESSAGE"), &json!("000000000000")));
    assert_eq!(sample("Schedule")["detail-type"], "Scheduled Event");
    assert_eq!(sample("Schedule")["resources"][0], "arn:aws:events:us-east-1:000000000000:rule/nightly");
}
