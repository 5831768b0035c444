//! The logs of functions on their way to CloudWatch Logs, in order and without an invocation waiting for them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_core::budget::{Rate, Source};
use cloud_core::{Clock, Context, LogLine};
use engine::FunctionSpec;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::Instant;

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

/// How long what comes after a flush is gathered for the next. The first after a quiet time is flushed at once.
const GATHERED: Duration = Duration::from_millis(20);

/// How many invocations' logs may be under way before the next has to wait.
const UNDER_WAY: usize = 1024;

/// What they may take of memory together, in bytes. A single one that takes more goes alone.
const BYTES_UNDER_WAY: u32 = 64 << 20;

/// What a line takes beside its text, in bytes.
const LINE: usize = 96;

/// What one invocation wrote, in one piece.
#[derive(Debug)]
struct Entry {
    /// Whose group and stream it goes to.
    spec: Arc<FunctionSpec>,
    log: Bytes,
    started_ms: i64,
    ended_ms: i64,
    /// Given back when it is kept.
    room: Option<OwnedSemaphorePermit>,
}

/// What goes to one stream together.
#[derive(Debug)]
struct Batch {
    spec: Arc<FunctionSpec>,
    lines: Vec<LogLine>,
    rooms: Option<OwnedSemaphorePermit>,
}

/// Writes entries in the order they come.
#[derive(Debug, Clone)]
pub(crate) struct LogWriter {
    entries: mpsc::Sender<Entry>,
    room: Arc<Semaphore>,
    rate: Arc<Rate>,
    clock: Arc<dyn Clock>,
}

