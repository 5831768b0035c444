//! Language servers against one that does as it is told: diagnostics, order, edits, faults, ends.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::time::Duration;

use ide_core::Trust;
use ide_language::Timing;
use protocol::{
    Capability, Grants, Level,
    language::{self, ServerState},
};
use serde_json::{Value, json};

#[allow(dead_code, reason = "other tests use the rest")]
mod support;
use support::{Workspace, fake, quick, runs};

#[tokio::test]
async fn problems_come_and_go() {
    let mut workspace = Workspace::new(fake(""), quick());
    workspace.texts.set("a.rs", "ü😀 fine\nit is broken\n");
    workspace.problems("a.rs", &["1:broken"]).await;
    workspace.texts.set("a.rs", "ü😀 careless\nit is broken\n");
    workspace.texts.saved("a.rs");
    workspace.problems("a.rs", &["0:careless", "1:broken"]).await;
    workspace.texts.set("a.rs", "ü😀 careless\nit is mended\n");
    workspace.problems("a.rs", &["0:careless"]).await;
    workspace.texts.set("b.rs", "broken");
    workspace.problems("b.rs", &["0:broken"]).await;
    assert_eq!(workspace.languages.problems().len(), 2);
    workspace.texts.close("b.rs");
    workspace.problems("b.rs", &[]).await;
    workspace.languages.shutdown().await;
    assert_eq!(workspace.server().state, ServerState::Stopped);
    assert!(workspace.languages.problems().is_empty());
}

#[tokio::test]
async fn a_question_is_about_the_text_that_was_typed() {
    let workspace = Workspace::new(fake(""), quick());
    let mut browser = workspace.browser(Grants::owner()).await;
    workspace.texts.set("a.rs", "0");
    for round in 1..20 {
        let typed = round.to_string();
        workspace.texts.set("a.rs", &typed);
        let hover = browser.ask(&typed, "textDocument/hover", "a.rs", Value::Null).await;
        assert_eq!(hover["contents"], typed);
    }
    let uri = format!("{}/a.rs", browser.root);
    let params = json!({ "textDocument": { "uri": uri } });
    let after = json!({ "path": "a.rs", "vector": b"late" });
    browser.send(json!({ "id": 1, "method": "textDocument/hover", "params": params, "after": after })).await;
    workspace.texts.set("a.rs", "early");
    workspace.texts.set("a.rs", "late");
    assert_eq!(browser.answer(json!(1)).await["contents"], "late");
    workspace.languages.shutdown().await;
}

#[tokio::test]
async fn browsers_ids_do_not_meet() {
    let workspace = Workspace::new(fake(""), quick());
    workspace.texts.set("a.rs", "text");
    let (mut one, mut two) =
        (workspace.browser(Grants::owner()).await, workspace.browser(Grants::reader()).await);
    let hover = |root: &str| json!({ "id": 5, "method": "textDocument/hover", "params": { "textDocument": { "uri": format!("{root}/a.rs") } } });
    let message = hover(&one.root);
    one.send(message.clone()).await;
    two.send(message).await;
    assert_eq!(one.answer(json!(5)).await, two.answer(json!(5)).await);
    one.send(json!({ "id": 6, "method": "textDocument/completion", "params": {} })).await;
    one.send(json!({ "method": "$/cancelRequest", "params": { "id": 6 } })).await;
    assert_eq!(one.answer(json!(6)).await, -32800, "cancelled under the id the server knows");
    workspace.languages.shutdown().await;
}

