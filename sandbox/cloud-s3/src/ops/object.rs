//! Objects: put, copy, delete. Reading them is in `read`.

use std::collections::HashMap;

use cloud_core::{AwsError, Caller, Denial, event::Change};
use cloud_wire::{Body, checksum::Algorithm};

use crate::{
    S3, blobs,
    conditions::{self, WriteCondition},
    error::{bad, bad_argument, malformed_xml, not_implemented_header},
    intake::{Intake, Written},
    names::check_key,
    notifications::cause::{Cause, Event},
    ops::{read::check_readable, tagging::from_header},
    place, quotas,
    service::expect_no_version,
    shapes::{
        CopyObjectOutput, CopyObjectRequest, CopyObjectResult, DeleteObjectOutput, DeleteObjectRequest,
        DeleteObjectsOutput, DeleteObjectsRequest, DeletedObject, Error, MetadataDirective, ObjectIdentifier,
        PutObjectOutput, PutObjectRequest, ServerSideEncryption, StorageClass, TaggingDirective,
    },
    state::{Headers, Object, Sum},
    sums,
};

/// The members of a request that are kept with an object.
macro_rules! headers {
    ($input:expr) => {
        crate::state::Headers {
            content_type: $input.content_type,
            cache_control: $input.cache_control,
            content_disposition: $input.content_disposition,
            content_encoding: $input
                .content_encoding
                .as_deref()
                .and_then(crate::ops::object::without_chunking),
            content_language: $input.content_language,
            expires: $input.expires,
            website_redirect_location: $input.website_redirect_location,
            storage_class: crate::ops::object::kept_class($input.storage_class.as_ref()),
            metadata: $input.metadata.unwrap_or_default(),
        }
    };
}

pub(crate) use headers;

/// What every answer about contents says: S3's own keys, which a bucket uses unless it is told otherwise.
// AWS: since January 2023 every new object is encrypted with SSE-S3.
#[expect(clippy::unnecessary_wraps, reason = "the member's type")]
pub(crate) fn encrypted() -> Option<ServerSideEncryption> {
    Some(ServerSideEncryption::Aes256)
}

/// A storage class, unless it is the usual one.
pub(crate) fn kept_class(class: Option<&StorageClass>) -> Option<String> {
    class.filter(|class| **class != StorageClass::Standard).map(|class| class.as_str().to_owned())
}

/// What an upload's head says about its body.
pub(crate) fn intake(
    md5: Option<String>,
    stated: [(Algorithm, Option<String>); 5],
    wanted: Option<Algorithm>,
) -> Result<Intake, AwsError> {
    Ok(Intake { md5: sums::checked_md5(md5)?, is_part: false, stated: sums::one(stated)?, wanted })
}

/// A checksum that is announced must come, before the body or after it.
fn check_announced(announced: bool, stated: Option<&Sum>, body: &Body) -> Result<(), AwsError> {
    if announced && stated.is_none() && !body.has_trailing_checksum() {
        let message = "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers \
                       were found.";
        return Err(bad("InvalidRequest", message));
    }
    Ok(())
}

pub(crate) async fn put(
    s3: &S3,
    caller: &Caller,
    input: PutObjectRequest,
) -> Result<PutObjectOutput, AwsError> {
    put_as(s3, caller, input, Event::Put).await
}

/// The same, told as that event.
pub(crate) async fn put_as(
    s3: &S3,
    caller: &Caller,
    input: PutObjectRequest,
    event: Event,
) -> Result<PutObjectOutput, AwsError> {
    check_key(&input.key)?;
    let identity = place::begin(s3, &input.bucket, caller)?;
    let condition = WriteCondition::of(input.if_match, input.if_none_match)?;
    let intake = intake(input.content_md5, sums::stated!(input), None)?;
    check_announced(input.checksum_algorithm.is_some(), intake.stated.as_ref(), &input.body)?;
    let tags = input.tagging.as_deref().map(from_header).transpose()?.unwrap_or_default();
    let headers = headers!(input);
    // Whoever cannot replace what is there need not send anything.
    condition.check(&input.key, s3.records().object(&input.bucket, &input.key).await?.as_deref(), false)?;
    let fresh = s3.blobs().write(s3.new_id(), input.body, intake).await?;
    let modified = s3.context().now();
    let object = move |written: Written| Object {
        etag: written.md5,
        blobs: vec![written.blob],
        modified,
        headers,
        checksum: Some(sums::full(written.sum)),
        tags,
    };
    let bucket = (input.bucket.as_str(), identity);
    let cause = Cause::of(event, caller, modified);
    let object = s3.records().put_object(bucket, &input.key, fresh, object, condition, cause).await?;
    s3.announce(&format!("{}/{}", input.bucket, input.key), Change::Updated);
    let mut output = PutObjectOutput {
        e_tag: Some(object.quoted_etag()),
        server_side_encryption: encrypted(),
        checksum_type: object.checksum.as_ref().map(|checksum| checksum.kind.shown()),
        ..PutObjectOutput::default()
    };
    sums::show!(output, object.checksum.as_ref().map(|checksum| &checksum.sum));
    Ok(output)
}

