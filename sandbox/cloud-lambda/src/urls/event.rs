//! From a request at a function URL to the function's event.
// AWS: "Request payload format": "the same schema as the Amazon API Gateway payload format version 2.0".

use std::borrow::Cow;
use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::Caller;
use cloud_wire::framing;
use cloud_wire::head::Head;
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// What a URL, which has no routes and no stages, has in their places.
const DEFAULT: &str = "$default";
/// Who calls a URL where nobody has to sign.
const ANONYMOUS: &str = "anonymous";
/// Bytes that most events have beside their body.
const USUAL: usize = 2048;

/// A request that was let in.
pub(super) struct Incoming<'a> {
    /// As it was sent, but for the cookies of others.
    pub(super) head: &'a Head,
    /// Behind the URL's own host, percent-encoded.
    pub(super) path: &'a str,
    pub(super) body: &'a Bytes,
    pub(super) url_id: &'a str,
    /// The account of the function.
    pub(super) account: &'a str,
    pub(super) domain: Cow<'a, str>,
    pub(super) request_id: &'a str,
    /// The trace header that the function gets.
    pub(super) trace: &'a str,
    pub(super) now: Timestamp,
    /// Who signed it, where that is asked for.
    pub(super) signer: Option<&'a Caller>,
}

/// The event, its members in AWS's order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'static str,
    route_key: &'static str,
    raw_path: &'a str,
    raw_query_string: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<&'a str>,
    headers: Texts<'a>,
    #[serde(skip_serializing_if = "Texts::is_empty")]
    query_string_parameters: Texts<'a>,
    request_context: RequestContext<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Cow<'a, str>>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    account_id: &'a str,
    api_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorizer: Option<Authorizer<'a>>,
    domain_name: &'a str,
    domain_prefix: &'a str,
    http: Http<'a>,
    request_id: &'a str,
    route_key: &'static str,
    stage: &'static str,
    time: String,
    time_epoch: i64,
}

#[derive(Serialize)]
struct Authorizer<'a> {
    iam: Identity<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names, reason = "as AWS has them")]
struct Identity<'a> {
    access_key: &'a str,
    account_id: &'a str,
    caller_id: &'a str,
    cognito_identity: Option<()>,
    principal_org_id: Option<()>,
    user_arn: &'a str,
    user_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    path: &'a str,
    protocol: &'static str,
    source_ip: String,
    user_agent: &'a str,
}

/// Names with one text each, a JSON object in their order.
struct Texts<'a>(Vec<(&'a str, Cow<'a, str>)>);

impl<'a> Texts<'a> {
    /// Several values of a name are joined by commas.
    fn joined(pairs: impl Iterator<Item = (&'a str, Cow<'a, str>)>) -> Self {
        let mut texts: Vec<(&str, Cow<'_, str>)> = Vec::with_capacity(pairs.size_hint().0);
        for (name, value) in pairs {
            match texts.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => *values = Cow::Owned(format!("{values},{value}")),
                None => texts.push((name, value)),
            }
        }
        Self(texts)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, text)| (name, text)))
    }
}

