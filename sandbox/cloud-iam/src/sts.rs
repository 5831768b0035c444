//! The Security Token Service: who am I, and keys for a while.

pub mod shapes;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Access, AccountId, Arn, AwsError, Caller, ConditionKeys, IssuedKeys, Partition, Principal};
use cloud_wire::access::Asking;
use cloud_wire::{Service, ServiceModel};

use crate::accounts::Accounts;
use crate::authority::{ASSUME_ROLE, SET_SOURCE_IDENTITY, TAG_SESSION};
use crate::open::Iam;
use crate::sessions::Limits;
use crate::{document, names, quotas, role};
use shapes::{
    AssumeRoleRequest, AssumeRoleResponse, AssumedRoleUser, Credentials, GetAccessKeyInfoRequest,
    GetAccessKeyInfoResponse, GetCallerIdentityRequest, GetCallerIdentityResponse, GetSessionTokenRequest,
    GetSessionTokenResponse,
};

const HOUR: u64 = 3600;

/// STS over IAM's records.
pub struct Sts {
    iam: Arc<Iam>,
    accounts: Accounts,
}

impl Sts {
    pub(crate) fn new(iam: Arc<Iam>, accounts: Accounts) -> Self {
        Self { iam, accounts }
    }

    /// What is asked for besides assuming a role, since the request gives it or it goes on from the caller's own session:
    /// to tag the new one, and to say who is behind it.
    fn besides(&self, caller: &Caller, has_tags: bool, has_identity: bool) -> Vec<&'static str> {
        let own = self.iam.sessions.limits(&caller.access_key_id).unwrap_or_default();
        let asked = [
            (TAG_SESSION, has_tags || !own.transitive.is_empty()),
            (SET_SOURCE_IDENTITY, has_identity || own.source_identity.is_some()),
        ];
        asked.into_iter().filter(|(_, asked)| *asked).map(|(action, _)| action).collect()
    }

    /// IAM of the account that a role is of; none where that account is not here. Nobody but the owner of the root keys
    /// makes one, by the role that he has in it.
    async fn iam_of(&self, caller: &Caller, role: &Arn) -> Result<Option<Arc<Iam>>, AwsError> {
        let Some(partition) = Partition::named(role.partition()) else { return Ok(None) };
        // AWS: no key of one partition gets into another.
        if !AccountId::is_one(role.account()) || role.partition() != caller.arn.partition() {
            return Ok(None);
        }
        let account = AccountId::new(role.account());
        if self.accounts.founds(caller, role) {
            return self.accounts.of(&account, partition).await.map(Some);
        }
        self.accounts.present(&account, partition).await
    }
}

impl Service for Sts {
    fn model(&self) -> &'static ServiceModel {
        &shapes::MODEL
    }

    fn accesses(&self, asking: &Asking<'_>) -> Vec<Access> {
        let mut accesses = match asking.operation.name {
            // AWS: "No permissions are required", not even where a policy denies it.
            "GetCallerIdentity" | "GetSessionToken" => Vec::new(),
            _ => asking.by_rule(),
        };
        if let Some(role) = asking.text("RoleArn") {
            let besides = self.besides(asking.caller, asking.gives("Tags"), asking.gives("SourceIdentity"));
            let names = besides.iter().filter_map(|action| action.strip_prefix("sts:"));
            accesses.extend(names.map(|name| asking.access(name, role)));
        }
        accesses
    }

    cloud_wire::dispatch! { crate::sts::shapes;
        AssumeRole => assume_role,
        GetAccessKeyInfo => get_access_key_info,
        GetCallerIdentity => get_caller_identity,
        GetSessionToken => get_session_token,
    }
}

/// Whose keys signed this request.
pub async fn get_caller_identity(
    _sts: &Sts,
    caller: &Caller,
    _input: GetCallerIdentityRequest,
) -> Result<GetCallerIdentityResponse, AwsError> {
    Ok(GetCallerIdentityResponse {
        user_id: Some(caller.user_id.clone()),
        account: Some(caller.account.to_string()),
        arn: Some(caller.arn.to_string()),
    })
}

/// Keys that act as a role.
pub async fn assume_role(
    sts: &Sts,
    caller: &Caller,
    input: AssumeRoleRequest,
) -> Result<AssumeRoleResponse, AwsError> {
    let seconds = input.duration_seconds.map_or(HOUR, |seconds| u64::try_from(seconds).unwrap_or(HOUR));
    let (iam, role) = assumable(sts, caller, &input, seconds).await?;
    let principal = iam.session_principal(&role, &input.role_session_name).await?;
    let user = AssumedRoleUser { assumed_role_id: principal.user_id.clone(), arn: principal.arn.to_string() };
    let own = sts.iam.sessions.limits(&caller.access_key_id).unwrap_or_default();
    let mut limits = limits(&input)?;
    limits.source_identity = identity(&input, &own)?;
    (limits.tags, limits.transitive) = tags(&input, &own)?;
    let packed_policy_size = packed(&limits);
    let lifetime = Duration::from_secs(seconds);
    let keys = sts.iam.sessions.issue(&sts.iam.context, principal, lifetime, limits).await?;
    Ok(AssumeRoleResponse {
        credentials: Some(keys.into()),
        assumed_role_user: Some(user),
        packed_policy_size,
        source_identity: input.source_identity,
    })
}

