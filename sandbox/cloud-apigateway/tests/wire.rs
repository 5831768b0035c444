//! APIs over real sockets, byte for byte: what a function says of framing never frames, and what a caller hides in a
//! request is never another request.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail as tests do")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use cloud_apigateway::{ApiGateway, shapes_v2};
use cloud_core::{Caller, Context, Delivered, Delivery, PortError, RequestId, Target};
use cloud_wire::listening::{Listening, NoKeys};
use cloud_wire::{Endpoint, Input, Service, shape};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A function that says what it is told to; to `/after` always the same.
#[derive(Default)]
struct Told {
    answer: Mutex<Value>,
    paths: Mutex<Vec<String>>,
    bodies: Mutex<Vec<Value>>,
}

#[async_trait]
impl Target for Told {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let event: Value = serde_json::from_slice(&delivery.payload).unwrap();
        let path = event["rawPath"].as_str().unwrap_or_default().to_owned();
        let answer = if path == "/after" {
            json!({ "statusCode": 200, "body": "after" })
        } else {
            self.answer.lock().unwrap().clone()
        };
        self.paths.lock().unwrap().push(path);
        self.bodies.lock().unwrap().push(event["body"].clone());
        Ok(Delivered { payload: answer.to_string().into(), ..Delivered::default() })
    }
}

struct World {
    endpoint: Listening,
    api: String,
    function: Arc<Told>,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let function = Arc::new(Told::default());
        context.peers().add_target("lambda", function.clone());
        let gateway = ApiGateway::open(context.clone()).await.unwrap();
        let api = quick_create(&context, &gateway).await;
        let endpoint = Endpoint::new(context, Arc::new(NoKeys)).with_front(Arc::new(gateway));
        let endpoint = Listening::start(endpoint).await.unwrap();
        Self { endpoint, api, function, _folder: folder }
    }

    fn host(&self) -> String {
        format!("host: {}.execute-api.localhost", self.api)
    }

    /// All that comes back for bytes that are sent as they are.
    async fn raw(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.endpoint.port())).await.unwrap();
        // Who is refused is cut off, perhaps before all was written.
        let _ = stream.write_all(request).await;
        let mut answer = Vec::new();
        let all = tokio::time::timeout(std::time::Duration::from_secs(20), stream.read_to_end(&mut answer));
        let _ = all.await.expect("the connection ends");
        answer
    }

    fn after(&self) -> String {
        format!("GET /after HTTP/1.1\r\n{}\r\nconnection: close\r\n\r\n", self.host())
    }
}

async fn quick_create(context: &Context, gateway: &ApiGateway) -> String {
    let caller = Caller::root(context.account(), context.region(), RequestId::new("id"));
    let input = shapes_v2::CreateApiRequest {
        name: "wire".into(),
        protocol_type: shapes_v2::ProtocolType::Http,
        target: Some("arn:aws:lambda:us-east-1:000000000000:function:f".into()),
        ..Default::default()
    };
    let made = gateway.call("CreateApi", &caller, Input::new(input)).unwrap().await.unwrap();
    shape::known::<shapes_v2::CreateApiResponse>(made).unwrap().api_id.unwrap()
}

/// Reads answers as a careful client does: status and body of each, until the bytes end.
fn answers(mut bytes: &[u8]) -> Vec<(u16, String)> {
    let mut answers = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head");
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status: u16 = lines.next().unwrap().strip_prefix("HTTP/1.1 ").expect(head)[..3].parse().unwrap();
        let lengths: Vec<usize> = lines
            .filter_map(|line| line.split_once(": "))
            .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map(|(_, length)| length.parse().unwrap())
            .collect();
        let length = match lengths.as_slice() {
            [] if [204, 304].contains(&status) => 0,
            [one] if status != 304 => *one,
            [_] => 0,
            other => panic!("{other:?}: {head}"),
        };
        let body = &bytes[end + 4..][..length];
        answers.push((status, String::from_utf8_lossy(body).into_owned()));
        bytes = &bytes[end + 4 + length..];
    }
    answers
}

async fn check_answer(world: &World, answer: Value, status: u16, body: &str) {
    *world.function.answer.lock().unwrap() = answer.clone();
    let both = format!("GET /x HTTP/1.1\r\n{}\r\n\r\n{}", world.host(), world.after());
    let seen = answers(&world.raw(both.as_bytes()).await);
    let expected = [(status, body.to_owned()), (200, "after".to_owned())];
    assert_eq!(seen, expected, "{answer}");
}

