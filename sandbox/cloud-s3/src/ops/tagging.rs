//! Tags of buckets and objects.

use cloud_core::{AwsError, Caller};

use crate::{
    S3,
    error::bad,
    service::expect_no_version,
    shapes::{
        DeleteBucketTaggingRequest, DeleteObjectTaggingOutput, DeleteObjectTaggingRequest,
        GetBucketTaggingOutput, GetBucketTaggingRequest, GetObjectTaggingOutput, GetObjectTaggingRequest,
        PutBucketTaggingRequest, PutObjectTaggingOutput, PutObjectTaggingRequest, Tag,
    },
};

// AWS: "Categorizing your storage using tags": 10 for an object; 50 for a bucket.
const MAX_OF_OBJECT: usize = 10;
const MAX_OF_BUCKET: usize = 50;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;

fn checked(tags: Vec<Tag>, most: usize, whose: &str) -> Result<Vec<Tag>, AwsError> {
    if tags.len() > most {
        return Err(bad("BadRequest", &format!("{whose} tags cannot be greater than {most}")));
    }
    for (index, tag) in tags.iter().enumerate() {
        if tag.key.is_empty() || tag.key.chars().count() > MAX_KEY || tag.key.starts_with("aws:") {
            return Err(
                bad("InvalidTag", "The TagKey you have provided is invalid").with("TagKey", tag.key.as_str())
            );
        }
        if tag.value.chars().count() > MAX_VALUE {
            let refused = bad("InvalidTag", "The TagValue you have provided is invalid");
            return Err(refused.with("TagValue", tag.value.as_str()));
        }
        if tags.iter().take(index).any(|other| other.key == tag.key) {
            return Err(bad("InvalidTag", "Cannot provide multiple Tags with the same key"));
        }
    }
    Ok(tags)
}

/// The tags of an `x-amz-tagging` header, which is a query string.
pub(crate) fn from_header(text: &str) -> Result<Vec<Tag>, AwsError> {
    let decoded = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced).decode_utf8().map(std::borrow::Cow::into_owned)
    };
    let malformed = |_| {
        let message = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag \
                       name duplicates.";
        bad("InvalidArgument", message)
    };
    let mut tags = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        tags.push(Tag { key: decoded(key).map_err(malformed)?, value: decoded(value).map_err(malformed)? });
    }
    checked(tags, MAX_OF_OBJECT, "Object")
}

pub(crate) async fn get_of_bucket(
    s3: &S3,
    _: &Caller,
    input: GetBucketTaggingRequest,
) -> Result<GetBucketTaggingOutput, AwsError> {
    let tag_set = s3.records().read().bucket(&input.bucket)?.tags.clone();
    if tag_set.is_empty() {
        let refused = bad("NoSuchTagSet", "The TagSet does not exist").status(404);
        return Err(refused.with("BucketName", input.bucket));
    }
    Ok(GetBucketTaggingOutput { tag_set })
}

pub(crate) async fn put_of_bucket(
    s3: &S3,
    _: &Caller,
    input: PutBucketTaggingRequest,
) -> Result<(), AwsError> {
    let tags = checked(input.tagging.tag_set, MAX_OF_BUCKET, "Bucket")?;
    s3.records().change_bucket(&input.bucket, |bucket| bucket.tags = tags).await
}

pub(crate) async fn delete_of_bucket(
    s3: &S3,
    _: &Caller,
    input: DeleteBucketTaggingRequest,
) -> Result<(), AwsError> {
    s3.records().change_bucket(&input.bucket, |bucket| bucket.tags.clear()).await
}

pub(crate) async fn get_of_object(
    s3: &S3,
    _: &Caller,
    input: GetObjectTaggingRequest,
) -> Result<GetObjectTaggingOutput, AwsError> {
    expect_no_version(input.version_id.as_deref())?;
    let tag_set = s3.object(&input.bucket, &input.key)?.tags.clone();
    Ok(GetObjectTaggingOutput { tag_set, version_id: None })
}

pub(crate) async fn put_of_object(
    s3: &S3,
    _: &Caller,
    input: PutObjectTaggingRequest,
) -> Result<PutObjectTaggingOutput, AwsError> {
    expect_no_version(input.version_id.as_deref())?;
    let tags = checked(input.tagging.tag_set, MAX_OF_OBJECT, "Object")?;
    s3.records().change_object(&input.bucket, &input.key, |object| object.tags = tags).await?;
    Ok(PutObjectTaggingOutput::default())
}

pub(crate) async fn delete_of_object(
    s3: &S3,
    _: &Caller,
    input: DeleteObjectTaggingRequest,
) -> Result<DeleteObjectTaggingOutput, AwsError> {
    expect_no_version(input.version_id.as_deref())?;
    s3.records().change_object(&input.bucket, &input.key, |object| object.tags.clear()).await?;
    Ok(DeleteObjectTaggingOutput::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_come_in_a_header_as_a_query() {
        let tag = |key: &str, value: &str| Tag { key: key.into(), value: value.into() };
        for (text, expected) in [
            ("a=b", vec![tag("a", "b")]),
            ("a=b+c&d%3D=%C3%BC", vec![tag("a", "b c"), tag("d=", "ü")]),
            ("a", vec![tag("a", "")]),
            ("", vec![]),
        ] {
            assert_eq!(from_header(text).unwrap(), expected, "{text}");
        }
        let eleven = (0..11).map(|n| format!("k{n}=v")).collect::<Vec<_>>().join("&");
        for (text, code) in [
            ("a=b&a=c", "InvalidTag"),
            ("aws:x=y", "InvalidTag"),
            ("=v", "InvalidTag"),
            ("a=%ff", "InvalidArgument"),
            (&eleven, "BadRequest"),
        ] {
            assert_eq!(from_header(text).unwrap_err().code(), code, "{text}");
        }
    }
}
