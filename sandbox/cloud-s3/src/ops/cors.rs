//! A bucket's rules for pages of other origins.

use cloud_core::{AwsError, Caller};
use cloud_wire::{head::Head, service::CrossOrigin};

use crate::{
    S3,
    cors::{self, Asked},
    error::bad,
    place,
    shapes::{DeleteBucketCorsRequest, GetBucketCorsOutput, GetBucketCorsRequest, PutBucketCorsRequest},
};

pub(crate) async fn get(
    s3: &S3,
    _: &Caller,
    input: GetBucketCorsRequest,
) -> Result<GetBucketCorsOutput, AwsError> {
    let rules = s3.records().buckets().bucket(&input.bucket)?.cors.clone();
    if rules.is_none() {
        let refused = bad("NoSuchCORSConfiguration", "The CORS configuration does not exist").status(404);
        return Err(refused.with("BucketName", input.bucket));
    }
    Ok(GetBucketCorsOutput { cors_rules: rules })
}

pub(crate) async fn put(s3: &S3, _: &Caller, input: PutBucketCorsRequest) -> Result<(), AwsError> {
    let rules = input.cors_configuration.cors_rules;
    s3.records().buckets().bucket(&input.bucket)?;
    cors::check(&rules)?;
    s3.records().change_bucket(&input.bucket, |bucket| bucket.cors = Some(rules)).await
}

pub(crate) async fn delete(s3: &S3, _: &Caller, input: DeleteBucketCorsRequest) -> Result<(), AwsError> {
    s3.records().change_bucket(&input.bucket, |bucket| bucket.cors = None).await
}

/// What a page may do at an address; none if that is no bucket's.
pub(crate) fn cross_origin(s3: &S3, head: &Head) -> Option<CrossOrigin> {
    let name = match place::bucket_name(head) {
        Ok(name) => name?,
        Err(error) => return Some(Err(error)),
    };
    let asked = match Asked::of(head) {
        Ok(asked) => asked,
        Err(error) => return Some(Err(error)),
    };
    let buckets = s3.records().buckets();
    Some(match buckets.bucket(&name) {
        Ok(bucket) => asked.answer(bucket.cors.as_deref()),
        Err(_) => Err(asked.forbidden("CORSResponse: Bucket not found")),
    })
}
