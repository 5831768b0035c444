//! The logs of functions on their way to CloudWatch Logs, in order and without an invocation waiting for them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use cloud_core::budget::{Rate, Source};
use cloud_core::{Clock, Context, LogLine};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// Bytes of log that one group takes a second for good, and at once after a quiet time: strangers may call a function as
/// often as they like, and each call may write megabytes.
// LIMIT: CloudWatch Logs takes more, and asks for money.
const BYTES_A_SECOND: u64 = 256 * 1024;
const BYTES_AT_ONCE: u64 = 8 * 1024 * 1024;
/// AWS: what an event counts beside its text.
const EVENT_OVERHEAD: usize = 26;
/// Lines that are Lambda's own: START before a function's, END and REPORT after them.
const FIRST: usize = 1;
const LAST: usize = 2;

/// How many invocations' logs may be under way before the next has to wait.
const UNDER_WAY: usize = 1024;

/// What they may take of memory together, in bytes. A single one that takes more goes alone.
const BYTES_UNDER_WAY: u32 = 64 << 20;

/// What a line takes beside its text, in bytes.
const LINE: usize = 96;

/// What one invocation wrote.
#[derive(Debug)]
struct Entry {
    group: String,
    stream: String,
    lines: Vec<LogLine>,
    /// Given back when it is kept.
    room: Option<OwnedSemaphorePermit>,
}

/// Writes entries in the order they come.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    entries: mpsc::Sender<Entry>,
    room: Arc<Semaphore>,
    rate: Arc<Rate>,
    clock: Arc<dyn Clock>,
}

impl Journal {
    /// Starts the writing task; it ends when the last journal is dropped.
    pub(crate) fn start(context: Context) -> Self {
        let (sender, mut entries) = mpsc::channel::<Entry>(UNDER_WAY);
        let clock = context.shared_clock();
        tokio::spawn(async move {
            let mut waiting = Vec::new();
            while entries.recv_many(&mut waiting, UNDER_WAY).await > 0 {
                let waiting = by_stream(std::mem::take(&mut waiting));
                let Some(logs) = context.peers().logs() else { continue };
                for Entry { group, stream, lines, room } in waiting {
                    if let Err(error) = logs.put(&group, &stream, lines).await {
                        tracing::warn!(%error, group, "a function's log could not be kept");
                    }
                    drop(room);
                }
            }
        });
        Self {
            entries: sender,
            room: Arc::new(Semaphore::new(BYTES_UNDER_WAY as usize)),
            rate: Arc::new(Rate::new(BYTES_A_SECOND, BYTES_AT_ONCE)),
            clock,
        }
    }

    /// Whether nothing is on its way.
    pub(crate) fn is_empty(&self) -> bool {
        self.room.available_permits() == BYTES_UNDER_WAY as usize
    }

    /// Hands the log of an invocation over.
    pub(crate) async fn write(&self, group: &str, stream: &str, log: &[u8], started_ms: i64, ended_ms: i64) {
        // Neither fails while the runtime lives.
        let room = Arc::clone(&self.room).acquire_many_owned(cost(log)).await.ok();
        let written = lines(log, started_ms, ended_ms);
        let Some(lines) = affordable(written, group, &self.rate, self.clock.monotonic()) else { return };
        let entry = Entry { group: group.to_owned(), stream: stream.to_owned(), lines, room };
        let _ = self.entries.send(entry).await;
    }
}

/// What a log takes of memory as lines, as far as it is counted.
fn cost(log: &[u8]) -> u32 {
    let lines = log.split(|byte| *byte == b'\n').count().saturating_sub(1);
    let bytes = log.len().saturating_add(lines.saturating_mul(LINE));
    u32::try_from(bytes).unwrap_or(BYTES_UNDER_WAY).min(BYTES_UNDER_WAY)
}

/// The lines; or Lambda's own of them with a word of what is missing; or nothing.
fn affordable(mut lines: Vec<LogLine>, group: &str, rate: &Rate, now: Duration) -> Option<Vec<LogLine>> {
    let group = Source::named("log group", group);
    if rate.spend(&group, size(&lines), now) {
        return Some(lines);
    }
    let end = lines.len().checked_sub(LAST).filter(|end| *end > FIRST)?;
    let left_out: Vec<_> = lines.drain(FIRST..end).collect();
    let message = format!(
        "[{} lines of {} bytes were left out: this log group takes {} kB a second]",
        left_out.len(),
        size(&left_out),
        BYTES_A_SECOND / 1024
    );
    let timestamp_ms = left_out.first().map_or(0, |line| line.timestamp_ms);
    lines.insert(FIRST, LogLine { timestamp_ms, message });
    rate.spend(&group, size(&lines), now).then_some(lines)
}

