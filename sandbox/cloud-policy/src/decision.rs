//! What all policies about a request decide together.
// AWS: "Policy evaluation logic".

use crate::document::{Place, Policy};
use crate::keys::Keys;
use crate::pattern::Steps;
use crate::principal::{Principal, Reach};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// `s3:GetObject`.
    pub action: &'a str,
    /// An ARN, or `*` where the action is about no resource.
    pub resource: &'a str,
    /// The account that the resource is in.
    pub resource_account: &'a str,
    /// All else.
    pub keys: &'a Keys,
    /// What may still be compared.
    pub steps: &'a Steps,
}

/// What a policy is to the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of who asks.
    Identity,
    /// One of the resource.
    Resource,
    /// A role's trust: who may become it.
    Trust,
    /// The most that who asks may be allowed.
    Boundary,
    /// The most that this session may be allowed.
    Session,
}

impl Kind {
    pub(crate) fn names_principals(self) -> bool {
        matches!(self, Self::Resource | Self::Trust)
    }
}

/// A policy and what it is called.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name, for whoever asks which one decided.
    pub id: String,
    /// What it says.
    pub policy: Policy,
}

/// All policies about a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policies<'a> {
    /// Those of who asks.
    pub identity: &'a [Source],
    /// The resource's.
    pub resource: Option<&'a Source>,
    /// The trust of the role that is to be assumed: without its leave there is none.
    pub trust: Option<&'a Source>,
    /// The permissions boundary; none allows all, an empty list nothing.
    pub boundary: Option<&'a [Source]>,
    /// The session's policies; none allows all, an empty list nothing.
    pub session: Option<&'a [Source]>,
}

/// Yes or no, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be done.
    Allowed,
    /// A statement of such a policy denies it.
    Denied(Kind),
    /// No policy of such a kind allows it.
    NotAllowed(Kind),
    /// The policies take too long to be compared with the request: nobody knows.
    TooCostly,
}

impl Verdict {
    /// Whether it may be done.
    pub fn is_allowed(self) -> bool {
        self == Self::Allowed
    }
}

/// A statement that was about the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The policy's name.
    pub policy: String,
    /// What the policy is.
    pub kind: Kind,
    /// The statement's id, if it has one.
    pub sid: Option<String>,
    /// Where in the document it is.
    pub places: (Place, Place),
    /// Whether it denies.
    pub denies: bool,
}

/// A verdict, and the statements that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The verdict.
    pub verdict: Verdict,
    /// The statements that denied, if any did; else those that allowed.
    pub matched: Vec<Matched>,
    /// Whether the boundary allows it, if there is one.
    pub allowed_by_boundary: Option<bool>,
}

/// What the policies of one kind say.
struct Said {
    kind: Kind,
    allowed: Option<Reach>,
    denied: bool,
    matched: Vec<Matched>,
}

impl Said {
    fn by(kind: Kind, sources: &[Source], request: &Request<'_>) -> Self {
        let mut said = Self { kind, allowed: None, denied: false, matched: Vec::new() };
        for source in sources {
            for statement in source.policy.statements() {
                let Some(reach) = statement.applies(request, kind) else { continue };
                said.denied |= statement.denies;
                said.allowed = said.allowed.max((!statement.denies).then_some(reach));
                said.matched.push(Matched {
                    policy: source.id.clone(),
                    kind,
                    sid: statement.sid.clone(),
                    places: statement.places,
                    denies: statement.denies,
                });
            }
        }
        said
    }
}

