//! What is no file, and what leads elsewhere, in every call: nothing is waited for, read or written there.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

mod support;

use std::{
    fs,
    os::unix::{fs as unix, fs::FileTypeExt, net::UnixListener},
    path::Path,
    sync::Arc,
};

use protocol::{
    CallError, ChannelId, ErrorCode,
    document::{
        CompareDocument, ConvertDocument, Disk, ListDocuments, MAX_DOCUMENT, ReopenDocument, RevertDocument,
        SaveDocument,
    },
    file::{
        CopyFile, CreateFile, CreateFolder, DeleteFiles, FindFiles, ListFolder, RenameFile, RestoreFile,
        UploadFile, WatchFolders,
    },
};
use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
use support::{
    Bench, Editor, Tab, path, soon,
    transfer::{download, upload},
};

fn save(name: &str, force: bool) -> SaveDocument {
    SaveDocument { path: path(name), force, after: Vec::new() }
}

async fn open(tab: &Arc<Tab>, name: &str) -> Result<Editor, CallError> {
    Editor::reopen(tab, name, yrs::Doc::new()).await
}

/// All calls that would read or write what is at `name`, with how each is refused.
async fn uses(tab: &Arc<Tab>, name: &str) -> Vec<(&'static str, ErrorCode)> {
    let code = |result: Result<(), CallError>| result.unwrap_err().code;
    let at = || path(name);
    vec![
        ("open", code(open(tab, name).await.map(drop))),
        ("save", code(tab.call(save(name, false)).await.map(drop))),
        ("save over", code(tab.call(save(name, true)).await.map(drop))),
        ("compare", code(tab.call(CompareDocument { path: at() }).await.map(drop))),
        ("revert", code(tab.call(RevertDocument { path: at() }).await.map(drop))),
        ("reopen", code(tab.call(ReopenDocument { path: at(), encoding: "utf-8".into() }).await.map(drop))),
        (
            "convert",
            code(
                tab.call(ConvertDocument { path: at(), encoding: Some("utf-8".into()), line_ending: None })
                    .await
                    .map(drop),
            ),
        ),
        ("download", code(download(tab, name).await.map(drop))),
        ("upload", upload(tab, name, b"x", 1, true).await.unwrap_err()),
        ("create in it", code(tab.call(CreateFile { path: at().join("x") }).await)),
        ("list", code(tab.call(ListFolder { path: at(), after: None }).await.map(drop))),
    ]
}

/// Pipes, sockets and devices, and a link to one.
fn make_special(bench: &Bench) -> Vec<(&'static str, FileType)> {
    let node = |name: &str, kind, device| mknodat(CWD, bench.at(name), kind, Mode::RWXU, device);
    node("pipe", FileType::Fifo, 0).unwrap();
    drop(UnixListener::bind(bench.at("socket")).unwrap());
    unix::symlink("pipe", bench.at("link")).unwrap();
    let mut made = vec![("pipe", FileType::Fifo), ("socket", FileType::Socket), ("link", FileType::Symlink)];
    // Only some may make one.
    if node("zero", FileType::CharacterDevice, makedev(1, 5)).is_ok() {
        made.push(("zero", FileType::CharacterDevice));
    }
    made
}

#[tokio::test]
async fn special_files_are_moved_and_deleted_but_never_opened() {
    let bench = Bench::new().await;
    let special = make_special(&bench);
    bench.write("file", "text\n");
    let tab = bench.tab().await;
    for (name, kind) in special {
        let is_there = |name: &str| {
            let found = fs::symlink_metadata(bench.at(name)).unwrap().file_type();
            match kind {
                FileType::Fifo => found.is_fifo(),
                FileType::Socket => found.is_socket(),
                FileType::Symlink => found.is_symlink(),
                _ => found.is_char_device(),
            }
        };
        for (what, code) in uses(&tab, name).await {
            assert_eq!(code, ErrorCode::Unsupported, "{what} {name}");
        }
        let created = tab.call(CreateFile { path: path(name) }).await.unwrap_err();
        assert_eq!(created.code, ErrorCode::Exists, "{name}");
        let over = RenameFile { from: path("file"), to: path(name), overwrite: false };
        assert_eq!(tab.call(over).await.unwrap_err().code, ErrorCode::Exists, "{name}");
        tab.call(WatchFolders { folders: vec![path(name)] }).await.unwrap();
        assert!(is_there(name));
        let copied = tab.call(CopyFile { from: path(name), to: path("copy") }).await;
        if kind == FileType::CharacterDevice {
            assert_eq!(copied.unwrap_err().code, ErrorCode::Unsupported);
        } else {
            copied.unwrap();
            assert!(is_there("copy"));
            fs::remove_file(bench.at("copy")).unwrap();
        }
        tab.call(RenameFile { from: path(name), to: path("moved"), overwrite: false }).await.unwrap();
        assert!(is_there("moved"));
        let id = tab.call(DeleteFiles { paths: vec![path("moved")] }).await.unwrap().trashed.remove(0);
        assert!(!bench.at("moved").exists());
        tab.call(RestoreFile { id, to: Some(path(name)) }).await.unwrap();
        assert!(is_there(name));
    }
    let found = tab.call(FindFiles { query: String::new(), limit: 200 }).await.unwrap();
    let found: Vec<_> = found.iter().map(|found| found.path.as_str()).collect();
    assert!(found.contains(&"file") && !found.contains(&"pipe") && !found.contains(&"socket"), "{found:?}");
    let (begun, _) = download(&tab, "").await.unwrap();
    assert!(begun.left_out >= 3, "{begun:?}");
}

