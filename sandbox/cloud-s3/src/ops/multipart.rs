//! Multipart uploads.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller, event::Change};
use cloud_wire::checksum::Algorithm;
use md5::{Digest, Md5};

use crate::{
    S3, blobs,
    conditions::{self, WriteCondition},
    error::{bad, bad_argument, malformed_xml},
    intake::{self, Intake, Written},
    listing::{Ask, Walk},
    names::check_key,
    notifications::cause::{Cause, Event},
    ops::{
        list::{Encode, delimiter, limit, not_negative},
        object::{Source, check_copied, encrypted, headers, intake},
        read::check_readable,
        tagging::from_header,
    },
    quotas,
    range::part_number,
    shapes::{
        AbortMultipartUploadOutput, AbortMultipartUploadRequest, ChecksumAlgorithm, CommonPrefix,
        CompleteMultipartUploadOutput, CompleteMultipartUploadRequest, CompletedPart, CopyPartResult,
        CreateMultipartUploadOutput, CreateMultipartUploadRequest, Initiator, ListMultipartUploadsOutput,
        ListMultipartUploadsRequest, ListPartsOutput, ListPartsRequest, MultipartUpload, Owner,
        Part as ListedPart, StorageClass, UploadPartCopyOutput, UploadPartCopyRequest, UploadPartOutput,
        UploadPartRequest,
    },
    state::{Object, ObjectSum, Part, Sum, SumKind, Upload},
    sums,
};

pub(crate) async fn create(
    s3: &S3,
    caller: &Caller,
    input: CreateMultipartUploadRequest,
) -> Result<CreateMultipartUploadOutput, AwsError> {
    check_key(&input.key)?;
    let id = s3.new_id();
    let algorithm = sums::algorithm(input.checksum_algorithm.as_ref())?;
    let kind = sums::kind(algorithm, input.checksum_type.as_ref())?;
    let checksum = algorithm.zip(kind);
    let upload = Upload {
        bucket: input.bucket.clone(),
        key: input.key.clone(),
        initiated: s3.context().now(),
        tags: input.tagging.as_deref().map(from_header).transpose()?.unwrap_or_default(),
        headers: headers!(input),
        checksum: checksum.map(|(algorithm, kind)| (algorithm.name().to_owned(), kind)),
        disturbed: false,
        initiator: Some(caller.arn.clone()),
        revision: 0,
    };
    s3.records().begin_upload(&id, upload).await?;
    Ok(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id),
        checksum_algorithm: checksum.map(|(algorithm, _)| ChecksumAlgorithm::from(algorithm.name())),
        checksum_type: checksum.map(|(_, kind)| kind.shown()),
        server_side_encryption: encrypted(),
        ..CreateMultipartUploadOutput::default()
    })
}

pub(crate) async fn upload_part(
    s3: &S3,
    _: &Caller,
    input: UploadPartRequest,
) -> Result<UploadPartOutput, AwsError> {
    let number = part_number(input.part_number)?;
    let place = (input.bucket.as_str(), input.key.as_str());
    let wanted = s3.records().upload(&input.upload_id, place).await?.algorithm();
    let said = intake(input.content_md5.clone(), sums::stated!(input), wanted)?;
    let intake = Intake { is_part: true, ..said };
    check_algorithm(wanted, intake.stated.as_ref())?;
    let fresh = s3.blobs().write(s3.new_id(), input.body, intake).await?;
    // What came after the body is known only now.
    check_algorithm(wanted, fresh.written().map(|written| &written.sum))?;
    let (part, sum) = part_of(s3.context().now(), fresh.written());
    let part = s3.records().put_part(&input.upload_id, place, number, fresh, part).await?;
    let mut output = UploadPartOutput {
        e_tag: Some(part.quoted_etag()),
        server_side_encryption: encrypted(),
        ..UploadPartOutput::default()
    };
    sums::show!(output, sum);
    Ok(output)
}

/// What was written, as a part; and its checksum.
fn part_of(
    modified: jiff::Timestamp,
    written: Option<&Written>,
) -> (impl FnOnce(Written) -> Part + use<>, Option<Sum>) {
    let sum = written.map(|written| written.sum.clone());
    let part = move |mut written: Written| {
        written.blob.checksum = Some(written.sum);
        Part { blob: written.blob, etag: written.md5, modified }
    };
    (part, sum)
}

