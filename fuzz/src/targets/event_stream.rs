//! Messages of event streams: read in pieces as whole, and as AWS's own reader for clients reads them; what is read is
//! written again the same, and one that was changed on its way is none.

use aws_smithy_eventstream::frame::read_message_from;
use aws_smithy_types::event_stream as smithy;
use bytes::{Bytes, BytesMut};
use cloud_wire::Body;
use cloud_wire::event_stream::{HeaderValue, Message, Messages};
use futures_util::{FutureExt, stream};
use jiff::Timestamp;

use crate::draw::Draw;

/// By its first byte: bytes of headers and payload, what messages are drawn of, or a body.
pub(crate) fn run(data: &[u8]) -> bool {
    let mut from = Draw(data);
    match from.byte() % 3 {
        0 => headers(&mut from),
        1 => drawn(&mut from),
        _ => any(&mut from),
    }
}

/// Lengths and checksums around what a stranger put between them.
fn framed(headers: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend((16 + headers.len() as u32 + payload.len() as u32).to_be_bytes());
    bytes.extend((headers.len() as u32).to_be_bytes());
    bytes.extend(crc32fast::hash(&bytes).to_be_bytes());
    bytes.extend(headers);
    bytes.extend(payload);
    bytes.extend(crc32fast::hash(&bytes).to_be_bytes());
    bytes
}

/// Any bytes as headers: as AWS reads them, and read again when they are written.
fn headers(from: &mut Draw<'_>) -> bool {
    let length = usize::from(from.byte());
    let bytes = framed(from.bytes(length), from.0);
    let ours =
        Message::decode(&mut BytesMut::from(&bytes[..])).map(|whole| whole.expect("all of it is there"));
    match (ours, read_message_from(&bytes[..])) {
        (Ok(ours), Ok(theirs)) => {
            assert!(alike(&ours, &theirs), "{ours:?}\n{theirs:?}");
            again(&ours);
            true
        }
        // A moment that no calendar has.
        (Err(_), Ok(theirs)) => {
            let is_beyond = |header: &smithy::Header| match header.value() {
                smithy::HeaderValue::Timestamp(moment) => {
                    moment.to_millis().map_or(true, |millis| Timestamp::from_millisecond(millis).is_err())
                }
                _ => false,
            };
            assert!(theirs.headers().iter().any(is_beyond), "{theirs:?}");
            false
        }
        (ours, theirs) => {
            assert!(ours.is_err(), "{ours:?} {theirs:?}");
            false
        }
    }
}

fn alike(ours: &Message, theirs: &smithy::Message) -> bool {
    let same = |((name, value), header): (&(String, HeaderValue), &smithy::Header)| {
        name == header.name().as_str()
            && match (value, header.value()) {
                (HeaderValue::Boolean(one), smithy::HeaderValue::Bool(other)) => one == other,
                (HeaderValue::Integer(one), smithy::HeaderValue::Byte(other)) => *one == i64::from(*other),
                (HeaderValue::Integer(one), smithy::HeaderValue::Int16(other)) => *one == i64::from(*other),
                (HeaderValue::Integer(one), smithy::HeaderValue::Int32(other)) => *one == i64::from(*other),
                (HeaderValue::Integer(one), smithy::HeaderValue::Int64(other)) => one == other,
                (HeaderValue::Blob(one), smithy::HeaderValue::ByteArray(other)) => one == other,
                (HeaderValue::String(one), smithy::HeaderValue::String(other)) => one == other.as_str(),
                (HeaderValue::Timestamp(one), smithy::HeaderValue::Timestamp(other)) => {
                    other.to_millis().is_ok_and(|other| one.as_millisecond() == other)
                }
                (HeaderValue::Uuid(one), smithy::HeaderValue::Uuid(other)) => {
                    u128::from_be_bytes(*one) == *other
                }
                _ => false,
            }
    };
    ours.payload == *theirs.payload()
        && ours.headers.len() == theirs.headers().len()
        && ours.headers.iter().zip(theirs.headers()).all(same)
}

/// What was read is written, and read the same.
fn again(message: &Message) -> Bytes {
    let bytes = message.encode().expect("what was read may be written");
    let mut buffer = BytesMut::from(&bytes[..]);
    let read = Message::decode(&mut buffer).expect("it is well-formed").expect("all of it is there");
    assert!(read == *message && buffer.is_empty(), "{message:?}\n{read:?}");
    let theirs = read_message_from(&bytes[..]).expect("a client reads it");
    assert!(alike(message, &theirs), "{message:?}\n{theirs:?}");
    bytes
}

/// What a body's messages are until the first error.
fn read(body: &[u8], size: usize) -> (Vec<Message>, Option<String>) {
    let pieces: Vec<_> = body.chunks(size.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let mut messages = Messages::of(Body::from_stream(stream::iter(pieces), None));
    let mut found = Vec::new();
    loop {
        match messages.next().now_or_never().expect("bytes that are there are not waited for") {
            Ok(Some(message)) => found.push(message),
            Ok(None) => return (found, None),
            Err(error) => return (found, Some(error.message().to_owned())),
        }
    }
}

/// Messages one behind the other, one of them changed.
fn drawn(from: &mut Draw<'_>) -> bool {
    let (size, at, flip) = (from.below(32) + 1, from.number() as usize, from.byte().max(1));
    let messages: Vec<Message> = (0..=from.below(3)).map(|_| message(from)).collect();
    let mut body: Vec<u8> = Vec::new();
    let ends: Vec<usize> = messages
        .iter()
        .map(|message| {
            body.extend_from_slice(&again(message));
            body.len()
        })
        .collect();
    let (found, error) = read(&body, size);
    assert!(found == messages && error.is_none(), "{messages:?}\n{found:?} {error:?}");
    let at = at % body.len();
    body[at] ^= flip;
    let whole = ends.iter().filter(|end| **end <= at).count();
    let (found, error) = read(&body, size);
    assert!(found == messages[..whole] && error.is_some(), "accepted, changed at {at}: {found:?}");
    true
}

fn message(from: &mut Draw<'_>) -> Message {
    let headers = (0..from.below(5)).map(|_| (from.text(), value(from))).collect();
    let length = from.below(40);
    Message { headers, payload: Bytes::copy_from_slice(from.bytes(length)) }
}

fn value(from: &mut Draw<'_>) -> HeaderValue {
    match from.below(6) {
        0 => HeaderValue::Boolean(from.byte() % 2 == 1),
        1 => HeaderValue::Integer(from.number() as i64 >> from.below(64)),
        2 => HeaderValue::Blob(Bytes::from(from.text())),
        3 => HeaderValue::String(from.text()),
        4 => {
            let millis = (from.number() % 300_000_000_000_000) as i64 - 60_000_000_000_000;
            HeaderValue::Timestamp(Timestamp::from_millisecond(millis).unwrap_or_default())
        }
        _ => HeaderValue::Uuid(std::array::from_fn(|_| from.byte())),
    }
}

/// Any body, in pieces as whole.
fn any(from: &mut Draw<'_>) -> bool {
    let size = from.below(32) + 1;
    let whole = read(from.0, from.0.len());
    assert_eq!(whole, read(from.0, size), "in pieces of {size}");
    !whole.0.is_empty()
}
