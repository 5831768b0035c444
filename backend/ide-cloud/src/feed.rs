//! Follows the cloud's own event stream and tells the tabs what changed.

use std::{sync::Weak, time::Duration};

use http_body_util::BodyExt;
use protocol::{Event, cloud};
use serde_json::Value;

use crate::{client::LAMBDA, workspace::CloudPanels};

/// The stream's address on the endpoint.
const PATH: &str = "/_cumulo/events";
/// Pause before the stream is opened again.
const PAUSE: Duration = Duration::from_secs(1);
/// Longest line of the stream; a longer one is nobody's event.
const MAX_LINE: usize = 1024 * 1024;

/// Follows for as long as the panels are there.
pub(crate) async fn follow(panels: Weak<CloudPanels>) {
    loop {
        let Some(open) = panels.upgrade() else { return };
        let opened = open.aws().follow(LAMBDA, PATH).await;
        drop(open);
        match opened {
            Ok(body) => read(body, &panels).await,
            Err(error) => tracing::debug!(%error, "the cloud's events are not there"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn read(mut body: hyper::body::Incoming, panels: &Weak<CloudPanels>) {
    let mut line = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        for &byte in frame.data_ref().into_iter().flat_map(|data| data.iter()) {
            if byte != b'\n' {
                line.push(byte);
            } else if let Some(event) = translate(&std::mem::take(&mut line)) {
                let Some(panels) = panels.upgrade() else { return };
                panels.events().publish(None, Event::Cloud(event));
            }
            if line.len() > MAX_LINE {
                return;
            }
        }
    }
}

/// A line of the stream as an event for the tabs; none where it says nothing to them.
fn translate(line: &[u8]) -> Option<cloud::Event> {
    let line = line.strip_prefix(b"data:").unwrap_or(line);
    let event: Value = serde_json::from_slice(line).ok()?;
    let kind = event.get("type")?.as_str()?;
    if kind == "log-appended" {
        return Some(cloud::Event::Logged { group: event.get("logGroup")?.as_str()?.to_owned() });
    }
    (kind != "function-invoked").then_some(cloud::Event::Changed)
}