/// A part's checksum is of the algorithm that the upload was begun with, if it was with one.
fn check_algorithm(wanted: Option<Algorithm>, stated: Option<&Sum>) -> Result<(), AwsError> {
    let stated = stated.and_then(Sum::algorithm);
    match (wanted, stated) {
        (Some(wanted), Some(stated)) if wanted != stated => {
            let message = format!(
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
                wanted.name().to_ascii_lowercase(),
                stated.name().to_ascii_lowercase()
            );
            Err(bad("InvalidRequest", &message))
        }
        _ => Ok(()),
    }
}

pub(crate) async fn upload_part_copy(
    s3: &S3,
    _: &Caller,
    input: UploadPartCopyRequest,
) -> Result<UploadPartCopyOutput, AwsError> {
    let number = part_number(input.part_number)?;
    let place = (input.bucket.as_str(), input.key.as_str());
    let wanted = s3.records().upload(&input.upload_id, place).await?.algorithm();
    let source = Source::of(&input.copy_source)?;
    let object = s3.object(&source.bucket, &source.key).await?;
    conditions::of_source!(input).check_source(&object, s3.context().now())?;
    check_readable(&object)?;
    let (offset, length) = part_range(input.copy_source_range.as_deref(), object.size())?;
    check_copied(length)?;
    let body = blobs::read(object, offset, length).await?;
    let fresh = s3.blobs().write(s3.new_id(), body, Intake { wanted, ..Intake::default() }).await?;
    let (part, sum) = part_of(s3.context().now(), fresh.written());
    let part = s3.records().put_part(&input.upload_id, place, number, fresh, part).await?;
    let mut result = CopyPartResult {
        e_tag: Some(part.quoted_etag()),
        last_modified: Some(part.modified),
        ..CopyPartResult::default()
    };
    // AWS: shown where the upload was begun with an algorithm.
    sums::show!(result, sum.filter(|_| wanted.is_some()));
    Ok(UploadPartCopyOutput {
        copy_part_result: Some(result),
        server_side_encryption: encrypted(),
        ..UploadPartCopyOutput::default()
    })
}

/// What `x-amz-copy-source-range` asks of that many bytes: offset and length.
// AWS: both ends are given, and both are inside of the source.
fn part_range(text: Option<&str>, size: u64) -> Result<(u64, u64), AwsError> {
    let Some(text) = text else { return Ok((0, size)) };
    let ends = text.strip_prefix("bytes=").and_then(|ends| ends.split_once('-'));
    let ends = ends.and_then(|(from, to)| Some((from.parse::<u64>().ok()?, to.parse::<u64>().ok()?)));
    match ends {
        Some((from, to)) if from <= to && to < size => Ok((from, to - from + 1)),
        Some(_) => Err(bad_argument(
            "x-amz-copy-source-range",
            text,
            &format!("Range specified is not valid for source object of size: {size}"),
        )),
        None => {
            let message = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are \
                           the zero-based offsets of the first and last bytes to copy";
            Err(bad_argument("x-amz-copy-source-range", text, message))
        }
    }
}

/// The parts that a completion names, in its order, checked.
fn chosen(
    id: &str,
    upload: &Upload,
    there: &BTreeMap<u32, Part>,
    named: &[CompletedPart],
) -> Result<Vec<Part>, AwsError> {
    let number = |part: &CompletedPart| part.part_number.and_then(|number| u32::try_from(number).ok());
    // AWS: a part is named by its number and its entity tag.
    let is_named = |part: &CompletedPart| part.part_number.is_some() && part.e_tag.is_some();
    if named.is_empty() || named.len() > quotas::PARTS as usize || !named.iter().all(is_named) {
        return Err(malformed_xml());
    }
    if !named.is_sorted_by(|a, b| number(a) < number(b)) {
        let message = "The list of parts was not in ascending order. Parts must be ordered by part number.";
        return Err(bad("InvalidPartOrder", message));
    }
    let mut parts = Vec::new();
    for (index, part) in named.iter().enumerate() {
        let shown = number(part).unwrap_or(0);
        let etag = part.e_tag.as_deref().unwrap_or_default().trim_matches('"');
        let invalid = || {
            let message = "One or more of the specified parts could not be found.  The part may not have been uploaded, or \
                           the specified entity tag may not match the part's entity tag.";
            let refused =
                bad("InvalidPart", message).with("UploadId", id).with("PartNumber", shown.to_string());
            refused.with("ETag", etag)
        };
        let known = there.get(&shown).filter(|known| known.etag == etag).ok_or_else(invalid)?;
        check_part_sum(upload, shown, known, part, &invalid)?;
        if index + 1 < named.len() && known.blob.size < quotas::LEAST_PART {
            let message = "Your proposed upload is smaller than the minimum allowed size";
            return Err(bad("EntityTooSmall", message)
                .with("ProposedSize", known.blob.size.to_string())
                .with("MinSizeAllowed", quotas::LEAST_PART.to_string())
                .with("PartNumber", shown.to_string())
                .with("ETag", etag));
        }
        parts.push(known.clone());
    }
    Ok(parts)
}

