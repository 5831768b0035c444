//! Buckets: how they are made and end, and what pages of other origins may do with them.

use super::{Cloud, Outcome as _};

fn located(region: &str) -> String {
    format!(
        "<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
    )
}

#[tokio::test]
async fn a_bucket_is_made_where_and_as_it_can_be() {
    let cloud = Cloud::start().await;
    for (name, body, headers, expected) in [
        ("Not_A_Name", String::new(), &[][..], "400 InvalidBucketName"),
        ("ab", String::new(), &[], "400 InvalidBucketName"),
        ("xn--name", String::new(), &[], "400 InvalidBucketName"),
        ("sthree-name", String::new(), &[], "400 InvalidBucketName"),
        ("name--ol-s3", String::new(), &[], "400 InvalidBucketName"),
        ("name.mrap", String::new(), &[], "400 InvalidBucketName"),
        ("name--table-s3", String::new(), &[], "400 InvalidBucketName"),
        ("name", located("us-east-1"), &[], "400 InvalidLocationConstraint"),
        ("name", located("mars-1"), &[], "400 InvalidLocationConstraint"),
        ("name", "no document".to_owned(), &[], "400 MalformedXML"),
        ("name", String::new(), &[("x-amz-acl", "public-read")], "400 InvalidBucketAclWithObjectOwnership"),
        ("name", String::new(), &[("x-amz-bucket-object-lock-enabled", "true")], "501 NotImplemented"),
        ("name", String::new(), &[("x-amz-object-ownership", "ObjectWriter")], "501 NotImplemented"),
        ("bucket", String::new(), &[], "ok"),
        ("bucket", located("eu-west-1"), &[], "409 BucketAlreadyOwnedByYou"),
        ("in-ireland", located("EU"), &[], "ok"),
    ] {
        let answer = cloud.ask("PUT", &format!("/{name}"), headers, &body).await;
        assert_eq!(answer.outcome(), expected, "{name} {body} {headers:?}: {answer:?}");
        let named = answer.first("BucketName");
        assert!(!expected.contains("BucketName") || named == name, "{answer:?}");
    }
    let buckets = cloud.done("GET", "/", &[], "").await;
    assert_eq!(buckets.all("Name"), ["bucket", "in-ireland"], "what was refused is not there");
    let place = cloud.done("GET", "/in-ireland?location", &[], "").await;
    assert!(place.body.contains(">EU</LocationConstraint>"), "{place:?}");
    let moved = cloud.ask("GET", "/in-ireland", &[], "").await;
    assert_eq!(
        (moved.outcome().as_str(), moved.header("x-amz-bucket-region")),
        ("301 PermanentRedirect", Some("eu-west-1"))
    );

    cloud.put("key", "").await;
    cloud.refused(("DELETE", "/bucket"), &[], "", "409 BucketNotEmpty", &[("BucketName", "bucket")]).await;
    cloud.done("DELETE", "/bucket/key", &[], "").await;
    assert_eq!(cloud.done("DELETE", "/bucket", &[], "").await.status, 204);
    cloud.refused(("DELETE", "/bucket"), &[], "", "404 NoSuchBucket", &[]).await;
}

#[tokio::test]
async fn buckets_are_listed_in_pages() {
    let cloud = Cloud::start().await;
    for name in ["bucket-2", "other"] {
        cloud.done("PUT", &format!("/{name}"), &[], "").await;
    }
    let first = cloud.done("GET", "/?max-buckets=2", &[], "").await;
    assert_eq!(first.all("Name"), ["bucket", "bucket-2"]);
    let token = first.first("ContinuationToken");
    let rest = cloud.done("GET", &format!("/?max-buckets=2&continuation-token={token}"), &[], "").await;
    assert_eq!((rest.all("Name"), rest.first("ContinuationToken")), (vec!["other"], "none"));
    let some = cloud.done("GET", "/?prefix=bucket", &[], "").await;
    assert_eq!((some.all("Name").len(), some.first("Prefix")), (2, "bucket"));
    assert_eq!(cloud.done("GET", "/?bucket-region=eu-west-1", &[], "").await.all("Name"), [""; 0]);
    let says = [("ArgumentName", "bucket-region")];
    cloud.refused(("GET", "/?bucket-region=mars-1"), &[], "", "400 InvalidArgument", &says).await;
    let (bounds, number) = (
        "Argument max-buckets must be an integer between 1 and 10000",
        "Provided max-buckets not an integer or within integer range",
    );
    for (value, message) in [("0", bounds), ("10001", bounds), ("-1", bounds), ("many", number)] {
        let target = format!("/?max-buckets={value}");
        let says = [("Message", message), ("ArgumentName", "max-buckets"), ("ArgumentValue", value)];
        cloud.refused(("GET", &target), &[], "", "400 InvalidArgument", &says).await;
    }
    cloud.refused(("GET", "/?continuation-token=made-up"), &[], "", "400 InvalidArgument", &[]).await;
}

