//! Functions, all of them in memory, and promised events, whose payloads are read when they run.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use cloud_core::AwsError;
use cloud_store::{
    Batch, Entry, Error, Index, Key, Layout, Migration, Resident, Scan, Store, Table, Transaction, View,
};
use serde::Deserialize;
use tokio::sync::oneshot;

use crate::queue::Promise;
use crate::state::Function;

const FUNCTIONS: Table = Table("functions");
const BY_PACKAGE: Table = Table("functions_by_package");
const EVENTS: Table = Table("events");
/// The packages that no function has, by their hashes: only what is named here is ever removed.
const UNUSED: Table = Table("unused_packages");
/// What events carry, by their request ids: read when they run.
const PAYLOADS: Table = Table("payloads");
const CLIENT_CONTEXTS: Table = Table("client_contexts");
/// A program that does not know the index must not change functions.
const INDEXED: Migration = |_| Ok(());
const LAYOUT: Layout = Layout {
    tables: &[FUNCTIONS, BY_PACKAGE, EVENTS, PAYLOADS, CLIENT_CONTEXTS, UNUSED],
    migrations: &[INDEXED],
};
const PACKAGES: Index<Function> = Index {
    table: BY_PACKAGE,
    version: 1,
    keys: |function| function.packages().map(Key::text).collect::<BTreeSet<_>>().into_iter().collect(),
};

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
pub(crate) struct Records {
    store: Store,
    functions: Resident<String, Function>,
    /// Whether all functions could be read: what only an unreadable one may have is not removed.
    is_complete: bool,
}

impl Records {
    /// Opens the store that names the packages in a folder.
    pub(crate) async fn open(file: &Path, packages: &Path) -> Result<Self, Error> {
        let store = Store::open_naming(file, LAYOUT, packages).await?;
        let (functions, unreadable) = Resident::open(&store, FUNCTIONS, &[PACKAGES]).await?;
        Ok(Self { store, functions, is_complete: unreadable.is_empty() })
    }

