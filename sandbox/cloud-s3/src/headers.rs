//! Headers that ask for something: what is here is done, the rest is refused as S3 would, or as not implemented. Nothing is
//! taken in silence.

use cloud_core::{AccountId, AwsError};
use cloud_wire::head::Head;

use crate::{
    error::{bad, bad_argument, not_implemented_header},
    quotas,
    shapes::StorageClass,
};

const METADATA: &str = "x-amz-meta-";

// AWS: in the order in which S3 lists them.
const ALGORITHMS: [&str; 5] = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"];

/// The operations that write an object and say how it is to be.
const WRITES: [&str; 3] = ["PutObject", "CopyObject", "CreateMultipartUpload"];

/// Checks all headers of a request before anything of it is done.
pub(crate) fn check(operation: &str, head: &Head) -> Result<(), AwsError> {
    for (name, value) in &head.headers {
        let Ok(value) = value.to_str() else { continue };
        check_one(operation, name.as_str(), value)?;
    }
    if WRITES.contains(&operation) {
        check_metadata(head)?;
    }
    Ok(())
}

fn check_one(operation: &str, name: &str, value: &str) -> Result<(), AwsError> {
    match name {
        "x-amz-expected-bucket-owner" | "x-amz-source-expected-bucket-owner" => owner(value),
        "x-amz-acl" => acl(operation, value),
        _ if name.starts_with("x-amz-grant-") => acl(operation, "granted"),
        "x-amz-server-side-encryption" => encryption(name, value),
        "x-amz-server-side-encryption-bucket-key-enabled" if value.eq_ignore_ascii_case("false") => Ok(()),
        _ if name.starts_with("x-amz-server-side-encryption-")
            || name.starts_with("x-amz-copy-source-server-side-encryption-") =>
        {
            // LIMIT: there are no other keys than S3's own here; contents are files of the workspace.
            Err(not_implemented_header(name))
        }
        _ if name.starts_with("x-amz-object-lock-") => {
            Err(bad("InvalidRequest", "Bucket is missing Object Lock Configuration"))
        }
        "x-amz-bypass-governance-retention" => Err(bad_argument(
            name,
            value,
            "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
        )),
        "x-amz-storage-class" => storage_class(value),
        "x-amz-checksum-algorithm" => checksum_algorithm(value),
        "x-amz-sdk-checksum-algorithm" if !ALGORITHMS.contains(&value.to_ascii_uppercase().as_str()) => {
            Err(bad("InvalidRequest", "Value for x-amz-sdk-checksum-algorithm header is invalid."))
        }
        "x-amz-website-redirect-location" => redirect(value),
        "x-amz-metadata-directive" => {
            one_of(name, value, &["COPY", "REPLACE"], "Unknown metadata directive.")
        }
        "x-amz-tagging-directive" => one_of(name, value, &["COPY", "REPLACE"], "Unknown tagging directive."),
        // LIMIT: what follows is of buckets that lock, split or encrypt otherwise, and of directory buckets.
        "x-amz-bucket-object-lock-enabled" if value.eq_ignore_ascii_case("true") => {
            Err(not_implemented_header(name))
        }
        "x-amz-object-ownership" if value != "BucketOwnerEnforced" => Err(not_implemented_header(name)),
        "x-amz-bucket-namespace" if value != "global" => Err(not_implemented_header(name)),
        "x-amz-mfa"
        | "x-amz-write-offset-bytes"
        | "x-amz-rename-source"
        | "x-amz-if-match-last-modified-time"
        | "x-amz-if-match-size"
        | "x-amz-checksum-sha512"
        | "x-amz-checksum-md5"
        | "x-amz-checksum-xxhash64"
        | "x-amz-checksum-xxhash3"
        | "x-amz-checksum-xxhash128" => Err(not_implemented_header(name)),
        "if-match" | "if-none-match" | "if-modified-since" | "if-unmodified-since" => {
            condition(operation, name)
        }
        _ => Ok(()),
    }
}

/// What a stranger may not ask for: how the headers of an answer are to be.
// AWS: "GetObject": the parameters `response-…` are of signed requests alone.
pub(crate) fn check_stranger(operation: &str, head: &Head) -> Result<(), AwsError> {
    let reads = matches!(operation, "GetObject" | "HeadObject");
    if reads && head.query.iter().any(|(name, _)| name.starts_with("response-")) {
        let message = "Request specific response headers cannot be used for anonymous GET requests.";
        return Err(bad("InvalidRequest", message));
    }
    Ok(())
}

