//! From a request to its answer.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use budget::{Budget, Reservation, Source};
use bytes::Bytes;
use cloud_core::{
    AwsError, Caller, Credential, InUse, Leave, Principal, Realm, Region, RequestId, SecretKey, Trace,
};
use futures_util::FutureExt;
use http::uri::Authority;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};

use super::form::is_form;
use super::route::{Found, Mount};
use super::tasks::{Place, throttled, too_many};
use super::{Open, Prover, PublicFront, own, permit, shortened};
use crate::access::Asking;
use crate::body::Body;
use crate::checksum::Algorithm;
use crate::event_stream::{Arriving, Coding};
use crate::head::Head;
use crate::input::Input;
use crate::model::{BODY_LIMIT, Operation, Protocol, ServiceModel};
use crate::protocol::{self, Content};
use crate::query::Parameters;
use crate::room::{self, Room};
use crate::sigv4::chunked::{self, Chunked};
use crate::sigv4::{Authorization, Payload, Refusal, Verified};
use crate::token::Listing;
use crate::value::Value;
use crate::{event_stream, percent, response_headers, validate};

/// The rest of a request once its head is read.
pub(super) struct Asked {
    pub(super) head: Head,
    pub(super) body: Body,
    pub(super) id: RequestId,
    /// For the head's query.
    pub(super) room: Option<Reservation>,
}

/// What a page at an address without a name may do: all but act as that address.
const APART: &str = "sandbox allow-scripts allow-forms allow-modals allow-popups allow-downloads";

/// Up to here a connection's own share of memory is enough: for a query, or for an answer that is being sent.
const SMALL: u64 = 16 * 1024;

impl Open {
    /// Guards, then answers; an answer of this machine's bare addresses is no page of theirs.
    pub(super) async fn answer(
        self: &Arc<Self>,
        request: Request<Body>,
        peer: Option<IpAddr>,
    ) -> Response<Body> {
        // Before anybody looks at it: a request that two readers could take for different hosts is for none of them.
        let authority = match edge::host(request.uri(), request.headers()) {
            Ok(authority) => authority,
            Err(error) => return apart(plain(error.status(), &error.to_string())),
        };
        let named = authority.host().trim_matches(['[', ']']).parse::<IpAddr>().is_err();
        // Its state is large, and would be moved with that of the connection.
        let response = Box::pin(self.guard(request, authority, peer)).await;
        if named { response } else { apart(response) }
    }

    async fn guard(
        self: &Arc<Self>,
        request: Request<Body>,
        authority: Authority,
        peer: Option<IpAddr>,
    ) -> Response<Body> {
        let id = RequestId::random(self.context.entropy());
        let (parts, body) = request.into_parts();
        if let Some(front) = self.front_of(&parts, &|front| front.claims_host(authority.host())).await {
            return self.front(front, Request::from_parts(parts, body), peer, id).await;
        }
        if let Err(error) = self.hosts.check(&parts.uri, &parts.headers) {
            return plain(error.status(), &error.to_string());
        }
        if let Some(front) = self.front_of(&parts, &|front| front.claims_path(parts.uri.path())).await {
            return self.front(front, Request::from_parts(parts, body), peer, id).await;
        }
        let request = Request::from_parts(parts, body);
        let room = match self.room_for_query(request.uri().query().unwrap_or_default(), peer) {
            Ok(room) => room,
            Err(error) => return plain(StatusCode::SERVICE_UNAVAILABLE, error.message()),
        };
        let Some(mut head) = Head::of(&request, peer) else {
            return plain(StatusCode::BAD_REQUEST, "The query is not UTF-8.");
        };
        virtual_host(&mut head, authority.host());
        let granted = match self.cross(&head, &authority, &id) {
            Ok(headers) => headers,
            Err(response) => return *response,
        };
        if head.path == "/_cumulo/health" {
            return self.health(&head);
        }
        let asked = Asked { head, body: request.into_body(), id: id.clone(), room };
        let mut response = self.caught(Box::pin(self.dispatch(asked)), &id).await;
        response.headers_mut().extend(granted);
        response
    }

