//! One message of `application/vnd.amazon.eventstream`: headers and payload between checksums. Not what they mean.
//!
//! ```text
//! total length, u32 | length of the headers, u32 | CRC-32 of those | headers | payload | CRC-32 of all before
//! header: length of the name, u8 | name | type, u8 | value
//! ```

use std::fmt;

use budget::Reservation;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use cloud_core::AwsError;
use crc_fast::CrcAlgorithm;
use jiff::Timestamp;

use crate::body::Body;
use crate::spool::Spool;

const PRELUDE: usize = 12;
const CHECKSUM: usize = 4;
// AWS: what clients take, in both directions.
const MAX_HEADERS: usize = 128 * 1024;
const MAX_PAYLOAD: usize = 24 * 1024 * 1024;

/// A header's value.
#[derive(Clone, Debug, PartialEq)]
pub enum HeaderValue {
    /// True or false.
    Boolean(bool),
    /// A whole number of 8, 16, 32 or 64 bits; written with 32 if they are enough, else with 64.
    Integer(i64),
    /// Bytes.
    Blob(Bytes),
    /// Text.
    String(String),
    /// A moment, to the millisecond.
    Timestamp(Timestamp),
    /// 16 bytes.
    Uuid([u8; 16]),
}

/// A message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// Names and values, in the order of the wire.
    pub headers: Vec<(String, HeaderValue)>,
    /// What it carries.
    pub payload: Bytes,
}

