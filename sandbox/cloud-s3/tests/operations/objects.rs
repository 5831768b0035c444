//! Objects: ranges, conditions, limits, tags, what is deleted at once, what is not here.

use super::{Cloud, Outcome as _, md5_of};

#[tokio::test]
async fn a_range_is_what_is_there_of_it() {
    let cloud = Cloud::start().await;
    cloud.put("key", "0123456789").await;
    for (range, status, content_range, body) in [
        ("bytes=0-0", 206, Some("bytes 0-0/10"), "0"),
        ("bytes=7-", 206, Some("bytes 7-9/10"), "789"),
        ("bytes=-3", 206, Some("bytes 7-9/10"), "789"),
        ("bytes=0-99", 206, Some("bytes 0-9/10"), "0123456789"),
        ("bytes=3-1", 200, None, "0123456789"),
        ("bytes=0-1,4-5", 200, None, "0123456789"),
        ("chapters=1-2", 200, None, "0123456789"),
    ] {
        let got = cloud.ask("GET", "/bucket/key", &[("range", range)], "").await;
        assert_eq!((got.status, got.header("content-range")), (status, content_range), "{range}");
        assert_eq!(got.body, body, "{range}");
        let seen = cloud.ask("HEAD", "/bucket/key", &[("range", range)], "").await;
        assert_eq!((seen.status, seen.header("content-range")), (status, content_range), "{range}");
        assert_eq!(seen.header("content-length"), Some(body.len().to_string().as_str()), "{range}");
        assert_eq!(seen.body, "");
    }
    let beyond = [("ActualObjectSize", "10"), ("RangeRequested", "bytes=10-")];
    let range = [("range", "bytes=10-")];
    cloud.refused(("GET", "/bucket/key"), &range, "", "416 InvalidRange", &beyond).await;
    let seen = cloud.ask("HEAD", "/bucket/key", &range, "").await;
    assert_eq!((seen.status, seen.body.as_str()), (416, ""));
    let part = "/bucket/key?partNumber=1";
    let both = [("range", "bytes=0-1")];
    cloud.refused(("GET", part), &both, "", "400 InvalidRequest", &[]).await;
    let none = [("PartNumberRequested", "2"), ("ActualPartCount", "1")];
    cloud.refused(("GET", "/bucket/key?partNumber=2"), &[], "", "416 InvalidPartNumber", &none).await;
    let bad = [("ArgumentName", "partNumber"), ("ArgumentValue", "0")];
    cloud.refused(("GET", "/bucket/key?partNumber=0"), &[], "", "400 InvalidArgument", &bad).await;
    let whole = cloud.done("GET", part, &[], "").await;
    assert_eq!((whole.status, whole.body.as_str()), (206, "0123456789"));
}

#[tokio::test]
async fn what_a_reader_has_already_is_not_sent_and_stays_as_it_may_be_kept() {
    let cloud = Cloud::start().await;
    let expires = "Fri, 02 Jan 2026 00:00:00 GMT";
    cloud.done("PUT", "/bucket/key", &[("cache-control", "max-age=60"), ("expires", expires)], "text").await;
    let etag = cloud.done("HEAD", "/bucket/key", &[], "").await.header("etag").unwrap().to_owned();
    let (then, before) = ("Thu, 01 Jan 2026 00:00:00 GMT", "Wed, 31 Dec 2025 23:59:59 GMT");
    for (headers, status) in [
        (&[("if-none-match", etag.as_str())][..], 304),
        (&[("if-none-match", "*")], 304),
        (&[("if-none-match", "\"other\"")], 200),
        (&[("if-modified-since", then)], 304),
        (&[("if-modified-since", before)], 200),
        (&[("if-none-match", "\"other\""), ("if-modified-since", then)], 200),
        (&[("if-match", "\"other\"")], 412),
        (&[("if-match", etag.as_str()), ("if-unmodified-since", before)], 200),
        (&[("if-unmodified-since", before)], 412),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = cloud.ask(method, "/bucket/key", headers, "").await;
            assert_eq!(answer.status, status, "{method} {headers:?}");
            if status == 304 {
                assert_eq!(answer.header("etag"), Some(etag.as_str()), "{headers:?}");
                assert_eq!(answer.header("last-modified"), Some(then), "{headers:?}");
                assert_eq!(answer.header("cache-control"), Some("max-age=60"), "{headers:?}");
                assert_eq!(answer.header("expires"), Some(expires), "{headers:?}");
                assert_eq!(answer.body, "", "{headers:?}");
            }
        }
    }
    let condition = [("Condition", "If-Match")];
    let other = [("if-match", "\"other\"")];
    cloud.refused(("GET", "/bucket/key"), &other, "", "412 PreconditionFailed", &condition).await;
}

