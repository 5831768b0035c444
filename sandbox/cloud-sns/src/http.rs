//! Posting to HTTP endpoints. Not to HTTPS ones: this program has no TLS.

use std::time::Duration;

use bytes::Bytes;
use cloud_core::{AwsError, Delivered, PortError};
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;

/// AWS: for how long an endpoint has to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How much of an answer is read, in bytes.
const READ: usize = 64 << 10;

/// Posts. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Poster(Client<HttpConnector, Full<Bytes>>);

impl Default for Poster {
    fn default() -> Self {
        Self(Client::builder(TokioExecutor::new()).build(HttpConnector::new()))
    }
}

impl Poster {
    /// Posts to a URL. What an endpoint failed at is tried again as the delivery policy says.
    // AWS: 4xx but 429 is the endpoint's last word, all else than 2xx is tried again.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> Result<Delivered, PortError> {
        let mut request = Request::post(url);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(body)).map_err(|error| refused(url, &error.to_string()))?;
        let exchange = async {
            let response = self.0.request(request).await.map_err(|error| error.to_string())?;
            let status = response.status();
            // So that the connection can be used again.
            drop(Limited::new(response.into_body(), READ).collect().await);
            Ok::<_, String>(status)
        };
        let outcome = match tokio::time::timeout(PATIENCE, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        };
        match outcome {
            Ok(status) if status.is_success() => Ok(Delivered::default()),
            Ok(status) if status.is_client_error() && status.as_u16() != 429 => {
                Err(refused(url, &format!("it answered {status}")))
            }
            Ok(status) => Ok(failed(&format!("it answered {status}"))),
            Err(reason) => Ok(failed(&reason)),
        }
    }
}

fn refused(url: &str, reason: &str) -> PortError {
    PortError::Refused(AwsError::new("EndpointRefused", format!("{url} did not take a message: {reason}")))
}

/// A failure that is counted, and tried again.
fn failed(reason: &str) -> Delivered {
    Delivered {
        payload: Bytes::from(reason.to_owned()),
        function_error: Some("Unhandled".to_owned()),
        ..Delivered::default()
    }
}
