//! Who may do what: the policies that IAM keeps, gathered for whoever asks and decided by `cloud-policy`.

use std::borrow::Cow;

use async_trait::async_trait;
use cloud_core::{
    Access, AccountId, Arn, Authority, AwsError, Caller, ConditionKeys, Denial, Partition, Permissions,
};
use cloud_policy::{
    Keys, Kind, Policies, Policy, Principal, Request, Source, Steps, Verdict, decide, lets_in,
};

use crate::accounts::Accounts;
use crate::managed;
use crate::open::Iam;
use crate::role::{self, RoleRecord};
use crate::sessions::Limits;

/// The action whose resource, a role, decides itself who may, and what goes with it.
pub(crate) const ASSUME_ROLE: &str = "sts:AssumeRole";
/// The same of a session that is to have tags.
pub(crate) const TAG_SESSION: &str = "sts:TagSession";
/// What else is asked for where a session says who is behind it.
pub(crate) const SET_SOURCE_IDENTITY: &str = "sts:SetSourceIdentity";
/// The one whose resource, a role, another operation takes by its ARN.
const PASS_ROLE: &str = "iam:PassRole";

/// The role that an ARN means.
enum Meant {
    /// That one.
    Role(Box<RoleRecord>),
    /// None: the role of that name has another ARN.
    Another,
    /// None of that name is here.
    Nobody,
}

/// A principal with all that is said of it.
pub(crate) struct Subject {
    pub(crate) principal: Principal,
    pub(crate) identity: Vec<Source>,
    pub(crate) boundary: Option<Vec<Source>>,
    session: Option<Vec<Source>>,
    keys: Keys,
}

#[async_trait]
impl Authority for Accounts {
    async fn decide(
        &self,
        caller: &Caller,
        keys: &ConditionKeys,
        accesses: &[Access],
    ) -> Result<Vec<(usize, Denial)>, AwsError> {
        let is_root = caller.arn.service() == "iam" && caller.arn.resource() == "root";
        let asks_others =
            |access: &Access| access.policy.is_some() || asks_trust(&access.action) || access.crosses(caller);
        let mut denials = Vec::new();
        if is_root && !accesses.iter().any(asks_others) {
            return Ok(denials);
        }
        let mut subject = self.subject(caller).await?;
        for (name, values) in keys {
            subject.keys.set_all(name, values.clone());
        }
        let steps = Steps::default();
        let mut read: Option<(&str, Source)> = None;
        for (place, access) in accesses.iter().enumerate() {
            let arn = role_arn(access);
            let role = match &arn {
                Some(arn) => self.role_meant(arn, access).await?,
                None => Meant::Nobody,
            };
            let (role, is_another) = match role {
                Meant::Role(role) => (Some(*role), false),
                other => (None, matches!(other, Meant::Another)),
            };
            if role.is_none() && is_root && arn.is_some_and(|arn| self.founds(caller, &arn)) {
                continue;
            }
            // Many objects of one bucket have one policy.
            let text = access.policy.as_deref();
            if let Some(text) = text.filter(|text| read.as_ref().is_none_or(|(present, _)| present != text)) {
                read = Some((text, self.first().source("resource".to_owned(), text)));
            }
            let resource = read.as_ref().filter(|_| text.is_some()).map(|(_, source)| source);
            let (verdict, lets_in) = if is_another && access.action == PASS_ROLE {
                // Whoever takes it would look for the role of that name.
                (Verdict::NotAllowed(Kind::Identity), false)
            } else {
                self.decided(&subject, access, role, resource, &steps)
            };
            let is_barred = access.crosses(caller) && !lets_in;
            let verdict = match verdict {
                Verdict::NotAllowed(_) | Verdict::Allowed if is_barred => Verdict::NotAllowed(Kind::Resource),
                other => other,
            };
            if !verdict.is_allowed() {
                let denial = denial(&subject.principal, access, verdict);
                denials.push((place, Denial { is_barred, ..denial }));
            }
        }
        Ok(denials)
    }

    async fn trusts(&self, role: &Arn, service: &str, keys: &ConditionKeys) -> Result<bool, AwsError> {
        match self.present_by_arn(&AccountId::new(role.account()), role).await? {
            Some(iam) => iam.trusts(role, service, keys).await,
            None => Ok(true),
        }
    }
}

impl Accounts {
    /// The caller with the policies of his account. An account that nobody asked for yet has none.
    async fn subject(&self, caller: &Caller) -> Result<Subject, AwsError> {
        match self.present_by_arn(&caller.account, &caller.arn).await? {
            Some(own) => own.subject(caller).await,
            None => Ok(self.first().bare(caller).0),
        }
    }

