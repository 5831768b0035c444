//! Reading objects: their contents, their heads, their attributes.

use cloud_core::{AwsError, Caller};

use crate::{
    S3, blobs, conditions,
    error::{bad, bad_argument},
    ops::{list::not_negative, object::encrypted},
    quotas,
    range::Span,
    service::expect_no_version,
    shapes::{
        Checksum, ChecksumMode, GetObjectAttributesOutput, GetObjectAttributesParts,
        GetObjectAttributesRequest, GetObjectOutput, GetObjectRequest, HeadObjectOutput, HeadObjectRequest,
        ObjectAttributes, ObjectPart, StorageClass,
    },
    state::{Headers, Object, ObjectSum, Sum, SumKind},
    sums,
};

/// The checksum to show with some of an object's bytes.
// AWS: a range comes without a checksum unless it is the whole; a part with its own where those make up the object's.
fn shown_sum(object: &Object, span: &Span, mode: Option<&ChecksumMode>) -> Option<ObjectSum> {
    let checksum = object.checksum.as_ref().filter(|_| mode == Some(&ChecksumMode::Enabled))?;
    match (checksum.kind, span.part) {
        (SumKind::Composite, Some(part)) => {
            let sum = object.blobs.get(part)?.checksum.clone()?;
            Some(ObjectSum { sum, kind: SumKind::Composite })
        }
        _ => span.is_whole(object.size()).then(|| checksum.clone()),
    }
}

/// How many parts an object has, for who asks for one.
fn shown_parts(object: &Object, span: &Span) -> Option<i32> {
    span.part.and_then(|_| object.parts()).and_then(|parts| i32::try_from(parts).ok())
}

fn shown_class(headers: &Headers) -> Option<StorageClass> {
    headers.storage_class.as_deref().map(StorageClass::from)
}

/// Archived objects are not read before they are restored.
// LIMIT: RestoreObject is not here; an archived object can be copied over, deleted, and looked at.
pub(crate) fn check_readable(object: &Object) -> Result<(), AwsError> {
    match shown_class(&object.headers) {
        Some(class @ (StorageClass::Glacier | StorageClass::DeepArchive)) => {
            Err(bad("InvalidObjectState", "The operation is not valid for the object's storage class")
                .status(403)
                .with("StorageClass", class.as_str()))
        }
        _ => Ok(()),
    }
}

/// What S3 says of an object whose type nobody gave.
#[expect(clippy::unnecessary_wraps, reason = "the end of a chain of options")]
fn default_type() -> Option<String> {
    Some("binary/octet-stream".to_owned())
}

/// What GET and HEAD say of an object alike, in members of the same names.
macro_rules! described {
    ($input:ident, $object:ident, $span:ident, $output:ident) => {{
        let checksum = shown_sum(&$object, &$span, $input.checksum_mode.as_ref());
        let headers = $object.headers.clone();
        let mut output = $output {
            accept_ranges: Some("bytes".into()),
            content_length: i64::try_from($span.length).ok(),
            content_range: $span.content_range($object.size()),
            parts_count: shown_parts(&$object, &$span),
            checksum_type: checksum.as_ref().map(|checksum| checksum.kind.shown()),
            tag_count: i32::try_from($object.tags.len()).ok().filter(|count| *count > 0),
            e_tag: Some($object.quoted_etag()),
            last_modified: Some($object.modified),
            server_side_encryption: encrypted(),
            storage_class: shown_class(&headers),
            content_type: $input.response_content_type.or(headers.content_type).or_else(default_type),
            cache_control: $input.response_cache_control.or(headers.cache_control),
            content_disposition: $input.response_content_disposition.or(headers.content_disposition),
            content_encoding: $input.response_content_encoding.or(headers.content_encoding),
            content_language: $input.response_content_language.or(headers.content_language),
            expires: $input.response_expires.or(headers.expires),
            website_redirect_location: headers.website_redirect_location,
            metadata: Some(headers.metadata),
            ..$output::default()
        };
        sums::show!(output, checksum.map(|checksum| checksum.sum));
        output
    }};
}

pub(crate) async fn get(s3: &S3, _: &Caller, input: GetObjectRequest) -> Result<GetObjectOutput, AwsError> {
    expect_no_version(input.version_id.as_deref())?;
    let object = s3.object(&input.bucket, &input.key).await?;
    conditions::of!(input).check(&object, s3.context().now())?;
    check_readable(&object)?;
    let span = Span::of(&object, input.range.as_deref(), input.part_number)?;
    let mut output = described!(input, object, span, GetObjectOutput);
    output.body = blobs::read(object, span.offset, span.length).await?;
    Ok(output)
}

