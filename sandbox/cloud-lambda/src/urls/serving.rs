//! Function URLs, answering whoever calls.
//!
//! One is reached as `http://{id}.lambda-url.{region}.localhost:PORT/…` and, where that name does not resolve, as
//! `/_aws/lambda-url/{id}/…` on the endpoint itself; `address` has the other forms.

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_core::leave::{self, Answer};
use cloud_core::{Access, AwsError, Caller, ConditionKeys, Permissions, RequestId, Trace};
use cloud_wire::head::Head;
use cloud_wire::{Body, Prover, PublicFront, Shadow, response_headers, site};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response};

use super::address::{self, Address};
use super::answer::{self, AnswerHead, Refused};
use super::event::Incoming;
use super::ids::Found;
use super::leave::{AUTH_TYPE, FUNCTION_ARN, VIA_URL};
use super::{cors, streaming};
use crate::callees::Callee;
use crate::invoke::Event;
use crate::shapes::Code;
use crate::state::document;
use crate::{Lambda, SERVICE, quotas};

// AWS: "Valid values include GET, POST, PUT, HEAD, OPTIONS, PATCH, and DELETE."
const METHODS: [Method; 7] =
    [Method::DELETE, Method::GET, Method::HEAD, Method::OPTIONS, Method::PATCH, Method::POST, Method::PUT];

/// The actions that whoever calls needs.
// AWS: "Starting in October 2025, new function URLs will require both".
const CALL: &str = "lambda:InvokeFunctionUrl";
const INVOKE: &str = "lambda:InvokeFunction";

/// What answers at the function URLs of a realm.
#[derive(Clone)]
pub struct FunctionUrls(pub(crate) Lambda);

impl Lambda {
    /// What answers at its functions' own addresses.
    pub fn urls(&self) -> FunctionUrls {
        FunctionUrls(self.clone())
    }
}

#[async_trait]
impl PublicFront for FunctionUrls {
    fn claims_host(&self, host: &str) -> bool {
        address::id_in_host(host).is_some()
    }

    fn claims_path(&self, path: &str) -> bool {
        Address::is_path(path)
    }

    fn has(&self, request: &Parts) -> bool {
        Address::of(request).is_some_and(|address| self.0.url_ids().find(&address.id).is_some())
    }

    fn shadow(&self) -> Option<Shadow> {
        let ids = self.0.url_ids().ids();
        let has =
            move |request: &Parts| Address::of(request).is_some_and(|address| ids.contains(&address.id));
        Some(Arc::new(has))
    }

    async fn answer(&self, request: Request<Body>, peer: Option<IpAddr>, id: &RequestId) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let address = Address::of(&parts);
        let shares_host = address.as_ref().is_none_or(|address| address.own_host.is_none());
        let trace = self.trace(&parts, id);
        let served = async {
            let address = address.as_ref().ok_or_else(answer::no_url)?;
            let found = self.0.url_ids().find(&address.id).ok_or_else(answer::no_url)?;
            let called = Called { lambda: &self.0, found, address, peer, id, trace: &trace };
            called.answer(parts, body).await
        };
        let mut response = served.await.unwrap_or_else(|refused: Refused| *refused);
        let headers = response.headers_mut();
        site::keep_from_browser(headers, shares_host);
        for (name, value) in [("x-amzn-requestid", id.as_str()), ("x-amzn-trace-id", &trace)] {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

impl FunctionUrls {
    /// The trace header of a request; one that it is part of already is kept.
    fn trace(&self, parts: &Parts, id: &RequestId) -> String {
        let given = parts.headers.get("x-amzn-trace-id").and_then(|trace| trace.to_str().ok());
        let given = given.map(Trace::of).filter(|trace| trace.root.is_some());
        let fresh = || {
            let digits: String = id.as_str().chars().filter(char::is_ascii_hexdigit).take(24).collect();
            let seconds = self.0.context().now().as_second();
            Trace { root: Some(format!("1-{seconds:08x}-{digits:0<24}")), ..Trace::default() }
        };
        given.unwrap_or_else(fresh).to_string()
    }
}

/// A request on its way to a function.
struct Called<'a> {
    lambda: &'a Lambda,
    found: Arc<Found>,
    address: &'a Address,
    peer: Option<IpAddr>,
    id: &'a RequestId,
    trace: &'a str,
}

/// Who was let in, with the request's body.
struct Guest {
    signer: Option<Caller>,
    body: Bytes,
    /// What mode enforce would have refused.
    reported: Option<String>,
}

impl Called<'_> {
    /// Answers: by the URL itself, or by the function.
    async fn answer(&self, parts: Parts, body: Body) -> Result<Response<Body>, Refused> {
        let prover = parts.extensions.get::<Prover>().cloned();
        let request = Request::from_parts(parts, ());
        let head = Head::of(&request, self.peer).ok_or_else(|| not_taken("The query is not UTF-8."))?;
        let cors = self.found.url.cors.as_ref();
        if let Some(headers) = cors.and_then(|cors| cors::preflight(cors, &head.method, &head.headers)) {
            let head = AnswerHead { status: http::StatusCode::OK, headers };
            return Ok(head.with(Body::default()));
        }
        let answered = self.call(&head, body, prover).await;
        let mut response = answered.unwrap_or_else(|refused| *refused);
        if let Some(cors) = cors {
            cors::apply(cors, &head.headers, response.headers_mut());
        }
        Ok(response)
    }

