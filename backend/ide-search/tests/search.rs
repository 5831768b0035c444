//! Searching and replacing over the real link, in a real workspace with its documents.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

#[path = "../../ide-workspace/tests/support/mod.rs"]
mod support;

use std::{os::unix::fs::symlink, sync::Arc};

use ide_core::Router;
use ide_search::{Search, SearchConfig};
use protocol::{
    CallError, ErrorCode, Grants,
    document::SaveDocument,
    language::Position,
    search::{
        CancelSearch, FindText, FoundFile, FoundText, ListReplacements, MAX_MATCHES, Query, ReplaceIn,
        ReplaceText, Replaced, UndoReplace,
    },
};
use support::{Bench, Editor, Tab, path, soon};

const STEP: &str = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";

/// A workspace that can be searched.
async fn bench() -> Bench {
    searched(Bench::new().await)
}

fn searched(mut bench: Bench) -> Bench {
    let mut router = Router::new();
    bench.workspace.register(&mut router);
    let config =
        SearchConfig { root: bench.folder.path().join("root"), state: bench.folder.path().join("state") };
    let clock = Arc::new(bench.clock.clone());
    Search::open(&config, bench.workspace.texts(), clock).unwrap().register(&mut router);
    bench.router = Arc::new(router);
    bench
}

/// The same workspace after a start of the agent.
async fn again(bench: Bench) -> Bench {
    let folder = Arc::clone(&bench.folder);
    bench.workspace.shutdown().await;
    drop(bench);
    searched(Bench::open(folder).await)
}

fn text(pattern: &str) -> Query {
    Query { pattern: pattern.to_owned(), ..Query::default() }
}

async fn find(tab: &Tab, query: Query) -> Result<(Vec<FoundFile>, FoundText), CallError> {
    find_with(tab, query, None).await
}

async fn find_with(
    tab: &Tab,
    query: Query,
    replacement: Option<&str>,
) -> Result<(Vec<FoundFile>, FoundText), CallError> {
    let (channel, mut inbound) = tab.channel();
    let call = FindText { query, replacement: replacement.map(str::to_owned), context: 0, channel };
    let sum = tab.call(call).await?;
    let (mut bytes, mut files) = (Vec::new(), Vec::<FoundFile>::new());
    while (files.len() as u64) < sum.files {
        bytes.extend(soon("what was found", inbound.recv()).await.unwrap());
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let lines: Vec<_> = bytes.drain(..whole).collect();
        files.extend(
            lines.split_inclusive(|byte| *byte == b'\n').map(|line| serde_json::from_slice(line).unwrap()),
        );
    }
    files.sort_by(|one, other| one.path.as_str().cmp(other.path.as_str()));
    Ok((files, sum))
}

/// What was found, as `path:line:columns` of each match.
async fn places(tab: &Tab, query: Query) -> Vec<String> {
    let (files, _) = find(tab, query).await.unwrap();
    let places = files.iter().flat_map(|file| file.lines.iter().map(move |line| (file, line)));
    let place = |(file, line): (&FoundFile, &protocol::search::FoundLine)| {
        let columns = line.matches.iter().map(|found| found.range.start.character.to_string());
        format!("{}:{}:{}", file.path, line.line, columns.collect::<Vec<_>>().join(","))
    };
    places.map(place).collect()
}

fn position(line: u32, character: u32) -> Position {
    Position { line, character }
}

async fn replace(
    tab: &Tab,
    query: Query,
    with: &str,
    files: &[(&str, &[Position])],
) -> Result<Replaced, CallError> {
    let files = files.iter().map(|(name, matches)| ReplaceIn { path: path(name), matches: matches.to_vec() });
    let call =
        ReplaceText { step: STEP.to_owned(), query, replacement: with.to_owned(), files: files.collect() };
    tab.call(call).await
}

async fn undo(tab: &Tab) -> Result<Replaced, CallError> {
    tab.call(UndoReplace { step: STEP.to_owned() }).await
}

fn made(files: u64, matches: u64) -> Replaced {
    Replaced { files, matches, refused: Vec::new() }
}

