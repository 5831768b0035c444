//! Requests on a connection, one behind the other: served alike however they are cut, and only as a strict reading has
//! them: method, target, headers, spelled alike, and body.

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
    assert_eq!(whole, cut, "in pieces of {size}");
    let mut rest = sent;
    for served in &whole.0 {
        let (read, behind) =
            strict(rest).unwrap_or_else(|| std::panic::panic_any(format!("served: {served:?}")));
        assert_eq!((&served.line, &served.headers), (&read.line, &read.headers));
        // One that breaks off has a body of its own only here.
        if served.body.is_ok() {
            assert_eq!(served.body, read.body, "{served:?}");
        }
        rest = behind;
    }
    !whole.0.is_empty()
}

/// Sends it in pieces of that size; the requests that were served, and the statuses that answered them.
///
/// What is no head has an answer too if hyper sees that at once, else none: it looks again at the head's end alone.
fn exchange(sent: &[u8], size: usize) -> (Vec<Served>, Vec<String>) {
    // Time stands still while there is something to do: a connection that waits for more is at its deadline at once.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime without I/O").block_on(converse(sent, size))
}

async fn converse(sent: &[u8], size: usize) -> (Vec<Served>, Vec<String>) {
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
    let served = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let statuses = answers.lines().filter(is_status).take(served.len()).map(str::to_owned).collect();
    (served, statuses)
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

/// The first request as RFC 9112 has it, every line ended by CR LF, and what is behind it; none if it is not one.
fn strict(sent: &[u8]) -> Option<(Served, &[u8])> {
    let token = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    let value = r"[^\x00-\x08\x0a-\x1f\x7f]*";
    let head = format!(
        r"(?s-u)^(?:\r\n)*({token}) ([\x21-\x7e\x80-\xff]+) (HTTP/1\.[01])\r\n((?:{token}:{value}\r\n)*)\r\n"
    );
    let found = Regex::new(&head).expect("an expression of ours").captures(sent)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let line = line(&text(&found[1]), &text(&found[2]), &text(&found[3]));
    let mut headers: Headers = Vec::new();
    for field in found[4].split(|byte| *byte == b'\n').filter(|field| !field.is_empty()) {
        let colon = field.iter().position(|byte| *byte == b':')?;
        headers.push((text(&field[..colon]), field[colon + 1..].trim_ascii().to_vec()));
    }
    let (body, behind) = body(&headers, &sent[found[0].len()..]);
    // A name that comes several times is told as it was spelled first with a capital letter.
    let spelled = |name: &String| {
        let mut alike =
            headers.iter().map(|(other, _)| other).filter(|other| other.eq_ignore_ascii_case(name));
        alike.find(|other| other.bytes().any(|byte| byte.is_ascii_uppercase())).unwrap_or(name).clone()
    };
    let mut headers: Vec<_> = headers.iter().map(|(name, value)| (spelled(name), value.clone())).collect();
    tidy(&mut headers);
    Some((Served { line, headers, body }, behind))
}

/// The body behind such headers, and what is behind it. Nothing is behind one that is not whole.
fn body<'a>(headers: &Headers, sent: &'a [u8]) -> (Result<Bytes, String>, &'a [u8]) {
    let header = |name: &str| headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
    let read = match (header("transfer-encoding"), header("content-length")) {
        (Some(_), _) => chunks(sent),
        (None, Some((_, length))) => std::str::from_utf8(length)
            .ok()
            .and_then(|length| sent.split_at_checked(length.parse().ok()?))
            .map(|(body, behind)| (body.to_vec(), behind)),
        (None, None) => Some((Vec::new(), sent)),
    };
    read.map_or((Err("it is not whole".to_owned()), &[]), |(body, behind)| (Ok(body.into()), behind))
}

/// A body in chunks, and what is behind it.
fn chunks(mut sent: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let size =
        Regex::new(r"(?s-u)^([0-9A-Fa-f]+)(?:[ \t]*(?:;[^\r\n]*)?)\r\n").expect("an expression of ours");
    let trailers = Regex::new(r"(?s-u)^(?:[^\r\n]+\r\n)*\r\n").expect("an expression of ours");
    let mut body = Vec::new();
    loop {
        let found = size.captures(sent)?;
        sent = &sent[found[0].len()..];
        let length = usize::from_str_radix(std::str::from_utf8(&found[1]).ok()?, 16).ok()?;
        if length == 0 {
            return Some((body, &sent[trailers.find(sent)?.end()..]));
        }
        let (chunk, behind) = sent.split_at_checked(length)?;
        body.extend_from_slice(chunk);
        sent = behind.strip_prefix(b"\r\n")?;
    }
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
