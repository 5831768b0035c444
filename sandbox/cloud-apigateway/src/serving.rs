//! Deployed APIs, answering strangers.
//!
//! An API is reached as `http://{id}.execute-api.localhost:PORT/…` and, where that name does not resolve, as
//! `/_aws/execute-api/{id}/…` on the endpoint itself. What follows is the same in both: HTTP APIs serve their
//! `$default` stage at the root and others under their names, REST APIs serve every stage under its name.

use std::{collections::HashMap, net::IpAddr, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_core::{Arn, Delivery, DeliveryKind};
use cloud_wire::{Body, endpoint::PublicFront};
use http::{HeaderValue, Request, Response, StatusCode, request::Parts};

use crate::{
    ApiGateway, cors,
    http_api::DEFAULT_STAGE,
    payload_v1, payload_v2,
    records::Api,
    request::{Incoming, Place},
    response::{self, Answer, Kind},
    routing::{Routes, Taken, Target},
    shapes_v2::Cors,
};

const PATH: &str = "/_aws/execute-api/";
const HOST: &str = ".execute-api.localhost";
const PRINCIPAL: &str = "apigateway.amazonaws.com";
// AWS: quotas, "Payload size" 10 MB for both kinds.
const MAX_BODY: u64 = 10 * 1024 * 1024;
// AWS: quotas, "Total combined size of request line and header values" of HTTP APIs, "of all header values" of REST APIs.
const MAX_HEAD: usize = 10_240;

/// An API with its stages compiled.
pub(crate) struct Served {
    kind: Kind,
    cors: Option<Cors>,
    stages: HashMap<String, ServedStage>,
}

struct ServedStage {
    routes: Routes,
    variables: Vec<(String, String)>,
    binary_media_types: Vec<String>,
}

impl Served {
    pub(crate) fn of(api: &Api) -> Self {
        match api {
            Api::Http(api) => {
                let stages = api.stages.iter().map(|(name, state)| {
                    let variables =
                        state.stage.stage_variables.clone().unwrap_or_default().into_iter().collect();
                    let stage =
                        ServedStage { routes: state.compile(), variables, binary_media_types: Vec::new() };
                    (name.clone(), stage)
                });
                Self { kind: Kind::Http, cors: api.cors().cloned(), stages: stages.collect() }
            }
            Api::Rest(api) => {
                let stages = api.stages.iter().filter_map(|(name, stage)| {
                    let snapshot = api.snapshot(stage)?;
                    let variables = stage.variables.clone().unwrap_or_default().into_iter().collect();
                    let binary_media_types = snapshot.binary_media_types.clone();
                    Some((
                        name.clone(),
                        ServedStage { routes: snapshot.compile(), variables, binary_media_types },
                    ))
                });
                Self { kind: Kind::Rest, cors: None, stages: stages.collect() }
            }
        }
    }

    /// The stage of a path, and the path behind it.
    fn stage<'a>(&self, path: &'a str) -> Option<(&str, &ServedStage, &'a str)> {
        let inner = path.strip_prefix('/').unwrap_or(path);
        let (first, rest) = inner.find('/').map_or((inner, "/"), |slash| inner.split_at(slash));
        let named = self.stages.get_key_value(first).filter(|(name, _)| *name != DEFAULT_STAGE);
        if let Some((name, stage)) = named {
            return Some((name, stage, rest));
        }
        let (name, stage) = self.stages.get_key_value(DEFAULT_STAGE).filter(|_| self.kind == Kind::Http)?;
        Some((name, stage, path))
    }
}

#[async_trait]
impl PublicFront for ApiGateway {
    fn claims_host(&self, host: &str) -> bool {
        host.strip_suffix(HOST).is_some_and(|id| !id.is_empty() && !id.contains('.'))
    }

    fn claims_path(&self, path: &str) -> bool {
        path.starts_with(PATH)
    }

