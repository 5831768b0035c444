//! Open documents over the real link: editing together, surviving, saving, meeting what others do to the files.

#![allow(clippy::unwrap_used, clippy::panic, clippy::similar_names, reason = "this is a test")]

mod support;

use std::{os::unix::fs::PermissionsExt, sync::Arc};

use ide_core::{DocumentChange, TextEdit};
use protocol::{
    ErrorCode, Event, Grants,
    document::{self, CompareDocument, Disk, LineEnding, ListDocuments, RevertDocument, SaveDocument, State},
    file::{DeleteFiles, ListTrash, RenameFile, RestoreFile},
    language::{Position, Range},
};
use support::{Bench, Editor, Tab, path};
use yrs::{
    ReadTxn, Transact,
    sync::{Message, SyncMessage},
    updates::encoder::Encode,
};

fn save(name: &str, force: bool) -> SaveDocument {
    SaveDocument { path: path(name), force, after: Vec::new() }
}

fn state(name: &str, dirty: bool, disk: Disk) -> State {
    State { path: path(name), dirty, disk }
}

async fn until_state(tab: &Tab, want: State) {
    let changed = Event::Document(document::Event::Changed(want));
    tab.event("the state", |event| *event == changed).await;
}

/// Runs `first` in an agent that is killed without warning, then `second` in the next one.
fn killed<T: Send + 'static, A, B>(
    first: impl FnOnce(Bench) -> A + Send + 'static,
    second: impl FnOnce(Bench, T) -> B,
) where
    A: Future<Output = T> + Send + 'static,
    B: Future<Output = ()>,
{
    let runtime =
        || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let agent = runtime();
    let (folder, kept) = agent.block_on(async {
        let bench = Bench::new().await;
        let folder = Arc::clone(&bench.folder);
        (folder, first(bench).await)
    });
    agent.shutdown_background();
    let agent = runtime();
    agent.block_on(async { second(Bench::open(folder).await, kept).await });
}

#[tokio::test]
async fn two_tabs_edit_together_and_save() {
    let bench = Bench::new().await;
    bench.write("a.rs", "fn main() {}\r\n");
    std::fs::set_permissions(bench.at("a.rs"), std::fs::Permissions::from_mode(0o4755)).unwrap();
    let (one, two) = (bench.tab().await, bench.tab_of("bob", Grants::owner()).await);
    let (mut ann, mut bob) = (Editor::open(&one, "a.rs").await, Editor::open(&two, "a.rs").await);
    let opened = &ann.document;
    assert_eq!(opened.id, bob.document.id);
    assert_eq!(
        (opened.line_ending, &*opened.encoding, &*opened.language),
        (LineEnding::CrLf, "utf-8", "rust")
    );
    assert_eq!(ann.text(), "fn main() {}\n");
    ann.typed("{}", "{ one(); }").await;
    bob.replace("main", "start");
    bob.until_text("fn start() { one(); }\n").await;
    ann.until_text("fn start() { one(); }\n").await;
    until_state(&two, state("a.rs", true, Disk::Same)).await;
    assert_eq!(one.call(save("a.rs", false)).await.unwrap(), state("a.rs", false, Disk::Same));
    assert_eq!(bench.read("a.rs"), "fn start() { one(); }\r\n");
    let mode = std::fs::metadata(bench.at("a.rs")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o755, "the mode stays, set-user-id goes");
}

#[tokio::test]
async fn a_save_waits_for_what_was_typed_before_it() {
    let bench = Bench::new().await;
    bench.write("a.txt", "text\n");
    let tab = bench.tab().await;
    let editor = Editor::open(&tab, "a.txt").await;
    let typed = editor.change("text", "all of the text");
    let after = editor.doc.transact().state_vector().encode_v1();
    // The call is heard first: what was typed comes by another way.
    let saving = tab.call(SaveDocument { path: path("a.txt"), force: false, after });
    let (saved, ()) = tokio::join!(saving, async { editor.send(&typed) });
    assert_eq!(saved.unwrap(), state("a.txt", false, Disk::Same));
    assert_eq!(bench.read("a.txt"), "all of the text\n");
}

