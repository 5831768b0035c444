//! Tags of buckets and objects.

use cloud_core::{AwsError, Caller, Refusal, TagRules};

use crate::{
    S3,
    error::{bad, bad_argument, no_such_key},
    notifications::cause::{Cause, Event},
    quotas,
    service::expect_no_version,
    shapes::{
        DeleteBucketTaggingRequest, DeleteObjectTaggingOutput, DeleteObjectTaggingRequest,
        GetBucketTaggingOutput, GetBucketTaggingRequest, GetObjectTaggingOutput, GetObjectTaggingRequest,
        PutBucketTaggingRequest, PutObjectTaggingOutput, PutObjectTaggingRequest, Tag,
    },
};

/// What is said of an object's tags that may not be.
const OF_OBJECT: TagRules = TagRules {
    most: quotas::OBJECT_TAGS,
    ignores_case: false,
    allows: is_plain,
    too_many: Refusal("BadRequest", 400, "Object tags cannot be greater than {most}"),
    reserved: Refusal(INVALID, 400, "Your TagKey cannot be prefixed with aws:"),
    key: Refusal(INVALID, 400, "The TagKey you have provided is invalid"),
    value: Refusal(INVALID, 400, "The TagValue you have provided is invalid"),
    twice: Refusal(INVALID, 400, "Cannot provide multiple Tags with the same key"),
};
/// The same of a bucket's.
const OF_BUCKET: TagRules = TagRules {
    most: cloud_core::tags::MOST,
    too_many: Refusal("BadRequest", 400, "Bucket tags cannot be greater than {most}"),
    reserved: Refusal(INVALID, 400, "System tags cannot be added/updated by requester"),
    ..OF_OBJECT
};
const INVALID: &str = "InvalidTag";

/// Whose tags.
#[derive(Clone, Copy)]
pub(crate) enum Whose {
    Object,
    Bucket,
}

// AWS: letters, spaces and numbers of UTF-8, and these.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "+-=._:/@".contains(c)
}

pub(crate) fn checked(tags: Vec<Tag>, whose: Whose) -> Result<Vec<Tag>, AwsError> {
    let rules = match whose {
        Whose::Object => OF_OBJECT,
        Whose::Bucket => OF_BUCKET,
    };
    rules.check(tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str()))).map_err(|broken| {
        let error = AwsError::from(broken);
        match broken.value {
            // AWS: the tag is named where it is one that is wrong.
            None if broken.refusal == rules.too_many => error,
            None => error.with("TagKey", broken.key),
            Some(value) => error.with("TagKey", broken.key).with("TagValue", value),
        }
    })?;
    Ok(tags)
}

/// The tags of an `x-amz-tagging` header, which is a query string.
pub(crate) fn from_header(text: &str) -> Result<Vec<Tag>, AwsError> {
    let decoded = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
    };
    let malformed = || {
        let message = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag \
                       name duplicates.";
        bad_argument("x-amz-tagging", text, message)
    };
    let mut tags: Vec<Tag> = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        if tags.len() == quotas::OBJECT_TAGS {
            return OF_OBJECT.check_count(tags.len() + 1).map(|()| tags);
        }
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        // What is to be encoded and is not: two pairs with a comma between them, say.
        if value.contains(['=', ',']) {
            return Err(malformed());
        }
        let key = decoded(key).ok_or_else(malformed)?;
        if tags.iter().any(|tag| tag.key == key) {
            return Err(malformed());
        }
        tags.push(Tag { key, value: decoded(value).ok_or_else(malformed)? });
    }
    checked(tags, Whose::Object)
}

pub(crate) async fn get_of_bucket(
    s3: &S3,
    _: &Caller,
    input: GetBucketTaggingRequest,
) -> Result<GetBucketTaggingOutput, AwsError> {
    let tag_set = s3.records().buckets().bucket(&input.bucket)?.tags.clone();
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
    let tags = checked(input.tagging.tag_set, Whose::Bucket)?;
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
    // AWS: this operation alone names the bucket with the key that is not there.
    let missing = |error: AwsError| match error.code() {
        "NoSuchKey" => no_such_key(&format!("{}/{}", input.bucket, input.key)),
        _ => error,
    };
    let tag_set = s3.object(&input.bucket, &input.key).await.map_err(missing)?.tags.clone();
    Ok(GetObjectTaggingOutput { tag_set, version_id: None })
}

pub(crate) async fn put_of_object(
    s3: &S3,
    caller: &Caller,
    input: PutObjectTaggingRequest,
) -> Result<PutObjectTaggingOutput, AwsError> {
    expect_no_version(input.version_id.as_deref())?;
    let tags = checked(input.tagging.tag_set, Whose::Object)?;
    let cause = Cause::of(Event::Tagged, caller, s3.context().now());
    s3.records().change_object(&input.bucket, &input.key, cause, |object| object.tags = tags).await?;
    Ok(PutObjectTaggingOutput::default())
}

pub(crate) async fn delete_of_object(
    s3: &S3,
    caller: &Caller,
    input: DeleteObjectTaggingRequest,
) -> Result<DeleteObjectTaggingOutput, AwsError> {
    expect_no_version(input.version_id.as_deref())?;
    let cause = Cause::of(Event::Untagged, caller, s3.context().now());
    s3.records().change_object(&input.bucket, &input.key, cause, |object| object.tags.clear()).await?;
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
            ("a=b&a=c", "InvalidArgument"),
            ("a=b,c=d", "InvalidArgument"),
            ("a=b%2Cc", "InvalidTag"),
            ("a%2Cb=c", "InvalidTag"),
            ("aws:x=y", "InvalidTag"),
            ("=v", "InvalidTag"),
            ("a=%ff", "InvalidArgument"),
            (&eleven, "BadRequest"),
        ] {
            assert_eq!(from_header(text).unwrap_err().code(), code, "{text}");
        }
    }
}