    /// Has a front answer a stranger. It ends with its connection as long as the body is arriving, which then breaks off.
    async fn front(
        self: &Arc<Self>,
        (front, realm): (Arc<dyn PublicFront>, Option<InUse>),
        mut request: Request<Body>,
        peer: Option<IpAddr>,
        id: RequestId,
    ) -> Response<Body> {
        let Some(place) = self.tasks.place(&sender(peer)) else { return too_many() };
        request.extensions_mut().insert(Prover::new(self, &id, peer));
        let open = Arc::clone(self);
        let answering = async move {
            let _realm = realm;
            open.caught(front.answer(request, peer, &id), &id).await
        };
        self.held(self.tasks.run(place, answering).await, peer).await
    }

    /// What a query of thousands of parameters takes, until its request is over.
    fn room_for_query(&self, query: &str, peer: Option<IpAddr>) -> Result<Option<Reservation>, AwsError> {
        let cost = percent::cost(query) as u64;
        if cost <= SMALL {
            return Ok(None);
        }
        Ok(Some(self.context.memory().reserve(&sender(peer), cost)?))
    }

    /// An answer to a stranger that is his to hold, until he has taken it.
    async fn held(&self, response: Response<Body>, peer: Option<IpAddr>) -> Response<Body> {
        let weight = response.body().weight();
        if weight <= SMALL {
            return response;
        }
        match Box::pin(room::when_free(self.context.memory(), &sender(peer), weight)).await {
            Ok(room) => response.map(|body| body.held_by(room)),
            Err(error) => {
                tracing::debug!(%error, "no room for an answer");
                plain(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "Too many answers wait to be taken: try again in a moment.",
                )
            }
        }
    }

    /// A panic fails its request, never the process.
    pub(super) async fn caught(
        &self,
        answer: impl Future<Output = Response<Body>>,
        id: &RequestId,
    ) -> Response<Body> {
        match AssertUnwindSafe(answer).catch_unwind().await {
            Ok(response) => response,
            Err(panic) => {
                let what = panic
                    .downcast_ref::<&str>()
                    .copied()
                    .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
                tracing::error!(request = %id, panic = what.unwrap_or("a panic without a message"), "a request panicked");
                protocol::encode_error(Protocol::RestJson, None, &AwsError::internal("panic"), id)
            }
        }
    }

