//! Objects: put, get, head, copy, delete.

use std::sync::Arc;

use cloud_core::{AwsError, Caller, event::Change};
use cloud_wire::checksum::Algorithm;
use jiff::Timestamp;

use crate::{
    S3,
    error::{bad, no_such_key, not_modified, precondition_failed},
    names::check_key,
    ops::tagging::from_header,
    service::expect_no_version,
    shapes::{
        ChecksumMode, CopyObjectOutput, CopyObjectRequest, CopyObjectResult, DeleteObjectOutput,
        DeleteObjectRequest, DeleteObjectsOutput, DeleteObjectsRequest, DeletedObject, Error,
        GetObjectOutput, GetObjectRequest, HeadObjectOutput, HeadObjectRequest, MetadataDirective,
        PutObjectOutput, PutObjectRequest, TaggingDirective,
    },
    state::{Headers, Object},
};

// AWS: DeleteObjects takes up to 1,000 keys.
const MAX_DELETED: usize = 1000;

/// The checksums that a request states for its body.
pub(crate) fn stated(
    md5: Option<String>,
    sums: [(Algorithm, Option<String>); 5],
) -> Result<Vec<(Algorithm, String)>, AwsError> {
    let sums = sums.into_iter().filter_map(|(algorithm, sum)| Some((algorithm, sum?)));
    let mut all: Vec<(Algorithm, String)> = sums.collect();
    if all.len() > 1 {
        return Err(bad(
            "InvalidRequest",
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
        ));
    }
    all.extend(md5.map(|md5| (Algorithm::Md5, md5)));
    Ok(all)
}

pub(crate) async fn put(s3: &S3, _: &Caller, input: PutObjectRequest) -> Result<PutObjectOutput, AwsError> {
    check_key(&input.key)?;
    s3.records().read().bucket(&input.bucket)?;
    let stated = stated(
        input.content_md5,
        [
            (Algorithm::Crc32, input.checksum_crc32),
            (Algorithm::Crc32c, input.checksum_crc32_c),
            (Algorithm::Crc64Nvme, input.checksum_crc64_nvme),
            (Algorithm::Sha1, input.checksum_sha1),
            (Algorithm::Sha256, input.checksum_sha256),
        ],
    )?;
    let tags = input.tagging.as_deref().map(from_header).transpose()?.unwrap_or_default();
    let written = s3.blobs().write(s3.new_id(), input.body, &stated).await?;
    let checksums = stated.iter().filter(|(algorithm, _)| *algorithm != Algorithm::Md5);
    let object = Object {
        etag: written.md5,
        blobs: vec![written.blob.clone()],
        modified: s3.context().now(),
        headers: Headers {
            content_type: input.content_type,
            cache_control: input.cache_control,
            content_disposition: input.content_disposition,
            content_encoding: input.content_encoding.as_deref().and_then(without_chunking),
            content_language: input.content_language,
            metadata: input.metadata.unwrap_or_default(),
        },
        checksums: checksums.map(|(algorithm, sum)| (algorithm.name().to_owned(), sum.clone())).collect(),
        tags,
    };
    let check = write_condition(input.if_match, input.if_none_match);
    let e_tag = Some(object.quoted_etag());
    let sum = |name: &str| object.checksums.get(name).cloned();
    let output = PutObjectOutput {
        e_tag,
        checksum_crc32: sum("CRC32"),
        checksum_crc32_c: sum("CRC32C"),
        checksum_crc64_nvme: sum("CRC64NVME"),
        checksum_sha1: sum("SHA1"),
        checksum_sha256: sum("SHA256"),
        ..PutObjectOutput::default()
    };
    match s3.records().put_object(&input.bucket, &input.key, object, None, check).await {
        Ok(old) => forget(s3, old).await,
        Err(error) => {
            s3.blobs().remove(&[written.blob]).await;
            return Err(error);
        }
    }
    s3.announce(&format!("{}/{}", input.bucket, input.key), Change::Updated);
    Ok(output)
}