/// `aws-chunked` is how the body travelled, not what it is.
pub(crate) fn without_chunking(encoding: &str) -> Option<String> {
    let kept: Vec<&str> = encoding.split(',').map(str::trim).filter(|name| *name != "aws-chunked").collect();
    Some(kept.join(",")).filter(|kept| !kept.is_empty())
}

/// What a copy is made of.
pub(crate) struct Source {
    pub(crate) bucket: String,
    pub(crate) key: String,
}

impl Source {
    /// Reads `x-amz-copy-source`: `bucket/key`, percent-encoded, a slash before it or not.
    pub(crate) fn of(header: &str) -> Result<Self, AwsError> {
        let (path, version) = header.split_once("?versionId=").map_or((header, None), |(p, v)| (p, Some(v)));
        expect_no_version(version)?;
        let text = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        let (bucket, key) = text.trim_start_matches('/').split_once('/').ok_or_else(|| {
            let message = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey";
            bad_argument("x-amz-copy-source", header, message)
        })?;
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }
}

/// That so many bytes may be copied at once.
pub(crate) fn check_copied(length: u64) -> Result<(), AwsError> {
    if length <= quotas::PUT {
        return Ok(());
    }
    let message = format!(
        "The specified copy source is larger than the maximum allowable size for a copy source: {}",
        quotas::PUT
    );
    Err(bad("InvalidRequest", &message))
}

/// What a copy changes, beside its place: a copy of an object onto itself must change something.
fn changes(input: &CopyObjectRequest) -> bool {
    input.metadata_directive == Some(MetadataDirective::Replace)
        || input.storage_class.is_some()
        || input.website_redirect_location.is_some()
        || input.server_side_encryption.is_some()
        || input.checksum_algorithm.is_some()
}

pub(crate) async fn copy(
    s3: &S3,
    caller: &Caller,
    input: CopyObjectRequest,
) -> Result<CopyObjectOutput, AwsError> {
    check_key(&input.key)?;
    let identity = place::begin(s3, &input.bucket, caller)?;
    let source = Source::of(&input.copy_source)?;
    let idle = source.bucket == input.bucket && source.key == input.key && !changes(&input);
    let condition = WriteCondition::of(input.if_match, input.if_none_match)?;
    let object = s3.object(&source.bucket, &source.key).await?;
    conditions::of_source!(input).check_source(&object, s3.context().now())?;
    check_readable(&object)?;
    let replaces = input.metadata_directive == Some(MetadataDirective::Replace);
    if idle {
        let message = "This copy request is illegal because it is trying to copy an object to itself without changing the \
                       object's metadata, storage class, website redirect location or encryption attributes.";
        return Err(bad("InvalidRequest", message));
    }
    condition.check(&input.key, s3.records().object(&input.bucket, &input.key).await?.as_deref(), false)?;
    let tags = match input.tagging_directive {
        Some(TaggingDirective::Replace) => {
            input.tagging.as_deref().map(from_header).transpose()?.unwrap_or_default()
        }
        _ => object.tags.clone(),
    };
    // AWS: a copy has the checksum that is asked for, else one like its source's, and always of all the bytes.
    let like = object.checksum.as_ref().and_then(|checksum| checksum.sum.algorithm());
    let wanted = sums::algorithm(input.checksum_algorithm.as_ref())?.or(like);
    let given = headers!(input);
    let headers = if replaces {
        given
    } else {
        // AWS: storage class and redirection are the copy's own.
        Headers {
            storage_class: given.storage_class,
            website_redirect_location: given.website_redirect_location,
            ..object.headers.clone()
        }
    };
    let size = object.size();
    check_copied(size)?;
    let body = blobs::read(object, 0, size).await?;
    let fresh = s3.blobs().write(s3.new_id(), body, Intake { wanted, ..Intake::default() }).await?;
    let modified = s3.context().now();
    let copied = move |written: Written| Object {
        etag: written.md5,
        blobs: vec![written.blob],
        modified,
        headers,
        checksum: Some(sums::full(written.sum)),
        tags,
    };
    let bucket = (input.bucket.as_str(), identity);
    let cause = Cause::of(Event::Copied, caller, modified);
    let copied = s3.records().put_object(bucket, &input.key, fresh, copied, condition, cause).await?;
    s3.announce(&format!("{}/{}", input.bucket, input.key), Change::Updated);
    let mut result = CopyObjectResult {
        e_tag: Some(copied.quoted_etag()),
        last_modified: Some(copied.modified),
        checksum_type: copied.checksum.as_ref().map(|checksum| checksum.kind.shown()),
        ..CopyObjectResult::default()
    };
    sums::show!(result, copied.checksum.as_ref().map(|checksum| &checksum.sum));
    Ok(CopyObjectOutput {
        copy_object_result: Some(result),
        server_side_encryption: encrypted(),
        ..CopyObjectOutput::default()
    })
}

