//! Which revision of a version answers now, ready to be run, and who is being made ready.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_core::{AwsError, Context};
use engine::{Credentials, EngineError, Engines, FunctionKey, FunctionSpec, Interpreter, Package, Prepared};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Notify;

use crate::invoke::not_run;
use crate::limits;
use crate::log_format;
use crate::names::function_arn;
use crate::packages::Packages;
use crate::shapes::{Code, LoggingConfig};
use crate::state::{Function, Version};

// AWS: the keys of a function's role; here they live twelve hours and are exchanged an hour before.
const KEYS_LIVE: Duration = Duration::from_hours(12);
const KEYS_EXCHANGED: Duration = Duration::from_hours(1);

/// How long a version that nobody runs is kept ready.
const KEPT_READY: Duration = Duration::from_mins(15);

/// Why a function cannot be changed just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pending {
    /// It was just created.
    Creating,
    /// Its code or configuration was just changed.
    Updating,
}

/// A change that is under way.
#[derive(Debug, Clone)]
pub(crate) struct Underway {
    pub(crate) pending: Pending,
    /// What will run, as [`Version::built`] tells it.
    pub(crate) built: String,
    /// The revision that answers show until then.
    // AWS: that a change ends is one too: the revision is another after it.
    pub(crate) shown: String,
    /// The version that was published with the change.
    pub(crate) published: Option<String>,
}

/// What is served.
pub(crate) struct ReadyVersions {
    context: Context,
    packages: Packages,
    engines: Engines,
    /// By function and version.
    ready: Mutex<HashMap<String, HashMap<String, Arc<Ready>>>>,
    pending: Mutex<HashMap<String, Underway>>,
    /// How often one of these changed.
    changes: AtomicU64,
    /// Told whenever a function is no longer pending.
    ended: Notify,
}

/// A version as it is run.
pub(crate) struct Ready {
    pub(crate) spec: Arc<FunctionSpec>,
    /// Bound to its engine; none where there is none for it.
    pub(crate) prepared: Option<Prepared>,
    /// How its log is written.
    pub(crate) logging: Option<LoggingConfig>,
    keys_end: Option<Timestamp>,
    /// When it was run last: milliseconds of the monotonic clock.
    used: AtomicU64,
}

impl Ready {
    /// Whether its keys live for long enough.
    pub(crate) fn has_good_keys(&self, now: Timestamp) -> bool {
        let good = |end: Timestamp| end > now && now.duration_until(end).unsigned_abs() > KEYS_EXCHANGED;
        self.keys_end.is_none_or(good)
    }

    /// Whether it is to lie unpacked still: it was run lately, or its environments are kept booted.
    fn is_kept(&self, now: Duration) -> bool {
        let unused = now.saturating_sub(Duration::from_millis(self.used.load(Ordering::Relaxed)));
        unused < KEPT_READY || self.prepared.as_ref().is_some_and(|prepared| prepared.provisioned() > 0)
    }
}

/// Ends what ran before, and keeps as much booted of what runs in its place.
async fn replace(before: Prepared, after: Option<Prepared>) {
    let provisioned = before.provisioned();
    before.retire().await;
    if let Some(after) = after.filter(|_| provisioned > 0)
        && let Err(error) = after.provision(provisioned).await
    {
        let function = &after.function().key.arn;
        tracing::warn!(%error, function, "environments with new keys are not kept booted");
    }
}

impl ReadyVersions {
    pub(crate) fn new(context: Context, packages: Packages, engines: Engines) -> Self {
        let (ready, pending, ended) = (Mutex::default(), Mutex::default(), Notify::new());
        Self { context, packages, engines, ready, pending, changes: AtomicU64::new(0), ended }
    }

    /// How many changes there were of what is ready and of what is pending. What was found after this was read is so for as
    /// long as it is the same.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// To be called behind a change: whoever has read the new count sees it.
    fn has_changed(&self) {
        self.changes.fetch_add(1, Ordering::Release);
    }

    /// What is going on with a function.
    pub(crate) fn pending(&self, name: &str) -> Option<Pending> {
        self.pendings().get(name).map(|underway| underway.pending)
    }

    /// The same with what answers say of it.
    pub(crate) fn underway(&self, name: &str) -> Option<Underway> {
        self.pendings().get(name).cloned()
    }

    /// Marks that the function is being made ready.
    pub(crate) fn begin(&self, name: &str, underway: Underway) {
        self.pendings().insert(name.to_owned(), underway);
        self.has_changed();
    }

    /// Ends that, unless a later change is under way.
    pub(crate) fn end(&self, name: &str, built: &str) {
        let mut pendings = self.pendings();
        if pendings.get(name).is_some_and(|underway| underway.built == built) {
            pendings.remove(name);
        }
        drop(pendings);
        self.has_changed();
        self.ended.notify_waiters();
    }

    /// Waits until nothing is going on with a function.
    pub(crate) async fn settled(&self, name: &str) {
        loop {
            // Listens before it looks, so that an end in between is not missed.
            let mut ended = std::pin::pin!(self.ended.notified());
            ended.as_mut().enable();
            if self.pending(name).is_none() {
                return;
            }
            ended.await;
        }
    }

