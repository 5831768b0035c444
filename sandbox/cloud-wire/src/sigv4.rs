//! Signature Version 4, and what S3 still takes of version 2: reading who signed, and verifying that they did. In constant time; nothing here logs a secret.
//!
//! Not which keys exist (that is a [`CredentialStore`](cloud_core::CredentialStore)) and not what they may do.

mod canonical;
pub mod chunked;
mod form;
mod old;
mod refusal;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cloud_core::Credential;
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

pub use refusal::Refusal;

use crate::head::Head;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// How far the sender's clock may be off.
const SKEW: SignedDuration = SignedDuration::from_mins(15);
/// The longest life of a presigned request: a week.
const MAX_EXPIRES: i64 = 604_800;

/// What a request says about its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// The key that is said to have signed.
    pub access_key_id: String,
    /// The scope's region.
    pub region: String,
    /// The scope's service.
    pub service: String,
    /// The token of temporary keys.
    pub session_token: Option<String>,
    /// What the signature says about the body.
    pub payload: Payload,
    date: String,
    stamp: String,
    time: Timestamp,
    signed_headers: Vec<String>,
    signature: Vec<u8>,
    /// For presigned requests: how long they live, in seconds.
    expires: Option<i64>,
    /// For requests presigned by version 2: when they end, as it was written.
    old_expires: Option<String>,
}

/// A credential as it is written: `KEY/20260101/REGION/SERVICE/aws4_request`.
struct Scope<'a> {
    key: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
}

impl<'a> Scope<'a> {
    fn of(credential: &'a str) -> Option<Self> {
        let mut parts = credential.rsplitn(5, '/');
        let (end, service, region, date) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let key = parts.next()?;
        (end == "aws4_request").then_some(Self { key, date, region, service })
    }
}

/// What a stream of events states instead of a digest.
const EVENTS: &str = "STREAMING-AWS4-HMAC-SHA256-EVENTS";

/// What a signature says about the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Nothing is said: the body's own digest was signed.
    Collected,
    /// `UNSIGNED-PAYLOAD`.
    Unsigned,
    /// The body's digest is stated.
    Digest(String),
    /// `STREAMING-AWS4-HMAC-SHA256-EVENTS`: the body is a stream of events, each of which is signed.
    Events,
    /// `STREAMING-…`: the body comes in chunks.
    Chunked {
        /// Whether each chunk is signed.
        signed: bool,
        /// Whether checksums follow the last chunk.
        trailer: bool,
        /// The header's text, which was signed.
        text: String,
    },
}

/// A verified signature: what signing the chunks of a body goes on from.
#[derive(Clone)]
pub struct Verified {
    key: [u8; 32],
    stamp: String,
    scope: String,
    signature: String,
}

impl Verified {
    /// Of a request whose body's chunks are not signed.
    pub(crate) const fn of_nobody() -> Self {
        Self { key: [0; 32], stamp: String::new(), scope: String::new(), signature: String::new() }
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified({})", self.scope)
    }
}

impl Authorization {
    /// Reads a request's authorization, from its header or its query.
    pub fn of(head: &Head) -> Result<Self, Refusal> {
        let mut headers = head.headers.get_all("authorization").iter();
        let header = headers.next();
        let in_query =
            head.parameter("X-Amz-Algorithm").is_some() || head.parameter("X-Amz-Signature").is_some();
        match (header, headers.next(), in_query) {
            (Some(header), None, false) => {
                Self::from_header(head, header.to_str().map_err(|_| Refusal::garbled())?)
            }
            (None, _, true) => Self::from_query(head),
            (None, _, false)
                if ["AWSAccessKeyId", "Signature"].iter().any(|name| head.parameter(name).is_some()) =>
            {
                Self::from_old_query(head)
            }
            (None, _, false) => Err(Refusal::Missing),
            _ => Err(Refusal::Ambiguous),
        }
    }

