//! The switchboard: which service answers for which port. Filled once at assembly, read ever after.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};

use crate::arn::Arn;
use crate::context::Context;
use crate::error::AwsError;
use crate::ports::{
    Access, Actor, Authority, CredentialIssuer, Delivered, Delivery, InUse, Inspection, LayerReader, LogSink,
    ObjectReader, PortError, Realms, ResourceProvider, Source, Target,
};
use crate::region::Realm;

/// The ports of all services of one realm.
pub struct Peers {
    realm: Realm,
    realms: OnceLock<Weak<dyn Realms>>,
    targets: RwLock<BTreeMap<String, Arc<dyn Target>>>,
    sources: RwLock<BTreeMap<String, Arc<dyn Source>>>,
    inspections: RwLock<BTreeMap<&'static str, Arc<dyn Inspection>>>,
    providers: RwLock<BTreeMap<&'static str, Arc<dyn ResourceProvider>>>,
    logs: RwLock<Option<Arc<dyn LogSink>>>,
    objects: RwLock<Option<Arc<dyn ObjectReader>>>,
    layers: RwLock<Option<Arc<dyn LayerReader>>>,
    issuer: OnceLock<Arc<dyn CredentialIssuer>>,
    authority: OnceLock<Arc<dyn Authority>>,
}

impl Peers {
    /// Of a realm, nobody yet.
    pub(crate) fn of(realm: Realm) -> Self {
        Self {
            realm,
            realms: OnceLock::new(),
            targets: RwLock::default(),
            sources: RwLock::default(),
            inspections: RwLock::default(),
            providers: RwLock::default(),
            logs: RwLock::default(),
            objects: RwLock::default(),
            layers: RwLock::default(),
            issuer: OnceLock::new(),
            authority: OnceLock::new(),
        }
    }

    /// Lets go of all services of the realm, which is closed: they hold what they share, and so each other.
    pub fn let_go(&self) {
        self.targets.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.sources.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.inspections.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.providers.write().unwrap_or_else(PoisonError::into_inner).clear();
        *self.logs.write().unwrap_or_else(PoisonError::into_inner) = None;
        *self.objects.write().unwrap_or_else(PoisonError::into_inner) = None;
        *self.layers.write().unwrap_or_else(PoisonError::into_inner) = None;
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

    /// Hands a delivery to whoever answers for its target, in the realm that the target names.
    pub async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
        let (delivery, there) = self.routed(delivery).await?;
        let target = there.as_ref().map_or(self, |(context, _)| context.peers()).expect_target(&delivery)?;
        target.deliver(delivery).await
    }

    /// Asks whoever answers for its target whether a delivery like that one would be taken.
    pub async fn admits(&self, delivery: Delivery) -> Result<(), PortError> {
        let (delivery, there) = self.routed(delivery).await?;
        let target = there.as_ref().map_or(self, |(context, _)| context.peers()).expect_target(&delivery)?;
        target.admits(&delivery).await
    }

    /// A delivery as it comes to the realm that its target names, and that realm if it is another.
    async fn routed(
        &self,
        mut delivery: Delivery,
    ) -> Result<(Delivery, Option<(Context, InUse)>), PortError> {
        let is_here = delivery.target.is_of(&self.realm);
        let realm = if is_here { None } else { delivery.target.realm() };
        let (Some(realm), Some(realms)) = (realm, self.realms()) else { return Ok((delivery, None)) };
        if realm.account != self.realm.account && !self.may_go_as(&delivery.actor) {
            // What an account does of its own right it does not do of right in another.
            delivery.actor = Actor::Foreign(self.realm.account.clone());
        }
        let there = realms.open(&realm).await?;
        Ok((delivery, Some(there)))
    }

    /// What somebody asks leave for as whom something is delivered to a target, in the realm that it names. `None` where
    /// there is no such resource of this account, or nobody who answers for it.
    pub async fn access(&self, target: &Arn) -> Result<Option<Access>, AwsError> {
        let realm = if target.is_of(&self.realm) { None } else { target.realm() };
        let (Some(realm), Some(realms)) = (realm, self.realms()) else {
            return self.access_here(target).await;
        };
        let (there, _open) = realms.open(&realm).await?;
        let found = there.peers().access_here(target).await?;
        if realm.account == self.realm.account {
            return Ok(found);
        }
        // Another account is not told which resources there are.
        let named = || Access { resource: target.to_string(), ..Access::default() };
        Ok(Some(Access { owner: Some(realm.account), ..found.unwrap_or_else(named) }))
    }

