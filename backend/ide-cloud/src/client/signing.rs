//! Signature Version 4, by AWS's own crate.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign as signature,
    },
    sign::v4,
};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;

use super::CloudAddress;

/// Signs a request for a service.
pub(super) fn sign(
    mut request: Request<Bytes>,
    address: &CloudAddress,
    service: &str,
    now: jiff::Timestamp,
) -> Result<Request<Full<Bytes>>, String> {
    let keys = &address.keys;
    let identity =
        Credentials::from_keys(keys.access_key_id.clone(), keys.secret_access_key.clone(), None).into();
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    if service == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(&address.region)
        .name(service)
        .time(SystemTime::from(now))
        .settings(settings)
        .build()
        .map_err(|error| error.to_string())?
        .into();
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let signable = SignableRequest::new(
        request.method().as_str(),
        request.uri().to_string(),
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())),
        SignableBody::Bytes(request.body()),
    )
    .map_err(|error| error.to_string())?;
    let (instructions, _) = signature(signable, &parameters).map_err(|error| error.to_string())?.into_parts();
    instructions.apply_to_request_http1x(&mut request);
    Ok(request.map(Full::new))
}
