//! Multipart uploads.

use cloud_core::{AwsError, Caller, event::Change};
use cloud_wire::checksum::Algorithm;
use md5::{Digest, Md5};

use crate::{
    S3,
    blobs::Written,
    error::{bad, no_such_upload},
    names::check_key,
    ops::{
        object::{Conditions, Source, stated, write_condition},
        tagging::from_header,
    },
    shapes::{
        AbortMultipartUploadOutput, AbortMultipartUploadRequest, CompleteMultipartUploadOutput,
        CompleteMultipartUploadRequest, CompletedPart, CopyPartResult, CreateMultipartUploadOutput,
        CreateMultipartUploadRequest, ListMultipartUploadsOutput, ListMultipartUploadsRequest,
        ListPartsOutput, ListPartsRequest, MultipartUpload, Part as ListedPart, StorageClass,
        UploadPartCopyOutput, UploadPartCopyRequest, UploadPartOutput, UploadPartRequest,
    },
    state::{Blob, Headers, Object, Part, Upload},
};

// AWS: "Amazon S3 multipart upload limits".
const MAX_PART_NUMBER: u32 = 10_000;
const MIN_PART: u64 = 5 * 1024 * 1024;
const MAX_LISTED: usize = 1000;

pub(crate) async fn create(
    s3: &S3,
    _: &Caller,
    input: CreateMultipartUploadRequest,
) -> Result<CreateMultipartUploadOutput, AwsError> {
    check_key(&input.key)?;
    s3.records().read().bucket(&input.bucket)?;
    let id = s3.new_id();
    let upload = Upload {
        bucket: input.bucket.clone(),
        key: input.key.clone(),
        initiated: s3.context().now(),
        headers: Headers {
            content_type: input.content_type,
            cache_control: input.cache_control,
            content_disposition: input.content_disposition,
            content_encoding: input.content_encoding,
            content_language: input.content_language,
            metadata: input.metadata.unwrap_or_default(),
        },
        tags: input.tagging.as_deref().map(from_header).transpose()?.unwrap_or_default(),
        parts: std::collections::BTreeMap::new(),
    };
    s3.records().change_upload(&id, |_| Ok((Some(upload), ()))).await?;
    Ok(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id),
        ..CreateMultipartUploadOutput::default()
    })
}

pub(crate) async fn upload_part(
    s3: &S3,
    _: &Caller,
    input: UploadPartRequest,
) -> Result<UploadPartOutput, AwsError> {
    let number = part_number(input.part_number)?;
    s3.records().read().upload(&input.upload_id, &input.bucket, &input.key)?;
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
    let written = s3.blobs().write(s3.new_id(), input.body, &stated).await?;
    let part = keep_part(s3, &input.upload_id, number, written).await?;
    Ok(UploadPartOutput { e_tag: Some(part.quoted_etag()), ..UploadPartOutput::default() })
}