/// What the session may do at most.
fn limits(input: &AssumeRoleRequest) -> Result<Limits, AwsError> {
    if let Some(policy) = &input.policy {
        if policy.chars().count() > quotas::SESSION_POLICY {
            let longest = format!("Member must have length less than or equal to {}", quotas::SESSION_POLICY);
            return Err(names::constraint(policy, "policy", &longest));
        }
        document::check(policy, document::Kind::Identity)?;
    }
    let given = input.policy_arns.iter().flatten();
    let policy_arns: Vec<String> = given.filter_map(|given| given.arn.clone()).collect();
    policy_arns.iter().try_for_each(|arn| names::check_policy_arn(arn))?;
    if policy_arns.len() > quotas::SESSION_POLICY_ARNS {
        let most = format!("Member must have length less than or equal to {}", quotas::SESSION_POLICY_ARNS);
        return Err(names::constraint(&format!("[{}]", policy_arns.join(", ")), "policyArns", &most));
    }
    Ok(Limits { policy: input.policy.clone(), policy_arns, ..Limits::default() })
}

/// Who is behind the session. Who is behind the caller's own is behind this one, too.
// AWS: "The source identity value can't be changed after it is set". LIMIT: in which words it refuses that is not known.
fn identity(input: &AssumeRoleRequest, own: &Limits) -> Result<Option<String>, AwsError> {
    match (&own.source_identity, &input.source_identity) {
        (Some(kept), Some(given)) if kept != given => {
            let message = format!(
                "The source identity of the calling session is {kept} and cannot be changed. Leave SourceIdentity out."
            );
            Err(AwsError::new("AccessDenied", message).status(403))
        }
        (kept, given) => Ok(given.clone().or_else(|| kept.clone())),
    }
}

/// The tags that a session gets, those of the caller's own session that go on included; and which of them go on.
// AWS: "Pass session tags in AWS STS", "Chaining roles with session tags".
fn tags(
    input: &AssumeRoleRequest,
    own: &Limits,
) -> Result<(BTreeMap<String, String>, BTreeSet<String>), AwsError> {
    let refused = |message: &str| Err(AwsError::new("InvalidParameterValue", message));
    let given = || input.tags.iter().flatten().map(|tag| (tag.key.as_str(), tag.value.as_str()));
    names::SESSION_TAGS.check(given())?;
    if given().any(|(key, _)| own.transitive.contains(&key.to_lowercase())) {
        return refused(
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
        );
    }
    let mut transitive = own.transitive.clone();
    for key in input.transitive_tag_keys.iter().flatten().map(|key| key.to_lowercase()) {
        if !given().any(|(given, _)| given.to_lowercase() == key) {
            return refused("One of the specified transitive tag keys can't be found in the requested tags.");
        }
        transitive.insert(key);
    }
    let inherited = own.inherited().map(|(key, value)| (key.clone(), value.clone()));
    let tags = given().map(|(key, value)| (key.to_owned(), value.to_owned())).chain(inherited).collect();
    Ok((tags, transitive))
}

/// How much of what a session may be given it was given, in percent.
// LIMIT: how AWS packs is not known, nor what is too much then: the parts have limits of their own.
fn packed(limits: &Limits) -> Option<i32> {
    let text: usize = limits.policy.as_ref().map_or(0, String::len);
    let tags = limits.tags.iter().map(|(key, value)| key.len() + value.len());
    let bytes = text + limits.policy_arns.iter().map(String::len).chain(tags).sum::<usize>();
    (bytes > 0).then(|| i32::try_from((bytes * 100).div_ceil(quotas::SESSION_POLICY).min(100)).unwrap_or(100))
}

