//! Tabs whose connection is dropped wherever its serving waits, for every call of the protocol: each is done, what is
//! answered then is what lies on disk, and nobody else notices.

use std::path::Path;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use ide_core::abandon;
use ide_core::link;
use ide_core::relay::{RelayCodec, RelayFrame};
use ide_core::somebody::{somebody, workspace};
use protocol::link::{Outcome, ToAgent, ToBrowser};
use protocol::relay::Kind;
use protocol::{CallError, ErrorCode, Grants, Principal};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio_util::codec::Framed;

use super::*;
use crate::cloud::Cloud;
use crate::{Mode, RootKeys};

/// Longer than anything here takes, shorter than patience.
const PATIENCE: Duration = Duration::from_mins(1);

const TEMPLATE: &str = "Resources:\n  H:\n    Type: AWS::CloudFormation::WaitConditionHandle\n";

/// What is asked: of an agent that has what [`Bench::furnish`] made.
type Params = fn(&Made) -> Value;

/// What was made for the calls.
#[derive(Default)]
struct Made {
    terminal: Value,
    trashed: Value,
}

fn function() -> Value {
    json!({ "template": { "template": "template.yaml", "logical_id": "F" } })
}

/// Every call of the protocol, with parameters that it takes.
const CALLS: &[(&str, Params)] = &[
    ("workspace.describe", |_| json!({})),
    ("trust.describe", |_| json!({})),
    ("trust.decide", |_| json!({ "trusted": true })),
    ("layout.load", |_| json!({})),
    ("layout.save", |_| json!({ "layout": { "panels": [] } })),
    ("settings.load", |_| json!({})),
    ("settings.change-own", |_| json!({ "change": { "value": { "id": "editor.tabSize", "value": 2 } } })),
    (
        "settings.change-workspace",
        |_| json!({ "change": { "value": { "id": "editor.tabSize", "value": 2 } } }),
    ),
    ("file.list", |_| json!({ "path": "" })),
    ("file.find", |_| json!({ "query": "a", "limit": 10 })),
    ("file.watch", |_| json!({ "folders": ["src"] })),
    ("file.download", |_| json!({ "path": "a.txt", "channel": 7 })),
    ("file.cancel", |_| json!({ "channel": 7 })),
    ("file.create", |_| json!({ "path": "new/x.txt" })),
    ("file.create-folder", |_| json!({ "path": "new/folder" })),
    ("file.rename", |_| json!({ "from": "a.txt", "to": "src/b.txt" })),
    ("file.copy", |_| json!({ "from": "a.txt", "to": "src/b.txt" })),
    ("file.delete", |_| json!({ "paths": ["a.txt", "src"] })),
    ("file.upload", |_| json!({ "path": "up.txt", "channel": 7, "size": 0 })),
    ("file.trash", |_| json!({})),
    ("file.set-aside", |_| json!({ "path": "a.txt", "text": "typed" })),
    ("file.restore", |made| json!({ "id": made.trashed })),
    ("file.purge", |made| json!({ "ids": [made.trashed] })),
    ("document.open", |_| json!({ "path": "a.txt", "channel": 7 })),
    ("document.close", |_| json!({ "channel": 7 })),
    ("document.list", |_| json!({})),
    ("document.compare", |_| json!({ "path": "open.txt" })),
    ("document.save", |_| json!({ "path": "open.txt" })),
    ("document.revert", |_| json!({ "path": "open.txt" })),
    ("document.reopen", |_| json!({ "path": "open.txt", "encoding": "euc-kr" })),
    ("document.convert", |_| json!({ "path": "open.txt", "line_ending": "cr-lf" })),
    ("search.find", |_| json!({ "query": { "pattern": "a" }, "channel": 7 })),
    ("search.cancel", |_| json!({ "channel": 7 })),
    ("search.replace", |_| {
        json!({
            "step": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "query": { "pattern": "a" }, "replacement": "b",
            "files": [{ "path": "a.txt", "matches": [{ "line": 0, "character": 0 }] }],
        })
    }),
    ("search.undo", |_| json!({ "step": "6ba7b810-9dad-11d1-80b4-00c04fd430c8" })),
    ("search.replacements", |_| json!({})),
    ("terminal.open", |_| json!({ "size": { "columns": 80, "rows": 24 } })),
    ("terminal.list", |_| json!({})),
    ("terminal.attach", |made| json!({ "terminal": made.terminal, "channel": 7, "mark": "m" })),
    ("terminal.detach", |_| json!({ "channel": 7 })),
    ("terminal.resize", |_| json!({ "channel": 7, "size": null })),
    ("terminal.rename", |made| json!({ "terminal": made.terminal, "name": "renamed" })),
    ("terminal.close", |made| json!({ "terminal": made.terminal, "anyway": true })),
    ("language.list", |_| json!({})),
    ("language.problems", |_| json!({})),
    ("language.attach", |_| json!({ "language": "rust", "channel": 7 })),
    ("language.detach", |_| json!({ "channel": 7 })),
    ("language.restart", |_| json!({ "language": "rust" })),
    ("language.read-source", |_| json!({ "uri": "file:///nowhere.rs" })),
    ("cloud.describe", |_| json!({})),
    ("cloud.logs", |_| json!({ "group": "g" })),
    ("cloud.try-route", |_| json!({ "method": "GET", "url": "/", "headers": [], "body": "" })),
    ("cloud.delete-stack", |_| json!({ "name": "s" })),
    ("queue.describe", |_| json!({ "name": "q" })),
    (
        "queue.send",
        |_| json!({ "name": "q", "text": "t", "delay_seconds": null, "group": null, "deduplication": null }),
    ),
    ("queue.purge", |_| json!({ "name": "q" })),
    ("queue.redrive", |_| json!({ "name": "q" })),
    ("topic.describe", |_| json!({ "arn": "arn:aws:sns:us-east-1:000000000000:t" })),
    (
        "topic.publish",
        |_| json!({ "arn": "arn:aws:sns:us-east-1:000000000000:t", "text": "t", "subject": null, "group": null, "deduplication": null, "attributes": [] }),
    ),
    ("function.list", |_| json!({})),
    ("function.invoke", |_| json!({ "id": "i", "function": { "deployed": { "name": "f" } }, "event": "{}" })),
    ("function.cancel", |_| json!({ "id": "i" })),
    ("function.triggers", |_| json!({ "name": "f" })),
    ("function.set-trigger", |_| json!({ "id": "u", "enabled": false })),
    (
        "function.add-trigger",
        |_| json!({ "name": "f", "source": "arn:aws:sns:us-east-1:000000000000:t", "batch_size": null }),
    ),
    (
        "function.remove-trigger",
        |_| json!({ "name": "f", "trigger": { "service": "sqs", "source": "s", "id": "u", "state": null, "last_result": null, "batch_size": null } }),
    ),
    ("function.list-events", |_| json!({ "function": function() })),
    ("function.save-event", |_| json!({ "function": function(), "name": "e", "body": "{}" })),
    ("function.delete-event", |_| json!({ "function": function(), "name": "kept" })),
    ("configuration.describe", |_| json!({ "name": "f" })),
    ("configuration.change", |_| json!({ "name": "f", "memory_mb": 256 })),
    ("configuration.figures", |_| json!({ "name": "f" })),
    ("version.list", |_| json!({ "name": "f" })),
    ("version.publish", |_| json!({ "name": "f", "description": "" })),
    ("version.delete", |_| json!({ "name": "f", "version": "1" })),
    (
        "version.put-alias",
        |_| json!({ "name": "f", "is_new": true, "alias": { "name": "live", "description": "", "version": "1", "second": null } }),
    ),
    ("version.delete-alias", |_| json!({ "name": "f", "alias": "live" })),
    ("concurrency.describe", |_| json!({ "name": "f" })),
    ("concurrency.reserve", |_| json!({ "name": "f", "reserved": 1 })),
    ("concurrency.provision", |_| json!({ "name": "f", "qualifier": "live", "wanted": 1 })),
    ("deploy.start", |_| json!({ "template": "template.yaml", "stack": "s" })),
    ("deploy.list", |_| json!({})),
    ("deploy.cancel", |_| json!({ "id": "d" })),
    ("deploy.templates", |_| json!({})),
];