#[tokio::test]
async fn links_that_lead_out_or_in_circles_are_refused_by_every_call() {
    let bench = Bench::new().await;
    let secret = bench.folder.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    let link = |to: &str, name: &str| unix::symlink(to, bench.at(name)).unwrap();
    link(secret.to_str().unwrap(), "absolute");
    link("../secret", "relative");
    link("/proc/self/root/etc/passwd", "magic");
    link("/proc/self/fd/0", "descriptor");
    link("/dev/fd/0", "input");
    link("b", "a");
    link("a", "b");
    link("/etc", "etc");
    fs::write(bench.at("end"), "").unwrap();
    link("end", "chain0");
    for number in 1..=41 {
        link(&format!("chain{}", number - 1), &format!("chain{number}"));
    }
    let tab = bench.tab().await;
    for name in ["absolute", "relative", "magic", "descriptor", "input", "a", "etc/passwd", "chain41"] {
        for (what, code) in uses(&tab, name).await {
            // A link itself is no file that an upload replaces.
            let is_link = what == "upload" && name != "etc/passwd";
            let expected = if is_link { ErrorCode::Unsupported } else { ErrorCode::Path };
            assert_eq!(code, expected, "{what} {name}");
        }
    }
    for name in ["etc/new", "etc/passwd"] {
        let calls = [
            tab.call(CreateFile { path: path(name) }).await,
            tab.call(CreateFolder { path: path(name) }).await,
            tab.call(RenameFile { from: path("end"), to: path(name), overwrite: true }).await,
            tab.call(RenameFile { from: path(name), to: path("mine"), overwrite: true }).await,
            tab.call(CopyFile { from: path("end"), to: path(name) }).await,
            tab.call(CopyFile { from: path(name), to: path("mine") }).await,
            tab.call(DeleteFiles { paths: vec![path(name)] }).await.map(drop),
        ];
        for refused in calls {
            let error = refused.unwrap_err();
            assert_eq!(error.code, ErrorCode::Path, "{error}");
        }
    }
    // The links themselves are moved, copied and deleted as what they are.
    tab.call(CopyFile { from: path("absolute"), to: path("copy") }).await.unwrap();
    assert_eq!(fs::read_link(bench.at("copy")).unwrap(), secret);
    tab.call(RenameFile { from: path("copy"), to: path("moved"), overwrite: false }).await.unwrap();
    tab.call(DeleteFiles { paths: vec![path("moved"), path("etc"), path("a")] }).await.unwrap();
    assert_eq!(fs::read_to_string(secret).unwrap(), "secret");
    assert!(Path::new("/etc/passwd").exists() && !Path::new("/etc/new").exists());
}

/// A second name of a file outside: what is written gets a file of its own.
#[tokio::test]
async fn a_hard_link_is_replaced_and_never_written_through() {
    let bench = Bench::new().await;
    let outside = bench.folder.path().join("outside");
    fs::write(&outside, "theirs\n").unwrap();
    for name in ["saved", "uploaded", "replaced"] {
        fs::hard_link(&outside, bench.at(name)).unwrap();
    }
    bench.write("file", "mine\n");
    let tab = bench.tab().await;
    let mut editor = Editor::open(&tab, "saved").await;
    editor.typed("theirs", "mine").await;
    tab.call(save("saved", false)).await.unwrap();
    upload(&tab, "uploaded", b"mine\n", 5, true).await.unwrap();
    tab.call(RenameFile { from: path("file"), to: path("replaced"), overwrite: true }).await.unwrap();
    for name in ["saved", "uploaded", "replaced"] {
        assert_eq!(bench.read(name), "mine\n");
    }
    assert_eq!(fs::read_to_string(outside).unwrap(), "theirs\n");
}

/// Puts something in the place of a file that was removed.
type Replace = fn(&Bench);

