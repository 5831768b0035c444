//! Logs against a model, on a disk that fails.

mod damage;
mod model;
mod places;
mod power;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Weak;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::fake::FakeDisk;
use super::{Place, Query, SegmentLog, Shared, StreamId};
use crate::{Error, Layout, Store, Table};

const LOG: Table = Table("log");
/// Segments so small that there are many.
const SEGMENT: u32 = 2000;

/// A store with a log on a disk of its own.
struct Home {
    folder: tempfile::TempDir,
    store: Store,
    disk: FakeDisk,
}

impl Home {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("cloud/test.db"), Layout::new(&[LOG])).await.unwrap();
        Self { folder, store, disk: FakeDisk::default() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("cloud/test")
    }

    fn witness(&self) -> PathBuf {
        self.folder.path().join("cloud/witness/test-segments")
    }

    async fn open(&self) -> Result<SegmentLog, Error> {
        SegmentLog::open_on(&self.store, LOG, self.path(), Box::new(self.disk.clone()), SEGMENT).await
    }

    /// Ends a log and awaits that nothing of it goes on.
    async fn close(&self, log: SegmentLog) {
        let shared: Weak<Shared> = std::sync::Arc::downgrade(&log.0.shared);
        drop(log);
        let deadline = Instant::now() + Duration::from_mins(1);
        while shared.strong_count() > 0 {
            assert!(Instant::now() < deadline, "the log was not closed");
            tokio::task::yield_now().await;
        }
    }
}

/// Records by their places, each with its stream and text.
type Model = BTreeMap<Place, (u64, Bytes)>;

async fn group(log: &SegmentLog) -> u64 {
    let of = log.clone();
    log.store().transact(move |transaction| of.begin_group(transaction)).await.unwrap()
}

async fn stream(log: &SegmentLog, group: u64) -> StreamId {
    let of = log.clone();
    log.store().transact(move |transaction| of.begin_stream(transaction, group)).await.unwrap()
}

async fn remove(log: &SegmentLog, id: StreamId) {
    let of = log.clone();
    log.store().free(move |transaction| of.remove(transaction, id)).await.unwrap();
}

/// All of a stream or group, by small pages.
async fn all(log: &SegmentLog, of: StreamId) -> Model {
    let mut found = Model::new();
    let mut query = Query { records: 7, bytes: 900, ..Query::all(of) };
    loop {
        let page = log.page(query).await.unwrap();
        assert!(page.damaged.is_empty(), "{:?}", page.damaged);
        assert!(page.found.len() <= 7 && page.found.iter().map(|record| record.place).is_sorted());
        if let Some(last) = page.found.last() {
            query.from = Place { number: last.place.number + 1, ..last.place };
        }
        for record in page.found {
            assert!(found.insert(record.place, (record.stream, record.bytes)).is_none(), "twice");
        }
        if !page.more {
            return found;
        }
    }
}
