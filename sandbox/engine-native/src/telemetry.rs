//! The Telemetry API: who subscribed to what, and the events on their way to where an extension listens in the cell.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

use crate::native::Now;
use crate::state::Refusal;

/// Events that wait for one subscriber. Beyond it they are dropped, and that is said.
const WAITING: usize = 10_000;
/// How long a subscriber may take to accept a batch.
const PATIENCE: Duration = Duration::from_secs(1);
/// The longest answer that is read of it.
const ANSWER: usize = 4 << 10;

/// What there is to hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Stream {
    /// What Lambda says.
    Platform,
    /// What the function writes.
    Function,
    /// What extensions write.
    // LIMIT: they write where the function does, so this is silent.
    Extension,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    types: Vec<Stream>,
    #[serde(default)]
    buffering: Buffering,
    destination: Destination,
}

// AWS: "maxItems 1,000 to 10,000, maxBytes 262,144 to 1,048,576, timeoutMs 25 to 30,000".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Buffering {
    max_items: usize,
    max_bytes: usize,
    timeout_ms: u64,
}

impl Default for Buffering {
    fn default() -> Self {
        Self { max_items: 10_000, max_bytes: 262_144, timeout_ms: 1_000 }
    }
}

#[derive(Deserialize)]
struct Destination {
    protocol: String,
    #[serde(rename = "URI", alias = "uri", default)]
    uri: String,
}

/// One subscription.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Subscription {
    streams: Vec<Stream>,
    buffering: Buffering,
    pub(crate) port: u16,
    path: String,
}

impl Subscription {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let bad = |message: String| Refusal::new(StatusCode::BAD_REQUEST, "ValidationError", message);
        let request: Request = serde_json::from_slice(body).map_err(|error| bad(error.to_string()))?;
        let Buffering { max_items, max_bytes, timeout_ms } = request.buffering;
        let fits = (1_000..=10_000).contains(&max_items)
            && (262_144..=1_048_576).contains(&max_bytes)
            && (25..=30_000).contains(&timeout_ms);
        if !fits {
            return Err(bad("buffering is out of its bounds".to_owned()));
        }
        // LIMIT: AWS knows TCP too.
        if request.destination.protocol != "HTTP" {
            return Err(bad("the destination's protocol has to be HTTP".to_owned()));
        }
        let uri: http::Uri =
            request.destination.uri.parse().map_err(|_| bad("the destination's URI is none".to_owned()))?;
        // AWS: "sandbox.localdomain" is the environment itself.
        let is_here = uri.host().is_some_and(|host| ["sandbox.localdomain", "sandbox"].contains(&host));
        match uri.port_u16() {
            Some(port) if is_here && port != 9001 => Ok(Self {
                streams: request.types,
                buffering: request.buffering,
                port,
                path: uri.path().to_owned(),
            }),
            _ => {
                Err(bad("the destination has to be a port of sandbox.localdomain other than 9001".to_owned()))
            }
        }
    }
}

/// See the module.
pub(crate) struct Telemetry {
    now: Now,
    open: Mutex<Vec<(Vec<Stream>, mpsc::Sender<Value>)>>,
}

impl Telemetry {
    pub(crate) fn new(now: Now) -> Self {
        Self { now, open: Mutex::default() }
    }

    /// Whether anybody hears of it.
    pub(crate) fn is_heard(&self) -> bool {
        !self.open().is_empty()
    }

    /// What is recorded from now on goes there.
    pub(crate) fn subscribe(&self, subscription: &Subscription) -> mpsc::Receiver<Value> {
        let (to, events) = mpsc::channel(WAITING);
        self.open().push((subscription.streams.clone(), to));
        events
    }