#[tokio::test]
async fn writes_copies_and_deletes_have_conditions() {
    let cloud = Cloud::start().await;
    let etag = cloud.put("key", "text").await;
    let (absent, same, other) = (("if-none-match", "*"), ("if-match", etag.as_str()), ("if-match", "\"x\""));
    let copy = ("x-amz-copy-source", "/bucket/key");
    let not_here = ("if-none-match", "\"x\"");
    for (method, key, headers, expected) in [
        ("PUT", "key", &[absent][..], "412 PreconditionFailed"),
        ("PUT", "key", &[other], "412 PreconditionFailed"),
        ("PUT", "none", &[other], "404 NoSuchKey"),
        ("PUT", "key", &[not_here], "501 NotImplemented"),
        ("PUT", "key", &[("if-modified-since", "Thu, 01 Jan 2026 00:00:00 GMT")], "501 NotImplemented"),
        ("PUT", "key", &[copy, absent], "400 InvalidRequest"),
        ("PUT", "copy", &[copy, other], "404 NoSuchKey"),
        ("PUT", "copy", &[copy, ("x-amz-copy-source-if-match", "\"x\"")], "412 PreconditionFailed"),
        ("PUT", "copy", &[copy, ("x-amz-copy-source-if-none-match", &etag)], "412 PreconditionFailed"),
        ("PUT", "copy", &[copy, absent], "ok"),
        ("PUT", "copy", &[copy, absent], "412 PreconditionFailed"),
        ("PUT", "copy", &[copy, same], "ok"),
        ("DELETE", "key", &[other], "412 PreconditionFailed"),
        ("DELETE", "none", &[same], "404 NoSuchKey"),
        ("DELETE", "none", &[], "ok"),
        ("DELETE", "key", &[absent], "501 NotImplemented"),
        ("DELETE", "key", &[same], "ok"),
        ("PUT", "copy2", &[copy], "404 NoSuchKey"),
        ("PUT", "copy2", &[("x-amz-copy-source", "nothing")], "400 InvalidArgument"),
        ("PUT", "copy2", &[("x-amz-copy-source", "none/key")], "404 NoSuchBucket"),
        ("PUT", "copy2", &[("x-amz-copy-source", "bucket/copy?versionId=v")], "404 NoSuchVersion"),
    ] {
        let answer = cloud.ask(method, &format!("/bucket/{key}"), headers, "").await;
        assert_eq!(answer.outcome(), expected, "{method} {key} {headers:?}: {answer:?}");
    }
    assert_eq!(cloud.done("GET", "/bucket/copy", &[], "").await.body, "text");
}

