//! The APIs: in memory for reading, in the store for good. A change is durable before it is seen.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use cloud_core::AwsError;
use cloud_store::{Batch, Layout, Scan, Store, Table};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{http_api::HttpApi, rest_api::RestApi};

const APIS: Table = Table("apis");
const LAYOUT: Layout = Layout::new(&[APIS]);

/// An API of either kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Api {
    Http(HttpApi),
    Rest(RestApi),
}

/// All APIs. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Records(Arc<Inner>);

struct Inner {
    store: Store,
    apis: RwLock<BTreeMap<String, Arc<Api>>>,
    /// Held from reading an API to having kept its change, here and on disk.
    changing: Arc<Mutex<()>>,
}

impl Records {
    pub(crate) async fn open(file: &Path) -> Result<Self, cloud_store::Error> {
        let store = Store::open(file, LAYOUT).await?;
        let mut apis = BTreeMap::new();
        for entry in store.scan(APIS, Scan::all()).await? {
            let api: Api = entry.json()?;
            apis.insert(api.id().to_owned(), Arc::new(api));
        }
        Ok(Self(Arc::new(Inner { store, apis: RwLock::new(apis), changing: Arc::default() })))
    }

    pub(crate) fn get(&self, id: &str) -> Option<Arc<Api>> {
        self.0.apis.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Api>> {
        self.0.apis.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Changes an API: `change` makes the new one of the old one; none means there is none. Who stops waiting for it stops
    /// nothing: what is decided is kept here and on disk, and what follows from the API as it was and as it is now is done.
    pub(crate) async fn change<T>(
        &self,
        id: &str,
        change: impl FnOnce(Option<&Api>) -> Result<(Option<Api>, T), AwsError>,
        then: impl FnOnce(Option<&Api>, Option<&Api>) + Send + 'static,
    ) -> Result<T, AwsError> {
        let alone = Arc::clone(&self.0.changing).lock_owned().await;
        let old = self.get(id);
        let (new, answer) = change(old.as_deref())?;
        if new.as_ref() == old.as_deref() {
            return Ok(answer);
        }
        let mut batch = Batch::new();
        match &new {
            Some(api) => batch.put_json(APIS, id, api).map_err(AwsError::internal)?,
            None => batch.delete(APIS, id),
        }
        let (records, id, new) = (self.clone(), id.to_owned(), new.map(Arc::new));
        let keeping = tokio::spawn(async move {
            let _alone = alone;
            records.keep(batch, id, new.clone()).await?;
            then(old.as_deref(), new.as_deref());
            Ok::<_, AwsError>(())
        });
        keeping.await.map_err(AwsError::internal)??;
        Ok(answer)
    }

    /// Keeps a change on disk, then here.
    async fn keep(&self, batch: Batch, id: String, new: Option<Arc<Api>>) -> Result<(), AwsError> {
        self.0.store.commit(batch).await.map_err(AwsError::internal)?;
        let mut apis = self.0.apis.write().unwrap_or_else(PoisonError::into_inner);
        match new {
            Some(api) => apis.insert(id, api),
            None => apis.remove(&id),
        };
        Ok(())
    }
}

impl Api {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Http(api) => api.id(),
            Self::Rest(api) => api.id(),
        }
    }
}
