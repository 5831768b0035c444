//! The service: its records, its compiled stages, its place among its peers.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use cloud_core::{Arn, AwsError, CloudEvent, Context, event::Change};

use crate::{
    SERVICE,
    http_api::HttpApi,
    records::{Api, Records},
    rest_api::RestApi,
    serving::Served,
};

/// Why the service cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("failed to open the store of APIs")]
pub struct OpenError(#[from] cloud_store::Error);

/// API Gateway; as a service it is the control plane of HTTP APIs. Cheap to clone.
#[derive(Clone)]
pub struct ApiGateway(Arc<Inner>);

/// The control plane of REST APIs: the same service, another model.
#[derive(Clone)]
pub struct RestControl(pub ApiGateway);

struct Inner {
    context: Context,
    records: Records,
    /// Compiled stages by the id of their API.
    served: RwLock<HashMap<String, Arc<Served>>>,
}

impl ApiGateway {
    /// Opens what was kept and registers its CloudFormation types.
    pub async fn open(context: Context) -> Result<Self, OpenError> {
        let records = Records::open(&context.database(SERVICE)).await?;
        let gateway = Self(Arc::new(Inner { context, records, served: RwLock::default() }));
        for api in gateway.records().view().values() {
            gateway.compile(api);
        }
        for provider in crate::resources::providers(&gateway) {
            gateway.context().peers().add_provider(provider);
        }
        Ok(gateway)
    }

    pub(crate) fn context(&self) -> &Context {
        &self.0.context
    }

    pub(crate) fn records(&self) -> &Records {
        &self.0.records
    }

    /// What answers for an API.
    pub(crate) fn served(&self, id: &str) -> Option<Arc<Served>> {
        self.0.served.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// The ids of all APIs.
    pub(crate) fn served_ids(&self) -> HashSet<String> {
        self.0.served.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// Closes the store: nothing is changed any more, and another may open it.
    pub async fn close(&self) {
        self.records().store().close().await;
    }

    fn compile(&self, api: &Api) {
        let served = Arc::new(Served::of(api));
        self.0.served.write().unwrap_or_else(PoisonError::into_inner).insert(api.id().to_owned(), served);
    }

    /// Ten letters and digits, as AWS makes ids of APIs.
    pub(crate) fn new_id(&self, length: usize) -> String {
        self.context().entropy().lower(length)
    }

    /// Keeps a new API.
    pub(crate) async fn add(&self, api: Api) -> Result<(), AwsError> {
        let id = api.id().to_owned();
        self.change(&id, |_| Ok((Some(api), ()))).await
    }

    /// Changes an API of either kind; what is served and what is announced follow.
    pub(crate) async fn change<T>(
        &self,
        id: &str,
        change: impl FnOnce(Option<&Api>) -> Result<(Option<Api>, T), AwsError>,
    ) -> Result<T, AwsError> {
        let gateway = self.clone();
        self.records().change(id, change, move |old, new| gateway.follow(old, new)).await
    }

    /// Serves and announces an API as it is now.
    fn follow(&self, old: Option<&Api>, new: Option<&Api>) {
        match (old, new) {
            (_, Some(api)) => {
                self.compile(api);
                self.announce(api, if old.is_some() { Change::Updated } else { Change::Created });
            }
            (Some(gone), None) => {
                self.0.served.write().unwrap_or_else(PoisonError::into_inner).remove(gone.id());
                self.announce(gone, Change::Deleted);
            }
            (None, None) => {}
        }
    }

    /// Changes an HTTP API; stages that deploy by themselves follow.
    pub(crate) async fn change_http<T>(
        &self,
        id: &str,
        change: impl FnOnce(&mut HttpApi) -> Result<T, AwsError>,
    ) -> Result<T, AwsError> {
        let now = self.context().now();
        let changed = self.change(id, |old| {
            let Some(Api::Http(old)) = old else { return Err(self.no_api(id)) };
            let mut api = old.clone();
            let answer = change(&mut api)?;
            if api != *old {
                api.auto_deploy(now);
            }
            Ok((Some(Api::Http(api)), answer))
        });
        changed.await
    }

    /// Changes a REST API.
    pub(crate) async fn change_rest<T>(
        &self,
        id: &str,
        change: impl FnOnce(&mut RestApi) -> Result<T, AwsError>,
    ) -> Result<T, AwsError> {
        let changed = self.change(id, |old| {
            let Some(Api::Rest(old)) = old else { return Err(self.no_api(id)) };
            let mut api = old.clone();
            let answer = change(&mut api)?;
            Ok((Some(Api::Rest(api)), answer))
        });
        changed.await
    }

    /// Forgets an API of either kind.
    pub(crate) async fn remove(&self, id: &str, is_ours: impl Fn(&Api) -> bool) -> Result<(), AwsError> {
        let removed = self.change(id, |old| match old {
            Some(api) if is_ours(api) => Ok((None, ())),
            _ => Err(self.no_api(id)),
        });
        removed.await
    }

    pub(crate) fn http(&self, id: &str) -> Result<HttpApi, AwsError> {
        match self.records().get(id).as_deref() {
            Some(Api::Http(api)) => Ok(api.clone()),
            _ => Err(self.no_api(id)),
        }
    }

    pub(crate) fn rest(&self, id: &str) -> Result<RestApi, AwsError> {
        match self.records().get(id).as_deref() {
            Some(Api::Rest(api)) => Ok(api.clone()),
            _ => Err(self.no_api(id)),
        }
    }

    // AWS: the text of both control planes.
    fn no_api(&self, id: &str) -> AwsError {
        let message = format!("Invalid API identifier specified {}:{id}", self.context().account());
        AwsError::new("NotFoundException", message).status(404)
    }

    fn announce(&self, api: &Api, change: Change) {
        let resource = match api {
            Api::Http(api) => format!("/apis/{}", api.id()),
            Api::Rest(api) => format!("/restapis/{}", api.id()),
        };
        // AWS: ARNs of API Gateway's own resources carry no account.
        let region = self.context().region();
        let arn = format!("arn:{}:apigateway:{region}::{resource}", region.partition().id);
        self.context().announce(CloudEvent::ResourceChanged { at: self.context().now(), arn, change });
    }

    /// The ARN that functions are told a request came from.
    pub(crate) fn source_arn(&self, api: &str, stage: &str, method: &str, path: &str) -> Arn {
        self.context().arn("execute-api", format!("{api}/{stage}/{method}{path}"))
    }
}

#[cfg(test)]
mod tests;