#[tokio::test]
async fn keys_and_metadata_have_limits() {
    let cloud = Cloud::start().await;
    for (length, expected) in [(1024, "ok"), (1025, "400 KeyTooLongError")] {
        let target = format!("/bucket/{}", "k".repeat(length));
        let says = [("Size", "1025"), ("MaxSizeAllowed", "1024")];
        let says = if expected == "ok" { &[][..] } else { &says };
        cloud.refused(("PUT", &target), &[], "", expected, says).await;
        let uploads = format!("{target}?uploads");
        cloud.refused(("POST", &uploads), &[], "", expected, says).await;
    }
    let fits = "v".repeat(2048 - "name".len());
    let more = format!("{fits}v");
    let says = [("Size", "2049"), ("MaxSizeAllowed", "2048")];
    for (target, method) in [("/bucket/key", "PUT"), ("/bucket/key?uploads", "POST")] {
        cloud.done(method, target, &[("x-amz-meta-name", &fits)], "").await;
        let headers = [("x-amz-meta-name", more.as_str())];
        cloud.refused((method, target), &headers, "", "400 MetadataTooLarge", &says).await;
    }
    let seen = cloud.done("HEAD", "/bucket/key", &[], "").await;
    assert_eq!(seen.header("x-amz-meta-name"), Some(fits.as_str()));
}

fn delete(keys: impl IntoIterator<Item = String>, quiet: bool) -> String {
    let objects = keys.into_iter().map(|key| format!("<Object><Key>{key}</Key></Object>"));
    format!("<Delete><Quiet>{quiet}</Quiet>{}</Delete>", objects.collect::<String>())
}

#[tokio::test]
async fn as_many_as_a_thousand_are_deleted_at_once() {
    let cloud = Cloud::start().await;
    let names = |count: usize| (0..count).map(|n| format!("k{n}"));
    for (count, expected) in [(0, "400 MalformedXML"), (1, "ok"), (1000, "ok"), (1001, "400 MalformedXML")] {
        cloud.put("k0", "").await;
        let body = delete(names(count), false);
        let digest = md5_of(&body);
        let answer = cloud.ask("POST", "/bucket?delete", &[("content-md5", &digest)], &body).await;
        assert_eq!(answer.outcome(), expected, "{count}");
        let deleted = if expected == "ok" { count } else { 0 };
        assert_eq!(answer.all("Deleted").len(), deleted);
        let left = cloud.ask("HEAD", "/bucket/k0", &[], "").await.status;
        assert_eq!(left, if deleted == 0 { 200 } else { 404 }, "{count}");
    }
    cloud.put("k0", "").await;
    let body = "<Delete><Quiet>true</Quiet><Object><Key>k0</Key></Object><Object><Key>k1</Key><VersionId>v</VersionId></Object>\
                <Object><Key>k2</Key><ETag>\"x\"</ETag></Object></Delete>";
    let answer = cloud.done("POST", "/bucket?delete", &[("content-md5", &md5_of(body))], body).await;
    assert_eq!(answer.all("Deleted").len(), 0, "quiet: {answer:?}");
    assert_eq!(answer.all("Code"), ["NoSuchVersion", "NoSuchKey"]);
    assert_eq!(answer.all("Key"), ["k1", "k2"]);
    assert_eq!(cloud.ask("HEAD", "/bucket/k0", &[], "").await.status, 404);
    let digest = md5_of(&delete(names(1), false));
    let none = [("content-md5", digest.as_str())];
    cloud.refused(("POST", "/none?delete"), &none, &delete(names(1), false), "404 NoSuchBucket", &[]).await;
}

#[tokio::test]
async fn a_document_is_what_its_digests_say() {
    let cloud = Cloud::start().await;
    cloud.put("k", "").await;
    let body = delete(["k".to_owned()], false);
    let other = md5_of("other");
    let missing = [("Message", "Missing required header for this request: Content-MD5")];
    cloud.refused(("POST", "/bucket?delete"), &[], &body, "400 InvalidRequest", &missing).await;
    for (header, value, expected) in [
        ("content-md5", other.as_str(), "400 BadDigest"),
        ("content-md5", "AAAA", "400 InvalidDigest"),
        ("x-amz-checksum-crc32", "AAAAAA==", "400 BadDigest"),
        ("x-amz-checksum-crc32", "AAAA", "400 InvalidRequest"),
        ("x-amz-checksum-sha256", &other, "400 InvalidRequest"),
    ] {
        for (method, target, body) in [
            ("POST", "/bucket?delete", body.as_str()),
            ("PUT", "/bucket/k?tagging", "<Tagging><TagSet/></Tagging>"),
            ("PUT", "/bucket?policy", "{}"),
        ] {
            let answer = cloud.ask(method, target, &[(header, value)], body).await;
            assert_eq!(answer.outcome(), expected, "{method} {target} {header} {value}: {answer:?}");
        }
    }
    assert_eq!(cloud.ask("HEAD", "/bucket/k", &[], "").await.status, 200, "nothing of it was done");
    cloud.done("PUT", "/bucket/k?tagging", &[], "<Tagging><TagSet/></Tagging>").await;
    let says = [("CalculatedDigest", md5_of(&body))];
    let says = [(says[0].0, says[0].1.as_str())];
    let wrong = [("content-md5", other.as_str())];
    cloud.refused(("POST", "/bucket?delete"), &wrong, &body, "400 BadDigest", &says).await;
}