pub(crate) async fn delete(
    s3: &S3,
    caller: &Caller,
    input: DeleteObjectRequest,
) -> Result<DeleteObjectOutput, AwsError> {
    expect_no_version(input.version_id.as_deref())?;
    let cause = Cause::of(Event::Deleted, caller, s3.context().now());
    // AWS: deleting a key that is not there succeeds.
    if s3.records().remove_object(&input.bucket, &input.key, input.if_match.as_deref(), cause).await? {
        s3.announce(&format!("{}/{}", input.bucket, input.key), Change::Deleted);
    }
    Ok(DeleteObjectOutput::default())
}

pub(crate) async fn delete_several(
    s3: &S3,
    caller: &Caller,
    input: DeleteObjectsRequest,
) -> Result<DeleteObjectsOutput, AwsError> {
    s3.records().buckets().bucket(&input.bucket)?;
    if input.delete.objects.is_empty() || input.delete.objects.len() > quotas::DELETED {
        return Err(malformed_xml());
    }
    let (mut deleted, mut errors) = (Vec::new(), Vec::new());
    let refused: HashMap<usize, &Denial> =
        caller.leave.refused.iter().map(|(part, denial)| (*part, denial)).collect();
    for (place, object) in input.delete.objects.into_iter().enumerate() {
        let done = match refused.get(&place) {
            Some(denial) => Err(AwsError::new("AccessDenied", denial.sentence(true))),
            None => delete_one(s3, caller, &input.bucket, &object).await,
        };
        match done {
            Ok(()) => deleted.push(DeletedObject { key: Some(object.key), ..DeletedObject::default() }),
            Err(error) => errors.push(Error {
                key: Some(object.key),
                version_id: object.version_id,
                code: Some(error.code().to_owned()),
                message: Some(error.message().to_owned()),
            }),
        }
    }
    s3.announce(&input.bucket, Change::Updated);
    let deleted = (input.delete.quiet != Some(true)).then_some(deleted);
    Ok(DeleteObjectsOutput { deleted, errors: Some(errors), ..DeleteObjectsOutput::default() })
}

/// One of several, with its own condition.
async fn delete_one(
    s3: &S3,
    caller: &Caller,
    bucket: &str,
    object: &ObjectIdentifier,
) -> Result<(), AwsError> {
    expect_no_version(object.version_id.as_deref())?;
    // AWS: these two are of directory buckets.
    if object.last_modified_time.is_some() || object.size.is_some() {
        let name = if object.size.is_some() { "Size" } else { "LastModifiedTime" };
        return Err(not_implemented_header(name));
    }
    let cause = Cause::of(Event::Deleted, caller, s3.context().now());
    s3.records().remove_object(bucket, &object.key, object.e_tag.as_deref(), cause).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_much_is_copied_at_once_and_no_more() {
        assert!(check_copied(5_368_709_120).is_ok());
        let refused = check_copied(5_368_709_121).unwrap_err();
        assert_eq!((refused.code(), refused.http_status()), ("InvalidRequest", 400));
        assert!(refused.message().ends_with("for a copy source: 5368709120"));
    }
}
