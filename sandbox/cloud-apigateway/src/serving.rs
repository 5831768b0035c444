//! Deployed APIs, answering strangers.
//!
//! An API is reached as `http://{id}.execute-api.localhost:PORT/…` and, where that name does not resolve, as
//! `/_aws/execute-api/{id}/…` on the endpoint itself; `address` has the other forms. What follows is the same in all:
//! HTTP APIs serve their `$default` stage at the root and others under their names, REST APIs serve every stage under its
//! name.

use std::{collections::HashMap, net::IpAddr, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_core::{AwsError, Delivery, RequestId, Trace, budget::Source};
use cloud_wire::{
    Body, Spelling,
    endpoint::{PublicFront, Shadow},
    site,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, request::Parts};

use crate::{
    ApiGateway,
    address::{self, Address},
    compression::{self, Unreadable},
    cors,
    http_api::DEFAULT_STAGE,
    mock::{Choice, Unanswered},
    payload_v1, payload_v2, quotas,
    records::Api,
    request::{Ids, Incoming, Place},
    response::{self, Answer, Format, Kind, Reading},
    routing::{Routes, Taken, Target},
    shapes_v2::Cors,
};

const PRINCIPAL: &str = "apigateway.amazonaws.com";
// AWS: the methods that `ANY` stands for. Others are not HTTP's own (CONNECT would hand the connection over).
const METHODS: [Method; 7] =
    [Method::DELETE, Method::GET, Method::HEAD, Method::OPTIONS, Method::PATCH, Method::POST, Method::PUT];

/// An API with its stages compiled.
pub(crate) struct Served {
    kind: Kind,
    /// Whether its address answers at all.
    enabled: bool,
    cors: Option<Cors>,
    stages: HashMap<String, ServedStage>,
}

struct ServedStage {
    routes: Routes,
    variables: Vec<(String, String)>,
    binary_media_types: Vec<String>,
    deployment_id: Option<String>,
    /// From which size on answers are compressed.
    minimum_compression_size: Option<i32>,
}

impl Served {
    pub(crate) fn of(api: &Api) -> Self {
        match api {
            Api::Http(api) => {
                let stages = api.stages.iter().map(|(name, state)| {
                    let stage = ServedStage {
                        routes: state.compile(),
                        variables: state
                            .stage
                            .stage_variables
                            .clone()
                            .unwrap_or_default()
                            .into_iter()
                            .collect(),
                        binary_media_types: Vec::new(),
                        deployment_id: None,
                        minimum_compression_size: None,
                    };
                    (name.clone(), stage)
                });
                let enabled = api.api.disable_execute_api_endpoint != Some(true);
                Self { kind: Kind::Http, enabled, cors: api.cors().cloned(), stages: stages.collect() }
            }
            Api::Rest(api) => {
                let stages = api.stages.iter().filter_map(|(name, stage)| {
                    let snapshot = api.snapshot(stage)?;
                    let served = ServedStage {
                        routes: snapshot.compile(),
                        variables: stage.variables.clone().unwrap_or_default().into_iter().collect(),
                        binary_media_types: snapshot.binary_media_types.clone(),
                        deployment_id: stage.deployment_id.clone(),
                        minimum_compression_size: snapshot.minimum_compression_size,
                    };
                    Some((name.clone(), served))
                });
                let enabled = api.api.disable_execute_api_endpoint != Some(true);
                Self { kind: Kind::Rest, enabled, cors: None, stages: stages.collect() }
            }
        }
    }

    /// Whose stages are served.
    #[cfg(test)]
    pub(crate) fn stage_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.stages.keys().cloned().collect();
        names.sort();
        names
    }

    /// The stage that an address means, and the path in it.
    fn stage<'a>(&self, address: &'a Address) -> Option<(&str, &ServedStage, &'a str)> {
        let default = || self.stages.get_key_value(DEFAULT_STAGE).filter(|_| self.kind == Kind::Http);
        let path = match self.kind {
            Kind::Rest => single_slash(&address.path),
            Kind::Http => &address.path,
        };
        let inner = path.strip_prefix('/').unwrap_or(path);
        let (first, rest) = inner.find('/').map_or((inner, "/"), |slash| inner.split_at(slash));
        let named = self.stages.get_key_value(first).filter(|(name, _)| *name != DEFAULT_STAGE);
        if let Some((name, stage)) = named.filter(|_| !address.default_stage) {
            // AWS: slashes too many in front of a path of a REST API do not count.
            let rest = if self.kind == Kind::Rest { single_slash(rest) } else { rest };
            return Some((name, stage, rest));
        }
        let (name, stage) = default()?;
        Some((name, stage, path))
    }
}