fn tagging(count: usize, key: &str, value: &str) -> String {
    let tags = (0..count).map(|n| format!("<Tag><Key>{key}{n}</Key><Value>{value}</Value></Tag>"));
    format!("<Tagging><TagSet>{}</TagSet></Tagging>", tags.collect::<String>())
}

#[tokio::test]
async fn tags_have_limits() {
    let cloud = Cloud::start().await;
    cloud.put("key", "").await;
    let (object, bucket) = ("/bucket/key?tagging", "/bucket?tagging");
    let (long_key, long_value) = ("k".repeat(128), "v".repeat(257));
    let of_object = "Object tags cannot be greater than 10";
    let of_bucket = "Bucket tags cannot be greater than 50";
    for (target, body, expected, message) in [
        (object, tagging(10, "k", "v"), "ok", "none"),
        (object, tagging(11, "k", "v"), "400 BadRequest", of_object),
        (bucket, tagging(50, "k", "v"), "ok", "none"),
        (bucket, tagging(51, "k", "v"), "400 BadRequest", of_bucket),
        (object, tagging(1, &long_key, "v"), "400 InvalidTag", "The TagKey you have provided is invalid"),
        (object, tagging(1, "k", &long_value), "400 InvalidTag", "The TagValue you have provided is invalid"),
        (object, tagging(1, "aws:k", "v"), "400 InvalidTag", "Your TagKey cannot be prefixed with aws:"),
        (
            bucket,
            tagging(1, "aws:k", "v"),
            "400 InvalidTag",
            "System tags cannot be added/updated by requester",
        ),
        (
            object,
            "<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>".into(),
            "400 MalformedXML",
            "none",
        ),
        (object, "no document".into(), "400 MalformedXML", "none"),
        ("/bucket/none?tagging", tagging(1, "k", "v"), "404 NoSuchKey", "The specified key does not exist."),
    ] {
        let answer = cloud.ask("PUT", target, &[], &body).await;
        assert_eq!(answer.outcome(), expected, "{target} {body}: {answer:?}");
        if message != "none" {
            assert_eq!(answer.first("Message"), message, "{target}");
        }
    }
    let seen = cloud.done("HEAD", "/bucket/key", &[], "").await;
    assert_eq!(seen.header("x-amz-tagging-count"), Some("10"));
    assert_eq!(cloud.done("GET", bucket, &[], "").await.all("Tag").len(), 50);
    for target in [object, bucket] {
        assert_eq!(cloud.done("DELETE", target, &[], "").await.status, 204);
    }
    assert_eq!(cloud.done("GET", object, &[], "").await.all("Tag").len(), 0);
    cloud.refused(("GET", bucket), &[], "", "404 NoSuchTagSet", &[("BucketName", "bucket")]).await;
}

#[tokio::test]
async fn attributes_are_asked_for_by_name() {
    let cloud = Cloud::start().await;
    cloud.put("key", "text").await;
    let target = "/bucket/key?attributes";
    let some = [("x-amz-object-attributes", "ETag,ObjectSize")];
    let seen = cloud.done("GET", target, &some, "").await;
    assert_eq!((seen.first("ObjectSize"), seen.first("StorageClass")), ("4", "none"));
    let unknown = [("x-amz-object-attributes", "ETag,Colour")];
    let says = [("ArgumentName", "x-amz-object-attributes"), ("ArgumentValue", "Colour")];
    cloud.refused(("GET", target), &unknown, "", "400 InvalidArgument", &says).await;
    cloud.refused(("GET", "/bucket/none?attributes"), &some, "", "404 NoSuchKey", &[]).await;
}

