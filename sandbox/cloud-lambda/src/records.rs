//! Functions and promised events, in memory for reading and in the store for good.
//!
//! A change is made durable before it is seen: who reads a function reads what survives.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use cloud_core::AwsError;
use cloud_store::{Batch, Entry, Error, Layout, Scan, Store, Table};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::queue::Promise;
use crate::state::Function;

const FUNCTIONS: Table = Table("functions");
const EVENTS: Table = Table("events");
/// The packages that no function has, by their hashes: only what is named here is ever removed.
const UNUSED: Table = Table("unused_packages");
/// What events carry, by their request ids: read when they run.
const PAYLOADS: Table = Table("payloads");
const CLIENT_CONTEXTS: Table = Table("client_contexts");
const LAYOUT: Layout = Layout::new(&[FUNCTIONS, EVENTS, PAYLOADS, CLIENT_CONTEXTS, UNUSED]);

/// What an event carries.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parcel {
    pub(crate) payload: Bytes,
    pub(crate) client_context: Option<String>,
}

/// An event as it was kept until payloads had a table of their own.
#[derive(Deserialize)]
struct Whole {
    payload: Option<String>,
    client_context: Option<String>,
}

/// The records. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Records(Arc<Inner>);

struct Inner {
    store: Store,
    functions: RwLock<BTreeMap<String, Arc<Function>>>,
    /// Held from reading a function to having kept its change, here and on disk.
    changing: Arc<Mutex<()>>,
}

impl Records {
    /// Opens the store that names the packages in a folder.
    pub(crate) async fn open(file: &Path, packages: &Path) -> Result<Self, Error> {
        let store = Store::open_naming(file, LAYOUT, packages).await?;
        let mut functions = BTreeMap::new();
        for entry in store.scan(FUNCTIONS, Scan::all()).await? {
            let function: Function = entry.json()?;
            functions.insert(function.name.clone(), Arc::new(function));
        }
        let inner = Inner { store, functions: RwLock::new(functions), changing: Arc::default() };
        Ok(Self(Arc::new(inner)))
    }

    /// A function.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<Function>> {
        self.0.functions.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// All functions, by name.
    pub(crate) fn all(&self) -> Vec<Arc<Function>> {
        self.0.functions.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Whether some version has that package.
    pub(crate) fn uses(&self, hash: &str) -> bool {
        let functions = self.0.functions.read().unwrap_or_else(PoisonError::into_inner);
        functions.values().any(|function| function.packages().any(|package| package == hash))
    }

    /// Changes a function: `change` makes the new one of the old one, none of either where there is none. Returns what
    /// was kept and what the change answers, once it is durable. Who stops waiting for it stops nothing: what is decided
    /// is kept here and on disk.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        name: &str,
        change: impl FnOnce(Option<&Function>) -> Result<(Option<Function>, T), AwsError>,
    ) -> Result<(Option<Arc<Function>>, T), AwsError> {
        self.change_then(name, change, |function, answer| (function, answer)).await
    }

    /// The same; what follows from the change is done with it, whoever waits.
    pub(crate) async fn change_then<T: Send + 'static, U: Send + 'static>(
        &self,
        name: &str,
        change: impl FnOnce(Option<&Function>) -> Result<(Option<Function>, T), AwsError>,
        then: impl FnOnce(Option<Arc<Function>>, T) -> U + Send + 'static,
    ) -> Result<U, AwsError> {
        let alone = Arc::clone(&self.0.changing).lock_owned().await;
        let old = self.get(name);
        let (new, answer) = change(old.as_deref())?;
        if new.as_ref() == old.as_deref() {
            return Ok(then(old, answer));
        }
        let new = new.map(Arc::new);
        let mut batch = Batch::new();
        match new.as_deref() {
            Some(function) => batch.put_json(FUNCTIONS, name, function).map_err(AwsError::internal)?,
            None => batch.delete(FUNCTIONS, name),
        }
        self.count_packages(&mut batch, old.as_deref(), new.as_deref());
        let (records, name, kept) = (self.clone(), name.to_owned(), new);
        let keeping = tokio::spawn(async move {
            let _alone = alone;
            records.keep(batch, name, kept.clone()).await?;
            Ok(then(kept, answer))
        });
        keeping.await.map_err(AwsError::internal)?
    }

    /// Keeps a change on disk, then here.
    async fn keep(&self, batch: Batch, name: String, new: Option<Arc<Function>>) -> Result<(), AwsError> {
        self.0.store.commit(batch).await.map_err(AwsError::internal)?;
        let mut functions = self.0.functions.write().unwrap_or_else(PoisonError::into_inner);
        match new {
            Some(function) => functions.insert(name, function),
            None => functions.remove(&name),
        };
        Ok(())
    }

    /// Notes which packages a change takes into use, and which no function has after it.
    fn count_packages(&self, batch: &mut Batch, old: Option<&Function>, new: Option<&Function>) {
        let of = |function: Option<&Function>| -> BTreeSet<String> {
            function.into_iter().flat_map(Function::packages).map(str::to_owned).collect()
        };
        let (before, after) = (of(old), of(new));
        for taken in after.difference(&before) {
            batch.delete(UNUSED, taken);
        }
        let dropped: BTreeSet<&String> = before.difference(&after).collect();
        if dropped.is_empty() {
            return;
        }
        let name = old.or(new).map(|function| function.name.as_str());
        let others = self.all();
        let others = others.iter().filter(|function| Some(function.name.as_str()) != name);
        let kept: BTreeSet<String> = others.flat_map(|function| of(Some(function))).collect();
        for unused in dropped.into_iter().filter(|hash| !kept.contains(*hash)) {
            batch.put(UNUSED, unused, "");
        }
    }

