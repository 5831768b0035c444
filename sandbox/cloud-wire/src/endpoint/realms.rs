//! Which realm a request is for: the account of who signed it, and the region that it was signed for.
//!
//! A request is matched, and its signature proven, by the services of the endpoint's own realm, which are the same in every
//! other; so nobody opens a realm who may not sign for it.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_core::{AccountId, AwsError, Context, Credential, Principal, Realm, Region, SecretKey};
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

/// The realms of a cloud beside the endpoint's own.
#[async_trait]
pub trait RealmServices: Send + Sync {
    /// The service of that model that answers for a realm, opened if nobody asked for it before.
    async fn service(&self, model: &ServiceModel, realm: &Realm) -> Result<Arc<dyn Service>, AwsError>;

    /// What the services of a realm share.
    async fn context(&self, realm: &Realm) -> Result<Context, AwsError>;

    /// The unsigned fronts of all realms that are open.
    fn fronts(&self) -> Vec<Arc<dyn PublicFront>>;
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
            Some(realms) if realm != *self.context.realm() => {
                let service = realms.service(mount.model, &realm).await?;
                Ok(Arc::new(mount.with(service)))
            }
            _ => Ok(Arc::clone(mount)),
        }
    }

    /// What the services of a request's realm share.
    pub(super) async fn realm_of(&self, request: &Signed) -> Result<Context, AwsError> {
        let realm = request.realm();
        match &self.realms {
            Some(realms) if realm != *self.context.realm() => realms.context(&realm).await,
            _ => Ok(self.context.clone()),
        }
    }

    /// The front that answers where `claims` says that one does: the one that has what is asked for, whatever its realm.
    pub(super) fn front_of(
        &self,
        request: &Parts,
        claims: impl Fn(&dyn PublicFront) -> bool,
    ) -> Option<Arc<dyn PublicFront>> {
        let first = self.fronts.iter().find(|front| claims(&***front))?;
        let has = |front: &Arc<dyn PublicFront>| claims(&**front) && front.has(request);
        if let Some(own) = self.fronts.iter().find(|front| has(front)) {
            return Some(Arc::clone(own));
        }
        let mut others = self.realms.iter().flat_map(|realms| realms.fronts());
        Some(others.find(has).unwrap_or_else(|| Arc::clone(first)))
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
