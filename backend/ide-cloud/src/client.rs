//! A small AWS client: signed HTTP requests in the protocols that the panels need.

mod signing;
mod xml;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use ide_core::Clock;
use serde_json::Value;

pub(crate) use xml::Element;

use crate::{addresses::Endpoint, error::CloudError};

/// Largest answer read, in bytes.
const MAX_ANSWER: usize = 64 * 1024 * 1024;
/// Pages of a list that are read at most.
pub(crate) const MAX_PAGES: usize = 50;

/// A key pair.
#[derive(Clone)]
pub struct Keys {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
}

/// Where a cloud is and how to sign for it.
#[derive(Clone)]
pub struct CloudAddress {
    /// Its endpoint, `http://127.0.0.1:4566`.
    pub url: String,
    /// Its region.
    pub region: String,
    /// The workspace's keys.
    pub keys: Keys,
}

/// A client of one cloud; cheap to clone.
#[derive(Clone)]
pub(crate) struct Aws {
    address: CloudAddress,
    clock: Arc<dyn Clock>,
    http: Client<HttpConnector, Full<Bytes>>,
}

/// An AWS service, as a client must know it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    /// The name it is signed with.
    signing: &'static str,
    /// The API version of the query protocol.
    version: &'static str,
    /// The prefix of the JSON protocol's target.
    target: &'static str,
    /// The content type of the JSON protocol.
    json: &'static str,
}

const fn service(signing: &'static str) -> Service {
    Service { signing, version: "", target: "", json: "" }
}

pub(crate) const CLOUDFORMATION: Service = Service { version: "2010-05-15", ..service("cloudformation") };
pub(crate) const LAMBDA: Service = service("lambda");
pub(crate) const API_GATEWAY: Service = service("apigateway");
pub(crate) const S3: Service = service("s3");
pub(crate) const LOGS: Service =
    Service { target: "Logs_20140328", json: "application/x-amz-json-1.1", ..service("logs") };
pub(crate) const SQS: Service =
    Service { target: "AmazonSQS", json: "application/x-amz-json-1.0", ..service("sqs") };
pub(crate) const SNS: Service = Service { version: "2010-03-31", ..service("sns") };

/// A request of the REST protocols.
pub(crate) struct Rest<'a> {
    pub(crate) service: Service,
    pub(crate) method: Method,
    /// Path and query, percent-encoded.
    pub(crate) path: String,
    pub(crate) headers: &'a [(&'static str, &'a str)],
    pub(crate) body: Bytes,
}

impl Rest<'_> {
    /// A request without a body.
    pub(crate) fn new(service: Service, method: Method, path: impl Into<String>) -> Self {
        Self { service, method, path: path.into(), headers: &[], body: Bytes::new() }
    }

    /// The same with a body.
    pub(crate) fn body(self, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..self }
    }
}

/// An answer that says success.
pub(crate) struct Answer {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self, operation: &'static str) -> Result<Value, CloudError> {
        serde_json::from_slice(&self.body).map_err(|_| CloudError::Answer(operation))
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Aws {
    pub(crate) fn new(address: CloudAddress, clock: Arc<dyn Clock>) -> Self {
        Self { address, clock, http: Client::builder(TokioExecutor::new()).build_http() }
    }

    /// The endpoint, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        self.address.url.trim_end_matches('/')
    }

