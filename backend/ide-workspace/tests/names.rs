//! Names of every kind through every call: bytes are what a file is known by, and what is said of it controls nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod support;

use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt, path::PathBuf};

use protocol::{
    ErrorCode, WorkspacePath,
    document::{CloseDocument, SaveDocument},
    file::{
        CopyFile, CreateFile, DeleteFiles, FindFiles, Kind, ListFolder, ListTrash, RenameFile, RestoreFile,
        WatchFolders,
    },
};
use support::{
    Bench, Editor, Tab, path,
    transfer::{download, upload},
};

/// The longest name that there is.
const LONG: [u8; 255] = [b'n'; 255];

/// Names as they lie on disk.
const NAMES: [&[u8]; 34] = [
    b"\xff\xfe",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x8f\xbf\xbf",
    b"\xf4\x8f\xbc\xae\xf4\x8f\xbc\xae",
    b"new\nline",
    b"2026-01-01 INFO admin logged in\r",
    b"tab\there",
    b"\x1b[31mred",
    "\u{202e}txt.exe".as_bytes(),
    "\u{200b}\u{feff}".as_bytes(),
    "\u{e9}".as_bytes(),
    "e\u{301}".as_bytes(),
    "\u{1f600}".as_bytes(),
    b"-rf",
    b" leading",
    b"trailing ",
    b"dot.",
    b"...",
    b"CON",
    b"C:",
    b"a\\b",
    b"..\\..\\up",
    b"%2e%2e%2f",
    b"..%5c",
    b"%252e%252e",
    b"~",
    b"$(reboot)`id`",
    b"<script>x<img src=x onerror=alert(1)>",
    b"'\"",
    b"*?[a]",
    b"#1?x=y",
    b"a;b&c|d",
    &LONG,
];

fn on_disk(bench: &Bench, folder: &str, name: &[u8]) -> PathBuf {
    bench.at(folder).join(OsStr::from_bytes(name))
}

async fn listed(tab: &Tab, folder: &str) -> Vec<String> {
    let page = tab.call(ListFolder { path: path(folder), after: None }).await.unwrap();
    page.entries.into_iter().filter(|entry| entry.kind == Kind::File).map(|entry| entry.name).collect()
}

/// What is said to people: no control characters, none that turns the text around.
fn check_said(message: &str) {
    let controls = |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
    assert!(!message.contains(controls), "{message:?}");
}

#[tokio::test]
async fn files_are_listed_opened_moved_and_deleted_whatever_they_are_called() {
    let bench = Bench::new().await;
    for folder in ["in", "copies", "moved"] {
        fs::create_dir(bench.at(folder)).unwrap();
    }
    for (number, name) in NAMES.iter().enumerate() {
        fs::write(on_disk(&bench, "in", name), format!("{number}\n")).unwrap();
    }
    let tab = bench.tab().await;
    assert_eq!(listed(&tab, "in").await.len(), NAMES.len(), "each is told apart");
    let found = tab.call(FindFiles { query: String::new(), limit: 200 }).await.unwrap();
    for (number, name) in NAMES.iter().enumerate() {
        let shown = WorkspacePath::name_from_bytes(name);
        assert!(listed(&tab, "in").await.contains(&shown), "{shown:?}");
        let (first, copy, moved) =
            (format!("in/{shown}"), format!("copies/{shown}"), format!("moved/{shown}"));
        assert!(found.iter().any(|found| found.path.as_str() == first), "{shown:?}");
        let (begun, bytes) = download(&tab, &first).await.unwrap();
        assert_eq!((begun.name, bytes), (shown.clone(), format!("{number}\n").into_bytes()));
        let mut editor = Editor::open(&tab, &first).await;
        editor.typed("", "typed\n").await;
        tab.call(SaveDocument { path: path(&first), force: false, after: Vec::new() }).await.unwrap();
        tab.call(CloseDocument { channel: editor.channel }).await.unwrap();
        let text = format!("{number}\ntyped\n");
        assert_eq!(fs::read_to_string(on_disk(&bench, "in", name)).unwrap(), text);
        tab.call(CopyFile { from: path(&first), to: path(&copy) }).await.unwrap();
        let rename = RenameFile { from: path(&first), to: path(&moved), overwrite: false };
        tab.call(rename).await.unwrap();
        assert_eq!(fs::read_to_string(on_disk(&bench, "copies", name)).unwrap(), text);
        upload(&tab, &moved, b"up", 2, true).await.unwrap();
        assert_eq!(fs::read(on_disk(&bench, "moved", name)).unwrap(), b"up");
        tab.call(WatchFolders { folders: vec![path(&moved)] }).await.unwrap();
        let refused = tab.call(CreateFile { path: path(&moved) }).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Exists);
        check_said(&refused.message);
        let id = tab.call(DeleteFiles { paths: vec![path(&moved)] }).await.unwrap().trashed.remove(0);
        let trash = tab.call(ListTrash {}).await.unwrap().entries;
        assert!(trash.iter().any(|thing| thing.id == id && thing.path.as_str() == moved), "{shown:?}");
        assert_eq!(tab.call(RestoreFile { id, to: None }).await.unwrap().as_str(), moved);
        let missing = tab.call(ListFolder { path: path(&first), after: None }).await.unwrap_err();
        assert_eq!(missing.code, ErrorCode::NotFound);
        check_said(&missing.message);
    }
    assert!(listed(&tab, "in").await.is_empty());
    assert_eq!(listed(&tab, "moved").await.len(), NAMES.len());
}

#[tokio::test]
async fn archives_name_every_file_and_lead_nowhere() {
    let bench = Bench::new().await;
    fs::create_dir(bench.at("in")).unwrap();
    for name in NAMES {
        fs::create_dir(on_disk(&bench, "in", name)).unwrap();
        fs::write(on_disk(&bench, "in", name).join(OsStr::from_bytes(name)), "").unwrap();
    }
    let (_, bytes) = download(&*bench.tab().await, "in").await.unwrap();
    let archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(archive.len(), 2 * NAMES.len());
    for name in archive.file_names() {
        let plain = |part: &str| !matches!(part, "." | "..") && !part.contains(['\\', ':']);
        assert!(name.trim_end_matches('/').split('/').all(plain), "{name:?}");
    }
}

#[tokio::test]
async fn names_of_what_is_being_written_are_nobodys() {
    let bench = Bench::new().await;
    bench.write("a", "text");
    let ours = ".cumulo-part-0123456789abcdef0123456789abcdef";
    let tab = bench.tab().await;
    let below = format!("{ours}/x");
    for name in [ours, &below] {
        let refused = [
            tab.call(CreateFile { path: path(name) }).await.unwrap_err(),
            tab.call(RenameFile { from: path("a"), to: path(name), overwrite: true }).await.unwrap_err(),
            tab.call(CopyFile { from: path("a"), to: path(name) }).await.unwrap_err(),
        ];
        for error in refused {
            assert_eq!(error.code, ErrorCode::Invalid);
            assert!(error.message.ends_with("choose another."), "{error}");
        }
        assert_eq!(upload(&tab, name, b"", 0, false).await, Err(ErrorCode::Invalid));
    }
    // Of those that only look alike nothing is lost.
    tab.call(CreateFile { path: path(".cumulo-part-two.mp3") }).await.unwrap();
    assert_eq!(listed(&tab, "").await, [".cumulo-part-two.mp3", "a"]);
}