    fn health(&self, head: &Head) -> Response<Body> {
        if head.method != Method::GET && head.method != Method::HEAD {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "Only GET.");
        }
        let services: Vec<_> = self.routes.mounts().map(|mount| mount.model.id).collect();
        let document = serde_json::json!({
            "status": "ok",
            "region": self.context.region().as_str(),
            "services": services,
        });
        let mut response = Response::new(Body::from(Bytes::from(document.to_string())));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }

    /// Authenticates and calls the operation.
    async fn dispatch(self: &Arc<Self>, asked: Asked) -> Response<Body> {
        let form = self
            .routes
            .unsigned(&asked.head)
            .filter(|mount| mount.model.protocol == Protocol::RestXml && is_form(&asked.head));
        if let Some(mount) = form {
            return self.post_form(mount, asked).await;
        }
        let Asked { head, body, id, room } = asked;
        let authorization = match Authorization::of(&head) {
            Ok(authorization) => authorization,
            Err(Refusal::Missing) => return self.admit_stranger(Asked { head, body, id, room }).await,
            Err(refusal) => return self.refuse(&head, None, refusal, &id),
        };
        let mount = self.routes.signed(&authorization.service, &head);
        let credential = match self.admit(&authorization) {
            Ok(credential) => credential,
            Err(refusal) => return self.refuse(&head, mount, refusal, &id),
        };
        let proven = self.any_key.is_none();
        let request = Signed { authorization, credential, proven, head, id, _room: room };
        if let Some(what) = own::meant(&request.head.path) {
            return match self.own(&request, body, what).await {
                Ok(response) => response,
                Err(error) => request.failed(Protocol::RestJson, None, "", &error),
            };
        }
        let Some(mount) = mount else {
            let protocol = looks_like(&request.head);
            // Whoever is not allowed in does not learn what is here.
            let error = match request.collect(protocol, body, BODY_LIMIT).await {
                Ok(_) => {
                    let service = shortened(&request.authorization.service);
                    let message = format!("This cloud has no service {service}");
                    AwsError::new("UnknownOperationException", message).status(404)
                }
                Err(error) => error,
            };
            return request.failed(protocol, None, "", &error);
        };
        self.call(mount, request, body).await
    }

    /// A request that nobody signed, of which policies say whether it is let in.
    async fn admit_stranger(self: &Arc<Self>, asked: Asked) -> Response<Body> {
        let Asked { head, body, id, room } = asked;
        let mount = self.routes.unsigned(&head).filter(|mount| mount.service.admits_stranger(&head));
        let Some(mount) = mount else { return self.refuse(&head, None, Refusal::Missing, &id) };
        match self.authorization_of_nobody(&head) {
            Ok(authorization) => {
                let request = Self::unsigned(authorization, head, id, room);
                self.call(mount, request, body).await
            }
            Err(refusal) => self.refuse(&head, Some(mount), refusal, &id),
        }
    }

    /// What a request says that nobody signed.
    pub(super) fn authorization_of_nobody(&self, head: &Head) -> Result<Authorization, Refusal> {
        Authorization::of_nobody(head, self.context.region().as_str())
    }

    /// A request of nobody's.
    pub(super) fn unsigned(
        authorization: Authorization,
        head: Head,
        id: RequestId,
        room: Option<Reservation>,
    ) -> Signed {
        let (principal, secret) = (Principal::anonymous(), SecretKey::new(""));
        let credential = Credential { secret, session_token: None, expires: None, principal };
        Signed { authorization, credential, proven: false, head, id, _room: room }
    }

    fn refuse(
        &self,
        head: &Head,
        mount: Option<&Arc<Mount>>,
        refusal: Refusal,
        id: &RequestId,
    ) -> Response<Body> {
        let mount = mount.or_else(|| self.routes.unsigned(head));
        let protocol = mount.map_or_else(|| looks_like(head), |mount| mount.model.spoken(head));
        let error = refusal.into_error(protocol);
        tracing::debug!(request = %id, %error, "refused");
        protocol::encode_error(protocol, mount.map(|mount| mount.model), &error, id)
    }

    async fn call(self: &Arc<Self>, mount: &Arc<Mount>, request: Signed, body: Body) -> Response<Body> {
        let mut name = "";
        match self.prepare(mount, &request, body, &mut name).await {
            Ok((mount, ready, place)) => {
                let open = Arc::clone(self);
                let work = async move { open.perform(&mount, &request, ready).await };
                self.tasks.run(place, work).await
            }
            Err(error) => request.failed(request.spoken(mount), Some(mount), name, &error),
        }
    }

    /// All that comes before an operation is begun: until then a request that is dropped has done nothing.
    async fn prepare(
        &self,
        mount: &Arc<Mount>,
        request: &Signed,
        body: Body,
        name: &mut &'static str,
    ) -> Result<(Arc<Mount>, Ready, Place), AwsError> {
        let model = mount.model;
        let memory = self.context.memory();
        let (found, content, room) = request.receive(mount, body, memory).await?;
        let mount = self.in_realm(mount, request).await?;
        let document = content.document.clone();
        let operation = found.operation;
        *name = operation.name;
        let mut caller = request.caller();
        mount.service.admit(operation.name, &request.head, &caller)?;
        mount.service.admit_document(operation.name, &request.head, &document)?;
        let content = Content { labels: found.labels, ..content };
        let coding = Coding { model, protocol: request.spoken(&mount) };
        let mut input = protocol::decode(coding, operation, &request.head, content, &room)?;
        let held = room.into_held();
        let listing = Listing::open(model, operation, &request.realm(), &mut input)?;
        self.complete(operation, &mut input);
        mount.service.complete(operation, &request.head, &mut input);
        mount.service.inspect(operation, &input)?;
        if mount.service.validates(operation.name) {
            validate::check(&input, operation, model)?;
        }
        let listing = listing.map(|listing| listing.begin(operation, &mut input));
        let host = mount.service.host(&request.asking(model, operation, &input, &caller));
        let mount = self.hosted(mount, host).await?;
        let accesses = {
            let finding_out = mount.service.asks(&request.asking(model, operation, &input, &caller));
            finding_out.await?
        };
        let keys = permit::keys(&request.head, &caller, self.context.now());
        let (leave, denied) =
            self.permit(&*mount.service, coding.protocol, &caller, &keys, &accesses).await?;
        caller.leave = leave;
        // Before anything is done: for want of room for a small answer no success is told as a failure.
        let room = request.room(memory).await?;
        let place = self.tasks.place(&request.owner()).ok_or_else(|| throttled(coding.protocol))?;
        Ok((mount, Ready { operation, caller, input, listing, room, denied, _held: (document, held) }, place))
    }

    /// Makes up the tokens by which a request that is sent again is the same, where a client left them out.
    // AWS: clients fill them in; a request without one is one that is sent once.
    fn complete(&self, operation: &Operation, input: &mut Input) {
        for (place, member) in operation.input.members().iter().enumerate() {
            if member.idempotency && input.members().nth(place).is_none_or(Value::is_null) {
                input.say(place, self.context.entropy().uuid().to_string());
            }
        }
    }

    /// Does what was let in, and tells what came of it.
    async fn perform(&self, mount: &Mount, request: &Signed, ready: Ready) -> Response<Body> {
        let name = ready.operation.name;
        let performing = async {
            let running = async {
                if let Some(denied) = &ready.denied {
                    response_headers::set(response_headers::PERMISSIONS, denied);
                }
                self.run(mount, request, ready).await
            };
            let (answer, headers) = response_headers::collect(Box::pin(running)).await;
            let mut response = match answer {
                Ok(response) => {
                    tracing::debug!(request = %request.id, service = mount.model.id, operation = name, "answered");
                    response
                }
                Err(error) => request.failed(request.spoken(mount), Some(mount), name, &error),
            };
            response.headers_mut().extend(headers);
            response
        };
        self.caught(performing, &request.id).await
    }

    async fn run(&self, mount: &Mount, request: &Signed, ready: Ready) -> Result<Response<Body>, AwsError> {
        let Ready { operation, caller, input, listing, room, denied: _, _held } = ready;
        let (model, memory) = (mount.model, self.context.memory());
        let pending = mount.service.call(operation.name, &caller, input).ok_or_else(|| {
            AwsError::internal(format!("{} lists {} and has no handler for it", model.id, operation.name))
        })?;
        let mut output = pending.await?;
        if let Some(listing) = listing {
            listing.seal(operation, &mut *output);
        }
        let coding = Coding { model, protocol: request.spoken(mount) };
        let mut response = protocol::encode(coding, operation, output, &request.id, &room)?;
        if let Some(media_type) = operation.media_type {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        let weight = response.body().weight();
        let held = match room.into_held() {
            Some(mut held) if held.bytes() >= weight => {
                held.shrink_to(weight);
                held
            }
            // It came as bytes and was not printed: what a function answered.
            _ => room::when_free(memory, &request.owner(), weight).await?,
        };
        Ok(response.map(|body| body.held_by(held)))
    }
}

