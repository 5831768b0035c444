//! S3's errors, in S3's words.
// AWS: "Error responses", list of error codes.

use cloud_core::AwsError;
use jiff::{Timestamp, tz::TimeZone};

use crate::state::Object;

/// A sender's error, 400.
pub(crate) fn bad(code: &'static str, message: &str) -> AwsError {
    AwsError::new(code, message)
}

/// An argument that is wrong, shown back.
pub(crate) fn bad_argument(name: &str, value: &str, message: &str) -> AwsError {
    bad("InvalidArgument", message).with("ArgumentName", name).with("ArgumentValue", value)
}

pub(crate) fn no_such_bucket(bucket: &str) -> AwsError {
    AwsError::new("NoSuchBucket", "The specified bucket does not exist")
        .status(404)
        .with("BucketName", bucket)
}

pub(crate) fn no_such_key(key: &str) -> AwsError {
    AwsError::new("NoSuchKey", "The specified key does not exist.").status(404).with("Key", key)
}

pub(crate) fn no_such_upload(id: &str) -> AwsError {
    let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or \
                   completed.";
    AwsError::new("NoSuchUpload", message).status(404).with("UploadId", id)
}

pub(crate) fn malformed_xml() -> AwsError {
    bad(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

pub(crate) fn precondition_failed(condition: &str) -> AwsError {
    let message = "At least one of the pre-conditions you specified did not hold";
    AwsError::new("PreconditionFailed", message).status(412).with("Condition", condition)
}

/// A condition that held, on a key that was changed meanwhile.
pub(crate) fn conflict(condition: &str, key: &str) -> AwsError {
    let message =
        "The conditional request cannot succeed due to a conflicting operation against this resource.";
    AwsError::new("ConditionalRequestConflict", message)
        .status(409)
        .with("Condition", condition)
        .with("Key", key)
}

/// That an object is as its reader has it, with what caches hold on to.
// AWS: like any answer that HTTP knows as 304, it says the entity tag, and what a 200 would say of caching.
pub(crate) fn not_modified(object: &Object) -> AwsError {
    let date =
        |time: Timestamp| time.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let mut unchanged = AwsError::new("NotModified", "Not Modified")
        .status(304)
        .with_header("etag", object.quoted_etag())
        .with_header("last-modified", date(object.modified));
    if let Some(caching) = &object.headers.cache_control {
        unchanged = unchanged.with_header("cache-control", caching);
    }
    if let Some(expires) = object.headers.expires {
        unchanged = unchanged.with_header("expires", date(expires));
    }
    unchanged
}

/// A header that asks for what is not here: refused, never ignored.
pub(crate) fn not_implemented_header(header: &str) -> AwsError {
    AwsError::new("NotImplemented", "A header you provided implies functionality that is not implemented")
        .status(501)
        .with("Header", header)
}

/// Contents that are gone or are not as they were written.
pub(crate) fn damaged(file: &std::path::Path, what: &str) -> AwsError {
    let file = file.display();
    tracing::error!(%file, what, "an object's contents are damaged: put the object again, or put back a copy of the file");
    let message = format!(
        "The stored contents of this object are damaged: {file} {what}. Put the object again, or put back a copy of that file."
    );
    AwsError::new("InternalError", message).status(500)
}
