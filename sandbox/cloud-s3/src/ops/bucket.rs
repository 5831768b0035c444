//! Buckets themselves.

use cloud_core::{AwsError, Caller, Region, event::Change, page};

use crate::{
    S3,
    error::{bad, bad_argument},
    names::{arn, check_bucket},
    ops::tagging::{Whose, checked},
    quotas::LISTED_BUCKETS,
    shapes::{
        Bucket as Listed, BucketLocationConstraint, CreateBucketOutput, CreateBucketRequest,
        DeleteBucketRequest, GetBucketLocationOutput, GetBucketLocationRequest, HeadBucketOutput,
        HeadBucketRequest, ListBucketsOutput, ListBucketsRequest,
    },
    state::Bucket,
};

const US_EAST_1: &str = "us-east-1";
/// AWS: what Ireland was called when it was all of Europe.
const EU: &str = "EU";
const OWNED: &str = "BucketAlreadyOwnedByYou";

pub(crate) async fn create(
    s3: &S3,
    caller: &Caller,
    input: CreateBucketRequest,
) -> Result<CreateBucketOutput, AwsError> {
    let configuration = input.create_bucket_configuration.unwrap_or_default();
    if configuration.bucket.is_some() || configuration.location.is_some() {
        // LIMIT: directory buckets are not here.
        return Err(bad("NotImplemented", "Only general purpose buckets are implemented here").status(501));
    }
    check_bucket(&input.bucket)?;
    let tags = checked(configuration.tags.unwrap_or_default(), Whose::Bucket)?;
    let wanted = configuration.location_constraint;
    let wanted = wanted.as_ref().map(BucketLocationConstraint::as_str);
    let region = region_of(wanted, &caller.region)?;
    let has_tags = !tags.is_empty();
    let caller_account = caller.account.clone();
    let bucket = Bucket {
        tags,
        location: wanted.filter(|wanted| *wanted == EU).map(str::to_owned),
        ..Bucket::new(s3.context().now(), region.as_str(), Some(caller_account.clone()))
    };
    // AWS: in us-east-1 creating one's own bucket again answers 200, unless it is to have tags.
    let may_repeat = caller.region.as_str() == US_EAST_1 && region.as_str() == US_EAST_1 && !has_tags;
    let (service, name) = (s3.clone(), input.bucket.clone());
    let check = move |present: Option<&Bucket>| match present {
        None => Ok(false),
        Some(present) if *service.owner(present) == caller_account => Err(owned(&name)),
        Some(_) => Err(taken(&name)),
    };
    match s3.records().put_bucket(&input.bucket, bucket, check).await {
        Ok(_) => s3.announce(&input.bucket, Change::Created),
        Err(error) if error.code() == OWNED && may_repeat && is_in_us_east_1(s3, &input.bucket) => {}
        Err(error) => return Err(error),
    }
    Ok(created(&region, &input.bucket))
}

fn is_in_us_east_1(s3: &S3, name: &str) -> bool {
    s3.records().buckets().bucket(name).is_ok_and(|bucket| bucket.region == US_EAST_1)
}

fn created(region: &Region, name: &str) -> CreateBucketOutput {
    let arn = arn(region.as_str(), name);
    CreateBucketOutput { location: Some(format!("/{name}")), bucket_arn: Some(arn) }
}

fn owned(name: &str) -> AwsError {
    let message = "Your previous request to create the named bucket succeeded and you already own it.";
    bad(OWNED, message).status(409).with("BucketName", name)
}

/// AWS: names of buckets are those of all accounts and regions together.
fn taken(name: &str) -> AwsError {
    let message = "The requested bucket name is not available. The bucket namespace is shared by all users of the system. \
                   Please select a different name and try again.";
    bad("BucketAlreadyExists", message).status(409).with("BucketName", name)
}

