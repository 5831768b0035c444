//! Unsubscribe.

use cloud_core::{AwsError, Caller};
use cloud_store::Transaction;

use crate::names;
use crate::open::{Failed, Sns};
use crate::shapes::UnsubscribeInput;

pub(crate) async fn unsubscribe(
    sns: &Sns,
    _caller: &Caller,
    input: UnsubscribeInput,
) -> Result<(), AwsError> {
    remove(sns, names::subscription(&sns.context, &input.subscription_arn)?, true).await
}

/// Removes a subscription. One that is not there is no error.
pub(crate) async fn remove(sns: &Sns, key: String, is_signed: bool) -> Result<(), AwsError> {
    let records = sns.records.clone();
    let work = move |transaction: &mut Transaction<'_>| {
        let Some(present) = records.subscriptions.within(transaction).get(&key)? else { return Ok(()) };
        if present.authenticates_on_unsubscribe && !is_signed {
            return Err(Failed(AwsError::access_denied(
                "This subscription is ended by its owner alone, with a signed request.",
            )));
        }
        records.subscriptions.within(transaction).remove(&key)?;
        if let Some(mut topic) = records.topics.within(transaction).get(&present.topic)? {
            topic.deleted += 1;
            records.topics.within(transaction).put(present.topic, topic)?;
        }
        Ok(())
    };
    sns.records.store.free(work).await.map_err(|Failed(error)| error)
}
