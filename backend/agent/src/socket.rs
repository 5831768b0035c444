//! The socket that the server reaches the agent by.

use std::{fs, io, os::unix::fs::PermissionsExt, path::Path, sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use ide_core::{
    Router, Sessions, link,
    relay::{RelayCodec, RelayFrame},
};
use protocol::{
    WorkspaceId,
    relay::{Attach, Kind, Purpose, VERSION},
};
use tokio::net::{UnixListener, UnixStream};
use tokio_util::{codec::Framed, sync::CancellationToken};

use crate::{AgentError, Serving};

/// How long the server may take to say why it connects.
const ATTACH: Duration = Duration::from_secs(5);

type Wire = Framed<UnixStream, RelayCodec>;

/// What a browser's link is served with.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) workspace: WorkspaceId,
    pub(crate) sessions: Sessions,
    pub(crate) router: Arc<Router>,
}

/// Binds the socket, in place of one that a dead agent left; only its owner may connect.
pub(crate) fn bind(path: &Path) -> Result<UnixListener, AgentError> {
    let bind = || -> io::Result<UnixListener> {
        let _ = fs::remove_file(path);
        let listener = UnixListener::bind(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        Ok(listener)
    };
    bind().map_err(|error| AgentError::Socket(path.to_owned(), error))
}

/// Serves connections until `shutdown`, or until one asks to stop.
pub(crate) async fn serve(
    listener: UnixListener,
    serving: &Serving,
    link: Link,
    shutdown: &CancellationToken,
) {
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = shutdown.cancelled() => return,
        };
        if !is_ours(&stream) {
            tracing::warn!("another user's process connected and was refused");
            continue;
        }
        let (serving, link, shutdown) = (serving.clone(), link.clone(), shutdown.clone());
        tokio::spawn(
            async move { converse(Framed::new(stream, RelayCodec), &serving, link, &shutdown).await },
        );
    }
}

/// Whether the process at the other end runs as this one's user, or as root.
fn is_ours(stream: &UnixStream) -> bool {
    let ours = rustix::process::geteuid().as_raw();
    stream.peer_cred().is_ok_and(|peer| peer.uid() == ours || peer.uid() == 0)
}

async fn converse(mut wire: Wire, serving: &Serving, link: Link, shutdown: &CancellationToken) {
    let Some(attach) = attach(&mut wire).await else { return };
    match attach.purpose {
        // A person of another workspace may do nothing here.
        Purpose::Link(principal) if principal.workspace != link.workspace => close(&mut wire).await,
        Purpose::Link(principal) => link::serve(wire, principal, &link.sessions, link.router).await,
        Purpose::Status => say_status(&mut wire, serving, link.workspace).await,
        Purpose::Stop => {
            say_status(&mut wire, serving, link.workspace).await;
            shutdown.cancel();
        }
    }
}

/// The server's first frame; none where it is malformed or of another version.
async fn attach(wire: &mut Wire) -> Option<Attach> {
    let frame = tokio::time::timeout(ATTACH, wire.next()).await.ok()??.ok()?;
    let attach: Attach = serde_json::from_slice(&frame.payload).ok()?;
    if frame.kind != Kind::Attach || attach.version != VERSION {
        close(wire).await;
        return None;
    }
    Some(attach)
}

async fn close(wire: &mut Wire) {
    let _ = wire.send(RelayFrame { kind: Kind::Close, payload: bytes::Bytes::new() }).await;
}

async fn say_status(wire: &mut Wire, serving: &Serving, workspace: WorkspaceId) {
    let Ok(payload) = serde_json::to_vec(&serving.status(workspace)) else { return };
    // The server asks again if it did not hear.
    let _ = wire.send(RelayFrame { kind: Kind::Text, payload: payload.into() }).await;
}
