//! `AWS::Logs::LogGroup`; the other type is in a file of its own.

mod subscription_filter;

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated, constraint, properties};
use serde_json::Value;

use crate::open::Logs;
use crate::ops::groups;
use crate::ops::retention::check_days;
use crate::record::{self, Group};
use crate::shapes::LogGroupClass;

/// Makes the types known to the cloud.
pub(crate) fn register(logs: &Arc<Logs>) {
    logs.context.peers().add_provider(Arc::new(LogGroupType(Arc::downgrade(logs))));
    logs.context.peers().add_provider(subscription_filter::provider(logs));
}

struct LogGroupType(Weak<Logs>);

impl LogGroupType {
    fn logs(&self) -> Result<Arc<Logs>, AwsError> {
        self.0.upgrade().ok_or_else(|| AwsError::internal("CloudWatch Logs was closed"))
    }
}

fn retention(properties: &Value) -> Result<Option<i32>, AwsError> {
    const NAME: &str = "RetentionInDays";
    if properties.get(NAME).is_none_or(Value::is_null) {
        return Ok(None);
    }
    check_days(properties::integer(properties, NAME).unwrap_or(0)).map(Some)
}

fn wanted(request: &ResourceRequest, name: String, now: i64) -> Result<Group, AwsError> {
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_/#".contains(&b)) {
        let letters = r"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+";
        return Err(constraint::broken("InvalidParameterException", &name, "logGroupName", letters));
    }
    record::check_length(&name)?;
    Ok(Group {
        name,
        created_ms: now,
        protected: properties::truth(&request.properties, "DeletionProtectionEnabled"),
        retention_days: retention(&request.properties)?,
        tags: request.all_tags(),
        kms_key: request.text("KmsKeyId").map(str::to_owned),
        class: request.text("LogGroupClass").map(LogGroupClass::from),
        made_by: request.maker(),
        ..Group::default()
    })
}

fn created(logs: &Logs, name: &str) -> Created {
    Created::new(name, [("Arn", format!("{}:*", logs.group_arn(name)).into())])
}

