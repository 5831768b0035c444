//! What can be done within one transaction.

use std::ops::Bound;
use std::path::Path;

use bytes::Bytes;
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// A table's name. Declare each as a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table(pub &'static str);

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Vec<u8>,
    /// The value.
    pub value: Bytes,
}

impl Entry {
    /// The value as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        Ok(serde_json::from_slice(&self.value)?)
    }
}

/// Which entries, in which order, how many.
#[derive(Clone, Debug)]
pub struct Scan {
    from: Bound<Vec<u8>>,
    to: Bound<Vec<u8>>,
    backward: bool,
    limit: Option<usize>,
    bytes: Option<usize>,
}

impl Scan {
    /// All entries.
    pub fn all() -> Self {
        Self { from: Bound::Unbounded, to: Bound::Unbounded, backward: false, limit: None, bytes: None }
    }

    /// The entries whose keys start with those bytes.
    pub fn prefix(prefix: impl AsRef<[u8]>) -> Self {
        let prefix = prefix.as_ref();
        Self { from: Bound::Included(prefix.to_vec()), to: after_prefix(prefix), ..Self::all() }
    }

    /// From that key on.
    #[must_use]
    pub fn from(mut self, key: impl AsRef<[u8]>) -> Self {
        self.from = Bound::Included(key.as_ref().to_vec());
        self
    }

    /// Only after that key.
    #[must_use]
    pub fn after(mut self, key: impl AsRef<[u8]>) -> Self {
        self.from = Bound::Excluded(key.as_ref().to_vec());
        self
    }

    /// Only before that key.
    #[must_use]
    pub fn before(mut self, key: impl AsRef<[u8]>) -> Self {
        self.to = Bound::Excluded(key.as_ref().to_vec());
        self
    }

    /// From the last to the first.
    #[must_use]
    pub fn backward(mut self) -> Self {
        self.backward = true;
        self
    }

    /// At most that many.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// No more after that many bytes of values: the last one may go beyond.
    #[must_use]
    pub fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = Some(bytes);
        self
    }

    fn sql(&self, table: Table) -> (String, Vec<Vec<u8>>) {
        let mut conditions = Vec::new();
        let mut keys = Vec::new();
        for (bound, included, excluded) in [(&self.from, ">=", ">"), (&self.to, "<=", "<")] {
            let (key, sign) = match bound {
                Bound::Included(key) => (key, included),
                Bound::Excluded(key) => (key, excluded),
                Bound::Unbounded => continue,
            };
            keys.push(key.clone());
            conditions.push(format!("key {sign} ?{}", keys.len()));
        }
        let filter = if conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", conditions.join(" AND "))
        };
        let order = if self.backward { "DESC" } else { "ASC" };
        let limit = self.limit.map_or(String::new(), |limit| format!(" LIMIT {limit}"));
        (format!("SELECT key, value FROM \"{}\"{filter} ORDER BY key {order}{limit}", table.0), keys)
    }
}

/// The least key that is greater than all keys with that prefix.
fn after_prefix(prefix: &[u8]) -> Bound<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < 255 {
            end.push(last + 1);
            return Bound::Excluded(end);
        }
    }
    Bound::Unbounded
}

/// Reads and writes that happen together or not at all.
pub struct Transaction<'a>(pub(crate) &'a Connection);

