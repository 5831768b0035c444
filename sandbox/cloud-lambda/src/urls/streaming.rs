//! Answers that are handed on while a function makes them. What comes before the body of one is a prelude, where the function
//! says that there is one.

use bytes::{Bytes, BytesMut};
use cloud_core::AwsError;
use cloud_wire::Body;
use engine::Piece;
use futures_util::stream;
use http::Response;
use serde_json::{Map, Value};

use super::answer::{AnswerHead, JSON};
use crate::invoke::Streamed;
use crate::quotas;

/// What a response is that begins with a prelude: status, headers and cookies as JSON, and so many zeroes behind.
// AWS: "application/vnd.awslambda.http-integration-response".
const PRELUDE: &str = "application/vnd.awslambda.http-integration-response";
const DELIMITER: [u8; 8] = [0; 8];

/// What a stream is that does not say it.
const BYTES: &str = "application/octet-stream";

/// The answer, once its head is known; none where the function failed before, or said nonsense.
pub(super) async fn answer(mut streamed: Streamed) -> Option<Response<Body>> {
    let (media_type, first) = begin(&mut streamed).await;
    let has_prelude = media_type.as_deref() == Some(PRELUDE);
    let Some(first) = first else {
        let ran = streamed.ended().await.ok()?;
        // AWS: what ends before its prelude was written has none.
        let media_type = media_type.filter(|_| !has_prelude);
        let head = AnswerHead::ok(media_type.as_deref().unwrap_or(BYTES));
        return ran.outcome.error.is_none().then(|| head.with(Body::default()));
    };
    let (head, first) = if has_prelude {
        prelude(first, &mut streamed).await?
    } else {
        // An engine that knows no types answers in JSON.
        (AnswerHead::ok(media_type.as_deref().unwrap_or(JSON)), first)
    };
    Some(head.with(body(first, streamed)))
}

/// The media type, where it is told, and the first bytes, where there are any.
async fn begin(streamed: &mut Streamed) -> (Option<String>, Option<Bytes>) {
    let mut media_type = None;
    loop {
        match streamed.next().await {
            Some(Piece::Type(told)) => media_type = Some(told),
            Some(Piece::Data(first)) => return (media_type, Some(first)),
            None => return (media_type, None),
        }
    }
}

/// What a prelude says, and what of the body came with it.
async fn prelude(first: Bytes, streamed: &mut Streamed) -> Option<(AnswerHead, Bytes)> {
    let mut held = BytesMut::from(first);
    loop {
        let seen = held.get(..quotas::PRELUDE + DELIMITER.len()).unwrap_or(&held);
        if let Some(place) = seen.windows(DELIMITER.len()).position(|bytes| bytes == DELIMITER) {
            let body = held.split_off(place + DELIMITER.len());
            held.truncate(place);
            let members: Map<String, Value> = serde_json::from_slice(&held).ok()?;
            return Some((AnswerHead::of(&members, BYTES)?, body.freeze()));
        }
        if held.len() > quotas::PRELUDE {
            return None;
        }
        let Some(Piece::Data(more)) = streamed.next().await else { return None };
        held.extend_from_slice(&more);
    }
}

/// The body: what came already, then piece by piece. Where the function fails in the middle of it, it breaks off.
fn body(first: Bytes, streamed: Streamed) -> Body {
    let first = Some(first).filter(|first| !first.is_empty());
    let pieces = stream::try_unfold((first, streamed), |(first, mut streamed)| async move {
        if let Some(first) = first {
            return Ok(Some((first, (None, streamed))));
        }
        while let Some(piece) = streamed.next().await {
            if let Piece::Data(data) = piece {
                return Ok(Some((data, (None, streamed))));
            }
        }
        let Some(error) = streamed.ended().await?.outcome.error else { return Ok(None) };
        // Whoever writes to the connection drops what it holds when a body breaks off, but writes it out when it has to wait.
        tokio::task::yield_now().await;
        Err(AwsError::internal(format!("{}: {}", error.error_type, error.error_message)))
    });
    Body::from_stream(pieces, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_type(media_type: &str, expected: &str) {
        let head = AnswerHead::ok(media_type);
        assert_eq!(head.headers["content-type"], expected);
    }

    async fn of(pieces: &[Piece], fails: bool) -> Option<(u16, String, Result<Bytes, String>)> {
        let response = answer(Streamed::of_test(pieces, fails)).await?;
        let (status, kind) = (response.status().as_u16(), response.headers()["content-type"].clone());
        let body = response.into_body().collect(1 << 20).await;
        Some((status, kind.to_str().unwrap().to_owned(), body.map_err(|error| error.code().to_owned())))
    }

    fn data(piece: &'static [u8]) -> Piece {
        Piece::Data(Bytes::from_static(piece))
    }

    fn kind(media_type: &str) -> Piece {
        Piece::Type(media_type.to_owned())
    }

    #[tokio::test]
    async fn a_stream_is_what_its_runtime_says() {
        check_type("a\nb", JSON);
        for (pieces, expected) in [
            (vec![kind("text/plain"), data(b"a"), data(b"b")], ("text/plain", "ab")),
            (vec![data(b"{}")], (JSON, "{}")),
            (vec![kind("text/plain")], ("text/plain", "")),
            (vec![kind(PRELUDE)], (BYTES, "")),
            (vec![], (BYTES, "")),
        ] {
            let body = Ok(Bytes::from(expected.1));
            assert_eq!(of(&pieces, false).await, Some((200, expected.0.into(), body)), "{pieces:?}");
        }
    }

    #[tokio::test]
    async fn a_prelude_comes_in_any_pieces() {
        let whole = b"{\"statusCode\":201,\"headers\":{\"content-type\":\"text/x\"}}\0\0\0\0\0\0\0\0body";
        for cut in 1..whole.len() {
            let (one, two) = whole.split_at(cut);
            let pieces = [kind(PRELUDE), data(one), data(two)];
            let expected = (201, "text/x".to_owned(), Ok(Bytes::from("body")));
            assert_eq!(of(&pieces, false).await, Some(expected), "{cut}");
        }
        let bare = [kind(PRELUDE), data(b"{}\0\0\0\0\0\0\0\0\0")];
        assert_eq!(of(&bare, false).await, Some((200, BYTES.into(), Ok(Bytes::from("\0")))));
    }

    #[tokio::test]
    async fn what_is_no_prelude_is_no_answer() {
        let long: &'static [u8] = Box::leak(vec![b' '; quotas::PRELUDE + 1].into_boxed_slice());
        for pieces in [
            vec![data(b"{}\0\0\0\0\0\0\0")],
            vec![data(b"nonsense\0\0\0\0\0\0\0\0")],
            vec![data(b"{\"statusCode\":1}\0\0\0\0\0\0\0\0")],
            vec![data(long), data(b"{}\0\0\0\0\0\0\0\0")],
        ] {
            let pieces: Vec<Piece> = [kind(PRELUDE)].into_iter().chain(pieces).collect();
            assert_eq!(of(&pieces, false).await, None);
        }
    }

    #[tokio::test]
    async fn who_fails_before_a_byte_has_no_answer_and_who_fails_later_breaks_it_off() {
        assert_eq!(of(&[], true).await, None);
        assert_eq!(of(&[kind("text/plain")], true).await, None);
        let late = of(&[kind("text/plain"), data(b"a")], true).await;
        assert_eq!(late, Some((200, "text/plain".into(), Err("InternalFailure".into()))));
    }
}
