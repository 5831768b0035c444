//! `AWS::Events::EventBusPolicy`: a statement of a bus's policy.

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated, properties};
use serde_json::{Map, Value, json};

use super::{Of, unless_gone};
use crate::error::invalid;
use crate::names::{self, DEFAULT};
use crate::open::EventBridge;
use crate::ops::permissions;
use crate::record::Bus;

pub(super) struct PolicyType(pub(super) Of);

/// The bus and the statement's id.
fn place(properties: &Value) -> (String, String) {
    let bus = properties::text(properties, "EventBusName").unwrap_or_else(|| DEFAULT.to_owned());
    (bus, properties::text(properties, "StatementId").unwrap_or_default())
}

/// The statement that a template gives, or of which it says whom it lets do what.
fn statement(bridge: &EventBridge, properties: &Value) -> Result<Value, AwsError> {
    let (bus, id) = place(properties);
    let given = match properties.get("Statement") {
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        other => other.cloned(),
    };
    if let Some(given) = given {
        let Value::Object(mut members) = given else {
            return Err(invalid("Parameter Statement is not valid. Reason: it is no statement of a policy."));
        };
        members.insert("Sid".to_owned(), json!(id));
        let statement = Value::Object(members);
        permissions::check_policy(&json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string())?;
        return Ok(statement);
    }
    let text = |name: &str| properties::text(properties, name);
    let (Some(action), Some(principal)) = (text("Action"), text("Principal")) else {
        return Err(invalid("Parameter(s) StatementId, Action and Principal must be specified."));
    };
    let partition = bridge.context.region().partition().id;
    let who = if principal == "*" {
        json!("*")
    } else {
        json!({ "AWS": format!("arn:{partition}:iam::{principal}:root") })
    };
    let resource = names::bus_arn(&bridge.context, &bus);
    let mut statement =
        json!({ "Sid": id, "Effect": "Allow", "Principal": who, "Action": action, "Resource": resource });
    if let Some(condition) = properties.get("Condition") {
        let part = |name: &str| properties::text(condition, name).unwrap_or_default();
        let key = Map::from_iter([(part("Key"), json!(part("Value")))]);
        statement["Condition"] = Value::Object(Map::from_iter([(part("Type"), Value::Object(key))]));
    }
    Ok(statement)
}

impl PolicyType {
    async fn put(&self, properties: &Value) -> Result<Created, AwsError> {
        let bridge = self.0.bridge()?;
        let statement = statement(&bridge, properties)?;
        let (bus, id) = place(properties);
        let created = Created::new(format!("{bus}|{id}"), []);
        bridge.records.change_bus(bus, move |bus: &mut Bus| permissions::add(bus, statement)).await?;
        Ok(created)
    }
}

#[async_trait]
impl ResourceProvider for PolicyType {
    fn type_name(&self) -> &'static str {
        "AWS::Events::EventBusPolicy"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["Action", "Condition", "EventBusName", "Principal", "Statement", "StatementId"]
    }

    // AWS: a statement of that id is replaced, whoever made it.
    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        self.put(&request.properties).await
    }

    async fn update(
        &self,
        _physical_id: &str,
        _old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        Ok(Updated::InPlace(self.put(&request.properties).await?))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let bridge = self.0.bridge()?;
        let (bus, id) = physical_id.split_once('|').unwrap_or((DEFAULT, physical_id));
        let id = id.to_owned();
        let remove = move |bus: &mut Bus| {
            permissions::take(bus, &id);
            Ok(())
        };
        unless_gone(bridge.records.change_bus(bus.to_owned(), remove).await)
    }
}
