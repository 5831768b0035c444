//! Signing in with a one-time code, and out. The code is in no log: a failed try logs the address it came from only.

use axum::body::to_bytes;
use axum::response::{IntoResponse, Response};
use edge::Peer;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use crate::answer::refusal;
use crate::policy::{MemberPage, OwnPage};
use crate::routes::Visit;
use crate::secret::{Secret, SecretHash};

/// Bytes that the body of a sign-in may have.
const MAX_BODY: usize = 4096;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    code: String,
}

/// `POST /session`: exchanges a code for a session's cookie.
pub(crate) async fn sign_in(visit: Visit<OwnPage>) -> Response {
    let peer = visit.request.extensions().get::<Peer>().map(|peer| peer.0);
    if !is_json(visit.request.headers()) {
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json");
    }
    let Ok(body) = to_bytes(visit.request.into_body(), MAX_BODY).await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large or did not arrive");
    };
    let Ok(SignIn { code }) = serde_json::from_slice(&body) else {
        return refusal(StatusCode::BAD_REQUEST, "the body must be {\"code\": …}");
    };
    let Ok(token) = Secret::generate() else { return unavailable() };
    let (code, hash, now) = (SecretHash::of(&code), token.hash(), visit.app.clock.now());
    match visit.app.accounts.run(move |accounts| accounts.redeem(code, hash, now)).await {
        Ok(Some(session)) => {
            tracing::info!(?peer, person = %session.person.0, "signed in");
            (StatusCode::NO_CONTENT, [(header::SET_COOKIE, visit.app.site.set_cookie(&token))])
                .into_response()
        }
        Ok(None) => {
            tracing::warn!(?peer, "a sign-in with a code that is unknown, used or expired");
            // Only what was wrong is throttled: a code has 256 random bits, so that nobody guesses one however often he
            // may try, and whoever holds one is not kept out by those who guess behind the same address.
            if !peer.is_some_and(|peer| visit.app.throttle.admit(peer.ip())) {
                return too_many();
            }
            refusal(StatusCode::UNAUTHORIZED, "This code is unknown, used or expired.")
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "failed to sign in");
            unavailable()
        }
    }
}

/// `DELETE /session`: ends the session; its live links are closed at once.
pub(crate) async fn sign_out(visit: Visit<MemberPage>) -> Response {
    let session = visit.allowed.grant();
    let hash = session.hash;
    if let Err(error) = visit.app.accounts.run(move |accounts| accounts.end_session(hash)).await {
        tracing::error!(error = &error as &dyn std::error::Error, "failed to sign out");
        return unavailable();
    }
    visit.app.sessions_changed.notify_waiters();
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, visit.app.site.clear_cookie())]).into_response()
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value == "application/json")
}

fn too_many() -> Response {
    let message = "Too many tries from this address. Wait a minute.";
    (
        StatusCode::TOO_MANY_REQUESTS,
        [(header::RETRY_AFTER, "60")],
        axum::Json(serde_json::json!({ "message": message })),
    )
        .into_response()
}

fn unavailable() -> Response {
    refusal(StatusCode::SERVICE_UNAVAILABLE, "The server's accounts are not available. Its log says why.")
}
