//! A log of streams of records that are only ever appended: beside a store, which knows what lies where.
//!
//! * Streams lie interleaved in segments of 4 MiB, so that any number of them takes few files and one flush. One thread
//!   appends; what waits for it shares a flush. Each append is a frame with a checksum: there as a whole or not at all.
//! * Once a segment is full its index goes into the store: by stream and segment, which places are in which stretches of
//!   the file. In memory is the index of the last segments alone, whatever the number of records.
//! * Records are read by place, which is time and number, also those that were appended in another order of time.
//! * Streams and groups are removed by a note in the same transaction as the record that named them; nobody reads them from
//!   then on. Their bytes, and those that grew old, go in the background: whole segments first, others written anew.
//! * A torn end is cut off at a start. Damage before that is named and left; so is what the log's witness knows and its
//!   files do not have.
//!
//! It knows nothing of what records say.

use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;

use bytes::Bytes;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;

use crate::door::Door;
use crate::reserve::Reserve;
use crate::{Error, Store, Table, Transaction};
use catalog::Catalog;
use files::{Disk, Files, Folder};
use frame::Frame;
use tail::Tail;
use writer::Asked;

mod catalog;
#[cfg(test)]
mod fake;
mod files;
mod frame;
mod index;
mod latest;
mod open;
mod read;
mod reclaim;
mod segment;
mod tail;
#[cfg(test)]
mod tests;
mod writer;

pub use catalog::Latest;
pub use frame::{Place, Record, StreamId};
pub use index::Totals;
pub use latest::Listing;
pub use read::{Query, Records};

/// How often a page is tried again because a file was written anew meanwhile.
const TRIES: usize = 8;
/// Parts that are dropped at once.
const PARTS: usize = 64;

/// A log. Cheap to clone; it is closed with the last clone, or before by [`SegmentLog::close`]. Its store must not be opened
/// twice at a time.
#[derive(Clone)]
pub struct SegmentLog(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    queue: Door<Asked>,
    /// Gives room back. It ends with the log.
    _reclaiming: JoinSet<()>,
}

/// What the writer, the readers and who gives room back have in common.
pub(crate) struct Shared {
    store: Store,
    catalog: Catalog,
    /// Which log this is.
    id: String,
    folder: Folder,
    tail: Tail,
    reserve: Reserve,
    flushes: AtomicU64,
    /// There may be room to give back.
    wake: Arc<Notify>,
    reclaiming: tokio::sync::Mutex<()>,
    is_closed: AtomicBool,
}

/// Records to append to a stream, as [`SegmentLog::append`] has them.
pub type Append = (StreamId, i64, Vec<(i64, Bytes)>);

/// What was dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Records.
    pub records: u64,
    /// Bytes of what they said.
    pub bytes: u64,
    /// Whether there is more to drop.
    pub more: bool,
}

impl SegmentLog {
    /// The most bytes that one append may have.
    pub const MOST: usize = 4 << 20;

    /// Opens a log in a folder, which is made if it is missing. What it needs to know is kept in a table of the store, which
    /// holds nothing else. A log that is damaged, or has less than it had, is refused and left as it is.
    pub async fn open(store: &Store, table: Table, folder: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::open_on(store, table, folder.into(), Box::new(Disk), writer::SEGMENT).await
    }

    async fn open_on(
        store: &Store,
        table: Table,
        folder: PathBuf,
        files: Box<dyn Files>,
        segment: u32,
    ) -> Result<Self, Error> {
        let (shared, writer) = open::open(store, table, Folder { files, path: folder, segment }).await?;
        let path = shared.folder.path.clone();
        let queue = Door::start("log", move |receiver| writer.run(&receiver)).map_err(failed(path))?;
        let mut reclaiming = JoinSet::new();
        let (weak, wake) = (Arc::downgrade(&shared), Arc::clone(&shared.wake));
        reclaiming.spawn(async move {
            while let Some(shared) = weak.upgrade() {
                if let Err(error) = shared.reclaim().await {
                    tracing::warn!(%error, "room of a log is given back later");
                }
                drop(shared);
                wake.notified().await;
            }
        });
        let log = Self(Arc::new(Inner { shared, queue, _reclaiming: reclaiming }));
        let last = log.0.shared.tail.segments().last_key_value().map_or(0, |(number, _)| *number);
        log.0.shared.seal(last);
        Ok(log)
    }

