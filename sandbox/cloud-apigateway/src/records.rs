//! The APIs, all of them in memory: no more than an account may have.

use std::{path::Path, sync::Arc};

use cloud_core::AwsError;
use cloud_store::{Layout, Resident, Store, Table, View};
use serde::{Deserialize, Serialize};

use crate::{http_api::HttpApi, quotas, rest_api::RestApi};

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
pub(crate) struct Records(Resident<String, Api>);

impl Records {
    pub(crate) async fn open(file: &Path) -> Result<Self, cloud_store::Error> {
        let store = Store::open(file, LAYOUT).await?;
        Ok(Self(Resident::open(&store, APIS, &[]).await?.0))
    }

    pub(crate) fn store(&self) -> &Store {
        self.0.store()
    }

    pub(crate) fn get(&self, id: &str) -> Option<Arc<Api>> {
        self.0.view().get(id).cloned()
    }

    /// All of them, by id.
    pub(crate) fn view(&self) -> View<'_, String, Api> {
        self.0.view()
    }

    /// Changes an API: `change` makes the new one of the old one; none means there is none. What follows from the API as it
    /// was and as it is now is done when it is durable, whoever waits, and not at all where it stays as it is.
    pub(crate) async fn change<T>(
        &self,
        id: &str,
        change: impl FnOnce(Option<&Api>) -> Result<(Option<Api>, T), AwsError>,
        then: impl FnOnce(Option<&Api>, Option<&Api>) + Send + 'static,
    ) -> Result<T, AwsError> {
        let held = self.0.hold(id.to_owned()).await?;
        let old = held.old().cloned();
        let (new, answer) = change(old.as_deref())?;
        if new.as_ref() == old.as_deref() {
            return Ok(answer);
        }
        if let (None, Some(new)) = (&old, &new) {
            self.expect_room(new)?;
        }
        let new = new.map(Arc::new);
        let kept = held.set(new.is_none(), new.clone(), move |transaction| {
            transaction.then(move || then(old.as_deref(), new.as_deref()));
            Ok::<_, AwsError>(())
        });
        kept.await?;
        Ok(answer)
    }

    /// That there may be one more of a new API's kind.
    fn expect_room(&self, new: &Api) -> Result<(), AwsError> {
        let kind = std::mem::discriminant(new);
        let there = self.view().values().filter(|api| std::mem::discriminant(&***api) == kind).count();
        let quota = match new {
            Api::Http(_) => quotas::HTTP_APIS,
            Api::Rest(_) => quotas::REST_APIS,
        };
        quota.check(there + 1)
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
