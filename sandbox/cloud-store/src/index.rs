//! Secondary indices: other keys by which records are found, kept in the same transaction as the record.

use serde::de::DeserializeOwned;

use crate::file::STORE;
use crate::{Error, Key, Ordered, Scan, Table, Transaction};

/// Bytes of records that are read at once while an index is built.
const SLICE: usize = 1 << 20;

/// An index, declared beside its collection as a constant. It has a table of its own in the layout.
#[derive(Debug)]
pub struct Index<V> {
    /// Where it is kept.
    pub table: Table,
    /// To be counted up when `keys` changes: then the index is built again.
    pub version: u32,
    /// The keys by which a record is found.
    pub keys: fn(&V) -> Vec<Key>,
}

impl<V> Clone for Index<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Index<V> {}

impl<V> Index<V> {
    /// What is kept for a record. An entry is a key of the index and then the record's own, which ends it.
    fn entries<'a>(&self, key: &'a [u8], value: Option<&V>) -> impl Iterator<Item = Vec<u8>> + use<'a, V> {
        let keys = value.map(self.keys).unwrap_or_default();
        keys.into_iter().map(move |by| {
            let mut entry = start(&by);
            entry.extend_from_slice(key);
            entry
        })
    }

    /// Follows a change of a record.
    pub(crate) fn change(
        &self,
        transaction: &mut Transaction<'_>,
        key: &[u8],
        old: Option<&V>,
        new: Option<&V>,
    ) -> Result<(), Error> {
        let (old, new): (Vec<_>, Vec<_>) =
            (self.entries(key, old).collect(), self.entries(key, new).collect());
        for gone in old.iter().filter(|entry| !new.contains(entry)) {
            transaction.delete(self.table, gone)?;
        }
        for come in new.iter().filter(|entry| !old.contains(entry)) {
            transaction.put(self.table, come, [])?;
        }
        Ok(())
    }

    /// The records that have a key, in the order of their own keys.
    pub(crate) fn find<K: Ordered>(
        &self,
        transaction: &Transaction<'_>,
        by: &Key,
        after: Option<&K>,
        limit: usize,
    ) -> Result<Vec<K>, Error> {
        let mut scan = Scan::prefix(start(by)).limit(limit);
        if let Some(after) = after {
            let mut entry = start(by);
            entry.extend(after.encode());
            scan = scan.after(entry);
        }
        self.records(transaction, &scan)
    }

    /// The records that have a key before that one, in the order of those keys.
    pub(crate) fn before<K: Ordered>(
        &self,
        transaction: &Transaction<'_>,
        by: &Key,
        limit: usize,
    ) -> Result<Vec<K>, Error> {
        self.records(transaction, &Scan::all().before(start(by)).limit(limit))
    }

    fn records<K: Ordered>(&self, transaction: &Transaction<'_>, scan: &Scan) -> Result<Vec<K>, Error> {
        let entries = transaction.keys(self.table, scan)?;
        Ok(entries.iter().filter_map(|entry| K::decode(Key::split_bytes(entry)?.1)).collect())
    }

    fn mark(&self) -> Key {
        Key::text("index").then_text(self.table.0)
    }

    /// Whether what is kept is what this version keeps.
    pub(crate) fn is_built(&self, transaction: &Transaction<'_>) -> Result<bool, Error> {
        Ok(transaction.get_json::<u32>(STORE, self.mark())? == Some(self.version))
    }
}

impl<V: DeserializeOwned> Index<V> {
    /// Builds it from the records of a table. One that cannot be read is not found by it.
    pub(crate) fn build(&self, transaction: &mut Transaction<'_>, of: Table) -> Result<(), Error> {
        transaction.delete_prefix(self.table, [])?;
        let mut scan = Scan::all().bytes(SLICE);
        loop {
            let (rows, more) = transaction.rows(of, &scan)?;
            for (key, value) in &rows {
                let value = value.as_ref().ok().and_then(|value| serde_json::from_slice(value).ok());
                self.change(transaction, key, None, value.as_ref())?;
            }
            match rows.last() {
                Some((last, _)) if more => scan = scan.after(last),
                _ => break,
            }
        }
        transaction.put_json(STORE, self.mark(), &self.version)
    }
}

fn start(by: &Key) -> Vec<u8> {
    Key::default().then_bytes(by.as_ref()).into_bytes()
}
