//! What all services of one cloud share. Cheap to clone.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use budget::Budget;
use jiff::Timestamp;

use crate::arn::Arn;
use crate::clock::{Clock, ManualClock, SystemClock};
use crate::entropy::{Entropy, SeededEntropy, SystemEntropy};
use crate::event::{CloudEvent, Events};
use crate::ids::{AccountId, Region};
use crate::peers::Peers;
use crate::ports::Permissions;
use crate::region::Realm;

/// What the assembly decides about a cloud.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The account that the realm's state belongs to.
    pub account: AccountId,
    /// The region that the realm's state lives in.
    pub region: Region,
    /// The folder of the realm's data; services keep theirs in `cloud/` of it.
    pub data_dir: PathBuf,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// What this process may hold at once for all requests, payloads and events.
    pub memory: Budget,
    /// What becomes of what policies do not allow, at the beginning.
    pub permissions: Permissions,
}

/// One source may hold half: three uploads of Lambda's largest package at once, or forty of its largest payloads.
const MEMORY: u64 = 512 * 1024 * 1024;

impl Settings {
    /// The machine's clock and randomness, region `us-east-1`, account `000000000000`.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            account: AccountId::default(),
            region: Region::default(),
            data_dir: data_dir.into(),
            clock: Arc::new(SystemClock::default()),
            entropy: Arc::new(SystemEntropy),
            memory: Budget::new("requests and events", MEMORY),
            permissions: Permissions::default(),
        }
    }
}

/// One realm of a cloud, an account in a region: its settings, its peers, its events, its address.
#[derive(Clone, Debug)]
pub struct Context(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Settings,
    /// One for all realms of the cloud.
    permissions: Arc<RwLock<Permissions>>,
    endpoint: OnceLock<String>,
    peers: Peers,
    events: Events,
}

impl Context {
    /// A cloud with no services yet.
    pub fn new(settings: Settings) -> Self {
        let permissions = Arc::new(RwLock::new(settings.permissions));
        Self::with(settings, permissions)
    }

    fn with(settings: Settings, permissions: Arc<RwLock<Permissions>>) -> Self {
        let realm = Realm::new(settings.account.clone(), settings.region.clone());
        Self(Arc::new(Inner {
            settings,
            permissions,
            endpoint: OnceLock::new(),
            peers: Peers::of(realm),
            events: Events::default(),
        }))
    }

    /// Another realm of the same cloud with no services yet, its data in a folder of its own.
    #[must_use]
    pub fn in_realm(&self, realm: &Realm, data_dir: impl Into<PathBuf>) -> Self {
        let settings = Settings {
            account: realm.account.clone(),
            region: realm.region.clone(),
            data_dir: data_dir.into(),
            ..self.0.settings.clone()
        };
        let other = Self::with(settings, Arc::clone(&self.0.permissions));
        if let Some(url) = self.endpoint() {
            other.set_endpoint(url);
        }
        if let Some(realms) = self.peers().realms() {
            other.peers().set_realms(&realms);
        }
        other
    }

    /// A cloud for tests: a clock that stands still at 2026-01-01, ids that repeat.
    pub fn for_test(data_dir: impl Into<PathBuf>) -> (Self, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::default());
        let settings = Settings {
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(1)),
            ..Settings::new(data_dir)
        };
        (Self::new(settings), clock)
    }

    /// The account and the region.
    pub fn realm(&self) -> &Realm {
        self.0.peers.realm()
    }

    /// The account.
    pub fn account(&self) -> &AccountId {
        &self.0.settings.account
    }

    /// The region.
    pub fn region(&self) -> &Region {
        &self.0.settings.region
    }

    /// Time.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.settings.clock
    }

    /// Time, to keep.
    pub fn shared_clock(&self) -> Arc<dyn Clock> {
        self.0.settings.clock.clone()
    }

    /// Now, by the wall clock.
    pub fn now(&self) -> Timestamp {
        self.clock().now()
    }

    /// Randomness.
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.0.settings.entropy
    }

    /// The bytes that may be held at once for all requests, payloads and events: asked before they are allocated.
    pub fn memory(&self) -> &Budget {
        &self.0.settings.memory
    }

    /// What becomes of what policies do not allow.
    pub fn permissions(&self) -> Permissions {
        *self.0.permissions.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes that from the next request on, in every realm of the cloud.
    pub fn set_permissions(&self, permissions: Permissions) {
        *self.0.permissions.write().unwrap_or_else(PoisonError::into_inner) = permissions;
    }

    /// The folder of this realm's data.
    pub fn data_dir(&self) -> &Path {
        &self.0.settings.data_dir
    }

    /// The store file of a service: `cloud/<service>.db`.
    pub fn database(&self, service: &str) -> PathBuf {
        self.data_dir().join("cloud").join(format!("{service}.db"))
    }

    /// A service's folder for what does not belong into its store (objects, packages): `cloud/<service>/`.
    pub fn folder(&self, service: &str) -> PathBuf {
        self.data_dir().join("cloud").join(service)
    }

    /// The address that clients reach this cloud at, such as `http://127.0.0.1:4566`; known once it listens.
    pub fn endpoint(&self) -> Option<&str> {
        self.0.endpoint.get().map(String::as_str)
    }

    /// States the address, once, after binding. A second statement is ignored.
    pub fn set_endpoint(&self, url: impl Into<String>) {
        let _ = self.0.endpoint.set(url.into());
    }

    /// The ports of the other services.
    pub fn peers(&self) -> &Peers {
        &self.0.peers
    }

    /// What happens in this cloud.
    pub fn events(&self) -> &Events {
        &self.0.events
    }

    /// Tells those who watch.
    pub fn announce(&self, event: CloudEvent) {
        self.0.events.send(event);
    }

    /// The ARN of a resource of this account that has no region, as IAM's are.
    pub fn global_arn(&self, service: &str, resource: impl AsRef<str>) -> Arn {
        Arn::global(service, self.account(), resource).in_partition(self.region().partition())
    }

    /// The ARN of a regional resource of this cloud.
    pub fn arn(&self, service: &str, resource: impl AsRef<str>) -> Arn {
        Arn::new(service, self.region(), self.account(), resource)
    }
}