/// `aws-chunked` is how the body travelled, not what it is.
fn without_chunking(encoding: &str) -> Option<String> {
    let kept: Vec<&str> = encoding.split(',').map(str::trim).filter(|name| *name != "aws-chunked").collect();
    Some(kept.join(",")).filter(|kept| !kept.is_empty())
}

/// What `If-Match` and `If-None-Match` of a write ask of the object that is there.
pub(crate) fn write_condition(
    if_match: Option<String>,
    if_none_match: Option<String>,
) -> impl FnOnce(Option<&Object>) -> Result<(), AwsError> {
    move |present| {
        if let (Some(condition), Some(object)) = (&if_none_match, present)
            && object.is_named_by(condition)
        {
            return Err(precondition_failed("If-None-Match"));
        }
        match (if_match, present) {
            (Some(condition), Some(object)) if !object.is_named_by(&condition) => {
                Err(precondition_failed("If-Match"))
            }
            // AWS: a conditional write to a key that is not there answers 404.
            (Some(_), None) => Err(no_such_key("")),
            _ => Ok(()),
        }
    }
}

async fn forget(s3: &S3, old: Option<Arc<Object>>) {
    if let Some(old) = old {
        s3.blobs().remove(&old.blobs).await;
    }
}

/// The conditions of a read, in the order that HTTP gives them.
pub(crate) struct Conditions<'a> {
    pub(crate) matches: Option<&'a str>,
    pub(crate) none_match: Option<&'a str>,
    pub(crate) modified_since: Option<Timestamp>,
    pub(crate) unmodified_since: Option<Timestamp>,
}

impl Conditions<'_> {
    /// AWS: a copy whose source is not as asked answers 412, also where a read would answer 304.
    pub(crate) fn check_copy(&self, object: &Object) -> Result<(), AwsError> {
        self.check(object).map_err(|error| match error.http_status() {
            304 => precondition_failed("x-amz-copy-source-If-None-Match"),
            _ => error,
        })
    }

    fn check(&self, object: &Object) -> Result<(), AwsError> {
        // HTTP's dates have whole seconds.
        let modified = object.modified.as_second();
        if self.matches.is_some_and(|condition| !object.is_named_by(condition)) {
            return Err(precondition_failed("If-Match"));
        }
        if self.matches.is_none() && self.unmodified_since.is_some_and(|since| modified > since.as_second()) {
            return Err(precondition_failed("If-Unmodified-Since"));
        }
        if self.none_match.is_some_and(|condition| object.is_named_by(condition)) {
            return Err(not_modified());
        }
        if self.none_match.is_none() && self.modified_since.is_some_and(|since| modified <= since.as_second())
        {
            return Err(not_modified());
        }
        Ok(())
    }
}

/// What a `Range` asks of that many bytes: offset and length; none for all of them.
// AWS: one range only; a malformed one is ignored, one outside is an error.
fn range(text: Option<&str>, size: u64) -> Result<Option<(u64, u64)>, AwsError> {
    let Some((from, to)) = text.and_then(|text| text.strip_prefix("bytes=")?.split_once('-')) else {
        return Ok(None);
    };
    let range = match (from.parse::<u64>(), to.parse::<u64>()) {
        (Ok(from), Ok(to)) if from <= to => (from, to.min(size.saturating_sub(1))),
        (Ok(from), Err(_)) if to.is_empty() => (from, size.saturating_sub(1)),
        (Err(_), Ok(last)) if from.is_empty() => (size.saturating_sub(last), size.saturating_sub(1)),
        _ => return Ok(None),
    };
    if range.0 >= size || (from.is_empty() && to == "0") {
        return Err(bad("InvalidRange", "The requested range is not satisfiable")
            .status(416)
            .with("RangeRequested", text.unwrap_or_default())
            .with("ActualObjectSize", size.to_string()));
    }
    Ok(Some((range.0, range.1 - range.0 + 1)))
}

