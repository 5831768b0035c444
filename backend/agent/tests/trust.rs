//! What runs of a folder before its owner trusts it: nothing. A folder where everything that could run leaves a trace, and
//! programs beside it that do.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use protocol::{ErrorCode, Grants};
use serde_json::{Value, json};

#[allow(dead_code, reason = "other tests use the rest")]
mod support;
use support::{DEADLINE, Running};

/// Programs that a folder's files are run by, all found in `PATH` before any other.
const PROGRAMS: [&str; 12] = [
    "cargo",
    "rustc",
    "rustup",
    "rust-analyzer",
    "basedpyright-langserver",
    "pyright-langserver",
    "pylsp",
    "typescript-language-server",
    "node",
    "python3",
    "git",
    "direnv",
];

/// Files by which a folder has something run. `CANARY` is the file that it leaves its trace in.
const FILES: [(&str, &str); 19] = [
    ("Cargo.toml", "[package]\nname = \"x\"\nversion = \"0.1.0\"\n[dependencies]\nm = { path = \"m\" }\n"),
    ("src/main.rs", "fn main() {}\n"),
    ("build.rs", "fn main() { std::fs::write(\"CANARY\", \"build.rs\").unwrap(); }"),
    ("m/Cargo.toml", "[package]\nname = \"m\"\nversion = \"0.1.0\"\n[lib]\nproc-macro = true\n"),
    ("m/src/lib.rs", ""),
    (
        ".cargo/config.toml",
        "[build]\nrustc-wrapper = \"./touch\"\n[target.wasm32-wasip1]\nrunner = \"./touch\"\n",
    ),
    ("rust-toolchain.toml", "[toolchain]\npath = \"./toolchain\"\n"),
    ("toolchain/bin/rustc", "#!/bin/sh\necho toolchain >> CANARY\n"),
    ("touch", "#!/bin/sh\necho touch >> CANARY\n"),
    (".git/config", "[core]\n\tfsmonitor = ./touch\n\thooksPath = .git/hooks\n"),
    (".git/hooks/post-checkout", "#!/bin/sh\necho hook >> CANARY\n"),
    (
        ".vscode/tasks.json",
        "{\"tasks\": [{\"command\": \"./touch\", \"runOptions\": {\"runOn\": \"folderOpen\"}}]}",
    ),
    (".vscode/settings.json", "{\"rust-analyzer.server.path\": \"./touch\"}"),
    (".envrc", "./touch\n"),
    (".bashrc", "./touch\n"),
    ("package.json", "{\"scripts\": {\"postinstall\": \"./touch\"}}"),
    ("index.ts", "export {};\n"),
    ("app.py", "x = 1\n"),
    (
        "template.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n\
         \x20     CodeUri: .\n      Handler: bootstrap\n      Runtime: provided.al2023\n",
    ),
];

/// A folder of which everything leaves a trace, and a `PATH` whose programs do.
fn lay(place: &Path) -> String {
    let canary = place.join("canary").display().to_string();
    let write = |path: &Path, text: &str| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.replace("CANARY", &canary)).unwrap();
        let mode = if text.starts_with("#!") { 0o755 } else { 0o644 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for (path, text) in FILES {
        write(&place.join("workspace").join(path), text);
    }
    for program in PROGRAMS {
        write(&place.join("bin").join(program), &format!("#!/bin/sh\necho {program} >> CANARY\n"));
    }
    format!("{}:/usr/bin:/bin", place.join("bin").display())
}

fn traces(running: &Running) -> String {
    fs::read_to_string(running.folder().join("canary")).unwrap_or_default()
}

async fn until_traced(running: &Running, program: &str) {
    let waiting = async {
        while !traces(running).contains(program) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, waiting).await.unwrap_or_else(|_| panic!("{program} never ran"));
}

fn invoke(id: &str) -> Value {
    json!({"id": id, "function": {"template": {"template": "template.yaml", "logical_id": "F"}}, "event": "{}"})
}

