//! The way out of a cell that goes further than the cloud: an HTTP proxy at its loopback, which asks [`Egress`] about every
//! host and looks names up itself. What does not speak through a proxy reaches nothing.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, HOST, HeaderName, HeaderValue};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use crate::connections;
use crate::egress::{Egress, Reach};

/// Connections of one environment at once.
const CONNECTIONS: usize = 128;
/// How long looking a name up may take, and then each address.
const PATIENCE: Duration = Duration::from_secs(10);
/// Addresses of a name that are tried.
const ADDRESSES: usize = 4;

/// What concerns one connection alone, and is never passed on.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

type Body = BoxBody<Bytes, hyper::Error>;

/// A tunnel that was asked for: it begins once the connection is no longer HTTP.
type Tunnel = Arc<Mutex<Option<(OnUpgrade, TcpStream)>>>;

/// Serves whoever connects in the cell, until it is aborted.
pub(crate) async fn serve(listener: TcpListener, egress: Egress) {
    connections::each(listener, CONNECTIONS, |stream| connection(stream, egress.clone())).await;
}

async fn connection(stream: TcpStream, egress: Egress) {
    let tunnel = Tunnel::default();
    let wanted = Arc::clone(&tunnel);
    let service = service_fn(move |request| {
        let (egress, tunnel) = (egress.clone(), Arc::clone(&wanted));
        async move { Ok::<_, Infallible>(answer(request, &egress, &tunnel).await) }
    });
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades();
    if let Err(error) = served.await {
        tracing::debug!(%error, "a function's connection to the proxy broke off");
        return;
    }
    let begun = tunnel.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some((inside, mut outside)) = begun else { return };
    if let Ok(inside) = inside.await {
        // That either side breaks off is its own matter.
        let _ = copy_bidirectional(&mut TokioIo::new(inside), &mut outside).await;
    }
}

async fn answer(mut request: Request<Incoming>, egress: &Egress, tunnel: &Tunnel) -> Response<Body> {
    let is_tunnel = request.method() == Method::CONNECT;
    let Some(authority) = request.uri().authority().cloned() else {
        return said(
            StatusCode::BAD_REQUEST,
            "This is a proxy for functions: ask it for a whole address, or to CONNECT.",
        );
    };
    if !is_tunnel && request.uri().scheme() != Some(&Scheme::HTTP) {
        return said(StatusCode::BAD_REQUEST, "This proxy forwards http alone; to reach https, CONNECT.");
    }
    let outside = match reach(&authority, if is_tunnel { 443 } else { 80 }, egress).await {
        Ok(outside) => outside,
        Err(refusal) => return said(refusal.0, &refusal.1),
    };
    if !is_tunnel {
        return forward(request, &authority, outside).await;
    }
    let inside = hyper::upgrade::on(&mut request);
    *tunnel.lock().unwrap_or_else(PoisonError::into_inner) = Some((inside, outside));
    Response::new(Full::default().map_err(|never| match never {}).boxed())
}

/// Connects to a host, if it may be reached.
async fn reach(
    authority: &Authority,
    usual: u16,
    egress: &Egress,
) -> Result<TcpStream, (StatusCode, String)> {
    let (host, port) = (authority.host(), authority.port_u16().unwrap_or(usual));
    let Some(reach) = egress.reach(host, port) else {
        let text = format!(
            "Functions may not reach {host}:{port}. Name the host in the workspace's setting cloud.egress, or start the \
             cloud with --egress {host}."
        );
        return Err((StatusCode::FORBIDDEN, text));
    };
    let bare = host.trim_matches(['[', ']']);
    connect(bare, port, reach).await.map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => {
            let text = format!(
                "{host} is in the network of this machine. To let functions reach it, name it in cloud.egress with its \
                 port: {host}:{port}."
            );
            (StatusCode::FORBIDDEN, text)
        }
        _ => (StatusCode::BAD_GATEWAY, format!("{host}:{port} cannot be reached: {error}.")),
    })
}

