//! Unsubscribe.

use cloud_core::{AwsError, Caller};
use cloud_store::Transaction;

use crate::confirming::tell_ended;
use crate::names;
use crate::open::{Failed, Sns};
use crate::relay::is_carried;
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
    // A stranger may have come by the address: who is meant is told, and may restore it.
    let present = records.subscriptions.get(&key).filter(|_| !is_signed);
    let is_carried = present.is_some_and(|present| is_carried(present.protocol) && present.token.is_some());
    let pen = if is_carried { Some(sns.signer.pen(&sns.context).await?) } else { None };
    let work = move |transaction: &mut Transaction<'_>| {
        let Some(present) = records.subscriptions.within(transaction).get(&key)? else { return Ok(()) };
        if present.authenticates_on_unsubscribe && !is_signed {
            return Err(Failed(AwsError::access_denied(
                "This subscription is ended by its owner alone, with a signed request.",
            )));
        }
        records.subscriptions.within(transaction).remove(&key)?;
        if !is_signed {
            tell_ended(&records, transaction, &present, pen.as_ref())?;
        }
        if let Some(mut topic) = records.topics.within(transaction).get(&present.topic)? {
            topic.deleted += 1;
            records.topics.within(transaction).put(present.topic, topic)?;
        }
        Ok(())
    };
    sns.records.store.free(work).await.map_err(|Failed(error)| error)
}