#[async_trait]
impl ResourceProvider for LogGroupType {
    fn type_name(&self) -> &'static str {
        "AWS::Logs::LogGroup"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["DeletionProtectionEnabled", "LogGroupClass", "LogGroupName", "RetentionInDays", "Tags"]
    }

    // LIMIT: logs are read by who may call here, as they were written.
    fn idle(&self, property: &str, _value: &Value) -> Option<&'static str> {
        Some(match property {
            "BearerTokenAuthenticationEnabled" => "there are no bearer tokens",
            "DataProtectionPolicy" => "nothing is masked",
            "FieldIndexPolicies" => "there are no indices of fields",
            "KmsKeyId" => "there are no keys to encrypt with",
            "ResourcePolicyDocument" => "whoever has keys may call",
            _ => "",
        })
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let logs = self.logs()?;
        let name = request.text("LogGroupName").map_or_else(|| request.generated_name(512), str::to_owned);
        let group = wanted(request, name.clone(), logs.context.clock().now_ms())?;
        let records = logs.records();
        logs.transact(move |transaction| {
            let present = records.groups.within(transaction).get(&group.name).map_err(AwsError::internal)?;
            if group.made_by.repeats(present.as_ref().map(|present| &present.made_by), groups::taken)? {
                return Ok(());
            }
            groups::create(&records, transaction, group)
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
        let logs = self.logs()?;
        let wanted = wanted(request, physical_id.to_owned(), 0)?;
        let change = move |group: &mut Group| {
            *group = Group {
                retention_days: wanted.retention_days,
                tags: wanted.tags,
                kms_key: wanted.kms_key,
                class: wanted.class,
                protected: wanted.protected,
                ..group.clone()
            };
            Ok(())
        };
        logs.change(physical_id.to_owned(), change).await?;
        logs.aged.notify_one();
        Ok(Updated::InPlace(created(&logs, physical_id)))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let (logs, name) = (self.logs()?, physical_id.to_owned());
        let records = logs.records();
        logs.free(move |transaction| groups::delete(&records, transaction, &name).map(drop)).await
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use cloud_core::{Caller, Context, LogLine, LogSink, ManualClock, RequestId};
    use cloud_store::StreamId;
    use serde_json::json;

    use super::*;
    use crate::ops::filter_log_events::filter_log_events;
    use crate::ops::retention::sweep;
    use crate::shapes::FilterLogEventsRequest;

    async fn fresh() -> (tempfile::TempDir, Context, Arc<ManualClock>, Arc<Logs>) {
        let folder = tempfile::tempdir().unwrap();
        let (context, clock) = Context::for_test(folder.path());
        let logs = crate::open(&context).await.unwrap();
        (folder, context, clock, logs)
    }

    fn caller(context: &Context) -> Caller {
        Caller::root(context.account(), context.region(), RequestId::new("id"))
    }

    fn request(token: &str, properties: Value) -> ResourceRequest {
        ResourceRequest {
            logical_id: "Logs".into(),
            stack_name: "stack".into(),
            stack_id: String::new(),
            properties,
            token: token.into(),
            tags: BTreeMap::new(),
            caller: None,
        }
    }

    #[tokio::test]
    async fn a_group_is_made_once_per_step_and_keeps_its_events_when_changed() {
        let (_folder, context, _, logs) = fresh().await;
        let provider = context.peers().provider("AWS::Logs::LogGroup").unwrap();
        let wanted = json!({ "LogGroupName": "g", "RetentionInDays": "7" });
        let made = provider.create(&request("1", wanted.clone())).await.unwrap();
        assert_eq!(provider.create(&request("1", wanted.clone())).await.unwrap(), made);
        assert_eq!(made.attributes["Arn"], "arn:aws:logs:us-east-1:000000000000:log-group:g:*");
        let clash = provider.create(&request("2", wanted.clone())).await.unwrap_err();
        assert_eq!(clash.code(), "ResourceAlreadyExistsException");

        logs.put("g", "s", vec![LogLine { timestamp_ms: context.clock().now_ms(), message: "m".into() }])
            .await
            .unwrap();
        let longer = json!({ "LogGroupName": "g", "RetentionInDays": 14 });
        let updated = provider.update("g", &wanted, &request("3", longer)).await.unwrap();
        assert_eq!(updated, Updated::InPlace(made));
        let group = logs.group("g").await.unwrap();
        let held = logs.log.totals(vec![StreamId::all(group.id)]).await.unwrap();
        assert_eq!((group.retention_days, held[0].unwrap().records), (Some(14), 1));
        for _ in 0..2 {
            provider.delete("g", &wanted).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_stack_s_protected_group_is_deleted_once_that_is_lifted() {
        let (_folder, context, _, logs) = fresh().await;
        let provider = context.peers().provider("AWS::Logs::LogGroup").unwrap();
        for (index, value) in [json!(true), json!("true")].into_iter().enumerate() {
            let wanted = json!({ "LogGroupName": "g", "DeletionProtectionEnabled": value });
            provider.create(&request(&format!("create{index}"), wanted.clone())).await.unwrap();
            let refused = provider.delete("g", &wanted).await.unwrap_err();
            assert_eq!(refused.code(), "ValidationException");
            assert!(logs.group("g").await.is_ok());
            let lifted = json!({ "LogGroupName": "g", "DeletionProtectionEnabled": false });
            provider.update("g", &wanted, &request(&format!("update{index}"), lifted.clone())).await.unwrap();
            provider.delete("g", &lifted).await.unwrap();
        }
    }

    #[tokio::test]
    async fn events_past_their_retention_are_hidden_at_once_and_dropped_while_running() {
        let (_folder, context, clock, logs) = fresh().await;
        let provider = context.peers().provider("AWS::Logs::LogGroup").unwrap();
        provider.create(&request("1", json!({ "LogGroupName": "g", "RetentionInDays": 1 }))).await.unwrap();
        let id = StreamId::all(logs.group("g").await.unwrap().id);
        for hour in 0..2 {
            let line = LogLine { timestamp_ms: context.clock().now_ms(), message: hour.to_string().into() };
            logs.put("g", "s", vec![line]).await.unwrap();
            logs.log.roll().await.unwrap();
            clock.advance(Duration::from_hours(1));
        }
        clock.advance(Duration::from_mins(22 * 60 + 30));
        let seen = async || {
            let input = FilterLogEventsRequest { log_group_name: Some("g".into()), ..Default::default() };
            let found = filter_log_events(&logs, &caller(&context), input).await.unwrap().events.unwrap();
            found.into_iter().filter_map(|event| event.message).collect::<Vec<_>>()
        };
        let kept = async || logs.log.totals(vec![id]).await.unwrap()[0].unwrap().records;
        assert_eq!((seen().await, kept().await), (vec!["1".to_owned()], 2));
        sweep(&logs).await.unwrap();
        assert_eq!((seen().await, kept().await), (vec!["1".to_owned()], 1));
        // Also where the segment still grows.
        let line = LogLine { timestamp_ms: context.clock().now_ms(), message: "2".into() };
        logs.put("g", "s", vec![line]).await.unwrap();
        clock.advance(Duration::from_hours(25));
        sweep(&logs).await.unwrap();
        assert_eq!((seen().await, kept().await), (Vec::new(), 0));
    }

    #[tokio::test]
    async fn every_operation_has_a_handler() {
        let (_folder, context, _, logs) = fresh().await;
        assert_eq!(cloud_wire::unhandled(&*logs, &caller(&context)), Vec::<&str>::new());
    }
}
