//! The deadlines, on a paused clock over an in-memory pipe: nothing here waits for real.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::Instant;
use tower::service_fn;

use super::{Ending, converse};
use crate::connection_limit::ConnectionLimit;
use crate::{Limits, RequestBody};

const PEER: ([u8; 4], u16) = ([10, 0, 0, 1], 1);

/// Echoes the length of the body; `/panic`, `/early` and `/large` do what they say.
async fn handle(request: Request<RequestBody>) -> Result<Response<Full<Bytes>>, Infallible> {
    assert_ne!(request.uri().path(), "/panic", "asked to");
    let path = request.uri().path().to_owned();
    let answer = match path.as_str() {
        "/early" => Bytes::from("early"),
        "/large" => Bytes::from(vec![b'x'; 1 << 20]),
        _ => match request.into_body().collect().await {
            Ok(body) => Bytes::from(format!("[{}]", body.to_bytes().len())),
            Err(error) => return Ok(failed(&error.to_string())),
        },
    };
    Ok(Response::new(Full::new(answer)))
}

fn failed(text: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text.to_owned())));
    *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
    response
}

fn connect() -> (DuplexStream, Ending, ConnectionLimit) {
    let (ours, theirs) = tokio::io::duplex(4096);
    let ending = Ending::default();
    let limit = ConnectionLimit::new(1, 1);
    let peer = PEER.into();
    let ticket = limit.enter(std::net::SocketAddr::ip(&peer)).unwrap();
    let end = ending.clone();
    tokio::spawn(async move {
        converse(theirs, peer, service_fn(handle), &Limits::default(), ticket, end).await;
    });
    (ours, ending, limit)
}

/// Sends the pieces, each after its pause in seconds, then reads to the end: what came and after how many seconds.
async fn exchange(pieces: &[(u64, &str)]) -> (String, u64) {
    let (mut socket, _ending, limit) = connect();
    let start = Instant::now();
    for (pause, piece) in pieces {
        tokio::time::sleep(Duration::from_secs(*pause)).await;
        if socket.write_all(piece.as_bytes()).await.is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer).await;
    limit.empty().await;
    (String::from_utf8(answer).unwrap(), start.elapsed().as_secs())
}

async fn check(pieces: &[(u64, &str)], expected: &str, seconds: u64) {
    let (answer, after) = exchange(pieces).await;
    assert!(
        if expected.is_empty() { answer.is_empty() } else { answer.contains(expected) },
        "{pieces:?}: {answer}"
    );
    assert_eq!(after, seconds, "{pieces:?}: {answer}");
}

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn nothing_sent_is_closed() {
    check(&[], "", 10).await;
}

#[tokio::test(start_paused = true)]
async fn half_a_head_is_closed_however_it_trickles() {
    check(&[(0, "GET / HTTP/1.1\r\nHos")], "", 10).await;
    check(&[(5, "GET / HTTP/1.1\r\nHos")], "", 15).await;
    check(&[(9, "G"), (3, "E"), (3, "T"), (3, " ")], "", 19).await;
}

