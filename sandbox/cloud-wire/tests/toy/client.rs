//! Signs requests, sends them as they are, and reads answers.

use std::fmt::Write as _;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use cloud_core::Context;
use http::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Client {
    pub port: u16,
    pub context: Context,
}

/// An answer, its body as it was before it was sent in pieces.
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(present, _)| present.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The status and the body.
    pub fn text(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(&self.body))
    }

    /// Of all that a connection said.
    pub fn of(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Self { status, head, body: bytes[end + 4..].to_vec() };
        if answer.header("transfer-encoding") == Some("chunked") {
            answer.body = joined(&answer.body);
        }
        answer
    }
}

/// What came in chunks, as far as it came.
pub fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        let Some(chunk) = rest.get(end + 2..end + 2 + size) else { break };
        whole.extend_from_slice(chunk);
        rest = rest.get(end + 4 + size..).unwrap_or_default();
    }
    whole
}

impl Client {
    pub async fn send(
        &self,
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        self.send_to("127.0.0.1", service, method, path, headers, body).await
    }

    /// The same with another name in front of the port.
    pub async fn send_to(
        &self,
        host: &str,
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let (mut request, _) = self.head(host, service, method, path, headers, SignableBody::Bytes(body));
        let _ = write!(request, "content-length: {}\r\n\r\n", body.len());
        let mut stream = self.connect(request.as_bytes()).await;
        stream.write_all(body).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        Answer::of(&answer)
    }

    pub async fn connect(&self, request: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.write_all(request).await.unwrap();
        stream
    }

    /// A signed head, open for how the body comes; and its signature.
    pub fn head(
        &self,
        host: &str,
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: SignableBody<'_>,
    ) -> (String, String) {
        let identity = Credentials::new("AKIATEST", "secret", None, None, "test").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name(service)
            .time(SystemTime::from(self.context.now()))
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let host = format!("{host}:{}", self.port);
        let uri = format!("http://{host}{path}");
        let all = headers.iter().copied().chain([("host", host.as_str())]);
        let signable = SignableRequest::new(method, &uri, all, body).unwrap();
        let (instructions, signature) = sign(signable, &params).unwrap().into_parts();
        let mut request = Request::builder().method(method).uri(&uri).body(()).unwrap();
        instructions.apply_to_request_http1x(&mut request);
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        for (name, value) in request.headers() {
            let _ = write!(text, "{name}: {}\r\n", value.to_str().unwrap());
        }
        for (name, value) in headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        (text, signature)
    }
}