    /// Closes the log for all clones, and its store: what was asked for before is done and flushed, what is asked for from
    /// now on is refused. When this returns, another may open it.
    pub async fn close(&self) {
        self.0.queue.shut();
        self.0.queue.ended().await;
        self.0.shared.is_closed.store(true, Ordering::SeqCst);
        // Room that is just given back is given back; then nobody begins with more.
        drop(self.0.shared.reclaiming.lock().await);
        self.store().close().await;
    }

    /// The store beside it.
    pub fn store(&self) -> &Store {
        &self.0.shared.store
    }

    /// How often something was flushed since it was opened.
    pub fn flushes(&self) -> u64 {
        self.0.shared.flushes.load(Ordering::Relaxed)
    }

    /// A new group, once the transaction is durable.
    pub fn begin_group(&self, transaction: &mut Transaction<'_>) -> Result<u64, Error> {
        Ok(self.0.shared.catalog.begin(transaction, None)?.group)
    }

    /// A new stream of a group, once the transaction is durable.
    pub fn begin_stream(&self, transaction: &mut Transaction<'_>, group: u64) -> Result<StreamId, Error> {
        self.0.shared.catalog.begin(transaction, Some(group))
    }

    /// Removes a stream, or a group with all of its streams. It is read no more once the transaction is durable; its bytes
    /// go later. Those that are being appended are gone, too.
    pub fn remove(&self, transaction: &mut Transaction<'_>, id: StreamId) -> Result<(), Error> {
        let catalog = self.0.shared.catalog;
        if !id.is_all()
            && let Some(held) = catalog.totals(transaction, id)?
        {
            catalog.subtract(transaction, StreamId::all(id.group), &held)?;
        }
        catalog.forget(transaction, id)?;
        catalog.remove(transaction, id)?;
        let shared = Arc::clone(&self.0.shared);
        transaction.then(move || shared.wake.notify_one());
        Ok(())
    }

    /// Appends records, each with its time in milliseconds since 1970, and says when that is. All of them are there or none.
    /// Returns when they are durable: the number of the first; the others follow. What is appended to a stream that is gone
    /// is read by nobody.
    pub async fn append(&self, to: StreamId, written: i64, records: Vec<(i64, Bytes)>) -> Result<u64, Error> {
        self.send(to, written, records)?.await.unwrap_or(Err(Error::Stopped))
    }

    /// As [`SegmentLog::append`] one after the other, with the same flushes: the first that failed. Each is there as a whole or
    /// not at all.
    pub async fn append_all(&self, appends: Vec<Append>) -> Result<(), Error> {
        let mut waiting = Vec::new();
        for (to, written, records) in appends {
            waiting.push(self.send(to, written, records)?);
        }
        for answered in waiting {
            answered.await.unwrap_or(Err(Error::Stopped))?;
        }
        Ok(())
    }

    fn send(
        &self,
        to: StreamId,
        written: i64,
        records: Vec<(i64, Bytes)>,
    ) -> Result<oneshot::Receiver<Result<u64, Error>>, Error> {
        let frame = Frame { of: to, number: 0, written, records };
        if frame.length() > Self::MOST {
            return Err(Error::TooMuch { most: Self::MOST });
        }
        let (answer, answered) = oneshot::channel();
        // A writer that is gone drops it, with its answer.
        self.0.queue.send(Asked::Append(frame, answer));
        Ok(answered)
    }

