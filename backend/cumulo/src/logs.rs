//! Where log lines go: standard error, for people or for machines.
//!
//! Strangers reach much of what is logged, so it is bounded whoever causes it: one line a kind and second and then a
//! count, lines of at most 4 kB in which nothing but the line's end controls a terminal, and a file that is set aside at
//! 16 MiB as `NAME.old` while the program runs (only the last one is kept).

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::hash::Hash;
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tracing::callsite::Identifier;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::cli::{Log, LogFormat};

/// Bytes of one line.
const MAX_LINE: usize = 4096;
/// Bytes of a file before it is set aside.
const MAX_FILE: u64 = 16 * 1024 * 1024;
/// Lines of one kind in one second; those for whoever looks for a fault are many by intention.
const LINES: u32 = 1;
const DETAILED_LINES: u32 = 200;
/// How often counts of what was left out are written.
const TICK: Duration = Duration::from_secs(1);

/// Starts logging for the rest of the process.
pub(crate) fn start(log: &Log) -> Result<()> {
    let filter = EnvFilter::try_new(&log.log)
        .with_context(|| format!("failed to understand the filter {:?}", log.log))?;
    let colours = log.log_format == LogFormat::Text && io::stderr().is_terminal();
    let lines = Lines(Arc::new(Shared {
        start: Instant::now(),
        json: log.log_format == LogFormat::Json,
        colours,
        kinds: Mutex::default(),
    }));
    let counting = lines.clone();
    std::thread::Builder::new()
        .name("log-counts".to_owned())
        .spawn(move || {
            loop {
                std::thread::sleep(TICK);
                counting.write_counts();
            }
        })
        .context("failed to start the log's thread")?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines);
    match log.log_format {
        LogFormat::Text => subscriber.with_ansi(colours).with_target(false).init(),
        LogFormat::Json => subscriber.json().flatten_event(true).init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let message = panic.payload_as_str().unwrap_or("a panic without a message");
        tracing::error!(place, message, "panicked");
    }));
    Ok(())
}

/// The way of every line; cheap to clone.
#[derive(Clone)]
struct Lines(Arc<Shared>);

struct Shared {
    start: Instant,
    json: bool,
    colours: bool,
    kinds: Mutex<Kinds<Identifier>>,
}

/// How often each kind of line came. Kinds are places in the program, so there are only so many.
#[derive(Debug)]
struct Kinds<K>(HashMap<K, Kind>);

impl<K> Default for Kinds<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

#[derive(Debug)]
struct Kind {
    place: String,
    second: u64,
    written: u32,
    left_out: u64,
}

impl<K: Eq + Hash> Kinds<K> {
    /// Whether one more line of that kind may be written in that second.
    fn admit(&mut self, key: K, place: impl FnOnce() -> String, most: u32, second: u64) -> bool {
        let kind =
            self.0.entry(key).or_insert_with(|| Kind { place: place(), second, written: 0, left_out: 0 });
        if kind.second != second {
            (kind.second, kind.written) = (second, 0);
        }
        if kind.written < most {
            kind.written += 1;
            return true;
        }
        kind.left_out += 1;
        false
    }

    /// What was left out since the last call, by place.
    fn take_counts(&mut self) -> Vec<(String, u64)> {
        let owed = self.0.values_mut().filter(|kind| kind.left_out > 0);
        owed.map(|kind| (kind.place.clone(), std::mem::take(&mut kind.left_out))).collect()
    }
}

impl Lines {
    fn admit(&self, metadata: &Metadata<'_>) -> bool {
        let most = if *metadata.level() <= Level::INFO { LINES } else { DETAILED_LINES };
        let place =
            || format!("{}:{}", metadata.file().unwrap_or("unknown"), metadata.line().unwrap_or_default());
        let second = self.0.start.elapsed().as_secs();
        let mut kinds = self.0.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        kinds.admit(metadata.callsite(), place, most, second)
    }

