//! What a request says before its body.

use std::net::IpAddr;

use http::{HeaderMap, Method, Request};

use crate::percent;

/// A request's head, its query read once.
#[derive(Clone, Debug)]
pub struct Head {
    /// The method.
    pub method: Method,
    /// The path as it was sent.
    pub path: String,
    /// The path that operations are found by: with the bucket in front where that came in the host's name.
    pub routed_path: String,
    /// The query as it was sent, without the `?`.
    pub raw_query: String,
    /// The query's pairs, decoded.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The sender's address.
    pub peer: Option<IpAddr>,
}

impl Head {
    /// Reads a head; none if the query is not UTF-8.
    pub fn of<B>(request: &Request<B>, peer: Option<IpAddr>) -> Option<Self> {
        let uri = request.uri();
        let raw_query = uri.query().unwrap_or_default().to_owned();
        Some(Self {
            method: request.method().clone(),
            path: uri.path().to_owned(),
            routed_path: uri.path().to_owned(),
            query: percent::pairs(&raw_query)?,
            raw_query,
            headers: request.headers().clone(),
            peer,
        })
    }

    /// A header's text, if it is there once or more and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A query parameter's first value.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The host without its port.
    pub fn host(&self) -> &str {
        let host = self.header("host").unwrap_or_default();
        match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        }
    }
}