/// Decides a request.
pub fn decide(request: &Request<'_>, policies: &Policies<'_>) -> Decision {
    let by = |kind, sources: &[Source]| Said::by(kind, sources, request);
    let all = All {
        identity: by(Kind::Identity, policies.identity),
        resource: by(Kind::Resource, policies.resource.map(std::slice::from_ref).unwrap_or_default()),
        trust: policies.trust.map(|trust| by(Kind::Trust, std::slice::from_ref(trust))),
        boundary: policies.boundary.map(|sources| by(Kind::Boundary, sources)),
        session: policies.session.map(|sources| by(Kind::Session, sources)),
    };
    let verdict = if request.steps.spent() { Verdict::TooCostly } else { all.verdict(request) };
    let allowed_by_boundary = all.boundary.as_ref().map(|said| said.allowed.is_some() && !said.denied);
    let denies = matches!(verdict, Verdict::Denied(_));
    let said = [Some(all.identity), Some(all.resource), all.trust, all.boundary, all.session];
    let matched = said.into_iter().flatten().flat_map(|said| said.matched);
    let matched = matched.filter(|matched| matched.denies == denies).collect();
    Decision { verdict, matched, allowed_by_boundary }
}

/// Whether a resource's own policy lets somebody in, whatever he may do himself.
pub fn lets_in(request: &Request<'_>, kind: Kind, policy: &Source) -> bool {
    let said = Said::by(kind, std::slice::from_ref(policy), request);
    said.allowed.is_some() && !said.denied && !request.steps.spent()
}

/// What all of them say.
struct All {
    identity: Said,
    resource: Said,
    trust: Option<Said>,
    boundary: Option<Said>,
    session: Option<Said>,
}

impl All {
    fn verdict(&self, request: &Request<'_>) -> Verdict {
        let principal = request.principal;
        let all = [
            Some(&self.identity),
            Some(&self.resource),
            self.trust.as_ref(),
            self.boundary.as_ref(),
            self.session.as_ref(),
        ];
        // AWS: an explicit deny in any policy overrides any allow. The account itself has no policies of its own.
        if let Some(denying) = all.into_iter().flatten().find(|said| said.denied) {
            return Verdict::Denied(denying.kind);
        }
        if let Some(trust) = &self.trust {
            return self.by_trust(trust, request);
        }
        if principal.service.is_some() || principal.is_anonymous() {
            return verdict_if(self.resource.allowed.is_some(), Kind::Resource);
        }
        let same_account = principal.account == request.resource_account;
        if principal.is_root() {
            return verdict_if(same_account || self.resource.allowed.is_some(), Kind::Resource);
        }
        match (same_account, self.resource.allowed) {
            // AWS: what a resource policy grants to a session or a user by name is limited by no implicit deny; what it
            // grants to a role or to everybody is limited by the boundary and the session's policies.
            (true, Some(Reach::Itself)) => Verdict::Allowed,
            (true, Some(Reach::Role | Reach::Everybody)) => self.limits(),
            (true, Some(Reach::Account) | None) | (false, Some(_)) => self.own(),
            (false, None) => {
                let own = self.own();
                if own.is_allowed() { Verdict::NotAllowed(Kind::Resource) } else { own }
            }
        }
    }

    /// Who may become a role. A trust that names the account leaves it to the policies of who asks.
    fn by_trust(&self, trust: &Said, request: &Request<'_>) -> Verdict {
        let principal = request.principal;
        let same_account = principal.account == request.resource_account;
        match trust.allowed {
            None => Verdict::NotAllowed(Kind::Trust),
            Some(_) if principal.service.is_some() || principal.is_root() => Verdict::Allowed,
            Some(Reach::Itself) if same_account => Verdict::Allowed,
            Some(Reach::Role | Reach::Everybody) if same_account => self.limits(),
            Some(_) => self.own(),
        }
    }

    /// What the policies of who asks say.
    fn own(&self) -> Verdict {
        if self.identity.allowed.is_none() {
            return Verdict::NotAllowed(Kind::Identity);
        }
        self.limits()
    }

    fn limits(&self) -> Verdict {
        let mut limits = [&self.boundary, &self.session].into_iter().flatten();
        let lacking = limits.find(|said| said.allowed.is_none());
        lacking.map_or(Verdict::Allowed, |said| Verdict::NotAllowed(said.kind))
    }
}

fn verdict_if(allowed: bool, otherwise: Kind) -> Verdict {
    if allowed { Verdict::Allowed } else { Verdict::NotAllowed(otherwise) }
}

#[cfg(test)]
mod tests;
