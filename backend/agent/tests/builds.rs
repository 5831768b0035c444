//! Builds of functions, and that Stop really ends them: cargo, the folder's build scripts, and what those started.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use protocol::Grants;
use serde_json::{Value, json};

#[allow(dead_code, reason = "other tests use the rest")]
mod support;
use support::{DEADLINE, Running};

const TEMPLATE: &str = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    \
    Properties:\n      CodeUri: .\n      Handler: bootstrap\n      Runtime: provided.al2023\n";

/// A compiler that is there, as far as anybody looks.
const RUSTC: &str = "#!/bin/sh\necho SYSROOT\n";
/// A build that never ends: itself, a child of its group, and one that left it.
const CARGO: &str = "#!/bin/sh\nsleep 1000 &\nchild=$!\nsetsid sh -c 'echo $$ > PLACE/left; exec sleep 1000' &\n\
    while [ ! -s PLACE/left ]; do :; done\necho \"$$ $child $(cat PLACE/left)\" > PLACE/new; mv PLACE/new PLACE/pids\nwait\n";

fn lay(place: &Path) -> String {
    let at = |name: &str| place.join(name);
    for folder in ["bin", "workspace", "sysroot/lib/rustlib/wasm32-wasip1/lib"] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    for (name, text) in [("rustc", RUSTC), ("cargo", CARGO)] {
        let file = at("bin").join(name);
        let text = text.replace("SYSROOT", &at("sysroot").display().to_string());
        fs::write(&file, text.replace("PLACE", &place.display().to_string())).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::write(at("workspace/template.yaml"), TEMPLATE).unwrap();
    fs::write(at("workspace/Cargo.toml"), "[package]\nname = \"bootstrap\"\n").unwrap();
    format!("{}:/usr/bin:/bin", at("bin").display())
}

/// Whether a process is there and no zombie.
fn runs(process: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    status.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
}

async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, waiting).await.unwrap_or_else(|_| panic!("waited in vain for {what}"));
}

/// Waits for a build, stops it, and expects that nothing of it is left.
async fn stopped(running: &Running, stop: &str, id: &Value) {
    let pids = running.folder().join("pids");
    eventually("a build", || pids.exists()).await;
    let text = fs::read_to_string(&pids).unwrap();
    let started: Vec<&str> = text.split_whitespace().collect();
    assert!(started.len() == 3 && started.iter().all(|process| runs(process)), "{started:?}");
    let mut tab = running.tab(Grants::owner()).await;
    tab.call(stop, json!({"id": id})).await.unwrap();
    eventually("the end of all of it", || !started.iter().any(|process| runs(process))).await;
    for file in [pids, running.folder().join("left")] {
        fs::remove_file(file).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_ends_a_build_with_all_that_it_started() {
    let place = Arc::new(tempfile::tempdir().unwrap());
    let path = lay(place.path());
    let running = Running::at(place, &path).await;
    let mut tab = running.tab(Grants::owner()).await;
    tab.call("trust.decide", json!({"trusted": true})).await.unwrap();

    let deployment =
        tab.call("deploy.start", json!({"template": "template.yaml", "stack": "x"})).await.unwrap();
    stopped(&running, "deploy.cancel", &deployment["id"]).await;

    let function = json!({"template": {"template": "template.yaml", "logical_id": "F"}});
    let invoke = json!({"id": "run", "function": function, "event": "{}"});
    let run = json!("run");
    let (ran, ()) =
        tokio::join!(tab.call("function.invoke", invoke), stopped(&running, "function.cancel", &run));
    assert!(ran.is_err(), "{ran:?}");
    running.end().await;
}