impl Incoming<'_> {
    /// The event for the request.
    pub(super) fn event(&self) -> Bytes {
        let (body, is_base64_encoded) = self.body_text().unzip();
        let arn = self.signer.map(|signer| signer.arn.to_string());
        let query = self.head.query.iter().map(|(name, value)| (name.as_str(), value.into()));
        let event = Event {
            version: "2.0",
            route_key: DEFAULT,
            // AWS: as it was sent, unlike that of an HTTP API.
            raw_path: self.path,
            raw_query_string: &self.head.raw_query,
            cookies: self.cookies(),
            headers: self.headers(),
            query_string_parameters: Texts::joined(query),
            request_context: self.context(arn.as_deref()),
            is_base64_encoded: is_base64_encoded.unwrap_or(false),
            body,
        };
        let mut json = Vec::with_capacity(USUAL + self.body.len());
        match serde_json::to_writer(&mut json, &event) {
            Ok(()) => json.into(),
            // Texts, numbers and maps of texts: there is nothing in it that JSON cannot say.
            Err(_) => Bytes::new(),
        }
    }

    fn context<'a>(&'a self, arn: Option<&'a str>) -> RequestContext<'a> {
        let identity = |signer: &'a Caller| Identity {
            access_key: &signer.access_key_id,
            account_id: signer.account.as_str(),
            caller_id: &signer.user_id,
            cognito_identity: None,
            principal_org_id: None,
            user_arn: arn.unwrap_or_default(),
            user_id: &signer.user_id,
        };
        RequestContext {
            account_id: self.signer.map_or(ANONYMOUS, |_| self.account),
            api_id: self.url_id,
            authorizer: self.signer.map(|signer| Authorizer { iam: identity(signer) }),
            domain_name: &self.domain,
            domain_prefix: self.url_id,
            http: Http {
                method: self.head.method.as_str(),
                path: self.path,
                protocol: "HTTP/1.1",
                source_ip: self.source_ip(),
                user_agent: self.head.header("user-agent").unwrap_or_default(),
            },
            request_id: self.request_id,
            route_key: DEFAULT,
            stage: DEFAULT,
            time: self.now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            time_epoch: self.now.as_millisecond(),
        }
    }

    fn source_ip(&self) -> String {
        let peer = self.head.peer.map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.to_canonical());
        peer.to_string()
    }

    fn cookies(&self) -> Vec<&str> {
        let values = self.head.headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
        let cookies = values.flat_map(|value| value.split(';')).map(str::trim);
        cookies.filter(|cookie| !cookie.is_empty()).collect()
    }

    /// What belongs to one connection is gone, what Lambda adds is there.
    fn headers(&self) -> Texts<'_> {
        const OURS: [&str; 5] =
            ["cookie", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"];
        let named = framing::named_by_connection(&self.head.headers);
        let is_shown = |name: &HeaderName| {
            let text = name.as_str();
            let is_framing = framing::is_framing(text) && text != "content-length";
            let is_signature = text == "authorization" && self.signer.is_some();
            !OURS.contains(&text) && !is_framing && !is_signature && !named.iter().any(|named| named == text)
        };
        let sent = self.head.headers.iter().filter(|(name, _)| is_shown(name));
        let sent = sent.map(|(name, value)| (name.as_str(), text(value)));
        let added = [
            ("x-amzn-trace-id", Cow::Borrowed(self.trace)),
            ("x-forwarded-for", self.forwarded_for().into()),
            ("x-forwarded-port", self.port().into()),
            // The listener speaks no other.
            ("x-forwarded-proto", "http".into()),
        ];
        Texts::joined(sent.chain(added))
    }

    fn forwarded_for(&self) -> String {
        let given = self.head.headers.get_all("x-forwarded-for").iter().map(text).map(Cow::into_owned);
        given.chain([self.source_ip()]).collect::<Vec<_>>().join(", ")
    }

    /// The port that the caller asked, as its Host header says.
    fn port(&self) -> &str {
        let port = self.head.header("host").and_then(|host| host.rsplit_once(':')).map(|(_, port)| port);
        port.filter(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or("80")
    }

    /// The body as the event holds it, and whether that is base64.
    fn body_text(&self) -> Option<(Cow<'_, str>, bool)> {
        if self.body.is_empty() {
            return None;
        }
        let text = std::str::from_utf8(self.body).ok().filter(|_| is_text(&self.head.headers));
        Some(
            text.map_or_else(
                || (BASE64_STANDARD.encode(self.body).into(), true),
                |text| (text.into(), false),
            ),
        )
    }
}

fn text(value: &HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}

/// Whether a body of that type is passed on as text.
// AWS: "If the content type of the request is binary, the body is base64-encoded": what is neither text nor JSON, XML or
// JavaScript, and what says no type.
fn is_text(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get("content-type").and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript"].contains(&kind.as_str())
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
}

#[cfg(test)]
mod tests {
    use cloud_core::{AccountId, Region, RequestId};
    use http::Request;
    use serde_json::{Value, json};

    use super::*;