    /// A function.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<Function>> {
        self.view().get(name).cloned()
    }

    /// All functions, by name.
    pub(crate) fn view(&self) -> View<'_, String, Function> {
        self.functions.view()
    }

    /// Some functions in order, from a name on.
    pub(crate) fn from(&self, name: &str, limit: usize) -> Vec<Arc<Function>> {
        let view = self.view();
        view.range(name.to_owned()..).take(limit).map(|(_, function)| Arc::clone(function)).collect()
    }

    /// Whether some version has that package, or may have it.
    pub(crate) fn uses(&self, hash: &str) -> bool {
        !self.is_complete
            || self.view().values().any(|function| function.packages().any(|package| package == hash))
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
        let held = self.functions.hold(name.to_owned()).await?;
        let old = held.old().cloned();
        let (new, answer) = change(old.as_deref())?;
        if new.as_ref() == old.as_deref() {
            return Ok(then(old, answer));
        }
        let new = new.map(Arc::new);
        let (kept, records) = (new.clone(), self.clone());
        let (tell, told) = oneshot::channel();
        let set = held.set(new.is_none(), new, move |transaction| {
            records.count_packages(transaction, old.as_deref(), kept.as_deref())?;
            // An error means that nobody waits.
            transaction.then(move || drop(tell.send(then(kept, answer))));
            Ok::<_, AwsError>(())
        });
        set.await?;
        told.await.map_err(AwsError::internal)
    }

    /// Notes which packages a change takes into use, and which no function has after it.
    fn count_packages(
        &self,
        transaction: &mut Transaction<'_>,
        old: Option<&Function>,
        new: Option<&Function>,
    ) -> Result<(), Error> {
        let of = |function: Option<&Function>| -> BTreeSet<String> {
            function.into_iter().flat_map(Function::packages).map(str::to_owned).collect()
        };
        let (before, after) = (of(old), of(new));
        for taken in after.difference(&before) {
            transaction.delete(UNUSED, taken)?;
        }
        for dropped in before.difference(&after) {
            let by = Key::text(dropped);
            if self.functions.within(transaction).find(&PACKAGES, &by, None, 1)?.is_empty() {
                transaction.put(UNUSED, dropped, "")?;
            }
        }
        Ok(())
    }

    /// Notes a package that is about to be kept: until a function has it, nothing needs it.
    pub(crate) async fn expect_package(&self, hash: &str) -> Result<(), AwsError> {
        if self.uses(hash) {
            return Ok(());
        }
        let mut batch = Batch::new();
        batch.put(UNUSED, hash, "");
        Ok(self.store.commit(batch).await?)
    }

    /// The packages that no function has.
    pub(crate) async fn unused_packages(&self) -> Result<Vec<String>, Error> {
        if !self.is_complete {
            return Ok(Vec::new());
        }
        let named = self.store.scan(UNUSED, Scan::all()).await?;
        let view = self.view();
        let used: BTreeSet<&str> = view.values().flat_map(|function| function.packages()).collect();
        let named = named.into_iter().map(|entry| String::from_utf8_lossy(&entry.key).into_owned());
        Ok(named.filter(|hash| !used.contains(hash.as_str())).collect())
    }

    /// Forgets packages that were removed.
    pub(crate) async fn forget_packages(&self, hashes: &[String]) -> Result<(), Error> {
        let mut batch = Batch::new();
        for hash in hashes {
            batch.delete(UNUSED, hash);
        }
        self.store.commit(batch).await
    }

    /// The events that were promised before this process began. One whose record is damaged is left where it is, and
    /// takes no other with it.
    pub(crate) async fn promises(&self) -> Result<Vec<Promise>, Error> {
        let mut promises = Vec::new();
        for entry in self.store.read(|reader| reader.scan_lossy(EVENTS, &Scan::all())).await? {
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
        self.store.commit(batch).await
    }

    /// What an event carries, if it is there.
    pub(crate) async fn parcel(&self, request_id: &str) -> Result<Option<Parcel>, Error> {
        let id = request_id.to_owned();
        let read = self
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
        Ok(self.store.commit(batch).await?)
    }

    /// Forgets one that was dealt with.
    pub(crate) async fn drop_promise(&self, request_id: &str) -> Result<(), AwsError> {
        let mut batch = Batch::new();
        for table in [EVENTS, PAYLOADS, CLIENT_CONTEXTS] {
            batch.delete(table, request_id);
        }
        Ok(self.store.commit(batch).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::FunctionConfiguration;
    use crate::state::{Package, Stamp};

    #[tokio::test]
    async fn functions_of_the_last_version_are_found_by_their_packages() {
        const OLD: Layout = Layout::new(&[FUNCTIONS, EVENTS, PAYLOADS, CLIENT_CONTEXTS, UNUSED]);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("lambda.db");
        let store = Store::open(&file, OLD).await.expect("open");
        let package = Package { hash: "hash".into(), size: 1 };
        let stamp = Stamp { now: jiff::Timestamp::UNIX_EPOCH, revision: "r".into() };
        let function = Function::new("f".into(), FunctionConfiguration::default(), package, &stamp);
        let mut batch = Batch::new();
        batch.put_json(FUNCTIONS, "f", &function).expect("JSON");
        store.commit(batch).await.expect("kept");
        drop(store);
        let records = Records::open(&file, &folder.path().join("packages")).await.expect("open");
        assert!(records.uses("hash"));
        let found = records.functions.find(PACKAGES, Key::text("hash"), None, 9).await.expect("read");
        assert_eq!(found, ["f"]);
        records.change("f", |_| Ok((None, ()))).await.expect("deleted");
        assert_eq!(records.unused_packages().await.expect("read"), ["hash"]);
    }

    #[tokio::test]
    async fn a_function_that_cannot_be_read_keeps_its_package_and_no_other_function() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("lambda.db");
        let open = async || Records::open(&file, &folder.path().join("packages")).await.expect("open");
        let records = open().await;
        let mut batch = Batch::new();
        batch.put(FUNCTIONS, "bad", "no record");
        batch.put(UNUSED, "hash", "");
        records.store.commit(batch).await.expect("kept");
        assert_eq!(records.unused_packages().await.expect("read"), ["hash"]);
        let records = open().await;
        assert!(records.view().is_empty() && records.uses("hash"));
        assert_eq!(records.unused_packages().await.expect("read"), [""; 0]);
    }

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
        records.store.commit(batch).await.expect("kept");
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
