//! `GET /link`: lets a signed-in member's WebSocket in, and watches that the session and what it grants last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use protocol::Principal;
use protocol::link::MAX_FRAME;

use crate::App;
use crate::accounts::{AccountsError, Session};
use crate::answer::{self, refusal};
use crate::policy::{Denied, MemberPage};
use crate::relay::{End, relay};
use crate::routes::Visit;
use crate::secret::SecretHash;

/// Links that one session may have open: tabs.
const MAX_LINKS: usize = 32;
/// How often a live link's session is looked up, besides at once on a sign-out.
pub const RECHECK: Duration = Duration::from_secs(4);
/// Bytes read at once per socket; the library's default of 128 KiB would be most of a tab's memory.
const READ_BUFFER: usize = 16 * 1024;

/// The links of each session, counted.
#[derive(Debug, Default)]
pub(crate) struct Links(Mutex<HashMap<SecretHash, usize>>);

/// One counted link; dropping it counts it off.
struct Counted {
    links: Arc<Links>,
    session: SecretHash,
}

/// Upgrades to a WebSocket and relays it to the agent until one of them, the session or the server ends.
pub(crate) async fn open(visit: Visit<MemberPage>) -> Response {
    let Visit { allowed, app, request, .. } = visit;
    let session = allowed.grant();
    let principal = match principal(&app, &session).await {
        Ok(Some(principal)) => principal,
        Ok(None) => {
            return refusal(StatusCode::FORBIDDEN, "you are no member of this workspace; ask its owner");
        }
        Err(error) => return answer::denied(&Denied::Accounts(error), request.headers()),
    };
    let (mut parts, _) = request.into_parts();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let Some(counted) = Links::enter(&app.links, session.hash) else {
        return refusal(StatusCode::TOO_MANY_REQUESTS, "this session has too many tabs open");
    };
    upgrade
        .read_buffer_size(READ_BUFFER)
        // Every message is flushed as it is sent; one that waits is all that is ever buffered.
        .write_buffer_size(0)
        .max_write_buffer_size(2 * MAX_FRAME)
        .max_message_size(MAX_FRAME)
        .max_frame_size(MAX_FRAME)
        .on_upgrade(move |socket| async move {
            converse(&app, socket, session, principal).await;
            drop(counted);
        })
}

/// What the session's person may do in the workspace as the accounts say now; none where they are no member of it.
async fn principal(app: &App, session: &Session) -> Result<Option<Principal>, AccountsError> {
    let (workspace, person) = (app.workspace.clone(), session.person.clone());
    app.accounts.run(move |accounts| accounts.principal(&workspace, &person)).await
}

async fn converse(app: &App, socket: WebSocket, session: Session, principal: Principal) {
    let ended = async {
        tokio::select! {
            end = session_ended(app, &session, &principal) => end,
            () = app.shutdown.cancelled() => End::Restarting,
        }
    };
    let end = relay(socket, &app.agent, principal.clone(), ended).await;
    tracing::debug!(?end, "link ended");
}

/// Returns when the session is over, signed out here, in another process, or expired; or when it grants something else
/// than the link was let in with.
async fn session_ended(app: &App, session: &Session, granted: &Principal) -> End {
    let token = session.hash;
    loop {
        let changed = app.sessions_changed.notified();
        let now = app.clock.now();
        // Accounts that cannot be read now are no reason to cut a terminal off; the next look decides.
        if let Ok(None) = app.accounts.run(move |accounts| accounts.session(token, now)).await {
            return End::SignedOut;
        }
        if principal(app, session).await.is_ok_and(|now| now.as_ref() != Some(granted)) {
            return End::Changed;
        }
        let _ = tokio::time::timeout(app.recheck, changed).await;
    }
}

impl Links {
    fn enter(links: &Arc<Self>, session: SecretHash) -> Option<Counted> {
        let mut counts = links.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(session).or_default();
        if *count >= MAX_LINKS {
            return None;
        }
        *count += 1;
        Some(Counted { links: Arc::clone(links), session })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self.links.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.session) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.session);
            }
        }
    }
}
