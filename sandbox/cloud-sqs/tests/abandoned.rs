//! Callers who go away in the middle of each operation.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::sync::Arc;

use async_trait::async_trait;
use cloud_core::Context;
use cloud_wire::Service;
use cloud_wire::abandon::{self, Case, Client, Subject};
use serde_json::{Value, json};

const QUEUE: &str = "http://localhost/000000000000/q";
const DEAD: &str = "arn:aws:sqs:us-east-1:000000000000:dead";

fn own(n: usize) -> String {
    format!("http://localhost/000000000000/own-{n}")
}

/// A queue of this attempt, with a message.
const FILLED: &[(&str, abandon::Input)] = &[
    ("CreateQueue", |n, _| json!({ "QueueName": format!("own-{n}") })),
    ("SendMessage", |n, _| json!({ "QueueUrl": own(n), "MessageBody": "m" })),
];

/// The same, received.
const RECEIVED: &[(&str, abandon::Input)] = &[
    ("CreateQueue", |n, _| json!({ "QueueName": format!("own-{n}") })),
    ("SendMessage", |n, _| json!({ "QueueUrl": own(n), "MessageBody": "m" })),
    ("ReceiveMessage", |n, _| json!({ "QueueUrl": own(n), "VisibilityTimeout": 40_000 })),
];

/// A queue for dead letters of this attempt with one that feeds it, and a task that moves nothing for long.
const MOVING: &[(&str, abandon::Input)] = &[
    ("CreateQueue", |n, _| json!({ "QueueName": format!("own-{n}") })),
    ("CreateQueue", |n, _| {
        let policy = json!({ "deadLetterTargetArn": arn(n), "maxReceiveCount": 1 }).to_string();
        json!({ "QueueName": format!("source-{n}"), "Attributes": { "RedrivePolicy": policy } })
    }),
    ("SendMessageBatch", |n, _| {
        let entries: Vec<_> = (0..10).map(|id| json!({ "Id": id.to_string(), "MessageBody": "m" })).collect();
        json!({ "QueueUrl": own(n), "Entries": entries })
    }),
    (
        "StartMessageMoveTask",
        |n, _| json!({ "SourceArn": arn(n), "DestinationArn": source(n), "MaxNumberOfMessagesPerSecond": 1 }),
    ),
];

fn arn(n: usize) -> String {
    format!("arn:aws:sqs:us-east-1:000000000000:own-{n}")
}

fn source(n: usize) -> String {
    format!("arn:aws:sqs:us-east-1:000000000000:source-{n}")
}

fn receipt(before: &[Value]) -> Value {
    before[2]["Messages"][0]["ReceiptHandle"].clone()
}