pub(crate) async fn head(
    s3: &S3,
    _: &Caller,
    input: HeadObjectRequest,
) -> Result<HeadObjectOutput, AwsError> {
    expect_no_version(input.version_id.as_deref())?;
    let object = s3.object(&input.bucket, &input.key).await?;
    conditions::of!(input).check(&object, s3.context().now())?;
    let span = Span::of(&object, input.range.as_deref(), input.part_number)?;
    Ok(described!(input, object, span, HeadObjectOutput))
}

pub(crate) async fn attributes(
    s3: &S3,
    _: &Caller,
    input: GetObjectAttributesRequest,
) -> Result<GetObjectAttributesOutput, AwsError> {
    expect_no_version(input.version_id.as_deref())?;
    let mut output = GetObjectAttributesOutput::default();
    if let Some(ObjectAttributes::Unlisted(name)) =
        input.object_attributes.iter().find(|wanted| matches!(wanted, ObjectAttributes::Unlisted(_)))
    {
        return Err(bad_argument("x-amz-object-attributes", name, "Invalid attribute name specified."));
    }
    let max = match input.max_parts {
        None => quotas::LISTED_PARTS,
        Some(max) => usize::try_from(not_negative(max, "max-parts")?)
            .map_or(quotas::LISTED_PARTS, |max| max.min(quotas::LISTED_PARTS)),
    };
    let after = input.part_number_marker.unwrap_or(0);
    not_negative(after, "part-number-marker")?;
    let object = s3.object(&input.bucket, &input.key).await?;
    output.last_modified = Some(object.modified);
    for wanted in &input.object_attributes {
        match wanted {
            // AWS: without the quotes that it has everywhere else.
            ObjectAttributes::ETag => output.e_tag = Some(object.etag.clone()),
            ObjectAttributes::ObjectSize => output.object_size = i64::try_from(object.size()).ok(),
            ObjectAttributes::StorageClass => {
                output.storage_class = shown_class(&object.headers).or(Some(StorageClass::Standard));
            }
            ObjectAttributes::Checksum => output.checksum = object.checksum.as_ref().map(attribute_sum),
            ObjectAttributes::ObjectParts => output.object_parts = parts(&object, after, max),
            ObjectAttributes::Unlisted(_) => {}
        }
    }
    Ok(output)
}

/// The checksum of an object; without the count of parts, which stands elsewhere.
fn attribute_sum(sum: &ObjectSum) -> Checksum {
    let mut shown = Checksum { checksum_type: Some(sum.kind.shown()), ..Checksum::default() };
    let value = sum.sum.value.split_once('-').map_or(sum.sum.value.as_str(), |(value, _)| value);
    let bare = sum.sum.algorithm().map(|algorithm| Sum::new(algorithm, value));
    sums::show!(shown, bare);
    shown
}

/// The parts of a multipart object.
// AWS: they are listed where each has a checksum of its own that counts, else only counted.
fn parts(object: &Object, after: i32, max: usize) -> Option<GetObjectAttributesParts> {
    let count = object.parts()?;
    let total = GetObjectAttributesParts {
        total_parts_count: i32::try_from(count).ok(),
        ..GetObjectAttributesParts::default()
    };
    if object.checksum.as_ref().is_none_or(|checksum| checksum.kind == SumKind::FullObject) {
        return Some(total);
    }
    let numbered = object.blobs.iter().zip(1_i32..).filter(|(_, number)| *number > after);
    let mut rest = numbered.map(|(blob, number)| {
        let mut part = ObjectPart {
            part_number: Some(number),
            size: i64::try_from(blob.size).ok(),
            ..ObjectPart::default()
        };
        sums::show!(part, blob.checksum.as_ref());
        part
    });
    let parts: Vec<ObjectPart> = rest.by_ref().take(max).collect();
    Some(GetObjectAttributesParts {
        part_number_marker: Some(after),
        next_part_number_marker: Some(parts.last().and_then(|part| part.part_number).unwrap_or(0)),
        max_parts: i32::try_from(max).ok(),
        is_truncated: Some(rest.next().is_some()),
        parts: Some(parts).filter(|parts| !parts.is_empty()),
        ..total
    })
}
