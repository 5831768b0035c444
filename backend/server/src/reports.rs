//! Reports of content that a page's policy held back. A test expects their count to be zero.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::to_bytes;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;

use crate::answer::{json, refusal};
use crate::policy::{Member, OwnPage};
use crate::routes::Visit;

/// Bytes that one report may have.
const MAX_REPORT: usize = 16 * 1024;
/// Characters of a report's member that reach the log.
const SHOWN: usize = 120;

/// What is read of a report; the rest of it, whatever it is, takes no memory.
#[derive(Default, Deserialize)]
struct Body {
    #[serde(rename = "csp-report")]
    report: Report,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Report {
    #[serde(rename = "effective-directive")]
    directive: String,
    #[serde(rename = "blocked-uri")]
    blocked: String,
}

/// How many reports came since the start.
#[derive(Debug, Default)]
pub(crate) struct Reports(AtomicU64);

/// `POST /csp-report`.
pub(crate) async fn take(visit: Visit<OwnPage>) -> Response {
    let Ok(body) = to_bytes(visit.request.into_body(), MAX_REPORT).await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "the report is too large or did not arrive");
    };
    visit.app.reports.0.fetch_add(1, Ordering::Relaxed);
    let Body { report } = serde_json::from_slice(&body).unwrap_or_default();
    let shown = |text: &str| -> String { text.chars().take(SHOWN).collect() };
    let (directive, blocked) = (shown(&report.directive), shown(&report.blocked));
    tracing::warn!(?directive, ?blocked, "the content policy held something back");
    StatusCode::NO_CONTENT.into_response()
}

/// `GET /csp-report`.
pub(crate) fn count(visit: &Visit<Member>) -> Response {
    json(StatusCode::OK, serde_json::json!({ "count": visit.app.reports.0.load(Ordering::Relaxed) }))
}