/// A request that was let in.
struct Ready {
    operation: &'static Operation,
    caller: Caller,
    input: Input,
    /// Whose page is asked for, where it is one.
    listing: Option<Listing>,
    /// For the answer.
    room: Room,
    /// That policies do not allow it, which is said and does not count.
    denied: Option<String>,
    /// The body and what is held for the input: they cover what is made of them, until the answer is there.
    _held: (Bytes, Option<Reservation>),
}

/// A request whose sender is known by name, not yet by proof.
pub(super) struct Signed {
    pub(super) authorization: Authorization,
    pub(super) credential: Credential,
    /// Whether its signature is looked at.
    pub(super) proven: bool,
    pub(super) head: Head,
    pub(super) id: RequestId,
    /// For the head's query.
    pub(super) _room: Option<Reservation>,
}

impl Signed {
    pub(super) fn caller(&self) -> Caller {
        let principal = self.credential.principal.clone();
        let region = Region::new(&self.authorization.region);
        Caller {
            account: principal.account,
            arn: principal.arn.in_partition(region.partition()),
            region,
            user_id: principal.user_id,
            access_key_id: self.authorization.access_key_id.clone(),
            request_id: self.id.clone(),
            source_ip: self.head.peer,
            reached_at: self.head.header("host").map(str::to_owned),
            trace: self.head.header("x-amzn-trace-id").map(Trace::of).unwrap_or_default(),
            leave: Leave::default(),
        }
    }

