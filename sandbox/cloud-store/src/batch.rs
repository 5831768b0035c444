//! Writes that are collected and then done at once.

use serde::Serialize;

use crate::{Error, Table, Transaction};

/// Writes that need no reads.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    writes: Vec<Write>,
    frees: bool,
}

#[derive(Clone, Debug)]
enum Write {
    Put(Table, Vec<u8>, Vec<u8>),
    Delete(Table, Vec<u8>),
    DeletePrefix(Table, Vec<u8>),
}

impl Batch {
    /// No writes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// No writes yet; what comes makes room, and is done on a full disk too, although it sets a value here and there.
    pub fn freeing() -> Self {
        Self { frees: true, ..Self::default() }
    }

    /// Whether this is done on a full disk too: nothing is set in it, or it was said so.
    pub(crate) fn frees(&self) -> bool {
        self.frees || !self.writes.iter().any(|write| matches!(write, Write::Put(..)))
    }

    /// Sets a value.
    pub fn put(&mut self, table: Table, key: impl AsRef<[u8]>, value: impl Into<Vec<u8>>) {
        self.writes.push(Write::Put(table, key.as_ref().to_vec(), value.into()));
    }

    /// Sets a value, as JSON.
    pub fn put_json(
        &mut self,
        table: Table,
        key: impl AsRef<[u8]>,
        value: &impl Serialize,
    ) -> Result<(), Error> {
        self.put(table, key, serde_json::to_vec(value)?);
        Ok(())
    }

    /// Removes a key.
    pub fn delete(&mut self, table: Table, key: impl AsRef<[u8]>) {
        self.writes.push(Write::Delete(table, key.as_ref().to_vec()));
    }

    /// Removes all keys with that prefix.
    pub fn delete_prefix(&mut self, table: Table, prefix: impl AsRef<[u8]>) {
        self.writes.push(Write::DeletePrefix(table, prefix.as_ref().to_vec()));
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    pub(crate) fn apply(self, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        for write in self.writes {
            match write {
                Write::Put(table, key, value) => transaction.put(table, key, value)?,
                Write::Delete(table, key) => drop(transaction.delete(table, key)?),
                Write::DeletePrefix(table, prefix) => drop(transaction.delete_prefix(table, prefix)?),
            }
        }
        Ok(())
    }
}
