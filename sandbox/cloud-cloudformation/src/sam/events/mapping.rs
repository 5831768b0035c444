//! Events that Lambda fetches itself: streams, queues, brokers and databases, by an event source mapping each, and what
//! the function's role needs to fetch them.

use serde_json::{Value, json};

use crate::sam::policies::policy_arn;
use crate::sam::properties::Kind::{Any, Integer, List, Map, Text, Truth};
use crate::sam::properties::{Field, may, must, passed};
use crate::sam::resource::{Made, Plain, is_intrinsic, is_set, reference};
use crate::sam::role::{Role, destination_policy};
use crate::sam::{Outcome, Work};

use super::Event;

/// What all of them have, with what one has besides.
macro_rules! fields {
    ($($more:expr),* $(,)?) => {
        &[
            may("BatchSize", Integer),
            passed("StartingPosition"),
            passed("StartingPositionTimestamp"),
            may("Enabled", Truth),
            may("MaximumBatchingWindowInSeconds", Integer),
            may("MaximumRetryAttempts", Integer),
            may("BisectBatchOnFunctionError", Truth),
            may("MaximumRecordAgeInSeconds", Integer),
            may("DestinationConfig", Map),
            may("ParallelizationFactor", Integer),
            may("Topics", List),
            may("Queues", List),
            may("SourceAccessConfigurations", List),
            may("SecretsManagerKmsKeyId", Text),
            may("TumblingWindowInSeconds", Integer),
            may("FunctionResponseTypes", List),
            may("KafkaBootstrapServers", List),
            may("FilterCriteria", Map),
            passed("KmsKeyArn"),
            may("ConsumerGroupId", Text),
            may("ScalingConfig", Map),
            may("ProvisionedPollerConfig", Map),
            may("SchemaRegistryConfig", Map),
            may("MetricsConfig", Map),
            may("LoggingConfig", Map),
            $($more),*
        ]
    };
}

pub(super) const COMMON: &[Field] = fields!();
pub(super) const STREAM: &[Field] = fields!(must("StartingPosition", Any), must("Stream", Any));
pub(super) const QUEUE: &[Field] = fields!(must("Queue", Any));
pub(super) const BROKER: &[Field] = fields!(must("Broker", Any), may("DynamicPolicyName", Truth).literal());
pub(super) const CLUSTER: &[Field] = fields!(
    must("Cluster", Any),
    must("DatabaseName", Any),
    passed("CollectionName"),
    passed("FullDocument"),
);

/// Properties that pass on under their own names.
const SAME: &[&str] = &[
    "StartingPosition",
    "StartingPositionTimestamp",
    "BatchSize",
    "Enabled",
    "MaximumBatchingWindowInSeconds",
    "MaximumRetryAttempts",
    "BisectBatchOnFunctionError",
    "MaximumRecordAgeInSeconds",
    "ParallelizationFactor",
    "Topics",
    "Queues",
    "SourceAccessConfigurations",
    "TumblingWindowInSeconds",
    "FunctionResponseTypes",
    "FilterCriteria",
    "KmsKeyArn",
    "ScalingConfig",
    "ProvisionedPollerConfig",
    "MetricsConfig",
    "LoggingConfig",
];

/// Records of a Kinesis stream.
pub(super) fn stream(work: &mut Work<'_>, event: &Event<'_>, role: &mut Role) -> Outcome<Vec<Made>> {
    managed(work, event, role, "Stream", "service-role/AWSLambdaKinesisExecutionRole")
}

/// Changes of a DynamoDB table.
pub(super) fn table(work: &mut Work<'_>, event: &Event<'_>, role: &mut Role) -> Outcome<Vec<Made>> {
    managed(work, event, role, "Stream", "service-role/AWSLambdaDynamoDBExecutionRole")
}

/// Messages of a queue.
pub(super) fn queue(work: &mut Work<'_>, event: &Event<'_>, role: &mut Role) -> Outcome<Vec<Made>> {
    managed(work, event, role, "Queue", "service-role/AWSLambdaSQSQueueExecutionRole")
}