    /// Whether the last segments have something of a group that is before that time: what is not dropped with the others
    /// unless they are [ended](Self::roll).
    pub fn grows_with(&self, group: u64, time: i64) -> bool {
        let parts = self.0.shared.tail.of(StreamId::all(group));
        parts.iter().any(|(_, indexed)| indexed.part.last.time < time)
    }

    /// A page of records.
    pub async fn page(&self, query: Query) -> Result<Records, Error> {
        for _ in 0..TRIES {
            // Before the store is looked at: what goes from here into the store meanwhile is found there.
            let open = self.0.shared.tail.of(query.of);
            let shared = Arc::clone(&self.0.shared);
            let page = self.store().read(move |reader| read::page(&shared, reader, &query, open)).await?;
            if let Some(page) = page {
                return Ok(page);
            }
        }
        Err(Error::damaged(&self.0.shared.folder.path, "a segment that its store names is missing"))
    }

    /// What streams hold, or groups: none of those that are gone.
    pub async fn totals(&self, ids: Vec<StreamId>) -> Result<Vec<Option<Totals>>, Error> {
        let open: Vec<_> = ids.iter().map(|id| self.0.shared.tail.totals(*id)).collect();
        let catalog = self.0.shared.catalog;
        let total = move |reader: &Transaction<'_>| {
            let sealed = catalog.sealed(reader)?;
            let mut all = Vec::new();
            for (id, open) in ids.into_iter().zip(open) {
                let mut totals = catalog.totals(reader, id)?;
                for (_, of, more) in open.into_iter().filter(|(segment, ..)| *segment > sealed) {
                    if let Some(totals) = &mut totals
                        && catalog.has(reader, of)?
                    {
                        totals.add(&more);
                    }
                }
                all.push(totals);
            }
            Ok(all)
        };
        self.store().read(total).await
    }

    /// Streams of a group in the order of their last records, each with its place among them and what it holds.
    pub async fn streams(&self, listing: Listing) -> Result<Vec<(Latest, Totals)>, Error> {
        let open = self.0.shared.tail.totals(StreamId::all(listing.group));
        let catalog = self.0.shared.catalog;
        self.store().read(move |reader| latest::list(catalog, reader, listing, open)).await
    }

    /// Brings a log's table up that was written before pages were found by blocks of segments, and streams by their last
    /// records. For a migration: a program that does not know of these must not append.
    pub fn bring_up(transaction: &mut Transaction<'_>, table: Table) -> Result<(), Error> {
        Catalog(table).bring_up(transaction)
    }

    /// Drops what a group has in segments where all of it is before that time, from some of them.
    pub fn drop_before(
        &self,
        transaction: &mut Transaction<'_>,
        group: u64,
        time: i64,
    ) -> Result<Dropped, Error> {
        let catalog = self.0.shared.catalog;
        let mut old = Vec::new();
        catalog.each_part(transaction, StreamId::all(group), |segment, part| {
            if part.last.time < time {
                old.push(segment);
            }
            if old.len() > PARTS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        self.drop_parts(transaction, group, old)
    }

    /// Drops what a group has in its oldest segments until so many bytes went, counting `overhead` for each record beside
    /// what it says. What is in the last segments, whose index is not in the store yet, stays.
    pub fn drop_oldest(
        &self,
        transaction: &mut Transaction<'_>,
        group: u64,
        mut bytes: u64,
        overhead: u64,
    ) -> Result<Dropped, Error> {
        let catalog = self.0.shared.catalog;
        let mut oldest = Vec::new();
        catalog.each_part(transaction, StreamId::all(group), |segment, part| {
            // One more than goes at once tells that there are more.
            if bytes == 0 || oldest.len() > PARTS {
                return ControlFlow::Break(());
            }
            bytes = bytes.saturating_sub(part.totals.bytes + overhead * part.totals.records);
            oldest.push(segment);
            ControlFlow::Continue(())
        })?;
        self.drop_parts(transaction, group, oldest)
    }

    fn drop_parts(
        &self,
        transaction: &mut Transaction<'_>,
        group: u64,
        segments: Vec<u32>,
    ) -> Result<Dropped, Error> {
        let mut dropped = Dropped { more: segments.len() > PARTS, ..Dropped::default() };
        for segment in segments.into_iter().take(PARTS) {
            let gone = self.0.shared.catalog.drop_part(transaction, group, segment)?;
            dropped.records += gone.records;
            dropped.bytes += gone.bytes;
        }
        if dropped.records > 0 {
            let shared = Arc::clone(&self.0.shared);
            transaction.then(move || shared.wake.notify_one());
        }
        Ok(dropped)
    }

    /// Ends the segment that grows, and returns once the store knows what is in it: so that it can be dropped.
    pub async fn roll(&self) -> Result<(), Error> {
        let (answer, answered) = oneshot::channel();
        self.0.queue.send(Asked::Roll(answer));
        answered.await.unwrap_or(Err(Error::Stopped))
    }

    /// Gives back all room that can be given back, as is done in the background after each removal. It goes on to its end,
    /// whoever waits.
    pub async fn reclaim(&self) -> Result<(), Error> {
        let shared = Arc::clone(&self.0.shared);
        tokio::spawn(async move { shared.reclaim().await }).await.unwrap_or(Err(Error::Panicked))
    }
}

impl Shared {
    fn new(store: Store, catalog: Catalog, id: String, folder: Folder, tail: Tail, reserve: Reserve) -> Self {
        Self {
            store,
            catalog,
            id,
            folder,
            tail,
            reserve,
            flushes: AtomicU64::new(0),
            wake: Arc::default(),
            reclaiming: tokio::sync::Mutex::default(),
            is_closed: AtomicBool::new(false),
        }
    }

    /// Has the store take in the indices of all segments before one.
    fn seal(self: &Arc<Self>, active: u32) {
        self.seal_then(active, |outcome| {
            if let Err(error) = outcome {
                tracing::error!(%error, "the index of a segment is kept later");
            }
        });
    }

    /// The same, and waits for it. Not for tasks.
    fn seal_now(self: &Arc<Self>, active: u32) -> Result<(), Error> {
        let (answer, answered) = mpsc::channel();
        // It waits, so somebody is there.
        self.seal_then(active, move |outcome| drop(answer.send(outcome)));
        answered.recv().unwrap_or(Err(Error::Stopped))
    }

    fn seal_then(self: &Arc<Self>, active: u32, then: impl FnOnce(Result<(), Error>) + Send + 'static) {
        let shared = Arc::clone(self);
        let seal = move |transaction: &mut Transaction<'_>| -> Result<(), Error> {
            let Some(mut identity) = shared.catalog.identity(transaction)? else {
                return Err(Error::Stopped);
            };
            let full: Vec<_> = {
                let segments = shared.tail.segments();
                let range =
                    segments.range(identity.sealed.saturating_add(1)..active.max(identity.sealed + 1));
                range.map(|(number, open)| (*number, open.clone())).collect()
            };
            if full.is_empty() {
                return Ok(());
            }
            for (number, open) in full {
                shared.catalog.seal(transaction, number, &open)?;
                identity.sealed = number;
                identity.next = identity.next.max(open.next);
                let shared = Arc::clone(&shared);
                transaction.then(move || drop(shared.tail.segments().remove(&number)));
            }
            shared.catalog.set_identity(transaction, &identity)
        };
        // Also on a full disk: what was appended is there already. A writer that is gone drops it.
        drop(self.store.send(true, seal, then));
    }
}

/// What a failed operation on a file comes to.
fn failed(file: PathBuf) -> impl FnOnce(io::Error) -> Error {
    move |source| if is_full(&source) { Error::full() } else { Error::Segment { file, source } }
}

/// Whether there is no room, or no more for this user.
fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Panicked))
}