/// A condition on an operation that has none of that name.
fn condition(operation: &str, name: &str) -> Result<(), AwsError> {
    let taken = match operation {
        "GetObject" | "HeadObject" => true,
        "PutObject" | "CopyObject" | "CompleteMultipartUpload" => {
            matches!(name, "if-match" | "if-none-match")
        }
        "DeleteObject" => name == "if-match",
        // Listings and configurations are answered whatever was seen before: caches add such headers by themselves.
        _ => {
            !matches!(operation, "UploadPart" | "UploadPartCopy" | "CreateMultipartUpload" | "DeleteObjects")
        }
    };
    let shown = match name {
        "if-match" => "If-Match",
        "if-none-match" => "If-None-Match",
        "if-modified-since" => "If-Modified-Since",
        _ => "If-Unmodified-Since",
    };
    if taken { Ok(()) } else { Err(not_implemented_header(shown)) }
}

/// An account's id; whether it is the owner's is asked where the bucket is known.
fn owner(value: &str) -> Result<(), AwsError> {
    if AccountId::is_one(value) {
        return Ok(());
    }
    Err(bad_argument(
        "x-amz-expected-bucket-owner",
        value,
        "The value of the expected bucket owner parameter must be an AWS account ID",
    ))
}

// AWS: a new bucket's objects belong to its owner, and it has no lists ("BucketOwnerEnforced").
fn acl(operation: &str, value: &str) -> Result<(), AwsError> {
    match (operation, value) {
        (_, "private")
        | ("PutObject" | "CopyObject" | "CreateMultipartUpload", "bucket-owner-full-control") => Ok(()),
        ("CreateBucket", _) => Err(bad(
            "InvalidBucketAclWithObjectOwnership",
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        )),
        _ => Err(bad("AccessControlListNotSupported", "The bucket does not allow ACLs")),
    }
}

fn encryption(name: &str, value: &str) -> Result<(), AwsError> {
    match value {
        "AES256" => Ok(()),
        _ if value.starts_with("aws:") => Err(not_implemented_header(name)),
        _ => Err(bad_argument(name, value, "The encryption method specified is not supported")),
    }
}

fn storage_class(value: &str) -> Result<(), AwsError> {
    match StorageClass::from(value) {
        StorageClass::Standard
        | StorageClass::ReducedRedundancy
        | StorageClass::StandardIa
        | StorageClass::OnezoneIa
        | StorageClass::IntelligentTiering
        | StorageClass::Glacier
        | StorageClass::GlacierIr
        | StorageClass::DeepArchive => Ok(()),
        _ => Err(bad("InvalidStorageClass", "The storage class you specified is not valid")
            .with("StorageClassRequested", value)),
    }
}

fn checksum_algorithm(value: &str) -> Result<(), AwsError> {
    if ALGORITHMS.contains(&value.to_ascii_uppercase().as_str()) {
        return Ok(());
    }
    // LIMIT: AWS knows newer ones, too.
    let known = ALGORITHMS.join(", ");
    let message = format!(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [{known}]"
    );
    Err(bad("InvalidRequest", &message))
}

fn redirect(value: &str) -> Result<(), AwsError> {
    if ["/", "http://", "https://"].iter().any(|start| value.starts_with(start)) {
        return Ok(());
    }
    let message = "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.";
    Err(bad("InvalidRedirectLocation", message))
}

fn one_of(name: &str, value: &str, known: &[&str], message: &str) -> Result<(), AwsError> {
    if known.contains(&value) { Ok(()) } else { Err(bad_argument(name, value, message)) }
}

