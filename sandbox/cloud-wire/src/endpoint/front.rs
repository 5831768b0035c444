//! The unsigned door.

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use cloud_core::RequestId;
use http::request::Parts;
use http::{Request, Response};

use crate::body::Body;

/// What [`PublicFront::has`] says, by itself.
pub type Shadow = Arc<dyn Fn(&Parts) -> bool + Send + Sync>;

/// Answers requests that are nobody's AWS calls: deployed APIs, functions' own addresses. Callers are strangers.
#[async_trait]
pub trait PublicFront: Send + Sync {
    /// Whether requests to that host (lower case, without its port) are for this front: `{id}.execute-api.localhost`.
    fn claims_host(&self, host: &str) -> bool;

    /// Whether requests to that path on the endpoint's own hosts are: `/_aws/execute-api/…`.
    fn claims_path(&self, path: &str) -> bool;

    /// Whether what the request names is of this front's realm; the first front that claims a request answers what is of none.
    fn has(&self, _request: &Parts) -> bool {
        true
    }

    /// What says the same as [`PublicFront::has`] while the front's realm is closed, so that it is opened for what it has; none
    /// where it has nothing that is still there after that.
    fn shadow(&self) -> Option<Shadow> {
        None
    }

    /// Answers a request, which has that id. Errors of the API itself are answers. Who sent it a [`Prover`](super::Prover)
    /// among its extensions says.
    async fn answer(&self, request: Request<Body>, peer: Option<IpAddr>, id: &RequestId) -> Response<Body>;
}
