//! What can be done within one transaction.

use std::cell::Cell;
use std::ops::Bound;
use std::path::Path;

use bytes::Bytes;
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::scan::after_prefix;
use crate::{Entry, Error, Scan};

/// A table's name. Declare each as a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table(pub &'static str);

/// Reads and writes that happen together or not at all.
pub struct Transaction<'a> {
    pub(crate) connection: &'a Connection,
    follow: Vec<Follow>,
    written: Written,
    seen: Cell<u64>,
}

/// How much a transaction wrote.
#[derive(Clone, Copy, Default)]
pub(crate) struct Written {
    /// Changes.
    pub writes: u64,
    /// Bytes of keys and values that were set.
    pub bytes: u64,
}

/// A key with its value, or why that cannot be told.
pub(crate) type Row = (Vec<u8>, Result<Bytes, Error>);

/// What follows from a transaction once it is durable.
pub(crate) type Follow = Box<dyn FnOnce() + Send>;

impl<'a> Transaction<'a> {
    /// What is done on that connection, within a transaction of SQLite's.
    pub(crate) fn on(connection: &'a Connection) -> Self {
        Self { connection, follow: Vec::new(), written: Written::default(), seen: Cell::new(0) }
    }

    /// What follows, and how much was written.
    pub(crate) fn end(self) -> (Vec<Follow>, Written) {
        (self.follow, self.written)
    }

    /// How many rows were looked at.
    pub(crate) fn seen(&self) -> u64 {
        self.seen.get()
    }

    fn see_one(&self) {
        self.seen.set(self.seen.get() + 1);
    }

    /// Does something once this is durable: on the writer's thread, before the caller is answered and before anything
    /// that a later transaction does so, whoever still waits. Not at all if this comes to nothing. Keep it short.
    pub fn then(&mut self, follow: impl FnOnce() + Send + 'static) {
        self.follow.push(Box::new(follow));
    }
}

impl Transaction<'_> {
    /// The value of a key.
    pub fn get(&self, table: Table, key: impl AsRef<[u8]>) -> Result<Option<Bytes>, Error> {
        let key = key.as_ref();
        let sql = format!("SELECT value FROM \"{}\" WHERE key = ?1", table.0);
        let mut statement = self.prepare(&sql)?;
        self.see_one();
        let found = statement.query_row(params![key], |row| row.get::<_, Vec<u8>>(0)).optional();
        let stored = found.map_err(Error::within(self.connection))?;
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
        let rows = self.rows(table, scan)?.0.into_iter();
        Ok(rows.map(|(key, value)| value.map(|value| Entry { key, value })).collect())
    }

    /// The keys of a scan with what they stand for, and whether there is more than the scan's bounds let through.
    pub(crate) fn rows(&self, table: Table, scan: &Scan) -> Result<(Vec<Row>, bool), Error> {
        let failed = Error::within(self.connection);
        let (sql, keys) = scan.sql(table, "key, value");
        let mut statement = self.prepare(&sql)?;
        let mut found = statement.query(rusqlite::params_from_iter(keys)).map_err(&failed)?;
        let mut rows = Vec::new();
        let mut room = scan.room();
        while let Some(row) = found.next().map_err(&failed)? {
            self.see_one();
            if room.is_over() {
                return Ok((rows, true));
            }
            let key: Vec<u8> = row.get(0).map_err(&failed)?;
            let stored: Vec<u8> = row.get(1).map_err(&failed)?;
            room.take(stored.len());
            let value = self.unseal(table, &key, stored);
            rows.push((key, value));
        }
        Ok((rows, false))
    }

    /// The keys alone, in order, and whether there is more; a scan's bytes are those of their values here, too.
    pub(crate) fn some_keys(&self, table: Table, scan: &Scan) -> Result<(Vec<Vec<u8>>, bool), Error> {
        let failed = Error::within(self.connection);
        // SQLite knows a value's length without reading it.
        let (sql, bounds) = scan.sql(table, "key, length(value)");
        let mut statement = self.prepare(&sql)?;
        let mut found = statement.query(rusqlite::params_from_iter(bounds)).map_err(&failed)?;
        let mut keys = Vec::new();
        let mut room = scan.room();
        while let Some(row) = found.next().map_err(&failed)? {
            self.see_one();
            if room.is_over() {
                return Ok((keys, true));
            }
            room.take(row.get::<_, u32>(1).map_err(&failed)? as usize);
            keys.push(row.get(0).map_err(&failed)?);
        }
        Ok((keys, false))
    }

    /// The keys alone, in order.
    pub fn keys(&self, table: Table, scan: &Scan) -> Result<Vec<Vec<u8>>, Error> {
        Ok(self.some_keys(table, scan)?.0)
    }

    /// Whether there is a key.
    pub fn has(&self, table: Table, key: impl AsRef<[u8]>) -> Result<bool, Error> {
        self.see_one();
        let sql = format!("SELECT 1 FROM \"{}\" WHERE key = ?1", table.0);
        self.prepare(&sql)?.exists(params![key.as_ref()]).map_err(Error::within(self.connection))
    }

    fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>, Error> {
        self.connection.prepare_cached(sql).map_err(Error::within(self.connection))
    }

    fn execute(&mut self, sql: &str, values: impl rusqlite::Params) -> Result<usize, Error> {
        self.written.writes += 1;
        self.prepare(sql)?.execute(values).map_err(Error::within(self.connection))
    }

    /// A stored value without its checksum, which must be right.
    fn unseal(&self, table: Table, key: &[u8], stored: Vec<u8>) -> Result<Bytes, Error> {
        match stored.split_first_chunk::<4>() {
            Some((sum, value)) if *sum == checksum(key, value) => Ok(Bytes::from(stored).slice(4..)),
            _ => {
                let file = self.connection.path().unwrap_or_default();
                let what = format!("the value of {} in its table {}", key.escape_ascii(), table.0);
                Err(Error::damaged(Path::new(file), what))
            }
        }
    }

    /// Sets a value.
    pub fn put(&mut self, table: Table, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Result<(), Error> {
        let (key, value) = (key.as_ref(), value.as_ref());
        self.written.bytes += (key.len() + value.len()) as u64;
        let sql = format!(
            "INSERT INTO \"{}\"(key, value) VALUES (?1, ?2) ON CONFLICT(key) DO UPDATE SET value = ?2",
            table.0
        );
        self.execute(&sql, params![key, seal(key, value)]).map(drop)
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