impl Message {
    /// The same with a header of text.
    #[must_use]
    pub fn with(mut self, name: &str, text: &str) -> Self {
        self.headers.push((name.to_owned(), HeaderValue::String(text.to_owned())));
        self
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&HeaderValue> {
        self.headers.iter().find(|(present, _)| present == name).map(|(_, value)| value)
    }

    /// A header's text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.header(name)? {
            HeaderValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes of it; an error for what no client would take.
    pub fn encode(&self) -> Result<Bytes, AwsError> {
        let headers = encode_headers(&self.headers)?;
        if headers.len() > MAX_HEADERS || self.payload.len() > MAX_PAYLOAD {
            return Err(AwsError::internal("an event is larger than a message may be"));
        }
        let total = PRELUDE + headers.len() + self.payload.len() + CHECKSUM;
        let mut bytes = BytesMut::with_capacity(total);
        bytes.put_u32(length(total));
        bytes.put_u32(length(headers.len()));
        bytes.put_u32(crc(&bytes));
        bytes.put_slice(&headers);
        bytes.put_slice(&self.payload);
        bytes.put_u32(crc(&bytes));
        Ok(bytes.freeze())
    }

    /// Takes a message off the start of what has come; none while it is not whole.
    pub fn decode(buffer: &mut BytesMut) -> Result<Option<Self>, AwsError> {
        let Some(total) = whole(buffer)? else { return Ok(None) };
        if buffer.len() < total {
            return Ok(None);
        }
        let mut message = buffer.split_to(total).freeze();
        let stated = message.split_off(total - CHECKSUM).get_u32();
        if crc(&message) != stated {
            return Err(malformed("its checksum is wrong"));
        }
        message.advance(4);
        let headers = message.get_u32() as usize;
        message.advance(4);
        let payload = message.split_off(headers);
        Ok(Some(Self { headers: decode_headers(message)?, payload }))
    }
}

/// The length of the message at the start, once its prelude is there.
fn whole(buffer: &[u8]) -> Result<Option<usize>, AwsError> {
    let Some(prelude) = buffer.first_chunk::<PRELUDE>() else { return Ok(None) };
    let mut numbers = prelude.as_slice();
    let (total, headers, stated) = (numbers.get_u32(), numbers.get_u32(), numbers.get_u32());
    if prelude.get(..8).map(crc) != Some(stated) {
        return Err(malformed("the checksum of its lengths is wrong"));
    }
    let (total, headers) = (total as usize, headers as usize);
    let payload = total.checked_sub(PRELUDE + headers + CHECKSUM);
    match payload {
        Some(payload) if headers <= MAX_HEADERS && payload <= MAX_PAYLOAD => Ok(Some(total)),
        _ => Err(malformed("its lengths are not allowed")),
    }
}

/// The bytes of headers, as they are signed.
pub fn encode_headers(headers: &[(String, HeaderValue)]) -> Result<Vec<u8>, AwsError> {
    let mut bytes = Vec::new();
    for (name, value) in headers {
        let refused = || AwsError::internal("a header of an event is too long");
        bytes.put_u8(u8::try_from(name.len()).map_err(|_| refused())?);
        bytes.put_slice(name.as_bytes());
        match value {
            HeaderValue::Boolean(truth) => bytes.put_u8(u8::from(!truth)),
            HeaderValue::Integer(number) => {
                if let Ok(number) = i32::try_from(*number) {
                    bytes.put_u8(4);
                    bytes.put_i32(number);
                } else {
                    bytes.put_u8(5);
                    bytes.put_i64(*number);
                }
            }
            HeaderValue::Blob(blob) => put_long(&mut bytes, 6, blob).ok_or_else(refused)?,
            HeaderValue::String(text) => put_long(&mut bytes, 7, text.as_bytes()).ok_or_else(refused)?,
            HeaderValue::Timestamp(moment) => {
                bytes.put_u8(8);
                bytes.put_i64(moment.as_millisecond());
            }
            HeaderValue::Uuid(id) => {
                bytes.put_u8(9);
                bytes.put_slice(id);
            }
        }
    }
    Ok(bytes)
}

fn put_long(bytes: &mut Vec<u8>, kind: u8, value: &[u8]) -> Option<()> {
    bytes.put_u8(kind);
    bytes.put_u16(u16::try_from(value.len()).ok()?);
    bytes.put_slice(value);
    Some(())
}

fn decode_headers(mut bytes: Bytes) -> Result<Vec<(String, HeaderValue)>, AwsError> {
    let mut headers = Vec::new();
    while bytes.has_remaining() {
        let length = bytes.get_u8() as usize;
        let name = text(taken(&mut bytes, length)?)?;
        let kind = taken(&mut bytes, 1)?.get_u8();
        let mut fixed = |length| taken(&mut bytes, length);
        let value = match kind {
            0 | 1 => HeaderValue::Boolean(kind == 0),
            2 => HeaderValue::Integer(fixed(1)?.get_i8().into()),
            3 => HeaderValue::Integer(fixed(2)?.get_i16().into()),
            4 => HeaderValue::Integer(fixed(4)?.get_i32().into()),
            5 => HeaderValue::Integer(fixed(8)?.get_i64()),
            6 | 7 => {
                let length = fixed(2)?.get_u16().into();
                let value = fixed(length)?;
                if kind == 6 { HeaderValue::Blob(value) } else { HeaderValue::String(text(value)?) }
            }
            8 => {
                let moment = Timestamp::from_millisecond(fixed(8)?.get_i64());
                HeaderValue::Timestamp(moment.map_err(|_| malformed("a header is no moment"))?)
            }
            9 => {
                let mut id = [0; 16];
                fixed(16)?.copy_to_slice(&mut id);
                HeaderValue::Uuid(id)
            }
            _ => return Err(malformed("a header is of no known type")),
        };
        headers.push((name, value));
    }
    Ok(headers)
}

fn taken(bytes: &mut Bytes, length: usize) -> Result<Bytes, AwsError> {
    if bytes.len() < length {
        return Err(malformed("a header is cut off"));
    }
    Ok(bytes.split_to(length))
}

fn text(bytes: Bytes) -> Result<String, AwsError> {
    String::from_utf8(bytes.into()).map_err(|_| malformed("a header is not UTF-8"))
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn crc(bytes: &[u8]) -> u32 {
    // The 32 bits of this checksum come in a wider number.
    u32::try_from(crc_fast::checksum(CrcAlgorithm::Crc32IsoHdlc, bytes)).unwrap_or_default()
}

pub(super) fn malformed(what: &str) -> AwsError {
    AwsError::new(
        "SerializationException",
        format!("A message of the event stream is not well-formed: {what}"),
    )
}

/// The messages of a body.
pub struct Messages {
    body: Body,
    buffer: BytesMut,
    spool: Option<Spool>,
    /// What the present message may take.
    held: Option<Reservation>,
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Messages({:?})", self.body)
    }
}

impl Messages {
    /// Of a body that comes.
    pub fn of(mut body: Body) -> Self {
        let spool = body.take_spool();
        Self { body, buffer: BytesMut::new(), spool, held: None }
    }

