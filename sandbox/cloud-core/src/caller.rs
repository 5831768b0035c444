//! Who sent a request, as the signature proved it.

use std::net::IpAddr;

use crate::arn::Arn;
use crate::ids::{AccountId, Region, RequestId};
use crate::leave::Leave;
use crate::ports::{Principal, Trace};

/// The verified sender of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account that the keys belong to.
    pub account: AccountId,
    /// The region of the credential scope.
    pub region: Region,
    /// `arn:aws:iam::…:root`, `arn:aws:sts::…:assumed-role/…`.
    pub arn: Arn,
    /// The unique id: the account for root, `AROA…:session` for a role's session.
    pub user_id: String,
    /// The id of the key that signed.
    pub access_key_id: String,
    /// The id of this request.
    pub request_id: RequestId,
    /// Where the connection came from, if it came over IP.
    pub source_ip: Option<IpAddr>,
    /// The host that the request named, with its port: what it reaches this cloud by.
    pub reached_at: Option<String>,
    /// What the request is part of, as its header said.
    pub trace: Trace,
    /// What was found out of what he may do.
    pub leave: Leave,
}

impl Caller {
    /// The account itself, on whose behalf the cloud asks something of a service.
    pub fn root(account: &AccountId, region: &Region, request_id: RequestId) -> Self {
        Self::of(Principal::root(account), region, request_id)
    }

    /// Who is sent by a principal of this cloud, without a key of its own.
    pub fn of(principal: Principal, region: &Region, request_id: RequestId) -> Self {
        let Principal { account, arn, user_id } = principal;
        let region = region.clone();
        Self {
            account,
            region,
            arn,
            user_id,
            access_key_id: String::new(),
            request_id,
            source_ip: None,
            reached_at: None,
            trace: Trace::default(),
            leave: Leave::default(),
        }
    }

    /// Whether nobody signed.
    pub fn is_anonymous(&self) -> bool {
        self.account.is_anonymous()
    }
}
