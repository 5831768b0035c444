//! Listing objects, both ways.

use cloud_core::{AwsError, Caller};

use crate::{
    S3,
    error::bad_argument,
    listing::{Ask, Walk},
    quotas,
    shapes::{
        ChecksumAlgorithm, CommonPrefix, EncodingType, ListObjectsOutput, ListObjectsRequest,
        ListObjectsV2Output, ListObjectsV2Request, Object as Listed, ObjectStorageClass, Owner,
    },
    state::Object,
};

/// A page of a bucket as both operations answer it.
struct Listing {
    contents: Vec<Listed>,
    common_prefixes: Vec<CommonPrefix>,
    next: Option<String>,
}

async fn list(
    s3: &S3,
    bucket: &str,
    ask: Ask<'_>,
    owner: Option<&Owner>,
    encode: &Encode,
) -> Result<Listing, AwsError> {
    s3.records().buckets().bucket(bucket)?;
    let mut page = Walk::new(ask);
    let show = |key: &str, object: &Object| listed(encode.text(key), object, owner);
    s3.records().list_objects(bucket, &mut page, show).await?;
    let prefixes = page.prefixes.iter().map(|prefix| CommonPrefix { prefix: Some(encode.text(prefix)) });
    let common_prefixes = prefixes.collect();
    let next = page.last.filter(|_| page.is_truncated).map(|(key, _)| key);
    Ok(Listing { contents: page.entries, common_prefixes, next })
}

fn listed(key: String, object: &Object, owner: Option<&Owner>) -> Listed {
    Listed {
        key: Some(key),
        last_modified: Some(object.modified),
        e_tag: Some(object.quoted_etag()),
        size: i64::try_from(object.size()).ok(),
        storage_class: Some(
            object
                .headers
                .storage_class
                .as_deref()
                .map_or(ObjectStorageClass::Standard, ObjectStorageClass::from),
        ),
        checksum_algorithm: object
            .checksum
            .as_ref()
            .and_then(|checksum| checksum.sum.algorithm())
            .map(|algorithm| vec![ChecksumAlgorithm::from(algorithm.name())]),
        checksum_type: object.checksum.as_ref().map(|checksum| checksum.kind.shown()),
        owner: owner.cloned(),
        ..Listed::default()
    }
}

/// How keys are written: as they are, or percent-encoded where asked.
pub(crate) struct Encode(bool);

impl Encode {
    /// A key in an address.
    pub(crate) fn url(key: &str) -> String {
        Self(true).text(key)
    }

    pub(crate) fn of(wanted: Option<&EncodingType>) -> Result<Self, AwsError> {
        match wanted {
            None => Ok(Self(false)),
            Some(EncodingType::Url) => Ok(Self(true)),
            Some(other) => {
                let message = "Invalid Encoding Method specified in Request";
                Err(bad_argument("encoding-type", other.as_str(), message))
            }
        }
    }

    pub(crate) fn text(&self, text: &str) -> String {
        const SET: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
            .remove(b'-')
            .remove(b'.')
            .remove(b'_')
            .remove(b'*')
            .remove(b'/');
        if self.0 { percent_encoding::utf8_percent_encode(text, SET).to_string() } else { text.to_owned() }
    }
}

/// How much a page may hold; `name` is the parameter's.
pub(crate) fn limit(wanted: Option<i32>, name: &str) -> Result<usize, AwsError> {
    let wanted = not_negative(wanted.unwrap_or(1000), name)?;
    Ok(usize::try_from(wanted).map_or(quotas::LISTED, |wanted| wanted.min(quotas::LISTED)))
}

/// A number of a page or in one; `name` is the parameter's.
pub(crate) fn not_negative(number: i32, name: &str) -> Result<u32, AwsError> {
    u32::try_from(number).map_err(|_| {
        let message = format!("Argument {name} must be an integer between 0 and 2147483647");
        bad_argument(name, &number.to_string(), &message)
    })
}

/// What keys are rolled up by.
// AWS: an empty one is none, and is not shown.
pub(crate) fn delimiter(given: Option<&str>) -> Option<&str> {
    given.filter(|delimiter| !delimiter.is_empty())
}

fn count(number: usize) -> Option<i32> {
    i32::try_from(number).ok()
}

pub(crate) async fn objects(
    s3: &S3,
    _: &Caller,
    input: ListObjectsRequest,
) -> Result<ListObjectsOutput, AwsError> {
    let encode = Encode::of(input.encoding_type.as_ref())?;
    let limit = limit(input.max_keys, "maxKeys")?;
    let delimiter = delimiter(input.delimiter.as_deref());
    let ask = Ask {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: delimiter.unwrap_or_default(),
        after: input.marker.as_deref().unwrap_or_default(),
        after_id: None,
        limit,
    };
    let owner = super::owner_in(s3, &input.bucket)?;
    let listing = list(s3, &input.bucket, ask, Some(&owner), &encode).await?;
    // AWS: NextMarker comes only with a delimiter; without one the last key is the marker.
    let next_marker = listing.next.as_ref().filter(|_| delimiter.is_some()).map(|next| encode.text(next));
    Ok(ListObjectsOutput {
        is_truncated: Some(listing.next.is_some()),
        marker: Some(input.marker.as_deref().map(|marker| encode.text(marker)).unwrap_or_default()),
        next_marker,
        contents: Some(listing.contents),
        name: Some(input.bucket),
        prefix: Some(input.prefix.as_deref().map(|prefix| encode.text(prefix)).unwrap_or_default()),
        delimiter: delimiter.map(|delimiter| encode.text(delimiter)),
        max_keys: count(limit),
        common_prefixes: Some(listing.common_prefixes),
        encoding_type: input.encoding_type,
        ..ListObjectsOutput::default()
    })
}

pub(crate) async fn objects_v2(
    s3: &S3,
    _: &Caller,
    input: ListObjectsV2Request,
) -> Result<ListObjectsV2Output, AwsError> {
    let encode = Encode::of(input.encoding_type.as_ref())?;
    let limit = limit(input.max_keys, "maxKeys")?;
    let delimiter = delimiter(input.delimiter.as_deref());
    let token = input.continuation_token.as_deref();
    let after = token.or(input.start_after.as_deref()).unwrap_or_default();
    let ask = Ask {
        prefix: input.prefix.as_deref().unwrap_or_default(),
        delimiter: delimiter.unwrap_or_default(),
        after,
        after_id: None,
        limit,
    };
    let owner = super::owner_in(s3, &input.bucket)?;
    let listing =
        list(s3, &input.bucket, ask, input.fetch_owner.unwrap_or(false).then_some(&owner), &encode).await?;
    Ok(ListObjectsV2Output {
        is_truncated: Some(listing.next.is_some()),
        key_count: count(listing.contents.len() + listing.common_prefixes.len()),
        contents: Some(listing.contents),
        name: Some(input.bucket),
        prefix: Some(input.prefix.as_deref().map(|prefix| encode.text(prefix)).unwrap_or_default()),
        delimiter: delimiter.map(|delimiter| encode.text(delimiter)),
        max_keys: count(limit),
        common_prefixes: Some(listing.common_prefixes),
        encoding_type: input.encoding_type,
        next_continuation_token: listing.next,
        // AWS: a token wins over where to start, which is not told then.
        start_after: input.start_after.as_deref().filter(|_| token.is_none()).map(|start| encode.text(start)),
        continuation_token: input.continuation_token,
        ..ListObjectsV2Output::default()
    })
}
