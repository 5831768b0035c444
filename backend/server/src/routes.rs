//! The table of routes: method, path, rule, handler. Adding one without a rule does not compile.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use http::Method;
use http::uri::Authority;

use crate::policy::{Allowed, Anyone, Member, MemberPage, OwnPage, Permission, decide};
use crate::{App, answer, assets, link, pages, reports, sign_in};

/// One line of the table, for tests and for those who read the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The method; GET answers HEAD too.
    pub method: &'static str,
    /// The path, as the router writes it.
    pub path: &'static str,
    /// The rule.
    pub permission: &'static str,
}

/// A request that was let in.
pub(crate) struct Visit<P: Permission> {
    pub(crate) allowed: Allowed<P>,
    pub(crate) app: Arc<App>,
    pub(crate) request: Request,
}

/// The host that the request is for, checked before routing.
#[derive(Clone, Debug)]
pub(crate) struct CheckedHost(pub(crate) Authority);

/// All routes of the front door.
pub(crate) fn all(app: &Arc<App>) -> (Router, Vec<Route>) {
    let table = Table { app: Arc::clone(app), router: Router::new(), routes: Vec::new() };
    let table = table
        .on("GET", "/", |visit: Visit<Member>| async move { pages::workbench(&visit) })
        .on("GET", "/{*path}", |visit: Visit<Anyone>| async move { assets::file(&visit) })
        .on("GET", "/health", |_: Visit<Anyone>| async { answer::json(http::StatusCode::OK, "ok") })
        .on("GET", "/open", |_: Visit<Anyone>| async { pages::open() })
        .on("GET", "/open.js", |_: Visit<Anyone>| async { pages::open_script() })
        .on("GET", "/open.css", |_: Visit<Anyone>| async { pages::open_style() })
        .on("POST", "/session", |visit: Visit<OwnPage>| sign_in::sign_in(visit))
        .on("DELETE", "/session", |visit: Visit<MemberPage>| sign_in::sign_out(visit))
        .on("GET", "/link", |visit: Visit<MemberPage>| link::open(visit))
        .on("POST", "/csp-report", |visit: Visit<OwnPage>| reports::take(visit))
        .on("GET", "/csp-report", |visit: Visit<Member>| async move { reports::count(&visit) });
    (table.router, table.routes)
}

struct Table {
    app: Arc<App>,
    router: Router,
    routes: Vec<Route>,
}

impl Table {
    fn on<P, H, F>(mut self, method: &'static str, path: &'static str, handler: H) -> Self
    where
        P: Permission,
        H: Fn(Visit<P>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Response> + Send,
    {
        let app = Arc::clone(&self.app);
        let guarded = move |request: Request| {
            let (app, handler) = (Arc::clone(&app), handler.clone());
            async move { enter(app, request, handler).await }
        };
        self.router = self.router.route(path, on(filter(method), guarded));
        self.routes.push(Route { method, path, permission: P::NAME });
        self
    }
}

async fn enter<P, H, F>(app: Arc<App>, request: Request, handler: H) -> Response
where
    P: Permission,
    H: Fn(Visit<P>) -> F,
    F: Future<Output = Response> + Send,
{
    let Some(CheckedHost(host)) = request.extensions().get::<CheckedHost>().cloned() else {
        return answer::denied(&edge::HostError::Missing.into(), request.headers());
    };
    match decide::<P>(&app, request.headers(), &host).await {
        Ok(allowed) => handler(Visit { allowed, app, request }).await,
        Err(denied) => answer::denied(&denied, request.headers()),
    }
}

fn filter(method: &'static str) -> MethodFilter {
    match method {
        "POST" => MethodFilter::POST,
        "DELETE" => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    }
}

/// Whether a method is one that no route will ever have.
pub(crate) fn is_unknown_method(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::POST | Method::DELETE)
}
