//! One kept-alive connection, and requests signed with AWS's own crate.

use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use http::{HeaderName, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::program::Ready;

/// A connection to one address.
pub(crate) struct Connection(SendRequest<Full<Bytes>>);

impl Connection {
    pub(crate) async fn open(address: &str) -> Result<Self> {
        let stream =
            TcpStream::connect(address).await.with_context(|| format!("failed to reach {address}"))?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    /// Sends a request and reads its answer to the end.
    pub(crate) async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes)> {
        self.0.ready().await?;
        let (parts, body) = self.0.send_request(request).await?.into_parts();
        Ok((parts.status, body.collect().await?.to_bytes()))
    }

    /// The same, where anything but success is an error.
    pub(crate) async fn expect(&mut self, request: Request<Full<Bytes>>) -> Result<Bytes> {
        let (status, body) = self.send(request).await?;
        if !status.is_success() {
            bail!("{status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(body)
    }
}

/// `HOST:PORT` of the cloud.
pub(crate) fn address(ready: &Ready) -> &str {
    ready.cloud_url.trim_start_matches("http://")
}

/// A request that anybody may send.
pub(crate) fn get(host: &str, path: &str) -> Result<Request<Full<Bytes>>> {
    Ok(Request::get(path).header(header::HOST, host).body(Full::default())?)
}

/// A request with the workspace's own signature.
pub(crate) fn signed(
    ready: &Ready,
    service: &str,
    (method, path): (Method, &str),
    body: impl Into<Bytes>,
) -> Result<Request<Full<Bytes>>> {
    signed_with(ready, service, (method, path), &[(header::CONTENT_TYPE, "application/json")], &body.into())
}

/// The same for an operation that a header names.
pub(crate) fn json(
    ready: &Ready,
    service: &str,
    target: &str,
    input: &serde_json::Value,
) -> Result<Request<Full<Bytes>>> {
    let headers = [
        (header::CONTENT_TYPE, "application/x-amz-json-1.1"),
        (HeaderName::from_static("x-amz-target"), target),
    ];
    signed_with(ready, service, (Method::POST, "/"), &headers, &input.to_string().into())
}

/// The same for an operation that is a form.
pub(crate) fn form(ready: &Ready, service: &str, fields: &[(&str, &str)]) -> Result<Request<Full<Bytes>>> {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let headers = [(header::CONTENT_TYPE, "application/x-www-form-urlencoded")];
    signed_with(ready, service, (Method::POST, "/"), &headers, &body.into())
}

fn signed_with(
    ready: &Ready,
    service: &str,
    (method, path): (Method, &str),
    headers: &[(HeaderName, &str)],
    body: &Bytes,
) -> Result<Request<Full<Bytes>>> {
    let host = address(ready);
    let request =
        Request::builder().method(method).uri(format!("http://{host}{path}")).header(header::HOST, host);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, *value));
    let mut request = request.body(body.clone())?;
    let identity = Credentials::from_keys(&ready.access_key_id, &ready.secret_access_key, None).into();
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    #[allow(clippy::disallowed_methods, reason = "a signature carries the time of the wall clock")]
    let now = SystemTime::now();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(&ready.region)
        .name(service)
        .time(now)
        .settings(settings)
        .build()?
        .into();
    let headers =
        request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let signable = SignableRequest::new(
        request.method().as_str(),
        request.uri().to_string(),
        headers,
        SignableBody::Bytes(body),
    )?;
    sign(signable, &parameters)?.into_parts().0.apply_to_request_http1x(&mut request);
    *request.uri_mut() = path.parse()?;
    Ok(request.map(Full::new))
}