    /// Fails while a function may not be changed.
    pub(crate) fn expect_settled(&self, name: &str) -> Result<(), AwsError> {
        let arn = function_arn(&self.context, name);
        let text = match self.pending(name) {
            None => return Ok(()),
            Some(Pending::Creating) => return Err(is_pending()),
            Some(Pending::Updating) => format!(
                "The operation cannot be performed at this time. An update is in progress for resource: {arn}"
            ),
        };
        Err(Code::ResourceConflictException.error(text))
    }

    /// Fails while a version is being made: with its function, or of new code.
    pub(crate) fn expect_made(&self, name: &str, version: &str) -> Result<(), AwsError> {
        match self.pendings().get(name) {
            Some(underway)
                if underway.pending == Pending::Creating
                    || underway.published.as_deref() == Some(version) =>
            {
                Err(is_pending())
            }
            _ => Ok(()),
        }
    }

    /// The version as it runs now. While an update is under way that is the revision before it.
    pub(crate) async fn ready(
        &self,
        function: &Function,
        name: &str,
        version: &Version,
    ) -> Result<Arc<Ready>, AwsError> {
        let ready = self.readies().get(&function.name).and_then(|versions| versions.get(name).cloned());
        if let Some(ready) = ready.filter(|ready| ready.has_good_keys(self.context.now())) {
            let same = ready.spec.key.revision == version.built();
            if same || self.pending(&function.name) == Some(Pending::Updating) {
                self.note_use(&ready);
                return Ok(ready);
            }
        }
        let ready = self.build(function, name, version).await?;
        let (ready, before) = self.install(&function.name, name, ready);
        if let Some(before) = before.and_then(|before| before.prepared.clone()) {
            tokio::spawn(replace(before, ready.prepared.clone()));
        }
        Ok(ready)
    }

    /// What runs of a function and has environments kept booted, but for those versions.
    pub(crate) fn provisioned_but(&self, name: &str, wanted: &BTreeMap<&str, i32>) -> Vec<Prepared> {
        let readies = self.readies();
        let versions = readies.get(name).into_iter().flatten();
        let others = versions.filter(|(version, _)| !wanted.contains_key(version.as_str()));
        let prepared = others.filter_map(|(_, ready)| ready.prepared.clone());
        prepared.filter(|prepared| prepared.provisioned() > 0).collect()
    }

    /// For how many events there are environments of a version that are kept booted.
    pub(crate) fn provisioned_now(&self, name: &str, version: &str) -> usize {
        let readies = self.readies();
        let ready = readies.get(name).and_then(|versions| versions.get(version));
        ready.and_then(|ready| ready.prepared.as_ref()).map_or(0, Prepared::provisioned_now)
    }