/// What a trust policy's conditions may be about.
fn keys(sts: &Sts, caller: &Caller, input: &AssumeRoleRequest) -> ConditionKeys {
    let now = sts.iam.context.now();
    let tags = || input.tags.iter().flatten();
    let keys: Vec<(String, Option<String>)> = vec![
        ("sts:RoleSessionName".to_owned(), Some(input.role_session_name.clone())),
        ("sts:ExternalId".to_owned(), input.external_id.clone()),
        ("sts:SourceIdentity".to_owned(), input.source_identity.clone()),
        ("aws:SourceIp".to_owned(), caller.source_ip.map(|address| address.to_canonical().to_string())),
        ("aws:RequestedRegion".to_owned(), Some(caller.region.to_string())),
        ("aws:CurrentTime".to_owned(), Some(now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())),
        ("aws:EpochTime".to_owned(), Some(now.as_second().to_string())),
        ("aws:SecureTransport".to_owned(), Some("true".to_owned())),
        ("aws:ViaAWSService".to_owned(), Some("false".to_owned())),
        ("aws:PrincipalIsAWSService".to_owned(), Some("false".to_owned())),
    ];
    let mut keys: ConditionKeys =
        keys.into_iter().filter_map(|(name, value)| Some((name, vec![value?]))).collect();
    keys.extend(tags().map(|tag| (format!("aws:RequestTag/{}", tag.key), vec![tag.value.clone()])));
    let named = tags().map(|tag| tag.key.clone()).collect::<Vec<_>>();
    let transitive = input.transitive_tag_keys.clone().unwrap_or_default();
    for (key, names) in [("aws:TagKeys", named), ("sts:TransitiveTagKeys", transitive)] {
        keys.extend((!names.is_empty()).then(|| (key.to_owned(), names)));
    }
    keys
}

/// The role with its account's IAM, if it is here and may be assumed for so long.
async fn assumable(
    sts: &Sts,
    caller: &Caller,
    input: &AssumeRoleRequest,
    seconds: u64,
) -> Result<(Arc<Iam>, Arn), AwsError> {
    let arn = &input.role_arn;
    let invalid = || AwsError::new("ValidationError", format!("{arn} is invalid"));
    let role: Arn = arn.parse().map_err(|_| invalid())?;
    if role.service() != "iam" || role.resource_type() != Some("role") {
        return Err(invalid());
    }
    let found = match sts.iam_of(caller, &role).await? {
        None => None,
        Some(iam) => role::find(&iam.roles, role::name_in(&role)).await?.map(|record| (iam, record)),
    };
    // AWS: a role that is not there is answered like one that does not trust the caller.
    let refused = |action: &str| {
        let message =
            format!("User: {} is not authorized to perform: {action} on resource: {role}", caller.arn);
        AwsError::new("AccessDenied", message).status(403)
    };
    let found = found.filter(|(_, record)| record.role.arn == *arn);
    let (iam, record) = found.ok_or_else(|| refused(ASSUME_ROLE))?;
    // Within an account what policies say is asked before, and counts as its mode wants.
    if iam.context.account() != &caller.account {
        let has_tags = input.tags.as_ref().is_some_and(|tags| !tags.is_empty());
        let mut actions = vec![ASSUME_ROLE];
        actions.extend(sts.besides(caller, has_tags, input.source_identity.is_some()));
        if let Some(action) = sts.accounts.shut(caller, &keys(sts, caller, input), &record, &actions).await? {
            return Err(refused(action));
        }
    }
    if caller.arn.service() == "sts" && seconds > HOUR {
        return Err(AwsError::new(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        ));
    }
    if seconds > record.role.max_session_duration.map_or(HOUR, |max| u64::try_from(max).unwrap_or(HOUR)) {
        return Err(AwsError::new(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    Ok((iam, role))
}

/// Temporary keys for the caller itself.
pub async fn get_session_token(
    sts: &Sts,
    caller: &Caller,
    input: GetSessionTokenRequest,
) -> Result<GetSessionTokenResponse, AwsError> {
    if caller.access_key_id.starts_with("ASIA") {
        return Err(
            AwsError::new("AccessDenied", "Cannot call GetSessionToken with session credentials").status(403)
        );
    }
    // AWS: root's sessions last at most an hour, whatever was asked for.
    let seconds =
        input.duration_seconds.and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or(HOUR).min(HOUR);
    let principal = Principal {
        account: caller.account.clone(),
        arn: caller.arn.clone(),
        user_id: caller.user_id.clone(),
    };
    let lifetime = Duration::from_secs(seconds);
    let keys = sts.iam.sessions.issue(&sts.iam.context, principal, lifetime, Limits::default()).await?;
    Ok(GetSessionTokenResponse { credentials: Some(keys.into()) })
}

/// The account that a key belongs to.
pub async fn get_access_key_info(
    sts: &Sts,
    _caller: &Caller,
    input: GetAccessKeyInfoRequest,
) -> Result<GetAccessKeyInfoResponse, AwsError> {
    let found = cloud_core::CredentialStore::find(&*sts.iam, &input.access_key_id);
    let credential = found.ok_or_else(|| {
        AwsError::new("ValidationError", format!("{} is not a valid access key id", input.access_key_id))
    })?;
    Ok(GetAccessKeyInfoResponse { account: Some(credential.principal.account.to_string()) })
}

impl From<IssuedKeys> for Credentials {
    fn from(keys: IssuedKeys) -> Self {
        Self {
            access_key_id: keys.access_key_id,
            secret_access_key: keys.secret.expose().to_owned(),
            session_token: keys.session_token,
            expiration: keys.expires,
        }
    }
}
