//! The Language Server Protocol's framing: headers with a `Content-Length`, an empty line, JSON.
//!
//! Bytes in, bodies out; what a body says is not looked at. A language server is a program like any other: whatever
//! it writes meets a stated limit, and a fault ends its session, nothing else.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use protocol::{Said, language::MAX_MESSAGE};
use tokio_util::codec::{Decoder, Encoder};

/// Longest block of headers.
const MAX_HEADERS: usize = 8 * 1024;

/// Why a stream is not of the protocol.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The stream itself failed.
    #[error("the language server's stream failed")]
    Io(#[from] std::io::Error),
    /// No empty line where one is due.
    #[error("the language server wrote more than {MAX_HEADERS} bytes of headers")]
    HeadersTooLong,
    /// A header that is none, or a length that is missing, doubled or no number.
    #[error("the language server wrote a malformed header: '{0}'")]
    Header(String),
    /// A body over the limit.
    #[error("the language server announced a message of {0} bytes; {MAX_MESSAGE} are allowed")]
    TooLong(u64),
}

impl FrameError {
    /// As people are told.
    pub(crate) fn said(&self) -> Said {
        let said = Said::new(self.to_string());
        match self {
            Self::Io(_) => said.because("server-stream", &[]),
            Self::HeadersTooLong => said.because("server-headers", &[("most", &MAX_HEADERS)]),
            Self::Header(header) => said.because("server-header", &[("header", header)]),
            Self::TooLong(bytes) => {
                said.because("server-announced", &[("bytes", bytes), ("most", &MAX_MESSAGE)])
            }
        }
    }
}

/// Reads and writes messages.
#[derive(Debug, Default)]
pub struct LspCodec {
    /// The length of the body that follows, once its headers are read.
    body: Option<usize>,
}

impl Decoder for LspCodec {
    type Item = Bytes;
    type Error = FrameError;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Bytes>, FrameError> {
        let length = match self.body {
            Some(length) => length,
            None => match read_headers(buffer)? {
                Some(length) => *self.body.insert(length),
                None => return Ok(None),
            },
        };
        if buffer.len() < length {
            // Room for what is announced, as it comes and not at once: the announcement alone costs nothing.
            buffer.reserve((length - buffer.len()).min(64 * 1024));
            return Ok(None);
        }
        self.body = None;
        Ok(Some(buffer.split_to(length).freeze()))
    }
}

impl Encoder<Bytes> for LspCodec {
    type Error = FrameError;

    fn encode(&mut self, body: Bytes, buffer: &mut BytesMut) -> Result<(), FrameError> {
        let header = format!("Content-Length: {}\r\n\r\n", body.len());
        buffer.reserve(header.len() + body.len());
        buffer.put_slice(header.as_bytes());
        buffer.put_slice(&body);
        Ok(())
    }
}

/// Takes the headers off the buffer and answers the body's length; none while they are incomplete.
fn read_headers(buffer: &mut BytesMut) -> Result<Option<usize>, FrameError> {
    let searched = &buffer[..buffer.len().min(MAX_HEADERS)];
    let Some(end) = searched.windows(4).position(|four| four == b"\r\n\r\n") else {
        return if buffer.len() >= MAX_HEADERS { Err(FrameError::HeadersTooLong) } else { Ok(None) };
    };
    let headers = buffer.split_to(end);
    buffer.advance(4);
    let mut length = None;
    for line in headers[..].split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some(value) = content_length(line)?
            && length.replace(value).is_some()
        {
            return Err(malformed(line));
        }
    }
    let length = length.ok_or_else(|| malformed(&headers))?;
    if length > MAX_MESSAGE as u64 {
        return Err(FrameError::TooLong(length));
    }
    Ok(Some(length as usize))
}

/// The value of a `Content-Length` header; none for any other.
fn content_length(line: &[u8]) -> Result<Option<u64>, FrameError> {
    let text = std::str::from_utf8(line).map_err(|_| malformed(line))?;
    let (name, value) = text.split_once(':').ok_or_else(|| malformed(line))?;
    if !name.trim().eq_ignore_ascii_case("content-length") {
        return Ok(None);
    }
    let digits = value.trim();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed(line));
    }
    // Too many digits to count is too long whatever it says.
    Ok(Some(digits.parse().unwrap_or(u64::MAX)))
}

fn malformed(line: &[u8]) -> FrameError {
    FrameError::Header(String::from_utf8_lossy(line).chars().take(80).flat_map(char::escape_debug).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a stream holds, fed `step` bytes at a time, up to its first fault.
    fn check(stream: &[u8], step: usize) -> (Vec<Bytes>, Option<FrameError>) {
        let (mut codec, mut buffer, mut bodies) = (LspCodec::default(), BytesMut::new(), Vec::new());
        for piece in stream.chunks(step.max(1)) {
            buffer.extend_from_slice(piece);
            loop {
                match codec.decode(&mut buffer) {
                    Ok(Some(body)) => bodies.push(body),
                    Ok(None) => break,
                    Err(error) => return (bodies, Some(error)),
                }
            }
        }
        (bodies, None)
    }

    #[test]
    fn headers_are_read_leniently_where_the_protocol_is() {
        for stream in [
            "Content-Length: 2\r\n\r\n{}",
            "content-length:2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{}",
            "CONTENT-LENGTH:   002  \r\n\r\n{}",
        ] {
            let (bodies, error) = check(stream.as_bytes(), 1);
            assert!(error.is_none(), "{stream:?}: {error:?}");
            assert_eq!(bodies, ["{}"], "{stream:?}");
        }
    }

    #[test]
    fn faults_end_the_session() {
        for (stream, wanted) in [
            ("Content-Length: 99999999999\r\n\r\n", "a message of 99999999999 bytes"),
            ("Content-Length: 999999999999999999999999\r\n\r\n", "a message of 18446744073709551615 bytes"),
            ("Content-Length: -1\r\n\r\n", "malformed header"),
            ("Content-Length: 0x10\r\n\r\n", "malformed header"),
            ("Content-Length:\r\n\r\n", "malformed header"),
            ("Content-Type: x\r\n\r\n", "malformed header"),
            ("\r\n\r\n", "malformed header"),
            ("Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", "malformed header"),
            ("hello world\r\n\r\n", "malformed header"),
            (&"x".repeat(9000), "8192 bytes of headers"),
        ] {
            let (bodies, error) = check(stream.as_bytes(), 7);
            let error = error.map(|error| error.to_string()).unwrap_or_default();
            assert!(bodies.is_empty() && error.contains(wanted), "{stream:.40}: {error}");
        }
    }

    #[test]
    fn a_short_body_waits() {
        let (bodies, error) = check(b"Content-Length: 10\r\n\r\n{}", 3);
        assert!(bodies.is_empty() && error.is_none());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..6),
            step in 1..400usize,
        ) {
            let (mut codec, mut stream) = (LspCodec::default(), BytesMut::new());
            for body in &bodies {
                codec.encode(Bytes::copy_from_slice(body), &mut stream).unwrap();
            }
            let (read, error) = check(&stream, step);
            prop_assert!(error.is_none());
            prop_assert_eq!(read, bodies);
        }

        #[test]
        fn noise_never_panics(noise in proptest::collection::vec(any::<u8>(), 0..400), step in 1..50usize) {
            let mut stream = b"Content-Length: 3\r\n\r\nabc".to_vec();
            stream.extend(noise);
            let (bodies, _) = check(&stream, step);
            prop_assert_eq!(&bodies[0][..], b"abc");
        }
    }
}
