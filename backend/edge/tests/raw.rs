//! What strangers may write to a socket, byte by byte, and what they get: the rows D18, D19 and 3.R of the cases.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use edge::{Drained, HostPolicy, Limits, Peer, RequestBody, serve};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

struct Server {
    address: SocketAddr,
    shutdown: CancellationToken,
    task: JoinHandle<Drained>,
}

impl Server {
    async fn start(limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let service = tower::service_fn(move |request| answer(request, address.port()));
        let task = tokio::spawn(serve(listener, service, limits, shutdown.clone()));
        Self { address, shutdown, task }
    }

    async fn send(&self, bytes: &[u8]) -> String {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        // A reset after the answer is as good as an end.
        let _ = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut answer)).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn host(&self) -> String {
        format!("localhost:{}", self.address.port())
    }
}

/// Checks the host as every user of the crate does, then says path, peer and body.
async fn answer(request: Request<RequestBody>, port: u16) -> Result<Response<Full<Bytes>>, Infallible> {
    if let Err(error) = HostPolicy::loopback(port).check(request.uri(), request.headers()) {
        let mut refusal = Response::new(Full::new(Bytes::from(error.to_string())));
        *refusal.status_mut() = error.status();
        return Ok(refusal);
    }
    let peer = request.extensions().get::<Peer>().unwrap().0.ip();
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes);
    let body =
        body.map_or_else(|error| error.to_string(), |bytes| String::from_utf8_lossy(&bytes).into_owned());
    Ok(Response::new(Full::new(Bytes::from(format!("<{path} {peer} {body}>")))))
}

/// Sends a head whose `HOST` stands for the right one; the answer must begin with the status and hold `count` answers.
async fn check(server: &Server, request: &str, status: u16, count: usize) {
    let answer = server.send(request.replace("HOST", &server.host()).as_bytes()).await;
    let shown: String = request.chars().take(200).collect();
    assert!(
        answer.get(8..).is_some_and(|rest| rest.starts_with(&format!(" {status} "))),
        "{shown:?} → {answer:?}"
    );
    assert_eq!(answer.matches("HTTP/1.").count(), count, "{shown:?} → {answer:?}");
}

#[tokio::test]
async fn hosts_are_one_and_ours() {
    let server = Server::start(Limits::default()).await;
    check(&server, "GET / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", 200, 1).await;
    check(&server, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400, 1).await;
    check(&server, "GET / HTTP/1.0\r\n\r\n", 400, 1).await;
    check(&server, "GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil\r\nConnection: close\r\n\r\n", 400, 1).await;
    check(&server, "GET / HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\nConnection: close\r\n\r\n", 400, 1).await;
    check(&server, "GET http://evil/ HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", 400, 1).await;
    check(&server, "GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", 200, 1).await;
    check(&server, "GET / HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n", 421, 1).await;
}

/// What comes behind a request line and a host.
const TWO_MEANINGS: [&str; 14] = [
    "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "Content-Length: +4\r\n\r\nabcd",
    "Content-Length: 4, 5\r\n\r\nabcd",
    "Content-Length: -1\r\n\r\n",
    "Content-Length: 99999999999999999999999\r\n\r\n",
    "Transfer-Encoding: identity\r\n\r\n",
    "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "X: a\r\n folded\r\n\r\n",
    "X: a\0b\r\n\r\n",
    "X: a\rb\r\n\r\n",
    "X: a\n\r\n",
    "X: a\n\n",
];

