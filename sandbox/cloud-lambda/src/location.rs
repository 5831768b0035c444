//! The address at which a package can be fetched for ten minutes, as GetFunction tells it, and what answers there.

use std::net::IpAddr;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_core::{Context, Entropy, RequestId};
use cloud_wire::{Body, PublicFront};
use hmac::{Hmac, Mac};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use crate::Lambda;

const PATH: &str = "/_aws/lambda/packages/";
// AWS: "Location – A presigned URL that you can use to download the deployment package", valid for ten minutes.
const LIVES: SignedDuration = SignedDuration::from_mins(10);

/// Makes and checks addresses. Its key lives as long as the process, and so do the addresses.
pub(crate) struct Signer([u8; 32]);

impl Signer {
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        Self(key)
    }

    /// The address of a package; none before this cloud has one itself.
    pub(crate) fn address(&self, context: &Context, hash: &str) -> Option<String> {
        let ends = context.now().saturating_add(LIVES).ok()?.as_second();
        let signature = hex::encode(self.mac(hash, ends)?.finalize().into_bytes());
        Some(format!("{}{PATH}{hash}.zip?expires={ends}&signature={signature}", context.endpoint()?))
    }

    /// The hash of the package that a path and query may have.
    fn admit<'a>(&self, path: &'a str, query: &str, now: Timestamp) -> Option<&'a str> {
        let (hash, ends) = self.read(path, query)?;
        (now.as_second() <= ends).then_some(hash)
    }

    /// Whether an address was made here.
    fn is_ours(&self, path: &str, query: &str) -> bool {
        self.read(path, query).is_some()
    }

    /// The hash and the end, in seconds since 1970, that an address of ours tells.
    fn read<'a>(&self, path: &'a str, query: &str) -> Option<(&'a str, i64)> {
        let hash = path.strip_prefix(PATH)?.strip_suffix(".zip")?;
        let member =
            |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let ends: i64 = member("expires")?.parse().ok()?;
        let signature = hex::decode(member("signature")?).ok()?;
        self.mac(hash, ends)?.verify_slice(&signature).ok()?;
        Some((hash, ends))
    }

    fn mac(&self, hash: &str, ends: i64) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::new_from_slice(&self.0).ok()?;
        mac.update(format!("{hash}\n{ends}").as_bytes());
        Some(mac)
    }
}

#[async_trait]
impl PublicFront for Lambda {
    fn claims_host(&self, _: &str) -> bool {
        false
    }

    fn claims_path(&self, path: &str) -> bool {
        path.starts_with(PATH)
    }

    fn has(&self, request: &Parts) -> bool {
        self.signer().is_ours(request.uri.path(), request.uri.query().unwrap_or_default())
    }

    async fn answer(&self, request: Request<Body>, _: Option<IpAddr>, _: &RequestId) -> Response<Body> {
        if request.method() != Method::GET {
            return refusal(StatusCode::METHOD_NOT_ALLOWED, "Only GET.\n");
        }
        let query = request.uri().query().unwrap_or_default();
        let hash = self.signer().admit(request.uri().path(), query, self.context().now());
        let Some(hash) = hash else {
            return refusal(
                StatusCode::FORBIDDEN,
                "This address has expired, or was never given out. Ask GetFunction for another.\n",
            );
        };
        match self.packages().file(hash).await {
            Ok(body) => {
                let mut response = Response::new(body);
                let zip = HeaderValue::from_static("application/zip");
                response.headers_mut().insert(header::CONTENT_TYPE, zip);
                response
            }
            Err(error) => {
                tracing::info!(%error, "a package could not be read");
                refusal(StatusCode::NOT_FOUND, "No function has this package any more.\n")
            }
        }
    }
}

fn refusal(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_good_for_its_package_and_its_time() {
        let (context, clock) = Context::for_test("/nowhere");
        context.set_endpoint("http://127.0.0.1:1");
        let signer = Signer::new(context.entropy());
        let address = signer.address(&context, "abc").expect("an address");
        let (path, query) =
            address.strip_prefix("http://127.0.0.1:1").and_then(|rest| rest.split_once('?')).expect("both");
        let admit = |path: &str, query: &str| signer.admit(path, query, context.now()).map(str::to_owned);
        assert_eq!(admit(path, query).as_deref(), Some("abc"));
        assert_eq!(admit("/_aws/lambda/packages/abd.zip", query), None);
        assert_eq!(admit("/_aws/lambda/packages/../x.zip", query), None);
        assert_eq!(admit(path, &query.replace("expires=", "expires=9")), None);
        assert_eq!(admit(path, ""), None);
        clock.advance(std::time::Duration::from_secs(601));
        assert_eq!(admit(path, query), None);
        assert!(signer.is_ours(path, query), "also when its time is over");
        let others = Signer::new(context.entropy());
        assert_eq!((others.admit(path, query, context.now()), others.is_ours(path, query)), (None, false));
    }
}