#[tokio::test]
async fn viewers_ask_and_change_nothing() {
    let workspace = Workspace::new(fake(""), quick());
    workspace.texts.set("a.rs", "text");
    let mut viewer = workspace.browser(Grants::reader()).await;
    let edit = json!({ "edit": { "changes": {} } });
    for (id, method, code) in [
        ("1", "workspace/executeCommand", -32600),
        ("2", "cumulo/applyEdit", -32600),
        ("3", "textDocument/didChange", -32601),
        ("4", "shutdown", -32601),
    ] {
        assert_eq!(viewer.ask(id, method, "a.rs", edit.clone()).await, code, "{method}");
    }
    assert_eq!(viewer.ask("5", "textDocument/hover", "a.rs", Value::Null).await["contents"], "text");
    // A command may have files edited: whoever may not edit them gives none.
    let commands = [(Capability::Languages, Level::Write), (Capability::Files, Level::Read)];
    let mut member = workspace.browser(commands.into_iter().collect()).await;
    assert_eq!(member.ask("1", "workspace/executeCommand", "a.rs", edit).await, -32600);
    workspace.languages.shutdown().await;
}

#[tokio::test]
async fn edits_stay_inside_of_the_workspace() {
    let workspace = Workspace::new(fake(""), quick());
    workspace.texts.set("a.rs", "text");
    let mut browser = workspace.browser(Grants::owner()).await;
    let place = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 1 } });
    let edits = json!([{ "range": place, "newText": "x" }]);
    let mut inside = json!({ "changes": {} });
    inside["changes"][format!("{}/a.rs", browser.root)] = edits.clone();
    let outside = json!({ "changes": { "file:///etc/passwd": edits } });
    let delete =
        json!({ "documentChanges": [{ "kind": "delete", "uri": format!("{}/a.rs", browser.root) }] });
    for (id, edit, applied) in
        [("1", inside.clone(), true), ("2", outside.clone(), false), ("3", delete, false)]
    {
        let outcome = browser.ask(id, "workspace/executeCommand", "a.rs", json!({ "edit": edit })).await;
        assert_eq!(outcome["applied"], applied, "{outcome}");
    }
    for (id, edit, applied) in [(7, inside, true), (8, outside, false)] {
        browser.send(json!({ "id": id, "method": "cumulo/applyEdit", "params": edit })).await;
        assert_eq!(browser.answer(json!(id)).await["applied"], applied);
    }
    assert_eq!(*workspace.texts.applied.lock().unwrap(), ["a.rs 1 by nobody", "a.rs 1 by ada"]);
    workspace.languages.shutdown().await;
}