/// What must be the same after a start.
const KEPT: &[(&str, Params)] = &[
    ("file.list", |_| json!({ "path": "" })),
    ("file.trash", |_| json!({})),
    ("document.list", |_| json!({})),
    ("layout.load", |_| json!({})),
    ("settings.load", |_| json!({})),
    ("trust.describe", |_| json!({})),
    ("function.list-events", |_| json!({ "function": function() })),
];

/// An IDE half and its cloud, in a place of their own.
struct Bench {
    place: tempfile::TempDir,
    config: AgentConfig,
    cloud: Cloud,
    ide: Ide,
}

impl Bench {
    async fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let path = place.path().join(name);
            std::fs::create_dir_all(&path).unwrap();
            path
        };
        let workspace = WorkspaceConfig {
            id: workspace(),
            folder: folder("workspace"),
            socket: place.path().join("agent.sock"),
            shell: "/bin/sh".into(),
            isolation: "none".into(),
            path: "/usr/bin:/bin".into(),
            home: folder("home"),
        };
        let config = AgentConfig {
            mode: Mode::Workspace(workspace),
            data_dir: folder("data"),
            cloud_listen: "127.0.0.1:0".parse().unwrap(),
            region: "us-east-1".into(),
            account_id: "000000000000".into(),
            any_key: false,
            permissions: None,
            egress: None,
            root_keys: RootKeys { access_key_id: "AKIA".into(), secret_access_key: "secret".into() },
            // No function is run here.
            worker: "/bin/false".into(),
            path: "/usr/bin:/bin".into(),
            cache_dir: folder("cache"),
            version: "test".into(),
        };
        write(&config, "template.yaml", TEMPLATE);
        for name in ["a.txt", "old.txt", "open.txt"] {
            write(&config, name, name);
        }
        std::fs::create_dir(workspace_of(&config).folder.join("src")).unwrap();
        let cloud = Cloud::start(&config).await.unwrap();
        let ide = Ide::start(&config, workspace_of(&config), &cloud).await.unwrap();
        Self { place, config, cloud, ide }
    }

    /// Makes what the calls are about.
    async fn furnish(&self, tab: &mut Tab) -> Made {
        tab.done("trust.decide", json!({ "trusted": true })).await;
        tab.done("document.open", json!({ "path": "open.txt", "channel": 1 })).await;
        let size = json!({ "columns": 80, "rows": 24 });
        let terminal = tab.done("terminal.open", json!({ "size": size })).await["id"].clone();
        let trashed = tab.done("file.delete", json!({ "paths": ["old.txt"] })).await["trashed"][0].clone();
        let event = json!({ "function": function(), "name": "kept", "body": "{}" });
        tab.done("function.save-event", event).await;
        Made { terminal, trashed }
    }

    fn router(&self) -> Arc<Router> {
        Arc::clone(&self.ide.router)
    }

    /// Waits until nothing is under way any more.
    async fn quiet(&self, tab: &mut Tab) {
        let quiet = async {
            while self.ide.router.is_busy() {
                tokio::task::yield_now().await;
            }
            let under_way = |deployment: &Value| deployment["phase"].is_string();
            while tab.done("deploy.list", json!({})).await.as_array().unwrap().iter().any(under_way) {
                tokio::task::yield_now().await;
            }
        };
        assert!(tokio::time::timeout(PATIENCE, quiet).await.is_ok(), "it does not end");
    }

    /// The IDE half of the next start.
    async fn again(self) -> Self {
        let Self { place, config, cloud, ide } = self;
        ide.stop().await;
        drop(ide);
        let ide = Ide::start(&config, workspace_of(&config), &cloud).await.unwrap();
        Self { place, config, cloud, ide }
    }

    async fn end(self) {
        self.ide.stop().await;
        self.cloud.stop().await;
        drop(self.place);
    }
}