#[test]
fn typed_text_survives_a_killed_agent() {
    killed(
        |bench| async move {
            bench.write("a.txt", "one\ntwo\n");
            let mut editor = Editor::open(&bench.tab().await, "a.txt").await;
            editor.typed("two", "2").await;
            editor.typed("", "three\n").await;
            (editor.document.id.clone(), editor.doc)
        },
        |bench, (id, doc)| async move {
            let tab = bench.tab().await;
            assert_eq!(tab.call(ListDocuments {}).await.unwrap(), [state("a.txt", true, Disk::Same)]);
            let mut fresh = Editor::open(&tab, "a.txt").await;
            assert_eq!((fresh.text().as_str(), &fresh.document.id), ("one\n2\nthree\n", &id));
            // The tab that slept through it holds the old document, and typed meanwhile.
            let old = Editor::reopen(&tab, "a.txt", doc).await.unwrap();
            assert_eq!(old.text(), "one\n2\nthree\n", "nothing is doubled");
            old.replace("one", "1");
            fresh.until_text("1\n2\nthree\n").await;
            assert_eq!(bench.read("a.txt"), "one\ntwo\n");
        },
    );
}

#[test]
fn a_document_nobody_edited_is_the_same_after_a_kill() {
    killed(
        |bench| async move {
            bench.write("a.txt", "text\n");
            let editor = Editor::open(&bench.tab().await, "a.txt").await;
            // Typed, but the agent never hears of it.
            let unheard = editor.doc;
            (editor.document.id, unheard)
        },
        |bench, (id, doc)| async move {
            assert!(std::fs::read_dir(bench.folder.path().join("state/journal")).unwrap().count() <= 1);
            let old = Editor::reopen(&bench.tab().await, "a.txt", doc).await.unwrap();
            assert_eq!((old.document.id.as_str(), old.text().as_str()), (id.as_str(), "text\n"));
        },
    );
}

#[tokio::test]
async fn a_sleeping_tab_meets_the_same_document_after_others_closed_it() {
    let bench = Bench::new().await;
    bench.write("a.txt", "text\n");
    let (sleeper, other) = (bench.tab().await, bench.tab().await);
    let mut asleep = Editor::open(&sleeper, "a.txt").await;
    asleep.typed("text", "more text").await;
    let call = document::CloseDocument { channel: asleep.channel };
    sleeper.call(call).await.unwrap();
    other.call(save("a.txt", false)).await.unwrap();
    bench.write("a.txt", "more text\nfrom outside\n");
    let opened = Editor::open(&other, "a.txt").await;
    assert_eq!(opened.text(), "more text\nfrom outside\n");
    let awake = Editor::reopen(&sleeper, "a.txt", asleep.doc).await.unwrap();
    assert_eq!(awake.document.id, opened.document.id);
    assert_eq!(awake.text(), "more text\nfrom outside\n");
}

#[tokio::test]
async fn outside_changes_merge_or_show_as_conflict() {
    let bench = Bench::new().await;
    bench.write("a.txt", "one\ntwo\nthree\n");
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "a.txt").await;
    editor.typed("three", "3").await;
    bench.write("a.txt", "1\ntwo\nthree\n");
    tab.call(save("a.txt", false)).await.unwrap();
    editor.until_text("1\ntwo\n3\n").await;
    assert_eq!(bench.read("a.txt"), "1\ntwo\n3\n");

    editor.typed("two", "ours").await;
    bench.write("a.txt", "1\ntheirs\n3\n");
    assert_eq!(tab.call(save("a.txt", false)).await.unwrap_err().code, ErrorCode::Conflict);
    until_state(&tab, state("a.txt", true, Disk::Conflict)).await;
    assert_eq!(bench.read("a.txt"), "1\ntheirs\n3\n", "never silently won");
    let both = tab.call(CompareDocument { path: path("a.txt") }).await.unwrap();
    assert_eq!((both.disk.as_deref(), &*both.document), (Some("1\ntheirs\n3\n"), "1\nours\n3\n"));
    assert_eq!(tab.call(save("a.txt", true)).await.unwrap(), state("a.txt", false, Disk::Same));
    assert_eq!(bench.read("a.txt"), "1\nours\n3\n");

    editor.typed("ours", "again").await;
    bench.write("a.txt", "1\nelse\n3\n");
    assert_eq!(tab.call(save("a.txt", false)).await.unwrap_err().code, ErrorCode::Conflict);
    tab.call(RevertDocument { path: path("a.txt") }).await.unwrap();
    editor.until_text("1\nelse\n3\n").await;
}

