//! A tab whose connection is dropped at every point where its serving waits: what it asked for is done wholly or not at
//! all, what the agent knows is what lies on disk, and nobody else notices.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod support;

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use futures_util::SinkExt;
use ide_core::{
    abandon, link,
    relay::{RelayCodec, RelayFrame},
    somebody::somebody,
};
use protocol::{
    Call, ChannelId, Grants,
    document::{
        ConvertDocument, Disk, LineEnding, ListDocuments, OpenDocument, RevertDocument, SaveDocument,
    },
    file::{
        CopyFile, CreateFile, CreateFolder, DeleteFiles, ListTrash, PurgeTrash, RenameFile, RestoreFile,
        SetAsideText, UploadFile,
    },
    layout::{Layout, SaveLayout},
    link::{ToAgent, binary_frame},
    relay::Kind,
};
use support::{Bench, Editor, path};
use tokio_util::codec::Framed;

/// What a tab says after its hello.
type Said = Vec<RelayFrame>;

fn frame(frame: &ToAgent) -> RelayFrame {
    RelayFrame { kind: Kind::Text, payload: serde_json::to_vec(frame).unwrap().into() }
}

fn call<C: Call>(call: &C) -> RelayFrame {
    let params = serde_json::value::to_raw_value(call).unwrap();
    frame(&ToAgent::Call { id: 1, method: C::METHOD.into(), params })
}

fn bytes(channel: u32, bytes: &[u8]) -> RelayFrame {
    RelayFrame { kind: Kind::Binary, payload: binary_frame(ChannelId(channel), bytes).into() }
}

/// Has a tab say something, and drops its connection after it has waited so often; whether it got to its end.
async fn say(bench: &Bench, said: &Said, waits: usize) -> bool {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let mut wire = Framed::new(ours, RelayCodec);
    let hello: ToAgent = ToAgent::Hello { version: protocol::link::VERSION, session: None, received: 0 };
    wire.send(frame(&hello)).await.unwrap();
    for frame in said {
        wire.send(frame.clone()).await.unwrap();
    }
    tokio::io::AsyncWriteExt::shutdown(wire.get_mut()).await.unwrap();
    let principal = somebody("gone", Grants::owner());
    let serving =
        link::serve(Framed::new(theirs, RelayCodec), principal, &bench.sessions, Arc::clone(&bench.router));
    let ended = abandon::after(waits, serving).await.is_some();
    // The page is gone for good: what waits for its bytes need not wait for its return.
    bench
        .sessions
        .all()
        .iter()
        .filter(|session| session.principal().person.name == "gone")
        .for_each(ide_core::Session::end);
    ended
}

