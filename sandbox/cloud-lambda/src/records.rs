//! Functions and promised events, in memory for reading and in the store for good.
//!
//! A change is made durable before it is seen: who reads a function reads what survives.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use cloud_core::AwsError;
use cloud_store::{Batch, Error, Layout, Scan, Store, Table};
use tokio::sync::Mutex;

use crate::queue::Promise;
use crate::state::Function;

const FUNCTIONS: Table = Table("functions");
const EVENTS: Table = Table("events");
const LAYOUT: Layout = Layout::new(&[FUNCTIONS, EVENTS]);

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
    pub(crate) async fn open(file: &Path) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let store = Store::open(file, LAYOUT).await?;
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
        self.0.store.commit(batch).await.map_err(AwsError::internal)?;
        let mut functions = self.0.functions.write().unwrap_or_else(PoisonError::into_inner);
        match &new {
            Some(function) => functions.insert(name.to_owned(), Arc::clone(function)),
            None => functions.remove(name),
        };
        Ok((new, answer))
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
