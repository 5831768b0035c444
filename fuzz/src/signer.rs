//! Requests signed by the AWS SDK's own signer.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use cloud_core::{AccountId, Credential, Principal, SecretKey};
use cloud_wire::head::Head;
use http::Request;
use jiff::Timestamp;

pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
pub(crate) const REGION: &str = "us-east-1";
const HOST: &str = "localhost:4566";

/// When everything is signed and read.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap_or_default()
}

/// The key that everything is signed with.
pub(crate) fn credential(token: Option<&str>) -> Credential {
    Credential {
        secret: SecretKey::new(SECRET),
        session_token: token.map(str::to_owned),
        expires: None,
        principal: Principal::root(&AccountId::default()),
    }
}

/// A request to be signed.
pub(crate) struct Unsigned<'a> {
    pub(crate) service: &'a str,
    pub(crate) method: &'a str,
    /// Path and query.
    pub(crate) target: &'a str,
    pub(crate) headers: Vec<(&'a str, &'a str)>,
    pub(crate) body: SignableBody<'a>,
    pub(crate) token: Option<&'a str>,
    /// Whether the signature goes into the query.
    pub(crate) presign: bool,
}

impl Unsigned<'_> {
    fn settings(&self) -> SigningSettings {
        let mut settings = SigningSettings::default();
        if self.service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        if self.presign {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_mins(15));
        }
        settings
    }

    /// The head of the signed request; none where it is none that can be sent.
    pub(crate) fn signed(self) -> Option<Head> {
        let uri = format!("http://{HOST}{}", self.target);
        let identity =
            Credentials::new("AKIDEXAMPLE", SECRET, self.token.map(str::to_owned), None, "fuzz").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(REGION)
            .name(self.service)
            .time(SystemTime::from(now()))
            .settings(self.settings())
            .build()
            .ok()?
            .into();
        let headers: Vec<(&str, &str)> = self.headers.iter().copied().chain([("host", HOST)]).collect();
        let mut request = Request::builder().method(self.method).uri(&uri);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(()).ok()?;
        let signable = SignableRequest::new(self.method, &uri, headers.into_iter(), self.body).ok()?;
        sign(signable, &params).ok()?.into_parts().0.apply_to_request_http1x(&mut request);
        *request.uri_mut() = request.uri().path_and_query()?.as_str().parse().ok()?;
        Head::of(&request, None)
    }
}
