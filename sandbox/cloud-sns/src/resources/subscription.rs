//! `AWS::SNS::Subscription`.

use std::collections::BTreeMap;

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated, properties};
use serde_json::{Value, json};

use super::{Of, unless_gone};
use crate::names;
use crate::ops::subscribe::{Wanted, make};
use crate::ops::{subscription_attributes, unsubscribe};

/// Properties that are attributes of the same name.
const ATTRIBUTES: [&str; 5] =
    ["DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy"];

pub(super) struct SubscriptionType(pub(super) Of);

#[async_trait]
impl ResourceProvider for SubscriptionType {
    fn type_name(&self) -> &'static str {
        "AWS::SNS::Subscription"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "DeliveryPolicy",
            "Endpoint",
            "FilterPolicy",
            "FilterPolicyScope",
            "Protocol",
            "RawMessageDelivery",
            "RedrivePolicy",
            "TopicArn",
        ]
    }

    fn idle(&self, property: &str, _value: &Value) -> Option<&'static str> {
        Some(match property {
            // LIMIT: a topic of another region is not subscribed to.
            "Region" => "the region is that of TopicArn, which is the stack's",
            "ReplayPolicy" => "there are no archives of topics to replay",
            _ => "there is no Firehose here that a role would be for",
        })
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let sns = self.0.sns()?;
        let properties = &request.properties;
        let caller = request.on_behalf(&sns.context);
        let wanted = Wanted {
            topic: sns.topic("TopicArn", &properties::text(properties, "TopicArn").unwrap_or_default())?,
            protocol: properties::text(properties, "Protocol").unwrap_or_default(),
            endpoint: properties::text(properties, "Endpoint"),
            attributes: attributes_of(properties),
            principal: caller.arn.to_string(),
            account: caller.account,
            maker: request.maker(),
        };
        let made = make(&sns, wanted).await?;
        let arn = names::arn(&sns.context, &made.key());
        Ok(Created::new(arn.clone(), [("Arn", json!(arn))]))
    }

    async fn update(
        &self,
        physical_id: &str,
        old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let sns = self.0.sns()?;
        let key = names::subscription(&sns.context, physical_id)?;
        let mut wanted = attributes_of(&request.properties);
        for gone in attributes_of(old).into_keys() {
            let usual = match gone.as_str() {
                "RawMessageDelivery" => "false",
                "FilterPolicyScope" => "MessageAttributes",
                _ => "",
            };
            wanted.entry(gone).or_insert_with(|| usual.to_owned());
        }
        subscription_attributes::set(&sns, key, wanted).await?;
        Ok(Updated::InPlace(Created::new(physical_id, [("Arn", json!(physical_id))])))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let sns = self.0.sns()?;
        let key = names::subscription(&sns.context, physical_id)?;
        unless_gone(unsubscribe::remove(&sns, key, true).await)
    }
}

fn attributes_of(properties: &Value) -> BTreeMap<String, String> {
    let all = ATTRIBUTES.into_iter();
    all.filter_map(|name| Some((name.to_owned(), properties::written(properties, name)?))).collect()
}
