//! The cloud's address: takes requests off a listener, finds out who asks whom for what, and answers.
//!
//! One endpoint serves all services. It refuses browsers' cross-site requests that no service grants, unsigned requests and
//! unknown hosts; the one unsigned door is a [`PublicFront`], behind which deployed APIs answer strangers.

mod answer;
mod cross_origin;
mod events;
mod form;
mod front;
mod own;
mod permit;
mod prover;
mod realms;
mod route;
pub(crate) mod tasks;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use cloud_core::{AccountId, AwsError, Context, CredentialStore};
use edge::{BodyError, HostPolicy, Limits, Peer, RequestBody};
use futures_util::stream;
use http::{Request, Response};
use http_body_util::BodyExt;
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use front::{PublicFront, Shadow};
pub use prover::{Proven, Prover};
pub use realms::{Claims, RealmServices};

use crate::body::Body;
use crate::service::Service;
use crate::spool::Spool;
use route::Routes;
use tasks::Tasks;

/// Domains of AWS and of another local cloud. Clients that write them, and reach this cloud, mean it.
const OTHERS: [&str; 3] = ["amazonaws.com", "amazonaws.com.cn", "localhost.localstack.cloud"];

/// Everything behind one listener.
///
/// ```text
/// let endpoint = Endpoint::new(context, credentials).with_service(logs).with_service(lambda).with_front(apis);
/// endpoint.serve(listener, shutdown).await;
/// ```
pub struct Endpoint {
    context: Context,
    credentials: Arc<dyn CredentialStore>,
    services: Vec<Arc<dyn Service>>,
    fronts: Vec<Arc<dyn PublicFront>>,
    hosts: Vec<(String, u16)>,
    limits: Limits,
    places: u64,
    realms: Option<Arc<dyn RealmServices>>,
    any_key: Option<AccountId>,
}

/// An endpoint that listens.
struct Open {
    context: Context,
    credentials: Arc<dyn CredentialStore>,
    routes: Routes,
    fronts: Vec<Arc<dyn PublicFront>>,
    hosts: HostPolicy,
    spool: Spool,
    tasks: Tasks,
    shutdown: CancellationToken,
    realms: Option<Arc<dyn RealmServices>>,
    /// Where every key is accepted unproven: the account that keys stand for which name none.
    any_key: Option<AccountId>,
}

impl Endpoint {
    /// An endpoint without services.
    pub fn new(context: Context, credentials: Arc<dyn CredentialStore>) -> Self {
        let limits = Limits { headers: 128, ..Limits::default() };
        let (services, fronts, hosts) = (Vec::new(), Vec::new(), Vec::new());
        let (realms, any_key) = (None, None);
        let places = tasks::PLACES;
        Self { context, credentials, services, fronts, hosts, limits, places, realms, any_key }
    }

    /// Adds a service.
    #[must_use]
    pub fn with_service(mut self, service: Arc<dyn Service>) -> Self {
        self.services.push(service);
        self
    }

    /// Adds an unsigned front.
    #[must_use]
    pub fn with_front(mut self, front: Arc<dyn PublicFront>) -> Self {
        self.fronts.push(front);
        self
    }

    /// Answers for other realms than the context's, too: other regions, other accounts.
    #[must_use]
    pub fn with_realms(mut self, realms: Arc<dyn RealmServices>) -> Self {
        self.realms = Some(realms);
        self
    }

    /// Accepts every access key and checks no signature, for tests: twelve digits as a key's id are the account, any other
    /// key that is not known stands for `account`.
    #[must_use]
    pub fn with_any_key(mut self, account: AccountId) -> Self {
        self.any_key = Some(account);
        self
    }

    /// Answers to a further host name and port, besides this machine's own.
    #[must_use]
    pub fn with_host(mut self, name: &str, port: u16) -> Self {
        self.hosts.push((name.to_owned(), port));
        self
    }

    /// Other timers and caps than the usual.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Another number of requests under way than the usual. One source may have half of them.
    #[must_use]
    pub fn with_places(mut self, places: u64) -> Self {
        self.places = places;
        self
    }