impl Transaction<'_> {
    /// The value of a key.
    pub fn get(&self, table: Table, key: impl AsRef<[u8]>) -> Result<Option<Bytes>, Error> {
        let key = key.as_ref();
        let sql = format!("SELECT value FROM \"{}\" WHERE key = ?1", table.0);
        let mut statement = self.prepare(&sql)?;
        let found = statement.query_row(params![key], |row| row.get::<_, Vec<u8>>(0)).optional();
        let stored = found.map_err(Error::within(self.0))?;
        stored.map(|stored| self.unseal(table, key, stored)).transpose()
    }

    /// The value of a key, as JSON.
    pub fn get_json<T: DeserializeOwned>(
        &self,
        table: Table,
        key: impl AsRef<[u8]>,
    ) -> Result<Option<T>, Error> {
        Ok(self.get(table, key)?.map(|value| serde_json::from_slice(&value)).transpose()?)
    }

    /// Entries in order.
    pub fn scan(&self, table: Table, scan: &Scan) -> Result<Vec<Entry>, Error> {
        self.scan_lossy(table, scan)?.into_iter().collect()
    }

    /// The same, with an error in the place of each entry that is damaged: for who can go on without it.
    pub fn scan_lossy(&self, table: Table, scan: &Scan) -> Result<Vec<Result<Entry, Error>>, Error> {
        let failed = Error::within(self.0);
        let (sql, keys) = scan.sql(table);
        let mut statement = self.prepare(&sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(keys)).map_err(&failed)?;
        let mut entries = Vec::new();
        let mut left = scan.bytes.unwrap_or(usize::MAX);
        while let Some(row) = rows.next().map_err(&failed)?
            && left > 0
        {
            let key: Vec<u8> = row.get(0).map_err(&failed)?;
            let stored: Vec<u8> = row.get(1).map_err(&failed)?;
            left = left.saturating_sub(stored.len());
            entries.push(self.unseal(table, &key, stored).map(|value| Entry { key, value }));
        }
        Ok(entries)
    }

    /// The keys alone, in order.
    pub fn keys(&self, table: Table, scan: &Scan) -> Result<Vec<Vec<u8>>, Error> {
        let (sql, bounds) = scan.sql(table);
        let mut statement = self.prepare(&sql)?;
        let keys = statement.query_map(rusqlite::params_from_iter(bounds), |row| row.get(0));
        keys.and_then(Iterator::collect).map_err(Error::within(self.0))
    }

    fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>, Error> {
        self.0.prepare_cached(sql).map_err(Error::within(self.0))
    }

    fn execute(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize, Error> {
        self.prepare(sql)?.execute(values).map_err(Error::within(self.0))
    }

    /// A stored value without its checksum, which must be right.
    fn unseal(&self, table: Table, key: &[u8], stored: Vec<u8>) -> Result<Bytes, Error> {
        match stored.split_first_chunk::<4>() {
            Some((sum, value)) if *sum == checksum(key, value) => Ok(Bytes::from(stored).slice(4..)),
            _ => {
                let file = self.0.path().unwrap_or_default();
                let what = format!("the value of {} in its table {}", key.escape_ascii(), table.0);
                Err(Error::damaged(Path::new(file), what))
            }
        }
    }

    /// Sets a value.
    pub fn put(&mut self, table: Table, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Result<(), Error> {
        let key = key.as_ref();
        let sql = format!(
            "INSERT INTO \"{}\"(key, value) VALUES (?1, ?2) ON CONFLICT(key) DO UPDATE SET value = ?2",
            table.0
        );
        self.execute(&sql, params![key, seal(key, value.as_ref())]).map(drop)
    }

    /// Sets a value, as JSON.
    pub fn put_json(
        &mut self,
        table: Table,
        key: impl AsRef<[u8]>,
        value: &impl Serialize,
    ) -> Result<(), Error> {
        self.put(table, key, serde_json::to_vec(value)?)
    }

    /// Removes a key. True if it was there.
    pub fn delete(&mut self, table: Table, key: impl AsRef<[u8]>) -> Result<bool, Error> {
        let sql = format!("DELETE FROM \"{}\" WHERE key = ?1", table.0);
        Ok(self.execute(&sql, params![key.as_ref()])? > 0)
    }

    /// Removes all keys with that prefix.
    pub fn delete_prefix(&mut self, table: Table, prefix: impl AsRef<[u8]>) -> Result<usize, Error> {
        let prefix = prefix.as_ref();
        match after_prefix(prefix) {
            Bound::Excluded(end) => {
                let sql = format!("DELETE FROM \"{}\" WHERE key >= ?1 AND key < ?2", table.0);
                self.execute(&sql, params![prefix, end])
            }
            _ => self.execute(&format!("DELETE FROM \"{}\" WHERE key >= ?1", table.0), params![prefix]),
        }
    }
}

fn checksum(key: &[u8], value: &[u8]) -> [u8; 4] {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&(key.len() as u64).to_be_bytes());
    hasher.update(key);
    hasher.update(value);
    hasher.finalize().to_be_bytes()
}

/// A value with its checksum in front.
fn seal(key: &[u8], value: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(value.len() + 4);
    sealed.extend(checksum(key, value));
    sealed.extend_from_slice(value);
    sealed
}

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
