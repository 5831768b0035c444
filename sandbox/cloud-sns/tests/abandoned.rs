//! Callers who go away in the middle of each operation.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use cloud_core::{Context, Delivered, Delivery, PortError, Target};
use cloud_wire::Service;
use cloud_wire::abandon::{self, Case, Client, Subject};
use serde_json::{Value, json};

const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:t";

fn own(n: usize) -> String {
    format!("arn:aws:sns:us-east-1:000000000000:own-{n}")
}

fn queue(n: usize) -> String {
    format!("arn:aws:sqs:us-east-1:000000000000:q-{n}")
}

/// A topic of this attempt with a subscription.
const SUBSCRIBED: &[(&str, abandon::Input)] = &[
    ("CreateTopic", |n, _| json!({ "Name": format!("own-{n}") })),
    ("Subscribe", |n, _| json!({ "TopicArn": own(n), "Protocol": "sqs", "Endpoint": queue(n) })),
];

/// What confirms a subscription of the topic: no operation tells it.
static TOKEN: OnceLock<String> = OnceLock::new();

fn subscription(before: &[Value]) -> Value {
    before[before.len() - 1]["SubscriptionArn"].clone()
}

const CASES: &[Case] = &[
    Case::new(
        "AddPermission",
        |n, _| json!({ "TopicArn": TOPIC, "Label": n.to_string(), "AWSAccountId": ["111111111111"], "ActionName": ["Publish"] }),
    ),
    Case::new("RemovePermission", |n, _| json!({ "TopicArn": own(n), "Label": "__default_statement_ID" }))
        .after(SUBSCRIBED),
    Case::new(
        "CreateTopic",
        |n, _| json!({ "Name": format!("made-{n}"), "Tags": [{ "Key": "a", "Value": "b" }] }),
    ),
    Case::new("DeleteTopic", |n, _| json!({ "TopicArn": own(n) })).after(SUBSCRIBED),
    Case::new("GetTopicAttributes", |_, _| json!({ "TopicArn": TOPIC })),
    Case::new(
        "SetTopicAttributes",
        |n, _| json!({ "TopicArn": TOPIC, "AttributeName": "DisplayName", "AttributeValue": n.to_string() }),
    ),
    Case::new("Subscribe", |n, _| json!({ "TopicArn": TOPIC, "Protocol": "sqs", "Endpoint": queue(n) })),
    Case::new("ConfirmSubscription", |n, _| {
        json!({ "TopicArn": TOPIC, "Token": TOKEN.get(), "AuthenticateOnUnsubscribe": (n % 2 == 0).to_string() })
    }),
    Case::new("Unsubscribe", |_, before| json!({ "SubscriptionArn": subscription(before) })).after(SUBSCRIBED),
    Case::new("GetSubscriptionAttributes", |_, before| json!({ "SubscriptionArn": subscription(before) }))
        .after(SUBSCRIBED),
    Case::new("SetSubscriptionAttributes", |_, before| {
        let arn = subscription(before);
        json!({ "SubscriptionArn": arn, "AttributeName": "FilterPolicy", "AttributeValue": "{\"a\":[\"b\"]}" })
    })
    .after(SUBSCRIBED),
    Case::new("ListTopics", |_, _| json!({})),
    Case::new("ListSubscriptions", |_, _| json!({})),
    Case::new("ListSubscriptionsByTopic", |_, _| json!({ "TopicArn": TOPIC })),
    Case::new("Publish", |n, _| json!({ "TopicArn": TOPIC, "Message": n.to_string() })),
    Case::new("PublishBatch", |n, _| {
        let entries = json!([{ "Id": "a", "Message": n.to_string() }, { "Id": "b", "Message": "" }]);
        json!({ "TopicArn": TOPIC, "PublishBatchRequestEntries": entries })
    }),
    Case::new(
        "TagResource",
        |n, _| json!({ "ResourceArn": TOPIC, "Tags": [{ "Key": "n", "Value": n.to_string() }] }),
    ),
    Case::new("UntagResource", |_, _| json!({ "ResourceArn": TOPIC, "TagKeys": ["n"] })),
    Case::new("ListTagsForResource", |_, _| json!({ "ResourceArn": TOPIC })),
    Case::new(
        "PutDataProtectionPolicy",
        |n, _| json!({ "ResourceArn": TOPIC, "DataProtectionPolicy": json!({ "Name": n.to_string(), "Version": "2021-06-01", "Statement": [] }).to_string() }),
    ),
    Case::new("GetDataProtectionPolicy", |_, _| json!({ "ResourceArn": TOPIC })),
    Case::new("SetSMSAttributes", |n, _| json!({ "attributes": { "MonthlySpendLimit": n.to_string() } })),
    Case::new("GetSMSAttributes", |_, _| json!({})),
    Case::new("CheckIfPhoneNumberIsOptedOut", |_, _| json!({ "phoneNumber": "+15555550100" })),
    Case::new("ListPhoneNumbersOptedOut", |_, _| json!({})),
    Case::new("OptInPhoneNumber", |_, _| json!({ "phoneNumber": "+15555550100" })),
];

