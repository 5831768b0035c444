//! Why a signature was refused, in the words of each protocol.

use cloud_core::AwsError;
use jiff::{SignedDuration, Timestamp};

use super::print_stamp;
use crate::model::Protocol;

/// Why a request was refused before its operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is not signed.
    Missing,
    /// It is signed in more than one way.
    Ambiguous,
    /// By an older version of the signature.
    OldVersion,
    /// The authorization lacks something.
    Incomplete(String),
    /// The query lacks something.
    QueryParameters,
    /// The presigned request lives too long.
    ExpiresTooLong,
    /// The key is not known.
    UnknownKey,
    /// The signature is another.
    Mismatch,
    /// The credential scope does not fit.
    Scope(String),
    /// The body's digest is not written as one.
    PayloadText,
    /// Nothing is said of the body.
    PayloadMissing,
    /// The body's digest is another.
    PayloadMismatch,
    /// A header that changes the request's meaning was not signed.
    Unsigned(String),
    /// The clock is behind.
    TooOld {
        /// The request's time.
        stamp: String,
        /// Ours.
        now: Timestamp,
    },
    /// The clock is ahead.
    NotYet {
        /// The request's time.
        stamp: String,
        /// Ours.
        now: Timestamp,
    },
    /// The presigned request's time is over.
    PresignedExpired,
    /// The temporary keys' time is over.
    TokenExpired,
    /// The token is missing, superfluous or another.
    TokenInvalid,
}

/// The families of error codes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Query,
    Json,
    S3,
}

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
const INVALID_TOKEN: &str = "The security token included in the request is invalid.";

impl Refusal {
    pub(super) fn garbled() -> Self {
        Self::Incomplete("'Credential', 'SignedHeaders' and 'Signature' parameters, each once".into())
    }

    /// The error in the words of that protocol.
    // AWS: codes of the common errors of the query protocol, of the JSON protocols, and of S3's error list.
    pub fn into_error(self, protocol: Protocol) -> AwsError {
        let family = match protocol {
            Protocol::Query => Family::Query,
            Protocol::RestXml => Family::S3,
            Protocol::Json10 | Protocol::Json11 | Protocol::RestJson => Family::Json,
        };
        let (codes, status, message) = self.describe(family);
        let code = match family {
            Family::Query => codes.0,
            Family::Json => codes.1,
            Family::S3 => codes.2,
        };
        AwsError::new(code, message).status(status)
    }

    /// The codes for query, JSON and S3; the status; the message.
    fn describe(self, family: Family) -> ((&'static str, &'static str, &'static str), u16, String) {
        let s3 = family == Family::S3;
        let mismatch = ("SignatureDoesNotMatch", "InvalidSignatureException", "SignatureDoesNotMatch");
        match self {
            Self::Missing => (
                ("MissingAuthenticationToken", "MissingAuthenticationTokenException", "AccessDenied"),
                403,
                match family {
                    Family::Query => "Request is missing Authentication Token",
                    Family::Json => "Missing Authentication Token",
                    Family::S3 => "Access Denied",
                }
                .into(),
            ),
            Self::Ambiguous => incomplete(s3, "Only one auth mechanism allowed; only the Authorization header or the X-Amz-Algorithm query parameter should be specified".into()),
            Self::OldVersion => old_version(s3),
            Self::Incomplete(what) => incomplete(s3, format!("Authorization header requires {what}.")),
            Self::QueryParameters => (
                ("IncompleteSignature", "IncompleteSignatureException", "AuthorizationQueryParametersError"),
                if s3 { 400 } else { 403 },
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.".into(),
            ),
            Self::ExpiresTooLong => (
                ("IncompleteSignature", "IncompleteSignatureException", "AuthorizationQueryParametersError"),
                if s3 { 400 } else { 403 },
                "X-Amz-Expires must be between 0 and 604800 seconds, a week".into(),
            ),
            Self::UnknownKey => (
                ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"),
                403,
                if s3 { "The AWS Access Key Id you provided does not exist in our records.".into() } else { INVALID_TOKEN.into() },
            ),
            Self::Mismatch => (mismatch, 403, MISMATCH.into()),
            Self::Scope(what) => (
                ("SignatureDoesNotMatch", "InvalidSignatureException", "AuthorizationHeaderMalformed"),
                if s3 { 400 } else { 403 },
                what,
            ),
            Self::PayloadText => invalid_request("x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, or a valid sha256 value."),
            Self::PayloadMissing => invalid_request("Missing required header for this request: x-amz-content-sha256"),
            Self::PayloadMismatch => (
                ("SignatureDoesNotMatch", "InvalidSignatureException", "XAmzContentSHA256Mismatch"),
                if s3 { 400 } else { 403 },
                "The provided 'x-amz-content-sha256' header does not match what was computed.".into(),
            ),
            Self::Unsigned(header) => (
                ("SignatureDoesNotMatch", "InvalidSignatureException", "AccessDenied"),
                403,
                format!("There were headers present in the request which were not signed: {header}"),
            ),
            Self::TooOld { stamp, now } => skewed(too_old(s3, &stamp, now)),
            Self::NotYet { stamp, now } => skewed(not_yet(s3, &stamp, now)),
            Self::PresignedExpired => (("SignatureDoesNotMatch", "InvalidSignatureException", "AccessDenied"), 403, "Request has expired".into()),
            Self::TokenExpired => (
                ("ExpiredToken", "ExpiredTokenException", "ExpiredToken"),
                if s3 { 400 } else { 403 },
                if s3 { "The provided token has expired." } else { "The security token included in the request is expired" }.into(),
            ),
            Self::TokenInvalid => (
                ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidToken"),
                if s3 { 400 } else { 403 },
                if s3 { "The provided token is malformed or otherwise invalid." } else { INVALID_TOKEN }.into(),
            ),
        }
    }
}

fn invalid_request(message: &str) -> Described {
    (("InvalidRequest", "InvalidSignatureException", "InvalidRequest"), 400, message.into())
}

fn old_version(s3: bool) -> Described {
    let codes = ("IncompleteSignature", "IncompleteSignatureException", "InvalidRequest");
    let message =
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";
    (codes, if s3 { 400 } else { 403 }, message.into())
}

type Described = ((&'static str, &'static str, &'static str), u16, String);

fn incomplete(s3: bool, message: String) -> Described {
    let codes = ("IncompleteSignature", "IncompleteSignatureException", "AuthorizationHeaderMalformed");
    (codes, if s3 { 400 } else { 403 }, message)
}

fn skewed(message: String) -> ((&'static str, &'static str, &'static str), u16, String) {
    (("SignatureDoesNotMatch", "InvalidSignatureException", "RequestTimeTooSkewed"), 403, message)
}

fn too_old(s3: bool, stamp: &str, now: Timestamp) -> String {
    if s3 {
        return "The difference between the request time and the current time is too large.".into();
    }
    let edge = print_stamp(now.saturating_sub(SignedDuration::from_mins(15)).unwrap_or(now));
    format!("Signature expired: {stamp} is now earlier than {edge} ({} - 15 min.)", print_stamp(now))
}

fn not_yet(s3: bool, stamp: &str, now: Timestamp) -> String {
    if s3 {
        return "The difference between the request time and the current time is too large.".into();
    }
    let edge = print_stamp(now.saturating_add(SignedDuration::from_mins(15)).unwrap_or(now));
    format!("Signature not yet current: {stamp} is still later than {edge} ({} + 15 min.)", print_stamp(now))
}
