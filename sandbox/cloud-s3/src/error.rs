//! S3's errors, in S3's words.
// AWS: "Error responses", list of error codes.

use cloud_core::AwsError;

/// A sender's error, 400.
pub(crate) fn bad(code: &'static str, message: &str) -> AwsError {
    AwsError::new(code, message)
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

pub(crate) fn precondition_failed(condition: &str) -> AwsError {
    let message = "At least one of the pre-conditions you specified did not hold";
    AwsError::new("PreconditionFailed", message).status(412).with("Condition", condition)
}

pub(crate) fn not_modified() -> AwsError {
    AwsError::new("NotModified", "Not Modified").status(304)
}
