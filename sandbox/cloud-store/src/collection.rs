//! Records of one kind: a table with typed keys and values, what finds them otherwise, and what of them is in memory.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::held::Holds;
use crate::memory::{Found, Memory, Recent, View, Whole};
use crate::within::{Within, decode, read};
use crate::{Error, Index, Key, Ordered, Page, Position, Scan, Store, Table, Transaction};

/// Bytes that are read at once.
const SLICE: usize = 1 << 20;
/// Records of a page, unless its scan says otherwise.
const PAGE: usize = 1000;

/// What a collection may hold.
pub trait Value: Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<V: Serialize + DeserializeOwned + Send + Sync + 'static> Value for V {}

/// Records of one kind. Cheap to clone. Open one of a table once: two would not see each other's changes in memory.
///
/// A change is decided on the writer's thread against the newest record. Once it is flushed it is seen here, then what
/// [follows](Transaction::then) from it is done, then it is answered: by that thread, whoever still waits. So the memory
/// is neither ahead of the file nor behind it, changes of one record follow one another, and many share a flush.
pub struct Collection<K, V, M>(pub(crate) Arc<Core<K, V, M>>);

/// A collection that is in memory as a whole: for what is read with each request and stays small.
pub type Resident<K, V> = Collection<K, V, Whole<K, V>>;

/// A collection of which those records are in memory that were used last: for what may be any number.
pub type Cached<K, V> = Collection<K, V, Recent<K, V>>;

pub(crate) struct Core<K, V, M> {
    pub(crate) store: Store,
    pub(crate) table: Table,
    pub(crate) indices: Vec<Index<V>>,
    pub(crate) memory: M,
    /// How many purges may be under way: more than are, never fewer.
    pub(crate) purging: AtomicUsize,
    pub(crate) holds: Holds<K>,
}