    /// The first of those actions for which a role of another account does not let the caller in, whatever he may do
    /// himself: an account's door is shut in every mode. `keys` are those of the request.
    pub(crate) async fn shut<'a>(
        &self,
        caller: &Caller,
        keys: &ConditionKeys,
        role: &RoleRecord,
        actions: &[&'a str],
    ) -> Result<Option<&'a str>, AwsError> {
        let subject = self.subject(caller).await?;
        let is_shut = |action: &&&str| {
            let (resource, keys) = (role.role.arn.clone(), keys.clone());
            let access = Access { action: (**action).to_owned(), resource, keys, ..Access::default() };
            !self.decided(&subject, &access, Some(role.clone()), None, &Steps::default()).1
        };
        Ok(actions.iter().find(is_shut).copied())
    }

    /// The role that is meant: operations of IAM name it without the path that its ARN has; whoever passes or assumes it has
    /// to name all of it.
    async fn role_meant(&self, role: &Arn, access: &Access) -> Result<Meant, AwsError> {
        let Some(iam) = self.present_by_arn(&AccountId::new(role.account()), role).await? else {
            return Ok(Meant::Nobody);
        };
        let id = role.resource_id();
        let record = role::find(&iam.roles, role::name_in(role)).await?;
        let by_name = !id.contains('/') && !asks_trust(&access.action) && access.action != PASS_ROLE;
        Ok(match record {
            Some(record) if record.role.arn == access.resource || by_name => Meant::Role(Box::new(record)),
            Some(_) => Meant::Another,
            None => Meant::Nobody,
        })
    }

    /// What policies say of an access, and whether the resource's own policy lets somebody of another account in; `role` is
    /// the one that it is about.
    fn decided(
        &self,
        subject: &Subject,
        access: &Access,
        role: Option<RoleRecord>,
        of_resource: Option<&Source>,
        steps: &Steps,
    ) -> (Verdict, bool) {
        let mut keys = subject.keys.clone();
        for (name, values) in &access.keys {
            keys.set_all(name, values.clone());
        }
        let mut resource = Cow::Borrowed(access.resource.as_str());
        if let Some(role) = &role {
            resource = Cow::Owned(role.role.arn.clone());
            for tag in role.role.tags.iter().flatten() {
                keys.set(&format!("iam:ResourceTag/{}", tag.key), &tag.value);
                keys.set(&format!("aws:ResourceTag/{}", tag.key), &tag.value);
            }
        }
        let assumes = asks_trust(&access.action);
        let trust = role.filter(|_| assumes).and_then(|role| role.role.assume_role_policy_document);
        let trust = trust.map(|text| self.first().source("trust".to_owned(), &text));
        if assumes && trust.is_none() {
            return (Verdict::NotAllowed(Kind::Trust), false);
        }
        let own = &subject.principal.account;
        let account =
            access.owner.as_ref().map(AccountId::as_str).or_else(|| account_of(&resource)).unwrap_or(own);
        keys.set("aws:ResourceAccount", account);
        let policies = Policies {
            identity: &subject.identity,
            resource: of_resource,
            trust: trust.as_ref(),
            boundary: subject.boundary.as_deref(),
            session: subject.session.as_deref(),
        };
        let request = Request {
            principal: &subject.principal,
            action: &access.action,
            resource: &resource,
            resource_account: account,
            keys: &keys,
            steps,
        };
        let door = trust.as_ref().map(|trust| (Kind::Trust, trust));
        let door = door.or_else(|| of_resource.map(|policy| (Kind::Resource, policy)));
        let lets_in = account != own && door.is_some_and(|(kind, policy)| lets_in(&request, kind, policy));
        (decide(&request, &policies).verdict, lets_in)
    }
}

impl Iam {
    /// The caller without policies, and what his session was given. A session that has limits may do nothing so far.
    fn bare(&self, caller: &Caller) -> (Subject, Limits) {
        let (account, user_id) = (caller.account.to_string(), caller.user_id.clone());
        let arn = if caller.is_anonymous() { String::new() } else { session_of(caller).to_string() };
        let principal = Principal { account, arn, user_id, role: None, service: None };
        let known = self.sessions.limits(&caller.access_key_id);
        // A session that is over is not remembered for ever, and what limited it is unknown then.
        let is_over = known.is_none() && caller.access_key_id.starts_with("ASIA");
        let limits = known.unwrap_or_default();
        let mut subject = Subject::new(principal, &limits);
        subject.session = (is_over || limits.are_policies()).then(Vec::new);
        (subject, limits)
    }

