//! For tests of services: their endpoint on a free port of this machine, and who asks it over a socket. Like [`crate::abandon`]
//! no part of the cloud.

use std::io;

use cloud_core::{Credential, CredentialStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::Endpoint;

/// Knows no key: for an endpoint that proves none.
#[derive(Debug)]
pub struct NoKeys;

impl CredentialStore for NoKeys {
    fn find(&self, _: &str) -> Option<Credential> {
        None
    }
}

/// An endpoint that listens until this is dropped.
#[derive(Debug)]
pub struct Listening {
    port: u16,
    shutdown: CancellationToken,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

impl Listening {
    /// Has it listen.
    pub async fn start(endpoint: Endpoint) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let shutdown = CancellationToken::new();
        tokio::spawn(endpoint.serve(listener, shutdown.clone()));
        Ok(Self { port, shutdown })
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The same as clients are told it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sends a request, which is not to leave its connection open, and reads the answer.
    pub async fn exchange(&self, request: &str) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Answer::of(&String::from_utf8_lossy(&answer)).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

/// The `x-amz-date` of requests that nobody proves.
pub const DATE: &str = "20260101T000000Z";

/// The `authorization` of such a request to a service.
pub fn signature(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature={}",
        "0".repeat(64)
    )
}

/// An answer as it was sent.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its status line and headers.
    pub head: String,
    /// Its body.
    pub body: String,
}

impl Answer {
    fn of(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Self { status, head: head.to_owned(), body: body.to_owned() })
    }

    /// A header, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The same with the characters of an XML document that were written as references.
    #[must_use]
    pub fn unescaped(mut self) -> Self {
        for (escaped, plain) in
            [("&quot;", "\""), ("&apos;", "'"), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&")]
        {
            self.body = self.body.replace(escaped, plain);
        }
        self
    }

    /// What stands in each of an XML document's elements of that name.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let after = self.body.split(open.as_str()).skip(1);
        after.filter_map(|rest| Some(rest.split_once(close.as_str())?.0)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_apart() {
        let text = "HTTP/1.1 404 Not Found\r\netag: \"x\"\r\n\r\n<A><B>&gt;&amp;lt;</B><B/></A><B>2</B>";
        let answer = Answer::of(text).unwrap();
        assert_eq!((answer.status, answer.header("etag"), answer.header("e")), (404, Some("\"x\""), None));
        assert_eq!(answer.all("B"), ["&gt;&amp;lt;", "2"]);
        assert_eq!(answer.unescaped().all("B"), [">&lt;", "2"]);
        assert!(Answer::of("HTTP/1.1 200 OK\r\n").is_none());
    }
}
