//! What engine and worker say to each other: length-prefixed frames of a JSON header and a body of bytes.
//!
//! A worker is not believed: every length is bounded before anything is allocated for it.

use std::io::{self, IoSlice, Read, Write};

use bytes::{Buf, Bytes};
use jail::Isolation;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Read before any budget is asked: of each worker one at a time.
const MAX_HEADER: usize = 64 << 10;
/// What of a message for people is told: escaped, it fits into a header.
const MAX_MESSAGE: usize = 8 << 10;
const MAX_BODY: usize = 32 << 20;

/// To the worker.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    /// Take the compiled module that lies open on the other socket. Once, before any invocation.
    Load,
    /// Run; the body is the environment, `NAME=value` and a zero byte for each variable, then the event.
    Invoke { id: u64, environment_len: usize, memory_bytes: u64, timeout_micros: u64 },
}

/// From the worker.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// Jailed and waiting.
    Ready { isolation: Isolation },
    /// The module can be run, or why not.
    Loaded { error: Option<LoadError> },
    /// An invocation ended; the body is its standard output, then its standard error.
    Done(Done),
}

/// Why a module cannot be run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum LoadError {
    /// The compiled file does not fit this program (any more): compile again.
    Stale(String),
    /// The module asks for something there is not.
    Link(String),
}

/// How an invocation ended.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) id: u64,
    pub(crate) end: End,
    pub(crate) stdout_len: usize,
    pub(crate) stdout_overflowed: bool,
    pub(crate) nanos: u64,
    pub(crate) peak_bytes: u64,
}

/// The ways to end.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum End {
    /// By itself, with that status.
    Exit(i32),
    /// Stopped by what would have been a signal.
    Trap { signal: String, message: String },
    /// It needed more memory than it may have.
    OutOfMemory,
    /// At its timeout.
    Timeout,
}

/// One frame, ready to be written: whole or not at all is for its writer to see to.
#[derive(Debug)]
pub(crate) struct Frame {
    head: Bytes,
    body: [Bytes; 2],
}

impl Frame {
    /// A header and the two parts of its body.
    pub(crate) fn new<T: Serialize>(header: &T, body: [Bytes; 2]) -> io::Result<Self> {
        let header = serde_json::to_vec(header)?;
        let length: usize = body.iter().map(Bytes::len).sum();
        if header.len() > MAX_HEADER || length > MAX_BODY {
            return Err(too_long());
        }
        let mut head = Vec::with_capacity(8 + header.len());
        head.extend_from_slice(&(header.len() as u32).to_le_bytes());
        head.extend_from_slice(&(length as u32).to_le_bytes());
        head.extend_from_slice(&header);
        Ok(Self { head: head.into(), body })
    }

    /// Its bytes, without a copy.
    pub(crate) fn into_buf(self) -> impl Buf + Send {
        let [first, second] = self.body;
        self.head.chain(first).chain(second)
    }

    /// Writes it, waiting as long as it takes.
    pub(crate) fn write(self, to: &mut impl Write) -> io::Result<()> {
        let mut left = self.into_buf();
        while left.has_remaining() {
            let mut slices = [IoSlice::new(&[]); 3];
            let filled = left.chunks_vectored(&mut slices);
            match to.write_vectored(slices.get(..filled).unwrap_or_default()) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => left.advance(written),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Reads a frame's header and the length of its body, which follows; `None` at the end of the stream.
pub(crate) async fn read_head<T: DeserializeOwned>(
    from: &mut (impl AsyncRead + Unpin),
) -> io::Result<Option<(T, usize)>> {
    let mut lengths = [0; 8];
    if ended(from.read_exact(&mut lengths).await.map(drop))? {
        return Ok(None);
    }
    let (header, body) = bounded(lengths)?;
    let mut bytes = vec![0; header];
    from.read_exact(&mut bytes).await?;
    Ok(Some((serde_json::from_slice(&bytes)?, body)))
}

/// Reads one frame as a worker does, which has nothing else to do meanwhile; `None` at the end of the stream.
pub(crate) fn read_blocking<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<(T, Bytes)>> {
    let mut lengths = [0; 8];
    if ended(from.read_exact(&mut lengths))? {
        return Ok(None);
    }
    let (header, body) = bounded(lengths)?;
    let mut bytes = vec![0; header + body];
    from.read_exact(&mut bytes)?;
    let mut bytes = Bytes::from(bytes);
    let header = serde_json::from_slice(&bytes.split_to(header))?;
    Ok(Some((header, bytes)))
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
    let lengths = u64::from_le_bytes(lengths);
    let (header, body) = (lengths as u32 as usize, (lengths >> 32) as usize);
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

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a frame is longer than any may be")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes a few bytes at a time, as a socket may.
    struct Narrow(Vec<u8>);

    impl Write for Narrow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let fits = bytes.get(..3).unwrap_or(bytes);
            self.0.extend_from_slice(fits);
            Ok(fits.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_frame_comes_back_and_an_overlong_one_is_refused() {
        let mut sent = Narrow(Vec::new());
        let frame = Frame::new(&Request::Load, ["ab".into(), "c".into()]).expect("serialises");
        frame.write(&mut sent).expect("written");
        let sent = sent.0;
        let (header, length) =
            read_head::<Request>(&mut sent.as_slice()).await.expect("reads").expect("a frame");
        assert!(matches!(header, Request::Load));
        assert_eq!(length, 3);
        let (_, body) = read_blocking::<Request>(&mut sent.as_slice()).expect("reads").expect("a frame");
        assert_eq!(body, "abc");
        assert!(read_head::<Request>(&mut [].as_slice()).await.expect("the end").is_none());
        let huge = [255; 8];
        let error = read_head::<Request>(&mut huge.as_slice()).await.expect_err("refused");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        let body = Bytes::from(vec![0; MAX_BODY]);
        assert!(Frame::new(&Request::Load, [body.clone(), Bytes::new()]).is_ok());
        assert!(Frame::new(&Request::Load, [body, "x".into()]).is_err());
    }

    #[test]
    fn the_longest_message_fits_however_it_is_escaped() {
        let error = Some(LoadError::Link(message("\u{1}".repeat(1 << 20))));
        assert!(Frame::new(&Reply::Loaded { error }, [Bytes::new(), Bytes::new()]).is_ok());
    }
}
