//! The service: what its operations share, opened from its store and tied to its peers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_core::event::Change;
use cloud_core::{AwsError, CloudEvent, Context};
use cloud_delivery::{Limits, Task, Timers};
use engine::{Engines, Prepared};
use tokio::task::JoinHandle;

use crate::SERVICE;
use crate::callees::Callee;
use crate::durable::{self, Durable};
use crate::invoke::{Event, Ran, Runner};
use crate::location::Signer;
use crate::log_writer::LogWriter;
use crate::mappings::Mappings;
use crate::names::{FunctionName, LATEST, function_arn};
use crate::packages::{self, Begun, Packages, Unpacked, Upload};
use crate::provisioning::Provisioning;
use crate::queue::Queue;
use crate::ready_versions::{Pending, ReadyVersions, Underway};
use crate::records::Records;
use crate::state::{Function, Package, Revisions, Stamp, Version};
use crate::urls::Ids;

/// How long the end waits for logs to be written.
const LOGGED: Duration = Duration::from_secs(2);

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
    records: Records,
    packages: Packages,
    versions: Arc<ReadyVersions>,
    provisioning: Provisioning,
    runner: Runner,
    queue: Queue,
    mappings: Mappings,
    durable: Durable,
    signer: Signer,
    url_ids: Ids,
    /// Held by what goes on after its request was answered.
    under_way: Arc<()>,
    /// Timers that go off, and events that run.
    _tasks: [Task; 2],
}

impl Lambda {
    /// Opens what was kept, takes up the events that were promised and the mappings that run, and registers with the cloud's peers: as a target
    /// of deliveries and as the maker of its CloudFormation types. Needs a tokio runtime.
    pub async fn open(context: Context, engines: Engines) -> Result<Self, OpenError> {
        let folder = context.folder(SERVICE);
        let records = Records::open(&context.database(SERVICE), &Packages::zips(&folder)).await?;
        let packages = Packages::open(&folder).map_err(OpenError::Packages)?;
        let unused = records.unused_packages().await?;
        packages.remove(&unused).map_err(OpenError::Packages)?;
        records.forget_packages(unused, |_| false).await?;
        let versions = Arc::new(ReadyVersions::new(context.clone(), packages.clone(), engines));
        let logs = LogWriter::start(context.clone());
        let runner = Runner::new(context.clone(), records.clone(), Arc::clone(&versions), logs);
        let timers = Timers::open(records.store(), &context).await?;
        let limits = Limits::default();
        let (queue, events) =
            Queue::open(&timers, context.clone(), records.clone(), runner.clone(), limits).await?;
        let mappings = Mappings::new(context.clone(), records.clone(), queue.clone());
        let durable = Durable::new(context.clone(), records.clone(), &timers, runner.clone(), queue.clone());
        let signer = Signer::new(context.entropy());
        let inner = Inner {
            context,
            url_ids: Ids::new(records.clone()),
            records,
            packages,
            versions,
            provisioning: Provisioning::default(),
            runner,
            queue,
            mappings,
            durable,
            signer,
            under_way: Arc::default(),
            _tasks: [Task::start(timers.run()), Task::start(events.run())],
        };
        let service = Self(Arc::new(inner));
        service.register();
        service.mappings().begin();
        service.durable().begin().await?;
        service.provision_all();
        Ok(service)
    }

    fn register(&self) {
        let peers = self.context().peers();
        peers.add_target(SERVICE, Arc::new(self.clone()));
        peers.set_layers(Arc::new(self.clone()));
        crate::shown::register(self);
        for provider in crate::resources::providers(self) {
            peers.add_provider(provider);
        }
    }

    /// Runs no more events that nobody waits for, before the engines end: those under way are run again at the next start,
    /// and are not taken for what ended this process. What ran is logged then, if the logs take it.
    pub async fn stop(&self) {
        self.durable().stop();
        self.mappings().stop().await;
        if let Err(error) = self.queue().stop().await {
            tracing::warn!(%error, "events under way count as begun at the next start");
        }
        if tokio::time::timeout(LOGGED, self.runner().logged()).await.is_err() {
            tracing::warn!("what functions wrote last is not in their logs");
        }
    }

