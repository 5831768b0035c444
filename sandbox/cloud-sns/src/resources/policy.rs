//! `AWS::SNS::TopicPolicy` and `AWS::SNS::TopicInlinePolicy`.

use async_trait::async_trait;
use cloud_core::{AwsError, Created, Maker, ResourceProvider, ResourceRequest, Updated, properties};
use serde_json::{Value, json};

use super::{Of, unless_gone};
use crate::attributes;
use crate::error::invalid;
use crate::names;
use crate::open::Sns;
use crate::record::Topic;

/// The longest id of a policy.
const LONGEST: usize = 80;

pub(super) struct PolicyType(pub(super) Of);
pub(super) struct InlinePolicyType(pub(super) Of);

/// Gives a topic a policy, or the one that it had at first.
async fn set(sns: &Sns, arn: &str, policy: Option<String>, by: Maker) -> Result<(), AwsError> {
    let name = names::topic(&sns.context, "TopicArn", arn)?;
    attributes::topic("Policy", policy.as_deref().unwrap_or_default(), false).map_err(invalid)?;
    let set = move |topic: &mut Topic| {
        (topic.policy, topic.policy_by) = (policy, by);
        Ok(())
    };
    sns.records.change_topic(name, set).await
}

fn document(properties: &Value) -> Option<String> {
    properties::written(properties, "PolicyDocument")
}

#[async_trait]
impl ResourceProvider for PolicyType {
    fn type_name(&self) -> &'static str {
        "AWS::SNS::TopicPolicy"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["PolicyDocument", "Topics"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let sns = self.0.sns()?;
        for arn in properties::texts(&request.properties, "Topics") {
            set(&sns, &arn, document(&request.properties), request.maker()).await?;
        }
        let id = request.generated_name(LONGEST);
        Ok(Created::new(id.clone(), [("Id", json!(id))]))
    }

    async fn update(
        &self,
        physical_id: &str,
        old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let sns = self.0.sns()?;
        let topics = properties::texts(&request.properties, "Topics");
        for arn in &topics {
            set(&sns, arn, document(&request.properties), request.maker()).await?;
        }
        // AWS: the topics that it names no more have the one that they had at first.
        for arn in properties::texts(old, "Topics").iter().filter(|arn| !topics.contains(arn)) {
            unless_gone(set(&sns, arn, None, Maker::NOBODY).await)?;
        }
        Ok(Updated::InPlace(Created::new(physical_id, [("Id", json!(physical_id))])))
    }

    async fn delete(&self, _physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        let sns = self.0.sns()?;
        for arn in properties::texts(properties, "Topics") {
            unless_gone(set(&sns, &arn, None, Maker::NOBODY).await)?;
        }
        Ok(())
    }
}

#[async_trait]
impl ResourceProvider for InlinePolicyType {
    fn type_name(&self) -> &'static str {
        "AWS::SNS::TopicInlinePolicy"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["PolicyDocument", "TopicArn"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let sns = self.0.sns()?;
        let arn = properties::text(&request.properties, "TopicArn").unwrap_or_default();
        let topic = sns.topic("TopicArn", &arn)?;
        // AWS: a topic has one policy, and this one does not take another's place.
        if topic.policy.is_some() && topic.policy_by != request.maker() {
            return Err(invalid(format!("TopicArn: the topic {} has a policy already", topic.name)));
        }
        set(&sns, &arn, document(&request.properties), request.maker()).await?;
        Ok(Created::new(arn, []))
    }

    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let sns = self.0.sns()?;
        set(&sns, physical_id, document(&request.properties), request.maker()).await?;
        Ok(Updated::InPlace(Created::new(physical_id, [])))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let sns = self.0.sns()?;
        unless_gone(set(&sns, physical_id, None, Maker::NOBODY).await)
    }
}
