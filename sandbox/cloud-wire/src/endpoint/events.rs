//! `GET /_cumulo/events`: what happens in this cloud, a JSON document a line, for as long as the reader stays.

use bytes::Bytes;
use cloud_core::{CloudEvent, Events, InUse};
use futures_util::{StreamExt, stream};
use http::{HeaderValue, Response, header};
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::body::Body;

/// Written between events, so that neither side takes silence for death.
const PULSE: std::time::Duration = std::time::Duration::from_secs(15);

/// One line.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line {
    /// First: the stream is open, all later events will come.
    Watching,
    /// Nothing happened for a while.
    Pulse,
    /// The reader was too slow for so many events.
    Missed {
        /// How many.
        events: u64,
    },
    /// An event.
    #[serde(untagged)]
    Event(CloudEvent),
}

/// Answers with the stream, for which `open` keeps the realm open; it ends when the endpoint is to stop, which a drain would
/// else wait for in vain.
pub(super) fn stream(events: &Events, open: Option<InUse>, shutdown: &CancellationToken) -> Response<Body> {
    let watcher = events.watch();
    let lines = stream::unfold((watcher, open, true), |(mut watcher, open, first)| async move {
        let line = if first {
            Line::Watching
        } else {
            match tokio::time::timeout(PULSE, watcher.recv()).await {
                Err(_) => Line::Pulse,
                Ok(Ok(event)) => Line::Event(event),
                Ok(Err(RecvError::Lagged(events))) => Line::Missed { events },
                Ok(Err(RecvError::Closed)) => return None,
            }
        };
        let mut text = serde_json::to_vec(&line).unwrap_or_default();
        text.push(b'\n');
        Some((Ok(Bytes::from(text)), (watcher, open, false)))
    });
    let lines = lines.take_until(shutdown.clone().cancelled_owned());
    let mut response = Response::new(Body::from_stream(lines, None));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    response
}
