//! Forms that browsers post: within a policy that was signed, and strangers' where the bucket's policy lets everybody in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{Answer, Cloud, Outcome as _};

impl Cloud {
    pub(super) async fn post(&self, bucket: &str, fields: &[(&str, &str)]) -> Answer {
        let parts = fields.iter().map(|(name, value)| {
            let file = if *name == "file" { "; filename=\"a.txt\"" } else { "" };
            format!("--B\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")
        });
        let body = format!("{}--B--\r\n", parts.collect::<String>());
        let kind = [("content-type", "multipart/form-data; boundary=B")];
        self.unsigned("POST", &format!("/{bucket}"), &kind, &body).await
    }
}

#[tokio::test]
async fn a_stranger_posts_where_a_bucket_lets_everybody_in() {
    let cloud = Cloud::start().await;
    let (key, file) = (("key", "in/${filename}"), ("file", "text"));
    assert_eq!(
        cloud.post("bucket", &[key, file]).await.outcome(),
        "403 AccessDenied",
        "no policy lets him in"
    );
    cloud.open_to_all(r#""s3:GetObject""#).await;
    assert_eq!(
        cloud.post("bucket", &[key, file]).await.outcome(),
        "403 AccessDenied",
        "the policy lets him read"
    );
    cloud.open_to_all(r#""s3:PutObject""#).await;
    let answer = cloud
        .post("bucket", &[key, ("x-amz-meta-colour", "red"), ("success_action_status", "201"), file])
        .await;
    assert_eq!((answer.status, answer.first("Key")), (201, "in/a.txt"), "{answer:?}");
    let seen = cloud.done("GET", "/bucket/in/a.txt", &[], "").await;
    assert_eq!((seen.body.as_str(), seen.header("x-amz-meta-colour")), ("text", Some("red")));

    let tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
    let lacks = |field: &str| {
        format!(
            "Bucket POST must contain a field named '{field}'.  If it is specified, please check the order of the fields."
        )
    };
    for (fields, expected, message) in [
        (&[file][..], "400 InvalidArgument", lacks("key")),
        (&[key], "400 InvalidArgument", "POST requires exactly one file upload per request.".into()),
        (&[key, ("policy", "e30="), file], "400 InvalidArgument", lacks("AWSAccessKeyId")),
        (&[key, ("AWSAccessKeyId", "x"), file], "400 InvalidArgument", lacks("policy")),
        (&[key, ("tagging", tags), file], "403 AccessDenied", "Access Denied".into()),
        (
            &[key, ("acl", "public-read"), file],
            "400 AccessControlListNotSupported",
            "The bucket does not allow ACLs".into(),
        ),
    ] {
        let answer = cloud.post("bucket", fields).await;
        assert_eq!(
            (answer.outcome().as_str(), answer.first("Message")),
            (expected, message.as_str()),
            "{fields:?}"
        );
    }
    assert_eq!(cloud.post("none", &[key, file]).await.outcome(), "403 AccessDenied");
    cloud.done("DELETE", "/bucket?policy", &[], "").await;
    assert_eq!(cloud.post("bucket", &[key, file]).await.outcome(), "403 AccessDenied", "no more");
    assert_eq!(cloud.keys_of_all().await, ["in/a.txt"]);
}

#[tokio::test]
async fn a_policy_that_was_signed_says_what_is_posted() {
    let cloud = Cloud::start().await;
    let policy = |conditions: &str, until: &str| {
        BASE64.encode(format!(r#"{{"expiration":"{until}","conditions":[{conditions}]}}"#))
    };
    let later = "2026-01-01T01:00:00Z";
    let of_proof = r#"["starts-with","$x-amz-algorithm",""],["starts-with","$x-amz-credential",""],["starts-with","$x-amz-date",""]"#;
    let all = format!(
        r#"{of_proof},{{"bucket":"bucket"}},["starts-with","$key","in/"],["content-length-range",2,4]"#
    );
    let proof = [
        ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
        ("x-amz-credential", "test/20260101/us-east-1/s3/aws4_request"),
        ("x-amz-date", "20260101T000000Z"),
        ("x-amz-signature", "00"),
    ];
    for (given, fields, expected) in [
        (policy(&all, later), &[("key", "in/a"), ("file", "text")][..], "ok"),
        (policy(&all, "2026-01-01T00:00:00Z"), &[("key", "in/a"), ("file", "text")], "403 AccessDenied"),
        (policy(&all, later), &[("key", "out/a"), ("file", "text")], "403 AccessDenied"),
        (policy(&all, later), &[("key", "in/b"), ("acl", "private"), ("file", "text")], "403 AccessDenied"),
        (policy(&all, later), &[("key", "in/b"), ("file", "t")], "400 EntityTooSmall"),
        (policy(&all, later), &[("key", "in/b"), ("file", "texts")], "400 EntityTooLarge"),
        ("e30=".to_owned(), &[("key", "in/b"), ("file", "text")], "400 InvalidPolicyDocument"),
        ("?".to_owned(), &[("key", "in/b"), ("file", "text")], "400 InvalidPolicyDocument"),
    ] {
        let before = [("policy", given.as_str())];
        let answer = cloud.post("bucket", &[&before[..], &proof, fields].concat()).await;
        assert_eq!(answer.outcome(), expected, "{fields:?}: {answer:?}");
    }
    assert_eq!(cloud.keys_of_all().await, ["in/a"], "what was refused left nothing");
}

impl Cloud {
    async fn keys_of_all(&self) -> Vec<String> {
        let answer = self.done("GET", "/bucket?list-type=2", &[], "").await;
        answer.all("Key").into_iter().map(str::to_owned).collect()
    }
}
