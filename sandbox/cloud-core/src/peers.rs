//! The switchboard: which service answers for which port. Filled once at assembly, read ever after.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::arn::Arn;
use crate::error::AwsError;
use crate::ports::{CredentialIssuer, Delivered, Delivery, LogSink, ObjectReader, ResourceProvider, Target};

/// The ports of all services of one cloud.
#[derive(Default)]
pub struct Peers {
    targets: RwLock<BTreeMap<String, Arc<dyn Target>>>,
    providers: RwLock<BTreeMap<&'static str, Arc<dyn ResourceProvider>>>,
    logs: OnceLock<Arc<dyn LogSink>>,
    objects: OnceLock<Arc<dyn ObjectReader>>,
    issuer: OnceLock<Arc<dyn CredentialIssuer>>,
}

impl Peers {
    /// Whom to hand deliveries for ARNs of that service (`lambda`, `sqs`, …). A later one takes the place of an earlier.
    pub fn add_target(&self, service: &str, target: Arc<dyn Target>) {
        self.targets.write().unwrap_or_else(PoisonError::into_inner).insert(service.to_owned(), target);
    }

    /// Who answers for the service that the ARN names.
    pub fn target(&self, arn: &Arn) -> Option<Arc<dyn Target>> {
        self.targets.read().unwrap_or_else(PoisonError::into_inner).get(arn.service()).cloned()
    }

    /// Hands a delivery to whoever answers for the ARN.
    pub async fn deliver(&self, to: &Arn, delivery: Delivery) -> Result<Delivered, AwsError> {
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
            .field("targets", &targets.keys().collect::<Vec<_>>())
            .field("resource_types", &self.provider_types())
            .field("logs", &self.logs.get().is_some())
            .field("objects", &self.objects.get().is_some())
            .field("issuer", &self.issuer.get().is_some())
            .finish_non_exhaustive()
    }
}