/// A path that begins with one slash, however many there were.
fn single_slash(mut path: &str) -> &str {
    while let Some(rest) = path.strip_prefix('/').filter(|rest| rest.starts_with('/')) {
        path = rest;
    }
    path
}

#[async_trait]
impl PublicFront for ApiGateway {
    fn claims_host(&self, host: &str) -> bool {
        is_host(host)
    }

    fn claims_path(&self, path: &str) -> bool {
        is_path(path)
    }

    fn has(&self, request: &Parts) -> bool {
        Address::of(request).is_some_and(|address| self.served(&address.id).is_some())
    }

    fn shadow(&self) -> Option<Shadow> {
        let ids = self.served_ids();
        let has =
            move |request: &Parts| Address::of(request).is_some_and(|address| ids.contains(&address.id));
        Some(std::sync::Arc::new(has))
    }

    async fn answer(&self, request: Request<Body>, peer: Option<IpAddr>, id: &RequestId) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        let ids = Ids::new(id, self.context().now(), &parts.headers);
        site::keep_from_functions(&mut parts.headers);
        let address = Address::of(&parts);
        let (mut answer, kind) = match &address {
            Some(address) => self.answer_at(address, parts, body, peer, &ids).await,
            None => (Kind::Http.no_route(), Kind::Http),
        };
        let shares_host = address.is_none_or(|address| address.own_host.is_none());
        site::keep_from_browser(&mut answer.headers, shares_host);
        name_answer(kind, &ids, &mut answer.headers);
        let mut response = Response::new(Body::from(answer.body));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        response
    }
}

fn is_host(host: &str) -> bool {
    address::id_in_host(host).is_some()
}

fn is_path(path: &str) -> bool {
    Address::is_path(path)
}

/// What strangers meet while the service's records cannot be opened.
#[derive(Clone, Copy, Debug)]
pub struct StoppedApis;

#[async_trait]
impl PublicFront for StoppedApis {
    fn claims_host(&self, host: &str) -> bool {
        is_host(host)
    }

    fn claims_path(&self, path: &str) -> bool {
        is_path(path)
    }

    fn has(&self, _: &Parts) -> bool {
        false
    }

