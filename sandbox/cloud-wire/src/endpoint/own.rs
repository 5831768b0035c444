//! `/_cumulo/…`, for who signs as the account's root: what happens in this cloud, and a look into its services where AWS
//! has no operation that changes nothing.

use bytes::Bytes;
use cloud_core::AwsError;
use cloud_core::ports::inspection::MOST_SHOWN;
use http::{HeaderValue, Method, Response, header};

use super::answer::Signed;
use super::{Open, events, permit, shortened};
use crate::body::Body;
use crate::model::{BODY_LIMIT, Protocol};

/// What of this cloud a path means; none of a path that is AWS's.
pub(super) fn meant(path: &str) -> Option<&str> {
    path.strip_prefix("/_cumulo/")
}

impl Open {
    /// Answers a request for one of them.
    pub(super) async fn own(
        &self,
        request: &Signed,
        body: Body,
        what: &str,
    ) -> Result<Response<Body>, AwsError> {
        request.collect(Protocol::RestJson, body, BODY_LIMIT).await?;
        let shown = format!("/_cumulo/{}", shortened(what));
        let denied = permit::see(&shown, self.context.permissions(), &request.caller())?;
        let mut response = match what {
            "events" => {
                let (context, open) = self.realm_of(request).await?;
                events::stream(context.events(), open, &self.shutdown)
            }
            _ => self.look_into(request, what).await?,
        };
        permit::say(denied, &mut response);
        Ok(response)
    }

    async fn look_into(&self, request: &Signed, what: &str) -> Result<Response<Body>, AwsError> {
        if request.head.method != Method::GET {
            return Err(AwsError::new("MethodNotAllowed", "Only GET.").status(405));
        }
        // What is shown, and its text.
        let room = self.context.memory().reserve_when_free(&request.owner(), 2 * MOST_SHOWN as u64).await?;
        let (context, open) = self.realm_of(request).await?;
        let (service, of) = what.split_once('/').unwrap_or((what, ""));
        let shown = match context.peers().inspection(service) {
            Some(inspection) => inspection.show(of, &request.head.query).await?,
            None => None,
        };
        drop(open);
        let shown = shown.ok_or_else(|| {
            AwsError::new("NotFound", format!("This cloud has no /_cumulo/{}", shortened(what))).status(404)
        })?;
        let mut response = Response::new(Body::from(Bytes::from(shown.to_string())).held_by(room));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(response)
    }
}
