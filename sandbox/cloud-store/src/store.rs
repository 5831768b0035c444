//! A store file: opening, reading, committing.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use bytes::Bytes;
use rusqlite::{Connection, OpenFlags};
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use crate::writer::{self, Done, Queued};
use crate::{Batch, Entry, Error, Scan, Table, Transaction};

/// Marks a SQLite file as ours: "CUMU".
const APPLICATION_ID: i32 = 0x4355_4d55;

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

    fn version(&self) -> u32 {
        u32::try_from(self.migrations.len() + 1).unwrap_or(u32::MAX)
    }
}

/// An open store. Cheap to clone; the file is closed with the last clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    file: PathBuf,
    queue: mpsc::Sender<Queued>,
    readers: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens a file, making it and its folder if they are missing, and brings it up to the layout's version.
    pub async fn open(file: impl Into<PathBuf>, layout: Layout) -> Result<Self, Error> {
        let file = file.into();
        blocking(move || Self::open_now(file, layout)).await
    }

    fn open_now(file: PathBuf, layout: Layout) -> Result<Self, Error> {
        if let Some(folder) = file.parent() {
            // Stores hold keys and secrets: nobody else may look into a folder that is made for them.
            let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(Error::Folder)?;
        }
        refuse_others(&file, layout.version())?;
        let mut connection = connect(&file)?;
        upgrade(&mut connection, layout)?;
        let (queue, receiver) = mpsc::channel();
        std::thread::Builder::new()
            .name("store".into())
            .spawn(move || writer::run(connection, &receiver))
            .map_err(Error::Folder)?;
        Ok(Self(Arc::new(Inner { file, queue, readers: Mutex::default() })))
    }

    /// Writes a batch. Returns when it is durable.
    pub async fn commit(&self, batch: Batch) -> Result<(), Error> {
        self.transact(move |transaction| batch.apply(transaction)).await
    }

    /// Runs reads and writes as one transaction, after all those before it and before all those after it. An `Err`
    /// undoes it. Returns when it is durable. The closure runs on the writer's thread: keep it short.
    pub async fn transact<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel::<Result<T, E>>();
        let (refuse, refused) = oneshot::channel();
        let job = Box::new(move |transaction: &mut Transaction<'_>| -> Result<Done, Error> {
            match work(transaction) {
                Ok(value) => Ok(Box::new(move |flushed: Result<(), Error>| {
                    // An error means that the caller went away; the write stays.
                    let _ = answer.send(flushed.map(|()| value).map_err(E::from));
                })),
                Err(error) => {
                    let _ = answer.send(Err(error));
                    // Undoes the savepoint; the caller has its own error already.
                    Err(Error::Stopped)
                }
            }
        });
        self.0.queue.send(Queued { job, refuse }).map_err(|_| E::from(Error::Stopped))?;
        match answered.await {
            Ok(outcome) => outcome,
            Err(_) => Err(E::from(refused.await.unwrap_or(Error::Stopped))),
        }
    }

    /// Reads several things from one moment.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    {
        let inner = self.0.clone();
        blocking(move || {
            let pooled = inner.readers().pop();
            let mut connection = match pooled {
                Some(connection) => connection,
                None => connect(&inner.file)?,
            };
            let snapshot = connection.transaction()?;
            let value = work(&Transaction(&snapshot))?;
            snapshot.finish()?;
            let mut readers = inner.readers();
            if readers.len() < READERS {
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

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Panicked))
}

/// Looks at a present file without touching it.
fn refuse_others(file: &Path, known: u32) -> Result<(), Error> {
    if !std::fs::metadata(file).is_ok_and(|metadata| metadata.len() > 0) {
        return Ok(());
    }
    let foreign = || Error::Foreign { file: file.to_owned() };
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let id = pragma("application_id").map_err(|_| foreign())?;
    let found = u32::try_from(pragma("user_version")?).unwrap_or(u32::MAX);
    if id != APPLICATION_ID && !(id == 0 && found == 0) {
        return Err(foreign());
    }
    if found > known {
        return Err(Error::Newer { file: file.to_owned(), found, known });
    }
    Ok(())
}

fn connect(file: &Path) -> Result<Connection, Error> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // NORMAL loses acknowledged commits when the power fails.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "OFF")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Makes missing tables and runs the migrations, all in one transaction.
fn upgrade(connection: &mut Connection, layout: Layout) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found = transaction.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))?;
    for table in layout.tables {
        transaction.execute_batch(&format!(
            "CREATE TABLE IF NOT EXISTS \"{}\"(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID",
            table.0
        ))?;
    }
    if found > 0 {
        for migrate in layout.migrations.iter().skip(found as usize - 1) {
            migrate(&mut Transaction(&transaction))?;
        }
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", layout.version())?;
    transaction.commit()?;
    Ok(())
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
                Ok::<_, Error>(transaction.0.pragma_update(None, "max_page_count", pages)?)
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
        store.commit(batch(&[("a", "value")])).await.unwrap();
        let connection = connect(&folder.path().join("cloud/test.db")).unwrap();
        connection.execute("UPDATE things SET value = CAST(value || 'x' AS BLOB)", []).unwrap();
        assert!(matches!(store.get(THINGS, "a").await, Err(Error::Damaged { table: "things" })));
    }
}
