//! The front door itself: what happens to every request before and after its route.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use edge::{Drained, HostError, Limits, Peer, RequestBody};
use futures_util::FutureExt;
use http::uri::Authority;
use http::{Request, StatusCode};
use protocol::WorkspaceId;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tracing::Instrument;
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::answer::{self, Nonce};
use crate::assets::Assets;
use crate::clock::Clock;
use crate::link::Links;
use crate::policy::Denied;
use crate::reports::Reports;
use crate::routes::{self, CheckedHost, Route};
use crate::site::Site;
use crate::throttle::Throttle;
use crate::{AgentSocket, answer::refusal};

/// What the front door is made of.
pub struct Parts {
    /// Its names.
    pub site: Site,
    /// Its members, codes and sessions.
    pub accounts: Accounts,
    /// The workspace whose links it relays.
    pub workspace: WorkspaceId,
    /// The agent it relays to.
    pub agent: AgentSocket,
    /// The frontend.
    pub assets: Arc<dyn Assets>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How often a live link's session is looked up; [`crate::RECHECK`] but in tests.
    pub recheck: Duration,
    /// Cancelled when the server is to stop: links are closed, requests under way are finished.
    pub shutdown: CancellationToken,
}

/// What the handlers share.
pub(crate) struct App {
    pub(crate) site: Site,
    pub(crate) accounts: Accounts,
    pub(crate) workspace: WorkspaceId,
    pub(crate) agent: AgentSocket,
    pub(crate) assets: Arc<dyn Assets>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) recheck: Duration,
    pub(crate) shutdown: CancellationToken,
    pub(crate) throttle: Throttle,
    pub(crate) reports: Reports,
    pub(crate) links: Arc<Links>,
    pub(crate) sessions_changed: Notify,
}

/// The front door, ready to serve.
#[derive(Clone)]
pub struct FrontDoor {
    app: Arc<App>,
    router: Router,
    routes: Arc<[Route]>,
}

impl FrontDoor {
    /// Assembles it.
    pub fn new(parts: Parts) -> Self {
        let app = Arc::new(App {
            site: parts.site,
            accounts: parts.accounts,
            workspace: parts.workspace,
            agent: parts.agent,
            assets: parts.assets,
            clock: parts.clock,
            recheck: parts.recheck,
            shutdown: parts.shutdown,
            throttle: Throttle::default(),
            reports: Reports::default(),
            links: Arc::default(),
            sessions_changed: Notify::new(),
        });
        let (router, table) = routes::all(&app);
        Self { app, router, routes: table.into() }
    }

    /// The table of routes.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// Serves until the shutdown of its [`Parts`], then drains.
    pub async fn serve(self, listener: TcpListener, limits: Limits) -> Drained {
        let shutdown = self.app.shutdown.clone();
        let service = tower::service_fn(move |request: Request<RequestBody>| {
            let door = self.clone();
            async move { Ok::<_, Infallible>(door.answer(request.map(Body::new)).await) }
        });
        edge::serve(listener, service, limits, shutdown).await
    }

    /// Answers one request, within a span that its log lines carry.
    async fn answer(&self, request: Request<Body>) -> Response {
        let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
        let path: String = request.uri().path().chars().take(200).collect();
        let span =
            tracing::info_span!("request", id = %Uuid::now_v7(), method = %request.method(), ?path, ?peer);
        async {
            let start = Instant::now();
            let response = self.guard(request).await;
            tracing::debug!(status = response.status().as_u16(), took = ?start.elapsed(), "answered");
            response
        }
        .instrument(span)
        .await
    }

    async fn guard(&self, mut request: Request<Body>) -> Response {
        let nonce = Nonce::generate();
        let host = self.app.site.hosts().check(request.uri(), request.headers());
        request.extensions_mut().insert(nonce.clone());
        let mut response = match &host {
            Ok(host) => self.route(request, host).await,
            Err(error) => match self.app.site.elsewhere(request.uri(), request.headers()) {
                Some(address) if request.method().is_safe() => answer::moved(&address),
                _ => turn_away(*error, &request),
            },
        };
        answer::add_headers(&self.app, host.as_ref().ok(), &nonce, &mut response);
        response
    }

    async fn route(&self, mut request: Request<Body>, host: &Authority) -> Response {
        if routes::is_unknown_method(request.method()) {
            return refusal(StatusCode::METHOD_NOT_ALLOWED, "no address here knows this method");
        }
        // No script of ours is one. Whatever was kept in this browser as such, from another program on this address, ends.
        if request.headers().contains_key("service-worker") {
            return refusal(StatusCode::FORBIDDEN, "no script here is a service worker");
        }
        request.extensions_mut().insert(CheckedHost(host.clone()));
        // Caught here and not only below: the answer to a panic needs its headers, too.
        match AssertUnwindSafe(self.router.clone().oneshot(request)).catch_unwind().await {
            Ok(Ok(response)) => response,
            Err(_) => {
                tracing::error!("a request's handler panicked");
                refusal(StatusCode::INTERNAL_SERVER_ERROR, "This request failed. The server's log says why.")
            }
        }
    }
}

fn turn_away(error: HostError, request: &Request<Body>) -> Response {
    tracing::warn!(%error, "turned a request away");
    answer::denied(&Denied::from(error), request.headers())
}
