//! A function's keys at the whole cloud's endpoint, in each mode: what its role allows, and nothing else.

use std::{path::Path, process::Stdio};

use cloud_core::{Arn, IssuedKeys, Permissions};
use cloud_wire::Endpoint;
use tokio::{net::TcpListener, process::Command};
use tokio_util::sync::CancellationToken;

use super::tests::opened_with;
use super::*;

const PREPARE: &str = include_str!("permissions/prepare.py");
const TRY: &str = include_str!("permissions/try.py");

/// Runs a script against the cloud.
async fn run(script: &str, url: &str, keys: (&str, &str, &str), mode: Permissions) {
    let output = Command::new("python3")
        .args(["-c", script])
        .env("AWS_ENDPOINT_URL", url)
        .env("AWS_ACCESS_KEY_ID", keys.0)
        .env("AWS_SECRET_ACCESS_KEY", keys.1)
        .env("AWS_SESSION_TOKEN", keys.2)
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_MAX_ATTEMPTS", "1")
        .env("MODE", mode.as_str())
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{mode:?}: {}", String::from_utf8_lossy(&output.stderr));
}

async fn check(folder: &Path, mode: Permissions) {
    let (context, services) = opened_with(folder, mode).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let bare = Endpoint::new(context.clone(), services.keys.clone());
    let endpoint = services.first.all.iter().cloned().fold(bare, Endpoint::with_service);
    let shutdown = CancellationToken::new();
    let served = tokio::spawn(endpoint.serve(listener, shutdown.clone()));
    run(PREPARE, &url, ("AKIA", "secret", ""), mode).await;
    let role: Arn = "arn:aws:iam::000000000000:role/team/reader".parse().unwrap();
    let issuer = context.peers().issuer().unwrap();
    let keys: IssuedKeys = issuer.issue(&role, "function", Duration::from_mins(10)).await.unwrap();
    let keys = (&*keys.access_key_id, keys.secret.expose(), &*keys.session_token);
    run(TRY, &url, keys, mode).await;
    shutdown.cancel();
    served.await.unwrap().unwrap();
    services.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_may_do_what_its_role_allows() {
    for mode in [Permissions::Enforce, Permissions::Report, Permissions::Off] {
        let folder = tempfile::tempdir().unwrap();
        check(folder.path(), mode).await;
    }
}