    /// The engine that runs a version, where it was made ready.
    pub(crate) fn engine(&self, name: &str, version: &str) -> Option<&'static str> {
        let readies = self.readies();
        let ready = readies.get(name).and_then(|versions| versions.get(version));
        ready.and_then(|ready| ready.prepared.as_ref()).map(Prepared::engine)
    }

    /// Notes that it is run now.
    pub(crate) fn note_use(&self, ready: &Ready) {
        ready.used.store(self.moment(), Ordering::Relaxed);
    }

    fn moment(&self) -> u64 {
        u64::try_from(self.context.clock().monotonic().as_millis()).unwrap_or(u64::MAX)
    }

    /// Makes a version as it was built the one that runs, unless the same was made meanwhile. What runs now, and what ran
    /// before, which the caller retires.
    pub(crate) fn install(
        &self,
        function: &str,
        version: &str,
        ready: Ready,
    ) -> (Arc<Ready>, Option<Arc<Ready>>) {
        let ready = Arc::new(ready);
        let now = self.context.clock().monotonic();
        let mut readies = self.readies();
        // What nobody runs any more needs not lie unpacked.
        readies.retain(|_, versions| {
            versions.retain(|_, ready| ready.is_kept(now));
            !versions.is_empty()
        });
        let versions = readies.entry(function.to_owned()).or_default();
        let present = versions.get(version);
        let good = |present: &&Arc<Ready>| {
            present.spec.key == ready.spec.key && present.has_good_keys(self.context.now())
        };
        let (ready, before) = match present.filter(good) {
            Some(present) => (Arc::clone(present), None),
            None => (Arc::clone(&ready), versions.insert(version.to_owned(), ready)),
        };
        drop(readies);
        self.has_changed();
        (ready, before)
    }

    /// Forgets a function, or one version of it. What ran of it, which the caller retires.
    pub(crate) fn forget(&self, name: &str, version: Option<&str>) -> Vec<Prepared> {
        let gone: Vec<Arc<Ready>> = match version {
            None => self.readies().remove(name).into_iter().flat_map(HashMap::into_values).collect(),
            Some(version) => {
                let mut readies = self.readies();
                readies.get_mut(name).and_then(|versions| versions.remove(version)).into_iter().collect()
            }
        };
        if version.is_none() {
            self.pendings().remove(name);
        }
        self.has_changed();
        if version.is_none() {
            self.ended.notify_waiters();
        }
        gone.iter().filter_map(|ready| ready.prepared.clone()).collect()
    }

    /// Fails where a package would not run here, and says what to do about it.
    // LIMIT: AWS has every runtime.
    pub(crate) async fn expect_runtime(&self, runtime: &str, package: &Path) -> Result<(), AwsError> {
        match self.engines.refuses(runtime, package).await.map_err(not_run)? {
            None => Ok(()),
            Some(reason) => Err(Code::InvalidParameterValueException.error(reason)),
        }
    }

    /// The program of this machine that reads functions of a runtime.
    pub(crate) async fn interpreter(&self, runtime: &str) -> Option<Interpreter> {
        self.engines.interpreter(runtime).await
    }

    /// Whether a package finds its layers where it runs.
    pub(crate) async fn lays_layers(&self, runtime: &str, package: &Path) -> Result<bool, AwsError> {
        self.engines.lays_layers(runtime, package).await.map_err(not_run)
    }

    /// A version's present revision, unpacked and with its keys.
    pub(crate) async fn build(
        &self,
        function: &Function,
        name: &str,
        version: &Version,
    ) -> Result<Ready, AwsError> {
        let configuration = &version.configuration;
        let keys = self.keys_for(function, configuration.role.as_deref()).await?;
        let environment =
            configuration.environment.as_ref().and_then(|e| e.variables.clone()).unwrap_or_default();
        let log_group = configuration.logging_config.as_ref().and_then(|logging| logging.log_group.clone());
        let unpacked = self.packages.unpacked(&version.package).await?;
        let folder = unpacked.folder().to_owned();
        let mut layers = Vec::with_capacity(version.layers.len());
        for layer in &version.layers {
            let unpacked = self.packages.unpacked(&layer.package).await?;
            let folder = unpacked.folder().to_owned();
            layers.push(Package::owned(&folder, unpacked));
        }
        let spec = FunctionSpec {
            key: FunctionKey {
                arn: function_arn(&self.context, &function.name).to_string(),
                version: name.to_owned(),
                revision: version.built().to_owned(),
            },
            name: function.name.clone(),
            package: Package::owned(&folder, unpacked),
            layers,
            runtime: configuration.runtime.as_ref().map_or_else(String::new, ToString::to_string),
            handler: configuration.handler.clone().unwrap_or_default(),
            environment: environment
                .into_iter()
                .chain(log_format::environment(configuration.logging_config.as_ref()))
                .collect(),
            memory_mb: configuration.memory_size.unwrap_or(limits::DEFAULT_MEMORY).unsigned_abs(),
            timeout: Duration::from_secs(
                configuration.timeout.unwrap_or(limits::DEFAULT_TIMEOUT).unsigned_abs().into(),
            ),
            ephemeral_storage_mb: configuration
                .ephemeral_storage
                .as_ref()
                .map_or(limits::DEFAULT_STORAGE, |storage| storage.size)
                .unsigned_abs(),
            log_group: log_group.unwrap_or_else(|| format!("/aws/lambda/{}", function.name)),
            log_stream: self.log_stream(name),
            region: self.context.region().to_string(),
            endpoint_url: self.context.endpoint().map(str::to_owned),
            credentials: keys.as_ref().map(|(keys, _)| keys.clone()),
        };
        let (spec, used) = (Arc::new(spec), AtomicU64::new(self.moment()));
        let prepared = match self.engines.bind(Arc::clone(&spec)).await {
            Ok(prepared) => Some(prepared),
            // Told to who invokes it.
            Err(EngineError::NoEngine { .. }) => None,
            Err(error) => return Err(not_run(error)),
        };
        let logging = configuration.logging_config.clone();
        Ok(Ready { spec, prepared, logging, keys_end: keys.map(|(_, end)| end), used })
    }

    /// AWS: `2026/11/23/[$LATEST]0123456789abcdef0123456789abcdef`.
    fn log_stream(&self, version: &str) -> String {
        let day = self.context.now().to_zoned(TimeZone::UTC).strftime("%Y/%m/%d").to_string();
        format!("{day}/[{version}]{}", self.context.entropy().uuid().simple())
    }

    async fn keys_for(
        &self,
        function: &Function,
        role: Option<&str>,
    ) -> Result<Option<(Credentials, Timestamp)>, AwsError> {
        let (Some(issuer), Some(Ok(role))) = (self.context.peers().issuer(), role.map(str::parse)) else {
            return Ok(None);
        };
        let keys = issuer.issue(&role, &function.name, KEYS_LIVE).await?;
        let credentials = Credentials {
            access_key_id: keys.access_key_id,
            secret_access_key: keys.secret.expose().to_owned(),
            session_token: Some(keys.session_token),
        };
        Ok(Some((credentials, keys.expires)))
    }

    fn readies(&self) -> MutexGuard<'_, HashMap<String, HashMap<String, Arc<Ready>>>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pendings(&self) -> MutexGuard<'_, HashMap<String, Underway>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_pending() -> AwsError {
    Code::ResourceConflictException.error(
        "The operation cannot be performed at this time. The function is currently in the following state: Pending",
    )
}
