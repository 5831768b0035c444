//! Where a bucket is and whose it is: who asks in another region is sent there, and whoever says whose it is has to be right.
//! Who is let in is not asked here.

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

/// The header that says whose a request's bucket is.
pub(crate) const EXPECTED: &str = "x-amz-expected-bucket-owner";

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
        // Version 2 of signatures names no region, and who signs nothing does not either.
        let names_region =
            !caller.is_anonymous() && Authorization::of(head).map_or(true, |read| read.names_region());
        if names_region && !anywhere && bucket.region != caller.region.as_str() {
            return Err(elsewhere(&name, bucket, head, &caller.region));
        }
        expect_stated(s3, bucket, head, EXPECTED)?;
    }
    // AWS: an object may be copied from a bucket of any region.
    match source.and_then(|name| buckets.get(&name)) {
        Some(bucket) => expect_stated(s3, bucket, head, "x-amz-source-expected-bucket-owner"),
        None => Ok(()),
    }
}

/// That a bucket is whose a header says that it is, if one does.
pub(crate) fn expect_stated(s3: &S3, bucket: &Bucket, head: &Head, header: &str) -> Result<(), AwsError> {
    match head.header(header) {
        Some(stated) if stated != s3.owner(bucket).as_str() => Err(denied()),
        _ => Ok(()),
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
pub(crate) fn check_form(bucket: &Bucket, is_old: bool, caller: &Caller) -> Result<(), AwsError> {
    let names_region = !is_old && !caller.is_anonymous();
    if names_region && bucket.region != caller.region.as_str() {
        return Err(malformed(&bucket.region, &caller.region));
    }
    Ok(())
}

/// Which bucket it is that a caller begins to write to: it may have become another account's since he was let in. What is
/// kept at the end asks whether it still is that one.
pub(crate) fn begin(s3: &S3, name: &str, caller: &Caller) -> Result<Identity, AwsError> {
    let buckets = s3.records().buckets();
    let bucket = buckets.bucket(name)?;
    let owner = s3.owner(bucket);
    if *owner != caller.account && !caller.leave.guest_of.contains(owner) {
        return Err(denied());
    }
    Ok(bucket.identity())
}

/// That a bucket is an account's.
pub(crate) fn expect_owner(s3: &S3, bucket: &Bucket, account: &AccountId) -> Result<(), AwsError> {
    if s3.owner(bucket) == account {
        return Ok(());
    }
    Err(denied())
}

fn denied() -> AwsError {
    AwsError::new("AccessDenied", "Access Denied").status(403)
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
    use cloud_core::{Context, Leave, RequestId, SystemEntropy};
    use http::Request;

    use super::*;

    const FIRST: &str = "000000000000";
    const SECOND: &str = "111111111111";

    /// A cloud with a bucket `here` in Ireland and one `others` of another account.
    struct Rig {
        s3: S3,
        _folder: tempfile::TempDir,
    }

    impl Rig {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let s3 = S3::open(Context::for_test(folder.path()).0).await.unwrap();
            let now = s3.context().now();
            let mine = Bucket::new(now, "eu-west-1", None);
            let others = Bucket::new(now, "eu-west-1", Some(AccountId::new(SECOND)));
            s3.records().put_bucket("here", mine, |_| Ok(false)).await.unwrap();
            s3.records().put_bucket("others", others, |_| Ok(false)).await.unwrap();
            Self { s3, _folder: folder }
        }

        fn check(
            &self,
            operation: &str,
            request: http::request::Builder,
            caller: &Caller,
        ) -> Result<(), AwsError> {
            let request = request.body(()).unwrap();
            let mut head = Head::of(&request, None).unwrap();
            if head.host().starts_with("here.") {
                head.routed_path = format!("/here{}", head.path);
            }
            check(&self.s3, operation, &head, caller)
        }
    }

    fn caller(region: &str) -> Caller {
        Caller::root(&AccountId::new(FIRST), &Region::new(region), RequestId::random(&SystemEntropy))
    }

    #[tokio::test]
    async fn who_asks_elsewhere_is_sent() {
        let rig = Rig::new().await;
        let check = |operation: &str, uri: &str, host: &str, caller: Caller, code: &str| {
            let answer = rig.check(operation, Request::get(uri).header("host", host), &caller);
            let seen = answer.as_ref().map_or_else(AwsError::code, |()| "");
            assert_eq!(seen, code, "{operation} {uri} {host} {}", caller.region);
            if let Err(error) = answer.as_ref() {
                assert_eq!(error.headers(), [("x-amz-bucket-region", "eu-west-1".to_owned())]);
            }
        };
        let (own, away) = (|| caller("eu-west-1"), || caller("us-east-1"));
        check("GetObject", "/here/key", "x", own(), "");
        check("GetObject", "/here/key", "x", away(), "PermanentRedirect");
        check("HeadBucket", "/here", "x", away(), "PermanentRedirect");
        check("GetObject", "/key", "here.s3.localhost", own(), "");
        check("GetObject", "/key", "here.s3.localhost", away(), "AuthorizationHeaderMalformed");
        check("GetObject", "/key", "here.s3.us-east-1.amazonaws.com", away(), "PermanentRedirect");
        check("GetObject", "/here/key?AWSAccessKeyId=x&Signature=eA%3D%3D&Expires=1", "x", away(), "");
        check("GetObject", "/here/key?AWSAccessKeyId=x", "x", away(), "PermanentRedirect");
        check("GetObject", "/%68ere/key", "x", away(), "PermanentRedirect");
        check("GetBucketLocation", "/here?location", "x", away(), "");
        check("GetBucketLocation", "/here?location", "x", caller("eu-west-2"), "PermanentRedirect");
        check("GetObject", "/others/key", "x", own(), "");
        check("CreateBucket", "/here", "x", away(), "");
        check("ListBuckets", "/", "x", away(), "");
        check("GetObject", "/none/key", "x", away(), "");
        let id = RequestId::random(&SystemEntropy);
        let stranger = Caller::of(cloud_core::Principal::anonymous(), &Region::default(), id);
        check("GetObject", "/here/key", "x", stranger, "");
    }

    #[tokio::test]
    async fn a_bucket_is_whose_the_request_says_that_it_is() {
        let rig = Rig::new().await;
        let (of, from) = (EXPECTED, "x-amz-source-expected-bucket-owner");
        let denied = Some("AccessDenied");
        for (path, source, stated, account, code) in [
            ("/here/k", "here/k", of, FIRST, None),
            ("/here/k", "here/k", of, SECOND, denied),
            ("/others/k", "here/k", of, SECOND, None),
            ("/others/k", "here/k", of, FIRST, denied),
            ("/none/k", "here/k", of, SECOND, None),
            ("/here/k", "others/k", from, SECOND, None),
            ("/here/k", "/others/k", from, FIRST, denied),
            ("/here/k", "%6fthers/k", from, FIRST, denied),
            ("/here/k", "others%2Fk", from, FIRST, denied),
            ("/here/k", "none/k", from, FIRST, None),
            ("/here/k", "others", from, FIRST, Some("InvalidArgument")),
        ] {
            let request = || Request::put(path).header("x-amz-copy-source", source).header(stated, account);
            for operation in COPIES {
                let refused = rig.check(operation, request(), &caller("eu-west-1")).err();
                assert_eq!(refused.as_ref().map(AwsError::code), code, "{path} {source} {stated} {account}");
            }
        }
        let value = http::HeaderValue::from_bytes(b"others/\xe9").unwrap();
        let garbled = Request::put("/here/k").header("x-amz-copy-source", value);
        let refused = rig.check("CopyObject", garbled, &caller("eu-west-1")).unwrap_err();
        assert_eq!(refused.code(), "InvalidArgument");
    }

    #[tokio::test]
    async fn who_writes_was_let_in_by_the_bucket_s_owner() {
        let rig = Rig::new().await;
        let stranger = caller("eu-west-1");
        let leave = Leave { guest_of: vec![AccountId::new(SECOND)], ..Leave::default() };
        let guest = Caller { leave, ..stranger.clone() };
        for (name, caller, may) in [
            ("here", &stranger, true),
            ("others", &stranger, false),
            ("here", &guest, true),
            ("others", &guest, true),
        ] {
            assert_eq!(begin(&rig.s3, name, caller).is_ok(), may, "{name} {:?}", caller.leave);
        }
    }
}
