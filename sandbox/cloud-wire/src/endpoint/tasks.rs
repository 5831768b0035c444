//! Who owns a request's life: until it is admitted its connection, from then on nobody: it runs to its end whoever hangs up, in
//! a task of its own then. What nobody waits for any more is dropped.
//!
//! It counts them. What they hold is asked of the cloud's budget by whoever takes it.
// AWS: a client that goes away stops nothing that was accepted.

use std::time::Duration;

use budget::{Budget, Reservation, Source};
use bytes::Bytes;
use cloud_core::AwsError;
use http::{HeaderValue, Response, StatusCode, header};
use lasting::{Lasting, lasting};
use tokio_util::task::TaskTracker;

use crate::body::Body;
use crate::model::Protocol;

/// Requests under way at most; one source has half of them at most: twice what may run of an account's functions.
pub(super) const PLACES: u64 = 4096;

/// The requests that were admitted and have not ended.
pub(crate) struct Tasks {
    places: Budget,
    running: TaskTracker,
}

/// A request's place among them.
pub(crate) struct Place(Reservation);

impl Tasks {
    pub(crate) fn new(places: u64) -> Self {
        Self { places: Budget::new("requests under way", places), running: TaskTracker::new() }
    }

    /// A place for a request of that source, or none: it has as many as it may, or there is none left.
    pub(crate) fn place(&self, source: &Source) -> Option<Place> {
        match self.places.reserve(source, 1) {
            Ok(place) => Some(Place(place)),
            Err(error) => {
                tracing::debug!(%error, "a request was throttled");
                None
            }
        }
    }

    /// Has the work done to its end, whoever stops waiting for its answer.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        place: Place,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Lasting<T> {
        lasting(self.running.track_future(async move {
            let Place(_held) = place;
            work.await
        }))
    }

    /// How many have not ended.
    pub(crate) fn count(&self) -> usize {
        self.running.len()
    }

    /// Waits until all have ended, for a time; says how many have not.
    pub(super) async fn ended(&self, within: Duration) -> usize {
        self.running.close();
        let _ = tokio::time::timeout(within, self.running.wait()).await;
        self.running.len()
    }
}

/// What a service says to a request too many.
pub(super) fn throttled(protocol: Protocol) -> AwsError {
    // AWS: each family of protocols has its own code; S3's is a 503 that its clients send again.
    match protocol {
        Protocol::RestXml => AwsError::new("SlowDown", "Please reduce your request rate.").status(503),
        Protocol::Query => AwsError::new("Throttling", "Rate exceeded"),
        Protocol::RestJson => AwsError::new("TooManyRequestsException", "Rate exceeded").status(429),
        Protocol::Json10 | Protocol::Json11 | Protocol::Cbor => {
            AwsError::new("ThrottlingException", "Rate exceeded")
        }
    }
}

/// What a stranger's request too many is told.
// AWS: what both kinds of deployed APIs answer.
pub(super) fn too_many() -> Response<Body> {
    let mut response = Response::new(Body::from(Bytes::from_static(br#"{"message":"Too Many Requests"}"#)));
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