/// Where a bucket is to be that is asked for in a region.
fn region_of(wanted: Option<&str>, asked: &Region) -> Result<Region, AwsError> {
    let named = wanted.map(|wanted| Region::new(if wanted == EU { "eu-west-1" } else { wanted }));
    match named {
        None if asked.as_str() == US_EAST_1 => Ok(asked.clone()),
        None => {
            let message = "The unspecified location constraint is incompatible for the region specific endpoint this \
                           request was sent to.";
            Err(bad("IllegalLocationConstraintException", message))
        }
        // AWS: us-east-1 makes buckets of every region of its partition, and is named there by nothing.
        Some(named) if asked.as_str() == US_EAST_1 => {
            let fits =
                named.as_str() != US_EAST_1 && named.is_known() && named.partition() == asked.partition();
            if fits {
                return Ok(named);
            }
            let wanted = wanted.unwrap_or_default();
            Err(bad("InvalidLocationConstraint", "The specified location-constraint is not valid")
                .with("LocationConstraint", wanted))
        }
        // AWS: elsewhere a region's endpoint makes buckets of that region only; `EU` is an old name.
        Some(named) if named == *asked => Ok(named),
        Some(_) => {
            let message = format!(
                "The {} location constraint is incompatible for the region specific endpoint this request was sent to.",
                wanted.unwrap_or_default()
            );
            Err(bad("IllegalLocationConstraintException", &message))
        }
    }
}

pub(crate) async fn head(
    s3: &S3,
    _: &Caller,
    input: HeadBucketRequest,
) -> Result<HeadBucketOutput, AwsError> {
    let buckets = s3.records().buckets();
    let bucket = buckets.bucket(&input.bucket)?;
    Ok(HeadBucketOutput {
        bucket_arn: Some(arn(&bucket.region, &input.bucket)),
        bucket_region: Some(bucket.region.clone()),
        // LIMIT: there are no access points, whose aliases could stand for buckets.
        access_point_alias: Some(false),
        ..HeadBucketOutput::default()
    })
}

pub(crate) async fn delete(s3: &S3, _: &Caller, input: DeleteBucketRequest) -> Result<(), AwsError> {
    let region = s3.records().buckets().bucket(&input.bucket)?.region.clone();
    s3.records().remove_bucket(&input.bucket).await?;
    s3.announce_in(&region, &input.bucket, Change::Deleted);
    Ok(())
}

pub(crate) async fn location(
    s3: &S3,
    _: &Caller,
    input: GetBucketLocationRequest,
) -> Result<GetBucketLocationOutput, AwsError> {
    let buckets = s3.records().buckets();
    let bucket = buckets.bucket(&input.bucket)?;
    let named = bucket.location.as_ref().unwrap_or(&bucket.region);
    // AWS: buckets in us-east-1 have a location of null.
    let location_constraint = (named != US_EAST_1).then(|| BucketLocationConstraint::from(named.as_str()));
    Ok(GetBucketLocationOutput { location_constraint })
}

/// How many buckets a page may hold.
fn limit(wanted: Option<i32>) -> Result<usize, AwsError> {
    let wanted = wanted.unwrap_or(LISTED_BUCKETS);
    if (1..=LISTED_BUCKETS).contains(&wanted) {
        return Ok(page::size(Some(wanted), LISTED_BUCKETS as usize));
    }
    let message = format!("Argument max-buckets must be an integer between 1 and {LISTED_BUCKETS}");
    Err(bad_argument("max-buckets", &wanted.to_string(), &message))
}

pub(crate) async fn list(
    s3: &S3,
    caller: &Caller,
    input: ListBucketsRequest,
) -> Result<ListBucketsOutput, AwsError> {
    let buckets = s3.records().buckets();
    let prefix = input.prefix.clone().unwrap_or_default();
    let limit = limit(input.max_buckets)?;
    let of_region = input.bucket_region;
    if let Some(other) = of_region.as_ref().filter(|region| !Region::new(region.as_str()).is_known()) {
        let message = format!("Argument value {other} is not a valid AWS Region");
        return Err(bad("InvalidArgument", &message).with("ArgumentName", "bucket-region"));
    }
    let wanted = buckets.iter().filter(|(name, bucket)| {
        s3.owner(bucket) == &caller.account
            && name.starts_with(&prefix)
            && of_region.as_ref().is_none_or(|region| bucket.region == *region)
    });
    let (found, next) =
        page::page(wanted.map(|found| (found.0, found)), input.continuation_token.as_ref(), limit);
    let listed = found.into_iter().map(|(name, bucket)| Listed {
        name: Some(name.clone()),
        creation_date: Some(bucket.created),
        bucket_region: Some(bucket.region.clone()),
        bucket_arn: Some(arn(&bucket.region, name)),
    });
    Ok(ListBucketsOutput {
        buckets: Some(listed.collect()),
        owner: Some(super::owner(&caller.account)),
        continuation_token: next.cloned(),
        prefix: input.prefix,
    })
}
