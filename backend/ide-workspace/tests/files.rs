//! Files and folders over the real link: listing, watching, finding, bytes in and out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod support;

use std::sync::Arc;

use protocol::{
    ErrorCode, Event, Grants,
    document::{self, Disk, State},
    file::{
        self, CopyFile, CreateFile, CreateFolder, DeleteFiles, FindFiles, ListFolder, ListTrash, RenameFile,
        RestoreFile, SetAsideText, WatchFolders,
    },
    layout::{Layout, LoadLayout, SaveLayout},
};
use support::{
    Bench, Editor, Tab, path,
    transfer::{self, upload},
};

async fn names(tab: &Tab, folder: &str) -> Vec<String> {
    let page = tab.call(ListFolder { path: path(folder), after: None }).await.unwrap();
    page.entries.into_iter().map(|entry| entry.name).collect()
}

async fn watch(tab: &Tab, folders: &[&str]) {
    tab.call(WatchFolders { folders: folders.iter().map(|folder| path(folder)).collect() }).await.unwrap();
}

async fn until_changed(tab: &Tab, folder: &str) {
    let folder = path(folder);
    let fits = |event: &Event| matches!(event, Event::File(file::Event::Changed { folders }) if folders.contains(&folder));
    tab.event("the change", fits).await;
}

async fn download(tab: &Tab, name: &str) -> (String, Vec<u8>) {
    let (begun, bytes) = transfer::download(tab, name).await.unwrap();
    (begun.name, bytes)
}

#[tokio::test]
async fn people_see_what_they_do_to_files() {
    let bench = Bench::new().await;
    let tab = bench.tab().await;
    tab.call(CreateFile { path: path("src/a.rs") }).await.unwrap();
    tab.call(CreateFolder { path: path("docs") }).await.unwrap();
    tab.call(CopyFile { from: path("src"), to: path("copy") }).await.unwrap();
    tab.call(RenameFile { from: path("src/a.rs"), to: path("src/b.rs"), overwrite: false }).await.unwrap();
    tab.call(DeleteFiles { paths: vec![path("docs")] }).await.unwrap();
    assert_eq!(names(&tab, "").await, ["copy", "src"]);
    assert_eq!(names(&tab, "src").await, ["b.rs"]);
    let found = tab.call(FindFiles { query: "brs".into(), limit: 10 }).await.unwrap();
    assert_eq!(found.iter().map(|found| found.path.as_str()).collect::<Vec<_>>(), ["src/b.rs"]);
    let error = tab.call(ListFolder { path: path("missing"), after: None }).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
    assert_eq!(error.message, "Cannot list 'missing': there is no such file or folder.");
}

#[tokio::test]
async fn viewers_change_nothing() {
    let bench = Bench::new().await;
    bench.write("a", "text");
    let viewer = bench.tab_of("eve", Grants::reader()).await;
    let refused = viewer.call(CreateFile { path: path("b") }).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert_eq!(upload(&viewer, "b", b"x", 1, false).await, Err(ErrorCode::Forbidden));
    assert_eq!(download(&viewer, "a").await, ("a".into(), b"text".to_vec()));
}

#[tokio::test]
async fn changes_of_watched_folders_are_told() {
    let bench = Bench::new().await;
    std::fs::create_dir_all(bench.at("sub")).unwrap();
    let tab = bench.tab().await;
    watch(&tab, &["", "sub", "not yet"]).await;
    bench.write("sub/file", "");
    until_changed(&tab, "sub").await;
    std::fs::remove_dir_all(bench.at("sub")).unwrap();
    until_changed(&tab, "").await;
    // A folder that comes later, or again, is watched then.
    std::fs::create_dir(bench.at("not yet")).unwrap();
    until_changed(&tab, "not yet").await;
    let folders = vec![path("x"); file::MAX_WATCHED + 1];
    assert_eq!(tab.call(WatchFolders { folders }).await.unwrap_err().code, ErrorCode::Limit);
}

#[tokio::test]
async fn what_would_be_looked_for_too_long_is_refused() {
    let bench = Bench::new().await;
    bench.write("a.txt", "");
    let tab = bench.tab().await;
    for query in ["a".repeat(5000), "a ".repeat(100), "é".repeat(500_000)] {
        let refused = tab.call(FindFiles { query, limit: 10 }).await.unwrap_err();
        assert!(refused.code == ErrorCode::Limit && refused.message.contains("type less"), "{refused:?}");
    }
    let query = "a t x t ".repeat(8);
    assert_eq!(
        tab.call(FindFiles { query, limit: 10 }).await.unwrap().len(),
        1,
        "as many words as there may be"
    );
}

