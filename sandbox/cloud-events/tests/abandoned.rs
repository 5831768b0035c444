//! Callers who go away in the middle of each operation.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::sync::Arc;

use async_trait::async_trait;
use cloud_core::{Context, Delivered, Delivery, PortError, Target};
use cloud_wire::Service;
use cloud_wire::abandon::{self, Case, Client, Subject};
use serde_json::{Value, json};

const PATTERN: &str = r#"{"source":["s"]}"#;

fn arn(resource: &str) -> String {
    format!("arn:aws:events:us-east-1:000000000000:{resource}")
}

fn own(n: usize) -> String {
    format!("own-{n}")
}

fn target(n: usize) -> Value {
    json!({ "Id": n.to_string(), "Arn": "arn:aws:sqs:us-east-1:000000000000:q" })
}

fn tags(n: usize) -> Value {
    json!([{ "Key": "n", "Value": n.to_string() }])
}

const BUS: &[(&str, abandon::Input)] = &[("CreateEventBus", |n, _| json!({ "Name": own(n) }))];
const RULE: &[(&str, abandon::Input)] =
    &[("PutRule", |n, _| json!({ "Name": own(n), "ScheduleExpression": "rate(1 day)" }))];
const WITH_TARGET: &[(&str, abandon::Input)] = &[
    ("PutRule", |n, _| json!({ "Name": own(n), "EventPattern": PATTERN })),
    ("PutTargets", |n, _| json!({ "Rule": own(n), "Targets": [target(n)] })),
];
const WITH_STATEMENT: &[(&str, abandon::Input)] = &[(
    "PutPermission",
    |n, _| json!({ "StatementId": own(n), "Action": "events:PutEvents", "Principal": "*" }),
)];

const CASES: &[Case] = &[
    Case::new("CreateEventBus", |n, _| json!({ "Name": own(n), "Tags": tags(n) })),
    Case::new("UpdateEventBus", |n, _| json!({ "Name": own(n), "Description": "d" })).after(BUS),
    Case::new("DeleteEventBus", |n, _| json!({ "Name": own(n) })).after(BUS),
    Case::new("DescribeEventBus", |_, _| json!({})),
    Case::new("ListEventBuses", |_, _| json!({})),
    Case::new(
        "PutRule",
        |n, _| json!({ "Name": own(n), "EventPattern": PATTERN, "ScheduleExpression": "rate(1 day)", "Tags": tags(n) }),
    ),
    Case::new("DeleteRule", |n, _| json!({ "Name": own(n) })).after(RULE),
    Case::new("DescribeRule", |_, _| json!({ "Name": "r" })),
    Case::new("DisableRule", |n, _| json!({ "Name": own(n) })).after(RULE),
    Case::new("EnableRule", |n, _| json!({ "Name": own(n) })).after(RULE),
    Case::new("ListRules", |_, _| json!({})),
    Case::new("ListRuleNamesByTarget", |_, _| json!({ "TargetArn": "arn:aws:sqs:us-east-1:000000000000:q" })),
    Case::new("PutTargets", |n, _| json!({ "Rule": own(n), "Targets": [target(n)] })).after(RULE),
    Case::new("RemoveTargets", |n, _| json!({ "Rule": own(n), "Ids": [n.to_string()] })).after(WITH_TARGET),
    Case::new("ListTargetsByRule", |_, _| json!({ "Rule": "r" })),
    Case::new("PutEvents", |n, _| {
        let entry = json!({ "Source": "s", "DetailType": "t", "Detail": json!({ "n": n }).to_string() });
        json!({ "Entries": [entry, { "Source": "s" }] })
    }),
    Case::new("TestEventPattern", |_, _| {
        let event = json!({
            "id": "i", "account": "a", "source": "s", "time": "t", "region": "r", "resources": [], "detail-type": "t",
        });
        json!({ "EventPattern": PATTERN, "Event": event.to_string() })
    }),
    Case::new(
        "PutPermission",
        |n, _| json!({ "StatementId": own(n), "Action": "events:PutEvents", "Principal": "111111111111" }),
    ),
    Case::new("RemovePermission", |n, _| json!({ "StatementId": own(n) })).after(WITH_STATEMENT),
    Case::new("TagResource", |n, _| json!({ "ResourceARN": arn("rule/r"), "Tags": tags(n) })),
    Case::new("UntagResource", |_, _| json!({ "ResourceARN": arn("rule/r"), "TagKeys": ["n"] })),
    Case::new("ListTagsForResource", |_, _| json!({ "ResourceARN": arn("event-bus/default") })),
];

/// A service that takes all.
struct Taking;

#[async_trait]
impl Target for Taking {
    async fn deliver(&self, _: Delivery) -> Result<Delivered, PortError> {
        Ok(Delivered::default())
    }
}

struct Bridge(Arc<cloud_events::EventBridge>);

#[async_trait]
impl Subject for Bridge {
    async fn open(context: Context) -> Self {
        context.peers().add_target("sqs", Arc::new(Taking));
        Self(cloud_events::open(&context).await.unwrap())
    }

    fn services(&self) -> Vec<Arc<dyn Service>> {
        vec![self.0.clone()]
    }

    async fn furnish(&self, client: &Client) {
        client.done("PutRule", json!({ "Name": "r", "EventPattern": PATTERN })).await;
        client.done("PutTargets", json!({ "Rule": "r", "Targets": [target(0)] })).await;
    }

    fn neighbour(&self, number: usize) -> (&'static str, Value) {
        let detail = json!({ "neighbour": number }).to_string();
        ("PutEvents", json!({ "Entries": [{ "Source": "s", "DetailType": "t", "Detail": detail }] }))
    }

    async fn quiet(&self, _client: &Client) {
        while self.0.is_delivering().await {
            tokio::task::yield_now().await;
        }
    }

    async fn seen(&self, client: &Client) -> Vec<Value> {
        let buses = client.done("ListEventBuses", json!({})).await;
        let rules = client.done("ListRules", json!({})).await;
        let mut seen = Vec::new();
        for bus in buses["EventBuses"].as_array().unwrap() {
            seen.push(client.done("DescribeEventBus", json!({ "Name": bus["Name"] })).await);
            seen.push(client.done("ListTagsForResource", json!({ "ResourceARN": bus["Arn"] })).await);
        }
        for rule in rules["Rules"].as_array().unwrap() {
            seen.push(client.done("ListTargetsByRule", json!({ "Rule": rule["Name"] })).await);
            seen.push(client.done("ListTagsForResource", json!({ "ResourceARN": rule["Arn"] })).await);
        }
        seen.extend([buses, rules]);
        seen
    }
}

#[tokio::test]
async fn who_goes_away_leaves_memory_as_disk_and_neighbours_alone() {
    abandon::check::<Bridge>(CASES).await;
}