    fn event(request: http::request::Builder, body: &'static [u8], signer: Option<&Caller>) -> Value {
        let request = request.body(()).expect("a request");
        let head = Head::of(&request, Some([10, 0, 0, 9].into())).expect("a head");
        let incoming = Incoming {
            head: &head,
            path: &head.path,
            body: &Bytes::from_static(body),
            url_id: "abc",
            account: "000000000000",
            domain: "abc.lambda-url.us-east-1.localhost".into(),
            request_id: "id",
            trace: "Root=1",
            now: "2026-03-12T19:03:58.390Z".parse().expect("a time"),
            signer,
        };
        serde_json::from_slice(&incoming.event()).expect("JSON")
    }

    #[test]
    fn an_event_has_every_member() {
        let request = Request::post("/my/a%2Fb?p=1&p=2&q=a+b%2B")
            .header("host", "abc.lambda-url.us-east-1.localhost:4566")
            .header("cookie", "one=1; two=2")
            .header("x-own", "1")
            .header("x-own", "2")
            .header("connection", "keep-alive, x-hop")
            .header("x-hop", "1")
            .header("x-forwarded-for", "203.0.113.7")
            .header("user-agent", "agent")
            .header("content-length", "5")
            .header("content-type", "text/plain");
        let expected = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/my/a%2Fb",
            "rawQueryString": "p=1&p=2&q=a+b%2B",
            "cookies": ["one=1", "two=2"],
            "headers": {
                "host": "abc.lambda-url.us-east-1.localhost:4566", "x-own": "1,2", "user-agent": "agent",
                "content-length": "5", "content-type": "text/plain", "x-amzn-trace-id": "Root=1",
                "x-forwarded-for": "203.0.113.7, 10.0.0.9", "x-forwarded-port": "4566", "x-forwarded-proto": "http",
            },
            "queryStringParameters": { "p": "1,2", "q": "a b+" },
            "requestContext": {
                "accountId": "anonymous", "apiId": "abc",
                "domainName": "abc.lambda-url.us-east-1.localhost", "domainPrefix": "abc",
                "http": {
                    "method": "POST", "path": "/my/a%2Fb", "protocol": "HTTP/1.1", "sourceIp": "10.0.0.9",
                    "userAgent": "agent",
                },
                "requestId": "id", "routeKey": "$default", "stage": "$default",
                "time": "12/Mar/2026:19:03:58 +0000", "timeEpoch": 1_773_342_238_390_i64,
            },
            "body": "hello",
            "isBase64Encoded": false,
        });
        assert_eq!(event(request, b"hello", None), expected);
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        let event = event(Request::get("/"), b"", None);
        for member in ["cookies", "queryStringParameters", "body"] {
            assert_eq!(event.get(member), None, "{member}");
        }
        assert_eq!(event["requestContext"].get("authorizer"), None);
    }

    #[test]
    fn who_signed_is_told_and_the_signature_is_not() {
        let root =
            Caller::root(&AccountId::new("111122223333"), &Region::new("us-east-1"), RequestId::new("r"));
        let signer = Caller { access_key_id: "AKIA1".into(), ..root };
        let request = Request::get("/").header("authorization", "AWS4-HMAC-SHA256 x");
        let event = event(request, b"", Some(&signer));
        let identity = json!({
            "accessKey": "AKIA1", "accountId": "111122223333", "callerId": "111122223333",
            "cognitoIdentity": null, "principalOrgId": null, "userArn": "arn:aws:iam::111122223333:root",
            "userId": "111122223333",
        });
        assert_eq!(event["requestContext"]["authorizer"], json!({ "iam": identity }));
        assert_eq!(event["requestContext"]["accountId"], "000000000000");
        assert_eq!(event["headers"].get("authorization"), None);
    }

    #[test]
    fn bodies_are_text_where_their_type_says_so() {
        for (kind, body, expected) in [
            (Some("application/json"), &b"{}"[..], ("{}", false)),
            (Some("Text/HTML; charset=utf-8"), b"x", ("x", false)),
            (Some("application/ld+json"), b"x", ("x", false)),
            (Some("text/plain"), b"\xff", ("/w==", true)),
            (Some("application/x-www-form-urlencoded"), b"a=b", ("YT1i", true)),
            (None, b"a=b", ("YT1i", true)),
        ] {
            let request = Request::post("/");
            let request = match kind {
                Some(kind) => request.header("content-type", kind),
                None => request,
            };
            let event = event(request, body, None);
            assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!(expected.0), &json!(expected.1)));
        }
    }
}