/// What lines count in CloudWatch Logs.
fn size(lines: &[LogLine]) -> u64 {
    lines.iter().map(|line| (line.message.len() + EVENT_OVERHEAD) as u64).sum()
}

/// One entry a stream, its lines in the order they came: what is kept together costs one write to the disk.
fn by_stream(entries: Vec<Entry>) -> Vec<Entry> {
    let mut merged: Vec<Entry> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    for mut entry in entries {
        let stream = (entry.group.clone(), entry.stream.clone());
        let place = *places.entry(stream).or_insert(merged.len());
        match merged.get_mut(place) {
            Some(earlier) => {
                earlier.lines.append(&mut entry.lines);
                earlier.room = match (earlier.room.take(), entry.room) {
                    (Some(mut room), Some(more)) => {
                        room.merge(more);
                        Some(room)
                    }
                    (room, more) => room.or(more),
                };
            }
            None => merged.push(entry),
        }
    }
    merged
}

/// A log's text as events, one for each line.
// LIMIT: the lines of an invocation carry the time of its end, START that of its start.
fn lines(log: &[u8], started_ms: i64, ended_ms: i64) -> Vec<LogLine> {
    let text = String::from_utf8_lossy(log);
    let mut timestamp_ms = started_ms;
    text.split_terminator('\n')
        .filter(|line| !line.is_empty())
        .map(|line| {
            let event = LogLine { timestamp_ms, message: line.to_owned() };
            timestamp_ms = ended_ms;
            event
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_written_once_a_stream() {
        let entry = |stream: &str, line: &str| Entry {
            group: "g".to_owned(),
            stream: stream.to_owned(),
            lines: lines(line.as_bytes(), 1, 1),
            room: None,
        };
        let merged = by_stream(vec![entry("a", "1"), entry("b", "2"), entry("a", "3")]);
        let seen: Vec<(&str, Vec<&str>)> = merged
            .iter()
            .map(|entry| {
                (entry.stream.as_str(), entry.lines.iter().map(|line| line.message.as_str()).collect())
            })
            .collect();
        assert_eq!(seen, [("a", vec!["1", "3"]), ("b", vec!["2"])]);
    }

    #[test]
    fn short_lines_cost_more_than_their_bytes() {
        assert_eq!(cost(b"ab\nc\n"), 5 + 2 * 96);
        assert_eq!(cost(&vec![b'\n'; 4 << 20]), BYTES_UNDER_WAY, "the longest goes alone");
    }

    #[test]
    fn a_group_writes_so_much_and_then_says_what_it_left_out() {
        let rate = Rate::new(BYTES_A_SECOND, BYTES_AT_ONCE);
        let large = "x".repeat(3 << 20);
        let log = format!("START 1\n{large}\nEND 1\nREPORT 1\n");
        let mut written = 0;
        for call in 0..200 {
            let kept = affordable(lines(log.as_bytes(), 1, 2), "g", &rate, Duration::ZERO).unwrap();
            written += size(&kept);
            let texts: Vec<&str> = kept.iter().map(|line| line.message.as_str()).collect();
            let [start, middle, end, report] = texts[..] else { panic!("{} lines", texts.len()) };
            assert_eq!((start, end, report), ("START 1", "END 1", "REPORT 1"));
            assert_eq!(middle.starts_with("[1 lines of 3145754 bytes were left out"), call >= 2, "{call}");
        }
        assert!(written <= BYTES_AT_ONCE);
        assert!(affordable(lines(b"a\nb\n", 1, 1), "g", &rate, Duration::from_secs(1)).is_some());
        let other = affordable(lines(log.as_bytes(), 1, 2), "other", &rate, Duration::ZERO).unwrap();
        assert_eq!(other.len(), 4);
    }

    #[test]
    fn every_line_is_an_event() {
        let seen: Vec<(i64, String)> = lines(b"START x\nhello\n\nEND x\nREPORT x\t\n", 1, 2)
            .into_iter()
            .map(|line| (line.timestamp_ms, line.message))
            .collect();
        let expected = [(1, "START x"), (2, "hello"), (2, "END x"), (2, "REPORT x\t")];
        assert_eq!(seen, expected.map(|(at, text)| (at, text.to_owned())));
    }
}