/// A mapping for which a managed policy is all that the role needs.
fn managed(
    work: &Work<'_>,
    event: &Event<'_>,
    role: &mut Role,
    source: &str,
    policy: &str,
) -> Outcome<Vec<Made>> {
    let mapping = Mapping::of(event, event.properties.get(source))?;
    role.manage(policy_arn(policy));
    mapping.finish(work, event, role)
}

/// The mapping of a queue that stands between a topic and the function.
pub(super) fn of_topic(event: &Event<'_>, role: &mut Role, queue: &Value, batch: &Value) -> Made {
    role.manage(policy_arn("service-role/AWSLambdaSQSQueueExecutionRole"));
    let mapping = event
        .callee
        .plain("AWS::Lambda::EventSourceMapping")
        .with("FunctionName", reference(&event.callee.id))
        .with("EventSourceArn", queue.clone())
        .with("BatchSize", batch.clone())
        .with("Enabled", true);
    event.named("EventSourceMapping", mapping)
}

/// A mapping in the making.
pub(super) struct Mapping {
    /// What it says so far.
    pub(super) plain: Plain,
    /// The policy to send what could not be handled where it is to go.
    failures: Option<Value>,
}

impl Mapping {
    /// The event's, which fetches from that source.
    pub(super) fn of(event: &Event<'_>, source: Option<&Value>) -> Outcome<Self> {
        check_filter(event)?;
        let kafka = matches!(event.type_name, "MSK" | "SelfManagedKafka");
        if event.properties.set("ConsumerGroupId").is_some() && !kafka {
            let reason =
                format!("Property ConsumerGroupId not defined for resource of type {}.", event.type_name);
            return Err(event.wrong_by_id(reason));
        }
        let servers = event.properties.set("KafkaBootstrapServers");
        let servers = servers.map(|servers| json!({ "Endpoints": { "KafkaBootstrapServers": servers } }));
        let (destination, failures) = failures(event)?;
        let plain = event
            .callee
            .plain("AWS::Lambda::EventSourceMapping")
            .with("FunctionName", reference(&event.callee.id))
            .copy_as("EventSourceArn", source)
            .copy(&event.properties, SAME)
            .maybe("SelfManagedEventSource", servers)
            .maybe("DestinationConfig", destination);
        Ok(Self { plain, failures })
    }

    /// The mapping, and what its failures need of the role.
    pub(super) fn finish(self, work: &Work<'_>, event: &Event<'_>, role: &mut Role) -> Outcome<Vec<Made>> {
        if let Some(policy) = self.failures {
            role.allow_once(&work.room, policy)?;
        }
        Ok(vec![event.named("", self.plain)])
    }
}

// AWS: "Event filtering".
fn check_filter(event: &Event<'_>) -> Outcome<()> {
    let filter = event.properties.set("FilterCriteria").filter(|filter| !is_intrinsic(filter));
    let good = filter.and_then(Value::as_object).is_none_or(|filter| filter.keys().eq(["Filters"]));
    if good { Ok(()) } else { Err(event.wrong("FilterCriteria field has a wrong format")) }
}

/// Where what could not be handled goes, and the policy to send it there.
fn failures(event: &Event<'_>) -> Outcome<(Option<Value>, Option<Value>)> {
    let Some(config) = event.properties.set("DestinationConfig") else { return Ok((None, None)) };
    let Some(failure) = config.get("OnFailure").and_then(Value::as_object) else {
        return Err(event.wrong_by_id("Property 'DestinationConfig.OnFailure' should be a map."));
    };
    let Some(kind) = failure.get("Type").filter(|kind| is_set(kind)) else {
        return Ok((Some(config.clone()), None));
    };
    let Some(kind) = kind.as_str().filter(|kind| matches!(*kind, "SQS" | "SNS" | "S3" | "Kafka")) else {
        return Err(event.wrong_by_id("The only valid values for 'Type' are 'SQS', 'SNS', 'S3', and 'Kafka'"));
    };
    let none = Value::Null;
    let arn = failure.get("Destination").unwrap_or(&none);
    let policy = destination_policy(event.id, kind, arn);
    let mut config = config.clone();
    if let Some(failure) = config["OnFailure"].as_object_mut() {
        // AWS: the type is only for the transform.
        failure.shift_remove("Type");
    }
    Ok((Some(config), policy))
}