    /// Records an event, of a type and with what is to be told.
    pub(crate) fn record(&self, stream: Stream, kind: &str, record: &Value) {
        let open = self.open();
        let mut wanting = open.iter().filter(|(streams, _)| streams.contains(&stream)).peekable();
        if wanting.peek().is_none() {
            return;
        }
        let time = Timestamp::from_millisecond((self.now)()).unwrap_or_default();
        let event = json!({ "time": format!("{time:.3}"), "type": kind, "record": record });
        for (_, to) in wanting {
            if to.try_send(event.clone()).is_err() {
                tracing::debug!(kind, "telemetry that nobody takes is dropped");
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, Vec<(Vec<Stream>, mpsc::Sender<Value>)>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Delivers events in batches until there are no more to come. What cannot be delivered is dropped.
pub(crate) async fn deliver<F>(
    subscription: Subscription,
    mut events: mpsc::Receiver<Value>,
    dial: impl Fn(u16) -> F,
) where
    F: Future<Output = io::Result<TcpStream>>,
{
    while let Some(batch) = batch(&mut events, subscription.buffering).await {
        let posted = async {
            let socket = dial(subscription.port).await?;
            post(socket, &subscription, &batch).await
        };
        match timeout(PATIENCE, posted).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "telemetry cannot be delivered"),
            Err(_) => tracing::debug!("telemetry is not accepted in time"),
        }
    }
}

/// What has come until there is enough of it, or it has waited long enough.
async fn batch(events: &mut mpsc::Receiver<Value>, buffering: Buffering) -> Option<String> {
    let first = events.recv().await?.to_string();
    let until = Instant::now() + Duration::from_millis(buffering.timeout_ms);
    let (mut whole, mut count) = (format!("[{first}"), 1);
    while count < buffering.max_items && whole.len() < buffering.max_bytes {
        match timeout_at(until, events.recv()).await {
            Ok(Some(event)) => {
                whole.push(',');
                whole.push_str(&event.to_string());
                count += 1;
            }
            Ok(None) | Err(_) => break,
        }
    }
    whole.push(']');
    Some(whole)
}

async fn post(mut socket: TcpStream, to: &Subscription, batch: &str) -> io::Result<()> {
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: sandbox.localdomain:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        to.path,
        to.port,
        batch.len()
    );
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(batch.as_bytes()).await?;
    let mut answer = vec![0; ANSWER];
    // Its first words say whether it was taken; nobody asks more.
    socket.read(&mut answer).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::net::TcpListener;

    use super::*;

    fn body(uri: &str, buffering: &str) -> String {
        format!(
            r#"{{"schemaVersion":"2022-12-13","types":["platform","function"],"buffering":{buffering},
               "destination":{{"protocol":"HTTP","URI":"{uri}"}}}}"#
        )
    }

    #[test]
    fn a_subscription_is_to_a_port_of_the_environment_within_awss_bounds() {
        let usual = "{}";
        let good = Subscription::parse(body("http://sandbox.localdomain:4243/x", usual).as_bytes());
        assert_eq!(good.map(|good| (good.port, good.path)).ok(), Some((4243, "/x".to_owned())));
        for (uri, buffering) in [
            ("http://10.0.0.1:80", usual),
            ("http://sandbox.localdomain:9001", usual),
            ("http://sandbox.localdomain", usual),
            ("http://sandbox.localdomain:4243", r#"{"maxItems":999}"#),
            ("http://sandbox.localdomain:4243", r#"{"maxBytes":1048577}"#),
            ("http://sandbox.localdomain:4243", r#"{"timeoutMs":24}"#),
            ("", usual),
        ] {
            let refused = Subscription::parse(body(uri, buffering).as_bytes()).expect_err(uri);
            assert_eq!(refused.body.error_type, "ValidationError");
        }
    }

    #[tokio::test]
    async fn events_go_in_batches_to_who_wants_them() {
        let telemetry = Telemetry::new(Arc::new(|| 1_700_000_000_123));
        assert!(!telemetry.is_heard());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let at = listener.local_addr().expect("bound");
        let subscription =
            Subscription::parse(body("http://sandbox.localdomain:4243/", r#"{"timeoutMs":25}"#).as_bytes());
        let subscription = subscription.expect("subscribed");
        let events = telemetry.subscribe(&subscription);
        telemetry.record(Stream::Function, "function", &json!("a line"));
        telemetry.record(Stream::Extension, "extension", &json!("not asked for"));
        telemetry.record(Stream::Platform, "platform.start", &json!({ "requestId": "id" }));
        drop(telemetry);
        let delivering = tokio::spawn(deliver(subscription, events, move |_| TcpStream::connect(at)));
        let (mut socket, _) = listener.accept().await.expect("it comes");
        let mut said = Vec::new();
        while !said.ends_with(b"]") {
            assert!(socket.read_buf(&mut said).await.expect("read") > 0);
        }
        socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.expect("answered");
        delivering.await.expect("it ends");
        let said = String::from_utf8(said).expect("text");
        let (_, events) = said.split_once("\r\n\r\n").expect("a body");
        assert_eq!(
            events,
            r#"[{"time":"2023-11-14T22:13:20.123Z","type":"function","record":"a line"},{"time":"2023-11-14T22:13:20.123Z","type":"platform.start","record":{"requestId":"id"}}]"#
        );
    }
}
