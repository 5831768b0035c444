//! Rows as the state of queues is written in: a store's transaction, or memory in tests.

use bytes::Bytes;
use cloud_store::{Error, Scan, Table, Transaction};

/// A key and its value.
pub(crate) type Row = (Vec<u8>, Bytes);

/// Ordered tables of bytes.
pub(crate) trait Rows {
    fn get(&mut self, table: Table, key: &[u8]) -> Result<Option<Bytes>, Error>;
    fn put(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<(), Error>;
    fn delete(&mut self, table: Table, key: &[u8]) -> Result<(), Error>;
    /// The first rows whose keys begin so, those before a key alone where there is one.
    fn first(
        &mut self,
        table: Table,
        prefix: &[u8],
        before: Option<&[u8]>,
        most: usize,
    ) -> Result<Vec<Row>, Error>;
}

impl Rows for Transaction<'_> {
    fn get(&mut self, table: Table, key: &[u8]) -> Result<Option<Bytes>, Error> {
        Transaction::get(self, table, key)
    }

    fn put(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<(), Error> {
        Transaction::put(self, table, key, value)
    }

    fn delete(&mut self, table: Table, key: &[u8]) -> Result<(), Error> {
        Transaction::delete(self, table, key).map(drop)
    }

    fn first(
        &mut self,
        table: Table,
        prefix: &[u8],
        before: Option<&[u8]>,
        most: usize,
    ) -> Result<Vec<Row>, Error> {
        let mut scan = Scan::prefix(prefix).limit(most);
        if let Some(before) = before {
            scan = scan.before(before);
        }
        Ok(self.scan(table, &scan)?.into_iter().map(|entry| (entry.key, entry.value)).collect())
    }
}

/// Tables in memory, which count how many rows were looked at.
#[cfg(test)]
#[derive(Clone, Default)]
pub(crate) struct InMemory {
    pub(crate) tables: std::collections::BTreeMap<&'static str, std::collections::BTreeMap<Vec<u8>, Bytes>>,
    pub(crate) visited: usize,
}

#[cfg(test)]
impl Rows for InMemory {
    fn get(&mut self, table: Table, key: &[u8]) -> Result<Option<Bytes>, Error> {
        self.visited += 1;
        Ok(self.tables.entry(table.0).or_default().get(key).cloned())
    }

    fn put(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<(), Error> {
        self.visited += 1;
        self.tables.entry(table.0).or_default().insert(key.to_vec(), Bytes::copy_from_slice(value));
        Ok(())
    }

    fn delete(&mut self, table: Table, key: &[u8]) -> Result<(), Error> {
        self.visited += 1;
        self.tables.entry(table.0).or_default().remove(key);
        Ok(())
    }

    fn first(
        &mut self,
        table: Table,
        prefix: &[u8],
        before: Option<&[u8]>,
        most: usize,
    ) -> Result<Vec<Row>, Error> {
        let rows = self.tables.entry(table.0).or_default().range(prefix.to_vec()..);
        let rows = rows.take_while(|(key, _)| key.starts_with(prefix));
        let rows = rows.take_while(|(key, _)| before.is_none_or(|before| key.as_slice() < before));
        let found: Vec<_> = rows.take(most).map(|(key, value)| (key.clone(), value.clone())).collect();
        self.visited += found.len() + 1;
        Ok(found)
    }
}
