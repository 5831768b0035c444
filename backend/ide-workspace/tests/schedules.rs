//! A document's keeper by drawn schedules: tabs type, come and go and save in any order, and nothing typed is lost or doubled.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod support;

use ::schedules::{Actor, run};
use protocol::document::{CloseDocument, SaveDocument};
use support::{Bench, Editor, path};

const NAME: &str = "notes.txt";
const WORDS: u32 = 4;

/// Types words, each until it is durable, and closes it.
async fn types(bench: &Bench, name: &str) {
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, NAME).await;
    for number in 0..WORDS {
        editor.typed("", &format!("{name}{number} ")).await;
    }
    tab.call(CloseDocument { channel: editor.channel }).await.unwrap();
}

/// Types words and closes it without waiting: what it has sent before is taken.
async fn leaves(bench: &Bench) {
    let tab = bench.tab().await;
    let editor = Editor::open(&tab, NAME).await;
    for number in 0..WORDS {
        editor.replace("", &format!("d{number} "));
        tokio::task::yield_now().await;
    }
    tab.call(CloseDocument { channel: editor.channel }).await.unwrap();
}

/// Opens it, types one word and closes it, again and again: its keeper ends and begins between.
async fn comes_and_goes(bench: &Bench) {
    for number in 0..WORDS {
        let tab = bench.tab().await;
        let mut editor = Editor::open(&tab, NAME).await;
        editor.typed("", &format!("c{number} ")).await;
        tab.call(CloseDocument { channel: editor.channel }).await.unwrap();
    }
}

/// Saves it as it is, also where nobody has it open.
async fn saves(bench: &Bench) {
    let tab = bench.tab().await;
    for _ in 0..WORDS {
        save(&tab).await;
        tokio::task::yield_now().await;
    }
}

async fn save(tab: &support::Tab) {
    tab.call(SaveDocument { path: path(NAME), force: false, after: Vec::new() }).await.unwrap();
}

/// What was typed, each once, and of each tab in its order.
fn check_text(text: &str, seed: u64) {
    let words: Vec<&str> = text.split_whitespace().collect();
    for name in ["a", "b", "c", "d"] {
        let mine = words.iter().filter(|word| word.starts_with(name));
        let expected = (0..WORDS).map(|number| format!("{name}{number}"));
        assert!(mine.copied().eq(expected.collect::<Vec<_>>()), "seed {seed}: {text}");
    }
    assert_eq!(words.len(), 4 * WORDS as usize, "seed {seed}: {text}");
}

async fn check(seed: u64) {
    let bench = Bench::new().await;
    bench.write(NAME, "");
    let actors: Vec<Actor<'_, ()>> = vec![
        Box::pin(types(&bench, "a")),
        Box::pin(types(&bench, "b")),
        Box::pin(comes_and_goes(&bench)),
        Box::pin(leaves(&bench)),
        Box::pin(saves(&bench)),
    ];
    run(seed, actors, || {}).await;
    let tab = bench.tab().await;
    let editor = Editor::open(&tab, NAME).await;
    check_text(&editor.text(), seed);
    save(&tab).await;
    assert_eq!(bench.read(NAME), editor.text(), "seed {seed}");
}

#[tokio::test]
async fn no_order_of_tabs_loses_or_doubles_what_is_typed() {
    for seed in 0..40 {
        check(seed).await;
    }
}