    fn write_counts(&self) {
        let counts = self.0.kinds.lock().unwrap_or_else(PoisonError::into_inner).take_counts();
        for (place, count) in counts {
            let _ = put(count_line(&place, count, self.0.json).as_bytes());
        }
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line(Some(self.clone()))
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> Line {
        Line(self.admit(metadata).then(|| self.clone()))
    }
}

/// One line on its way, or nothing where it is one too many.
struct Line(Option<Lines>);

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Some(Lines(shared)) = &self.0 {
            put(shaped(line, shared.json, shared.colours).as_bytes())?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn count_line(place: &str, count: u64, json: bool) -> String {
    if json {
        let message = format!("and {count} more like it");
        return format!("{}\n", serde_json::json!({ "level": "WARN", "message": message, "place": place }));
    }
    format!("… and {count} more from {place}\n")
}

/// A line of a bearable length, with no control character but its end (and colours where they are ours).
fn shaped(line: &[u8], json: bool, colours: bool) -> String {
    let text = String::from_utf8_lossy(line);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let short = text.get(..text.floor_char_boundary(MAX_LINE)).unwrap_or_default();
    if json && short.len() < text.len() {
        return format!("{}\n", serde_json::json!({ "cut": short }));
    }
    let mut shaped = String::with_capacity(short.len() + 1);
    for letter in short.chars() {
        if letter.is_control() && !(colours && letter == '\u{1b}') {
            let _ = write!(shaped, "{}", letter.escape_default());
        } else {
            shaped.push(letter);
        }
    }
    if short.len() < text.len() {
        let _ = write!(shaped, " … and {} bytes more", text.len() - short.len());
    }
    shaped.push('\n');
    shaped
}

/// Writes to standard error, and begins its file anew when it has grown enough.
fn put(line: &[u8]) -> io::Result<()> {
    let mut errors = io::stderr().lock();
    errors.write_all(line)?;
    let written = rustix::fs::fstat(rustix::stdio::stderr())?;
    if u64::try_from(written.st_size).unwrap_or_default() <= MAX_FILE {
        return Ok(());
    }
    let Some(path) = own_file(written.st_ino) else { return Ok(()) };
    let fresh = set_aside(&path)?;
    let shared = rustix::fs::fstat(rustix::stdio::stdout()).is_ok_and(|other| other.st_ino == written.st_ino);
    if shared {
        rustix::stdio::dup2_stdout(&fresh)?;
    }
    Ok(rustix::stdio::dup2_stderr(&fresh)?)
}

/// The file behind standard error, if it is a file that still has its name.
fn own_file(inode: u64) -> Option<PathBuf> {
    let path = fs::read_link("/proc/self/fd/2").ok()?;
    let found = fs::symlink_metadata(&path).ok()?;
    (found.is_file() && found.ino() == inode).then_some(path)
}

/// Renames a file to `NAME.old` and begins it anew.
fn set_aside(path: &Path) -> io::Result<File> {
    let mut old = OsString::from(path);
    old.push(".old");
    fs::rename(path, old)?;
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_kind_and_second_then_a_count() {
        let mut kinds = Kinds::default();
        let mut admit = |kind: u8, second| kinds.admit(kind, || format!("place {kind}"), 1, second);
        assert!(admit(1, 0) && admit(2, 0), "two kinds");
        assert_eq!((0..312).filter(|_| admit(1, 0)).count(), 0);
        assert!(admit(1, 1), "another second");
        assert_eq!(kinds.take_counts(), [("place 1".to_owned(), 312)]);
        assert_eq!(kinds.take_counts(), []);
        assert_eq!(count_line("a.rs:1", 312, false), "… and 312 more from a.rs:1\n");
    }

    #[test]
    fn lines_are_short_and_control_nothing() {
        let check = |line: &str, json, colours, expected: &str| {
            assert_eq!(shaped(line.as_bytes(), json, colours), expected);
        };
        check("plain\n", false, false, "plain\n");
        check("a\nINFO forged\n", false, false, "a\\nINFO forged\n");
        check("a\u{1b}[2Jb\u{7}\u{9b}\n", false, false, "a\\u{1b}[2Jb\\u{7}\\u{9b}\n");
        check("\u{1b}[32mINFO\u{1b}[0m\n", false, true, "\u{1b}[32mINFO\u{1b}[0m\n");
        check("{\"a\":1}\n", true, false, "{\"a\":1}\n");
        let long = "é".repeat(MAX_LINE);
        let short = shaped(long.as_bytes(), false, false);
        assert!(short.len() < MAX_LINE + 40 && short.ends_with(" … and 4096 bytes more\n"), "{short}");
        let cut: serde_json::Value = serde_json::from_str(&shaped(long.as_bytes(), true, false)).unwrap();
        assert_eq!(cut["cut"].as_str().map(str::len), Some(MAX_LINE));
    }

    #[test]
    fn a_file_is_set_aside_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent.log");
        for text in ["one", "two", "three"] {
            fs::write(&path, text).unwrap();
            let fresh = set_aside(&path).unwrap();
            assert_eq!(fresh.metadata().unwrap().len(), 0);
            assert_eq!(fresh.metadata().unwrap().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::read_to_string(folder.path().join("agent.log.old")).unwrap(), "three");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
