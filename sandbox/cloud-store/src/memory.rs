//! What of a collection is held in memory: all of it, or the part that was asked for lately.
//!
//! Both follow the file from the writer's thread: a change is seen here after its flush and before anybody is told of it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use tokio::sync::OnceCell;

use crate::Ordered;

/// What every record in a cache costs beside its bytes.
const OVERHEAD: usize = 128;

/// The memory of a collection.
pub trait Memory<K, V>: Send + Sync + 'static {
    /// A record is so from now on, of so many bytes; or it is gone.
    fn keep(&self, key: K, value: Option<Arc<V>>, bytes: usize);
}

/// All records.
#[derive(Debug)]
pub struct Whole<K, V> {
    records: RwLock<BTreeMap<K, Arc<V>>>,
    changes: AtomicU64,
}

impl<K: Ordered, V: Send + Sync + 'static> Whole<K, V> {
    pub(crate) fn new(records: BTreeMap<K, Arc<V>>) -> Self {
        Self { records: RwLock::new(records), changes: AtomicU64::new(0) }
    }

    pub(crate) fn view(&self) -> View<'_, K, V> {
        View(self.records.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }
}

impl<K: Ordered, V: Send + Sync + 'static> Memory<K, V> for Whole<K, V> {
    fn keep(&self, key: K, value: Option<Arc<V>>, _: usize) {
        let mut records = self.records.write().unwrap_or_else(PoisonError::into_inner);
        match value {
            Some(value) => records.insert(key, value),
            None => records.remove(&key),
        };
        // Behind the change: whoever has read the new count sees it.
        self.changes.fetch_add(1, Ordering::Release);
    }
}

/// All records at one moment. While it is held no change is seen: look at it and let it go.
#[derive(Debug)]
pub struct View<'a, K, V>(RwLockReadGuard<'a, BTreeMap<K, Arc<V>>>);

impl<K, V> Deref for View<'_, K, V> {
    type Target = BTreeMap<K, Arc<V>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// The records that were used last, up to so many bytes.
#[derive(Debug)]
pub struct Recent<K, V>(Mutex<Lately<K, V>>);

/// A record that is read from the file by one, while others await it.
pub(crate) type Loading<V> = Arc<OnceCell<Option<(Arc<V>, usize)>>>;

/// Where a record is.
pub(crate) enum Found<V> {
    Here(Arc<V>),
    Loading(Loading<V>),
}

#[derive(Debug)]
struct Lately<K, V> {
    records: HashMap<K, Held<V>>,
    /// By their last use.
    order: BTreeMap<u64, K>,
    loading: HashMap<K, Loading<V>>,
    uses: u64,
    bytes: usize,
    most: usize,
}

#[derive(Debug)]
struct Held<V> {
    value: Arc<V>,
    bytes: usize,
    used: u64,
}

impl<K: Ordered, V: Send + Sync + 'static> Recent<K, V> {
    pub(crate) fn new(most: usize) -> Self {
        Self(Mutex::new(Lately {
            records: HashMap::new(),
            order: BTreeMap::new(),
            loading: HashMap::new(),
            uses: 0,
            bytes: 0,
            most,
        }))
    }

    fn lately(&self) -> MutexGuard<'_, Lately<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A record, or the place where it comes.
    pub(crate) fn find(&self, key: &K) -> Found<V> {
        let mut lately = self.lately();
        match lately.touch(key) {
            Some(value) => Found::Here(value),
            None => Found::Loading(Arc::clone(lately.loading.entry(key.clone()).or_default())),
        }
    }

    /// Somebody awaits a record no more. It is held from now on if it was read, unless it changed meanwhile: then what was
    /// read may be older.
    pub(crate) fn leave(&self, key: &K, loading: &Loading<V>) {
        let mut lately = self.lately();
        if !lately.loading.get(key).is_some_and(|current| Arc::ptr_eq(current, loading)) {
            return;
        }
        let read = loading.get();
        // One is theirs, one is ours: nobody else awaits it.
        if read.is_some() || Arc::strong_count(loading) == 2 {
            lately.loading.remove(key);
        }
        if let Some(Some((value, bytes))) = read {
            lately.insert(key.clone(), Arc::clone(value), *bytes);
        }
    }

    /// How many bytes it holds.
    pub(crate) fn bytes(&self) -> usize {
        self.lately().bytes
    }
}

impl<K: Ordered, V: Send + Sync + 'static> Memory<K, V> for Recent<K, V> {
    fn keep(&self, key: K, value: Option<Arc<V>>, bytes: usize) {
        let mut lately = self.lately();
        lately.loading.remove(&key);
        lately.remove(&key);
        if let Some(value) = value {
            lately.insert(key, value, bytes);
        }
    }
}

impl<K: Ordered, V> Lately<K, V> {
    fn touch(&mut self, key: &K) -> Option<Arc<V>> {
        let held = self.records.get_mut(key)?;
        self.uses += 1;
        let before = std::mem::replace(&mut held.used, self.uses);
        let value = Arc::clone(&held.value);
        if let Some(key) = self.order.remove(&before) {
            self.order.insert(self.uses, key);
        }
        Some(value)
    }

    fn insert(&mut self, key: K, value: Arc<V>, bytes: usize) {
        self.remove(&key);
        let bytes = bytes + OVERHEAD;
        if bytes > self.most {
            return;
        }
        self.uses += 1;
        self.bytes += bytes;
        self.order.insert(self.uses, key.clone());
        self.records.insert(key, Held { value, bytes, used: self.uses });
        while self.bytes > self.most
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.remove(&oldest);
        }
    }

    fn remove(&mut self, key: &K) {
        if let Some(held) = self.records.remove(key) {
            self.bytes -= held.bytes;
            self.order.remove(&held.used);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_counts_and_is_there_when_it_does() {
        let whole = Whole::new(BTreeMap::from([(1_u64, Arc::new("one"))]));
        assert_eq!(whole.changes(), 0);
        for (count, value) in [(1, Some("two")), (2, Some("two")), (3, None)] {
            whole.keep(1, value.map(Arc::new), 0);
            assert_eq!((whole.changes(), whole.view().get(&1).map(|value| **value)), (count, value));
        }
    }
}