#[tokio::test(start_paused = true)]
async fn a_head_that_ends_in_time_is_answered() {
    check(&[(9, "GET / HTTP/1.1\r\nHost: a\r\n"), (9, "Connection: close\r\n\r\n")], "[0]", 18).await;
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_kept_for_a_while_and_used_again() {
    check(&[(0, GET)], "[0]", 60).await;
    let (answer, after) = exchange(&[(0, GET), (59, GET)]).await;
    assert_eq!((answer.matches("[0]").count(), after), (2, 119), "{answer}");
    // A new head on a used connection has the head's deadline again.
    check(&[(0, GET), (30, "GET /")], "[0]", 40).await;
}

#[tokio::test(start_paused = true)]
async fn pipelined_requests_are_answered_in_order() {
    let (answer, _) = exchange(&[(0, &format!("{GET}{GET}{GET}"))]).await;
    assert_eq!(answer.matches("[0]").count(), 3, "{answer}");
}

/// A request with or without a body is answered, and the connection used again.
#[tokio::test(start_paused = true)]
async fn a_body_that_is_read_to_its_end_leaves_the_connection_to_the_next() {
    for (request, expected) in [
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "[3]"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "[0]"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "[3]"),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "[0]"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc", "[3]"),
        ("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", ""),
    ] {
        let next = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n1234567";
        let (answer, after) = exchange(&[(0, request), (1, next)]).await;
        assert!(answer.contains(expected) && answer.ends_with("[7]"), "{request:?}: {answer}");
        assert!(!answer.contains("connection: close"), "{request:?}: {answer}");
        assert_eq!(after, 61, "{request:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stalled_body_fails_its_request_and_closes() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc";
    check(&[(0, head)], "stopped coming", 15).await;
}

#[tokio::test(start_paused = true)]
async fn a_trickling_body_fails_its_request_and_closes() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n";
    let trickle: Vec<_> = std::iter::once((0, head)).chain(std::iter::repeat_n((10, "x"), 3)).collect();
    // What comes meanwhile is taken, so that the refusal is heard.
    check(&trickle, "too slowly", 35).await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_nobody_reads_does_not_hold_the_connection() {
    let head = "POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc";
    check(&[(0, head)], "early", 5).await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_nobody_reads_is_taken_so_that_its_sender_hears_the_answer() {
    for size in [4, 5_000, 1 << 20] {
        let (mut socket, _ending, _gate) = connect();
        let head = format!("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n");
        // The body looks like heads, good and bad ones.
        let body = format!("a\n{}", GET.repeat(size / GET.len() + 1));
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(&body.as_bytes()[..size]).await.unwrap();
        let mut answer = String::new();
        socket.write_all(GET.as_bytes()).await.unwrap();
        socket.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 1, "{size}: {answer}");
        assert!(answer.contains("connection: close") && answer.ends_with("early"), "{size}: {answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_does_not_read_is_closed() {
    let (mut socket, _ending, limit) = connect();
    let start = Instant::now();
    socket.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    limit.empty().await;
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_trickles_is_closed() {
    let (mut socket, _ending, limit) = connect();
    let start = Instant::now();
    socket.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let trickle = async {
        loop {
            tokio::time::sleep(Duration::from_secs(10)).await;
            socket.read_exact(&mut [0; 100]).await.unwrap();
        }
    };
    tokio::select! {
        () = limit.empty() => {}
        () = trickle => {}
    }
    let after = start.elapsed().as_secs();
    assert!((60..=90).contains(&after), "{after}");
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_gives_its_place_to_a_newcomer() {
    let (mut socket, _ending, limit) = connect();
    socket.write_all(GET.as_bytes()).await.unwrap();
    let mut answer = [0; 200];
    let read = socket.read(&mut answer).await.unwrap();
    assert!(read > 0);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let start = Instant::now();
    let _newcomer = limit.enter(std::net::SocketAddr::from(PEER).ip()).unwrap();
    let mut rest = Vec::new();
    let _ = socket.read_to_end(&mut rest).await;
    assert_eq!(start.elapsed().as_secs(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_panic_fails_its_request_only() {
    let panic = "GET /panic HTTP/1.1\r\nHost: a\r\n\r\n";
    let (answer, _) = exchange(&[(0, panic), (0, GET)]).await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(answer.contains("[0]"), "the connection goes on: {answer}");
}

#[tokio::test(start_paused = true)]
async fn a_drain_finishes_the_request_and_closes_the_idle() {
    let (mut socket, ending, limit) = connect();
    socket.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na").await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    ending.drain.cancel();
    tokio::time::sleep(Duration::from_secs(1)).await;
    socket.write_all(b"bc").await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("[3]"), "{answer}");
    limit.empty().await;

    let (mut idle, ending, limit) = connect();
    idle.write_all(GET.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let start = Instant::now();
    ending.drain.cancel();
    limit.empty().await;
    assert_eq!(start.elapsed().as_secs(), 0);
}