    /// That of a request which nobody signed, asked in that region.
    pub(crate) fn of_nobody(head: &Head, region: &str) -> Result<Self, Refusal> {
        let payload = match Payload::of(head.header("x-amz-content-sha256"))? {
            Payload::Collected => Payload::Unsigned,
            stated => stated,
        };
        Ok(Self {
            access_key_id: String::new(),
            region: region.to_owned(),
            service: String::new(),
            session_token: None,
            payload,
            date: String::new(),
            stamp: String::new(),
            time: Timestamp::UNIX_EPOCH,
            signed_headers: Vec::new(),
            signature: Vec::new(),
            expires: None,
            old_expires: None,
        })
    }

    /// Whether the region is one that was signed: version 2 names none.
    pub fn names_region(&self) -> bool {
        self.old_expires.is_none()
    }

    fn from_header(head: &Head, text: &str) -> Result<Self, Refusal> {
        let Some(fields) = text.strip_prefix(ALGORITHM) else {
            return Err(if text.starts_with("AWS ") {
                Refusal::OldVersion
            } else {
                Refusal::Incomplete("a supported algorithm".into())
            });
        };
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for field in fields.split(',') {
            let slot = match field.trim().split_once('=') {
                Some(("Credential", value)) => credential.replace(value),
                Some(("SignedHeaders", value)) => signed_headers.replace(value),
                Some(("Signature", value)) => signature.replace(value),
                _ => return Err(Refusal::garbled()),
            };
            if slot.is_some() {
                return Err(Refusal::garbled());
            }
        }
        let lacks = |name: &str| Refusal::Incomplete(format!("'{name}' parameter"));
        let stamp = head.header("x-amz-date").ok_or_else(|| {
            Refusal::Incomplete("existence of either a 'X-Amz-Date' or a 'Date' header".into())
        })?;
        let token = head.header("x-amz-security-token").map(str::to_owned);
        Self::build(
            credential.ok_or_else(|| lacks("Credential"))?,
            signed_headers.ok_or_else(|| lacks("SignedHeaders"))?,
            signature.ok_or_else(|| lacks("Signature"))?,
            stamp,
            None,
            token,
            Payload::of(head.header("x-amz-content-sha256"))?,
        )
    }

    fn from_query(head: &Head) -> Result<Self, Refusal> {
        let one = |name: &str| one(head, name);
        if one("X-Amz-Algorithm")? != ALGORITHM {
            return Err(Refusal::QueryParameters);
        }
        let expires = seconds(one("X-Amz-Expires")?).map_err(Refusal::Expires)?;
        let token = head
            .parameter("X-Amz-Security-Token")
            .is_some()
            .then(|| one("X-Amz-Security-Token"))
            .transpose()?;
        let stated = head.header("x-amz-content-sha256").or_else(|| head.parameter("X-Amz-Content-Sha256"));
        Self::build(
            one("X-Amz-Credential")?,
            one("X-Amz-SignedHeaders")?,
            one("X-Amz-Signature")?,
            one("X-Amz-Date")?,
            Some(expires),
            token.map(str::to_owned),
            Payload::of(stated)?,
        )
    }

    /// What version 2 leaves unsigned is refused, so that nobody can make another request of a presigned one.
    fn from_old_query(head: &Head) -> Result<Self, Refusal> {
        if head.query.iter().any(|(name, _)| !old::signs(name)) {
            return Err(Refusal::OldVersion);
        }
        let expires = one_old(head, "Expires")?;
        let seconds: i64 = expires.parse().map_err(|_| Refusal::OldQueryParameters)?;
        let signature = BASE64.decode(one_old(head, "Signature")?).map_err(|_| Refusal::mismatch())?;
        Ok(Self {
            access_key_id: one_old(head, "AWSAccessKeyId")?.to_owned(),
            region: "us-east-1".to_owned(),
            service: "s3".to_owned(),
            session_token: head.parameter("x-amz-security-token").map(str::to_owned),
            payload: Payload::Unsigned,
            date: String::new(),
            stamp: String::new(),
            time: Timestamp::from_second(seconds).map_err(|_| Refusal::OldQueryParameters)?,
            signed_headers: Vec::new(),
            signature,
            expires: Some(0),
            old_expires: Some(expires.to_owned()),
        })
    }

