//! Messages that a rule of IoT chooses.

use serde_json::json;

use crate::sam::properties::{Field, Kind::Text, may, must};
use crate::sam::resource::{Made, reference, sub};

use super::Event;

pub(super) const FIELDS: &[Field] = &[must("Sql", Text), may("AwsIotSqlVersion", Text)];

/// The rule and its permission.
pub(super) fn make(event: &Event<'_>) -> Vec<Made> {
    let arn = "arn:aws:iot:${AWS::Region}:${AWS::AccountId}:rule/${RuleName}";
    let permission = event
        .callee
        .permission("iot.amazonaws.com")
        .with("SourceArn", json!({ "Fn::Sub": [arn, { "RuleName": reference(event.id) }] }))
        .with("SourceAccount", sub("${AWS::AccountId}"));
    let mut payload = json!({
        "Sql": event.properties.get("Sql"),
        "RuleDisabled": false,
        "Actions": [{ "Lambda": { "FunctionArn": event.callee.arn() } }],
    });
    if let Some(version) = event.properties.set("AwsIotSqlVersion") {
        payload["AwsIotSqlVersion"] = version.clone();
    }
    let rule = event.callee.plain("AWS::IoT::TopicRule").with("TopicRulePayload", payload);
    vec![event.named("Permission", permission), event.named("", rule)]
}