/// Connects to the first address of a host that answers, of those where it may lie.
async fn connect(host: &str, port: u16, reach: Reach) -> io::Result<TcpStream> {
    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
    let found =
        tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, port))).await.map_err(late)??;
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    let (may, not): (Vec<SocketAddr>, Vec<_>) = found.partition(|address| reach.includes(address.ip()));
    if may.is_empty() && !not.is_empty() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    for address in may.into_iter().take(ADDRESSES) {
        match tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await.map_err(late).flatten() {
            Ok(stream) => {
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Asks the host in the function's stead.
async fn forward(request: Request<Incoming>, authority: &Authority, outside: TcpStream) -> Response<Body> {
    let failed = |error: &hyper::Error| {
        said(StatusCode::BAD_GATEWAY, &format!("{authority} does not answer as HTTP does: {error}."))
    };
    let (mut sender, asking) = match hyper::client::conn::http1::handshake(TokioIo::new(outside)).await {
        Ok(begun) => begun,
        Err(error) => return failed(&error),
    };
    // It ends when its request and its answer have, or are dropped.
    tokio::spawn(async move {
        if let Err(error) = asking.await {
            tracing::debug!(%error, "a host's connection broke off");
        }
    });
    match sender.send_request(to_origin(request, authority)).await {
        Ok(mut response) => {
            strip(response.headers_mut());
            response.map(BodyExt::boxed)
        }
        Err(error) => failed(&error),
    }
}

/// A request as the host itself expects it.
fn to_origin(mut request: Request<Incoming>, authority: &Authority) -> Request<Incoming> {
    let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    strip(request.headers_mut());
    if let Ok(host) = HeaderValue::from_str(authority.as_str()) {
        request.headers_mut().insert(HOST, host);
    }
    request
}

fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

fn said(status: StatusCode, text: &str) -> Response<Body> {
    let body = Full::new(Bytes::from(format!("{text}\n"))).map_err(|never| match never {}).boxed();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::egress::Pattern;

    /// A host that answers the first bytes of each connection with what it heard, and where it is.
    async fn host() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let at = listener.local_addr().expect("bound");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut heard = vec![0; 4096];
                    let count = stream.read(&mut heard).await.unwrap_or_default();
                    let text = String::from_utf8_lossy(&heard[..count]).into_owned();
                    let answer = if text.starts_with("GET ") {
                        format!(
                            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nkeep-alive: x\r\nconnection: close, x-own\r\nx-own: 1\r\n\r\n",
                            text.len()
                        )
                    } else {
                        String::new()
                    };
                    let _ = stream.write_all(format!("{answer}{text}").as_bytes()).await;
                });
            }
        });
        at
    }

    /// What the proxy answers to these bytes, with what comes after it.
    async fn ask(egress: &str, request: &str, then: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let at = listener.local_addr().expect("bound");
        let allowed = Egress::default();
        allowed.set(Pattern::list(egress).expect("hosts"));
        let serving = tokio::spawn(serve(listener, allowed));
        let mut function = TcpStream::connect(at).await.expect("connected");
        function.write_all(request.as_bytes()).await.expect("sent");
        let mut heard = Vec::new();
        if !then.is_empty() {
            let mut first = [0; 19];
            function.read_exact(&mut first).await.expect("it answers");
            heard.extend(first);
            function.write_all(then.as_bytes()).await.expect("sent");
        }
        function.read_to_end(&mut heard).await.expect("it answers");
        serving.abort();
        String::from_utf8_lossy(&heard).into_owned()
    }

    #[tokio::test]
    async fn what_is_named_is_reached_through_a_tunnel() {
        let at = host().await;
        let heard =
            ask(&at.to_string(), &format!("CONNECT {at} HTTP/1.1\r\nhost: {at}\r\n\r\n"), "hello").await;
        assert!(heard.starts_with("HTTP/1.1 200 OK\r\n"), "{heard}");
        assert!(heard.ends_with("\r\n\r\nhello"), "{heard}");
    }

    #[tokio::test]
    async fn a_request_is_forwarded_as_the_host_expects_it() {
        let at = host().await;
        let request = format!(
            "GET http://{at}/a?b=c HTTP/1.1\r\nhost: other\r\nproxy-connection: keep-alive\r\nproxy-authorization: x\r\n\
             connection: x-mine, close\r\nx-mine: 1\r\nx-kept: 2\r\n\r\n"
        );
        let heard = ask(&at.to_string(), &request, "").await;
        assert!(heard.starts_with("HTTP/1.1 200 OK\r\n"), "{heard}");
        assert!(heard.contains(&format!("GET /a?b=c HTTP/1.1\r\nhost: {at}\r\n")), "{heard}");
        assert!(heard.contains("x-kept: 2"), "{heard}");
        for gone in ["proxy-", "x-mine", "x-own", "keep-alive"] {
            assert!(!heard.contains(gone), "{gone} in {heard}");
        }
    }

    #[tokio::test]
    async fn what_is_not_named_is_refused_with_what_to_do() {
        let at = host().await;
        let connect = format!("CONNECT {at} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n\r\n");
        let heard = ask("", &connect, "").await;
        assert!(heard.starts_with("HTTP/1.1 403 Forbidden"), "{heard}");
        assert!(heard.contains("in the workspace's setting cloud.egress"), "{heard}");
        // This machine is not the world, and a name that leads to it is it.
        for list in ["*", "127.0.0.1", "localhost"] {
            let host =
                if list.contains("localhost") { format!("localhost:{}", at.port()) } else { at.to_string() };
            let heard = ask(list, &connect.replace(&at.to_string(), &host), "").await;
            assert!(heard.starts_with("HTTP/1.1 403 Forbidden"), "{list}: {heard}");
            assert!(heard.contains("is in the network of this machine"), "{list}: {heard}");
        }
        let heard = ask("*", "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", "").await;
        assert!(heard.starts_with("HTTP/1.1 400 Bad Request"), "{heard}");
        let heard =
            ask("*", "GET https://example.com/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", "").await;
        assert!(heard.contains("to reach https, CONNECT"), "{heard}");
    }
}
