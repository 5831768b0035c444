//! A caller's request, as both payload formats need it.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use http::{HeaderMap, Method};
use jiff::Timestamp;

use crate::routing::decode;

/// A request at a stage of an API.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    /// As it came behind the host, or behind the API's id in the path form: percent-encoded, with the stage.
    pub(crate) raw_path: String,
    /// Without the stage.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) source_ip: IpAddr,
    pub(crate) domain: String,
    pub(crate) request_id: String,
    pub(crate) now: Timestamp,
}

/// What an event says of its API.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) account: &'a str,
    pub(crate) api_id: &'a str,
    pub(crate) stage: &'a str,
    pub(crate) stage_variables: &'a [(String, String)],
}

impl Incoming {
    /// A header's first value, as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The query's names and values in their order, decoded.
    pub(crate) fn query_pairs(&self) -> Vec<(String, String)> {
        let form = |text: &str| decode(&text.replace('+', " "));
        let pairs = self.query.split('&').filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(n, v)| (form(n), form(v)))
            .collect()
    }

    /// Each header name once, in the order of their first values, with all its values.
    pub(crate) fn header_lists(&self) -> Vec<(&str, Vec<String>)> {
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        self.headers
            .keys()
            .map(|name| (name.as_str(), self.headers.get_all(name).iter().map(text).collect()))
            .collect()
    }

    /// The body as a payload holds it: text, or base64 where `binary` says so or it is no text.
    pub(crate) fn body_text(&self, binary: bool) -> Option<(String, bool)> {
        if self.body.is_empty() {
            return None;
        }
        match std::str::from_utf8(&self.body) {
            Ok(text) if !binary => Some((text.to_owned(), false)),
            _ => Some((BASE64.encode(&self.body), true)),
        }
    }

    /// `12/Mar/2020:19:03:58 +0000`
    pub(crate) fn log_time(&self) -> String {
        self.now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
    }

    pub(crate) fn user_agent(&self) -> &str {
        self.header("user-agent").unwrap_or_default()
    }
}

/// Whether HTTP APIs pass a body of this type on as text.
// AWS: text/*, application/json, application/xml and application/javascript are text; the rest is base64.
pub(crate) fn is_text(content_type: Option<&str>) -> bool {
    let Some(content_type) = content_type else { return true };
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript"].contains(&kind.as_str())
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
}