fn check_metadata(head: &Head) -> Result<(), AwsError> {
    let sizes = head.headers.iter().filter_map(|(name, value)| {
        name.as_str().strip_prefix(METADATA).map(|name| name.len() + value.len())
    });
    let size: usize = sizes.sum();
    if size <= quotas::METADATA {
        return Ok(());
    }
    Err(bad("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")
        .with("Size", size.to_string())
        .with("MaxSizeAllowed", quotas::METADATA.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(operation: &str, name: &str, value: &str) -> String {
        let request = http::Request::builder().uri("/b/k").header(name, value).body(()).unwrap();
        let head = Head::of(&request, None).unwrap();
        match check(operation, &head) {
            Ok(()) => "ok".into(),
            Err(error) => format!("{} {}", error.http_status(), error.code()),
        }
    }

    #[test]
    fn what_a_header_asks_is_done_or_refused() {
        let long = "x".repeat(quotas::METADATA);
        for (operation, name, value, expected) in [
            ("GetObject", "x-amz-expected-bucket-owner", "123456789012", "ok"),
            ("GetObject", "x-amz-expected-bucket-owner", "me", "400 InvalidArgument"),
            ("CopyObject", "x-amz-source-expected-bucket-owner", "1234567890123", "400 InvalidArgument"),
            ("CreateMultipartUpload", "x-amz-checksum-algorithm", "sha256", "ok"),
            ("CreateMultipartUpload", "x-amz-checksum-algorithm", "TEST", "400 InvalidRequest"),
            ("PutObject", "x-amz-sdk-checksum-algorithm", "TEST", "400 InvalidRequest"),
            ("PutObject", "x-amz-acl", "bucket-owner-full-control", "ok"),
            ("PutObject", "x-amz-acl", "private", "ok"),
            ("PutObject", "x-amz-acl", "public-read", "400 AccessControlListNotSupported"),
            ("PutObject", "x-amz-grant-read", "id=1", "400 AccessControlListNotSupported"),
            ("CreateBucket", "x-amz-acl", "public-read", "400 InvalidBucketAclWithObjectOwnership"),
            ("PutObject", "x-amz-server-side-encryption", "AES256", "ok"),
            ("PutObject", "x-amz-server-side-encryption", "aws:kms", "501 NotImplemented"),
            ("PutObject", "x-amz-server-side-encryption", "rot13", "400 InvalidArgument"),
            ("GetObject", "x-amz-server-side-encryption-customer-key", "k", "501 NotImplemented"),
            ("PutObject", "x-amz-object-lock-mode", "GOVERNANCE", "400 InvalidRequest"),
            ("DeleteObject", "x-amz-bypass-governance-retention", "true", "400 InvalidArgument"),
            ("CreateBucket", "x-amz-bucket-object-lock-enabled", "true", "501 NotImplemented"),
            ("CreateBucket", "x-amz-object-ownership", "BucketOwnerEnforced", "ok"),
            ("CreateBucket", "x-amz-object-ownership", "ObjectWriter", "501 NotImplemented"),
            ("PutObject", "x-amz-storage-class", "STANDARD_IA", "ok"),
            ("PutObject", "x-amz-storage-class", "OUTPOSTS", "400 InvalidStorageClass"),
            ("CreateMultipartUpload", "x-amz-storage-class", "standard", "400 InvalidStorageClass"),
            ("PutObject", "x-amz-website-redirect-location", "/other", "ok"),
            ("PutObject", "x-amz-website-redirect-location", "other", "400 InvalidRedirectLocation"),
            ("CopyObject", "x-amz-metadata-directive", "MERGE", "400 InvalidArgument"),
            ("PutObject", "x-amz-checksum-sha512", "x", "501 NotImplemented"),
            ("PutObject", "x-amz-meta-a", &long[1..], "ok"),
            ("PutObject", "x-amz-meta-a", &long, "400 MetadataTooLarge"),
            ("GetObject", "if-none-match", "*", "ok"),
            ("HeadObject", "if-modified-since", "x", "ok"),
            ("PutObject", "if-none-match", "*", "ok"),
            ("PutObject", "if-unmodified-since", "x", "501 NotImplemented"),
            ("CompleteMultipartUpload", "if-modified-since", "x", "501 NotImplemented"),
            ("DeleteObject", "if-match", "x", "ok"),
            ("DeleteObject", "if-none-match", "*", "501 NotImplemented"),
            ("DeleteObject", "x-amz-if-match-size", "1", "501 NotImplemented"),
            ("UploadPart", "if-match", "x", "501 NotImplemented"),
            ("ListObjectsV2", "if-none-match", "x", "ok"),
        ] {
            assert_eq!(
                outcome(operation, name, value),
                expected,
                "{operation} {name}: {}",
                &value[..value.len().min(30)]
            );
        }
    }
}