#[tokio::test]
async fn ten_thousand_files_at_once_are_told_in_few_words_and_none_is_missed() {
    let bench = Bench::new().await;
    std::fs::create_dir_all(bench.at("many")).unwrap();
    let tab = bench.tab().await;
    watch(&tab, &["many"]).await;
    for number in 0..10_000 {
        std::fs::write(bench.at(&format!("many/{number:05}")), "x").unwrap();
    }
    std::fs::write(bench.at("many/last"), "").unwrap();
    let mut told = 0;
    loop {
        until_changed(&tab, "many").await;
        told += 1;
        let page = ListFolder { path: path("many"), after: Some("09999".into()) };
        if tab.call(page).await.unwrap().entries.iter().any(|entry| entry.name == "last") {
            break;
        }
    }
    assert!(told < 1000, "{told} events for 10,001 files");
}

#[tokio::test]
async fn a_folder_that_is_replaced_and_renamed_is_watched_once_and_a_loop_is_none() {
    let bench = Bench::new().await;
    std::fs::create_dir_all(bench.at("a/b")).unwrap();
    std::os::unix::fs::symlink("..", bench.at("a/b/up")).unwrap();
    let tab = bench.tab().await;
    watch(&tab, &["", "a", "a/b", "a/b/up/b/up/b"]).await;
    // A storm of renames ends where it began; then the folder is another one of the same name.
    for _ in 0..500 {
        std::fs::rename(bench.at("a"), bench.at("c")).unwrap();
        std::fs::rename(bench.at("c"), bench.at("a")).unwrap();
    }
    std::fs::rename(bench.at("a"), bench.at("old")).unwrap();
    std::fs::create_dir_all(bench.at("a/b")).unwrap();
    until_changed(&tab, "a").await;
    std::fs::write(bench.at("a/b/new"), "").unwrap();
    until_changed(&tab, "a/b").await;
    let descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = descriptors();
    for _ in 0..50 {
        watch(&tab, &["", "a", "a/b"]).await;
        watch(&tab, &[]).await;
    }
    assert!(descriptors() <= before + 8, "{before}, then {}", descriptors());
}

#[tokio::test]
async fn open_documents_follow_their_files() {
    let bench = Bench::new().await;
    std::fs::create_dir_all(bench.at("sub")).unwrap();
    bench.write("sub/real.txt", "one\ntwo\n");
    std::os::unix::fs::symlink("sub/real.txt", bench.at("link.txt")).unwrap();
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "link.txt").await;
    watch(&tab, &[]).await;
    bench.write("sub/real.txt", "one\n2\n");
    editor.until_text("one\n2\n").await;
    // As a shell's `>>` does it.
    std::fs::write(bench.at("sub/real.txt"), "one\n2\nthree\n").unwrap();
    editor.until_text("one\n2\nthree\n").await;
    std::fs::remove_file(bench.at("sub/real.txt")).unwrap();
    let deleted = State { path: path("sub/real.txt"), dirty: false, disk: Disk::Deleted };
    let deleted = Event::Document(document::Event::Changed(deleted));
    tab.event("the deletion", |event| *event == deleted).await;
    bench.write("sub/real.txt", "back\n");
    editor.until_text("back\n").await;
}

#[tokio::test]
async fn bytes_go_in_and_out_unchanged() {
    let bench = Bench::new().await;
    let tab = bench.tab().await;
    let bytes: Vec<u8> = (0..300_000_u32).map(|index| (index % 251) as u8).collect();
    upload(&tab, "in/deep/file.bin", &bytes, bytes.len() as u64, false).await.unwrap();
    assert_eq!(std::fs::read(bench.at("in/deep/file.bin")).unwrap(), bytes);
    assert_eq!(download(&tab, "in/deep/file.bin").await, ("file.bin".into(), bytes));
    assert_eq!(upload(&tab, "in/deep/file.bin", b"x", 1, false).await, Err(ErrorCode::Exists));
    upload(&tab, "in/deep/file.bin", b"", 0, true).await.unwrap();
    assert_eq!(upload(&tab, "more", b"xyz", 2, false).await, Err(ErrorCode::Invalid));
    assert_eq!(upload(&tab, "large", b"", file::MAX_UPLOAD + 1, false).await, Err(ErrorCode::Limit));
    assert_eq!(upload(&tab, "in/deep", b"", 0, true).await, Err(ErrorCode::Unsupported));
    assert_eq!(names(&tab, "").await, ["in"], "what failed left nothing");
    let (name, archive) = download(&tab, "in").await;
    assert_eq!((name.as_str(), archive.get(..2)), ("in.zip", Some(&b"PK"[..])));
}

