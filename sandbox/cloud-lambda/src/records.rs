//! Functions, all of them in memory, and the packages that no function has.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use cloud_core::AwsError;
use cloud_delivery::{Outbox, Timers};
use cloud_store::{
    Batch, Error, Index, Key, Layout, Migration, Resident, Scan, Store, Table, Transaction, View,
};
use tokio::sync::oneshot;

use crate::queue::{CLIENT_CONTEXTS, EVENTS, PAYLOADS};
use crate::state::Function;

const FUNCTIONS: Table = Table("functions");
const BY_PACKAGE: Table = Table("functions_by_package");
/// The packages that no function has, by their hashes: only what is named here is ever removed.
const UNUSED: Table = Table("unused_packages");
/// A program that does not know the index must not change functions.
const INDEXED: Migration = |_| Ok(());
/// Nor one that would not run what lies in the outbox.
const ANNOUNCED: Migration = |_| Ok(());
const LAYOUT: Layout = Layout {
    tables: &[FUNCTIONS, BY_PACKAGE, EVENTS, PAYLOADS, CLIENT_CONTEXTS, UNUSED, Outbox::TABLE, Timers::TABLE],
    migrations: &[INDEXED, ANNOUNCED],
};
const PACKAGES: Index<Function> = Index {
    table: BY_PACKAGE,
    version: 1,
    keys: |function| function.packages().map(Key::text).collect::<BTreeSet<_>>().into_iter().collect(),
};

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

    /// The store: what a change announces is kept with it.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// A function.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<Function>> {
        self.view().get(name).cloned()
    }

    /// How many changes of functions were seen here.
    pub(crate) fn changes(&self) -> u64 {
        self.functions.changes()
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

    /// Forgets packages that were removed, but for those that are there again, or about to be.
    pub(crate) async fn forget_packages(
        &self,
        hashes: Vec<String>,
        is_back: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<(), Error> {
        if hashes.is_empty() {
            return Ok(());
        }
        let forget = move |transaction: &mut Transaction<'_>| {
            for hash in hashes.iter().filter(|hash| !is_back(hash)) {
                transaction.delete(UNUSED, hash)?;
            }
            Ok::<_, Error>(())
        };
        self.store.free(forget).await
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
    async fn a_removed_package_is_forgotten_unless_it_is_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let records = Records::open(&folder.path().join("lambda.db"), &folder.path().join("packages")).await;
        let records = records.expect("open");
        for hash in ["a", "b", "c"] {
            records.expect_package(hash).await.expect("noted");
        }
        let gone = ["a", "b"].map(str::to_owned).to_vec();
        records.forget_packages(gone, |hash| hash == "b").await.expect("forgotten");
        assert_eq!(records.unused_packages().await.expect("read"), ["b", "c"]);
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
}
