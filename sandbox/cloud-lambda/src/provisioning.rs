//! Provisioned concurrency as it is: for which versions environments are kept booted, and how far that has come.
//!
//! What is asked for is in the functions' records, and is asked for again when the service is opened. Not here: how environments
//! are kept (`engine`), and what may be asked for (`state/provisioned.rs`).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_core::AwsError;
use engine::Unprovisioned;
use tokio::sync::Notify;

use crate::Lambda;
use crate::shapes::ProvisionedConcurrencyStatusEnum;
use crate::state::Function;

// AWS: the reason that is told where a function's init phase fails.
const INIT_FAILURE: &str = "FUNCTION_ERROR_INIT_FAILURE";

/// Which functions are looked after, and what came of it.
#[derive(Default)]
pub(crate) struct Provisioning {
    /// By function, and by the version or alias that it is kept for.
    reached: Mutex<HashMap<String, BTreeMap<String, Reached>>>,
    /// Functions that are being looked after, and whether they are to be once more.
    working: Mutex<HashMap<String, bool>>,
    /// Told whenever one is no longer.
    ended: Notify,
}

/// What was reached last.
#[derive(Debug, Clone, PartialEq)]
struct Reached {
    wanted: i32,
    /// The version that it is of.
    version: String,
    /// Why nothing is kept, where it is not.
    failed: Option<String>,
}

/// How far it has come, as operations answer it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Allocation {
    pub(crate) status: ProvisionedConcurrencyStatusEnum,
    pub(crate) reason: Option<String>,
    /// Environments that are up.
    pub(crate) up: i32,
}

impl Provisioning {
    /// Waits until a function is not looked after.
    pub(crate) async fn settled(&self, name: &str) {
        loop {
            // Listens before it looks, so that an end in between is not missed.
            let mut ended = std::pin::pin!(self.ended.notified());
            ended.as_mut().enable();
            if !self.working().contains_key(name) {
                return;
            }
            ended.await;
        }
    }

    /// Forgets a function that is gone.
    pub(crate) fn forget(&self, name: &str) {
        self.all_reached().remove(name);
    }

    /// Begins to look after a function; where that is under way, it looks once more.
    fn begin(&self, name: &str) -> bool {
        let mut working = self.working();
        if let Some(again) = working.get_mut(name) {
            *again = true;
            return false;
        }
        working.insert(name.to_owned(), false);
        true
    }

    /// Whether to look once more; if not, that is the end.
    fn goes_on(&self, name: &str) -> bool {
        let mut working = self.working();
        if let Some(again) = working.get_mut(name).filter(|again| **again) {
            *again = false;
            return true;
        }
        working.remove(name);
        drop(working);
        self.ended.notify_waiters();
        false
    }

    fn reach(&self, function: &Function, version: &str, failed: Option<&str>) {
        let mut all = self.all_reached();
        let reached = all.entry(function.name.clone()).or_default();
        let of_version = function.provisioned.iter();
        let of_version =
            of_version.filter(|(qualifier, _)| function.provisioned_version(qualifier) == Some(version));
        for (qualifier, provisioned) in of_version {
            let now = Reached {
                wanted: provisioned.wanted,
                version: version.to_owned(),
                failed: failed.map(str::to_owned),
            };
            reached.insert(qualifier.clone(), now);
        }
        reached.retain(|qualifier, _| function.provisioned.contains_key(qualifier));
    }

    fn reached(&self, name: &str, qualifier: &str) -> Option<Reached> {
        self.all_reached().get(name)?.get(qualifier).cloned()
    }

    fn all_reached(&self) -> MutexGuard<'_, HashMap<String, BTreeMap<String, Reached>>> {
        self.reached.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn working(&self) -> MutexGuard<'_, HashMap<String, bool>> {
        self.working.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lambda {
    /// Keeps booted, from now on, what the records say of all functions.
    pub(crate) fn provision_all(&self) {
        let named: Vec<String> = {
            let view = self.records().view();
            let provisioned = view.values().filter(|function| !function.provisioned.is_empty());
            provisioned.map(|function| function.name.clone()).collect()
        };
        for name in named {
            self.provision(&name);
        }
    }

    /// Keeps booted, in the background, what the records say of a function, and nothing else of it.
    pub(crate) fn provision(&self, name: &str) {
        if !self.provisioning().begin(name) {
            return;
        }
        let (service, name, under_way) = (self.clone(), name.to_owned(), self.begin_work());
        tokio::spawn(async move {
            loop {
                service.look_after(&name).await;
                if !service.provisioning().goes_on(&name) {
                    break;
                }
            }
            drop(under_way);
        });
    }

    async fn look_after(&self, name: &str) {
        let Some(function) = self.records().get(name) else { return self.provisioning().forget(name) };
        let wanted = function.provisioned_by_version();
        for (version, count) in &wanted {
            let mut failed = self.boot(&function, version, *count).await.err();
            // There may be room for the one without the other.
            if failed.is_some() && self.give_up(name, &wanted).await {
                failed = self.boot(&function, version, *count).await.err();
            }
            if let Some(reason) = &failed {
                tracing::info!(function = name, version, reason, "environments are not kept booted");
            }
            self.provisioning().reach(&function, version, failed.as_deref());
        }
        if wanted.is_empty() {
            self.provisioning().forget(name);
        }
        // Only now: what an alias has left is there until the other version is.
        self.give_up(name, &wanted).await;
    }

    /// Keeps no other versions of a function booted. Whether one was.
    async fn give_up(&self, name: &str, wanted: &BTreeMap<&str, i32>) -> bool {
        let others = self.versions().provisioned_but(name, wanted);
        for prepared in &others {
            // Nothing can be wrong with less.
            let _ = prepared.provision(0).await;
        }
        !others.is_empty()
    }

    async fn boot(&self, function: &Arc<Function>, version: &str, count: i32) -> Result<(), String> {
        let said = |error: AwsError| error.message().to_owned();
        let Some(found) = function.version(version) else { return Ok(()) };
        let ready = self.versions().ready(function, version, found).await.map_err(said)?;
        let prepared = ready.prepared.as_ref().ok_or_else(|| INIT_FAILURE.to_owned())?;
        let booted = prepared.provision(count.unsigned_abs() as usize).await;
        booted.map_err(|error| match error {
            Unprovisioned::Init => INIT_FAILURE.to_owned(),
            other => other.to_string(),
        })
    }

    /// How far it has come with what is kept for a version or alias.
    pub(crate) fn allocation(&self, function: &Function, qualifier: &str) -> Allocation {
        let wanted = function.provisioned.get(qualifier).map_or(0, |provisioned| provisioned.wanted);
        let version = function.provisioned_version(qualifier);
        let in_progress = ProvisionedConcurrencyStatusEnum::InProgress;
        let Some(reached) = self.provisioning().reached(&function.name, qualifier) else {
            return Allocation { status: in_progress, reason: None, up: 0 };
        };
        let is_up_to_date = reached.wanted == wanted && Some(reached.version.as_str()) == version;
        match reached.failed {
            Some(reason) if is_up_to_date => {
                let status = ProvisionedConcurrencyStatusEnum::Failed;
                Allocation { status, reason: Some(reason), up: 0 }
            }
            _ => {
                let up = self.versions().provisioned_now(&function.name, &reached.version);
                let up = i32::try_from(up).unwrap_or(i32::MAX).min(wanted);
                let is_ready = is_up_to_date && up == wanted;
                let status = if is_ready { ProvisionedConcurrencyStatusEnum::Ready } else { in_progress };
                Allocation { status, reason: None, up }
            }
        }
    }
}
