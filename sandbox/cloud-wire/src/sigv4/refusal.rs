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
    /// The query lacks something of version 2.
    OldQueryParameters,
    /// The query's credential is not written as one.
    QueryCredential,
    /// The presigned request lives for no time that it may; in AWS's words.
    Expires(&'static str),
    /// The key is not known.
    UnknownKey,
    /// The signature is another; with what was compared, if it came to that.
    Mismatch(Option<Box<Compared>>),
    /// The credential scope does not fit.
    Scope(String),
    /// The body's digest is not written as one.
    PayloadText,
    /// Nothing is said of the body.
    PayloadMissing,
    /// The body's digest is another.
    PayloadMismatch,
    /// Headers that change the request's meaning were not signed.
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
    PresignedExpired {
        /// When it ended.
        end: Timestamp,
        /// Ours.
        now: Timestamp,
        /// How long it was to live, where that was said.
        seconds: Option<i64>,
    },
    /// The temporary keys' time is over.
    TokenExpired,
    /// The token is missing, superfluous or another.
    TokenInvalid,
}

/// Two signatures that differ, and what ours is over. All of it is the sender's own or made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The key that is said to have signed.
    pub access_key_id: String,
    /// The signature that came.
    pub provided: String,
    /// The text that ours signs.
    pub text: String,
    /// The request that the text is made of.
    pub canonical: Option<String>,
}

/// The families of error codes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Query,
    Json,
    S3,
}

// AWS: S3 does not name the secret.
const MISMATCH_OF_S3: &str = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
const INVALID_TOKEN: &str = "The security token included in the request is invalid.";

impl Refusal {
    /// A signature that cannot be right.
    pub(super) fn mismatch() -> Self {
        Self::Mismatch(None)
    }

    pub(super) fn garbled() -> Self {
        Self::Incomplete("'Credential', 'SignedHeaders' and 'Signature' parameters, each once".into())
    }

    /// The error in the words of that protocol.
    // AWS: codes of the common errors of the query protocol, of the JSON protocols, and of S3's error list.
    pub fn into_error(self, protocol: Protocol) -> AwsError {
        let family = match protocol {
            Protocol::Query => Family::Query,
            Protocol::RestXml => Family::S3,
            Protocol::Json10 | Protocol::Json11 | Protocol::RestJson | Protocol::Cbor => Family::Json,
        };
        let members = if family == Family::S3 { self.members() } else { Vec::new() };
        let (codes, status, message) = self.describe(family);
        let code = match family {
            Family::Query => codes.0,
            Family::Json => codes.1,
            Family::S3 => codes.2,
        };
        let error = AwsError::new(code, message).status(status);
        members.into_iter().fold(error, |error, (name, value)| error.with(name, value))
    }

    /// What S3 says beside the code and the text.
    fn members(&self) -> Vec<(&'static str, String)> {
        let bytes = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
        match self {
            Self::Mismatch(Some(compared)) => {
                let mut members = vec![
                    ("AWSAccessKeyId", compared.access_key_id.clone()),
                    ("SignatureProvided", compared.provided.clone()),
                    ("StringToSign", compared.text.clone()),
                    ("StringToSignBytes", bytes(&compared.text)),
                ];
                if let Some(canonical) = &compared.canonical {
                    members.push(("CanonicalRequest", canonical.clone()));
                    members.push(("CanonicalRequestBytes", bytes(canonical)));
                }
                members
            }
            Self::Ambiguous => vec![("ArgumentName", "Authorization".to_owned())],
            Self::Unsigned(headers) => vec![("HeadersNotSigned", headers.clone())],
            Self::PresignedExpired { end, now, seconds } => {
                let shown = |time: &Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                let mut members = vec![("Expires", shown(end)), ("ServerTime", shown(now))];
                members.extend(seconds.map(|seconds| ("X-Amz-Expires", seconds.to_string())));
                members
            }
            _ => Vec::new(),
        }
    }

    /// The same of what is wrong with a presigned request's query.
    fn describe_query(&self, s3: bool) -> Described {
        let codes =
            ("IncompleteSignature", "IncompleteSignatureException", "AuthorizationQueryParametersError");
        let status = if s3 { 400 } else { 403 };
        match self {
            Self::OldQueryParameters => (
                ("IncompleteSignature", "IncompleteSignatureException", "AccessDenied"),
                403,
                "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters".into(),
            ),
            Self::QueryCredential => (codes, status, "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".".into()),
            Self::Expires(why) => (codes, status, (*why).into()),
            _ => (codes, status, "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.".into()),
        }
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
            // AWS: S3 has another code for it than for what is incomplete.
            Self::Ambiguous if s3 => (
                ("", "", "InvalidArgument"),
                400,
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified".into(),
            ),
            Self::Ambiguous => incomplete(s3, "Only one auth mechanism allowed; only the Authorization header or the X-Amz-Algorithm query parameter should be specified".into()),
            Self::OldVersion => old_version(s3),
            Self::Incomplete(what) => incomplete(s3, format!("Authorization header requires {what}.")),
            Self::QueryParameters | Self::OldQueryParameters | Self::QueryCredential | Self::Expires(_) => {
                self.describe_query(s3)
            }
            Self::UnknownKey => (
                ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"),
                403,
                if s3 { "The AWS Access Key Id you provided does not exist in our records.".into() } else { INVALID_TOKEN.into() },
            ),
            Self::Mismatch(_) => (mismatch, 403, if s3 { MISMATCH_OF_S3 } else { MISMATCH }.into()),
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
                if s3 {
                    "There were headers present in the request which were not signed".into()
                } else {
                    format!("There were headers present in the request which were not signed: {header}")
                },
            ),
            Self::TooOld { stamp, now } => skewed(too_old(s3, &stamp, now)),
            Self::NotYet { stamp, now } => skewed(not_yet(s3, &stamp, now)),
            Self::PresignedExpired { .. } => (("SignatureDoesNotMatch", "InvalidSignatureException", "AccessDenied"), 403, "Request has expired".into()),
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