    async fn answer(&self, request: Request<Body>, peer: Option<IpAddr>) -> Response<Body> {
        let request_id = self.context().entropy().uuid().to_string();
        let (parts, body) = request.into_parts();
        let (answer, kind) = match api_of(&parts) {
            Some((id, path)) => self.answer_at(&id, path, &parts, body, peer, &request_id).await,
            None => (Kind::Http.no_route(), Kind::Http),
        };
        let mut response = Response::new(Body::from(answer.body));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        let name = if kind == Kind::Http { "apigw-requestid" } else { "x-amzn-requestid" };
        if let Ok(value) = HeaderValue::from_str(&request_id) {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// The API that a request is for, and the path behind its id.
fn api_of(parts: &Parts) -> Option<(String, &str)> {
    let path = parts.uri.path();
    if let Some(rest) = path.strip_prefix(PATH) {
        let (id, path) = rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash));
        return Some((id.to_owned(), path));
    }
    let host = parts.headers.get("host").and_then(|host| host.to_str().ok()).or_else(|| parts.uri.host())?;
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
    Some((name.strip_suffix(HOST)?.to_owned(), path))
}

impl ApiGateway {
    async fn answer_at(
        &self,
        id: &str,
        path: &str,
        parts: &Parts,
        body: Body,
        peer: Option<IpAddr>,
        request_id: &str,
    ) -> (Answer, Kind) {
        let Some(served) = self.served(id) else {
            return (Kind::Http.no_route(), Kind::Http);
        };
        let kind = served.kind;
        let Some((stage_name, stage, inner)) = served.stage(path) else {
            // AWS: a REST API answers an unknown stage with `Forbidden`, an HTTP API as an unknown route.
            let answer = if kind == Kind::Rest {
                Answer::message(StatusCode::FORBIDDEN, "Forbidden")
            } else {
                kind.no_route()
            };
            return (answer, kind);
        };
        if head_size(kind, parts) > MAX_HEAD {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            return (Answer::message(status, "Request Header Fields Too Large"), kind);
        }
        let Ok(body) = body.collect(MAX_BODY).await else {
            return (Answer::message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"), kind);
        };
        let incoming = self.incoming(id, path, inner, parts, body, peer, request_id);
        if let Some((status, headers)) =
            served.cors.as_ref().and_then(|cors| cors::preflight(cors, &incoming))
        {
            return (Answer { status, headers, body: Bytes::new() }, kind);
        }
        let Some(taken) = stage.routes.find(incoming.method.as_str(), inner) else {
            return (kind.no_route(), kind);
        };
        let place = Place {
            account: self.context().account().as_str(),
            api_id: id,
            stage: stage_name,
            stage_variables: &stage.variables,
        };
        let mut answer = self.integrate(kind, &incoming, &place, &taken, &stage.binary_media_types).await;
        if let Some(cors) = &served.cors {
            cors::apply(cors, incoming.header("origin"), &mut answer.headers);
        }
        (answer, kind)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one request, put together here and nowhere else"
    )]
    fn incoming(
        &self,
        id: &str,
        path: &str,
        inner: &str,
        parts: &Parts,
        body: Bytes,
        peer: Option<IpAddr>,
        request_id: &str,
    ) -> Incoming {
        Incoming {
            method: parts.method.clone(),
            raw_path: path.to_owned(),
            path: inner.to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers.clone(),
            body,
            source_ip: peer.unwrap_or(IpAddr::from([127, 0, 0, 1])),
            domain: format!("{id}{HOST}"),
            request_id: request_id.to_owned(),
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
        };
        let Ok(function) = target.function.parse::<Arn>() else { return kind.unreachable() };
        let payload = if target.payload_v2 {
            payload_v2::event(incoming, place, taken)
        } else {
            let binary = is_binary(binary_media_types, incoming.header("content-type"));
            payload_v1::event(incoming, place, taken, binary, kind)
        };
        let source = self.source_arn(place.api_id, place.stage, incoming.method.as_str(), &incoming.path);
        let delivery = Delivery {
            payload,
            kind: DeliveryKind::RequestResponse,
            principal: Some(PRINCIPAL.to_owned()),
            source_arn: Some(source),
        };
        let delivered = self.context().peers().deliver(&function, delivery);
        let timeout = Duration::from_millis(u64::from(target.timeout_ms));
        let delivered = match tokio::time::timeout(timeout, delivered).await {
            Err(_) => return kind.timeout(),
            Ok(Err(error)) => {
                tracing::warn!(api = place.api_id, %function, %error, "an integration was not reached");
                return kind.unreachable();
            }
            Ok(Ok(delivered)) => delivered,
        };
        if delivered.function_error.is_some() {
            return kind.bad_integration();
        }
        let read = if target.payload_v2 { response::read_v2 } else { response::read_v1 };
        read(&delivered.payload).unwrap_or_else(|| {
            tracing::warn!(api = place.api_id, %function, "a function's answer is malformed");
            kind.bad_integration()
        })
    }
}

/// What of a request counts against [`MAX_HEAD`].
fn head_size(kind: Kind, parts: &Parts) -> usize {
    let values: usize = parts.headers.values().map(HeaderValue::len).sum();
    let target = parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
    match kind {
        Kind::Http => parts.method.as_str().len() + target + values,
        Kind::Rest => values,
    }
}

/// Whether a REST API treats a body of this type as binary.
fn is_binary(types: &[String], content_type: Option<&str>) -> bool {
    let actual = content_type.unwrap_or("application/json").split(';').next().unwrap_or_default().trim();
    let fits = |wanted: &String| {
        wanted == "*/*"
            || wanted == actual
            || wanted.strip_suffix('*').is_some_and(|start| actual.starts_with(start))
    };
    types.iter().any(fits)
}