#[tokio::test]
async fn a_deleted_file_comes_back_only_when_asked() {
    let bench = Bench::new().await;
    bench.write("a.txt", "text\n");
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "a.txt").await;
    editor.typed("text", "precious").await;
    tab.call(DeleteFiles { paths: vec![path("a.txt")] }).await.unwrap();
    // Its text is in the trash with it: nothing is unsaved any more.
    until_state(&tab, state("a.txt", false, Disk::Deleted)).await;
    assert_eq!(tab.call(save("a.txt", false)).await.unwrap_err().code, ErrorCode::Conflict);
    assert!(!bench.at("a.txt").exists());
    tab.call(save("a.txt", true)).await.unwrap();
    assert_eq!(bench.read("a.txt"), "precious\n");
}

#[tokio::test]
async fn a_read_only_file_keeps_the_text_unsaved() {
    let bench = Bench::new().await;
    bench.write("a.txt", "text\n");
    std::fs::set_permissions(bench.at("a.txt"), std::fs::Permissions::from_mode(0o444)).unwrap();
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "a.txt").await;
    assert!(editor.document.read_only);
    editor.typed("text", "mine").await;
    assert_eq!(tab.call(save("a.txt", false)).await.unwrap_err().code, ErrorCode::Forbidden);
    assert_eq!(tab.call(ListDocuments {}).await.unwrap(), [state("a.txt", true, Disk::Same)]);
}

#[tokio::test]
async fn a_wide_or_large_text_is_shown_plain() {
    let bench = Bench::new().await;
    let tab = bench.tab().await;
    for (name, text, plain) in [
        ("small.js", "let x = 1;\n".repeat(1000), false),
        ("wide.js", "x".repeat(20_000), false),
        ("wider.js", format!("a\n{}", "x".repeat(20_001)), true),
        ("large.js", "let x = 1;\n".repeat(200_000), true),
    ] {
        bench.write(name, text);
        assert_eq!(Editor::open(&tab, name).await.document.plain, plain, "{name}");
    }
}

#[tokio::test]
async fn what_is_no_text_is_not_opened() {
    let bench = Bench::new().await;
    bench.write("binary", b"\x7FELF\0\0");
    std::fs::create_dir(bench.at("folder")).unwrap();
    let tab = bench.tab().await;
    for (name, code) in [
        ("binary", ErrorCode::Unsupported),
        ("folder", ErrorCode::Unsupported),
        ("missing", ErrorCode::NotFound),
    ] {
        let refused = Editor::reopen(&tab, name, yrs::Doc::new()).await.err().unwrap();
        assert_eq!(refused.code, code, "{refused}");
    }
    assert!(tab.call(ListDocuments {}).await.unwrap().is_empty());
}

#[tokio::test]
async fn open_documents_move_with_their_folder() {
    let bench = Bench::new().await;
    std::fs::create_dir(bench.at("old")).unwrap();
    bench.write("old/a.txt", "text\n");
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "old/a.txt").await;
    editor.typed("text", "moved").await;
    tab.call(RenameFile { from: path("old"), to: path("new"), overwrite: false }).await.unwrap();
    let moved = Event::Document(document::Event::Moved { from: path("old/a.txt"), to: path("new/a.txt") });
    tab.event("the move", |event| *event == moved).await;
    editor.typed("moved", "still here").await;
    tab.call(save("new/a.txt", false)).await.unwrap();
    assert_eq!(bench.read("new/a.txt"), "still here\n");
    assert!(!bench.at("old").exists());
}