    /// Notes a package that is about to be kept: until a function has it, nothing needs it.
    pub(crate) async fn expect_package(&self, hash: &str) -> Result<(), AwsError> {
        if self.uses(hash) {
            return Ok(());
        }
        let mut batch = Batch::new();
        batch.put(UNUSED, hash, "");
        self.0.store.commit(batch).await.map_err(AwsError::internal)
    }

    /// The packages that no function has.
    pub(crate) async fn unused_packages(&self) -> Result<Vec<String>, Error> {
        let named = self.0.store.scan(UNUSED, Scan::all()).await?;
        let used: BTreeSet<String> = self
            .all()
            .iter()
            .flat_map(|function| function.packages().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let named = named.into_iter().map(|entry| String::from_utf8_lossy(&entry.key).into_owned());
        Ok(named.filter(|hash| !used.contains(hash)).collect())
    }

    /// Forgets packages that were removed.
    pub(crate) async fn forget_packages(&self, hashes: &[String]) -> Result<(), Error> {
        let mut batch = Batch::new();
        for hash in hashes {
            batch.delete(UNUSED, hash);
        }
        self.0.store.commit(batch).await
    }

    /// The events that were promised before this process began. One whose record is damaged is left where it is, and
    /// takes no other with it.
    pub(crate) async fn promises(&self) -> Result<Vec<Promise>, Error> {
        let mut promises = Vec::new();
        for entry in self.0.store.read(|reader| reader.scan_lossy(EVENTS, &Scan::all())).await? {
            let promise = match entry {
                Ok(entry) => self.take_up(&entry).await,
                Err(damaged) => Err(damaged),
            };
            match promise {
                Ok(promise) => promises.push(promise),
                Err(error) => {
                    tracing::error!(%error, "an asynchronous event cannot be read; the others go on");
                }
            }
        }
        Ok(promises)
    }

    async fn take_up(&self, entry: &Entry) -> Result<Promise, Error> {
        let mut promise: Promise = entry.json()?;
        let Whole { payload: Some(payload), client_context } = entry.json()? else { return Ok(promise) };
        promise.bytes = payload.len() as u64;
        self.accept(&promise, &Parcel { payload: payload.into(), client_context }).await?;
        Ok(promise)
    }

    /// Keeps an event with what it carries.
    pub(crate) async fn accept_promise(&self, promise: &Promise, parcel: &Parcel) -> Result<(), AwsError> {
        self.accept(promise, parcel).await.map_err(AwsError::internal)
    }

    async fn accept(&self, promise: &Promise, parcel: &Parcel) -> Result<(), Error> {
        let id = &promise.request_id;
        let mut batch = Batch::new();
        batch.put_json(EVENTS, id, promise)?;
        batch.put(PAYLOADS, id, parcel.payload.clone());
        if let Some(context) = &parcel.client_context {
            batch.put(CLIENT_CONTEXTS, id, context.as_str());
        }
        self.0.store.commit(batch).await
    }

    /// What an event carries, if it is there.
    pub(crate) async fn parcel(&self, request_id: &str) -> Result<Option<Parcel>, Error> {
        let id = request_id.to_owned();
        let read = self
            .0
            .store
            .read(move |reader| Ok((reader.get(PAYLOADS, &id)?, reader.get(CLIENT_CONTEXTS, &id)?)));
        let (payload, context) = read.await?;
        let client_context = context.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok(payload.map(|payload| Parcel { payload, client_context }))
    }

    /// Keeps a promised event as it is now.
    pub(crate) async fn keep_promise(&self, promise: &Promise) -> Result<(), AwsError> {
        let mut batch = Batch::new();
        batch.put_json(EVENTS, &promise.request_id, promise).map_err(AwsError::internal)?;
        self.0.store.commit(batch).await.map_err(AwsError::internal)
    }

    /// Forgets one that was dealt with.
    pub(crate) async fn drop_promise(&self, request_id: &str) -> Result<(), AwsError> {
        let mut batch = Batch::new();
        for table in [EVENTS, PAYLOADS, CLIENT_CONTEXTS] {
            batch.delete(table, request_id);
        }
        self.0.store.commit(batch).await.map_err(AwsError::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_record_that_cannot_be_read_takes_no_other_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("lambda.db");
        let records = Records::open(&file, &folder.path().join("packages")).await.expect("open");
        let record = |id: &str, more: &str| {
            format!(
                r#"{{"request_id":"{id}","function":"f","qualifier":null,"accepted_ms":1,"due_ms":2,"failures":0,"refusals":0{more}}}"#
            )
        };
        let mut batch = Batch::new();
        batch.put(EVENTS, "a", record("a", r#","payload":"[1]","client_context":"{}""#));
        batch.put(EVENTS, "b", "no record");
        batch.put(EVENTS, "c", record("c", ""));
        batch.put(PAYLOADS, "c", "[2]");
        records.0.store.commit(batch).await.expect("kept");
        for _ in 0..2 {
            let promises = records.promises().await.expect("read");
            let ids: Vec<_> = promises.iter().map(|promise| promise.request_id.as_str()).collect();
            assert_eq!(ids, ["a", "c"]);
        }
        let parcel = records.parcel("a").await.expect("read").expect("there");
        assert_eq!((parcel.payload.as_ref(), parcel.client_context.as_deref()), (&b"[1]"[..], Some("{}")));
        let parcel = records.parcel("c").await.expect("read").expect("there");
        assert_eq!((parcel.payload.as_ref(), parcel.client_context), (&b"[2]"[..], None));
        assert!(records.parcel("b").await.expect("read").is_none());
    }
}