#[tokio::test]
async fn text_is_found_in_files_that_people_work_on() {
    let bench = bench().await;
    for folder in ["src/deep", ".git", "node_modules/x", "built"] {
        std::fs::create_dir_all(bench.at(folder)).unwrap();
    }
    bench.write(".gitignore", "built/\n*.log\n");
    bench.write("a.rs", "one needle\nNeedle and needle\n");
    bench.write("src/deep/b.ts", "x\r\n\r\nneedle\r\n");
    bench.write(
        "utf16.txt",
        [&[0xFF, 0xFE][..], &"é needle".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()]
            .concat(),
    );
    bench.write("latin.txt", b"caf\xe9 needle".as_slice());
    for hidden in [".git/c", "node_modules/x/d.js", "built/e", "f.log"] {
        bench.write(hidden, "needle");
    }
    bench.write("binary", b"\0needle".as_slice());
    std::fs::write(bench.folder.path().join("outside"), "needle").unwrap();
    symlink("../outside", bench.at("link")).unwrap();
    symlink("/", bench.at("away")).unwrap();
    let tab = bench.tab().await;
    let all = ["a.rs:0:4", "a.rs:1:0,11", "latin.txt:0:5", "src/deep/b.ts:2:0", "utf16.txt:0:2"];
    assert_eq!(places(&tab, text("needle")).await, all);
    let with = |change: fn(&mut Query)| {
        let mut query = text("needle");
        change(&mut query);
        places(&tab, query)
    };
    assert_eq!(with(|query| query.case = true).await.len(), 5);
    assert_eq!(with(|query| query.include = vec!["src".into()]).await, ["src/deep/b.ts:2:0"]);
    assert_eq!(with(|query| query.exclude = vec!["deep/".into(), "*.txt".into()]).await.len(), 2);
    assert_eq!(
        with(|query| (query.ignored, query.exclude) = (true, vec!["*.txt".into(), "*.rs".into()])).await,
        ["built/e:0:0", "f.log:0:0", "node_modules/x/d.js:0:0", "src/deep/b.ts:2:0"]
    );
    assert_eq!(with(|query| query.files = Some(vec![path("built/e"), path("gone")])).await, ["built/e:0:0"]);
    let (files, sum) = find(&tab, Query { files: Some(vec![path("link")]), ..text("needle") }).await.unwrap();
    assert_eq!((files.len(), sum.skipped, sum.searched), (0, 1, 0), "it leads outside");
    let (_, sum) = find(&tab, text("needle")).await.unwrap();
    assert_eq!(sum, FoundText { searched: 5, files: 4, matches: 6, more: false, skipped: 0 });
}

#[tokio::test]
async fn what_is_written_and_not_saved_is_found_and_what_it_replaces_is_not() {
    let bench = bench().await;
    bench.write("a.txt", "old\n");
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "a.txt").await;
    editor.typed("old", "new").await;
    assert_eq!(places(&tab, text("new")).await, ["a.txt:0:0"]);
    assert!(places(&tab, text("old")).await.is_empty());
}

#[tokio::test]
async fn a_search_has_a_limit_and_an_end() {
    let bench = bench().await;
    let tab = bench.tab().await;
    bench.write("many", "x\n".repeat(MAX_MATCHES as usize + 5));
    let (files, sum) = find(&tab, text("x")).await.unwrap();
    assert_eq!((sum.matches, sum.more), (MAX_MATCHES, true));
    assert_eq!(files[0].lines.len() as u64, MAX_MATCHES);
    for query in [text("("), Query { include: vec!["{".into()], ..text("x") }] {
        let query = Query { regex: true, ..query };
        assert_eq!(find(&tab, query).await.unwrap_err().code, ErrorCode::Invalid);
    }
    // Nobody takes what is found: the search waits, and ends when it is not wanted any more.
    let (channel, inbound) = tab.channel();
    drop(inbound);
    let call = FindText { query: text("x"), replacement: None, context: 0, channel };
    let (sum, cancelled) = tokio::join!(tab.call(call), tab.call(CancelSearch { channel }));
    cancelled.unwrap();
    assert!(sum.unwrap().matches <= MAX_MATCHES);
}