/// The checksum that a completion states of a part. Where the parts' checksums make up the object's, each must be there.
fn check_part_sum(
    upload: &Upload,
    number: u32,
    known: &Part,
    named: &CompletedPart,
    invalid: &impl Fn() -> AwsError,
) -> Result<(), AwsError> {
    let stated = sums::stated!(named).into_iter().filter_map(|(algorithm, value)| Some((algorithm, value?)));
    let stated: Vec<(Algorithm, String)> = stated.collect();
    if let (Some((name, SumKind::Composite)), true) = (&upload.checksum, stated.is_empty()) {
        let message = format!(
            "The upload was created using a {} checksum. The complete request must include the checksum for each part. It \
             was missing for part {number} in the request.",
            name.to_ascii_lowercase()
        );
        return Err(bad("InvalidRequest", &message));
    }
    for (algorithm, value) in stated {
        match &known.blob.checksum {
            Some(sum) if sum.algorithm() == Some(algorithm) && sum.value == value => {}
            Some(sum) if sum.algorithm() == Some(algorithm) => return Err(invalid()),
            _ => {
                let name = algorithm.name().to_ascii_lowercase();
                let message =
                    format!("The {name} you specified for part {number} did not match what we received.");
                return Err(bad("BadDigest", &message));
            }
        }
    }
    Ok(())
}

/// The checksum of the object: over its parts' checksums, or over its bytes; CRC64NVME if none was asked for.
fn object_sum(upload: &Upload, parts: &[Part]) -> Option<ObjectSum> {
    let (algorithm, kind) = match &upload.checksum {
        Some((name, kind)) => (Algorithm::of_name(name)?, *kind),
        None => (Algorithm::Crc64Nvme, SumKind::FullObject),
    };
    let sum_of = |part: &Part| match &part.blob.checksum {
        Some(sum) if sum.algorithm() == Some(algorithm) => algorithm.decode(&sum.value),
        _ => (algorithm == Algorithm::Crc64Nvme).then(|| intake::whole(&part.blob)),
    };
    let value = match kind {
        SumKind::Composite => {
            let mut whole = algorithm.start();
            for part in parts {
                whole.update(&sum_of(part)?);
            }
            format!("{}-{}", whole.finish_base64(), parts.len())
        }
        SumKind::FullObject => {
            let mut whole = algorithm.start().finish();
            for part in parts {
                whole = algorithm.combine(&whole, &sum_of(part)?, part.blob.size)?;
            }
            Algorithm::encode(&whole)
        }
    };
    Some(ObjectSum { sum: Sum::new(algorithm, value), kind })
}

