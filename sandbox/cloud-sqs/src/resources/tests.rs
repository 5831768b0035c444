//! The types as a deployment uses them.

use std::collections::BTreeMap;

use cloud_core::{Context, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Value, json};

use super::*;
use crate::open::open;

const STATEMENT: &str = r#"{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}"#;

struct Rig {
    context: Context,
    sqs: Arc<Sqs>,
    _folder: tempfile::TempDir,
}

impl Rig {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        context.set_endpoint("http://127.0.0.1:4566");
        let sqs = open(&context).await.unwrap();
        Self { context, sqs, _folder: folder }
    }

    fn provider(&self, kind: &str) -> Arc<dyn ResourceProvider> {
        self.context.peers().provider(&format!("AWS::SQS::{kind}")).unwrap()
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

    fn shown(&self, url: &str, name: &str) -> Option<String> {
        self.sqs.queue(url).unwrap().settings.show(name)
    }

    fn policy(&self, url: &str) -> Option<String> {
        self.shown(url, "Policy")
    }
}

#[tokio::test]
async fn a_queue_is_made_changed_and_removed() {
    let rig = Rig::new().await;
    let old = json!({ "DelaySeconds": 7, "MaximumMessageSize": "2048", "SqsManagedSseEnabled": false, "FifoQueue": false });
    let made = rig.create("Queue", "1", old.clone()).await.unwrap();
    assert_eq!(rig.create("Queue", "1", old.clone()).await.unwrap(), made, "the step is repeated");
    let name = made.attributes["QueueName"].as_str().unwrap();
    assert!(name.starts_with("s-R-"), "{name}");
    let url = format!("http://127.0.0.1:4566/000000000000/{name}");
    let arn = format!("arn:aws:sqs:us-east-1:000000000000:{name}");
    assert_eq!(
        (&made.physical_id, &made.attributes["QueueUrl"], &made.attributes["Arn"]),
        (&url, &json!(url), &json!(arn))
    );
    assert_eq!(rig.shown(&url, "DelaySeconds").as_deref(), Some("7"));
    let redrive = json!({ "deadLetterTargetArn": arn, "maxReceiveCount": 3 });
    let other = rig
        .create(
            "Queue",
            "2",
            json!({ "QueueName": "q", "RedrivePolicy": redrive, "Tags": [{ "Key": "k", "Value": "v" }] }),
        )
        .await
        .unwrap();
    assert_eq!(rig.shown(&other.physical_id, "RedrivePolicy"), Some(redrive.to_string()));
    let tags = rig.sqs.queue("q").unwrap().tags.clone();
    assert_eq!(
        tags.into_iter().collect::<Vec<_>>(),
        [("k".into(), "v".into()), ("stack".into(), "s".into())]
    );
    let error = rig.create("Queue", "3", json!({ "QueueName": "q" })).await.unwrap_err();
    assert_eq!(error.code(), "QueueNameExists", "another step's");
    let changed = rig.update("Queue", &url, old, json!({ "VisibilityTimeout": 9 })).await;
    assert_eq!(changed, made);
    let shown = ["DelaySeconds", "MaximumMessageSize", "VisibilityTimeout", "SqsManagedSseEnabled"];
    let shown = shown.map(|name| rig.shown(&url, name).unwrap());
    assert_eq!(shown, ["0", "262144", "9", "false"]);
    for _ in 0..2 {
        rig.provider("Queue").delete(&url, &json!({})).await.unwrap();
    }
    assert!(rig.sqs.queue(&url).is_err());
    let fifo = rig
        .create("Queue", "4", json!({ "FifoQueue": true, "ContentBasedDeduplication": "true" }))
        .await
        .unwrap();
    assert_eq!(fifo.physical_id.rsplit_once('.').map(|(_, ending)| ending), Some("fifo"));
    assert_eq!(rig.shown(&fifo.physical_id, "ContentBasedDeduplication").as_deref(), Some("true"));
}

#[tokio::test]
async fn policies_are_set_on_the_queues_that_they_name() {
    let rig = Rig::new().await;
    let mut urls = Vec::new();
    for name in ["a", "b"] {
        urls.push(rig.create("Queue", name, json!({ "QueueName": name })).await.unwrap().physical_id);
    }
    let document =
        json!({ "Version": "2012-10-17", "Statement": [serde_json::from_str::<Value>(STATEMENT).unwrap()] });
    let both = json!({ "PolicyDocument": document, "Queues": urls });
    let made = rig.create("QueuePolicy", "p", both.clone()).await.unwrap();
    assert_eq!(made.attributes["Id"], json!(made.physical_id));
    let text = Some(document.to_string());
    assert_eq!((rig.policy(&urls[0]), rig.policy(&urls[1])), (text.clone(), text.clone()));
    let one = json!({ "PolicyDocument": document, "Queues": [urls[1]] });
    rig.update("QueuePolicy", &made.physical_id, both, one.clone()).await;
    assert_eq!((rig.policy(&urls[0]), rig.policy(&urls[1])), (None, text.clone()));
    let inline = |url: &str| json!({ "PolicyDocument": document, "Queue": url });
    let error = rig.create("QueueInlinePolicy", "i", inline(&urls[1])).await.unwrap_err();
    assert_eq!(error.message(), "The queue b has a policy already.");
    for _ in 0..2 {
        let made = rig.create("QueueInlinePolicy", "i", inline(&urls[0])).await.unwrap();
        assert_eq!(made.physical_id, urls[0]);
    }
    assert_eq!(rig.policy(&urls[0]), text);
    rig.provider("QueueInlinePolicy").delete(&urls[0], &inline(&urls[0])).await.unwrap();
    rig.provider("Queue").delete(&urls[1], &json!({})).await.unwrap();
    rig.provider("QueuePolicy").delete(&made.physical_id, &one).await.unwrap();
    assert_eq!(rig.policy(&urls[0]), None);
}