#[tokio::test]
async fn what_was_chosen_is_replaced_and_taken_back_as_one() {
    let bench = bench().await;
    bench.write("a.txt", "foo foo\r\nfoo\r\n");
    bench.write("b.txt", "a foo\n");
    bench.write("latin.txt", b"caf\xe9 foo".as_slice());
    let tab = bench.tab().await;
    let query = Query { regex: true, ..text("(f)(o+)") };
    let (files, _) = find_with(&tab, query.clone(), Some("$2$1")).await.unwrap();
    assert_eq!(files[0].lines[0].matches[1].with.as_deref(), Some("oof"));
    let chosen: [(&str, &[Position]); 3] = [
        ("a.txt", &[position(0, 4), position(1, 0)]),
        ("b.txt", &[position(0, 2)]),
        ("latin.txt", &[position(0, 5)]),
    ];
    assert_eq!(replace(&tab, query, "$2$1", &chosen).await.unwrap(), made(3, 4));
    assert_eq!(bench.read("a.txt"), "foo oof\r\noof\r\n");
    assert_eq!(bench.read("b.txt"), "a oof\n");
    assert_eq!(std::fs::read(bench.at("latin.txt")).unwrap(), b"caf\xe9 oof");
    let list = tab.call(ListReplacements {}).await.unwrap();
    assert_eq!((list.len(), list[0].files, list[0].pattern.as_str()), (1, 3, "(f)(o+)"));
    // Also after a start, and beside what was written since.
    let bench = again(bench).await;
    let tab = bench.tab().await;
    bench.write("b.txt", "a oof\nmore\n");
    assert_eq!(undo(&tab).await.unwrap(), made(3, 4));
    assert_eq!(bench.read("a.txt"), "foo foo\r\nfoo\r\n");
    assert_eq!(bench.read("b.txt"), "a foo\nmore\n");
    assert_eq!(std::fs::read(bench.at("latin.txt")).unwrap(), b"caf\xe9 foo");
    assert_eq!(undo(&tab).await.unwrap_err().code, ErrorCode::NotFound);
    assert!(tab.call(ListReplacements {}).await.unwrap().is_empty());
}

#[tokio::test]
async fn open_documents_change_too_and_stay_unsaved_where_they_were() {
    let bench = bench().await;
    bench.write("saved.txt", "foo\n");
    bench.write("unsaved.txt", "foo\n");
    let tab = bench.tab().await;
    let mut saved = Editor::open(&tab, "saved.txt").await;
    let mut unsaved = Editor::open(&tab, "unsaved.txt").await;
    unsaved.typed("foo", "foo typed").await;
    let chosen: [(&str, &[Position]); 2] =
        [("saved.txt", &[position(0, 0)]), ("unsaved.txt", &[position(0, 0)])];
    assert_eq!(replace(&tab, text("foo"), "bar", &chosen).await.unwrap(), made(2, 2));
    saved.until_text("bar\n").await;
    unsaved.until_text("bar typed\n").await;
    assert_eq!(bench.read("saved.txt"), "bar\n");
    assert_eq!(bench.read("unsaved.txt"), "foo\n");
    unsaved.typed("typed", "typed more").await;
    assert_eq!(undo(&tab).await.unwrap(), made(2, 2));
    saved.until_text("foo\n").await;
    let state =
        tab.call(SaveDocument { path: path("unsaved.txt"), force: false, after: Vec::new() }).await.unwrap();
    assert!(!state.dirty);
    assert_eq!(bench.read("saved.txt"), "foo\n");
    assert_eq!(bench.read("unsaved.txt"), "foo typed more\n");
}

#[tokio::test]
async fn what_changed_meanwhile_or_may_not_be_written_is_left_and_listed() {
    let bench = bench().await;
    for name in ["changed.txt", "good.txt"] {
        bench.write(name, "foo\n");
    }
    let tab = bench.tab().await;
    bench.write("changed.txt", "a foo\n");
    let at: &[Position] = &[position(0, 0)];
    let chosen = [("changed.txt", at), ("gone.txt", at), ("good.txt", at)];
    let replaced = replace(&tab, text("foo"), "bar", &chosen).await.unwrap();
    assert_eq!((replaced.files, replaced.matches), (1, 1));
    let refused: Vec<_> = replaced.refused.iter().map(|refused| refused.message.as_str()).collect();
    let stale = "Cannot replace in 'changed.txt': it changed since it was searched; search again.";
    assert_eq!(refused, [stale, "Cannot read 'gone.txt': there is no such file or folder."]);
    assert!(replaced.refused.iter().all(|refused| refused.reason.is_some()));
    assert_eq!(bench.read("changed.txt"), "a foo\n");
    // Somebody wrote where it would be taken back: that stays, and the step stays to be taken back.
    bench.write("good.txt", "bard\n");
    let undone = undo(&tab).await.unwrap();
    assert_eq!((undone.files, undone.refused.len()), (0, 1));
    assert_eq!(bench.read("good.txt"), "bard\n");
    bench.write("good.txt", "bar\n");
    assert_eq!(undo(&tab).await.unwrap(), made(1, 1));
    assert_eq!(bench.read("good.txt"), "foo\n");
    let viewer = bench.tab_of("eve", Grants::reader()).await;
    let refused = replace(&viewer, text("foo"), "bar", &[("good.txt", at)]).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert_eq!(places(&viewer, text("foo")).await.len(), 2);
    let many: Vec<_> = (0..1001).map(|_| ("good.txt", at)).collect();
    assert_eq!(replace(&tab, text("foo"), "bar", &many).await.unwrap_err().code, ErrorCode::Limit);
}