#[tokio::test]
async fn hostile_messages_cost_their_sender_the_channel_only() {
    let bench = Bench::new().await;
    bench.write("a.txt", "text\n");
    let (good, bad) = (bench.tab().await, bench.tab().await);
    let mut ann = Editor::open(&good, "a.txt").await;
    ann.typed("text", "typed").await;
    for message in [
        Message::Sync(SyncMessage::Update(vec![0xFF; 20])),
        Message::Sync(SyncMessage::SyncStep2(vec![])),
        Message::Custom(9, vec![1]),
        Message::Auth(Some("no".into())),
    ] {
        let mut mallory = Editor::open(&bad, "a.txt").await;
        mallory.send(&message);
        mallory.until("the end", |editor| editor.ended.is_some()).await;
        assert!(mallory.ended.unwrap().contains("no edit"));
    }
    bad.call(ListDocuments {}).await.unwrap();
    ann.typed("typed", "kept").await;
    assert_eq!(Editor::open(&bad, "a.txt").await.text(), "kept\n");
}

#[tokio::test]
async fn viewers_read_along_and_change_nothing() {
    let bench = Bench::new().await;
    bench.write("a.txt", "text\n");
    let (editor, viewer) = (bench.tab().await, bench.tab_of("eve", Grants::reader()).await);
    let mut ann = Editor::open(&editor, "a.txt").await;
    let mut eve = Editor::open(&viewer, "a.txt").await;
    assert!(eve.document.read_only);
    ann.replace("text", "news");
    eve.until_text("news\n").await;
    eve.replace("news", "lies");
    ann.typed("news", "truth").await;
    assert_eq!(ann.text(), "truth\n");
    assert_eq!(viewer.call(save("a.txt", false)).await.unwrap_err().code, ErrorCode::Forbidden);
    assert_eq!(Editor::open(&viewer, "a.txt").await.text(), "truth\n");
}

/// A file that ann has open, and bob, whose cursor she has seen; and bob's tab.
async fn bob_points(bench: &Bench) -> (Editor, Editor, Arc<Tab>) {
    bench.write("a.txt", "text\n");
    let (one, two) = (bench.tab().await, bench.tab_of("bob", Grants::writer()).await);
    let mut ann = Editor::open(&one, "a.txt").await;
    let bob = Editor::open(&two, "a.txt").await;
    let mut awareness = yrs::sync::Awareness::new(yrs::Doc::with_client_id(7));
    awareness.set_local_state(serde_json::json!({"user": {"name": "ann"}})).unwrap();
    bob.send(&Message::Awareness(awareness.update().unwrap()));
    ann.until("the cursor", |editor| !editor.awareness.is_empty()).await;
    (ann, bob, two)
}

#[tokio::test]
async fn cursors_carry_the_person_of_their_session() {
    let bench = Bench::new().await;
    let (mut ann, bob, bob_tab) = bob_points(&bench).await;
    let heard = ann.awareness.pop().unwrap();
    let entry = heard.clients.values().next().unwrap();
    let said: serde_json::Value = serde_json::from_str(&entry.json).unwrap();
    assert_eq!(said, serde_json::json!({"user": {"id": "bob", "name": "bob"}}));
    bob_tab.call(document::CloseDocument { channel: bob.channel }).await.unwrap();
    ann.until("the cursor's end", |editor| !editor.awareness.is_empty()).await;
}

#[tokio::test]
async fn a_cursor_ends_with_its_connection() {
    let bench = Bench::new().await;
    let (mut ann, _bob, bob_tab) = bob_points(&bench).await;
    ann.awareness.clear();
    // No word of leaving, no time that passes: the session may come back, the cursor is gone at once.
    bob_tab.cut();
    ann.until("the cursor's end", |editor| !editor.awareness.is_empty()).await;
    let heard = ann.awareness.pop().unwrap();
    let entry = heard.clients.values().next().unwrap();
    assert_eq!(&*entry.json, "null");
    let mut late = Editor::open(&bench.tab().await, "a.txt").await;
    late.send(&Message::AwarenessQuery);
    late.typed("text", "typed").await;
    let shown =
        |update: &yrs::sync::AwarenessUpdate| update.clients.values().any(|entry| &*entry.json != "null");
    assert!(!late.awareness.iter().any(shown), "who comes later does not see it either");
}

