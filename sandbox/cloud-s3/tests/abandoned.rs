//! Callers who go away in the middle of each operation, also while a body is coming.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cloud_core::{Context, Delivered, Delivery, PortError, Target};
use cloud_s3::S3;
use cloud_wire::Service;
use cloud_wire::abandon::{self, Case, Client, Input, Subject};
use serde_json::{Value, json};

/// `text`.
const BODY: &str = "dGV4dA==";
const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:q";
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]}"#;

fn bucket() -> Value {
    json!({ "Bucket": "bucket" })
}

fn own(n: usize) -> Value {
    json!({ "Bucket": "bucket", "Key": format!("own/{n}") })
}

/// The members of two objects together.
fn with(mut first: Value, more: Value) -> Value {
    if let (Value::Object(members), Value::Object(more)) = (&mut first, more) {
        members.extend(more);
    }
    first
}

fn put(n: usize) -> Value {
    with(own(n), json!({ "Body": BODY }))
}

/// The upload that the first request before it began.
fn upload(n: usize, before: &[Value]) -> Value {
    with(own(n), json!({ "UploadId": before[0]["UploadId"] }))
}

fn part(n: usize, before: &[Value]) -> Value {
    with(upload(n, before), json!({ "PartNumber": 1, "Body": BODY }))
}

fn copied(n: usize, before: &[Value]) -> Value {
    with(upload(n, before), json!({ "PartNumber": 2, "CopySource": "bucket/kept" }))
}

fn complete(n: usize, before: &[Value]) -> Value {
    let parts = json!([{ "PartNumber": 1, "ETag": before[1]["ETag"] }]);
    with(upload(n, before), json!({ "MultipartUpload": { "Parts": parts } }))
}

fn tagging(n: usize) -> Value {
    json!({ "Tagging": { "TagSet": [{ "Key": "n", "Value": n.to_string() }] } })
}

const PUT: &[(&str, Input)] = &[("PutObject", |n, _| put(n))];
const BEGUN: &[(&str, Input)] = &[("CreateMultipartUpload", |n, _| own(n))];
const WITH_PART: &[(&str, Input)] = &[("CreateMultipartUpload", |n, _| own(n)), ("UploadPart", part)];
const EMPTY: &[(&str, Input)] = &[("CreateBucket", |n, _| json!({ "Bucket": format!("own-{n}") }))];

const OBJECTS: &[Case] = &[
    Case::new("PutObject", |n, _| put(n)),
    // In place of an older one, whose file goes.
    Case::new("PutObject", |_, _| json!({ "Bucket": "bucket", "Key": "again", "Body": BODY })),
    Case::new("CopyObject", |n, _| with(own(n), json!({ "CopySource": "bucket/kept" }))),
    Case::new("DeleteObject", |n, _| own(n)).after(PUT),
    Case::new("DeleteObjects", |n, _| {
        let objects = json!([{ "Key": format!("own/{n}") }, { "Key": "none" }]);
        with(bucket(), json!({ "Delete": { "Objects": objects } }))
    })
    .after(PUT),
    Case::new("PutObjectTagging", |n, _| with(json!({ "Bucket": "bucket", "Key": "kept" }), tagging(n))),
    Case::new("GetObjectTagging", |_, _| json!({ "Bucket": "bucket", "Key": "kept" })),
    Case::new("DeleteObjectTagging", |_, _| json!({ "Bucket": "bucket", "Key": "kept" })),
    Case::new("GetObject", |_, _| json!({ "Bucket": "bucket", "Key": "kept" })),
    Case::new("HeadObject", |_, _| json!({ "Bucket": "bucket", "Key": "kept" })),
    Case::new(
        "GetObjectAttributes",
        |_, _| json!({ "Bucket": "bucket", "Key": "kept", "ObjectAttributes": ["ObjectSize"] }),
    ),
    Case::new("ListObjects", |_, _| bucket()),
    Case::new("ListObjectsV2", |_, _| bucket()),
    Case::new("CreateMultipartUpload", |n, _| own(n)),
    Case::new("UploadPart", part).after(BEGUN),
    Case::new("UploadPartCopy", copied).after(BEGUN),
    Case::new("ListParts", upload).after(WITH_PART),
    Case::new("ListMultipartUploads", |_, _| bucket()),
    Case::new("CompleteMultipartUpload", complete).after(WITH_PART),
    Case::new("AbortMultipartUpload", upload).after(WITH_PART),
];

