//! Answers that stream, at function URLs and of InvokeWithResponseStream, over sockets.

use std::sync::atomic::Ordering;

use cloud_wire::listening::{DATE, signature};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::fakes::Said;
use super::urls::{Cloud, pieces};
use super::*;

const PRELUDE: &str = "application/vnd.awslambda.http-integration-response";

impl Cloud {
    async fn connect(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.endpoint.port())).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    /// Waits until functions came to their end so often.
    async fn ended(&self, count: usize) {
        let enough = async {
            while self.rig.engine.ended.load(Ordering::SeqCst) < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), enough).await.expect("it runs to its end");
    }
}

/// The chunks of an answer as they come.
struct Chunks(TcpStream, Vec<u8>);

impl Chunks {
    /// The head of an answer.
    async fn head(&mut self) -> String {
        loop {
            if let Some(end) = self.1.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = self.1.split_off(end + 4);
                return String::from_utf8(std::mem::replace(&mut self.1, rest)).unwrap();
            }
            assert!(self.more().await, "{}", String::from_utf8_lossy(&self.1));
        }
    }

    /// The next chunk: none where the connection ends before it.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(end) = self.1.windows(2).position(|two| two == b"\r\n") {
                let size = usize::from_str_radix(std::str::from_utf8(&self.1[..end]).unwrap(), 16).unwrap();
                if self.1.len() >= end + size + 4 {
                    let chunk = Bytes::copy_from_slice(&self.1[end + 2..end + 2 + size]);
                    self.1.drain(..end + size + 4);
                    return Some(chunk);
                }
            }
            if !self.more().await {
                return None;
            }
        }
    }

    async fn more(&mut self) -> bool {
        let mut piece = vec![0; 65_536];
        let read = tokio::time::timeout(Duration::from_secs(20), self.0.read(&mut piece));
        let count = read.await.expect("it goes on").unwrap_or(0);
        self.1.extend_from_slice(&piece[..count]);
        count > 0
    }
}

#[tokio::test]
async fn an_answer_is_passed_on_while_it_is_made() {
    let cloud = Cloud::start().await;
    let id = cloud.public(json!({ "InvokeMode": "RESPONSE_STREAM" })).await;
    let gate = Arc::new(Semaphore::new(0));
    let prelude = "{\"statusCode\":202,\"headers\":{\"content-type\":\"text/x\"},\"cookies\":[\"a=1\"]}\0\0\0\0\0\0\0\0";
    cloud.says(Said {
        media_type: Some(PRELUDE),
        pieces: pieces(&[prelude, "one", "two"]),
        gate: Some(gate.clone()),
    });
    let mut answer = Chunks(cloud.connect(&(cloud.head(&id, "GET /", "") + "\r\n")).await, Vec::new());
    gate.add_permits(1);
    let head = answer.head().await;
    assert!(head.starts_with("HTTP/1.1 202 "), "{head}");
    for line in
        ["content-type: text/x", "set-cookie: a=1", "transfer-encoding: chunked", "x-amzn-requestid: "]
    {
        assert!(head.contains(line), "{line}: {head}");
    }
    for expected in ["one", "two"] {
        gate.add_permits(1);
        assert_eq!(answer.next().await.as_deref(), Some(expected.as_bytes()));
    }
    assert_eq!(answer.next().await.as_deref(), Some(&b""[..]), "it ends");
}

