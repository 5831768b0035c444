//! `AWS::Lambda::EventSourceMapping`.

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::properties::{input, without};
use super::{caller, is_missing};
use crate::Lambda;
use crate::mappings::{Kind, Wanted, defaults, invalid};
use crate::names::mapping_arn;
use crate::ops::event_source_mappings as ops;
use crate::shapes::{CreateEventSourceMappingRequest, DeleteEventSourceMappingRequest};

/// What the operation calls otherwise, or has elsewhere, and what changes nothing here.
const ELSEWHERE: &[&str] = &["KmsKeyArn", "MetricsConfig", "StartingPositionTimestamp", "Tags"];

pub(super) struct MappingProvider(pub(super) Lambda);

#[async_trait]
impl ResourceProvider for MappingProvider {
    fn type_name(&self) -> &'static str {
        "AWS::Lambda::EventSourceMapping"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "BatchSize",
            "BisectBatchOnFunctionError",
            "DestinationConfig",
            "Enabled",
            "EventSourceArn",
            "FilterCriteria",
            "FunctionName",
            "FunctionResponseTypes",
            "MaximumBatchingWindowInSeconds",
            "MaximumRecordAgeInSeconds",
            "MaximumRetryAttempts",
            "ParallelizationFactor",
            "ProvisionedPollerConfig",
            "ScalingConfig",
            "StartingPosition",
            "StartingPositionTimestamp",
            "Tags",
            "TumblingWindowInSeconds",
            // What names a source that is not here is refused, not left without effect.
            "AmazonManagedKafkaEventSourceConfig",
            "DocumentDBEventSourceConfig",
            "LoggingConfig",
            "Queues",
            "SelfManagedEventSource",
            "SelfManagedKafkaEventSourceConfig",
            "SourceAccessConfigurations",
            "Topics",
        ]
    }

    // LIMIT: this cloud has no keys to encrypt with, and no metrics.
    fn idle(&self, property: &str, _value: &Value) -> Option<&'static str> {
        Some(match property {
            "KmsKeyArn" => "filter criteria are not encrypted here",
            _ => "no metrics are kept here",
        })
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let mut wanted = wanted(&request.properties)?;
        wanted.tags = Some(request.all_tags());
        let made = ops::make(&self.0, wanted, request.maker()).await?;
        let uuid = made.uuid.unwrap_or_default();
        self.0.mappings().settled(&uuid).await;
        Ok(self.created(&uuid))
    }

    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        self.0.mappings().settled(physical_id).await;
        let seen = ops::find(&self.0, physical_id)?;
        let wanted = wanted(&request.properties)?;
        let kind = Kind::of(&seen.source)?;
        // What replaces the mapping stays.
        let mut settings = defaults(kind);
        settings.starting_position.clone_from(&seen.settings.starting_position);
        settings.starting_position_timestamp = seen.settings.starting_position_timestamp;
        Wanted::from(&wanted).apply(kind, ops::is_fifo(&seen.source), &mut settings)?;
        let change = ops::Change {
            settings,
            function: Some(wanted.function_name),
            is_enabled: wanted.enabled.unwrap_or(true),
            tags: Some(request.all_tags()),
        };
        ops::change_to(&self.0, &seen, change).await?;
        self.0.mappings().settled(physical_id).await;
        Ok(Updated::InPlace(self.created(physical_id)))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        self.0.mappings().settled(physical_id).await;
        let gone = DeleteEventSourceMappingRequest { uuid: physical_id.to_owned() };
        match ops::delete_event_source_mapping(&self.0, &caller(&self.0), gone).await {
            Err(error) if !is_missing(&error) => Err(error),
            _ => {
                self.0.mappings().settled(physical_id).await;
                Ok(())
            }
        }
    }
}

impl MappingProvider {
    fn created(&self, uuid: &str) -> Created {
        let arn = mapping_arn(self.0.context(), uuid).to_string();
        Created::new(uuid, [("Id", json!(uuid)), ("EventSourceMappingArn", json!(arn))])
    }
}

/// A template's properties as the operation has them.
fn wanted(properties: &Value) -> Result<CreateEventSourceMappingRequest, AwsError> {
    let mut wanted: CreateEventSourceMappingRequest = input(&without(properties, ELSEWHERE))?;
    let seconds = properties.get("StartingPositionTimestamp").and_then(Value::as_f64);
    let moment = seconds.map(|seconds| Timestamp::from_millisecond((seconds * 1000.0) as i64));
    wanted.starting_position_timestamp = moment
        .transpose()
        .map_err(|error| invalid(format!("StartingPositionTimestamp is no time: {error}")))?;
    Ok(wanted)
}
