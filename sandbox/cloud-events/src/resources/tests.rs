//! The types as a deployment uses them.

use std::collections::BTreeMap;

use cloud_core::{Context, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Value, json};

use super::*;
use crate::open::open;
use crate::record::Rule;
use crate::ticking;

struct Rig {
    context: Context,
    bridge: Arc<EventBridge>,
    _folder: tempfile::TempDir,
}

const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:q";

impl Rig {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (context, _) = Context::for_test(folder.path());
        let bridge = open(&context).await.unwrap();
        Self { context, bridge, _folder: folder }
    }

    fn provider(&self, kind: &str) -> Arc<dyn ResourceProvider> {
        self.context.peers().provider(&format!("AWS::Events::{kind}")).unwrap()
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

    fn rule(&self, bus: &str, name: &str) -> Option<Arc<Rule>> {
        self.bridge.records.rules.get(&(bus.to_owned(), name.to_owned()))
    }

    async fn armed(&self) -> usize {
        self.bridge.records.timers.count(ticking::OWNER).await.unwrap()
    }
}

fn target(id: &str) -> Value {
    json!({ "Id": id, "Arn": QUEUE, "RetryPolicy": { "MaximumRetryAttempts": 3 } })
}

#[tokio::test]
async fn a_rule_is_made_with_its_targets_changed_and_removed() {
    let rig = Rig::new().await;
    let old = json!({ "ScheduleExpression": "rate(5 minutes)", "Targets": [target("a"), target("b")] });
    let made = rig.create("Rule", "1", old.clone()).await.unwrap();
    assert_eq!(rig.create("Rule", "1", old.clone()).await.unwrap(), made, "the step is repeated");
    assert!(made.physical_id.starts_with("s-R-"), "{made:?}");
    let arn = format!("arn:aws:events:us-east-1:000000000000:rule/{}", made.physical_id);
    assert_eq!(made.attributes["Arn"], json!(arn));
    let rule = rig.rule("default", &made.physical_id).unwrap();
    assert_eq!(rule.targets.iter().map(|target| target.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(rule.tags.keys().collect::<Vec<_>>(), ["stack"]);
    assert_eq!(rig.armed().await, 1);
    let new = json!({
        "EventPattern": { "source": ["s"] }, "State": "DISABLED", "Description": "d", "Targets": [target("c")],
    });
    assert_eq!(rig.update("Rule", &made.physical_id, old, new).await, made);
    let rule = rig.rule("default", &made.physical_id).unwrap();
    assert_eq!((rule.pattern.as_deref(), rule.schedule.as_deref()), (Some(r#"{"source":["s"]}"#), None));
    assert!(rule.targets.len() == 1 && !rule.is_enabled() && rig.armed().await == 0);
    for _ in 0..2 {
        rig.provider("Rule").delete(&made.physical_id, &json!({})).await.unwrap();
    }
    assert!(rig.rule("default", &made.physical_id).is_none());
    let wrong =
        rig.create("Rule", "2", json!({ "ScheduleExpression": "rate(1 minutes)" })).await.unwrap_err();
    assert_eq!(wrong.message(), "Parameter ScheduleExpression is not valid.");
}

#[tokio::test]
async fn a_bus_has_rules_and_a_policy() {
    let rig = Rig::new().await;
    let old = json!({ "Name": "b", "Description": "one" });
    let made = rig.create("EventBus", "1", old.clone()).await.unwrap();
    assert_eq!(rig.create("EventBus", "1", old.clone()).await.unwrap(), made, "the step is repeated");
    assert_eq!(
        (made.physical_id.as_str(), &made.attributes["Arn"]),
        ("b", &json!("arn:aws:events:us-east-1:000000000000:event-bus/b"))
    );
    let taken = rig.create("EventBus", "2", old.clone()).await.unwrap_err();
    assert_eq!(taken.message(), "Event bus b already exists.");
    let rule = json!({ "Name": "r", "EventBusName": "b", "EventPattern": r#"{"source":["s"]}"# });
    let of_bus = rig.create("Rule", "3", rule.clone()).await.unwrap();
    assert_eq!(of_bus.physical_id, "b|r");
    assert_eq!(of_bus.attributes["Arn"], "arn:aws:events:us-east-1:000000000000:rule/b/r");
    let moved = json!({ "Name": "r", "EventPattern": r#"{"source":["s"]}"# });
    let request = Rig::request("u", moved);
    let updated = rig.provider("Rule").update("b|r", &rule, &request).await.unwrap();
    assert_eq!(updated, Updated::ReplacementRequired, "to another bus");
    let refused = rig.provider("EventBus").delete("b", &json!({})).await.unwrap_err();
    assert_eq!(refused.message(), "Event bus can't be deleted since it has rules.");

    let statement = json!({
        "EventBusName": "b", "StatementId": "s", "Action": "events:PutEvents", "Principal": "111111111111",
    });
    let id = rig.create("EventBusPolicy", "4", statement).await.unwrap().physical_id;
    let policy = || rig.bridge.records.bus("b").unwrap().policy.clone();
    assert!(policy().unwrap().contains("arn:aws:iam::111111111111:root"));
    let other = json!({ "EventBusName": "b", "StatementId": "s", "Statement": {
        "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": "*",
    } });
    rig.update("EventBusPolicy", &id, json!({}), other).await;
    let kept: Value = serde_json::from_str(&policy().unwrap()).unwrap();
    assert_eq!(
        (&kept["Statement"][0]["Sid"], &kept["Statement"][0]["Principal"]),
        (&json!("s"), &json!("*"))
    );
    for _ in 0..2 {
        rig.provider("EventBusPolicy").delete(&id, &json!({})).await.unwrap();
    }
    assert_eq!(policy(), None);
    rig.update("EventBus", "b", old, json!({ "Name": "b", "Description": "two" })).await;
    assert_eq!(rig.bridge.records.bus("b").unwrap().description.as_deref(), Some("two"));
    rig.provider("Rule").delete("b|r", &rule).await.unwrap();
    for _ in 0..2 {
        rig.provider("EventBus").delete("b", &json!({})).await.unwrap();
    }
}