    async fn access_here(&self, target: &Arn) -> Result<Option<Access>, AwsError> {
        match self.target(target) {
            Some(service) => service.access(target).await,
            None => Ok(None),
        }
    }

    /// Whether an actor is the same in another account: a service, and a role of the account that sends. A role that the
    /// sender merely names, of the other account too, is not.
    fn may_go_as(&self, actor: &Actor) -> bool {
        match actor {
            Actor::Service(_) => true,
            Actor::Role(role) => role.account() == self.realm.account.as_str(),
            Actor::Account | Actor::Foreign(_) => false,
        }
    }

    /// Where nobody answers it is refused for the time being: at a start services come one after another.
    fn expect_target(&self, delivery: &Delivery) -> Result<Arc<dyn Target>, PortError> {
        self.target(&delivery.target).ok_or_else(|| {
            PortError::Throttled(AwsError::new(
                "InvalidParameterValueException",
                format!("No service of this cloud takes deliveries for {}", delivery.target),
            ))
        })
    }

    /// Whom to poll for ARNs of that service (`sqs`, `kinesis`, …). A later one takes the place of an earlier.
    pub fn add_source(&self, service: &str, source: Arc<dyn Source>) {
        self.sources.write().unwrap_or_else(PoisonError::into_inner).insert(service.to_owned(), source);
    }

    /// Who is polled for the ARN's service.
    pub fn source(&self, arn: &Arn) -> Option<Arc<dyn Source>> {
        self.sources.read().unwrap_or_else(PoisonError::into_inner).get(arn.service()).cloned()
    }

    /// Registers how a service is looked into.
    pub fn add_inspection(&self, service: &'static str, inspection: Arc<dyn Inspection>) {
        self.inspections.write().unwrap_or_else(PoisonError::into_inner).insert(service, inspection);
    }

    /// How a service is looked into, if it can be.
    pub fn inspection(&self, service: &str) -> Option<Arc<dyn Inspection>> {
        self.inspections.read().unwrap_or_else(PoisonError::into_inner).get(service).cloned()
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
        self.logs.write().unwrap_or_else(PoisonError::into_inner).get_or_insert(logs);
    }

