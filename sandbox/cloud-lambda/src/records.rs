//! Functions and promised events, in memory for reading and in the store for good.
//!
//! A change is made durable before it is seen: who reads a function reads what survives.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use cloud_core::AwsError;
use cloud_store::{Batch, Error, Layout, Scan, Store, Table};
use tokio::sync::Mutex;

use crate::queue::Promise;
use crate::state::Function;

const FUNCTIONS: Table = Table("functions");
const EVENTS: Table = Table("events");
/// The packages that no function has, by their hashes: only what is named here is ever removed.
const UNUSED: Table = Table("unused_packages");
const LAYOUT: Layout = Layout::new(&[FUNCTIONS, EVENTS, UNUSED]);

/// The records. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Records(Arc<Inner>);

struct Inner {
    store: Store,
    functions: RwLock<BTreeMap<String, Arc<Function>>>,
    /// The events that were promised before this process began.
    promises: Vec<Promise>,
    /// Held from reading a function to having kept its change.
    changing: Mutex<()>,
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
        let events = store.scan(EVENTS, Scan::all()).await?;
        let promises = events.iter().map(cloud_store::Entry::json).collect::<Result<_, Error>>()?;
        let inner = Inner { store, functions: RwLock::new(functions), promises, changing: Mutex::default() };
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

    /// Changes a function: `change` makes the new one of the old one, none of either where there is none. Returns what
    /// was kept and what the change answers, once it is durable.
    pub(crate) async fn change<T>(
        &self,
        name: &str,
        change: impl FnOnce(Option<&Function>) -> Result<(Option<Function>, T), AwsError>,
    ) -> Result<(Option<Arc<Function>>, T), AwsError> {
        let _alone = self.0.changing.lock().await;
        let old = self.get(name);
        let (new, answer) = change(old.as_deref())?;
        if new.as_ref() == old.as_deref() {
            return Ok((old, answer));
        }
        let new = new.map(Arc::new);
        let mut batch = Batch::new();
        match new.as_deref() {
            Some(function) => batch.put_json(FUNCTIONS, name, function).map_err(AwsError::internal)?,
            None => batch.delete(FUNCTIONS, name),
        }
        self.count_packages(&mut batch, old.as_deref(), new.as_deref());
        self.0.store.commit(batch).await.map_err(AwsError::internal)?;
        let mut functions = self.0.functions.write().unwrap_or_else(PoisonError::into_inner);
        match &new {
            Some(function) => functions.insert(name.to_owned(), Arc::clone(function)),
            None => functions.remove(name),
        };
        Ok((new, answer))
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
        let used = self.all().iter().any(|function| function.packages().any(|package| package == hash));
        if used {
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
        hashes.iter().for_each(|hash| batch.delete(UNUSED, hash));
        self.0.store.commit(batch).await
    }

    /// The events that were promised before this process began.
    pub(crate) fn promises(&self) -> Vec<Promise> {
        self.0.promises.clone()
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
        batch.delete(EVENTS, request_id);
        self.0.store.commit(batch).await.map_err(AwsError::internal)
    }
}
