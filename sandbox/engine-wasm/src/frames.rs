//! What engine and worker say to each other. Until a module is loaded, length-prefixed frames over a socket, of a JSON header
//! and a body of bytes; from then on heads of fixed form in the memory that they share (`exchange`).
//!
//! A worker is not believed: every length is bounded before anything is allocated for it.

use std::io::{self, Read, Write};

use jail::Isolation;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::exchange::{HEAD, pair, unpair};

/// Read before any budget is asked: of each worker one at a time.
const MAX_HEADER: usize = 64 << 10;
/// What of a message for people is told: escaped, it fits into a header.
const MAX_MESSAGE: usize = 8 << 10;
/// What a call or an answer has beside its head.
pub(crate) const MAX_BODY: usize = 32 << 20;

/// To the worker.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// Take the compiled module that lies open on the other socket. Before any invocation; again where it could not be taken.
    /// The body is the environment of all invocations, `NAME=value` and a zero byte for each variable.
    Load {
        /// What an instance may take.
        memory_bytes: u64,
        /// How long an invocation may take.
        timeout_micros: u64,
    },
}

/// From the worker.
#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    /// Jailed and waiting.
    Ready {
        /// What it found of walls.
        isolation: Isolation,
    },
    /// The module can be run, or why not.
    Loaded {
        /// Why not.
        error: Option<LoadError>,
    },
}

/// Why a module cannot be run.
#[derive(Debug, Serialize, Deserialize)]
pub enum LoadError {
    /// The compiled file does not fit this program (any more): compile again.
    Stale(String),
    /// The module asks for something there is not.
    Link(String),
}

/// A call's head. Its parts are what the environment has more, and the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallHead {
    pub(crate) id: u64,
    pub(crate) environment: usize,
    pub(crate) event: usize,
}

impl CallHead {
    pub(crate) fn words(self) -> [u64; HEAD] {
        [self.id, pair(self.environment, self.event), 0, 0, 0, 0, 0]
    }

    pub(crate) fn of(words: [u64; HEAD]) -> Self {
        let (environment, event) = unpair(words[1]);
        Self { id: words[0], environment, event }
    }
}

/// How an invocation ended. Parts of the answer are standard output, standard error, and the two texts of a trap.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// How.
    pub end: End,
    /// Bytes of standard output.
    pub stdout_len: usize,
    /// Bytes of standard error.
    pub stderr_len: usize,
    /// Whether there was more of the output than may be.
    pub stdout_overflowed: bool,
    /// How long it took.
    pub nanos: u64,
    /// The most memory that it had.
    pub peak_bytes: u64,
}

/// The ways to end.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with that status.
    Exit(i32),
    /// Stopped by what would have been a signal.
    Trap {
        /// The signal's name.
        signal: String,
        /// What happened.
        message: String,
    },
    /// It needed more memory than it may have.
    OutOfMemory,
    /// At its timeout.
    Timeout,
}

impl Default for End {
    fn default() -> Self {
        Self::Exit(0)
    }
}

const EXIT: usize = 0;
const TRAP: usize = 1;
const OUT_OF_MEMORY: usize = 2;
const TIMEOUT: usize = 3;

impl Done {
    /// The head of the answer to a call.
    pub fn words(&self, id: u64) -> [u64; HEAD] {
        let (kind, status) = match &self.end {
            End::Exit(status) => (EXIT, *status),
            End::Trap { .. } => (TRAP, 0),
            End::OutOfMemory => (OUT_OF_MEMORY, 0),
            End::Timeout => (TIMEOUT, 0),
        };
        let [signal, message] = self.texts().map(str::len);
        [
            id,
            pair(kind | usize::from(self.stdout_overflowed) << 8, status as u32 as usize),
            pair(self.stdout_len, self.stderr_len),
            pair(signal, message),
            self.nanos,
            self.peak_bytes,
            0,
        ]
    }

    /// What stands behind the two outputs.
    pub fn texts(&self) -> [&str; 2] {
        match &self.end {
            End::Trap { signal, message } => [signal, message],
            _ => ["", ""],
        }
    }

    /// The id of the call that a head answers, and the lengths of the parts.
    pub fn lengths(words: &[u64; HEAD]) -> (u64, [usize; 4]) {
        let ((stdout, stderr), (signal, message)) = (unpair(words[2]), unpair(words[3]));
        (words[0], [stdout, stderr, signal, message])
    }

    /// What a head says; none if it says nothing that there is. The parts are as long as it says, or are not there.
    pub fn of(words: &[u64; HEAD], parts: &[u8]) -> Option<Self> {
        let (_, [stdout_len, stderr_len, signal, _]) = Self::lengths(words);
        let (kind, status) = unpair(words[1]);
        let end = match kind & 0xff {
            EXIT => End::Exit(status as u32 as i32),
            TRAP => {
                let texts = parts.get(stdout_len + stderr_len..).unwrap_or_default();
                let (signal, message) = texts.split_at_checked(signal).unwrap_or_default();
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                End::Trap { signal: text(signal), message: text(message) }
            }
            OUT_OF_MEMORY => End::OutOfMemory,
            TIMEOUT => End::Timeout,
            _ => return None,
        };
        let stdout_overflowed = kind >> 8 != 0;
        let (nanos, peak_bytes) = (words[4], words[5]);
        Some(Self { end, stdout_len, stderr_len, stdout_overflowed, nanos, peak_bytes })
    }
}

/// One frame, ready to be written whole.
#[derive(Debug)]
pub struct Frame(Vec<u8>);