    async fn call(&self, head: &Head, body: Body, prover: Option<Prover>) -> Result<Response<Body>, Refused> {
        if !METHODS.contains(&head.method) {
            let error =
                AwsError::new("MethodNotAllowedException", "The method is none that a function URL takes.");
            return Err(answer::refusal(&error.status(405)));
        }
        // Whoever is not let in is not told which aliases there are.
        let callee = self.lambda.runner().callee(&self.found.name).map_err(|_| answer::forbidden())?;
        let prover = prover.ok_or_else(answer::forbidden)?;
        let guest = if self.found.url.is_signed() {
            self.admit_signer(head, body, &prover, &callee).await?
        } else {
            self.admit_anybody(head, body, &prover, &callee).await?
        };
        let mut head = head.clone();
        site::keep_from_functions(&mut head.headers);
        let payload = self.incoming(&head, &guest).event();
        if payload.len() > quotas::SYNCHRONOUS {
            return Err(too_large());
        }
        let event = Event {
            function: self.found.name.clone(),
            request_id: self.id.to_string(),
            payload,
            client_context: None,
            trace: Trace::of(self.trace),
        };
        let mut response = self.run(callee, event).await?;
        if let Some(reported) = &guest.reported {
            response_headers::say_refusal(response.headers_mut(), reported);
        }
        Ok(response)
    }

    /// Has the function answer.
    async fn run(&self, callee: Arc<Callee>, event: Event) -> Result<Response<Body>, Refused> {
        let runner = self.lambda.runner();
        if self.found.url.streams() {
            let streamed = runner.stream_by(callee, event).await.map_err(|error| self.not_run(&error))?;
            return streaming::answer(streamed).await.ok_or_else(answer::bad_gateway);
        }
        let ran = self.lambda.run(callee, event).await.map_err(|error| self.not_run(&error))?;
        if ran.outcome.error.is_some() {
            return Err(answer::bad_gateway());
        }
        answer::read(ran.outcome.payload).ok_or_else(|| {
            tracing::warn!(function = self.found.name.name, "a function's answer at its URL is malformed");
            answer::bad_gateway()
        })
    }

    // AWS: "Whenever your function concurrency exceeds the reserved concurrency, your function URL returns an HTTP 429 status
    // code."
    fn not_run(&self, error: &AwsError) -> Refused {
        tracing::warn!(function = self.found.name.name, %error, "a function was not run at its URL");
        if error.http_status() == 429 { answer::refusal(error) } else { answer::bad_gateway() }
    }

