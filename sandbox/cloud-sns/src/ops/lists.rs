//! ListTopics, ListSubscriptions, ListSubscriptionsByTopic.

use cloud_core::{AwsError, Caller, page};

use crate::names;
use crate::open::Sns;
use crate::ops::subscription_attributes::owner;
use crate::record;
use crate::shapes::{
    ListSubscriptionsByTopicInput, ListSubscriptionsByTopicResponse, ListSubscriptionsInput,
    ListSubscriptionsResponse, ListTopicsInput, ListTopicsResponse, Subscription, Topic,
};

/// AWS: of one answer.
const MOST: usize = 100;

pub(crate) async fn list_topics(
    sns: &Sns,
    _caller: &Caller,
    input: ListTopicsInput,
) -> Result<ListTopicsResponse, AwsError> {
    let view = sns.records.topics.view();
    let topics =
        view.keys().map(|name| (name.clone(), Topic { topic_arn: Some(names::arn(&sns.context, name)) }));
    let (topics, next_token) = page::page(topics, input.next_token.as_deref(), MOST);
    Ok(ListTopicsResponse { topics: Some(topics), next_token })
}

// LIMIT: those of topics of other accounts are not among them, though whoever subscribed owns them.
pub(crate) async fn list_subscriptions(
    sns: &Sns,
    _caller: &Caller,
    input: ListSubscriptionsInput,
) -> Result<ListSubscriptionsResponse, AwsError> {
    let view = sns.records.subscriptions.view();
    let all = view.iter().map(|(key, subscription)| (key.clone(), told(sns, subscription)));
    let (subscriptions, next_token) = page::page(all, input.next_token.as_deref(), MOST);
    Ok(ListSubscriptionsResponse { subscriptions: Some(subscriptions), next_token })
}

pub(crate) async fn list_subscriptions_by_topic(
    sns: &Sns,
    _caller: &Caller,
    input: ListSubscriptionsByTopicInput,
) -> Result<ListSubscriptionsByTopicResponse, AwsError> {
    let topic = sns.topic("TopicArn", &input.topic_arn)?;
    let all = sns.records.subscriptions_of(&topic.name);
    let all = all.iter().map(|subscription| (subscription.key(), told(sns, subscription)));
    let (subscriptions, next_token) = page::page(all, input.next_token.as_deref(), MOST);
    Ok(ListSubscriptionsByTopicResponse { subscriptions: Some(subscriptions), next_token })
}

// AWS: the ARN of one that is not confirmed is not told in lists.
fn told(sns: &Sns, subscription: &record::Subscription) -> Subscription {
    let arn = names::arn(&sns.context, &subscription.key());
    let arn = if subscription.is_confirmed() { arn } else { "PendingConfirmation".to_owned() };
    Subscription {
        subscription_arn: Some(arn),
        owner: Some(owner(sns, subscription)),
        protocol: Some(subscription.protocol.as_str().to_owned()),
        endpoint: Some(subscription.endpoint.clone()),
        topic_arn: Some(names::arn(&sns.context, &subscription.topic)),
    }
}
