//! The switchboard: which service answers for which port. Filled once at assembly, read ever after.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};

use crate::arn::Arn;
use crate::error::AwsError;
use crate::ports::{
    CredentialIssuer, Delivered, Delivery, LogSink, ObjectReader, Realms, ResourceProvider, Target,
};
use crate::region::Realm;

/// The ports of all services of one realm.
pub struct Peers {
    realm: Realm,
    realms: OnceLock<Weak<dyn Realms>>,
    targets: RwLock<BTreeMap<String, Arc<dyn Target>>>,
    providers: RwLock<BTreeMap<&'static str, Arc<dyn ResourceProvider>>>,
    logs: OnceLock<Arc<dyn LogSink>>,
    objects: OnceLock<Arc<dyn ObjectReader>>,
    issuer: OnceLock<Arc<dyn CredentialIssuer>>,
}

impl Peers {
    /// Of a realm, nobody yet.
    pub(crate) fn of(realm: Realm) -> Self {
        Self {
            realm,
            realms: OnceLock::new(),
            targets: RwLock::default(),
            providers: RwLock::default(),
            logs: OnceLock::new(),
            objects: OnceLock::new(),
            issuer: OnceLock::new(),
        }
    }

    pub(crate) fn realm(&self) -> &Realm {
        &self.realm
    }

    /// Says where the other realms are. The first statement counts.
    pub fn set_realms(&self, realms: &Arc<dyn Realms>) {
        let _ = self.realms.set(Arc::downgrade(realms));
    }

    /// Where the other realms are, if there are others.
    pub fn realms(&self) -> Option<Arc<dyn Realms>> {
        self.realms.get().and_then(Weak::upgrade)
    }

    /// Whom to hand deliveries for ARNs of that service (`lambda`, `sqs`, …). A later one takes the place of an earlier.
    pub fn add_target(&self, service: &str, target: Arc<dyn Target>) {
        self.targets.write().unwrap_or_else(PoisonError::into_inner).insert(service.to_owned(), target);
    }

    /// Who answers for the service that the ARN names.
    pub fn target(&self, arn: &Arn) -> Option<Arc<dyn Target>> {
        self.targets.read().unwrap_or_else(PoisonError::into_inner).get(arn.service()).cloned()
    }

    /// Hands a delivery to whoever answers for the ARN, in the realm that it names.
    pub async fn deliver(&self, to: &Arn, mut delivery: Delivery) -> Result<Delivered, AwsError> {
        let (Some(realm), Some(realms)) = (to.realm().filter(|realm| *realm != self.realm), self.realms())
        else {
            return self.deliver_here(to, delivery).await;
        };
        if realm.account != self.realm.account {
            // What an account does of its own right it does not do of right in another.
            delivery.principal.get_or_insert_with(|| self.realm.account.to_string());
        }
        realms.open(&realm).await?.peers().deliver_here(to, delivery).await
    }

    async fn deliver_here(&self, to: &Arn, delivery: Delivery) -> Result<Delivered, AwsError> {
        let target = self.target(to).ok_or_else(|| {
            AwsError::new(
                "InvalidParameterValueException",
                format!("No service of this cloud takes deliveries for {to}"),
            )
        })?;
        target.deliver(to, delivery).await
    }

    /// Registers a CloudFormation type under its name.
    pub fn add_provider(&self, provider: Arc<dyn ResourceProvider>) {
        let mut providers = self.providers.write().unwrap_or_else(PoisonError::into_inner);
        providers.insert(provider.type_name(), provider);
    }

    /// Who makes resources of that CloudFormation type.
    pub fn provider(&self, type_name: &str) -> Option<Arc<dyn ResourceProvider>> {
        self.providers.read().unwrap_or_else(PoisonError::into_inner).get(type_name).cloned()
    }

    /// All CloudFormation types that can be made here, in order.
    pub fn provider_types(&self) -> Vec<&'static str> {
        self.providers.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    /// Registers where logs go. The first registration counts.
    pub fn set_logs(&self, logs: Arc<dyn LogSink>) {
        let _ = self.logs.set(logs);
    }

    /// Where logs go, if this cloud has a place for them.
    pub fn logs(&self) -> Option<&Arc<dyn LogSink>> {
        self.logs.get()
    }

    /// Registers where objects are. The first registration counts.
    pub fn set_objects(&self, objects: Arc<dyn ObjectReader>) {
        let _ = self.objects.set(objects);
    }

    /// Where objects are read, if this cloud has a place for them.
    pub fn objects(&self) -> Option<&Arc<dyn ObjectReader>> {
        self.objects.get()
    }

    /// Registers who issues keys to functions. The first registration counts.
    pub fn set_issuer(&self, issuer: Arc<dyn CredentialIssuer>) {
        let _ = self.issuer.set(issuer);
    }

    /// Who issues keys to functions.
    pub fn issuer(&self) -> Option<&Arc<dyn CredentialIssuer>> {
        self.issuer.get()
    }
}

impl fmt::Debug for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let targets = self.targets.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Peers")
            .field("realm", &self.realm)
            .field("targets", &targets.keys().collect::<Vec<_>>())
            .field("resource_types", &self.provider_types())
            .field("logs", &self.logs.get().is_some())
            .field("objects", &self.objects.get().is_some())
            .field("issuer", &self.issuer.get().is_some())
            .finish_non_exhaustive()
    }
}
