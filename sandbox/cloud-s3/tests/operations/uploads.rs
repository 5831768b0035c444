//! Uploads in parts: numbers, order, sizes, pages, ends.

use super::{Answer, Cloud, Outcome as _, md5_of};

const PART: usize = 5 * 1024 * 1024;

impl Cloud {
    pub(super) async fn begin(&self, key: &str) -> String {
        let answer = self.done("POST", &format!("/bucket/{key}?uploads"), &[], "").await;
        answer.first("UploadId").to_owned()
    }

    /// Puts a part of `/bucket/key`; its entity tag.
    pub(super) async fn part(&self, id: &str, number: u32, body: &str) -> String {
        let answer = self.done("PUT", &part(id, number), &[], body).await;
        answer.header("etag").unwrap().to_owned()
    }

    pub(super) async fn complete(&self, id: &str, body: &str) -> Answer {
        self.ask("POST", &format!("/bucket/key?uploadId={id}"), &[], body).await
    }

    async fn parts(&self, id: &str, query: &str) -> Answer {
        self.ask("GET", &format!("/bucket/key?uploadId={id}{query}"), &[], "").await
    }
}

fn part(id: &str, number: impl std::fmt::Display) -> String {
    format!("/bucket/key?partNumber={number}&uploadId={id}")
}

