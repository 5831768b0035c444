//! The Runtime API and the Extensions API over HTTP, at the cell's loopback.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use engine::{FunctionError, Shutdown};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

use super::answer::{Lost, error_of, error_type};
use super::{Api, Event, Piece};
use crate::connections;
use crate::extensions::Kind;
use crate::state::Refusal;
use crate::telemetry::{Stream, Subscription, deliver};

/// Connections of one environment at once.
const CONNECTIONS: usize = 64;
/// The longest body of what extensions ask.
const SMALL_BODY: usize = 64 << 10;

const RUNTIME: &str = "/2018-06-01/";
const EXTENSIONS: &str = "/2020-01-01/extension/";
const TELEMETRY: &str = "/2022-07-01/telemetry";
const EXTENSION_ID: &str = "lambda-extension-identifier";

type Answer = Response<Full<Bytes>>;

/// Answers whoever connects in the cell, until it is aborted.
pub(crate) async fn serve(listener: TcpListener, api: Arc<Api>) {
    connections::each(listener, CONNECTIONS, |stream| connection(stream, Arc::clone(&api))).await;
}

async fn connection(stream: TcpStream, api: Arc<Api>) {
    let service = service_fn(move |request| {
        let api = Arc::clone(&api);
        async move { Ok::<_, Infallible>(api.answer(request).await) }
    });
    let mut connection = http1::Builder::new();
    // As AWS writes them: shell scripts look for them.
    connection.title_case_headers(true);
    if let Err(error) = connection.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "a runtime's connection broke off");
    }
}

impl Api {
    async fn answer(&self, request: Request<Incoming>) -> Answer {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        let post = head.method == Method::POST;
        let answer = if let Some(call) = path.strip_prefix(RUNTIME) {
            match call.split('/').collect::<Vec<_>>().as_slice() {
                ["ping"] if head.method == Method::GET => return plain(StatusCode::OK, "pong"),
                ["runtime", "invocation", "next"] if head.method == Method::GET => self.next().await,
                ["runtime", "invocation", id, "response"] if post => {
                    self.response(id, &head.headers, body).await
                }
                ["runtime", "invocation", id, "error"] if post => self.error(id, &head.headers, body).await,
                ["runtime", "init", "error"] if post => self.init_error(&head.headers, body).await,
                ["ping"]
                | ["runtime", "invocation", "next"]
                | ["runtime", "invocation", _, "response" | "error"]
                | ["runtime", "init", "error"] => return plain(StatusCode::METHOD_NOT_ALLOWED, ""),
                _ => return not_found(),
            }
        } else if let Some(call) = path.strip_prefix(EXTENSIONS) {
            match call {
                "register" if post => self.register(&head.headers, body).await,
                "event/next" if head.method == Method::GET => self.next_of_extension(&head.headers).await,
                "init/error" | "exit/error" if post => self.extension_error(&head.headers),
                "register" | "event/next" | "init/error" | "exit/error" => {
                    return plain(StatusCode::METHOD_NOT_ALLOWED, "");
                }
                _ => return not_found(),
            }
        } else if path == TELEMETRY {
            if head.method != Method::PUT {
                return plain(StatusCode::METHOD_NOT_ALLOWED, "");
            }
            self.subscribe(&head.headers, body).await
        } else {
            return not_found();
        };
        answer.unwrap_or_else(|refusal| as_json(refusal.status, &json!(refusal.body)))
    }

