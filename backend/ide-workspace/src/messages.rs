//! The Yjs sync protocol on a channel: messages one after another in a stream of bytes, each of them saying
//! itself where it ends. It only reads and writes; what they mean is decided elsewhere.

use bytes::{Buf, Bytes, BytesMut};
use protocol::document::{MAX_DOCUMENT, MESSAGE_ENDED, MESSAGE_JOURNALED};

const SYNC: u64 = 0;
const AWARENESS: u64 = 1;
const AWARENESS_QUERY: u64 = 3;
const STEP_1: u64 = 0;
const STEP_2: u64 = 1;
const UPDATE: u64 = 2;

/// Largest sync message, in bytes: a whole document and what was deleted from it.
pub(crate) const MAX_SYNC: usize = 2 * MAX_DOCUMENT as usize;
/// Largest awareness message, in bytes.
pub(crate) const MAX_AWARENESS: usize = 16 * 1024;

/// A message of a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// "This is what I know; send what I lack."
    Vector(Bytes),
    /// "This is new", as an answer or on its own.
    Update(Bytes),
    /// Cursors and names, an awareness update.
    Awareness(Bytes),
    /// "Where is everybody?"
    AwarenessQuery,
}

/// The stream holds no such message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stream is not of the sync protocol, or over its limits")]
pub(crate) struct Malformed;

/// Bytes that arrived and are no whole message yet.
#[derive(Debug, Default)]
pub(crate) struct Stream(BytesMut);

impl Stream {
    /// Takes bytes as they arrive.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// The next whole message; none until more bytes come.
    pub(crate) fn next(&mut self) -> Result<Option<Message>, Malformed> {
        let mut rest = Reader(&self.0);
        let Some(read) = rest.message().transpose()? else { return Ok(None) };
        let used = self.0.len() - rest.0.len();
        let frame = self.0.split_to(used).freeze();
        let body = frame.slice(used - read.size..);
        Ok(Some(match read.kind {
            Kind::Vector => Message::Vector(body),
            Kind::Update => Message::Update(body),
            Kind::Awareness => Message::Awareness(body),
            Kind::AwarenessQuery => Message::AwarenessQuery,
        }))
    }
}

enum Kind {
    Vector,
    Update,
    Awareness,
    AwarenessQuery,
}

struct Read {
    kind: Kind,
    size: usize,
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn message(&mut self) -> Option<Result<Read, Malformed>> {
        let (kind, limit) = match self.number()? {
            Ok(SYNC) => match self.number()? {
                Ok(STEP_1) => (Kind::Vector, MAX_SYNC),
                Ok(STEP_2 | UPDATE) => (Kind::Update, MAX_SYNC),
                _ => return Some(Err(Malformed)),
            },
            Ok(AWARENESS) => (Kind::Awareness, MAX_AWARENESS),
            Ok(AWARENESS_QUERY) => return Some(Ok(Read { kind: Kind::AwarenessQuery, size: 0 })),
            _ => return Some(Err(Malformed)),
        };
        let size = match self.number()? {
            Ok(size) if size <= limit as u64 => size as usize,
            _ => return Some(Err(Malformed)),
        };
        (self.0.remaining() >= size).then(|| {
            self.0.advance(size);
            Ok(Read { kind, size })
        })
    }

    /// A `varUint`: seven bits a byte, least first.
    fn number(&mut self) -> Option<Result<u64, Malformed>> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(Ok(number));
            }
        }
        Some(Err(Malformed))
    }
}

/// "This is what I know; send what I lack."
pub(crate) fn vector(vector: &[u8]) -> Bytes {
    message(&[SYNC, STEP_1], vector)
}

/// The answer to a vector.
pub(crate) fn answer(update: &[u8]) -> Bytes {
    message(&[SYNC, STEP_2], update)
}

/// "This is new."
pub(crate) fn update(update: &[u8]) -> Bytes {
    message(&[SYNC, UPDATE], update)
}

/// Cursors and names.
pub(crate) fn awareness(update: &[u8]) -> Bytes {
    message(&[AWARENESS], update)
}

/// "All of this is durable."
pub(crate) fn journaled(vector: &[u8]) -> Bytes {
    message(&[u64::from(MESSAGE_JOURNALED)], vector)
}

/// "You are no longer part of this": why, or nothing where the document may simply be opened again.
pub(crate) fn ended(reason: &str) -> Bytes {
    message(&[u64::from(MESSAGE_ENDED)], reason.as_bytes())
}

fn message(head: &[u64], body: &[u8]) -> Bytes {
    let mut bytes = Vec::with_capacity(body.len() + 8);
    for &number in head.iter().chain([&(body.len() as u64)]) {
        write_number(&mut bytes, number);
    }
    bytes.extend_from_slice(body);
    bytes.into()
}

/// Writes a `varUint`.
pub(crate) fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_yjs_writes() {
        use yrs::{
            sync::{Message as Sync, SyncMessage},
            updates::encoder::Encode,
        };
        let mut stream = Stream::default();
        stream.push(&Sync::Sync(SyncMessage::Update(vec![7; 300])).encode_v1());
        stream.push(&Sync::AwarenessQuery.encode_v1());
        stream.push(&Sync::Sync(SyncMessage::SyncStep1(yrs::StateVector::default())).encode_v1());
        assert_eq!(stream.next(), Ok(Some(Message::Update(vec![7; 300].into()))));
        assert_eq!(stream.next(), Ok(Some(Message::AwarenessQuery)));
        assert_eq!(stream.next(), Ok(Some(Message::Vector(vec![0].into()))));
        assert_eq!(stream.next(), Ok(None));
        assert_eq!(journaled(&[0]), Sync::Custom(MESSAGE_JOURNALED, vec![0]).encode_v1());
        assert_eq!(answer(&[1, 2]), Sync::Sync(SyncMessage::SyncStep2(vec![1, 2])).encode_v1());
    }

    #[test]
    fn refuses_nonsense_and_too_much() {
        for bytes in
            [&[9u8][..], &[0, 7], &[2, 0], &[1, 0x81, 0x80, 2], &[0, 2, 0xFF, 0xFF, 0xFF, 0x7F], &[0xFF; 10]]
        {
            let mut stream = Stream::default();
            stream.push(bytes);
            assert_eq!(stream.next(), Err(Malformed), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn messages_survive_any_cutting(
            bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 1..6),
            cut in 1usize..50,
        ) {
            let mut stream = Stream::default();
            let mut read = Vec::new();
            let sent: Vec<u8> = bodies.iter().flat_map(|body| update(body)).collect();
            for part in sent.chunks(cut) {
                stream.push(part);
                while let Some(message) = stream.next().unwrap() {
                    read.push(message);
                }
            }
            let want: Vec<Message> = bodies.into_iter().map(|body| Message::Update(body.into())).collect();
            prop_assert_eq!(read, want);
        }

        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let mut stream = Stream::default();
            stream.push(&bytes);
            while let Ok(Some(_)) = stream.next() {}
        }
    }
}
