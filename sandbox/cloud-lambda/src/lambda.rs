//! The service: what its operations share, opened from its store and tied to its peers.

use std::sync::Arc;

use bytes::Bytes;
use cloud_core::event::Change;
use cloud_core::{AwsError, CloudEvent, Context};
use engine::{Engines, FunctionKey};

use crate::SERVICE;
use crate::invoke::Runner;
use crate::journal::Journal;
use crate::names::{FunctionName, LATEST, function_arn};
use crate::packages::{self, Packages};
use crate::queue::Queue;
use crate::records::Records;
use crate::serving::{Pending, Serving};
use crate::state::{Function, Package, Stamp};

/// Why the service cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store of functions.
    #[error("open the store of functions")]
    Store(#[from] cloud_store::Error),
    /// The folder of packages.
    #[error("open the folder of deployment packages")]
    Packages(#[source] std::io::Error),
}

/// AWS Lambda. Cheap to clone.
#[derive(Clone)]
pub struct Lambda(Arc<Inner>);

struct Inner {
    context: Context,
    engines: Engines,
    records: Records,
    packages: Packages,
    serving: Arc<Serving>,
    runner: Runner,
    queue: Queue,
}

impl Lambda {
    /// Opens what was kept, takes up the events that were promised, and registers with the cloud's peers: as a target
    /// of deliveries and as the maker of its CloudFormation types. Needs a tokio runtime.
    pub async fn open(context: Context, engines: Engines) -> Result<Self, OpenError> {
        let folder = context.folder(SERVICE);
        let records = Records::open(&context.database(SERVICE), &Packages::zips(&folder)).await?;
        let packages = Packages::open(&folder).map_err(OpenError::Packages)?;
        let unused = records.unused_packages().await?;
        packages.remove(&unused).map_err(OpenError::Packages)?;
        records.forget_packages(&unused).await?;
        let serving = Arc::new(Serving::new(context.clone(), packages.clone()));
        let journal = Journal::start(context.clone());
        let runner =
            Runner::new(context.clone(), engines.clone(), records.clone(), Arc::clone(&serving), journal);
        let queue = Queue::start(context.clone(), records.clone(), runner.clone());
        let service = Self(Arc::new(Inner { context, engines, records, packages, serving, runner, queue }));
        service.register();
        Ok(service)
    }

    fn register(&self) {
        let peers = self.context().peers();
        peers.add_target(SERVICE, Arc::new(self.clone()));
        for provider in crate::resources::providers(self) {
            peers.add_provider(provider);
        }
    }

    /// Looks for due events now. Only a clock that does not run by itself needs this.
    pub fn wake(&self) {
        self.0.queue.wake();
    }

    pub(crate) fn context(&self) -> &Context {
        &self.0.context
    }

    pub(crate) fn records(&self) -> &Records {
        &self.0.records
    }

    /// Keeps a package. Should no function come to have it, the next start removes it.
    pub(crate) async fn keep_package(&self, zip: Bytes) -> Result<Package, AwsError> {
        self.0.records.expect_package(&packages::hash(&zip)).await?;
        self.0.packages.keep(zip).await
    }

    pub(crate) fn serving(&self) -> &Serving {
        &self.0.serving
    }

    pub(crate) fn runner(&self) -> &Runner {
        &self.0.runner
    }

    pub(crate) fn queue(&self) -> &Queue {
        &self.0.queue
    }

    /// A function by any of its names.
    pub(crate) fn find(
        &self,
        text: &str,
        qualifier: Option<&str>,
    ) -> Result<(FunctionName, Arc<Function>), AwsError> {
        let name = FunctionName::parse(self.context(), text, qualifier)?;
        let function = self.records().get(&name.name).ok_or_else(|| name.not_found(self.context()))?;
        Ok((name, function))
    }

    /// The mark of a change made now.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp { now: self.context().now(), revision: self.revision() }
    }

    /// A new revision id.
    pub(crate) fn revision(&self) -> String {
        self.context().entropy().uuid().to_string()
    }

    /// Makes `$LATEST` ready in the background. Until then the function is pending, and what ran before still runs.
    pub(crate) fn make_ready(&self, function: Arc<Function>, pending: Pending) {
        let revision = function.latest.revision().to_owned();
        self.serving().begin(&function.name, pending, &revision);
        let service = self.clone();
        tokio::spawn(async move {
            let before = service.serving().keys(&function.name);
            if let Err(error) = service.prepare(&function).await {
                tracing::warn!(%error, function = function.name, "a function could not be made ready");
            }
            service.serving().end(&function.name, &revision);
            let old = before.into_iter().filter(|key| key.version == LATEST && key.revision != revision);
            service.retire(old.collect()).await;
        });
    }

    async fn prepare(&self, function: &Function) -> Result<(), AwsError> {
        let spec = self.serving().prepare(function, LATEST, &function.latest).await?;
        // What is wrong with a package is told to who invokes it.
        if let Err(error) = self.0.engines.prepare(&spec).await {
            tracing::info!(%error, function = function.name, "not prepared");
        }
        Ok(())
    }

    /// Lets go of what engines keep.
    pub(crate) async fn retire(&self, keys: Vec<FunctionKey>) {
        for key in keys {
            self.0.engines.retire(&key).await;
        }
    }

    /// Tells those who watch.
    pub(crate) fn announce(&self, name: &str, change: Change) {
        let arn = function_arn(self.context(), name).to_string();
        self.context().announce(CloudEvent::ResourceChanged { at: self.context().now(), arn, change });
    }
}