    async fn next(&self) -> Result<Answer, Refusal> {
        self.change(|inner| inner.runtime.next())?;
        let event = self.when(|inner| {
            let id = inner.event.as_ref()?.request_id.clone();
            if inner.runtime.run(&id) { inner.event.take() } else { None }
        });
        let Event { request_id, deadline_ms, invoked_arn, trace_id, client_context, payload } = event.await;
        let mut answer = Response::new(Full::new(payload));
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in [
            ("lambda-runtime-aws-request-id", Some(request_id)),
            ("lambda-runtime-deadline-ms", Some(deadline_ms.to_string())),
            ("lambda-runtime-invoked-function-arn", Some(invoked_arn)),
            ("lambda-runtime-trace-id", Some(trace_id)),
            ("lambda-runtime-client-context", client_context),
        ] {
            // LIMIT: what a caller's context has that no header may have is left out with it.
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        Ok(answer)
    }

    async fn response(&self, id: &str, headers: &HeaderMap, body: Incoming) -> Result<Answer, Refusal> {
        let to = self.change(|inner| inner.runtime.respond(id).map(|()| inner.answer.clone()))?;
        let undo = Undo(self);
        let Some(to) = to else { return Ok(accepted()) };
        // AWS: "Propagates the Content-Type header from the runtime to send to the client."
        if let Some(media_type) = headers.get(CONTENT_TYPE).and_then(|media_type| media_type.to_str().ok()) {
            // Where nobody waits any more it goes nowhere.
            let _ = to.send(Piece::Type(media_type.to_owned())).await;
        }
        let is_stream = headers
            .get("lambda-runtime-function-response-mode")
            .is_some_and(|mode| mode.as_bytes().eq_ignore_ascii_case(b"streaming"));
        let taken = if is_stream {
            self.streamed(body, &to).await
        } else {
            match self.whole(body).await {
                Ok(whole) => self.hand_on(whole, &to).await.map(|()| None),
                Err(lost) => Err(lost),
            }
        };
        let (last, answer) = match taken {
            Ok(None) => (Piece::End, Ok(accepted())),
            Ok(Some(error)) => (Piece::Failed(error), Ok(accepted())),
            // It may be sent once more.
            Err(lost @ Lost::BrokenOff) if !is_stream => return Err(lost.refusal()),
            Err(lost) => (Piece::Failed(of_lost(&lost, id)), Err(lost.refusal())),
        };
        // Nobody waits where it took too long.
        let _ = to.send(last).await;
        undo.done();
        answer
    }

    async fn error(&self, id: &str, headers: &HeaderMap, body: Incoming) -> Result<Answer, Refusal> {
        let to = self.change(|inner| inner.runtime.fail(id).map(|()| inner.answer.clone()))?;
        let undo = Undo(self);
        let (last, answer) = match self.whole(body).await {
            Ok(body) => (Piece::Failed(error_of(error_type(headers), &body)), Ok(accepted())),
            Err(lost @ Lost::BrokenOff) => return Err(lost.refusal()),
            Err(lost) => (Piece::Failed(of_lost(&lost, id)), Err(lost.refusal())),
        };
        if let Some(to) = to {
            let _ = to.send(last).await;
        }
        undo.done();
        answer
    }

    async fn init_error(&self, headers: &HeaderMap, body: Incoming) -> Result<Answer, Refusal> {
        let body = self.whole(body).await.map_err(|lost| lost.refusal())?;
        let error = error_of(error_type(headers), &body);
        self.change(|inner| inner.runtime.init_error().map(|()| inner.init_error = Some(error)))?;
        Ok(accepted())
    }

    async fn register(&self, headers: &HeaderMap, body: Incoming) -> Result<Answer, Refusal> {
        let bad = |error_type, message: &str| Refusal::new(StatusCode::BAD_REQUEST, error_type, message);
        let name = headers.get("lambda-extension-name").and_then(|name| name.to_str().ok());
        let name = name.filter(|name| !name.is_empty() && name.len() <= 128);
        let name = name.ok_or_else(|| bad("Extension.InvalidExtensionName", "Invalid extension name"))?;
        let body =
            Limited::new(body, SMALL_BODY).collect().await.map_err(|_| Refusal::too_large(SMALL_BODY))?;
        let Events { events } = serde_json::from_slice(&body.to_bytes())
            .map_err(|error| bad("InvalidRequestFormat", &error.to_string()))?;
        let id = uuid::Uuid::new_v4().to_string();
        self.change(|inner| inner.extensions.register(&id, name, events))?;
        let function = self.function.get();
        let mut told = json!({
            "functionName": function.map(|function| &function.name),
            "functionVersion": function.map(|function| &function.key.version),
            "handler": function.map(|function| &function.handler),
        });
        let features = headers.get("lambda-extension-accept-feature").and_then(|value| value.to_str().ok());
        if features.is_some_and(|features| features.split(',').any(|one| one.trim() == "accountId")) {
            let account = function.and_then(|function| function.key.arn.split(':').nth(4));
            told["accountId"] = account.into();
        }
        let mut answer = as_json(StatusCode::OK, &told);
        if let Ok(id) = HeaderValue::try_from(id) {
            answer.headers_mut().insert(EXTENSION_ID, id);
        }
        Ok(answer)
    }

    async fn next_of_extension(&self, headers: &HeaderMap) -> Result<Answer, Refusal> {
        let id = extension(headers)?;
        self.change(|inner| inner.extensions.next(id))?;
        let told = self.when(|inner| match inner.extensions.take(id)? {
            Kind::Invoke => inner.last.as_ref().map(|event| {
                json!({
                    "eventType": "INVOKE",
                    "deadlineMs": event.deadline_ms,
                    "requestId": event.request_id,
                    "invokedFunctionArn": event.invoked_arn,
                    "tracing": { "type": "X-Amzn-Trace-Id", "value": event.trace_id },
                })
            }),
            Kind::Shutdown => inner.ending.map(|ending| {
                json!({
                    "eventType": "SHUTDOWN",
                    "shutdownReason": reason(ending.reason),
                    "deadlineMs": ending.deadline_ms,
                })
            }),
        });
        let mut answer = as_json(StatusCode::OK, &told.await);
        if let Ok(event) = HeaderValue::try_from(uuid::Uuid::new_v4().to_string()) {
            answer.headers_mut().insert("lambda-extension-event-identifier", event);
        }
        Ok(answer)
    }

    fn extension_error(&self, headers: &HeaderMap) -> Result<Answer, Refusal> {
        let id = extension(headers)?;
        let kind = headers.get("lambda-extension-function-error-type").and_then(|kind| kind.to_str().ok());
        let kind = kind.ok_or_else(|| {
            let message = "Missing Lambda-Extension-Function-Error-Type header";
            Refusal::new(StatusCode::BAD_REQUEST, "Extension.MissingErrorType", message)
        })?;
        self.change(|inner| {
            let name = inner.extensions.leave(id)?;
            let message = format!("Error: extension {name} failed: {kind}");
            inner.init_error.get_or_insert_with(|| FunctionError::new(kind, message));
            Ok(())
        })?;
        Ok(accepted())
    }
}

impl Api {
    /// One extension hears from now on what happens, where it listens.
    async fn subscribe(&self, headers: &HeaderMap, body: Incoming) -> Result<Answer, Refusal> {
        let id = extension(headers)?;
        let name = self.inner().extensions.subscribes(id)?;
        let body =
            Limited::new(body, SMALL_BODY).collect().await.map_err(|_| Refusal::too_large(SMALL_BODY))?;
        let subscription = Subscription::parse(&body.to_bytes())?;
        let events = self.telemetry.subscribe(&subscription);
        if let Some(keeper) = self.keeper.clone() {
            tokio::spawn(deliver(subscription, events, move |port| {
                let keeper = Arc::clone(&keeper);
                async move { keeper.dial(port).await }
            }));
        }
        let record = json!({ "name": name, "state": "Subscribed" });
        self.telemetry.record(Stream::Platform, "platform.telemetrySubscription", &record);
        Ok(plain(StatusCode::OK, "OK"))
    }
}

/// What comes of an invocation whose answer cannot be taken.
fn of_lost(lost: &Lost, request_id: &str) -> FunctionError {
    match lost {
        Lost::TooLarge => FunctionError::response_too_large(),
        Lost::NoRoom(error) => {
            FunctionError::new("Sandbox.NoRoom", format!("RequestId: {request_id} Error: {error}"))
        }
        // AWS: "Runtime.TruncatedResponse" of streams that end in the middle.
        Lost::BrokenOff => FunctionError::new(
            "Runtime.TruncatedResponse",
            format!("RequestId: {request_id} Error: The response broke off"),
        ),
    }
}

/// Lets an answer that broke off be sent again.
struct Undo<'a>(&'a Api);

