//! ConfirmSubscription.

use cloud_core::{AwsError, Caller};

use crate::confirming::restore;
use crate::error::missing;
use crate::names;
use crate::open::Sns;
use crate::record::Subscription;
use crate::shapes::{Code, ConfirmSubscriptionInput, ConfirmSubscriptionResponse};

pub(crate) async fn confirm_subscription(
    sns: &Sns,
    _caller: &Caller,
    input: ConfirmSubscriptionInput,
) -> Result<ConfirmSubscriptionResponse, AwsError> {
    let name = names::topic(&sns.context, "TopicArn", &input.topic_arn)?;
    let authenticates = input.authenticate_on_unsubscribe.is_some_and(|value| value == "true");
    let arn = confirm(sns, name, input.token, Some(authenticates)).await?;
    Ok(ConfirmSubscriptionResponse { subscription_arn: Some(arn) })
}

/// Confirms the subscription of a topic that has a token. `signed` is who asks for it with a signature: whether only the
/// owner may end it then. Its ARN.
// AWS: it looks at the token's form first, then for it. One that was used confirms again.
pub(crate) async fn confirm(
    sns: &Sns,
    topic: String,
    token: String,
    signed: Option<bool>,
) -> Result<String, AwsError> {
    if token.is_empty() {
        return Err(missing("Token"));
    }
    if !(token.len() == 64 || token.len() > 200) || !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Code::InvalidParameterException.error("Invalid token"));
    }
    let mut all = sns.records.subscriptions_of(&topic).into_iter();
    let found = all.find(|subscription| subscription.token.as_ref() == Some(&token));
    let Some(subscription) = found else { return restore(sns, topic, token, signed).await };
    let set = move |subscription: &mut Subscription| {
        subscription.confirm(signed);
        Ok(())
    };
    sns.records.change_subscription(subscription.key(), set).await?;
    Ok(names::arn(&sns.context, &subscription.key()))
}
