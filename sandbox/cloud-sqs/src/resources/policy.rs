//! `AWS::SQS::QueuePolicy` and `AWS::SQS::QueueInlinePolicy`: the policies of queues that are there.

use std::collections::BTreeMap;

use async_trait::async_trait;
use cloud_core::{AwsError, Created, Maker, ResourceProvider, ResourceRequest, Updated, properties};
use serde_json::{Value, json};

use super::{Of, unless_gone};
use crate::error::wrong;
use crate::names;
use crate::open::Sqs;
use crate::ops::attributes;

/// The longest id of a policy.
const LONGEST: usize = 128;

pub(super) struct PolicyType(pub(super) Of);

pub(super) struct InlinePolicyType(pub(super) Of);

/// Sets the policy of a queue, or takes it away.
async fn set(sqs: &Sqs, url: &str, policy: Option<String>, by: Maker) -> Result<(), AwsError> {
    let name = names::of_url(&sqs.context, url)?;
    let attributes = BTreeMap::from([("Policy".to_owned(), policy.unwrap_or_default())]);
    attributes::set(sqs, name, attributes, move |queue| {
        queue.policy_by = by;
        Ok(())
    })
    .await
}

fn document(properties: &Value) -> Option<String> {
    properties::written(properties, "PolicyDocument")
}

#[async_trait]
impl ResourceProvider for PolicyType {
    fn type_name(&self) -> &'static str {
        "AWS::SQS::QueuePolicy"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["PolicyDocument", "Queues"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let sqs = self.0.sqs()?;
        for url in properties::texts(&request.properties, "Queues") {
            set(&sqs, &url, document(&request.properties), request.maker()).await?;
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
        let sqs = self.0.sqs()?;
        let queues = properties::texts(&request.properties, "Queues");
        for url in &queues {
            set(&sqs, url, document(&request.properties), request.maker()).await?;
        }
        // AWS: the queues that it names no more have none.
        for url in properties::texts(old, "Queues").iter().filter(|url| !queues.contains(url)) {
            unless_gone(set(&sqs, url, None, Maker::NOBODY).await)?;
        }
        Ok(Updated::InPlace(Created::new(physical_id, [("Id", json!(physical_id))])))
    }

    async fn delete(&self, _physical_id: &str, properties: &Value) -> Result<(), AwsError> {
        let sqs = self.0.sqs()?;
        for url in properties::texts(properties, "Queues") {
            unless_gone(set(&sqs, &url, None, Maker::NOBODY).await)?;
        }
        Ok(())
    }
}

#[async_trait]
impl ResourceProvider for InlinePolicyType {
    fn type_name(&self) -> &'static str {
        "AWS::SQS::QueueInlinePolicy"
    }

    fn effective(&self) -> &'static [&'static str] {
        &["PolicyDocument", "Queue"]
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let sqs = self.0.sqs()?;
        let url = properties::text(&request.properties, "Queue").unwrap_or_default();
        let queue = sqs.queue(&url)?;
        // AWS: a queue has one policy, and this one does not take another's place.
        if queue.settings.policy.is_some() && queue.policy_by != request.maker() {
            return Err(wrong(format!("The queue {} has a policy already.", queue.name)));
        }
        set(&sqs, &url, document(&request.properties), request.maker()).await?;
        Ok(Created::new(url, []))
    }

    async fn update(
        &self,
        physical_id: &str,
        _old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let sqs = self.0.sqs()?;
        set(&sqs, physical_id, document(&request.properties), request.maker()).await?;
        Ok(Updated::InPlace(Created::new(physical_id, [])))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let sqs = self.0.sqs()?;
        unless_gone(set(&sqs, physical_id, None, Maker::NOBODY).await)
    }
}