fn rule(inside: &str) -> String {
    format!("<CORSRule>{inside}</CORSRule>")
}

#[tokio::test]
async fn pages_of_other_origins_may_what_a_rule_lets_them() {
    let cloud = Cloud::start().await;
    cloud.put("key", "text").await;
    let configuration = |rules: &str| format!("<CORSConfiguration>{rules}</CORSConfiguration>");
    let good = rule("<AllowedMethod>GET</AllowedMethod><AllowedOrigin>https://*.test</AllowedOrigin>");
    let (origin, method) = ("<AllowedOrigin>*</AllowedOrigin>", "<AllowedMethod>GET</AllowedMethod>");
    for (rules, expected) in [
        (String::new(), "400 MalformedXML"),
        (rule(origin), "400 MalformedXML"),
        (rule(method), "400 MalformedXML"),
        (rule(&format!("<AllowedMethod>PATCH</AllowedMethod>{origin}")), "400 InvalidRequest"),
        (rule(&format!("{method}<AllowedOrigin>*.*</AllowedOrigin>")), "400 InvalidRequest"),
        (rule(&format!("{method}{origin}<ExposeHeader>x-*</ExposeHeader>")), "400 InvalidRequest"),
        (rule(&format!("<ID>{}</ID>{method}{origin}", "i".repeat(256))), "400 InvalidRequest"),
        (good.repeat(101), "400 InvalidRequest"),
        (good.repeat(100), "ok"),
    ] {
        let answer = cloud.ask("PUT", "/bucket?cors", &[], &configuration(&rules)).await;
        let shown = rules.chars().take(100).collect::<String>();
        assert_eq!(answer.outcome(), expected, "{shown}: {answer:?}");
    }
    let ask = |method: &'static str| ("access-control-request-method", method);
    let from = |origin: &'static str| ("origin", origin);
    for (headers, expected) in [
        (&[from("https://a.test"), ask("GET")][..], "ok"),
        (&[from("https://a.test"), ask("PUT")], "403 AccessForbidden"),
        (&[from("https://a.other"), ask("GET")], "403 AccessForbidden"),
        (&[from("https://a.test")], "400 BadRequest"),
        (&[ask("GET")], "400 BadRequest"),
    ] {
        let answer = cloud.unsigned("OPTIONS", "/bucket/key", headers, "").await;
        assert_eq!(answer.outcome(), expected, "{headers:?}: {answer:?}");
    }
    let read = cloud.done("GET", "/bucket/key", &[from("https://a.test")], "").await;
    assert_eq!(read.header("access-control-allow-origin"), Some("https://a.test"));
    cloud.done("DELETE", "/bucket?cors", &[], "").await;
    let origin = [from("https://a.test")];
    cloud.refused(("GET", "/bucket/key"), &origin, "", "403 AccessForbidden", &[("Method", "GET")]).await;
    cloud.refused(("GET", "/bucket?cors"), &[], "", "404 NoSuchCORSConfiguration", &[]).await;
}

// AWS: of all its documents only errors, and what forms answer, have no namespace.
#[tokio::test]
async fn answers_are_of_the_namespace_of_s3() {
    let cloud = Cloud::start().await;
    cloud.put("key", "body").await;
    let tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
    cloud.done("PUT", "/bucket/key?tagging", &[], tags).await;
    for (method, path, headers, root) in [
        ("GET", "/", &[][..], "ListAllMyBucketsResult"),
        ("GET", "/bucket", &[], "ListBucketResult"),
        ("GET", "/bucket?list-type=2", &[], "ListBucketResult"),
        ("GET", "/bucket?location", &[], "LocationConstraint"),
        ("GET", "/bucket?versioning", &[], "VersioningConfiguration"),
        ("GET", "/bucket?encryption", &[], "ServerSideEncryptionConfiguration"),
        ("GET", "/bucket?publicAccessBlock", &[], "PublicAccessBlockConfiguration"),
        ("GET", "/bucket?notification", &[], "NotificationConfiguration"),
        ("GET", "/bucket?uploads", &[], "ListMultipartUploadsResult"),
        ("GET", "/bucket/key?tagging", &[], "Tagging"),
        ("PUT", "/bucket/copy", &[("x-amz-copy-source", "bucket/key")], "CopyObjectResult"),
        ("POST", "/bucket/upload?uploads", &[], "InitiateMultipartUploadResult"),
    ] {
        let answer = cloud.done(method, path, headers, "").await;
        let opens = format!("<{root} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"");
        assert!(answer.body.contains(&opens), "{path}: {answer:?}");
        assert_eq!(answer.body.matches("xmlns").count(), 1, "{answer:?}");
    }
    let refused = cloud.ask("GET", "/bucket/none", &[], "").await;
    assert!(refused.body.contains("<Error><Code>NoSuchKey"), "{refused:?}");
}