impl Undo<'_> {
    /// It did not.
    fn done(self) {
        self.0.change(|inner| inner.runtime.answered());
    }
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        // Without effect once it was answered.
        self.0.change(|inner| inner.runtime.broke_off());
    }
}

#[derive(Deserialize)]
struct Events {
    #[serde(default)]
    events: Vec<Kind>,
}

fn extension(headers: &HeaderMap) -> Result<&str, Refusal> {
    let forbidden = |error_type, message| Refusal::new(StatusCode::FORBIDDEN, error_type, message);
    let id = headers.get(EXTENSION_ID).and_then(|id| id.to_str().ok());
    let id = id.ok_or_else(|| {
        forbidden("Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header")
    })?;
    match uuid::Uuid::try_parse(id) {
        Ok(_) => Ok(id),
        Err(_) => {
            Err(forbidden("Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier"))
        }
    }
}

// AWS: the shutdownReason of the Extensions API.
fn reason(reason: Shutdown) -> &'static str {
    match reason {
        Shutdown::Spindown => "spindown",
        Shutdown::Timeout => "timeout",
        Shutdown::Failure => "failure",
    }
}

fn accepted() -> Answer {
    as_json(StatusCode::ACCEPTED, &json!({ "status": "OK" }))
}

fn not_found() -> Answer {
    plain(StatusCode::NOT_FOUND, "404 page not found\n")
}

fn plain(status: StatusCode, text: &'static str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *answer.status_mut() = status;
    answer
}

fn as_json(status: StatusCode, body: &serde_json::Value) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(format!("{body}\n"))));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

#[cfg(test)]
mod tests;