pub(crate) async fn get(s3: &S3, _: &Caller, input: GetObjectRequest) -> Result<GetObjectOutput, AwsError> {
    expect_no_version(input.version_id.as_deref())?;
    let object = s3.object(&input.bucket, &input.key)?;
    let conditions = Conditions {
        matches: input.if_match.as_deref(),
        none_match: input.if_none_match.as_deref(),
        modified_since: input.if_modified_since,
        unmodified_since: input.if_unmodified_since,
    };
    conditions.check(&object)?;
    let size = object.size();
    let part = range(input.range.as_deref(), size)?;
    let (offset, length) = part.unwrap_or((0, size));
    // AWS: a part of an object comes without the checksum of the whole.
    let shows = input.checksum_mode == Some(ChecksumMode::Enabled) && part.is_none();
    let sum = |name: &str| object.checksums.get(name).filter(|_| shows).cloned();
    let headers = object.headers.clone();
    Ok(GetObjectOutput {
        body: s3.blobs().read(&object, offset, length).await?,
        accept_ranges: Some("bytes".into()),
        content_length: i64::try_from(length).ok(),
        checksum_crc32: sum("CRC32"),
        checksum_crc32_c: sum("CRC32C"),
        checksum_crc64_nvme: sum("CRC64NVME"),
        checksum_sha1: sum("SHA1"),
        checksum_sha256: sum("SHA256"),
        tag_count: i32::try_from(object.tags.len()).ok().filter(|count| *count > 0),
        content_range: part.map(|(offset, length)| format!("bytes {offset}-{}/{size}", offset + length - 1)),
        e_tag: Some(object.quoted_etag()),
        last_modified: Some(object.modified),
        content_type: input
            .response_content_type
            .or(headers.content_type)
            .or_else(|| Some(DEFAULT_TYPE.into())),
        cache_control: input.response_cache_control.or(headers.cache_control),
        content_disposition: input.response_content_disposition.or(headers.content_disposition),
        content_encoding: input.response_content_encoding.or(headers.content_encoding),
        content_language: input.response_content_language.or(headers.content_language),
        metadata: Some(headers.metadata),
        ..GetObjectOutput::default()
    })
}

/// What S3 says of an object whose type nobody gave.
const DEFAULT_TYPE: &str = "binary/octet-stream";

pub(crate) async fn head(
    s3: &S3,
    _: &Caller,
    input: HeadObjectRequest,
) -> Result<HeadObjectOutput, AwsError> {
    expect_no_version(input.version_id.as_deref())?;
    let object = s3.object(&input.bucket, &input.key)?;
    let conditions = Conditions {
        matches: input.if_match.as_deref(),
        none_match: input.if_none_match.as_deref(),
        modified_since: input.if_modified_since,
        unmodified_since: input.if_unmodified_since,
    };
    conditions.check(&object)?;
    let shows = input.checksum_mode == Some(ChecksumMode::Enabled);
    let sum = |name: &str| object.checksums.get(name).filter(|_| shows).cloned();
    let headers = object.headers.clone();
    Ok(HeadObjectOutput {
        checksum_crc32: sum("CRC32"),
        checksum_crc32_c: sum("CRC32C"),
        checksum_crc64_nvme: sum("CRC64NVME"),
        checksum_sha1: sum("SHA1"),
        checksum_sha256: sum("SHA256"),
        accept_ranges: Some("bytes".into()),
        content_length: i64::try_from(object.size()).ok(),
        e_tag: Some(object.quoted_etag()),
        last_modified: Some(object.modified),
        content_type: headers.content_type.or_else(|| Some(DEFAULT_TYPE.into())),
        cache_control: headers.cache_control,
        content_disposition: headers.content_disposition,
        content_encoding: headers.content_encoding,
        content_language: headers.content_language,
        metadata: Some(headers.metadata),
        ..HeadObjectOutput::default()
    })
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
            bad("InvalidArgument", message)
        })?;
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }
}

