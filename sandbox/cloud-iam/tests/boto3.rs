//! boto3 and the endpoint, over a real socket: identity, roles, sessions, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test's helper")]

use std::process::Stdio;

use cloud_core::{Context, Settings};
use cloud_wire::Endpoint;
use cloud_wire::listening::Listening;
use tokio::process::Command;

/// Runs a script with the cloud's address and keys in its environment.
async fn check(script: &str) {
    let folder = tempfile::tempdir().unwrap();
    let context = Context::new(Settings::new(folder.path()));
    let iam = cloud_iam::open(&context, None).await.unwrap();
    let endpoint = Endpoint::new(context, iam.clone()).with_service(iam.clone()).with_service(iam.sts());
    let endpoint = Listening::start(endpoint).await.unwrap();
    let output = Command::new("python3")
        .arg("-c")
        .arg(script)
        .env("AWS_ENDPOINT_URL", endpoint.url())
        .env("AWS_ACCESS_KEY_ID", &iam.root().access_key_id)
        .env("AWS_SECRET_ACCESS_KEY", iam.root().secret.expose())
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_MAX_ATTEMPTS", "1")
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn identity_and_refusals() {
    check(include_str!("identity.py")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_sessions() {
    check(include_str!("roles.py")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_are_simulated() {
    check(include_str!("simulate.py")).await;
}
