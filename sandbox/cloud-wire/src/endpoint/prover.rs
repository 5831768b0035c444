//! Who sends a request to a front. Most fronts do not ask; one that does finds a [`Prover`] among the request's extensions.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use cloud_core::{AwsError, Caller, ConditionKeys, Region, RequestId};

use super::answer::Signed;
use super::{Open, permit, shortened};
use crate::body::Body;
use crate::head::Head;
use crate::model::Protocol;
use crate::sigv4::{Authorization, Refusal};

/// Proves who has signed the request that it came with. Cheap to clone.
#[derive(Clone)]
pub struct Prover {
    open: Arc<Open>,
    id: RequestId,
    peer: Option<IpAddr>,
}

/// A request whose sender is proven.
#[derive(Debug)]
pub struct Proven {
    /// Who sent it.
    pub caller: Caller,
    /// The condition keys that every request has.
    pub keys: ConditionKeys,
    /// Its whole body, which is what was signed.
    pub body: Bytes,
}

impl Prover {
    pub(super) fn new(open: &Arc<Open>, id: &RequestId, peer: Option<IpAddr>) -> Self {
        Self { open: Arc::clone(open), id: id.clone(), peer }
    }

    /// The condition keys of a request whose sender nobody looks at.
    pub fn keys_of_nobody(&self, head: &Head) -> ConditionKeys {
        let context = &self.open.context;
        let nobody = Caller::of(cloud_core::Principal::anonymous(), context.region(), self.id.clone());
        let caller = Caller { source_ip: self.peer, ..nobody };
        permit::keys(head, &caller, context.now())
    }

    /// Who signed the request, and its body, of at most so many bytes; none where nobody did, and the body was not looked
    /// at. It has to be signed for that service in that region.
    pub async fn prove(
        &self,
        head: Head,
        body: Body,
        (service, region): (&str, &Region),
        limit: u64,
    ) -> Result<Option<Proven>, AwsError> {
        let refused = |refusal: Refusal| refusal.into_error(Protocol::RestJson);
        let authorization = match Authorization::of(&head) {
            Err(Refusal::Missing) => return Ok(None),
            read => read.map_err(refused)?,
        };
        expect_scope(&authorization, service, region).map_err(refused)?;
        let credential = self.open.admit(&authorization).map_err(refused)?;
        let (proven, id) = (self.open.any_key.is_none(), self.id.clone());
        let signed = Signed { authorization, credential, proven, head, id, _room: None };
        let body = signed.collect(Protocol::RestJson, body, limit).await?;
        let caller = signed.caller();
        let keys = permit::keys(&signed.head, &caller, self.open.context.now());
        Ok(Some(Proven { caller, keys, body }))
    }
}

// AWS: in these words, with the space at the end.
fn expect_scope(authorization: &Authorization, service: &str, region: &Region) -> Result<(), Refusal> {
    if authorization.service != service {
        return Err(Refusal::Scope(format!("Credential should be scoped to correct service: '{service}'. ")));
    }
    if authorization.region != region.as_str() {
        let wrong = shortened(&authorization.region);
        return Err(Refusal::Scope(format!(
            "Credential should be scoped to a valid region, not '{wrong}'. "
        )));
    }
    Ok(())
}
