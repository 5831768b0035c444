//! Messages of a request that are signed one by one: each stands within another that has its moment and its signature.
// AWS: `STREAMING-AWS4-HMAC-SHA256-EVENTS`; an empty message that is signed ends the stream.

use bytes::BytesMut;
use cloud_core::AwsError;

use super::frame::{HeaderValue, Message, encode_headers, malformed};
use crate::sigv4::Verified;

/// The message within one that is signed; none in the last.
pub(super) fn opened(outer: &Message, signer: &mut Verified) -> Result<Option<Message>, AwsError> {
    let (Some(HeaderValue::Timestamp(date)), Some(HeaderValue::Blob(signature))) =
        (outer.header(":date"), outer.header(":chunk-signature"))
    else {
        return Err(malformed("it is not signed"));
    };
    let headers = encode_headers(&[(":date".to_owned(), HeaderValue::Timestamp(*date))])?;
    signer.event(*date, &headers, &outer.payload, signature)?;
    if outer.payload.is_empty() {
        return Ok(None);
    }
    let mut inner = BytesMut::from(&outer.payload[..]);
    let message = Message::decode(&mut inner)?.ok_or_else(|| malformed("it is cut off"))?;
    if inner.is_empty() {
        Ok(Some(message))
    } else {
        Err(malformed("there is more within it than a message"))
    }
}
