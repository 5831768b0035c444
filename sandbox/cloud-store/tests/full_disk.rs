//! A full disk: what makes room goes on, so do starts and ends; the rest is refused in so many words, and comes back by itself.
//!
//! It takes a small disk of its own, which only root may mount. Where that cannot be, the same store runs on a disk that has
//! room, and what is checked is that nothing is refused there.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test's helpers")]

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use cloud_store::{Batch, Error, Layout, Resident, Scan, Store, Table};
use rustix::mount::{MountFlags, UnmountFlags};

const THINGS: Table = Table("things");
const LAYOUT: Layout = Layout::new(&[THINGS]);
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