    /// The caller with his policies.
    async fn subject(&self, caller: &Caller) -> Result<Subject, AwsError> {
        let (mut subject, limits) = self.bare(caller);
        if let Some(name) = role_of(&caller.arn) {
            let record = self.roles.get(&name.to_owned()).await?;
            if let Some(record) = record.filter(|record| is_session_of(caller, record)) {
                self.take_role(&mut subject, &record).await?;
            }
        }
        // AWS: a session's tags override those of its role.
        for (key, value) in &limits.tags {
            subject.keys.set(&format!("aws:PrincipalTag/{key}"), value);
        }
        if let Some(session) = &mut subject.session {
            *session = self.session_policies(&limits).await?;
        }
        Ok(subject)
    }

    /// Adds what a role has.
    pub(crate) async fn take_role(&self, subject: &mut Subject, record: &RoleRecord) -> Result<(), AwsError> {
        subject.principal.role = Some(record.role.arn.clone());
        subject.keys.set("aws:PrincipalArn", &record.role.arn);
        for tag in record.role.tags.iter().flatten() {
            subject.keys.set(&format!("aws:PrincipalTag/{}", tag.key), &tag.value);
        }
        for (name, text) in &record.inline {
            subject.identity.push(self.source(format!("role_{}_{name}", record.role.role_name), text));
        }
        for arn in &record.attached {
            subject.identity.extend(self.managed(arn).await?);
        }
        let boundary = record.role.permissions_boundary.as_ref();
        if let Some(arn) = boundary.and_then(|boundary| boundary.permissions_boundary_arn.as_deref()) {
            subject.boundary = Some(self.managed(arn).await?.into_iter().collect());
        }
        Ok(())
    }

    /// A managed policy, of this account or of AWS's; none if there is none of that name here.
    pub(crate) async fn managed(&self, arn: &str) -> Result<Option<Source>, AwsError> {
        let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
        if let Some(document) = managed::document(arn) {
            return Ok(Some(self.source(name, &document)));
        }
        let record = self.policies.get(&arn.to_owned()).await?;
        Ok(record.map(|record| self.source(name, &record.document)))
    }

    /// A policy that is kept. What was kept was read before; should it not be readable, what it denied is unknown, and it
    /// denies all.
    fn source(&self, id: String, text: &str) -> Source {
        let policy = self.documents.read(text).inspect_err(
            |error| tracing::error!(id, %error, "a policy that cannot be read denies everything"),
        );
        Source { id, policy: policy.unwrap_or_else(|_| Policy::unreadable()) }
    }

    /// Whether Lambda may become the role of a function, to which alone keys are issued.
    pub(crate) async fn check_trust(&self, role: &Arn, function: &str) -> Result<(), AwsError> {
        let mode = self.context.permissions();
        if mode == Permissions::Off {
            return Ok(());
        }
        let source = self.context.arn("lambda", format!("function:{function}")).to_string();
        let keys = [("aws:SourceArn".to_owned(), vec![source])];
        if self.trusts(role, "lambda.amazonaws.com", &keys).await? {
            return Ok(());
        }
        if mode == Permissions::Report {
            let role = role.to_string();
            tracing::warn!(function, role, "mode enforce would not let Lambda assume the role of a function");
            return Ok(());
        }
        Err(AwsError::access_denied("The role defined for the function cannot be assumed by Lambda."))
    }

    /// Whether a service may become a role. An ARN that is not that of the role of its name is no role's.
    // LIMIT: a role that is not here is taken: a session of it may do nothing. AWS refuses it.
    async fn trusts(
        &self,
        role: &Arn,
        service: &str,
        given: &[(String, Vec<String>)],
    ) -> Result<bool, AwsError> {
        let Some(record) = role::find(&self.roles, role::name_in(role)).await? else { return Ok(true) };
        if record.role.arn != role.to_string() {
            return Ok(false);
        }
        let account = self.context.account().as_str();
        let mut keys = Keys::default();
        keys.set("aws:SourceAccount", account);
        for (name, values) in given {
            keys.set_all(name, values.clone());
        }
        let trust = record.role.assume_role_policy_document.as_deref();
        let trust = trust.map(|text| self.source("trust".to_owned(), text));
        let request = Request {
            principal: &Principal::service(service, account),
            action: ASSUME_ROLE,
            resource: &record.role.arn,
            resource_account: account,
            keys: &keys,
            steps: &Steps::default(),
        };
        let policies = Policies { trust: trust.as_ref(), ..Policies::default() };
        Ok(trust.is_some() && decide(&request, &policies).verdict.is_allowed())
    }

    async fn session_policies(&self, limits: &Limits) -> Result<Vec<Source>, AwsError> {
        let inline = limits.policy.as_deref().map(|text| self.source("session".to_owned(), text));
        let mut policies: Vec<Source> = inline.into_iter().collect();
        for arn in &limits.policy_arns {
            policies.extend(self.managed(arn).await?);
        }
        Ok(policies)
    }
}

/// Whether a role's trust says who may.
fn asks_trust(action: &str) -> bool {
    [ASSUME_ROLE, TAG_SESSION, SET_SOURCE_IDENTITY].contains(&action)
}

