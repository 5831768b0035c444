//! Which revision of a version answers now, ready to be run, and who is being made ready.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_core::{AwsError, Context};
use engine::{Credentials, EngineError, Engines, FunctionKey, FunctionSpec, Package, Prepared};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Notify;

use crate::invoke::not_run;
use crate::limits;
use crate::log_format;
use crate::names::function_arn;
use crate::packages::Packages;
use crate::shapes::Code;
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
    ready: Mutex<HashMap<String, HashMap<String, Ready>>>,
    pending: Mutex<HashMap<String, Underway>>,
    /// Told whenever a function is no longer pending.
    ended: Notify,
}

/// A version as it is run.
#[derive(Clone)]
pub(crate) struct Ready {
    pub(crate) spec: Arc<FunctionSpec>,
    /// Bound to its engine; none where there is none for it.
    pub(crate) prepared: Option<Prepared>,
    keys_end: Option<Timestamp>,
    /// When it was run last, by the monotonic clock.
    used: Duration,
}

impl ReadyVersions {
    pub(crate) fn new(context: Context, packages: Packages, engines: Engines) -> Self {
        let (ready, pending, ended) = (Mutex::default(), Mutex::default(), Notify::new());
        Self { context, packages, engines, ready, pending, ended }
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
    }

    /// Ends that, unless a later change is under way.
    pub(crate) fn end(&self, name: &str, built: &str) {
        let mut pendings = self.pendings();
        if pendings.get(name).is_some_and(|underway| underway.built == built) {
            pendings.remove(name);
        }
        drop(pendings);
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
            Some(Pending::Creating) => {
                "The operation cannot be performed at this time. The function is currently in the following state: Pending"
                    .to_owned()
            }
            Some(Pending::Updating) => format!(
                "The operation cannot be performed at this time. An update is in progress for resource: {arn}"
            ),
        };
        Err(Code::ResourceConflictException.error(text))
    }

    /// The version as it runs now. While an update is under way that is the revision before it.
    pub(crate) async fn ready(
        &self,
        function: &Function,
        name: &str,
        version: &Version,
    ) -> Result<Ready, AwsError> {
        let now = self.context.clock().monotonic();
        let ready = self.readies().get_mut(&function.name).and_then(|versions| {
            let ready = versions.get_mut(name)?;
            ready.used = now;
            Some(ready.clone())
        });
        if let Some(ready) = ready.filter(|ready| self.has_good_keys(ready)) {
            let same = ready.spec.key.revision == version.built();
            if same || self.pending(&function.name) == Some(Pending::Updating) {
                return Ok(ready);
            }
        }
        let ready = self.build(function, name, version).await?;
        let (ready, before) = self.install(&function.name, name, ready);
        if let Some(before) = before.and_then(|before| before.prepared) {
            tokio::spawn(async move { before.retire().await });
        }
        Ok(ready)
    }

    /// Makes a version as it was built the one that runs, unless the same was made meanwhile. What runs now, and what ran
    /// before, which the caller retires.
    pub(crate) fn install(&self, function: &str, version: &str, ready: Ready) -> (Ready, Option<Ready>) {
        let now = self.context.clock().monotonic();
        let mut readies = self.readies();
        // What nobody runs any more needs not lie unpacked.
        readies.retain(|_, versions| {
            versions.retain(|_, ready| now.saturating_sub(ready.used) < KEPT_READY);
            !versions.is_empty()
        });
        let versions = readies.entry(function.to_owned()).or_default();
        let present = versions.get(version);
        let same = |present: &&Ready| present.spec.key == ready.spec.key && self.has_good_keys(present);
        if let Some(present) = present.filter(same) {
            return (present.clone(), None);
        }
        let before = versions.insert(version.to_owned(), ready.clone());
        (ready, before)
    }

    /// Forgets a function, or one version of it. What ran of it, which the caller retires.
    pub(crate) fn forget(&self, name: &str, version: Option<&str>) -> Vec<Prepared> {
        let gone: Vec<Ready> = match version {
            None => self.readies().remove(name).into_iter().flat_map(HashMap::into_values).collect(),
            Some(version) => {
                let mut readies = self.readies();
                readies.get_mut(name).and_then(|versions| versions.remove(version)).into_iter().collect()
            }
        };
        if version.is_none() {
            self.pendings().remove(name);
            self.ended.notify_waiters();
        }
        gone.into_iter().filter_map(|ready| ready.prepared).collect()
    }

    fn has_good_keys(&self, ready: &Ready) -> bool {
        let Some(end) = ready.keys_end else { return true };
        self.context.now().duration_until(end).unsigned_abs() > KEYS_EXCHANGED && end > self.context.now()
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
        let spec = FunctionSpec {
            key: FunctionKey {
                arn: function_arn(&self.context, &function.name).to_string(),
                version: name.to_owned(),
                revision: version.built().to_owned(),
            },
            name: function.name.clone(),
            package: Package::owned(&folder, unpacked),
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
        let (spec, used) = (Arc::new(spec), self.context.clock().monotonic());
        let prepared = match self.engines.bind(Arc::clone(&spec)).await {
            Ok(prepared) => Some(prepared),
            // Told to who invokes it.
            Err(EngineError::NoEngine { .. }) => None,
            Err(error) => return Err(not_run(error)),
        };
        Ok(Ready { spec, prepared, keys_end: keys.map(|(_, end)| end), used })
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

    fn readies(&self) -> MutexGuard<'_, HashMap<String, HashMap<String, Ready>>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pendings(&self) -> MutexGuard<'_, HashMap<String, Underway>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