    async fn answer(&self, _: Request<Body>, _: Option<IpAddr>, _: &RequestId) -> Response<Body> {
        // AWS: what both kinds of API answer while they cannot. Why is in the log: strangers are not told.
        let mut response =
            Response::new(Body::from(Bytes::from_static(br#"{"message":"Service Unavailable"}"#)));
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        let kind = HeaderValue::from_static("application/json");
        response.headers_mut().insert(http::header::CONTENT_TYPE, kind);
        response
    }
}

/// Says under which ids the request was answered.
fn name_answer(kind: Kind, ids: &Ids, headers: &mut HeaderMap) {
    let names: &[(&'static str, &str)] = match kind {
        Kind::Http => &[("apigw-requestid", &ids.extended)],
        Kind::Rest => &[
            ("x-amzn-requestid", ids.request(Kind::Rest)),
            ("x-amz-apigw-id", &ids.extended),
            ("x-amzn-trace-id", &ids.trace),
        ],
    };
    for (name, id) in names {
        if let Ok(value) = HeaderValue::from_str(id) {
            headers.insert(*name, value);
        }
    }
}

impl ApiGateway {
    async fn answer_at(
        &self,
        address: &Address,
        parts: Parts,
        body: Body,
        peer: Option<IpAddr>,
        ids: &Ids,
    ) -> (Answer, Kind) {
        let Some(served) = self.served(&address.id) else {
            return (Kind::Http.no_route(), Kind::Http);
        };
        let kind = served.kind;
        // AWS: a REST API answers an unknown stage with `Forbidden`, an HTTP API as an unknown route.
        let Some((stage_name, stage, inner)) = served.stage(address).filter(|_| served.enabled) else {
            return (kind.no_stage(), kind);
        };
        if head_size(kind, &parts) > quotas::HEAD {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            return (kind.not_taken(status, "Request Header Fields Too Large"), kind);
        }
        // Its state is large: bodies may wait in files.
        let body = match Box::pin(body.collect(quotas::PAYLOAD)).await {
            Ok(body) => body,
            Err(error) => return (not_taken(kind, &error), kind),
        };
        let mut incoming = self.incoming(address, inner, parts, body, peer, ids.clone());
        let source = Source::address(incoming.source_ip);
        if kind == Kind::Rest {
            incoming.raw_path = single_slash(&address.path).to_owned();
            if let Err(refusal) = self.decompress(&mut incoming, &source).await {
                return (refusal, kind);
            }
        }
        if let Some((status, headers)) =
            served.cors.as_ref().and_then(|cors| cors::preflight(cors, &incoming))
        {
            return (Answer { status, headers, body: Bytes::new() }, kind);
        }
        let taken = stage.routes.find(incoming.method.as_str(), inner);
        let Some(taken) = taken.filter(|_| METHODS.contains(&incoming.method)) else {
            return (kind.no_route(), kind);
        };
        let place = Place {
            account: self.context().account().as_str(),
            api_id: &address.id,
            stage: stage_name,
            stage_variables: &stage.variables,
            deployment_id: stage.deployment_id.as_deref(),
        };
        if taken.route.api_key_required {
            // There are no keys, so that none is a valid one.
            return (kind.forbidden(), kind);
        }
        let mut answer = self.integrate(kind, &incoming, &place, &taken, &stage.binary_media_types).await;
        if let Some(least) = stage.minimum_compression_size {
            let (accepted, memory) = (incoming.header("accept-encoding"), self.context().memory());
            compression::compress(&mut answer, accepted, least, memory, &source).await;
        }
        if let Some(cors) = &served.cors {
            cors::apply(cors, incoming.header("origin"), &mut answer.headers);
        }
        (answer, kind)
    }

    /// Takes the coding from a request's body.
    async fn decompress(&self, incoming: &mut Incoming, source: &Source) -> Result<(), Answer> {
        let (body, memory) = (incoming.body.clone(), self.context().memory());
        let body =
            compression::decompress(body, &mut incoming.headers, quotas::PAYLOAD, memory, source).await;
        let refused = |status, message| Kind::Rest.not_taken(status, message);
        match body {
            Ok(body) => incoming.body = body,
            Err(Unreadable::MediaType) => {
                return Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type"));
            }
            Err(Unreadable::TooLarge) => {
                return Err(refused(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"));
            }
            Err(Unreadable::NoRoom(error)) => return Err(not_taken(Kind::Rest, &error.into())),
        }
        Ok(())
    }

    fn incoming(
        &self,
        address: &Address,
        inner: &str,
        mut parts: Parts,
        body: Bytes,
        peer: Option<IpAddr>,
        ids: Ids,
    ) -> Incoming {
        let own_host = address.own_host.clone();
        Incoming {
            raw_path: address.path.clone(),
            path: inner.to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            spelling: parts.extensions.remove::<Spelling>().unwrap_or_default(),
            method: parts.method,
            headers: parts.headers,
            body,
            source_ip: peer.unwrap_or(IpAddr::from([127, 0, 0, 1])),
            domain: own_host.unwrap_or_else(|| format!("{}.execute-api.localhost", address.id)),
            ids,
            now: self.context().now(),
        }
    }

    /// Hands the request to the function and reads its answer.
    async fn integrate(
        &self,
        kind: Kind,
        incoming: &Incoming,
        place: &Place<'_>,
        taken: &Taken,
        binary_media_types: &[String],
    ) -> Answer {
        let target = match &taken.route.target {
            Target::Function(target) => target,
            Target::Mock(mock) => return response::of_mock(mock).unwrap_or_else(|| kind.unreachable()),
            Target::Choice(choice) => return mocked(choice, kind, incoming),
        };
        let Some(function) = &taken.route.function else { return kind.unreachable() };
        let payload = if target.payload_v2 {
            payload_v2::event(incoming, place, taken)
        } else {
            let binary = is_binary(binary_media_types, incoming.header("content-type"));
            payload_v1::event(incoming, place, taken, binary, kind)
        };
        let source = self.source_arn(place.api_id, place.stage, incoming.method.as_str(), &incoming.path);
        let mut delivery = Delivery::new(function.clone(), payload).from_service(PRINCIPAL, source).awaited();
        (delivery.id, delivery.trace) = (Some(incoming.ids.uuid.clone()), Trace::of(&incoming.ids.trace));
        let delivered = self.context().peers().deliver(delivery);
        let timeout = Duration::from_millis(u64::from(target.timeout_ms));
        let delivered = match tokio::time::timeout(timeout, delivered).await {
            Err(_) => return kind.timeout(),
            // AWS: throttled, refused and gone look alike to the caller.
            Ok(Err(error)) => {
                tracing::warn!(api = place.api_id, %function, %error, "an integration was not reached");
                return kind.unreachable();
            }
            Ok(Ok(delivered)) => delivered,
        };
        if delivered.function_error.is_some() {
            return kind.bad_integration();
        }
        let reading = Reading {
            kind,
            format: if target.payload_v2 { Format::V2 } else { Format::V1 },
            takes_binary: is_binary(binary_media_types, first_accepted(incoming)),
        };
        reading.read(&delivered.payload).unwrap_or_else(|| {
            tracing::warn!(api = place.api_id, %function, "a function's answer is malformed");
            kind.bad_integration()
        })
    }
}

/// What a mock answers to a request.
fn mocked(choice: &Choice, kind: Kind, incoming: &Incoming) -> Answer {
    match choice.answer(incoming.header("content-type"), &incoming.body) {
        Ok(mock) => response::of_mock(mock).unwrap_or_else(|| kind.unreachable()),
        Err(Unanswered::MediaType) => {
            kind.not_taken(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type")
        }
        // AWS: "Execution failed due to configuration error" stands in its log, and not in the answer.
        Err(Unanswered::Configuration) => kind.unreachable(),
    }
}

/// The answer to a body that is too large, stopped coming, or finds no room now.
fn not_taken(kind: Kind, error: &AwsError) -> Answer {
    match error.http_status() {
        503 => kind.not_taken(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        _ if error.code() == "RequestTimeout" => {
            kind.not_taken(StatusCode::REQUEST_TIMEOUT, "Request Timeout")
        }
        _ if error.code() == "InvalidRequest" => kind.not_taken(StatusCode::BAD_REQUEST, "Bad Request"),
        _ => kind.not_taken(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"),
    }
}

/// What of a request counts against [`quotas::HEAD`].
fn head_size(kind: Kind, parts: &Parts) -> usize {
    let values: usize = parts.headers.values().map(HeaderValue::len).sum();
    let target = parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
    match kind {
        Kind::Http => parts.method.as_str().len() + target + values,
        Kind::Rest => values,
    }
}

// AWS: "When a request contains multiple media types in its Accept header, API Gateway only honors the first".
fn first_accepted(incoming: &Incoming) -> Option<&str> {
    incoming.header("accept")?.split(',').next()
}

/// Whether a REST API treats a body of this type as binary, or gives binary bodies to who asks for this type.
fn is_binary(types: &[String], media_type: Option<&str>) -> bool {
    let actual = media_type.unwrap_or("application/json").split(';').next().unwrap_or_default();
    let actual = actual.trim().to_ascii_lowercase();
    let fits = |wanted: &String| {
        let wanted = wanted.to_ascii_lowercase();
        wanted == "*/*"
            || wanted == actual
            || wanted.strip_suffix('*').is_some_and(|start| actual.starts_with(start))
    };
    types.iter().any(fits)
}

#[cfg(test)]
mod tests;