#[tokio::test]
async fn a_server_opens_nothing_in_a_browser() {
    let workspace = Workspace::new(fake("show"), quick());
    workspace.texts.set("a.rs", "text");
    let mut browser = workspace.browser(Grants::owner()).await;
    for round in 0.. {
        let hover = browser.ask(&round.to_string(), "textDocument/hover", "a.rs", Value::Null).await;
        match hover["contents"].as_str().unwrap() {
            // Its question is not answered yet.
            "null" => {}
            answer => {
                assert_eq!(answer, r#"{"success": false}"#);
                break;
            }
        }
    }
    workspace.languages.shutdown().await;
}

#[tokio::test]
async fn a_server_that_does_not_end_when_it_is_told_to_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("x.stubborn");
    let timing = Timing { stop: Duration::from_millis(50), ..quick() };
    let mut workspace = Workspace::new(fake(pid.to_str().unwrap()), timing);
    workspace.texts.set("a.rs", "it is broken");
    workspace.problems("a.rs", &["0:broken"]).await;
    let process = std::fs::read_to_string(&pid).unwrap();
    assert!(runs(&process));
    workspace.languages.shutdown().await;
    while runs(&process) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn sources_are_read_where_a_server_pointed() {
    let library = tempfile::NamedTempFile::with_suffix(".rs").unwrap();
    std::fs::write(library.path(), "pub mod std {}").unwrap();
    let workspace = Workspace::new(fake(library.path().to_str().unwrap()), quick());
    workspace.texts.set("a.rs", "text");
    let mut browser = workspace.browser(Grants::reader()).await;
    let uri = json!({ "uri": format!("file://{}", library.path().display()) });
    let early = browser.call("language.read-source", uri.clone()).await;
    assert_eq!(early["err"]["code"], "forbidden");
    browser.ask("1", "textDocument/definition", "a.rs", Value::Null).await;
    let source = browser.call("language.read-source", uri).await;
    assert_eq!(
        (&source["ok"]["text"], &source["ok"]["language"]),
        (&json!("pub mod std {}"), &json!("rust"))
    );
    workspace.languages.shutdown().await;
}

#[tokio::test]
async fn a_server_that_ends_is_started_again_and_at_last_given_up() {
    let mut workspace = Workspace::new(fake(""), quick());
    workspace.texts.set("a.rs", "it is broken");
    let mut browser = workspace.browser(Grants::owner()).await;
    for round in 1..=5 {
        let answer = browser.ask(&round.to_string(), "textDocument/references", "a.rs", Value::Null).await;
        assert_eq!(answer, -32803, "the question fails, not the browser");
    }
    let failed = |event: &language::Event| matches!(event, language::Event::Server(server) if matches!(&server.state, ServerState::Failed { reason, .. } if reason.contains("5 times")));
    workspace.until("giving up", failed).await;
    assert_eq!(browser.ask("x", "textDocument/hover", "a.rs", Value::Null).await, -32803);
    assert!(workspace.languages.problems().is_empty());
    assert_eq!(browser.call("language.restart", json!({ "language": "rust" })).await, json!({ "ok": null }));
    workspace.problems("a.rs", &["0:broken"]).await;
    assert_eq!(browser.ask("y", "textDocument/hover", "a.rs", Value::Null).await["contents"], "it is broken");
    workspace.languages.shutdown().await;
}

#[tokio::test]
async fn garbage_ends_the_session_with_the_server_only() {
    let mut workspace = Workspace::new(fake("garbage"), quick());
    workspace.texts.set("a.rs", "text");
    let failed = |event: &language::Event| matches!(event, language::Event::Server(server) if matches!(&server.state, ServerState::Failed { reason, .. } if reason.contains("99999999999 bytes")));
    workspace.until("giving up", failed).await;
    workspace.languages.shutdown().await;
}

#[tokio::test]
async fn nonsense_that_is_well_formed_is_ignored() {
    let mut workspace = Workspace::new(fake("talk"), quick());
    workspace.texts.set("a.rs", "it is broken");
    workspace.problems("a.rs", &["0:broken"]).await;
    assert_eq!(workspace.languages.problems().len(), 1, "nothing of /etc/passwd");
    workspace.languages.shutdown().await;
}

#[tokio::test]
async fn a_missing_program_is_named_with_what_to_do() {
    let mut spec = fake("");
    spec.commands = vec![vec!["no-such-program".into()]];
    let mut workspace = Workspace::new(spec, quick());
    workspace.texts.set("a.rs", "text");
    let failed = |event: &language::Event| matches!(event, language::Event::Server(server) if matches!(&server.state, ServerState::Failed { reason, .. } if reason == "no-such-program is not there: install Python"));
    workspace.until("the reason", failed).await;
}

#[tokio::test]
async fn nothing_is_left_of_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("x.pid");
    let mut workspace = Workspace::new(fake(pids.to_str().unwrap()), quick());
    workspace.texts.set("a.rs", "it is broken");
    workspace.problems("a.rs", &["0:broken"]).await;
    let started = std::fs::read_to_string(&pids).unwrap();
    assert!(started.split(' ').all(runs));
    workspace.languages.shutdown().await;
    for _ in 0..1000 {
        // The leader is reaped by us, its child by whoever adopted it.
        if !started.split(' ').any(runs) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("{started} still run");
}

#[tokio::test]
async fn a_server_is_in_a_group_of_its_own_and_the_first_to_go() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("x.pid");
    let mut workspace = Workspace::within(200 << 20, fake(pids.to_str().unwrap()));
    workspace.texts.set("a.rs", "it is broken");
    workspace.problems("a.rs", &["0:broken"]).await;
    let started = std::fs::read_to_string(&pids).unwrap();
    let ours = format!("/cumulo-{}/", std::process::id());
    let of = |process: &str, file: &str| std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap();
    // What it started before it was put in is taken in at the next look.
    let held = |process: &str| {
        let grouped = of(process, "cgroup").lines().filter(|line| line.contains(&ours)).count();
        of(process, "oom_score_adj").trim() == "500" && (grouped > 0 || !groups_are_to_be_had())
    };
    while !started.split(' ').all(held) {
        tokio::task::yield_now().await;
    }
    let leader = started.split(' ').next().unwrap();
    assert!(of(leader, "limits").contains("209715200"), "{}", of(leader, "limits"));
    workspace.languages.shutdown().await;
    while started.split(' ').any(runs) {
        tokio::task::yield_now().await;
    }
    cgroup::remove_groups();
}