/// The files below a folder, by path.
fn files(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let name = entry.path().strip_prefix(root).unwrap().display().to_string();
            if entry.path().is_dir() {
                found.insert(format!("{name}/"), String::new());
                open.push(entry.path());
            } else {
                found.insert(name, fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    found
}

/// What can be seen of a workspace: its files, its open documents with their text, its trash.
#[derive(Debug, PartialEq)]
struct Seen {
    files: BTreeMap<String, String>,
    unsaved: BTreeMap<String, String>,
    trash: Vec<String>,
}

async fn seen(bench: &Bench) -> Seen {
    let tab = bench.tab().await;
    let mut unsaved = BTreeMap::new();
    for state in tab.call(ListDocuments {}).await.unwrap() {
        let text = Editor::open(&tab, state.path.as_str()).await.text();
        let file = fs::read_to_string(bench.at(state.path.as_str())).map(|file| file.replace("\r\n", "\n"));
        if state.disk == Disk::Same {
            assert_eq!(state.dirty, file.unwrap() != text, "{state:?}");
        }
        if state.dirty {
            unsaved.insert(state.path.to_string(), text);
        }
    }
    let page = tab.call(ListTrash {}).await.unwrap();
    assert_eq!(page.total, page.entries.len(), "everything in the trash can be restored");
    let trash = page.entries.iter().map(|entry| format!("{} {}", entry.path, entry.unsaved)).collect();
    Seen { files: files(&bench.folder.path().join("root")), unsaved, trash }
}

/// A workspace with unsaved text in `open.txt` and something in the trash, and somebody else who types.
async fn prepared() -> (Bench, Editor, protocol::file::TrashId) {
    let bench = Bench::new().await;
    for name in ["a.txt", "old.txt", "open.txt", "other.txt"] {
        bench.write(name, format!("{name}\n"));
    }
    fs::create_dir(bench.at("src")).unwrap();
    let tab = bench.tab().await;
    Editor::open(&tab, "open.txt").await.typed("open", "typed").await;
    let trashed = tab.call(DeleteFiles { paths: vec![path("old.txt")] }).await.unwrap().trashed;
    let neighbour = Editor::open(&bench.tab().await, "other.txt").await;
    (bench, neighbour, trashed[0].clone())
}

/// What is said, and drops of it at every point. Afterwards there is the one state or the other.
async fn check(name: &str, said: impl Fn(&protocol::file::TrashId) -> Said) {
    let (bench, _neighbour, _) = prepared().await;
    let before = seen(&bench).await;
    let (bench, _neighbour, trashed) = prepared().await;
    assert!(say(&bench, &said(&trashed), usize::MAX).await);
    settled(&bench).await;
    let done = seen(&bench).await;
    for waits in 0.. {
        let (bench, mut neighbour, trashed) = prepared().await;
        let ended = say(&bench, &said(&trashed), waits).await;
        settled(&bench).await;
        let now = seen(&bench).await;
        assert!(
            now == before || now == done,
            "{name} dropped after {waits}: {now:#?}\nneither {before:#?}\nnor {done:#?}"
        );
        neighbour.typed("other", "neighbour").await;
        assert_eq!(neighbour.text(), "neighbour.txt\n");
        bench.workspace.shutdown().await;
        let again = Bench::open(Arc::clone(&bench.folder)).await;
        let mut kept = seen(&again).await;
        assert_eq!(kept.unsaved.remove("other.txt").as_deref(), Some("neighbour.txt\n"));
        assert_eq!(kept, now, "{name} dropped after {waits}: memory is not what was on disk");
        if ended {
            return;
        }
    }
}

/// What was asked for goes on without its caller; this waits for its end.
async fn settled(bench: &Bench) {
    let idle = async {
        while bench.router.is_busy() {
            tokio::task::yield_now().await;
        }
    };
    support::soon("the end of all calls", idle).await;
}

#[tokio::test]
async fn files_are_changed_wholly_or_not_at_all() {
    check("create", |_| vec![call(&CreateFile { path: path("new/x.txt") })]).await;
    check("create folder", |_| vec![call(&CreateFolder { path: path("new/folder") })]).await;
    check("copy", |_| vec![call(&CopyFile { from: path("a.txt"), to: path("src/b.txt") })]).await;
    let rename = |from: &str, to: &str| RenameFile { from: path(from), to: path(to), overwrite: true };
    check("rename", |_| vec![call(&rename("open.txt", "src/open.txt"))]).await;
    check("replace", |_| vec![call(&rename("open.txt", "a.txt"))]).await;
    check("layout", |_| vec![call(&SaveLayout { layout: Layout(serde_json::json!({})) })]).await;
}

#[tokio::test]
async fn the_trash_takes_and_gives_wholly_or_not_at_all() {
    let both = || DeleteFiles { paths: vec![path("open.txt"), path("src")] };
    check("delete", |_| vec![call(&both())]).await;
    check("restore", |id| vec![call(&RestoreFile { id: id.clone(), to: None })]).await;
    check("purge", |id| vec![call(&PurgeTrash { ids: Some(vec![id.clone()]) })]).await;
    check("set aside", |_| vec![call(&SetAsideText { path: path("a.txt"), text: "typed".into() })]).await;
}

#[tokio::test]
async fn uploads_are_there_wholly_or_not_at_all() {
    let upload = |size| UploadFile { path: path("a.txt"), channel: ChannelId(7), size, overwrite: true };
    check("upload", |_| vec![call(&upload(6)), bytes(7, b"new"), bytes(7, b"er\n")]).await;
    check("half an upload", |_| vec![call(&upload(600)), bytes(7, b"new")]).await;
}

#[tokio::test]
async fn documents_are_what_is_on_disk() {
    let opened = |channel| OpenDocument { path: path("a.txt"), channel: ChannelId(channel) };
    check("open", |_| vec![call(&opened(7)), bytes(7, &[0, 0, 1, 0])]).await;
    let save = || SaveDocument { path: path("open.txt"), force: false, after: Vec::new() };
    check("save", |_| vec![call(&save())]).await;
    check("revert", |_| vec![call(&RevertDocument { path: path("open.txt") })]).await;
    let convert =
        || ConvertDocument { path: path("open.txt"), encoding: None, line_ending: Some(LineEnding::CrLf) };
    check("convert", |_| vec![call(&convert())]).await;
}