    /// The next one; none at the end, an error where the body ends within one.
    pub async fn next(&mut self) -> Result<Option<Message>, AwsError> {
        self.held = None;
        loop {
            if let Some(message) = Message::decode(&mut self.buffer)? {
                return Ok(Some(message));
            }
            if let Some(total) = whole(&self.buffer)?
                && self.held.is_none()
            {
                self.held = self.spool.as_ref().map(|spool| spool.room(total as u64)).transpose()?;
            }
            match self.body.next().await {
                Some(chunk) => self.buffer.extend_from_slice(&chunk?),
                None if self.buffer.is_empty() => return Ok(None),
                None => return Err(malformed("it is cut off")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = HeaderValue> {
        prop_oneof![
            any::<bool>().prop_map(HeaderValue::Boolean),
            any::<i64>().prop_map(HeaderValue::Integer),
            any::<i32>().prop_map(|number| HeaderValue::Integer(number.into())),
            proptest::collection::vec(any::<u8>(), 0..20).prop_map(|bytes| HeaderValue::Blob(bytes.into())),
            ".{0,20}".prop_map(HeaderValue::String),
            (-9_000_000_000_000_i64..9_000_000_000_000)
                .prop_map(|millis| HeaderValue::Timestamp(Timestamp::from_millisecond(millis).unwrap())),
            any::<[u8; 16]>().prop_map(HeaderValue::Uuid),
        ]
    }

    fn message() -> impl Strategy<Value = Message> {
        let headers = proptest::collection::vec(("[a-z:-]{1,20}", value()), 0..6);
        (headers, proptest::collection::vec(any::<u8>(), 0..200))
            .prop_map(|(headers, payload)| Message { headers, payload: payload.into() })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again_in_pieces_of_any_size(
            messages in proptest::collection::vec(message(), 0..4),
            piece in 1_usize..64,
        ) {
            let bytes: Vec<u8> = messages.iter().flat_map(|message| message.encode().unwrap()).collect();
            let pieces: Vec<_> = bytes.chunks(piece).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
            let mut read = Messages::of(Body::from_stream(stream::iter(pieces), None));
            futures_util::FutureExt::now_or_never(async {
                for message in &messages {
                    assert_eq!(read.next().await.unwrap().as_ref(), Some(message));
                }
                assert_eq!(read.next().await.unwrap(), None);
            })
            .unwrap();
        }

        #[test]
        fn a_bit_that_changed_is_found(message in message(), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
            let mut bytes = BytesMut::from(&message.encode().unwrap()[..]);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(Message::decode(&mut bytes).is_err());
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            drop(decode_headers(bytes.clone().into()));
            drop(Message::decode(&mut BytesMut::from(&bytes[..])));
        }
    }

    #[test]
    fn a_body_that_ends_within_a_message_is_an_error() {
        let mut bytes = Message::default().with(":event-type", "x").encode().unwrap();
        bytes.truncate(bytes.len() - 1);
        let next = futures_util::FutureExt::now_or_never(async { Messages::of(bytes.into()).next().await });
        assert!(next.unwrap().unwrap_err().message().ends_with("it is cut off"));
    }

    #[test]
    fn the_bytes_are_awss() {
        // AWS: the smallest message, of Smithy's and all SDKs' tests.
        let bytes = hex::decode("000000100000000005c248eb7d98c8ff").unwrap();
        assert_eq!(Message::default().encode().unwrap(), bytes);
        // And one with a header and a payload.
        let message = Message { payload: Bytes::from_static(b"{'foo':'bar'}"), ..Message::default() };
        let message = message.with("content-type", "application/json");
        let bytes = message.encode().unwrap();
        assert_eq!(bytes.get(..8), Some(&[0, 0, 0, 61, 0, 0, 0, 32][..]));
        assert_eq!(bytes.get(12..28).unwrap(), b"\x0ccontent-type\x07\0\x10");
    }
}
