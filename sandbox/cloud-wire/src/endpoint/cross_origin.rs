//! Web pages of other origins: what a service lets them do, and the refusal of everything else.
//!
//! A page can reach this machine's loopback, and keys that everybody knows are no secret before it. So here the browser's
//! rule is the endpoint's: what no rule of the service allows is not done, not only not shown.
// LIMIT: AWS does what a page asks and leaves it to the browser to hide the answer.

use std::sync::Arc;

use cloud_core::RequestId;
use edge::{FetchSite, Origin, Scheme};
use http::{HeaderMap, Method, Response, StatusCode};

use super::Open;
use super::answer::plain;
use super::form::{insert, is_form};
use super::route::Mount;
use crate::body::Body;
use crate::head::Head;
use crate::model::Protocol;
use crate::protocol;
use crate::sigv4::Authorization;

/// Whether a page in a browser sent the request. Nothing of ours is a page that calls the cloud.
fn from_a_page(headers: &HeaderMap, host: &http::uri::Authority) -> bool {
    edge::origin(headers, Scheme::Http, host) != Origin::Absent
        || !matches!(edge::fetch_site(headers), FetchSite::Absent | FetchSite::Direct)
}

impl Open {
    /// The headers that an answer needs for the page that asked; or the answer to a preflight, or to a page that may not.
    pub(super) fn cross(
        &self,
        head: &Head,
        host: &http::uri::Authority,
        id: &RequestId,
    ) -> Result<HeaderMap, Box<Response<Body>>> {
        let page = from_a_page(&head.headers, host);
        let preflight = head.method == Method::OPTIONS;
        if !page && !preflight {
            return Ok(HeaderMap::new());
        }
        let mount = self.meant(head);
        let Some((mount, granted)) = mount.and_then(|mount| Some((mount, mount.service.cross_origin(head)?)))
        else {
            return if page {
                Err(Box::new(plain(StatusCode::FORBIDDEN, "Web pages may not call this cloud.")))
            } else {
                Ok(HeaderMap::new())
            };
        };
        let mut headers = HeaderMap::new();
        match granted {
            Ok(granted) => insert(&mut headers, granted),
            Err(error) => {
                let answer = protocol::encode_error(mount.model.spoken(head), Some(mount.model), &error, id);
                return Err(Box::new(answer));
            }
        }
        if preflight {
            return Err(Box::new(protocol::respond(200, headers, Body::default(), id)));
        }
        Ok(headers)
    }

    /// The service that a page's request will reach.
    fn meant(&self, head: &Head) -> Option<&Arc<Mount>> {
        let with_buckets = || self.routes.mounts().find(|mount| mount.model.protocol == Protocol::RestXml);
        match Authorization::of(head) {
            _ if head.method == Method::OPTIONS => with_buckets(),
            Ok(authorization) => self.routes.signed(&authorization.service, head),
            Err(_) if is_form(head) => with_buckets(),
            Err(_) => None,
        }
    }
}