pub(super) fn completion(parts: &[(u32, &str)]) -> String {
    let named = parts
        .iter()
        .map(|(number, etag)| format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"));
    format!("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", named.collect::<String>())
}

#[tokio::test]
async fn parts_have_numbers_and_belong_to_uploads() {
    let cloud = Cloud::start().await;
    let id = cloud.begin("key").await;
    let range = "Part number must be an integer between 1 and 10000, inclusive";
    let unread = "Provided partNumber not an integer or within integer range";
    for (number, message) in
        [("0", range), ("10001", range), ("-1", range), ("one", unread), ("99999999999", unread)]
    {
        let says = [("Message", message), ("ArgumentName", "partNumber"), ("ArgumentValue", number)];
        let target = part(&id, number);
        cloud.refused(("PUT", &target), &[], "text", "400 InvalidArgument", &says).await;
        let copy = [("x-amz-copy-source", "bucket/none")];
        cloud.refused(("PUT", &target), &copy, "", "400 InvalidArgument", &says).await;
    }
    cloud.part(&id, 10_000, "text").await;
    for (method, target) in [
        ("PUT", part("none", 1)),
        ("PUT", part(&id, 1).replace("key", "other")),
        ("POST", "/bucket/key?uploadId=none".to_owned()),
        ("DELETE", "/bucket/key?uploadId=none".to_owned()),
        ("GET", "/bucket/key?uploadId=none".to_owned()),
        ("GET", format!("/bucket/other?uploadId={id}")),
    ] {
        let body = if method == "POST" { completion(&[(1, "x")]) } else { String::new() };
        cloud.refused((method, &target), &[], &body, "404 NoSuchUpload", &[]).await;
    }
    let digest = md5_of("other");
    let wrong = [("content-md5", digest.as_str())];
    cloud.refused(("PUT", &part(&id, 1)), &wrong, "text", "400 BadDigest", &[]).await;
    assert_eq!(cloud.parts(&id, "").await.all("PartNumber"), ["10000"]);
}

#[tokio::test]
async fn a_completion_names_parts_that_are_there_in_their_order() {
    let cloud = Cloud::start().await;
    let id = cloud.begin("key").await;
    let whole = "a".repeat(PART);
    let (first, small, last) = (
        cloud.part(&id, 1, &whole).await,
        cloud.part(&id, 2, "small").await,
        cloud.part(&id, 4, "end").await,
    );
    let many: Vec<(u32, &str)> = (1..=10_001).map(|number| (number, "x")).collect();
    let all = [(1, first.as_str()), (2, &small), (4, &last)];
    let wrap = |part: &str| format!("<CompleteMultipartUpload>{part}</CompleteMultipartUpload>");
    for (body, expected, number) in [
        (String::new(), "400 MalformedXML", "none"),
        (completion(&[]), "400 MalformedXML", "none"),
        ("no document".to_owned(), "400 MalformedXML", "none"),
        (wrap("<Part><PartNumber>1</PartNumber></Part>"), "400 MalformedXML", "none"),
        (wrap(&format!("<Part><ETag>{first}</ETag></Part>")), "400 MalformedXML", "none"),
        (completion(&many), "400 MalformedXML", "none"),
        (completion(&[all[1], all[0]]), "400 InvalidPartOrder", "none"),
        (completion(&[all[0], all[0]]), "400 InvalidPartOrder", "none"),
        (completion(&[all[0], (3, &last)]), "400 InvalidPart", "3"),
        (completion(&[(1, &last)]), "400 InvalidPart", "1"),
        (completion(&all), "400 EntityTooSmall", "2"),
    ] {
        let answer = cloud.complete(&id, &body).await;
        let shown = body.chars().take(200).collect::<String>();
        assert_eq!(
            (answer.outcome().as_str(), answer.first("PartNumber")),
            (expected, number),
            "{shown}: {answer:?}"
        );
    }
    let target = format!("/bucket/key?uploadId={id}");
    let body = completion(&[all[0], all[2]]);
    let digest = md5_of("other");
    for (header, value, expected) in [
        ("content-md5", digest.as_str(), "400 BadDigest"),
        ("x-amz-mp-object-size", "7", "400 InvalidRequest"),
        ("x-amz-checksum-crc64nvme", "AAAAAAAAAAA=", "400 BadDigest"),
        ("if-match", "\"x\"", "404 NoSuchKey"),
    ] {
        cloud.refused(("POST", &target), &[(header, value)], &body, expected, &[]).await;
    }
    cloud.refused(("GET", "/bucket/key"), &[], "", "404 NoSuchKey", &[]).await;
    let done = cloud.complete(&id, &body).await;
    assert_eq!((done.outcome().as_str(), done.first("Key")), ("ok", "key"), "{done:?}");
    assert!(done.first("ETag").ends_with("-2\""), "{done:?}");
    let seen = cloud.done("HEAD", "/bucket/key", &[], "").await;
    assert_eq!(seen.header("content-length"), Some((PART + 3).to_string().as_str()));
    let second = cloud.done("GET", "/bucket/key?partNumber=2", &[], "").await;
    assert_eq!((second.body.as_str(), second.header("x-amz-mp-parts-count")), ("end", Some("2")));
}

#[tokio::test]
async fn parts_are_listed_in_pages() {
    let cloud = Cloud::start().await;
    let id = cloud.begin("key").await;
    for number in [1, 3, 7] {
        cloud.part(&id, number, &"x".repeat(number as usize)).await;
    }
    for (query, numbers, truncated, next) in [
        ("", &["1", "3", "7"][..], "false", "7"),
        ("&max-parts=&part-number-marker=", &["1", "3", "7"], "false", "7"),
        ("&max-parts=2", &["1", "3"], "true", "3"),
        ("&max-parts=2&part-number-marker=3", &["7"], "false", "7"),
        ("&part-number-marker=7", &[], "false", "0"),
        ("&max-parts=0", &[], "false", "0"),
        ("&max-parts=100000", &["1", "3", "7"], "false", "7"),
    ] {
        let page = cloud.parts(&id, query).await;
        assert_eq!(page.all("PartNumber"), numbers, "{query}: {page:?}");
        assert_eq!(page.all("Size"), numbers, "{query}");
        assert_eq!(
            (page.first("IsTruncated"), page.first("NextPartNumberMarker")),
            (truncated, next),
            "{query}"
        );
    }
    assert_eq!(cloud.parts(&id, "&max-parts=100000").await.first("MaxParts"), "1000");
    for name in ["max-parts", "part-number-marker"] {
        let target = |value: &str| format!("/bucket/key?uploadId={id}&{name}={value}");
        let range = format!("Argument {name} must be an integer between 0 and 2147483647");
        let says = [("Message", range.as_str()), ("ArgumentName", name), ("ArgumentValue", "-1")];
        cloud.refused(("GET", &target("-1")), &[], "", "400 InvalidArgument", &says).await;
        let unread = format!("Provided {name} not an integer or within integer range");
        let says = [("Message", unread.as_str()), ("ArgumentName", name), ("ArgumentValue", "x")];
        cloud.refused(("GET", &target("x")), &[], "", "400 InvalidArgument", &says).await;
    }
}

#[tokio::test]
async fn uploads_are_listed_until_they_end() {
    let cloud = Cloud::start().await;
    let mut ids = Vec::new();
    for key in ["a/1", "a/2", "b", "b"] {
        ids.push(cloud.begin(key).await);
    }
    let list = async |query: &str| cloud.done("GET", &format!("/bucket?uploads{query}"), &[], "").await;
    let all = list("").await;
    assert_eq!((all.all("Key"), all.first("IsTruncated")), (vec!["a/1", "a/2", "b", "b"], "false"));
    let rolled = list("&delimiter=/").await;
    assert_eq!(rolled.all("Key"), ["b", "b"]);
    assert_eq!(rolled.all("CommonPrefixes"), ["<Prefix>a/</Prefix>"]);
    assert_eq!(list("&prefix=a/&delimiter=").await.all("Key"), ["a/1", "a/2"]);
    let first = list("&max-uploads=3").await;
    assert_eq!((first.all("Key").len(), first.first("IsTruncated")), (3, "true"));
    let (key, id) = (first.first("NextKeyMarker"), first.first("NextUploadIdMarker"));
    let rest = list(&format!("&key-marker={key}&upload-id-marker={id}")).await;
    assert_eq!(rest.all("Key"), ["b"]);
    assert_ne!(rest.first("UploadId"), id);
    assert_eq!(list("&key-marker=b").await.all("Key"), [""; 0]);
    let abort = format!("/bucket/b?uploadId={}", ids[2]);
    assert_eq!(cloud.done("DELETE", &abort, &[], "").await.status, 204);
    cloud.refused(("DELETE", &abort), &[], "", "404 NoSuchUpload", &[]).await;
    let put = format!("/bucket/b?partNumber=1&uploadId={}", ids[2]);
    cloud.refused(("PUT", &put), &[], "x", "404 NoSuchUpload", &[]).await;
    assert_eq!(list("").await.all("UploadId"), [ids[0].as_str(), &ids[1], &ids[3]]);
    let bad = [("ArgumentName", "encoding-type"), ("ArgumentValue", "base64")];
    let target = "/bucket?uploads&encoding-type=base64";
    cloud.refused(("GET", target), &[], "", "400 InvalidArgument", &bad).await;
}

#[tokio::test]
async fn checksums_of_parts_make_up_the_one_of_the_whole() {
    let cloud = Cloud::start().await;
    for (algorithm, kind, expected) in [
        ("SHA512", "COMPOSITE", "400 InvalidRequest"),
        ("SHA1", "FULL_OBJECT", "400 InvalidRequest"),
        ("CRC64NVME", "COMPOSITE", "400 InvalidRequest"),
        ("SHA1", "HALF", "400 InvalidRequest"),
        ("SHA1", "COMPOSITE", "ok"),
        ("CRC32", "FULL_OBJECT", "ok"),
    ] {
        let headers = [("x-amz-checksum-algorithm", algorithm), ("x-amz-checksum-type", kind)];
        cloud.refused(("POST", "/bucket/key?uploads"), &headers, "", expected, &[]).await;
    }
    let headers = [("x-amz-checksum-algorithm", "SHA256")];
    let id = cloud.done("POST", "/bucket/key?uploads", &headers, "").await.first("UploadId").to_owned();
    let other = [("x-amz-checksum-crc32", "AAAAAA==")];
    cloud.refused(("PUT", &part(&id, 1)), &other, "", "400 InvalidRequest", &[]).await;
    let put = cloud.done("PUT", &part(&id, 1), &[], "text").await;
    let (etag, sum) = (put.header("etag").unwrap(), put.header("x-amz-checksum-sha256").unwrap());
    let without = cloud.complete(&id, &completion(&[(1, etag)])).await;
    assert_eq!(without.outcome(), "400 InvalidRequest", "{without:?}");
    let with = |sum: &str| {
        completion(&[(1, etag)]).replace("</Part>", &format!("<ChecksumSHA256>{sum}</ChecksumSHA256></Part>"))
    };
    let wrong = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assert_eq!(cloud.complete(&id, &with(wrong)).await.outcome(), "400 InvalidPart");
    let done = cloud.complete(&id, &with(sum)).await;
    assert_eq!((done.outcome().as_str(), done.first("ChecksumType")), ("ok", "COMPOSITE"), "{done:?}");
    assert!(done.first("ChecksumSHA256").ends_with("-1"), "{done:?}");
}
