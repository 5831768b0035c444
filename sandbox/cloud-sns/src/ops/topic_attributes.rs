//! GetTopicAttributes, SetTopicAttributes.

use cloud_core::{AwsError, Caller};

use crate::error::invalid;
use crate::open::Sns;
use crate::ops::create_topic;
use crate::policy::default_policy;
use crate::record::Topic;
use crate::shapes::{GetTopicAttributesInput, GetTopicAttributesResponse, SetTopicAttributesInput};
use crate::{attributes, delivery_policy, names};

pub(crate) async fn get_topic_attributes(
    sns: &Sns,
    _caller: &Caller,
    input: GetTopicAttributesInput,
) -> Result<GetTopicAttributesResponse, AwsError> {
    let topic = sns.topic("TopicArn", &input.topic_arn)?;
    let (arn, account) = (names::arn(&sns.context, &topic.name), sns.context.account().as_str());
    let subscriptions = sns.records.subscriptions_of(&topic.name);
    let confirmed = subscriptions.iter().filter(|subscription| subscription.is_confirmed()).count();
    let mut all = topic.attributes.clone();
    let mut tell = |name: &str, value: String| {
        all.entry(name.to_owned()).or_insert(value);
    };
    tell("DisplayName", String::new());
    tell("Owner", account.to_owned());
    tell("SubscriptionsConfirmed", confirmed.to_string());
    tell("SubscriptionsPending", (subscriptions.len() - confirmed).to_string());
    tell("SubscriptionsDeleted", topic.deleted.to_string());
    tell("EffectiveDeliveryPolicy", delivery_policy::of_topic(topic.attributes.get("DeliveryPolicy")));
    tell("Policy", topic.policy.clone().unwrap_or_else(|| default_policy(&arn, account)));
    tell("TopicArn", arn);
    if topic.is_fifo() {
        tell("ContentBasedDeduplication", "false".to_owned());
    }
    Ok(GetTopicAttributesResponse { attributes: Some(all) })
}

pub(crate) async fn set_topic_attributes(
    sns: &Sns,
    _caller: &Caller,
    input: SetTopicAttributesInput,
) -> Result<(), AwsError> {
    let topic = sns.topic("TopicArn", &input.topic_arn)?;
    let (name, value) = (input.attribute_name, input.attribute_value.unwrap_or_default());
    attributes::topic(&name, &value, false).map_err(invalid)?;
    if !topic.is_fifo() && matches!(name.as_str(), "ContentBasedDeduplication" | "FifoThroughputScope") {
        return Err(invalid("AttributeName"));
    }
    let set = move |topic: &mut Topic| {
        create_topic::set(topic, &name, &value);
        Ok(())
    };
    sns.records.change_topic(topic.name.clone(), set).await
}
