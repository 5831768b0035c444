//! The few pages that are the server's own, and the one that starts the workbench.

use axum::response::Response;
use http::{StatusCode, header};

use crate::answer::{self, Nonce};
use crate::policy::Member;
use crate::routes::Visit;

/// What stands in the workbench's page where the response's nonce belongs.
const NONCE_PLACE: &str = "__CSP_NONCE__";
const HTML: &str = "text/html; charset=utf-8";

/// The page that the frontend's build made, with this response's nonce in it.
pub(crate) fn workbench(visit: &Visit<Member>) -> Response {
    let Some(page) = visit.app.assets.get("index.html") else {
        let message = "this program was built without its frontend: build it with `cargo xtask build`";
        return answer::refusal(StatusCode::SERVICE_UNAVAILABLE, message);
    };
    let nonce = visit.request.extensions().get::<Nonce>().map_or("", Nonce::as_str);
    answer::content(HTML, String::from_utf8_lossy(&page).replace(NONCE_PLACE, nonce))
}

/// The page that a one-time address opens: its script takes the code from behind `#` and exchanges it.
pub(crate) fn open() -> Response {
    answer::content(HTML, include_str!("pages/open.html"))
}

/// Its script.
pub(crate) fn open_script() -> Response {
    answer::content("text/javascript; charset=utf-8", include_str!("pages/open.js"))
}

/// Its style, and that of the closed door.
pub(crate) fn open_style() -> Response {
    answer::content("text/css; charset=utf-8", include_str!("pages/open.css"))
}

/// What somebody without a session sees.
pub(crate) fn closed() -> Response {
    let mut response = answer::content(HTML, include_str!("pages/closed.html"));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response.headers_mut().insert(header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response
}
