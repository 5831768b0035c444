//! Which part of a table is read.

use std::ops::Bound;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::{Error, Table};

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

    /// At most so many entries and bytes, unless it says less.
    pub(crate) fn bounded(mut self, limit: usize, bytes: usize) -> Self {
        self.limit = Some(self.limit.unwrap_or(limit));
        self.bytes = Some(self.bytes.unwrap_or(bytes));
        self
    }

    /// What of it comes behind a key.
    pub(crate) fn resumed(mut self, key: Vec<u8>) -> Self {
        let bound = Bound::Excluded(key);
        if self.backward {
            self.to = bound;
        } else {
            self.from = bound;
        }
        self
    }

    /// What it lets through.
    pub(crate) fn room(&self) -> Room {
        Room { entries: self.limit.unwrap_or(usize::MAX), bytes: self.bytes.unwrap_or(usize::MAX) }
    }

    /// As SQL, with the keys that it is bounded by. It finds one entry more than the limit: that tells whether there is one.
    pub(crate) fn sql(&self, table: Table, columns: &str) -> (String, Vec<Vec<u8>>) {
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
        let limit = self.limit.map_or(String::new(), |limit| {
            format!(" LIMIT {}", limit.saturating_add(1).min(i64::MAX as usize))
        });
        (format!("SELECT {columns} FROM \"{}\"{filter} ORDER BY key {order}{limit}", table.0), keys)
    }
}

/// What a scan still lets through.
pub(crate) struct Room {
    entries: usize,
    bytes: usize,
}

impl Room {
    pub(crate) fn is_over(&self) -> bool {
        self.entries == 0 || self.bytes == 0
    }

    pub(crate) fn take(&mut self, bytes: usize) {
        self.entries = self.entries.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

/// The least key that is greater than all keys with that prefix.
pub(crate) fn after_prefix(prefix: &[u8]) -> Bound<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < 255 {
            end.push(last + 1);
            return Bound::Excluded(end);
        }
    }
    Bound::Unbounded
}