    /// Serves until `shutdown`, then drains: connections, and requests whose connections are gone. States the context's
    /// endpoint address unless that was done before.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: CancellationToken,
    ) -> std::io::Result<edge::Drained> {
        let address = listener.local_addr()?;
        self.context.set_endpoint(format!("http://{}", reachable(address)));
        let open = Arc::new(Open {
            hosts: self.host_policy(address),
            routes: Routes::of(self.services),
            spool: Spool::new(&self.context),
            tasks: Tasks::new(self.places),
            context: self.context,
            credentials: self.credentials,
            fronts: self.fronts,
            shutdown: shutdown.clone(),
            realms: self.realms,
            any_key: self.any_key,
        });
        let (serving, drain) = (Arc::clone(&open), self.limits.drain);
        let service = tower::service_fn(move |request| {
            let open = Arc::clone(&serving);
            async move { Ok::<_, Infallible>(open.handle(request).await) }
        });
        let until = async {
            shutdown.cancelled().await;
            Instant::now() + drain
        };
        let (drained, until) =
            tokio::join!(edge::serve(listener, service, self.limits, shutdown.clone()), until);
        let left = open.tasks.ended(until.saturating_duration_since(Instant::now())).await;
        if left > 0 {
            tracing::warn!(left, "requests are cut off as the cloud stops");
        }
        Ok(drained)
    }

    fn host_policy(&self, address: SocketAddr) -> HostPolicy {
        let port = address.port();
        let own =
            HostPolicy::loopback(port).allow_below("localhost", port).allow(&address.ip().to_string(), port);
        // With or without the port: clients that were pointed here by other means than the name do not write it.
        let own = OTHERS.iter().fold(own.allow("localhost.localstack.cloud", port), |policy, name| {
            policy.allow_below(name, port).allow_below(name, 80)
        });
        let own = self.hosts.iter().fold(own, |policy, (name, port)| policy.allow(name, *port));
        let operations = self.services.iter().flat_map(|service| service.model().operations);
        let prefixes: BTreeSet<&str> = operations.map(|operation| operation.host_prefix).collect();
        // Some operations' clients write one before the name that they were given.
        prefixes.into_iter().filter(|prefix| !prefix.is_empty()).fold(own, |policy, prefix| {
            let local = policy.allow(&format!("{prefix}localhost"), port);
            self.hosts
                .iter()
                .fold(local, |policy, (name, port)| policy.allow(&format!("{prefix}{name}"), *port))
        })
    }
}

/// The address a client can use: the loopback for a listener on all interfaces.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        return SocketAddr::new(IpAddr::from([127, 0, 0, 1]), address.port());
    }
    address
}

impl Open {
    async fn handle(self: &Arc<Self>, request: Request<RequestBody>) -> Response<Body> {
        let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
        let spool = self.spool.of(answer::sender(peer));
        self.answer(request.map(|body| streamed(body).waiting_in(spool)), peer).await
    }
}

/// A stranger's text, short enough and harmless to be said again.
fn shortened(text: &str) -> String {
    text.chars().take(64).flat_map(char::escape_debug).collect()
}

/// A body that stopped coming, or is none.
fn not_whole(error: BodyError) -> AwsError {
    let (code, text) = match error {
        BodyError::Broken(_) => ("InvalidRequest", "The body is not well-formed, or ends early."),
        // AWS: S3's code and text.
        BodyError::Stalled | BodyError::TooSlow => (
            "RequestTimeout",
            "Your socket connection to the server was not read from or written to within the timeout period.",
        ),
    };
    AwsError::new(code, text).because(error)
}

/// The edge's body as ours. The stated length is the request's, checked by hyper.
fn streamed(body: RequestBody) -> Body {
    if http_body::Body::is_end_stream(&body) {
        return Body::default();
    }
    let length = http_body::Body::size_hint(&body).exact();
    let chunks = stream::unfold(body, |mut body| async move {
        loop {
            match body.frame().await? {
                Ok(frame) => {
                    // Trailers of HTTP itself mean nothing here.
                    if let Ok(data) = frame.into_data() {
                        return Some((Ok::<Bytes, AwsError>(data), body));
                    }
                }
                Err(error) => return Some((Err(not_whole(error)), body)),
            }
        }
    });
    Body::from_stream(chunks, length)
}
