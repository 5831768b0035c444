//! The real rust-analyzer on a small crate: what the first user sees of it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test fails by panicking")]

use ide_core::Trust;
use ide_language::{Timing, known};
use protocol::{
    Grants,
    language::{self, ServerState},
};
use serde_json::{Value, json};

#[allow(dead_code, reason = "other tests use the rest")]
mod support;
use support::{Browser, Workspace};

const MANIFEST: &str = "[package]\nname = \"small\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[workspace]\n";

const TEXT: &str = r#"/// Says *hello*.
fn greet(name: &str) -> String {
    format!("hello {name}")
}

fn main() {
    let text = greet("you");
    let map = std::collections::HashMap::<u8, u8>::new();
    println!("{text} {}", map.len());
}
"#;

/// Asks again where the server says so, as browsers do.
async fn ask(browser: &mut Browser, method: &str, line: u32, character: u32) -> Value {
    let position = json!({ "position": { "line": line, "character": character } });
    for attempt in 0..1500 {
        let answer =
            browser.ask(&format!("{method} {attempt}"), method, "src/main.rs", position.clone()).await;
        if answer != -32801 && answer != -32802 && !answer.is_null() {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no answer to {method}");
}

#[tokio::test]
async fn a_rust_crate_is_understood() {
    let mut workspace = Workspace::with(known().remove(0), Timing::default(), Trust::new(false));
    std::fs::create_dir(workspace.folder.path().join("src")).unwrap();
    // A build script that leaves a trace: not before the folder is trusted.
    let canary = workspace.folder.path().join("canary");
    let script =
        format!("fn main() {{ std::fs::write({:?}, \"\").unwrap(); }}", canary.display().to_string());
    std::fs::write(workspace.folder.path().join("build.rs"), script).unwrap();
    std::fs::write(workspace.folder.path().join("Cargo.toml"), MANIFEST).unwrap();
    std::fs::write(workspace.folder.path().join("src/main.rs"), TEXT).unwrap();
    workspace.texts.set("src/main.rs", TEXT);
    workspace
        .until("the restriction", |event| matches!(event, language::Event::Server(server) if server.state == ServerState::Restricted))
        .await;
    assert!(!canary.exists() && !workspace.folder.path().join("target").exists());
    workspace.trust.set(true);
    let mut missing = None;
    workspace
        .until("the server", |event| match event {
            language::Event::Server(server) => match &server.state {
                ServerState::Ready => true,
                ServerState::Failed { reason, .. } => {
                    missing = Some(reason.clone());
                    true
                }
                _ => false,
            },
            language::Event::Problems(_) => false,
        })
        .await;
    if let Some(reason) = missing {
        eprintln!("not tried: {reason}");
        return;
    }
    let mut browser = workspace.browser(Grants::owner()).await;

    let hover = ask(&mut browser, "textDocument/hover", 6, 17).await;
    assert!(hover["contents"]["value"].as_str().unwrap().contains("Says *hello*."), "{hover}");
    let definition = ask(&mut browser, "textDocument/definition", 6, 17).await;
    assert_eq!(definition[0]["targetSelectionRange"]["start"], json!({ "line": 1, "character": 3 }));

    // The standard library is there: completion knows its methods, and its source can be read.
    let completion = ask(&mut browser, "textDocument/completion", 8, 32).await;
    let labels = completion["items"].to_string();
    assert!(labels.contains("is_empty"), "{labels:.2000}");
    let library = ask(&mut browser, "textDocument/definition", 7, 36).await;
    let uri = json!({ "uri": library[0]["targetUri"] });
    let source = browser.call("language.read-source", uri).await;
    assert!(source["ok"]["text"].as_str().unwrap().contains("pub struct HashMap"));

    // Broken, and mended, without saving: the server's own analysis, which it must be asked for.
    workspace.texts.set("src/main.rs", &TEXT.replace("greet(\"you\")", "greet(7)"));
    let own = |event: &language::Event| matches!(event, language::Event::Problems(file) if file.problems.iter().any(|found| found.code.as_deref() == Some("E0308")));
    workspace.until("the squiggle", own).await;
    workspace.texts.set("src/main.rs", TEXT);
    workspace.problems("src/main.rs", &[]).await;

    // What only the compiler finds, on saving.
    let careless = TEXT.replace("let text =", "let unused = 1;\n    let text =");
    std::fs::write(workspace.folder.path().join("src/main.rs"), &careless).unwrap();
    workspace.texts.set("src/main.rs", &careless);
    workspace.texts.saved("src/main.rs");
    let compiler = |event: &language::Event| matches!(event, language::Event::Problems(file) if file.problems.iter().any(|found| found.source.as_deref() == Some("rustc")));
    workspace.until("the compiler's warning", compiler).await;
    assert!(canary.exists(), "what did not run before trust runs with it");
    workspace.languages.shutdown().await;
}