    fn build(
        credential: &str,
        signed_headers: &str,
        signature: &str,
        stamp: &str,
        expires: Option<i64>,
        session_token: Option<String>,
        payload: Payload,
    ) -> Result<Self, Refusal> {
        let Some(Scope { key, date, region, service }) = Scope::of(credential) else {
            return Err(if expires.is_some() {
                Refusal::QueryCredential
            } else {
                Refusal::Scope("Credential must have at least 5 slash-delimited elements".into())
            });
        };
        let time = parse_stamp(stamp).ok_or_else(|| Refusal::Incomplete("a valid date".into()))?;
        if stamp.get(..8) != Some(date) {
            return Err(Refusal::Scope(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{date}' != '{}'.",
                stamp.get(..8).unwrap_or_default()
            )));
        }
        // AWS: what a presigned S3 request says nothing about is unsigned; the other services sign the body's digest.
        let unsigned = expires.is_some() && service == "s3" && payload == Payload::Collected;
        let payload = if unsigned { Payload::Unsigned } else { payload };
        // AWS: S3 takes a header's signature only with this beside it, and reads no body to find out.
        if expires.is_none() && service == "s3" && payload == Payload::Collected {
            return Err(Refusal::PayloadMissing);
        }
        let signed_headers: Vec<String> = signed_headers.split(';').map(str::to_owned).collect();
        let signature =
            hex::decode(signature).ok().filter(|bytes| bytes.len() == 32).ok_or_else(Refusal::mismatch)?;
        if signed_headers.iter().any(|name| name.bytes().any(|byte| byte.is_ascii_uppercase())) {
            return Err(Refusal::garbled());
        }
        Ok(Self {
            access_key_id: key.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            session_token,
            payload,
            date: date.to_owned(),
            stamp: stamp.to_owned(),
            time,
            signed_headers,
            signature,
            expires,
            old_expires: None,
        })
    }

    /// Whether the request came with its signature in the query.
    pub const fn presigned(&self) -> bool {
        self.expires.is_some()
    }

    /// Checks times and token, and what no signature can mend, before anything expensive is done.
    pub fn admit(&self, credential: &Credential, now: Timestamp) -> Result<(), Refusal> {
        // AWS: only S3 takes a body that is not signed as a whole; the others compute its digest, whatever is stated.
        if self.service != "s3" && matches!(self.payload, Payload::Unsigned | Payload::Chunked { .. }) {
            return Err(Refusal::mismatch());
        }
        let age = now.duration_since(self.time);
        match self.expires {
            Some(_) if self.old_expires.is_some() && !age.is_positive() => {}
            _ if age < -SKEW => return Err(Refusal::NotYet { stamp: self.stamp.clone(), now }),
            None if age > SKEW => return Err(Refusal::TooOld { stamp: self.stamp.clone(), now }),
            _ => self.expect_unexpired(now)?,
        }
        match (&credential.session_token, &self.session_token) {
            (None, None) => {}
            (Some(wanted), Some(given)) if bool::from(wanted.as_bytes().ct_eq(given.as_bytes())) => {}
            _ => return Err(Refusal::TokenInvalid),
        }
        if credential.expires.is_some_and(|end| end <= now) {
            return Err(Refusal::TokenExpired);
        }
        Ok(())
    }

    /// That a presigned request's time is not over.
    pub(crate) fn expect_unexpired(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.expires {
            Some(seconds) if now.duration_since(self.time) > SignedDuration::from_secs(seconds) => {
                Err(self.expired(seconds, now))
            }
            _ => Ok(()),
        }
    }

    /// What was signed here and there, for who looks for the difference.
    fn differs(&self, provided: String, text: String, canonical: Option<String>) -> Refusal {
        Refusal::Mismatch(Some(Box::new(refusal::Compared {
            access_key_id: self.access_key_id.clone(),
            provided,
            text,
            canonical,
        })))
    }

    fn expired(&self, seconds: i64, now: Timestamp) -> Refusal {
        let end = self.time.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(self.time);
        let seconds = self.old_expires.is_none().then_some(seconds);
        Refusal::PresignedExpired { end, now, seconds }
    }

    /// Verifies the signature. `digest` is the body's SHA-256 in hexadecimal, used where the request states none.
    pub fn verify(&self, head: &Head, credential: &Credential, digest: &str) -> Result<Verified, Refusal> {
        if let Some(expires) = &self.old_expires {
            let text = old::text(head, expires);
            let expected = old::signature(&text, credential);
            if !bool::from(expected.ct_eq(&self.signature)) {
                return Err(self.differs(BASE64.encode(&self.signature), text, None));
            }
            // There are no chunks to go on with: the body of such a request is not signed.
            return Ok(Verified::of_nobody());
        }
        let payload = match &self.payload {
            Payload::Collected => digest,
            Payload::Unsigned => "UNSIGNED-PAYLOAD",
            Payload::Digest(stated) => stated,
            Payload::Events => EVENTS,
            Payload::Chunked { text, .. } => text,
        };
        let canonical =
            canonical::request(head, &self.signed_headers, self.service == "s3", self.presigned(), payload)?;
        let scope = format!("{}/{}/{}/aws4_request", self.date, self.region, self.service);
        let text =
            format!("{ALGORITHM}\n{}\n{scope}\n{}", self.stamp, hex::encode(Sha256::digest(&canonical)));
        let kept = credential.secret.derived(&scope);
        let derive = || signing_key(credential.secret.expose(), &self.date, &self.region, &self.service);
        let key = kept.unwrap_or_else(derive);
        let expected = hmac(&key, text.as_bytes());
        if !bool::from(expected.ct_eq(&self.signature)) {
            return Err(self.differs(hex::encode(&self.signature), text, Some(canonical)));
        }
        if kept.is_none() {
            credential.secret.keep_derived(&scope, key);
        }
        Ok(Verified { key, stamp: self.stamp.clone(), scope, signature: hex::encode(expected) })
    }
}