impl Frame {
    /// Puts it together, unless it is longer than any may be.
    pub fn new<T: Serialize>(header: &T, body: &[u8]) -> io::Result<Self> {
        let header = serde_json::to_vec(header)?;
        if header.len() > MAX_HEADER || body.len() > MAX_BODY {
            return Err(too_long());
        }
        let lengths = [header.len() as u32, body.len() as u32].map(u32::to_le_bytes);
        Ok(Self([lengths.as_flattened(), &header, body].concat()))
    }

    /// As it is written.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Writes it, waiting as long as it takes.
    pub(crate) fn write(self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(&self.0)
    }
}

/// Reads the header of a frame that has no body, and nothing behind it; `None` at the end of the stream.
pub async fn read<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<T>> {
    let mut lengths = [0; 8];
    if ended(from.read_exact(&mut lengths).await.map(drop))? {
        return Ok(None);
    }
    let (header, 0) = bounded(lengths)? else { return Err(too_long()) };
    let mut bytes = vec![0; header];
    from.read_exact(&mut bytes).await?;
    Ok(Some(serde_json::from_slice(&bytes)?))
}

/// Reads one frame as a worker does, which has nothing else to do meanwhile; `None` at the end of the stream.
pub fn read_blocking<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<(T, Vec<u8>)>> {
    let mut lengths = [0; 8];
    if ended(from.read_exact(&mut lengths))? {
        return Ok(None);
    }
    let (header, body) = bounded(lengths)?;
    let mut bytes = vec![0; header + body];
    from.read_exact(&mut bytes)?;
    let body = bytes.split_off(header);
    Ok(Some((serde_json::from_slice(&bytes)?, body)))
}

fn ended(read: io::Result<()>) -> io::Result<bool> {
    match read {
        Ok(()) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(true),
        Err(error) => Err(error),
    }
}

/// The lengths of header and body, unless they are longer than any may be.
fn bounded(lengths: [u8; 8]) -> io::Result<(usize, usize)> {
    // The header's length comes first, so it is the lower half.
    let (header, body) = unpair(u64::from_le_bytes(lengths));
    if header > MAX_HEADER || body > MAX_BODY {
        return Err(too_long());
    }
    Ok((header, body))
}

/// A message for people that fits into a header, whatever a module's names made of it.
pub(crate) fn message(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(MAX_MESSAGE));
    text
}

pub(crate) fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a frame is longer than any may be")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_frame_comes_back_and_an_overlong_one_is_refused() {
        let load = Request::Load { memory_bytes: 7, timeout_micros: 9 };
        let frame = Frame::new(&load, b"abc").expect("serialises");
        let mut sent = Vec::new();
        frame.write(&mut sent).expect("written");
        let read = read_blocking::<Request>(&mut sent.as_slice()).expect("reads").expect("a frame");
        let (Request::Load { memory_bytes, timeout_micros }, body) = read;
        assert_eq!((memory_bytes, timeout_micros, body.as_slice()), (7, 9, &b"abc"[..]));
        assert!(read_blocking::<Request>(&mut [].as_slice()).expect("the end").is_none());
        super::read::<Request>(&mut sent.as_slice()).await.expect_err("a body that nobody expects");
        assert!(super::read::<Request>(&mut [].as_slice()).await.expect("the end").is_none());
        let huge = [255; 8];
        let error = super::read::<Request>(&mut huge.as_slice()).await.expect_err("refused");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(Frame::new(&load, &vec![0; MAX_BODY]).is_ok());
        assert!(Frame::new(&load, &vec![0; MAX_BODY + 1]).is_err());
    }

    #[tokio::test]
    async fn the_longest_message_fits_however_it_is_escaped() {
        let error = Some(LoadError::Link(message("\u{1}".repeat(1 << 20))));
        let frame = Frame::new(&Reply::Loaded { error }, &[]).expect("fits");
        assert!(super::read::<Reply>(&mut frame.bytes()).await.expect("reads").is_some());
    }

    /// An end, and whether its answer comes back as it was.
    fn check(end: End) {
        let done =
            Done { end, stdout_len: 3, stderr_len: 2, stdout_overflowed: true, nanos: 5, peak_bytes: 6 };
        let words = done.words(u64::MAX);
        let [signal, message] = done.texts();
        let (id, lengths) = Done::lengths(&words);
        assert_eq!((id, lengths), (u64::MAX, [3, 2, signal.len(), message.len()]));
        let parts = ["out", "er", signal, message].concat();
        assert_eq!(Done::of(&words, parts.as_bytes()), Some(done));
    }

    #[test]
    fn every_end_comes_back() {
        for status in [0, 70, -1, i32::MIN] {
            check(End::Exit(status));
        }
        check(End::Trap { signal: "aborted".into(), message: "wasm `unreachable`".into() });
        check(End::OutOfMemory);
        check(End::Timeout);
        let head = CallHead { id: u64::MAX, environment: 300, event: MAX_BODY };
        assert_eq!(CallHead::of(head.words()), head);
    }

    #[test]
    fn a_head_without_sense_is_none() {
        assert_eq!(Done::of(&[0, 9, 0, 0, 0, 0, 0], &[]), None);
        let words = [0, TRAP as u64, pair(5, 5), pair(usize::MAX, 9), 0, 0, 0];
        let empty = End::Trap { signal: String::new(), message: String::new() };
        assert_eq!(Done::of(&words, b"short").map(|done| done.end), Some(empty));
    }
}
