//! The small answers that every route shares, and the headers that every answer carries.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::policy::Denied;
use crate::{App, pages};

/// A number used once, that lets our own page's style elements through its content policy.
#[derive(Clone, Debug)]
pub(crate) struct Nonce(String);

impl Nonce {
    /// A new one for each response. Uniqueness is what counts; without system randomness nothing is let through.
    pub(crate) fn generate() -> Self {
        let mut bytes = [0; 16];
        match getrandom::fill(&mut bytes) {
            Ok(()) => Self(hex::encode(bytes)),
            Err(_) => Self(String::new()),
        }
    }

    /// The text that stands in the page.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A JSON answer.
pub(crate) fn json<T: Serialize>(status: StatusCode, value: T) -> Response {
    (status, axum::Json(value)).into_response()
}

/// A refusal in words: `{"message": …}`.
pub(crate) fn refusal(status: StatusCode, message: &str) -> Response {
    json(status, serde_json::json!({ "message": message }))
}

/// The answer to somebody who is not let in: a page for people who navigate, JSON for programs.
pub(crate) fn denied(denied: &Denied, headers: &HeaderMap) -> Response {
    if let Denied::Accounts(error) = denied {
        tracing::error!(error = error as &dyn std::error::Error, "failed to look up a session");
    }
    if matches!(denied, Denied::SignedOut) && wants_html(headers) {
        return pages::closed();
    }
    refusal(denied.status(), &denied.to_string())
}

/// Sends a browser to another address, what stands behind its `#` included.
pub(crate) fn moved(address: &str) -> Response {
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, address)]).into_response()
}

/// A file of ours with its type.
pub(crate) fn content(content_type: &'static str, bytes: impl Into<Body>) -> Response {
    let mut response = Response::new(bytes.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn wants_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Puts on what every answer carries, refusals included.
pub(crate) fn add_headers(app: &App, host: Option<&Authority>, nonce: &Nonce, response: &mut Response) {
    let headers = response.headers_mut();
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("origin-agent-cluster", "?1"),
        ("x-frame-options", "DENY"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if app.site.hosts().scheme() == edge::Scheme::Https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if let Ok(policy) = content_policy(app, host, nonce).parse() {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// The strictest policy under which the workbench works.
///
/// * Scripts: our files only; `wasm-unsafe-eval` allows compiling WebAssembly and no `eval`.
/// * Trusted Types: no text becomes markup or code but the icons' sprite, by the one policy of the bridge.
/// * Style elements: our files and those with the response's nonce. CodeMirror takes the nonce (`cspNonce`); xterm
///   does not know it, so the bridge sets it on the elements that xterm makes.
/// * Style attributes are open: a virtual list places its rows by them. An attribute has no selector and can load
///   nothing (`img-src` is ours), so it leaks nothing.
/// * The WebSocket is named because not every browser counts `ws:` to `'self'`.
fn content_policy(app: &App, host: Option<&Authority>, nonce: &Nonce) -> String {
    let socket = match (host, app.site.hosts().scheme()) {
        (Some(host), edge::Scheme::Http) => format!(" ws://{host}"),
        (Some(host), edge::Scheme::Https) => format!(" wss://{host}"),
        (None, _) => String::new(),
    };
    let style =
        if nonce.as_str().is_empty() { String::new() } else { format!(" 'nonce-{}'", nonce.as_str()) };
    [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "require-trusted-types-for 'script'",
        "trusted-types sprite",
        &format!("style-src 'self'{style}"),
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        &format!("connect-src 'self'{socket}"),
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "report-uri /csp-report",
    ]
    .join("; ")
}