    /// Whether nothing runs, waits to run, is kept booted or is made ready or cleared away. A store that cannot be read keeps
    /// it from being idle.
    pub async fn is_idle(&self) -> bool {
        let keeps = || self.records().view().values().any(|function| !function.provisioned.is_empty());
        let is_still = || Arc::strong_count(&self.0.under_way) == 1 && self.0.runner.is_idle() && !keeps();
        is_still()
            && self.queue().is_empty().await.unwrap_or(false)
            && self.mappings().is_idle().await
            && self.durable().is_idle().await
            && is_still()
    }

    /// Closes the store: nothing is changed any more, and another may open it. To be called when it is idle.
    pub async fn close(&self) {
        self.stop().await;
        self.records().store().close().await;
    }

    pub(crate) fn context(&self) -> &Context {
        &self.0.context
    }

    pub(crate) fn records(&self) -> &Records {
        &self.0.records
    }

    pub(crate) fn packages(&self) -> &Packages {
        &self.0.packages
    }

    pub(crate) fn versions(&self) -> &ReadyVersions {
        &self.0.versions
    }

    pub(crate) fn provisioning(&self) -> &Provisioning {
        &self.0.provisioning
    }

    /// To be held by what goes on after its request was answered.
    pub(crate) fn begin_work(&self) -> Arc<()> {
        Arc::clone(&self.0.under_way)
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.0.signer
    }

    pub(crate) fn url_ids(&self) -> &Ids {
        &self.0.url_ids
    }

    pub(crate) fn runner(&self) -> &Runner {
        &self.0.runner
    }

    pub(crate) fn queue(&self) -> &Queue {
        &self.0.queue
    }

    pub(crate) fn mappings(&self) -> &Mappings {
        &self.0.mappings
    }

    pub(crate) fn durable(&self) -> &Durable {
        &self.0.durable
    }

    /// Runs an event: of a function that is durable as an execution, to its end.
    pub(crate) async fn run(&self, callee: Arc<Callee>, event: Event) -> Result<Ran, AwsError> {
        if durable::config(&callee).is_some() {
            return Box::pin(self.durable().run(&callee, event)).await;
        }
        self.runner().run_by(callee, event).await
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

    /// A function by any of its names that has no qualifier, or that of what changes.
    pub(crate) fn find_whole(&self, text: &str) -> Result<Arc<Function>, AwsError> {
        let name = FunctionName::unqualified(self.context(), text)?;
        let function = self.records().get(&name);
        function.ok_or_else(|| FunctionName { name, qualifier: None }.not_found(self.context()))
    }

    /// The mark of a change made now.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp { now: self.context().now(), revision: self.revision() }
    }

    /// A new revision id.
    pub(crate) fn revision(&self) -> String {
        self.context().entropy().uuid().to_string()
    }

    /// The ids of a version that is about to be published.
    pub(crate) fn revisions(&self) -> Revisions {
        Revisions { version: self.revision(), latest: self.revision() }
    }

    /// Marks the function as pending, with the version that was published by the same change: what answers say until
    /// [`Lambda::make_ready`] is done.
    pub(crate) fn begin(&self, function: &Function, pending: Pending, published: Option<&Version>) {
        let underway = Underway {
            pending,
            built: function.latest.built().to_owned(),
            shown: self.revision(),
            published: published.and_then(|version| version.configuration.version.clone()),
        };
        self.versions().begin(&function.name, underway);
    }

    /// Makes `$LATEST` ready in the background. Until then the function is pending, and what ran before still runs, of the
    /// packages that were `replaced`. The new package, if it is one, stays unpacked for it.
    pub(crate) fn make_ready(
        &self,
        function: Arc<Function>,
        replaced: Vec<String>,
        unpacked: Option<Arc<Unpacked>>,
    ) {
        let built = function.latest.built().to_owned();
        let (service, under_way) = (self.clone(), Arc::clone(&self.0.under_way));
        tokio::spawn(async move {
            let before = service.prepare(&function).await.unwrap_or_else(|error| {
                tracing::warn!(%error, function = function.name, "a function could not be made ready");
                None
            });
            service.versions().end(&function.name, &built);
            retire(before).await;
            drop(unpacked);
            service.collect(replaced);
            drop(under_way);
        });
    }

    /// Makes `$LATEST` what runs, and tells what ran before.
    async fn prepare(&self, function: &Function) -> Result<Option<Prepared>, AwsError> {
        let ready = self.versions().build(function, LATEST, &function.latest).await?;
        // What is wrong with a package is told to who invokes it.
        if let Some(prepared) = &ready.prepared
            && let Err(error) = prepared.prepare().await
        {
            let error: &dyn std::error::Error = &error;
            tracing::info!(error, function = function.name, "not prepared");
        }
        // Only now: until here what ran before still runs.
        let (_, before) = self.versions().install(&function.name, LATEST, ready);
        Ok(before.and_then(|before| before.prepared.clone()))
    }

