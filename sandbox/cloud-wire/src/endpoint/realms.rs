//! Which realm a request is for: the account of who signed it, and the region that it was signed for.
//!
//! A request is matched, and its signature proven, by the services of the endpoint's own realm, which are the same in every
//! other; so nobody opens a realm who may not sign for it.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_core::{AccountId, AwsError, Context, Credential, InUse, Principal, Realm, Region, SecretKey};
use http::request::Parts;

use super::answer::Signed;
use super::front::PublicFront;
use super::route::Mount;
use super::{Open, shortened};
use crate::model::ServiceModel;
use crate::service::Service;
use crate::sigv4::{Authorization, Refusal};

/// Services whose requests are signed for `us-east-1` wherever the client is.
const GLOBAL: &[&str] = &["iam", "sts", "s3", "cloudfront", "route53"];

/// Says whether a front is one for a request.
pub type Claims<'a> = &'a (dyn Fn(&dyn PublicFront) -> bool + Sync);

/// The realms of a cloud beside the endpoint's own. What is asked of one is opened if it is not open, and stays so for as long
/// as what comes with it is held.
#[async_trait]
pub trait RealmServices: Send + Sync {
    /// The service of that model that answers for a realm.
    async fn service(
        &self,
        model: &ServiceModel,
        realm: &Realm,
    ) -> Result<(Arc<dyn Service>, InUse), AwsError>;

    /// What the services of a realm share.
    async fn context(&self, realm: &Realm) -> Result<(Context, InUse), AwsError>;

    /// The unsigned front that claims a request and has what it names, of whatever realm that is.
    async fn front(&self, request: &Parts, claims: Claims<'_>) -> Option<(Arc<dyn PublicFront>, InUse)>;
}

impl Open {
    /// The credential of who is said to have signed, if the request may be looked at further.
    pub(super) fn admit(&self, authorization: &Authorization) -> Result<Credential, Refusal> {
        let known = self.credentials.find(&authorization.access_key_id);
        let credential = match &self.any_key {
            Some(account) => anybody(known, authorization, account),
            None => known.ok_or(Refusal::UnknownKey)?,
        };
        let region = Region::new(&authorization.region);
        self.expect_region(authorization, &region)?;
        // AWS: keys of one partition are unknown in another. The account itself is here in all of them.
        let arn = &credential.principal.arn;
        if arn.service() == "sts" && arn.partition() != region.partition().id {
            return Err(Refusal::UnknownKey);
        }
        if self.any_key.is_some() {
            authorization.expect_unexpired(self.context.now())?;
        } else {
            authorization.admit(&credential, self.context.now())?;
        }
        Ok(credential)
    }

    fn expect_region(&self, authorization: &Authorization, region: &Region) -> Result<(), Refusal> {
        let own = self.context.region();
        let is_global = GLOBAL.contains(&authorization.service.as_str()) && region.as_str() == "us-east-1";
        if region == own || is_global || (self.realms.is_some() && region.is_known()) {
            return Ok(());
        }
        let wrong = shortened(region.as_str());
        Err(Refusal::Scope(if authorization.service == "s3" {
            format!("The authorization header is malformed; the region '{wrong}' is wrong; expecting '{own}'")
        } else if self.realms.is_some() {
            format!("Credential should be scoped to a valid region, not '{wrong}'. ")
        } else {
            format!(
                "Credential should be scoped to a valid region: this cloud is in {own}, the request was signed for {wrong}."
            )
        }))
    }

    /// The same service in the realm that a request is for. Asked only once its signature is proven.
    pub(super) async fn in_realm(
        &self,
        mount: &Arc<Mount>,
        request: &Signed,
    ) -> Result<Arc<Mount>, AwsError> {
        let realm = request.realm();
        match &self.realms {
            // What strangers may use is all realms' alike.
            Some(realms) if realm != *self.context.realm() && !request.is_anonymous() => {
                let (service, open) = realms.service(mount.model, &realm).await?;
                Ok(Arc::new(mount.with(service, open)))
            }
            _ => Ok(Arc::clone(mount)),
        }
    }

    /// The same service where a request's resource is. Naming an account does not make it: of one that nobody made, the
    /// caller's own service says what it says of all that is not his.
    pub(super) async fn hosted(
        &self,
        mount: Arc<Mount>,
        host: Option<Realm>,
    ) -> Result<Arc<Mount>, AwsError> {
        let known = self.context.peers().realms();
        let (Some(host), Some(known), Some(realms)) = (host, known, &self.realms) else { return Ok(mount) };
        match known.open(&host).await {
            Ok(_) => {
                let (service, open) = realms.service(mount.model, &host).await?;
                Ok(Arc::new(mount.with(service, open)))
            }
            Err(error) if error.http_status() == 404 => Ok(mount),
            Err(error) => Err(error),
        }
    }

    /// What the services of a request's realm share.
    pub(super) async fn realm_of(&self, request: &Signed) -> Result<(Context, Option<InUse>), AwsError> {
        let realm = request.realm();
        match &self.realms {
            Some(realms) if realm != *self.context.realm() => {
                let (context, open) = realms.context(&realm).await?;
                Ok((context, Some(open)))
            }
            _ => Ok((self.context.clone(), None)),
        }
    }

    /// The front that answers where `claims` says that one does: the one that has what is asked for, whatever its realm.
    pub(super) async fn front_of(
        &self,
        request: &Parts,
        claims: Claims<'_>,
    ) -> Option<(Arc<dyn PublicFront>, Option<InUse>)> {
        let first = self.fronts.iter().find(|front| claims(&***front))?;
        if let Some(own) = self.fronts.iter().find(|front| claims(&***front) && front.has(request)) {
            return Some((Arc::clone(own), None));
        }
        let other = match &self.realms {
            Some(realms) => realms.front(request, claims).await,
            None => None,
        };
        Some(other.map_or_else(|| (Arc::clone(first), None), |(front, open)| (front, Some(open))))
    }
}

/// Whom a key stands for where every key is accepted: the one that it is known as, else an account.
fn anybody(known: Option<Credential>, authorization: &Authorization, default: &AccountId) -> Credential {
    let id = &authorization.access_key_id;
    let account = || if AccountId::is_one(id) { AccountId::new(id) } else { default.clone() };
    Credential {
        secret: SecretKey::new(""),
        session_token: None,
        expires: None,
        principal: known.map_or_else(|| Principal::root(&account()), |known| known.principal),
    }
}