impl LogWriter {
    /// Starts the writing task; it ends when the last writer is dropped.
    pub(crate) fn start(context: Context) -> Self {
        let (sender, mut entries) = mpsc::channel::<Entry>(UNDER_WAY);
        let clock = context.shared_clock();
        tokio::spawn(async move {
            let mut waiting = Vec::new();
            while entries.recv_many(&mut waiting, UNDER_WAY).await > 0 {
                let begun = Instant::now();
                let batches = by_stream(std::mem::take(&mut waiting));
                let Some(logs) = context.peers().logs() else { continue };
                for Batch { spec, lines, rooms } in batches {
                    if let Err(error) = logs.put(&spec.log_group, &spec.log_stream, lines).await {
                        tracing::warn!(%error, group = spec.log_group, "a function's log could not be kept");
                    }
                    drop(rooms);
                }
                tokio::time::sleep_until(begun + GATHERED).await;
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

    /// Waits until all that was handed over is written.
    pub(crate) async fn written(&self) {
        // Fails for a semaphore that is closed, which this is not.
        let _ = self.room.acquire_many(BYTES_UNDER_WAY).await;
    }

    /// Hands the log of an invocation over.
    pub(crate) async fn write(&self, spec: &Arc<FunctionSpec>, log: &Bytes, started_ms: i64, ended_ms: i64) {
        let now = self.clock.monotonic();
        let Some(log) = affordable(log, &spec.log_group, &self.rate, now) else { return };
        // Neither fails while the runtime lives.
        let room = Arc::clone(&self.room).acquire_many_owned(Size::of(&log).held()).await.ok();
        let entry = Entry { spec: Arc::clone(spec), log, started_ms, ended_ms, room };
        let _ = self.entries.send(entry).await;
    }
}

/// How much a log is.
#[derive(Debug, Clone, Copy)]
struct Size {
    lines: usize,
    /// Of all lines, without their ends.
    bytes: usize,
}

impl Size {
    fn of(log: &[u8]) -> Self {
        let lines = texts(log);
        lines.fold(Self { lines: 0, bytes: 0 }, |Self { lines, bytes }, line| Self {
            lines: lines + 1,
            bytes: bytes + line.len(),
        })
    }

    /// What it counts in CloudWatch Logs.
    fn counted(self) -> u64 {
        (self.bytes + self.lines * EVENT_OVERHEAD) as u64
    }

    /// What it takes of memory as lines, as far as that is counted.
    fn held(self) -> u32 {
        let bytes = self.bytes.saturating_add(self.lines.saturating_mul(LINE + 1));
        u32::try_from(bytes).unwrap_or(BYTES_UNDER_WAY).min(BYTES_UNDER_WAY)
    }
}

/// The lines that are events.
fn texts(log: &[u8]) -> impl Iterator<Item = &[u8]> {
    log.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// The log; or Lambda's own lines of it with a word of what is missing; or nothing.
fn affordable(log: &Bytes, group: &str, rate: &Rate, now: Duration) -> Option<Bytes> {
    let source = Source::named("log group", group);
    let size = Size::of(log);
    if rate.spend(&source, size.counted(), now) {
        return Some(log.clone());
    }
    let end = size.lines.checked_sub(LAST).filter(|end| *end > FIRST)?;
    let (mut kept, mut left_out) = (Vec::new(), Size { lines: 0, bytes: 0 });
    for (number, line) in texts(log).enumerate() {
        if number == end {
            let word = format!(
                "[{} lines of {} bytes were left out: this log group takes {} kB a second]\n",
                left_out.lines,
                left_out.counted(),
                BYTES_A_SECOND / 1024
            );
            kept.extend_from_slice(word.as_bytes());
        }
        if (FIRST..end).contains(&number) {
            left_out = Size { lines: left_out.lines + 1, bytes: left_out.bytes + line.len() };
        } else {
            kept.extend_from_slice(line);
            kept.push(b'\n');
        }
    }
    rate.spend(&source, Size::of(&kept).counted(), now).then(|| kept.into())
}

/// One batch a stream, its lines in the order they came: what is kept together costs one write to the disk.
fn by_stream(entries: Vec<Entry>) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for entry in entries {
        let lines = lines(&entry.log, entry.started_ms, entry.ended_ms);
        let is_its = |batch: &&mut Batch| {
            batch.spec.log_stream == entry.spec.log_stream && batch.spec.log_group == entry.spec.log_group
        };
        // There are few streams: each is a version that runs.
        match batches.iter_mut().find(is_its) {
            Some(batch) => {
                batch.lines.extend(lines);
                match (&mut batch.rooms, entry.room) {
                    (Some(rooms), Some(room)) => rooms.merge(room),
                    (rooms, room) => *rooms = rooms.take().or(room),
                }
            }
            None => batches.push(Batch { spec: entry.spec, lines: lines.collect(), rooms: entry.room }),
        }
    }
    batches
}

/// A log's text as events, one for each line.
// LIMIT: the lines of an invocation carry the time of its end, START that of its start.
fn lines(log: &Bytes, started_ms: i64, ended_ms: i64) -> impl Iterator<Item = LogLine> {
    texts(log).enumerate().map(move |(number, line)| LogLine {
        timestamp_ms: if number == 0 { started_ms } else { ended_ms },
        message: log.slice_ref(line),
    })
}

#[cfg(test)]
mod tests {
    use engine::FunctionKey;

    use super::*;

    fn spec(stream: &str) -> Arc<FunctionSpec> {
        Arc::new(FunctionSpec {
            key: FunctionKey { arn: "a".into(), version: "1".into(), revision: "r".into() },
            name: "f".into(),
            package: std::path::PathBuf::from("/nowhere").into(),
            layers: Vec::new(),
            runtime: "r".into(),
            handler: "h".into(),
            environment: Vec::new(),
            memory_mb: 128,
            timeout: Duration::from_secs(3),
            ephemeral_storage_mb: 512,
            log_group: "g".into(),
            log_stream: stream.into(),
            region: "us-east-1".into(),
            endpoint_url: None,
            credentials: None,
        })
    }

    fn told(log: &Bytes) -> Vec<String> {
        texts(log).map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    }

    #[test]
    fn what_waits_is_written_once_a_stream() {
        let entry = |stream: &str, line: &'static str| Entry {
            spec: spec(stream),
            log: line.into(),
            started_ms: 1,
            ended_ms: 1,
            room: None,
        };
        let batches = by_stream(vec![entry("a", "1"), entry("b", "2"), entry("a", "3")]);
        let seen: Vec<(&str, Vec<&[u8]>)> = batches
            .iter()
            .map(|batch| {
                let lines = batch.lines.iter().map(|line| line.message.as_ref()).collect();
                (batch.spec.log_stream.as_str(), lines)
            })
            .collect();
        assert_eq!(seen, [("a", vec![&b"1"[..], b"3"]), ("b", vec![b"2"])]);
    }

    #[test]
    fn short_lines_cost_more_than_their_bytes() {
        assert_eq!(Size::of(b"ab\nc\n").held(), 5 + 2 * 96);
        assert_eq!(Size::of(&b"x\n".repeat(2 << 20)).held(), BYTES_UNDER_WAY, "the longest goes alone");
    }

    #[test]
    fn a_group_writes_so_much_and_then_says_what_it_left_out() {
        let rate = Rate::new(BYTES_A_SECOND, BYTES_AT_ONCE);
        let large = "x".repeat(3 << 20);
        let log = Bytes::from(format!("START 1\n{large}\nEND 1\nREPORT 1\n"));
        let mut written = 0;
        for call in 0..200 {
            let kept = affordable(&log, "g", &rate, Duration::ZERO).unwrap();
            written += Size::of(&kept).counted();
            let lines = told(&kept);
            let [start, middle, end, report] = &lines[..] else { panic!("{} lines", lines.len()) };
            assert_eq!([start, end, report], ["START 1", "END 1", "REPORT 1"]);
            assert_eq!(middle.starts_with("[1 lines of 3145754 bytes were left out"), call >= 2, "{call}");
        }
        assert!(written <= BYTES_AT_ONCE);
        assert!(affordable(&"a\nb\n".into(), "g", &rate, Duration::from_secs(1)).is_some());
        let other = affordable(&log, "other", &rate, Duration::ZERO).unwrap();
        assert_eq!(told(&other).len(), 4);
    }

    #[test]
    fn every_line_is_an_event() {
        let log = "START x\nhello\n\nEND x\nREPORT x\t\n".into();
        let seen: Vec<(i64, Bytes)> =
            lines(&log, 1, 2).map(|line| (line.timestamp_ms, line.message)).collect();
        let expected = [(1, "START x"), (2, "hello"), (2, "END x"), (2, "REPORT x\t")];
        assert_eq!(seen, expected.map(|(at, text)| (at, Bytes::from(text))));
    }
}
