//! DeleteTopic.

use cloud_core::{AwsError, Caller};
use cloud_store::{Key, Transaction};

use crate::names;
use crate::open::{Failed, Sns};
use crate::ops::subscribe::MOST;
use crate::record::OF_TOPIC;
use crate::shapes::DeleteTopicInput;
use crate::state::forget;

pub(crate) async fn delete_topic(
    sns: &Sns,
    _caller: &Caller,
    input: DeleteTopicInput,
) -> Result<(), AwsError> {
    remove(sns, names::topic(&sns.context, "TopicArn", &input.topic_arn)?).await
}

/// Removes a topic with its subscriptions. One that is not there is no error.
// LIMIT: AWS removes the subscriptions somewhat later; they can still be asked for.
pub(crate) async fn remove(sns: &Sns, name: String) -> Result<(), AwsError> {
    let records = sns.records.clone();
    let work = move |transaction: &mut Transaction<'_>| {
        let Some(topic) = records.topics.within(transaction).get(&name)? else { return Ok(()) };
        records.topics.within(transaction).remove(&name)?;
        let mut subscriptions = records.subscriptions.within(transaction);
        for key in subscriptions.find(&OF_TOPIC, &Key::text(&name), None, MOST)? {
            subscriptions.remove(&key)?;
        }
        forget(transaction, topic.id)?;
        Ok::<_, Failed>(())
    };
    sns.records.store.free(work).await.map_err(|Failed(error)| error)
}
