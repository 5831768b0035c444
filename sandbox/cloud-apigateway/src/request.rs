//! A caller's request, as both payload formats need it.

use std::{borrow::Cow, net::IpAddr};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD as BASE64, URL_SAFE},
};
use bytes::Bytes;
use cloud_core::RequestId;
use cloud_wire::{Spelling, framing};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;

use crate::{response::Kind, routing::decode};

/// A request at a stage of an API.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    /// As it is behind the API's own host: percent-encoded, with the stage.
    pub(crate) raw_path: String,
    /// Without the stage.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// How the caller spelled the headers' names.
    pub(crate) spelling: Spelling,
    pub(crate) body: Bytes,
    pub(crate) source_ip: IpAddr,
    pub(crate) domain: String,
    pub(crate) ids: Ids,
    pub(crate) now: Timestamp,
}

/// What an event says of its API.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) account: &'a str,
    pub(crate) api_id: &'a str,
    pub(crate) stage: &'a str,
    pub(crate) stage_variables: &'a [(String, String)],
    /// The deployment that the stage serves; told by REST APIs.
    pub(crate) deployment_id: Option<&'a str>,
}

/// What one request is called: its id, in each of the forms that AWS gives one.
// LIMIT: on AWS these are ids of their own, and an invocation has another.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    /// `JKJaXmPLvHcESHA=`: the extended id, and the only one of HTTP APIs.
    pub(crate) extended: String,
    /// A UUID, the request id of REST APIs and that of the invocation.
    pub(crate) uuid: String,
    /// `Root=1-…-…`
    pub(crate) trace: String,
}

impl Ids {
    /// The names of a request of that id; a trace that it is already part of is kept.
    pub(crate) fn new(id: &RequestId, now: Timestamp, headers: &HeaderMap) -> Self {
        let digits: String = id.as_str().chars().filter(char::is_ascii_hexdigit).take(24).collect();
        let given = headers.get("x-amzn-trace-id").and_then(|trace| trace.to_str().ok());
        let fresh = || format!("Root=1-{:08x}-{digits:0<24}", now.as_second());
        Self {
            extended: extended(&digits),
            uuid: id.as_str().to_owned(),
            trace: given.filter(|trace| trace.starts_with("Root=1-")).map_or_else(fresh, str::to_owned),
        }
    }

    /// The request id as that kind of API gives it.
    pub(crate) fn request(&self, kind: Kind) -> &str {
        if kind == Kind::Http { &self.extended } else { &self.uuid }
    }
}

/// Eleven bytes in base64.
fn extended(digits: &str) -> String {
    let mut bytes = [0; 11];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16).unwrap_or(0) as u8;
        *byte = pair.iter().fold(0, |value, letter| value << 4 | digit(*letter));
    }
    URL_SAFE.encode(bytes)
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

    /// The headers that events show, names in lower case, the values of one name one after another: what belongs to one
    /// connection is gone, what a gateway adds is there.
    pub(crate) fn event_headers(&self, kind: Kind) -> Vec<(&str, Cow<'_, str>)> {
        let mut headers = Vec::with_capacity(self.headers.len() + 5);
        let shown = self.headers.iter().filter(|(name, _)| self.is_shown(kind, name));
        headers.extend(shown.map(|(name, value)| (name.as_str(), text(value))));
        if kind == Kind::Http {
            headers.push(("content-length", self.body.len().to_string().into()));
        }
        headers.push(("x-amzn-trace-id", self.ids.trace.as_str().into()));
        headers.push(("x-forwarded-for", self.forwarded_for().into()));
        headers.push(("x-forwarded-port", self.port().into()));
        // The listener speaks no other.
        headers.push(("x-forwarded-proto", "http".into()));
        headers
    }

    fn is_shown(&self, kind: Kind, name: &HeaderName) -> bool {
        const OURS: [&str; 4] =
            ["x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"];
        // AWS: "important notes for REST APIs": what is dropped on the way to a function.
        const DROPPED_BY_REST: [&str; 5] =
            ["content-md5", "expect", "max-forwards", "server", "www-authenticate"];
        let text = name.as_str();
        let dropped = kind == Kind::Rest
            && (DROPPED_BY_REST.contains(&text) || (text == "authorization" && self.is_signed()));
        !OURS.contains(&text) && !framing::is_framing(text) && !dropped
    }

    /// Whether the caller signed the request for AWS: no function's business.
    fn is_signed(&self) -> bool {
        self.header("authorization").is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256"))
    }

    fn forwarded_for(&self) -> String {
        let given = self.headers.get_all("x-forwarded-for").iter().map(text);
        given.map(Cow::into_owned).chain([self.source_ip.to_string()]).collect::<Vec<_>>().join(", ")
    }

    /// The port that the caller asked, as its Host header says.
    fn port(&self) -> &str {
        let port = self.header("host").and_then(|host| host.rsplit_once(':')).map(|(_, port)| port);
        port.filter(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or("80")
    }

    /// A header's name as payload format 1.0 spells it.
    // AWS: as the caller does, but for those that API Gateway itself reads or writes.
    pub(crate) fn spelled<'a>(&'a self, kind: Kind, name: &'a str) -> &'a str {
        match name {
            "host" => "Host",
            "user-agent" => "User-Agent",
            "x-amzn-trace-id" => "X-Amzn-Trace-Id",
            "x-forwarded-for" => "X-Forwarded-For",
            "x-forwarded-port" => "X-Forwarded-Port",
            "x-forwarded-proto" => "X-Forwarded-Proto",
            "content-length" if kind == Kind::Http => "Content-Length",
            "content-type" if kind == Kind::Http => "Content-Type",
            "accept" | "accept-encoding" if kind == Kind::Http => name,
            other => self.spelling.of(other),
        }
    }

    /// The body as a payload holds it, and whether that is base64; `binary` says whether a REST API treats it so.
    pub(crate) fn body_text(&self, kind: Kind, binary: bool) -> Option<(Cow<'_, str>, bool)> {
        if self.body.is_empty() {
            return None;
        }
        let base64 = || Some((BASE64.encode(&self.body).into(), true));
        match kind {
            // AWS: a body that is not of a binary type is text, whatever its bytes are.
            Kind::Rest if !binary => Some((String::from_utf8_lossy(&self.body), false)),
            Kind::Http if is_text(self.header("content-type")) => {
                std::str::from_utf8(&self.body).map_or_else(|_| base64(), |text| Some((text.into(), false)))
            }
            _ => base64(),
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

fn text(value: &HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}

/// Whether HTTP APIs pass a body of this type on as text.
// AWS: text/*, application/json, application/xml and application/javascript are text; the rest is base64.
fn is_text(content_type: Option<&str>) -> bool {
    let Some(content_type) = content_type else { return true };
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript"].contains(&kind.as_str())
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_names_of_a_request_are_forms_of_its_id() {
        let id = RequestId::new("2489a317-7568-4cb3-95f9-7aab1fe03fb2");
        let now = Timestamp::from_second(0x5e67_22a7).unwrap();
        let ids = Ids::new(&id, now, &HeaderMap::new());
        assert_eq!(ids.trace, "Root=1-5e6722a7-2489a31775684cb395f97aab");
        assert_eq!((ids.request(Kind::Rest), ids.request(Kind::Http)), (id.as_str(), "JImjF3VoTLOV-Xo="));
        let other = RequestId::new("none");
        assert_eq!(Ids::new(&other, now, &HeaderMap::new()).extended.len(), 16);
    }
}