#[test]
fn a_journal_that_cannot_be_read_is_told_and_kept() {
    killed(
        |bench| async move {
            bench.write("a.txt", "saved\n");
            Editor::open(&bench.tab().await, "a.txt").await.typed("saved", "typed").await;
            let journal = bench.folder.path().join("state/journal");
            let log =
                |entry: &std::fs::DirEntry| entry.path().extension().is_some_and(|ending| ending == "log");
            let at = std::fs::read_dir(journal).unwrap().flatten().find(log).unwrap().path();
            let mut bytes = std::fs::read(&at).unwrap();
            bytes[40] ^= 0xFF;
            std::fs::write(&at, &bytes).unwrap();
            (at, bytes)
        },
        |bench, (at, bytes)| async move {
            let tab = bench.tab().await;
            let mut editor = Editor::open(&tab, "a.txt").await;
            let notice = editor.document.notice.clone().unwrap();
            assert!(notice.contains("'a.txt'") && notice.contains("damaged"), "{notice}");
            assert_eq!(editor.text(), "saved\n");
            assert_eq!(std::fs::read(at.with_extension("damaged")).unwrap(), bytes);
            editor.typed("saved", "again").await;
            let again = Editor::open(&bench.tab().await, "a.txt").await;
            assert!(again.document.notice.is_some(), "whoever else opens it is told, too");
        },
    );
}

#[tokio::test]
async fn language_servers_follow_and_edit() {
    let bench = Bench::new().await;
    bench.write("a.rs", "fn main() {}\n");
    bench.write("b.rs", "mod a;\n");
    let documents = bench.workspace.documents();
    let mut changes = documents.subscribe();
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "a.rs").await;
    editor.typed("{}", "{ }").await;
    let opened = support::soon("the opening", changes.recv()).await.unwrap();
    assert!(
        matches!(&opened, DocumentChange::Opened(shown) if shown.language == "rust" && shown.version == 1)
    );
    let changed = support::soon("the change", changes.recv()).await.unwrap();
    assert!(
        matches!(&changed, DocumentChange::Changed(shown) if &*shown.text == "fn main() { }\n" && shown.version == 2)
    );
    let insert = |line, text: &str| {
        let at = Position { line, character: 0 };
        vec![TextEdit { range: Range { start: at, end: at }, text: text.into() }]
    };
    documents.apply(None, &path("a.rs"), insert(0, "pub ")).await.unwrap();
    editor.until_text("pub fn main() { }\n").await;
    assert_eq!(bench.read("a.rs"), "fn main() {}\n", "an open document is not saved");
    documents.apply(None, &path("b.rs"), insert(1, "mod b;\n")).await.unwrap();
    assert_eq!(bench.read("b.rs"), "mod a;\nmod b;\n", "a closed one is");
    assert_eq!(&*documents.read(&path("b.rs")).await.unwrap(), "mod a;\nmod b;\n");
    let closed = DocumentChange::Closed(path("b.rs"));
    while support::soon("the closing", changes.recv()).await.unwrap() != closed {}
    assert_eq!(documents.open().len(), 1);
    let refused = documents.apply(None, &path("a.rs"), insert(9, "x")).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Invalid);
}

#[tokio::test]
async fn shutdown_leaves_everything_on_disk() {
    let bench = Bench::new().await;
    bench.write("a.txt", "text\n");
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "a.txt").await;
    editor.typed("text", "unsaved").await;
    bench.workspace.shutdown().await;
    let again = Bench::open(Arc::clone(&bench.folder)).await;
    assert_eq!(Editor::open(&again.tab().await, "a.txt").await.text(), "unsaved\n");
}

#[tokio::test]
async fn a_large_paste_passes_in_pieces() {
    let bench = Bench::new().await;
    bench.write("a.txt", "");
    let (one, two) = (bench.tab().await, bench.tab().await);
    let mut ann = Editor::open(&one, "a.txt").await;
    let mut bob = Editor::open(&two, "a.txt").await;
    let paste = "many words, again and again\n".repeat(20_000);
    ann.typed("", &paste).await;
    bob.until_text(&paste).await;
    one.call(save("a.txt", false)).await.unwrap();
    assert_eq!(bench.read("a.txt"), paste);
}

#[tokio::test]
async fn what_cannot_be_journaled_is_acknowledged_when_it_can() {
    let bench = Bench::new().await;
    bench.write("a.txt", "text\n");
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "a.txt").await;
    let journal = bench.folder.path().join("state/journal");
    std::fs::remove_dir_all(&journal).unwrap();
    editor.replace("text", "kept");
    until_state(&tab, state("a.txt", true, Disk::Same)).await;
    std::fs::create_dir_all(journal.join("closed")).unwrap();
    editor.typed("kept", "kept after all").await;
    assert_eq!(std::fs::read_dir(&journal).unwrap().count(), 2);
}

