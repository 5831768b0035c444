//! Follows the cloud's own event stream: tells the tabs what changed, and counts invocations.

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
            } else if let Some(told) = parse(&std::mem::take(&mut line)) {
                let Some(panels) = panels.upgrade() else { return };
                hear(&panels, &told);
            }
            if line.len() > MAX_LINE {
                return;
            }
        }
    }
}

/// A line of the stream; none where it says nothing.
fn parse(line: &[u8]) -> Option<Value> {
    let line = line.strip_prefix(b"data:").unwrap_or(line);
    serde_json::from_slice(line).ok()
}

fn hear(panels: &CloudPanels, told: &Value) {
    let text = |name: &str| told.get(name).and_then(Value::as_str);
    let event = match text("type") {
        None => return,
        Some("function-invoked") => return count(panels, told),
        Some("log-appended") => {
            let Some(group) = text("logGroup") else { return };
            cloud::Event::Logged { group: group.to_owned() }
        }
        Some(_) => cloud::Event::Changed,
    };
    panels.events().publish(None, Event::Cloud(event));
}

fn count(panels: &CloudPanels, told: &Value) {
    let text = |name: &str| told.get(name).and_then(Value::as_str);
    let Some(arn) = text("functionArn") else { return };
    let duration = told.get("durationMs").and_then(Value::as_f64).unwrap_or_default();
    panels.heard().note(function_of(arn), panels.aws().now_ms(), duration, text("functionError").is_some());
}

/// A function's ARN without a version.
fn function_of(arn: &str) -> &str {
    arn.match_indices(':').nth(6).map_or(arn, |(at, _)| &arn[..at])
}
