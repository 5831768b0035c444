//! A store that lost something, or was changed by anything but itself, says so and is left as it was found.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test's helpers")]

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use cloud_store::{Batch, Error, Layout, Scan, Store, Table};

const THINGS: Table = Table("things");
const LAYOUT: Layout = Layout::new(&[THINGS]);
const COUNT: usize = 200;

/// How a store loses something.
type Loss = (&'static str, fn(&Home));

struct Home(tempfile::TempDir);

impl Home {
    fn file(&self) -> PathBuf {
        self.0.path().join("cloud/test.db")
    }

    fn companion(&self, suffix: &str) -> PathBuf {
        self.0.path().join(format!("cloud/test.db{suffix}"))
    }

    async fn open(&self) -> Result<Store, Error> {
        Store::open(self.file(), LAYOUT).await
    }

    /// A store with entries, closed: all of it is in the one file, once its writer's thread has ended.
    async fn closed() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        let store = home.open().await.unwrap();
        put(&store, 0).await;
        home.close(store).await;
        home
    }

    /// Ends a store and awaits that its writer's thread has closed the file.
    async fn close(&self, store: Store) {
        drop(store);
        let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
        while self.companion("-wal").exists() {
            assert!(std::time::Instant::now() < deadline, "the store was not closed");
            tokio::task::yield_now().await;
        }
    }

    /// The files of a store as a killed process leaves them, its last commits in the log.
    async fn killed() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        let store = home.open().await.unwrap();
        put(&store, 0).await;
        let copy = Self(tempfile::tempdir().unwrap());
        copy_all(home.0.path(), copy.0.path());
        copy
    }

    /// Refused, naming the file and a next step; and nothing of it was touched.
    async fn check_refused(&self, what: &str) {
        let before = contents(self.0.path());
        let error = self.open().await.err().unwrap_or_else(|| panic!("{what}: opened"));
        let text = error.to_string();
        assert!(error.is_damage(), "{what}: {text}");
        assert!(text.contains("cloud/test.db") && text.contains("Put back a copy"), "{what}: {text}");
        assert_eq!(contents(self.0.path()), before, "{what}: touched");
    }
}

async fn put(store: &Store, from: usize) {
    for part in 0..4 {
        let mut batch = Batch::new();
        for n in from + part * COUNT / 4..from + (part + 1) * COUNT / 4 {
            batch.put(THINGS, format!("key {n:04}"), format!("value {n} {}", "x".repeat(n)));
        }
        store.commit(batch).await.unwrap();
    }
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::DirBuilder::new().mode(0o700).create(&target).unwrap();
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// All files but SQLite's shared index, which every reader writes.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.to_string_lossy().ends_with("-shm")
                && !path.to_string_lossy().ends_with("reserve/test")
            {
                all.push((path.clone(), fs::read(path).unwrap()));
            }
        }
    }
    all.retain(|(path, bytes)| !(bytes.is_empty() && path.to_string_lossy().ends_with("-wal")));
    all.sort();
    all
}

fn cut(path: &Path, length: u64) {
    fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length).unwrap();
}

#[tokio::test]
async fn a_store_that_is_whole_opens_again_and_again() {
    for home in [Home::closed().await, Home::killed().await] {
        for round in 1..4 {
            let store = home.open().await.unwrap();
            assert_eq!(store.scan(THINGS, Scan::all()).await.unwrap().len(), round * COUNT);
            put(&store, round * COUNT).await;
        }
    }
}

#[tokio::test]
async fn a_loss_is_told_from_emptiness() {
    let loses: [Loss; 5] = [
        ("missing", |home| fs::remove_file(home.file()).unwrap()),
        ("emptied", |home| cut(&home.file(), 0)),
        ("cut after its first page", |home| cut(&home.file(), 4096)),
        ("cut in half", |home| cut(&home.file(), fs::metadata(home.file()).unwrap().len() / 2)),
        ("cut by a page", |home| cut(&home.file(), fs::metadata(home.file()).unwrap().len() - 4096)),
    ];
    for (what, lose) in loses {
        let home = Home::closed().await;
        lose(&home);
        home.check_refused(what).await;
    }
}

