//! A folder is swapped for a link to the outside while calls work in it: none reads or writes there.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod support;

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs as unix,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use ide_core::TextEdit;
use protocol::{
    document::SaveDocument,
    file::{
        CopyFile, CreateFile, CreateFolder, DeleteFiles, ListFolder, RenameFile, RestoreFile, WatchFolders,
    },
    language::{Position, Range},
};
use support::{
    Bench, Editor, Tab, path,
    transfer::{download, upload},
};

/// How often the folder is swapped at most.
const SWAPS: usize = 200_000;
/// How often each call is made.
const ROUNDS: usize = 20;

/// What lies in a folder, by path, links not followed.
fn tree(at: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        if kind.is_symlink() {
            found.insert(path, "a link".into());
        } else if kind.is_dir() {
            found.extend(tree(&path));
            found.insert(path, "a folder".into());
        } else {
            found.insert(path.clone(), fs::read_to_string(path).unwrap());
        }
    }
    found
}

/// Swaps `folder` for `link` and back.
fn swap(root: &Path, stop: &AtomicBool) {
    let (folder, spare, link) = (root.join("folder"), root.join("spare"), root.join("link"));
    for _ in 0..SWAPS {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let _ = fs::rename(&folder, &spare).and_then(|()| fs::rename(&link, &folder));
        let _ = fs::rename(&folder, &link).and_then(|()| fs::rename(&spare, &folder));
    }
}

/// Makes every call that changes something in the folder.
async fn change(bench: &Bench, tab: &Tab, round: usize) {
    let at = |name: &str| path(&format!("folder/{name}{round}"));
    let secret = || path("folder/secret");
    let _ = tab.call(CreateFile { path: at("file") }).await;
    let _ = tab.call(CreateFolder { path: at("sub/deep") }).await;
    let _ = tab.call(RenameFile { from: at("file"), to: at("renamed"), overwrite: true }).await;
    let _ = tab.call(RenameFile { from: secret(), to: path("mine"), overwrite: true }).await;
    let _ = tab.call(CopyFile { from: path("inside"), to: at("copy") }).await;
    let _ = tab.call(CopyFile { from: path("folder"), to: path(&format!("copy{round}")) }).await;
    let _ = upload(tab, at("up").as_str(), b"up", 2, true).await;
    let _ = upload(tab, "folder/secret", b"up", 2, true).await;
    let save = SaveDocument { path: path("folder/open"), force: true, after: Vec::new() };
    let _ = tab.call(save).await;
    // As a language server that formats does it.
    let start = Position { line: 0, character: 0 };
    let edit = TextEdit { range: Range { start, end: start }, text: "formatted\n".into() };
    let _ = bench.workspace.documents().apply(None, &path("folder/closed"), vec![edit]).await;
    let doomed = vec![at("renamed"), at("sub"), secret(), path("folder/kept")];
    if let Ok(deleted) = tab.call(DeleteFiles { paths: doomed }).await {
        for id in deleted.trashed {
            let _ = tab.call(RestoreFile { id, to: Some(at("restored")) }).await;
        }
    }
}

/// Makes every call that reads in the folder.
async fn read(tab: &Arc<Tab>) {
    if let Ok((_, bytes)) = download(tab, "folder/secret").await {
        assert_ne!(bytes, b"secret");
    }
    if let Ok((_, bytes)) = download(tab, "folder").await {
        let name = b"only outside";
        assert!(!bytes.windows(name.len()).any(|some| some == name));
    }
    if let Ok(editor) = Editor::reopen(tab, "folder/secret", yrs::Doc::new()).await {
        assert_ne!(editor.text(), "secret");
    }
    if let Ok(page) = tab.call(ListFolder { path: path("folder"), after: None }).await {
        assert!(!page.entries.iter().any(|entry| entry.name == "only outside"), "{page:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn racing_links_lead_no_call_outside() {
    let bench = Bench::new().await;
    let outside = bench.folder.path().join("outside");
    fs::create_dir_all(outside.join("kept")).unwrap();
    for name in ["secret", "open", "closed", "only outside", "kept/file"] {
        fs::write(outside.join(name), "secret").unwrap();
    }
    let before = tree(&outside);
    fs::create_dir(bench.at("folder")).unwrap();
    for name in ["folder/open", "folder/closed", "inside"] {
        fs::write(bench.at(name), "inside\n").unwrap();
    }
    unix::symlink("../outside", bench.at("link")).unwrap();
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "folder/open").await;
    tab.call(WatchFolders { folders: vec![path("folder"), path("")] }).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let (root, until) = (bench.at(""), Arc::clone(&stop));
    let swapper = std::thread::spawn(move || swap(&root, &until));
    for round in 0..ROUNDS {
        editor.typed("", "more\n").await;
        change(&bench, &tab, round).await;
        read(&tab).await;
    }
    stop.store(true, Ordering::Relaxed);
    swapper.join().unwrap();
    assert!(!editor.text().contains("secret"));
    assert_eq!(tree(&outside), before);
    assert_eq!(tree(&bench.at("")).into_iter().find(|(_, text)| text == "secret"), None);
}