/// The role that an access is about. What is passed as one is asked for as one, whatever its ARN looks like.
fn role_arn(access: &Access) -> Option<Arn> {
    let role = access.resource.parse::<Arn>().ok().filter(|role| role.service() == "iam")?;
    let is_role =
        role.resource_type() == Some("role") && !access.action.eq_ignore_ascii_case("iam:CreateRole");
    (is_role || access.action == PASS_ROLE).then_some(role)
}

impl Subject {
    /// Somebody without policies, with the keys that say who it is.
    pub(crate) fn new(principal: Principal, limits: &Limits) -> Self {
        let mut keys = Keys::default();
        let is_session = principal.arn.contains(":assumed-role/");
        let kind = match (principal.is_root(), is_session) {
            (true, _) => "Account",
            (_, true) => "AssumedRole",
            _ if principal.is_anonymous() => "Anonymous",
            _ => "User",
        };
        for (name, value) in [
            ("aws:PrincipalAccount", principal.account.as_str()),
            ("aws:PrincipalType", kind),
            ("aws:userid", &principal.user_id),
        ] {
            keys.set(name, value);
        }
        if !principal.is_anonymous() {
            keys.set("aws:PrincipalArn", &principal.arn);
        }
        if kind == "User" {
            keys.set("aws:username", principal.arn.rsplit('/').next().unwrap_or_default());
        }
        if is_session {
            keys.set("aws:MultiFactorAuthPresent", "false");
        }
        if let Some(issued) = limits.issued {
            keys.set("aws:TokenIssueTime", issued.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        }
        if let Some(identity) = &limits.source_identity {
            keys.set("aws:SourceIdentity", identity);
        }
        Self { principal, identity: Vec::new(), boundary: None, session: None, keys }
    }
}

/// The name of the role whose session that is, or as which a service acts.
fn role_of(arn: &Arn) -> Option<&str> {
    if acts(arn) {
        return Some(role::name_in(arn));
    }
    let session = arn.resource().strip_prefix("assumed-role/").filter(|_| arn.service() == "sts")?;
    session.split('/').next()
}

/// Whether it is a role as which a service acts, without a session of its own.
fn acts(arn: &Arn) -> bool {
    arn.service() == "iam" && arn.resource_type() == Some("role")
}

/// The caller's ARN; of a service that acts as a role that of the session which AWS would have.
fn session_of(caller: &Caller) -> Arn {
    let partition = Partition::named(caller.arn.partition());
    let (Some(partition), true) = (partition, acts(&caller.arn)) else { return caller.arn.clone() };
    let session = caller.user_id.split_once(':').map_or("", |(_, session)| session);
    let resource = format!("assumed-role/{}/{session}", role::name_in(&caller.arn));
    Arn::global("sts", &caller.account, resource).in_partition(partition)
}

/// Whether the caller is a session of that role, which has his role's name.
fn is_session_of(caller: &Caller, record: &RoleRecord) -> bool {
    let arn = &record.role.arn;
    if acts(&caller.arn) {
        return *arn == caller.arn.to_string();
    }
    let id = caller.user_id.split(':').next().unwrap_or_default();
    if id.is_empty() {
        // Deployments that began before the role's whole ARN was kept.
        return account_of(arn) == Some(caller.account.as_str());
    }
    // AWS: a role that was made anew under the same name is another one, whose policies are not this session's.
    record.role.role_id == id
}

/// The account that an ARN names.
fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| account.len() == 12)
}

// AWS: "Troubleshoot access denied error messages".
fn denial(principal: &Principal, access: &Access, verdict: Verdict) -> Denial {
    let action = &access.action;
    let name = |kind| match kind {
        Kind::Identity => "identity-based policy",
        Kind::Resource => "resource-based policy",
        Kind::Trust => "role trust policy",
        Kind::Boundary => "permissions boundary",
        Kind::Session => "session policy",
    };
    let reason = match verdict {
        // AWS: what a role trusts is nobody else's to know.
        Verdict::Allowed | Verdict::NotAllowed(Kind::Trust) | Verdict::Denied(Kind::Trust) => String::new(),
        Verdict::NotAllowed(kind) => format!("because no {} allows the {action} action", name(kind)),
        Verdict::Denied(kind) => {
            let article = if kind == Kind::Identity { "an" } else { "a" };
            format!("with an explicit deny in {article} {}", name(kind))
        }
        Verdict::TooCostly => {
            "because its policies take too long to compare: shorten their wildcards".to_owned()
        }
    };
    let (principal, resource) = (principal.arn.clone(), access.resource.clone());
    Denial { principal, action: action.clone(), resource, reason, is_barred: false }
}

#[cfg(test)]
mod tests;