    /// Removes, in the background, those packages that no version has any more.
    pub(crate) fn collect(&self, hashes: Vec<String>) {
        // At the end of the program there is no background any more.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (service, under_way) = (self.clone(), Arc::clone(&self.0.under_way));
        runtime.spawn(async move {
            let owner = service.clone();
            let removing = tokio::task::spawn_blocking(move || {
                hashes.into_iter().filter(|hash| owner.remove_package(hash)).collect::<Vec<_>>()
            });
            let removed = removing.await.unwrap_or_default();
            // One that is uploaded again meanwhile needs its note.
            let packages = service.packages().clone();
            let forgotten = service.records().forget_packages(removed, move |hash| packages.may_have(hash));
            if let Err(error) = forgotten.await {
                tracing::warn!(%error, "packages that were removed are forgotten at the next start");
            }
            drop(under_way);
        });
    }

    /// Removes a package that no version has. False if it stays.
    fn remove_package(&self, hash: &str) -> bool {
        self.packages().remove_unless(hash, || self.records().uses(hash)).unwrap_or_else(|error| {
            tracing::warn!(%error, package = hash, "a package that nobody needs stays until the next start");
            false
        })
    }

    /// Keeps a package for a version that is about to have it. Should none come to, it goes with what is returned; and
    /// should the process end before, with the next start.
    pub(crate) async fn keep_package(&self, zip: Bytes) -> Result<Kept, AwsError> {
        let hash = packages::hash(&zip);
        // Declared first, so that it goes last: what is begun is not collected.
        let collected = Collected { hash: hash.clone(), service: self.clone() };
        let begun = self.packages().begin(&hash);
        self.records().expect_package(&hash).await?;
        let upload = self.packages().keep(zip, begun).await?;
        Ok(Kept { package: upload.package.clone(), upload, _collected: collected })
    }

    /// Holds a package that is there, until a version has it.
    pub(crate) fn hold_package(&self, hash: &str) -> Held {
        let collected = Collected { hash: hash.to_owned(), service: self.clone() };
        Held { _begun: self.packages().begin(hash), _collected: collected }
    }

    /// Lets go of all that is kept ready of a function, or of one version of it, and of the packages that nobody needs any
    /// more. What is returned ends when the engines let go, too.
    pub(crate) fn forget(&self, name: &str, version: Option<&str>, packages: Vec<String>) -> JoinHandle<()> {
        let gone = self.versions().forget(name, version);
        self.mappings().function_changed(name);
        self.provision(name);
        let (service, under_way) = (self.clone(), Arc::clone(&self.0.under_way));
        tokio::spawn(async move {
            retire(gone).await;
            service.collect(packages);
            drop(under_way);
        })
    }

    /// Tells those who watch.
    pub(crate) fn announce(&self, name: &str, change: Change) {
        let arn = function_arn(self.context(), name).to_string();
        self.context().announce(CloudEvent::ResourceChanged { at: self.context().now(), arn, change });
    }
}

/// Ends what ran, and lets engines go of what they kept for it.
async fn retire(gone: impl IntoIterator<Item = Prepared>) {
    for prepared in gone {
        prepared.retire().await;
    }
}

/// A package that was kept. Should no version have come to have it when this goes, it goes too.
pub(crate) struct Kept {
    pub(crate) package: Package,
    /// It keeps the package from being removed.
    upload: Upload,
    /// Dropped behind that.
    _collected: Collected,
}

/// A package that is not removed while this is held. Should nobody have it when this goes, it goes too.
pub(crate) struct Held {
    _begun: Begun,
    /// Dropped behind that.
    _collected: Collected,
}

/// Collects a package when it is dropped.
struct Collected {
    hash: String,
    service: Lambda,
}

impl Kept {
    /// What it was unpacked to.
    pub(crate) fn unpacked(&self) -> Arc<Unpacked> {
        Arc::clone(&self.upload.unpacked)
    }
}

impl Drop for Collected {
    fn drop(&mut self) {
        self.service.collect(vec![std::mem::take(&mut self.hash)]);
    }
}