#[tokio::test]
async fn heads_of_refusals_have_no_bodies() {
    let cloud = Cloud::start().await;
    cloud.put("key", "text").await;
    for (target, headers, status) in [
        ("/bucket/none", &[][..], 404),
        ("/none/key", &[], 404),
        ("/none", &[], 404),
        ("/bucket/key?versionId=v", &[], 404),
        ("/bucket/key?versionId=", &[], 400),
        ("/bucket/key?partNumber=9", &[], 416),
        ("/bucket/key", &[("if-match", "\"x\"")], 412),
        ("/bucket/key", &[("x-amz-expected-bucket-owner", "111111111111")], 403),
        ("/bucket", &[("x-amz-expected-bucket-owner", "111111111111")], 403),
        ("/bucket/key", &[("x-amz-expected-bucket-owner", "me")], 400),
        ("/bucket/key?versionId=null", &[], 200),
    ] {
        let answer = cloud.ask("HEAD", target, headers, "").await;
        assert_eq!((answer.status, answer.body.as_str()), (status, ""), "{target} {headers:?}");
    }
    let empty = [("ArgumentName", "versionId"), ("Message", "Version id cannot be the empty string")];
    for method in ["GET", "DELETE"] {
        let target = "/bucket/key?versionId=";
        cloud.refused((method, target), &[], "", "400 InvalidArgument", &empty).await;
    }
}

#[tokio::test]
async fn what_is_not_here_is_refused_and_never_something_else() {
    let cloud = Cloud::start().await;
    cloud.put("key", "text").await;
    for (method, target) in [
        ("GET", "/bucket?acl"),
        ("PUT", "/bucket?acl"),
        ("PUT", "/bucket?versioning"),
        ("GET", "/bucket?versions"),
        ("PUT", "/bucket?lifecycle"),
        ("GET", "/bucket?lifecycle"),
        ("DELETE", "/bucket?lifecycle"),
        ("PUT", "/bucket?website"),
        ("DELETE", "/bucket?website"),
        ("PUT", "/bucket?replication"),
        ("PUT", "/bucket?logging"),
        ("PUT", "/bucket?object-lock"),
        ("DELETE", "/bucket?ownershipControls"),
        ("PUT", "/bucket/key?acl"),
        ("GET", "/bucket/key?acl"),
        ("PUT", "/bucket/key?legal-hold"),
        ("PUT", "/bucket/key?retention"),
        ("GET", "/bucket/key?torrent"),
        ("POST", "/bucket/key?restore"),
        ("POST", "/bucket/key?select&select-type=2"),
    ] {
        cloud.refused((method, target), &[], "", "501 NotImplemented", &[]).await;
    }
    for (method, target) in [("POST", "/bucket/key"), ("PATCH", "/bucket/key"), ("DELETE", "/")] {
        cloud.refused((method, target), &[], "", "405 MethodNotAllowed", &[]).await;
    }
    for (name, value) in [
        ("x-amz-server-side-encryption", "aws:kms"),
        ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
        ("x-amz-write-offset-bytes", "4"),
        ("x-amz-checksum-sha512", "AAAA"),
    ] {
        cloud.refused(("PUT", "/bucket/key"), &[(name, value)], "other", "501 NotImplemented", &[]).await;
    }
    for (name, value, expected) in [
        ("x-amz-acl", "public-read", "400 AccessControlListNotSupported"),
        ("x-amz-grant-read", "id=x", "400 AccessControlListNotSupported"),
        ("x-amz-object-lock-mode", "COMPLIANCE", "400 InvalidRequest"),
        ("x-amz-storage-class", "OUTPOSTS", "400 InvalidStorageClass"),
        ("x-amz-website-redirect-location", "elsewhere", "400 InvalidRedirectLocation"),
        ("x-amz-server-side-encryption", "ROT13", "400 InvalidArgument"),
        ("content-md5", "wrong", "400 InvalidDigest"),
        ("x-amz-checksum-crc32", "AAAAAA==", "400 BadDigest"),
    ] {
        cloud.refused(("PUT", "/bucket/key"), &[(name, value)], "other", expected, &[]).await;
    }
    assert_eq!(cloud.done("GET", "/bucket/key", &[], "").await.body, "text", "nothing of it was done");
}

