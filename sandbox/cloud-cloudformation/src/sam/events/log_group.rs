//! Events of a log group that a filter chooses.

use serde_json::json;

use crate::sam::properties::{Field, Kind::Text, must};
use crate::sam::resource::Made;

use super::Event;

pub(super) const FIELDS: &[Field] = &[must("LogGroupName", Text), must("FilterPattern", Text)];

/// The subscription and its permission.
pub(super) fn make(event: &Event<'_>) -> Vec<Made> {
    let arn = "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*";
    let group = event.properties.get("LogGroupName");
    let permission = event
        .callee
        .permission("logs.amazonaws.com")
        .with("SourceArn", json!({ "Fn::Sub": [arn, { "__LogGroupName__": group }] }));
    let filter = event
        .callee
        .plain("AWS::Logs::SubscriptionFilter")
        .attribute("DependsOn", json!([format!("{}Permission", event.id)]))
        .copy(&event.properties, &["LogGroupName", "FilterPattern"])
        .with("DestinationArn", event.callee.arn());
    vec![event.named("Permission", permission), event.named("", filter)]
}