fn workspace_of(config: &AgentConfig) -> &WorkspaceConfig {
    match &config.mode {
        Mode::Workspace(workspace) => workspace,
        Mode::Cloud => unreachable!("it has an IDE"),
    }
}

fn write(config: &AgentConfig, name: impl AsRef<Path>, text: &str) {
    std::fs::write(workspace_of(config).folder.join(name), text).unwrap();
}

fn text(frame: &ToAgent) -> RelayFrame {
    RelayFrame { kind: Kind::Text, payload: serde_json::to_vec(frame).unwrap().into() }
}

fn call(id: u64, method: &str, params: &Value) -> RelayFrame {
    let params = RawValue::from_string(params.to_string()).unwrap();
    text(&ToAgent::Call { id, method: method.to_owned(), params })
}

fn hello() -> RelayFrame {
    text(&ToAgent::Hello { version: protocol::link::VERSION, session: None, received: 0 })
}

fn owner(name: &str) -> Principal {
    somebody(name, Grants::owner())
}

/// A tab that stays.
struct Tab {
    wire: Framed<DuplexStream, RelayCodec>,
    calls: u64,
}

impl Tab {
    async fn of(ide: &Ide) -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let (sessions, router) = (ide.sessions.clone(), Arc::clone(&ide.router));
        tokio::spawn(async move {
            link::serve(Framed::new(theirs, RelayCodec), owner("stays"), &sessions, router).await;
        });
        let mut wire = Framed::new(ours, RelayCodec);
        wire.send(hello()).await.unwrap();
        Self { wire, calls: 0 }
    }

    async fn call(&mut self, method: &str, params: Value) -> Result<Value, CallError> {
        self.calls += 1;
        self.wire.send(call(self.calls, method, &params)).await.unwrap();
        loop {
            let frame = self.wire.next().await.unwrap().unwrap();
            if frame.kind != Kind::Text {
                continue;
            }
            let heard: ToBrowser = serde_json::from_slice(&frame.payload).unwrap();
            if let ToBrowser::Reply { id, result } = heard
                && id == self.calls
            {
                return match result {
                    Outcome::Ok(reply) => Ok(serde_json::from_str(reply.get()).unwrap()),
                    Outcome::Err(error) => Err(error),
                };
            }
        }
    }

    async fn done(&mut self, method: &str, params: Value) -> Value {
        let shown = params.to_string();
        self.call(method, params).await.unwrap_or_else(|error| panic!("{method} {shown}: {error}"))
    }

    async fn kept(&mut self) -> Vec<Value> {
        let mut kept = Vec::new();
        for (method, params) in KEPT {
            let mut told = self.done(method, params(&Made::default())).await;
            // Documents without unsaved text are open as long as somebody looks at them.
            if *method == "document.list" {
                told.as_array_mut().unwrap().retain(|document| document["dirty"] == true);
            }
            kept.push(told);
        }
        kept
    }
}

