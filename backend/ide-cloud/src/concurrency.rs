//! A function's concurrency: reserved of the account's, and provisioned of versions and aliases.

use std::sync::Arc;

use http::Method;
use ide_core::Router;
use protocol::concurrency::{Concurrency, DescribeConcurrency, Provision, Provisioned, Reserve};
use serde_json::{Value, json};

use crate::{
    client::{LAMBDA, Rest, encode, filled, text},
    error::CloudError,
    workspace::CloudPanels,
};

const SETTINGS: &str = "/2016-08-19/account-settings";

impl CloudPanels {
    /// Answers the calls about concurrency.
    pub(crate) fn register_concurrency(self: &Arc<Self>, router: &mut Router) {
        router
            .with(self)
            .on(|this, _, call: DescribeConcurrency| async move { Ok(this.concurrency(&call.name).await?) })
            .on(|this, _, call: Reserve| async move { Ok(this.reserve(&call).await?) })
            .on(|this, _, call: Provision| async move { Ok(this.provision(&call).await?) });
    }

    async fn concurrency(&self, name: &str) -> Result<Concurrency, CloudError> {
        let path = format!("/2019-09-30/functions/{}/concurrency", encode(name));
        let reserved = self.aws().send(Rest::new(LAMBDA, Method::GET, path)).await?;
        let reserved = reserved.json("GetFunctionConcurrency")?;
        let settings = self.aws().send(Rest::new(LAMBDA, Method::GET, SETTINGS)).await?;
        let settings = settings.json("GetAccountSettings")?;
        let limit = |name: &str| {
            settings.pointer(&format!("/AccountLimit/{name}")).and_then(Value::as_u64).unwrap_or_default()
        };
        let path = format!("{}?List=ALL", provisioned_at(name));
        let list = "ProvisionedConcurrencyConfigs";
        let listed = self.aws().rest_pages(LAMBDA, &path, list, ("NextMarker", "Marker")).await?;
        Ok(Concurrency {
            account: limit("ConcurrentExecutions"),
            unreserved: limit("UnreservedConcurrentExecutions"),
            reserved: reserved.get("ReservedConcurrentExecutions").and_then(Value::as_u64),
            provisioned: listed.iter().map(provisioned).collect(),
        })
    }

    async fn reserve(&self, call: &Reserve) -> Result<(), CloudError> {
        let path = format!("/2017-10-31/functions/{}/concurrency", encode(&call.name));
        let request = match call.reserved {
            Some(reserved) => {
                let body = json!({ "ReservedConcurrentExecutions": reserved });
                Rest::new(LAMBDA, Method::PUT, path).body(body.to_string())
            }
            None => Rest::new(LAMBDA, Method::DELETE, path),
        };
        self.aws().send(request).await.map(drop)
    }

    async fn provision(&self, call: &Provision) -> Result<(), CloudError> {
        let path = format!("{}?Qualifier={}", provisioned_at(&call.name), encode(&call.qualifier));
        let request = match call.wanted {
            Some(wanted) => {
                let body = json!({ "ProvisionedConcurrentExecutions": wanted });
                Rest::new(LAMBDA, Method::PUT, path).body(body.to_string())
            }
            None => Rest::new(LAMBDA, Method::DELETE, path),
        };
        self.aws().send(request).await.map(drop)
    }
}

fn provisioned_at(name: &str) -> String {
    format!("/2019-09-30/functions/{}/provisioned-concurrency", encode(name))
}

fn provisioned(listed: &Value) -> Provisioned {
    let number = |name: &str| listed.get(name).and_then(Value::as_u64).unwrap_or_default();
    Provisioned {
        qualifier: text(listed, "FunctionArn").rsplit(':').next().unwrap_or_default().to_owned(),
        wanted: number("RequestedProvisionedConcurrentExecutions"),
        available: number("AvailableProvisionedConcurrentExecutions"),
        status: text(listed, "Status"),
        reason: filled(listed, "StatusReason"),
    }
}