#[tokio::test]
async fn nothing_takes_the_place_of_unsaved_text() {
    let bench = Bench::new().await;
    bench.write("a.txt", "a\n");
    bench.write("b.txt", "b\n");
    let tab = bench.tab().await;
    let (mut over, mut under) = (Editor::open(&tab, "a.txt").await, Editor::open(&tab, "b.txt").await);
    over.typed("a", "moved").await;
    under.typed("b", "unsaved").await;
    let rename = || RenameFile { from: path("a.txt"), to: path("b.txt"), overwrite: true };
    assert_eq!(tab.call(rename()).await.unwrap_err().code, ErrorCode::Conflict);
    tab.call(save("b.txt", false)).await.unwrap();
    tab.call(rename()).await.unwrap();
    under.until("the end", |editor| editor.ended.as_deref() == Some("")).await;
    assert_eq!(bench.read("b.txt"), "a\n");
    over.typed("moved", "still mine").await;
    tab.call(save("b.txt", false)).await.unwrap();
    assert_eq!(bench.read("b.txt"), "still mine\n");
    assert_eq!(Editor::open(&tab, "b.txt").await.text(), "still mine\n");
}

#[tokio::test]
async fn what_was_typed_just_before_closing_is_kept() {
    let bench = Bench::new().await;
    bench.write("a.txt", "text\n");
    let (one, two) = (bench.tab().await, bench.tab().await);
    let mut other = Editor::open(&two, "a.txt").await;
    let editor = Editor::open(&one, "a.txt").await;
    other.replace("text", "their text");
    editor.replace("", "and mine\n");
    one.call(document::CloseDocument { channel: editor.channel }).await.unwrap();
    other.until_text("their text\nand mine\n").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_has_one_document_however_many_open_it_at_once() {
    let bench = Bench::new().await;
    let tabs = [bench.tab().await, bench.tab().await, bench.tab().await, bench.tab().await];
    for round in 0..10 {
        let name = format!("{round}.txt");
        // All of them start to open it before it exists.
        let opening: Vec<_> = tabs
            .iter()
            .map(|tab| {
                let (tab, name) = (Arc::clone(tab), name.clone());
                tokio::spawn(async move {
                    loop {
                        if let Ok(editor) = Editor::reopen(&tab, &name, yrs::Doc::new()).await {
                            return editor;
                        }
                    }
                })
            })
            .collect();
        bench.write(&name, "text\n");
        let mut editors = Vec::new();
        for editor in opening {
            editors.push(support::soon("the opening", editor).await.unwrap());
        }
        editors[0].replace("text", "seen by all");
        for editor in &mut editors {
            editor.until_text("seen by all\n").await;
        }
    }
}

#[tokio::test]
async fn unsaved_text_is_thrown_away_and_brought_back_with_its_file() {
    let bench = Bench::new().await;
    std::fs::create_dir(bench.at("src")).unwrap();
    bench.write("src/a.txt", "saved\n");
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "src/a.txt").await;
    editor.typed("saved", "typed").await;
    let trashed = tab.call(DeleteFiles { paths: vec![path("src")] }).await.unwrap().trashed;
    assert!(!bench.at("src").exists());
    let states = tab.call(document::ListDocuments {}).await.unwrap();
    assert_eq!(states, [State { path: path("src/a.txt"), dirty: false, disk: Disk::Deleted }]);
    assert_eq!(editor.text(), "typed\n", "whoever has it open keeps seeing it");
    let page = tab.call(ListTrash {}).await.unwrap();
    assert!(page.entries[0].unsaved && page.entries[0].path == path("src"));
    let restore = |to: Option<&str>| RestoreFile { id: trashed[0].clone(), to: to.map(path) };
    bench.write("src", "in the way");
    assert_eq!(tab.call(restore(None)).await.unwrap_err().code, ErrorCode::Exists);
    assert_eq!(tab.call(restore(Some("back/src"))).await.unwrap(), path("back/src"));
    assert_eq!(bench.read("back/src/a.txt"), "saved\n");
    let mut back = Editor::open(&tab, "back/src/a.txt").await;
    back.until("the unsaved text", |editor| editor.text() == "typed\n").await;
    assert_eq!(bench.read("src"), "in the way");
    assert_eq!(tab.call(ListTrash {}).await.unwrap().total, 0);
}

