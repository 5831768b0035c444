//! The newest lines of a log group.
//!
//! The cloud reads a log from its oldest event on, a page at a time. Here it is asked for one stretch of time after the
//! other, from now back, so that what is newest is found however long the log is.

use protocol::cloud::{LogLine, LogPage, MAX_LOG_LINES, ReadLogs};
use serde_json::{Map, Value, json};

use crate::{
    client::{LOGS, MAX_PAGES},
    error::CloudError,
    frame,
    workspace::CloudPanels,
};

/// The first stretch, in milliseconds.
const FIRST: i64 = 10 * 60 * 1000;
/// How many times as long the next one is.
const GROWTH: i64 = 64;
/// Pages of a stretch before a shorter one is asked for.
const PAGES: usize = 5;
/// Bytes of a line that are shown.
const MAX_LINE: usize = 128 * 1024;

/// A stretch of time: from its first millisecond to its last, or to whatever is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    from: i64,
    to: Option<i64>,
}

/// What a stretch holds.
struct Held {
    lines: Vec<LogLine>,
    /// Whether it was read to its end.
    whole: bool,
    /// Whether there is no such group.
    nowhere: bool,
}

impl CloudPanels {
    /// The newest lines of a log group.
    pub(crate) async fn read_logs(&self, call: &ReadLogs) -> Result<LogPage, CloudError> {
        let oldest = call.since_ms.unwrap_or(0).max(0);
        let now = self.aws().now_ms();
        let (mut to, mut span, mut left) = (None, FIRST, MAX_PAGES);
        let mut lines: Vec<LogLine> = Vec::new();
        while lines.len() < MAX_LOG_LINES && left > 0 {
            let from = to.unwrap_or(now).saturating_sub(span).max(oldest);
            let stretch = Stretch { from, to };
            let held = self.read_stretch(call, stretch, &mut left).await?;
            if !held.whole && span > 1 && (left > 0 || !lines.is_empty()) {
                // Its newest lines are not those that were read.
                span = (span / GROWTH).max(1);
                continue;
            }
            lines.splice(0..0, held.lines);
            if held.nowhere || from <= oldest {
                break;
            }
            to = Some(from - 1);
            span = span.saturating_mul(GROWTH);
        }
        Ok(LogPage { lines: newest(lines) })
    }

    async fn read_stretch(
        &self,
        call: &ReadLogs,
        stretch: Stretch,
        left: &mut usize,
    ) -> Result<Held, CloudError> {
        let mut held = Held { lines: Vec::new(), whole: false, nowhere: false };
        let mut token = Value::Null;
        for _ in 0..PAGES {
            let Some(fewer) = left.checked_sub(1) else { break };
            *left = fewer;
            let input = question(call, stretch, &token);
            let mut answer = match self.aws().json(LOGS, "FilterLogEvents", &input).await {
                Ok(answer) => answer,
                // A function that never ran has no log yet.
                Err(error) if error.is("ResourceNotFoundException") => {
                    return Ok(Held { whole: true, nowhere: true, ..held });
                }
                Err(error) => return Err(error),
            };
            let events = answer.get("events").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            held.lines.extend(events.iter().map(line));
            let surplus = held.lines.len().saturating_sub(MAX_LOG_LINES);
            held.lines.drain(..surplus);
            token = answer.get_mut("nextToken").map(Value::take).unwrap_or_default();
            if token.is_null() {
                held.whole = true;
                break;
            }
        }
        Ok(held)
    }
}

fn question(call: &ReadLogs, stretch: Stretch, token: &Value) -> Value {
    let members = [
        ("logGroupName", json!(call.group)),
        ("limit", json!(10_000)),
        ("startTime", json!(stretch.from)),
        ("endTime", json!(stretch.to)),
        ("filterPattern", json!(call.filter)),
        ("nextToken", token.clone()),
    ];
    let there = members.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(there.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}

fn line(event: &Value) -> LogLine {
    let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    LogLine {
        id: text("eventId"),
        timestamp_ms: event.get("timestamp").and_then(Value::as_i64).unwrap_or_default(),
        stream: text("logStreamName"),
        message: frame::shown(text("message"), MAX_LINE),
    }
}

/// The newest of them: as many as may be told, and as fit into a frame.
fn newest(mut lines: Vec<LogLine>) -> Vec<LogLine> {
    let mut left = frame::ROOM;
    let fits = |line: &&LogLine| {
        let texts = [&line.id, &line.stream, &line.message].map(|text| frame::weight(text));
        // Names, a number and what stands between them.
        let weight = texts.iter().sum::<usize>() + 100;
        let fitting = left.checked_sub(weight);
        left = fitting.unwrap_or(0);
        fitting.is_some()
    };
    let count = lines.iter().rev().take(MAX_LOG_LINES).take_while(fits).count();
    lines.drain(..lines.len() - count);
    lines
}
