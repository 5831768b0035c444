//! A store file: opening, reading, committing.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use rusqlite::Connection;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use crate::door::Door;
use crate::file::{self, connect};
use crate::reserve::Reserve;
use crate::writer::{Done, Queued, Writer};
use crate::{Batch, Entry, Error, Scan, Table, Transaction, private, witness};

/// Readers that are kept open.
const READERS: usize = 4;

/// One step up.
pub type Migration = fn(&mut Transaction<'_>) -> Result<(), Error>;

/// What a service keeps: its tables, its version, and the way up from older versions.
#[derive(Clone, Copy)]
pub struct Layout {
    /// The tables; missing ones are made.
    pub tables: &'static [Table],
    /// `migrations[n]` leads from version n + 1 to n + 2. The version of the program is one more than their number.
    pub migrations: &'static [Migration],
}

impl Layout {
    /// Tables of version 1.
    pub const fn new(tables: &'static [Table]) -> Self {
        Self { tables, migrations: &[] }
    }

    pub(crate) fn version(&self) -> u32 {
        u32::try_from(self.migrations.len() + 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.tables.iter().map(|table| table.0)
    }
}

/// An open store. Cheap to clone; the file is closed with the last clone, or before by [`Store::close`].
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    file: PathBuf,
    /// Closed before the writer's thread is let go: who closes a file last puts its log into it.
    readers: Mutex<Vec<Connection>>,
    queue: Door<Queued>,
    flushes: Arc<AtomicU64>,
    written: Arc<AtomicU64>,
    seen: AtomicU64,
}

impl Store {
    /// Opens a file, making it and its folder if they are missing, and brings it up to the layout's version. A file that
    /// is damaged, or has less than it had, is refused and left as it is.
    pub async fn open(file: impl Into<PathBuf>, layout: Layout) -> Result<Self, Error> {
        let file = file.into();
        blocking(move || Self::open_now(file, layout, None)).await
    }

    /// As [`Store::open`], for a store that names what lies in a folder: a new store beside a folder with contents is
    /// one that was lost.
    pub async fn open_naming(
        file: impl Into<PathBuf>,
        layout: Layout,
        contents: impl Into<PathBuf>,
    ) -> Result<Self, Error> {
        let (file, contents) = (file.into(), contents.into());
        blocking(move || Self::open_now(file, layout, Some(contents))).await
    }

    fn open_now(file: PathBuf, layout: Layout, contents: Option<PathBuf>) -> Result<Self, Error> {
        let failed = |source| Error::Folder { file: file.clone(), source };
        folders::make_private(file.parent().unwrap_or(Path::new("."))).map_err(failed)?;
        let testimony = witness::read(&witness::path(&file)).map_err(failed)?;
        let reserve = Reserve::of(&file);
        reserve.open();
        let is_new = file::inspect(&file, layout.version(), &testimony)?;
        if let Some(contents) = contents.filter(|folder| is_new && has_entries(folder)) {
            return Err(Error::Missing { file, contents });
        }
        private::settle(&file).map_err(failed)?;
        let mut connection = file::connect_writer(&file, is_new)?;
        let (generation, witness) = file::prepare(&mut connection, &file, layout)?;
        reserve.keep();
        let damaged = check_beside(&file);
        let (flushes, written) = <(Arc<AtomicU64>, Arc<AtomicU64>)>::default();
        let writer = Writer {
            connection,
            file: file.clone(),
            witness,
            generation,
            reserve,
            damaged,
            flushes: Arc::clone(&flushes),
            written: Arc::clone(&written),
        };
        // What follows from transactions may begin tasks.
        let runtime = tokio::runtime::Handle::current();
        let run = move |receiver| {
            let _entered = runtime.enter();
            writer.run(&receiver);
        };
        let queue = Door::start("store", run).map_err(failed)?;
        let (readers, seen) = (Mutex::default(), AtomicU64::new(0));
        Ok(Self(Arc::new(Inner { file, readers, queue, flushes, written, seen })))
    }

    /// Closes the file for all clones: what was asked for before is done and flushed, what is asked for from now on is
    /// refused. When this returns, another may open it.
    pub async fn close(&self) {
        self.0.queue.shut();
        self.0.readers().clear();
        self.0.queue.ended().await;
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.0.file
    }

    /// How often something was flushed since it was opened: what shares a flush counts once.
    pub fn flushes(&self) -> u64 {
        self.0.flushes.load(Ordering::Relaxed)
    }

    /// How many bytes of keys and values were flushed since it was opened, by whomever: what is set twice counts twice.
    pub fn written(&self) -> u64 {
        self.0.written.load(Ordering::Relaxed)
    }

    /// How many rows were looked at to read something since it was opened: not those that a change looks at.
    pub fn seen(&self) -> u64 {
        self.0.seen.load(Ordering::Relaxed)
    }

    /// Writes a batch. Returns when it is durable.
    pub async fn commit(&self, batch: Batch) -> Result<(), Error> {
        let frees = batch.frees();
        self.queue(frees, move |transaction| batch.apply(transaction)).await
    }

    /// As [`Store::transact`], for work that makes room: it is done on a full disk too.
    pub async fn free<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        self.queue(true, work).await
    }

    /// Runs reads and writes as one transaction, after all those before it and before all those after it. An `Err`
    /// undoes it. Returns when it is durable. The closure runs on the writer's thread: keep it short.
    pub async fn transact<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        self.queue(false, work).await
    }

    pub(crate) async fn queue<T, E, F>(&self, frees: bool, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel::<Result<T, E>>();
        // An error means that the caller went away; the write stays.
        let refused = self.send(frees, work, move |outcome| drop(answer.send(outcome)));
        match answered.await {
            Ok(outcome) => outcome,
            Err(_) => Err(E::from(refused.await.unwrap_or(Error::Stopped))),
        }
    }

    /// Queues work for the writer's thread, which also tells how it ended, unless it refused to begin.
    pub(crate) fn send<T, E, F>(
        &self,
        frees: bool,
        work: F,
        answer: impl FnOnce(Result<T, E>) + Send + 'static,
    ) -> oneshot::Receiver<Error>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let (refuse, refused) = oneshot::channel();
        let job = Box::new(move |transaction: &mut Transaction<'_>| -> Result<Done, Error> {
            match work(transaction) {
                Ok(value) => Ok(Box::new(move |flushed: Result<(), Error>| {
                    answer(flushed.map(|()| value).map_err(E::from));
                })),
                Err(error) => {
                    answer(Err(error));
                    // Undoes the savepoint; the caller has its own error already.
                    Err(Error::Stopped)
                }
            }
        });
        // A writer that is gone drops it, with its answer.
        self.0.queue.send(Queued { job, frees, refuse });
        refused
    }

    /// Reads several things from one moment.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    {
        let inner = self.0.clone();
        blocking(move || {
            if inner.queue.is_shut() {
                return Err(Error::Stopped);
            }
            let pooled = inner.readers().pop();
            let mut connection = match pooled {
                Some(connection) => connection,
                None => connect(&inner.file)?,
            };
            let snapshot = connection.transaction().map_err(Error::of(&inner.file))?;
            let transaction = Transaction::on(&snapshot);
            let value = work(&transaction);
            inner.seen.fetch_add(transaction.seen(), Ordering::Relaxed);
            let value = value?;
            drop(transaction);
            snapshot.finish()?;
            let mut readers = inner.readers();
            if readers.len() < READERS && !inner.queue.is_shut() {
                readers.push(connection);
            }
            Ok(value)
        })
        .await
    }

    /// The value of a key.
    pub async fn get(&self, table: Table, key: impl AsRef<[u8]>) -> Result<Option<Bytes>, Error> {
        let key = key.as_ref().to_vec();
        self.read(move |reader| reader.get(table, key)).await
    }

    /// The value of a key, as JSON.
    pub async fn get_json<T>(&self, table: Table, key: impl AsRef<[u8]>) -> Result<Option<T>, Error>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let key = key.as_ref().to_vec();
        self.read(move |reader| reader.get_json(table, key)).await
    }

    /// Entries in order.
    pub async fn scan(&self, table: Table, scan: Scan) -> Result<Vec<Entry>, Error> {
        self.read(move |reader| reader.scan(table, &scan)).await
    }

    /// Entries in order, with an error in the place of each that is damaged.
    pub async fn scan_lossy(&self, table: Table, scan: Scan) -> Result<Vec<Result<Entry, Error>>, Error> {
        self.read(move |reader| reader.scan_lossy(table, &scan)).await
    }

    /// SQLite's own check of the whole file; what it found wrong.
    pub async fn check(&self) -> Result<Vec<String>, Error> {
        let inner = self.0.clone();
        blocking(move || {
            let connection = connect(&inner.file)?;
            let mut statement = connection.prepare("PRAGMA integrity_check(100)")?;
            let lines =
                statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
            Ok(lines.into_iter().filter(|line| line != "ok").collect())
        })
        .await
    }
}

