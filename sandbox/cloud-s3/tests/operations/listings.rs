//! Both listings of objects: prefixes, delimiters, encodings, markers, pages.

use super::{Cloud, Outcome as _};

impl Cloud {
    async fn keys(&self, query: &str) -> (Vec<String>, Vec<String>) {
        let answer = self.done("GET", &format!("/bucket?{query}"), &[], "").await;
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let prefix = |text: &str| text.replace("<Prefix>", "").replace("</Prefix>", "");
        let prefixes = answer.all("CommonPrefixes").into_iter().map(prefix).collect();
        (owned(answer.all("Key")), prefixes)
    }
}

#[tokio::test]
async fn keys_are_rolled_up_at_a_delimiter() {
    let cloud = Cloud::start().await;
    for key in ["a/1", "a/2/x", "b", "c%20d", "c/1"] {
        cloud.put(key, "").await;
    }
    for (query, keys, prefixes) in [
        ("", &["a/1", "a/2/x", "b", "c d", "c/1"][..], &[][..]),
        ("delimiter=/", &["b", "c d"], &["a/", "c/"]),
        ("delimiter=/&prefix=a/", &["a/1"], &["a/2/"]),
        ("delimiter=&prefix=c", &["c d", "c/1"], &[]),
        ("delimiter=/&encoding-type=url", &["b", "c%20d"], &["a/", "c/"]),
        ("delimiter=c", &["a/1", "a/2/x", "b"], &["c"]),
        ("prefix=none", &[], &[]),
    ] {
        for version in ["", "list-type=2&"] {
            let seen = cloud.keys(&format!("{version}{query}")).await;
            assert_eq!(
                seen,
                (keys.iter().map(|k| (*k).into()).collect(), prefixes.iter().map(|p| (*p).into()).collect()),
                "{version}{query}"
            );
        }
    }
    for (query, keys) in [
        ("marker=a/2/x", &["b", "c d", "c/1"][..]),
        ("marker=a/2", &["a/2/x", "b", "c d", "c/1"]),
        ("list-type=2&start-after=b", &["c d", "c/1"]),
        ("list-type=2&start-after=z", &[]),
        ("delimiter=/&marker=a/", &["b", "c d"]),
    ] {
        assert_eq!(cloud.keys(query).await.0, keys, "{query}");
    }
    let plain = cloud.done("GET", "/bucket?delimiter=", &[], "").await;
    assert_eq!(plain.first("Delimiter"), "none", "an empty delimiter is none");
    let owners = |query: &str| format!("/bucket?list-type=2{query}");
    assert_eq!(cloud.done("GET", &owners(""), &[], "").await.all("Owner").len(), 0);
    assert_eq!(cloud.done("GET", &owners("&fetch-owner=true"), &[], "").await.all("Owner").len(), 5);
}

#[tokio::test]
async fn pages_follow_one_another() {
    let cloud = Cloud::start().await;
    for key in ["a", "b/1", "b/2", "c", "d"] {
        cloud.put(key, "").await;
    }
    let first = cloud.done("GET", "/bucket?delimiter=/&max-keys=2", &[], "").await;
    assert_eq!((first.first("IsTruncated"), first.first("NextMarker")), ("true", "b/"));
    assert_eq!(cloud.keys("delimiter=/&max-keys=2&marker=b/").await.0, ["c", "d"]);
    let plain = cloud.done("GET", "/bucket?max-keys=2&delimiter=", &[], "").await;
    assert_eq!((plain.first("IsTruncated"), plain.first("NextMarker")), ("true", "none"));

    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let page =
            cloud.done("GET", &format!("/bucket?list-type=2&delimiter=/&max-keys=2{token}"), &[], "").await;
        assert_eq!(
            page.first("KeyCount"),
            (page.all("Key").len() + page.all("CommonPrefixes").len()).to_string()
        );
        seen.extend(page.all("CommonPrefixes").into_iter().chain(page.all("Key")).map(str::to_owned));
        if page.first("IsTruncated") == "false" {
            assert_eq!(page.first("NextContinuationToken"), "none");
            break;
        }
        token = format!("&continuation-token={}", page.first("NextContinuationToken"));
    }
    assert_eq!(seen, ["<Prefix>b/</Prefix>", "a", "c", "d"]);
    let none = cloud.done("GET", "/bucket?list-type=2&max-keys=0", &[], "").await;
    assert_eq!(
        (none.first("KeyCount"), none.first("IsTruncated"), none.first("MaxKeys")),
        ("0", "false", "0")
    );
    let empty = cloud.done("GET", "/bucket?max-keys=", &[], "").await;
    assert_eq!((empty.all("Key").len(), empty.first("MaxKeys")), (5, "1000"));
}

#[tokio::test]
async fn what_a_listing_cannot_read_is_named() {
    let cloud = Cloud::start().await;
    let range = "Argument maxKeys must be an integer between 0 and 2147483647";
    let unread = "Provided max-keys not an integer or within integer range";
    let method = "Invalid Encoding Method specified in Request";
    let token = "The continuation token provided is incorrect";
    for (query, message, name, value) in [
        ("max-keys=-1", range, "maxKeys", "-1"),
        ("max-keys=ten", unread, "max-keys", "ten"),
        ("max-keys=2147483648", unread, "max-keys", "2147483648"),
        ("encoding-type=base64", method, "encoding-type", "base64"),
    ] {
        for version in ["", "list-type=2&"] {
            let says = [("Message", message), ("ArgumentName", name), ("ArgumentValue", value)];
            let target = format!("/bucket?{version}{query}");
            cloud.refused(("GET", &target), &[], "", "400 InvalidArgument", &says).await;
        }
    }
    for given in ["a", ""] {
        let target = format!("/bucket?list-type=2&continuation-token={given}");
        cloud.refused(("GET", &target), &[], "", "400 InvalidArgument", &[("Message", token)]).await;
    }
    for version in ["", "?list-type=2"] {
        let target = format!("/none{version}");
        cloud.refused(("GET", &target), &[], "", "404 NoSuchBucket", &[("BucketName", "none")]).await;
    }
}
