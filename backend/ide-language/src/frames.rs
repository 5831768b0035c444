//! The same messages on a channel of the link: four bytes of length (big endian), then JSON.

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// Longest message a browser may send: requests are small.
pub(crate) const MAX_REQUEST: usize = 4 * 1024 * 1024;

/// A browser announced a message over the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message of {0} bytes was announced; {MAX_REQUEST} are allowed")]
pub(crate) struct TooLong(u32);

/// Puts messages together from the channel's frames.
#[derive(Debug, Default)]
pub(crate) struct MessageStream(BytesMut);

impl MessageStream {
    /// Takes bytes as they arrive.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// The next whole message; none until more bytes come.
    pub(crate) fn next(&mut self) -> Result<Option<Bytes>, TooLong> {
        let Some(head) = self.0.first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_be_bytes(*head);
        if length as usize > MAX_REQUEST {
            return Err(TooLong(length));
        }
        if self.0.len() < 4 + length as usize {
            return Ok(None);
        }
        self.0.advance(4);
        Ok(Some(self.0.split_to(length as usize).freeze()))
    }
}

/// A message as it goes on the channel.
pub(crate) fn frame(body: &[u8]) -> Bytes {
    let mut framed = BytesMut::with_capacity(4 + body.len());
    framed.put_u32(body.len() as u32);
    framed.put_slice(body);
    framed.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_any_split() {
        let sent = [frame(b"{}"), frame(b""), frame(&vec![7; 70_000])].concat();
        for step in [1, 3, 4, 5, 16_384, sent.len()] {
            let (mut stream, mut sizes) = (MessageStream::default(), Vec::new());
            for piece in sent.chunks(step) {
                stream.push(piece);
                while let Some(message) = stream.next().unwrap() {
                    sizes.push(message.len());
                }
            }
            assert_eq!(sizes, [2, 0, 70_000], "{step}");
        }
    }

    #[test]
    fn a_message_over_the_limit_is_refused_before_it_comes() {
        let mut stream = MessageStream::default();
        stream.push(&[0xff; 4]);
        assert_eq!(stream.next(), Err(TooLong(u32::MAX)));
    }
}
