//! Several requests on one connection, cut anywhere: each is served as it was sent, and nothing but a head is taken for
//! one. What is drawn is known, so it is known what must be served.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use edge::{ConnectionLimit, Limits, RequestBody, Spelling, serve_connection};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

/// A client that sends its pieces one by one and waits for the end.
struct Client {
    pieces: VecDeque<Bytes>,
    /// Whether the next piece is still on its way.
    late: bool,
    answers: Arc<Mutex<Vec<u8>>>,
}

impl AsyncRead for Client {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        this.late = !this.late;
        let Some(piece) = this.pieces.front_mut() else { return Poll::Pending };
        if this.late {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let room = piece.len().min(buf.remaining());
        buf.put_slice(&piece.split_to(room));
        if piece.is_empty() {
            this.pieces.pop_front();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Client {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.answers.lock().unwrap().extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A request as it was served.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Served {
    path: String,
    /// How the name of its header was spelled.
    name: String,
    body: Option<(Vec<u8>, Option<String>)>,
}

/// What was served, what another protocol was sent, and the statuses that were answered.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    served: Vec<Served>,
    raw: Vec<u8>,
    statuses: Vec<u16>,
}

#[derive(Clone, Default)]
struct Seen {
    served: Arc<Mutex<Vec<Served>>>,
    raw: Arc<Mutex<Vec<u8>>>,
}

/// Sends it in pieces that begin at these places.
fn exchange(sent: &[u8], cuts: &[usize]) -> Outcome {
    // Time stands still while there is something to do: whoever waits for more is at its deadline at once.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(converse(sent, cuts))
}

async fn converse(sent: &[u8], cuts: &[usize]) -> Outcome {
    let mut ends: Vec<usize> = cuts.iter().copied().filter(|cut| *cut < sent.len()).collect();
    ends.push(sent.len());
    ends.sort_unstable();
    let mut begin = 0;
    let mut pieces = VecDeque::new();
    for end in ends {
        pieces.push_back(Bytes::copy_from_slice(&sent[begin..end]));
        begin = end;
    }
    pieces.retain(|piece| !piece.is_empty());
    let answers = Arc::default();
    let client = Client { pieces, late: false, answers: Arc::clone(&answers) };
    let peer = SocketAddr::from(([10, 0, 0, 1], 1));
    let limit = ConnectionLimit::new(1, 1);
    let seen = Seen::default();
    let of_service = seen.clone();
    let service = tower::service_fn(move |request| answer(request, of_service.clone()));
    serve_connection(client, peer, service, &Limits::default(), limit.enter(peer.ip()).unwrap()).await;
    limit.empty().await;
    let answers = String::from_utf8(std::mem::take(&mut *answers.lock().unwrap())).unwrap();
    let statuses = answers.split("HTTP/1.1 ").skip(1).map(|rest| rest[..3].parse().unwrap());
    let (served, raw) = (seen.served.lock().unwrap().clone(), seen.raw.lock().unwrap().clone());
    Outcome { served, raw, statuses: statuses.filter(|status| *status != 100).collect() }
}

/// `/early` leaves its body, `/upgrade` hands the connection over, all others read their body.
async fn answer(mut request: Request<RequestBody>, seen: Seen) -> Result<Response<Full<Bytes>>, Infallible> {
    let spelling = request.extensions().get::<Spelling>().unwrap().clone();
    let (path, name) = (request.uri().path().to_owned(), spelling.of("x-own").to_owned());
    if path == "/upgrade" {
        let upgrade = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let Ok(upgraded) = upgrade.await else { return };
            let mut raw = TokioIo::new(upgraded);
            let mut bytes = [0; 64];
            // Until the end of all that is sent, at which a client of these tests hangs.
            while let Ok(Ok(count)) =
                tokio::time::timeout(std::time::Duration::from_secs(1), raw.read(&mut bytes)).await
            {
                seen.raw.lock().unwrap().extend_from_slice(&bytes[..count]);
            }
        });
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        return Ok(response);
    }
    let body = if path == "/early" { None } else { read(request).await };
    seen.served.lock().unwrap().push(Served { path, name, body });
    Ok(Response::new(Full::from("done")))
}

/// The body and its trailer `x`; nothing where it breaks off.
async fn read(request: Request<RequestBody>) -> Option<(Vec<u8>, Option<String>)> {
    let body = request.into_body().collect().await.ok()?;
    let trailer = |trailers: &HeaderMap| trailers.get("x").map(|value| value.to_str().unwrap().to_owned());
    let trailer = body.trailers().and_then(trailer);
    Some((body.to_bytes().to_vec(), trailer))
}

/// A body as it is written, and as it is meant.
#[derive(Clone, Debug)]
struct Body {
    header: &'static str,
    sent: Vec<u8>,
    meant: Vec<u8>,
    trailer: Option<String>,
}

/// A request as it is drawn.
#[derive(Clone, Debug)]
struct Drawn {
    blank_lines: usize,
    name: &'static str,
    expects: bool,
    early: bool,
    body: Body,
}

impl Drawn {
    /// Its lines, each without its end.
    fn lines(&self, path: &str) -> Vec<String> {
        let mut lines = vec![String::new(); self.blank_lines];
        lines.push(format!("POST {path} HTTP/1.1"));
        lines.push(format!("{}: a", self.name));
        if self.expects {
            lines.push("Expect: 100-continue".to_owned());
        }
        match self.body.header {
            "" => {}
            "Content-Length" => lines.push(format!("Content-Length: {}", self.body.sent.len())),
            chunked => lines.push(chunked.to_owned()),
        }
        lines.push(String::new());
        lines
    }