/// How long a presigned request lives; or why it does not.
// AWS: each in words of its own.
fn seconds(text: &str) -> Result<i64, &'static str> {
    match text.parse() {
        Err(_) => Err("X-Amz-Expires should be a number"),
        Ok(seconds) if seconds < 0 => Err("X-Amz-Expires must be non-negative"),
        Ok(seconds) if seconds > MAX_EXPIRES => Err(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
        ),
        Ok(seconds) => Ok(seconds),
    }
}

/// A query parameter that must be there exactly once.
fn one<'a>(head: &'a Head, name: &str) -> Result<&'a str, Refusal> {
    let mut values = head.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let value = values.next().ok_or(Refusal::QueryParameters)?;
    if values.next().is_some() { Err(Refusal::Ambiguous) } else { Ok(value) }
}

/// The same of version 2's.
fn one_old<'a>(head: &'a Head, name: &str) -> Result<&'a str, Refusal> {
    one(head, name).map_err(|refusal| match refusal {
        Refusal::QueryParameters => Refusal::OldQueryParameters,
        other => other,
    })
}

impl Payload {
    fn of(text: Option<&str>) -> Result<Self, Refusal> {
        Ok(match text {
            None => Self::Collected,
            Some("UNSIGNED-PAYLOAD") => Self::Unsigned,
            Some(EVENTS) => Self::Events,
            Some(text) if text.starts_with("STREAMING-") => {
                let (signed, trailer) = match text {
                    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => (true, false),
                    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => (true, true),
                    "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => (false, true),
                    _ => return Err(Refusal::PayloadText),
                };
                Self::Chunked { signed, trailer, text: text.to_owned() }
            }
            Some(text) if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Self::Digest(text.to_owned())
            }
            Some(_) => return Err(Refusal::PayloadText),
        })
    }
}

/// `20260101T000000Z`.
fn parse_stamp(stamp: &str) -> Option<Timestamp> {
    if stamp.len() != 16 {
        return None;
    }
    let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", stamp).ok()?;
    time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

fn print_stamp(moment: Timestamp) -> String {
    moment.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn signing_key(secret: &str, date: &str, region: &str, service: &str) -> [u8; 32] {
    let start = format!("AWS4{secret}");
    [date, region, service, "aws4_request"]
        .iter()
        .fold(None::<[u8; 32]>, |key, part| {
            Some(hmac(key.as_ref().map_or(start.as_bytes(), <[u8; 32]>::as_slice), part.as_bytes()))
        })
        .unwrap_or_default()
}

fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests;