    /// The endpoint, as the place where APIs and buckets are reached.
    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::new(&self.address.url)
    }

    pub(crate) fn region(&self) -> &str {
        &self.address.region
    }

    /// What time it is, in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    /// Calls an operation of the query protocol.
    pub(crate) async fn query(
        &self,
        service: Service,
        action: &'static str,
        parameters: &[(String, String)],
    ) -> Result<Element, CloudError> {
        let answer = self.ask(service, action, parameters).await?;
        Element::parse(&answer.body).ok_or(CloudError::Answer(action))
    }

    /// The same, with the headers of its answer.
    pub(crate) async fn ask(
        &self,
        service: Service,
        action: &'static str,
        parameters: &[(String, String)],
    ) -> Result<Answer, CloudError> {
        let mut form = format!("Action={action}&Version={}", service.version);
        for (name, value) in parameters {
            form.push('&');
            form.push_str(&encode(name));
            form.push('=');
            form.push_str(&encode(value));
        }
        let headers = &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        let request = Rest { service, method: Method::POST, path: "/".into(), headers, body: form.into() };
        self.send(request).await
    }

    /// All members of a list of the query protocol, which comes in pages.
    pub(crate) async fn query_pages(
        &self,
        service: Service,
        action: &'static str,
        parameters: &[(String, String)],
        list: &str,
    ) -> Result<Vec<Element>, CloudError> {
        let (mut members, mut asked) = (Vec::new(), parameters.to_vec());
        for _ in 0..MAX_PAGES {
            let page = self.query(service, action, &asked).await?;
            members.extend(page.members(list).cloned());
            let Some(next) = page.find("NextToken").filter(|next| !next.text.is_empty()) else { break };
            asked.truncate(parameters.len());
            asked.push(("NextToken".to_owned(), next.text.clone()));
        }
        Ok(members)
    }

    /// All members of a list of the REST protocol, which comes in pages; `token` is its name in answers and in requests.
    pub(crate) async fn rest_pages(
        &self,
        service: Service,
        path: &str,
        member: &str,
        token: (&str, &str),
    ) -> Result<Vec<Value>, CloudError> {
        let mut members = Vec::new();
        let mut next = path.to_owned();
        for _ in 0..MAX_PAGES {
            let mut answer = self.send(Rest::new(service, Method::GET, next)).await?.json("a list")?;
            if let Some(Value::Array(page)) = answer.get_mut(member).map(Value::take) {
                members.extend(page);
            }
            let Some(more) = answer.get(token.0).and_then(Value::as_str).filter(|more| !more.is_empty())
            else {
                break;
            };
            let joint = if path.contains('?') { '&' } else { '?' };
            next = format!("{path}{joint}{}={}", token.1, encode(more));
        }
        Ok(members)
    }

    /// Calls an operation of the JSON protocols.
    pub(crate) async fn json(
        &self,
        service: Service,
        operation: &'static str,
        input: &Value,
    ) -> Result<Value, CloudError> {
        self.tell(service, operation, input).await?.json(operation)
    }

    /// The same, whose answer may be empty.
    pub(crate) async fn tell(
        &self,
        service: Service,
        operation: &'static str,
        input: &Value,
    ) -> Result<Answer, CloudError> {
        let target = format!("{}.{operation}", service.target);
        let headers = &[("content-type", service.json), ("x-amz-target", target.as_str())];
        let body = input.to_string().into();
        self.send(Rest { service, method: Method::POST, path: "/".into(), headers, body }).await
    }

    /// All members of a list of the JSON protocols, which comes in pages.
    pub(crate) async fn json_pages(
        &self,
        service: Service,
        operation: &'static str,
        mut input: Value,
        member: &str,
    ) -> Result<Vec<Value>, CloudError> {
        let mut members = Vec::new();
        for _ in 0..MAX_PAGES {
            let mut answer = self.json(service, operation, &input).await?;
            if let Some(Value::Array(page)) = answer.get_mut(member).map(Value::take) {
                members.extend(page);
            }
            let Some(next) = answer.get("NextToken").filter(|next| next.is_string()) else { break };
            input["NextToken"] = next.clone();
        }
        Ok(members)
    }

    /// Sends a signed request; an error answer becomes AWS's error.
    pub(crate) async fn send(&self, request: Rest<'_>) -> Result<Answer, CloudError> {
        let unreachable = |reason: String| CloudError::Unreachable { url: self.url().to_owned(), reason };
        let request = self.signed(request).map_err(unreachable)?;
        let response = self.http.request(request).await.map_err(|error| unreachable(error.to_string()))?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                CloudError::TooLarge { most: MAX_ANSWER >> 20 }
            } else {
                unreachable(error.to_string())
            }
        })?;
        let answer = Answer { headers: parts.headers, body: body.to_bytes() };
        if parts.status.is_success() {
            Ok(answer)
        } else {
            Err(service_error(parts.status.as_u16(), &answer))
        }
    }

    /// Opens a signed request whose answer does not end by itself.
    pub(crate) async fn follow(
        &self,
        service: Service,
        path: &str,
    ) -> Result<hyper::body::Incoming, CloudError> {
        let unreachable = |reason: String| CloudError::Unreachable { url: self.url().to_owned(), reason };
        let request = self.signed(Rest::new(service, Method::GET, path)).map_err(unreachable)?;
        let response = self.http.request(request).await.map_err(|error| unreachable(error.to_string()))?;
        if !response.status().is_success() {
            return Err(unreachable(format!("status {}", response.status())));
        }
        Ok(response.into_body())
    }

    /// Sends an unsigned request to an address of this cloud, as anybody may.
    pub(crate) async fn anonymous(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<http::Response<hyper::body::Incoming>, CloudError> {
        let unreachable = |reason: String| CloudError::Unreachable { url: self.url().to_owned(), reason };
        self.http.request(request).await.map_err(|error| unreachable(error.to_string()))
    }

    fn signed(&self, rest: Rest<'_>) -> Result<Request<Full<Bytes>>, String> {
        let uri = format!("{}{}", self.url(), rest.path);
        let mut request = Request::builder().method(rest.method).uri(uri);
        for (name, value) in rest.headers {
            request = request.header(*name, *value);
        }
        let request = request.body(rest.body).map_err(|error| error.to_string())?;
        signing::sign(request, &self.address, rest.service.signing, self.clock.now())
    }
}

/// AWS's error in any of the protocols' shapes.
fn service_error(status: u16, answer: &Answer) -> CloudError {
    let json = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
    let text = |names: &[&str]| names.iter().find_map(|name| json.get(*name)?.as_str()).map(str::to_owned);
    let xml = Element::parse(&answer.body).unwrap_or_default();
    let code = answer
        .header("x-amzn-errortype")
        .map(str::to_owned)
        .or_else(|| text(&["__type", "code", "Code"]))
        .or_else(|| xml.find("Code").map(|code| code.text.clone()))
        .unwrap_or_else(|| format!("HTTP {status}"));
    let mut message = text(&["message", "Message", "errorMessage"])
        .or_else(|| xml.find("Message").map(|message| message.text.clone()))
        .unwrap_or_default();
    // AWS's words name no place; this cloud tells it beside them.
    if let Some(place) = answer.header("x-cumulo-place") {
        message = format!("{message} ({place})");
    }
    // `com.amazonaws.logs#Code:http://…`: only the name counts.
    let code = code.split(':').next().unwrap_or_default().rsplit('#').next().unwrap_or_default().to_owned();
    CloudError::Service { code, message }
}

/// A member of an answer that is a text with anything in it.
pub(crate) fn filled(answer: &Value, name: &str) -> Option<String> {
    answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A member of an answer that is a text; one that is not there is empty.
pub(crate) fn text(answer: &Value, name: &str) -> String {
    filled(answer, name).unwrap_or_default()
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    const SET: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(text, SET).to_string()
}