/// Where none may be made, as in many containers, the other walls stand alone.
fn groups_are_to_be_had() -> bool {
    let limits = cgroup::CgroupLimits { memory_bytes: 64 << 20, tasks: 8 };
    cgroup::Cgroup::create(limits).is_some()
}

#[tokio::test]
async fn a_server_and_what_it_started_hold_no_more_than_they_may() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("x.greedy");
    let mut workspace = Workspace::within(200 << 20, fake(pids.to_str().unwrap()));
    workspace.texts.set("a.rs", "text");
    let told = |event: &language::Event| matches!(event, language::Event::Server(server) if matches!(&server.state, ServerState::Restarting { reason, .. } if reason.contains("MiB of memory")));
    workspace.until("the end of a greedy server", told).await;
    let started = std::fs::read_to_string(&pids).unwrap();
    workspace.languages.shutdown().await;
    while started.split(' ').any(runs) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_server_that_nobody_needs_is_stopped_and_comes_back() {
    let timing = Timing { idle: Duration::from_millis(20), ..quick() };
    let mut workspace = Workspace::new(fake(""), timing);
    workspace.texts.set("a.rs", "it is broken");
    workspace.problems("a.rs", &["0:broken"]).await;
    workspace.texts.close("a.rs");
    let stopped = |event: &language::Event| matches!(event, language::Event::Server(server) if server.state == ServerState::Stopped);
    workspace.until("the end", stopped).await;
    workspace.texts.set("a.rs", "it is broken");
    workspace.problems("a.rs", &["0:broken"]).await;
    workspace.languages.shutdown().await;
}

#[tokio::test]
async fn nothing_runs_before_the_folder_is_trusted_and_nothing_after() {
    let mut spec = fake("");
    let server = spec.commands.remove(0).join(" ");
    spec.commands =
        vec![["/bin/bash", "-c", &format!("echo $$ > started; exec {server}")].map(Into::into).into()];
    let mut workspace = Workspace::with(spec, quick(), Trust::new(false));
    let started = workspace.folder.path().join("started");
    let restricted = |event: &language::Event| matches!(event, language::Event::Server(server) if server.state == ServerState::Restricted);
    workspace.until("the restriction", restricted).await;
    let mut browser = workspace.browser(Grants::owner()).await;
    workspace.texts.set("a.rs", "broken");
    // Refused at once, not kept waiting for a server that does not come.
    assert_eq!(browser.ask("1", "textDocument/hover", "a.rs", Value::Null).await, -32803);
    let restart = browser.call("language.restart", json!({ "language": "rust" })).await;
    assert_eq!(restart["err"]["code"], "restricted");
    assert!(restart["err"]["message"].as_str().unwrap().contains("not trusted"), "{restart}");
    assert!(!started.exists(), "a program was started");

    workspace.trust.set(true);
    workspace.problems("a.rs", &["0:broken"]).await;
    let process = std::fs::read_to_string(&started).unwrap().trim().to_owned();
    assert!(runs(&process));

    workspace.trust.set(false);
    workspace.problems("a.rs", &[]).await;
    workspace.until("the restriction", restricted).await;
    while runs(&process) {
        tokio::task::yield_now().await;
    }
    std::fs::remove_file(&started).unwrap();
    workspace.texts.set("a.rs", "broken again");
    assert_eq!(browser.ask("2", "textDocument/hover", "a.rs", Value::Null).await, -32803);
    assert!(!started.exists());
}
