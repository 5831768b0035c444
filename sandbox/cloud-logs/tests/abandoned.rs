//! Callers who go away in the middle of each operation.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::sync::Arc;

use async_trait::async_trait;
use cloud_core::{Context, Delivered, Delivery, PortError, Target};
use cloud_wire::Service;
use cloud_wire::abandon::{self, Case, Client, Subject};
use serde_json::{Value, json};

const ARN: &str = "arn:aws:logs:us-east-1:000000000000:log-group:g";

/// A group and a stream of this attempt, with an event.
const FILLED: &[(&str, abandon::Input)] = &[
    ("CreateLogGroup", |n, _| json!({ "logGroupName": format!("own-{n}") })),
    ("CreateLogStream", |n, _| json!({ "logGroupName": format!("own-{n}"), "logStreamName": "s" })),
    ("DescribeLogGroups", |n, _| json!({ "logGroupNamePrefix": format!("own-{n}") })),
    ("PutLogEvents", |n, before| {
        let now = before[2]["logGroups"][0]["creationTime"].clone();
        let events = json!([{ "timestamp": now, "message": "m" }]);
        json!({ "logGroupName": format!("own-{n}"), "logStreamName": "s", "logEvents": events })
    }),
];

fn subscription(n: usize) -> Value {
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    json!({ "logGroupName": format!("own-{n}"), "filterName": "f", "filterPattern": "", "destinationArn": arn })
}

/// A group of this attempt.
const OWN: &[(&str, abandon::Input)] =
    &[("CreateLogGroup", |n, _| json!({ "logGroupName": format!("own-{n}") }))];

/// The same with a subscriber.
const SUBSCRIBED: &[(&str, abandon::Input)] = &[
    ("CreateLogGroup", |n, _| json!({ "logGroupName": format!("own-{n}") })),
    ("PutSubscriptionFilter", |n, _| subscription(n)),
];

/// When the group `g` was made, which is close to now.
const MOMENT: &[(&str, abandon::Input)] =
    &[("DescribeLogGroups", |_, _| json!({ "logGroupNamePrefix": "g" }))];

const CASES: &[Case] = &[
    Case::new("CreateLogGroup", |n, _| json!({ "logGroupName": format!("made-{n}"), "tags": { "a": "b" } })),
    Case::new("CreateLogStream", |n, _| json!({ "logGroupName": "g", "logStreamName": n.to_string() })),
    Case::new("DeleteLogGroup", |n, _| json!({ "logGroupName": format!("own-{n}") })).after(FILLED),
    Case::new("DeleteLogStream", |n, _| json!({ "logGroupName": format!("own-{n}"), "logStreamName": "s" }))
        .after(FILLED),
    Case::new("PutRetentionPolicy", |_, _| json!({ "logGroupName": "g", "retentionInDays": 7 })),
    Case::new("DeleteRetentionPolicy", |_, _| json!({ "logGroupName": "g" })),
    Case::new("DescribeLogGroups", |_, _| json!({})),
    Case::new("DescribeLogStreams", |_, _| json!({ "logGroupName": "g" })),
    Case::new("PutLogEvents", |n, before| {
        let now = before[0]["logGroups"][0]["creationTime"].clone();
        let events = json!([{ "timestamp": now, "message": n.to_string() }]);
        json!({ "logGroupName": "g", "logStreamName": "s", "logEvents": events })
    })
    .after(MOMENT),
    Case::new("FilterLogEvents", |_, _| json!({ "logGroupName": "g" })),
    Case::new("GetLogEvents", |_, _| json!({ "logGroupName": "g", "logStreamName": "s" })),
    Case::new(
        "PutLogGroupDeletionProtection",
        |n, _| json!({ "logGroupIdentifier": "g", "deletionProtectionEnabled": n % 2 == 0 }),
    ),
    Case::new("PutSubscriptionFilter", |n, _| subscription(n)).after(OWN),
    Case::new("DescribeSubscriptionFilters", |_, _| json!({ "logGroupName": "g" })),
    Case::new(
        "DeleteSubscriptionFilter",
        |n, _| json!({ "logGroupName": format!("own-{n}"), "filterName": "f" }),
    )
    .after(SUBSCRIBED),
    Case::new("TagLogGroup", |n, _| json!({ "logGroupName": "g", "tags": { "n": n.to_string() } })),
    Case::new("ListTagsLogGroup", |_, _| json!({ "logGroupName": "g" })),
    Case::new("UntagLogGroup", |_, _| json!({ "logGroupName": "g", "tags": ["n"] })),
    Case::new("TagResource", |n, _| json!({ "resourceArn": ARN, "tags": { "n": n.to_string() } })),
    Case::new("ListTagsForResource", |_, _| json!({ "resourceArn": ARN })),
    Case::new("UntagResource", |_, _| json!({ "resourceArn": ARN, "tagKeys": ["n"] })),
];

struct Logs(Arc<cloud_logs::Logs>);

/// A function that takes what it is sent.
struct Taking;

#[async_trait]
impl Target for Taking {
    async fn deliver(&self, _: Delivery) -> Result<Delivered, PortError> {
        Ok(Delivered::default())
    }
}

#[async_trait]
impl Subject for Logs {
    async fn open(context: Context) -> Self {
        context.peers().add_target("lambda", Arc::new(Taking));
        Self(cloud_logs::open(&context).await.unwrap())
    }

    fn services(&self) -> Vec<Arc<dyn Service>> {
        vec![self.0.clone()]
    }

    async fn furnish(&self, client: &Client) {
        for group in ["g", "neighbour"] {
            client.done("CreateLogGroup", json!({ "logGroupName": group })).await;
        }
        client.done("CreateLogStream", json!({ "logGroupName": "g", "logStreamName": "s" })).await;
    }

    fn neighbour(&self, number: usize) -> (&'static str, Value) {
        ("CreateLogStream", json!({ "logGroupName": "neighbour", "logStreamName": number.to_string() }))
    }

    async fn seen(&self, client: &Client) -> Vec<Value> {
        let groups = client.done("DescribeLogGroups", json!({})).await;
        let mut seen = Vec::new();
        for group in groups["logGroups"].as_array().unwrap() {
            let name = json!({ "logGroupName": group["logGroupName"] });
            for operation in
                ["ListTagsLogGroup", "DescribeLogStreams", "FilterLogEvents", "DescribeSubscriptionFilters"]
            {
                seen.push(client.done(operation, name.clone()).await);
            }
        }
        seen.push(groups);
        seen
    }
}

#[tokio::test]
async fn who_goes_away_leaves_memory_as_disk_and_neighbours_alone() {
    abandon::check::<Logs>(CASES).await;
}
