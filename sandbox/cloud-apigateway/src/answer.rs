//! An answer to a caller, and what the two kinds of API say when they have none of a function.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// An answer to a caller.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The two kinds of API word their own errors differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An HTTP API.
    Http,
    /// A REST API.
    Rest,
}

impl Kind {
    /// What a function's failure or nonsense becomes.
    pub(crate) fn bad_integration(self) -> Answer {
        match self {
            Self::Http => self.refusal(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
            Self::Rest => self.refusal(StatusCode::BAD_GATEWAY, "Internal server error"),
        }
    }

    /// What a function that may not be invoked, or is not there, becomes.
    pub(crate) fn unreachable(self) -> Answer {
        let message = if self == Self::Http { "Internal Server Error" } else { "Internal server error" };
        self.refusal(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    /// What a function that takes too long becomes.
    pub(crate) fn timeout(self) -> Answer {
        match self {
            Self::Http => self.refusal(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
            Self::Rest => self.refusal(StatusCode::GATEWAY_TIMEOUT, "Endpoint request timed out"),
        }
    }

    /// What a request that no route takes becomes.
    pub(crate) fn no_route(self) -> Answer {
        match self {
            Self::Http => self.refusal(StatusCode::NOT_FOUND, "Not Found"),
            Self::Rest => self.refusal(StatusCode::FORBIDDEN, "Missing Authentication Token"),
        }
    }

    /// What a request to a stage that is not there, or to an API that is switched off, becomes.
    pub(crate) fn no_stage(self) -> Answer {
        match self {
            Self::Http => self.no_route(),
            Self::Rest => self.forbidden(),
        }
    }

    /// What a call without the key that it needs becomes.
    pub(crate) fn forbidden(self) -> Answer {
        self.refusal(StatusCode::FORBIDDEN, "Forbidden")
    }

    /// What a body or a head that is too large becomes.
    pub(crate) fn not_taken(self, status: StatusCode, message: &str) -> Answer {
        self.refusal(status, message)
    }

    /// `{"message":…}`.
    fn refusal(self, status: StatusCode, message: &str) -> Answer {
        let mut answer = Answer::json(status, serde_json::json!({ "message": message }).to_string().into());
        if self == Self::Rest {
            answer.headers.insert("x-amzn-errortype", HeaderValue::from_static(error_type(status, message)));
        }
        answer
    }
}

// AWS: REST APIs name the kind of their own errors in this header.
fn error_type(status: StatusCode, message: &str) -> &'static str {
    match status {
        StatusCode::FORBIDDEN if message == "Forbidden" => "ForbiddenException",
        StatusCode::FORBIDDEN => "MissingAuthenticationTokenException",
        StatusCode::PAYLOAD_TOO_LARGE => "RequestTooLargeException",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            "BadRequestException"
        }
        _ => "InternalServerErrorException",
    }
}

impl Answer {
    /// An answer of JSON.
    pub(crate) fn json(status: StatusCode, body: Bytes) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self { status, headers, body }
    }
}
