//! The accept loop: takes connections while there are places, and at the end waits for those under way.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::Service;

use crate::connection::{Ending, converse};
use crate::connection_limit::ConnectionLimit;
use crate::{BoxError, Limits, RequestBody};

/// How a drain went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were still open at the deadline and were cut.
    pub cut: usize,
}

/// What somebody is told for whom there is no place.
const NO_PLACE: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Serves `listener` until `shutdown` is cancelled, then drains within [`Limits::drain`].
///
/// A service that upgrades connections must itself close them on shutdown; the drain waits for their sockets to be
/// dropped as it waits for the others.
pub async fn serve<S, B>(
    listener: TcpListener,
    service: S,
    limits: Limits,
    shutdown: CancellationToken,
) -> Drained
where
    S: Service<Request<RequestBody>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    let limit = ConnectionLimit::new(limits.connections, limits.connections_per_address);
    let limits = Arc::new(limits);
    let ending = Ending { drain: shutdown.clone(), cut: CancellationToken::new() };
    while let Some((stream, peer)) = next(&listener, &shutdown).await {
        let Ok(ticket) = limit.enter(peer.ip()) else {
            turn_away(&stream, peer);
            continue;
        };
        let (service, limits, ending) = (service.clone(), Arc::clone(&limits), ending.clone());
        tokio::spawn(async move { converse(stream, peer, service, &limits, ticket, ending).await });
    }
    drop(listener);
    let in_time = tokio::time::timeout(limits.drain, limit.empty()).await.is_ok();
    let cut = if in_time { 0 } else { limit.inside() };
    ending.cut.cancel();
    Drained { cut }
}

/// The next connection, or nothing once `shutdown` is cancelled.
async fn next(listener: &TcpListener, shutdown: &CancellationToken) -> Option<(TcpStream, SocketAddr)> {
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => return None,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Keystrokes are small and alone: they must not wait for company.
                let _ = stream.set_nodelay(true);
                return Some((stream, peer));
            }
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "failed to accept a connection; trying again");
                // Out of descriptors or memory: without a pause this loop would spin until some are free.
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

fn turn_away(stream: &TcpStream, peer: SocketAddr) {
    tracing::warn!(%peer, "no place for another connection");
    // A fresh socket's buffer takes these few bytes at once, or the stranger goes without an answer.
    let _ = stream.try_write(NO_PLACE);
}
