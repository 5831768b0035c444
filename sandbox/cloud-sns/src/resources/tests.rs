//! The types as a deployment uses them.

use std::collections::BTreeMap;

use cloud_core::{Context, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Value, json};

use super::*;
use crate::open::open;
use crate::signing::Signer;

struct Rig {
    context: Context,
    sns: Arc<Sns>,
    _folder: tempfile::TempDir,
}

const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:q";

impl Rig {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let sns = open(&context, Signer::in_folder(context.data_dir())).await.unwrap();
        Self { context, sns, _folder: folder }
    }

    fn provider(&self, kind: &str) -> Arc<dyn ResourceProvider> {
        self.context.peers().provider(&format!("AWS::SNS::{kind}")).unwrap()
    }

    fn request(token: &str, properties: Value) -> ResourceRequest {
        ResourceRequest {
            logical_id: "R".into(),
            stack_name: "s".into(),
            stack_id: "arn".into(),
            properties,
            token: token.into(),
            tags: BTreeMap::from([("stack".to_owned(), "s".to_owned())]),
            caller: None,
        }
    }

    async fn create(&self, kind: &str, token: &str, properties: Value) -> Result<Created, AwsError> {
        self.provider(kind).create(&Self::request(token, properties)).await
    }

    async fn update(&self, kind: &str, id: &str, old: Value, new: Value) -> Created {
        match self.provider(kind).update(id, &old, &Self::request("u", new)).await.unwrap() {
            Updated::InPlace(created) => created,
            Updated::ReplacementRequired => panic!("it is changed in place"),
        }
    }

    fn endpoints(&self, topic: &str) -> Vec<String> {
        let all = self.sns.records.subscriptions_of(topic);
        let mut all: Vec<String> = all.iter().map(|subscription| subscription.endpoint.clone()).collect();
        all.sort_unstable();
        all
    }

    fn policy(&self, topic: &str) -> Option<String> {
        self.sns.records.topics.get(&topic.to_owned()).unwrap().policy.clone()
    }
}

#[tokio::test]
async fn a_topic_is_made_changed_and_removed() {
    let rig = Rig::new().await;
    let other = format!("{QUEUE}2");
    let named = |endpoints: &[&str]| -> Value {
        endpoints.iter().map(|endpoint| json!({ "Protocol": "sqs", "Endpoint": endpoint })).collect()
    };
    let old = json!({ "DisplayName": "d", "FifoTopic": false, "Subscription": named(&[QUEUE]) });
    let made = rig.create("Topic", "1", old.clone()).await.unwrap();
    assert_eq!(rig.create("Topic", "1", old.clone()).await.unwrap(), made, "the step is repeated");
    let name = made.attributes["TopicName"].as_str().unwrap().to_owned();
    assert!(name.starts_with("s-R-"), "{name}");
    assert_eq!(made.attributes["TopicArn"], json!(made.physical_id));
    assert_eq!(rig.endpoints(&name), [QUEUE]);
    let new = json!({ "Subscription": named(&[&other]), "Tags": [{ "Key": "k", "Value": "v" }] });
    assert_eq!(rig.update("Topic", &made.physical_id, old, new).await, made);
    assert_eq!(rig.endpoints(&name), [other.as_str()]);
    let topic = rig.sns.records.topics.get(&name).unwrap();
    assert_eq!(topic.attributes.get("DisplayName"), None);
    assert_eq!(topic.tags.keys().collect::<Vec<_>>(), ["k", "stack"]);
    for _ in 0..2 {
        rig.provider("Topic").delete(&made.physical_id, &json!({})).await.unwrap();
    }
    assert!(rig.endpoints(&name).is_empty());
    let fifo = rig.create("Topic", "2", json!({ "FifoTopic": true })).await.unwrap();
    assert!(fifo.physical_id.ends_with(crate::names::FIFO));
}

#[tokio::test]
async fn a_subscription_is_made_changed_and_removed() {
    let rig = Rig::new().await;
    let topic = rig.create("Topic", "t", json!({ "TopicName": "t" })).await.unwrap().physical_id;
    let old = json!({ "TopicArn": topic, "Protocol": "sqs", "Endpoint": QUEUE, "RawMessageDelivery": true, "FilterPolicy": { "a": ["b"] } });
    let made = rig.create("Subscription", "1", old.clone()).await.unwrap();
    assert_eq!(rig.create("Subscription", "1", old.clone()).await.unwrap(), made, "the step is repeated");
    assert_eq!(made.attributes["Arn"], json!(made.physical_id));
    let shown = || rig.sns.records.subscriptions_of("t")[0].attributes.clone();
    assert_eq!(shown()["FilterPolicy"], r#"{"a":["b"]}"#);
    let error = rig.create("Subscription", "2", old.clone()).await.unwrap_err();
    assert_eq!(error.message(), "Invalid parameter: Endpoint: it is subscribed to this topic already");
    let new = json!({ "TopicArn": topic, "Protocol": "sqs", "Endpoint": QUEUE, "RedrivePolicy": { "deadLetterTargetArn": QUEUE } });
    rig.update("Subscription", &made.physical_id, old, new).await;
    assert_eq!(shown()["RawMessageDelivery"], "false");
    assert!(!shown().contains_key("FilterPolicy") && shown().contains_key("RedrivePolicy"));
    for _ in 0..2 {
        rig.provider("Subscription").delete(&made.physical_id, &json!({})).await.unwrap();
    }
    assert!(rig.endpoints("t").is_empty());
}

#[tokio::test]
async fn policies_are_set_on_the_topics_that_they_name() {
    let rig = Rig::new().await;
    let mut arns = Vec::new();
    for name in ["a", "b"] {
        arns.push(rig.create("Topic", name, json!({ "TopicName": name })).await.unwrap().physical_id);
    }
    let statement = json!({ "Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*" });
    let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
    let both = json!({ "PolicyDocument": document, "Topics": arns });
    let made = rig.create("TopicPolicy", "p", both.clone()).await.unwrap();
    assert_eq!(made.attributes["Id"], json!(made.physical_id));
    let text = Some(document.to_string());
    assert_eq!((rig.policy("a"), rig.policy("b")), (text.clone(), text.clone()));
    let one = json!({ "PolicyDocument": document, "Topics": [arns[1]] });
    rig.update("TopicPolicy", &made.physical_id, both, one.clone()).await;
    assert_eq!((rig.policy("a"), rig.policy("b")), (None, text.clone()));
    let inline = |arn: &str| json!({ "PolicyDocument": document, "TopicArn": arn });
    let error = rig.create("TopicInlinePolicy", "i", inline(&arns[1])).await.unwrap_err();
    assert_eq!(error.message(), "Invalid parameter: TopicArn: the topic b has a policy already");
    for _ in 0..2 {
        let made = rig.create("TopicInlinePolicy", "i", inline(&arns[0])).await.unwrap();
        assert_eq!(made.physical_id, arns[0]);
    }
    assert_eq!(rig.policy("a"), text);
    rig.provider("TopicInlinePolicy").delete(&arns[0], &inline(&arns[0])).await.unwrap();
    rig.provider("Topic").delete(&arns[1], &json!({})).await.unwrap();
    rig.provider("TopicPolicy").delete(&made.physical_id, &one).await.unwrap();
    assert_eq!(rig.policy("a"), None);
}
