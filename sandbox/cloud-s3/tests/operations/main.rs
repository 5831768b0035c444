//! Operations of S3 through the endpoint, as clients send them and read the answers: what AWS does with them, and above all
//! what it refuses.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

mod buckets;
mod forms;
mod listings;
mod objects;
mod uploads;

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cloud_core::{
    Access, Arn, Authority, AwsError, Caller, ConditionKeys, Context, Credential, CredentialStore, Denial,
};
use cloud_s3::S3;
use cloud_wire::Endpoint;
use md5::{Digest, Md5};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// Every key is good here.
struct NoKeys;

impl CredentialStore for NoKeys {
    fn find(&self, _: &str) -> Option<Credential> {
        None
    }
}

/// Strangers are let in where a bucket's policy names the action, everybody else anywhere.
struct Policies;

#[async_trait]
impl Authority for Policies {
    async fn decide(
        &self,
        caller: &Caller,
        _: &ConditionKeys,
        accesses: &[Access],
    ) -> Result<Vec<(usize, Denial)>, AwsError> {
        let names = |access: &Access| {
            access.policy.as_ref().is_some_and(|policy| policy.contains(access.action.as_str()))
        };
        let denied =
            accesses.iter().enumerate().filter(|(_, access)| access.crosses(caller) && !names(access));
        let denial = |access: &Access| Denial {
            principal: String::new(),
            action: access.action.clone(),
            resource: access.resource.clone(),
            reason: String::new(),
            is_barred: true,
        };
        Ok(denied.map(|(place, access)| (place, denial(access))).collect())
    }

    async fn trusts(&self, _: &Arn, _: &str, _: &ConditionKeys) -> Result<bool, AwsError> {
        Ok(false)
    }
}

/// A cloud of S3 with a bucket `bucket`.
struct Cloud {
    port: u16,
    shutdown: CancellationToken,
    _folder: tempfile::TempDir,
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

type Headers<'a> = &'a [(&'a str, &'a str)];

/// An answer's status, head in small letters, and body.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The texts of all elements of that name.
    fn all(&self, name: &str) -> Vec<&str> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let after = self.body.split(open.as_str()).skip(1);
        after.map(|rest| rest.split(close.as_str()).next().unwrap()).collect()
    }

    /// The text of the first element of that name; none where there is none.
    fn first(&self, name: &str) -> &str {
        self.all(name).first().copied().unwrap_or("none")
    }

    /// Status and code of a refusal, `ok` where it is none.
    fn outcome(&self) -> String {
        match self.status {
            200..300 => "ok".to_owned(),
            status => format!("{status} {}", self.first("Code")),
        }
    }
}

impl Cloud {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (context, _clock) = Context::for_test(folder.path());
        context.peers().set_authority(Arc::new(Policies));
        let s3 = S3::open(context.clone()).await.unwrap();
        let account = context.account().clone();
        let endpoint =
            Endpoint::new(context, Arc::new(NoKeys)).with_any_key(account).with_service(Arc::new(s3));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shutdown = CancellationToken::new();
        tokio::spawn(endpoint.serve(listener, shutdown.clone()));
        let cloud = Self { port, shutdown, _folder: folder };
        cloud.done("PUT", "/bucket", &[], "").await;
        cloud
    }

    /// A request that nobody signed.
    async fn unsigned(&self, method: &str, target: &str, headers: Headers<'_>, body: &str) -> Answer {
        let mut request = format!(
            "{method} {target} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.port,
            body.len()
        );
        for (name, value) in headers {
            request.extend([name, ": ", value, "\r\n"]);
        }
        request.extend(["\r\n", body]);
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let body = [("&quot;", "\""), ("&apos;", "'"), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&")]
            .iter()
            .fold(body.to_owned(), |body, (escaped, plain)| body.replace(escaped, plain));
        Answer { status: head.split(' ').nth(1).unwrap().parse().unwrap(), head: head.to_owned(), body }
    }

    async fn ask(&self, method: &str, target: &str, headers: Headers<'_>, body: &str) -> Answer {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature={}",
            "0".repeat(64)
        );
        let own = [
            ("authorization", authorization.as_str()),
            ("x-amz-date", "20260101T000000Z"),
            ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        ];
        self.unsigned(method, target, &[&own[..], headers].concat(), body).await
    }

    /// Asks for what is granted.
    async fn done(&self, method: &str, target: &str, headers: Headers<'_>, body: &str) -> Answer {
        let answer = self.ask(method, target, headers, body).await;
        assert_eq!(answer.outcome(), "ok", "{method} {target} {headers:?}: {answer:?}");
        answer
    }

    /// Asks for what is refused: with that status and code, and in a document that says each of these.
    async fn refused(
        &self,
        (method, target): (&str, &str),
        headers: Headers<'_>,
        body: &str,
        expected: &str,
        says: &[(&str, &str)],
    ) {
        let answer = self.ask(method, target, headers, body).await;
        assert_eq!(answer.outcome(), expected, "{method} {target} {headers:?}: {answer:?}");
        for (name, text) in says {
            assert_eq!(answer.first(name), *text, "{method} {target} {headers:?}: {answer:?}");
        }
    }

    async fn put(&self, key: &str, body: &str) -> String {
        let answer = self.done("PUT", &format!("/bucket/{key}"), &[], body).await;
        answer.header("etag").unwrap().to_owned()
    }

    /// Opens the bucket to all, for those actions.
    async fn open_to_all(&self, actions: &str) {
        self.done("DELETE", "/bucket?publicAccessBlock", &[], "").await;
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":"*","Action":[{actions}],"Resource":"arn:aws:s3:::bucket/*"}}]}}"#
        );
        self.done("PUT", "/bucket?policy", &[], &policy).await;
    }
}

/// `Content-MD5` of a text.
fn md5_of(text: &str) -> String {
    BASE64.encode(Md5::digest(text))
}