#[tokio::test]
async fn what_has_two_meanings_is_refused_and_closes() {
    let server = Server::start(Limits::default()).await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n";
    for rest in TWO_MEANINGS {
        check(&server, &format!("POST / HTTP/1.1\r\nHost: HOST\r\n{rest}{smuggled}"), 400, 1).await;
    }
    check(&server, &format!("POST / HTTP/1.1\nHost: HOST\n\n{smuggled}"), 400, 1).await;
    check(&server, "POST / HTTP/1.0\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, 1)
        .await;
}

#[tokio::test]
async fn a_second_request_is_held_to_what_a_first_is() {
    let server = Server::start(Limits::default()).await;
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n";
    let long = format!("X: {}\r\n\r\n", "y".repeat(70_000));
    let many = format!("{}\r\n", "X: y\r\n".repeat(200));
    let others = [
        ("Host: evil\r\n\r\n", 400),
        ("Host: HOST\r\n\r\n", 400),
        (long.as_str(), 431),
        (many.as_str(), 431),
    ];
    let seconds = TWO_MEANINGS.iter().map(|rest| (*rest, 400)).chain(others);
    for (rest, status) in seconds {
        for first in [
            "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\n\r\na\nb",
            "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\na\r\n0\r\nX: y\r\n\r\n",
        ] {
            let close = if rest.contains("Host") { "Connection: close\r\n" } else { "" };
            let sent = format!("{first}POST / HTTP/1.1\r\nHost: HOST\r\n{close}{rest}{smuggled}");
            let answer = server.send(sent.replace("HOST", &server.host()).as_bytes()).await;
            let statuses: Vec<&str> = answer.split("HTTP/1.1 ").skip(1).map(|rest| &rest[..3]).collect();
            assert_eq!(statuses, ["200", &status.to_string()], "{first:?} {:?}", &rest[..rest.len().min(80)]);
        }
    }
}

#[tokio::test]
async fn a_smuggled_request_is_never_answered() {
    let server = Server::start(Limits::default()).await;
    let both = "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n";
    let answer = server.send(both.replace("HOST", &server.host()).as_bytes()).await;
    assert!(!answer.contains("/smuggled"), "{answer}");
    let overflows = [
        "FFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n",
        "3;\r\nabcdef\r\n0\r\n\r\n",
        "3\nabc\n0\n\n",
        "zz\r\nabc\r\n0\r\n\r\n",
        "-3\r\nabc\r\n0\r\n\r\n",
        "3 \t\r\nabcd\r\n0\r\n\r\n",
        "3\r\nabc\r\n0\r\ngarbage",
        "3\r\nabcGET",
    ];
    for chunks in overflows {
        let request = format!(
            "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}GET /smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n"
        );
        let answer = server.send(request.replace("HOST", &server.host()).as_bytes()).await;
        assert!(!answer.contains("</smuggled"), "{chunks:?} → {answer}");
    }
}

#[tokio::test]
async fn heads_have_a_size() {
    let server = Server::start(Limits::default()).await;
    let many = "X: y\r\n".repeat(200);
    check(&server, &format!("GET / HTTP/1.1\r\nHost: HOST\r\n{many}\r\n"), 431, 1).await;
    let long = "y".repeat(70_000);
    check(&server, &format!("GET / HTTP/1.1\r\nHost: HOST\r\nX: {long}\r\n\r\n"), 431, 1).await;
    let answer = server.send(format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 414") || answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn another_protocol_is_no_request() {
    let server = Server::start(Limits::default()).await;
    let answer = server.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert!(!answer.contains(" 200 "), "{answer}");
    let answer = server.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").await;
    assert!(!answer.contains(" 200 "), "{answer}");
}

#[tokio::test]
async fn more_requests_than_places_are_turned_away() {
    let server = Server::start(Limits { connections_per_address: 2, ..Limits::default() }).await;
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
        server.host()
    );
    let mut taken = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        // Asked for its body: its request is under way.
        stream.read_exact(&mut [0; 25]).await.unwrap();
        taken.push(stream);
    }
    let get = format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.host());
    until(async || server.send(get.as_bytes()).await.starts_with("HTTP/1.1 503 ")).await;
    drop(taken);
    until(async || server.send(get.as_bytes()).await.starts_with("HTTP/1.1 200")).await;
}

#[tokio::test]
async fn the_idle_give_way() {
    let server = Server::start(Limits { connections_per_address: 2, ..Limits::default() }).await;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(TcpStream::connect(server.address).await.unwrap());
        let get = format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.host());
        let answer = server.send(get.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let mut end = String::new();
    silent[0].read_to_string(&mut end).await.unwrap();
    assert_eq!(end, "", "the first was closed long ago");
}

/// Tries until it holds, for ten seconds.
async fn until(mut holds: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    while !holds().await {
        assert!(tokio::time::Instant::now() < deadline, "it never held");
    }
}

#[tokio::test]
async fn a_stopped_listener_drains_and_cuts_at_its_deadline() {
    let server = Server::start(Limits { drain: Duration::from_millis(50), ..Limits::default() }).await;
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    let head = format!("POST / HTTP/1.1\r\nHost: {}\r\nContent-Length: 5\r\n\r\nab", server.host());
    slow.write_all(head.as_bytes()).await.unwrap();
    // The accept loop takes connections in order: when the second is answered, the first is inside.
    check(&server, "GET / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", 200, 1).await;
    server.shutdown.cancel();
    assert_eq!(server.task.await.unwrap(), Drained { cut: 1 });
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
    assert!(TcpStream::connect(server.address).await.is_err(), "the listener is closed");
}