#[tokio::test]
async fn text_outlives_what_takes_its_files_place() {
    let bench = Bench::new().await;
    fs::create_dir(bench.at("sub")).unwrap();
    let tab = bench.tab().await;
    let replaced: [(&str, Replace); 3] = [
        ("folder", |bench| fs::create_dir(bench.at("folder")).unwrap()),
        ("pipe", |bench| mknodat(CWD, bench.at("pipe"), FileType::Fifo, Mode::RWXU, 0).unwrap()),
        ("sub/file", |bench| {
            fs::remove_dir(bench.at("sub")).unwrap();
            fs::write(bench.at("sub"), "a file now").unwrap();
        }),
    ];
    for (name, replace) in replaced {
        fs::write(bench.at(name), "text\n").unwrap();
        let mut editor = Editor::open(&tab, name).await;
        editor.typed("text", "precious").await;
        fs::remove_file(bench.at(name)).unwrap();
        replace(&bench);
        for force in [false, true] {
            let refused = tab.call(save(name, force)).await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::Unsupported, "{name}: {refused}");
        }
        let states = tab.call(ListDocuments {}).await.unwrap();
        let state = states.iter().find(|state| state.path == path(name)).unwrap();
        assert!(state.dirty, "{name}");
        assert_eq!(editor.text(), "precious\n");
    }
    fs::remove_dir(bench.at("folder")).unwrap();
    assert_eq!(tab.call(save("folder", false)).await.unwrap_err().code, ErrorCode::Conflict);
    let saved = tab.call(save("folder", true)).await.unwrap();
    assert_eq!((saved.disk, bench.read("folder").as_str()), (Disk::Same, "precious\n"));
}

#[tokio::test]
async fn files_that_are_too_large_are_refused_before_they_are_read() {
    let bench = Bench::new().await;
    let make = |name: &str, size| fs::File::create(bench.at(name)).unwrap().set_len(size).unwrap();
    make("sparse", 10 << 40);
    make("text", MAX_DOCUMENT + 1);
    fs::create_dir(bench.at("folder")).unwrap();
    make("folder/sparse", 10 << 40);
    let tab = bench.tab().await;
    for name in ["sparse", "text"] {
        let refused = open(&tab, name).await.err().unwrap();
        assert_eq!(refused.code, ErrorCode::Unsupported);
        assert!(refused.message.contains("larger than 32 MiB; look at it in a terminal"), "{refused}");
    }
    for name in ["sparse", "folder"] {
        let refused = download(&tab, name).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Limit, "{refused}");
    }
}

/// An upload of two bytes, of which the second is still to come.
struct Half {
    tab: Arc<Tab>,
    channel: ChannelId,
    answer: tokio::task::JoinHandle<Result<(), ErrorCode>>,
}

impl Half {
    fn begin(tab: &Arc<Tab>, name: &str, overwrite: bool) -> Self {
        let (channel, _inbound) = tab.channel();
        tab.send_on(channel, b"1");
        let call = UploadFile { path: path(name), channel, size: 2, overwrite };
        let calling = Arc::clone(tab);
        let answer = tokio::spawn(async move { calling.call(call).await.map_err(|error| error.code) });
        Self { tab: Arc::clone(tab), channel, answer }
    }

    async fn finish(self) -> Result<(), ErrorCode> {
        self.tab.send_on(self.channel, b"2");
        soon("the upload", self.answer).await.unwrap()
    }
}

async fn until_parts(folder: &Path, count: usize) {
    let is_part = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(".cumulo-part-");
    let waiting = async {
        while fs::read_dir(folder).unwrap().flatten().filter(is_part).count() < count {
            tokio::task::yield_now().await;
        }
    };
    soon("the uploads' beginning", waiting).await;
}

#[tokio::test]
async fn uploads_meet_each_other_and_what_becomes_of_their_folder() {
    let bench = Bench::new().await;
    let (one, two) = (bench.tab().await, bench.tab().await);
    let (first, second) = (Half::begin(&one, "new", false), Half::begin(&two, "new", false));
    until_parts(&bench.at(""), 2).await;
    assert_eq!(first.finish().await, Ok(()));
    assert_eq!(second.finish().await, Err(ErrorCode::Exists), "two tabs, one name");
    fs::create_dir(bench.at("folder")).unwrap();
    let during = Half::begin(&one, "folder/file", false);
    until_parts(&bench.at("folder"), 1).await;
    two.call(RenameFile { from: path("folder"), to: path("moved"), overwrite: false }).await.unwrap();
    assert_eq!(during.finish().await, Err(ErrorCode::Conflict));
    let during = Half::begin(&one, "moved/file", true);
    until_parts(&bench.at("moved"), 1).await;
    two.call(DeleteFiles { paths: vec![path("moved")] }).await.unwrap();
    assert_eq!(during.finish().await, Err(ErrorCode::Conflict));
    assert_eq!(bench.read("new"), "12");
    let left: Vec<_> = fs::read_dir(bench.at("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["new"], "what failed left nothing");
}
