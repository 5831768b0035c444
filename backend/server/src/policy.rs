//! Who may come in where. A handler cannot be registered without naming an [`Allowed`] in its signature, and an
//! [`Allowed`] is made nowhere but in [`decide`]: forgetting the check is a type error.

use std::marker::PhantomData;

use edge::{FetchSite, HostError, Origin, fetch_site, origin};
use http::uri::Authority;
use http::{HeaderMap, StatusCode};
use thiserror::Error;

use crate::App;
use crate::accounts::{AccountsError, Session};
use crate::secret::SecretHash;

/// What a request shows of where it comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Provenance {
    origin: Origin,
    site: FetchSite,
}

/// A rule for a route, and what passing it gives.
pub(crate) trait Permission: Send + Sync + 'static {
    /// As the table of routes shows it.
    const NAME: &'static str;
    /// Whether the cookie must be looked up for it.
    const NEEDS_SESSION: bool;
    /// What a handler gets.
    type Grant: Send;
    /// The rule itself; pure.
    fn decide(provenance: Provenance, session: Option<Session>) -> Result<Self::Grant, Denied>;
}

/// Whoever reaches us: public files and liveness. Nothing of it changes anything.
pub(crate) struct Anyone;
/// One of our own pages, signed in or not: to sign in, to report.
pub(crate) struct OwnPage;
/// A signed-in person, following a link or typing the address.
pub(crate) struct Member;
/// A signed-in person's page of ours: whatever changes something, and every WebSocket.
pub(crate) struct MemberPage;

/// Proof that `P` was decided in favour of this request.
#[derive(Debug)]
pub(crate) struct Allowed<P: Permission> {
    grant: P::Grant,
    rule: PhantomData<P>,
}

/// Why a request is not let in.
#[derive(Debug, Error)]
pub(crate) enum Denied {
    /// Not our name.
    #[error(transparent)]
    Host(#[from] HostError),
    /// Sent by another site's page, or by no page where one of ours is needed.
    #[error("this request must come from a page of this address")]
    Foreign,
    /// No session, or one that has ended.
    #[error("you are signed out")]
    SignedOut,
    /// The accounts could not be read.
    #[error("failed to look up the session")]
    Accounts(#[from] AccountsError),
}

impl Denied {
    /// The status that answers it.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Host(error) => error.status(),
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::Accounts(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl<P: Permission> Allowed<P> {
    /// What the rule gave.
    pub(crate) fn grant(self) -> P::Grant {
        self.grant
    }
}

impl Provenance {
    fn of(app: &App, headers: &HeaderMap, host: &Authority) -> Self {
        Self { origin: origin(headers, app.site.hosts().scheme(), host), site: fetch_site(headers) }
    }

    /// Surely a page of ours: a browser says so itself.
    fn is_own_page(self) -> bool {
        self.origin == Origin::Same && matches!(self.site, FetchSite::Absent | FetchSite::SameOrigin)
    }

    /// Surely not another site's script; a navigation has no origin.
    fn is_navigation_or_own(self) -> bool {
        self.origin != Origin::Foreign
    }
}

impl Permission for Anyone {
    const NAME: &'static str = "anyone";
    const NEEDS_SESSION: bool = false;
    type Grant = ();
    fn decide(_: Provenance, _: Option<Session>) -> Result<(), Denied> {
        Ok(())
    }
}

impl Permission for OwnPage {
    const NAME: &'static str = "own page";
    const NEEDS_SESSION: bool = false;
    type Grant = ();
    fn decide(provenance: Provenance, _: Option<Session>) -> Result<(), Denied> {
        if provenance.is_own_page() { Ok(()) } else { Err(Denied::Foreign) }
    }
}

impl Permission for Member {
    const NAME: &'static str = "member";
    const NEEDS_SESSION: bool = true;
    type Grant = Session;
    fn decide(provenance: Provenance, session: Option<Session>) -> Result<Session, Denied> {
        if provenance.is_navigation_or_own() {
            session.ok_or(Denied::SignedOut)
        } else {
            Err(Denied::Foreign)
        }
    }
}

impl Permission for MemberPage {
    const NAME: &'static str = "member's page";
    const NEEDS_SESSION: bool = true;
    type Grant = Session;
    fn decide(provenance: Provenance, session: Option<Session>) -> Result<Session, Denied> {
        if provenance.is_own_page() { session.ok_or(Denied::SignedOut) } else { Err(Denied::Foreign) }
    }
}

/// Decides `P` for a request whose host has been checked.
pub(crate) async fn decide<P: Permission>(
    app: &App,
    headers: &HeaderMap,
    host: &Authority,
) -> Result<Allowed<P>, Denied> {
    let session = if P::NEEDS_SESSION { session(app, headers).await? } else { None };
    let grant = P::decide(Provenance::of(app, headers, host), session)?;
    Ok(Allowed { grant, rule: PhantomData })
}

async fn session(app: &App, headers: &HeaderMap) -> Result<Option<Session>, AccountsError> {
    let Some(token) = app.site.token(headers).map(SecretHash::of) else { return Ok(None) };
    let now = app.clock.now();
    app.accounts.run(move |accounts| accounts.session(token, now)).await
}
