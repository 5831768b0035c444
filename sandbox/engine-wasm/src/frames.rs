//! What engine and worker say to each other: length-prefixed frames of a JSON header and a body of bytes.
//!
//! A worker is not believed: every length is bounded before anything is allocated for it.

use std::io;

use bytes::Bytes;
use jail::Isolation;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const MAX_HEADER: u32 = 1 << 20;
const MAX_BODY: u32 = 32 << 20;

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

/// One frame as bytes.
pub(crate) fn frame<T: Serialize>(header: &T, body: &[&[u8]]) -> io::Result<Vec<u8>> {
    let header = serde_json::to_vec(header)?;
    let length: usize = body.iter().map(|part| part.len()).sum();
    let mut bytes = Vec::with_capacity(8 + header.len() + length);
    bytes.extend_from_slice(&(header.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&(length as u32).to_le_bytes());
    bytes.extend_from_slice(&header);
    for part in body {
        bytes.extend_from_slice(part);
    }
    Ok(bytes)
}

/// Writes one frame.
pub(crate) async fn write<T: Serialize>(
    to: &mut (impl AsyncWrite + Unpin),
    header: &T,
    body: &[&[u8]],
) -> io::Result<()> {
    to.write_all(&frame(header, body)?).await
}

/// Reads one frame; `None` at the end of the stream.
pub(crate) async fn read<T: DeserializeOwned>(
    from: &mut (impl AsyncRead + Unpin),
) -> io::Result<Option<(T, Bytes)>> {
    let header_len = match from.read_u32_le().await {
        Ok(length) => length,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    let body_len = from.read_u32_le().await?;
    if header_len > MAX_HEADER || body_len > MAX_BODY {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is longer than any may be"));
    }
    let mut bytes = vec![0; header_len as usize + body_len as usize];
    from.read_exact(&mut bytes).await?;
    let mut bytes = Bytes::from(bytes);
    let header = serde_json::from_slice(&bytes.split_to(header_len as usize))?;
    Ok(Some((header, bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_frame_comes_back_and_an_overlong_one_is_refused() {
        let sent = frame(&Request::Load, &[b"ab", b"c"]).expect("serialises");
        let (header, body) = read::<Request>(&mut sent.as_slice()).await.expect("reads").expect("a frame");
        assert!(matches!(header, Request::Load));
        assert_eq!(body, "abc");
        assert!(read::<Request>(&mut [].as_slice()).await.expect("the end").is_none());
        let huge = [255; 8];
        let error = read::<Request>(&mut huge.as_slice()).await.expect_err("refused");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