    /// It and what was read of it, as services are asked about it.
    fn asking<'a>(
        &'a self,
        model: &'static ServiceModel,
        operation: &'static Operation,
        input: &'a Input,
        caller: &'a Caller,
    ) -> Asking<'a> {
        Asking { model, operation, input, head: &self.head, caller }
    }

    /// The account of who signed, in the region that was signed for.
    pub(super) fn realm(&self) -> Realm {
        let account = self.credential.principal.account.clone();
        Realm::new(account, Region::new(&self.authorization.region))
    }

    /// Whether nobody signed it.
    pub(super) fn is_anonymous(&self) -> bool {
        self.credential.principal.account.is_anonymous()
    }

    /// The protocol that it speaks to that service.
    pub(super) fn spoken(&self, mount: &Mount) -> Protocol {
        mount.model.spoken(&self.head)
    }

    /// Who pays for what it takes.
    pub(super) fn owner(&self) -> Source {
        if self.is_anonymous() {
            return sender(self.head.peer);
        }
        Source::named("key", self.authorization.access_key_id.as_str())
    }

    async fn room(&self, memory: &Budget) -> Result<Room, AwsError> {
        Room::of(memory, &self.owner()).await
    }

    /// Finds the operation, verifies the signature, and takes the body as the operation wants it; with room for what is
    /// read from it.
    async fn receive(
        &self,
        mount: &Mount,
        body: Body,
        memory: &Budget,
    ) -> Result<(Found, Content, Room), AwsError> {
        let protocol = self.spoken(mount);
        if protocol == Protocol::Query {
            let document = self
                .collect(protocol, body, form_limit(mount.model))
                .await
                .map_err(|error| too_large(mount, None, error))?;
            let room = self.room(memory).await?.with_unions(mount.model.wrong_union);
            let parameters = self.parameters(&document, &room)?;
            let found = mount.find(&self.head, &parameters)?;
            let content = Content { labels: Vec::new(), document, stream: None, events: None, parameters };
            return Ok((found, content, room));
        }
        let found = match mount.find(&self.head, &Parameters::default()) {
            Ok(found) => found,
            Err(error) => {
                // Whoever is not allowed in does not learn what is here.
                self.collect(protocol, body, BODY_LIMIT).await?;
                return Err(error);
            }
        };
        let operation = found.operation;
        let limit = mount.service.body_limit(operation);
        if body.length().is_some_and(|length| length > limit) {
            return Err(mount.service.body_too_large(operation));
        }
        let content = |document, stream, events| Content {
            labels: Vec::new(),
            document,
            stream,
            events,
            parameters: Parameters::default(),
        };
        if operation.input.events_member().is_some() {
            let mut events = self.events(protocol, body)?;
            let first = if event_stream::is_rpc(protocol) { events.first().await? } else { Bytes::new() };
            let room = self.room(memory).await?.with_unions(mount.model.wrong_union);
            return Ok((found, content(first, None, Some(events)), room));
        }
        let direct = self.authorization.payload != Payload::Collected;
        if protocol::streams(found.operation) && direct {
            let stream = self.open(protocol, body)?;
            return Ok((found, content(Bytes::new(), Some(stream), None), self.room(memory).await?));
        }
        let document = self
            .collect(protocol, body, limit)
            .await
            .map_err(|error| too_large(mount, Some(operation), error))?;
        let room = self.room(memory).await?.with_unions(mount.model.wrong_union);
        Ok((found, content(document, None, None), room))
    }

    /// The whole body, its signature verified: by the head where that is enough, else before any of it is in memory.
    pub(super) async fn collect(
        &self,
        protocol: Protocol,
        body: Body,
        limit: u64,
    ) -> Result<Bytes, AwsError> {
        let collected = self.authorization.payload == Payload::Collected;
        let verified = if collected { None } else { Some(self.verify(protocol, "")?) };
        let waiting = match (&self.authorization.payload, verified) {
            (Payload::Chunked { .. }, Some(verified)) => self.dechunk(verified, body)?.wait(limit).await?,
            _ => body.wait(limit).await?,
        };
        match &self.authorization.payload {
            Payload::Collected => drop(self.verify(protocol, waiting.digest())?),
            Payload::Digest(stated) if !stated.eq_ignore_ascii_case(waiting.digest()) => {
                return Err(Refusal::PayloadMismatch.into_error(protocol));
            }
            Payload::Events => return Err(Refusal::PayloadText.into_error(protocol)),
            Payload::Digest(_) | Payload::Unsigned | Payload::Chunked { .. } => {}
        }
        waiting.into_bytes(&self.owner()).await
    }

    /// The body as a stream that ends in an error unless it is what was signed. The head's signature is verified now.
    fn open(&self, protocol: Protocol, body: Body) -> Result<Body, AwsError> {
        let verified = self.verify(protocol, "")?;
        Ok(match &self.authorization.payload {
            Payload::Collected | Payload::Unsigned => body,
            Payload::Events => return Err(Refusal::PayloadText.into_error(protocol)),
            Payload::Digest(stated) => body.with_sha256(stated.clone()),
            Payload::Chunked { .. } => self.dechunk(verified, body)?,
        })
    }

    /// The body as messages, each proven where that was promised.
    // AWS: clients sign each; here a body that was not promised to be so is taken, as any that is not signed.
    fn events(&self, protocol: Protocol, body: Body) -> Result<Arriving, AwsError> {
        match self.authorization.payload {
            Payload::Events => Ok(Arriving::of(body, Some(self.verify(protocol, "")?))),
            Payload::Collected => Err(Refusal::PayloadText.into_error(protocol)),
            _ => Ok(Arriving::of(self.open(protocol, body)?, None)),
        }
    }

    /// The bytes within a chunked body, where the head says that it is one.
    fn dechunk(&self, verified: Verified, body: Body) -> Result<Body, AwsError> {
        let Payload::Chunked { signed, trailer, .. } = &self.authorization.payload else { return Ok(body) };
        let length = self.head.header("x-amz-decoded-content-length").and_then(|text| text.parse().ok());
        let length = length.ok_or_else(|| {
            AwsError::new("MissingContentLength", "You must provide the Content-Length HTTP header.")
                .status(411)
        })?;
        let checksum = match self.head.header("x-amz-trailer") {
            None => None,
            Some(name) => Some(Algorithm::of_header(name).ok_or_else(|| {
                let message = "The value specified in the x-amz-trailer header is not supported";
                AwsError::new("InvalidRequest", message)
            })?),
        };
        let signer = (*signed && self.proven).then_some(verified);
        Ok(chunked::decode(body, Chunked { signer, trailer: *trailer, length, checksum }))
    }

    fn verify(&self, protocol: Protocol, digest: &str) -> Result<Verified, AwsError> {
        if !self.proven {
            return Ok(Verified::of_nobody());
        }
        self.authorization
            .verify(&self.head, &self.credential, digest)
            .map_err(|refusal| refusal.into_error(protocol))
    }

    /// The query protocol's parameters, from the body and the query.
    fn parameters(&self, document: &Bytes, room: &Room) -> Result<Parameters, AwsError> {
        let malformed =
            || AwsError::new("MalformedQueryString", "The query string contains a syntax error.").status(404);
        let form = std::str::from_utf8(document).map_err(|_| malformed())?;
        room.take(percent::cost(form) + percent::cost(&self.head.raw_query))?;
        let mut pairs = percent::pairs(form).ok_or_else(malformed)?;
        pairs.extend(self.head.query.iter().filter(|(name, _)| !name.starts_with("X-Amz-")).cloned());
        Parameters::of(&pairs, room)
    }

    fn failed(
        &self,
        protocol: Protocol,
        mount: Option<&Mount>,
        operation: &str,
        error: &AwsError,
    ) -> Response<Body> {
        let service = mount.map_or("", |mount| mount.model.id);
        // What is not implemented is a refusal, not a fault.
        if error.http_status() >= 500 && error.http_status() != 501 {
            let source = std::error::Error::source(error).map(ToString::to_string);
            tracing::error!(request = %self.id, service, operation, %error, source, "a request failed");
        } else {
            tracing::debug!(request = %self.id, service, operation, %error, "refused");
        }
        protocol::encode_error(protocol, mount.map(|mount| mount.model), error, &self.id)
    }
}

