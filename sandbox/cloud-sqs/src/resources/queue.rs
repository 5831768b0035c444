//! `AWS::SQS::Queue`.

use std::collections::BTreeMap;

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated, properties};
use serde_json::{Value, json};

use super::{Of, unless_gone};
use crate::names::{self, FIFO};
use crate::open::Sqs;
use crate::ops::create_queue::{Wanted, make};
use crate::ops::{attributes, delete_queue, tags};

/// Properties that are attributes of the same name.
const ATTRIBUTES: [&str; 14] = [
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
];
/// The longest name of a queue.
const LONGEST: usize = 80;

pub(super) struct QueueType(pub(super) Of);

#[async_trait]
impl ResourceProvider for QueueType {
    fn type_name(&self) -> &'static str {
        "AWS::SQS::Queue"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "ContentBasedDeduplication",
            "DeduplicationScope",
            "DelaySeconds",
            "FifoQueue",
            "MaximumMessageSize",
            "MessageRetentionPeriod",
            "QueueName",
            "ReceiveMessageWaitTimeSeconds",
            "RedriveAllowPolicy",
            "RedrivePolicy",
            "Tags",
            "VisibilityTimeout",
        ]
    }

    // LIMIT: messages lie as they were sent, and are taken as fast as the machine goes.
    fn idle(&self, property: &str, _value: &Value) -> Option<&'static str> {
        Some(match property {
            "FifoThroughputLimit" => "no queue's throughput is limited",
            _ => "messages are not encrypted here",
        })
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let sqs = self.0.sqs()?;
        let attributes = attributes_of(&request.properties);
        let wanted = Wanted {
            name: name_of(request, attributes.get("FifoQueue").is_some_and(|value| value == "true")),
            attributes,
            tags: request.all_tags(),
            maker: request.maker(),
        };
        let name = make(&sqs, wanted).await?;
        Ok(created(&sqs, &name))
    }

    async fn update(
        &self,
        physical_id: &str,
        old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let sqs = self.0.sqs()?;
        let name = names::of_url(&sqs.context, physical_id)?;
        let mut wanted = attributes_of(&request.properties);
        wanted.extend(unset(&attributes_of(old), &wanted));
        // What replaces the queue is not changed.
        wanted.remove("FifoQueue");
        let tagged = request.all_tags();
        let tag = move |queue: &mut crate::record::Queue| {
            queue.tags.clear();
            tags::RULES.add(&mut queue.tags, tagged)
        };
        attributes::set(&sqs, name.clone(), wanted, tag).await?;
        Ok(Updated::InPlace(created(&sqs, &name)))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let sqs = self.0.sqs()?;
        let name = names::of_url(&sqs.context, physical_id)?;
        unless_gone(delete_queue::remove(&sqs, name).await)
    }
}

/// What becomes of properties that a template does not have any more.
// AWS: a FIFO queue's scope and limit stay, and so does its encryption; the largest message is what it was before 2025.
fn unset(old: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let gone = old.keys().filter(|name| !wanted.contains_key(*name));
    let value = |name: &str| match name {
        "DeduplicationScope" | "FifoThroughputLimit" | "SqsManagedSseEnabled" => None,
        "MaximumMessageSize" => Some("262144".to_owned()),
        _ => Some(String::new()),
    };
    gone.filter_map(|name| Some((name.clone(), value(name)?))).collect()
}

fn name_of(request: &ResourceRequest, is_fifo: bool) -> String {
    let ending = if is_fifo { FIFO } else { "" };
    properties::text(&request.properties, "QueueName")
        .unwrap_or_else(|| format!("{}{ending}", request.generated_name(LONGEST - ending.len())))
}

/// The attributes that properties say, as texts.
fn attributes_of(properties: &Value) -> BTreeMap<String, String> {
    let given = ATTRIBUTES
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), properties::written(properties, name)?)));
    // AWS: a template may say of a standard queue that it is none of the others.
    given.filter(|(name, value)| name != "FifoQueue" || value == "true").collect()
}

fn created(sqs: &Sqs, name: &str) -> Created {
    let url = names::own_url(&sqs.context, name);
    let arn = names::arn(&sqs.context, name);
    Created::new(url.clone(), [("Arn", json!(arn)), ("QueueName", json!(name)), ("QueueUrl", json!(url))])
}