/// A tab asks, and its connection is dropped after it has waited so often; whether it got to its end.
async fn ask_and_go(bench: &Bench, method: &str, params: &Value, waits: usize) -> bool {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let mut wire = Framed::new(ours, RelayCodec);
    wire.send(hello()).await.unwrap();
    wire.send(call(1, method, params)).await.unwrap();
    tokio::io::AsyncWriteExt::shutdown(wire.get_mut()).await.unwrap();
    let sessions = &bench.ide.sessions;
    let serving = link::serve(Framed::new(theirs, RelayCodec), owner("gone"), sessions, bench.router());
    let ended = abandon::after(waits, serving).await.is_some();
    // The page is gone for good: what waits for its bytes need not wait for its return.
    let gone = sessions.all().into_iter().filter(|session| session.principal().person.name == "gone");
    gone.for_each(|session| session.end());
    ended
}

async fn check(method: &str, params: Params) {
    for waits in 0.. {
        let mut bench = Bench::new().await;
        let mut tab = Tab::of(&bench.ide).await;
        let made = bench.furnish(&mut tab).await;
        let ended = ask_and_go(&bench, method, &params(&made), waits).await;
        bench.quiet(&mut tab).await;
        for terminal in tab.done("terminal.list", json!({})).await.as_array().unwrap() {
            let close = json!({ "terminal": terminal["id"], "anyway": true });
            tab.done("terminal.close", close).await;
        }
        let before = tab.kept().await;
        drop(tab);
        bench = bench.again().await;
        let mut tab = Tab::of(&bench.ide).await;
        assert_eq!(before, tab.kept().await, "{method} left after {waits}: memory is not what was on disk");
        bench.end().await;
        if ended {
            return;
        }
    }
}

#[tokio::test]
async fn every_call_is_done_whoever_leaves() {
    for (method, params) in CALLS {
        check(method, *params).await;
    }
}

#[tokio::test]
async fn every_call_has_its_parameters() {
    let missing = protocol::methods().filter(|method| CALLS.iter().all(|(name, _)| *name != method.name));
    assert_eq!(missing.map(|method| method.name).collect::<Vec<_>>(), [""; 0], "nobody abandons these");
    let mut all_wrong = Vec::new();
    for (method, params) in CALLS {
        let bench = Bench::new().await;
        let mut tab = Tab::of(&bench.ide).await;
        let made = bench.furnish(&mut tab).await;
        let answer = tab.call(method, params(&made)).await;
        let refused = answer.err().map(|error| (error.code, error.message));
        // No language server runs here that could have pointed at a source, and no API whose address could be tried.
        let unknown = ["language.read-source", "cloud.try-route"].contains(method);
        let wrong = refused.as_ref().is_some_and(|(code, _)| match code {
            ErrorCode::Invalid | ErrorCode::Internal | ErrorCode::Path => true,
            ErrorCode::Forbidden => !unknown,
            _ => false,
        });
        all_wrong.extend(wrong.then(|| format!("{method}: {refused:?}")));
        bench.end().await;
    }
    assert_eq!(all_wrong, [""; 0]);
}
