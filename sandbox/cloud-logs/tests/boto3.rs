//! boto3 and the AWS CLI against the endpoint, over a real socket.
#![allow(clippy::unwrap_used, reason = "a test's helper")]

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::Arc;

use cloud_core::{
    AccountId, Context, Credential, CredentialStore, LogLine, LogSink, Principal, SecretKey, Settings,
};
use cloud_wire::Endpoint;
use cloud_wire::listening::Listening;
use tokio::process::Command;

/// The one key pair of these tests.
struct OneKey;

impl CredentialStore for OneKey {
    fn find(&self, access_key_id: &str) -> Option<Credential> {
        let principal = Principal::root(&AccountId::default());
        let keys = HashMap::from([("AKIATEST", "secret")]);
        let secret = SecretKey::new(*keys.get(access_key_id)?);
        Some(Credential { secret, session_token: None, expires: None, principal })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_streams_and_events() {
    let folder = tempfile::tempdir().unwrap();
    let context = Context::new(Settings::new(folder.path()));
    let logs = cloud_logs::open(&context).await.unwrap();
    let line = LogLine { timestamp_ms: context.clock().now_ms(), message: "START of a function".into() };
    logs.put("/aws/lambda/hello", "2026/01/01/[$LATEST]abc", vec![line]).await.unwrap();

    let endpoint = Endpoint::new(context, Arc::new(OneKey)).with_service(logs);
    let endpoint = Listening::start(endpoint).await.unwrap();
    let output = Command::new("python3")
        .args(["-c", include_str!("logs.py")])
        .env("AWS_ENDPOINT_URL", endpoint.url())
        .env("AWS_ACCESS_KEY_ID", "AKIATEST")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_MAX_ATTEMPTS", "1")
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
