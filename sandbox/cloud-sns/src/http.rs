//! Posting to HTTP and HTTPS endpoints. A certificate counts if an authority signed it that this machine trusts; no redirect is
//! followed.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cloud_core::{AwsError, Delivered, PortError};
use http::header::AUTHORIZATION;
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use percent_encoding::percent_decode_str;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;
use url::Url;

#[cfg(test)]
mod tests;

/// AWS: for how long an endpoint has to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How much of an answer is read, in bytes.
const READ: usize = 64 << 10;
/// What to do where nobody is trusted.
const NOBODY: &str = "this machine trusts no certificate authority: install its ca-certificates, or name a file of authorities in \
                      the environment as SSL_CERT_FILE and start the cloud again";

/// Whose certificates are taken.
#[derive(Clone, Debug, Default)]
pub enum Trust {
    /// Authorities that the machine trusts, or those in the file that `SSL_CERT_FILE` names in its environment.
    #[default]
    System,
    /// These authorities alone, in DER.
    Only(Vec<Vec<u8>>),
}

type Plain = Client<HttpConnector, Full<Bytes>>;
type Secure = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Posts. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Poster {
    plain: Plain,
    /// Made when it is first needed: then the authorities are read.
    secure: Arc<OnceCell<Secure>>,
    trust: Trust,
}

impl Poster {
    pub(crate) fn trusting(trust: Trust) -> Self {
        let plain = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
        Self { plain, secure: Arc::default(), trust }
    }

    /// Posts to a URL. What an endpoint failed at is tried again as the delivery policy says.
    // AWS: 4xx but 429 is the endpoint's last word, all else than 2xx is tried again.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> Result<Delivered, PortError> {
        let (url, credentials) = apart(url);
        let url = url.as_str();
        let mut request = Request::post(url);
        if let Some(credentials) = credentials {
            request = request.header(AUTHORIZATION, credentials);
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(body)).map_err(|error| refused(url, &error.to_string()))?;
        let exchange = async {
            let answering = match request.uri().scheme_str() {
                Some("https") => self.secure().await?.request(request),
                _ => self.plain.request(request),
            };
            let response = answering.await.map_err(|error| reason(&error))?;
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

    async fn secure(&self) -> Result<&Secure, String> {
        let make = || async {
            let trust = self.trust.clone();
            // It reads files.
            let roots = spawn_blocking(move || roots(trust)).await.map_err(|error| error.to_string())??;
            secured(roots)
        };
        self.secure.get_or_try_init(make).await
    }
}

/// An address without the name and the password in it, and these as a header says them.
// AWS: `https://user:password@domain/path` is an endpoint that asks who comes.
// LIMIT: AWS sends them when it is asked, and knows digests, too.
fn apart(url: &str) -> (String, Option<String>) {
    let Ok(mut parsed) = Url::parse(url) else { return (url.to_owned(), None) };
    if parsed.username().is_empty() && parsed.password().is_none() {
        return (url.to_owned(), None);
    }
    let decoded = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
    let mut both = decoded(parsed.username());
    both.push(b':');
    both.extend(decoded(parsed.password().unwrap_or_default()));
    // An address that has a host takes both out.
    let _ = (parsed.set_username(""), parsed.set_password(None));
    (parsed.into(), Some(format!("Basic {}", STANDARD.encode(both))))
}

/// The authorities that are trusted. One that cannot be read is passed over, as other programs do.
fn roots(trust: Trust) -> Result<RootCertStore, String> {
    let certificates = match trust {
        Trust::System => {
            let found = rustls_native_certs::load_native_certs();
            for error in found.errors {
                tracing::warn!(%error, "a certificate authority of this machine cannot be read");
            }
            found.certs
        }
        Trust::Only(all) => all.into_iter().map(CertificateDer::from).collect(),
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates);
    if roots.is_empty() { Err(NOBODY.to_owned()) } else { Ok(roots) }
}

fn secured(roots: RootCertStore) -> Result<Secure, String> {
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_only();
    Ok(Client::builder(TokioExecutor::new()).build(builder.enable_http1().wrap_connector(connector)))
}

/// An error with what it came from, down to what a certificate lacks.
fn reason(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
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