/// What a completion states of the whole object.
fn check_whole(
    input: &CompleteMultipartUploadRequest,
    upload: &Upload,
    object: &Object,
) -> Result<(), AwsError> {
    let kind = object.checksum.as_ref().map(|checksum| checksum.kind.shown());
    if let (Some(asked), Some(kind)) = (&input.checksum_type, &kind)
        && asked != kind
    {
        let message = match &upload.checksum {
            Some(_) => format!(
                "The upload was created using the {kind} checksum mode. The complete request must use the same checksum mode."
            ),
            None => "The upload was created using the null checksum mode. The complete request must use the same checksum mode."
                .to_owned(),
        };
        return Err(bad("InvalidRequest", &message));
    }
    if let Some(size) = input.mpu_object_size
        && u64::try_from(size).ok() != Some(object.size())
    {
        let message = format!(
            "The provided 'x-amz-mp-object-size' header value {size} does not match what was computed: {}",
            object.size()
        );
        return Err(bad("InvalidRequest", &message));
    }
    let stated = sums::stated!(input).into_iter().filter_map(|(algorithm, value)| Some((algorithm, value?)));
    for (algorithm, value) in stated {
        let right = object.checksum.as_ref().is_some_and(|checksum| {
            checksum.sum.algorithm() == Some(algorithm)
                && (checksum.sum.value == value
                    || checksum.sum.value.split_once('-').is_some_and(|(sum, _)| sum == value))
        });
        if !right {
            let name = algorithm.name().to_ascii_lowercase();
            let message = format!("The {name} you specified did not match the calculated checksum.");
            return Err(bad("BadDigest", &message));
        }
    }
    Ok(())
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
    caller: &Caller,
    mut input: CompleteMultipartUploadRequest,
) -> Result<CompleteMultipartUploadOutput, AwsError> {
    let condition = WriteCondition::of(input.if_match.take(), input.if_none_match.take())?;
    let upload = s3.records().upload(&input.upload_id, (&input.bucket, &input.key)).await?;
    let there = s3.records().parts(&input.upload_id, 0, usize::MAX).await?.into_iter().collect();
    let named = input.multipart_upload.take().and_then(|upload| upload.parts).unwrap_or_default();
    let parts = chosen(&input.upload_id, &upload, &there, &named)?;
    let object = Object {
        blobs: parts.iter().map(|part| part.blob.clone()).collect(),
        etag: etag(&parts),
        modified: s3.context().now(),
        headers: upload.headers.clone(),
        checksum: object_sum(&upload, &parts),
        tags: upload.tags.clone(),
    };
    check_whole(&input, &upload, &object)?;
    let cause = Cause::of(Event::Completed, caller, object.modified);
    let object =
        s3.records().complete_upload(&input.upload_id, upload, there, object, condition, cause).await?;
    s3.announce(&format!("{}/{}", input.bucket, input.key), Change::Updated);
    let endpoint = s3.context().endpoint().unwrap_or_default();
    let mut output = CompleteMultipartUploadOutput {
        location: Some(format!("{endpoint}/{}/{}", input.bucket, Encode::url(&input.key))),
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(object.quoted_etag()),
        checksum_type: object.checksum.as_ref().map(|checksum| checksum.kind.shown()),
        server_side_encryption: encrypted(),
        ..CompleteMultipartUploadOutput::default()
    };
    sums::show!(output, object.checksum.as_ref().map(|checksum| &checksum.sum));
    Ok(output)
}

pub(crate) async fn abort(
    s3: &S3,
    _: &Caller,
    input: AbortMultipartUploadRequest,
) -> Result<AbortMultipartUploadOutput, AwsError> {
    s3.records().abort_upload(&input.upload_id, &input.bucket, &input.key).await?;
    Ok(AbortMultipartUploadOutput::default())
}

/// The algorithm and the type that an upload was begun with, as they are shown.
fn shown_checksum(upload: &Upload) -> (Option<ChecksumAlgorithm>, Option<crate::shapes::ChecksumType>) {
    let checksum = upload.checksum.as_ref();
    let algorithm = checksum.map(|(name, _)| ChecksumAlgorithm::from(name.as_str()));
    (algorithm, checksum.map(|(_, kind)| kind.shown()))
}

fn shown_class(upload: &Upload) -> StorageClass {
    upload.headers.storage_class.as_deref().map_or(StorageClass::Standard, StorageClass::from)
}

/// Who began an upload; of one from before that was kept the owner, to whom it belongs.
// AWS: owners have no name any more, initiators have.
fn initiator(upload: &Upload, owner: &Owner) -> Initiator {
    let Some(arn) = &upload.initiator else { return Initiator { id: owner.id.clone(), display_name: None } };
    let name = arn.resource().rsplit('/').next().map(str::to_owned);
    Initiator { id: Some(super::canonical_id(arn.account())), display_name: name }
}

