//! A record that is held from reading it to having changed it, by who decides outside of the writer's thread: because that
//! takes long, or borrows what that thread cannot have.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::OwnedMutexGuard;

use crate::collection::{Collection, Core, Value};
use crate::memory::Memory;
use crate::within::read;
use crate::{Error, Ordered, Transaction};

/// Made by [`Collection::hold`]. Others who want to hold the same record wait; those of other records do not.
pub struct Held<K: Ordered, V, M> {
    collection: Collection<K, V, M>,
    key: K,
    old: Option<Arc<V>>,
    bytes: Option<Bytes>,
    hold: Hold<K>,
}

/// Who holds what.
pub(crate) type Holds<K> = Arc<Mutex<HashMap<K, Arc<tokio::sync::Mutex<()>>>>>;

/// A place among those who hold a key, given up when it is dropped.
struct Hold<K: Ordered> {
    holds: Holds<K>,
    key: K,
    alone: Option<OwnedMutexGuard<()>>,
}

impl<K: Ordered> Hold<K> {
    async fn take(holds: &Holds<K>, key: &K) -> Self {
        let mut hold = Self { holds: Arc::clone(holds), key: key.clone(), alone: None };
        let own = {
            let mut all = holds.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(key.clone()).or_default())
        };
        hold.alone = Some(own.lock_owned().await);
        hold
    }
}

impl<K: Ordered> Drop for Hold<K> {
    fn drop(&mut self) {
        let mut all = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        self.alone = None;
        if all.get(&self.key).is_some_and(|own| Arc::strong_count(own) == 1) {
            all.remove(&self.key);
        }
    }
}

impl<K: Ordered, V: Value, M: Memory<K, V>> Collection<K, V, M> {
    /// Holds a record, which need not be there, and reads it as it is now. What is changed meanwhile without holding it
    /// makes [`Held::set`] fail.
    pub async fn hold(&self, key: K) -> Result<Held<K, V, M>, Error> {
        let hold = Hold::take(&self.0.holds, &key).await;
        let (table, wanted) = (self.0.table, key.clone());
        let found = self.0.store.read(move |reader| read::<K, V>(reader, table, &wanted)).await?;
        let (old, bytes) = found.map(|(value, bytes)| (Arc::new(value), bytes)).unzip();
        Ok(Held { collection: self.clone(), key, old, bytes, hold })
    }
}

impl<K: Ordered, V: Value, M: Memory<K, V>> Held<K, V, M> {
    /// As it is.
    pub fn old(&self) -> Option<&Arc<V>> {
        self.old.as_ref()
    }

    /// Sets or removes it and does more in the same transaction. It is held until it is seen, whoever waits. `frees` says
    /// that this makes room and is to be done on a full disk, too.
    pub async fn set<T, E, F>(self, frees: bool, new: Option<Arc<V>>, and: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let store = self.collection.0.store.clone();
        let work = move |transaction: &mut Transaction<'_>| {
            let Self { collection, key, old, bytes, hold } = self;
            let core: &Arc<Core<K, V, M>> = &collection.0;
            let encoded = key.encode();
            if transaction.get(core.table, &encoded)? != bytes {
                return Err(E::from(Error::overtaken(core.table, &encoded)));
            }
            collection.within(transaction).replace(key, old.as_deref(), new.as_ref())?;
            let answer = and(transaction)?;
            transaction.then(move || drop(hold));
            Ok(answer)
        };
        store.queue(frees, work).await
    }
}
