//! Both interfaces through a socket, as programs in a cell meet them.

use std::net::SocketAddr;

use budget::Budget;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::*;
use crate::sandbox::tests::function;

struct Rig {
    api: Arc<Api>,
    at: SocketAddr,
}

impl Rig {
    async fn new() -> Self {
        Self::with_memory(Budget::new("tests", 64 << 20)).await
    }

    async fn with_memory(memory: Budget) -> Self {
        let api = Arc::new(Api::new(memory, None, Arc::new(|| 0)));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let at = listener.local_addr().expect("bound");
        tokio::spawn(serve(listener, Arc::clone(&api)));
        api.assign(&Arc::new(function("provided.al2023")), []);
        Self { api, at }
    }

    /// One request; its answer as text.
    async fn ask(&self, line: &str, headers: &str, body: &str) -> String {
        let length = body.len();
        let request = format!(
            "{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        self.send(request.as_bytes()).await
    }

    async fn send(&self, request: &[u8]) -> String {
        let mut socket = TcpStream::connect(self.at).await.expect("connected");
        socket.write_all(request).await.expect("sent");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.expect("text");
        answer
    }

    /// Status and body of an answer.
    async fn check(&self, line: &str, body: &str, status: u16, expected: &str) {
        let answer = self.ask(line, "", body).await;
        let (head, told) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{line}: {answer}");
        assert_eq!(told.trim_end(), expected, "{line}");
    }

    /// Begins an event, which the runtime takes.
    async fn begin(&self, id: &str, payload: &str) -> mpsc::Receiver<Piece> {
        let pieces = self.api.offer(Event {
            request_id: id.to_owned(),
            deadline_ms: 1_700_000_003_000,
            invoked_arn: "arn:aws:lambda:us-east-1:123456789012:function:f:prod".into(),
            trace_id: "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0".into(),
            client_context: Some(r#"{"custom":{}}"#.into()),
            payload: Bytes::from(payload.to_owned()),
        });
        let next = self.ask("GET /2018-06-01/runtime/invocation/next", "", "").await;
        assert!(next.contains(&format!("Lambda-Runtime-Aws-Request-Id: {id}\r\n")), "{next}");
        pieces
    }
}

/// What comes of an event: the whole answer, or why there is none.
async fn outcome(mut pieces: mpsc::Receiver<Piece>) -> Result<String, FunctionError> {
    let mut whole = Vec::new();
    while let Some(piece) = pieces.recv().await {
        match piece {
            Piece::Type(media_type) => {
                assert!(whole.is_empty(), "it comes first");
                whole.extend_from_slice(format!("{media_type}: ").as_bytes());
            }
            Piece::Data(data, tell) => {
                whole.extend_from_slice(&data);
                tell.send(true).expect("somebody waits");
            }
            Piece::End => return Ok(String::from_utf8(whole).expect("text")),
            Piece::Failed(error) => return Err(error),
        }
    }
    panic!("an answer has an end");
}

#[tokio::test]
async fn a_runtime_is_handed_an_event_with_its_context_and_answers() {
    let rig = Rig::new().await;
    let (next, ready) = tokio::join!(
        async {
            rig.api.ready().await.expect("up");
            rig.api.offer(Event {
                request_id: "id-1".into(),
                deadline_ms: 5,
                invoked_arn: "arn".into(),
                trace_id: "Root=1".into(),
                client_context: None,
                payload: Bytes::from_static(b"{\"a\":1}"),
            })
        },
        rig.ask("GET /2018-06-01/runtime/invocation/next", "", ""),
    );
    let (pieces, answer) = (next, ready);
    for expected in [
        "Lambda-Runtime-Aws-Request-Id: id-1\r\n",
        "Lambda-Runtime-Deadline-Ms: 5\r\n",
        "Lambda-Runtime-Invoked-Function-Arn: arn\r\n",
        "Lambda-Runtime-Trace-Id: Root=1\r\n",
        "Content-Type: application/json\r\n",
        "\r\n\r\n{\"a\":1}",
    ] {
        assert!(answer.contains(expected), "{expected} in {answer}");
    }
    assert!(!answer.contains("Client-Context"), "{answer}");
    let post = "POST /2018-06-01/runtime/invocation/id-1/response";
    let (told, ()) = tokio::join!(outcome(pieces), rig.check(post, "answer", 202, r#"{"status":"OK"}"#));
    assert_eq!(told, Ok("answer".to_owned()));
    let again = r#"{"errorMessage":"State transition from ResponseSent to InvocationResponse failed for runtime. Error: State transition is not allowed","errorType":"InvalidStateTransition"}"#;
    rig.check(post, "answer", 403, again).await;
}

#[tokio::test]
async fn what_is_wrong_is_refused_in_awss_words() {
    let rig = Rig::new().await;
    rig.check("GET /2018-06-01/ping", "", 200, "pong").await;
    rig.check("GET /2018-06-01/runtime/nothing", "", 404, "404 page not found").await;
    rig.check("GET /", "", 404, "404 page not found").await;
    rig.check("PUT /2018-06-01/runtime/invocation/next", "", 405, "").await;
    let _pieces = rig.begin("id", "{}").await;
    let wrong = r#"{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}"#;
    rig.check("POST /2018-06-01/runtime/invocation/other/response", "x", 400, wrong).await;
    rig.check("POST /2018-06-01/runtime/invocation/other/error", "x", 400, wrong).await;
    let init = r#"{"errorMessage":"State transition from Running to InitError failed for runtime. Error: State transition is not allowed","errorType":"InvalidStateTransition"}"#;
    rig.check("POST /2018-06-01/runtime/init/error", "x", 403, init).await;
}

#[tokio::test]
async fn a_function_that_fails_says_how() {
    let rig = Rig::new().await;
    let pieces = rig.begin("id", "{}").await;
    let body = r#"{"errorMessage":"no","errorType":"Boom","stackTrace":["a"]}"#;
    let post = "POST /2018-06-01/runtime/invocation/id/error";
    let (told, ()) = tokio::join!(outcome(pieces), rig.check(post, body, 202, r#"{"status":"OK"}"#));
    let error = told.expect_err("it failed");
    assert_eq!((error.error_type.as_str(), error.error_message.as_str()), ("Boom", "no"));
    assert_eq!(error.more["stackTrace"][0], "a");
}

#[tokio::test]
async fn an_init_phase_that_fails_says_how() {
    let rig = Rig::new().await;
    let body = r#"{"errorMessage":"no module","errorType":"Runtime.ImportModuleError"}"#;
    rig.check("POST /2018-06-01/runtime/init/error", body, 202, r#"{"status":"OK"}"#).await;
    let error = rig.api.ready().await.expect_err("it failed");
    assert_eq!(error, FunctionError::new("Runtime.ImportModuleError", "no module"));
}

#[tokio::test]
async fn a_stream_comes_piece_by_piece_and_may_fail_behind_them() {
    let rig = Rig::new().await;
    let head = |trailer: &str| {
        format!(
            "POST /2018-06-01/runtime/invocation/id/response HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             Lambda-Runtime-Function-Response-Mode: streaming\r\nContent-Type: text/x\r\n\
             Transfer-Encoding: chunked\r\n{trailer}\r\n"
        )
    };
    let pieces = rig.begin("id", "{}").await;
    let whole = head("") + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let (told, answer) = tokio::join!(outcome(pieces), rig.send(whole.as_bytes()));
    assert_eq!(told, Ok("text/x: abcde".to_owned()));
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");

    let pieces = rig.begin("id", "{}").await;
    let failing = head("Trailer: Lambda-Runtime-Function-Error-Type\r\n")
        + "3\r\nabc\r\n0\r\nLambda-Runtime-Function-Error-Type: Runtime.StreamError\r\n\r\n";
    let (told, answer) = tokio::join!(outcome(pieces), rig.send(failing.as_bytes()));
    assert_eq!(told.expect_err("it failed").error_type, "Runtime.StreamError");
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_what_came_of_it() {
    let rig = Rig::new().await;
    let pieces = rig.begin("id", "{}").await;
    let long = "x".repeat(engine::MAX_PAYLOAD + 1);
    let expected = r#"{"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes).","errorType":"RequestEntityTooLarge"}"#;
    let request = format!(
        "POST /2018-06-01/runtime/invocation/id/response HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
        long.len()
    );
    // Refused by its head: nothing of it is read.
    let mut socket = TcpStream::connect(rig.at).await.expect("connected");
    socket.write_all(request.as_bytes()).await.expect("sent");
    let told = outcome(pieces).await.expect_err("too long");
    assert_eq!(told, FunctionError::response_too_large());
    let mut answer = vec![0; 1024];
    let length = socket.read(&mut answer).await.expect("an answer");
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains(expected), "{answer}");
    drop(rig.begin("next", "{}").await);
}

#[tokio::test]
async fn there_may_be_no_room_for_an_answer() {
    let rig = Rig::with_memory(Budget::new("tests", 10)).await;
    let pieces = rig.begin("id", "{}").await;
    let post = "POST /2018-06-01/runtime/invocation/id/response";
    let (told, answer) = tokio::join!(outcome(pieces), rig.ask(post, "", "more than ten bytes"));
    assert_eq!(told.expect_err("no room").error_type, "Sandbox.NoRoom");
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
}

#[tokio::test]
async fn extensions_are_told_of_events_and_of_the_end() {
    let rig = Rig::new().await;
    rig.api.assign(&Arc::new(function("provided.al2023")), ["watcher".to_owned()]);
    let register = rig
        .ask(
            "POST /2020-01-01/extension/register",
            "Lambda-Extension-Name: watcher\r\nLambda-Extension-Accept-Feature: accountId\r\n",
            r#"{"events":["INVOKE","SHUTDOWN"]}"#,
        )
        .await;
    assert!(register.starts_with("HTTP/1.1 200"), "{register}");
    assert!(
        register.ends_with(
            "{\"functionName\":\"f\",\"functionVersion\":\"$LATEST\",\"handler\":\"index.handler\",\"accountId\":\"123456789012\"}\n"
        ),
        "{register}"
    );
    let id = register.lines().find_map(|line| line.strip_prefix("Lambda-Extension-Identifier: "));
    let me = format!("Lambda-Extension-Identifier: {}\r\n", id.expect("an id"));
    let next = "GET /2020-01-01/extension/event/next";
    let (_pieces, told) = tokio::join!(rig.begin("id", "{}"), rig.ask(next, &me, ""));
    assert!(told.contains(r#""eventType":"INVOKE","deadlineMs":1700000003000,"requestId":"id""#), "{told}");
    let (any, told) = tokio::join!(async { rig.api.end(Shutdown::Spindown, 7) }, rig.ask(next, &me, ""));
    assert!(any);
    assert!(told.contains(r#""eventType":"SHUTDOWN","shutdownReason":"spindown","deadlineMs":7"#), "{told}");
}

#[tokio::test]
async fn who_is_no_extension_is_refused() {
    let rig = Rig::new().await;
    let next = "GET /2020-01-01/extension/event/next";
    for (headers, expected) in [
        ("", "Extension.MissingExtensionIdentifier"),
        ("Lambda-Extension-Identifier: x\r\n", "Extension.InvalidExtensionIdentifier"),
        (
            "Lambda-Extension-Identifier: 7d2c7d7e-0000-4000-8000-000000000000\r\n",
            "Extension.UnknownExtensionIdentifier",
        ),
    ] {
        let answer = rig.ask(next, headers, "").await;
        assert!(answer.starts_with("HTTP/1.1 403") && answer.contains(expected), "{answer}");
    }
    let nameless = rig.ask("POST /2020-01-01/extension/register", "", "{}").await;
    assert!(nameless.contains("Extension.InvalidExtensionName"), "{nameless}");
}
