//! Templates that are in a bucket. Their URL is only ever taken apart: nothing is fetched over the network.

use cloud_core::{AwsError, Caller, Context, OnBehalf};
use percent_encoding::percent_decode_str;

use crate::PRINCIPAL;
use crate::define::validation;
use crate::template::MAX_OBJECT_BYTES;

/// A place in a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    bucket: String,
    key: String,
    version: Option<String>,
}

/// The text of the template at that URL.
pub(crate) async fn template(context: &Context, caller: &Caller, url: &str) -> Result<String, AwsError> {
    let place = parse(url, context.endpoint()).ok_or_else(|| {
        // AWS: the message for a URL that is not one of a bucket.
        validation("TemplateURL must be a supported URL.")
    })?;
    let objects = context.peers().objects().ok_or_else(|| AwsError::internal("no service keeps objects"))?;
    let reader = OnBehalf { caller, service: PRINCIPAL };
    let found = objects.get(reader, &place.bucket, &place.key, place.version.as_deref()).await;
    let bytes = found.map_err(|error| validation(format!("S3 error: {}", error.message())))?;
    if bytes.len() > MAX_OBJECT_BYTES {
        return Err(validation(format!("Template may not exceed {MAX_OBJECT_BYTES} bytes in size.")));
    }
    String::from_utf8(bytes.into())
        .map_err(|_| validation("Template format error: the template is not UTF-8."))
}

/// The place that a URL names: on AWS's hosts or on this cloud's own, with the bucket in the path or before the host.
fn parse(url: &str, endpoint: Option<&str>) -> Option<Place> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let (host, path_and_query) = rest.split_once('/')?;
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    let version = query.split('&').find_map(|pair| pair.strip_prefix("versionId="));
    let (bucket, key) = match host_kind(host, endpoint)? {
        Host::Bucket(bucket) => (bucket.to_owned(), path),
        Host::Service => {
            let (bucket, key) = path.split_once('/')?;
            (decoded(bucket)?, key)
        }
    };
    let place = Place { bucket, key: decoded(key)?, version: version.and_then(decoded) };
    (!place.bucket.is_empty() && !place.key.is_empty()).then_some(place)
}

/// What a host says of the bucket.
#[derive(Clone, Copy, Debug)]
enum Host<'a> {
    /// The bucket is in the path.
    Service,
    /// The bucket stands before the host.
    Bucket(&'a str),
}

/// What a host says of the bucket; nothing on hosts that are neither AWS's nor this cloud's.
fn host_kind<'a>(host: &'a str, endpoint: Option<&str>) -> Option<Host<'a>> {
    let own =
        endpoint.and_then(|endpoint| endpoint.split_once("://")).map(|(_, own)| own.trim_end_matches('/'));
    if own == Some(host) {
        return Some(Host::Service);
    }
    let name = host.split(':').next().unwrap_or(host);
    if let Some(prefix) = name.strip_suffix(".amazonaws.com") {
        return aws_host(prefix);
    }
    match name {
        "localhost" | "127.0.0.1" | "s3.localhost" => Some(Host::Service),
        other => {
            other.strip_suffix(".s3.localhost").or_else(|| other.strip_suffix(".localhost")).map(Host::Bucket)
        }
    }
}

/// `s3`, `s3.us-east-1`, `bucket.s3`, `bucket.s3.us-east-1`.
fn aws_host(prefix: &str) -> Option<Host<'_>> {
    if prefix == "s3" || prefix.starts_with("s3.") || prefix.starts_with("s3-") {
        return Some(Host::Service);
    }
    let end = prefix
        .find(".s3")
        .filter(|end| matches!(prefix.as_bytes().get(end + 3), None | Some(b'.' | b'-')))?;
    prefix.get(..end).map(Host::Bucket)
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: Option<(&str, &str, Option<&str>)>) {
        let place = parse(url, Some("http://127.0.0.1:4566"));
        let expected = expected.map(|(bucket, key, version)| Place {
            bucket: bucket.into(),
            key: key.into(),
            version: version.map(str::to_owned),
        });
        assert_eq!(place, expected, "{url}");
    }

    #[test]
    fn places() {
        check("http://127.0.0.1:4566/b/k/t.yaml", Some(("b", "k/t.yaml", None)));
        check("http://b.s3.localhost:4566/t%20x.yaml?versionId=7", Some(("b", "t x.yaml", Some("7"))));
        check("https://s3.amazonaws.com/b/k", Some(("b", "k", None)));
        check("https://s3.us-east-1.amazonaws.com/b/k", Some(("b", "k", None)));
        check("https://my.bucket.s3.us-east-1.amazonaws.com/k", Some(("my.bucket", "k", None)));
        check("https://b.s3.amazonaws.com/k", Some(("b", "k", None)));
    }

    #[test]
    fn foreign_hosts_are_no_places() {
        check("http://169.254.169.254/latest/meta-data", None);
        check("https://example.com/b/k", None);
        check("file:///etc/passwd", None);
        check("https://s3.amazonaws.com/b", None);
        check("s3://b/k", None);
    }
}
