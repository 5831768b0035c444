//! One connection from its first byte to its last: hyper over the timed socket, the service over hyper.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt};

use crate::connection_limit::Ticket;
use crate::io::TimedIo;
use crate::limits::Limits;
use crate::progress::{Phase, Progress};
use crate::spelling::Spelling;
use crate::watch::Framing;
use crate::{BoxError, Peer, RequestBody, ResponseBody};

/// The two ways in which the listener ends its connections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ending {
    /// Finish the request under way, take no other.
    pub(crate) drain: CancellationToken,
    /// Stop now.
    pub(crate) cut: CancellationToken,
}

/// Serves one connection that no listener of ours accepted, such as a pipe in memory, until it ends by itself.
pub async fn serve_connection<I, S, B>(io: I, peer: SocketAddr, service: S, limits: &Limits, ticket: Ticket)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<RequestBody>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    converse(io, peer, service, limits, ticket, Ending::default()).await;
}

/// Serves one connection until it ends by itself or `ending` ends it.
pub(crate) async fn converse<I, S, B>(
    io: I,
    peer: SocketAddr,
    service: S,
    limits: &Limits,
    ticket: Ticket,
    ending: Ending,
) where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<RequestBody>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    let (progress, leave) = (ticket.progress(), ticket.leave());
    let io = TokioIo::new(TimedIo::new(io, progress.clone(), limits, ticket));
    let respond = service_fn(|request: Request<Incoming>| {
        // Now, and not when the answer is first worked on: hyper may read on before that.
        let spelling = progress.head_read(Framing::of(request.body()));
        respond(service.clone(), request, spelling, peer, limits, progress.clone())
    });
    let mut connection = pin!(settings(limits).serve_connection(io, respond).with_upgrades());
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        // Its place is somebody else's. A request that came in this moment is gone, as with any idle connection that
        // is closed; its client sends it again.
        () = leave.cancelled() => return,
        () = ending.drain.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                outcome = connection.as_mut() => outcome,
                () = ending.cut.cancelled() => return,
            }
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%peer, %error, "connection ended early");
    }
}

fn settings(limits: &Limits) -> http1::Builder {
    let mut settings = http1::Builder::new();
    // The timed socket has every deadline, idle and head apart, which hyper's single one cannot tell from each other.
    // Hyper's is kept as a longer one behind: with it hyper reads again as soon as it is idle, which sets our clock.
    settings.timer(TokioTimer::new()).header_read_timeout(limits.idle + limits.head);
    settings.max_header_size(limits.head_bytes).half_close(false);
    // What waits between the socket and us; the library's 400 kB would be most of a stranger's cost.
    settings.max_buf_size(limits.head_bytes);
    if limits.headers != Limits::default().headers {
        settings.max_headers(limits.headers);
    }
    settings
}

async fn respond<S, B>(
    service: S,
    request: Request<Incoming>,
    spelling: Spelling,
    peer: SocketAddr,
    limits: &Limits,
    progress: Progress,
) -> Result<Response<ResponseBody<B>>, Infallible>
where
    S: Service<Request<RequestBody>, Response = Response<B>, Error = Infallible>,
{
    let mut request = request.map(|body| RequestBody::new(body, limits, progress.clone()));
    request.extensions_mut().insert(Peer(peer));
    request.extensions_mut().insert(spelling);
    let answer = AssertUnwindSafe(service.oneshot(request)).catch_unwind().await;
    let response = answer.map_or_else(
        |_| {
            tracing::error!(%peer, "a request's handler panicked");
            let mut failed = Response::new(None);
            *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            failed
        },
        |Ok(response)| response.map(Some),
    );
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        progress.enter(Phase::Upgraded);
        return Ok(response.map(ResponseBody::of_upgrade));
    }
    let unread = progress.has_unread_body();
    let mut response = response.map(|body| ResponseBody::closing(body, progress));
    if unread {
        // What comes next is the rest of a body that nobody reads, and no request.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

#[cfg(test)]
mod tests;
