//! One stream of bytes, read by a decoder in pieces of any size.

use std::fmt::Display;

use bytes::BytesMut;
use tokio_util::codec::Decoder;

/// What a decoder made of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded<T> {
    /// What it gave before its first error.
    pub(crate) items: Vec<T>,
    /// The error.
    pub(crate) error: Option<String>,
    /// The most bytes that it kept room for.
    pub(crate) room: usize,
}

/// Feeds a stream in pieces of that size.
pub(crate) fn decode<D: Decoder<Error: Display>>(
    mut decoder: D,
    stream: &[u8],
    size: usize,
) -> Decoded<D::Item> {
    let (mut items, mut room) = (Vec::new(), 0);
    let mut buffer = BytesMut::new();
    for piece in stream.chunks(size.max(1)) {
        buffer.extend_from_slice(piece);
        loop {
            match decoder.decode(&mut buffer) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break,
                Err(error) => return Decoded { items, error: Some(error.to_string()), room },
            }
        }
        room = room.max(buffer.capacity());
    }
    Decoded { items, error: None, room }
}