#[tokio::test]
async fn a_lost_log_is_told_from_a_closed_store() {
    let loses: [Loss; 6] = [
        ("log missing", |home| fs::remove_file(home.companion("-wal")).unwrap()),
        ("log emptied", |home| cut(&home.companion("-wal"), 0)),
        ("log cut", |home| {
            let wal = home.companion("-wal");
            cut(&wal, fs::metadata(&wal).unwrap().len() * 3 / 4);
        }),
        ("a bit of the log", |home| {
            let wal = home.companion("-wal");
            let mut bytes = fs::read(&wal).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(wal, bytes).unwrap();
        }),
        ("everything of that name", |home| {
            for suffix in ["", "-wal", "-shm"] {
                let _ = fs::remove_file(home.companion(suffix));
            }
        }),
        ("an older copy of the log's head", |home| {
            let wal = home.companion("-wal");
            cut(&wal, 32);
        }),
    ];
    for (what, lose) in loses {
        let home = Home::killed().await;
        lose(&home);
        home.check_refused(what).await;
    }
}

#[tokio::test]
async fn another_stores_file_is_no_copy() {
    let home = Home::closed().await;
    let other = Home::closed().await;
    fs::copy(other.file(), home.file()).unwrap();
    home.check_refused("another store's file").await;
}

#[tokio::test]
async fn an_older_copy_is_used_once_its_witness_is_gone() {
    let home = Home::closed().await;
    let copy = home.0.path().join("copy");
    fs::copy(home.file(), &copy).unwrap();
    let store = home.open().await.unwrap();
    put(&store, COUNT).await;
    home.close(store).await;
    fs::copy(&copy, home.file()).unwrap();
    home.check_refused("an older copy").await;
    let error = home.open().await.err().unwrap().to_string();
    let witness = home.0.path().join("cloud/witness/test");
    assert!(error.contains(witness.to_str().unwrap()), "{error}");
    fs::remove_file(witness).unwrap();
    for _ in 0..2 {
        let store = home.open().await.unwrap();
        assert_eq!(store.scan(THINGS, Scan::all()).await.unwrap().len(), COUNT);
    }
}

#[tokio::test]
async fn no_flipped_bit_is_answered_as_if_it_were_right() {
    let home = Home::closed().await;
    let whole = fs::read(home.file()).unwrap();
    let store = home.open().await.unwrap();
    let right = store.scan(THINGS, Scan::all()).await.unwrap();
    home.close(store).await;
    // Every page, at places that are spread over it.
    for place in (0..whole.len()).step_by(4096 / 8 + 5) {
        let flipped = Home(tempfile::tempdir().unwrap());
        copy_all(home.0.path(), flipped.0.path());
        let mut bytes = whole.clone();
        bytes[place] ^= 0x10;
        fs::write(flipped.file(), bytes).unwrap();
        // Either it is refused, or reading is, or the bit did not matter.
        let Ok(store) = flipped.open().await else { continue };
        match store.scan(THINGS, Scan::all()).await {
            Ok(entries) => assert_eq!(entries, right, "byte {place}"),
            Err(error) => assert!(error.is_damage(), "byte {place}: {error}"),
        }
    }
}

#[tokio::test]
async fn a_new_store_beside_contents_is_a_lost_one() {
    let folder = tempfile::tempdir().unwrap();
    let (file, contents) = (folder.path().join("cloud/s3.db"), folder.path().join("cloud/s3"));
    Store::open_naming(&file, LAYOUT, &contents).await.unwrap();
    fs::create_dir_all(&contents).unwrap();
    fs::write(contents.join("blob"), "x").unwrap();
    Store::open_naming(&file, LAYOUT, &contents).await.unwrap();
    fs::remove_dir_all(folder.path().join("cloud/witness")).unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(folder.path().join(format!("cloud/s3.db{suffix}")));
    }
    for _ in 0..2 {
        let error = Store::open_naming(&file, LAYOUT, &contents).await.err().unwrap();
        assert!(matches!(error, Error::Missing { .. }), "{error}");
        assert!(contents.join("blob").exists() && !file.exists());
    }
}

#[tokio::test]
async fn nobody_else_may_read_what_belongs_to_a_store() {
    let home = Home::killed().await;
    for suffix in ["", "-wal"] {
        fs::set_permissions(home.companion(suffix), fs::Permissions::from_mode(0o644)).unwrap();
    }
    let store = home.open().await.unwrap();
    put(&store, COUNT).await;
    store.scan(THINGS, Scan::all()).await.unwrap();
    let mut folders = vec![home.0.path().join("cloud")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o077, 0, "{}", folder.display());
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            seen += 1;
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                let mode = entry.metadata().unwrap().permissions().mode();
                assert_eq!(mode & 0o077, 0, "{}", entry.path().display());
            }
        }
    }
    assert!(seen >= 5, "database, its log and index, witness, reserve");
}
