//! GetSubscriptionAttributes, SetSubscriptionAttributes.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller};

use crate::attributes::{self, Of};
use crate::delivery_policy::{self, Policy};
use crate::error::{invalid, no_subscription};
use crate::names;
use crate::open::Sns;
use crate::record::Subscription;
use crate::shapes::{
    GetSubscriptionAttributesInput, GetSubscriptionAttributesResponse, SetSubscriptionAttributesInput,
};

pub(crate) async fn get_subscription_attributes(
    sns: &Sns,
    _caller: &Caller,
    input: GetSubscriptionAttributesInput,
) -> Result<GetSubscriptionAttributesResponse, AwsError> {
    let key = names::subscription(&sns.context, &input.subscription_arn)?;
    let subscription = sns.records.subscriptions.get(&key).ok_or_else(no_subscription)?;
    Ok(GetSubscriptionAttributesResponse { attributes: Some(shown(sns, &subscription)) })
}

fn shown(sns: &Sns, subscription: &Subscription) -> BTreeMap<String, String> {
    let topic = sns.records.topics.get(&subscription.topic);
    let of_topic = topic.as_ref().and_then(|topic| topic.attributes.get("DeliveryPolicy"));
    let mut all = subscription.attributes.clone();
    if let Some(own) = all.get_mut("DeliveryPolicy") {
        *own = delivery_policy::shown(own);
    }
    // AWS: a scope is told with a policy alone.
    if all.contains_key("FilterPolicy") {
        all.entry("FilterPolicyScope".to_owned()).or_insert_with(|| "MessageAttributes".to_owned());
    } else {
        all.remove("FilterPolicyScope");
    }
    let mut tell = |name: &str, value: String| {
        all.entry(name.to_owned()).or_insert(value);
    };
    if subscription.protocol.is_web() {
        let policy = Policy::of(subscription.attributes.get("DeliveryPolicy"), of_topic);
        tell("EffectiveDeliveryPolicy", policy.of_subscription());
    }
    tell("ConfirmationWasAuthenticated", subscription.was_authenticated.to_string());
    tell("Endpoint", subscription.endpoint.clone());
    tell("Owner", owner(sns, subscription));
    tell("PendingConfirmation", (!subscription.is_confirmed()).to_string());
    tell("Protocol", subscription.protocol.as_str().to_owned());
    tell("RawMessageDelivery", "false".to_owned());
    tell("SubscriptionArn", names::arn(&sns.context, &subscription.key()));
    tell("SubscriptionPrincipal", subscription.principal.clone());
    tell("TopicArn", names::arn(&sns.context, &subscription.topic));
    all
}

/// The account that a subscription is of.
pub(crate) fn owner(sns: &Sns, subscription: &Subscription) -> String {
    subscription.owner().unwrap_or(sns.context.account().as_str()).to_owned()
}

pub(crate) async fn set_subscription_attributes(
    sns: &Sns,
    _caller: &Caller,
    input: SetSubscriptionAttributesInput,
) -> Result<(), AwsError> {
    let key = names::subscription(&sns.context, &input.subscription_arn)?;
    let value = input.attribute_value.unwrap_or_default();
    set(sns, key, BTreeMap::from([(input.attribute_name, value)])).await
}

/// Sets attributes of a subscription.
pub(crate) async fn set(sns: &Sns, key: String, values: BTreeMap<String, String>) -> Result<(), AwsError> {
    let work = move |subscription: &mut Subscription| {
        let is_fifo = subscription.topic.ends_with(names::FIFO);
        let of = Of { protocol: subscription.protocol, is_fifo };
        for (name, value) in &values {
            attributes::set_subscription(&mut subscription.attributes, name, value, of).map_err(invalid)?;
        }
        attributes::check_scope(&subscription.attributes).map_err(invalid)
    };
    sns.records.change_subscription(key, work).await
}