    fn path(&self, number: usize) -> String {
        if self.early { "/early".to_owned() } else { format!("/{number}") }
    }
}

/// Bytes of a body, most of which look like something else.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"\n".to_vec()),
        Just(b"\r\n\r\n".to_vec()),
        Just(b"0\r\n\r\n".to_vec()),
        Just(b"GET /inside HTTP/1.1\nX-Inside: a\n\n".to_vec()),
        Just(b"GET /inside HTTP/1.1\r\nX-Inside: a\r\n\r\n".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..40),
    ];
    proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn chunked() -> impl Strategy<Value = Body> {
    let extension =
        prop_oneof![Just(""), Just(" "), Just(";a"), Just(" ; a=\"b;c\""), Just(";GET / HTTP/1.1")];
    let chunk = (content(), extension, any::<bool>());
    let trailer = proptest::option::of("[a-z]{1,9}");
    (proptest::collection::vec(chunk, 0..4), trailer).prop_map(|(chunks, trailer)| {
        let (mut sent, mut meant) = (Vec::new(), Vec::new());
        for (bytes, extension, upper) in chunks.iter().filter(|chunk| !chunk.0.is_empty()) {
            let size = if *upper { format!("{:X}", bytes.len()) } else { format!("00{:x}", bytes.len()) };
            sent.extend_from_slice(format!("{size}{extension}\r\n").as_bytes());
            sent.extend_from_slice(bytes);
            sent.extend_from_slice(b"\r\n");
            meant.extend_from_slice(bytes);
        }
        sent.extend_from_slice(b"0\r\n");
        if let Some(value) = &trailer {
            sent.extend_from_slice(format!("X: {value}\r\nY: z\r\n").as_bytes());
        }
        sent.extend_from_slice(b"\r\n");
        Body { header: "Transfer-Encoding: chunked", sent, meant, trailer }
    })
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let none = Just(Body { header: "", sent: Vec::new(), meant: Vec::new(), trailer: None });
    let sized = content().prop_map(|content| Body {
        header: "Content-Length",
        sent: content.clone(),
        meant: content,
        trailer: None,
    });
    let body = prop_oneof![none, sized, chunked()];
    let name = prop_oneof![Just("X-Own"), Just("x-own"), Just("X-OWN"), Just("x-oWn")];
    (0..3_usize, name, proptest::bool::weighted(0.2), proptest::bool::weighted(0.1), body).prop_map(
        |(blank_lines, name, expects, early, body)| Drawn { blank_lines, name, expects, early, body },
    )
}

