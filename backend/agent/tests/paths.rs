//! Paths and parameters as a stranger writes them, in every message that takes one: each is read once, and what is no path
//! of the workspace is refused before anything is looked at.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};

use protocol::{ErrorCode, Grants};
use serde_json::{Value, json};

#[allow(dead_code, reason = "other tests use the rest")]
mod support;
use support::Running;

/// A channel that no message used before.
fn channel() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Every message with a path, and its parameters for one.
fn messages(path: &str) -> Vec<(&'static str, Value)> {
    let function = json!({"template": {"template": path, "logical_id": "F"}});
    let mut messages = reading(path);
    messages.extend([
        ("file.watch", json!({"folders": [path]})),
        ("file.create", json!({"path": path})),
        ("file.create-folder", json!({"path": path})),
        ("file.rename", json!({"from": "kept", "to": path})),
        ("file.copy", json!({"from": "kept", "to": path})),
        ("file.upload", json!({"path": path, "channel": channel(), "size": 0})),
        ("file.set-aside", json!({"path": path, "text": ""})),
        ("file.restore", json!({"id": "0-0", "to": path})),
        ("search.find", json!({"query": {"pattern": "a", "files": [path]}, "channel": channel()})),
        (
            "search.replace",
            json!({
                "step": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "query": {"pattern": "a"}, "replacement": "b",
                "files": [{"path": path, "matches": []}],
            }),
        ),
        ("terminal.open", json!({"size": {"columns": 80, "rows": 24}, "folder": path})),
        ("function.save-event", json!({"function": function, "name": "x", "body": "1"})),
        ("function.delete-event", json!({"function": function, "name": "x"})),
        ("function.invoke", json!({"id": "1", "function": function, "event": "1"})),
        ("deploy.start", json!({"template": path, "stack": "x"})),
    ]);
    messages
}

/// Those that need something to be there.
fn reading(path: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("file.list", json!({"path": path})),
        ("file.download", json!({"path": path, "channel": channel()})),
        ("file.rename", json!({"from": path, "to": "moved"})),
        ("file.copy", json!({"from": path, "to": "copied"})),
        ("file.delete", json!({"paths": [path]})),
        ("document.open", json!({"path": path, "channel": channel()})),
        ("document.compare", json!({"path": path})),
        ("document.save", json!({"path": path})),
        ("document.revert", json!({"path": path})),
        ("document.reopen", json!({"path": path, "encoding": "utf-8"})),
        ("document.convert", json!({"path": path, "encoding": "utf-8"})),
        ("function.list-events", json!({"function": {"template": {"template": path, "logical_id": "F"}}})),
    ]
}

/// Messages without a path: a new one with one belongs above.
const PATHLESS: [&str; 59] = [
    "workspace.describe",
    "trust.describe",
    "trust.decide",
    "layout.load",
    "layout.save",
    "settings.load",
    "settings.change-own",
    "settings.change-workspace",
    "file.find",
    "file.cancel",
    "file.trash",
    "file.purge",
    "document.close",
    "document.list",
    "search.cancel",
    "search.undo",
    "search.replacements",
    "terminal.list",
    "terminal.attach",
    "terminal.detach",
    "terminal.resize",
    "terminal.rename",
    "terminal.close",
    "language.list",
    "language.problems",
    "language.attach",
    "language.detach",
    "language.restart",
    "language.read-source",
    "function.list",
    "function.cancel",
    "function.triggers",
    "function.set-trigger",
    "function.add-trigger",
    "function.remove-trigger",
    "configuration.describe",
    "configuration.change",
    "configuration.figures",
    "version.list",
    "version.publish",
    "version.delete",
    "version.put-alias",
    "version.delete-alias",
    "concurrency.describe",
    "concurrency.reserve",
    "concurrency.provision",
    "deploy.list",
    "deploy.cancel",
    "deploy.templates",
    "cloud.describe",
    "cloud.logs",
    "cloud.try-route",
    "cloud.delete-stack",
    "queue.describe",
    "queue.send",
    "queue.purge",
    "queue.redrive",
    "topic.describe",
    "topic.publish",
];

