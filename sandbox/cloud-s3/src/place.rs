//! Where a bucket is and whose it is: who asks in another region is sent there, who asks for another account's is refused.
//! What policies grant to other accounts is not asked here.

use cloud_core::{AccountId, AwsError, Caller, Region};
use cloud_wire::head::Head;
use percent_encoding::percent_decode_str;

use crate::{S3, error::bad, state::Bucket};

/// Operations that are not on a bucket which is there.
const ON_NONE: [&str; 2] = ["CreateBucket", "ListBuckets"];

/// Checks the bucket that a request is on, and the one that it copies from. One that is not there is left to the operation.
pub(crate) fn check(s3: &S3, operation: &str, head: &Head, caller: &Caller) -> Result<(), AwsError> {
    if ON_NONE.contains(&operation) {
        return Ok(());
    }
    let memory = s3.records().read();
    let name = first_segment(&head.routed_path);
    if let Some(bucket) = memory.buckets.get(name) {
        // AWS: asked in us-east-1, every region's buckets say where they are.
        let anywhere = operation == "GetBucketLocation" && caller.region.as_str() == "us-east-1";
        // Version 2 of signatures names no region.
        let names_region = head.parameter("AWSAccessKeyId").is_none();
        if names_region && !anywhere && bucket.region != caller.region.as_str() {
            return Err(elsewhere(name, bucket, head, &caller.region));
        }
        expect_owner(s3, bucket, &caller.account)?;
    }
    // AWS: an object may be copied from a bucket of any region.
    let source = head.header("x-amz-copy-source").unwrap_or_default();
    let source = percent_decode_str(source).decode_utf8_lossy();
    match memory.buckets.get(first_segment(&source)) {
        Some(bucket) => expect_owner(s3, bucket, &caller.account),
        None => Ok(()),
    }
}

/// The same of a form, whose bucket is there.
pub(crate) fn check_form(s3: &S3, bucket: &Bucket, is_old: bool, caller: &Caller) -> Result<(), AwsError> {
    if !is_old && bucket.region != caller.region.as_str() {
        return Err(malformed(&bucket.region, &caller.region));
    }
    expect_owner(s3, bucket, &caller.account)
}

/// That a bucket is an account's.
pub(crate) fn expect_owner(s3: &S3, bucket: &Bucket, account: &AccountId) -> Result<(), AwsError> {
    if s3.owner(bucket) == account {
        return Ok(());
    }
    Err(AwsError::new("AccessDenied", "Access Denied").status(403))
}

fn first_segment(path: &str) -> &str {
    path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default()
}

/// Where to ask instead. Clients that follow look at the header, at the region, or at the endpoint.
// AWS: a bucket's own host without a region is one of the bucket's region, where a signature for another is malformed; the
// hosts of other regions send there.
fn elsewhere(name: &str, bucket: &Bucket, head: &Head, asked: &Region) -> AwsError {
    let is_own_host = head.routed_path != head.path && !head.host().contains(asked.as_str());
    let error = if is_own_host {
        malformed(&bucket.region, asked)
    } else {
        let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please \
                       send all future requests to this endpoint.";
        let endpoint = format!("s3.{}.{}", bucket.region, Region::new(&bucket.region).partition().domain);
        bad("PermanentRedirect", message).status(301).with("Endpoint", endpoint).with("Bucket", name)
    };
    error.with_header("x-amz-bucket-region", &bucket.region)
}

fn malformed(region: &str, asked: &Region) -> AwsError {
    let message =
        format!("The authorization header is malformed; the region '{asked}' is wrong; expecting '{region}'");
    bad("AuthorizationHeaderMalformed", &message).with("Region", region)
}

#[cfg(test)]
mod tests {
    use cloud_core::{Context, RequestId, SystemEntropy};
    use http::Request;

    use super::*;

    fn check_one(s3: &S3, operation: &str, uri: &str, at: &str, (account, region): (&str, &str), code: &str) {
        let request = Request::get(uri).header("host", at).body(()).unwrap();
        let mut head = Head::of(&request, None).unwrap();
        if at.starts_with("here.") {
            head.routed_path = format!("/here{}", head.path);
        }
        let id = RequestId::random(&SystemEntropy);
        let caller = Caller::root(&AccountId::new(account), &Region::new(region), id);
        let answer = check(s3, operation, &head, &caller);
        let seen = answer.as_ref().map_or_else(AwsError::code, |()| "");
        assert_eq!(seen, code, "{operation} {uri} {at} {account} {region}");
        if let Err(error) = answer.as_ref()
            && code != "AccessDenied"
        {
            assert_eq!(error.headers(), [("x-amz-bucket-region", "eu-west-1".to_owned())]);
        }
    }

    #[tokio::test]
    async fn who_asks_elsewhere_is_sent_and_who_asks_for_anothers_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let s3 = S3::open(Context::for_test(folder.path()).0).await.unwrap();
        let now = s3.context().now();
        let mine = Bucket::new(now, "eu-west-1", None);
        let others = Bucket::new(now, "eu-west-1", Some(AccountId::new("111111111111")));
        s3.records().put_bucket("here", mine, |_| Ok(())).await.unwrap();
        s3.records().put_bucket("others", others, |_| Ok(())).await.unwrap();
        let (own, away) = (("000000000000", "eu-west-1"), ("000000000000", "us-east-1"));
        let check = |operation: &str, uri: &str, host: &str, who, code: &str| {
            check_one(&s3, operation, uri, host, who, code);
        };
        check("GetObject", "/here/key", "x", own, "");
        check("GetObject", "/here/key", "x", away, "PermanentRedirect");
        check("HeadBucket", "/here", "x", away, "PermanentRedirect");
        check("GetObject", "/key", "here.s3.localhost", own, "");
        check("GetObject", "/key", "here.s3.localhost", away, "AuthorizationHeaderMalformed");
        check("GetObject", "/key", "here.s3.us-east-1.amazonaws.com", away, "PermanentRedirect");
        check("GetObject", "/here/key?AWSAccessKeyId=x", "x", away, "");
        check("GetBucketLocation", "/here?location", "x", away, "");
        check("GetBucketLocation", "/here?location", "x", ("000000000000", "eu-west-2"), "PermanentRedirect");
        check("GetObject", "/others/key", "x", own, "AccessDenied");
        check("GetObject", "/others/key", "x", ("111111111111", "eu-west-1"), "");
        check("GetObject", "/here/key", "x", ("111111111111", "eu-west-1"), "AccessDenied");
        check("CreateBucket", "/here", "x", away, "");
        check("ListBuckets", "/", "x", away, "");
        check("GetObject", "/none/key", "x", away, "");
    }
}
