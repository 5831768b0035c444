//! Frames between server and agent: length, kind, payload. The agent's bytes are a stranger's bytes.

use std::io;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use protocol::relay::{Kind, MAX_RELAY_FRAME};
use thiserror::Error;
use tokio_util::codec::{Decoder, Encoder};

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub kind: Kind,
    /// What it carries.
    pub payload: Bytes,
}

/// Why the conversation with an agent broke.
#[derive(Debug, Error)]
pub enum FrameError {
    /// The socket failed.
    #[error("failed to use the agent's socket")]
    Io(#[from] io::Error),
    /// Longer than any frame may be.
    #[error("a frame of {0} bytes is too long")]
    TooLong(usize),
    /// Without even a kind.
    #[error("an empty frame")]
    Empty,
    /// A kind that does not exist.
    #[error("a frame of the unknown kind {0}")]
    UnknownKind(u8),
}

/// Reads and writes frames.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameCodec;

const LENGTH: usize = 4;

impl Decoder for FrameCodec {
    type Item = Frame;
    type Error = FrameError;

    fn decode(&mut self, bytes: &mut BytesMut) -> Result<Option<Frame>, FrameError> {
        let Some((length, rest)) = bytes.split_first_chunk::<LENGTH>() else { return Ok(None) };
        let length = u32::from_be_bytes(*length) as usize;
        if length > MAX_RELAY_FRAME {
            return Err(FrameError::TooLong(length));
        }
        if length == 0 {
            return Err(FrameError::Empty);
        }
        // The kind is known to be good before the rest of the frame is waited for.
        let Some(&kind) = rest.first() else { return Ok(None) };
        let kind = Kind::from_byte(kind).ok_or(FrameError::UnknownKind(kind))?;
        if rest.len() < length {
            bytes.reserve(LENGTH + length - bytes.len());
            return Ok(None);
        }
        bytes.advance(LENGTH + 1);
        Ok(Some(Frame { kind, payload: bytes.split_to(length - 1).freeze() }))
    }
}

impl Encoder<Frame> for FrameCodec {
    type Error = FrameError;

    fn encode(&mut self, frame: Frame, bytes: &mut BytesMut) -> Result<(), FrameError> {
        let length = frame.payload.len() + 1;
        if length > MAX_RELAY_FRAME {
            return Err(FrameError::TooLong(length));
        }
        bytes.reserve(LENGTH + length);
        bytes.put_u32(length as u32);
        bytes.put_u8(frame.kind as u8);
        bytes.extend_from_slice(&frame.payload);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds() -> impl Strategy<Value = Kind> {
        prop_oneof![Just(Kind::Attach), Just(Kind::Text), Just(Kind::Binary), Just(Kind::Close)]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_however_it_is_cut(
            frames in prop::collection::vec((kinds(), prop::collection::vec(any::<u8>(), 0..300)), 0..8),
            step in 1_usize..64,
        ) {
            let frames: Vec<_> =
                frames.into_iter().map(|(kind, payload)| Frame { kind, payload: payload.into() }).collect();
            let mut wire = BytesMut::new();
            for frame in &frames {
                FrameCodec.encode(frame.clone(), &mut wire).unwrap();
            }
            let (mut buffer, mut read) = (BytesMut::new(), Vec::new());
            for piece in wire.chunks(step) {
                buffer.extend_from_slice(piece);
                while let Some(frame) = FrameCodec.decode(&mut buffer).unwrap() {
                    read.push(frame);
                }
            }
            prop_assert_eq!(read, frames);
        }

        #[test]
        fn no_bytes_make_it_panic_or_grow(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let mut buffer = BytesMut::from(&bytes[..]);
            while let Ok(Some(frame)) = FrameCodec.decode(&mut buffer) {
                prop_assert!(frame.payload.len() < MAX_RELAY_FRAME);
            }
            prop_assert!(buffer.capacity() <= MAX_RELAY_FRAME * 2 + LENGTH);
        }
    }

    #[test]
    fn malformed_frames_are_refused_at_once() {
        let decode = |bytes: &[u8]| FrameCodec.decode(&mut BytesMut::from(bytes));
        assert!(matches!(decode(&[0, 0, 0, 0]), Err(FrameError::Empty)));
        assert!(matches!(decode(&[255, 255, 255, 255]), Err(FrameError::TooLong(_))));
        assert!(matches!(decode(&[0, 0, 1, 0, 9]), Err(FrameError::UnknownKind(9))));
        assert!(matches!(decode(&[0, 0, 0]), Ok(None)));
        let long = Frame { kind: Kind::Binary, payload: vec![0; MAX_RELAY_FRAME].into() };
        assert!(matches!(FrameCodec.encode(long, &mut BytesMut::new()), Err(FrameError::TooLong(_))));
    }
}
