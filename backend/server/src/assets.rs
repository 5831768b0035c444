//! The built frontend, inside the program: files with hashed names that browsers keep for good.

use std::borrow::Cow;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

use crate::answer;
use crate::policy::Anyone;
use crate::routes::Visit;

/// Where the frontend's files come from; a test brings its own.
pub trait Assets: Send + Sync + 'static {
    /// The bytes of one file by its path, `assets/app.js`.
    fn get(&self, path: &str) -> Option<Cow<'static, [u8]>>;
}

/// What `cargo xtask build` left in `target/web-dist`: part of the program, read from the disk in debug builds.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltFrontend;

#[derive(RustEmbed)]
#[folder = "../../target/web-dist"]
#[allow_missing = true]
struct Built;

impl Assets for BuiltFrontend {
    fn get(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        Built::get(path).map(|file| file.data)
    }
}

/// `GET /{*path}`: a file of the frontend. Its page itself is not one: it needs a session.
pub(crate) fn file(visit: &Visit<Anyone>) -> Response {
    let path = visit.request.uri().path();
    // One slash only: `//assets` is another path.
    let path = path.strip_prefix('/').unwrap_or(path);
    let Some(content_type) = content_type(path).filter(|_| is_plain(path)) else { return absent() };
    let compressed =
        takes_brotli(visit.request.headers()).then(|| visit.app.assets.get(&format!("{path}.br")));
    let (bytes, encoding) = match compressed.flatten() {
        Some(bytes) => (bytes, Some("br")),
        None => match visit.app.assets.get(path) {
            Some(bytes) => (bytes, None),
            None => return absent(),
        },
    };
    let mut response = answer::content(content_type, body(bytes));
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control(path)));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn body(bytes: Cow<'static, [u8]>) -> Body {
    match bytes {
        Cow::Borrowed(bytes) => Body::from(Bytes::from_static(bytes)),
        Cow::Owned(bytes) => Body::from(bytes),
    }
}

fn absent() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// Names of ours are plain; anything else is not looked for, so that no decoding or climbing can matter.
fn is_plain(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    path.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && part.chars().all(plain))
}

fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        // Several of them in one.
        "pack" => "application/octet-stream",
        "woff2" => "font/woff2",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

/// Everything in `assets/` has a hash of its content in its name: its content never changes.
fn cache_control(path: &str) -> &'static str {
    if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, "q=1"));
        name.trim() == "br" && quality.trim().strip_prefix("q=").is_none_or(|q| q.parse::<f32>() != Ok(0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_served_where_it_is_taken() {
        for (accepted, takes) in [
            ("gzip, deflate, br", true),
            ("br;q=0.5", true),
            ("br;q=0", false),
            ("br; q=0.0", false),
            ("gzip", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, accepted.parse().unwrap());
            assert_eq!(takes_brotli(&headers), takes, "{accepted}");
        }
    }

    #[test]
    fn odd_names_are_not_looked_for() {
        for path in ["../x.js", "a/../b.js", "%2e%2e/x.js", "a//b.js", ".hidden.js", "a\\b.js", "", "a/.b.js"]
        {
            assert!(!is_plain(path), "{path}");
        }
        assert!(is_plain("assets/app-4KQ2ZP7M.js"));
    }
}