fn part_number(number: i32) -> Result<u32, AwsError> {
    let number = u32::try_from(number).ok().filter(|number| (1..=MAX_PART_NUMBER).contains(number));
    number.ok_or_else(|| {
        bad("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
    })
}

/// Makes what was written a part of an upload, in place of an older one of that number.
async fn keep_part(s3: &S3, upload_id: &str, number: u32, written: Written) -> Result<Part, AwsError> {
    let part = Part { blob: written.blob.clone(), etag: written.md5, modified: s3.context().now() };
    let kept = s3.records().change_upload(upload_id, |upload| {
        let mut upload = upload.cloned().ok_or_else(|| no_such_upload(upload_id))?;
        let old = upload.parts.insert(number, part.clone());
        Ok((Some(upload), old))
    });
    match kept.await {
        Ok(old) => s3.blobs().remove(&old.into_iter().map(|part| part.blob).collect::<Vec<_>>()).await,
        Err(error) => {
            s3.blobs().remove(&[written.blob]).await;
            return Err(error);
        }
    }
    Ok(part)
}

pub(crate) async fn upload_part_copy(
    s3: &S3,
    _: &Caller,
    input: UploadPartCopyRequest,
) -> Result<UploadPartCopyOutput, AwsError> {
    let number = part_number(input.part_number)?;
    s3.records().read().upload(&input.upload_id, &input.bucket, &input.key)?;
    let source = Source::of(&input.copy_source)?;
    let object = s3.object(&source.bucket, &source.key)?;
    let conditions = Conditions {
        matches: input.copy_source_if_match.as_deref(),
        none_match: input.copy_source_if_none_match.as_deref(),
        modified_since: input.copy_source_if_modified_since,
        unmodified_since: input.copy_source_if_unmodified_since,
    };
    conditions.check_copy(&object)?;
    let (offset, length) = part_range(input.copy_source_range.as_deref(), object.size())?;
    let body = s3.blobs().read(&object, offset, length).await?;
    let written = s3.blobs().write(s3.new_id(), body, &[]).await?;
    let part = keep_part(s3, &input.upload_id, number, written).await?;
    let copy_part_result = Some(CopyPartResult {
        e_tag: Some(part.quoted_etag()),
        last_modified: Some(part.modified),
        ..CopyPartResult::default()
    });
    Ok(UploadPartCopyOutput { copy_part_result, ..UploadPartCopyOutput::default() })
}

/// What `x-amz-copy-source-range` asks of that many bytes: offset and length.
// AWS: both ends are given, and both are inside of the source.
fn part_range(text: Option<&str>, size: u64) -> Result<(u64, u64), AwsError> {
    let Some(text) = text else { return Ok((0, size)) };
    let ends = text.strip_prefix("bytes=").and_then(|ends| ends.split_once('-'));
    let ends = ends.and_then(|(from, to)| Some((from.parse::<u64>().ok()?, to.parse::<u64>().ok()?)));
    match ends {
        Some((from, to)) if from <= to && to < size => Ok((from, to - from + 1)),
        Some(_) => Err(bad(
            "InvalidArgument",
            &format!("Range specified is not valid for source object of size: {size}"),
        )),
        None => {
            let message = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are \
                           the zero-based offsets of the first and last bytes to copy";
            Err(bad("InvalidArgument", message))
        }
    }
}

/// The parts that a completion names, in its order, checked.
fn chosen(upload: &Upload, named: &[CompletedPart]) -> Result<Vec<Part>, AwsError> {
    let invalid = || {
        let message = "One or more of the specified parts could not be found.  The part may not have been uploaded, or the \
                       specified entity tag may not match the part's entity tag.";
        bad("InvalidPart", message)
    };
    let number = |part: &CompletedPart| part.part_number.and_then(|number| u32::try_from(number).ok());
    if named.is_empty() {
        return Err(bad(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        ));
    }
    if !named.is_sorted_by(|a, b| number(a) < number(b)) {
        let message = "The list of parts was not in ascending order. Parts must be ordered by part number.";
        return Err(bad("InvalidPartOrder", message));
    }
    let mut parts = Vec::new();
    for (index, part) in named.iter().enumerate() {
        let known = number(part).and_then(|number| upload.parts.get(&number)).ok_or_else(invalid)?;
        if part.e_tag.as_deref().map(|etag| etag.trim_matches('"')) != Some(&known.etag) {
            return Err(invalid());
        }
        if index + 1 < named.len() && known.blob.size < MIN_PART {
            return Err(bad(
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size",
            )
            .with("ProposedSize", known.blob.size.to_string())
            .with("MinSizeAllowed", MIN_PART.to_string()));
        }
        parts.push(known.clone());
    }
    Ok(parts)
}

/// The entity tag of a multipart object: the MD5 of its parts' MD5s, and how many there are.
fn etag(parts: &[Part]) -> String {
    let mut digest = Md5::new();
    for part in parts {
        digest.update(hex::decode(&part.etag).unwrap_or_default());
    }
    format!("{}-{}", hex::encode(digest.finalize()), parts.len())
}

pub(crate) async fn complete(
    s3: &S3,
    _: &Caller,
    input: CompleteMultipartUploadRequest,
) -> Result<CompleteMultipartUploadOutput, AwsError> {
    let upload = s3.records().read().upload(&input.upload_id, &input.bucket, &input.key)?.clone();
    let named = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
    let parts = chosen(&upload, &named)?;
    let object = Object {
        blobs: parts.iter().map(|part| part.blob.clone()).collect(),
        etag: etag(&parts),
        modified: s3.context().now(),
        headers: upload.headers.clone(),
        checksums: std::collections::BTreeMap::new(),
        tags: upload.tags.clone(),
    };
    let e_tag = object.quoted_etag();
    let used: Vec<String> = object.blobs.iter().map(|blob| blob.id.clone()).collect();
    let check = write_condition(input.if_match, input.if_none_match);
    let old = s3
        .records()
        .put_object(&input.bucket, &input.key, object, Some((&input.upload_id, &upload)), check)
        .await?;
    let unused = upload.parts.values().map(|part| &part.blob).filter(|blob| !used.contains(&blob.id));
    let replaced: Vec<Blob> = old.iter().flat_map(|old| old.blobs.iter()).chain(unused).cloned().collect();
    s3.blobs().remove(&replaced).await;
    s3.announce(&format!("{}/{}", input.bucket, input.key), Change::Updated);
    let endpoint = s3.context().endpoint().unwrap_or_default();
    Ok(CompleteMultipartUploadOutput {
        location: Some(format!("{endpoint}/{}/{}", input.bucket, input.key)),
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(e_tag),
        ..CompleteMultipartUploadOutput::default()
    })
}

pub(crate) async fn abort(
    s3: &S3,
    _: &Caller,
    input: AbortMultipartUploadRequest,
) -> Result<AbortMultipartUploadOutput, AwsError> {
    s3.records().read().upload(&input.upload_id, &input.bucket, &input.key)?;
    let ended = s3.records().change_upload(&input.upload_id, |upload| Ok((None, upload.cloned()))).await?;
    let parts = ended.into_iter().flat_map(|upload| upload.parts.into_values());
    let blobs: Vec<Blob> = parts.map(|part| part.blob).collect();
    s3.blobs().remove(&blobs).await;
    Ok(AbortMultipartUploadOutput::default())
}

pub(crate) async fn list_parts(
    s3: &S3,
    caller: &Caller,
    input: ListPartsRequest,
) -> Result<ListPartsOutput, AwsError> {
    let upload = s3.records().read().upload(&input.upload_id, &input.bucket, &input.key)?.clone();
    let limit =
        input.max_parts.map_or(MAX_LISTED, |limit| usize::try_from(limit).unwrap_or(0).min(MAX_LISTED));
    let after = input.part_number_marker.and_then(|marker| u32::try_from(marker).ok()).unwrap_or(0);
    let mut rest = upload.parts.range(after + 1..);
    let parts: Vec<ListedPart> = rest
        .by_ref()
        .take(limit)
        .map(|(number, part)| ListedPart {
            part_number: i32::try_from(*number).ok(),
            last_modified: Some(part.modified),
            e_tag: Some(format!("\"{}\"", part.etag)),
            size: i64::try_from(part.blob.size).ok(),
            ..ListedPart::default()
        })
        .collect();
    Ok(ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        part_number_marker: i32::try_from(after).ok(),
        next_part_number_marker: parts.last().and_then(|part| part.part_number),
        max_parts: i32::try_from(limit).ok(),
        is_truncated: Some(rest.next().is_some()),
        parts: Some(parts),
        owner: Some(super::owner(caller)),
        storage_class: Some(StorageClass::Standard),
        ..ListPartsOutput::default()
    })
}

