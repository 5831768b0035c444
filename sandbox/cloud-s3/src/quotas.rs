//! What AWS lets an account, a bucket, an object and a request have.
// AWS: "Amazon S3 endpoints and quotas", "Amazon S3 multipart upload limits" and the manuals of operations; those that can be
// raised as they are at first. Of tags: `ops/tagging.rs`.

use cloud_core::{Quota, Refusal};

pub(crate) const BUCKETS: Quota = Quota {
    name: "General purpose buckets",
    most: 10_000,
    unit: "buckets",
    refusal: Refusal("TooManyBuckets", 400, "You have attempted to create more buckets than allowed"),
};
pub(crate) const CORS_RULES: Quota = Quota {
    name: "Rules of a CORS configuration",
    most: 100,
    unit: "rules",
    refusal: Refusal(
        "InvalidRequest",
        400,
        "The number of CORS rules should not exceed allowed limit of {most} rules.",
    ),
};
pub(crate) const CORS_RULE_ID: Quota = Quota {
    name: "ID of a CORS rule",
    most: 255,
    unit: "characters",
    refusal: Refusal("InvalidRequest", 400, "The ID of a CORS rule must not have more than {most} {unit}."),
};
pub(crate) const NOTIFICATIONS: Quota = Quota {
    name: "Event notifications",
    most: 100,
    unit: "configurations",
    refusal: Refusal(
        "InvalidArgument",
        400,
        "The number of notification configurations must not exceed the allowed limit of {most} {unit}.",
    ),
};
pub(crate) const NOTIFICATION_ID: Quota = Quota {
    name: "ID of a notification configuration",
    most: 255,
    unit: "characters",
    refusal: Refusal(
        "InvalidArgument",
        400,
        "The ID of a notification configuration must not have more than {most} {unit}.",
    ),
};
pub(crate) const FILTER_RULE_VALUE: Quota = Quota {
    name: "Value of a filter rule",
    most: 1024,
    unit: "bytes",
    refusal: Refusal(
        "InvalidArgument",
        400,
        "Size of filter rule value cannot exceed {most} {unit} in UTF-8 representation",
    ),
};

/// Bytes of a key.
pub(crate) const KEY: usize = 1024;
/// Bytes of the metadata that users give an object, names and values.
pub(crate) const METADATA: usize = 2048;
/// Tags of an object.
pub(crate) const OBJECT_TAGS: usize = 10;
/// Bytes that are uploaded or copied at once: "The maximum size of an object that can be uploaded in a single PUT operation is 5
/// GB", "You can copy an object of up to 5 GB in a single atomic action". A part the same.
pub(crate) const PUT: u64 = 5 * 1024 * 1024 * 1024;
/// Bytes of each part of an upload but the last.
pub(crate) const LEAST_PART: u64 = 5 * 1024 * 1024;
/// Parts of an upload, and the last one's number.
pub(crate) const PARTS: u32 = 10_000;
/// Keys that DeleteObjects takes.
pub(crate) const DELETED: usize = 1000;
/// Keys of a page.
pub(crate) const LISTED: usize = 1000;
/// Buckets of a page.
pub(crate) const LISTED_BUCKETS: i32 = 10_000;
/// Parts of an object of a page.
pub(crate) const LISTED_PARTS: usize = 1000;
