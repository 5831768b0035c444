//! Many records removed a slice at a time, between what others write.
//!
//! What is to go is noted with the decision, and gone on with after a restart.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::collection::{Core, Value};
use crate::file::STORE;
use crate::memory::Memory;
use crate::within::{Within, decode};
use crate::{Error, Key, Ordered, Scan, Table, Transaction};

/// How many records, and bytes of them, go at once: a few milliseconds of work.
const RECORDS: usize = 256;
const BYTES: usize = 4 << 20;

impl<K: Ordered, V: Value, M: Memory<K, V>> Within<'_, '_, K, V, M> {
    /// Removes all records whose keys begin with those bytes, little by little once this is durable. Nothing may lead to
    /// them any more: until they are gone they can be read, and none can be set.
    pub fn purge(&mut self, prefix: impl AsRef<[u8]>) -> Result<(), Error> {
        let prefix = prefix.as_ref().to_vec();
        self.core.purging.fetch_add(1, Ordering::Relaxed);
        self.transaction.put(STORE, mark(self.core.table, &prefix), [])?;
        let core = Arc::clone(self.core);
        self.transaction.then(move || core.purge_slice(prefix));
        Ok(())
    }
}

impl<K: Ordered, V: Value, M: Memory<K, V>> Core<K, V, M> {
    /// Goes on with what was being removed when the store was closed.
    pub(crate) async fn resume_purges(self: &Arc<Self>) -> Result<(), Error> {
        let table = self.table;
        let prefixes = self.store.read(move |reader| purges(reader, table)).await?;
        self.purging.fetch_add(prefixes.len(), Ordering::Relaxed);
        for prefix in prefixes {
            self.purge_slice(prefix);
        }
        Ok(())
    }

    /// Queues the next slice behind what waits already. It does not keep the store open.
    fn purge_slice(self: &Arc<Self>, prefix: Vec<u8>) {
        let (weak, table) = (Arc::downgrade(self), self.table);
        let slice = move |transaction: &mut Transaction<'_>| match weak.upgrade() {
            Some(core) => core.remove_slice(transaction, prefix),
            None => Ok(()),
        };
        let ended = move |outcome: Result<(), Error>| {
            if let Err(error) = outcome {
                tracing::error!(%error, table = table.0, "records are removed further at the next start");
            }
        };
        drop(self.store.send(true, slice, ended));
    }

    fn remove_slice(
        self: &Arc<Self>,
        transaction: &mut Transaction<'_>,
        prefix: Vec<u8>,
    ) -> Result<(), Error> {
        let scan = Scan::prefix(&prefix).limit(RECORDS).bytes(BYTES);
        let (keys, more) = transaction.some_keys(self.table, &scan)?;
        for encoded in keys {
            self.remove_encoded(transaction, &encoded)?;
        }
        let core = Arc::clone(self);
        if more {
            transaction.then(move || core.purge_slice(prefix));
        } else {
            transaction.delete(STORE, mark(self.table, &prefix))?;
            transaction.then(move || {
                core.purging.fetch_sub(1, Ordering::Relaxed);
            });
        }
        Ok(())
    }

    fn remove_encoded(
        self: &Arc<Self>,
        transaction: &mut Transaction<'_>,
        encoded: &[u8],
    ) -> Result<(), Error> {
        if !self.indices.is_empty() {
            // What cannot be read goes, too; what found it leads nowhere.
            let bytes = transaction.get(self.table, encoded).ok().flatten();
            let old: Option<V> = bytes.and_then(|bytes| decode(self.table, encoded, &bytes).ok());
            for index in &self.indices {
                index.change(transaction, encoded, old.as_ref(), None)?;
            }
        }
        transaction.delete(self.table, encoded)?;
        if let Some(key) = K::decode(encoded) {
            let core = Arc::clone(self);
            transaction.then(move || core.memory.keep(key, None, 0));
        }
        Ok(())
    }

    /// Refuses to set a record that would be removed with others.
    pub(crate) fn refuse_purged(&self, transaction: &Transaction<'_>, encoded: &[u8]) -> Result<(), Error> {
        let is_purged = self.purging.load(Ordering::Relaxed) > 0
            && purges(transaction, self.table)?.iter().any(|prefix| encoded.starts_with(prefix));
        if is_purged {
            let key = encoded.escape_ascii().to_string();
            return Err(Error::Purged { table: self.table.0, key });
        }
        Ok(())
    }
}

fn mark(table: Table, prefix: &[u8]) -> Key {
    Key::text("purge").then_text(table.0).then_bytes(prefix)
}

/// What of a table is being removed.
fn purges(transaction: &Transaction<'_>, table: Table) -> Result<Vec<Vec<u8>>, Error> {
    let marks = Key::text("purge").then_text(table.0);
    let keys = transaction.keys(STORE, &Scan::prefix(&marks))?;
    Ok(keys.iter().filter_map(|key| Some(Key::split_bytes(key.get(marks.as_ref().len()..)?)?.0)).collect())
}