pub(crate) async fn list_uploads(
    s3: &S3,
    caller: &Caller,
    input: ListMultipartUploadsRequest,
) -> Result<ListMultipartUploadsOutput, AwsError> {
    let memory = s3.records().read();
    memory.bucket(&input.bucket)?;
    let prefix = input.prefix.clone().unwrap_or_default();
    let limit =
        input.max_uploads.map_or(MAX_LISTED, |limit| usize::try_from(limit).unwrap_or(0).min(MAX_LISTED));
    let mut uploads: Vec<(&String, &Upload)> = memory
        .uploads
        .iter()
        .filter(|(_, upload)| upload.bucket == input.bucket && upload.key.starts_with(&prefix))
        .collect();
    uploads.sort_by(|(a_id, a), (b_id, b)| (&a.key, *a_id).cmp(&(&b.key, *b_id)));
    let marker =
        (input.key_marker.clone().unwrap_or_default(), input.upload_id_marker.clone().unwrap_or_default());
    uploads
        .retain(|(id, upload)| (upload.key.as_str(), id.as_str()) > (marker.0.as_str(), marker.1.as_str()));
    let more = uploads.len() > limit;
    uploads.truncate(limit);
    let last = uploads.last().filter(|_| more);
    Ok(ListMultipartUploadsOutput {
        next_key_marker: last.map(|(_, upload)| upload.key.clone()),
        next_upload_id_marker: last.map(|(id, _)| (*id).clone()),
        uploads: Some(uploads.iter().map(|(id, upload)| listed(id, upload, caller)).collect()),
        bucket: Some(input.bucket.clone()),
        key_marker: input.key_marker,
        upload_id_marker: input.upload_id_marker,
        prefix: input.prefix,
        max_uploads: i32::try_from(limit).ok(),
        is_truncated: Some(more),
        ..ListMultipartUploadsOutput::default()
    })
}

fn listed(id: &str, upload: &Upload, caller: &Caller) -> MultipartUpload {
    MultipartUpload {
        upload_id: Some(id.to_owned()),
        key: Some(upload.key.clone()),
        initiated: Some(upload.initiated),
        storage_class: Some(StorageClass::Standard),
        owner: Some(super::owner(caller)),
        ..MultipartUpload::default()
    }
}
