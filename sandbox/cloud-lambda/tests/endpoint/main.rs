//! Layers, code signing, provisioned concurrency and what else is said of functions, through the endpoint: what clients send,
//! what they are answered, and what the engine is given.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

mod code_signing;
mod durable;
mod engines;
mod layers;
mod provisioned;
mod realms;
mod said;

use std::io::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cloud_core::{AccountId, Context};
use cloud_lambda::Lambda;
use cloud_wire::Endpoint;
use cloud_wire::listening::{Answer, DATE, Listening, NoKeys, signature};
use engine::Engines;
use engines::Fake;
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::000000000000:role/r";
const REALM: &str = "arn:aws:lambda:us-east-1:000000000000";

/// A service behind an endpoint.
struct Cloud {
    endpoint: Listening,
    lambda: Lambda,
    context: Context,
    engine: Arc<Fake>,
    folder: tempfile::TempDir,
}

impl Cloud {
    async fn start() -> Self {
        Self::open(tempfile::tempdir().unwrap(), Fake::new()).await
    }

    async fn open(folder: tempfile::TempDir, engine: Arc<Fake>) -> Self {
        let (context, _clock) = Context::for_test(folder.path());
        Self::within(context, folder, engine).await
    }

    async fn within(context: Context, folder: tempfile::TempDir, engine: Arc<Fake>) -> Self {
        let lambda = Lambda::open(context.clone(), Engines::new(vec![engine.clone()])).await.unwrap();
        let account: AccountId = context.account().clone();
        let endpoint = Endpoint::new(context.clone(), Arc::new(NoKeys))
            .with_any_key(account)
            .with_service(Arc::new(lambda.clone()))
            .with_front(Arc::new(lambda.clone()));
        let endpoint = Listening::start(endpoint).await.unwrap();
        context.set_endpoint(endpoint.url());
        Self { endpoint, lambda, context, engine, folder }
    }

    /// Another process over the same data.
    async fn again(self) -> Self {
        self.lambda.close().await;
        let Self { folder, .. } = self;
        Self::open(folder, Fake::new()).await
    }

    async fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\nx-amz-date: {DATE}\r\n\
             authorization: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.endpoint.port(),
            signature("lambda"),
            body.len()
        );
        self.endpoint.exchange(&request).await.unwrap()
    }

    #[track_caller]
    fn read(answer: &Answer, status: u16, what: &str) -> Value {
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        if answer.body.is_empty() { Value::Null } else { serde_json::from_str(&answer.body).unwrap() }
    }

    async fn get(&self, path: &str) -> Value {
        Self::read(&self.ask("GET", path, &Value::Null).await, 200, path)
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        Self::read(&self.ask("POST", path, &body).await, 201, path)
    }

    async fn put(&self, path: &str, body: Value, status: u16) -> Value {
        Self::read(&self.ask("PUT", path, &body).await, status, path)
    }

    async fn delete(&self, path: &str) {
        Self::read(&self.ask("DELETE", path, &Value::Null).await, 204, path);
    }

    /// That a request is refused, with which code, status and words.
    async fn refused(
        &self,
        (method, path): (&str, &str),
        body: Value,
        (status, code): (u16, &str),
        words: &str,
    ) {
        let answer = self.ask(method, path, &body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        let kind = answer.header("x-amzn-errortype").unwrap_or_default();
        assert!(kind.starts_with(code), "{method} {path}: {kind} {}", answer.body);
        let said: Value = serde_json::from_str(&answer.body).unwrap();
        let message = said.get("message").or_else(|| said.get("Message"));
        assert_eq!(message.and_then(Value::as_str), Some(words), "{method} {path}");
    }

    async fn function(&self, name: &str, more: Value) -> Value {
        let made = self.post("/2015-03-31/functions", function(name, more)).await;
        self.settled(name).await;
        made
    }

    async fn configure(&self, name: &str, body: Value) -> Value {
        let changed = self.put(&format!("/2015-03-31/functions/{name}/configuration"), body, 200).await;
        self.settled(name).await;
        changed
    }

    async fn configuration(&self, name: &str) -> Value {
        self.get(&format!("/2015-03-31/functions/{name}/configuration")).await
    }

    async fn settled(&self, name: &str) {
        for _ in 0..10_000 {
            let seen = self.configuration(name).await;
            if seen["State"] == "Active" && seen["LastUpdateStatus"] == "Successful" {
                return;
            }
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        panic!("{name} does not settle");
    }

    async fn invoke(&self, name: &str) -> Answer {
        self.ask("POST", &format!("/2015-03-31/functions/{name}/invocations"), &json!({})).await
    }

    /// Publishes a version of a layer of one file.
    async fn layer(&self, name: &str, file: &str, content: &str) -> Value {
        self.post(&layers(name), json!({ "Content": { "ZipFile": zipped(&[(file, content)]) } })).await
    }

    /// How many packages lie on the disk, once there are as many as that.
    async fn packages(&self, expected: usize) {
        let count = || std::fs::read_dir(self.context.folder("lambda").join("packages")).unwrap().count();
        for _ in 0..10_000 {
            if count() == expected {
                return;
            }
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        panic!("{} packages, not {expected}", count());
    }
}

fn layers(name: &str) -> String {
    format!("/2018-10-31/layers/{name}/versions")
}

fn function(name: &str, more: Value) -> Value {
    let mut all = json!({
        "FunctionName": name, "Runtime": "python3.14", "Role": ROLE, "Handler": "index.handler",
        "Code": { "ZipFile": zipped(&[("index.py", name)]) }
    });
    if let (Value::Object(members), Value::Object(more)) = (&mut all, more) {
        members.extend(more);
    }
    all
}

/// A zip file in base64.
fn zipped(files: &[(&str, &str)]) -> String {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    BASE64_STANDARD.encode(writer.finish().unwrap().into_inner())
}
