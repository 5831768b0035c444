//! Heads of requests on a connection: served alike however they are cut, and only if a strict reading has the same method,
//! target and headers, spelled alike.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use edge::{ConnectionLimit, Limits, RequestBody, Spelling, serve_connection};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use regex::bytes::Regex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A request as it is served: what it asks, its headers as they were spelled, sorted, and its body.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Served {
    line: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Result<Bytes, String>,
}

/// The size of the pieces, then what is sent.
pub(crate) fn run(data: &[u8]) -> bool {
    let Some((&size, sent)) = data.split_first() else { return false };
    let (whole, cut) = (exchange(sent, sent.len().max(1)), exchange(sent, usize::from(size) + 1));
    assert_eq!(whole.0, cut.0, "in pieces of {size}");
    // What is no head has an answer if hyper sees that at once, else none: it looks again at the head's end alone.
    let Some(first) = whole.0 else { return false };
    assert_eq!(whole.1, cut.1, "in pieces of {size}");
    let (line, headers) = strict(sent).unwrap_or_else(|| std::panic::panic_any(format!("served: {first:?}")));
    assert_eq!((&first.line, &first.headers), (&line, &headers));
    true
}

/// Sends it in pieces of that size; the first request that was served, and the first status that was answered.
///
/// Not those behind it: what comes together with the end of a request is not watched as a head.
fn exchange(sent: &[u8], size: usize) -> (Option<Served>, Option<String>) {
    // Time stands still while there is something to do: a connection that waits for more is at its deadline at once.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime without I/O").block_on(converse(sent, size))
}

async fn converse(sent: &[u8], size: usize) -> (Option<Served>, Option<String>) {
    let (ours, theirs) = tokio::io::duplex(size);
    let peer = SocketAddr::from(([10, 0, 0, 1], 1));
    let ticket = ConnectionLimit::new(1, 1).enter(peer.ip()).expect("a limit with room");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let served = seen.clone();
    let service = tower::service_fn(move |request| answer(request, served.clone()));
    let limits = Limits::default();
    let connection = serve_connection(theirs, peer, service, &limits, ticket);
    let (mut from, mut to) = tokio::io::split(ours);
    let mut answers = Vec::new();
    let write = async {
        // It may be closed before all of it is taken.
        let _ = to.write_all(sent).await;
    };
    let ((), (), _) = tokio::join!(connection, write, from.read_to_end(&mut answers));
    let answers = String::from_utf8_lossy(&answers);
    // Whether a body is asked for depends on whether it is there already.
    let is_status = |line: &&str| line.starts_with("HTTP/1.") && !line.contains(" 100 ");
    let status = answers.lines().find(is_status).map(str::to_owned);
    let first = seen.lock().unwrap_or_else(PoisonError::into_inner).first().cloned();
    (first, status)
}

async fn answer(
    request: Request<RequestBody>,
    seen: Arc<Mutex<Vec<Served>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let spelling = head.extensions.get::<Spelling>().cloned().unwrap_or_default();
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (spelling.of(name.as_str()).to_owned(), value.as_bytes().to_vec())
    };
    let mut headers: Vec<_> = head.headers.iter().map(header).collect();
    tidy(&mut headers);
    let body =
        body.collect().await.map(http_body_util::Collected::to_bytes).map_err(|error| error.to_string());
    let line = line(head.method.as_str(), &head.uri.to_string(), &format!("{:?}", head.version));
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(Served { line, headers, body });
    Ok(Response::new(Full::default()))
}

/// Names and values of headers, in their order.
type Headers = Vec<(String, Vec<u8>)>;

/// The first head as RFC 9112 has it, every line ended by CR LF; none if it is not one.
fn strict(sent: &[u8]) -> Option<(String, Headers)> {
    let token = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    let value = r"[^\x00-\x08\x0a-\x1f\x7f]*";
    let head = format!(
        r"(?s-u)^(?:\r\n)*({token}) ([\x21-\x7e\x80-\xff]+) (HTTP/1\.[01])\r\n((?:{token}:{value}\r\n)*)\r\n"
    );
    let found = Regex::new(&head).expect("an expression of ours").captures(sent)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let line = line(&text(&found[1]), &text(&found[2]), &text(&found[3]));
    let mut sent: Vec<(String, Vec<u8>)> = Vec::new();
    for field in found[4].split(|byte| *byte == b'\n').filter(|field| !field.is_empty()) {
        let colon = field.iter().position(|byte| *byte == b':')?;
        sent.push((text(&field[..colon]), field[colon + 1..].trim_ascii().to_vec()));
    }
    // A name that comes several times is told as it was spelled first with a capital letter.
    let spelled = |name: &String| {
        let mut alike = sent.iter().map(|(other, _)| other).filter(|other| other.eq_ignore_ascii_case(name));
        alike.find(|other| other.bytes().any(|byte| byte.is_ascii_uppercase())).unwrap_or(name).clone()
    };
    let mut headers: Vec<_> = sent.iter().map(|(name, value)| (spelled(name), value.clone())).collect();
    tidy(&mut headers);
    Some((line, headers))
}

/// A request line. Of targets that are no paths each library has a form of its own; fragments are dropped.
fn line(method: &str, target: &str, version: &str) -> String {
    let target =
        if target.starts_with('/') { target.split('#').next().unwrap_or_default() } else { "elsewhere" };
    format!("{method} {target} {version}")
}

/// Sorts headers, without the length: hyper drops it beside a transfer encoding.
fn tidy(headers: &mut Vec<(String, Vec<u8>)>) {
    headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-length"));
    headers.sort();
}
