//! Forms that browsers post: unsigned by their head, their policy signed in a field, or a stranger's without one.

use std::sync::Arc;

use cloud_core::{AwsError, Caller, RequestId};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, header};

use super::answer::{Asked, Signed};
use super::route::Mount;
use super::tasks::throttled;
use super::{Open, permit};
use crate::body::Body;
use crate::form::{self, Form, FormAnswer};
use crate::head::Head;
use crate::model::Protocol;
use crate::protocol;
use crate::sigv4::{Authorization, Refusal};

/// Whether a request is a form or would be one: an unsigned POST to a bucket.
pub(super) fn is_form(head: &Head) -> bool {
    let mut segments = head.routed_path.split('/').filter(|segment| !segment.is_empty());
    head.method == Method::POST
        && head.raw_query.is_empty()
        && head.header("x-amz-target").is_none()
        && !head.headers.contains_key(header::AUTHORIZATION)
        && segments.next().is_some()
        && segments.next().is_none()
}

impl Open {
    /// Reads a form's fields, proves its policy, and has the service take it.
    pub(super) async fn post_form(self: &Arc<Self>, mount: &Arc<Mount>, asked: Asked) -> Response<Body> {
        let id = asked.id.clone();
        match self.take_form(mount, asked).await {
            Ok(response) => response,
            Err(error) => refused(mount, &error, &id),
        }
    }

    async fn take_form(
        self: &Arc<Self>,
        mount: &Arc<Mount>,
        asked: Asked,
    ) -> Result<Response<Body>, AwsError> {
        let Asked { head, body, id, room } = asked;
        let boundary = head.header("content-type").and_then(form::boundary).ok_or_else(no_form)?;
        let form = Form::read(&head, boundary, body).await?;
        let refusal = |refusal: Refusal| refusal.into_error(Protocol::RestXml);
        let request = match Authorization::of_form(&form)? {
            Some((authorization, policy)) => {
                let credential = self.admit(&authorization).map_err(refusal)?;
                let proven = self.any_key.is_none();
                if proven {
                    authorization.verify_policy(&credential, &policy).map_err(refusal)?;
                }
                Signed { authorization, credential, proven, head, id, _room: room }
            }
            None if mount.service.admits_stranger(&head) => {
                let authorization = self.authorization_of_nobody(&head).map_err(refusal)?;
                Self::unsigned(authorization, head, id, room)
            }
            None => return Err(AwsError::new("AccessDenied", "Access Denied").status(403)),
        };
        let mount = self.in_realm(mount, &request).await?;
        let mut caller = request.caller();
        let asked = mount.service.form_asks(&form, &caller);
        let accesses = asked.await?;
        let keys = permit::keys(&request.head, &caller, self.context.now());
        let (leave, denied) =
            self.permit(&*mount.service, mount.model.protocol, &caller, &keys, &accesses).await?;
        caller.leave = leave;
        let place = self.tasks.place(&request.owner()).ok_or_else(|| throttled(mount.model.protocol))?;
        let open = Arc::clone(self);
        let posting = async move { open.post(&mount, &caller, form).await };
        let mut response = self.tasks.run(place, posting).await;
        permit::say(denied, &mut response);
        Ok(response)
    }
}

impl Open {
    /// Has the service take a form that was let in.
    async fn post(&self, mount: &Mount, caller: &Caller, form: Form) -> Response<Body> {
        let taking = async {
            let posted = match mount.service.post(caller, form) {
                Some(posting) => posting.await,
                None => Err(no_form()),
            };
            posted.map_or_else(
                |error| refused(mount, &error, &caller.request_id),
                |answer| encode(answer, &caller.request_id),
            )
        };
        self.caught(taking, &caller.request_id).await
    }
}

fn refused(mount: &Mount, error: &AwsError, id: &RequestId) -> Response<Body> {
    tracing::debug!(request = %id, %error, "a form was refused");
    protocol::encode_error(mount.model.protocol, Some(mount.model), error, id)
}

// AWS: what S3 says of a POST of another type.
fn no_form() -> AwsError {
    AwsError::new("PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
        .status(412)
        .with("Condition", "Bucket POST must be of the enclosure-type multipart/form-data")
}

fn encode(answer: FormAnswer, id: &RequestId) -> Response<Body> {
    let mut headers = HeaderMap::new();
    insert(&mut headers, answer.headers);
    let body = answer.document.map(|(root, members)| {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        Body::from(protocol::document(root, &members))
    });
    protocol::respond(answer.status, headers, body.unwrap_or_default(), id)
}

/// Adds headers that are some.
pub(super) fn insert(headers: &mut HeaderMap, given: Vec<(&'static str, String)>) {
    for (name, value) in given {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}