/// The protocol of a request that no service here is meant by, so that its client can read the refusal.
fn looks_like(head: &Head) -> Protocol {
    let kind = head.header("content-type").unwrap_or_default();
    if head.header("smithy-protocol") == Some("rpc-v2-cbor") {
        return Protocol::Cbor;
    }
    match head.header("x-amz-target") {
        Some(_) if kind.ends_with("1.0") => Protocol::Json10,
        Some(_) => Protocol::Json11,
        None if kind.starts_with("application/x-www-form-urlencoded")
            || head.parameter("Action").is_some() =>
        {
            Protocol::Query
        }
        None => Protocol::RestJson,
    }
}

/// The same for a page at an address without a name. The IDE is at such an address, and browsers tell its cookies and ours
/// apart by name alone. An object or an API's page that is opened here runs in an origin of its own, which has no cookies
/// and no neighbours.
fn apart(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().append(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(APART));
    response
}

/// The largest form: which operation it means is in it.
fn form_limit(model: &ServiceModel) -> u64 {
    model.operations.iter().map(|operation| operation.body_limit).max().unwrap_or(BODY_LIMIT)
}

/// A body's own limit in the words of the service.
fn too_large(mount: &Mount, operation: Option<&Operation>, error: AwsError) -> AwsError {
    if error.code() != "EntityTooLarge" {
        return error;
    }
    // Which operation a form means is in it.
    let of_a_form = || {
        let message = format!("Request must be smaller than {} bytes", form_limit(mount.model));
        AwsError::new("RequestEntityTooLargeException", message).status(413)
    };
    operation.map_or_else(of_a_form, |operation| mount.service.body_too_large(operation))
}

/// Who pays for what waits for a stranger.
pub(super) fn sender(peer: Option<IpAddr>) -> Source {
    peer.map_or_else(|| Source::named("peer", "unknown"), Source::address)
}

/// Turns `bucket.localhost/key` and `bucket.s3.…/key` into `/bucket/key` for routing, under this cloud's names, AWS's and
/// those of another local cloud. The signature is over what was sent.
fn virtual_host(head: &mut Head, host: &str) {
    let ours = host.strip_suffix(".localhost");
    let others = super::OTHERS.iter().find_map(|domain| host.strip_suffix(domain)?.strip_suffix('.'));
    let Some(prefix) = ours.or(others) else { return };
    let mut labels: Vec<&str> = prefix.split('.').collect();
    if let Some(place) = labels.iter().rposition(|label| *label == "s3") {
        labels.truncate(place);
    } else if labels.len() != 1 || ours.is_none() {
        return;
    }
    if !labels.is_empty() {
        head.routed_path = format!("/{}{}", labels.join("."), head.path);
    }
}

pub(super) fn plain(status: StatusCode, message: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(Bytes::from(format!("{message}\n"))));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
