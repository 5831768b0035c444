//! `AWS::SNS::Topic`, with the subscriptions that it names itself.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated, properties};
use serde_json::{Value, json};

use super::{Of, unless_gone};
use crate::attributes;
use crate::error::{invalid, no_topic};
use crate::names::{self, FIFO};
use crate::open::Sns;
use crate::ops::create_topic::{self, Wanted, make};
use crate::ops::{data_protection, delete_topic, subscribe, tags, unsubscribe};
use crate::record::Topic;

/// Properties that are attributes of the same name.
const ATTRIBUTES: [&str; 8] = [
    "ContentBasedDeduplication",
    "DisplayName",
    "FifoThroughputScope",
    "FifoTopic",
    "KmsMasterKeyId",
    "SignatureVersion",
    "TracingConfig",
    "ArchivePolicy",
];
/// The longest name of a topic.
const LONGEST: usize = 256;

pub(super) struct TopicType(pub(super) Of);

#[async_trait]
impl ResourceProvider for TopicType {
    fn type_name(&self) -> &'static str {
        "AWS::SNS::Topic"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "ArchivePolicy",
            "ContentBasedDeduplication",
            "DisplayName",
            "FifoThroughputScope",
            "FifoTopic",
            "Subscription",
            "Tags",
            "TopicName",
        ]
    }

    fn idle(&self, property: &str, _value: &Value) -> Option<&'static str> {
        Some(match property {
            "DataProtectionPolicy" => "what a data protection policy says of messages has no effect here",
            "DeliveryStatusLogging" => "deliveries are not logged here",
            "KmsMasterKeyId" => "messages are not encrypted here",
            "SignatureVersion" => "what is delivered is not signed here",
            _ => "deliveries are not traced here",
        })
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let sns = self.0.sns()?;
        let attributes = attributes_of(&request.properties);
        let is_fifo = attributes.get("FifoTopic").is_some_and(|value| value == "true");
        let wanted = Wanted {
            name: name_of(request, is_fifo),
            attributes,
            tags: Some(request.all_tags()),
            data_protection: properties::written(&request.properties, "DataProtectionPolicy"),
            maker: request.maker(),
        };
        let name = make(&sns, wanted).await?;
        subscribe_all(&sns, &name, &request.properties, request).await?;
        Ok(created(&sns, &name))
    }

    async fn update(
        &self,
        physical_id: &str,
        old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let sns = self.0.sns()?;
        let name = names::topic(&sns.context, "TopicArn", physical_id)?;
        let mut wanted = attributes_of(&request.properties);
        for gone in attributes_of(old).into_keys() {
            wanted.entry(gone).or_default();
        }
        // What replaces the topic is not changed.
        wanted.remove("FifoTopic");
        let protection = properties::written(&request.properties, "DataProtectionPolicy");
        protection.as_deref().map_or(Ok(()), data_protection::check)?;
        let tagged = request.all_tags();
        let set = move |topic: &mut Topic| {
            for (name, value) in &wanted {
                let value =
                    if value.is_empty() && name == "ContentBasedDeduplication" { "false" } else { value };
                attributes::topic(name, value, false).map_err(invalid)?;
                create_topic::set(topic, name, value);
            }
            topic.data_protection = protection;
            topic.tags.clear();
            tags::RULES.add(&mut topic.tags, tagged)
        };
        sns.records.change_topic(name.clone(), set).await?;
        unsubscribe_all(&sns, &name, old, &request.properties).await?;
        subscribe_all(&sns, &name, &request.properties, request).await?;
        Ok(Updated::InPlace(created(&sns, &name)))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let sns = self.0.sns()?;
        let name = names::topic(&sns.context, "TopicArn", physical_id)?;
        unless_gone(delete_topic::remove(&sns, name).await)
    }
}

/// Protocol and endpoint of the subscriptions that a topic names itself.
fn subscriptions_of(properties: &Value) -> BTreeSet<(String, String)> {
    let all = properties.get("Subscription").and_then(Value::as_array);
    let pair = |one: &Value| Some((properties::text(one, "Protocol")?, properties::text(one, "Endpoint")?));
    all.into_iter().flatten().filter_map(pair).collect()
}

async fn subscribe_all(
    sns: &Sns,
    name: &str,
    properties: &Value,
    request: &ResourceRequest,
) -> Result<(), AwsError> {
    let caller = request.on_behalf(&sns.context);
    for (protocol, endpoint) in subscriptions_of(properties) {
        let wanted = subscribe::Wanted {
            topic: sns.records.topics.get(&name.to_owned()).ok_or_else(no_topic)?,
            protocol,
            endpoint: Some(endpoint),
            attributes: BTreeMap::new(),
            principal: caller.arn.to_string(),
            account: caller.account.clone(),
            maker: cloud_core::Maker::NOBODY,
        };
        subscribe::make(sns, wanted).await?;
    }
    Ok(())
}

/// Ends those that are not named any more.
async fn unsubscribe_all(sns: &Sns, name: &str, old: &Value, new: &Value) -> Result<(), AwsError> {
    let (old, new) = (subscriptions_of(old), subscriptions_of(new));
    for present in sns.records.subscriptions_of(name) {
        let pair = (present.protocol.as_str().to_owned(), present.endpoint.clone());
        if old.contains(&pair) && !new.contains(&pair) {
            unsubscribe::remove(sns, present.key(), true).await?;
        }
    }
    Ok(())
}

fn name_of(request: &ResourceRequest, is_fifo: bool) -> String {
    let ending = if is_fifo { FIFO } else { "" };
    properties::text(&request.properties, "TopicName")
        .unwrap_or_else(|| format!("{}{ending}", request.generated_name(LONGEST - ending.len())))
}

fn attributes_of(properties: &Value) -> BTreeMap<String, String> {
    let given = ATTRIBUTES
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), properties::written(properties, name)?)));
    // AWS: a template may say of a standard topic that it is none of the others.
    given.filter(|(name, value)| name != "FifoTopic" || value == "true").collect()
}

fn created(sns: &Sns, name: &str) -> Created {
    let arn = names::arn(&sns.context, name);
    Created::new(arn.clone(), [("TopicArn", json!(arn)), ("TopicName", json!(name))])
}