fn listed_part(upload: &Upload, number: u32, part: &Part) -> ListedPart {
    let mut listed = ListedPart {
        part_number: i32::try_from(number).ok(),
        last_modified: Some(part.modified),
        e_tag: Some(part.quoted_etag()),
        size: i64::try_from(part.blob.size).ok(),
        ..ListedPart::default()
    };
    sums::show!(listed, part.blob.checksum.as_ref().filter(|_| upload.checksum.is_some()));
    listed
}

pub(crate) async fn list_parts(
    s3: &S3,
    _: &Caller,
    input: ListPartsRequest,
) -> Result<ListPartsOutput, AwsError> {
    let limit = limit(input.max_parts, "max-parts")?;
    let after = not_negative(input.part_number_marker.unwrap_or(0), "part-number-marker")?;
    let upload = s3.records().upload(&input.upload_id, (&input.bucket, &input.key)).await?;
    let found = s3.records().parts(&input.upload_id, after, limit + 1).await?;
    let has_more = found.len() > limit;
    let parts: Vec<ListedPart> =
        found.iter().take(limit).map(|(number, part)| listed_part(&upload, *number, part)).collect();
    let (checksum_algorithm, checksum_type) = shown_checksum(&upload);
    let owner = super::owner_in(s3, &input.bucket)?;
    Ok(ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        part_number_marker: i32::try_from(after).ok(),
        next_part_number_marker: Some(parts.last().and_then(|part| part.part_number).unwrap_or(0)),
        max_parts: i32::try_from(limit).ok(),
        is_truncated: Some(limit > 0 && has_more),
        parts: Some(parts),
        initiator: Some(initiator(&upload, &owner)),
        owner: Some(owner),
        storage_class: Some(shown_class(&upload)),
        checksum_algorithm,
        checksum_type,
        ..ListPartsOutput::default()
    })
}

pub(crate) async fn list_uploads(
    s3: &S3,
    _: &Caller,
    input: ListMultipartUploadsRequest,
) -> Result<ListMultipartUploadsOutput, AwsError> {
    let encode = Encode::of(input.encoding_type.as_ref())?;
    let limit = limit(input.max_uploads, "max-uploads")?;
    let delimiter = delimiter(input.delimiter.as_deref());
    let ask = Ask {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: delimiter.unwrap_or_default(),
        after: input.key_marker.as_deref().unwrap_or_default(),
        // AWS: without a key marker the marker of ids is ignored.
        after_id: input.upload_id_marker.as_deref().filter(|_| input.key_marker.is_some()),
        limit,
    };
    let owner = super::owner_in(s3, &input.bucket)?;
    let mut page = Walk::new(ask);
    let show = |key: &str, id: &str, upload: &Upload| listed(encode.text(key), id, upload, &owner);
    s3.records().list_uploads(&input.bucket, &mut page, show).await?;
    // AWS: a page that holds no upload names none, even where more follow.
    let (next_key, next_id) = page.last.filter(|_| !page.entries.is_empty()).unwrap_or_default();
    let prefixes = page.prefixes.iter().map(|prefix| CommonPrefix { prefix: Some(encode.text(prefix)) });
    Ok(ListMultipartUploadsOutput {
        next_key_marker: Some(encode.text(&next_key)),
        next_upload_id_marker: Some(next_id),
        uploads: Some(page.entries),
        common_prefixes: Some(prefixes.collect()),
        bucket: Some(input.bucket.clone()),
        key_marker: Some(encode.text(ask.after)),
        upload_id_marker: Some(input.upload_id_marker.clone().unwrap_or_default()),
        delimiter: delimiter.map(|delimiter| encode.text(delimiter)),
        prefix: input.prefix.as_deref().map(|prefix| encode.text(prefix)),
        max_uploads: i32::try_from(limit).ok(),
        is_truncated: Some(page.is_truncated),
        encoding_type: input.encoding_type,
        ..ListMultipartUploadsOutput::default()
    })
}

fn listed(key: String, id: &str, upload: &Upload, owner: &Owner) -> MultipartUpload {
    let (checksum_algorithm, checksum_type) = shown_checksum(upload);
    MultipartUpload {
        upload_id: Some(id.to_owned()),
        key: Some(key),
        initiated: Some(upload.initiated),
        storage_class: Some(shown_class(upload)),
        owner: Some(owner.clone()),
        initiator: Some(initiator(upload, owner)),
        checksum_algorithm,
        checksum_type,
    }
}