#[tokio::test]
async fn an_upload_reaches_the_open_document() {
    let bench = Bench::new().await;
    bench.write("a.txt", "old\n");
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "a.txt").await;
    upload(&tab, "a.txt", b"new\n", 4, true).await.unwrap();
    editor.until_text("new\n").await;
}

#[tokio::test]
async fn what_is_replaced_lies_in_the_trash() {
    let bench = Bench::new().await;
    bench.write("a.txt", "first\n");
    bench.write("b.txt", "second\n");
    let tab = bench.tab().await;
    upload(&tab, "a.txt", b"new\n", 4, true).await.unwrap();
    tab.event("the trash", |event| *event == Event::File(file::Event::TrashChanged)).await;
    tab.call(RenameFile { from: path("a.txt"), to: path("b.txt"), overwrite: true }).await.unwrap();
    assert_eq!(bench.read("b.txt"), "new\n");
    let mut restored = Vec::new();
    for entry in tab.call(ListTrash {}).await.unwrap().entries {
        assert_eq!(entry.by.map(|person| person.0).as_deref(), Some("ann"));
        let to = path(&format!("back/{}", entry.path));
        tab.call(RestoreFile { id: entry.id, to: Some(to.clone()) }).await.unwrap();
        restored.push((to.to_string(), bench.read(to.as_str())));
    }
    restored.sort();
    let want = [("back/a.txt", "first\n"), ("back/b.txt", "second\n")];
    assert_eq!(restored, want.map(|(path, text)| (path.to_owned(), text.to_owned())));
    // What took no place, or kept its own, leaves nothing there.
    upload(&tab, "fresh.txt", b"", 0, true).await.unwrap();
    tab.call(RenameFile { from: path("b.txt"), to: path("b.txt"), overwrite: true }).await.unwrap();
    assert_eq!(upload(&tab, "b.txt", b"xyz", 2, true).await, Err(ErrorCode::Invalid));
    assert_eq!(tab.call(ListTrash {}).await.unwrap().total, 0);
}

#[tokio::test]
async fn text_that_found_no_place_waits_in_the_trash() {
    let bench = Bench::new().await;
    bench.write("a.txt", "of somebody else\n");
    let tab = bench.tab().await;
    let text = "typed on the train\n".to_owned();
    let id = tab.call(SetAsideText { path: path("a.txt"), text: text.clone() }).await.unwrap();
    let bench = Bench::open(Arc::clone(&bench.folder)).await;
    let tab = bench.tab().await;
    let page = tab.call(ListTrash {}).await.unwrap();
    assert!(page.entries[0].unsaved && page.entries[0].id == id, "it is there after a restart");
    let mut editor = Editor::open(&tab, "a.txt").await;
    tab.call(RestoreFile { id: id.clone(), to: None }).await.unwrap();
    editor.until_text(&text).await;
    assert_eq!(bench.read("a.txt"), "of somebody else\n", "it comes back as unsaved text");
    assert_eq!(tab.call(ListTrash {}).await.unwrap().total, 0);
    let viewer = bench.tab_of("bob", Grants::reader()).await;
    let refused = viewer.call(SetAsideText { path: path("a.txt"), text }).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn layouts_stay() {
    let bench = Bench::new().await;
    let tab = bench.tab().await;
    assert_eq!(tab.call(LoadLayout {}).await.unwrap(), None);
    let layout = Layout(serde_json::json!({"open": ["a.rs"]}));
    tab.call(SaveLayout { layout: layout.clone() }).await.unwrap();
    let again = Bench::open(Arc::clone(&bench.folder)).await;
    assert_eq!(again.tab().await.call(LoadLayout {}).await.unwrap(), Some(layout));
    assert_eq!(again.tab_of("bob", Grants::owner()).await.call(LoadLayout {}).await.unwrap(), None);
}