    fn incoming<'a>(&'a self, head: &'a Head, guest: &'a Guest) -> Incoming<'a> {
        let domain = self.address.own_host.as_deref();
        Incoming {
            head,
            path: &self.address.path,
            body: &guest.body,
            url_id: &self.found.url.id,
            account: self.lambda.context().account().as_str(),
            domain: domain
                .map_or_else(|| address::host(self.lambda.context(), &self.found.url.id).into(), Into::into),
            request_id: self.id.as_str(),
            trace: self.trace,
            now: self.lambda.context().now(),
            signer: guest.signer.as_ref(),
        }
    }

    /// Lets in whom the function's own policy lets in, whoever he is.
    // AWS: "your function's resource-based policy is always in effect and must grant public access before your function URL can
    // receive requests".
    // LIMIT: that it grants lambda:InvokeFunction, too, counts in mode enforce alone: AWS asks it of URLs that are made since
    // October 2025, and of older ones since November 2026.
    async fn admit_anybody(
        &self,
        head: &Head,
        body: Body,
        prover: &Prover,
        callee: &Callee,
    ) -> Result<Guest, Refused> {
        let keys = |key: &str, value: &str| {
            let mut keys = prover.keys_of_nobody(head);
            keys.push((key.to_owned(), vec![value.to_owned()]));
            keys
        };
        let auth = self.found.url.auth.as_str();
        if !callee.allows_anybody(CALL, keys(AUTH_TYPE, auth)) {
            return Err(self.barred(CALL));
        }
        let mode = self.lambda.context().permissions();
        let mut reported = None;
        if mode != Permissions::Off && !callee.allows_anybody(INVOKE, keys(VIA_URL, "true")) {
            if mode == Permissions::Enforce {
                return Err(self.barred(INVOKE));
            }
            let message =
                format!("because no resource-based policy allows the {INVOKE} action by the function's URL");
            tracing::warn!(function = callee.arn, message, "mode enforce would refuse a request");
            reported = Some(message);
        }
        let body = body.collect(quotas::SYNCHRONOUS as u64).await.map_err(|error| body_not_taken(&error))?;
        Ok(Guest { signer: None, body, reported })
    }

    fn barred(&self, action: &str) -> Refused {
        let function = &self.found.name.name;
        tracing::info!(function, action, "no permission lets strangers call a function's URL");
        answer::forbidden()
    }

    /// Lets in who signed, and may.
    async fn admit_signer(
        &self,
        head: &Head,
        body: Body,
        prover: &Prover,
        callee: &Callee,
    ) -> Result<Guest, Refused> {
        let context = self.lambda.context();
        let scope = (SERVICE, context.region());
        let signed = prover.prove(head.clone(), body, scope, quotas::SYNCHRONOUS as u64).await;
        let signed = signed.map_err(|error| body_not_taken(&error))?.ok_or_else(answer::forbidden)?;
        let accesses = self.accesses(callee);
        let asked = leave::ask(context, &signed.caller, &signed.keys, &accesses).await;
        let Answer { refused, reported, .. } = asked.map_err(|error| answer::refusal(&error))?;
        if let Some(denial) = refused {
            tracing::info!(%denial, "refused at a function's URL");
            return Err(answer::forbidden());
        }
        let reported = reported.map(|denial| denial.sentence(false));
        if let Some(message) = &reported {
            tracing::warn!(message, "mode enforce would refuse a request");
        }
        Ok(Guest { signer: Some(signed.caller), body: signed.body, reported })
    }

    /// What leave is asked for of who signed.
    fn accesses(&self, callee: &Callee) -> Vec<Access> {
        let qualifier = self.found.name.qualifier.as_deref().unwrap_or_default();
        let policy = callee.function.policies.get(qualifier);
        let policy: Option<Arc<str>> = policy.map(|statements| document(statements, &callee.arn).into());
        let account = self.lambda.context().account();
        let access = |action: &str, keys: ConditionKeys| {
            let mut access = Access {
                action: action.to_owned(),
                resource: callee.arn.clone(),
                keys,
                policy: policy.clone(),
                owner: Some(account.clone()),
                part: None,
            };
            access.tell_tags(callee.function.tags.clone());
            access
        };
        let told = |key: &str, value: &str| (key.to_owned(), vec![value.to_owned()]);
        let url = vec![told(AUTH_TYPE, self.found.url.auth.as_str()), told(FUNCTION_ARN, &callee.arn)];
        vec![access(CALL, url), access(INVOKE, vec![told(VIA_URL, "true")])]
    }
}

fn not_taken(message: &str) -> Refused {
    answer::refusal(&AwsError::new("BadRequestException", message))
}

// AWS: in the words of Invoke.
fn too_large() -> Refused {
    let message = format!(
        "Request must be smaller than {} bytes for the InvokeFunction operation",
        quotas::SYNCHRONOUS
    );
    answer::refusal(&Code::RequestTooLargeException.error(message))
}

/// What a body that is too large or did not come whole becomes, and a signature that is none.
fn body_not_taken(error: &AwsError) -> Refused {
    if error.code() == "EntityTooLarge" {
        return too_large();
    }
    let status = if error.code() == "RequestTimeout" { 408 } else { error.http_status() };
    answer::refusal(&AwsError::new(error.code().to_owned(), error.message()).status(status))
}

/// What whoever calls meets while the service's records cannot be opened.
#[derive(Clone, Copy, Debug)]
pub struct StoppedUrls;

#[async_trait]
impl PublicFront for StoppedUrls {
    fn claims_host(&self, host: &str) -> bool {
        address::id_in_host(host).is_some()
    }

    fn claims_path(&self, path: &str) -> bool {
        Address::is_path(path)
    }

    fn has(&self, _: &Parts) -> bool {
        false
    }

    async fn answer(&self, _: Request<Body>, _: Option<IpAddr>, _: &RequestId) -> Response<Body> {
        // Why is in the log: strangers are not told.
        *answer::refusal(&AwsError::new("ServiceUnavailableException", "Service Unavailable").status(503))
    }
}
