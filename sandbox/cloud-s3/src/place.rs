//! Where a bucket is and whose it is: who asks in another region is sent there, who asks for another account's is refused.
//! What policies grant to other accounts is not asked here.

use cloud_core::{AccountId, AwsError, Caller, Region};
use cloud_wire::{head::Head, sigv4::Authorization};
use percent_encoding::percent_decode_str;

use crate::{
    S3,
    error::bad,
    ops::object::Source,
    state::{Bucket, Identity},
};

/// Operations that are not on a bucket which is there.
const ON_NONE: [&str; 2] = ["CreateBucket", "ListBuckets"];

/// Operations that read another object than the one they are on.
const COPIES: [&str; 2] = ["CopyObject", "UploadPartCopy"];

/// Checks the bucket that a request is on, and the one that it copies from. One that is not there is left to the operation.
pub(crate) fn check(s3: &S3, operation: &str, head: &Head, caller: &Caller) -> Result<(), AwsError> {
    if ON_NONE.contains(&operation) {
        return Ok(());
    }
    let name = bucket_name(head)?.unwrap_or_default();
    let source = copied_bucket(operation, head)?;
    let buckets = s3.records().buckets();
    if let Some(bucket) = buckets.get(&name) {
        // AWS: asked in us-east-1, every region's buckets say where they are.
        let anywhere = operation == "GetBucketLocation" && caller.region.as_str() == "us-east-1";
        // Version 2 of signatures names no region.
        let names_region = Authorization::of(head).map_or(true, |read| read.names_region());
        if names_region && !anywhere && bucket.region != caller.region.as_str() {
            return Err(elsewhere(&name, bucket, head, &caller.region));
        }
        expect_owner(s3, bucket, &caller.account)?;
    }
    // AWS: an object may be copied from a bucket of any region.
    match source.and_then(|name| buckets.get(&name)) {
        Some(bucket) => expect_owner(s3, bucket, &caller.account),
        None => Ok(()),
    }
}

/// The name of the bucket that a request is on, as its operation gets it: decoded. None where the path names none.
pub(crate) fn bucket_name(head: &Head) -> Result<Option<String>, AwsError> {
    let path = head.routed_path.strip_prefix('/').unwrap_or(&head.routed_path);
    let name = path.split('/').next().filter(|name| !name.is_empty());
    let decoded = name.map(|name| percent_decode_str(name).decode_utf8()).transpose();
    let decoded = decoded.map_err(|_| bad("InvalidURI", "Couldn't parse the specified URI."))?;
    Ok(decoded.map(std::borrow::Cow::into_owned))
}

/// The bucket that an object is copied from, read as the operation reads it.
fn copied_bucket(operation: &str, head: &Head) -> Result<Option<String>, AwsError> {
    let header = head.headers.get("x-amz-copy-source").filter(|_| COPIES.contains(&operation));
    let Some(header) = header else { return Ok(None) };
    let text = str::from_utf8(header.as_bytes())
        .map_err(|_| bad("InvalidArgument", "The header x-amz-copy-source is not UTF-8"))?;
    Source::of(text).map(|source| Some(source.bucket))
}

/// The same of a form, whose bucket is there.
pub(crate) fn check_form(s3: &S3, bucket: &Bucket, is_old: bool, caller: &Caller) -> Result<(), AwsError> {
    if !is_old && bucket.region != caller.region.as_str() {
        return Err(malformed(&bucket.region, &caller.region));
    }
    expect_owner(s3, bucket, &caller.account)
}

/// Which bucket it is that a caller begins to write to. What is kept at the end asks whether it still is that one.
pub(crate) fn begin(s3: &S3, name: &str, caller: &Caller) -> Result<Identity, AwsError> {
    let buckets = s3.records().buckets();
    let bucket = buckets.bucket(name)?;
    expect_owner(s3, bucket, &caller.account)?;
    Ok(bucket.identity())
}

/// That a bucket is an account's.
pub(crate) fn expect_owner(s3: &S3, bucket: &Bucket, account: &AccountId) -> Result<(), AwsError> {
    if s3.owner(bucket) == account {
        return Ok(());
    }
    Err(AwsError::new("AccessDenied", "Access Denied").status(403))
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
        s3.records().put_bucket("here", mine, |_| Ok(false)).await.unwrap();
        s3.records().put_bucket("others", others, |_| Ok(false)).await.unwrap();
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
        check("GetObject", "/here/key?AWSAccessKeyId=x&Signature=eA%3D%3D&Expires=1", "x", away, "");
        check("GetObject", "/here/key?AWSAccessKeyId=x", "x", away, "PermanentRedirect");
        check("GetObject", "/%68ere/key", "x", away, "PermanentRedirect");
        check("PutObject", "/%6fthers/key", "x", own, "AccessDenied");
        check("GetObject", "/%6fthers/key", "x", ("111111111111", "eu-west-1"), "");
        check("GetBucketLocation", "/here?location", "x", away, "");
        check("GetBucketLocation", "/here?location", "x", ("000000000000", "eu-west-2"), "PermanentRedirect");
        check("GetObject", "/others/key", "x", own, "AccessDenied");
        check("GetObject", "/others/key", "x", ("111111111111", "eu-west-1"), "");
        check("GetObject", "/here/key", "x", ("111111111111", "eu-west-1"), "AccessDenied");
        check("CreateBucket", "/here", "x", away, "");
        check("ListBuckets", "/", "x", away, "");
        check("GetObject", "/none/key", "x", away, "");
    }

    #[tokio::test]
    async fn the_bucket_copied_from_is_the_one_that_the_operation_reads() {
        let folder = tempfile::tempdir().unwrap();
        let s3 = S3::open(Context::for_test(folder.path()).0).await.unwrap();
        let of = |account: &str| Bucket::new(s3.context().now(), "us-east-1", Some(AccountId::new(account)));
        s3.records().put_bucket("here", of("000000000000"), |_| Ok(false)).await.unwrap();
        s3.records().put_bucket("others", of("111111111111"), |_| Ok(false)).await.unwrap();
        let id = RequestId::random(&SystemEntropy);
        let caller = Caller::root(&AccountId::new("000000000000"), &Region::new("us-east-1"), id);
        let denied = Some("AccessDenied");
        for (source, code) in [
            (&b"here/k"[..], None),
            (b"others/k", denied),
            (b"/others/k", denied),
            (b"%6fthers/k", denied),
            (b"others%2Fk", denied),
            ("others/\u{e9}".as_bytes(), denied),
            (b"others/\xe9", Some("InvalidArgument")),
            (b"others", Some("InvalidArgument")),
        ] {
            let value = http::HeaderValue::from_bytes(source).unwrap();
            let request = Request::put("/here/key").header("x-amz-copy-source", value).body(()).unwrap();
            let head = Head::of(&request, None).unwrap();
            for operation in COPIES {
                let refused = check(&s3, operation, &head, &caller).err();
                assert_eq!(refused.as_ref().map(AwsError::code), code, "{}", source.escape_ascii());
            }
        }
    }
}