#[tokio::test]
async fn a_stream_without_a_prelude_is_what_its_runtime_says() {
    let cloud = Cloud::start().await;
    let id = cloud.public(json!({ "InvokeMode": "RESPONSE_STREAM" })).await;
    let check = async |said: Said, kind: &str, body: &[&str]| {
        cloud.says(said);
        let mut answer = Chunks(cloud.connect(&(cloud.head(&id, "GET /", "") + "\r\n")).await, Vec::new());
        let head = answer.head().await;
        assert!(
            head.starts_with("HTTP/1.1 200 ") && head.contains(&format!("content-type: {kind}\r\n")),
            "{head}"
        );
        for expected in body {
            assert_eq!(answer.next().await.as_deref(), Some(expected.as_bytes()));
        }
    };
    let said = |media_type, parts: &[&'static str]| Said { media_type, pieces: pieces(parts), gate: None };
    check(said(Some("text/event-stream"), &["a", "b"]), "text/event-stream", &["a", "b", ""]).await;
    // What is not streamed is passed on as it is.
    let whole = r#"{"statusCode":404,"body":"x"}"#;
    check(said(None, &[whole]), "application/json", &[whole, ""]).await;
    check(said(Some(PRELUDE), &[]), "application/octet-stream", &[]).await;
    *cloud.rig.engine.failing.lock().unwrap() = true;
    cloud.says(said(Some("text/plain"), &[]));
    let failed = cloud.fetch(&id, "GET /", "", "").await;
    assert_eq!((failed.status, failed.body.as_str()), (502, "Internal Server Error"));
    cloud.says(said(Some("text/plain"), &["late"]));
    let mut answer = Chunks(cloud.connect(&(cloud.head(&id, "GET /", "") + "\r\n")).await, Vec::new());
    assert!(answer.head().await.starts_with("HTTP/1.1 200 "));
    assert_eq!(answer.next().await.as_deref(), Some(&b"late"[..]));
    assert_eq!(answer.next().await, None, "it breaks off");
    *cloud.rig.engine.failing.lock().unwrap() = false;
    cloud.done("PUT /2017-10-31/functions/f/concurrency", json!({ "ReservedConcurrentExecutions": 0 })).await;
    assert_eq!(cloud.fetch(&id, "GET /", "", "").await.status, 429);
}

/// A function is held up by who does not take its answer, and not by who goes away; nor is all of an answer ever held.
#[tokio::test]
async fn who_goes_away_stops_no_function() {
    let cloud = Cloud::start().await;
    let id = cloud.public(json!({ "InvokeMode": "RESPONSE_STREAM" })).await;
    let piece = Bytes::from(vec![b'x'; 1 << 20]);
    cloud.says(Said { media_type: Some("text/plain"), pieces: vec![piece; 100], gate: None });
    let mut answer = Chunks(cloud.connect(&(cloud.head(&id, "GET /", "") + "\r\n")).await, Vec::new());
    answer.head().await;
    for _ in 0..100 {
        tokio::task::spawn_blocking(|| ()).await.unwrap();
    }
    assert_eq!(cloud.rig.engine.ended.load(Ordering::SeqCst), 0, "it waits for who reads");
    drop(answer);
    cloud.ended(1).await;
    assert!(cloud.rig.context.memory().used() < 8 << 20);
}

#[tokio::test]
async fn a_stream_is_cut_at_two_hundred_megabytes() {
    let cloud = Cloud::start().await;
    let id = cloud.public(json!({ "InvokeMode": "RESPONSE_STREAM" })).await;
    let piece = Bytes::from(vec![b'x'; 8 << 20]);
    cloud.says(Said { media_type: Some("text/plain"), pieces: vec![piece; 26], gate: None });
    let mut answer = Chunks(cloud.connect(&(cloud.head(&id, "GET /", "") + "\r\n")).await, Vec::new());
    answer.head().await;
    let mut length = 0;
    while let Some(chunk) = answer.next().await {
        length += chunk.len();
    }
    assert_eq!(length, 200 << 20);
}

/// The events of a stream: their types with their payloads.
fn events(mut bytes: &[u8]) -> Vec<(String, Bytes)> {
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize;
    let mut events = Vec::new();
    while !bytes.is_empty() {
        let (message, rest) = bytes.split_at(number(bytes));
        let (mut headers, payload) = message[12..message.len() - 4].split_at(number(&message[4..]));
        let mut kind = String::new();
        while !headers.is_empty() {
            let (name, value) = headers[1..].split_at(usize::from(headers[0]));
            let length = usize::from(u16::from_be_bytes([value[1], value[2]]));
            if name == b":event-type" {
                kind = String::from_utf8(value[3..3 + length].to_vec()).unwrap();
            }
            headers = &value[3 + length..];
        }
        events.push((kind, Bytes::copy_from_slice(payload)));
        bytes = rest;
    }
    events
}

impl Cloud {
    /// What InvokeWithResponseStream answers: its head and its events.
    async fn invoke_streaming(
        &self,
        name: &str,
        headers: &str,
        payload: &str,
    ) -> (String, Vec<(String, Bytes)>) {
        let request = format!(
            "POST /2021-11-15/functions/{name}/response-streaming-invocations HTTP/1.1\r\nhost: localhost:{}\r\n\
             connection: close\r\nx-amz-date: {DATE}\r\nauthorization: {}\r\n{headers}content-length: {}\r\n\r\n{payload}",
            self.endpoint.port(),
            signature("lambda"),
            payload.len()
        );
        let mut answer = Chunks(self.connect(&request).await, Vec::new());
        let head = answer.head().await;
        let mut whole = Vec::new();
        if head.contains("transfer-encoding: chunked") {
            while let Some(chunk) = answer.next().await {
                whole.extend_from_slice(&chunk);
            }
            return (head, events(&whole));
        }
        while answer.more().await {}
        (head, vec![("whole".into(), answer.1.into())])
    }
}

#[tokio::test]
async fn an_invocation_streams_its_answer_and_says_what_came_of_it() {
    let cloud = Cloud::start().await;
    let (head, seen) = cloud.invoke_streaming("f", "", r#"{"a":1}"#).await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(head.contains("content-type: application/vnd.amazon.eventstream\r\n"), "{head}");
    assert!(head.contains("x-amz-executed-version: $LATEST\r\n"), "{head}");
    let chunk = |text: &'static str| ("PayloadChunk".to_owned(), Bytes::from_static(text.as_bytes()));
    let complete = |text: &str| ("InvokeComplete".to_owned(), Bytes::from(text.to_owned()));
    assert_eq!(seen, [chunk(r#"{"a":1}"#), complete("{}")]);
    cloud.says(Said { media_type: Some(PRELUDE), pieces: pieces(&["one", "two"]), gate: None });
    let (_, seen) = cloud.invoke_streaming("f", "x-amz-log-type: Tail\r\n", "").await;
    assert_eq!(seen[..2], [chunk("one"), chunk("two")], "a prelude is the caller's to read");
    let told: Value = serde_json::from_slice(&seen[2].1).unwrap();
    let log = BASE64_STANDARD.decode(told["LogResult"].as_str().unwrap()).unwrap();
    assert!(String::from_utf8(log).unwrap().starts_with("START RequestId: "));
    *cloud.rig.engine.failing.lock().unwrap() = true;
    let (head, seen) = cloud.invoke_streaming("f", "", "").await;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let details =
        r#"{"ErrorCode":"Unhandled","ErrorDetails":"{\"errorType\":\"Boom\",\"errorMessage\":\"no\"}"}"#;
    assert_eq!(seen[2], complete(details));
}

#[tokio::test]
async fn what_cannot_be_invoked_is_told_before_anything_streams() {
    let cloud = Cloud::start().await;
    let check = async |name: &str, headers: &str, payload: &str, status: u16, words: &str| {
        let (head, seen) = cloud.invoke_streaming(name, headers, payload).await;
        let body = String::from_utf8_lossy(&seen[0].1).into_owned();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")) && body.contains(words), "{head} {body}");
    };
    check(
        "none",
        "",
        "",
        404,
        "Function not found: arn:aws:lambda:us-east-1:000000000000:function:none:$LATEST",
    )
    .await;
    check("f", "", "{", 400, "Could not parse request body into json").await;
    check("f", "x-amz-invocation-type: Event\r\n", "", 400, "at 'invocationType' failed").await;
    check("f", "x-amz-invocation-type: DryRun\r\n", "", 204, "").await;
    let large = format!("\"{}\"", "x".repeat(6_291_456));
    check("f", "", &large, 413, "payload is too large for the RequestResponse invocation type").await;
    cloud.done("PUT /2017-10-31/functions/f/concurrency", json!({ "ReservedConcurrentExecutions": 0 })).await;
    check("f", "", "", 429, "Rate Exceeded.").await;
    assert_eq!(cloud.rig.engine.seen.lock().unwrap().len(), 0);
}