/// All that a person does in a folder, with what is refused before trust.
fn calls() -> Vec<(&'static str, Value, Option<ErrorCode>)> {
    let open = |path: &str, channel: u32| ("document.open", json!({"path": path, "channel": channel}), None);
    let restricted = Some(ErrorCode::Restricted);
    vec![
        ("workspace.describe", json!({}), None),
        ("file.list", json!({"path": ""}), None),
        open("src/main.rs", 1),
        open("index.ts", 2),
        open("app.py", 3),
        ("file.create", json!({"path": "new.rs"}), None),
        ("language.list", json!({}), None),
        ("language.attach", json!({"language": "rust", "channel": 4}), None),
        ("language.restart", json!({"language": "rust"}), restricted),
        ("function.list", json!({}), None),
        ("function.invoke", invoke("1"), restricted),
        ("deploy.templates", json!({}), None),
        ("deploy.start", json!({"template": "template.yaml", "stack": "x"}), restricted),
        ("cloud.describe", json!({}), None),
        // A terminal is the person's own act.
        ("terminal.open", json!({"size": {"columns": 80, "rows": 24}}), None),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_folder_runs_before_its_owner_trusts_it() {
    let place = Arc::new(tempfile::tempdir().unwrap());
    let path = lay(place.path());
    let running = Running::at(Arc::clone(&place), &path).await;
    let mut owner = running.tab(Grants::owner()).await;
    let described = owner.call("trust.describe", json!({})).await.unwrap();
    assert_eq!(described["decision"], "unasked");
    let listed = described["runs"].to_string();
    for path in [
        "build.rs",
        "m/Cargo.toml",
        ".cargo/config.toml",
        "rust-toolchain.toml",
        ".git/config",
        "template.yaml",
    ] {
        assert!(listed.contains(path), "{path} is not in {listed}");
    }
    for grants in [Grants::reader(), Grants::writer()] {
        let mut member = running.tab(grants.clone()).await;
        let refused = member.call("trust.decide", json!({"trusted": true})).await;
        assert_eq!(refused, Err(ErrorCode::Forbidden), "{grants:?}");
    }
    for (method, params, refused) in calls() {
        assert_eq!(owner.call(method, params).await.err(), refused, "{method}");
    }
    assert_eq!(owner.call("trust.decide", json!({"trusted": false})).await, Ok(Value::Null));
    assert_eq!(traces(&running), "", "something ran");

    // The same folder, trusted: everything waits for nothing but that.
    assert_eq!(owner.call("trust.decide", json!({"trusted": true})).await, Ok(Value::Null));
    for server in ["rust-analyzer", "basedpyright-langserver", "typescript-language-server"] {
        until_traced(&running, server).await;
    }
    let built = owner.call("function.invoke", invoke("2")).await;
    assert_ne!(built, Err(ErrorCode::Restricted));
    running.end().await;

    // Kept over a restart, and taken back for good.
    fs::remove_file(place.path().join("canary")).unwrap();
    let running = Running::at(Arc::clone(&place), &path).await;
    let mut owner = running.tab(Grants::owner()).await;
    assert_eq!(owner.call("trust.describe", json!({})).await.unwrap()["decision"], "trusted");
    owner.call("document.open", json!({"path": "src/main.rs", "channel": 1})).await.unwrap();
    until_traced(&running, "rust-analyzer").await;
    assert_eq!(owner.call("trust.decide", json!({"trusted": false})).await, Ok(Value::Null));
    assert_eq!(owner.call("function.invoke", invoke("3")).await, Err(ErrorCode::Restricted));
    running.end().await;

    let running = Running::at(place, &path).await;
    let mut owner = running.tab(Grants::owner()).await;
    assert_eq!(owner.call("trust.describe", json!({})).await.unwrap()["decision"], "browse-only");
    assert_eq!(
        owner.call("deploy.start", json!({"template": "template.yaml", "stack": "x"})).await.err(),
        Some(ErrorCode::Restricted)
    );
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_folder_is_asked_anew() {
    let place = Arc::new(tempfile::tempdir().unwrap());
    let running = Running::at(Arc::clone(&place), "/usr/bin:/bin").await;
    let mut owner = running.tab(Grants::owner()).await;
    owner.call("trust.decide", json!({"trusted": true})).await.unwrap();
    running.end().await;
    fs::rename(place.path().join("workspace"), place.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink(place.path().join("elsewhere"), place.path().join("workspace")).unwrap();
    let running = Running::at(Arc::clone(&place), "/usr/bin:/bin").await;
    let mut owner = running.tab(Grants::owner()).await;
    let described = owner.call("trust.describe", json!({})).await.unwrap();
    assert_eq!(described["decision"], "unasked", "the name leads to another folder now");
    running.end().await;
}