impl<K, V, M> Clone for Collection<K, V, M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Ordered, V: Value, M: Memory<K, V>> Collection<K, V, M> {
    async fn over(store: &Store, table: Table, indices: &[Index<V>], memory: M) -> Result<Self, Error> {
        let wanted = indices.to_vec();
        let is_built = move |reader: &Transaction<'_>| {
            wanted.iter().try_fold(true, |all, index| Ok(all && index.is_built(reader)?))
        };
        if !store.read(is_built).await? {
            let wanted = indices.to_vec();
            // A full disk must not keep a start from going on.
            let build = move |transaction: &mut Transaction<'_>| {
                wanted.iter().try_for_each(|index| index.build(transaction, table))
            };
            store.free::<_, Error, _>(build).await?;
        }
        let core = Core {
            store: store.clone(),
            table,
            indices: indices.to_vec(),
            memory,
            purging: AtomicUsize::new(0),
            holds: Holds::default(),
        };
        let core = Arc::new(core);
        core.resume_purges().await?;
        Ok(Self(core))
    }

    /// The store: its transactions may change several collections.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The collection as a transaction has it.
    pub fn within<'c, 'a>(&'c self, transaction: &'c mut Transaction<'a>) -> Within<'c, 'a, K, V, M> {
        Within { core: &self.0, transaction }
    }

    /// Changes a record: `decide` makes the new one of the old one, none of either where there is none, and says what to
    /// answer. Returns when it is durable and seen. A record that stays as it was costs nothing.
    pub async fn change<T, E, F>(&self, key: K, decide: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(Option<&V>) -> Result<(Option<V>, T), E> + Send + 'static,
    {
        self.queue_change(false, key, decide).await
    }

    /// The same for a change that makes room: it is done on a full disk too.
    pub async fn free<T, E, F>(&self, key: K, decide: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(Option<&V>) -> Result<(Option<V>, T), E> + Send + 'static,
    {
        self.queue_change(true, key, decide).await
    }

    async fn queue_change<T, E, F>(&self, frees: bool, key: K, decide: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(Option<&V>) -> Result<(Option<V>, T), E> + Send + 'static,
    {
        let collection = self.clone();
        let work = move |transaction: &mut Transaction<'_>| {
            Ok(collection.within(transaction).change(key, decide)?.answer)
        };
        self.0.store.queue(frees, work).await
    }

    /// Sets a record.
    pub async fn put(&self, key: K, value: impl Into<Arc<V>>) -> Result<(), Error> {
        let (collection, value) = (self.clone(), value.into());
        self.0.store.transact(move |transaction| collection.within(transaction).put(key, value)).await
    }

    /// Removes a record. True if it was there.
    pub async fn remove(&self, key: K) -> Result<bool, Error> {
        let collection = self.clone();
        self.0.store.free(move |transaction| collection.within(transaction).remove(&key)).await
    }

    /// The records of a scan in order, a page of them: by itself it is of 1000 records and 1 MiB at most, and of one at
    /// least. What follows a page begins at its position.
    pub async fn page(&self, scan: Scan, from: Option<Position>) -> Result<Page<K, V>, Error> {
        let table = self.0.table;
        let page = self.0.store.read(move |reader| page(reader, table, scan, from)).await?;
        for error in &page.unreadable {
            tracing::error!(%error, "a record cannot be read and is left out");
        }
        Ok(page)
    }

    /// All records of a scan that can be read, and how many cannot: one of these must not keep the others away.
    pub async fn readable(&self, scan: Scan) -> Result<(Vec<(K, V)>, usize), Error> {
        let (mut all, mut left_out, mut from) = (Vec::new(), 0, None);
        loop {
            let page = self.page(scan.clone(), from).await?;
            all.extend(page.records);
            left_out += page.unreadable.len();
            from = page.next;
            if from.is_none() {
                return Ok((all, left_out));
            }
        }
    }

    /// The first `most` records of a scan that are shown, and the key of the last of them where there are more.
    pub async fn list<T>(
        &self,
        scan: Scan,
        most: usize,
        show: impl Fn(V) -> Option<T>,
    ) -> Result<(Vec<T>, Option<K>), Error> {
        let (mut shown, mut last, mut from) = (Vec::new(), None, None);
        loop {
            let page = self.page(scan.clone(), from).await?;
            for (key, record) in page.records {
                let Some(item) = show(record) else { continue };
                if shown.len() == most {
                    return Ok((shown, last));
                }
                shown.push(item);
                last = Some(key);
            }
            from = page.next;
            if from.is_none() {
                return Ok((shown, None));
            }
        }
    }

    /// The keys of the records that an index finds by a key, in order, from behind one of them on.
    pub async fn find(
        &self,
        index: Index<V>,
        by: Key,
        after: Option<K>,
        limit: usize,
    ) -> Result<Vec<K>, Error> {
        self.0.store.read(move |reader| index.find(reader, &by, after.as_ref(), limit)).await
    }
}

impl<K: Ordered, V: Value> Resident<K, V> {
    /// Opens the collection of a table and reads all of it. What cannot be read is told, and left out.
    pub async fn open(
        store: &Store,
        table: Table,
        indices: &[Index<V>],
    ) -> Result<(Self, Vec<Error>), Error> {
        Self::open_completed(store, table, indices, |_, _| ()).await
    }

    /// The same for records of which parts are kept by themselves: `complete` gives each what it has. Who changes one gives it
    /// with its parts, too, and keeps those within the same transaction.
    pub async fn open_completed(
        store: &Store,
        table: Table,
        indices: &[Index<V>],
        mut complete: impl FnMut(&K, &mut V),
    ) -> Result<(Self, Vec<Error>), Error> {
        let mut records = BTreeMap::new();
        let mut unreadable = Vec::new();
        let mut from = None;
        loop {
            let read = move |reader: &Transaction<'_>| page::<K, V>(reader, table, Scan::all(), from);
            let page = store.read(read).await?;
            for (key, mut value) in page.records {
                complete(&key, &mut value);
                records.insert(key, Arc::new(value));
            }
            unreadable.extend(page.unreadable);
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        for error in &unreadable {
            tracing::error!(%error, "a record cannot be read and is left out");
        }
        Ok((Self::over(store, table, indices, Whole::new(records)).await?, unreadable))
    }

    /// A record.
    pub fn get(&self, key: &K) -> Option<Arc<V>> {
        self.view().get(key).cloned()
    }

    /// How many changes are seen here. What is made of records after this was read is as they are for as long as it is the
    /// same.
    pub fn changes(&self) -> u64 {
        self.0.memory.changes()
    }

    /// All of them at one moment.
    pub fn view(&self) -> View<'_, K, V> {
        self.0.memory.view()
    }
}

impl<K: Ordered, V: Value> Cached<K, V> {
    /// Opens the collection of a table. It holds records of up to so many bytes in memory.
    pub async fn open(
        store: &Store,
        table: Table,
        indices: &[Index<V>],
        bytes: usize,
    ) -> Result<Self, Error> {
        Self::over(store, table, indices, Recent::new(bytes)).await
    }

    /// A record.
    pub async fn get(&self, key: &K) -> Result<Option<Arc<V>>, Error> {
        let loading = match self.0.memory.find(key) {
            Found::Here(value) => return Ok(Some(value)),
            Found::Loading(loading) => Leaving { memory: &self.0.memory, key, loading },
        };
        let (table, wanted) = (self.0.table, key.clone());
        let load = async {
            let found = self.0.store.read(move |reader| read::<K, V>(reader, table, &wanted)).await?;
            Ok::<_, Error>(found.map(|(value, bytes)| (Arc::new(value), bytes.len())))
        };
        let found = loading.loading.get_or_try_init(|| load).await?;
        Ok(found.as_ref().map(|(value, _)| Arc::clone(value)))
    }

    /// How many bytes of it are in memory.
    pub fn bytes(&self) -> usize {
        self.0.memory.bytes()
    }
}

/// Who awaits a record, until it came or they went.
struct Leaving<'a, K: Ordered, V: Send + Sync + 'static> {
    memory: &'a Recent<K, V>,
    key: &'a K,
    loading: crate::memory::Loading<V>,
}

impl<K: Ordered, V: Send + Sync + 'static> Drop for Leaving<'_, K, V> {
    fn drop(&mut self) {
        self.memory.leave(self.key, &self.loading);
    }
}

/// A page of a table.
fn page<K: Ordered, V: Value>(
    reader: &Transaction<'_>,
    table: Table,
    scan: Scan,
    from: Option<Position>,
) -> Result<Page<K, V>, Error> {
    let mut scan = scan.bounded(PAGE, SLICE);
    if let Some(Position(key)) = from {
        scan = scan.resumed(key);
    }
    let (rows, more) = reader.rows(table, &scan)?;
    let next = rows.last().filter(|_| more).map(|(key, _)| Position(key.clone()));
    let mut page = Page { records: Vec::new(), unreadable: Vec::new(), next };
    for (encoded, bytes) in rows {
        let value = bytes.and_then(|bytes| decode(table, &encoded, &bytes));
        let key = K::decode(&encoded).ok_or_else(|| Error::unreadable(table, &encoded, None));
        match value.and_then(|value| Ok((key?, value))) {
            Ok(record) => page.records.push(record),
            Err(error) => page.unreadable.push(error),
        }
    }
    Ok(page)
}
