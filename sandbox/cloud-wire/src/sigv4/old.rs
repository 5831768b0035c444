//! Signature Version 2 in a query: what S3's clients still presign with unless they are told otherwise.
// AWS: "Authenticating requests (AWS signature version 2)", query string request authentication alternative. botocore makes
// such addresses by default, so S3 takes them; nothing else does, and no header of that version is taken.

use std::fmt::Write as _;

use cloud_core::Credential;
use hmac::{Hmac, Mac};
use sha1::Sha1;

use crate::head::Head;

/// The parameters of the query that are part of what is signed.
const SUBRESOURCES: &[&str] = &[
    "acl",
    "delete",
    "encryption",
    "lifecycle",
    "location",
    "logging",
    "notification",
    "partNumber",
    "policy",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "tagging",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
];

/// Whether the signature covers that parameter of the query, or is made of it.
pub(super) fn signs(name: &str) -> bool {
    matches!(name, "AWSAccessKeyId" | "Signature" | "Expires" | "content-md5" | "content-type")
        || SUBRESOURCES.contains(&name)
        || name.starts_with("x-amz-")
}

/// What a text's signature should be.
pub(super) fn signature(text: &str, credential: &Credential) -> Vec<u8> {
    let mut mac = Hmac::<Sha1>::new_from_slice(credential.secret.expose().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// What is signed.
pub(super) fn text(head: &Head, expires: &str) -> String {
    // Clients move what would be headers into the query when they presign.
    let either = |name: &str| head.parameter(name).or_else(|| head.header(name)).unwrap_or_default();
    let mut text =
        format!("{}\n{}\n{}\n{expires}\n", head.method, either("content-md5"), either("content-type"));
    let headers =
        head.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()));
    let parameters = head.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut amazon: Vec<(String, &str)> = headers
        .chain(parameters)
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
        .filter(|(name, _)| name.starts_with("x-amz-"))
        .collect();
    amazon.sort();
    for (name, value) in amazon {
        let _ = writeln!(text, "{name}:{value}");
    }
    text.push_str(&head.routed_path);
    let mut subresources: Vec<(&str, &str)> = head
        .query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| SUBRESOURCES.contains(name))
        .collect();
    subresources.sort_unstable();
    for (index, (name, value)) in subresources.into_iter().enumerate() {
        let joint = if index == 0 { '?' } else { '&' };
        let _ = if value.is_empty() {
            write!(text, "{joint}{name}")
        } else {
            write!(text, "{joint}{name}={value}")
        };
    }
    text
}
