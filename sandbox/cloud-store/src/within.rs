//! A collection as one transaction has it: what it reads is newer than what is in memory, what it writes is seen there
//! once it is durable.

use std::sync::Arc;

use bytes::Bytes;

use crate::collection::{Core, Value};
use crate::memory::Memory;
use crate::{Error, Index, Key, Ordered, Table, Transaction};

/// Made by [`Collection::within`](crate::Collection::within).
pub struct Within<'c, 'a, K, V, M> {
    pub(crate) core: &'c Arc<Core<K, V, M>>,
    pub(crate) transaction: &'c mut Transaction<'a>,
}

/// What became of a record, and what was to be answered.
#[derive(Debug)]
pub struct Changed<V, T> {
    /// As it was.
    pub old: Option<V>,
    /// As it is now.
    pub new: Option<Arc<V>>,
    /// What the decision answers.
    pub answer: T,
}

impl<K: Ordered, V: Value, M: Memory<K, V>> Within<'_, '_, K, V, M> {
    /// A record.
    pub fn get(&self, key: &K) -> Result<Option<V>, Error> {
        Ok(read(self.transaction, self.core.table, key)?.map(|(value, _)| value))
    }

    /// Sets a record.
    pub fn put(&mut self, key: K, value: impl Into<Arc<V>>) -> Result<(), Error> {
        let value = value.into();
        let bytes = serde_json::to_vec(&*value)?;
        let old = self.replaced(&key)?;
        self.keep(key, old.as_ref(), Some((&value, bytes)))
    }

    /// Removes a record. True if it was there.
    pub fn remove(&mut self, key: &K) -> Result<bool, Error> {
        let is_there = self.transaction.has(self.core.table, key.encode())?;
        if is_there {
            let old = self.replaced(key)?;
            self.keep(key.clone(), old.as_ref(), None)?;
        }
        Ok(is_there)
    }

    /// Changes a record, as [`Collection::change`](crate::Collection::change) does.
    pub fn change<T, E: From<Error>>(
        &mut self,
        key: K,
        decide: impl FnOnce(Option<&V>) -> Result<(Option<V>, T), E>,
    ) -> Result<Changed<V, T>, E> {
        let (old, before) = read::<K, V>(self.transaction, self.core.table, &key)?.unzip();
        let (new, answer) = decide(old.as_ref())?;
        let new = new.map(Arc::new);
        let after = new.as_deref().map(serde_json::to_vec).transpose().map_err(Error::from)?;
        if before.as_deref() != after.as_deref() {
            self.keep(key, old.as_ref(), new.as_ref().zip(after))?;
        }
        Ok(Changed { old, new, answer })
    }

    /// Sets or removes a record that is known as it is.
    pub(crate) fn replace(&mut self, key: K, old: Option<&V>, new: Option<&Arc<V>>) -> Result<(), Error> {
        let bytes = new.map(|value| serde_json::to_vec(&**value)).transpose()?;
        self.keep(key, old, new.zip(bytes))
    }

    /// The keys of the records that an index finds by a key, in order, from behind one of them on. One whose record could
    /// not be read when it was changed may be among them without having that key any more.
    pub fn find(&self, index: &Index<V>, by: &Key, after: Option<&K>, limit: usize) -> Result<Vec<K>, Error> {
        index.find(self.transaction, by, after, limit)
    }

    /// The keys of the records that an index finds before a key, in the order of what it finds them by.
    pub fn find_before(&self, index: &Index<V>, by: &Key, limit: usize) -> Result<Vec<K>, Error> {
        index.before(self.transaction, by, limit)
    }

    /// The record that is to be replaced, for what indices keep of it. One that cannot be read is nothing to them.
    fn replaced(&self, key: &K) -> Result<Option<V>, Error> {
        if self.core.indices.is_empty() {
            return Ok(None);
        }
        match self.get(key) {
            Err(Error::Damaged { .. } | Error::Unreadable { .. }) => Ok(None),
            other => other,
        }
    }

    fn keep(&mut self, key: K, old: Option<&V>, new: Option<(&Arc<V>, Vec<u8>)>) -> Result<(), Error> {
        let encoded = key.encode();
        let value = new.as_ref().map(|(value, _)| Arc::clone(value));
        let bytes = new.as_ref().map_or(0, |(_, bytes)| encoded.len() + bytes.len());
        for index in &self.core.indices {
            index.change(self.transaction, &encoded, old, value.as_deref())?;
        }
        match new {
            Some((_, bytes)) => {
                self.core.refuse_purged(self.transaction, &encoded)?;
                self.transaction.put(self.core.table, encoded, bytes)?;
            }
            None => drop(self.transaction.delete(self.core.table, encoded)?),
        }
        let core = Arc::clone(self.core);
        self.transaction.then(move || core.memory.keep(key, value, bytes));
        Ok(())
    }
}

/// A record and its bytes.
pub(crate) fn read<K: Ordered, V: Value>(
    reader: &Transaction<'_>,
    table: Table,
    key: &K,
) -> Result<Option<(V, Bytes)>, Error> {
    let encoded = key.encode();
    let Some(bytes) = reader.get(table, &encoded)? else { return Ok(None) };
    Ok(Some((decode(table, &encoded, &bytes)?, bytes)))
}

/// The value of a record.
pub(crate) fn decode<V: Value>(table: Table, key: &[u8], bytes: &[u8]) -> Result<V, Error> {
    serde_json::from_slice(bytes).map_err(|source| Error::unreadable(table, key, source))
}
