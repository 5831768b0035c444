//! Buckets themselves.

use cloud_core::{AwsError, Caller, event::Change};

use crate::{
    S3,
    error::bad,
    names::{arn, check_bucket, is_region},
    ops::tagging::{Whose, checked},
    shapes::{
        Bucket as Listed, BucketLocationConstraint, CreateBucketOutput, CreateBucketRequest,
        DeleteBucketRequest, GetBucketLocationOutput, GetBucketLocationRequest, HeadBucketOutput,
        HeadBucketRequest, ListBucketsOutput, ListBucketsRequest,
    },
    state::Bucket,
};

const US_EAST_1: &str = "us-east-1";

pub(crate) async fn create(
    s3: &S3,
    _: &Caller,
    input: CreateBucketRequest,
) -> Result<CreateBucketOutput, AwsError> {
    check_bucket(&input.bucket)?;
    let region = s3.context().region().as_str().to_owned();
    let configuration = input.create_bucket_configuration.unwrap_or_default();
    if configuration.bucket.is_some() || configuration.location.is_some() {
        // LIMIT: directory buckets are not here.
        return Err(bad("NotImplemented", "Only general purpose buckets are implemented here").status(501));
    }
    let tags = checked(configuration.tags.unwrap_or_default(), Whose::Bucket)?;
    let wanted = configuration.location_constraint;
    check_location(wanted.as_ref(), &region)?;
    let has_tags = !tags.is_empty();
    let bucket = Bucket { tags, ..Bucket::new(s3.context().now(), &region) };
    let message = "Your previous request to create the named bucket succeeded and you already own it.";
    let present =
        bad("BucketAlreadyOwnedByYou", message).status(409).with("BucketName", input.bucket.as_str());
    let check = |bucket: Option<&Bucket>| bucket.map_or(Ok(()), |_| Err(present));
    let created = s3.records().put_bucket(&input.bucket, bucket, check);
    match created.await {
        Ok(()) => s3.announce(&input.bucket, Change::Created),
        // AWS: in us-east-1 creating one's own bucket again answers 200, unless it is to have tags.
        Err(error) if error.code() == "BucketAlreadyOwnedByYou" && region == US_EAST_1 && !has_tags => {}
        Err(error) => return Err(error),
    }
    let location = Some(format!("/{}", input.bucket));
    Ok(CreateBucketOutput { location, bucket_arn: Some(arn(&input.bucket)) })
}

/// Where a bucket is to be, and where it can be.
fn check_location(wanted: Option<&BucketLocationConstraint>, region: &str) -> Result<(), AwsError> {
    match wanted {
        // AWS: elsewhere than in us-east-1 a region's endpoint makes buckets of that region only; `EU` is an old name.
        Some(wanted) if region != US_EAST_1 => {
            let is_old_name = wanted.as_str() == "EU" && region == "eu-west-1";
            if wanted.as_str() != region && !is_old_name {
                let message = format!(
                    "The {} location constraint is incompatible for the region specific endpoint this request was sent to.",
                    wanted.as_str()
                );
                return Err(bad("IllegalLocationConstraintException", &message));
            }
        }
        // LIMIT: AWS makes buckets of every region from us-east-1; this cloud has one region.
        Some(wanted) => {
            return Err(bad("InvalidLocationConstraint", "The specified location-constraint is not valid")
                .with("LocationConstraint", wanted.as_str()));
        }
        None if region != US_EAST_1 => {
            let message = "The unspecified location constraint is incompatible for the region specific endpoint this \
                           request was sent to.";
            return Err(bad("IllegalLocationConstraintException", message));
        }
        None => {}
    }
    Ok(())
}

pub(crate) async fn head(
    s3: &S3,
    _: &Caller,
    input: HeadBucketRequest,
) -> Result<HeadBucketOutput, AwsError> {
    let memory = s3.records().read();
    let bucket = memory.bucket(&input.bucket)?;
    Ok(HeadBucketOutput {
        bucket_arn: Some(arn(&input.bucket)),
        bucket_region: Some(bucket.region.clone()),
        // LIMIT: there are no access points, whose aliases could stand for buckets.
        access_point_alias: Some(false),
        ..HeadBucketOutput::default()
    })
}

pub(crate) async fn delete(s3: &S3, _: &Caller, input: DeleteBucketRequest) -> Result<(), AwsError> {
    s3.records().remove_bucket(&input.bucket).await?;
    s3.announce(&input.bucket, Change::Deleted);
    Ok(())
}

pub(crate) async fn location(
    s3: &S3,
    _: &Caller,
    input: GetBucketLocationRequest,
) -> Result<GetBucketLocationOutput, AwsError> {
    let memory = s3.records().read();
    let region = &memory.bucket(&input.bucket)?.region;
    // AWS: buckets in us-east-1 have a location of null.
    let location_constraint = (region != US_EAST_1).then(|| BucketLocationConstraint::from(region.as_str()));
    Ok(GetBucketLocationOutput { location_constraint })
}

pub(crate) async fn list(
    s3: &S3,
    caller: &Caller,
    input: ListBucketsRequest,
) -> Result<ListBucketsOutput, AwsError> {
    let memory = s3.records().read();
    let prefix = input.prefix.clone().unwrap_or_default();
    let after = input.continuation_token.unwrap_or_default();
    let limit =
        input.max_buckets.map_or(10_000, |limit| usize::try_from(limit).unwrap_or(1).clamp(1, 10_000));
    let of_region = input.bucket_region;
    if let Some(other) = of_region.as_ref().filter(|region| !is_region(region)) {
        let message = format!("Argument value {other} is not a valid AWS Region");
        return Err(bad("InvalidArgument", &message).with("ArgumentName", "bucket-region"));
    }
    let wanted = memory.buckets.iter().filter(|(name, bucket)| {
        name.starts_with(&prefix)
            && **name > after
            && of_region.as_ref().is_none_or(|region| bucket.region == *region)
    });
    let mut buckets: Vec<Listed> = wanted
        .take(limit + 1)
        .map(|(name, bucket)| Listed {
            name: Some(name.clone()),
            creation_date: Some(bucket.created),
            bucket_region: Some(bucket.region.clone()),
            bucket_arn: Some(arn(name)),
        })
        .collect();
    let more = buckets.len() > limit;
    buckets.truncate(limit);
    let continuation_token = buckets.last().and_then(|bucket| bucket.name.clone()).filter(|_| more);
    Ok(ListBucketsOutput {
        buckets: Some(buckets),
        owner: Some(super::owner(caller)),
        continuation_token,
        prefix: input.prefix,
    })
}