/// All of them in one stream, where the line of that number of the last one ends in a lone LF; and what must be served.
fn stream(requests: &[Drawn], lone: Option<prop::sample::Index>) -> (Vec<u8>, Outcome) {
    let (mut sent, mut expected, mut open) = (Vec::new(), Outcome::default(), true);
    for (number, request) in requests.iter().enumerate() {
        let path = request.path(number);
        let lines = request.lines(&path);
        let lone = lone.filter(|_| number + 1 == requests.len()).map(|lone| lone.index(lines.len()));
        for (number, line) in lines.iter().enumerate() {
            sent.extend_from_slice(line.as_bytes());
            sent.extend_from_slice(if Some(number) == lone { b"\n" } else { b"\r\n" });
        }
        sent.extend_from_slice(&request.body.sent);
        if !open {
            continue;
        }
        expected.statuses.push(if lone.is_some() { 400 } else { 200 });
        if lone.is_none() {
            let body = (!request.early).then(|| (request.body.meant.clone(), request.body.trailer.clone()));
            expected.served.push(Served { path, name: request.name.to_owned(), body });
        }
        // Behind a body that nobody reads nothing is served.
        open = lone.is_none() && (!request.early || request.body.sent.is_empty());
    }
    (sent, expected)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_request_is_served_as_it_was_sent(
        requests in proptest::collection::vec(drawn(), 1..6),
        lone in proptest::option::weighted(0.3, any::<prop::sample::Index>()),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let (mut sent, expected) = stream(&requests, lone);
        // What is no head has its answer at the head's end.
        if lone.is_some() {
            sent.extend_from_slice(b"\r\n\r\n");
        }
        let cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(sent.len())).collect();
        prop_assert_eq!(exchange(&sent, &cuts), expected, "{:?}", String::from_utf8_lossy(&sent));
    }
}

/// What is served and answered however it is cut: whole, in two, in single bytes.
fn check(sent: &str, paths: &[&str], raw: &str, statuses: &[u16]) {
    let every: Vec<usize> = (0..sent.len()).collect();
    for cuts in (0..sent.len()).map(|cut| vec![cut]).chain([every]) {
        let outcome = exchange(sent.as_bytes(), &cuts);
        let served: Vec<&str> = outcome.served.iter().map(|served| served.path.as_str()).collect();
        let seen = (served, String::from_utf8_lossy(&outcome.raw), outcome.statuses);
        assert_eq!(seen, (paths.to_vec(), raw.into(), statuses.to_vec()), "{sent:?} cut at {cuts:?}");
    }
}

const GET: &str = "GET /get HTTP/1.1\r\nHost: a\r\n\r\n";
const LONE: &str = "GET /lone HTTP/1.1\nHost: a\r\n\r\n";

#[test]
fn a_second_head_is_held_to_what_a_first_is() {
    check(LONE, &[], "", &[400]);
    check(&format!("\r\n\r\n{LONE}"), &[], "", &[400]);
    for first in [
        GET,
        "POST /get HTTP/1.1\r\nContent-Length: 4\r\n\r\na\n\nb",
        "POST /get HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\n\n\n\r\n0\r\nX: y\r\n\r\n",
        "POST /get HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n\n\n",
        "GET /get HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: any\r\n\r\n",
    ] {
        check(&format!("{first}{GET}"), &["/get"; 2], "", &[200, 200]);
        check(&format!("{first}{LONE}{GET}"), &["/get"], "", &[200, 400]);
        check(&format!("{first}\r\n\r\n{LONE}"), &["/get"], "", &[200, 400]);
        check(&format!("{first}{first}{LONE}"), &["/get"; 2], "", &[200, 200, 400]);
        check(&format!("{first}GET / HTTP/1.1\r\nX: a\r\n folded\r\n\r\n{GET}"), &["/get"], "", &[200, 400]);
    }
}

#[test]
fn what_follows_an_upgrade_is_no_head() {
    let upgrade = "GET /upgrade HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: any\r\n\r\n";
    check(&format!("{upgrade}\n\nraw{LONE}"), &[], &format!("\n\nraw{LONE}"), &[101]);
    check(&format!("{GET}{upgrade}\n"), &["/get"], "\n", &[200, 101]);
    // Nobody asked for it: it is not handed over.
    check(&format!("GET /upgrade HTTP/1.1\r\n\r\n{GET}"), &[], "", &[101]);
}

#[test]
fn a_body_that_can_be_read_in_two_ways_is_the_end() {
    let head = "POST /get HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    for body in
        ["2\nab\r\n0\r\n\r\n", "2;x\nab\r\n0\r\n\r\n", "2\r\nab\n0\r\n\r\n", "0\n\n", "0\r\nX: y\n\r\n"]
    {
        check(&format!("{head}{body}{GET}"), &["/get"], "", &[200]);
    }
}
