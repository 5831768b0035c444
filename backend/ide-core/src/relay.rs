//! Frames on the agent's socket: [`protocol::relay`] as a codec.

use std::io;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use protocol::relay::{Kind, MAX_RELAY_FRAME};
use tokio_util::codec::{Decoder, Encoder};

/// One frame between server and agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayFrame {
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub payload: Bytes,
}

/// Reads and writes [`RelayFrame`]s.
#[derive(Clone, Copy, Debug, Default)]
pub struct RelayCodec;

impl Decoder for RelayCodec {
    type Item = RelayFrame;
    type Error = io::Error;

    fn decode(&mut self, source: &mut BytesMut) -> io::Result<Option<RelayFrame>> {
        let Some(head) = source.first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_be_bytes(*head) as usize;
        if length == 0 || length > MAX_RELAY_FRAME {
            return Err(malformed(format!("a frame of {length} bytes")));
        }
        if source.len() < 4 + length {
            source.reserve(4 + length - source.len());
            return Ok(None);
        }
        source.advance(4);
        let kind = source.get_u8();
        let kind = Kind::from_byte(kind).ok_or_else(|| malformed(format!("a frame of kind {kind}")))?;
        Ok(Some(RelayFrame { kind, payload: source.split_to(length - 1).freeze() }))
    }
}

impl Encoder<RelayFrame> for RelayCodec {
    type Error = io::Error;

    fn encode(&mut self, frame: RelayFrame, target: &mut BytesMut) -> io::Result<()> {
        let length = frame.payload.len() + 1;
        if length > MAX_RELAY_FRAME {
            return Err(malformed(format!("a frame of {length} bytes")));
        }
        target.reserve(4 + length);
        target.put_u32(length as u32);
        target.put_u8(frame.kind as u8);
        target.put_slice(&frame.payload);
        Ok(())
    }
}

fn malformed(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn frames_survive_any_split(payload in proptest::collection::vec(any::<u8>(), 0..300), cut in 0..300usize) {
            let frame = RelayFrame { kind: Kind::Binary, payload: payload.into() };
            let mut wire = BytesMut::new();
            RelayCodec.encode(frame.clone(), &mut wire).unwrap();
            let mut first = wire.split_to(cut.min(wire.len()));
            if !wire.is_empty() {
                prop_assert_eq!(RelayCodec.decode(&mut first).unwrap(), None);
                first.unsplit(wire);
            }
            prop_assert_eq!(RelayCodec.decode(&mut first).unwrap(), Some(frame));
            prop_assert!(first.is_empty());
        }

        #[test]
        fn any_bytes_are_a_frame_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let mut source = BytesMut::from(&bytes[..]);
            while let Ok(Some(_)) = RelayCodec.decode(&mut source) {}
        }
    }
}