pub(crate) async fn copy(
    s3: &S3,
    _: &Caller,
    input: CopyObjectRequest,
) -> Result<CopyObjectOutput, AwsError> {
    check_key(&input.key)?;
    let source = Source::of(&input.copy_source)?;
    let object = s3.object(&source.bucket, &source.key)?;
    let conditions = Conditions {
        matches: input.copy_source_if_match.as_deref(),
        none_match: input.copy_source_if_none_match.as_deref(),
        modified_since: input.copy_source_if_modified_since,
        unmodified_since: input.copy_source_if_unmodified_since,
    };
    conditions.check_copy(&object)?;
    let replaces = input.metadata_directive == Some(MetadataDirective::Replace);
    if source.bucket == input.bucket && source.key == input.key && !replaces {
        let message = "This copy request is illegal because it is trying to copy an object to itself without changing the \
                       object's metadata, storage class, website redirect location or encryption attributes.";
        return Err(bad("InvalidRequest", message));
    }
    let body = s3.blobs().read(&object, 0, object.size()).await?;
    let written = s3.blobs().write(s3.new_id(), body, &[]).await?;
    let given = Headers {
        content_type: input.content_type,
        cache_control: input.cache_control,
        content_disposition: input.content_disposition,
        content_encoding: input.content_encoding,
        content_language: input.content_language,
        metadata: input.metadata.unwrap_or_default(),
    };
    let copied = Object {
        etag: written.md5,
        blobs: vec![written.blob.clone()],
        modified: s3.context().now(),
        headers: if replaces { given } else { object.headers.clone() },
        checksums: object.checksums.clone(),
        tags: match input.tagging_directive {
            Some(TaggingDirective::Replace) => {
                input.tagging.as_deref().map(from_header).transpose()?.unwrap_or_default()
            }
            _ => object.tags.clone(),
        },
    };
    let result = CopyObjectResult {
        e_tag: Some(copied.quoted_etag()),
        last_modified: Some(copied.modified),
        ..CopyObjectResult::default()
    };
    match s3.records().put_object(&input.bucket, &input.key, copied, None, |_| Ok(())).await {
        Ok(old) => forget(s3, old).await,
        Err(error) => {
            s3.blobs().remove(&[written.blob]).await;
            return Err(error);
        }
    }
    Ok(CopyObjectOutput { copy_object_result: Some(result), ..CopyObjectOutput::default() })
}

pub(crate) async fn delete(
    s3: &S3,
    _: &Caller,
    input: DeleteObjectRequest,
) -> Result<DeleteObjectOutput, AwsError> {
    expect_no_version(input.version_id.as_deref())?;
    // AWS: deleting a key that is not there succeeds.
    let old = s3.records().remove_object(&input.bucket, &input.key).await?;
    forget(s3, old).await;
    s3.announce(&format!("{}/{}", input.bucket, input.key), Change::Deleted);
    Ok(DeleteObjectOutput::default())
}

pub(crate) async fn delete_several(
    s3: &S3,
    _: &Caller,
    input: DeleteObjectsRequest,
) -> Result<DeleteObjectsOutput, AwsError> {
    s3.records().read().bucket(&input.bucket)?;
    if input.delete.objects.is_empty() || input.delete.objects.len() > MAX_DELETED {
        let message =
            "The XML you provided was not well-formed or did not validate against our published schema";
        return Err(bad("MalformedXML", message));
    }
    let (mut deleted, mut errors) = (Vec::new(), Vec::new());
    for object in input.delete.objects {
        let removed = match expect_no_version(object.version_id.as_deref()) {
            Ok(()) => s3.records().remove_object(&input.bucket, &object.key).await,
            Err(error) => Err(error),
        };
        match removed {
            Ok(old) => {
                forget(s3, old).await;
                deleted.push(DeletedObject { key: Some(object.key), ..DeletedObject::default() });
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_http_has_them() {
        for (text, expected) in [
            ("bytes=0-4", Some((0, 5))),
            ("bytes=5-", Some((5, 5))),
            ("bytes=-3", Some((7, 3))),
            ("bytes=-30", Some((0, 10))),
            ("bytes=2-100", Some((2, 8))),
            ("bytes=5-2", None),
            ("bytes=0-1,3-4", None),
            ("lines=0-1", None),
            ("bytes=x-y", None),
        ] {
            assert_eq!(range(Some(text), 10).unwrap(), expected, "{text}");
        }
        for text in ["bytes=10-", "bytes=20-30", "bytes=-0"] {
            assert_eq!(range(Some(text), 10).unwrap_err().http_status(), 416, "{text}");
        }
        assert_eq!(range(Some("bytes=0-0"), 0).unwrap_err().http_status(), 416);
    }
}
