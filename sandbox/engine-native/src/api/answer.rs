//! Taking in what a runtime answers: whole, or piece by piece with trailers that may still tell of a failure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use budget::Exhausted;
use bytes::{Bytes, BytesMut};
use engine::{FunctionError, MAX_PAYLOAD};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::sync::{mpsc, oneshot};

use super::{Api, Piece};
use crate::state::Refusal;

const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
const ERROR_BODY: &str = "lambda-runtime-function-error-body";

/// Why an answer is not taken.
pub(super) enum Lost {
    /// It is too long, and that is what came of the invocation.
    TooLarge,
    /// There is no room for it.
    NoRoom(Exhausted),
    /// The runtime broke off.
    BrokenOff,
}

impl Lost {
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::TooLarge => Refusal::too_large(MAX_PAYLOAD),
            Self::NoRoom(error) => {
                let message = format!("There is no room for it: {error}");
                Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", message)
            }
            Self::BrokenOff => {
                Refusal::new(StatusCode::BAD_REQUEST, "InvalidRequest", "The request's body broke off")
            }
        }
    }
}

impl Api {
    /// A body whole.
    pub(super) async fn whole(&self, mut body: Incoming) -> Result<Bytes, Lost> {
        let told = body.size_hint().exact().unwrap_or(0);
        if told > MAX_PAYLOAD as u64 {
            return Err(Lost::TooLarge);
        }
        let mut room = self.memory.reserve(&self.source(), told).map_err(Lost::NoRoom)?;
        let mut whole = Bytes::new();
        let mut grown = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| Lost::BrokenOff)?.into_data() else { continue };
            let length = whole.len() + grown.len() + data.len();
            if length > MAX_PAYLOAD {
                return Err(Lost::TooLarge);
            }
            room.grow_to(room.bytes().max(length as u64)).map_err(Lost::NoRoom)?;
            if whole.is_empty() && grown.is_empty() {
                // Mostly all of it.
                whole = data;
            } else {
                grown.extend_from_slice(&std::mem::take(&mut whole));
                grown.extend_from_slice(&data);
            }
        }
        Ok(room.hold(if grown.is_empty() { whole } else { grown.freeze() }))
    }

    /// A body piece by piece. What its trailers say of a failure.
    pub(super) async fn streamed(
        &self,
        mut body: Incoming,
        to: &mpsc::Sender<Piece>,
    ) -> Result<Option<FunctionError>, Lost> {
        let mut error = None;
        while let Some(frame) = body.frame().await {
            match frame.map_err(|_| Lost::BrokenOff)?.into_data() {
                Ok(data) if data.is_empty() => {}
                Ok(data) => self.hand_on(data, to).await?,
                Err(frame) => error = frame.into_trailers().ok().and_then(|trailers| told(&trailers)),
            }
        }
        Ok(error)
    }

    /// One piece, once the one before was taken.
    pub(super) async fn hand_on(&self, data: Bytes, to: &mpsc::Sender<Piece>) -> Result<(), Lost> {
        let (tell, taken) = oneshot::channel();
        // Where nobody waits any more it goes nowhere.
        if to.send(Piece::Data(data, tell)).await.is_err() {
            return Ok(());
        }
        if taken.await.unwrap_or(true) { Ok(()) } else { Err(Lost::TooLarge) }
    }
}

/// A failure that a stream's trailers tell.
// AWS: "Lambda-Runtime-Function-Error-Type … Lambda-Runtime-Function-Error-Body … base64".
fn told(trailers: &HeaderMap) -> Option<FunctionError> {
    let text = |name: &str| trailers.get(name).and_then(|value| value.to_str().ok());
    let error_type = text(ERROR_TYPE)?;
    let body = text(ERROR_BODY).and_then(|body| STANDARD.decode(body).ok()).unwrap_or_default();
    Some(error_of(Some(error_type), &body))
}

/// The error that a runtime reports, whatever it sends.
pub(super) fn error_of(error_type: Option<&str>, body: &[u8]) -> FunctionError {
    FunctionError::parse(body).unwrap_or_else(|| {
        let message = String::from_utf8_lossy(body).into_owned();
        FunctionError::new(error_type.unwrap_or("Runtime.Unknown"), message)
    })
}

pub(super) fn error_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(ERROR_TYPE).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_fails_tells_so_behind_its_last_piece() {
        let mut trailers = HeaderMap::new();
        assert_eq!(told(&trailers), None);
        trailers.insert(ERROR_TYPE, "Runtime.StreamError".parse().expect("a value"));
        let plain = told(&trailers).expect("an error");
        assert_eq!((plain.error_type.as_str(), plain.error_message.as_str()), ("Runtime.StreamError", ""));
        let body = STANDARD.encode(r#"{"errorType":"Boom","errorMessage":"no"}"#);
        trailers.insert(ERROR_BODY, body.parse().expect("a value"));
        assert_eq!(told(&trailers), Some(FunctionError::new("Boom", "no")));
    }

    #[test]
    fn whatever_a_runtime_reports_is_an_error() {
        assert_eq!(error_of(None, b"no json"), FunctionError::new("Runtime.Unknown", "no json"));
        assert_eq!(error_of(Some("My.Error"), b""), FunctionError::new("My.Error", ""));
        let own = error_of(Some("x"), br#"{"errorMessage":"m","errorType":"T","stackTrace":[]}"#);
        assert_eq!((own.error_type.as_str(), own.more.len()), ("T", 1));
    }
}