    /// Where logs go, if this cloud has a place for them.
    pub fn logs(&self) -> Option<Arc<dyn LogSink>> {
        self.logs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Registers where objects are. The first registration counts.
    pub fn set_objects(&self, objects: Arc<dyn ObjectReader>) {
        self.objects.write().unwrap_or_else(PoisonError::into_inner).get_or_insert(objects);
    }

    /// Where objects are read, if this cloud has a place for them.
    pub fn objects(&self) -> Option<Arc<dyn ObjectReader>> {
        self.objects.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Registers where layers are. The first registration counts.
    pub fn set_layers(&self, layers: Arc<dyn LayerReader>) {
        self.layers.write().unwrap_or_else(PoisonError::into_inner).get_or_insert(layers);
    }

    /// Where the layers of this realm are read by others.
    pub fn layers(&self) -> Option<Arc<dyn LayerReader>> {
        self.layers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Registers who issues keys to functions. The first registration counts.
    pub fn set_issuer(&self, issuer: Arc<dyn CredentialIssuer>) {
        let _ = self.issuer.set(issuer);
    }

    /// Who issues keys to functions.
    pub fn issuer(&self) -> Option<&Arc<dyn CredentialIssuer>> {
        self.issuer.get()
    }

    /// Registers who knows the policies. The first registration counts.
    pub fn set_authority(&self, authority: Arc<dyn Authority>) {
        let _ = self.authority.set(authority);
    }

    /// Who knows the policies.
    pub fn authority(&self) -> Option<&Arc<dyn Authority>> {
        self.authority.get()
    }
}

impl fmt::Debug for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let targets = self.targets.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Peers")
            .field("realm", &self.realm)
            .field("targets", &targets.keys().collect::<Vec<_>>())
            .field("resource_types", &self.provider_types())
            .field("logs", &self.logs().is_some())
            .field("objects", &self.objects().is_some())
            .field("layers", &self.layers().is_some())
            .field("issuer", &self.issuer.get().is_some())
            .field("authority", &self.authority.get().is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;

    use super::*;
    use crate::ids::{AccountId, Region};

    /// Notes what comes and by whom.
    #[derive(Default)]
    struct Notes(Mutex<Vec<(String, Actor)>>);

    #[async_trait]
    impl Target for Notes {
        async fn deliver(&self, delivery: Delivery) -> Result<Delivered, PortError> {
            self.0.lock().unwrap().push((delivery.target.to_string(), delivery.actor));
            Ok(Delivered::default())
        }

        async fn admits(&self, delivery: &Delivery) -> Result<(), PortError> {
            self.0.lock().unwrap().push((delivery.target.to_string(), delivery.actor.clone()));
            Ok(())
        }
    }

    struct Others(Vec<Context>);

    #[async_trait]
    impl Realms for Others {
        async fn open(&self, realm: &Realm) -> Result<(Context, InUse), AwsError> {
            let found = self.0.iter().find(|context| context.realm() == realm).cloned();
            let found = found.ok_or_else(|| AwsError::validation("no such realm"))?;
            Ok((found, InUse::by(Arc::new(()))))
        }
    }

    #[tokio::test]
    async fn a_delivery_goes_to_the_realm_that_its_arn_names() {
        let (here, _clock) = Context::for_test("/nowhere");
        let realm = |account: &str, region: &str| Realm::new(AccountId::new(account), Region::new(region));
        let next = here.in_realm(&realm("000000000000", "eu-west-1"), "/nowhere/next");
        let other = here.in_realm(&realm("111111111111", "us-east-1"), "/nowhere/other");
        let all = [here.clone(), next, other];
        let notes = all.clone().map(|context| {
            let notes = Arc::new(Notes::default());
            context.peers().add_target("sqs", notes.clone());
            notes
        });
        let others: Arc<dyn Realms> = Arc::new(Others(all.to_vec()));
        here.peers().set_realms(&others);
        let foreign = Actor::Foreign(here.account().clone());
        let role = |account: &str| Actor::Role(format!("arn:aws:iam::{account}:role/r").parse().unwrap());
        let (own, others_role) = (role("000000000000"), role("111111111111"));
        let service = Actor::Service("events.amazonaws.com".into());
        let other_account = "arn:aws:sqs:us-east-1:111111111111:q";
        for (number, to, by, actor) in [
            (0, "arn:aws:sqs:us-east-1:000000000000:q", Actor::Account, Actor::Account),
            (0, "arn:aws:sqs:us-east-1:000000000000:q", others_role.clone(), others_role.clone()),
            (1, "arn:aws:sqs:eu-west-1:000000000000:q", Actor::Account, Actor::Account),
            (1, "arn:aws:sqs:eu-west-1:000000000000:q", own.clone(), own.clone()),
            (2, other_account, Actor::Account, foreign.clone()),
            (2, other_account, service.clone(), service),
            (2, other_account, own.clone(), own),
            (2, other_account, others_role, foreign.clone()),
            (2, other_account, role("222222222222"), foreign.clone()),
            (2, other_account, Actor::Foreign(AccountId::new("111111111111")), foreign),
            (0, "arn:aws:sqs:::q", Actor::Account, Actor::Account),
        ] {
            let delivery = Delivery { actor: by, ..Delivery::new(to.parse().unwrap(), "") };
            here.peers().admits(delivery.clone()).await.unwrap();
            here.peers().deliver(delivery).await.unwrap();
            let seen = std::mem::take(&mut *notes[number].0.lock().unwrap());
            let expected = (to.to_owned(), actor);
            assert_eq!(seen, [expected.clone(), expected], "it is asked and delivered in the same place");
        }
        let nowhere = "arn:aws:sqs:eu-west-2:000000000000:q".parse().unwrap();
        let refused = here.peers().deliver(Delivery::new(nowhere, "")).await.unwrap_err();
        assert_eq!(refused.error().message(), "no such realm");
        assert!(notes.iter().all(|notes| notes.0.lock().unwrap().is_empty()));
        let access = async |arn: &str| here.peers().access(&arn.parse().unwrap()).await;
        let owner = async |arn: &str| access(arn).await.unwrap().map(|access| access.owner);
        assert_eq!(owner("arn:aws:sqs:eu-west-1:000000000000:q").await, Some(None));
        assert_eq!(owner(other_account).await, Some(Some(AccountId::new("111111111111"))));
        assert_eq!(owner("arn:aws:events:us-east-1:000000000000:event-bus/b").await, None, "nobody answers");
        let hidden = owner("arn:aws:events:us-east-1:111111111111:event-bus/b").await;
        assert_eq!(hidden, Some(Some(AccountId::new("111111111111"))), "nor is that told of another account");
        assert!(access("arn:aws:sqs:eu-west-2:000000000000:q").await.is_err());
    }
}
