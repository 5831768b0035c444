//! A full disk: what makes room goes on, so do starts and ends; the rest is refused in so many words, and comes back by itself.
//!
//! It takes a small disk of its own, which only root may mount. Where that cannot be, the same store runs on a disk that has
//! room, and what is checked is that nothing is refused there.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test's helpers")]

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bytes::Bytes;
use cloud_store::{
    Batch, Error, Layout, Query, Resident, Scan, SegmentLog, Store, StreamId, Table, Transaction,
};
use rustix::mount::{MountFlags, UnmountFlags};

const THINGS: Table = Table("things");
const LAYOUT: Layout = Layout::new(&[THINGS]);
const LOG: Table = Table("log");
const DISK: &std::ffi::CStr = c"size=12m,mode=700";

/// A folder that is a disk of 12 MiB, if this process may have one.
struct Disk {
    folder: tempfile::TempDir,
    is_small: bool,
}

impl Disk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mounted = rustix::mount::mount("cumulo-test", folder.path(), "tmpfs", MountFlags::empty(), DISK);
        Self { folder, is_small: mounted.is_ok() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Leaves no byte to anybody else.
    fn fill(&self) {
        if self.is_small {
            let mut file = fs::File::create(self.path().join("filler")).unwrap();
            let block = vec![0; 4096];
            while std::io::Write::write_all(&mut file, &block).is_ok() {}
        }
    }

    fn empty(&self) {
        let _ = fs::remove_file(self.path().join("filler"));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_small {
            rustix::mount::unmount(self.folder.path(), UnmountFlags::DETACH).unwrap();
        }
    }
}

fn entry(n: usize) -> Batch {
    let mut batch = Batch::new();
    batch.put(THINGS, format!("{n:04}"), "x".repeat(2000));
    batch
}

async fn delete(store: &Store, n: usize) -> Result<(), Error> {
    let mut batch = Batch::new();
    batch.delete(THINGS, format!("{n:04}"));
    store.commit(batch).await
}

#[tokio::test]
async fn deletes_starts_and_ends_go_on_without_room() {
    let disk = Disk::new();
    let file = disk.path().join("cloud/test.db");
    let reserve = disk.path().join("cloud/reserve/test");
    let mut store = Store::open(&file, LAYOUT).await.unwrap();
    for n in 0..300 {
        store.commit(entry(n)).await.unwrap();
    }
    assert!(fs::metadata(&reserve).unwrap().blocks() * 512 >= 2 << 20, "real blocks are kept");
    for round in 0..3 {
        disk.fill();
        if disk.is_small {
            let refused = store.commit(entry(1000)).await;
            assert!(matches!(refused, Err(Error::Full(_))), "{refused:?}");
        }
        for n in round * 50..round * 50 + 25 {
            delete(&store, n).await.unwrap();
        }
        // What frees may set a value here and there.
        let mut batch = Batch::freeing();
        batch.put(THINGS, "freed", "y");
        store.commit(batch).await.unwrap();
        drop(store);
        store = Store::open(&file, LAYOUT).await.unwrap();
        for n in round * 50 + 25..round * 50 + 50 {
            delete(&store, n).await.unwrap();
        }
        disk.empty();
        store.commit(entry(1000)).await.unwrap();
        assert!(reserve.exists(), "it is kept again");
    }
    assert_eq!(store.scan(THINGS, Scan::all()).await.unwrap().len(), 300 - 150 + 2);
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn what_a_collection_refuses_is_not_in_its_memory_either() {
    let disk = Disk::new();
    let store = Store::open(disk.path().join("cloud/test.db"), LAYOUT).await.unwrap();
    let (texts, _) = Resident::<String, String>::open(&store, THINGS, &[]).await.unwrap();
    texts.put("a".into(), "x".repeat(2000)).await.unwrap();
    disk.fill();
    if disk.is_small {
        let refused = texts.put("b".into(), "x".repeat(2000)).await;
        assert!(matches!(refused, Err(Error::Full(_))), "{refused:?}");
        assert!(texts.get(&"b".into()).is_none());
    }
    let shorten = |_: Option<&String>| Ok::<_, Error>((Some("short".to_owned()), ()));
    texts.free("a".into(), shorten).await.unwrap();
    assert_eq!(texts.get(&"a".into()).unwrap().as_str(), "short");
    assert!(texts.remove("a".into()).await.unwrap());
    assert!(texts.view().is_empty());
    disk.empty();
    texts.put("b".into(), "y".to_owned()).await.unwrap();
}

#[tokio::test]
async fn a_log_on_a_full_disk_lets_groups_go_and_gives_their_room_back() {
    let disk = Disk::new();
    let store = Store::open(disk.path().join("cloud/test.db"), Layout::new(&[LOG])).await.unwrap();
    let log = SegmentLog::open(&store, LOG, disk.path().join("cloud/test")).await.unwrap();
    let of = log.clone();
    let two = move |transaction: &mut Transaction<'_>| {
        let mut id = || {
            let group = of.begin_group(transaction)?;
            of.begin_stream(transaction, group)
        };
        Ok::<_, Error>([id()?, id()?])
    };
    let [goes, stays] = store.transact(two).await.unwrap();
    let text = || vec![(1, Bytes::from("x".repeat(100_000)))];
    for n in 0..20 {
        log.append(goes, 0, text()).await.unwrap();
        if n % 4 == 0 {
            log.append(stays, 0, text()).await.unwrap();
        }
    }
    disk.fill();
    if disk.is_small {
        let refused = log.append(stays, 0, text()).await;
        assert!(matches!(refused, Err(Error::Full(_))), "{refused:?}");
    }
    let removed = log.clone();
    let remove =
        move |transaction: &mut Transaction<'_>| removed.remove(transaction, StreamId::all(goes.group));
    store.free(remove).await.unwrap();
    log.roll().await.unwrap();
    log.reclaim().await.unwrap();
    assert!(log.page(Query::all(goes)).await.unwrap().found.is_empty());
    let segments = fs::read_dir(disk.path().join("cloud/test")).unwrap();
    let bytes: u64 = segments.map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    assert!(bytes < 600_000, "{bytes} bytes are left of what 500,000 were not removed of");
    // With the room that came back it goes on, without anybody's help.
    log.append(stays, 0, text()).await.unwrap();
    assert_eq!(log.page(Query { bytes: 1 << 24, ..Query::all(stays) }).await.unwrap().found.len(), 6);
}