#[tokio::test]
async fn an_address_that_was_signed_is_good_for_as_long_as_it_says() {
    let cloud = Cloud::start().await;
    cloud.put("key", "text").await;
    let signature = "0".repeat(64);
    let address = |changed: &[(&str, Option<&str>)]| {
        let parameters = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", "test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request"),
            ("X-Amz-Date", "20260101T000000Z"),
            ("X-Amz-Expires", "60"),
            ("X-Amz-SignedHeaders", "host"),
            ("X-Amz-Signature", signature.as_str()),
        ];
        let given = parameters.iter().filter_map(|(name, good)| {
            let changed = changed.iter().find(|(changed, _)| changed == name);
            Some(format!("{name}={}", changed.map_or(Some(*good), |(_, value)| *value)?))
        });
        format!("/bucket/key?{}", given.collect::<Vec<_>>().join("&"))
    };
    let lacks = "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, \
                 X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";
    let week = "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than \
                604800 seconds";
    let refused = "400 AuthorizationQueryParametersError";
    let yesterday = [
        ("X-Amz-Credential", Some("test%2F20251231%2Fus-east-1%2Fs3%2Faws4_request")),
        ("X-Amz-Date", Some("20251231T235859Z")),
    ];
    for (changed, expected, message) in [
        (&[("X-Amz-Date", None)][..], refused, lacks),
        (&[("X-Amz-Signature", None)], refused, lacks),
        (&[("X-Amz-Expires", None)], refused, lacks),
        (&[("X-Amz-Expires", Some("1.5"))], refused, "X-Amz-Expires should be a number"),
        (&[("X-Amz-Expires", Some("-1"))], refused, "X-Amz-Expires must be non-negative"),
        (&[("X-Amz-Expires", Some("604801"))], refused, week),
        (&yesterday, "403 AccessDenied", "Request has expired"),
        (&[], "ok", "none"),
    ] {
        let answer = cloud.unsigned("GET", &address(changed), &[], "").await;
        assert_eq!((answer.outcome().as_str(), answer.first("Message")), (expected, message), "{changed:?}");
    }
    let twice = [("ArgumentName", "Authorization")];
    cloud.refused(("GET", &address(&[])), &[], "", "400 InvalidArgument", &twice).await;
}

#[tokio::test]
async fn a_stranger_reads_what_is_there_as_it_is() {
    let cloud = Cloud::start().await;
    cloud.done("PUT", "/bucket/key", &[("content-type", "text/plain")], "text").await;
    cloud.open_to_all(r#""s3:GetObject""#).await;
    let changed = "/bucket/key?response-content-type=text%2Fhtml";
    let ours = cloud.done("GET", changed, &[], "").await;
    assert_eq!(ours.header("content-type"), Some("text/html"));
    let theirs = cloud.unsigned("GET", "/bucket/key", &[], "").await;
    assert_eq!((theirs.header("content-type"), theirs.body.as_str()), (Some("text/plain"), "text"));
    let theirs = cloud.unsigned("GET", changed, &[], "").await;
    assert_eq!(theirs.outcome(), "400 InvalidRequest");
    let message = "Request specific response headers cannot be used for anonymous GET requests.";
    assert_eq!(theirs.first("Message"), message);
    assert_eq!(cloud.unsigned("PUT", "/bucket/key", &[], "other").await.outcome(), "403 AccessDenied");
}
