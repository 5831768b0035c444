//! `AWS::Logs::LogGroup`.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use serde_json::{Map, Value};

use crate::open::Logs;
use crate::ops::groups;
use crate::ops::retention::check_days;
use crate::record::{self, GROUPS, Group};
use crate::shapes::LogGroupClass;

/// Makes the types known to the cloud.
pub(crate) fn register(logs: &Arc<Logs>) {
    logs.context.peers().add_provider(Arc::new(LogGroupType(Arc::downgrade(logs))));
}

struct LogGroupType(Weak<Logs>);

impl LogGroupType {
    fn logs(&self) -> Result<Arc<Logs>, AwsError> {
        self.0.upgrade().ok_or_else(|| AwsError::internal("CloudWatch Logs was closed"))
    }
}

fn retention(properties: &Value) -> Result<Option<i32>, AwsError> {
    let days = match properties.get("RetentionInDays") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_i64().and_then(|days| i32::try_from(days).ok()),
    };
    check_days(days.unwrap_or(0)).map(Some)
}

fn wanted(request: &ResourceRequest, name: String, now: i64) -> Result<Group, AwsError> {
    let mut tags = request.tags.clone();
    for tag in request.properties.get("Tags").and_then(Value::as_array).into_iter().flatten() {
        let part = |name| tag.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        tags.insert(part("Key"), part("Value"));
    }
    Ok(Group {
        name,
        created_ms: now,
        retention_days: retention(&request.properties)?,
        tags,
        kms_key: request.text("KmsKeyId").map(str::to_owned),
        class: request.text("LogGroupClass").map(LogGroupClass::from),
        token: Some(request.token.clone()),
        ..Group::default()
    })
}

fn created(logs: &Logs, name: &str) -> Created {
    let arn = Value::String(format!("{}:*", logs.group_arn(name)));
    Created {
        physical_id: name.to_owned(),
        attributes: Map::from_iter([("Arn".to_owned(), arn)]),
        ref_value: None,
    }
}

#[async_trait]
impl ResourceProvider for LogGroupType {
    fn type_name(&self) -> &'static str {
        "AWS::Logs::LogGroup"
    }

    fn replacement_properties(&self) -> &'static [&'static str] {
        &["LogGroupName"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let logs = self.logs()?;
        let name = request.text("LogGroupName").map_or_else(|| request.generated_name(512), str::to_owned);
        let group = wanted(request, name.clone(), logs.context.clock().now_ms())?;
        logs.transact(move |transaction| {
            let present: Option<Group> =
                transaction.get_json(GROUPS, &group.name).map_err(AwsError::internal)?;
            match present {
                Some(present) if present.token == group.token => Ok(()),
                _ => groups::create(transaction, &group),
            }
        })
        .await?;
        Ok(created(&logs, &name))
    }

    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        if request.text("LogGroupName").is_some_and(|name| name != physical_id) {
            return Ok(Updated::ReplacementRequired);
        }
        let logs = self.logs()?;
        let wanted = wanted(request, physical_id.to_owned(), 0)?;
        logs.transact(move |transaction| {
            let present = record::group(transaction, &wanted.name)?;
            let group = Group {
                retention_days: wanted.retention_days,
                tags: wanted.tags,
                kms_key: wanted.kms_key,
                class: wanted.class,
                ..present
            };
            transaction.put_json(GROUPS, &group.name, &group).map_err(AwsError::internal)
        })
        .await?;
        Ok(Updated::InPlace(created(&logs, physical_id)))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let name = physical_id.to_owned();
        self.logs()?.transact(move |transaction| groups::delete(transaction, &name)).await
    }
}