/// A service that takes all.
struct Taking;

#[async_trait]
impl Target for Taking {
    async fn deliver(&self, _: Delivery) -> Result<Delivered, PortError> {
        Ok(Delivered::default())
    }
}

struct Topics(Arc<cloud_sns::Sns>);

#[async_trait]
impl Subject for Topics {
    async fn open(context: Context) -> Self {
        context.peers().add_target("sqs", Arc::new(Taking));
        Self(cloud_sns::open(&context, cloud_sns::Signer::in_folder(context.data_dir())).await.unwrap())
    }

    fn services(&self) -> Vec<Arc<dyn Service>> {
        vec![self.0.clone()]
    }

    async fn furnish(&self, client: &Client) {
        for name in ["t", "neighbour"] {
            client.done("CreateTopic", json!({ "Name": name })).await;
        }
        for (protocol, endpoint) in [("sqs", "arn:aws:sqs:us-east-1:000000000000:q"), ("sms", "+15555550100")]
        {
            client
                .done("Subscribe", json!({ "TopicArn": TOPIC, "Protocol": protocol, "Endpoint": endpoint }))
                .await;
        }
        let mail = json!({ "TopicArn": TOPIC, "Protocol": "email", "Endpoint": "a@example.com" });
        client.done("Subscribe", mail).await;
        let letter = self.0.inbox().await.unwrap().remove(0);
        TOKEN.set(letter.text.rsplit("Token=").next().unwrap().to_owned()).unwrap();
    }

    fn neighbour(&self, number: usize) -> (&'static str, Value) {
        let topic = "arn:aws:sns:us-east-1:000000000000:neighbour";
        ("Publish", json!({ "TopicArn": topic, "Message": number.to_string() }))
    }

    async fn quiet(&self, _client: &Client) {
        while !self.0.is_idle().await {
            tokio::task::yield_now().await;
        }
    }

    async fn seen(&self, client: &Client) -> Vec<Value> {
        let topics = client.done("ListTopics", json!({})).await;
        let mut seen = Vec::new();
        for topic in topics["Topics"].as_array().unwrap() {
            let arn = &topic["TopicArn"];
            seen.push(client.done("GetTopicAttributes", json!({ "TopicArn": arn })).await);
            seen.push(client.done("ListTagsForResource", json!({ "ResourceArn": arn })).await);
            seen.push(client.done("ListSubscriptionsByTopic", json!({ "TopicArn": arn })).await);
            seen.push(client.done("GetDataProtectionPolicy", json!({ "ResourceArn": arn })).await);
        }
        let subscriptions = client.done("ListSubscriptions", json!({})).await;
        for subscription in subscriptions["Subscriptions"].as_array().unwrap() {
            let arn = &subscription["SubscriptionArn"];
            if arn != "PendingConfirmation" {
                seen.push(client.done("GetSubscriptionAttributes", json!({ "SubscriptionArn": arn })).await);
            }
        }
        seen.extend([topics, subscriptions, client.done("GetSMSAttributes", json!({})).await]);
        seen.push(self.0.inbox().await.unwrap().iter().map(|letter| json!(letter.text)).collect());
        seen
    }
}

#[tokio::test]
async fn who_goes_away_leaves_memory_as_disk_and_neighbours_alone() {
    abandon::check::<Topics>(CASES).await;
}
