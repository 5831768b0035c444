//! The operations, by what they are about.

pub(crate) mod bucket;
pub(crate) mod configuration;
pub(crate) mod cors;
pub(crate) mod list;
pub(crate) mod multipart;
pub(crate) mod notification;
pub(crate) mod object;
pub(crate) mod post;
pub(crate) mod read;
pub(crate) mod tagging;

use cloud_core::{AccountId, AwsError};

use crate::{S3, shapes::Owner};

/// An account as the owner of something.
fn owner(account: &AccountId) -> Owner {
    Owner { id: Some(canonical_id(account.as_str())), display_name: None }
}

/// Who owns all that is in a bucket.
// AWS: with "BucketOwnerEnforced" its owner does, whoever put it there.
fn owner_in(s3: &S3, bucket: &str) -> Result<Owner, AwsError> {
    Ok(owner(s3.owner(s3.records().buckets().bucket(bucket)?)))
}

/// An account's canonical user id: 64 hexadecimal digits that stand for it.
fn canonical_id(account: &str) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(Sha256::digest(account))
}