impl Inner {
    fn readers(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has_entries(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

/// Reads a large file through while it is used already; then what is found ends all writing.
fn check_beside(file: &Path) -> Arc<AtomicBool> {
    let damaged = Arc::new(AtomicBool::new(false));
    let large = std::fs::metadata(file).is_ok_and(|metadata| metadata.len() > file::CHECKED_FIRST);
    if large {
        let (file, found) = (file.to_owned(), Arc::clone(&damaged));
        // Without a thread the pages are checked as they are read.
        let _ = std::thread::Builder::new().name("store check".into()).spawn(move || {
            let what = connect(&file).and_then(|connection| file::quick_check(&connection));
            let what = what.unwrap_or_else(|error| Some(error.to_string()));
            if let Some(what) = what {
                found.store(true, Ordering::Relaxed);
                let error = Error::damaged(&file, what);
                tracing::error!(%error, "a store is damaged: it is read and no longer written");
            }
        });
    }
    damaged
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Panicked))
}

#[cfg(test)]
mod tests {
    use super::*;

    const THINGS: Table = Table("things");
    const LAYOUT: Layout = Layout::new(&[THINGS]);

    async fn fresh() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("cloud/test.db"), LAYOUT).await.unwrap();
        (folder, store)
    }

    fn batch(pairs: &[(&str, &str)]) -> Batch {
        let mut batch = Batch::new();
        for (key, value) in pairs {
            batch.put(THINGS, key, *value);
        }
        batch
    }

    async fn keys(store: &Store, scan: Scan) -> Vec<String> {
        let entries = store.scan(THINGS, scan).await.unwrap();
        entries.into_iter().map(|entry| String::from_utf8(entry.key).unwrap()).collect()
    }

    #[tokio::test]
    async fn a_closed_store_has_done_what_was_asked_for_and_refuses_the_rest() {
        let (folder, store) = fresh().await;
        let clone = store.clone();
        let (early, ()) = tokio::join!(store.commit(batch(&[("a", "1")])), store.close());
        early.unwrap();
        assert!(matches!(clone.commit(batch(&[("b", "2")])).await, Err(Error::Stopped)));
        assert!(matches!(clone.get(THINGS, "a").await, Err(Error::Stopped)));
        let again = Store::open(folder.path().join("cloud/test.db"), LAYOUT).await.unwrap();
        assert_eq!(keys(&again, Scan::all()).await, ["a"]);
        clone.close().await;
        again.commit(batch(&[("c", "3")])).await.unwrap();
        assert_eq!(keys(&again, Scan::all()).await, ["a", "c"]);
    }

    #[tokio::test]
    async fn what_was_committed_is_there_after_opening_again() {
        let (folder, store) = fresh().await;
        store.commit(batch(&[("a", "1"), ("b", "2")])).await.unwrap();
        drop(store);
        let store = Store::open(folder.path().join("cloud/test.db"), LAYOUT).await.unwrap();
        assert_eq!(store.get(THINGS, "b").await.unwrap().as_deref(), Some(b"2".as_slice()));
        assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
    }

    #[tokio::test]
    async fn scans_are_ordered_and_bounded() {
        let (_folder, store) = fresh().await;
        store.commit(batch(&[("b/1", ""), ("a", ""), ("b/2", ""), ("b0", ""), ("c", "")])).await.unwrap();
        assert_eq!(keys(&store, Scan::all()).await, ["a", "b/1", "b/2", "b0", "c"]);
        assert_eq!(keys(&store, Scan::prefix("b/").backward()).await, ["b/2", "b/1"]);
        assert_eq!(keys(&store, Scan::all().after("b/1").before("c").limit(1)).await, ["b/2"]);
        assert_eq!(keys(&store, Scan::prefix([255])).await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_failed_transaction_leaves_nothing_and_harms_no_other() {
        let (_folder, store) = fresh().await;
        let failing = store.transact(|transaction| {
            transaction.put(THINGS, "x", "1")?;
            Err::<(), Error>(Error::full())
        });
        let panicking = store.transact::<(), Error, _>(|transaction| {
            transaction.put(THINGS, "y", "1")?;
            panic!("on purpose");
        });
        let (failed, panicked, fine) = tokio::join!(failing, panicking, store.commit(batch(&[("z", "1")])));
        assert!(matches!(failed, Err(Error::Full(_))));
        assert!(matches!(panicked, Err(Error::Panicked)));
        fine.unwrap();
        assert_eq!(keys(&store, Scan::all()).await, ["z"]);
    }

    #[tokio::test]
    async fn a_full_disk_refuses_what_does_not_fit_and_recovers() {
        let (_folder, store) = fresh().await;
        let room = async |pages: u32| {
            let set = move |transaction: &mut Transaction<'_>| {
                Ok::<_, Error>(transaction.connection.pragma_update(None, "max_page_count", pages)?)
            };
            store.transact(set).await.unwrap();
        };
        // Larger than SQLite's cache: it finds no room before the flush already.
        let large = "x".repeat(8 << 20);
        room(20).await;
        let (small, big, after) = tokio::join!(
            store.commit(batch(&[("small", "1")])),
            store.commit(batch(&[("big", &large)])),
            store.commit(batch(&[("after", "1")])),
        );
        assert!(matches!(big, Err(Error::Full(_))), "{big:?}");
        let mut there = Vec::new();
        there.extend(after.is_ok().then_some("after"));
        there.extend(small.is_ok().then_some("small"));
        assert_eq!(keys(&store, Scan::all()).await, there, "what was answered with success, and no more");
        room(1 << 20).await;
        store.commit(batch(&[("big", &large)])).await.unwrap();
    }

    #[tokio::test]
    async fn transactions_follow_one_another() {
        let (_folder, store) = fresh().await;
        let count = |transaction: &mut Transaction<'_>| {
            let next = transaction.get_json::<u64>(THINGS, "count")?.unwrap_or(0) + 1;
            transaction.put_json(THINGS, "count", &next)?;
            Ok::<_, Error>(next)
        };
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let store = store.clone();
            tasks.spawn(async move { store.transact(count).await.unwrap() });
        }
        let mut seen: Vec<u64> = tasks.join_all().await;
        seen.sort_unstable();
        assert_eq!(seen, (1..=100).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn newer_and_foreign_files_are_refused_and_left_alone() {
        let (folder, store) = fresh().await;
        drop(store);
        let file = folder.path().join("cloud/test.db");
        // Its writer's thread closes it.
        while folder.path().join("cloud/test.db-wal").exists() {
            tokio::task::yield_now().await;
        }
        connect(&file).unwrap().pragma_update(None, "user_version", 9).unwrap();
        let before = std::fs::read(&file).unwrap();
        let refused = Store::open(&file, LAYOUT).await.err().unwrap();
        assert!(
            refused.to_string().ends_with("has version 9; this program knows versions up to 1"),
            "{refused}"
        );
        assert_eq!(std::fs::read(&file).unwrap(), before);
        let other = folder.path().join("other.db");
        std::fs::write(&other, b"not a database at all, but long enough to look at").unwrap();
        assert!(matches!(Store::open(&other, LAYOUT).await, Err(Error::Foreign { .. })));
    }

    #[tokio::test]
    async fn older_files_are_brought_up() {
        fn rename(transaction: &mut Transaction<'_>) -> Result<(), Error> {
            let value = transaction.get(THINGS, "old")?.unwrap_or_default();
            transaction.delete(THINGS, "old")?;
            transaction.put(THINGS, "new", value)
        }
        let (folder, store) = fresh().await;
        store.commit(batch(&[("old", "1")])).await.unwrap();
        drop(store);
        let layout = Layout { tables: &[THINGS], migrations: &[rename] };
        for _ in 0..2 {
            let store = Store::open(folder.path().join("cloud/test.db"), layout).await.unwrap();
            assert_eq!(keys(&store, Scan::all()).await, ["new"]);
        }
    }

    #[tokio::test]
    async fn a_flipped_bit_is_an_error() {
        let (folder, store) = fresh().await;
        store.commit(batch(&[("a", "value"), ("b", "value")])).await.unwrap();
        let connection = connect(&folder.path().join("cloud/test.db")).unwrap();
        connection
            .execute("UPDATE things SET value = CAST(value || 'x' AS BLOB) WHERE key = CAST('a' AS BLOB)", [])
            .unwrap();
        let error = store.get(THINGS, "a").await.unwrap_err();
        let text = error.to_string();
        assert!(
            error.is_damage() && text.contains("test.db") && text.contains("of a in its table things"),
            "{text}"
        );
        let lossy = store.scan_lossy(THINGS, Scan::all()).await.unwrap();
        assert_eq!(lossy.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, true]);
    }
}