const CASES: &[Case] = &[
    Case::new(
        "AddPermission",
        |n, _| json!({ "QueueUrl": QUEUE, "Label": n.to_string(), "AWSAccountIds": ["111111111111"], "Actions": ["SendMessage"] }),
    ),
    Case::new("RemovePermission", |_, _| json!({ "QueueUrl": QUEUE, "Label": "l" })).after(&[(
        "SetQueueAttributes",
        |_, _| {
            let policy = json!({ "Statement": [{ "Sid": "l", "Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*" }] });
            json!({ "QueueUrl": QUEUE, "Attributes": { "Policy": policy.to_string() } })
        },
    )]),
    Case::new("CreateQueue", |n, _| json!({ "QueueName": format!("made-{n}"), "tags": { "a": "b" } })),
    Case::new("DeleteQueue", |n, _| json!({ "QueueUrl": own(n) })).after(FILLED),
    Case::new("PurgeQueue", |n, _| json!({ "QueueUrl": own(n) })).after(FILLED),
    Case::new("GetQueueAttributes", |_, _| json!({ "QueueUrl": QUEUE, "AttributeNames": ["All"] })),
    Case::new(
        "SetQueueAttributes",
        |n, _| json!({ "QueueUrl": QUEUE, "Attributes": { "MaximumMessageSize": (1024 + n).to_string() } }),
    ),
    Case::new("GetQueueUrl", |_, _| json!({ "QueueName": "q" })),
    Case::new("ListQueues", |_, _| json!({ "MaxResults": 2 })),
    Case::new(
        "ListDeadLetterSourceQueues",
        |_, _| json!({ "QueueUrl": "http://localhost/000000000000/dead" }),
    ),
    Case::new("TagQueue", |n, _| json!({ "QueueUrl": QUEUE, "Tags": { "n": n.to_string() } })),
    Case::new("ListQueueTags", |_, _| json!({ "QueueUrl": QUEUE })),
    Case::new("UntagQueue", |_, _| json!({ "QueueUrl": QUEUE, "TagKeys": ["n"] })),
    Case::new(
        "SendMessage",
        |n, _| json!({ "QueueUrl": "http://localhost/000000000000/f.fifo", "MessageBody": n.to_string(), "MessageGroupId": "g" }),
    ),
    Case::new(
        "SendMessageBatch",
        |n, _| json!({ "QueueUrl": QUEUE, "Entries": [{ "Id": "a", "MessageBody": n.to_string() }, { "Id": "b", "MessageBody": "" }] }),
    ),
    Case::new(
        "ReceiveMessage",
        |n, _| json!({ "QueueUrl": own(n), "MaxNumberOfMessages": 10, "VisibilityTimeout": 40_000 }),
    )
    .after(FILLED),
    Case::new("DeleteMessage", |n, before| json!({ "QueueUrl": own(n), "ReceiptHandle": receipt(before) }))
        .after(RECEIVED),
    Case::new(
        "DeleteMessageBatch",
        |n, before| json!({ "QueueUrl": own(n), "Entries": [{ "Id": "a", "ReceiptHandle": receipt(before) }] }),
    )
    .after(RECEIVED),
    Case::new(
        "ChangeMessageVisibility",
        |n, before| json!({ "QueueUrl": own(n), "ReceiptHandle": receipt(before), "VisibilityTimeout": 0 }),
    )
    .after(RECEIVED),
    Case::new("ChangeMessageVisibilityBatch", |n, before| {
        let entry = json!({ "Id": "a", "ReceiptHandle": receipt(before), "VisibilityTimeout": 0 });
        json!({ "QueueUrl": own(n), "Entries": [entry] })
    })
    .after(RECEIVED),
    Case::new("StartMessageMoveTask", |_, _| json!({ "SourceArn": DEAD })),
    Case::new("ListMessageMoveTasks", |_, _| json!({ "SourceArn": DEAD, "MaxResults": 10 })),
    Case::new("CancelMessageMoveTask", |_, before| json!({ "TaskHandle": before[3]["TaskHandle"] }))
        .after(MOVING),
];

struct Queues(Arc<cloud_sqs::Sqs>);

#[async_trait]
impl Subject for Queues {
    async fn open(context: Context) -> Self {
        Self(cloud_sqs::open(&context).await.unwrap())
    }

    fn services(&self) -> Vec<Arc<dyn Service>> {
        vec![self.0.clone()]
    }

    async fn furnish(&self, client: &Client) {
        for name in ["dead", "neighbour"] {
            client.done("CreateQueue", json!({ "QueueName": name })).await;
        }
        let policy = json!({ "deadLetterTargetArn": DEAD, "maxReceiveCount": 3 }).to_string();
        let attributes = json!({ "RedrivePolicy": policy });
        client.done("CreateQueue", json!({ "QueueName": "q", "Attributes": attributes })).await;
        let fifo = json!({ "FifoQueue": "true", "ContentBasedDeduplication": "true" });
        client.done("CreateQueue", json!({ "QueueName": "f.fifo", "Attributes": fifo })).await;
    }

    fn neighbour(&self, number: usize) -> (&'static str, Value) {
        let url = "http://localhost/000000000000/neighbour";
        ("SendMessage", json!({ "QueueUrl": url, "MessageBody": number.to_string() }))
    }

    async fn quiet(&self, _client: &Client) {
        while !self.0.is_idle() {
            tokio::task::yield_now().await;
        }
    }

    async fn seen(&self, client: &Client) -> Vec<Value> {
        let queues = client.done("ListQueues", json!({})).await;
        let mut seen = Vec::new();
        for url in queues["QueueUrls"].as_array().unwrap() {
            let name = url.as_str().unwrap().rsplit('/').next().unwrap();
            seen.push(
                client
                    .done("GetQueueAttributes", json!({ "QueueUrl": url, "AttributeNames": ["All"] }))
                    .await,
            );
            seen.push(client.done("ListQueueTags", json!({ "QueueUrl": url })).await);
            let arn = format!("arn:aws:sqs:us-east-1:000000000000:{name}");
            let tasks =
                client.done("ListMessageMoveTasks", json!({ "SourceArn": arn, "MaxResults": 10 })).await;
            let statuses =
                tasks["Results"].as_array().into_iter().flatten().map(|task| task["Status"].clone());
            seen.push(statuses.collect());
        }
        seen.push(queues);
        seen
    }
}

#[tokio::test]
async fn who_goes_away_leaves_memory_as_disk_and_neighbours_alone() {
    abandon::check::<Queues>(CASES).await;
}