const BUCKETS: &[Case] = &[
    Case::new("CreateBucket", |n, _| json!({ "Bucket": format!("made-{n}") })),
    Case::new("DeleteBucket", |n, _| json!({ "Bucket": format!("own-{n}") })).after(EMPTY),
    Case::new("HeadBucket", |_, _| bucket()),
    Case::new("ListBuckets", |_, _| json!({})),
    Case::new("GetBucketLocation", |_, _| bucket()),
    Case::new("GetBucketVersioning", |_, _| bucket()),
    Case::new("PutBucketCors", |_, _| {
        let rule = json!({ "AllowedMethods": ["GET"], "AllowedOrigins": ["*"] });
        with(bucket(), json!({ "CORSConfiguration": { "CORSRules": [rule] } }))
    }),
    Case::new("GetBucketCors", |_, _| bucket()),
    Case::new("DeleteBucketCors", |_, _| bucket()),
    Case::new("PutBucketEncryption", |_, _| {
        let rule = json!({ "ApplyServerSideEncryptionByDefault": { "SSEAlgorithm": "AES256" } });
        with(bucket(), json!({ "ServerSideEncryptionConfiguration": { "Rules": [rule] } }))
    }),
    Case::new("GetBucketEncryption", |_, _| bucket()),
    Case::new("PutBucketNotificationConfiguration", |n, _| {
        let queue = json!({ "Id": n.to_string(), "QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"] });
        with(bucket(), json!({ "NotificationConfiguration": { "QueueConfigurations": [queue] } }))
    }),
    Case::new("GetBucketNotificationConfiguration", |_, _| bucket()),
    Case::new("PutBucketPolicy", |_, _| with(bucket(), json!({ "Policy": POLICY }))),
    Case::new("GetBucketPolicy", |_, _| bucket()),
    Case::new("DeleteBucketPolicy", |_, _| bucket()),
    Case::new("PutBucketTagging", |n, _| with(bucket(), tagging(n))),
    Case::new("GetBucketTagging", |_, _| bucket()),
    Case::new("DeleteBucketTagging", |_, _| bucket()),
    Case::new("PutPublicAccessBlock", |_, _| {
        with(bucket(), json!({ "PublicAccessBlockConfiguration": { "BlockPublicAcls": true } }))
    }),
    Case::new("GetPublicAccessBlock", |_, _| bucket()),
    Case::new("DeletePublicAccessBlock", |_, _| bucket()),
];

/// A service that takes all.
struct Taking;

#[async_trait]
impl Target for Taking {
    async fn deliver(&self, _: Delivery) -> Result<Delivered, PortError> {
        Ok(Delivered::default())
    }
}

struct Store {
    s3: Arc<S3>,
    context: Context,
}

impl Store {
    /// Files beside the records: contents, and what is on its way.
    fn files(&self) -> usize {
        let folder = self.context.folder("s3");
        let count = |folder| {
            let entries = fs::read_dir(folder).unwrap().flatten();
            entries.filter(|entry| entry.path().is_file()).count()
        };
        count(folder.join("incoming")) + count(folder)
    }

    /// All contents that are named: each object here has one, and each part.
    async fn contents(client: &Client) -> Vec<Value> {
        let mut named = Vec::new();
        let listed = client.done("ListObjectsV2", bucket()).await;
        for object in listed["Contents"].as_array().unwrap() {
            let object = with(bucket(), json!({ "Key": object["Key"] }));
            let mut told = client.done("GetObject", object.clone()).await;
            told["Tags"] = client.done("GetObjectTagging", object).await;
            named.push(told);
        }
        let uploads = client.done("ListMultipartUploads", bucket()).await;
        for upload in uploads["Uploads"].as_array().unwrap() {
            let upload = json!({ "Bucket": "bucket", "Key": upload["Key"], "UploadId": upload["UploadId"] });
            let parts = client.done("ListParts", upload).await;
            named.extend(parts["Parts"].as_array().unwrap().iter().cloned());
        }
        named
    }
}

#[async_trait]
impl Subject for Store {
    async fn open(context: Context) -> Self {
        context.peers().add_target("sqs", Arc::new(Taking));
        Self { s3: Arc::new(S3::open(context.clone()).await.unwrap()), context }
    }

    fn services(&self) -> Vec<Arc<dyn Service>> {
        vec![self.s3.clone()]
    }

    async fn furnish(&self, client: &Client) {
        client.done("CreateBucket", bucket()).await;
        let queue = json!({ "QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"] });
        let told = json!({ "NotificationConfiguration": { "QueueConfigurations": [queue] } });
        client.done("PutBucketNotificationConfiguration", with(bucket(), told)).await;
        for key in ["again", "kept"] {
            client.done("PutObject", json!({ "Bucket": "bucket", "Key": key, "Body": BODY })).await;
        }
    }

    fn neighbour(&self, _: usize) -> (&'static str, Value) {
        ("CopyObject", json!({ "Bucket": "bucket", "Key": "neighbour", "CopySource": "bucket/kept" }))
    }

    /// Nothing is left of what was not kept, and what was replaced is gone.
    async fn quiet(&self, client: &Client) {
        let named = Self::contents(client).await.len();
        let gone = async {
            while self.files() != named {
                tokio::task::yield_now().await;
            }
        };
        let gone = tokio::time::timeout(Duration::from_secs(20), gone).await;
        assert!(gone.is_ok(), "{} files for {named} contents", self.files());
        while !self.s3.is_idle().await {
            tokio::task::yield_now().await;
        }
    }

    async fn seen(&self, client: &Client) -> Vec<Value> {
        let mut seen = Self::contents(client).await;
        seen.push(client.done("ListBuckets", json!({})).await);
        for operation in [
            "GetBucketCors",
            "GetBucketEncryption",
            "GetBucketNotificationConfiguration",
            "GetBucketPolicy",
            "GetBucketTagging",
            "GetPublicAccessBlock",
            "ListMultipartUploads",
        ] {
            let told = client.ask(operation, bucket()).await;
            seen.push(told.unwrap_or_else(|error| error.to_string().into()));
        }
        seen
    }
}

#[tokio::test]
async fn who_goes_away_leaves_memory_as_disk_and_neighbours_alone() {
    abandon::check::<Store>(&[OBJECTS, BUCKETS].concat()).await;
}