#[test]
fn every_message_with_a_path_is_tried() {
    let tried = messages("");
    for method in protocol::methods() {
        let is_tried = tried.iter().any(|(name, _)| *name == method.name);
        assert_ne!(is_tried, PATHLESS.contains(&method.name), "{}", method.name);
    }
}

#[tokio::test]
async fn what_is_no_path_of_the_workspace_is_refused_by_every_message() {
    let running = Running::start().await;
    fs::write(running.folder().join("workspace/kept"), "kept").unwrap();
    let mut tab = running.tab(Grants::owner()).await;
    let long = "n/".repeat(2048) + "n";
    for path in [
        "..",
        "../../etc/passwd",
        "a/../../x",
        "a/./b",
        "a/..",
        "/etc/passwd",
        "//etc/passwd",
        "///",
        "a//b",
        "a/",
        "file:///etc/passwd",
        "kept\0.png",
        "\u{10FF2E}\u{10FF2E}/x",
        "\u{10FF2F}etc",
        "\u{10FFC3}\u{10FFA9}",
        &long,
    ] {
        for (method, params) in messages(path) {
            assert_eq!(tab.call(method, params).await, Err(ErrorCode::Invalid), "{method} {path:?}");
        }
    }
    let left: Vec<_> = fs::read_dir(running.folder().join("workspace"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["kept"]);
    running.end().await;
}

/// Names that mean a way out to somebody else: here they are names, decoded by nobody.
#[tokio::test]
async fn paths_are_never_decoded_again() {
    let running = Running::start().await;
    let folder = running.folder().join("workspace/sub");
    fs::create_dir_all(&folder).unwrap();
    fs::write(running.folder().join("passwd"), "secret").unwrap();
    let mut tab = running.tab(Grants::owner()).await;
    for name in [
        "%2e%2e%2fpasswd",
        "..%2fpasswd",
        "%2e%2e",
        "..%5cpasswd",
        "%252e%252e%252fpasswd",
        "..%c0%afpasswd",
        "..\\passwd",
        "\u{ff0e}\u{ff0e}\u{ff0f}passwd",
        "\u{2025}",
        "... ",
        "kept%00.png",
        "~root",
        "$HOME",
    ] {
        for path in [name.to_owned(), format!("sub/{name}"), format!("{name}/passwd")] {
            for (method, params) in reading(&path) {
                assert_eq!(tab.call(method, params).await, Err(ErrorCode::NotFound), "{method} {path:?}");
            }
        }
        assert_eq!(tab.call("file.create", json!({"path": format!("sub/{name}")})).await, Ok(Value::Null));
        assert!(folder.join(name).is_file(), "{name}");
        let deleted = tab.call("file.delete", json!({"paths": [format!("sub/{name}")]})).await;
        assert!(deleted.is_ok(), "{name}");
    }
    assert_eq!(fs::read_to_string(running.folder().join("passwd")).unwrap(), "secret");
    running.end().await;
}

/// The name of a function becomes a folder's.
#[tokio::test]
async fn events_of_what_is_no_function_are_nowhere() {
    let running = Running::start().await;
    let template = "Transform: AWS::Serverless-2016-10-31\nResources: {}\n";
    fs::create_dir_all(running.folder().join("workspace/app")).unwrap();
    fs::write(running.folder().join("workspace/app/template.yaml"), template).unwrap();
    fs::write(running.folder().join("workspace/x.json"), "1").unwrap();
    let mut tab = running.tab(Grants::owner()).await;
    let call = |id: &str| json!({"template": {"template": "app/template.yaml", "logical_id": id}});
    for id in ["..", "../..", "a/b", "/etc", "", ".", "a\0", "a\nb", "\u{e9}", &"n".repeat(256)] {
        for (method, params) in [
            ("function.list-events", json!({"function": call(id)})),
            ("function.save-event", json!({"function": call(id), "name": "x", "body": "2"})),
            ("function.delete-event", json!({"function": call(id), "name": "x"})),
        ] {
            assert_eq!(tab.call(method, params).await, Err(ErrorCode::Invalid), "{method} {id:?}");
        }
    }
    let save = json!({"function": call("F"), "name": "x", "body": "2"});
    assert!(tab.call("function.save-event", save).await.is_ok());
    assert_eq!(fs::read_to_string(running.folder().join("workspace/app/events/F/x.json")).unwrap(), "2");
    assert_eq!(fs::read_to_string(running.folder().join("workspace/x.json")).unwrap(), "1");
    running.end().await;
}

/// Pipes where templates, their settings and events are looked for: nobody waits for who would write into them.
#[tokio::test]
async fn pipes_in_the_place_of_templates_hold_nobody_up() {
    let running = Running::start().await;
    let at = |name: &str| running.folder().join("workspace").join(name);
    fs::create_dir_all(at("app/events/F")).unwrap();
    fs::write(at("app/template.yaml"), "Transform: AWS::Serverless-2016-10-31\nResources: {}\n").unwrap();
    for pipe in ["pipe.yaml", "app/samconfig.toml", "app/events/F/x.json", ".gitignore", "build.rs", ".envrc"]
    {
        let made = std::process::Command::new("mkfifo").arg(at(pipe)).status().unwrap();
        assert!(made.success());
    }
    std::os::unix::fs::symlink("../pipe.yaml", at("app/template.yml")).unwrap();
    let mut tab = running.tab(Grants::owner()).await;
    tab.call("trust.decide", json!({"trusted": true})).await.unwrap();
    let templates = tab.call("deploy.templates", json!({})).await.unwrap();
    assert_eq!(templates[0]["path"], "app/template.yaml", "{templates}");
    assert_eq!(tab.call("function.list", json!({})).await, Ok(json!([])));
    let of = |template: &str| json!({"template": {"template": template, "logical_id": "F"}});
    let events =
        tab.call("function.list-events", json!({"function": of("app/template.yaml")})).await.unwrap();
    assert!(events.as_array().unwrap().iter().all(|event| event["path"].is_null()), "{events}");
    for pipe in ["pipe.yaml", "app/template.yml", "app"] {
        for (method, params) in [
            ("function.list-events", json!({"function": of(pipe)})),
            ("function.invoke", json!({"id": "1", "function": of(pipe), "event": "1"})),
            ("deploy.start", json!({"template": pipe, "stack": "x"})),
        ] {
            assert_eq!(tab.call(method, params).await, Err(ErrorCode::Unsupported), "{method} {pipe}");
        }
    }
    assert_eq!(
        tab.call("file.find", json!({"query": "yaml", "limit": 9})).await.unwrap()[0]["path"],
        "app/template.yaml"
    );
    running.end().await;
}

#[tokio::test]
async fn parameters_of_any_shape_are_refused_without_harm() {
    let running = Running::start().await;
    let mut tab = running.tab(Grants::owner()).await;
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    let (lists, maps) = (deep("[", "]"), format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000)));
    for (method, params) in [
        ("file.list", lists.clone()),
        ("file.list", maps.clone()),
        ("file.list", format!("{{\"path\":{lists}}}")),
        ("layout.save", format!("{{\"layout\":{lists}}}")),
        ("layout.save", format!("{{\"layout\":{maps}}}")),
        ("file.list", r#"{"path":"a","path":"b"}"#.into()),
        ("file.list", r#"{"path":"","__proto__":{}}"#.into()),
        ("file.list", r#"{"__proto__":{"path":""}}"#.into()),
        ("file.list", "{}".into()),
        ("file.list", "null".into()),
        ("file.find", r#"{"query":"","limit":1e999}"#.into()),
        ("file.find", r#"{"query":"","limit":-1}"#.into()),
        ("file.find", r#"{"query":"","limit":1.5}"#.into()),
        ("file.download", r#"{"path":"a","channel":4294967296}"#.into()),
        ("file.list", r#"{"path":"\ud800"}"#.into()),
        ("layout.save", r#"{"layout":1e999}"#.into()),
    ] {
        let shown: String = params.chars().take(60).collect();
        assert_eq!(tab.call_raw(method, params).await, Err(ErrorCode::Invalid), "{method} {shown}");
    }
    let kept = r#"{"layout":{"__proto__":{"a":1},"constructor":2}}"#;
    assert_eq!(tab.call_raw("layout.save", kept.into()).await, Ok(Value::Null));
    assert_eq!(
        tab.call("layout.load", json!({})).await.unwrap()["__proto__"]["a"],
        1,
        "data and nothing more"
    );
    running.end().await;
}