/// Each answer is followed by another request's on the same connection.
#[tokio::test]
async fn what_a_function_says_of_framing_does_not_frame() {
    const MALFORMED: (u16, &str) = (500, r#"{"message":"Internal Server Error"}"#);
    let world = World::new().await;
    let forged = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged";
    for headers in [
        json!({ "Content-Length": "99" }),
        json!({ "content-length": 2 }),
        json!({ "CONTENT-LENGTH": "-1" }),
        json!({ "Content-Length": "5, 5" }),
        json!({ "Transfer-Encoding": "chunked" }),
        json!({ "Transfer-Encoding": "gzip, chunked" }),
        json!({ "TE": "trailers", "Trailer": "x-late" }),
        json!({ "Connection": "close" }),
        json!({ "Connection": "x-hop", "x-hop": "1" }),
        json!({ "Connection": "upgrade", "Upgrade": "h2c" }),
        json!({ "Keep-Alive": "timeout=0" }),
        json!({ "Proxy-Connection": "close" }),
        json!({ "x-null": null }),
    ] {
        let answer = json!({ "statusCode": 200, "headers": headers, "body": "hello" });
        check_answer(&world, answer, 200, "hello").await;
    }
    for headers in [
        json!({ "x y": "1" }),
        json!({ "": "1" }),
        json!({ "x:y": "1" }),
        json!({ "Content-Length ": "2" }),
        json!({ "x\r\ncontent-length": "2" }),
        json!({ "x": "1\r\ncontent-length: 2" }),
        json!({ "x": "1\r\n folded" }),
        json!({ "x": "1\n\nforged" }),
        json!({ "x": "a\u{0}b" }),
        json!({ "x": { "y": 1 } }),
        json!(["x"]),
    ] {
        let answer = json!({ "statusCode": 200, "headers": headers, "body": forged });
        check_answer(&world, answer, MALFORMED.0, MALFORMED.1).await;
    }
    for status in
        [json!(100), json!(101), json!(103), json!(199), json!(0), json!(999), json!("2OO"), json!([200])]
    {
        let answer = json!({ "statusCode": status, "body": forged });
        check_answer(&world, answer, MALFORMED.0, MALFORMED.1).await;
    }
    for status in [204, 304] {
        let answer = json!({ "statusCode": status, "headers": { "Content-Length": "50" }, "body": forged });
        check_answer(&world, answer, status, "").await;
    }
    let lists =
        json!({ "statusCode": 200, "multiValueHeaders": { "Content-Length": ["1", "2"] }, "body": forged });
    check_answer(&world, lists, 200, forged).await;
}

/// What is said of requests that mean one thing to one reader and another to another.
#[tokio::test]
async fn what_a_caller_hides_in_a_request_is_no_request() {
    let world = World::new().await;
    *world.function.answer.lock().unwrap() = json!({ "statusCode": 200, "body": "x" });
    let hidden = format!("GET /smuggled HTTP/1.1\r\n{}\r\n\r\n", world.host());
    let length = hidden.len();
    let chunked = format!("{length:x}\r\n{hidden}\r\n0\r\n\r\n");
    let refused: Vec<(Vec<String>, &str)> = vec![
        (vec!["content-length: 2".into(), "content-length: 3".into()], &hidden),
        (vec![format!("content-length: {length}, {length}1")], &hidden),
        (vec![format!("content-length: +{length}")], &hidden),
        (vec![format!("content-length: 0x{length:x}")], &hidden),
        (vec!["content-length: -1".into()], &hidden),
        (vec!["content-length: 99999999999999999999999".into()], &hidden),
        (vec!["content-length:".into()], &hidden),
        (vec![format!("content-length : {length}")], &hidden),
        (vec!["transfer-encoding : chunked".into()], &chunked),
        (vec!["transfer-encoding: xchunked".into()], &chunked),
        (vec!["transfer-encoding: chunked, identity".into()], &chunked),
        (vec!["transfer-encoding: identity".into()], &chunked),
        (vec!["transfer-encoding:".into(), " chunked".into()], &chunked),
        (vec!["transfer-encoding: chunked".into(), "transfer-encoding: identity".into()], &chunked),
        (vec!["x: 1\rcontent-length: 0".into()], &hidden),
        (vec!["x: 1\0".into()], &hidden),
        (vec!["x y: 1".into()], &hidden),
        (vec![": 1".into()], &hidden),
        (vec!["transfer-encoding: chunked".into()], "0x1\r\na\r\n0\r\n\r\n"),
        (vec!["transfer-encoding: chunked".into()], "fffffffffffffffff\r\na\r\n0\r\n\r\n"),
        (vec!["transfer-encoding: chunked".into()], "-1\r\na\r\n0\r\n\r\n"),
        (vec!["transfer-encoding: chunked".into()], "1\r\nab\r\n0\r\n\r\n"),
    ];
    for (lines, body) in &refused {
        let request = format!(
            "POST /x HTTP/1.1\r\n{}\r\n{}\r\n\r\n{body}{}",
            world.host(),
            lines.join("\r\n"),
            world.after()
        );
        let seen = answers(&world.raw(request.as_bytes()).await);
        assert_eq!(seen.len(), 1, "{lines:?}: {seen:?}");
        assert_eq!(seen[0].0, 400, "{lines:?}: {seen:?}");
        assert_eq!(
            std::mem::take(&mut *world.function.paths.lock().unwrap()),
            Vec::<String>::new(),
            "{lines:?}"
        );
    }
}

/// What is framed soundly is a body, whatever it looks like, and what stands behind it is the next request.
#[tokio::test]
async fn a_body_that_looks_like_a_request_is_a_body() {
    let world = World::new().await;
    *world.function.answer.lock().unwrap() = json!({ "statusCode": 200, "body": "x" });
    let hidden = format!("GET /smuggled HTTP/1.1\r\n{}\r\n\r\n", world.host());
    let length = hidden.len();
    let chunked = format!("{length:x};ext=1\r\n{hidden}\r\n0\r\nx-late: 1\r\n\r\n");
    for (lines, body) in [
        (format!("content-length: {length}"), hidden.as_str()),
        ("transfer-encoding: chunked".to_owned(), &chunked),
        ("transfer-encoding: Chunked".to_owned(), &chunked),
        (
            format!(
                "content-length: {length}\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AA"
            ),
            &hidden,
        ),
    ] {
        let lines = format!("{lines}\r\ncontent-type: text/plain");
        let request =
            format!("POST /x HTTP/1.1\r\n{}\r\n{lines}\r\n\r\n{body}{}", world.host(), world.after());
        let seen = answers(&world.raw(request.as_bytes()).await);
        assert_eq!(seen, [(200, "x".to_owned()), (200, "after".to_owned())], "{lines}");
        assert_eq!(std::mem::take(&mut *world.function.paths.lock().unwrap()), ["/x", "/after"], "{lines}");
        assert_eq!(std::mem::take(&mut *world.function.bodies.lock().unwrap())[0], json!(hidden), "{lines}");
    }
}