#[tokio::test]
async fn a_link_and_its_target_are_one_document() {
    let bench = Bench::new().await;
    std::fs::create_dir(bench.at("real")).unwrap();
    bench.write("real/a.txt", "a\n");
    std::os::unix::fs::symlink("real/a.txt", bench.at("link.txt")).unwrap();
    std::os::unix::fs::symlink("real", bench.at("folder")).unwrap();
    let tab = bench.tab().await;
    let mut editors = Vec::new();
    for name in ["link.txt", "real/a.txt", "folder/a.txt"] {
        editors.push(Editor::open(&tab, name).await);
    }
    editors[0].typed("a", "b").await;
    for editor in &mut editors {
        editor.until("the text", |editor| editor.text() == "b\n").await;
    }
    tab.call(save("folder/a.txt", false)).await.unwrap();
    assert_eq!(bench.read("real/a.txt"), "b\n");
    assert!(bench.at("link.txt").is_symlink());
    assert_eq!(tab.call(document::ListDocuments {}).await.unwrap().len(), 1);
    tab.call(RenameFile { from: path("folder/a.txt"), to: path("real/b.txt"), overwrite: false })
        .await
        .unwrap();
    editors[1].typed("b", "c").await;
    tab.call(save("real/b.txt", false)).await.unwrap();
    assert_eq!(bench.read("real/b.txt"), "c\n");
}

#[tokio::test]
async fn encodings_and_line_ends_are_chosen_and_stay() {
    let bench = Bench::new().await;
    // "한글" in EUC-KR, too little to tell.
    std::fs::write(bench.at("a.txt"), b"\xC7\xD1\xB1\xDB\n").unwrap();
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "a.txt").await;
    let reopen = |encoding: &str| document::ReopenDocument { path: path("a.txt"), encoding: encoding.into() };
    assert_eq!(tab.call(reopen("utf-8")).await.unwrap_err().code, ErrorCode::Unsupported);
    assert_eq!(tab.call(reopen("klingon")).await.unwrap_err().code, ErrorCode::Invalid);
    tab.call(reopen("windows-1252")).await.unwrap();
    editor.until("the bytes", |editor| editor.text() == "ÇÑ±Û\n").await;
    tab.call(reopen("euc-kr")).await.unwrap();
    editor.until("the text", |editor| editor.text() == "한글\n").await;
    editor.typed("글", "국").await;
    assert_eq!(tab.call(reopen("gbk")).await.unwrap_err().code, ErrorCode::Conflict);
    tab.call(save("a.txt", false)).await.unwrap();
    assert_eq!(std::fs::read(bench.at("a.txt")).unwrap(), b"\xC7\xD1\xB1\xB9\n");
    // Written by somebody else: still in the encoding that was chosen.
    std::fs::write(bench.at("a.txt"), b"\xC7\xD1\n").unwrap();
    editor.until("what was written", |editor| editor.text() == "한\n").await;
    let convert = |encoding: Option<&str>, line_ending| document::ConvertDocument {
        path: path("a.txt"),
        encoding: encoding.map(str::to_owned),
        line_ending,
    };
    let error = tab.call(convert(Some("windows-1252"), None)).await.unwrap_err();
    assert!(error.message.contains("'한' in line 1") && error.message.contains("UTF-8"), "{error:?}");
    assert_eq!(std::fs::read(bench.at("a.txt")).unwrap(), b"\xC7\xD1\n", "nothing is written");
    tab.call(convert(Some("utf-8"), Some(document::LineEnding::CrLf))).await.unwrap();
    assert_eq!(bench.read("a.txt"), "한\r\n");
    tab.call(convert(Some("utf-16be"), Some(document::LineEnding::Lf))).await.unwrap();
    assert_eq!(std::fs::read(bench.at("a.txt")).unwrap(), b"\xFE\xFF\xD5\x5C\0\n");
}
