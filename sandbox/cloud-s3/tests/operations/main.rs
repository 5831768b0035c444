//! Operations of S3 through the endpoint, as clients send them and read the answers: what AWS does with them, and above all
//! what it refuses.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

mod buckets;
mod forms;
mod listings;
mod notifications;
mod objects;
mod uploads;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cloud_core::{
    Access, Arn, Authority, AwsError, Caller, ConditionKeys, Context, Delivered, Delivery, Denial, PortError,
    Target,
};
use cloud_s3::S3;
use cloud_wire::Endpoint;
use cloud_wire::listening::{Answer, DATE, Listening, NoKeys, signature};
use md5::{Digest, Md5};
use tokio::sync::Notify;

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

/// What takes deliveries, unless it is called `none`, which is not there, or `shut`, which lets nobody in.
#[derive(Default)]
struct Taking {
    taken: Mutex<Vec<Delivery>>,
    came: Notify,
}

#[async_trait]
impl Target for Taking {
    async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        self.admits(&delivery).await?;
        self.taken.lock().unwrap().push(delivery);
        self.came.notify_one();
        Ok(Delivered::default())
    }

    async fn admits(&self, delivery: &Delivery) -> Result<(), PortError> {
        match delivery.target.resource_id() {
            "none" => Err(PortError::Gone(AwsError::new("NotFound", "none").status(404))),
            "shut" => Err(PortError::Refused(AwsError::access_denied("shut"))),
            _ => Ok(()),
        }
    }
}

/// A cloud of S3 with a bucket `bucket`.
struct Cloud {
    endpoint: Listening,
    taking: Arc<Taking>,
    _folder: tempfile::TempDir,
}

type Headers<'a> = &'a [(&'a str, &'a str)];

trait Outcome {
    /// The text of the first element of that name; none where there is none.
    fn first(&self, name: &str) -> &str;
    /// Status and code of a refusal, `ok` where it is none.
    fn outcome(&self) -> String;
}

impl Outcome for Answer {
    fn first(&self, name: &str) -> &str {
        self.all(name).first().copied().unwrap_or("none")
    }

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
        let taking = Arc::new(Taking::default());
        for service in ["events", "sqs", "sns", "lambda"] {
            context.peers().add_target(service, taking.clone());
        }
        let s3 = S3::open(context.clone()).await.unwrap();
        let account = context.account().clone();
        let endpoint =
            Endpoint::new(context, Arc::new(NoKeys)).with_any_key(account).with_service(Arc::new(s3));
        let cloud = Self { endpoint: Listening::start(endpoint).await.unwrap(), taking, _folder: folder };
        cloud.done("PUT", "/bucket", &[], "").await;
        cloud
    }

    /// A request that nobody signed.
    async fn unsigned(&self, method: &str, target: &str, headers: Headers<'_>, body: &str) -> Answer {
        let mut request = format!(
            "{method} {target} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.endpoint.port(),
            body.len()
        );
        for (name, value) in headers {
            request.extend([name, ": ", value, "\r\n"]);
        }
        request.extend(["\r\n", body]);
        self.endpoint.exchange(&request).await.unwrap().unescaped()
    }

    async fn ask(&self, method: &str, target: &str, headers: Headers<'_>, body: &str) -> Answer {
        let authorization = signature("s3");
        let own = [
            ("authorization", authorization.as_str()),
            ("x-amz-date", DATE),
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
